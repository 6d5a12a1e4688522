package referral

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// Where a referral stands is no column, it follows from two histories; so that a
// list needs not read every history to know what dies first, its place in the
// order is kept beside it, by the act that changes it. It is an index: no fact
// makes it, nothing rests on it but which rows a list reads, and each row that is
// shown is derived anew.

// queueForm is the form in which rows stand in the queue now. It counts up with
// what a row says, and with a release that changes a term, a calendar or a
// procedure: due is computed from them.
const queueForm = 1

// Without a running clock a referral comes after all that have one: what waits
// first, then what has ended.
const (
	dueNever = math.MaxInt64 - 1
	dueEnded = math.MaxInt64
)

// place is a referral's row in the queue.
type place struct {
	due               int64
	ends, here, meets bool
	composed          int64
}

// placeOf derives the row from the history; anew where there may be none yet that
// knows of an earlier act.
func (r Referral) placeOf(tx *store.Tx, anew bool) (p place, err error) {
	s := r.State()
	main, _ := r.procedure.StateOf(program.MainTrack, s.Main)
	p.ends, p.due = main.Ends, dueNever
	if owed, waits := s.Waiting(); waits {
		p.here = owed.Side == r.Side || owed.Side == program.Either
	}
	running, err := r.Clocks(tx, s, r.latest())
	if err != nil {
		return p, err
	}
	over := p.ends
	for _, c := range running {
		if c.Burns() {
			p.due = min(p.due, store.Micros(c.Due))
		}
		over = over && !(c.HasDue && c.Ended.IsZero())
	}
	if over {
		p.due = dueEnded
	}
	open := func(h HandOver) bool { return h.Between() || h.waits() }
	if p.meets = slices.ContainsFunc(r.handOvers(s), open); !p.meets {
		receptions, err := receptionsOf(tx, r.ID)
		if err != nil {
			return p, err
		}
		p.meets = slices.ContainsFunc(receptions, func(x Reception) bool { return open(x.handOver(r)) })
	}
	if first := slices.IndexFunc(r.Acts, func(a Act) bool { return a.Step == stepComplete }); r.Home() && first >= 0 && (anew || first == len(r.Acts)-1) {
		err = tx.QueryRow(`SELECT seq FROM referral_act WHERE referral = $1 AND fact = $2`, r.ID, r.Acts[first].Fact).Scan(&p.composed)
	}
	return p, err
}

// latest is when the last act was taken: a row depends on the history alone.
func (r Referral) latest() (at time.Time) {
	for _, a := range r.Acts {
		if a.At.After(at) {
			at = a.At
		}
	}
	return at
}

// enqueue puts a referral where its history says. One that is not here yet has
// no place; an alert may arrive before it.
func enqueue(tx *store.Tx, id string, anew bool) error {
	if begun, err := begun(tx); err != nil || !begun {
		return err
	}
	r, err := store.Doc[Referral](tx, `SELECT doc FROM referral WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = r.complete(tx)
	}
	if err != nil {
		return fmt.Errorf("referral in the queue: %w", err)
	}
	tx.Keep(historyKey(id), r)
	return r.enqueue(tx, anew)
}

// begunKey is among what a transaction knows: whether there is a queue.
type begunKey struct{}

// begun reports whether the queue is kept. It is not while a journal is replayed
// into an empty store: Current makes it before anybody reads.
func begun(tx *store.Tx) (is bool, err error) {
	if k, known := tx.Known(begunKey{}); known {
		return k.(bool), nil
	}
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM referral_queue_form)`).Scan(&is)
	if err != nil {
		return false, fmt.Errorf("form of the queue: %w", err)
	}
	tx.Keep(begunKey{}, is)
	return is, nil
}

// historyKey is a referral's among what a transaction knows, with its history;
// none where what was known is known no more. Whoever decided an act has just
// read it, and it is not read a second time for its place.
type historyKey string

// enqueueAfter is enqueue after one more act of a history.
func enqueueAfter(tx *store.Tx, id string, a Act) error {
	if begun, err := begun(tx); err != nil || !begun {
		return err
	}
	k, _ := tx.Known(historyKey(id))
	r, known := k.(Referral)
	if !known || r.ID == "" || slices.ContainsFunc(r.Acts, func(x Act) bool { return x.Fact == a.Fact }) {
		return enqueue(tx, id, false)
	}
	r.Acts = append(slices.Clip(r.Acts), a)
	tx.Keep(historyKey(id), r)
	return r.enqueue(tx, false)
}

func (r Referral) enqueue(tx *store.Tx, anew bool) error {
	p, err := r.placeOf(tx, anew)
	if err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO referral_queue (referral, case_id, due, newest, ends, here, meets, composed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (referral) DO UPDATE SET due = excluded.due, ends = excluded.ends, here = excluded.here, meets = excluded.meets,
		composed = CASE WHEN excluded.composed > 0 THEN excluded.composed ELSE referral_queue.composed END`,
		r.ID, r.Case, p.due, -store.Micros(r.Opened), bit(p.ends), bit(p.here), bit(p.meets), p.composed)
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Current makes the queue anew where it was written in an earlier form. A node
// asks it before it opens its doors.
func Current(ctx context.Context, db *store.DB) error {
	var form int
	read := func(tx *store.Tx) error {
		if err := tx.QueryRow(`SELECT COALESCE(MAX(form), 0) FROM referral_queue_form`).Scan(&form); err != nil {
			return fmt.Errorf("form of the queue: %w", err)
		}
		return nil
	}
	if err := db.Read(ctx, read); err != nil || form == queueForm {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := read(tx); err != nil || form == queueForm { // another process of this node was first
			return err
		}
		return Rebuild(tx)
	})
}

// Rebuild makes the whole queue anew. It changes no state and may run at any time.
func Rebuild(tx *store.Tx) error {
	for _, q := range []string{`DELETE FROM referral_queue`, `DELETE FROM referral_queue_form`} {
		if err := tx.Exec(q); err != nil {
			return fmt.Errorf("rebuild the queue: %w", err)
		}
	}
	tx.Keep(begunKey{}, true)
	if err := tx.Exec(`INSERT INTO referral_queue_form (form) VALUES ($1)`, queueForm); err != nil {
		return fmt.Errorf("rebuild the queue: %w", err)
	}
	var all []string
	err := store.Each(tx, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		all = append(all, id)
		return err
	}, `SELECT id FROM referral ORDER BY id`)
	if err != nil {
		return fmt.Errorf("rebuild the queue: %w", err)
	}
	for _, id := range all {
		if err := enqueue(tx, id, true); err != nil {
			return err
		}
	}
	return nil
}
