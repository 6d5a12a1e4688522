package program

import "slices"

// walkKey names a walk: over which tracks, before or after the sending; for a
// reduced one also which tracks are looked at.
type walkKey struct {
	over, seen tracks
	after      bool
}

// closure widens a set of tracks by every track that decides whether they move,
// so that leaving the others out of a walk changes nothing.
func (m *machine) closure(over tracks) tracks {
	for {
		grown := over
		for i := range m.acts {
			// every move of a step decides whether a later one is reached
			if a := &m.acts[i]; a.writes&over != 0 {
				grown |= a.reads
			}
		}
		if grown == over {
			return over
		}
		over = grown
	}
}

// before lists the standings that the sender's own steps reach, over the tracks
// that decide about these; after lists those that can be reached once the
// referral was sent. Both are exhaustive.
func (m *machine) before(of tracks) []standing { return m.walk(m.start(), of, false) }

func (m *machine) after(of tracks) []standing { return m.walk(m.sent, of, true) }

func (m *machine) walk(from standing, of tracks, after bool) []standing {
	key := walkKey{over: m.closure(of), after: after}
	if got, ok := m.walks[key]; ok {
		return got
	}
	keep := unreleased
	if after {
		keep = released
	}
	var acts []act
	for i := range m.acts {
		if a := &m.acts[i]; keep(a) && a.writes&key.over != 0 {
			acts = append(acts, m.only(a, key.over))
		}
	}
	seen := newSeen(m)
	seen.first(from)
	out := []standing{from}
	for next := 0; next < len(out); next++ {
		for i := range acts {
			if s, ok := m.take(out[next], &acts[i]); ok && seen.first(s) {
				out = append(out, s)
			}
		}
	}
	m.walks[key] = out
	return out
}

// only is the act seen from some tracks: what it does to the others is left out.
func (m *machine) only(a *act, over tracks) act {
	var field standing
	for i := range m.p.Tracks {
		if over.has(i) {
			field |= m.field[i]
		}
	}
	out := *a
	out.moves = slices.Clone(a.moves)
	for i := range out.moves {
		out.moves[i].clear &= field
		out.moves[i].set &= field
	}
	return out
}

// standingsOf lists what some tracks can look like together after the sending,
// each look once, with every other track at its start.
func (m *machine) standingsOf(of tracks) []standing {
	key := walkKey{over: m.closure(of), seen: of, after: true}
	if got, ok := m.reduced[key]; ok {
		return got
	}
	var field standing
	for i := range m.p.Tracks {
		if of.has(i) {
			field |= m.field[i]
		}
	}
	rest := m.start() &^ field
	seen := newSeen(m)
	var out []standing
	for _, s := range m.after(of) {
		if s = s&field | rest; seen.first(s) {
			out = append(out, s)
		}
	}
	m.reduced[key] = out
	return out
}

// seenSet is a set of standings, one bit each.
type seenSet []uint64

func newSeen(m *machine) seenSet {
	last := len(m.field) - 1
	return make(seenSet, (m.field[last]>>m.shift[last]+1)<<m.shift[last]/64+1)
}

// first adds a standing and reports whether it was new.
func (s seenSet) first(x standing) bool {
	word, bit := x/64, uint64(1)<<(x%64)
	if s[word]&bit != 0 {
		return false
	}
	s[word] |= bit
	return true
}
