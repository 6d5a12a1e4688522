package program

import (
	"fmt"
	"math/bits"
	"slices"
)

// machine is a procedure as small integers, so that every standing it can reach
// may be walked.
type machine struct {
	p      *Procedure
	number map[string]int     // track id → position
	state  []map[string]uint8 // per track: state id → value
	shift  []uint             // per track: where its value stands in a standing
	field  []standing         // per track: the bits of a standing that hold it
	acts   []act              // every step, once per form that changes its way

	sent    standing // after the first step that crosses
	sends   bool     // whether there is such a step
	walks   map[walkKey][]standing
	reduced map[walkKey][]standing
}

// standing is where every track is, packed into one word; a track left out of a
// walk stays at its start.
type standing uint64

// tracks is a set of tracks, a bit each.
type tracks uint64

func (t tracks) has(track int) bool    { return t&(1<<track) != 0 }
func (t tracks) with(track int) tracks { return t | 1<<track }

// act is a step taken in one form by one side.
type act struct {
	rule   *StepRule
	side   Side
	form   string
	moves  []compiled
	reads  tracks
	writes tracks
}

// touches is every track the act reads or writes.
func (a *act) touches() tracks { return a.reads | a.writes }

// compiled is a move: the admitted states of the tracks it reads, and the bits
// it clears and sets.
type compiled struct {
	from       []mask
	clear, set standing
	writes     tracks
}

// mask is the set of states that a move admits on one track.
type mask struct {
	track  int
	shift  uint
	low    standing // the track's field, shifted down
	admits uint64
}

func newMachine(p *Procedure) (*machine, error) {
	m := &machine{p: p, number: map[string]int{}, walks: map[walkKey][]standing{}, reduced: map[walkKey][]standing{}}
	shift := uint(0)
	for i, t := range p.Tracks {
		if len(t.States) > 64 || len(t.States) == 0 {
			return nil, fmt.Errorf("track %s has %d states; between 1 and 64 can be walked", t.ID, len(t.States))
		}
		m.number[t.ID] = i
		values := map[string]uint8{}
		for j, s := range t.States {
			values[s.ID] = uint8(j)
		}
		if _, ok := values[t.Initial]; !ok {
			return nil, fmt.Errorf("track %s begins in %q, which is none of its states", t.ID, t.Initial)
		}
		m.state = append(m.state, values)
		width := uint(max(1, bits.Len(uint(len(t.States)-1))))
		m.shift = append(m.shift, shift)
		m.field = append(m.field, standing(1<<width-1)<<shift)
		shift += width
	}
	if shift > 30 {
		return nil, fmt.Errorf("its tracks need %d bits; 30 can be walked", shift)
	}
	if err := m.compileAll(); err != nil {
		return nil, err
	}
	m.sent, m.sends = m.afterSending()
	return m, nil
}

func (m *machine) compileAll() error {
	for i := range m.p.Steps {
		r := &m.p.Steps[i]
		for _, side := range sidesOf(r) {
			for _, form := range formsThatMatter(r) {
				a := act{rule: r, side: side, form: form}
				if err := m.compile(&a); err != nil {
					return err
				}
				m.acts = append(m.acts, a)
			}
		}
	}
	return nil
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

func (m *machine) compile(a *act) error {
	for _, mv := range a.rule.Moves {
		if a.form != "" && len(mv.Forms) > 0 && !slices.Contains(mv.Forms, a.form) {
			continue
		}
		var c compiled
		for track, states := range mv.From {
			var admits uint64
			for _, s := range states {
				k, v, err := m.find(track, s)
				if err != nil {
					return fmt.Errorf("step %s: %w", a.rule.ID, err)
				}
				admits |= 1 << (v >> m.shift[k])
			}
			k := m.number[track]
			c.from = append(c.from, mask{track: k, shift: m.shift[k], low: m.field[k] >> m.shift[k], admits: admits})
			a.reads = a.reads.with(k)
		}
		for track, s := range mv.To {
			k, v, err := m.find(track, s)
			if err != nil {
				return fmt.Errorf("step %s: %w", a.rule.ID, err)
			}
			c.clear |= m.field[k]
			c.set |= v
			c.writes = c.writes.with(k)
			a.writes = a.writes.with(k)
		}
		a.moves = append(a.moves, c)
	}
	return nil
}

// find is a track's position and a state's bits in a standing.
func (m *machine) find(track, state string) (int, standing, error) {
	k, ok := m.number[track]
	if !ok {
		return 0, 0, fmt.Errorf("no track %q", track)
	}
	v, ok := m.state[k][state]
	if !ok {
		return 0, 0, fmt.Errorf("track %s has no state %q", track, state)
	}
	return k, standing(v) << m.shift[k], nil
}

// at is the state of one track.
func (m *machine) at(s standing, track int) State {
	return m.p.Tracks[track].States[(s&m.field[track])>>m.shift[track]]
}

// start is every track at its beginning.
func (m *machine) start() standing { return m.pack(m.p.initial()) }

// pack is a standing from names that are known to exist.
func (m *machine) pack(named map[string]string) standing {
	var out standing
	for track, state := range named {
		_, v, _ := m.find(track, state)
		out |= v
	}
	return out
}

// take applies an act, or says that it is not open.
func (m *machine) take(s standing, a *act) (standing, bool) {
	for i := range a.moves {
		if mv := &a.moves[i]; fitsMask(s, mv.from) {
			return s&^mv.clear | mv.set, true
		}
	}
	return s, false
}

func fitsMask(s standing, from []mask) bool {
	for i := range from {
		if f := &from[i]; f.admits&(1<<(s>>f.shift&f.low)) == 0 {
			return false
		}
	}
	return true
}

// afterSending is where the referral stands once the first released step was
// taken, and whether that step exists and is open.
func (m *machine) afterSending() (standing, bool) {
	first := m.p.steps[m.p.first]
	if first == nil {
		return 0, false
	}
	for track, state := range m.p.opening() {
		if _, _, err := m.find(track, state); err != nil {
			return 0, false
		}
	}
	for i := range m.acts {
		if m.acts[i].rule == first {
			return m.take(m.pack(m.p.opening()), &m.acts[i])
		}
	}
	return 0, false
}

// name shows a standing over some tracks for a message to the author.
func (m *machine) name(s standing, over tracks) string {
	out := ""
	for i, t := range m.p.Tracks {
		if over.has(i) {
			out += fmt.Sprintf("%s=%s ", t.ID, m.at(s, i).ID)
		}
	}
	return out
}

func released(a *act) bool   { return a.rule.Released }
func unreleased(a *act) bool { return !a.rule.Released }
