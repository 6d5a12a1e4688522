// Package act is the one way through the house. A command is decided by its
// rule inside the writer's transaction; the facts that follow are recorded
// with their journal leaves, released where they name another node, and
// followed by their reactions, all in that one transaction or not at all.
// Every door calls it; nothing else changes the state of a case.
package act

import (
	"context"
	"crypto"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Command is something a person asks of the node: a plain struct with JSON
// tags, which doors fill from JSON, a form or flags.
type Command interface {
	// Verb names the act, "area.verb": the access action, the API operation
	// and, with "verb." before it, the key of its name in both languages.
	Verb() string
	// Decide loads what the rule needs, asks d.Allow once for each object it
	// touches, and returns the facts that follow, or a refusal. It never
	// writes and reads no clock but d.Now.
	Decide(tx *store.Tx, d *Draw) ([]journal.Fact, error)
}

// Signed marks a command that needs the person's own signature over the
// digest of its first fact, shown before.
type Signed interface {
	Command
	Signed()
}

// Readied is a command with slow work to do before it queues for the writer, as
// deriving a secret is: the rule then finds it done. It decides nothing.
type Readied interface {
	Command
	Ready(ctx context.Context, a *Acts) error
}

// Hushed is a signed command that carries a secret, as a code word said over the
// telephone. Ready does all that the secret is for; until the act is signed it is
// kept without the secret, with what Ready found instead. No door fills that.
type Hushed interface {
	Signed
	Readied
	// Hush takes the secret out of the command and gives what Ready found.
	Hush() (found any)
	// Recall brings back what Ready found, as JSON.
	Recall(found json.RawMessage) error
}

// left is a refusal that leaves facts.
type left struct {
	error
	facts []journal.Fact
}

func (l *left) Unwrap() error { return l.error }

// Leave makes a refusal that leaves facts all the same: a wrong try that is
// counted. They commit before the answer goes; the rule has asked Allow.
func Leave(no error, facts ...journal.Fact) error { return &left{no, facts} }

// NeedsSignature reports whether a command must be signed.
func NeedsSignature(c Command) bool {
	_, ok := c.(Signed)
	return ok
}

// Draw is what a rule draws from: time, ids, randomness, who acts and for
// what, and the access decision.
type Draw struct {
	*journal.Draw
	By      access.Actor
	Purpose string
	Node    string // this node

	verb     string
	policies *access.Policies
	seen     access.Recorded
	role     string
	decided  bool
	told     any
}

// decide runs a command's rule as its person's office: what others have is
// looked for and missed like what is not there.
func (d *Draw) decide(tx *store.Tx, cmd Command) (facts []journal.Fact, err error) {
	err = asOffice(tx, d.By, func() error {
		facts, err = cmd.Decide(tx, d)
		return err
	})
	return facts, err
}

// asOffice runs f within the need to know of somebody's office; the node itself
// is not narrowed, and who has no office reaches nothing.
func asOffice(tx *store.Tx, by access.Actor, f func() error) error {
	if by.User == "" {
		return f()
	}
	return tx.Within(by.Office, f)
}

// Tell answers the command with v besides its facts (what an import did with
// each of its rows). A repeat of the command is told the same.
func (d *Draw) Tell(v any) { d.told = v }

// Allow asks whether the actor may take this act on r. It must be asked in
// every act; the deciding policies are journalled. What the actor may not even
// see answers as if it were absent.
func (d *Draw) Allow(tx *store.Tx, r access.Resource) error {
	dec := d.policies.Decide(d.By, d.verb, d.Purpose, r)
	if !dec.Allowed {
		return d.denied(r)
	}
	d.decided = true
	d.role = dec.Role
	d.seen.Add(r, dec)
	return nil
}

// Known refuses what the actor may not see as if it were absent. A rule asks it
// where it must say no before it knows what to ask Allow: no other refusal may
// tell that something is there.
func (d *Draw) Known(r access.Resource) error {
	if !d.policies.Decide(d.By, access.See, d.Purpose, r).Allowed {
		return refusal.NotFound()
	}
	return nil
}

// denied says no as far as the actor may know of r at all: whoever took part
// hears that this takes another person.
func (d *Draw) denied(r access.Resource) error {
	not, _ := r.Attrs[access.AttrNot].([]string)
	seen := r
	seen.Attrs = maps.Clone(r.Attrs)
	delete(seen.Attrs, access.AttrNot)
	switch {
	case !d.policies.Decide(d.By, "see", d.Purpose, seen).Allowed:
		return refusal.NotFound()
	case slices.Contains(not, d.By.User):
		return refusal.New("access.second_person")
	}
	return refusal.New("access.not_yours")
}

// Result is what an act gave: the ids of its facts, in order.
type Result struct {
	Facts  []string `json:"facts"`
	Object string   `json:"object,omitempty"` // id of what the act made, if it made something
	// Told is what the rule answered besides (Draw.Tell), as JSON.
	Told json.RawMessage `json:"told,omitempty"`
}

// Maker of an object: a fact that starts something tells its id.
type starts interface{ Starts() string }

// Outbox queues a released fact for a node, in the act's transaction.
type Outbox func(tx *store.Tx, peer, lane, kind string, seq int64, expires time.Time) error

// Acts joins rule, record, release and reactions for one node.
type Acts struct {
	Node     string
	DB       *store.DB
	Kinds    *journal.Kinds
	Ring     *seal.Keyring
	Policies *access.Policies
	Outbox   Outbox
	Hub      *Hub
	Now      func() time.Time // the node's clock; injected only by demo and tests
	Signs    Signatures
	Verbs    Verbs
	// NodeKey gives the node's present signing key, for what the node itself
	// answers for outside of its link.
	NodeKey func() crypto.Signer
	// Verify checks the journal and what was signed of it; without it no
	// signatures are checked.
	Verify func(*store.Tx) (journal.Verified, error)
}

// errUndecided is a fault of the program: an act that asked nobody.
var errUndecided = errors.New("act: recorded without an access decision")

// Do takes an unsigned act. key is the idempotency id of form or header: the
// same key by the same person gives the first result again.
func (a *Acts) Do(ctx context.Context, by access.Actor, key, purpose string, cmd Command) (Result, error) {
	if NeedsSignature(cmd) {
		return Result{}, a.told(ctx, by, cmd.Verb(), purpose, refusal.New("act.needs_signature", "verb", cmd.Verb()))
	}
	if err := a.ready(ctx, cmd); err != nil {
		return Result{}, a.told(ctx, by, cmd.Verb(), purpose, err)
	}
	res, err := a.take(ctx, by, key, purpose, cmd, journal.NewSeed(a.Now()), nil)
	return res, a.told(ctx, by, cmd.Verb(), purpose, err)
}

// ready does the slow work of a command that has some.
func (a *Acts) ready(ctx context.Context, cmd Command) error {
	if r, ok := cmd.(Readied); ok {
		return r.Ready(ctx, a)
	}
	return nil
}

// told journals that an act was refused, by code (R27: failures too), and
// gives the error on. If that cannot be written the caller hears of the fault.
func (a *Acts) told(ctx context.Context, by access.Actor, verb, purpose string, err error) error {
	r, ok := refusal.As(err)
	if !ok {
		return err
	}
	if !wire.KnownPurpose(purpose) {
		purpose = wire.PurposeAdministration // what was typed instead is not kept
	}
	seed := journal.NewSeed(a.Now())
	werr := a.DB.Write(ctx, func(tx *store.Tx) error {
		seen := access.Recorded{Actor: by.User, Office: by.Office, Session: by.Session, Verb: verb, Purpose: purpose, Refused: r.Code}
		return a.seen(tx, seed.Draw(a.Ring), by, purpose, &seen)
	})
	if werr != nil {
		return werr
	}
	return err
}

// seen records an access fact.
func (a *Acts) seen(tx *store.Tx, d *journal.Draw, by access.Actor, purpose string, f *access.Recorded) error {
	maker := journal.Maker{Node: a.Node, Office: by.Office, By: by.Wire(""), Purpose: purpose, Lang: by.Lang}
	m, err := journal.Encode(maker, d, f)
	if err != nil {
		return err
	}
	_, err = a.enter(tx, d, m, 0)
	return err
}

// take runs the command in the writer.
func (a *Acts) take(ctx context.Context, by access.Actor, key, purpose string, cmd Command, seed journal.Seed, sign *signing) (Result, error) {
	if !wire.KnownPurpose(purpose) {
		return Result{}, refusal.New("access.purpose", "purpose", purpose)
	}
	var res Result
	var no *left
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		no = nil // the writer may run this again
		if err := standing(tx, cmd.Verb()); err != nil {
			return err
		}
		done, err := a.repeat(tx, by, key, cmd.Verb(), &res)
		if done || err != nil {
			return err
		}
		d := a.draw(seed, by, purpose, cmd.Verb())
		facts, err := d.decide(tx, cmd)
		if errors.As(err, &no) {
			return a.recordLeft(tx, d, no)
		}
		if err != nil {
			return err
		}
		if !d.decided {
			return errUndecided
		}
		if res, err = a.record(tx, d, facts, sign); err != nil {
			return err
		}
		return a.remember(tx, by, key, cmd.Verb(), res, d.Now)
	})
	if err == nil && no != nil {
		return Result{}, no
	}
	return res, err
}

// recordLeft records what a refusal leaves: unsigned, for it is not what was shown.
func (a *Acts) recordLeft(tx *store.Tx, d *Draw, no *left) error {
	if !d.decided {
		return errUndecided
	}
	_, err := a.record(tx, d, no.facts, nil)
	return err
}

func (a *Acts) draw(seed journal.Seed, by access.Actor, purpose, verb string) *Draw {
	return &Draw{
		Draw: seed.Draw(a.Ring), By: by, Purpose: purpose, Node: a.Node, verb: verb, policies: a.Policies,
		seen: access.Recorded{Actor: by.User, Office: by.Office, Session: by.Session, Verb: verb, Purpose: purpose},
	}
}

// record writes the facts of an act, its access fact, and what follows them.
func (a *Acts) record(tx *store.Tx, d *Draw, facts []journal.Fact, sign *signing) (Result, error) {
	var res Result
	if d.told != nil {
		res.Told = json.RawMessage(store.JSON(d.told))
	}
	if err := d.StoreKeys(tx); err != nil {
		return res, err
	}
	maker := journal.Maker{Node: a.Node, Office: d.By.Office, Purpose: d.Purpose, Lang: d.By.Lang}
	if d.By.User != "" {
		maker.By = d.By.Wire(d.role)
	}
	for i, f := range facts {
		m, err := journal.Encode(maker, d.Draw, f)
		if err == nil && i == 0 && sign != nil {
			m, err = sign.add(m)
		}
		if err != nil {
			return res, err
		}
		e, err := a.enter(tx, d.Draw, m, 0)
		if err != nil {
			return res, err
		}
		res.Facts = append(res.Facts, e.ID)
		if s, ok := f.(starts); ok && res.Object == "" {
			res.Object = s.Starts()
		}
	}
	seen := d.seen
	m, err := journal.Encode(maker, d.Draw, &seen)
	if err != nil {
		return res, err
	}
	_, err = a.enter(tx, d.Draw, m, 0)
	return res, err
}

// reactionDepth bounds chains of reactions; a longer one is a fault.
const reactionDepth = 8

// enter records one encoded fact, releases it if it names another node, and
// records what follows from it.
func (a *Acts) enter(tx *store.Tx, d *journal.Draw, m wire.Message, depth int) (journal.Entry, error) {
	e, err := journal.Record(tx, a.Kinds, m, a.Now())
	if err != nil {
		return e, err
	}
	return e, a.follow(tx, d, e, m, depth)
}

// tell has everyone who shows what changed with a fact hear of it once it is
// durable.
func (a *Acts) tell(tx *store.Tx, e journal.Entry) (err error) {
	var topics []string
	if a.Hub.Listening() {
		if topics, err = Topics(tx, e); err != nil {
			return err
		}
	}
	tx.AfterCommit(func() { a.Hub.Changed(e, topics) })
	return nil
}

func (a *Acts) follow(tx *store.Tx, d *journal.Draw, e journal.Entry, m wire.Message, depth int) error {
	if e.Node == a.Node && e.To.Node != "" && e.To.Node != a.Node {
		if !wire.Releasable(e.Purpose) {
			return refusal.New("access.purpose", "purpose", e.Purpose)
		}
		if err := a.Outbox(tx, e.To.Node, a.Kinds.Lane(e.Kind), e.Kind, e.Seq, e.Expires); err != nil {
			return fmt.Errorf("release: %w", err)
		}
	}
	if err := a.tell(tx, e); err != nil {
		return err
	}
	if depth == reactionDepth {
		return fmt.Errorf("act: reactions to %s do not end", e.Kind)
	}
	facts, err := journal.Reactions(tx, a.Kinds, d, e, m)
	if err != nil {
		return err
	}
	if err := d.StoreKeys(tx); err != nil {
		return err
	}
	for _, f := range facts {
		next, err := journal.Encode(journal.Maker{Node: a.Node, Purpose: e.Purpose, Lang: e.Lang}, d, f)
		if err != nil {
			return err
		}
		if _, err := a.enter(tx, d, next, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// NodeActs lets the node act by itself (a clock that ran out, a founding): no person, the
// purpose given, the same record and reactions.
func (a *Acts) NodeActs(ctx context.Context, purpose string, decide func(tx *store.Tx, d *journal.Draw) ([]journal.Fact, error)) error {
	seed := journal.NewSeed(a.Now())
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		d := seed.Draw(a.Ring)
		facts, err := decide(tx, d)
		if err != nil {
			return err
		}
		return a.Enter(tx, d, purpose, facts)
	})
}

// Enter records facts of the node itself in a transaction already open.
func (a *Acts) Enter(tx *store.Tx, d *journal.Draw, purpose string, facts []journal.Fact) error {
	if err := d.StoreKeys(tx); err != nil {
		return err
	}
	for _, f := range facts {
		m, err := journal.Encode(journal.Maker{Node: a.Node, Purpose: purpose}, d, f)
		if err != nil {
			return err
		}
		if _, err := a.enter(tx, d, m, 0); err != nil {
			return err
		}
	}
	return nil
}

// repeat finds what a key gave before.
func (a *Acts) repeat(tx *store.Tx, by access.Actor, key, verb string, res *Result) (bool, error) {
	if key == "" {
		return false, nil
	}
	var doc, was string
	err := tx.QueryRow(`SELECT verb, result FROM command WHERE key = $1`, commandKey(by, key)).Scan(&was, &doc)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("command: %w", err)
	case was != verb:
		return false, refusal.Conflict("act.key_used")
	}
	return true, json.Unmarshal([]byte(doc), res)
}

// Taken reports whether somebody has taken an act under an idempotency id.
func Taken(tx *store.Tx, by access.Actor, key string) (bool, error) {
	n := 0
	err := tx.QueryRow(`SELECT COUNT(*) FROM command WHERE key = $1`, commandKey(by, key)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("command: %w", err)
	}
	return n > 0, nil
}

func (a *Acts) remember(tx *store.Tx, by access.Actor, key, verb string, res Result, now time.Time) error {
	if key == "" {
		return nil
	}
	return tx.Exec(`INSERT INTO command (key, actor, verb, result, at) VALUES ($1, $2, $3, $4, $5)`,
		commandKey(by, key), by.User, verb, store.JSON(res), store.Micros(now))
}

func commandKey(by access.Actor, key string) string { return by.User + "\x1f" + key }
