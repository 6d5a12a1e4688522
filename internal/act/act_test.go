package act_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noted is a fact made for these tests: it counts in a table of its own.
type noted struct {
	journal.Envelope
	Text string `json:"text"`
}

func (*noted) Kind() string     { return "probe.noted.1" }
func (n *noted) Starts() string { return "note-" + n.Text }

// echoed follows a noted fact that came from a peer.
type echoed struct {
	journal.Envelope
	Of string `json:"of"`
}

func (*echoed) Kind() string { return "probe.echoed.1" }

func probeFacts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f noted) error {
		return tx.Exec(`INSERT INTO probe (id, text) VALUES ($1, $2)`, e.ID, f.Text)
	})
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f echoed) error {
		return tx.Exec(`INSERT INTO probe (id, text) VALUES ($1, $2)`, e.ID, "echo of "+f.Of)
	})
	journal.Admit(k, func(_ *store.Tx, _ wire.Message, f noted) (wire.Code, error) {
		if f.Text == "forbidden" {
			return wire.CodeStep, nil
		}
		return "", nil
	})
	journal.React(k, func(_ *store.Tx, _ *journal.Draw, e journal.Entry, f noted) ([]journal.Fact, error) {
		if e.Node == "mx" {
			return []journal.Fact{&echoed{Of: f.Text}}, nil
		}
		return nil, nil
	})
	k.Set(journal.SignedByPerson(), &noted{})
}

// note is signed, plain is not; both take the verb of something in the house.
type note struct {
	Text string `json:"text"`
	To   string `json:"to,omitempty"`
	Ask  bool   `json:"ask"`
}

func (*note) Verb() string { return "user.list" }
func (*note) Signed()      {}
func (c *note) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if c.Ask {
		if err := d.Allow(tx, access.Resource{Type: "user"}); err != nil {
			return nil, err
		}
	}
	if c.Text == "" {
		return nil, refusal.New("probe.empty")
	}
	f := &noted{Text: c.Text}
	if c.To != "" {
		f.To = wire.Address{Node: c.To, Office: "desk"}
	}
	return []journal.Fact{f}, nil
}

type plain struct{ note }

func (*plain) Signed(int) {} // hides the mark

func probe(t *testing.T, node string) *acttest.Node {
	t.Helper()
	n := acttest.New(t, node, []func(*journal.Kinds){probeFacts}, func(v act.Verbs) { v.Add(&note{}) })
	if err := n.DB.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Exec(`CREATE TABLE probe (id TEXT PRIMARY KEY, text TEXT NOT NULL)`)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func texts(n *acttest.Node) (out []string) {
	n.Read(func(tx *store.Tx) error {
		rows, err := tx.Query(`SELECT text FROM probe ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			out = append(out, s)
		}
		return rows.Err()
	})
	return out
}

func size(n *acttest.Node) (s int64) {
	n.Read(func(tx *store.Tx) (err error) { s, err = journal.Size(tx); return err })
	return s
}

// The node itself may act; it stands in for a person whom policies permit.
var itself = access.Actor{Node: "us", Country: "us"}

func TestUnsignedActNeedsNoSignatureAndRepeats(t *testing.T) {
	n := probe(t, "us")
	cmd := &plain{note{Text: "a", Ask: true}}
	if act.NeedsSignature(cmd) {
		t.Fatal("plain should not need a signature")
	}
	first, err := n.Do(t.Context(), itself, "form-1", "administration", cmd)
	if err != nil || first.Object != "note-a" {
		t.Fatalf("%+v %v", first, err)
	}
	again, err := n.Do(t.Context(), itself, "form-1", "administration", cmd)
	if err != nil || again.Facts[0] != first.Facts[0] {
		t.Fatalf("a repeat gave %+v, %v", again, err)
	}
	if got := size(n); got != 2 {
		t.Fatalf("%d facts, want the act and its access fact", got)
	}
}

func TestRefusals(t *testing.T) {
	n := probe(t, "us")
	for _, c := range []struct {
		name    string
		by      access.Actor
		purpose string
		cmd     act.Command
		code    string
	}{
		{"a purpose that is not on the list", itself, "immigration_enforcement", &plain{note{Text: "a", Ask: true}}, "access.purpose"},
		{"a signed act without signature", itself, "administration", &note{Text: "a", Ask: true}, "act.needs_signature"},
		{"nobody with no role", n.Person("u1", "desk"), "administration", &plain{note{Text: "a", Ask: true}}, "access.not_found"},
		{"the rule says no", itself, "administration", &plain{note{Ask: true}}, "probe.empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := n.Do(t.Context(), c.by, "", c.purpose, c.cmd)
			if !refusal.Is(err, c.code) {
				t.Fatalf("got %v, want %s", err, c.code)
			}
		})
	}
	if _, err := n.Do(t.Context(), itself, "", "administration", &plain{note{Text: "a"}}); err == nil || !strings.Contains(err.Error(), "without an access decision") {
		t.Fatalf("an act that asks nobody: %v", err)
	}
	if len(texts(n)) != 0 || size(n) != 4 {
		t.Fatalf("%d facts, want one access fact for each refusal and nothing else", size(n))
	}
}

// prepared prepares a signed act that the test expects to be shown.
func prepared(t *testing.T, n *acttest.Node, by access.Actor, cmd *note) act.Prepared {
	t.Helper()
	p, err := n.Prepare(t.Context(), by, "", "administration", cmd)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSignedActIsWhatWasShown(t *testing.T) {
	n := probe(t, "us")
	admin := n.Person("u1", "desk", access.RoleAdmin)
	p := prepared(t, n, admin, &note{Text: "as shown", Ask: true})
	if size(n) != 0 {
		t.Fatal("preparing recorded something")
	}
	again, err := n.Shown(t.Context(), admin, p.ID)
	if err != nil || string(again.Act) != string(p.Act) || again.Digest != p.Digest {
		t.Fatalf("shown again: %v", err)
	}
	if _, err := n.Sign(t.Context(), admin, p.ID, n.Answer(n.Person("other", "desk"), p)); !refusal.Is(err, "access.passkey_refused") {
		t.Fatalf("wrong password: %v", err)
	}
	res, err := n.Sign(t.Context(), admin, p.ID, n.Answer(admin, p))
	if err != nil {
		t.Fatal(err)
	}
	n.Read(func(tx *store.Tx) error {
		e, m, err := journal.Load(tx, res.Facts[0])
		if err != nil || string(m.ActBytes) != string(p.Act) || len(e.Proofs) != 1 {
			t.Errorf("recorded other bytes than shown, or without proof: %v", err)
		}
		return nil
	})
	twice, err := n.Sign(t.Context(), admin, p.ID, n.Answer(admin, p))
	if err != nil || twice.Facts[0] != res.Facts[0] {
		t.Fatalf("the second click: %+v %v", twice, err)
	}
	if _, err := n.Sign(t.Context(), n.Person("other", "desk"), p.ID, n.Answer(n.Person("other", "desk"), p)); !refusal.Is(err, "act.prepared_gone") {
		t.Fatalf("another person signs: %v", err)
	}
}

func TestReceive(t *testing.T) {
	mx, us := probe(t, "mx"), probe(t, "us")
	asNode := access.Actor{Node: "mx", Country: "mx", User: ""}
	release := func(text string) wire.Message {
		res, err := mx.Do(t.Context(), asNode, "", "prosecution", &plain{note{Text: text, To: "us", Ask: true}})
		if err != nil {
			t.Fatal(err)
		}
		var m wire.Message
		mx.Read(func(tx *store.Tx) (err error) { _, m, err = journal.Load(tx, res.Facts[0]); return err })
		return m
	}
	// Signed by the node's stand-in, no person: refused as unsigned.
	if _, code := us.Deliver("mx", release("no person")); code != wire.CodeUnsigned {
		t.Fatalf("unsigned: %q", code)
	}
	m := signedBy(t, mx, release("hello"))
	leaf, code := us.Deliver("mx", m)
	if code != "" {
		t.Fatal(code)
	}
	if got := texts(us); len(got) != 2 || !slices.Contains(got, "hello") || !slices.Contains(got, "echo of hello") {
		t.Fatalf("applied %v", got)
	}
	if again, code := us.Deliver("mx", m); code != "" || again != leaf || len(texts(us)) != 2 {
		t.Fatalf("a repeat: leaf %d code %q", again, code)
	}
	other := signedBy(t, mx, altered(t, m))
	if _, code := us.Deliver("mx", other); code != wire.CodeOtherDigest {
		t.Fatalf("same id, other digest: %q", code)
	}
	if _, code := us.Deliver("ca", signedBy(t, mx, release("x"))); code != wire.CodeMisaddressed {
		t.Fatalf("from another peer: %q", code)
	}
	if _, code := us.Deliver("mx", signedBy(t, mx, release("forbidden"))); code != wire.CodeStep {
		t.Fatalf("not admitted: %q", code)
	}
	if v := verified(us); len(v.Faults) > 0 {
		t.Fatal(v.Faults)
	}
}

// signedBy adds a person's proof to a message, naming that person in the act.
func signedBy(t *testing.T, n *acttest.Node, m wire.Message) wire.Message {
	t.Helper()
	a := m.Act
	a.By = &wire.Actor{ID: "mp-1", Name: "Fictional Official", Office: "desk", Role: "mp"}
	unsigned, err := a.Message()
	if err != nil {
		t.Fatal(err)
	}
	by := n.Person("mp-1", "desk")
	p, err := n.Prove(context.Background(), by, unsigned.ActDigest(), n.Answer(by, act.Prepared{Asked: n.Ask(unsigned.ActDigest())}))
	if err != nil {
		t.Fatal(err)
	}
	out, err := unsigned.Signed(p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func altered(t *testing.T, m wire.Message) wire.Message {
	t.Helper()
	a := m.Act
	a.Clear = json.RawMessage(`{"text":"something else"}`)
	out, err := a.Message()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestManyAtOnceEachOnce(t *testing.T) {
	n := probe(t, "us")
	var wg sync.WaitGroup
	for i := range 40 {
		key := string(rune('a' + i%20)) // every key twice, at the same time
		wg.Go(func() {
			if _, err := n.Do(context.Background(), itself, key, "administration", &plain{note{Text: key, Ask: true}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := len(texts(n)); got != 20 {
		t.Fatalf("%d notes from 20 keys", got)
	}
	n.Read(func(tx *store.Tx) error {
		v, err := journal.Verify(tx, journal.Keys{})
		if err != nil || len(v.Faults) > 0 || v.Size != 40 {
			t.Errorf("verify: %+v %v", v, err)
		}
		return nil
	})
}

// A form sent again, after minutes or after a year, gives what it gave.
func TestKeyIsKnownForEver(t *testing.T) {
	n := probe(t, "us")
	send := func() act.Result {
		r, err := n.Do(t.Context(), itself, "form-1", "administration", &plain{note{Text: "once", Ask: true}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := send()
	for _, later := range []time.Duration{11 * time.Minute, 366 * 24 * time.Hour} {
		n.Clock = n.Clock.Add(later)
		if again := send(); !slices.Equal(again.Facts, first.Facts) || again.Object != first.Object {
			t.Errorf("after %v: %+v, was %+v", later, again, first)
		}
	}
	if got := texts(n); !slices.Equal(got, []string{"once"}) {
		t.Errorf("in effect: %v", got)
	}
}

func verified(n *acttest.Node) (v journal.Verified) {
	n.Read(func(tx *store.Tx) (err error) { v, err = journal.Verify(tx, journal.Keys{}); return err })
	return v
}
