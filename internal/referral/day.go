package referral

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// DayView is a reader's day: what needs them, by the clock that dies first,
// what the other side owes, and what it did since they last looked.
type DayView struct {
	Yours     []Row    `json:"yours"`  // this side owes the step, the reader's roles first
	Theirs    []Row    `json:"theirs"` // the other side owes it
	Silent    []Row    `json:"silent"` // the other side's clock has run out
	HandOvers []Sheet  `json:"hand_overs"`
	Answers   []Answer `json:"answers"`
	// Supplements are referrals about which something was found since the packet
	// went that speaks for a suspect: the clock of each is to tell the other side.
	Supplements []Row `json:"supplements"`
	// Seconds are referrals whose packet was drawn up once more for a supplement
	// and waits for the reader's approval.
	Seconds []Row `json:"seconds"`
	since   time.Time
	node    string
}

// Answer is an act of the other side since the reader last looked.
type Answer struct {
	Referral string       `json:"referral"`
	Number   string       `json:"number"`
	Step     string       `json:"step"`
	Name     program.Text `json:"name"`
	Node     string       `json:"node"`
	At       time.Time    `json:"at"`
}

// longestLook is how far back a day tells what the other side did.
const longestLook = 14 * 24 * time.Hour

// Day gathers the reader's day from the referrals that they may see, with what
// the other side did since then: in the last 24 hours at least, in the last two
// weeks at most.
func Day(ctx context.Context, a *act.Acts, by access.Actor, purpose string, since time.Time) (DayView, error) {
	return act.View(ctx, a, by, purpose, "referral.day", func(tx *store.Tx, v *act.Viewing) (DayView, error) {
		now := a.Now()
		if yesterday := now.Add(-24 * time.Hour); since.IsZero() || since.After(yesterday) {
			since = yesterday
		}
		if oldest := now.Add(-longestLook); since.Before(oldest) {
			since = oldest
		}
		d := DayView{Yours: []Row{}, Theirs: []Row{}, Silent: []Row{}, HandOvers: []Sheet{}, Answers: []Answer{}, Supplements: []Row{}, Seconds: []Row{}, since: since, node: a.Node}
		for _, add := range []func(*store.Tx, *act.Viewing, time.Time) error{d.addTasks, d.addHandOvers, d.addAnswers, d.addSupplements, d.addSeconds} {
			if err := add(tx, v, now); err != nil {
				return d, err
			}
		}
		d.order()
		return d, nil
	})
}

// A day shows the first of what is owed, and the inbox all of it: nobody does
// more in a day, and an office with a thousand referrals waits for no page.
const (
	dayOwed    = 80  // that this side owes, and as many that the other does
	dayDrafts  = 20  // without a clock, newest first
	dayAnswers = 200 // acts of the other side, newest first
)

// addTasks adds who owes what, by the clock that dies first.
func (d *DayView) addTasks(tx *store.Tx, v *act.Viewing, now time.Time) error {
	added := map[string]bool{}
	for _, part := range []struct {
		where string
		limit int
	}{
		{fmt.Sprintf(` AND q.here = 1 AND q.due < %d`, dueEnded), dayOwed},
		{fmt.Sprintf(` AND q.here = 1 AND q.due = %d`, dueNever), dayDrafts},
		{fmt.Sprintf(` AND q.here = 0 AND q.due < %d`, dueEnded), dayOwed},
	} {
		spots, err := queued(tx, v.By, part.where, queueStart, part.limit)
		if err != nil {
			return err
		}
		for _, s := range spots {
			if added[s.id] {
				continue
			}
			added[s.id] = true
			r, known, err := ofQueue(tx, s.id)
			if err != nil {
				return err
			}
			if !known {
				continue
			}
			row, ok, err := r.row(tx, v, now, Filter{})
			if err != nil {
				return err
			}
			if ok {
				d.addTask(row)
			}
		}
	}
	return nil
}

func (d *DayView) addTask(row Row) {
	switch {
	case row.Owes == nil || row.Ends && row.Clock == nil:
	case row.Owes.Side == row.Side:
		d.Yours = append(d.Yours, row)
	default:
		d.Theirs = append(d.Theirs, row)
		if c := row.Clock; c != nil && c.Side != row.Side && c.State == program.Overdue {
			d.Silent = append(d.Silent, row)
		}
	}
}

// addHandOvers adds the appointments of today, and who is between two signatures.
func (d *DayView) addHandOvers(tx *store.Tx, v *act.Viewing, now time.Time) error {
	return eachQueued(tx, v.By, ` AND q.meets = 1`, func(r Referral) error {
		s := r.State()
		if h, ok := r.handOver(s); ok && h.near(now) && v.See(r.resource("handover")) {
			sheet, err := r.sheet(tx, v, s, h, now)
			if err != nil {
				return err
			}
			d.HandOvers = append(d.HandOvers, sheet)
		}
		return d.addReceptions(tx, v, r, now)
	})
}

// addAnswers adds what the other side did, as it was recorded here.
func (d *DayView) addAnswers(tx *store.Tx, v *act.Viewing, _ time.Time) error {
	after, err := journal.Before(tx, d.since)
	if err != nil {
		return err
	}
	type answer struct{ referral, fact string }
	var acts []answer
	own, args := access.Narrow(v.By, typeReferral, "q.referral", 1)
	cases, more := access.Narrow(v.By, "case", "q.case_id", 1+len(args))
	args = append(slices.Concat(args, more), after, dayAnswers)
	err = store.Each(tx, func(rows *sql.Rows) error {
		var x answer
		err := rows.Scan(&x.referral, &x.fact)
		acts = append(acts, x)
		return err
	}, fmt.Sprintf(`SELECT a.referral, a.fact FROM referral_act a WHERE a.seq > $%d AND (SELECT COUNT(*) FROM referral_queue q WHERE q.referral = a.referral AND (%s OR %s)) = 1
		ORDER BY a.seq DESC LIMIT $%d`, len(args)-1, own, cases, len(args)), args...)
	if err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	known := map[string]*Referral{}
	for _, x := range acts {
		r, read := known[x.referral]
		if !read {
			y, there, err := ofQueue(tx, x.referral)
			if err != nil {
				return err
			}
			if there && v.See(Resource(y)) {
				r = &y
			}
			known[x.referral] = r
		}
		if r != nil {
			d.addAnswer(*r, x.fact)
		}
	}
	return nil
}

func (d *DayView) addAnswer(r Referral, fact string) {
	i := slices.IndexFunc(r.Acts, func(a Act) bool { return a.Fact == fact })
	if i < 0 || r.Acts[i].Side == r.Side {
		return
	}
	a := r.Acts[i]
	if rule, ok := r.procedure.Rule(a.Step); ok {
		d.Answers = append(d.Answers, Answer{Referral: r.ID, Number: r.Number, Step: a.Step, Name: rule.Done, Node: a.Node, At: a.At})
	}
}

// addSupplements adds the task of telling what was found since, which stands after
// a decision too. Cases of which nothing was recorded since a packet was drawn up
// are passed over unread.
func (d *DayView) addSupplements(tx *store.Tx, v *act.Viewing, now time.Time) error {
	const news = ` AND q.composed > 0 AND EXISTS (SELECT 1 FROM fact WHERE fact.case_id = q.case_id AND fact.seq > q.composed AND (fact.kind LIKE 'case.%' OR fact.kind LIKE 'exhibit.%'))`
	return eachQueued(tx, v.By, news, func(r Referral) error {
		if !v.See(Resource(r)) || !v.See(r.resource("analysis")) {
			return nil
		}
		task, err := r.supplementTask(tx, v.Ring)
		if err != nil || task == nil {
			return err
		}
		row, err := r.summary(tx, v.By, r.State(), now)
		if err != nil {
			return err
		}
		c := task.clock(d.node, now)
		row.Clock = &c
		d.Supplements = append(d.Supplements, row)
		return nil
	})
}

// addSeconds adds the supplements that wait for the reader as their second
// person. Their clock, if they have one, is that of what was found.
func (d *DayView) addSeconds(tx *store.Tx, v *act.Viewing, now time.Time) error {
	const drawnUp = ` AND q.composed > 0 AND q.referral IN (SELECT referral FROM packet_version WHERE message IS NULL)`
	return eachQueued(tx, v.By, drawnUp, func(r Referral) error {
		anew, err := r.drawnUpAnew(tx, v)
		if err != nil || !slices.ContainsFunc(anew, func(o Offer) bool { return o.Step == stepApprove }) || !v.See(Resource(r)) {
			return err
		}
		row, err := r.summary(tx, v.By, r.State(), now)
		if err != nil {
			return err
		}
		row.Clock = nil
		task, err := r.supplementTask(tx, v.Ring)
		if task != nil {
			c := task.clock(d.node, now)
			row.Clock = &c
		}
		d.Seconds = append(d.Seconds, row)
		return err
	})
}

// addReceptions adds the sheets of protected people: of whom the reader is not
// told where and when, that they are safe and counted, as long as they have not
// arrived; an hour nearer would tell.
func (d *DayView) addReceptions(tx *store.Tx, v *act.Viewing, r Referral, now time.Time) error {
	receptions, err := receptionsOf(tx, r.ID)
	if err != nil {
		return err
	}
	for _, x := range receptions {
		h := x.handOver(r)
		if !h.waits() && !h.Between() || !v.See(r.resource("handover")) {
			continue
		}
		sheet, err := r.receptionSheet(tx, v, x, now)
		if err != nil {
			return err
		}
		if sheet.Safe || sheet.HandOver.near(now) {
			d.HandOvers = append(d.HandOvers, sheet)
		}
	}
	return nil
}

// near reports whether the appointment needs somebody today: it is due within a
// day, or a person is between two signatures.
func (h HandOver) near(now time.Time) bool {
	return h.Between() || h.waits() && h.At.After(now.Add(-24*time.Hour)) && h.At.Before(now.Add(24*time.Hour))
}

// order puts what dies first on top.
func (d *DayView) order() {
	byClock := func(a, b Row) int {
		switch {
		case a.Owes != nil && b.Owes != nil && a.Owes.Yours != b.Owes.Yours:
			if a.Owes.Yours {
				return -1
			}
			return 1
		case a.Clock == nil && b.Clock == nil:
			return a.Since.Compare(b.Since)
		case a.Clock == nil:
			return 1
		case b.Clock == nil:
			return -1
		case a.Clock.Before(*b.Clock):
			return -1
		case b.Clock.Before(*a.Clock):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(d.Yours, byClock)
	slices.SortStableFunc(d.Theirs, byClock)
	slices.SortStableFunc(d.Silent, byClock)
	slices.SortStableFunc(d.Supplements, byClock)
	slices.SortStableFunc(d.Seconds, byClock)
	slices.SortStableFunc(d.HandOvers, func(a, b Sheet) int { return a.HandOver.At.Compare(b.HandOver.At) })
	slices.SortStableFunc(d.Answers, func(a, b Answer) int { return b.At.Compare(a.At) })
}
