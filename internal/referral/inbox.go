package referral

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// What an inbox can be narrowed to.
const (
	ShowAll   = "all"
	ShowYours = "yours" // the reader's own side owes the next step, to a role that they hold
	ShowLate  = "late"
	ShowOpen  = "open"
	ShowEnded = "ended"
)

// Shows lists what an inbox can be narrowed to.
var Shows = []string{ShowAll, ShowYours, ShowLate, ShowOpen, ShowEnded}

// shows reports whether a row is among what was asked for.
func (r Row) shows(what string) bool {
	switch what {
	case ShowYours:
		return r.Owes != nil && r.Owes.Yours && !r.Ends
	case ShowLate:
		return r.Clock != nil && r.Clock.HasDue && r.Clock.State != program.Paused && r.Clock.Left < 0
	case ShowOpen:
		return !r.Ends
	case ShowEnded:
		return r.Ends
	}
	return true
}

// Asked is what an inbox is asked for.
type Asked struct {
	Show  string  // one of Shows; all of them when empty
	After string  // where the page before ended; the first page when empty
	Limit int     // rows of a page
	Words string  // parts of words that a row says; all rows when empty
	Tell  Telling // what a row says; needed with Words
}

// Inbox is one page of the reader's referrals.
type Inbox struct {
	Rows []Row
	Next string // where the next page begins; empty when there is none
}

// spot is a place in the queue, at which a page ends.
type spot struct {
	due, newest int64
	id          string
}

func (s spot) String() string { return fmt.Sprintf("%d.%d.%s", s.due, s.newest, s.id) }

// queueStart is before every place.
var queueStart = spot{due: math.MinInt64}

func spotOf(text string) (s spot, err error) {
	if text == "" {
		return queueStart, nil
	}
	parts := strings.SplitN(text, ".", 3)
	if len(parts) < 3 {
		return s, refusal.New("act.malformed", "field", "after")
	}
	due, err1 := strconv.ParseInt(parts[0], 10, 64)
	newest, err2 := strconv.ParseInt(parts[1], 10, 64)
	if err1 != nil || err2 != nil {
		return s, refusal.New("act.malformed", "field", "after")
	}
	return spot{due, newest, parts[2]}, nil
}

// ListInbox gives one page of the inbox: the clock that dies first on top, then what waits
// without a clock, then what has ended.
func ListInbox(ctx context.Context, a *act.Acts, by access.Actor, purpose string, q Asked) (Inbox, error) {
	return act.View(ctx, a, by, purpose, "referral.list", func(tx *store.Tx, v *act.Viewing) (out Inbox, err error) {
		at, err := spotOf(q.After)
		if err != nil {
			return out, err
		}
		now := a.Now()
		where := map[string]string{ShowYours: ` AND q.here = 1 AND q.ends = 0`, ShowLate: ` AND q.due < ` + strconv.FormatInt(store.Micros(now), 10),
			ShowOpen: ` AND q.ends = 0`, ShowEnded: ` AND q.ends = 1`}[q.Show]
		words := q.words()
		said, saidArgs, err := saying(tx, words, q.Tell, 1)
		if err != nil {
			return out, err
		}
		for {
			spots, err := queued(tx, by, said+where, at, q.Limit+1, saidArgs...)
			if err != nil {
				return out, err
			}
			for _, s := range spots {
				row, ok, err := seen(tx, v, s.id, now)
				if err != nil {
					return out, err
				}
				if ok && row.shows(q.Show) && row.says(words, q.Tell) {
					if len(out.Rows) == q.Limit { // it begins the next page
						out.Next = at.String()
						return out, nil
					}
					out.Rows = append(out.Rows, row)
				}
				at = s
			}
			if len(spots) <= q.Limit {
				return out, nil
			}
		}
	})
}

// queued are the next referrals of the queue that the reader's office could know.
// What where asks for by parameters stands in whereArgs, from $1 on.
func queued(tx *store.Tx, by access.Actor, where string, after spot, limit int, whereArgs ...any) (out []spot, err error) {
	own, ownArgs := access.Narrow(by, typeReferral, "q.referral", 1+len(whereArgs))
	cases, caseArgs := access.Narrow(by, "case", "q.case_id", 1+len(whereArgs)+len(ownArgs))
	args := slices.Concat(whereArgs, ownArgs, caseArgs)
	n := len(args)
	args = append(args, after.due, after.newest, after.id, limit)
	err = store.Each(tx, func(rows *sql.Rows) error {
		var s spot
		err := rows.Scan(&s.due, &s.newest, &s.id)
		out = append(out, s)
		return err
	}, fmt.Sprintf(`SELECT q.due, q.newest, q.referral FROM referral_queue q WHERE (q.due, q.newest, q.referral) > ($%d, $%d, $%d) AND (%s OR %s)%s
		ORDER BY q.due, q.newest, q.referral LIMIT $%d`, n+1, n+2, n+3, own, cases, where, n+4), args...)
	if err != nil {
		return nil, fmt.Errorf("queue of referrals: %w", err)
	}
	return out, nil
}

// seen is a referral of the queue as a row, if the reader may see it.
func seen(tx *store.Tx, v *act.Viewing, id string, now time.Time) (Row, bool, error) {
	r, known, err := ofQueue(tx, id)
	if err != nil || !known {
		return Row{}, false, err
	}
	return r.row(tx, v, now, Filter{})
}

// ofQueue reads a referral that the queue names. The queue is an index: what it
// names may be gone.
func ofQueue(tx *store.Tx, id string) (r Referral, known bool, err error) {
	r, err = store.Doc[Referral](tx, `SELECT doc FROM referral WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	if err == nil {
		err = r.complete(tx)
	}
	if err != nil {
		return r, false, fmt.Errorf("referral of the queue: %w", err)
	}
	return r, true, nil
}

// eachQueued calls f for every referral of a part of the queue that the reader's
// office could know; what they may see f decides.
func eachQueued(tx *store.Tx, by access.Actor, where string, f func(r Referral) error) error {
	spots, err := queued(tx, by, where, queueStart, math.MaxInt32)
	if err != nil {
		return err
	}
	for _, s := range spots {
		r, known, err := ofQueue(tx, s.id)
		if err != nil {
			return err
		}
		if !known {
			continue
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}
