package referral

import (
	"context"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/packet"
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
	since       time.Time
	node        string
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
		known, err := knownTo(tx, by, Filter{Limit: 2000})
		if err != nil {
			return DayView{}, err
		}
		now := a.Now()
		if yesterday := now.Add(-24 * time.Hour); since.IsZero() || since.After(yesterday) {
			since = yesterday
		}
		if oldest := now.Add(-longestLook); since.Before(oldest) {
			since = oldest
		}
		d := DayView{Yours: []Row{}, Theirs: []Row{}, Silent: []Row{}, HandOvers: []Sheet{}, Answers: []Answer{}, Supplements: []Row{}, since: since, node: a.Node}
		for _, r := range known {
			if err := d.add(tx, v, r, now); err != nil {
				return d, err
			}
		}
		d.order()
		return d, nil
	})
}

func (d *DayView) add(tx *store.Tx, v *act.Viewing, r Referral, now time.Time) error {
	s := r.State()
	if h, ok := r.handOver(s); ok && h.near(now) && v.See(r.resource("handover")) {
		sheet, err := r.sheet(tx, v, s, h, now)
		if err != nil {
			return err
		}
		d.HandOvers = append(d.HandOvers, sheet)
	}
	if err := d.addReceptions(tx, v, r, now); err != nil {
		return err
	}
	row, ok, err := r.row(tx, v, now, Filter{})
	if !ok || err != nil {
		return err
	}
	if row.Owes != nil && (!row.Ends || row.Clock != nil) {
		switch {
		case row.Owes.Side == r.Side:
			d.Yours = append(d.Yours, row)
		default:
			d.Theirs = append(d.Theirs, row)
			if c := row.Clock; c != nil && c.Side != r.Side && c.State == program.Overdue {
				d.Silent = append(d.Silent, row)
			}
		}
	}
	d.answers(r)
	return d.supplement(tx, v, r, row, now)
}

// supplement adds the task of telling what was found since, which stands after a
// decision too. Cases of which nothing was recorded since a packet was drawn up
// are passed over unread.
func (d *DayView) supplement(tx *store.Tx, v *act.Viewing, r Referral, row Row, now time.Time) error {
	if !r.Home() || !v.See(r.resource("analysis")) {
		return nil
	}
	var news bool
	err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM fact WHERE case_id = $1 AND (kind LIKE 'case.%' OR kind LIKE 'exhibit.%')
		AND seq > (SELECT MIN(seq) FROM fact WHERE referral_id = $2 AND kind = $3))`, r.Case, r.ID, packet.Composed{}.Kind()).Scan(&news)
	if err != nil || !news {
		return err
	}
	task, err := r.supplementTask(tx, v.Ring)
	if err != nil || task == nil {
		return err
	}
	c := task.clock(d.node, now)
	row.Clock = &c
	d.Supplements = append(d.Supplements, row)
	return nil
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

func (d *DayView) answers(r Referral) {
	for _, a := range r.Acts {
		rule, ok := r.procedure.Rule(a.Step)
		if ok && a.Side != r.Side && a.At.After(d.since) {
			d.Answers = append(d.Answers, Answer{Referral: r.ID, Number: r.Number, Step: a.Step, Name: rule.Done, Node: a.Node, At: a.At})
		}
	}
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
	slices.SortStableFunc(d.HandOvers, func(a, b Sheet) int { return a.HandOver.At.Compare(b.HandOver.At) })
	slices.SortStableFunc(d.Answers, func(a, b Answer) int { return b.At.Compare(a.At) })
}
