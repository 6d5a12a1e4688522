package referral

import (
	"context"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/exchange"
	files "github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// linked is a node with its own store and keys that exchanges with others over
// TLS, as the program does. Its name says nothing of its country.
type linked struct {
	*acttest.Node
	t       *testing.T
	name    string
	country string
	keys    *seal.NodeKeys
	link    *exchange.Link
	desc    string
}

// SealTo implements packet.Link.
func (n *linked) SealTo(tx *store.Tx, node string) (hpke.PublicKey, error) {
	d, err := exchange.Descriptor(tx, node)
	if err != nil {
		return nil, err
	}
	return d.Seal()
}

// OwnSeal implements packet.Link.
func (n *linked) OwnSeal(id string) (hpke.PrivateKey, bool) {
	return n.keys.Seal, wire.SealKeyID(n.keys.Seal.PublicKey()) == id
}

func newLinked(t *testing.T, name, country string, offices ...string) *linked {
	t.Helper()
	n := &linked{t: t, name: name, country: country}
	dir := filepath.Join(t.TempDir(), "keys")
	n.ok(seal.CreateNodeKeys(dir, time.Now()))
	var err error
	n.keys, err = seal.LoadNodeKeys(dir)
	n.ok(err)
	n.Node = acttest.NewOn(t, storetest.Open(t), name, []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, files.Facts, evidence.Facts, packet.Facts(n), Facts(n)},
		accord.Verbs, casefile.Verbs, protection.Verbs, Verbs)
	n.Acts.Now = func() time.Time { return time.Now().UTC() }
	n.Offices(offices...)
	n.link, err = exchange.NewLink(exchange.Config{Node: name, Installation: "test", DB: n.DB, Keys: n.keys, Ring: n.Ring, House: n.Acts, Now: n.Acts.Now,
		Descriptor: func() string { return n.desc }, RetryMin: 20 * time.Millisecond, RetryMax: 200 * time.Millisecond, Every: 300 * time.Millisecond, Settle: 20 * time.Millisecond})
	n.ok(err)
	n.Acts.Outbox = n.link.Enqueue
	n.Hub.Observe(func(journal.Entry) { n.link.Notify() })
	n.describe(n.serve())
	return n
}

func (n *linked) ok(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *linked) serve() (addr string) {
	n.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	n.ok(err)
	server := &http.Server{TLSConfig: n.link.ServerTLS(), Handler: n.link.Handler(), ReadHeaderTimeout: time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(tls.NewListener(l, server.TLSConfig)) //nolint:errcheck // ends with the server
	n.t.Cleanup(func() {
		n.link.Close()
		server.Close() //nolint:errcheck // the listener is gone with it
	})
	return l.Addr().String()
}

func (n *linked) describe(addr string) {
	n.t.Helper()
	journalKey, err := wire.JournalVkey(wire.JournalName("test", n.name), n.keys.Journal.Public().(ed25519.PublicKey))
	n.ok(err)
	witnessKey, err := wire.WitnessVkey(wire.WitnessName("test", n.name), n.keys.Cosign.Public().(ed25519.PublicKey))
	n.ok(err)
	pin, err := exchange.TLSKey(n.keys.TLS)
	n.ok(err)
	n.desc, err = wire.SignDescriptor(wire.Descriptor{Installation: "test", Node: n.name, Country: n.country, NameEN: n.name, NameES: n.name, URL: "https://" + addr,
		SignKey: n.keys.Sign.Public().(ed25519.PublicKey), SealKey: n.keys.Seal.PublicKey().Bytes(), TLSKey: pin,
		Journal: journalKey, Witness: witnessKey, Kinds: n.Kinds.Receivable(), Created: time.Now()}, n.keys.Sign)
	n.ok(err)
}

// knows approves a peer as the two people would.
func (n *linked) knows(p *linked) {
	n.t.Helper()
	n.ok(n.NodeActs(context.Background(), wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		return []journal.Fact{&exchange.PeerProposal{Peer: p.name, Descriptor: p.desc},
			&exchange.PeerApproval{Peer: p.name, Fingerprint: wire.Fingerprint(p.desc), Effective: n.Acts.Now()}}, nil
	}))
}

// paired makes nodes known to each other and starts their links.
func paired(nodes ...*linked) {
	for _, n := range nodes {
		for _, p := range nodes {
			if n != p {
				n.knows(p)
			}
		}
	}
	for _, n := range nodes {
		n.ok(n.link.Start(context.Background()))
	}
}

// within tries until what another node sends has arrived.
func within(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// end is one party's side of the one corridor of an accord.
type end struct {
	n       *linked
	area    string
	offices []string
}

// agree puts an accord into force between two nodes, signed by two a side.
func agree(t *testing.T, ref string, a, b end, procedures ...accord.Adoption) {
	t.Helper()
	both := func(s string) program.Text { return program.Text{En: s, Es: s} }
	d := accord.Document{Ref: ref, Title: both(ref), Place: both("Houston"), Date: program.Day{Year: 2020, Month: 1, Date: 1},
		Purposes: []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeLifeAtRisk, wire.PurposeOversight}, Procedures: procedures, Release: []string{"notice", "analysis", "released"}}
	c := accord.Corridor{ID: "corridor", Title: both("corridor")}
	for _, e := range []end{a, b} {
		d.Parties = append(d.Parties, accord.Party{Node: e.n.name, Country: e.n.country, Title: both(e.n.name)})
		c.Ends = append(c.Ends, accord.CorridorSide{Node: e.n.name, Areas: []string{e.area}, Offices: e.offices})
		for _, id := range e.offices {
			o, _ := program.OfficeByID(id)
			d.Offices = append(d.Offices, accord.Office{Node: e.n.name, ID: id, Title: both(id), Agency: o.Agency, Zone: o.Zone})
		}
	}
	d.Corridors = []accord.Corridor{c}
	official := func(e end, id string) access.Actor { return e.n.Person(id, e.offices[0], access.RoleCoordinator) }
	id := a.n.Must(official(a, "c1"), wire.PurposeOversight, &accord.Propose{Document: d.YAML()}).Object
	for _, e := range []end{a, b} {
		for _, who := range []string{"c1", "c2"} {
			within(t, "the accord arrives", func() bool {
				_, err := e.n.Take(official(e, who), wire.PurposeOversight, &accord.Sign{Accord: id})
				if _, refused := refusal.As(err); err != nil && !refused {
					t.Fatal(err)
				}
				return err == nil
			})
		}
	}
	for _, e := range []end{a, b} {
		within(t, "in force", func() (in bool) {
			e.n.Read(func(tx *store.Tx) error {
				x, err := accord.Load(tx, id)
				in = err == nil && x.Status(e.n.Acts.Now()) == accord.StatusInForce
				return nil
			})
			return in
		})
	}
}
