package protection

import (
	"context"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Which cases wait for the victim adviser follows from their people, what they were
// asked and which gates ended; so that a day needs not weigh every person of every
// case, its place is kept beside the case, by the acts that change it. It is an
// index, as that of the referrals is: no fact makes it, and each case that is shown
// is weighed anew.
//
// The order is by when the clock of what waits began: of somebody not screened, when
// they were recorded, and of a shut gate, since when it is shut. When it runs out is
// another thing for each question behind a gate, and an index that said it would say
// which question that is.

// Queue is the order in which cases wait for the victim adviser.
func Queue() store.Index {
	return store.Index{Name: "adviser's queue", Tables: []string{"protection_queue"}, Marked: "protection_queue_form", Form: 1, Make: makeQueue}
}

// queueFacts has the acts that change what a case waits for keep its place.
func queueFacts(k *journal.Kinds) {
	journal.Also(k, func(tx *store.Tx, e journal.Entry, f casefile.PersonAdded) error {
		return queueMet(tx, e.Case, e.Created)
	})
	journal.Also(k, func(tx *store.Tx, e journal.Entry, f casefile.Added[casefile.Role]) error {
		if f.Content.Role == "relative" || f.Content.Role == "suspect" || f.Content.Role == "official" { // perhaps nobody to be asked
			return requeue(tx, e.Case)
		}
		return nil
	})
	again := func(tx *store.Tx, e journal.Entry) error { return requeue(tx, e.Case) }
	after[casefile.Corrected[casefile.Role]](k, again)
	after[casefile.Added[casefile.Statement]](k, again)
	after[casefile.Corrected[casefile.Statement]](k, again)
	after[casefile.PersonClassed](k, again)
	after[casefile.PersonsMerged](k, again)
	after[casefile.PersonsUnmerged](k, again)
	after[casefile.StatusSet](k, again)
	after[casefile.Forgotten](k, again)
	after[Screened](k, again)
	after[GateEnded](k, again)
}

// after runs f after the applies of a kind.
func after[F any, PF interface {
	*F
	journal.Fact
}](k *journal.Kinds, f func(*store.Tx, journal.Entry) error) {
	journal.Also[F, PF](k, func(tx *store.Tx, e journal.Entry, _ F) error { return f(tx, e) })
}

// queueMet puts a case in which somebody was just recorded into the queue: whoever
// is met waits to be asked. Who need not be asked is told by the role, which follows.
func queueMet(tx *store.Tx, caseID string, since time.Time) error {
	if begun, err := Queue().Begun(tx); err != nil || !begun {
		return err
	}
	return tx.Exec(`INSERT INTO protection_queue (case_id, since) VALUES ($1, $2) ON CONFLICT (case_id) DO UPDATE SET since =
		CASE WHEN excluded.since < protection_queue.since THEN excluded.since ELSE protection_queue.since END`, caseID, store.Micros(since))
}

// requeue weighs a case anew and puts it where it belongs.
func requeue(tx *store.Tx, caseID string) error {
	if begun, err := Queue().Begun(tx); err != nil || !begun || caseID == "" {
		return err
	}
	since, waits, err := waitsSince(tx, caseID)
	if err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM protection_queue WHERE case_id = $1`, caseID); err != nil || !waits {
		return err
	}
	return queueMet(tx, caseID, since)
}

// waitsSince is since when an open case waits for a screening or for a gate to end.
func waitsSince(tx *store.Tx, caseID string) (since time.Time, waits bool, err error) {
	c, err := store.Docs[casefile.Case](tx, `SELECT doc FROM casefile WHERE id = $1`, caseID)
	if err != nil || len(c) == 0 || c[0].Status != casefile.StatusOpen {
		return since, false, err
	}
	people, err := subjects(tx, caseID)
	if err != nil {
		return since, false, err
	}
	for _, p := range people {
		s, err := weigh(tx, p)
		if err != nil {
			return since, false, err
		}
		for _, g := range s.shut {
			began := p.Added
			for _, x := range s.gates {
				if x.ID == g.Gate {
					began = x.Since
				}
			}
			if !waits || began.Before(since) {
				since, waits = began, true
			}
		}
	}
	return since, waits, nil
}

// makeQueue weighs every case.
func makeQueue(tx *store.Tx) error {
	all, err := store.Column[string](tx, `SELECT id FROM casefile ORDER BY id`)
	if err != nil {
		return fmt.Errorf("cases: %w", err)
	}
	for _, id := range all {
		if err := requeue(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// Day are the cases out of which nothing can go yet, the longest waiting first.
type Day struct {
	Rows  []CaseRow // at most as many as were asked for
	Count int       // of all, as far as they were counted
	More  bool      // there are more than were counted
}

// mostCounted is how many waiting cases a day counts: more is more.
const mostCounted = 80

// ListDay gives the first cases that wait for the protection desk of the reader's
// office. It reads as much of a few cases as of a hundred thousand.
func ListDay(ctx context.Context, a *act.Acts, by access.Actor, purpose string, most int) (Day, error) {
	return act.View(ctx, a, by, purpose, "protection.day", func(tx *store.Tx, v *act.Viewing) (Day, error) {
		var out Day
		narrow, args := access.Narrow(by, "case", "q.case_id", 1)
		ids, err := store.Column[string](tx, fmt.Sprintf(`SELECT q.case_id FROM protection_queue q WHERE %s ORDER BY q.since, q.case_id LIMIT $%d`, narrow, len(args)+1), append(args, mostCounted+1)...)
		if err != nil {
			return out, fmt.Errorf("cases that wait for the adviser: %w", err)
		}
		out.Count, out.More = min(len(ids), mostCounted), len(ids) > mostCounted
		for _, id := range ids {
			if len(out.Rows) == most {
				break
			}
			row, seen, err := casefile.SeeCase(tx, v, id)
			if err != nil {
				return out, err
			}
			if !seen {
				out.Count--
				continue
			}
			r, err := seeCase(tx, v, row)
			if err != nil {
				return out, err
			}
			if r.Open { // the index stands behind
				out.Count--
				continue
			}
			out.Rows = append(out.Rows, r)
		}
		return out, nil
	})
}
