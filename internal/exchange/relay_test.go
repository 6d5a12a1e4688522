package exchange_test

import (
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// relay passes the connections to a node on, and spoils them as a bad line
// does, drawn from a seed: bytes come late, in drops, changed, or not at all,
// and connections break in the middle of anything. What is said is hidden from
// it by TLS; a request doubled or out of order is faulty's part.
type relay struct {
	addr, to string
	mu       sync.Mutex
	r        *rand.Rand
	calm     bool
	lives    int // how often all connections that were open have died without a word
	open     map[net.Conn]bool
	spoilt   map[string]int // what it did, for the test to see that it did
}

func newRelay(t testing.TB, to string, seed uint64) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{addr: l.Addr().String(), to: to, r: rand.New(rand.NewPCG(seed, 3)), open: map[net.Conn]bool{}, spoilt: map[string]int{}}
	var hands sync.WaitGroup
	hands.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			hands.Go(func() { r.pass(in) })
		}
	})
	t.Cleanup(func() {
		l.Close() //nolint:errcheck // the test is over
		r.quiet()
		r.cut()
		hands.Wait()
	})
	return r
}

func (r *relay) pass(in net.Conn) {
	out, err := net.Dial("tcp", r.to)
	if err != nil {
		in.Close() //nolint:errcheck // nobody listens
		return
	}
	r.mu.Lock()
	r.open[in], r.open[out] = true, true
	life := r.lives
	r.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		both.Go(func() {
			r.copy(way[0], way[1], life)
			in.Close()  //nolint:errcheck // one end is gone
			out.Close() //nolint:errcheck // as above
		})
	}
	both.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, in)
	delete(r.open, out)
}

// copy passes bytes one way until either end is gone or the line breaks.
func (r *relay) copy(from, to net.Conn, life int) {
	b := make([]byte, 1400)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		fault, at := r.draw(life)
		switch fault {
		case lineDead:
			continue
		case 0: // some of it arrives
			to.Write(b[:at%uint64(n)]) //nolint:errcheck // the line breaks
			return
		case 1:
			b[at%uint64(n)] ^= 1 << (at >> 60 & 7)
		case 2, 3, 4:
			time.Sleep(time.Duration(at%40) * time.Millisecond)
		case 5: // silence, and then the end
			time.Sleep(time.Duration(at%400) * time.Millisecond)
			return
		case 6: // in drops
			for i := range b[:n] {
				if _, err := to.Write(b[i : i+1]); err != nil {
					return
				}
			}
			continue
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// faultsOfALine names what draw gives.
var faultsOfALine = map[int]string{0: "cut", 1: "corrupted", 2: "delayed", 3: "delayed", 4: "delayed", 5: "silent", 6: "in drops"}

// draw spoils one piece in eight.
func (r *relay) draw(life int) (fault int, at uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case life < r.lives:
		return lineDead, 0
	case r.calm:
		return -1, 0
	}
	fault = r.r.IntN(56)
	if what := faultsOfALine[fault]; what != "" {
		r.spoilt[what]++
	}
	return fault, r.r.Uint64()
}

// lineDead is the fault of a line that carries nothing and does not say so.
const lineDead = 1000

// die has the connections that are open carry nothing more, and stay open.
func (r *relay) die() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lives++
}

// quiet ends the faults.
func (r *relay) quiet() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calm = true
}

// cut breaks every connection.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.open {
		c.Close() //nolint:errcheck // a cut is a cut
	}
}
