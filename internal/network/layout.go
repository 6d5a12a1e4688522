package network

import (
	"cmp"
	"math"
	"slices"
)

// Place is where a node stands on a drawing, in its own units.
type Place struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// ring is how far one hop stands from the next.
const ring = 190

// turn is by how much each ring begins further round, so that an edge does not
// run behind what stands on the ring between.
const turn = 0.45

// Layout puts the start in the middle and each hop on a ring around it, each
// node near what it was reached from. It gives the places by node id and the
// size of the drawing; the same chart is always drawn alike. What somebody put
// elsewhere stands there.
func (c Chart) Layout(put map[string]Place) (at map[string]Place, width, height float64) {
	at = map[string]Place{}
	rings := map[int][]Node{}
	last := 0
	for _, n := range c.Nodes {
		rings[n.Hop] = append(rings[n.Hop], n)
		last = max(last, n.Hop)
	}
	angle := map[string]float64{}
	radius := 0.0
	for hop := 0; hop <= last; hop++ {
		nodes := rings[hop]
		slices.SortStableFunc(nodes, func(a, b Node) int { return cmp.Compare(c.toward(a, angle), c.toward(b, angle)) })
		if hop > 0 { // no two nodes of a ring closer than they are wide
			radius = max(radius+ring, float64(len(nodes))*110/(2*math.Pi))
		}
		for i, n := range nodes {
			angle[n.ID] = 2*math.Pi*float64(i)/float64(len(nodes)) - math.Pi/2 + turn*float64(hop)
			at[n.ID] = Place{radius * math.Cos(angle[n.ID]) * 1.25, radius * math.Sin(angle[n.ID])}
		}
	}
	for id := range at {
		if p, moved := put[id]; moved {
			at[id] = p
		}
	}
	var left, top, right, bottom float64
	for _, p := range at {
		left, top, right, bottom = min(left, p.X), min(top, p.Y), max(right, p.X), max(bottom, p.Y)
	}
	const margin = 110
	for id, p := range at {
		at[id] = Place{math.Round(p.X - left + margin), math.Round(p.Y - top + margin*.6)}
	}
	return at, math.Round(right - left + 2*margin), math.Round(bottom - top + 1.4*margin)
}

// toward is the angle of whatever nearer node a node is joined with.
func (c Chart) toward(n Node, angle map[string]float64) float64 {
	for _, e := range c.Edges {
		other := e.From
		if other == n.ID {
			other = e.To
		} else if e.To != n.ID {
			continue
		}
		if a, placed := angle[other]; placed {
			return a
		}
	}
	return 0
}
