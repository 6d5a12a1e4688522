package web

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// people registers a person, the screening of a case and the protection desk.
func (s *Server) people(pages *doors) {
	s.page(pages, "/people/{id}", areaCases, func(q *request) (string, any, error) {
		v, err := q.personPage(q.r.PathValue("id"))
		return "person_page", v, err
	})
	s.page(pages, "/cases/{id}/screening", areaProtection, func(q *request) (string, any, error) {
		v, err := q.screening(q.r.PathValue("id"))
		return "screening", v, err
	})
	pages.signedIn("POST /cases/{id}/screening/draft", access.RuleOwn, areaProtection, (*request).keepDraft)
	s.page(pages, "/withdraw-consent", areaProtection, func(q *request) (string, any, error) {
		acts := q.offered("protection.call_withdrawal", nil, answers{"through": q.codes("protection.through.", protection.Channels)})
		if len(acts) == 0 {
			return "", nil, refusal.NotFound()
		}
		return "form_page", view.FormPage{TitleKey: "call.title", LeadKey: "call.lead", Act: acts[0], BackURL: "/waiting"}, nil
	})
	s.page(pages, "/protection", areaProtection, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.protectionDesk()
		return "protection", v, err
	})
}

func (q *request) personPage(id string) (view.PersonPage, error) {
	ctx := q.r.Context()
	p, err := casefile.ShowPerson(ctx, q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.PersonPage{}, err
	}
	caseID := ""
	err = q.s.Acts.DB.Read(ctx, func(tx *store.Tx) error {
		x, err := casefile.LoadPerson(tx, id)
		caseID = x.Case
		return err
	})
	if err != nil {
		return view.PersonPage{}, err
	}
	c, err := casefile.Show(ctx, q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.PersonPage{}, err
	}
	guard, err := protection.Show(ctx, q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.PersonPage{}, err
	}
	head, who := q.caseHead(c), q.person(p)
	who.URL = ""
	head.Crumb, head.Number, head.Title, head.Person, head.Paper = view.Link{Text: c.Case.Number + " " + c.Title, URL: "/cases/" + caseID}, "", "", &who, c.Case.Number
	v := view.PersonPage{Head: head, Person: who, Sealed: true, ScreenURL: "/cases/" + caseID + "/screening?person=" + p.ID}
	shown, versions, err := q.shownIdentity(p, &v)
	if err != nil {
		return v, err
	}
	if p.Class == casefile.Suspect && p.Identity != nil {
		v.LinksURL = "/network/" + p.ID
	}
	for _, r := range p.Roles {
		role := view.Role{Words: q.personRole(r.Role.Role), Source: q.word("casefile.source.", r.Source.Kind), Since: r.From}
		if r.Function != "" {
			role.Words += ", " + q.function(r.Function)
		}
		v.Roles = append(v.Roles, role)
	}
	for _, g := range guard.People {
		if g.Person == p.ID {
			q.guarded(g, &v)
		}
	}
	for _, n := range guard.Notes {
		if n.Person == p.ID {
			v.Notes = append(v.Notes, view.DeskNote{At: n.At, Who: n.Name, Text: n.Note})
		}
	}
	if v.Violence, err = q.violence(p.ID); err != nil {
		return v, err
	}
	if v.Consulate, err = q.consulate(caseID, p.ID, false); err != nil {
		return v, err
	}
	v.Acts = append(append(v.Acts, q.personActs(c, p, guard)...), q.recordActs(c, p, shown, versions)...)
	v.Acts = append(v.Acts, q.orderOfPerson(c, p)...)
	return v, nil
}

// shownIdentity fills in who the person is and was, if that may be shown to the
// reader now, with what was recorded of it, and else only that the record changed;
// nil if it is not shown.
func (q *request) shownIdentity(p casefile.PersonView, v *view.PersonPage) (*casefile.Identity, []casefile.Version, error) {
	ctx := q.r.Context()
	id, err := protection.ShowIdentity(ctx, q.s.Acts, q.by, q.purpose, p.ID)
	if _, refused := refusal.As(err); refused {
		versions, err := casefile.ShowPersonVersions(ctx, q.s.Acts, q.by, q.purpose, p.ID)
		v.Changes = q.changed(versions, func(casefile.Version) []view.Section { return nil })
		return nil, nil, err
	}
	if err != nil {
		return nil, nil, err
	}
	v.Sealed, v.Until, v.Identity = false, id.Until, q.tell().Identity(id.Identity)
	v.Changes = q.changed(id.Versions, func(was casefile.Version) []view.Section {
		if was.Identity == nil || reflect.DeepEqual(*was.Identity, id.Identity) {
			return nil
		}
		return []view.Section{{Facts: q.tell().Identity(*was.Identity)}}
	})
	return &id.Identity, id.Versions, nil
}

// guarded adds what protection knows of the person.
func (q *request) guarded(g protection.PersonView, v *view.PersonPage) {
	v.Gates = q.gates(g)
	for _, k := range g.Consents {
		row := view.Consent{Proof: cmp.Or(k.Proof, "none"), Reference: k.Reference, Recipient: q.office(k.Recipient.Node, k.Recipient.Office), Purpose: q.t("purpose." + k.Purpose), Until: k.Until, State: q.t("web.consented"), Class: "ok"}
		if k.ToService {
			row.Recipient = q.receiver(k.Receiver)
		} else if row.Recipient == "" {
			row.Recipient = q.t("country." + q.country(k.Recipient.Node))
		}
		row.Categories = q.categories(k.Categories)
		if k.ToService {
			v.Acts = append(v.Acts, q.serviceActs(g.Person, k, &row)...)
		}
		if !k.InForce(q.s.Acts.Now()) {
			row.State, row.Class, row.Reference = q.t("web.consent_ended"), "over", ""
			for _, x := range k.Told {
				row.Told = append(row.Told, view.Told{To: q.office(x.To.Node, x.To.Office), At: x.Acknowledged, Due: x.Due, Late: x.State == program.Overdue})
			}
		} else {
			v.Acts = append(v.Acts, q.offered("protection.withdraw_consent", map[string]string{"consent": k.ID}, answers{"through": q.codes("protection.through.", protection.Channels)})...)
		}
		v.Consents = append(v.Consents, row)
	}
	v.SeenKnown = g.Desk != nil
	if g.Desk != nil {
		if c := g.Desk.Card; c != nil {
			v.Card = q.t("protection.card."+c.ID, "Law", c.Law)
		}
		for _, s := range g.Desk.Shown {
			if s.Until.IsZero() { // asked for, and not shown
				continue
			}
			v.Seen = append(v.Seen, view.Seen{At: s.At, Who: s.Name, Why: q.t("purpose." + s.Purpose)})
		}
	}
}

// categories names what a person agreed to pass on.
func (q *request) categories(all []string) string {
	words := make([]string, len(all))
	for i, cat := range all {
		words[i] = q.word("protection.category.", cat)
	}
	return strings.Join(words, ", ")
}

// receiver names a receiving service; sealed, once its key is gone.
func (q *request) receiver(r *protection.Receiver) string {
	if r == nil {
		return q.t("web.sealed")
	}
	if m, ok := protection.ServiceByID(r.Kind); ok {
		return r.Name + " (" + m.Service.In(q.lang) + ")"
	}
	return r.Name
}

// serviceActs are what the desk can do on a consent for a receiving service; what
// went there, and whether it was told of a withdrawal, is added to its row.
func (q *request) serviceActs(person string, k protection.ConsentView, row *view.Consent) []view.Act {
	for _, x := range k.Releases {
		row.Went = append(row.Went, view.Went{At: x.At, Who: x.Name, What: q.categories(x.Categories), LeftOut: x.LeftOut})
	}
	if k.Tell != nil {
		row.Tell = &view.Told{At: k.Tell.Done, Due: k.Tell.Due, Late: k.Tell.State == program.Overdue}
		if k.Tell.Done.IsZero() {
			return q.each(k.ID, map[string]string{"consent": k.ID}, "protection.tell_service")
		}
	}
	if !k.InForce(q.s.Acts.Now()) {
		return nil
	}
	has := slices.DeleteFunc(slices.Clone(protection.InHTCDS), func(x string) bool { return !slices.Contains(k.Categories, x) })
	out := q.offered("protection.release_htcds", map[string]string{"case": k.Case, "person": person, "consent": k.ID}, answers{"categories": q.codes("protection.category.", has)})
	for i := range out {
		out[i].Verb += "-" + k.ID // one act for each consent
		if k.Receiver != nil {
			out[i].Label = q.t("web.release_to", "Name", k.Receiver.Name)
		}
	}
	return out
}

// serviceConsent is a consent that names a receiving service of this country.
func (q *request) serviceConsent(fixed map[string]string) []view.Act {
	kinds := []component.Option{}
	for _, m := range protection.Services(q.s.Node.Country) {
		kinds = append(kinds, component.Option{Value: m.ID, Label: m.Service.In(q.lang)})
	}
	named := maps.Clone(fixed)
	named["for"] = wire.PurposeProtection
	out := q.offered("protection.consent", named, answers{"service": kinds, "categories": q.codes("protection.category.", protection.InHTCDS), "agreed_by": q.codes("protection.guardian.", protection.Guardians)})
	for i := range out {
		out[i].Verb += "-service" // beside the consents that let something cross
		out[i].Label, out[i].Lead = q.t("web.consent_service"), q.t("protection.consent_read")
	}
	return out
}

// personActs are what the reader can do about a person.
func (q *request) personActs(c casefile.View, p casefile.PersonView, g protection.CaseView) []view.Act {
	fixed := map[string]string{"case": c.Case.ID, "person": p.ID}
	var out []view.Act
	if p.Class == casefile.Protected {
		out = append(out, q.offered("protection.reveal", fixed, nil)...)
	}
	out = append(out, q.offered("case.set_role", map[string]string{"person": p.ID}, answers{"role": q.words(program.PersonRoles()), "function": q.words(program.Functions()),
		"source": q.codes("casefile.source.", casefile.Codes("source"))})...)
	far := q.farNodes(func(a accord.Accord, _ accord.Corridor) bool { return a.Status(q.s.Acts.Now()) != accord.StatusEnded })
	for _, n := range far {
		to := map[string]string{"case": c.Case.ID, "person": p.ID, "node": n.id, "service": "", "service_name": ""}
		for _, consent := range q.offered("protection.consent", to, answers{"for": q.codes("purpose.", []string{wire.PurposeProsecution, wire.PurposeProtection}),
			"categories": q.codes("protection.category.", protection.Categories), "agreed_by": q.codes("protection.guardian.", protection.Guardians)}) {
			consent.Lead = q.t("protection.consent_read")
			if len(far) > 1 {
				consent.Label = q.t("web.consent_to", "Node", n.name)
			}
			out = append(out, consent)
		}
	}
	if p.Class == casefile.Protected {
		out = append(out, q.serviceConsent(fixed)...)
	}
	for _, verb := range []string{"protection.waive_return", "protection.withdraw_waiver"} {
		out = append(out, q.offered(verb, fixed, nil)...)
	}
	out = append(out, q.offered("redress.receive", map[string]string{"person": p.ID}, q.requestAnswers())...)
	if p.Class == casefile.Suspect {
		out = append(out, q.offered("protection.reclassify", fixed, nil)...)
	}
	out = append(out, q.offered("protection.note", fixed, nil)...)
	out = append(out, q.offered("protection.violence", fixed, answers{"accused": q.codes("protection.accused.", protection.Accused)})...)
	if q.holds(g, p.ID) {
		return out
	}
	return append(out, q.offered("protection.stop", fixed, nil)...)
}

// protectionDesk is who is at risk and what is due next, over the cases that
// the adviser's office holds.
func (q *request) protectionDesk() (view.Protection, error) {
	v := view.Protection{KeptURL: q.keptURL(), RequestsURL: q.requestsURL()}
	var err error
	if v.ToTell, err = q.toTell(); err != nil {
		return v, err
	}
	ctx := q.r.Context()
	rows, err := casefile.List(ctx, q.s.Acts, q.by, q.purpose, 0)
	if err != nil {
		return v, err
	}
	for _, r := range rows {
		if r.Status != casefile.StatusOpen {
			continue
		}
		guard, err := protection.Show(ctx, q.s.Acts, q.by, q.purpose, r.ID)
		if _, refused := refusal.As(err); refused {
			continue
		}
		if err != nil {
			return v, err
		}
		for _, g := range guard.People {
			q.atRisk(r, g, &v)
		}
		withdrawn, err := q.withdrawnOf(r)
		if err != nil {
			return v, err
		}
		v.Stopped = append(v.Stopped, withdrawn...)
		for _, h := range guard.Holds {
			if h.Lifted.IsZero() {
				v.Stopped = append(v.Stopped, view.Stop{Number: r.Number, URL: "/cases/" + r.ID, At: h.At, Confirmed: h.At, Country: lower(q.s.Node.Country)})
			}
		}
	}
	return v, nil
}

// withdrawnOf are the referrals of a case that were stopped: here at once, there
// when the other side has recorded it.
func (q *request) withdrawnOf(c casefile.Row) ([]view.Stop, error) {
	rows, err := referral.List(q.r.Context(), q.s.Acts, q.by, q.purpose, referral.Filter{Case: c.ID, Side: program.Sender})
	if err != nil {
		return nil, err
	}
	var out []view.Stop
	for _, r := range rows {
		if r.Withdrawal == nil {
			continue
		}
		stop := view.Stop{Number: r.Number, URL: "/referrals/" + r.ID, At: r.Since, Country: q.country(r.Receiver.Node)}
		if r.Withdrawal.State == exchange.DeliveryRecorded {
			stop.Confirmed = r.Withdrawal.At
		}
		out = append(out, stop)
	}
	return out, nil
}

// atRisk adds a person whom the desk has something to do for.
func (q *request) atRisk(r casefile.Row, g protection.PersonView, v *view.Protection) {
	if g.Exempt {
		return
	}
	gates := q.gates(g)
	if !g.Screened {
		v.Unscreened++
		gates = oneGate(false)
	}
	if g.Screened && gates.Open() {
		return
	}
	next := q.t("web.screen_first")
	if missing := gates.Missing(); g.Screened && len(missing) > 0 && has("gate."+missing[0]) {
		next = q.t("gate." + missing[0])
	}
	consent, class := q.consentOf(g)
	v.People = append(v.People, view.ProtectionRow{Person: component.Person{Plant: g.Plant, Case: r.Number, URL: "/people/" + g.Person}, Gates: gates, Next: next,
		URL: "/cases/" + r.ID + "/screening?person=" + g.Person, Consent: consent, ConsentClass: class})
}
