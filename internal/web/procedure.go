package web

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/view"
)

// lawPages registers what accords adopt: procedures with their states, the
// offences and clocks of both countries; and the form of a new accord.
func (s *Server) lawPages(pages *doors) {
	s.page(pages, "/accords/new", areaOversight, func(q *request) (string, any, error) {
		v, err := q.newAccord()
		return "form_page", v, err
	})
	s.page(pages, "/accords/procedures/{id}", areaOversight, func(q *request) (string, any, error) {
		id := q.r.PathValue("id")
		p, err := readLaw(q, access.Resource{Type: "procedure", ID: id}, func() (*program.Procedure, bool) { return program.ProcedureByID(id) })
		if err != nil {
			return "", nil, err
		}
		return "procedure", q.procedure(p), nil
	})
	s.page(pages, "/accords/law", areaOversight, func(q *request) (string, any, error) {
		law, err := readLaw(q, access.Resource{Type: "program", ID: "law"}, func() (view.Law, bool) { return q.law(), true })
		return "law", law, err
	})
}

// readLaw reads data of the programme as an act of looking, like any page.
func readLaw[T any](q *request, r access.Resource, find func() (T, bool)) (T, error) {
	return act.View(q.r.Context(), q.s.Acts, q.by, q.purpose, "programme."+r.Type, func(_ *store.Tx, v *act.Viewing) (T, error) {
		found, known := find()
		if err := v.Must(r); err != nil || known {
			return found, err
		}
		return found, refusal.NotFound()
	})
}

// procedure draws a procedure as its file says it: the only list of states.
func (q *request) procedure(p *program.Procedure) view.Procedure {
	out := view.Procedure{Note: p.Note.In(q.lang), Head: view.Head{Crumb: view.Link{Text: q.t("accords.title"), URL: "/accords"}, Title: p.Name(q.lang),
		State: q.t("procedure.version", "N", p.Version), Facts: q.t("procedure.made_for", "Days", q.dates(p.From, p.To))}}
	if !p.Verified.Sure() {
		out.Head.SealText = q.t("procedure.unverified")
	}
	for _, t := range p.Tracks {
		track := view.ProcedureTrack{Name: t.Title.In(q.lang)}
		for _, s := range t.States {
			row := view.ProcedureState{Name: s.Name(q.lang), Ends: s.Ends}
			if s.Owes != nil {
				row.Country, row.Owes = sideOf(p, s.Owes.Side), q.roleNames(s.Owes.Roles)
			}
			track.States = append(track.States, row)
		}
		out.Tracks = append(out.Tracks, track)
	}
	for _, s := range p.Steps {
		row := view.ProcedureStep{Name: s.Name(q.lang), Country: sideOf(p, s.Owner.Side), Roles: q.roleNames(s.Owner.Roles), Signed: s.Signed, Released: s.Released, TwoPeople: s.Owner.TwoPeople}
		if s.Automatic {
			row.Roles = q.t("procedure.by_node")
		}
		out.Steps = append(out.Steps, row)
	}
	for _, t := range p.Timers {
		if c, ok := program.ClockByID(t.Clock); ok {
			out.Clocks = append(out.Clocks, q.lawClock(c))
		}
	}
	for _, f := range p.Forms {
		out.Forms = append(out.Forms, view.LawForm{Name: f.Name(q.lang), Law: f.Law.In(q.lang), Challenge: f.Challenge, Unverified: !f.Verified.Sure()})
	}
	for _, c := range p.Crossings {
		out.Crossings = append(out.Crossings, view.ProcedureCrossing{Sender: q.steps(p, c.Sender), Receiver: q.steps(p, c.Receiver), Becomes: q.becomes(p, c.Becomes), Why: c.Why.In(q.lang)})
	}
	return out
}

// date is a day of the programme in words; "not established" for none.
func (q *request) date(d program.Day) string {
	t, err := time.Parse(time.DateOnly, d.String())
	if d.Zero() || err != nil {
		return q.t("accords.not_established")
	}
	return i18n.Date(q.lang, t, time.UTC)
}

// dates is a range of days of facts, in words.
func (q *request) dates(from, to program.Day) string {
	switch {
	case from.Zero() && to.Zero():
		return q.t("accords.any_day")
	case to.Zero():
		return q.t("accords.from_day", "Day", q.date(from))
	case from.Zero():
		return q.t("accords.to_day", "Day", q.date(to))
	}
	return q.t("accords.days", "From", q.date(from), "To", q.date(to))
}

// sideOf is the country of a side; both where either may act.
func sideOf(p *program.Procedure, s program.Side) string {
	switch s {
	case program.Sender:
		return strings.ToLower(p.Sending)
	case program.Receiver:
		return strings.ToLower(p.Receives)
	}
	return "both"
}

func (q *request) roleNames(roles []string) string {
	var names []string
	for _, r := range roles {
		if role, ok := program.RoleByID(r); ok {
			names = append(names, role.Name(q.lang))
		}
	}
	return i18n.List(q.lang, names)
}

func (q *request) steps(p *program.Procedure, ids []string) string {
	var names []string
	for _, id := range ids {
		if s, ok := p.Rule(id); ok {
			names = append(names, s.Name(q.lang))
		}
	}
	return strings.Join(names, "; ")
}

// becomes says where each track stands once both acts had their turn.
func (q *request) becomes(p *program.Procedure, to map[string]string) string {
	var out []string
	for _, t := range p.Tracks {
		if state, ok := p.StateOf(t.ID, to[t.ID]); ok {
			out = append(out, state.Name(q.lang))
		}
	}
	if len(out) == 0 {
		return q.t("procedure.stays")
	}
	return strings.Join(out, "; ")
}

// law is the catalogue of offences and clocks, with what nobody has read shown so.
func (q *request) law() view.Law {
	out := view.Law{Head: view.Head{Crumb: view.Link{Text: q.t("accords.title"), URL: "/accords"}, Title: q.t("law.title")}}
	for _, o := range program.Offences() {
		out.Offences = append(out.Offences, q.lawOffence(o))
	}
	for _, r := range program.Routes() {
		out.Routes = append(out.Routes, q.lawRoute(r))
	}
	for _, c := range program.Clocks() {
		out.Clocks = append(out.Clocks, q.lawClock(c))
	}
	slices.SortStableFunc(out.Clocks, func(a, b view.LawClock) int { return strings.Compare(a.Country, b.Country) })
	return out
}

func (q *request) lawOffence(o *program.Offence) view.LawOffence {
	out := view.LawOffence{Country: strings.ToLower(o.Country), Name: o.Name(q.lang), Law: o.Law.In(q.lang) + ", " + o.Section.In(q.lang), Since: o.Since(q.lang),
		Dated: !o.From.Zero() && o.DatesVerified.Sure(), Unverified: !o.Verified.Sure(), Never: !o.Referable, Penalty: q.penalty(o.Penalty)}
	for _, e := range o.Elements {
		out.Elements = append(out.Elements, view.LawElement{Name: e.Title.In(q.lang), Blocking: e.Blocking})
	}
	for _, c := range o.Closed {
		if w, ok := program.OutcomeByID(c.Outcome); ok {
			out.Closed = append(out.Closed, q.t("law.closed_by", "Outcome", w.Name(q.lang), "Law", c.Law))
		}
	}
	for _, e := range o.Equivalents {
		if other, ok := program.OffenceByID(e.ID); ok {
			out.Across = append(out.Across, other.Name(q.lang)+" ("+other.Section.In(q.lang)+")")
		}
	}
	return out
}

func (q *request) lawRoute(r program.Route) view.LawRoute {
	out := view.LawRoute{Country: strings.ToLower(r.Of()), Units: r.Names(r.To).In(q.lang), Days: q.dates(r.From, r.To), Law: r.Law.In(q.lang), Proposed: !r.Verified.Sure()}
	var names []string
	for _, id := range r.Families {
		if f, ok := program.FamilyByID(id); ok {
			names = append(names, f.Name(q.lang))
		}
	}
	for _, id := range r.Offences {
		if o, ok := program.OffenceByID(id); ok {
			names = append(names, o.Name(q.lang))
		}
	}
	if out.Offences = strings.Join(names, " · "); len(names) == 0 {
		out.Offences = q.t("law.every_other")
	}
	return out
}

func (q *request) penalty(p program.Penalty) string {
	years := func(n float64) string { return i18n.Decimal(q.lang, n, 1) }
	switch {
	case p.Life || p.Max == nil:
		return q.t("law.years_life", "Min", years(p.Min))
	case p.Min == 0:
		return q.t("law.years_up_to", "Max", years(*p.Max))
	}
	return q.t("law.years", "Min", years(p.Min), "Max", years(*p.Max))
}

func (q *request) lawClock(c *program.Clock) view.LawClock {
	out := view.LawClock{Name: c.Name(q.lang), Country: strings.ToLower(c.Country), Starts: c.Starts.In(q.lang), Owner: c.Owner.In(q.lang), Source: c.Source.In(q.lang),
		IfMissed: c.IfMissed.In(q.lang), Kind: q.t("law.kind." + c.Kind), Unverified: !c.Verified.Sure(), Length: q.t("law.unit." + c.Unit)}
	if c.Length > 0 {
		out.Length = q.t("law.unit."+c.Unit, "Count", c.Length)
	}
	if e := c.Extension; e != nil {
		out.Length = q.t("law.extended", "Length", out.Length, "Longer", q.t("law.unit."+e.Unit, "Count", e.Length))
	}
	return out
}

// capital begins a sentence.
func capital(s string) string {
	for _, r := range s {
		return strings.ToUpper(string(r)) + s[len(string(r)):]
	}
	return s
}
