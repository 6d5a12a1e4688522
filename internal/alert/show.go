package alert

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Clock is the acknowledgement clock of one side as it is shown.
type Clock struct {
	Node    string             `json:"node"`
	Started time.Time          `json:"started"`
	Due     time.Time          `json:"due"`
	Ended   time.Time          `json:"ended,omitzero"`
	Left    time.Duration      `json:"left"` // nanoseconds; negative once overdue
	State   program.ClockState `json:"state"`
}

// Written is something written of an alert, as it was written.
type Written struct {
	Mark
	What  string `json:"what"`            // raised, report, outcome, review
	Words *Words `json:"words,omitempty"` // nil while its key is on its way
}

// PhoneView is the location of a telephone; what stands behind it is nil when
// its key is gone.
type PhoneView struct {
	Phone
	Usable   bool      `json:"usable"`
	Locating *Locating `json:"locating,omitempty"`
}

// View is an alert as the offices of its corridor see it.
type View struct {
	Alert
	CaseNumber string             `json:"case_number,omitempty"` // of the case it belongs to, for who may see it
	Clocks     []Clock            `json:"clocks"`
	Written    []Written          `json:"written"`
	Phones     []PhoneView        `json:"phones"` // of this side
	Offices    []string           `json:"offices"`
	Delivery   *exchange.Delivery `json:"delivery,omitempty"` // of the raising, on the node that raised it
}

// recent is how long an alert that is over stays on the list.
const recent = 30 * 24 * time.Hour

// List gives the alerts that the reader's office knows of: those that stand,
// then those that are over since 30 days at most, the newest first.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Alert, error) {
	return act.View(ctx, a, by, purpose, "alert.list", func(tx *store.Tx, v *act.Viewing) ([]Alert, error) {
		return see(tx, v, `x.ended = 0 OR x.ended > $3`, store.Micros(a.Now().Add(-recent)))
	})
}

// Standing gives the alerts without an outcome that the reader's office knows of.
func Standing(ctx context.Context, a *act.Acts, by access.Actor) ([]Alert, error) {
	return act.View(ctx, a, by, wire.PurposeLifeAtRisk, "alert.standing", func(tx *store.Tx, v *act.Viewing) ([]Alert, error) {
		return see(tx, v, `x.ended = $3`, int64(0))
	})
}

// Any reports whether an alert stands that an office knows of: nothing else of
// it is told.
func Any(tx *store.Tx, office string) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM alert x JOIN membership m ON m.object_type = $1 AND m.object_id = x.id AND m.office = $2 WHERE x.ended = 0`,
		typeAlert, office).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("alerts: %w", err)
	}
	return n > 0, nil
}

func see(tx *store.Tx, v *act.Viewing, which string, arg any) ([]Alert, error) {
	narrow, args := access.Narrow(v.By, typeAlert, "x.id", 1)
	all, err := store.Docs[Alert](tx, `SELECT x.doc FROM alert x WHERE (`+which+`) AND `+narrow+` ORDER BY x.ended > 0, x.raised DESC, x.id`, append(args, arg)...)
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	out := []Alert{}
	for _, a := range all {
		r, err := a.Resource(tx)
		if err != nil {
			return nil, err
		}
		if v.See(r) {
			if _, known, err := a.caseOf(tx, v); err != nil {
				return nil, err
			} else if !known {
				a.Case = ""
			}
			out = append(out, a)
		}
	}
	return out, nil
}

// Show gives one alert with everything that was written of it.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (View, error) {
	return act.View(ctx, a, by, purpose, "alert.show", func(tx *store.Tx, v *act.Viewing) (View, error) {
		x, err := Load(tx, id)
		if err != nil {
			return View{}, err
		}
		r, err := x.Resource(tx)
		if err != nil {
			return View{}, err
		}
		if !v.See(r) {
			return View{}, refusal.NotFound()
		}
		out := View{Alert: x, Offices: r.Offices, Phones: []PhoneView{}}
		known := false
		if out.CaseNumber, known, err = x.caseOf(tx, v); err != nil {
			return View{}, err
		}
		if !known {
			out.Case = ""
		}
		for _, node := range []string{x.Raised.Node, x.To} {
			if node == "" {
				continue
			}
			c := x.clock(node, a.Now())
			out.Clocks = append(out.Clocks, Clock{Node: node, Started: x.Raised.At, Due: c.Due, Ended: c.Ended, Left: c.Left, State: c.State})
		}
		if out.Written, err = x.written(tx, v); err != nil {
			return View{}, err
		}
		if out.Phones, err = x.phones(tx, v); err != nil {
			return View{}, err
		}
		if d, ok, err := exchange.Receipts(tx, x.Raised.Fact); err != nil {
			return View{}, err
		} else if ok {
			out.Delivery = &d
		}
		return out, nil
	})
}

// written is everything written of the alert, in the order of time.
func (a Alert) written(tx *store.Tx, v *act.Viewing) ([]Written, error) {
	all := []Written{{Mark: a.Raised, What: "raised"}}
	for _, m := range a.Reports {
		all = append(all, Written{Mark: m, What: "report"})
	}
	for _, o := range a.Outcomes {
		all = append(all, Written{Mark: o.Mark, What: "outcome"})
	}
	for _, m := range a.Reviews {
		all = append(all, Written{Mark: m, What: "review"})
	}
	for i := range all {
		var w Words
		known, err := v.OpenPart(tx, all[i].Fact, partWords, &w)
		if err != nil {
			return nil, err
		}
		if known {
			all[i].Words = &w
		}
	}
	slices.SortStableFunc(all, func(x, y Written) int { return x.At.Compare(y.At) })
	return all, nil
}

func (a Alert) phones(tx *store.Tx, v *act.Viewing) ([]PhoneView, error) {
	all, err := store.Docs[Phone](tx, `SELECT doc FROM alert_phone WHERE alert = $1 ORDER BY id`, a.ID)
	if err != nil {
		return nil, fmt.Errorf("locations of telephones: %w", err)
	}
	out := []PhoneView{}
	for _, p := range all {
		view := PhoneView{Phone: p, Usable: p.Usable()}
		var l Locating
		known, err := v.OpenPart(tx, p.By.Fact, partLocating, &l)
		if err != nil {
			return nil, err
		}
		if known {
			view.Locating = &l
		}
		out = append(out, view)
	}
	return out, nil
}
