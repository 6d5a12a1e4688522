package acttest

import (
	"crypto/hpke"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Pair is two nodes whose messages the test hands over: one after another, altered,
// late, or never.
type Pair struct {
	US, MX *Node

	t      testing.TB
	handed map[*Node]int // of each one's outbox
}

// NewPair makes the nodes of two countries.
func NewPair(t testing.TB, open func(node string) *Node) *Pair {
	t.Helper()
	return &Pair{US: open("us"), MX: open("mx"), t: t, handed: map[*Node]int{}}
}

// Other is the node across from one.
func (p *Pair) Other(n *Node) *Node {
	if n == p.US {
		return p.MX
	}
	return p.US
}

// Pass lets time go by on both nodes.
func (p *Pair) Pass(d time.Duration) {
	p.US.Clock, p.MX.Clock = p.US.Clock.Add(d), p.MX.Clock.Add(d)
}

// Next takes the next message out of a node's outbox; false when there is none.
func (p *Pair) Next(n *Node) (s Sent, waits bool) {
	if p.Waiting(n) == 0 {
		return s, false
	}
	p.handed[n]++
	return n.Out[p.handed[n]-1], true
}

// Waiting is how many messages of a node were not taken out of its outbox.
func (p *Pair) Waiting(n *Node) int { return len(n.Out) - p.handed[n] }

// Lose has nothing of what waits in a node's outbox ever arrive.
func (p *Pair) Lose(n *Node) { p.handed[n] = len(n.Out) }

// Arrive gives a message of a node to the other, which must take it.
func (p *Pair) Arrive(from *Node, m wire.Message) {
	p.t.Helper()
	if _, code := p.Other(from).Deliver(from.Node, m); code != "" {
		p.t.Fatalf("%s refuses %s of %s: %s", p.Other(from).Node, m.Act.Kind, from.Node, code)
	}
}

// Hand hands over the next message of a node; false when there is none.
func (p *Pair) Hand(from *Node) bool {
	p.t.Helper()
	s, waits := p.Next(from)
	if waits {
		p.Arrive(from, s.Message)
	}
	return waits
}

// Settle hands over everything until both are quiet.
func (p *Pair) Settle() {
	p.t.Helper()
	for p.Hand(p.US) || p.Hand(p.MX) {
	}
}

// Link is what a node's rooms know of the link: to whom keys are sealed, and with
// what those are opened that are sealed to it. Every node's test key is known.
type Link struct{ Own string }

// SealTo gives the seal key of a peer.
func (Link) SealTo(_ *store.Tx, node string) (hpke.PublicKey, error) {
	k, err := sealKey(node)
	if err != nil {
		return nil, err
	}
	return k.PublicKey(), nil
}

// OwnSeal gives the node's private seal key, if that is its id.
func (l Link) OwnSeal(id string) (hpke.PrivateKey, bool) {
	k, err := sealKey(l.Own)
	return k, err == nil && wire.SealKeyID(k.PublicKey()) == id
}

// sealKeys are the nodes' own, each drawn once in a run.
var sealKeys struct {
	sync.Mutex
	of map[string]hpke.PrivateKey
}

func sealKey(node string) (hpke.PrivateKey, error) {
	sealKeys.Lock()
	defer sealKeys.Unlock()
	if k, drawn := sealKeys.of[node]; drawn {
		return k, nil
	}
	k, err := wire.NewSealKey()
	if err != nil {
		return nil, err
	}
	if sealKeys.of == nil {
		sealKeys.of = map[string]hpke.PrivateKey{}
	}
	sealKeys.of[node] = k
	return k, nil
}
