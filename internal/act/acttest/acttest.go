// Package acttest gives tests of features a node's act over a real database:
// real rules, real policies, real signatures, a clock that the test sets, and
// messages handed from node to node without a network.
package acttest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// Node is one node under test.
type Node struct {
	*act.Acts
	Clock time.Time // what Now answers; the test moves it
	Out   []Sent    // released messages, in order

	t     testing.TB
	sign  ed25519.PrivateKey
	keyed sync.Mutex
	keys  map[string]*authenticator.Key // of each official who signs
}

// Sent is one released message.
type Sent struct {
	Peer, Lane string
	Message    wire.Message
}

// Start is where tests' clocks stand: a Tuesday, within the accusatory range.
var Start = time.Date(2026, 6, 9, 19, 5, 0, 0, time.UTC)

// New makes a node with these kinds of facts and commands.
func New(t testing.TB, node string, facts []func(*journal.Kinds), verbs ...func(act.Verbs)) *Node {
	t.Helper()
	return NewOn(t, storetest.Open(t), node, facts, verbs...)
}

// NewOn is New on a database that is there already, as when a node starts again.
func NewOn(t testing.TB, db *store.DB, node string, facts []func(*journal.Kinds), verbs ...func(act.Verbs)) *Node {
	t.Helper()
	ring, err := seal.NewKeyring(sha256.Sum256([]byte("wrapping " + node)))
	if err != nil {
		t.Fatal(err)
	}
	policies, err := access.LoadPolicies()
	if err != nil {
		t.Fatal(err)
	}
	kinds := journal.NewKinds()
	access.Facts(kinds)
	officeFacts(kinds)
	for _, f := range facts {
		f(kinds)
	}
	known := act.Verbs{}
	for _, v := range verbs {
		v(known)
	}
	n := &Node{Clock: Start, t: t, sign: signKey(node), keys: map[string]*authenticator.Key{}}
	n.Acts = &act.Acts{Node: node, DB: db, Kinds: kinds, Ring: ring, Policies: policies, Hub: act.NewHub(),
		Verbs: known, Now: func() time.Time { return n.Clock }, Outbox: n.outbox, Signs: n}
	return n
}

func signKey(node string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("sign " + node))
	return ed25519.NewKeyFromSeed(seed[:])
}

// outbox collects released messages once they are durable.
func (n *Node) outbox(tx *store.Tx, peer, lane, _ string, seq int64, _ time.Time) error {
	_, m, err := journal.LoadSeq(tx, seq)
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { n.Out = append(n.Out, Sent{peer, lane, m}) })
	return nil
}

// party is where a node's pages would be.
func party(node string) string { return node + ".example" }

// key is the passkey of an official, registered as soon as it is looked for.
func (n *Node) key(user string) *authenticator.Key {
	n.keyed.Lock()
	defer n.keyed.Unlock()
	if n.keys[user] == nil {
		n.keys[user] = authenticator.New(party(n.Node))
	}
	return n.keys[user]
}

// Ask implements act.Signatures.
func (n *Node) Ask(digest [32]byte) access.Asked {
	return access.Asked{Challenge: base64.RawURLEncoding.EncodeToString(digest[:]), RelyingParty: party(n.Node), Origin: "https://" + party(n.Node)}
}

// Answer is what an official's authenticator answers to an act that was shown.
func (n *Node) Answer(by access.Actor, p act.Prepared) access.Assertion {
	n.t.Helper()
	a, err := n.key(by.User).Assert(p.Asked.RelyingParty, p.Asked.Origin, p.Asked.Challenge)
	if err != nil {
		n.t.Fatal(err)
	}
	return a
}

// Prove implements act.Signatures.
func (n *Node) Prove(_ context.Context, by access.Actor, digest [32]byte, answer access.Assertion) (wire.Proof, error) {
	k, asked := n.key(by.User), n.Ask(digest)
	e, err := wire.SignEnrolment(wire.Enrolment{Node: n.Node, Account: by.User, Credential: k.Credential, Alg: wire.AlgES256, Public: k.Public(),
		RelyingParty: asked.RelyingParty, Origins: []string{asked.Origin}, Held: wire.HeldSoftware, Fact: "fact", Since: n.Clock, At: n.Clock}, n.sign)
	if err != nil {
		return wire.Proof{}, err
	}
	p := wire.Proof{Method: wire.MethodPasskey, Signer: by.User, Key: answer.Credential, Statement: answer.ClientData, AuthData: answer.AuthData, Sig: answer.Sig, Enrolment: e}
	if _, err := wire.VerifyProof(p, digest, n.Keys(nil, n.Node)); err != nil {
		return wire.Proof{}, refusal.New("access.passkey_refused")
	}
	return p, nil
}

// Keys implements act.Signatures: every node's test key is known.
func (n *Node) Keys(_ *store.Tx, peer string) wire.ProofKeys {
	d := wire.Descriptor{Node: peer, SignKey: signKey(peer).Public().(ed25519.PublicKey)}
	return d.ProofKeys()
}

// Person is an actor at an office of this node.
func (n *Node) Person(id, office string, roles ...string) access.Actor {
	return access.Actor{User: id, Name: "Official " + id, Office: office, Node: n.Node, Country: n.Node, Lang: "en", Roles: roles}
}

// Take takes an act as a person would, signing it where it must be signed,
// and gives its result or refusal.
func (n *Node) Take(by access.Actor, purpose string, cmd act.Command) (act.Result, error) {
	ctx := context.Background()
	signed, ok := cmd.(act.Signed)
	if !ok {
		return n.Do(ctx, by, "", purpose, cmd)
	}
	p, err := n.Prepare(ctx, by, "", purpose, signed)
	if err != nil {
		return act.Result{}, err
	}
	return n.Sign(ctx, by, p.ID, n.Answer(by, p))
}

// Must is Take for an act that the test expects to be taken.
func (n *Node) Must(by access.Actor, purpose string, cmd act.Command) act.Result {
	n.t.Helper()
	r, err := n.Take(by, purpose, cmd)
	if err != nil {
		n.t.Fatalf("%s: %v", cmd.Verb(), err)
	}
	return r
}

// Deliver hands one message from a peer to this node, as the link would.
func (n *Node) Deliver(peer string, m wire.Message) (leaf int64, code wire.Code) {
	n.t.Helper()
	err := n.DB.Write(context.Background(), func(tx *store.Tx) (err error) {
		leaf, code, err = n.Receive(tx, peer, m)
		return err
	})
	if err != nil {
		n.t.Fatalf("%s receives %s: %v", n.Node, m.Act.Kind, err)
	}
	return leaf, code
}

// Read runs f on a snapshot of the node.
func (n *Node) Read(f func(tx *store.Tx) error) {
	n.t.Helper()
	if err := n.DB.Read(context.Background(), f); err != nil && !errors.Is(err, sql.ErrNoRows) {
		n.t.Fatal(err)
	}
}

// ReplayEqual fails the test if replaying the node's facts gives other tables.
func (n *Node) ReplayEqual() {
	n.t.Helper()
	ctx := context.Background()
	if err := n.DB.Write(ctx, func(*store.Tx) error { return nil }); err != nil { // what was queued when its caller left is recorded first
		n.t.Fatal(err)
	}
	again := storetest.OpenSQLite(n.t)
	if _, err := journal.Replay(ctx, n.Kinds, n.DB, again); err != nil {
		n.t.Fatal(err)
	}
	differ, err := journal.Compare(ctx, n.DB, again)
	if err != nil {
		n.t.Fatal(err)
	}
	if len(differ) > 0 {
		n.t.Fatalf("replay gives other tables: %v", differ)
	}
}
