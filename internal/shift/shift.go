// Package shift is the change of shift: what somebody leaves, and the colleague
// of the same office who takes it. Nothing changes hands until the colleague
// says so; what was taken is from then on in the taker's hands.
package shift

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// The kinds of things that are left to somebody.
const (
	ItemCase     = "case"     // its ordinary work
	ItemReferral = "referral" // its clocks, and the hand-over it leads to
	ItemGate     = "gate"     // the measures behind a shut gate, of the protection desk
)

// The standings of a change.
const (
	Offered   = "offered"
	Taken     = "taken"
	Refused   = "refused"
	Withdrawn = "withdrawn"
)

// Item is one thing that is left. It names no person.
type Item struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	Case   string `json:"case,omitempty"`
	Number string `json:"number"` // of the case or the referral
}

// String is how an item is written in a command: "referral/ID".
func (i Item) String() string { return i.Type + "/" + i.ID }

// Change is one change of shift.
type Change struct {
	ID       string    `json:"id"`
	Office   string    `json:"office"`
	From     string    `json:"from"` // account
	FromName string    `json:"from_name"`
	To       string    `json:"to"` // account
	ToName   string    `json:"to_name"`
	Items    []Item    `json:"items"`
	State    string    `json:"state"`
	At       time.Time `json:"at"`
	Answered time.Time `json:"answered,omitzero"`
	Fact     string    `json:"fact"` // holds the sealed note
	Why      string    `json:"why,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// resource is a change as access sees it: its office's.
func (c Change) resource() access.Resource {
	return access.Resource{Type: "shift", ID: c.ID, Offices: []string{c.Office}}
}

// load reads a change of which somebody is a part; to everybody else it is absent.
func load(tx *store.Tx, by access.Actor, id string) (Change, error) {
	c, err := store.Doc[Change](tx, `SELECT doc FROM shift_change WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && c.From != by.User && c.To != by.User {
		tx.Miss(id)
		return Change{}, refusal.NotFound()
	}
	if err != nil {
		return c, fmt.Errorf("change of shift: %w", err)
	}
	return c, nil
}

// changes of an account, as giver or taker, in a standing, newest first.
func changes(tx *store.Tx, column, account, state string, limit int) ([]Change, error) {
	out, err := store.Docs[Change](tx, `SELECT doc FROM shift_change WHERE `+column+` = $1 AND state = $2 ORDER BY at DESC LIMIT $3`, account, state, limit)
	if err != nil {
		return nil, fmt.Errorf("changes of shift: %w", err)
	}
	return out, nil
}

func save(tx *store.Tx, c Change) error {
	return tx.Exec(`INSERT INTO shift_change (id, giver, taker, state, at, doc) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, doc = excluded.doc`, c.ID, c.From, c.To, c.State, store.Micros(c.At), store.JSON(c))
}

// Hand is in whose hands something is since a change of shift.
type Hand struct {
	Item
	Account string    `json:"account"`
	Name    string    `json:"name"`
	Since   time.Time `json:"since"`
	From    string    `json:"from"` // name of who left it
}

// handOf is in whose hands an item is; the zero Hand while it was never left.
func handOf(tx *store.Tx, i Item) (Hand, error) {
	h, err := store.Doc[Hand](tx, `SELECT doc FROM in_hand WHERE type = $1 AND id = $2`, i.Type, i.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return Hand{}, nil
	}
	if err != nil {
		return h, fmt.Errorf("in whose hands: %w", err)
	}
	return h, nil
}

// mostHeld bounds what one person is shown to have in hand.
const mostHeld = 200

// held is what an account took over, newest first.
func held(tx *store.Tx, account string) ([]Hand, error) {
	out, err := store.Docs[Hand](tx, `SELECT doc FROM in_hand WHERE account = $1 ORDER BY at DESC LIMIT $2`, account, mostHeld)
	if err != nil {
		return nil, fmt.Errorf("in hand: %w", err)
	}
	return out, nil
}

// parse reads "referral/ID".
func parse(text string) (Item, error) {
	typ, id, ok := strings.Cut(strings.TrimSpace(text), "/")
	if !ok || id == "" || !slices.Contains([]string{ItemCase, ItemReferral, ItemGate}, typ) {
		return Item{}, refusal.New("shift.item_unknown")
	}
	return Item{Type: typ, ID: id}, nil
}

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyOffered)
	journal.Register(k, applyTaken)
	journal.Register(k, applyAnswered)
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) { v.Add(&Offer{}, &Take{}, &Refuse{}, &Withdraw{}) }
