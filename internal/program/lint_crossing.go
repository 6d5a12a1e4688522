package program

import (
	"fmt"
	"slices"
)

// crossings wants every pair of acts that can cross, in every standing where
// both are open, either to give the same whichever comes first, both taking
// effect, or to be declared in the table with the outcome it then has.
func (r *report) crossings(where string, m *machine) {
	if !m.sends {
		return
	}
	table := r.table(where, m.p)
	for i := range m.acts {
		for j := range m.acts {
			a, b := &m.acts[i], &m.acts[j]
			if a.side == Sender && b.side == Receiver && released(a) && released(b) {
				r.pair(where, m, a, b, table)
			}
		}
	}
	for _, c := range table.all {
		if !c.used {
			r.add(where+": crossing "+c.name(), "these two are never open together")
		}
	}
}

// declared is one pair of the crossing table.
type declared struct {
	*Crossing
	sender, receiver, form string
	used                   bool
}

func (d declared) name() string { return d.sender + " ∥ " + d.receiver + inForm(d.form) }

// crossingTable finds the declaration of a pair.
type crossingTable struct {
	all []*declared
	by  map[[3]string]*declared
}

// of is the declaration for a pair, its own form before the one for any form.
func (t *crossingTable) of(a, b *act) *declared {
	if d := t.by[[3]string{a.rule.ID, b.rule.ID, b.form}]; d != nil {
		return d
	}
	return t.by[[3]string{a.rule.ID, b.rule.ID, ""}]
}

// table reads the declared crossings. It refuses doubles, unknown steps and
// forms, a pair without an outcome, and a pair whose first side depends on the
// form: the fold goes by the steps alone.
func (r *report) table(where string, p *Procedure) *crossingTable {
	t := &crossingTable{by: map[[3]string]*declared{}}
	first := map[[2]string]Side{}
	for i := range p.Crossings {
		c := &p.Crossings[i]
		at := fmt.Sprintf("%s: crossing %d", where, i+1)
		if c.First != Sender && c.First != Receiver {
			r.add(at, "does not say which side's act takes effect first")
		}
		if len(c.Becomes) == 0 {
			r.add(at, "does not say what the referral becomes")
		}
		forms := c.Forms
		if len(forms) == 0 {
			forms = []string{""}
		}
		for _, a := range c.Sender {
			for _, b := range c.Receiver {
				pair := [2]string{a, b}
				if was, ok := first[pair]; ok && was != c.First {
					r.add(where+": crossing "+a+" ∥ "+b, "declared with either side first")
				}
				first[pair] = c.First
				for _, form := range forms {
					r.declare(where, p, t, &declared{Crossing: c, sender: a, receiver: b, form: form})
				}
			}
		}
	}
	return t
}

func (r *report) declare(where string, p *Procedure, t *crossingTable, d *declared) {
	at, key := where+": crossing "+d.name(), [3]string{d.sender, d.receiver, d.form}
	if t.by[key] != nil {
		r.add(at, "declared twice")
	}
	if p.steps[d.sender] == nil || p.steps[d.receiver] == nil {
		r.add(at, "names a step that does not exist")
	} else if d.form != "" && !slices.Contains(p.steps[d.receiver].Forms, d.form) {
		r.add(at, "names a form that the step does not take")
	}
	t.by[key] = d
	t.all = append(t.all, d)
}

// pair proves one pair of acts over every standing in which both are open, seen
// from the tracks that matter to them.
func (r *report) pair(where string, m *machine, a, b *act, table *crossingTable) {
	over := a.touches() | b.touches()
	at := where + ": crossing " + a.rule.ID + " ∥ " + b.rule.ID + inForm(b.form)
	d := table.of(a, b)
	for _, s := range m.standingsOf(over) {
		if _, ok := m.take(s, a); !ok {
			continue
		}
		if _, ok := m.take(s, b); !ok {
			continue
		}
		if d == nil {
			if !m.commute(s, a, b) {
				r.add(at, "not declared, and the order matters from %s", m.name(s, over))
				return
			}
			continue
		}
		d.used = true
		first, second := a, b
		if d.First == Receiver {
			first, second = b, a
		}
		end, _ := m.take(s, first)
		end, _ = m.take(end, second)
		for track, state := range d.Becomes {
			k, known := m.number[track]
			if !known || m.at(end, k).ID != state {
				r.add(at, "declared to become %s %s; from %s it becomes %s", track, state, m.name(s, over), m.name(end, over))
				return
			}
		}
	}
}

// commute reports whether both orders end alike and every act that moves
// something takes effect in both.
func (m *machine) commute(s standing, a, b *act) bool {
	afterA, _ := m.take(s, a)
	ab, bTook := m.take(afterA, b)
	afterB, _ := m.take(s, b)
	ba, aTook := m.take(afterB, a)
	return ab == ba && (bTook || b.rule.stays()) && (aTook || a.rule.stays())
}
