package exchange_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// simSteps is how many events a run has before everything heals.
const simSteps = 160

// event is the next thing that happens anywhere.
func (w *world) event() {
	n := pick(w, w.nodes)
	switch d := w.r.IntN(100); {
	case d < 25:
		w.act()
	case d < 60:
		w.attempt(n, pick(w, w.peers(n)), pick(w, wire.Lanes))
	case d < 68:
		w.sweep(n)
	case d < 73:
		w.show(n)
	case d < 74:
		w.mend(n)
	case d < 78:
		if n.link == nil {
			w.note("%s starts", n.name)
			n.boot()
		}
	case d < 80:
		if n.link != nil {
			w.note("%s crashes", n.name)
			n.crash()
		}
	case d < 82:
		if n.link != nil && w.depth == 0 {
			w.note("%s restarts", n.name)
			n.restart()
		}
	case d < 85:
		p := pick(w, w.peers(n))
		w.apart[way(n.name, p.name)] = !w.apart[way(n.name, p.name)]
		w.note("%s to %s cut: %v", n.name, p.name, w.apart[way(n.name, p.name)])
	case d < 87:
		n.skew = time.Duration(w.r.IntN(7200)-3600) * time.Second
		w.note("clock of %s jumps: %v", n.name, n.skew)
	case d < 88:
		w.forget()
	case d < 89:
		if n.link != nil {
			w.note("%s has new keys", n.name)
			n.rotate()
		}
	case d < 93:
		w.deliverLate()
	default:
		w.now = w.now.Add(time.Duration(w.r.IntN(90)) * time.Second)
	}
}

// attempt is one turn of a lane's sender.
func (w *world) attempt(n, peer *simNode, lane string) (more bool) {
	if n.link == nil {
		return false
	}
	if w.chance(30) {
		n.fail()
	}
	life := n.life
	more, busy, err := n.link.Attempt(peer.name, lane)
	if !busy {
		w.note("%s sends to %s in lane %s: more %v, %v", n.name, peer.name, lane, more, err)
	}
	w.blackout(n, life)
	return more
}

// blackout ends a node whose power went in the middle of a step.
func (w *world) blackout(n *simNode, life int) {
	if n.power && n.life == life {
		w.note("%s loses its power", n.name)
		n.crash()
	}
}

func (w *world) sweep(n *simNode) {
	if n.link == nil {
		return
	}
	life := n.life
	for _, p := range w.peers(n) {
		for _, lane := range wire.Lanes {
			if err := n.link.Sweep(p.name, lane); err != nil && !n.power {
				w.t.Fatalf("%s cannot sweep: %v", n.name, err)
			}
		}
	}
	w.blackout(n, life)
}

func (w *world) show(n *simNode) {
	if n.link == nil {
		return
	}
	life := n.life
	if err := n.link.Show(); err != nil && n.life == life && !n.power {
		w.t.Fatalf("%s cannot show its journal: %v", n.name, err)
	}
	w.blackout(n, life)
}

func (w *world) mend(n *simNode) {
	if n.link == nil {
		return
	}
	life := n.life
	if err := n.link.Mend(); err != nil && n.life == life && !n.power {
		w.t.Fatalf("%s cannot look through its store: %v", n.name, err)
	}
	w.blackout(n, life)
}

// heal ends all faults and gives the nodes the time that they need.
func (w *world) heal() error {
	w.calm, w.apart = true, map[string]bool{}
	w.note("everything heals")
	for _, n := range w.nodes {
		n.skew, n.power = 0, false
		if n.link == nil {
			n.boot()
		}
	}
	for len(w.late) > 0 {
		w.deliverLate()
	}
	for range 40 {
		if w.quiet() {
			return nil
		}
		for _, n := range w.nodes {
			w.sweep(n)
			for _, p := range w.peers(n) {
				for _, lane := range wire.Lanes {
					for i := 0; i < 20 && w.attempt(n, p, lane); i++ {
					}
				}
			}
		}
		for _, n := range w.nodes {
			w.show(n)
		}
		w.now = w.now.Add(time.Minute)
	}
	return fmt.Errorf("forty rounds after everything healed it is not quiet")
}

// quiet: nothing waits and everything is cosigned.
func (w *world) quiet() bool {
	for _, n := range w.nodes {
		var waits int64
		if n.ask1(&waits, `SELECT COALESCE(SUM(next - done - 1), 0) FROM lane_head WHERE way = 'out'`) != nil || waits > 0 {
			return false
		}
		for _, p := range w.peers(n) {
			if w.agree(n, p) != nil {
				return false
			}
		}
	}
	return true
}

// simulate is one run: faults all the time and safety always, then liveness.
func simulate(t *testing.T, seed uint64, templates simTemplates) (w *world) {
	cryptotest.SetGlobalRandom(t, seed)
	w = newWorld(t, seed, templates)
	ended := false
	defer func() {
		if !ended || t.Failed() {
			t.Logf("seed %d; replay it with: OASISS_SEED=%d go test ./internal/exchange -run 'TestSimulator$' -v\n%s", seed, seed, strings.Join(w.trace, "\n"))
		}
	}()
	for step := range simSteps {
		w.event()
		if step%8 == 0 {
			if err := errors.Join(w.safe(), w.rogue()); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
		}
	}
	if err := w.heal(); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if err := w.safe(); err != nil {
		t.Fatalf("seed %d, healed: %v", seed, err)
	}
	if err := w.settledAll(); err != nil {
		t.Fatalf("seed %d, healed: %v", seed, err)
	}
	if seed%16 == 0 {
		for _, n := range w.nodes {
			n.ReplayEqual()
		}
	}
	ended = true
	return w
}

// digest tells two runs apart, by every event and by every byte of what each
// node recorded and signed.
func (w *world) digest() string {
	h := sha256.New()
	for _, l := range w.trace {
		fmt.Fprintln(h, l)
	}
	for _, n := range w.nodes {
		for _, q := range []string{`SELECT bytes FROM body ORDER BY seq`, `SELECT note FROM checkpoint ORDER BY size`} {
			err := n.DB.Read(w.t.Context(), func(tx *store.Tx) error {
				return store.Each(tx, func(rows *sql.Rows) error {
					var b []byte
					err := rows.Scan(&b)
					fmt.Fprintf(h, "%s %d %s\n", n.name, len(b), b)
					return err
				}, q)
			})
			if err != nil {
				w.t.Fatal(err)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// simSeeds are the seeds of this run: a few dozen in the suite; under make soak
// as many as the time allows, at most 10,000, divided among processes by
// OASISS_SHARD ("1/2"); one alone with OASISS_SEED.
type simSeeds struct {
	first, step, end uint64
	until            time.Time
}

func seedsOfRun(t *testing.T) simSeeds {
	t.Helper()
	s := simSeeds{step: 1, end: 24}
	read := func(name string, to *uint64) bool {
		v := os.Getenv(name)
		if v == "" {
			return false
		}
		if _, err := fmt.Sscan(v, to); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return true
	}
	var seconds uint64
	if read("OASISS_SEED", &s.first) {
		s.end = s.first + 1
		return s
	}
	if read("OASISS_SOAK", &seconds) {
		s.end, s.until = 10000, time.Now().Add(time.Duration(seconds)*time.Second)
	}
	if v := os.Getenv("OASISS_SHARD"); v != "" {
		if _, err := fmt.Sscanf(v, "%d/%d", &s.first, &s.step); err != nil || s.step == 0 {
			t.Fatalf("OASISS_SHARD %q: %v", v, err)
		}
	}
	return s
}

// TestSimulator runs two and three nodes through seeds (R34, R37).
func TestSimulator(t *testing.T) {
	if testing.Short() {
		t.Skip("the suite runs it without the race detector")
	}
	s := seedsOfRun(t)
	two, three := makeTemplates(t, 2), makeTemplates(t, 3)
	began, ran := time.Now(), 0
	for seed := s.first; seed < s.end && (s.until.IsZero() || time.Now().Before(s.until)); seed += s.step {
		templates := two
		if seed%3 == 2 {
			templates = three
		}
		ok := t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := simulate(t, seed, templates)
			if s.end == s.first+1 {
				t.Log("\n" + strings.Join(w.trace, "\n"))
			}
		})
		if ran++; !ok {
			break
		}
	}
	t.Logf("%d seeds in %v, %.1f a second", ran, time.Since(began).Round(time.Second), float64(ran)/time.Since(began).Seconds())
}

// A seed is a run: the same one, here and in another process, does the same
// things in the same order and records the same bytes.
func TestSeedReplays(t *testing.T) {
	if testing.Short() {
		t.Skip("the suite runs it without the race detector")
	}
	const says = "digest of the run: "
	here := simulate(t, 5, makeTemplates(t, 3)).digest()
	if os.Getenv("OASISS_SEED_AGAIN") != "" {
		fmt.Println(says + here)
		return
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestSeedReplays$") // #nosec G204 -- this very program
	again.Env = append(os.Environ(), "OASISS_SEED_AGAIN=1")
	out, err := again.CombinedOutput()
	if err != nil {
		t.Fatalf("another process: %v\n%s", err, out)
	}
	if _, there, _ := strings.Cut(string(out), says); !strings.HasPrefix(there, here) {
		t.Errorf("here the run gave %s, in another process %s", here, there)
	}
}
