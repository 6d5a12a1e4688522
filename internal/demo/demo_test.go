package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"go.uber.org/goleak"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "oasiss-demo-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "oasiss")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/oasiss").CombinedOutput(); err != nil {
		panic(string(out))
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		os.Exit(code)
	}))
}

// faults breaks things while messages are under way: each node killed as by a
// power cut, the link cut, both more than once.
type faults struct {
	t     *testing.T
	world *World
	links map[string]*relay
	kills int
	// of the kills and of the cuts, those while somebody was between two signatures
	killedBetween, cutBetween int
}

// between counts those whom one node gave and the other has not yet received.
func (w *World) between() (n int) {
	for _, x := range w.files {
		if received := map[string]int{"handed over": 1, "lost between two signatures": 1, "handed over, urgent case": 1, "witness returns": 1}[x.plot.name]; received > 0 && x.scene == len(x.plot.scenes)-received {
			n++
		}
	}
	return n
}

func (f *faults) during(_ context.Context, w *World, round int) error {
	f.world = w
	victim := nodeNames[round%2]
	switch round % 4 { // somebody is given over in the tenth round: a cut while between, and kills
	case 3, 0:
		f.kills++
		f.killedBetween += w.between()
		p := w.nodes[victim]
		if p.twin != nil {
			return f.killOne(w, p)
		}
		if err := p.Kill(); err != nil {
			return err
		}
		return p.Restart(w.ahead)
	case 1:
		f.cutBetween += w.between()
		f.links[victim].cut(300 * time.Millisecond)
	}
	return nil
}

// killOne kills the two processes of a node in turn, so that the other has to
// take up what the first was sending, and comes back to find it done.
func (f *faults) killOne(w *World, p *Process) error {
	victim := p
	if f.kills%2 == 0 {
		victim = p.twin
	}
	if err := victim.Kill(); err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	return p.Restart(w.ahead)
}

func (f *faults) via(node string, links ...string) string {
	f.links[node] = newRelay(f.t, links...)
	return f.links[node].addr
}

// servers gives each node a database of an engine.
func servers(t *testing.T, engine store.Dialect) func(node string) string {
	if engine != store.Postgres {
		return nil
	}
	of := map[string]string{}
	for _, n := range nodeNames {
		of[n] = storetest.Postgres(t)
	}
	return func(node string) string { return of[node] }
}

// twins are the nodes that run as two processes: on a server's database one
// does.
func twins(engine store.Dialect) []string {
	if engine != store.Postgres {
		return nil
	}
	return []string{"us"}
}

// TestNothingIsLostOrDoubled drives every plot once over two processes that
// are killed and cut off while they send and receive, and has the checker
// count from both stores; on either engine, both at a time, for they mostly wait.
func TestNothingIsLostOrDoubled(t *testing.T) {
	for _, engine := range []store.Dialect{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			nothingIsLostOrDoubled(t, engine)
		})
	}
}

func nothingIsLostOrDoubled(t *testing.T, engine store.Dialect) {
	f := &faults{t: t, links: map[string]*relay{}}
	var out bytes.Buffer
	err := Run(t.Context(), Options{Dir: t.TempDir(), Once: true, Cases: len(plots), Seed: 7, Lang: "en", Out: &out, Binary: binary,
		During: f.during, Via: f.via, Server: servers(t, engine), Twins: twins(engine)})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	var r Result
	lines := json.NewDecoder(&out)
	lines.DisallowUnknownFields()
	if err := lines.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if lines.More() {
		t.Error("more than one JSON object was printed")
	}
	if f.kills < 3 {
		t.Errorf("only %d kills", f.kills)
	}
	if f.killedBetween == 0 || f.cutBetween == 0 {
		t.Errorf("somebody between two signatures: %d times killed, %d times cut", f.killedBetween, f.cutBetween)
	}
	n, noCase := r.Referrals, 0
	for _, p := range plots {
		if p.noCase {
			noCase++
		}
	}
	if r.Cases != int64(len(plots)-noCase) || n.Sent == 0 || n.Opened == 0 || n.Answered == 0 || n.OutcomesReturned == 0 || n.Expired+n.Refused == 0 {
		t.Errorf("too little happened: %+v", r)
	}
	if r.Refused.Purpose == 0 || r.Refused.Forged < 2 || r.Refused.Unscreened == 0 {
		t.Errorf("what must be refused was not tried or not refused: %+v", r.Refused)
	}
	if p := r.Protection; p.GatesBlocked == 0 || p.Consents == 0 || p.WithdrawalsAcknowledged == 0 || p.Reveals == 0 || p.HandOvers.Completed == 0 {
		t.Errorf("too little was protected: %+v", p)
	}
	if r.Refused.Return == 0 || r.Refused.Leak == 0 {
		t.Errorf("no return and no leak was refused: %+v", r.Refused)
	}
	if r.Latency.P50 <= 0 || r.Latency.P99 < r.Latency.P50 {
		t.Errorf("latency %+v", r.Latency)
	}
	checkerFails(t, f.world)
}

// What people run cannot be told to kill itself.
func TestProgramHasNoFailpoints(t *testing.T) {
	b, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte(failpoint.Variable)) || bytes.Contains(b, []byte(failpoint.SendFrameBuilt)) {
		t.Error("failpoints are in the program")
	}
}

// relay passes a node's link on until it is cut.
type relay struct {
	addr  string
	mu    sync.Mutex
	until time.Time
	open  map[net.Conn]bool
}

func newRelay(t *testing.T, to ...string) *relay {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{addr: l.Addr().String(), open: map[net.Conn]bool{}}
	var hands sync.WaitGroup
	t.Cleanup(func() { l.Close(); r.cut(0); hands.Wait() }) //nolint:errcheck // the test is over
	hands.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			hands.Go(func() { r.pass(in, to) })
		}
	})
	return r
}

// pass copies both ways until one side ends or the relay is cut.
func (r *relay) pass(in net.Conn, to []string) {
	defer in.Close() //nolint:errcheck // a cut is a cut
	var out net.Conn
	err := errors.New("nobody listens")
	for _, addr := range to {
		if out, err = net.Dial("tcp", addr); err == nil {
			break
		}
	}
	if err != nil || !r.keep(in, out) {
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		both.Go(func() {
			io.Copy(way[1], way[0]) //nolint:errcheck // as above
			in.Close()              //nolint:errcheck // as above
			out.Close()             //nolint:errcheck // as above
		})
	}
	both.Wait()
}

func (r *relay) keep(conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.until) {
		return false
	}
	for _, c := range conns {
		r.open[c] = true
	}
	return true
}

// cut breaks every connection and refuses new ones for a while.
func (r *relay) cut(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = time.Now().Add(d)
	for c := range r.open {
		c.Close() //nolint:errcheck // as above
	}
	clear(r.open)
}
