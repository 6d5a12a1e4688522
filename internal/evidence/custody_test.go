package evidence

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// room is a node with a case and people of two offices.
type room struct {
	*acttest.Node
	t          *testing.T
	agent, lab access.Actor
	c          string
}

func newRoom(t *testing.T) room {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, protection.Facts, file.Facts, Facts}, casefile.Verbs, protection.Verbs, file.Verbs, Verbs)
	n.Clock = acttest.Start
	n.Offices("usbp-rgv", "ofo-laredo")
	k := room{Node: n, t: t, agent: n.Person("u1", "usbp-rgv", access.RoleFieldAgent), lab: n.Person("u2", "ofo-laredo", access.RoleFieldAgent)}
	k.c = k.by(k.agent, &casefile.Open{Title: "Stash house, 11 people"})
	return k
}

func (k room) by(who access.Actor, cmd act.Command) string {
	k.t.Helper()
	k.Clock = k.Clock.Add(time.Minute)
	return k.Must(who, wire.PurposeProsecution, cmd).Object
}

func (k room) refused(code string, who access.Actor, cmd act.Command) {
	k.t.Helper()
	_, err := k.Take(who, wire.PurposeProsecution, cmd)
	if r, ok := refusal.As(err); !ok || r.Code != code {
		k.t.Errorf("%s: got %v, want refusal %s", cmd.Verb(), err, code)
	}
}

func (k room) show(who access.Actor, id string) (View, error) {
	return Show(context.Background(), k.Acts, who, wire.PurposeProsecution, id)
}

// ledger is an exhibit as an agent takes it into custody.
func (k room) ledger(change ...func(*Collect)) *Collect {
	c := &Collect{Case: k.c, Kind: "ledger", Description: "Spiral notebook, 40 sheets, names and amounts", When: k.Clock.Format(time.RFC3339), Place: "Kitchen, 2nd drawer",
		Basis: "search_warrant", Source: "A", Information: "1", Seal: "A-100"}
	for _, f := range change {
		f(c)
	}
	return c
}

func of(id string, change ...func(*Doing)) Doing {
	d := Doing{Exhibit: id}
	for _, f := range change {
		f(&d)
	}
	return d
}

func bearing(seal string) func(*Doing) { return func(d *Doing) { d.SealRead = seal } }
func intact(d *Doing)                  { d.Condition = "intact" }

// A transfer (CNPP 227–228) is two signatures of two people, every step is
// a signed act, and each can be verified: signature, digest, leaf.
func TestCustody(t *testing.T) {
	k := newRoom(t)
	id := k.by(k.agent, k.ledger())
	if _, err := k.show(k.lab, id); !refusal.Is(err, "access.not_found") {
		t.Fatalf("an office that is no member saw the exhibit: %v", err)
	}
	k.refused("access.not_found", k.lab, &Receive{of(id, intact)})
	k.by(k.agent, &Give{Doing: of(id, bearing("A-100")), Office: "ofo-laredo"})
	k.refused("exhibit.own_receipt", k.agent, &Receive{of(id, intact)})
	k.refused("exhibit.between", k.agent, &TakeStep{Doing: of(id), Step: "open"})
	k.refused("exhibit.condition", k.lab, &Receive{of(id)})
	k.by(k.lab, &Receive{of(id, bearing("A-100"), intact)})
	k.by(k.lab, &TakeStep{Doing: of(id, bearing("A-100")), Step: "open"})
	k.by(k.lab, &TakeStep{Doing: of(id, func(d *Doing) { d.Note, d.Place = "Photographed, 40 sheets", "Laboratory, table 3" }), Step: "copy"})
	k.by(k.lab, &TakeStep{Doing: of(id), Step: "seal", Seal: "A-101"})

	v, err := k.show(k.agent, id)
	if err != nil {
		t.Fatal(err)
	}
	if v.Number != "RGV-26-0001-E1" || v.Custody.Holder != "u2" || v.Custody.Seal != "A-101" || len(v.Chain) != 6 || len(v.Gaps) != 0 {
		t.Errorf("got %s held by %s, seal %s, %d steps, gaps %v", v.Number, v.Custody.Holder, v.Custody.Seal, len(v.Chain), v.Gaps)
	}
	if v.Description == nil || !strings.HasPrefix(v.Description.Description, "Spiral") || v.Chain[4].Words == nil || v.Chain[4].Words.Place != "Laboratory, table 3" {
		t.Errorf("what was said is not shown: %+v, %+v", v.Description, v.Chain[4])
	}
	checked, err := Verify(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, id)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range checked {
		if !c.Holds() || c.Leaf == nil || c.Nth != i+1 {
			t.Errorf("step %d: %+v", i+1, c)
		}
	}
	k.ReplayEqual()
}

// A byte changed in a stored step shows at once, at that step and nowhere else.
func TestVerifyFindsAnAlteredStep(t *testing.T) {
	k := newRoom(t)
	id := k.by(k.agent, k.ledger())
	k.by(k.agent, &TakeStep{Doing: of(id, bearing("A-100")), Step: "open"})
	k.by(k.agent, &TakeStep{Doing: of(id), Step: "seal", Seal: "A-101"})
	var seq int64
	k.Read(func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT seq FROM fact WHERE kind = 'exhibit.step_taken.1' ORDER BY seq LIMIT 1`).Scan(&seq)
	})
	err := k.DB.Write(context.Background(), func(tx *store.Tx) error {
		var raw []byte
		if err := tx.QueryRow(`SELECT bytes FROM body WHERE seq = $1`, seq).Scan(&raw); err != nil {
			return err
		}
		forged := []byte(strings.Replace(string(raw), `"seal_read":"A-100"`, `"seal_read":"A-900"`, 1))
		return tx.Exec(`UPDATE body SET bytes = $1 WHERE seq = $2`, forged, seq)
	})
	if err != nil {
		t.Fatal(err)
	}
	checked, err := Verify(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checked {
		if c.Holds() != (c.Nth != 2) {
			t.Errorf("step %d holds: %v", c.Nth, c.Holds())
		}
	}
}

func TestWhatAnExhibitMustSay(t *testing.T) {
	k := newRoom(t)
	other := k.by(k.agent, &casefile.Open{Title: "Another case"})
	suspect := k.by(k.agent, &casefile.AddPerson{Case: other, Age: "adult", RoleFields: casefile.RoleFields{Role: "suspect", Function: "guide", Source: "observation"}})
	for code, change := range map[string]func(*Collect){
		"casefile.description_missing": func(c *Collect) { c.Description = " " },
		"exhibit.place_missing":        func(c *Collect) { c.Place = "" },
		"casefile.not_on_list":         func(c *Collect) { c.Basis = "hunch" },
		"casefile.future":              func(c *Collect) { c.When = k.Clock.Add(time.Hour).Format(time.RFC3339) },
		"casefile.person_unknown":      func(c *Collect) { c.Person = suspect },
		"casefile.item_unknown":        func(c *Collect) { c.Item = suspect },
		"exhibit.unknown":              func(c *Collect) { c.Of = suspect },
		"exhibit.seal_number":          func(c *Collect) { c.Seal = strings.Repeat("9", 41) },
	} {
		k.refused(code, k.agent, k.ledger(change))
	}
	for _, change := range []func(*Collect){func(c *Collect) { c.Kind = "" }, func(c *Collect) { c.Source = "D" }, func(c *Collect) { c.Information = "5" }, func(c *Collect) { c.Handling = "H9" }} {
		k.refused("casefile.not_on_list", k.agent, k.ledger(change))
	}
}

// Returned or destroyed is the end, with a reason, and never under a legal hold.
func TestEndOfCustody(t *testing.T) {
	k := newRoom(t)
	id := k.by(k.agent, k.ledger())
	end := func(d *Doing) { d.SealRead, d.Note = "A-100", "To the owner, by order 44/2026" }
	k.refused("exhibit.why_ended", k.agent, &TakeStep{Doing: of(id), Step: "return"})
	supervisor := k.Person("u3", "usbp-rgv", access.RoleSupervisor)
	hold := k.Must(supervisor, wire.PurposeOversight, &casefile.PlaceHold{Case: k.c, Ground: "litigation", Authority: "prosecutor", Lifts: access.RoleSupervisor, Reference: "44/2026"}).Object
	k.refused("exhibit.held", k.agent, &TakeStep{Doing: of(id, end), Step: "destroy"})
	k.Must(k.Person("u4", "usbp-rgv", access.RoleSupervisor), wire.PurposeOversight, &casefile.LiftHold{Hold: hold})
	k.by(k.agent, &TakeStep{Doing: of(id, end), Step: "return"})
	k.refused("exhibit.ended", k.agent, &TakeStep{Doing: of(id), Step: "seal", Seal: "A-101"})
	k.ReplayEqual()
}

// What a protected person had leads to that person: nobody reads its description.
func TestWhatAProtectedPersonHadStaysSealed(t *testing.T) {
	k := newRoom(t)
	witness := k.by(k.agent, &casefile.AddPerson{Case: k.c, Age: "adult", RoleFields: casefile.RoleFields{Role: "witness", Source: "observation"}})
	id := k.by(k.agent, k.ledger(func(c *Collect) { c.Person, c.Kind = witness, "phone" }))
	v, err := k.show(k.agent, id)
	if err != nil || v.Description != nil || v.Detail == nil {
		t.Errorf("got %+v, %v; want it sealed", v.Description, err)
	}
}
