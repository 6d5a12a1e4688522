package casefile

import (
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// HoldPlaced is the fact that a case must be kept: proceedings, an appeal, a
// complaint, an audit. What it rests on is sealed.
type HoldPlaced struct {
	journal.Envelope
	ID     string `json:"id"`
	Ground string `json:"ground"`
}

// Kind implements journal.Fact.
func (HoldPlaced) Kind() string { return "case.hold_placed.1" }

// Starts tells the id of the hold.
func (f HoldPlaced) Starts() string { return f.ID }

// HoldOrdered is HoldPlaced with the authority that asks for it and who alone
// can lift it.
type HoldOrdered struct {
	journal.Envelope
	ID        string `json:"id"`
	Ground    string `json:"ground"`
	Authority string `json:"authority"` // one of holdAuthorities
	Lifts     string `json:"lifts"`     // one of holdLifters
}

// Kind implements journal.Fact.
func (HoldOrdered) Kind() string { return "case.hold_placed.2" }

// Starts tells the id of the hold.
func (f HoldOrdered) Starts() string { return f.ID }

// HoldLifted is the fact that a hold has ended. On what it was lifted is sealed.
type HoldLifted struct {
	journal.Envelope
	Hold string `json:"hold"`
}

// Kind implements journal.Fact.
func (HoldLifted) Kind() string { return "case.hold_lifted.1" }

// LegalHold keeps a case from being forgotten.
type LegalHold struct {
	ID        string    `json:"id"`
	Case      string    `json:"case"`
	Ground    string    `json:"ground"`
	Authority string    `json:"authority,omitempty"` // that asks for it
	Lifts     string    `json:"lifts,omitempty"`     // who alone lifts it: a role, or "court"; empty is anybody who may place one
	At        time.Time `json:"at"`
	By        string    `json:"by"`   // account
	Fact      string    `json:"fact"` // holds the sealed reference
	Lifted    time.Time `json:"lifted,omitzero"`
	Lifter    string    `json:"lifter,omitempty"` // account
}

// PlaceHold keeps a case from being forgotten.
type PlaceHold struct {
	Case      string `json:"case"`
	Ground    string `json:"ground"`
	Authority string `json:"authority"`
	Lifts     string `json:"lifts"`
	Reference string `json:"reference,omitempty"`
}

// liftsCourt are the holds that only a court ends: whoever records it names the order.
const liftsCourt = "court"

// Verb implements act.Command.
func (*PlaceHold) Verb() string { return "hold.place" }

// Decide implements act.Command.
func (h *PlaceHold) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := mine(tx, d, h.Case)
	if err != nil {
		return nil, err
	}
	switch {
	case !holdGrounds.has(h.Ground):
		return nil, refusal.New("casefile.hold_ground")
	case !holdAuthorities.has(h.Authority):
		return nil, refusal.New("casefile.not_on_list", "Field", "authority")
	case !holdLifters.has(h.Lifts):
		return nil, refusal.New("casefile.not_on_list", "Field", "lifts")
	}
	f := &HoldOrdered{Envelope: c.envelope(), ID: d.ID(), Ground: h.Ground, Authority: h.Authority, Lifts: h.Lifts}
	if reference := strings.TrimSpace(h.Reference); reference != "" {
		part, err := d.Seal(tx, d.NewKey("hold/"+f.ID), orderPart, reference)
		if err != nil {
			return nil, err
		}
		f.Envelope = c.envelope(part)
	}
	return []journal.Fact{f}, nil
}

// LiftHold ends a hold. Only who was named when it was placed ends it; of one
// that a court ends, the order is named.
type LiftHold struct {
	Hold  string `json:"hold"`
	Order string `json:"order,omitempty"`
}

// Verb implements act.Command.
func (*LiftHold) Verb() string { return "hold.lift" }

// Decide implements act.Command.
func (h *LiftHold) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	held, err := access.Reached[LegalHold](tx, `SELECT doc FROM legal_hold WHERE id = $1`, []any{h.Hold}, access.Tie{Type: typeCase, Column: "legal_hold.case_id"})
	if err := access.OrAbsent(err, "legal hold"); err != nil {
		return nil, err
	}
	c, err := mine(tx, d, held.Case)
	if err != nil {
		return nil, err
	}
	if !held.Lifted.IsZero() {
		return nil, refusal.Conflict("casefile.hold_lifted")
	}
	order := strings.TrimSpace(h.Order)
	switch {
	case held.Lifts == liftsCourt && order == "":
		return nil, refusal.New("casefile.hold_order")
	case held.Lifts != liftsCourt && held.Lifts != "" && !d.By.Has(held.Lifts):
		return nil, refusal.New("casefile.hold_lifter", "Who", named{"hold_lifter", held.Lifts})
	}
	f := &HoldLifted{Envelope: c.envelope(), Hold: held.ID}
	if order != "" {
		part, err := d.Seal(tx, d.NewKey("hold/"+held.ID), orderPart, order)
		if err != nil {
			return nil, err
		}
		f.Envelope = c.envelope(part)
	}
	return []journal.Fact{f}, nil
}

// named is a code of a closed list as a refusal names it, in the reader's language.
type named struct{ list, code string }

// In gives the name in a language.
func (n named) In(l i18n.Lang) string { return i18n.T(l, "casefile."+n.list+"."+n.code) }

func holdFacts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f HoldPlaced) error {
		return LegalHold{ID: f.ID, Case: e.Case, Ground: f.Ground, At: e.Created, By: account(e), Fact: e.ID}.save(tx)
	})
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f HoldOrdered) error {
		return LegalHold{ID: f.ID, Case: e.Case, Ground: f.Ground, Authority: f.Authority, Lifts: f.Lifts, At: e.Created, By: account(e), Fact: e.ID}.save(tx)
	})
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f HoldLifted) error {
		h, err := store.Doc[LegalHold](tx, `SELECT doc FROM legal_hold WHERE id = $1`, f.Hold)
		if err != nil {
			return fmt.Errorf("legal hold: %w", err)
		}
		h.Lifted, h.Lifter = e.Created, account(e)
		return h.save(tx)
	})
}

func (h LegalHold) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO legal_hold (id, case_id, lifted, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET lifted = excluded.lifted, doc = excluded.doc`, h.ID, h.Case, store.Micros(h.Lifted), store.JSON(h))
}

// Held reports whether a legal hold on a case stands.
func Held(tx *store.Tx, caseID string) (bool, error) {
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM legal_hold WHERE case_id = $1 AND lifted = 0`, caseID).Scan(&n); err != nil {
		return true, fmt.Errorf("legal holds: %w", err)
	}
	return n > 0, nil
}

// LegalHolds lists the holds on a case, lifted ones too, oldest first.
func LegalHolds(tx *store.Tx, caseID string) ([]LegalHold, error) {
	return store.Docs[LegalHold](tx, `SELECT doc FROM legal_hold WHERE case_id = $1 ORDER BY id`, caseID)
}
