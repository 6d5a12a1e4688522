package program

import (
	"slices"
	"strings"
)

// border keeps the sender's own business at home: before the first released
// step only the sender's own steps are open and only the main track moves;
// from it on every step crosses.
func (r *report) border(where string, m *machine) {
	first := m.p.steps[m.p.first]
	if first == nil {
		r.add(where, "no step of the sender crosses: nothing could ever be sent")
		return
	}
	if len(first.Moves) != 1 || len(first.Moves[0].From[MainTrack]) != 1 {
		r.add(where+": step "+first.ID, "the first step that crosses must leave from exactly one state")
	}
	main := tracks(0).with(m.number[MainTrack])
	before, after := m.before(main), m.after(main)
	for i := range m.acts {
		a := &m.acts[i]
		at := where + ": step " + a.rule.ID
		if unreleased(a) {
			r.atHome(at, m, a, main)
		}
		if s, open := m.anyOpen(before, a); open && released(a) && a.rule != first {
			r.add(at, "crosses and is open before anything was sent (%s)", strings.TrimSpace(m.name(s, m.closure(main))))
		}
		if s, open := m.anyOpen(after, a); open && (unreleased(a) || a.rule == first) {
			r.add(at, "stays at home and is open after the sending (%s)", strings.TrimSpace(m.name(s, m.closure(main))))
		}
	}
}

// atHome wants a step that does not cross to be the sender's and to move the
// main track alone.
func (r *report) atHome(at string, m *machine, a *act, main tracks) {
	if a.side != Sender {
		r.add(at, "a step of the receiver must cross")
	}
	for i, t := range m.p.Tracks {
		if (a.writes &^ main).has(i) {
			r.add(at, "moves track %s, which the other side could not know", t.ID)
		}
	}
}

// anyOpen finds a standing in which the act is open.
func (m *machine) anyOpen(among []standing, a *act) (standing, bool) {
	for _, s := range among {
		if _, ok := m.take(s, a); ok {
			return s, true
		}
	}
	return 0, false
}

// reach wants every state of every track to be reachable, and every step to be
// open somewhere.
func (r *report) reach(where string, m *machine) {
	if !m.sends {
		return
	}
	for i, t := range m.p.Tracks {
		seen := map[string]bool{}
		for _, s := range slices.Concat(m.before(tracks(0).with(i)), m.after(tracks(0).with(i))) {
			seen[m.at(s, i).ID] = true
		}
		for _, st := range t.States {
			if !seen[st.ID] {
				r.add(where+": state "+t.ID+"."+st.ID, "cannot be reached")
			}
		}
	}
	r.deadSteps(where, m)
	r.deadStates(where, m)
}

// deadSteps finds steps (and forms of steps) that are never open.
func (r *report) deadSteps(where string, m *machine) {
	for i := range m.acts {
		a := &m.acts[i]
		reachable := m.before(a.touches())
		if released(a) && a.rule.ID != m.p.first {
			reachable = m.after(a.touches())
		}
		if _, open := m.anyOpen(reachable, a); !open {
			r.add(where+": step "+a.rule.ID, "is never open%s", inForm(a.form))
		}
	}
}

func inForm(form string) string {
	if form == "" {
		return ""
	}
	return " in form " + form
}

// deadStates finds states of the main track that nothing leaves and that do not
// end the referral.
func (r *report) deadStates(where string, m *machine) {
	leaves := map[string]bool{}
	for _, s := range m.p.Steps {
		for _, mv := range s.Moves {
			for _, from := range mv.From[MainTrack] {
				leaves[from] = leaves[from] || mv.To[MainTrack] != "" && mv.To[MainTrack] != from
			}
		}
	}
	for _, st := range m.p.tracks[MainTrack].states() {
		if !leaves[st.ID] && !st.Ends {
			r.add(where+": state main."+st.ID, "is dead: nothing leads out of it and it does not end the referral")
		}
	}
}
