package program

import (
	"fmt"
	"slices"
)

// machine is a procedure as small integers, so that every standing it can reach
// may be walked. A standing is one byte a track.
type machine struct {
	p      *Procedure
	number map[string]int            // track id → position
	state  []map[string]uint8        // per track: state id → value
	acts   []act                     // every step, once per form that changes its way
}

// act is a step taken in one form by one side.
type act struct {
	rule  *StepRule
	side  Side
	form  string
	moves []compiled
}

// compiled is a move as masks of admitted states and values to set.
type compiled struct {
	from []mask
	to   []set
}

type mask struct {
	track int
	bits  uint64
}

type set struct {
	track int
	value uint8
}

// standing is a compact standing; a track left out of a walk stays at its start.
type standing string

func newMachine(p *Procedure) (*machine, error) {
	m := &machine{p: p, number: map[string]int{}}
	for i, t := range p.Tracks {
		if len(t.States) > 64 {
			return nil, fmt.Errorf("track %s has more than 64 states", t.ID)
		}
		m.number[t.ID] = i
		values := map[string]uint8{}
		for j, s := range t.States {
			values[s.ID] = uint8(j)
		}
		m.state = append(m.state, values)
	}
	for i := range p.Steps {
		r := &p.Steps[i]
		for _, side := range sidesOf(r) {
			for _, form := range formsThatMatter(r) {
				moves, err := m.compile(r, form)
				if err != nil {
					return nil, err
				}
				m.acts = append(m.acts, act{rule: r, side: side, form: form, moves: moves})
			}
		}
	}
	return m, nil
}

func sidesOf(r *StepRule) []Side {
	if r.Owner.Side == Either {
		return []Side{Sender, Receiver}
	}
	return []Side{r.Owner.Side}
}

// formsThatMatter lists the forms that choose between moves; "" when none does.
func formsThatMatter(r *StepRule) []string {
	if slices.ContainsFunc(r.Moves, func(m Move) bool { return len(m.Forms) > 0 }) {
		return r.Forms
	}
	return []string{""}
}

func (m *machine) compile(r *StepRule, form string) ([]compiled, error) {
	var out []compiled
	for _, mv := range r.Moves {
		if form != "" && len(mv.Forms) > 0 && !slices.Contains(mv.Forms, form) {
			continue
		}
		var c compiled
		for track, states := range mv.From {
			k, ok := m.number[track]
			if !ok {
				return nil, fmt.Errorf("step %s: no track %q", r.ID, track)
			}
			var bits uint64
			for _, s := range states {
				v, ok := m.state[k][s]
				if !ok {
					return nil, fmt.Errorf("step %s: track %s has no state %q", r.ID, track, s)
				}
				bits |= 1 << v
			}
			c.from = append(c.from, mask{k, bits})
		}
		for track, s := range mv.To {
			k, ok := m.number[track]
			if !ok {
				return nil, fmt.Errorf("step %s: no track %q", r.ID, track)
			}
			v, ok := m.state[k][s]
			if !ok {
				return nil, fmt.Errorf("step %s: track %s has no state %q", r.ID, track, s)
			}
			c.to = append(c.to, set{k, v})
		}
		out = append(out, c)
	}
	return out, nil
}

// start is every track at its beginning.
func (m *machine) start() standing {
	b := make([]byte, len(m.p.Tracks))
	for i, t := range m.p.Tracks {
		b[i] = m.state[i][t.Initial]
	}
	return standing(b)
}

// take applies an act, or says that it is not open.
func (m *machine) take(s standing, a *act) (standing, bool) {
	for i := range a.moves {
		mv := &a.moves[i]
		if !fitsMask(s, mv.from) {
			continue
		}
		if len(mv.to) == 0 {
			return s, true
		}
		b := []byte(s)
		for _, t := range mv.to {
			b[t.track] = t.value
		}
		return standing(b), true
	}
	return s, false
}

func fitsMask(s standing, from []mask) bool {
	for _, f := range from {
		if f.bits&(1<<s[f.track]) == 0 {
			return false
		}
	}
	return true
}

// closure widens a set of tracks by every track that decides whether they move,
// so that leaving the others out of a walk changes nothing.
func (m *machine) closure(tracks map[int]bool) map[int]bool {
	out := map[int]bool{}
	for t := range tracks {
		out[t] = true
	}
	for grown := true; grown; {
		grown = false
		for i := range m.acts {
			for _, mv := range m.acts[i].moves {
				if !slices.ContainsFunc(mv.to, func(s set) bool { return out[s.track] }) {
					continue
				}
				// earlier moves of the same step decide too, whether this one is reached
				for _, other := range m.acts[i].moves {
					for _, f := range other.from {
						if !out[f.track] {
							out[f.track], grown = true, true
						}
					}
				}
			}
		}
	}
	return out
}

// walk lists every standing reachable from one by the acts that pass keep, over
// the given tracks alone.
func (m *machine) walk(from standing, over map[int]bool, keep func(*act) bool) map[standing]bool {
	var acts []act
	for i := range m.acts {
		if keep(&m.acts[i]) {
			if a, ok := m.acts[i].only(over); ok {
				acts = append(acts, a)
			}
		}
	}
	seen := map[standing]bool{from: true}
	for todo := []standing{from}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for i := range acts {
			if next, ok := m.take(s, &acts[i]); ok && !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
	return seen
}

// only is the act seen from some tracks; ok is false when it moves none of them.
func (a act) only(over map[int]bool) (act, bool) {
	out := a
	out.moves = make([]compiled, len(a.moves))
	moves := false
	for i, mv := range a.moves {
		c := compiled{from: mv.from}
		for _, t := range mv.to {
			if over[t.track] {
				c.to = append(c.to, t)
				moves = true
			}
		}
		out.moves[i] = c
	}
	return out, moves
}

// tracksOf lists the tracks an act reads or writes.
func tracksOf(acts ...*act) map[int]bool {
	out := map[int]bool{}
	for _, a := range acts {
		for _, mv := range a.moves {
			for _, f := range mv.from {
				out[f.track] = true
			}
			for _, t := range mv.to {
				out[t.track] = true
			}
		}
	}
	return out
}

// name shows a standing over some tracks for a message to the author.
func (m *machine) name(s standing, over map[int]bool) string {
	out := ""
	for i, t := range m.p.Tracks {
		if over[i] {
			out += fmt.Sprintf("%s=%s ", t.ID, t.States[s[i]].ID)
		}
	}
	return out
}

// afterSending is where the referral stands once the first released step was
// taken, and whether that step exists.
func (m *machine) afterSending() (standing, bool) {
	first := m.p.steps[m.p.first]
	if first == nil {
		return "", false
	}
	b := []byte(m.start())
	for track, state := range m.p.opening() {
		b[m.number[track]] = m.state[m.number[track]][state]
	}
	for i := range m.acts {
		if m.acts[i].rule == first {
			return m.take(standing(b), &m.acts[i])
		}
	}
	return "", false
}

func released(a *act) bool   { return a.rule.Released }
func unreleased(a *act) bool { return !a.rule.Released }
