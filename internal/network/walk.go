package network

import (
	"slices"

	"github.com/oasiss/oasiss/internal/refusal"
)

// put adds a node, if the chart has room; it reports whether it is on it.
func (b *builder) put(n Node) bool {
	if _, there := b.nodes[n.ID]; there {
		return true
	}
	if len(b.nodes) >= mostNodes {
		return false
	}
	b.nodes[n.ID] = &n
	b.order = append(b.order, n.ID)
	return true
}

func (b *builder) join(e Edge) {
	key := e.From + "|" + e.To + "|" + e.Verb + "|" + e.Number
	if b.drawn[key] {
		return
	}
	b.drawn[key] = true
	b.edges = append(b.edges, e)
}

// open shows the neighbours of the start and of whatever was asked to be opened,
// as far as it is reached. Of very many neighbours the rest is counted.
func (b *builder) open(start Node, objects []string) error {
	start.Start = true
	b.put(start)
	for done := 0; done < len(b.order); done++ {
		n := b.nodes[b.order[done]]
		if !n.Start && !slices.Contains(objects, n.Object) {
			continue
		}
		links, err := b.neighbours(*n)
		if err != nil {
			return err
		}
		n.Opened = true
		b.spread(n, links, objects)
	}
	return nil
}

// spread puts what a node leads to on the chart, each for itself or in clusters.
func (b *builder) spread(n *Node, links []link, objects []string) {
	kinds := map[string]map[string]bool{} // kind → ids
	for _, l := range links {
		if kinds[l.to.Noun] == nil {
			kinds[l.to.Noun] = map[string]bool{}
		}
		kinds[l.to.Noun][l.to.ID] = true
	}
	drawn := 0
	for _, l := range links {
		l.to.Hop = n.Hop + 1
		if len(kinds[l.to.Noun]) > mostApart && !slices.Contains(objects, n.Object+"/"+l.to.Noun) {
			b.gather(n, l)
			continue
		}
		if drawn++; drawn > mostNeighbours || !b.put(l.to) {
			n.More++
			continue
		}
		b.join(l.edge)
	}
}

// path looks for the shortest way to an object, breadth first, and puts it on
// the chart: how many steps it has, or -1.
func (b *builder) path(start Node, to string) (int, error) {
	type step struct {
		from string
		link link
		hop  int
	}
	target := to // the same telephone has an item, and so an id, in each case
	if n, err := b.start(to); err == nil {
		target = n.ID
	} else if !refusal.Is(err, "access.not_found") {
		return 0, err
	}
	came := map[string]step{start.ID: {}}
	queue := []Node{start}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if n.Object == to || n.ID == target {
			hops := came[n.ID].hop
			for at := n.ID; at != start.ID; at = came[at].from {
				s := came[at]
				s.link.to.Hop = start.Hop + s.hop
				b.put(s.link.to)
				b.mark(s.link.edge)
			}
			return hops, nil
		}
		hop := came[n.ID].hop
		if hop == mostHops || len(came) > mostNodes {
			continue
		}
		links, err := b.neighbours(n)
		if err != nil {
			return 0, err
		}
		for _, l := range links {
			if _, been := came[l.to.ID]; !been {
				came[l.to.ID] = step{n.ID, l, hop + 1}
				queue = append(queue, l.to)
			}
		}
	}
	return -1, nil
}

// mark puts an edge on the way that was asked for.
func (b *builder) mark(e Edge) {
	b.join(e)
	for i := range b.edges {
		x := &b.edges[i]
		if x.From == e.From && x.To == e.To && x.Verb == e.Verb && x.Number == e.Number {
			x.OnPath = true
		}
	}
}

// countedNodes is of how many nodes the neighbours that are not shown are counted.
const countedNodes = 60

// count says of each node that is not opened how much more it leads to.
func (b *builder) count() error {
	for i, id := range b.order {
		n := b.nodes[id]
		if i >= countedNodes || n.Opened || n.Noun == KindCluster {
			continue
		}
		links, err := b.neighbours(*n)
		if err != nil {
			return err
		}
		hidden := map[string]bool{}
		for _, l := range links {
			if _, there := b.nodes[l.to.ID]; there {
				b.join(l.edge) // both ends are there: the claim is told
			} else {
				hidden[l.to.ID] = true
			}
		}
		n.More = len(hidden)
	}
	return nil
}

// chart is what was found, without the kinds that were not asked for.
func (b *builder) chart(path int, without []string) Chart {
	out := Chart{Nodes: make([]Node, 0, len(b.order)), Edges: []Edge{}, Path: path}
	drawn := map[string]bool{}
	for _, id := range b.order {
		n := b.nodes[id]
		if n.Start || !slices.Contains(without, n.Noun) && !slices.Contains(without, n.Of) {
			drawn[id] = true
			out.Nodes = append(out.Nodes, *n)
		}
	}
	for _, e := range b.edges {
		if drawn[e.From] && drawn[e.To] {
			out.Edges = append(out.Edges, e)
		}
	}
	return out
}
