package casefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// ForgetOrdered is the first person's order that a person or a case is
// forgotten; on what it rests is sealed.
type ForgetOrdered struct {
	journal.Envelope
	ID     string `json:"id"`
	What   string `json:"what"`
	Object string `json:"object"`
	Ground string `json:"ground"`
}

// Kind implements journal.Fact.
func (ForgetOrdered) Kind() string { return "case.forget_ordered.1" }

// Starts tells the id of the order.
func (f ForgetOrdered) Starts() string { return f.ID }

// ForgetRejected is the second person's no to an order.
type ForgetRejected struct {
	journal.Envelope
	Order string `json:"order"`
}

// Kind implements journal.Fact.
func (ForgetRejected) Kind() string { return "case.forget_rejected.1" }

// Forgotten is the fact that a person or a case was forgotten, with number and
// kind of what went. It names nobody. Rooms above remove with journal.Also
// what deleted facts had made in their tables.
type Forgotten struct {
	journal.Envelope
	Order     string         `json:"order"`
	What      string         `json:"what"`
	Object    string         `json:"object"`
	People    []string       `json:"people"`              // records whose keys went
	Keys      int64          `json:"keys"`                // how many of them
	Bodies    map[string]int `json:"bodies,omitempty"`    // of a case: kind → how many were deleted
	Referrals []string       `json:"referrals,omitempty"` // of a case: forgotten with it

	// The number of a forgotten case stands, so that it is not given again.
	Number string    `json:"number,omitempty"`
	Prefix string    `json:"prefix,omitempty"`
	Year   int       `json:"year,omitempty"`
	N      int64     `json:"n,omitempty"`
	Office string    `json:"office,omitempty"`
	Opened time.Time `json:"opened,omitzero"`
}

// Kind implements journal.Fact.
func (Forgotten) Kind() string { return "case.forgotten.1" }

// Whole reports whether a whole case was forgotten.
func (f Forgotten) Whole() bool { return f.What == forgetCase }

func forgetFacts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f ForgetOrdered) error {
		o := ForgetOrder{ID: f.ID, Case: e.Case, What: f.What, Object: f.Object, Ground: f.Ground, By: account(e), At: e.Created, Fact: e.ID}
		return o.save(tx)
	})
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f ForgetRejected) error { return decideOrder(tx, e, f.Order, false) })
	journal.Register(k, applyForgotten)
	journal.React(k, destroy)
}

func account(e journal.Entry) string {
	if e.By == nil {
		return ""
	}
	return e.By.ID
}

func (o ForgetOrder) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO forget_order (id, case_id, object, decided, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET decided = excluded.decided, doc = excluded.doc`, o.ID, o.Case, o.Object, store.Micros(o.Decided), store.JSON(o))
}

func decideOrder(tx *store.Tx, e journal.Entry, id string, forgotten bool) error {
	o, err := store.Doc[ForgetOrder](tx, `SELECT doc FROM forget_order WHERE id = $1`, id)
	if err != nil {
		return fmt.Errorf("order to forget: %w", err)
	}
	o.Decided, o.Second, o.Forgotten = e.Created, account(e), forgotten
	return o.save(tx)
}

// applyForgotten removes what deleted bodies had made. In a replay those were
// holes and made nothing, so nothing of it may be taken for granted here.
func applyForgotten(tx *store.Tx, e journal.Entry, f Forgotten) error {
	if err := decideOrder(tx, e, f.Order, true); err != nil {
		return err
	}
	if f.Whole() {
		return removeCase(tx, f)
	}
	for _, id := range f.People {
		err := changePerson(tx, e, id, func(p *Person) { p.Forgotten = e.Created })
		if err != nil && !isAbsent(err) { // its case was forgotten later, and this is a replay
			return err
		}
	}
	return nil
}

// removeCase leaves the number of a case and nothing else.
func removeCase(tx *store.Tx, f Forgotten) error {
	for _, q := range []string{
		`DELETE FROM case_history WHERE object = $1 OR object IN (SELECT id FROM case_person WHERE case_id = $1) OR object IN (SELECT id FROM case_item WHERE case_id = $1)`,
		`DELETE FROM case_item WHERE case_id = $1`,
		`DELETE FROM case_person WHERE case_id = $1`,
	} {
		if err := tx.Exec(q, f.Object); err != nil {
			return fmt.Errorf("forget a case: %w", err)
		}
	}
	if err := access.Forget(tx, typeCase, f.Object); err != nil {
		return err
	}
	c := Case{ID: f.Object, Number: f.Number, Status: StatusForgotten, Office: f.Office, Opened: f.Opened}
	return tx.Exec(`INSERT INTO casefile (id, prefix, year, n, number, opened, doc) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, c.ID, f.Prefix, f.Year, f.N, f.Number, store.Micros(c.Opened), store.JSON(c))
}

// destroy does what no replay can: keys and bodies go, index rows go, acts about
// the case or its people that were shown and not yet signed go, and the log is
// emptied.
func destroy(tx *store.Tx, d *journal.Draw, e journal.Entry, f Forgotten) ([]journal.Fact, error) {
	for _, subject := range f.subjects() {
		if _, err := seal.Destroy(tx, subject, d.Now); err != nil {
			return nil, fmt.Errorf("forget: %w", err)
		}
	}
	if err := forgetSought(tx, d, f.People); err != nil {
		return nil, err
	}
	if err := act.DropPrepared(tx, slices.Concat([]string{e.Case, f.Object}, f.People, f.Referrals)...); err != nil {
		return nil, err
	}
	tx.Forgets()
	if !f.Whole() {
		return nil, reindexPerson(tx, d, d.Ring(), f.Object)
	}
	if err := unindexCase(tx, d.Ring(), f); err != nil {
		return nil, err
	}
	return nil, scope(f).Forget(tx, d)
}

// unindexCase takes every row and digest of a case out of the index.
func unindexCase(tx *store.Tx, ring *seal.Keyring, f Forgotten) error {
	for _, of := range append([]string{f.Object}, f.Referrals...) {
		if err := takeOutAll(tx, ring, of); err != nil {
			return err
		}
	}
	for _, p := range f.People {
		if err := tx.Exec(`DELETE FROM search_token WHERE person = $1`, p); err != nil {
			return fmt.Errorf("tokens: %w", err)
		}
	}
	return nil
}

// forgetSought destroys what was typed to find these people.
func forgetSought(tx *store.Tx, d *journal.Draw, people []string) error {
	facts, err := store.Column[string](tx, `SELECT id FROM fact WHERE kind = $1`, Sought{}.Kind())
	if err != nil {
		return fmt.Errorf("searches: %w", err)
	}
	for _, id := range facts {
		_, m, err := journal.Load(tx, id)
		if errors.Is(err, journal.ErrForgotten) {
			continue
		}
		if err != nil {
			return fmt.Errorf("searches: %w", err)
		}
		var f Sought
		if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
			return fmt.Errorf("searches: %w", err)
		}
		if slices.ContainsFunc(f.Found, func(p string) bool { return slices.Contains(people, p) }) {
			if err := seal.DestroyKey(tx, f.Key, d.Now); err != nil {
				return err
			}
		}
	}
	return nil
}

// Gone reports whether the person was forgotten.
func (p Person) Gone() bool { return !p.Forgotten.IsZero() }

// here refuses acts on a person who was forgotten.
func (p Person) here() error {
	if p.Gone() {
		return refusal.Conflict("casefile.forgotten")
	}
	return nil
}
