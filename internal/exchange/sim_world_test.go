package exchange_test

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// The world of the simulator: nodes whose clock, network and disk are drawn from
// one seed, and whose exchange is the program's own, one step after another in
// one goroutine. What is simulated and what is not is said in
// docs/architecture.md, "Simulated".

// simNode is one node. It is stopped while it has no link.
type simNode struct {
	*acttest.Node
	w     *world
	name  string
	base  *node // its kinds and rules, the same in every world
	keys  *seal.NodeKeys
	desc  string
	path  string
	disks int
	life  int // of the process: what an earlier one began comes to nothing
	link  *exchange.Link
	skew  time.Duration
	power bool // it goes before the next commit
	steps int  // so much of the house's work is still done then
}

// world is one run.
type world struct {
	t     *testing.T
	r     *rand.Rand
	dir   string
	nodes []*simNode
	now   time.Time
	calm  bool // nothing goes wrong any more
	depth int  // events inside a request that is under way
	apart map[string]bool
	late  []lateRequest
	kept  map[string]bool // lanes of which a frame was kept
	acts  []*simAct
	acked map[string]int64
	trace []string
}

// simTemplates are stores of nodes that know each other, made once in a run. Their
// keys are drawn alike in every run, as the seed's own randomness is.
type simTemplates struct {
	nodes []*node
	files []string
}

func makeTemplates(t *testing.T, count int) simTemplates {
	t.Helper()
	cryptotest.SetGlobalRandom(t, uint64(count))
	var out simTemplates
	for _, name := range []string{"us", "mx", "gt"}[:count] {
		out.nodes = append(out.nodes, templateNode(t, name))
	}
	for _, n := range out.nodes {
		for _, p := range out.nodes {
			if n != p {
				d, err := wire.ReadDescriptor(p.desc)
				if err != nil {
					t.Fatal(err)
				}
				n.enter(wire.PurposeAdministration, &exchange.PeerProposal{Peer: d.Node, Descriptor: p.desc},
					&exchange.PeerApproval{Peer: d.Node, Fingerprint: wire.Fingerprint(p.desc), Effective: acttest.Start})
			}
		}
		if err := n.DB.Write(t.Context(), simTables); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(simDisk(t), n.name+".sqlite") // without a log, which every start would read
		if err := n.DB.Copy(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		out.files = append(out.files, file)
	}
	return out
}

// templateNode is a node that listens nowhere and whose clock stands still, so
// that its bytes are those of every other process, too.
func templateNode(t *testing.T, name string) *node {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	if err := seal.CreateNodeKeys(dir, acttest.Start); err != nil {
		t.Fatal(err)
	}
	n := newNodeOn(t, storetest.OpenSQLite(t), dir, name, simFacts)
	n.Acts.Now = func() time.Time { return acttest.Start }
	n.addr = name + ".test:443"
	n.describe(n.Kinds.Receivable())
	return n
}

// simDisk is a folder for the nodes' disks: in memory if there is such a place,
// because what a disk loses is drawn here and not left to the machine.
func simDisk(t *testing.T) string {
	t.Helper()
	if info, err := os.Stat("/dev/shm"); err != nil || !info.IsDir() {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp("/dev/shm", "oasiss-sim-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // a test's own folder
	return dir
}

// copied copies a database as it stands on the disk: the file and its log, with
// what a power cut left behind the last commit. The order matters: pages that
// are being folded into the file are still in the log that was copied first.
func copied(t *testing.T, from, to string, torn []byte) string {
	t.Helper()
	for _, suffix := range []string{"-wal", ""} {
		b, err := os.ReadFile(from + suffix)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if suffix != "" {
			b = append(b, torn...)
		}
		if err := os.WriteFile(to+suffix, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func newWorld(t *testing.T, seed uint64, templates simTemplates) *world {
	t.Helper()
	w := &world{t: t, r: rand.New(rand.NewPCG(seed, 0x0a5155)), dir: simDisk(t), now: acttest.Start.Add(time.Hour),
		apart: map[string]bool{}, acked: map[string]int64{}, kept: map[string]bool{}}
	for i, base := range templates.nodes {
		n := &simNode{Node: base.Node, w: w, name: base.name, base: base, keys: base.keys, desc: base.desc}
		n.Acts.Now = func() time.Time { return w.now.Add(n.skew) }
		n.Acts.Outbox = func(tx *store.Tx, peer, lane, kind string, seq int64, expires time.Time) error {
			return exchange.Enqueue(tx, peer, lane, kind, seq, expires)
		}
		n.mount(templates.files[i], nil)
		w.nodes = append(w.nodes, n)
	}
	for _, n := range w.nodes {
		n.boot()
	}
	t.Cleanup(func() {
		for _, n := range w.nodes {
			if err := n.DB.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return w
}

// mount gives the node the disk that a file is, as its database opens it.
func (n *simNode) mount(file string, torn []byte) {
	n.w.t.Helper()
	n.disks++
	n.path = copied(n.w.t, file, filepath.Join(n.w.dir, fmt.Sprintf("%s-%d.sqlite", n.name, n.disks)), torn)
	db, err := store.Open(context.Background(), n.path)
	if err != nil {
		n.w.t.Fatalf("%s does not open its disk: %v", n.name, err)
	}
	n.Acts.DB = db
}

// boot starts the process.
func (n *simNode) boot() {
	n.w.t.Helper()
	n.life++
	life := n.life
	link, err := exchange.NewLink(exchange.Config{Node: n.name, Installation: "test", DB: n.DB, Keys: n.keys, Ring: n.Ring, House: n,
		Now: n.Acts.Now, Descriptor: func() string { return n.desc }, RetryMin: 4 * time.Nanosecond, Every: time.Second})
	if err != nil {
		n.w.t.Fatal(err)
	}
	err = link.Simulate(func(peer, path string, body []byte, shown *x509.Certificate) (int, []byte, error) {
		return n.w.ask(n, life, peer, path, body, shown)
	})
	if err != nil {
		n.w.t.Fatal(err)
	}
	n.link, n.power = link, false
}

// crash is the end of the process and of the power: what was committed is on
// the disk, behind it lies what was being written.
func (n *simNode) crash() {
	n.w.t.Helper()
	n.life++
	n.link = nil
	old, path := n.DB, n.path
	torn := make([]byte, 0)
	if n.w.r.IntN(2) == 0 {
		torn = make([]byte, n.w.r.IntN(9000))
		for i := range torn {
			torn[i] = byte(n.w.r.Uint32())
		}
	}
	n.mount(path, torn)
	if err := old.Close(); err != nil {
		n.w.t.Fatal(err)
	}
	os.Remove(path)          //nolint:errcheck // the old disk
	os.Remove(path + "-wal") //nolint:errcheck // the old disk
}

// restart is a clean end and a new start.
func (n *simNode) restart() {
	n.w.t.Helper()
	if err := n.link.End(); err != nil {
		n.w.t.Fatal(err)
	}
	n.boot()
}

// rotate gives the node new keys, as it does itself when two people order it.
// The key folder is its own disk: what was written there stays.
func (n *simNode) rotate() {
	n.w.t.Helper()
	dir := filepath.Join(n.w.dir, fmt.Sprintf("keys-%s-%d", n.name, n.w.r.Uint32()))
	if err := os.Mkdir(dir, 0o700); err != nil {
		n.w.t.Fatal(err)
	}
	next, err := seal.Next(dir, n.keys.N, n.Acts.Now())
	if err != nil {
		n.w.t.Fatal(err)
	}
	d, err := wire.ReadDescriptor(n.desc)
	if err != nil {
		n.w.t.Fatal(err)
	}
	former, before := n.keys, n.desc
	keys := former.Followed(next)
	pin, err := exchange.TLSKey(keys.TLS)
	if err != nil {
		n.w.t.Fatal(err)
	}
	d.SignKey, d.SealKey, d.TLSKey, d.Created = keys.Sign.Public().(ed25519.PublicKey), keys.Seal.PublicKey().Bytes(), pin, n.Acts.Now()
	desc, err := wire.SignDescriptor(d, keys.Sign)
	if err != nil {
		n.w.t.Fatal(err)
	}
	s, err := wire.SignSuccession(wire.Succession{Node: n.name, Descriptor: desc, At: n.Acts.Now()}, former.Sign)
	if err != nil {
		n.w.t.Fatal(err)
	}
	err = n.NodeActs(context.Background(), wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		return []journal.Fact{&exchange.OwnRotation{Former: before, Succession: s}}, nil
	})
	if err != nil {
		n.w.t.Fatal(err)
	}
	n.keys, n.desc = keys, desc
	n.link.Rekey(keys)
}

// errPower is what a command gets whose power goes before its commit.
var errPower = errors.New("simulated: no power")

// Receive and Enter are the house as the link sees it; the power may go when it
// has written and nothing is committed yet.
func (n *simNode) Receive(tx *store.Tx, peer string, m wire.Message) (int64, wire.Code, error) {
	leaf, code, err := n.Acts.Receive(tx, peer, m)
	if n.dark() {
		return 0, "", errPower
	}
	return leaf, code, err
}

// Enter implements exchange.House.
func (n *simNode) Enter(tx *store.Tx, d *journal.Draw, purpose string, facts []journal.Fact) error {
	err := n.Acts.Enter(tx, d, purpose, facts)
	if n.dark() {
		return errPower
	}
	return err
}

// fail has the power go after a few more steps of the house.
func (n *simNode) fail() { n.power, n.steps = true, n.w.r.IntN(4) }

func (n *simNode) dark() bool {
	if !n.power {
		return false
	}
	n.steps--
	return n.steps < 0
}

// peers are the other nodes, in order.
func (w *world) peers(n *simNode) (out []*simNode) {
	for _, p := range w.nodes {
		if p != n {
			out = append(out, p)
		}
	}
	return out
}

func (w *world) node(name string) *simNode {
	for _, n := range w.nodes {
		if n.name == name {
			return n
		}
	}
	return nil
}

func pick[T any](w *world, from []T) T { return from[w.r.IntN(len(from))] }

// chance is true once in n.
func (w *world) chance(n int) bool { return !w.calm && w.r.IntN(n) == 0 }

func (w *world) note(format string, args ...any) {
	w.trace = append(w.trace, fmt.Sprintf("%s%s ", w.now.Format("15:04:05"), "          "[:min(10, 2*w.depth)])+fmt.Sprintf(format, args...))
}
