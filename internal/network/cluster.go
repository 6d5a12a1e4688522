package network

import "slices"

// several is the source of a cluster's edge whose members rest on different ones.
const several = "several"

// gather puts a link into the cluster of its kind at a node.
func (b *builder) gather(n *Node, l link) {
	id := "cluster-" + n.ID + "-" + l.to.Noun
	if !b.put(Node{ID: id, Object: n.Object + "/" + l.to.Noun, Noun: KindCluster, Of: l.to.Noun, Case: n.Case, Number: n.Number, Hop: l.to.Hop}) {
		n.More++
		return
	}
	b.gathered[id] = append(b.gathered[id], l)
}

// settle says of each cluster what it stands for, once all else is drawn: what
// stands on the chart for itself, as on the way that was asked for, is no longer
// in it. A cluster of nothing goes.
func (b *builder) settle() {
	b.order = slices.DeleteFunc(b.order, func(id string) bool {
		c := b.nodes[id]
		if c.Noun != KindCluster {
			return false
		}
		inside := map[string]bool{}
		var claim Edge
		for _, l := range b.gathered[id] {
			if b.nodes[l.to.ID] != nil {
				b.join(l.edge)
				continue
			}
			claim = l.bundled(claim, id, len(inside) == 0)
			if inside[l.to.ID] = true; !slices.Contains(c.within, l.to.Case) {
				c.within = append(c.within, l.to.Case)
			}
		}
		if c.Count = len(inside); c.Count == 0 {
			delete(b.nodes, id)
			return true
		}
		b.join(claim)
		return false
	})
}

// bundled is the one claim of a cluster with that of a further member: what they
// do not share is not said.
func (l link) bundled(all Edge, cluster string, first bool) Edge {
	e := l.edge
	if e.From == l.to.ID {
		e.From = cluster
	} else {
		e.To = cluster
	}
	if first {
		return e
	}
	if all.Source != e.Source {
		all.Source = several
	}
	if all.Grade != e.Grade {
		all.Grade = ""
	}
	if all.As != e.As {
		all.As = ""
	}
	if all.At.After(e.At) {
		all.At = e.At
	}
	return all
}
