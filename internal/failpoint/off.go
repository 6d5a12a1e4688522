//go:build !failpoint

package failpoint

// Enabled says whether points can be armed in this program.
const Enabled = false

// Hit does nothing in a program without the tag.
func Hit(Point) {}
