// Package journal is the record of everything that happened: facts, in order,
// each a message whose digest is a leaf of a transparency log.
//
// A fact is applied by one function, the same for a fact made here, received
// from another node or replayed. Nothing else changes the state tables.
package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Fact is something that happened. Its JSON is the clear part of the act; its
// kind, "area.name.N", is never given another meaning, only followed by N+1.
type Fact interface {
	Kind() string
	envelope() *Envelope
}

// Envelope is what an act says around the fact itself. Facts embed it.
type Envelope struct {
	Case     string       `json:"-"` // case it belongs to
	Referral string       `json:"-"` // referral it belongs to
	To       wire.Address `json:"-"` // To.Node set: released to that node
	Expires  time.Time    `json:"-"` // after which the receiver must not record it
	Handling string       `json:"-"` // H0–H3, empty means H0
	Sealed   []wire.Part  `json:"-"` // what only a key opens
	Purpose  string       `json:"-"` // of a reaction that acts for another purpose than the fact it follows
}

//lint:ignore U1000 it makes what embeds an Envelope a Fact
func (e *Envelope) envelope() *Envelope { return e }

// Entry is a recorded fact's envelope, as apply sees it.
type Entry struct {
	Seq      int64  // place in this node's journal, from 1; leaf index is Seq-1
	ID       string // UUIDv7, unique for ever
	Kind     string
	Node     string // where it was made
	Purpose  string
	Case     string
	Referral string
	From, To wire.Address
	By       *wire.Actor // nil when a node itself acted
	Lang     string
	Handling string
	Created  time.Time // asserted by who made it
	Expires  time.Time
	Recorded time.Time // recorded on this node; never decreases
	// Behind is by how much this node's clock stood behind Recorded then, as
	// after it was set back; 0 if it did not.
	Behind time.Duration
	Sealed []wire.Part
	Proofs []wire.Proof
	Digest [32]byte
}

// Strength is how whoever acted signed: wire.StrengthStrong by passkey,
// wire.StrengthWeak by password, as acts were signed before; "" if nobody did.
func (e Entry) Strength() string {
	switch {
	case len(e.Proofs) == 0:
		return ""
	case e.Proofs[0].Method == wire.MethodPassword:
		return wire.StrengthWeak
	}
	return wire.StrengthStrong
}

// Part finds a sealed part by its id.
func (e Entry) Part(id string) (wire.Part, bool) {
	for _, p := range e.Sealed {
		if p.ID == id {
			return p, true
		}
	}
	return wire.Part{}, false
}

// Kinds is the closed set of kinds that this program knows, with what each
// does. The packages that own the facts register them; node puts them together.
type Kinds struct{ byKind map[string]*handler }

type handler struct {
	apply []func(tx *store.Tx, e Entry, clear json.RawMessage) error // the owner's first
	admit func(tx *store.Tx, m wire.Message) (code wire.Code, err error)
	react []func(tx *store.Tx, d *Draw, e Entry, clear json.RawMessage) ([]Fact, error)
	check func(clear json.RawMessage) error
	lane  string
	signs bool
}

// NewKinds is an empty set.
func NewKinds() *Kinds { return &Kinds{byKind: map[string]*handler{}} }

// pointer constrains PF to be the pointer to a fact's struct, so that facts
// are written as plain structs.
type pointer[F any] interface {
	*F
	Fact
}

// Register adds a kind and its apply: deterministic, emitting nothing, the
// only code that changes the kind's tables. A kind registered twice is a
// fault of the program.
func Register[F any, PF pointer[F]](k *Kinds, apply func(tx *store.Tx, e Entry, f F) error) {
	kind := PF(new(F)).Kind()
	if _, twice := k.byKind[kind]; twice {
		panic("journal: kind registered twice: " + kind)
	}
	k.byKind[kind] = &handler{
		apply: []func(*store.Tx, Entry, json.RawMessage) error{applying(kind, apply)},
		check: func(clear json.RawMessage) error { _, err := decode[F](kind, clear); return err },
	}
}

func applying[F any](kind string, apply func(tx *store.Tx, e Entry, f F) error) func(*store.Tx, Entry, json.RawMessage) error {
	return func(tx *store.Tx, e Entry, clear json.RawMessage) error {
		f, err := decode[F](kind, clear)
		if err != nil {
			return err
		}
		return apply(tx, e, f)
	}
}

// Also adds what a fact of a lower package changes in the tables of a higher
// one (a refusal receipt moves the referral). It runs after the owner's apply,
// under the same rules.
func Also[F any, PF pointer[F]](k *Kinds, apply func(tx *store.Tx, e Entry, f F) error) {
	kind := PF(new(F)).Kind()
	h, ok := k.byKind[kind]
	if !ok {
		panic("journal: also of an unregistered kind: " + kind)
	}
	h.apply = append(h.apply, applying(kind, apply))
}

// Admit lets a kind in from other nodes. admit sees the message before it is
// recorded and answers with the code (wire.Code…) to refuse it with by signed
// receipt, or "" to take it: ownership, accord and procedure are checked here.
// A kind without Admit is never taken from a peer.
func Admit[F any, PF pointer[F]](k *Kinds, admit func(tx *store.Tx, m wire.Message, f F) (code wire.Code, err error)) {
	kind := PF(new(F)).Kind()
	h, ok := k.byKind[kind]
	if !ok {
		panic("journal: admitting an unregistered kind: " + kind)
	}
	h.admit = func(tx *store.Tx, m wire.Message) (wire.Code, error) {
		f, err := decode[F](kind, m.Act.Clear)
		if err != nil {
			return wire.CodeMalformed, nil //nolint:nilerr // the sender is told by code
		}
		return admit(tx, m, f)
	}
}

// Option says more of a kind than its fields do.
type Option func(*handler)

// InLane puts a kind in a lane of the link other than wire.LaneCase.
func InLane(lane string) Option { return func(h *handler) { h.lane = lane } }

// SignedByPerson demands a person's signature proof in every message of the
// kind; without one a peer refuses it.
func SignedByPerson() Option { return func(h *handler) { h.signs = true } }

// Set adds options to registered kinds.
func (k *Kinds) Set(o Option, facts ...Fact) {
	for _, f := range facts {
		h := k.byKind[f.Kind()]
		if h == nil {
			panic("journal: option of an unregistered kind: " + f.Kind())
		}
		o(h)
	}
}

// Lane is the lane a kind travels in.
func (k *Kinds) Lane(kind string) string {
	if h := k.byKind[kind]; h != nil && h.lane != "" {
		return h.lane
	}
	return wire.LaneCase
}

// PersonSigns reports whether messages of a kind need a person's proof.
func (k *Kinds) PersonSigns(kind string) bool {
	h := k.byKind[kind]
	return h != nil && h.signs
}

// Admission asks whether a received message may be recorded: the code to
// refuse it with, or "".
func (k *Kinds) Admission(tx *store.Tx, m wire.Message) (code wire.Code, err error) {
	h := k.byKind[m.Act.Kind]
	if h == nil || h.admit == nil {
		return wire.CodeUnknownKind, nil
	}
	return h.admit(tx, m)
}

// Receivable lists the kinds taken from other nodes, for the descriptor.
func (k *Kinds) Receivable() []string {
	var names []string
	for _, n := range k.Names() {
		if k.byKind[n].admit != nil {
			names = append(names, n)
		}
	}
	return names
}

// React adds what follows a fact: further facts in the same transaction,
// after apply and never in replay. The kind must be registered before.
func React[F any, PF pointer[F]](k *Kinds, react func(tx *store.Tx, d *Draw, e Entry, f F) ([]Fact, error)) {
	kind := PF(new(F)).Kind()
	h, ok := k.byKind[kind]
	if !ok {
		panic("journal: reaction to an unregistered kind: " + kind)
	}
	h.react = append(h.react, func(tx *store.Tx, d *Draw, e Entry, clear json.RawMessage) ([]Fact, error) {
		f, err := decode[F](kind, clear)
		if err != nil {
			return nil, err
		}
		return react(tx, d, e, f)
	})
}

func decode[F any](kind string, clear json.RawMessage) (F, error) {
	var f F
	if err := json.Unmarshal(clear, &f); err != nil {
		return f, fmt.Errorf("fact %s: %w", kind, err)
	}
	return f, nil
}

// Known reports whether a kind is understood here.
func (k *Kinds) Known(kind string) bool { return k.byKind[kind] != nil }

// Check decodes a fact's clear part without applying it.
func (k *Kinds) Check(kind string, clear json.RawMessage) error {
	h := k.byKind[kind]
	if h == nil {
		return fmt.Errorf("unknown kind %s", kind)
	}
	return h.check(clear)
}

// Names lists the kinds, sorted.
func (k *Kinds) Names() []string {
	names := make([]string, 0, len(k.byKind))
	for n := range k.byKind {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Maker is who records a fact and for what, common to the facts of one act.
type Maker struct {
	Node    string // this node
	Office  string // the actor's office, empty for the node itself
	By      *wire.Actor
	Purpose string
	Lang    string
}

// Encode writes a fact as a message that nobody has signed yet, drawing its id
// and nonce.
func Encode(m Maker, d *Draw, f Fact) (wire.Message, error) {
	clear, err := encodeClear(f)
	if err != nil {
		return wire.Message{}, err
	}
	env := f.envelope()
	purpose := m.Purpose
	if env.Purpose != "" {
		purpose = env.Purpose
	}
	act := wire.Act{
		V: wire.Version, Nonce: d.Bytes(wire.NonceSize), ID: d.ID(), Kind: f.Kind(), Purpose: purpose,
		Case: env.Case, Referral: env.Referral, From: wire.Address{Node: m.Node, Office: m.Office}, To: env.To,
		By: m.By, Lang: m.Lang, Handling: env.Handling, Created: d.Now, Expires: env.Expires,
		Clear: clear, Sealed: env.Sealed,
	}
	msg, err := act.Message()
	if err != nil {
		return msg, fmt.Errorf("encode %s: %w", f.Kind(), err)
	}
	return msg, nil
}

func encodeClear(f Fact) (json.RawMessage, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		return nil, fmt.Errorf("encode %s: %w", f.Kind(), err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
