package insight

import "slices"

// Least is the smallest count that is shown: below it a figure could be told
// from a person.
const Least = 11

// Cell is a count as it may be shown.
type Cell struct {
	N      int  `json:"n"` // 0 where it is hidden
	Hidden bool `json:"hidden,omitempty"`
}

// small reports whether a count must be hidden.
func (c *Cell) small() bool { return !c.Hidden && c.N > 0 && c.N < Least }

func (c *Cell) hide() { c.Hidden = true }

// sum is cells that make up a total: what is hidden of them may not be worked out
// from the others.
type sum struct {
	total *Cell
	parts []*Cell
}

// suppress hides what is too small, and then as much more as it takes: of each
// sum either nothing is hidden, or two parts at least, or the total too. What is
// hidden loses its number once it is settled.
func suppress(sums []sum) {
	for changed := true; changed; {
		changed = false
		for _, s := range sums {
			changed = s.step() || changed
		}
	}
	for _, s := range sums {
		for _, c := range append(s.parts, s.total) {
			if c.Hidden {
				c.N = 0
			}
		}
	}
}

// step hides what one sum asks to be hidden, and reports whether it did.
func (s sum) step() (changed bool) {
	hidden := 0
	for _, c := range append(slices.Clone(s.parts), s.total) {
		if c.small() {
			c.hide()
			changed = true
		}
	}
	for _, c := range s.parts {
		if c.Hidden {
			hidden++
		}
	}
	if hidden == 0 && s.total.Hidden { // its parts would give it
		if c := s.next(); c != nil {
			c.hide()
			return true
		}
	}
	if hidden == 1 && !s.total.Hidden {
		c := s.next()
		if c == nil {
			c = s.total // nothing else is left: the whole would be the part
		}
		c.hide()
		return true
	}
	return changed
}

// next is the smallest part that is shown and not empty; nil if there is none.
func (s sum) next() (out *Cell) {
	for _, c := range s.parts {
		if !c.Hidden && c.N > 0 && (out == nil || c.N < out.N) {
			out = c
		}
	}
	return out
}
