package program

import (
	"slices"
	"sort"
	"time"
)

// Taken is one act of one side, as its own history keeps it.
type Taken struct {
	Step string
	Side Side
	// Nth numbers the released acts of this side from 1. Zero lets the fold
	// number them in the order given; give it where an alert may have
	// overtaken an earlier act on the way.
	Nth int
	// Seen is the number (Nth) of the latest released act of the other side
	// that the actor had when acting; 0 when none.
	Seen   int
	At     time.Time // as the actor's side asserts it
	ID     string
	Reason string
	Form   string
	Facts  map[string]any
	Office string
}

// Applied is an act in the merged order of both histories.
type Applied struct {
	Taken
	Released bool
	// Overtaken says that when the histories are joined the act was no longer
	// open: it is kept and shown and has no effect.
	Overtaken bool
	By        string            // id of the other side's act that overtook it, "" if none is known
	ByStep    string            // and its step
	Moved     map[string]string // the tracks that it moved, each with its new state: the procedure's own map
}

// Owed says who owes the next step, and since when.
type Owed struct {
	Track, State string
	Side         Side
	Roles        []string
	Since        time.Time // zero before the first act
}

// Standing is where a referral stands: a pure function of the two histories.
type Standing struct {
	Main     string
	Tracks   map[string]string // every track, the main one included
	Taken    []Applied         // both histories in their one order
	Owes     []Owed            // the main track first; empty when nobody owes anything
	Warnings []string          // ids of the procedure's warnings that apply
	Since    time.Time         // when the main track came to its state
}

// Waiting is who owes the next step; ok is false when nobody does.
func (s Standing) Waiting() (Owed, bool) {
	if len(s.Owes) == 0 {
		return Owed{}, false
	}
	return s.Owes[0], true
}

// Last returns the latest effective act of this step.
func (s Standing) Last(step string) (Applied, bool) {
	for _, a := range slices.Backward(s.Taken) {
		if a.Step == step && !a.Overtaken {
			return a, true
		}
	}
	return Applied{}, false
}

// Overtaken lists the acts that crossed with another and had no effect.
func (s Standing) Overtaken() []Applied {
	var out []Applied
	for _, a := range s.Taken {
		if a.Overtaken {
			out = append(out, a)
		}
	}
	return out
}

// Shared is the standing as both sides know it: without the acts that stay at
// home. It is the same on both nodes once each holds the other's acts.
func (s Standing) Shared() Standing {
	s.Taken = slices.DeleteFunc(slices.Clone(s.Taken), func(a Applied) bool { return !a.Released })
	return s
}

// State joins the two histories into one standing. It depends only on the acts,
// never on the order in which they reached this node:
//
//   - each history keeps its own order, and an act comes after everything of the
//     other side that its actor had seen;
//   - of two acts that crossed, the procedure's table says which takes effect
//     first; where either order gives the same, the sender's comes first;
//   - an act that is not open when its turn comes is overtaken: kept, listed,
//     without effect.
//
// A node that holds only the released acts of the other side begins in the
// state that the first released step leaves from.
func (p *Procedure) State(sender, receiver []Taken) Standing {
	a, b := p.ordered(Sender, sender), p.ordered(Receiver, receiver)
	f := &fold{p: p, tracks: p.initial(), since: map[string]time.Time{}}
	if len(a) > 0 && a[0].released {
		f.tracks = p.opening()
	}
	for len(a) > 0 || len(b) > 0 {
		if f.senderNext(a, b) {
			f.place(a[0])
			a = a[1:]
		} else {
			f.place(b[0])
			b = b[1:]
		}
	}
	return f.standing()
}

// numbered is an act with its place in its own side's released acts.
type numbered struct {
	Taken
	rule     *StepRule
	released bool
	after    int // Nth of the last released act up to and including this one
}

// ordered puts one history in its own order and numbers the released acts that
// carry no number. Steps that the procedure does not know stay, to be shown as
// overtaken.
func (p *Procedure) ordered(side Side, history []Taken) []numbered {
	out := make([]numbered, 0, len(history))
	last := 0
	for _, t := range history {
		n := numbered{Taken: t, rule: p.steps[t.Step]}
		n.Side = side
		n.released = n.rule == nil || n.rule.Released
		if n.released {
			if n.Nth == 0 {
				n.Nth = last + 1
			}
			last = max(last, n.Nth)
		}
		n.after = last
		if n.released {
			n.after = n.Nth
		}
		out = append(out, n)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].after < out[j].after })
	return out
}

// initial is every track at its beginning.
func (p *Procedure) initial() map[string]string {
	m := make(map[string]string, len(p.Tracks))
	for _, t := range p.Tracks {
		m[t.ID] = t.Initial
	}
	return m
}

// opening is where a referral stands for a node that was sent it: the state the
// first released step leaves from.
func (p *Procedure) opening() map[string]string {
	m := p.initial()
	if s := p.steps[p.first]; s != nil && len(s.Moves) > 0 {
		for track, from := range s.Moves[0].From {
			m[track] = from[0]
		}
	}
	return m
}

// fold walks the merged order.
type fold struct {
	p       *Procedure
	tracks  map[string]string
	taken   []Applied
	since   map[string]time.Time
	reached [2]int // Nth of the last released act placed: sender, receiver
}

func index(s Side) int {
	if s == Sender {
		return 0
	}
	return 1
}

// senderNext decides whose act is placed next.
func (f *fold) senderNext(a, b []numbered) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(b) == 0
	}
	mayA := ready(a[0], b, f.reached[1])
	mayB := ready(b[0], a, f.reached[0])
	if mayA != mayB {
		return mayA
	}
	if !mayA { // each claims to have seen the other: impossible in truth, so only the order must be fixed
		return true
	}
	openA, openB := f.open(a[0]) != nil, f.open(b[0]) != nil
	if openA != openB {
		return !openA // what is overtaken already is placed first and changes nothing
	}
	return f.p.precede[[2]string{a[0].Step, b[0].Step}] != Receiver
}

// ready reports whether everything of the other side that n's actor had seen is
// placed: either reached, or not among the acts this node holds.
func ready(n numbered, other []numbered, reached int) bool {
	return n.Seen <= reached || len(other) == 0 || other[0].after > n.Seen || !anyUpTo(other, n.Seen)
}

func anyUpTo(acts []numbered, nth int) bool {
	for _, a := range acts {
		if a.released && a.Nth <= nth {
			return true
		}
	}
	return false
}

// open returns the move by which n is open now, or nil.
func (f *fold) open(n numbered) *Move {
	if n.rule == nil || !mayTake(n.rule, n.Side) {
		return nil
	}
	return n.rule.open(f.tracks, n.Form)
}

func mayTake(r *StepRule, side Side) bool { return r.Owner.Side == side || r.Owner.Side == Either }

// open returns the first move that fits the tracks and the form. An empty form
// fits any move: it asks whether the step is open at all.
func (s *StepRule) open(tracks map[string]string, form string) *Move {
	for i := range s.Moves {
		m := &s.Moves[i]
		if m.fits(tracks) && (len(m.Forms) == 0 || form == "" || slices.Contains(m.Forms, form)) {
			return m
		}
	}
	return nil
}

func (m *Move) fits(tracks map[string]string) bool {
	for track, states := range m.From {
		if !slices.Contains(states, tracks[track]) {
			return false
		}
	}
	return true
}

func (f *fold) place(n numbered) {
	if n.released {
		f.reached[index(n.Side)] = max(f.reached[index(n.Side)], n.Nth)
	}
	a := Applied{Taken: n.Taken, Released: n.released}
	m := f.open(n)
	if m == nil {
		a.Overtaken = true
		a.By, a.ByStep = f.overtaker(n.Side)
		f.taken = append(f.taken, a)
		return
	}
	for track, to := range m.To {
		if f.tracks[track] != to || track == MainTrack {
			f.since[track] = n.At
		}
		f.tracks[track] = to
	}
	a.Moved = m.To
	f.taken = append(f.taken, a)
}

// overtaker is the other side's latest effective act.
func (f *fold) overtaker(side Side) (id, step string) {
	for _, a := range slices.Backward(f.taken) {
		if a.Side != side && !a.Overtaken {
			return a.ID, a.Step
		}
	}
	return "", ""
}

func (f *fold) standing() Standing {
	s := Standing{Main: f.tracks[MainTrack], Tracks: f.tracks, Taken: f.taken, Since: f.since[MainTrack]}
	main, _ := f.p.StateOf(MainTrack, s.Main)
	for _, t := range f.p.Tracks {
		st, ok := f.p.StateOf(t.ID, f.tracks[t.ID])
		if !ok || st.Owes == nil || main.Ends && !st.Always && t.ID != MainTrack {
			continue
		}
		s.Owes = append(s.Owes, Owed{Track: t.ID, State: st.ID, Side: st.Owes.Side, Roles: st.Owes.Roles, Since: f.since[t.ID]})
	}
	for _, w := range f.p.Warnings {
		if (&Move{From: w.When}).fits(f.tracks) {
			s.Warnings = append(s.Warnings, w.ID)
		}
	}
	return s
}
