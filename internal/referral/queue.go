package referral

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// Where a referral stands is no column, it follows from two histories; so that a
// list needs not read every history to know what dies first, its place in the
// order is kept beside it, by the act that changes it. It is an index: no fact
// makes it, nothing rests on it but which rows a list reads and the counts along
// the border (stands.go), and each row that is shown is derived anew.

// Queue is the order of the referrals of a node. Its form counts up also with a
// release that changes a term, a calendar or a procedure: due is computed from them.
func Queue() store.Index {
	return store.Index{Name: "queue", Tables: []string{"referral_queue", "referral_number"}, Marked: "referral_queue_form", Form: 3, Make: makeQueue}
}

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
	stand             stand
	said              said
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
	p.stand, p.said = r.standOf(s, running), r.said(s.Main)
	if anew {
		n, _, err := packet.LastSent(tx, r.Packet)
		switch {
		case err == nil:
			p.said.about = r.about(n)
		case !errors.Is(err, sql.ErrNoRows):
			return p, fmt.Errorf("latest sending: %w", err)
		}
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
	if begun, err := Queue().Begun(tx); err != nil || !begun {
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

// historyKey is a referral's among what a transaction knows, with its history;
// none where what was known is known no more. Whoever decided an act has just
// read it, and it is not read a second time for its place.
type historyKey string

// enqueueAfter is enqueue after one more act of a history.
func enqueueAfter(tx *store.Tx, id string, a Act) error {
	if begun, err := Queue().Begun(tx); err != nil || !begun {
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
	if anew {
		if err := r.spell(tx); err != nil {
			return err
		}
	}
	x := p.stand
	return tx.Exec(`INSERT INTO referral_queue (referral, case_id, due, newest, ends, here, meets, composed, corridor, handling, silent, answered, took, in_time, hour, given, crossing, state, other, about)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		ON CONFLICT (referral) DO UPDATE SET due = excluded.due, ends = excluded.ends, here = excluded.here, meets = excluded.meets,
		composed = CASE WHEN excluded.composed > 0 THEN excluded.composed ELSE referral_queue.composed END,
		corridor = excluded.corridor, handling = excluded.handling, silent = excluded.silent, answered = excluded.answered, took = excluded.took,
		in_time = excluded.in_time, hour = excluded.hour, given = excluded.given, crossing = excluded.crossing, state = excluded.state,
		about = CASE WHEN excluded.about <> '' THEN excluded.about ELSE referral_queue.about END`,
		r.ID, r.Case, p.due, -store.Micros(r.Opened), bit(p.ends), bit(p.here), bit(p.meets), p.composed,
		r.Corridor, r.Handling, store.Micros(x.silent), store.Micros(x.answered), x.took.Microseconds(), bit(x.inTime), store.Micros(x.hour), bit(x.given), x.crossing, p.said.state, p.said.other, p.said.about)
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// makeQueue puts every referral where its history says.
func makeQueue(tx *store.Tx) error {
	all, err := store.Column[string](tx, `SELECT id FROM referral ORDER BY id`)
	if err != nil {
		return fmt.Errorf("referrals: %w", err)
	}
	for _, id := range all {
		if err := enqueue(tx, id, true); err != nil {
			return err
		}
	}
	return nil
}
