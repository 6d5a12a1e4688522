//go:build failpoint

package failpoint

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// Enabled says whether points can be armed in this program.
const Enabled = true

// armed is the point at which this process ends; empty if none.
var armed, left = read(os.Getenv(Variable))

func read(s string) (Point, *atomic.Int64) {
	name, count, counted := strings.Cut(s, "=")
	left := new(atomic.Int64)
	left.Store(1)
	if counted {
		n, err := strconv.ParseInt(count, 10, 64)
		if err != nil || n < 1 {
			panic(fmt.Sprintf("failpoint: %s=%q", Variable, s))
		}
		left.Store(n)
	}
	if s != "" && !slices.Contains(All, Point(name)) {
		panic(fmt.Sprintf("failpoint: there is no point %q", name))
	}
	return Point(name), left
}

// Hit kills this process if p is armed and reached for the n-th time. What
// else the process was doing goes on until the signal is there; the caller
// does not.
func Hit(p Point) {
	if p != armed || left.Add(-1) != 0 {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(fmt.Sprintf("failpoint: %v", err)) // a point that does not kill proves nothing
	}
	select {}
}
