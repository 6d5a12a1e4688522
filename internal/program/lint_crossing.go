package program

import "fmt"

// crossings wants every pair of acts that can cross, in every standing where
// both are open, either to give the same whichever comes first, both taking
// effect, or to be declared in the table with the outcome it then has.
func (r *report) crossings(where string, m *machine) {
	sent, ok := m.afterSending()
	if !ok {
		return
	}
	declared := r.table(where, m.p)
	used := map[[2]string]bool{}
	walks := map[string][]standing{}
	for i := range m.acts {
		for j := range m.acts {
			a, b := &m.acts[i], &m.acts[j]
			if a.side != Sender || b.side != Receiver || !released(a) || !released(b) {
				continue
			}
			r.pair(where, m, a, b, m.together(sent, a, b, walks), declared, used)
		}
	}
	for pair := range declared {
		if !used[pair] {
			r.add(where+": crossing "+pair[0]+" ∥ "+pair[1], "these two are never open together")
		}
	}
}

// table reads the declared crossings and refuses doubles and unknown steps.
func (r *report) table(where string, p *Procedure) map[[2]string]*Crossing {
	out := map[[2]string]*Crossing{}
	for i := range p.Crossings {
		c := &p.Crossings[i]
		if c.First != Sender && c.First != Receiver {
			r.add(fmt.Sprintf("%s: crossing %d", where, i+1), "does not say which side's act takes effect first")
		}
		for _, a := range c.Sender {
			for _, b := range c.Receiver {
				pair := [2]string{a, b}
				at := where + ": crossing " + a + " ∥ " + b
				if out[pair] != nil {
					r.add(at, "declared twice")
				}
				if p.steps[a] == nil || p.steps[b] == nil {
					r.add(at, "names a step that does not exist")
				}
				out[pair] = c
			}
		}
	}
	return out
}

// together lists the standings after sending in which both acts are open, seen
// from the tracks that matter to them.
func (m *machine) together(sent standing, a, b *act, walks map[string][]standing) []standing {
	tracks := tracksOf(a, b)
	over := m.closure(tracks)
	key := fmt.Sprint(over)
	all, ok := walks[key]
	if !ok {
		for s := range m.walk(sent, over, released) {
			all = append(all, s)
		}
		walks[key] = all
	}
	start := m.start()
	seen := map[standing]bool{}
	var out []standing
	for _, s := range all {
		if _, ok := m.take(s, a); !ok {
			continue
		}
		if _, ok := m.take(s, b); !ok {
			continue
		}
		p := []byte(s)
		for i := range p {
			if !tracks[i] {
				p[i] = start[i]
			}
		}
		if q := standing(p); !seen[q] {
			seen[q] = true
			out = append(out, q)
		}
	}
	return out
}

func (r *report) pair(where string, m *machine, a, b *act, where2 []standing, declared map[[2]string]*Crossing, used map[[2]string]bool) {
	pair := [2]string{a.rule.ID, b.rule.ID}
	at := where + ": crossing " + pair[0] + " ∥ " + pair[1] + inForm(b.form)
	c := declared[pair]
	for _, s := range where2 {
		used[pair] = true
		if c == nil {
			if !m.commute(s, a, b) {
				r.add(at, "not declared, and the order matters from %s", m.name(s, tracksOf(a, b)))
				return
			}
			continue
		}
		first, second := a, b
		if c.First == Receiver {
			first, second = b, a
		}
		end, _ := m.take(s, first)
		end, _ = m.take(end, second)
		for track, state := range c.Becomes {
			k, known := m.number[track]
			if !known || m.p.Tracks[k].States[end[k]].ID != state {
				r.add(at, "declared to become %s %s; from %s it becomes %s", track, state, m.name(s, tracksOf(a, b)), m.name(end, tracksOf(a, b)))
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
