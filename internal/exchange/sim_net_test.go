package exchange_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"

	"github.com/oasiss/oasiss/internal/exchange"
)

// lateRequest is one that the network has kept, to be delivered when it is no
// longer of its time.
type lateRequest struct {
	from, to, path string
	body           []byte
	shown          *x509.Certificate
}

const (
	successionPath = "/exchange/v1/succession"
	joinPath       = "/exchange/v1/join"
)

func way(a, b string) string { return a + ">" + b }

// ask is the network: a request on its way to a peer, what happens meanwhile,
// and its answer on the way back.
func (w *world) ask(from *simNode, life int, peer, path string, body []byte, shown *x509.Certificate) (int, []byte, error) {
	to := w.node(peer)
	lost := func(why string) (int, []byte, error) {
		w.note("%s asks %s%s: %s", from.name, peer, path, why)
		return 0, nil, exchange.ErrCut
	}
	if w.apart[way(from.name, peer)] || to.link == nil {
		if w.r.IntN(2) == 0 {
			return 0, nil, exchange.ErrUnreachable
		}
		return lost("nobody there")
	}
	if path != successionPath { // one introduction to a peer at a time
		w.meanwhile()
	}
	switch {
	case w.chance(14):
		return lost("lost on the way")
	case w.chance(14):
		w.keep(lateRequest{from.name, peer, path, bytes.Clone(body), shown})
		return lost("kept on the way")
	case w.chance(14):
		w.keep(lateRequest{from.name, peer, path, bytes.Clone(body), shown}) // and again, some time
	case w.chance(14):
		to.answer(path, body, shown)
	case w.chance(14):
		if path == checkpointPath || path == joinPath { // a proof is not signed: TLS alone keeps it whole
			return lost("damaged on the way")
		}
		body = w.damaged(body)
	}
	if w.chance(25) || path == framePath && w.chance(8) {
		to.fail()
	}
	status, answer := to.answer(path, body, shown)
	if to.link == nil && (status == 0 || w.r.IntN(2) == 0) { // or its answer had left already
		return lost("it went down")
	}
	if path != successionPath {
		w.meanwhile()
	}
	switch {
	case w.chance(25) && to.link != nil:
		w.note("%s goes down after it answered", peer)
		to.crash()
		return lost("the answer went with it")
	case w.chance(12):
		return lost("the answer is lost")
	case w.chance(14):
		if path == joinPath { // as above: a proof that is not signed
			return lost("the answer is damaged")
		}
		answer = w.damaged(answer)
		w.note("the answer is damaged: %x", sha256.Sum256(answer)) // tells a replay by what is in it, too
	}
	if from.life != life {
		return lost("who asked is gone")
	}
	w.note("%s asks %s%s: %d", from.name, peer, path, status)
	return status, answer, nil
}

// keep holds a request back. What is in a frame that may still arrive nobody
// knows, when it is written off meanwhile.
func (w *world) keep(l lateRequest) {
	w.late = append(w.late, l)
	if l.path == framePath {
		w.kept[way(l.from, l.to)+laneOf(l.body)] = true
	}
}

// answer serves a request. A node whose power goes in the middle is down.
func (n *simNode) answer(path string, body []byte, shown *x509.Certificate) (int, []byte) {
	if n.link == nil {
		return 0, nil
	}
	status, answer := n.link.Answer(path, body, shown)
	if n.power {
		n.w.note("%s loses its power at %s", n.name, path)
		n.crash()
	}
	return status, answer
}

// damaged flips a bit or cuts off the end.
func (w *world) damaged(b []byte) []byte {
	if len(b) == 0 {
		return []byte{byte(w.r.Uint32())}
	}
	b = bytes.Clone(b)
	if w.r.IntN(4) == 0 {
		return b[:w.r.IntN(len(b))]
	}
	b[w.r.IntN(len(b))] ^= 1 << w.r.IntN(8)
	return b
}

// meanwhile is what happens while a request is on its way.
func (w *world) meanwhile() {
	if w.calm || w.depth > 1 || w.r.IntN(3) != 0 {
		return
	}
	w.depth++
	for range 1 + w.r.IntN(2) {
		w.event()
	}
	w.depth--
}

// deliverLate hands over a request that was kept; nobody hears the answer.
func (w *world) deliverLate() {
	if len(w.late) == 0 {
		return
	}
	i := w.r.IntN(len(w.late))
	l := w.late[i]
	w.late = append(w.late[:i], w.late[i+1:]...)
	if to := w.node(l.to); to.link != nil {
		status, _ := to.answer(l.path, l.body, l.shown)
		w.note("late: %s asks %s%s: %d", l.from, l.to, l.path, status)
	}
}
