package program

import (
	"fmt"
	"slices"
	"sort"

	"github.com/oasiss/oasiss/wire"
)

// Finding is one fault that the linter found in the programme's data, in words
// for the author of the file.
type Finding struct {
	Where string // file or object, e.g. "procedure mx-accusatory-2016: step decline"
	What  string
}

func (f Finding) String() string { return f.Where + ": " + f.What }

// report gathers findings.
type report struct{ found []Finding }

func (r *report) add(where, format string, args ...any) {
	r.found = append(r.found, Finding{where, fmt.Sprintf(format, args...)})
}

func (r *report) text(where string, t Text) {
	if lang := t.missing(); lang != "" {
		r.add(where, "no text in %s", lang)
	}
}

// Lint checks everything the programme carries: every procedure, and the
// catalogues of offences, clocks, calendars, offices, corridors and words.
func Lint() []Finding {
	r := &report{}
	for _, p := range Procedures() {
		r.found = append(r.found, LintProcedure(p)...)
	}
	r.catalogues()
	return r.found
}

// LintProcedure checks one procedure. It refuses a state that is dead or cannot
// be reached, a step or clock without an owner, two acts that can cross without
// a declared outcome, a text missing in a language, a condition that is not
// valid CEL over the declared facts or that is always true or always false, and
// a condition that profiles (see profiling).
func LintProcedure(p *Procedure) []Finding {
	r := &report{}
	where := "procedure " + p.ID
	r.texts(where, p)
	r.notes(where, p)
	r.heading(where, p)
	r.owners(where, p)
	r.references(where, p)
	r.conditions(where, p)
	if p.tracks[MainTrack] == nil {
		return r.found
	}
	if m, err := newMachine(p); err != nil {
		r.add(where, "%v", err)
	} else {
		r.border(where, m)
		r.reach(where, m)
		r.crossings(where, m)
	}
	sort.SliceStable(r.found, func(i, j int) bool { return r.found[i].Where < r.found[j].Where })
	return r.found
}

func (r *report) texts(where string, p *Procedure) {
	r.text(where, p.Title)
	for _, t := range p.Tracks {
		r.text(where+": track "+t.ID, t.Title)
		for _, s := range t.States {
			r.text(where+": state "+t.ID+"."+s.ID, s.Title)
		}
	}
	for _, f := range p.Facts {
		r.text(where+": fact "+f.ID, f.Title)
	}
	for _, c := range p.Conditions {
		r.text(where+": condition "+c.ID, c.Says)
		r.text(where+": condition "+c.ID+" next", c.Next)
	}
	for _, f := range p.Forms {
		r.text(where+": form "+f.ID, f.Title)
		r.text(where+": form "+f.ID+" law", f.Law)
	}
	for _, x := range p.Reasons {
		r.text(where+": reason "+x.ID, x.Title)
	}
	for _, s := range p.Steps {
		r.text(where+": step "+s.ID, s.Title)
		r.text(where+": step "+s.ID+" done", s.Done)
	}
	for i, c := range p.Crossings {
		r.text(fmt.Sprintf("%s: crossing %d", where, i+1), c.Why)
	}
	for _, w := range p.Warnings {
		r.text(where+": warning "+w.ID, w.Title)
	}
	for _, c := range slices.Concat(p.Eligible, p.Packet) {
		r.text(where+": check "+c.ID, c.Title)
	}
}

// notes may be left out, but not in one language only.
func (r *report) notes(where string, p *Procedure) {
	note := func(what string, t Text) {
		if t != (Text{}) {
			r.text(where+": "+what+": note", t)
		}
	}
	note("procedure", p.Note)
	for _, s := range p.Steps {
		note("step "+s.ID, s.Note)
	}
	for _, f := range p.Forms {
		note("form "+f.ID, f.Note)
	}
	for _, c := range slices.Concat(p.Eligible, p.Packet) {
		note("check "+c.ID, c.Note)
	}
}

// heading wants the procedure to join two countries over a range of days, to
// say how far it was verified, and to have the main track.
func (r *report) heading(where string, p *Procedure) {
	for _, c := range []string{p.Sending, p.Receives} {
		if _, ok := CountryByID(c); !ok {
			r.add(where, "no country %q", c)
		}
	}
	if p.Sending == p.Receives {
		r.add(where, "leads from a country to itself")
	}
	if p.From.Zero() || !p.To.Zero() && p.To.Before(p.From) {
		r.add(where, "does not say for facts of which days it is made")
	}
	if !slices.Contains([]Verified{Read, Secondary, Unchecked}, p.Verified) {
		r.add(where, "verified is %q", p.Verified)
	}
	if p.tracks[MainTrack] == nil {
		r.add(where, "has no track %q", MainTrack)
	}
}

// owners wants a side and known roles on every step, clock and owing state.
func (r *report) owners(where string, p *Procedure) {
	check := func(what string, o Owner) {
		if o.Side != Sender && o.Side != Receiver && o.Side != Either || len(o.Roles) == 0 {
			r.add(what, "nobody owns it")
		}
		for _, role := range o.Roles {
			if _, ok := RoleByID(role); !ok {
				r.add(what, "role %q does not exist", role)
			}
		}
	}
	for _, s := range p.Steps {
		check(where+": step "+s.ID, s.Owner)
	}
	for _, c := range p.Packet {
		if len(c.Owes) > 0 {
			check(where+": check "+c.ID, Owner{Side: Sender, Roles: c.Owes})
		}
	}
	for _, c := range p.Timers {
		check(where+": clock "+c.Clock, c.Owner)
		for _, role := range c.Escalates {
			if _, ok := RoleByID(role); !ok {
				r.add(where+": clock "+c.Clock, "escalates to role %q, which does not exist", role)
			}
		}
		if len(c.Escalates) == 0 {
			r.add(where+": clock "+c.Clock, "escalates to nobody")
		}
	}
	for _, t := range p.Tracks {
		for _, s := range t.States {
			if s.Owes != nil {
				check(where+": state "+t.ID+"."+s.ID, *s.Owes)
			}
			if s.Opens != "" && (t.ID != MainTrack || s.Opens != wire.TierAnalysis && s.Opens != wire.TierReleased) {
				r.add(where+": state "+t.ID+"."+s.ID, "opens %q: only the main track opens a tier, analysis or released", s.Opens)
			}
		}
	}
	for _, s := range p.tracks[MainTrack].states() {
		if s.Owes == nil && !s.Ends {
			r.add(where+": state main."+s.ID, "nobody owes the next step and it does not end the referral")
		}
	}
}

func (t *Track) states() []State {
	if t == nil {
		return nil
	}
	return t.States
}

// references wants every name used to be declared once and every declared name used.
func (r *report) references(where string, p *Procedure) {
	r.formsAndConditions(where, p)
	r.reasons(where, p)
	for _, c := range slices.Concat(p.Eligible, p.Packet) {
		if c.Condition != "" && p.conds[c.Condition] == nil {
			r.add(where+": check "+c.ID, "no condition %q", c.Condition)
		}
	}
	for _, w := range p.Warnings {
		for track, states := range w.When {
			for _, s := range states {
				if _, ok := p.StateOf(track, s); !ok {
					r.add(where+": warning "+w.ID, "no state %s.%s", track, s)
				}
			}
		}
	}
	r.twice(where, p)
	r.timers(where, p)
}

func (r *report) formsAndConditions(where string, p *Procedure) {
	usedForm, usedCond := map[string]bool{}, map[string]bool{}
	for _, s := range p.Steps {
		for _, f := range s.Forms {
			usedForm[f] = true
		}
		for _, c := range s.Conditions {
			usedCond[c] = true
		}
		for _, m := range s.Moves {
			for _, f := range m.Forms {
				if !slices.Contains(s.Forms, f) {
					r.add(where+": step "+s.ID, "a move takes form %q, which the step does not admit", f)
				}
			}
		}
	}
	for _, f := range p.Forms {
		if !usedForm[f.ID] {
			r.add(where+": form "+f.ID, "no step takes it")
		}
	}
	for _, c := range p.Conditions {
		if !usedCond[c.ID] {
			r.add(where+": condition "+c.ID, "no step asks for it")
		}
	}
}

func (r *report) reasons(where string, p *Procedure) {
	reasoned := map[string]bool{}
	for _, x := range p.Reasons {
		for _, s := range x.Steps {
			reasoned[s] = true
			if p.steps[s] == nil {
				r.add(where+": reason "+x.ID, "no step %q", s)
			}
		}
		for _, f := range x.Forms {
			if p.forms[f] == nil {
				r.add(where+": reason "+x.ID, "no form %q", f)
			}
		}
	}
	for _, s := range p.Steps {
		if s.NeedsCause && !reasoned[s.ID] {
			r.add(where+": step "+s.ID, "needs a reason and no reason names it")
		}
	}
}

// twice refuses an id declared more than once.
func (r *report) twice(where string, p *Procedure) {
	seen := map[string]bool{}
	once := func(kind, id string) {
		if seen[kind+" "+id] {
			r.add(where+": "+kind+" "+id, "declared twice")
		}
		seen[kind+" "+id] = true
	}
	for _, s := range p.Steps {
		once("step", s.ID)
	}
	for _, f := range p.Forms {
		once("form", f.ID)
	}
	for _, x := range p.Reasons {
		once("reason", x.ID)
	}
	for _, c := range p.Conditions {
		once("condition", c.ID)
	}
	for _, f := range p.Facts {
		once("fact", f.ID)
	}
	for _, w := range p.Warnings {
		once("warning", w.ID)
	}
	for _, c := range p.Eligible {
		once("eligibility check", c.ID)
	}
	for _, c := range p.Packet {
		once("packet check", c.ID)
	}
	for _, c := range p.Timers {
		once("clock", c.Clock)
	}
	for _, t := range p.Tracks {
		once("track", t.ID)
		for _, s := range t.States {
			once("state", t.ID+"."+s.ID)
		}
	}
}

func (r *report) timers(where string, p *Procedure) {
	for _, c := range p.Timers {
		at := where + ": clock " + c.Clock
		clock, ok := ClockByID(c.Clock)
		if !ok {
			r.add(at, "the catalogue has no such clock")
			continue
		}
		if len(c.Starts) == 0 || len(c.Ends) == 0 {
			r.add(at, "needs a step that starts it and one that ends it")
		}
		for _, s := range slices.Concat(c.Starts, c.Ends) {
			if p.steps[s] == nil {
				r.add(at, "no step %q", s)
			}
		}
		if c.Red && units[clock.Unit] {
			r.add(at, "is red from its start, and has a term")
		}
		if c.Pausable && clock.Kind == "legal" {
			r.add(at, "a legal term cannot be paused by the programme")
		}
	}
}
