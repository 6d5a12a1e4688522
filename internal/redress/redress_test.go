package redress

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

// room is one node of Mexico, whose law has both clocks and a longer term.
type room struct {
	*acttest.Node
	t              *testing.T
	agent, adviser access.Actor
	person         string
}

func newRoom(t *testing.T) room {
	t.Helper()
	n := acttest.New(t, "mx", []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, file.Facts, evidence.Facts, packet.Facts(nil), referral.Facts(nil), Facts},
		casefile.Verbs, protection.Verbs, Verbs)
	n.Offices("fgr-tamps", "fgr-coah")
	k := room{Node: n, t: t, agent: n.Person("mp", "fgr-tamps", access.RoleMP), adviser: n.Person("adviser", "fgr-tamps", access.RoleAdviser)}
	k.agent.Country, k.adviser.Country = "MX", "MX"
	c := n.Must(k.agent, wire.PurposeProsecution, &casefile.Open{Title: "t"}).Object
	k.person = n.Must(k.agent, wire.PurposeProsecution, &casefile.AddPerson{Case: c, Particulars: casefile.Particulars{Given: "Xochiquetzal", Paterno: "Palomarín"}, Age: "adult",
		RoleFields: casefile.RoleFields{Role: "witness", Source: "observation"}}).Object
	return k
}

func (k room) receive(right, person string) *Receive {
	return &Receive{Person: person, Right: right, Brought: "consulate", Checked: "consular_record", Lang: "es", Words: "Mi segundo apellido es Ocaranza.", Contact: "Consulado en Matamoros"}
}

// list is what an official sees of the requests.
func (k room) list(by access.Actor) View {
	k.t.Helper()
	v, err := List(context.Background(), k.Acts, by, wire.PurposeProtection)
	if err != nil {
		k.t.Fatal(err)
	}
	return v
}

// A request runs by the law's clock until it is answered: no on a ground of the
// list alone, yes only once the record is right. What was asked and answered is
// sealed, and no other office knows that anything was.
func TestARequestIsAnsweredByTheLaw(t *testing.T) {
	k := newRoom(t)
	far := k.Person("far", "fgr-coah", access.RoleAdviser)
	far.Country = "MX"
	k.Refused(far, wire.PurposeProtection, "access.not_found", k.receive("rectification", k.person))
	id := k.Must(k.adviser, wire.PurposeProtection, k.receive("rectification", k.person)).Object
	if v := k.list(k.adviser); len(v.Requests) != 1 || v.Requests[0].ID != id || v.Requests[0].Plant == "" || v.Requests[0].Due().IsZero() {
		t.Fatalf("the adviser sees %+v", v.Requests)
	}
	if v := k.list(far); len(v.Requests) != 0 {
		t.Errorf("another office sees %+v", v.Requests)
	}
	due := k.list(k.adviser).Requests[0].Due()
	k.Must(k.adviser, wire.PurposeProtection, &Extend{Request: id, Reasons: "El registro está en dos oficinas."})
	if longer := k.list(k.adviser).Requests[0].Due(); !longer.After(due) {
		t.Errorf("made longer, it is due %v, and was %v", longer, due)
	}
	k.Refused(k.adviser, wire.PurposeProtection, "redress.extended_already", &Extend{Request: id, Reasons: "Otra vez."})
	answer := func(outcome string, grounds ...string) *Answer {
		return &Answer{Request: id, Outcome: outcome, Grounds: grounds, Reasons: "Se corrigió su segundo apellido."}
	}
	k.Refused(k.adviser, wire.PurposeProtection, "redress.ground", answer(Refused))
	k.Refused(k.adviser, wire.PurposeProtection, "redress.ground", answer(Refused, "accurate")) // of the other country's law
	k.Refused(k.adviser, wire.PurposeProtection, "redress.granted_without_ground", answer(Granted, "third_party"))
	k.Refused(k.adviser, wire.PurposeProtection, "redress.not_corrected", answer(Granted))
	k.Clock = k.Clock.Add(time.Hour)
	k.Must(k.agent, wire.PurposeProsecution, &casefile.CorrectPerson{Person: k.person, Particulars: casefile.Particulars{Given: "Xochiquetzal", Paterno: "Palomarín", Materno: "Ocaranza"}, Reason: "new_information"})
	k.Must(k.adviser, wire.PurposeProtection, answer(Granted))
	k.Refused(k.adviser, wire.PurposeProtection, "redress.answered_already", answer(Granted))
	x, err := Show(context.Background(), k.Acts, k.adviser, wire.PurposeProtection, id)
	if err != nil || x.Outcome != Granted || x.Words == nil || !strings.Contains(x.Words.Text, "Ocaranza") || !strings.Contains(x.Reasons, "apellido") || !strings.Contains(x.Longer, "dos oficinas") {
		t.Errorf("answered: %+v, %v", x, err)
	}
	for _, c := range x.Clocks {
		if c.ID == "" || c.Ended.IsZero() || c.State != program.Met {
			t.Errorf("a clock of what was answered: %+v", c)
		}
	}
	if raw := k.Raw(); strings.Contains(string(raw), "Ocaranza") || strings.Contains(string(raw), "Consulado en Matamoros") {
		t.Error("what was asked stands in clear")
	}
	k.ReplayEqual()
}

// Of whom nothing is on record a request is taken and can only be refused.
func TestARequestOfWhoIsNotOnRecord(t *testing.T) {
	k := newRoom(t)
	id := k.Must(k.adviser, wire.PurposeProtection, k.receive("access", "")).Object
	k.Refused(k.adviser, wire.PurposeProtection, "redress.no_record", &Answer{Request: id, Outcome: Granted, Reasons: "Nada."})
	k.Must(k.adviser, wire.PurposeProtection, &Answer{Request: id, Outcome: Refused, Grounds: []string{"not_in_possession"}, Reasons: "Aquí no hay datos suyos."})
	for code, change := range map[string]func(*Receive){
		"redress.right":   func(c *Receive) { c.Right = "asylum" },
		"redress.brought": func(c *Receive) { c.Brought = "neighbour" },
		"redress.checked": func(c *Receive) { c.Checked = "looks" },
		"redress.lang":    func(c *Receive) { c.Lang = "Spanish!" },
		"redress.words":   func(c *Receive) { c.Words = " " },
		"redress.on":      func(c *Receive) { c.On = k.Clock.AddDate(0, 0, 2) },
	} {
		c := k.receive("access", "")
		change(c)
		k.Refused(k.adviser, wire.PurposeProtection, code, c)
	}
	k.ReplayEqual()
}
