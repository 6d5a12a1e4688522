package accord

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// The programme stood still in 2016 and 2017 while Mexico changed its criminal
// procedure. Either government can stand an accord still and alone can take
// its own suspension back: nothing new is referred meanwhile, and what was
// referred goes on.

// Suspension is a time in which a government stood an accord still.
type Suspension struct {
	Node    string    `json:"node"`
	Since   time.Time `json:"since"`
	Resumed time.Time `json:"resumed,omitzero"` // zero: it stands still
}

// covers reports whether the accord stood still by it at a moment.
func (s Suspension) covers(at time.Time) bool {
	return !at.Before(s.Since) && (s.Resumed.IsZero() || at.Before(s.Resumed))
}

// suspended reports whether a side stands the accord still at a moment.
func (a Accord) suspended(at time.Time, sides ...string) bool {
	return slices.ContainsFunc(a.Suspensions, func(s Suspension) bool {
		return s.covers(at) && (len(sides) == 0 || slices.Contains(sides, s.Node))
	})
}

// Suspended is one government's notice that nothing new is referred under an
// accord until it resumes.
type Suspended struct {
	journal.Envelope
	Accord string `json:"accord"`
}

// Kind implements journal.Fact.
func (Suspended) Kind() string { return "accord.suspended.1" }

// Resumed takes a government's own suspension back.
type Resumed struct {
	journal.Envelope
	Accord string `json:"accord"`
}

// Kind implements journal.Fact.
func (Resumed) Kind() string { return "accord.resumed.1" }

func suspensionFacts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f Suspended) error {
		return tx.Exec(`INSERT INTO accord_suspension (accord, node, since) VALUES ($1, $2, $3)`, f.Accord, e.From.Node, store.Micros(e.Created))
	})
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f Resumed) error {
		return tx.Exec(`UPDATE accord_suspension SET resumed = $1 WHERE accord = $2 AND node = $3 AND resumed = 0`, store.Micros(e.Created), f.Accord, e.From.Node)
	})
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f Suspended) (wire.Code, error) {
		return admitPause(tx, m, f.Accord, false)
	})
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f Resumed) (wire.Code, error) {
		return admitPause(tx, m, f.Accord, true)
	})
	k.Set(journal.SignedByPerson(), &Suspended{}, &Resumed{})
}

// admitPause takes a side's suspension where it has none, and its resumption
// where it has one.
func admitPause(tx *store.Tx, m wire.Message, id string, standing bool) (wire.Code, error) {
	a, code, err := admitted(tx, m, id)
	if code != "" || err != nil {
		return code, err
	}
	if a.suspended(m.Act.Created, m.Act.From.Node) != standing {
		return wire.CodeStep, nil
	}
	return "", nil
}

// Suspend stands an accord still for this government.
type Suspend struct {
	Accord string `json:"accord"`
}

// Verb implements act.Command.
func (*Suspend) Verb() string { return "accord.suspend" }

// Signed implements act.Signed.
func (*Suspend) Signed() {}

// Decide implements act.Command.
func (c *Suspend) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, other, err := paused(tx, d, c.Accord)
	if err != nil {
		return nil, err
	}
	if a.suspended(d.Now, d.Node) {
		return nil, refusal.Conflict("accord.suspended_already")
	}
	return []journal.Fact{&Suspended{Envelope: to(other.Node), Accord: a.ID}}, nil
}

// Resume takes this government's suspension of an accord back.
type Resume struct {
	Accord string `json:"accord"`
}

// Verb implements act.Command.
func (*Resume) Verb() string { return "accord.resume" }

// Signed implements act.Signed.
func (*Resume) Signed() {}

// Decide implements act.Command.
func (c *Resume) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, other, err := paused(tx, d, c.Accord)
	if err != nil {
		return nil, err
	}
	if !a.suspended(d.Now, d.Node) {
		return nil, refusal.Conflict("accord.not_suspended")
	}
	return []journal.Fact{&Resumed{Envelope: to(other.Node), Accord: a.ID}}, nil
}

// paused loads an accord for a signatory who stands it still or takes it up.
func paused(tx *store.Tx, d *act.Draw, id string) (Accord, Party, error) {
	a, other, err := mine(tx, d, id)
	switch status := a.Status(d.Now); {
	case err != nil:
		return a, other, err
	case !d.By.Has(access.RoleCoordinator):
		return a, other, refusal.New("accord.not_a_signatory")
	case status != StatusInForce && status != StatusSuspended:
		return a, other, refusal.Conflict("accord.not_in_force")
	}
	return a, other, nil
}

func loadSuspensions(tx *store.Tx, id string) (out []Suspension, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var s Suspension
		var since, resumed int64
		err := rows.Scan(&s.Node, &since, &resumed)
		s.Since, s.Resumed = store.Time(since), store.Time(resumed)
		out = append(out, s)
		return err
	}, `SELECT node, since, resumed FROM accord_suspension WHERE accord = $1 ORDER BY since, node`, id)
	if err != nil {
		return nil, fmt.Errorf("accord suspensions: %w", err)
	}
	return out, nil
}
