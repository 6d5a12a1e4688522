package warrant

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/retention"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

type precinct struct {
	*acttest.Node
	t                                   *testing.T
	mp, adviser, police, patrol, others access.Actor
	c, suspect, witness, youth          string
}

func newPrecinct(t *testing.T) *precinct {
	t.Helper()
	n := acttest.New(t, "mx", []func(*journal.Kinds){exchange.Facts, casefile.Facts, protection.Facts, file.Facts, evidence.Facts, packet.Facts(nil), referral.Facts(nil), retention.Facts, Facts},
		casefile.Verbs, protection.Verbs, Verbs)
	n.Offices("fgr-tamps", "ceav-tamps", "sspc-tamps", "sspc-nl")
	p := &precinct{Node: n, t: t, mp: n.Person("mp", "fgr-tamps", access.RoleMP), adviser: n.Person("adviser", "ceav-tamps", access.RoleAdviser),
		police: n.Account("police", "sspc-tamps", access.RolePolice), patrol: n.Person("patrol", "sspc-tamps", access.RolePolice), others: n.Account("others", "sspc-nl", access.RolePolice)}
	p.c = p.done(p.mp, &casefile.Open{Title: "Casa de seguridad en Reynosa"})
	p.done(p.mp, &casefile.AddMember{Case: p.c, Office: "ceav-tamps"})
	p.suspect = p.person("suspect", "Rutilio", "1988-02-03")
	p.witness = p.person("smuggled_migrant", "Xochiquetzal", "1999-05-05")
	p.youth = p.person("suspect", "Teófilo", "2010-01-01")
	return p
}

func (p *precinct) person(role, given, born string) string {
	p.t.Helper()
	function := ""
	if role == "suspect" {
		function = "guide"
	}
	return p.done(p.mp, &casefile.AddPerson{Case: p.c, Particulars: casefile.Particulars{Given: given, Paterno: "Barragarza", Birth: born, Nationalities: []string{"MX"}},
		RoleFields: casefile.RoleFields{Role: role, Function: function, Source: "observation"}})
}

func (p *precinct) done(by access.Actor, cmd act.Command) string {
	p.t.Helper()
	id, code := p.try(by, cmd)
	if code != "" {
		p.t.Fatalf("%s: %s", cmd.Verb(), code)
	}
	return id
}

func (p *precinct) try(by access.Actor, cmd act.Command) (object, code string) {
	p.t.Helper()
	p.Clock = p.Clock.Add(time.Second)
	res, err := p.Take(by, wire.PurposeProsecution, cmd)
	if no, ok := refusal.As(err); ok {
		return "", no.Code
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return res.Object, ""
}

// order is one that a judge gave today, for thirty days.
func (p *precinct) order() *Issue {
	day := func(days int) string { return p.Clock.AddDate(0, 0, days).Format(time.DateOnly) }
	return &Issue{Case: p.c, Person: p.suspect, Ask: Arrest, Ground: "cnpp_141_145", Court: "Centro de Justicia Penal Federal, Reynosa", Number: "CP-114/2026",
		Issued: day(-1), Until: day(30), Office: "sspc-tamps", Note: "Sale a las seis con Xochiquetzal Barragarza."}
}

func (p *precinct) list(by access.Actor) Listing {
	p.t.Helper()
	l, err := List(context.Background(), p.Acts, by, wire.PurposeProsecution)
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}

// Nothing is an order without a prosecutor, an adult suspect of the case, what a
// judge's order has, an end and somebody to execute it.
//
// Law: 9.
func TestAnOrderStandsOnAJudgesOrder(t *testing.T) {
	p := newPrecinct(t)
	for what, c := range map[string]struct {
		by     access.Actor
		change func(*Issue)
		code   string
	}{
		"by the police":                 {p.police, func(*Issue) {}, "access.not_found"},
		"by the adviser":                {p.adviser, func(*Issue) {}, "access.not_found"},
		"in a case that is not there":   {p.mp, func(c *Issue) { c.Case = "019eadc6-1f18-7000-8377-efc022f77801" }, "access.not_found"},
		"on a referral that is none":    {p.mp, func(c *Issue) { c.Referral = "019eadc6-1f18-7000-8377-efc022f77801" }, "access.not_found"},
		"of a witness":                  {p.mp, func(c *Issue) { c.Person = p.witness }, "warrant.not_an_adult_suspect"},
		"of an adolescent":              {p.mp, func(c *Issue) { c.Person = p.youth }, "warrant.not_an_adult_suspect"},
		"of nobody":                     {p.mp, func(c *Issue) { c.Person = "nobody" }, "warrant.nobody"},
		"on no law":                     {p.mp, func(c *Issue) { c.Ground = "hunch" }, "warrant.ground"},
		"on the other country's law":    {p.mp, func(c *Issue) { c.Ground = "frcrp_4" }, "warrant.ground"},
		"to appear, on an arrest order": {p.mp, func(c *Issue) { c.Ask = Appear }, "warrant.ground"},
		"to watch":                      {p.mp, func(c *Issue) { c.Ask = "watch" }, "warrant.ground"},
		"of no court":                   {p.mp, func(c *Issue) { c.Court = " " }, "warrant.court"},
		"without the court's number":    {p.mp, func(c *Issue) { c.Number = "" }, "warrant.court"},
		"given tomorrow":                {p.mp, func(c *Issue) { c.Issued = p.Clock.AddDate(0, 0, 2).Format(time.DateOnly) }, "warrant.issued_day"},
		"without an end":                {p.mp, func(c *Issue) { c.Until = "" }, "warrant.until"},
		"that ended yesterday":          {p.mp, func(c *Issue) { c.Until = p.Clock.AddDate(0, 0, -2).Format(time.DateOnly) }, "warrant.until"},
		"for a year":                    {p.mp, func(c *Issue) { c.Until = p.Clock.AddDate(1, 0, 0).Format(time.DateOnly) }, "warrant.until"},
		"to an office without police":   {p.mp, func(c *Issue) { c.Office = "ceav-tamps" }, "warrant.office"},
		"to an office that is not here": {p.mp, func(c *Issue) { c.Office = "sspc-son" }, "warrant.office"},
	} {
		cmd := p.order()
		c.change(cmd)
		if _, code := p.try(c.by, cmd); code != c.code {
			t.Errorf("an order %s: %q, not %q", what, code, c.code)
		}
	}
	for _, by := range []access.Actor{p.police, p.mp} {
		if l := p.list(by); len(l.Open) > 0 {
			t.Errorf("after what was refused: %+v", l)
		}
	}
}

// The police of the office see whom it names while it stands, and nothing of the
// case; nobody else knows of it. Once executed it names nobody.
func TestThePoliceSeeWhatTheyExecute(t *testing.T) {
	p := newPrecinct(t)
	id := p.done(p.mp, p.order())
	if _, code := p.try(p.mp, p.order()); code != "warrant.stands_already" {
		t.Errorf("a second order for the same: %q", code)
	}
	l := p.list(p.police)
	if len(l.Open) != 1 {
		t.Fatalf("the police see %+v", l)
	}
	x := l.Open[0]
	if x.Whom == nil || x.Whom.Name != "Rutilio Barragarza" || x.Whom.Number != "CP-114/2026" || x.State != Open || x.Court == "" {
		t.Errorf("what is needed to execute it: %+v %+v", x, x.Whom)
	}
	if x.Whom != nil && strings.Contains(x.Whom.Note, "Xochiquetzal") {
		t.Errorf("a protected person is named to the police: %q", x.Whom.Note)
	}
	if x.Case != "" || x.Record != "" || x.Referral != "" {
		t.Errorf("the police are led to the case: %+v", x.Order)
	}
	for what, by := range map[string]access.Actor{"police of another office": p.others, "the adviser": p.adviser} {
		if l := p.list(by); len(l.Open) > 0 {
			t.Errorf("%s: %+v", what, l)
		}
		if _, err := Show(context.Background(), p.Acts, by, wire.PurposeProsecution, id); !refusal.Is(err, "access.not_found") {
			t.Errorf("%s: %v", what, err)
		}
		if _, code := p.try(by, &Execute{Warrant: id, When: p.Clock, Presented: "x"}); code != "access.not_found" {
			t.Errorf("%s executes it: %q", what, code)
		}
	}
	if _, err := List(context.Background(), p.Acts, p.police, wire.PurposeStatistics); err != nil {
		t.Error(err)
	}
	if _, code := p.try(p.police, &casefile.AddMember{Case: p.c, Office: "sspc-tamps"}); code != "access.not_found" {
		t.Errorf("an order opens the case to the police: %q", code)
	}
	for what, c := range map[string]struct {
		by   access.Actor
		cmd  act.Command
		code string
	}{
		"by the prosecutor":    {p.mp, &Execute{Warrant: id, When: p.Clock, Presented: "juez"}, "access.not_yours"},
		"tomorrow":             {p.police, &Execute{Warrant: id, When: p.Clock.Add(time.Hour), Presented: "juez"}, "warrant.when"},
		"before it was given":  {p.police, &Execute{Warrant: id, When: p.Clock.AddDate(0, 0, -1), Presented: "juez"}, "warrant.when"},
		"before nobody":        {p.police, &Execute{Warrant: id, When: p.Clock}, "warrant.presented"},
		"withdrawn by police":  {p.police, &Withdraw{Warrant: id, Why: WhyMistake}, "access.not_yours"},
		"withdrawn for nought": {p.mp, &Withdraw{Warrant: id, Why: WhyForgotten}, "warrant.why"},
	} {
		if _, code := p.try(c.by, c.cmd); code != c.code {
			t.Errorf("executed %s: %q, not %q", what, code, c.code)
		}
	}
	p.done(p.patrol, &Execute{Warrant: id, When: p.Clock, Presented: "Juez de control en turno, Reynosa"})
	l = p.list(p.police)
	if len(l.Open) > 0 || len(l.Ended) != 1 || l.Ended[0].State != Executed || l.Ended[0].Whom != nil || l.Ended[0].EndedBy != p.patrol.Name {
		t.Errorf("after it was executed: %+v", l)
	}
	if _, code := p.try(p.mp, &Withdraw{Warrant: id, Why: WhyCancelled}); code != "warrant.ended" {
		t.Errorf("withdrawn after it was executed: %q", code)
	}
	p.ReplayEqual()
}

// An order ends by its day, and waits from the moment in which the person is no
// adult suspect any more; then it names nobody and nobody executes it.
func TestAnOrderEndsOrWaits(t *testing.T) {
	p := newPrecinct(t)
	stands := func(state string) {
		t.Helper()
		l := p.list(p.police)
		if len(l.Open) != 1 || l.Open[0].State != state || (l.Open[0].Whom != nil) != (state == Open) {
			t.Errorf("not %s: %+v", state, l)
		}
	}
	id := p.done(p.mp, p.order())
	start := p.Clock
	p.Clock = start.AddDate(0, 0, 40)
	stands(Expired)
	if _, code := p.try(p.police, &Execute{Warrant: id, When: p.Clock, Presented: "juez"}); code != "warrant.expired" {
		t.Errorf("executed after its day: %q", code)
	}
	p.Clock = start.Add(time.Hour)
	stands(Open)
	if _, err := p.Take(p.adviser, wire.PurposeProtection, &protection.Reclassify{Case: p.c, Person: p.suspect, Reason: "Retenido por una deuda."}); err != nil {
		t.Fatal(err)
	}
	stands(Paused)
	if _, code := p.try(p.police, &Execute{Warrant: id, When: p.Clock, Presented: "juez"}); code != "warrant.paused" {
		t.Errorf("executed upon a victim: %q", code)
	}
	if _, code := p.try(p.mp, p.order()); code != "warrant.not_an_adult_suspect" {
		t.Errorf("given of a victim: %q", code)
	}
	p.done(p.mp, &Withdraw{Warrant: id, Why: WhyProtect})
	if l := p.list(p.police); len(l.Open) > 0 || len(l.Ended) != 1 || l.Ended[0].State != Withdrawn {
		t.Errorf("after it was withdrawn: %+v", l)
	}
	p.ReplayEqual()
}
