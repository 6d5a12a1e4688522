package web

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// cases registers the office's cases, a case, and the form of each thing that
// a case can hold.
func (s *Server) cases(pages *doors) {
	s.page(pages, "/cases", areaCases, func(q *request) (string, any, error) {
		v, err := q.caseList()
		return "cases", v, err
	})
	s.page(pages, "/cases/new", areaCases, (*request).newCase)
	s.page(pages, "/cases/{id}", areaCases, func(q *request) (string, any, error) {
		v, err := q.workspace(q.r.PathValue("id"))
		return "case", v, err
	})
	s.page(pages, "/cases/{id}/add/{noun}", areaCases, func(q *request) (string, any, error) {
		c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err != nil {
			return "", nil, err
		}
		v, err := q.addPage(c, q.r.PathValue("noun"))
		return "form_page", v, err
	})
}

// newCase is the form of a new case, for whoever may open one.
func (q *request) newCase() (string, any, error) {
	if !q.takes("case.open", nil) {
		return "", nil, refusal.NotFound()
	}
	a := q.act("case.open", nil, answers{"handling": q.words(program.HandlingCodes()), "controls": q.words(program.Controls())})
	a.Primary = true
	return "form_page", view.FormPage{TitleKey: "case_new.title", LeadKey: "case_new.lead", Crumb: view.Link{Text: q.t("cases.title"), URL: "/cases"}, Act: a, BackURL: "/cases"}, nil
}

// oneGate is one word, open or shut, for those outside the protection desk.
func oneGate(open bool) component.Gates {
	state := component.GateShut
	if open {
		state = component.GateDone
	}
	return component.Gates{All: []component.Gate{{Name: "screening", State: state}}}
}

// workspace is a case as its team works in it.
func (q *request) workspace(id string) (view.Case, error) {
	ctx := q.r.Context()
	c, err := casefile.Show(ctx, q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.Case{}, err
	}
	q.live = "case/" + c.Case.ID
	guard, err := protection.Show(ctx, q.s.Acts, q.by, q.purpose, c.Case.ID)
	if err != nil {
		return view.Case{}, err
	}
	rows, err := referral.List(ctx, q.s.Acts, q.by, q.purpose, referral.Filter{Case: c.Case.ID})
	if err != nil {
		return view.Case{}, err
	}
	v := view.Case{Head: q.caseHead(c), Block: q.block(c, guard), Part: q.part()}
	if first := firstClocks(rows)[c.Case.ID]; first != nil {
		clock := q.clock(*first)
		clock.What = first.Name.In(q.lang)
		v.Head.Clocks = append(v.Head.Clocks, clock)
	}
	if c.Case.Origin != "" && len(c.People) == 0 { // nothing of one's own yet that could be referred
		v.Block = &component.Note{Title: q.t("case.received"), Text: q.t("case.received_note"), Act: q.t("case.received_open"), URL: "/referrals/" + c.Case.Origin}
	} else {
		v.Checks = q.checks(c, guard)
	}
	for _, k := range v.Checks {
		v.All++
		if k.State == "done" {
			v.Done++
		}
	}
	q.peopleOf(c, guard, &v)
	q.thingsOf(c, &v)
	v.Tasks, v.Charts = q.tasksOf(c), q.chartsOf(c)
	v.ExhibitsURL, v.FilesURL = "/cases/"+c.Case.ID+"/exhibits", "/cases/"+c.Case.ID+"/files"
	for _, r := range rows {
		v.Referrals = append(v.Referrals, q.referralRow(r))
	}
	v.Latest = q.latest(c.Case.ID)
	if q.takes("case.add_person", map[string]string{"case": c.Case.ID}) {
		v.AddURL, v.Adds = "/cases/"+c.Case.ID+"/add/person", q.addable(c)
	}
	v.Acts = q.caseActs(c, guard)
	v.Head.Acts = q.headActs(v.AddURL != "", v.Acts)
	for i := range v.Head.Tabs {
		if v.Head.Tabs[i].ID == "referrals" {
			v.Head.Tabs[i].Count = len(v.Referrals)
		}
	}
	for _, t := range v.Tasks {
		if t.Clock != nil && (len(v.Head.Clocks) == 0 || t.Clock.Due.Before(v.Head.Clocks[0].Due)) {
			next := *t.Clock
			next.What = t.What
			v.Head.Clocks = append([]component.Clock{next}, v.Head.Clocks...)
			break // the first is the one that ends first
		}
	}
	return v, nil
}

func (q *request) caseHead(c casefile.View) view.Head {
	base := "/cases/" + c.Case.ID
	h := view.Head{Crumb: view.Link{Text: q.t("cases.title"), URL: "/cases"}, Number: c.Case.Number, Title: c.Title, State: q.word("casefile.status.", c.Case.Status),
		Owner: q.office(q.s.Acts.Node, c.Case.Office), Handling: q.handling(c.Case.Handling, c.Case.Controls)}
	own := lower(q.s.Node.Country)
	n := len(q.readersOf(casefile.Resource(c.Case)))
	h.Readers = &component.Readers{Total: n, Counts: []component.CountryCount{{Country: own, N: n}}, URL: base + "/readers"}
	h.Tabs = q.caseTabs(c, base)
	if c.Case.Origin != "" {
		h.Tabs = append(h.Tabs, view.Link{Text: q.t("web.its_referral"), URL: "/referrals/" + c.Case.Origin})
	}
	return h
}

// parts of a case that stand on their own, each with what it counts.
var parts = []struct {
	id    string
	nouns []string
}{
	{"people", nil},
	{"events", []string{"event"}},
	{"evidence", []string{"statement", "identification", "vehicle", "phone", "property", "organisation"}},
	{"tasks", []string{"task"}},
	{"links", []string{}},
	{"court", []string{"charge", "ausa_decision", "outcome"}},
}

// part is the part of a case that the address asks for; empty for all of it.
func (q *request) part() string {
	asked := q.r.URL.Query().Get("part")
	for _, p := range parts {
		if p.id == asked {
			return asked
		}
	}
	if asked == "referrals" {
		return asked
	}
	return ""
}

// caseTabs are the ways into a case: its parts with what each holds, and what
// has a page of its own.
func (q *request) caseTabs(c casefile.View, base string) []view.Link {
	at := func(text, under string) view.Link {
		return view.Link{Text: text, URL: base + under, Current: q.path == base+under}
	}
	summary := at(q.t("web.summary"), "")
	summary.Current = summary.Current && q.part() == ""
	tabs := []view.Link{summary}
	for _, p := range parts {
		t := view.Link{ID: p.id, Text: q.t("case.part." + p.id), URL: base + "?part=" + p.id, Count: len(c.People), Current: q.path == base && q.part() == p.id}
		if p.nouns != nil {
			t.Count = 0
			for _, i := range c.Items {
				if slices.Contains(p.nouns, i.Noun) && i.Ended == nil {
					t.Count++
				}
			}
		}
		tabs = append(tabs, t)
	}
	timeline, referrals := at(q.t("web.timeline"), "/history"), view.Link{ID: "referrals", Text: q.t("case.part.referrals"), URL: base + "?part=referrals", Current: q.path == base && q.part() == "referrals"}
	looks := at(q.t("case.looks"), "/looks")
	place := func(id string) int { return 1 + slices.IndexFunc(tabs, func(l view.Link) bool { return l.ID == id }) }
	tabs = slices.Insert(tabs, place("people"), at(q.t("screening.title"), "/screening"))
	tabs = slices.Insert(tabs, place("tasks"), timeline)
	tabs = slices.Insert(tabs, place("links"), referrals)
	if i := place("evidence") - 1; strings.HasPrefix(q.path, base+"/exhibits") || strings.HasPrefix(q.path, base+"/files") {
		tabs[i].Current = true
	}
	return append(tabs, looks)
}

// block is what keeps a referral from leaving, and where it is put right.
func (q *request) block(c casefile.View, g protection.CaseView) *component.Note {
	if g.Refused == "" || len(c.People) == 0 {
		return nil
	}
	lead := "screening.open"
	if g.Refused == "protection.unscreened" && q.permits(areaProtection, "protection.screen", "screening") {
		lead = "screening.everyone"
	}
	return &component.Note{Kind: "over", Title: q.t("refusal."+g.Refused, "Count", waiting(g)), Text: q.t("refusal."+g.Refused+".next") + " " + q.whomToAsk(g), Act: q.t(lead),
		URL: "/cases/" + c.Case.ID + "/screening"}
}

// waiting counts the people who keep a referral from leaving: those not yet
// screened, else those with a gate that is shut.
func waiting(g protection.CaseView) int {
	unscreened, shut := 0, 0
	for _, p := range g.People {
		switch {
		case p.Exempt:
		case !p.Screened:
			unscreened++
		case slices.ContainsFunc(p.Gates, func(x protection.GateView) bool { return x.Shut }):
			shut++
		}
	}
	if unscreened > 0 {
		return unscreened
	}
	return max(shut, 1)
}

// checks are what a referral of the case waits for, as far as the case says.
func (q *request) checks(c casefile.View, g protection.CaseView) []view.Check {
	base := "/cases/" + c.Case.ID + "/add/"
	count := map[string]int{}
	for _, i := range c.Items {
		count[i.Noun]++
	}
	state := func(done bool) string {
		if done {
			return "done"
		}
		return "missing"
	}
	suspects := 0
	for _, p := range c.People {
		if p.Class == casefile.Suspect {
			suspects++
		}
	}
	decision := view.Check{Words: q.t("web.check.decision"), State: state(count["ausa_decision"] > 0)}
	if q.decides(c) {
		decision.URL = base + "decision"
	}
	return []view.Check{
		{Words: q.t("web.check.event"), State: state(count["event"] > 0), URL: base + "event"},
		{Words: q.t("web.check.suspect"), State: state(suspects > 0), URL: base + "person"},
		{Words: q.t("web.check.screened"), State: state(g.Open && len(c.People) > 0), URL: "/cases/" + c.Case.ID + "/screening"},
		{Words: q.t("web.check.statement"), State: state(count["statement"] > 0), URL: base + "statement"},
		{Words: q.t("web.check.charge"), State: state(count["charge"] > 0), URL: base + "charge"},
		decision,
	}
}

func (q *request) peopleOf(c casefile.View, g protection.CaseView, v *view.Case) {
	guard := map[string]protection.PersonView{}
	for _, p := range g.People {
		guard[p.Person] = p
	}
	for _, p := range c.People {
		gates := q.gates(guard[p.ID])
		person := q.person(p)
		if p.Class == casefile.Suspect || hasRole(p, "suspect") {
			row := view.SuspectRow{Person: person, InDoubt: p.Class != casefile.Suspect, Gates: gates}
			for _, r := range p.Roles {
				if r.Role.Role == "suspect" {
					row.Function, row.Supports = q.function(r.Function), q.word("casefile.source.", r.Source.Kind)
				}
			}
			row.Against = q.against(c)
			v.Suspects = append(v.Suspects, row)
			continue
		}
		if p.Class == casefile.Official {
			continue
		}
		row := view.ProtectedRow{Person: person, Gates: gates}
		for _, r := range p.Roles {
			row.Role = q.personRole(r.Role.Role)
		}
		row.Consent, row.ConsentClass = q.consentOf(guard[p.ID])
		v.Protected = append(v.Protected, row)
	}
}

// consentOf is how a person answered whether they may be named, with its colour.
func (q *request) consentOf(p protection.PersonView) (words, class string) {
	words = q.t("web.not_asked")
	for _, k := range p.Consents {
		if k.InForce(q.s.Acts.Now()) {
			return q.t("web.consented"), "ok"
		}
		words, class = q.t("web.consent_ended"), "over"
	}
	return words, class
}

func hasRole(p casefile.PersonView, role string) bool {
	return slices.ContainsFunc(p.Roles, func(r casefile.HeldRole) bool { return r.Role.Role == role && r.To == "" })
}

// against counts what speaks for the suspects.
func (q *request) against(c casefile.View) string {
	n := 0
	for _, i := range c.Items {
		var x struct {
			Exculpatory bool `json:"exculpatory"`
		}
		if q.decode(i.Content, &x); x.Exculpatory {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return q.t("web.items", "Count", n)
}

// gates draws a person's gates: one word, or box by box for the desk.
func (q *request) gates(p protection.PersonView) component.Gates {
	if p.Exempt {
		return oneGate(true)
	}
	if p.Desk == nil {
		open := p.Screened
		for _, g := range p.Gates {
			open = open && !g.Shut
		}
		return oneGate(open)
	}
	out := component.Gates{Detail: true}
	for _, topic := range protection.Topics {
		for _, g := range p.Gates {
			if g.Topic == topic {
				out.All = append(out.All, component.Gate{Name: gateName(topic), State: gateState(g)})
			}
		}
	}
	return out
}

func gateState(g protection.GateView) component.GateState {
	switch {
	case g.Outcome == protection.CannotBeDone:
		return component.GateCannot
	case g.Shut:
		return component.GateShut
	}
	return component.GateDone
}

// gateName is the name of a topic in the pages' texts.
func gateName(topic string) string {
	if topic == protection.TopicTrafficking {
		return "trafficking"
	}
	return topic
}

// latest are the newest changes of a case.
func (q *request) latest(id string) []view.Happening {
	steps, err := casefile.ShowCourse(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return nil
	}
	var out []view.Happening
	for _, s := range slices.Backward(steps) {
		if len(out) == 8 {
			break
		}
		out = append(out, q.happening(s))
	}
	return out
}

func (q *request) happening(s casefile.Step) view.Happening {
	h := view.Happening{At: s.At, Did: q.word("kind.", s.Kind), Who: q.t("web.the_node"), Occurred: q.occurred(s.Clear)}
	if s.By != nil {
		h.Who = s.By.Name
	}
	return h
}

// occurred is when what a fact tells of happened, as precisely as it says so.
func (q *request) occurred(clear json.RawMessage) string {
	var told struct {
		Content struct {
			When, Start casefile.Moment
			On          string // a day
		}
	}
	if len(clear) == 0 || json.Unmarshal(clear, &told) != nil {
		return "" // of another shape: it says no time
	}
	switch c := told.Content; {
	case !c.When.At.IsZero():
		return q.moment(c.When)
	case !c.Start.At.IsZero():
		return q.moment(c.Start)
	default:
		return q.day(c.On)
	}
}
