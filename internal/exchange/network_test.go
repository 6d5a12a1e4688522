package exchange_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
)

// faulty is a network drawn from a seed, of whole requests: they are lost on
// the way there or back, doubled one after another or at once, altered, or
// held and delivered long after their time.
type faulty struct {
	mu     sync.Mutex
	r      *rand.Rand
	held   []*http.Request
	calm   bool
	spoilt map[string]int
}

func newFaulty(seed, stream uint64) *faulty {
	return &faulty{r: rand.New(rand.NewPCG(seed, stream)), spoilt: map[string]int{}}
}

func (f *faulty) draw() (fault int, at uint64, late *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calm {
		return -1, 0, nil
	}
	if len(f.held) > 0 && f.r.IntN(3) == 0 {
		i := f.r.IntN(len(f.held)) // in any order
		late = f.held[i]
		f.held = slices.Delete(f.held, i, i+1)
		f.spoilt["late"]++
	}
	fault = f.r.IntN(12)
	if what := faultsOfRequests[fault]; what != "" {
		f.spoilt[what]++
	}
	return fault, f.r.Uint64(), late
}

// faultsOfRequests names what draw gives.
var faultsOfRequests = map[int]string{0: "lost", 1: "answer lost", 2: "answer lost", 3: "doubled", 4: "altered", 5: "held", 6: "doubled at once"}

// repeatable is a request with its body in hand. One that nobody waits for is
// given up before long: a peer that came for a request would stay.
func repeatable(r *http.Request, body []byte) *http.Request {
	again := r.Clone(context.WithoutCancel(r.Context()))
	again.Body = io.NopCloser(bytes.NewReader(body))
	return again
}

func unheard(next http.Handler, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 100*time.Millisecond)
	defer cancel()
	next.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
}

func (f *faulty) pass(next http.Handler, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	fault, at, late := f.draw()
	if late != nil {
		unheard(next, late)
	}
	switch fault {
	case 0:
		panic(http.ErrAbortHandler)
	case 1, 2:
		unheard(next, repeatable(r, body))
		panic(http.ErrAbortHandler)
	case 3:
		unheard(next, repeatable(r, body))
	case 4: // a peer's checkpoint that was altered past TLS is rightly an alarm
		if len(body) > 0 && r.URL.Path == framePath {
			body[at%uint64(len(body))] ^= 1 << (at >> 60 & 7)
		}
	case 5:
		f.mu.Lock()
		f.held = append(f.held, repeatable(r, body))
		f.mu.Unlock()
		panic(http.ErrAbortHandler)
	case 6:
		var both sync.WaitGroup
		defer both.Wait()
		both.Go(func() { unheard(next, repeatable(r, body)) })
	}
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	next.ServeHTTP(w, again)
}

func (f *faulty) quiet() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calm = true
}

// TestNothingLostNothingTwice runs both directions over bad lines and a bad
// network with restarts of either node, from seeds that draw the faults; a soak
// takes more of them.
func TestNothingLostNothingTwice(t *testing.T) {
	t.Parallel()
	seeds := 2
	if testing.Short() {
		seeds = 1
	}
	if soaking() {
		seconds, err := strconv.Atoi(os.Getenv("OASISS_SOAK"))
		if err != nil {
			t.Fatal(err)
		}
		seeds += seconds / 15
	}
	for way, makes := range map[string]making{"both dial": pair, "one dials": oneDials} {
		for seed := range seeds {
			t.Run(fmt.Sprint(way, ", requests, seed ", seed), func(t *testing.T) { t.Parallel(); overABadNetwork(t, uint64(seed), false, makes) })
			t.Run(fmt.Sprint(way, ", lines too, seed ", seed), func(t *testing.T) { t.Parallel(); overABadNetwork(t, uint64(seed), true, makes) })
		}
	}
}

func overABadNetwork(t *testing.T, seed uint64, lines bool, makes making) {
	us, mx := makes(t, func(n *node) {
		if lines {
			n.relay = newRelay(t, n.addr, seed)
		}
	})
	r := rand.New(rand.NewPCG(seed, 7))
	nets := []*faulty{newFaulty(seed, 1), newFaulty(seed, 2)}
	mx.everywhere(nets[0].pass)
	us.everywhere(nets[1].pass)
	us.start()
	mx.start()
	var toMX, toUS []string
	for i := range 40 {
		switch n := r.IntN(20); {
		case n == 0:
			us.restart()
		case n == 1:
			mx.restart()
		case n < 12:
			toMX = append(toMX, fmt.Sprint("north ", i))
			us.says(mx, toMX[len(toMX)-1])
		default:
			toUS = append(toUS, fmt.Sprint("south ", i))
			mx.says(us, toUS[len(toUS)-1])
		}
		time.Sleep(time.Duration(r.IntN(10)) * time.Millisecond)
	}
	spoilt := map[string]int{}
	for i, n := range []*node{mx, us} {
		nets[i].quiet()
		maps.Copy(spoilt, nets[i].spoilt)
		if n.relay != nil {
			n.relay.quiet()
			maps.Copy(spoilt, n.relay.spoilt)
		}
	}
	if len(spoilt) < 3 {
		t.Errorf("it was no bad network: %v", spoilt)
	}
	calm(t, us, mx, toMX, toUS)
}

// calm waits until the network has recovered and holds both nodes against what
// was said.
func calm(t *testing.T, us, mx *node, toMX, toUS []string) {
	t.Helper()
	eventually(t, "both queues empty", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	for _, c := range []struct {
		at, other *node
		from      string
		want      []string
	}{{mx, us, "north", toMX}, {us, mx, "south", toUS}} {
		got := slices.DeleteFunc(c.at.texts(), func(s string) bool { return !strings.HasPrefix(s, c.from) })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s received %v, want %v", c.at.name, got, c.want)
		}
		for _, code := range []string{exchange.AlarmRootMismatch, exchange.AlarmBehind, exchange.AlarmAhead, exchange.AlarmOtherDigest,
			exchange.AlarmSplitView, exchange.AlarmRolledBack} {
			if n := c.at.count(`SELECT COUNT(*) FROM link_alarm WHERE code = $1`, code); n != 0 {
				t.Errorf("%s: alarm %s", c.at.name, code)
			}
		}
		eventually(t, c.at.name+" is cosigned to its last fact", func() bool {
			return c.at.state(c.other).Cosigned.Size == int64(c.at.count(`SELECT COUNT(*) FROM fact`))
		})
		c.at.sound()
		c.at.ReplayEqual()
	}
}

// A line that died without a word, as behind a router that lost its table: the
// connections stand open and carry nothing. An alert does not wait until its
// request has run out; whoever cannot be dialled comes anew, and is not kept
// waiting for what was given to the dead connection.
func TestLineDiesWithoutAWord(t *testing.T) {
	t.Parallel()
	for way, makes := range map[string]making{"both dial": pair, "one dials": oneDials} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			us, mx := makes(t, func(n *node) {
				n.relay = newRelay(t, n.addr, 0)
				n.relay.quiet()
			})
			us.start()
			mx.start()
			us.says(mx, "north 1")
			mx.says(us, "south 1")
			eventually(t, "both arrive", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
			us.relay.die()
			mx.relay.die()
			us.says(mx, "north 2")
			mx.says(us, "south 2")
			calm(t, us, mx, []string{"north 1", "north 2"}, []string{"south 1", "south 2"})
		})
	}
}
