package act

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Signatures makes signature proofs of this node's people and knows the keys
// that check a peer's.
type Signatures interface {
	// Ask is what the person's authenticator is asked for the digest of an act.
	Ask(digest [32]byte) access.Asked
	// Prove takes what the authenticator answered: a strong signature, by the
	// person's own credential. Nothing weaker signs a new act.
	Prove(ctx context.Context, by access.Actor, digest [32]byte, answer access.Assertion) (wire.Proof, error)
	// Keys finds the keys by which a node's proofs are checked, a peer's or its own.
	Keys(tx *store.Tx, node string) wire.ProofKeys
}

// preparedFor is how long an act that was shown can still be signed.
const preparedFor = 30 * time.Minute

// Prepared is an act as it is shown before signing. Its bytes will be signed
// and stored exactly as they are.
type Prepared struct {
	ID     string          `json:"id"`
	Verb   string          `json:"verb"`
	Digest string          `json:"digest"` // SHA-256 of the act's bytes, hex
	Act    json.RawMessage `json:"act"`
	Asked  access.Asked    `json:"asked"` // what the person's authenticator is asked; the challenge is the digest
	By     string          `json:"-"`
	// Command is what the act is made from, for whoever signs it to read what the
	// act has sealed. It leaves the node nowhere.
	Command Command `json:"-"`
}

// stored is what a prepared act is remade from.
type stored struct {
	Verb    string          `json:"verb"`
	Key     string          `json:"key"`
	Purpose string          `json:"purpose"`
	Command json.RawMessage `json:"command"`
	Found   json.RawMessage `json:"found,omitempty"` // what a Hushed command keeps in place of its secret
	Seed    journal.Seed    `json:"seed"`
	Digest  [32]byte        `json:"digest"`
	Office  string          `json:"office"`
}

// signing carries the proof to the first fact of a signed act, whose bytes
// must be those that were shown.
type signing struct {
	digest [32]byte
	proof  wire.Proof
}

func (s *signing) add(m wire.Message) (wire.Message, error) {
	if m.ActDigest() != s.digest {
		return m, refusal.Conflict("act.changed_since_shown")
	}
	return m.Signed(s.proof)
}

// Prepare decides a signed act without recording it and keeps what is needed
// to make the same bytes again. Nothing of the case changes.
func (a *Acts) Prepare(ctx context.Context, by access.Actor, key, purpose string, cmd Signed) (Prepared, error) {
	err := a.ready(ctx, cmd)
	var p Prepared
	if err == nil {
		p, err = a.prepare(ctx, by, key, purpose, cmd)
	}
	return p, a.told(ctx, by, cmd.Verb(), purpose, err)
}

func (a *Acts) prepare(ctx context.Context, by access.Actor, key, purpose string, cmd Signed) (Prepared, error) {
	if !wire.KnownPurpose(purpose) {
		return Prepared{}, refusal.New("access.purpose", "purpose", purpose)
	}
	seed := journal.NewSeed(a.Now())
	var made []wire.Message
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		made = nil
		if err := standing(tx, cmd.Verb()); err != nil {
			return err
		}
		d := a.draw(seed, by, purpose, cmd.Verb())
		facts, err := d.decide(tx, cmd)
		if err != nil {
			return err
		}
		if !d.decided || len(facts) == 0 {
			return errUndecided
		}
		maker := journal.Maker{Node: a.Node, Office: by.Office, By: by.Wire(d.role), Purpose: purpose, Lang: by.Lang}
		for _, f := range facts { // the first is what is shown and signed; all of them say what the act is about
			m, err := journal.Encode(maker, d.Draw, f)
			if err != nil {
				return err
			}
			made = append(made, m)
		}
		return nil
	})
	var no *left
	if errors.As(err, &no) {
		return Prepared{}, a.leave(ctx, by, purpose, cmd, seed)
	}
	if err != nil {
		return Prepared{}, err
	}
	return a.keepPrepared(ctx, by, key, purpose, cmd, seed, made)
}

// leave records what a command leaves that is refused before it is signed: a
// wrong try counts when it is made, and nobody signs a wrong try. The rule runs
// again in the writer; it may say no without leaving anything by then.
func (a *Acts) leave(ctx context.Context, by access.Actor, purpose string, cmd Command, seed journal.Seed) error {
	var no *left
	err := a.DB.Write(ctx, func(tx *store.Tx) error {
		no = nil // the writer may run this again
		d := a.draw(seed, by, purpose, cmd.Verb())
		_, err := d.decide(tx, cmd)
		switch {
		case errors.As(err, &no):
			return a.recordLeft(tx, d, no)
		case err == nil:
			return refusal.Conflict("act.changed_since_shown")
		}
		return err
	})
	if err == nil {
		return no
	}
	return err
}

func (a *Acts) keepPrepared(ctx context.Context, by access.Actor, key, purpose string, cmd Signed, seed journal.Seed, made []wire.Message) (Prepared, error) {
	var found json.RawMessage
	if h, ok := cmd.(Hushed); ok {
		found = json.RawMessage(store.JSON(h.Hush()))
	}
	raw, err := json.Marshal(cmd)
	if err != nil {
		return Prepared{}, fmt.Errorf("encode command: %w", err)
	}
	digest := made[0].ActDigest()
	doc, err := json.Marshal(stored{Verb: cmd.Verb(), Key: key, Purpose: purpose, Command: raw, Found: found, Seed: seed, Digest: digest, Office: by.Office})
	if err != nil {
		return Prepared{}, fmt.Errorf("encode prepared act: %w", err)
	}
	id := journal.NewSeed(a.Now()).Draw(a.Ring).ID()
	err = a.DB.Write(ctx, func(tx *store.Tx) error {
		if err := dropStale(tx, store.Micros(a.Now().Add(-preparedFor))); err != nil {
			return err
		}
		err := tx.Exec(`INSERT INTO prepared (id, actor, at, box) VALUES ($1, $2, $3, $4)`,
			id, by.User, store.Micros(a.Now()), a.Ring.Box("prepared/"+id, doc))
		if err != nil {
			return err
		}
		return keepAbout(tx, id, about(raw, made))
	})
	return Prepared{ID: id, Verb: cmd.Verb(), Digest: hex.EncodeToString(digest[:]), Act: made[0].ActBytes, Asked: a.Signs.Ask(digest)}, err
}

// Shown gives a prepared act again, to its own person only.
func (a *Acts) Shown(ctx context.Context, by access.Actor, id string) (Prepared, error) {
	s, err := a.loadPrepared(ctx, by, id)
	if err != nil {
		return Prepared{}, err
	}
	cmd, err := a.commandOf(s)
	if err != nil {
		return Prepared{}, err
	}
	p := Prepared{ID: id, Verb: s.Verb, Digest: hex.EncodeToString(s.Digest[:]), Asked: a.Signs.Ask(s.Digest), Command: cmd}
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		d := a.draw(s.Seed, by, s.Purpose, s.Verb)
		facts, err := d.decide(tx, cmd)
		if err != nil {
			return err
		}
		maker := journal.Maker{Node: a.Node, Office: by.Office, By: by.Wire(d.role), Purpose: s.Purpose, Lang: by.Lang}
		m, err := journal.Encode(maker, d.Draw, facts[0])
		p.Act = m.ActBytes
		return err
	})
	return p, err
}

// verbSign names in an access fact the signing of an act that nobody knows, or
// that is somebody else's.
const verbSign = "act.sign"

// Sign takes a prepared act with what the person's authenticator answered. If the case has moved on
// so that the act would say something else, it is refused and shown anew.
func (a *Acts) Sign(ctx context.Context, by access.Actor, id string, answer access.Assertion) (Result, error) {
	s, err := a.loadPrepared(ctx, by, id)
	if err != nil {
		return Result{}, a.told(ctx, by, verbSign, wire.PurposeAdministration, err)
	}
	cmd, err := a.commandOf(s)
	if err != nil {
		return Result{}, err
	}
	proof, err := a.Signs.Prove(ctx, by, s.Digest, answer)
	if err != nil {
		return Result{}, a.told(ctx, by, s.Verb, s.Purpose, err)
	}
	key := s.Key
	if key == "" {
		key = id // a prepared act is taken once
	}
	res, err := a.take(ctx, by, key, s.Purpose, cmd, s.Seed, &signing{digest: s.Digest, proof: proof})
	return res, a.told(ctx, by, s.Verb, s.Purpose, err)
}

func (a *Acts) loadPrepared(ctx context.Context, by access.Actor, id string) (stored, error) {
	var s stored
	var box []byte
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT box FROM prepared WHERE id = $1 AND actor = $2 AND at >= $3`,
			id, by.User, store.Micros(a.Now().Add(-preparedFor))).Scan(&box)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return s, refusal.Conflict("act.prepared_gone")
	}
	if err != nil {
		return s, fmt.Errorf("prepared act: %w", err)
	}
	plain, err := a.Ring.Unbox("prepared/"+id, box)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(plain, &s); err != nil {
		return s, fmt.Errorf("prepared act: %w", err)
	}
	if s.Office != by.Office {
		return s, refusal.Conflict("act.prepared_gone") // the person has moved office since
	}
	return s, nil
}

// Verbs is every command the node knows, by verb: doors decode into a new one.
type Verbs map[string]func() Command

// Add registers commands; a verb twice is a fault of the program.
func (v Verbs) Add(prototypes ...Command) {
	for _, p := range prototypes {
		if _, twice := v[p.Verb()]; twice {
			panic("act: verb registered twice: " + p.Verb())
		}
		_, readied := p.(Readied)
		if _, hushed := p.(Hushed); readied && NeedsSignature(p) && !hushed {
			panic("act: what " + p.Verb() + " gets ready would be lost until it is signed")
		}
		t := reflect.TypeOf(p).Elem()
		v[p.Verb()] = func() Command { return reflect.New(t).Interface().(Command) }
	}
}

func (a *Acts) commandOf(s stored) (Command, error) {
	make, ok := a.Verbs[s.Verb]
	if !ok {
		return nil, fmt.Errorf("act: unknown verb %s", s.Verb)
	}
	cmd := make()
	if err := json.Unmarshal(s.Command, cmd); err != nil {
		return nil, fmt.Errorf("prepared command: %w", err)
	}
	if h, ok := cmd.(Hushed); ok {
		if err := h.Recall(s.Found); err != nil {
			return nil, fmt.Errorf("prepared command: %w", err)
		}
	}
	return cmd, nil
}
