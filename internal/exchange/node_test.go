package exchange_test

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// note is a released fact of these tests.
type note struct {
	journal.Envelope
	Text string `json:"text"`
}

func (*note) Kind() string { return "test.note.1" }

// alert is a note in the alert lane.
type alert struct {
	journal.Envelope
	Text string `json:"text"`
}

func (*alert) Kind() string { return "test.alert.1" }

// novel is a kind that only one side knows.
type novel struct {
	journal.Envelope
	Text string `json:"text"`
}

func (*novel) Kind() string { return "test.novel.1" }

// keep counts applications of a fact, so that one applied twice shows.
func keep(tx *store.Tx, id, text string) error {
	if err := noteTable(tx); err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO search_note (n, id, text) SELECT COALESCE(MAX(n), 0) + 1, $1, $2 FROM search_note`, id, text)
}

func noteTable(tx *store.Tx) error {
	if err := tx.Exec(`CREATE TABLE IF NOT EXISTS search_note (n BIGINT PRIMARY KEY, id TEXT, text TEXT)`); err != nil {
		return err
	}
	return tx.Exec(`CREATE INDEX IF NOT EXISTS search_note_text ON search_note (text)`)
}

func admit(text string) wire.Code {
	if strings.HasPrefix(text, "against the procedure") {
		return wire.CodeStep
	}
	return ""
}

func facts(k *journal.Kinds) {
	exchange.Facts(k)
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f note) error { return keep(tx, e.ID, f.Text) })
	journal.Admit(k, func(_ *store.Tx, _ wire.Message, f note) (wire.Code, error) { return admit(f.Text), nil })
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f alert) error { return keep(tx, e.ID, f.Text) })
	journal.Admit(k, func(_ *store.Tx, _ wire.Message, f alert) (wire.Code, error) { return admit(f.Text), nil })
	k.Set(journal.InLane(wire.LaneAlert), &alert{})
}

func factsOfUS(k *journal.Kinds) {
	facts(k)
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f novel) error { return keep(tx, e.ID, f.Text) })
}

// node is a whole node on loopback: real database, real keys, real TLS.
type node struct {
	*acttest.Node
	t      testing.TB
	name   string
	keys   *seal.NodeKeys
	folder string // of the keys
	link   atomic.Pointer[exchange.Link]
	server *http.Server
	addr   string
	skew   atomic.Int64 // added to the clock
	// between is the network in front of the node: nil passes everything.
	between  atomic.Pointer[func(next http.Handler) http.Handler]
	telling  sync.Mutex // held where the link could be telling desc
	desc     string
	relay    *relay // what peers dial instead; nil if they dial the node itself
	files    exchange.Files
	chunks   chunk.Folder
	filesDir string // of the chunks
	hidden   bool   // its descriptor names no address: only it can dial
}

func newNode(t testing.TB, name string, facts func(*journal.Kinds)) *node {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	if err := seal.CreateNodeKeys(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	n := newNodeOn(t, storetest.Open(t), dir, name, facts)
	n.listen("127.0.0.1:0")
	n.describe(n.Kinds.Receivable())
	return n
}

// newNodeOn makes a node of a database and keys that are there. It listens
// nowhere yet.
func newNodeOn(t testing.TB, db *store.DB, keys, name string, facts func(*journal.Kinds)) *node {
	t.Helper()
	n := &node{Node: acttest.NewOn(t, db, name, []func(*journal.Kinds){facts}), t: t, name: name, server: &http.Server{ReadHeaderTimeout: time.Second}}
	n.Acts.Now = func() time.Time { return time.Now().Add(time.Duration(n.skew.Load())).UTC() }
	n.folder = keys
	var err error
	if n.keys, err = seal.LoadNodeKeys(keys); err != nil {
		t.Fatal(err)
	}
	n.makeLink()
	n.Acts.Outbox = func(tx *store.Tx, peer, lane, kind string, seq int64, expires time.Time) error {
		return n.link.Load().Enqueue(tx, peer, lane, kind, seq, expires)
	}
	n.Hub.Observe(func(journal.Entry) { n.link.Load().Notify() })
	t.Cleanup(n.stop)
	return n
}

func (n *node) makeLink() {
	n.t.Helper()
	link, err := exchange.NewLink(exchange.Config{Node: n.name, Installation: "test", DB: n.DB, Keys: n.keys, Ring: n.Ring, House: n.Acts, Files: n.files, Chunks: n.chunks,
		Now: n.Acts.Now, Descriptor: n.described,
		RetryMin: 20 * time.Millisecond, RetryMax: 200 * time.Millisecond, Every: 300 * time.Millisecond, Settle: 20 * time.Millisecond,
		Probe: 500 * time.Millisecond})
	if err != nil {
		n.t.Fatal(err)
	}
	n.link.Store(link)
}

func (n *node) listen(addr string) {
	n.t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		n.t.Fatal(err)
	}
	n.addr = l.Addr().String()
	inner := n.link.Load().Handler()
	n.server = &http.Server{TLSConfig: n.link.Load().ServerTLS(), ReadHeaderTimeout: time.Second, ErrorLog: quiet(),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if b := n.between.Load(); b != nil {
				(*b)(inner).ServeHTTP(w, r)
				return
			}
			inner.ServeHTTP(w, r)
		})}
	go n.server.Serve(tls.NewListener(l, n.server.TLSConfig)) //nolint:errcheck // ends with the server
}

func (n *node) describe(kinds []string) {
	n.t.Helper()
	journalKey, err := wire.JournalVkey(wire.JournalName("test", n.name), n.keys.Journal.Public().(ed25519.PublicKey))
	if err != nil {
		n.t.Fatal(err)
	}
	witnessKey, err := wire.WitnessVkey(wire.WitnessName("test", n.name), n.keys.Cosign.Public().(ed25519.PublicKey))
	if err != nil {
		n.t.Fatal(err)
	}
	pin, err := exchange.TLSKey(n.keys.TLS)
	if err != nil {
		n.t.Fatal(err)
	}
	url := "https://" + n.addr
	if n.relay != nil {
		url = "https://" + n.relay.addr
	}
	if n.hidden {
		url = ""
	}
	d := wire.Descriptor{Installation: "test", Node: n.name, Country: n.country(), NameEN: n.name, NameES: n.name, URL: url,
		SignKey: n.keys.Sign.Public().(ed25519.PublicKey), SealKey: n.keys.Seal.PublicKey().Bytes(), TLSKey: pin,
		Journal: journalKey, Witness: witnessKey, Kinds: kinds, Created: n.Acts.Now()}
	signed, err := wire.SignDescriptor(d, n.keys.Sign)
	if err != nil {
		n.t.Fatal(err)
	}
	n.telling.Lock()
	n.desc = signed
	n.telling.Unlock()
}

// described is the descriptor as the running link tells it.
func (n *node) described() string {
	n.telling.Lock()
	defer n.telling.Unlock()
	return n.desc
}

// knows approves a peer as the two people would.
func (n *node) knows(p *node) {
	n.t.Helper()
	d, err := wire.ReadDescriptor(p.desc)
	if err != nil {
		n.t.Fatal(err)
	}
	n.enter(wire.PurposeAdministration, &exchange.PeerProposal{Peer: d.Node, Descriptor: p.desc},
		&exchange.PeerApproval{Peer: d.Node, Fingerprint: wire.Fingerprint(p.desc), Effective: n.Acts.Now()})
}

func (n *node) start() {
	n.t.Helper()
	if err := n.link.Load().Start(context.Background()); err != nil {
		n.t.Fatal(err)
	}
}

func (n *node) stop() {
	n.link.Load().Close()
	n.server.Close() //nolint:errcheck // the listener is gone with it
}

// silent closes the link and leaves the peer the time for what had arrived there
// just before: a checkpoint that is being cosigned is no journal shown anew.
func (n *node) silent() {
	n.link.Load().Close()
	time.Sleep(500 * time.Millisecond)
}

// restart stops the link and starts another on the same database and address.
func (n *node) restart() {
	n.t.Helper()
	n.stop()
	n.makeLink()
	if !n.hidden {
		n.listen(n.addr)
	}
	n.start()
}

func (n *node) enter(purpose string, facts ...journal.Fact) {
	n.t.Helper()
	err := n.NodeActs(context.Background(), purpose, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) { return facts, nil })
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *node) says(to *node, texts ...string) {
	n.t.Helper()
	for _, text := range texts {
		n.enter(wire.PurposeProsecution, &note{Envelope: journal.Envelope{Case: "case-1", Referral: "ref-1", To: wire.Address{Node: to.name}}, Text: text})
	}
}

// texts lists what was applied, in order.
func (n *node) texts() (out []string) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) error {
		rows, err := tx.Query(`SELECT text FROM search_note ORDER BY n`)
		if err != nil {
			return nil // nothing applied yet
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

func (n *node) state(peer *node) (s exchange.LinkState) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) (err error) {
		s, err = exchange.State(tx, peer.name)
		return err
	})
	return s
}

func (n *node) queued(peer *node) (all int64) {
	for _, l := range n.state(peer).Lanes {
		all += l.Queued
	}
	return all
}

func (n *node) count(query string, args ...any) (c int) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&c) })
	return c
}

// making makes two nodes that know each other: pair, oneDials.
type making = func(t testing.TB, change ...func(n *node)) (us, mx *node)

// country is that of the agencies of these tests; a node is not its country.
func (n *node) country() string {
	if n.name == "mx" {
		return "MX"
	}
	return "US"
}

// pairs are the two nodes of a scenario: of two countries, and of two agencies
// of one country. Nothing in the exchange knows the difference.
var pairs = map[string][2]string{"two countries": {"us", "mx"}, "two agencies of one country": {"cbp", "hsi"}}

// pairOf makes two nodes that know each other.
func pairOf(t testing.TB, names [2]string) (a, b *node) {
	t.Helper()
	a, b = newNode(t, names[0], factsOfUS), newNode(t, names[1], facts)
	a.knows(b)
	b.knows(a)
	return a, b
}

// pair makes two nodes that know each other. change is what to do with each
// before the other hears of it.
func pair(t testing.TB, change ...func(n *node)) (us, mx *node) {
	t.Helper()
	us, mx = newNode(t, "us", factsOfUS), newNode(t, "mx", facts)
	changed(change, us, mx)
	us.knows(mx)
	mx.knows(us)
	return us, mx
}

// oneDials makes two nodes of which mx cannot be dialled.
func oneDials(t testing.TB, change ...func(n *node)) (us, mx *node) {
	t.Helper()
	us, mx = newNode(t, "us", factsOfUS), newNode(t, "mx", facts)
	mx.hidden = true
	changed(change, us, mx)
	mx.server.Close() //nolint:errcheck // nothing listens there
	us.knows(mx)
	mx.knows(us)
	return us, mx
}

// changed changes nodes before anybody has heard of them.
func changed(change []func(n *node), nodes ...*node) {
	for _, n := range nodes {
		for _, c := range change {
			c(n)
		}
		n.describe(n.Kinds.Receivable())
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}
