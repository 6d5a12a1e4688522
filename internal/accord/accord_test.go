package accord

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// pair is two nodes whose messages the test hands over.
type pair struct {
	*acttest.Pair
	t *testing.T
}

func newPair(t *testing.T) *pair {
	t.Helper()
	return &pair{t: t, Pair: acttest.NewPair(t, func(node string) *acttest.Node {
		n := acttest.New(t, node, []func(*journal.Kinds){Facts}, Verbs)
		n.Offices(map[string]string{"us": "cbp-programme", "mx": "fgr-programme"}[node])
		return n
	})}
}

// official is a coordinator of a side.
func (p *pair) official(n *acttest.Node, id string) access.Actor {
	office := map[*acttest.Node]string{p.US: "cbp-programme", p.MX: "fgr-programme"}[n]
	return n.Person(id, office, access.RoleCoordinator)
}

// hand gives the messages of n to the other side; the codes of those refused.
func (p *pair) hand(n *acttest.Node) (codes []wire.Code) {
	p.t.Helper()
	for s, waits := p.Next(n); waits; s, waits = p.Next(n) {
		if _, code := p.Other(n).Deliver(n.Acts.Node, s.Message); code != "" {
			codes = append(codes, code)
		}
	}
	return codes
}

func (p *pair) sign(n *acttest.Node, id, accord string) {
	p.t.Helper()
	p.Pass(time.Minute)
	n.Must(p.official(n, id), wire.PurposeOversight, &Sign{Accord: accord})
	p.Settle()
}

func (p *pair) load(n *acttest.Node, id string) (a Accord) {
	p.t.Helper()
	n.Read(func(tx *store.Tx) (err error) { a, err = Load(tx, id); return err })
	return a
}

// stands fails unless the accord stands so on both nodes.
func (p *pair) stands(id string, want Status) {
	p.t.Helper()
	for _, n := range []*acttest.Node{p.US, p.MX} {
		if got := p.load(n, id).Status(n.Clock); got != want {
			p.t.Errorf("on %s it is %s, not %s", n.Acts.Node, got, want)
		}
	}
}

func (p *pair) founding(n *acttest.Node) (open bool, delay time.Duration) {
	p.t.Helper()
	n.Read(func(tx *store.Tx) (err error) {
		if open, err = access.FoundingOpen(tx); err != nil || open {
			return err
		}
		delay, _, err = access.Delay(tx, "a", "b")
		return err
	})
	return open, delay
}

// document is a lawful one, changed by whoever wants another.
func document(change func(map[string]any)) string {
	both := func(s string) map[string]any { return map[string]any{"en": s, "es": s} }
	d := map[string]any{
		"ref": "houston-2008", "title": both("Houston"), "place": both("Houston"), "date": "2008-08-14", "facts": map[string]any{"from": "2016-06-18"},
		"parties":  []any{map[string]any{"node": "us", "country": "US", "title": both("US")}, map[string]any{"node": "mx", "country": "MX", "title": both("MX")}},
		"purposes": []any{wire.PurposeProsecution, wire.PurposeProtection},
		"offices": []any{map[string]any{"node": "us", "id": "usbp-rgv", "title": both("RGV"), "agency": "usbp", "zone": "America/Chicago"},
			map[string]any{"node": "mx", "id": "fgr-tamps", "title": both("Tamaulipas"), "agency": "fgr", "zone": "America/Matamoros"}},
		"corridors": []any{map[string]any{"id": "tamaulipas", "title": both("Tamaulipas"), "sides": []any{
			map[string]any{"node": "us", "areas": []any{"usbp:RGV"}, "offices": []any{"usbp-rgv"}}, map[string]any{"node": "mx", "areas": []any{"inegi:28"}, "offices": []any{"fgr-tamps"}}}}},
		"procedures": []any{map[string]any{"procedure": "mx-accusatory-2016", "from": "us", "to": "mx", "facts": map[string]any{"from": "2016-06-18"}}},
		"calendars":  []any{"us-federal", "mx-federal-court"}, "release": []any{"notice", "analysis", "released"}, "delay_hours": 48,
	}
	if change != nil {
		change(d)
	}
	b, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (p *pair) propose(change func(map[string]any)) string {
	p.t.Helper()
	id := p.US.Must(p.official(p.US, "c1"), wire.PurposeOversight, &Propose{Document: document(change)}).Object
	p.Settle()
	return id
}

var (
	rgv   = wire.Address{Node: "us", Office: "usbp-rgv"}
	tamps = wire.Address{Node: "mx", Office: "fgr-tamps"}
	facts = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
)

func (p *pair) opens(n *acttest.Node, from, to wire.Address, at time.Time) error {
	var refused error
	n.Read(func(tx *store.Tx) error {
		_, c, err := InForce(tx, from, to, at, n.Clock)
		refused = err
		if err == nil && c.ID != "tamaulipas" {
			p.t.Errorf("corridor %s", c.ID)
		}
		return nil
	})
	return refused
}

// Two officials a side bring an accord into force, on both nodes at the same
// moment, whatever the order of arrival; that closes founding for ever.
func TestTwoSignaturesASide(t *testing.T) {
	p := newPair(t)
	id := p.propose(nil)
	p.stands(id, StatusProposed)
	if r, ok := refusal.As(p.opens(p.US, rgv, tamps, facts)); !ok || r.Code != "accord.none_in_force" {
		t.Error("a document nobody signed opens a corridor")
	}
	p.sign(p.US, "c1", id)
	p.US.Refused(p.official(p.US, "c1"), wire.PurposeOversight, "accord.signed_already", &Sign{Accord: id})
	p.US.Refused(p.US.Person("s", "cbp-programme", access.RoleSupervisor), wire.PurposeOversight, "accord.not_a_signatory", &Sign{Accord: id})
	p.US.Refused(p.official(p.US, "c2"), wire.PurposeProsecution, "accord.purpose", &Sign{Accord: id})
	p.sign(p.MX, "m1", id)
	p.sign(p.US, "c2", "houston-2008") // by its short name
	p.US.Refused(p.official(p.US, "c3"), wire.PurposeOversight, "accord.side_complete", &Sign{Accord: id})
	p.stands(id, StatusProposed)
	for _, n := range []*acttest.Node{p.US, p.MX} {
		if open, _ := p.founding(n); !open {
			t.Error("three signatures closed founding")
		}
	}
	p.sign(p.MX, "m2", id)
	p.stands(id, StatusInForce)
	since, _ := p.load(p.US, id).Since()
	there, _ := p.load(p.MX, id).Since()
	if !since.Equal(there) || !since.Equal(p.MX.Clock) {
		t.Errorf("in force since %s and %s", since, there)
	}
	for _, n := range []*acttest.Node{p.US, p.MX} {
		if open, delay := p.founding(n); open || delay != 48*time.Hour {
			t.Errorf("on %s founding is open: %v; delay %s", n.Acts.Node, open, delay)
		}
	}
	p.US.ReplayEqual()
	p.MX.ReplayEqual()
}

func (p *pair) inForce(change func(map[string]any)) string {
	p.t.Helper()
	id := p.propose(change)
	for _, who := range []string{"1", "2"} {
		p.sign(p.US, "c"+who, id)
		p.sign(p.MX, "m"+who, id)
	}
	return id
}

// A corridor joins the offices that the document names, for facts of its dates.
func TestCorridors(t *testing.T) {
	p := newPair(t)
	id := p.inForce(nil)
	for _, x := range []struct {
		from, to wire.Address
		at       time.Time
		open     bool
	}{
		{rgv, tamps, facts, true},
		{tamps, rgv, facts, true},
		{rgv, wire.Address{Node: "mx", Office: "fgr-coah"}, facts, false},
		{rgv, rgv, facts, false},
		{rgv, tamps, time.Date(2016, 6, 18, 4, 59, 0, 0, time.UTC), false}, // 17 June at 23:59 in Texas
		{rgv, tamps, time.Date(2016, 6, 18, 5, 0, 0, 0, time.UTC), true},
	} {
		if err := p.opens(p.MX, x.from, x.to, x.at); (err == nil) != x.open {
			t.Errorf("%+v: %v", x, err)
		}
	}
	p.US.Read(func(tx *store.Tx) error {
		a, err := Load(tx, id)
		if err != nil {
			return err
		}
		got, err := a.Procedure(Direction{rgv, tamps}, facts, nil)
		if err != nil || got != "mx-accusatory-2016" {
			t.Errorf("procedure %q, %v", got, err)
		}
		_, err = a.Procedure(Direction{tamps, rgv}, facts, nil)
		if r, ok := refusal.As(err); !ok || r.Code != "accord.no_procedure" {
			t.Errorf("the other direction: %v", err)
		}
		return nil
	})
}

// An accord that has ended opens nothing new; notices that cross leave one date.
func TestEnded(t *testing.T) {
	p := newPair(t)
	id := p.inForce(nil)
	p.US.Refused(p.US.Person("s", "cbp-programme", access.RoleSupervisor), wire.PurposeOversight, "accord.not_a_signatory", &End{Accord: id})
	p.Pass(time.Hour)
	p.US.Must(p.official(p.US, "c1"), wire.PurposeOversight, &End{Accord: id})
	p.Pass(time.Minute)
	p.MX.Must(p.official(p.MX, "m1"), wire.PurposeOversight, &End{Accord: id})
	p.Settle()
	p.stands(id, StatusEnded)
	if a, b := p.load(p.US, id).Ended, p.load(p.MX, id).Ended; !a.Equal(b) {
		t.Errorf("ended %s and %s", a, b)
	}
	if p.opens(p.US, rgv, tamps, facts) == nil {
		t.Error("an accord that has ended opens a corridor")
	}
	p.US.Refused(p.official(p.US, "c1"), wire.PurposeOversight, "accord.not_in_force", &End{Accord: id})
	p.US.Refused(p.official(p.US, "c3"), wire.PurposeOversight, "accord.ended", &Sign{Accord: id})
	for _, n := range []*acttest.Node{p.US, p.MX} {
		if open, delay := p.founding(n); open || delay != 48*time.Hour {
			t.Errorf("ending opened the founding of %s again: %v, delay %s", n.Acts.Node, open, delay)
		}
	}
	p.US.ReplayEqual()
	p.MX.ReplayEqual()
}

// Either government stands an accord still and takes it up again: meanwhile
// nothing new is referred. Two that cross both stand, and each ends its own.
func TestSuspendedAndResumed(t *testing.T) {
	p := newPair(t)
	id := p.inForce(nil)
	p.Pass(time.Hour)
	c1, m1 := p.official(p.US, "c1"), p.official(p.MX, "m1")
	p.US.Refused(c1, wire.PurposeOversight, "accord.not_suspended", &Resume{Accord: id})
	p.US.Refused(p.US.Person("s", "cbp-programme", access.RoleSupervisor), wire.PurposeOversight, "accord.not_a_signatory", &Suspend{Accord: id})
	p.MX.Must(m1, wire.PurposeOversight, &Suspend{Accord: id})
	p.US.Must(c1, wire.PurposeOversight, &Suspend{Accord: id})
	p.Settle()
	p.stands(id, StatusSuspended)
	if err := p.opens(p.US, rgv, tamps, facts); !refusal.Is(err, "accord.suspended") {
		t.Errorf("a corridor of a suspended accord: %v", err)
	}
	p.MX.Refused(m1, wire.PurposeOversight, "accord.suspended_already", &Suspend{Accord: id})
	p.Pass(time.Minute)
	p.US.Must(c1, wire.PurposeOversight, &Resume{Accord: id})
	p.Settle()
	p.stands(id, StatusSuspended) // Mexico's stands
	p.Pass(time.Minute)
	p.MX.Must(m1, wire.PurposeOversight, &Resume{Accord: id})
	p.Settle()
	p.stands(id, StatusInForce)
	if err := p.opens(p.US, rgv, tamps, facts); err != nil {
		t.Errorf("resumed: %v", err)
	}
	if !slices.Equal(p.load(p.US, id).Suspensions, p.load(p.MX, id).Suspensions) {
		t.Error("the two nodes know other suspensions")
	}
	p.Pass(time.Minute)
	p.MX.Must(m1, wire.PurposeOversight, &Suspend{Accord: id})
	p.Pass(time.Minute)
	p.MX.Must(m1, wire.PurposeOversight, &End{Accord: id})
	p.Settle()
	p.stands(id, StatusEnded)
	p.US.ReplayEqual()
	p.MX.ReplayEqual()
}

// An accord cannot add a purpose, and what is wrong is refused before anybody
// reads it; a peer that proposes it anyway is refused by receipt.
func TestDocumentsThatCannotBe(t *testing.T) {
	p := newPair(t)
	c1 := p.official(p.US, "c1")
	for code, change := range map[string]func(map[string]any){
		"accord.purpose_added": func(d map[string]any) { d["purposes"] = []any{wire.PurposeProsecution, "immigration_enforcement"} },
		"accord.unreadable":    func(d map[string]any) { d["watchlist"] = true },
		"accord.not_a_party": func(d map[string]any) {
			text := strings.NewReplacer(`"us"`, `"gt"`)
			b, _ := json.Marshal(d)
			_ = json.Unmarshal([]byte(text.Replace(string(b))), &d)
		},
		"accord.document": func(d map[string]any) { d["corridors"] = []any{} },
	} {
		p.US.Refused(c1, wire.PurposeOversight, code, &Propose{Document: document(change)})
	}
	p.US.Refused(c1, wire.PurposeOversight, "accord.too_large", &Propose{Document: strings.Repeat(" ", maxDocument+1)})
	p.US.Refused(p.US.Person("agent", "cbp-programme", access.RoleFieldAgent), wire.PurposeOversight, "access.not_yours", &Propose{Document: document(nil)})
	if len(p.US.Out) != 0 {
		t.Fatalf("%d messages went", len(p.US.Out))
	}
	// A node that is bent and sends it all the same.
	doc, err := Parse(document(nil))
	if err != nil {
		t.Fatal(err)
	}
	doc.Purposes = append(doc.Purposes, "immigration_enforcement")
	p.force(&Proposed{Envelope: to("mx"), ID: "0190a000-0000-7000-8000-000000000001", Document: doc})
	if codes := p.hand(p.US); len(codes) != 1 || codes[0] != wire.CodeContent {
		t.Errorf("the other side answers %v", codes)
	}
	p.MX.Read(func(tx *store.Tx) error {
		all, err := All(tx)
		if err == nil && len(all) != 0 {
			t.Error("it was recorded there")
		}
		return err
	})
	p.US.ReplayEqual()
	p.MX.ReplayEqual()
}

// force records and sends a fact of the first node without its rule.
func (p *pair) force(f journal.Fact) {
	p.t.Helper()
	err := p.US.NodeActs(p.t.Context(), wire.PurposeOversight, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) { return []journal.Fact{f}, nil })
	if err != nil {
		p.t.Fatal(err)
	}
}

// Signatures that name another document, come from the wrong person or without
// a proof are refused by receipt.
func TestSignaturesThatAreRefused(t *testing.T) {
	p := newPair(t)
	id := p.propose(nil)
	p.force(&Signed{Envelope: to("mx"), Accord: id, Digest: p.load(p.US, id).Document.Digest()})
	if codes := p.hand(p.US); len(codes) != 1 || codes[0] != wire.CodeUnsigned {
		t.Errorf("a node signs for a person: %v", codes)
	}
	p.force(&Signed{Envelope: to("mx"), Accord: "0190a000-0000-7000-8000-00000000ffff"})
	if codes := p.hand(p.US); len(codes) != 1 {
		t.Errorf("an accord that nobody knows: %v", codes)
	}
	if n := len(p.load(p.MX, id).Signatures); n != 0 {
		t.Errorf("%d signatures count", n)
	}
}
