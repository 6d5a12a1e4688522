package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// Waiting is an order to forget or to erase that waits for its second person.
type Waiting struct {
	Order   string    `json:"order"`
	What    string    `json:"what"` // case, person, referral, alert
	Object  string    `json:"object"`
	Case    string    `json:"case,omitempty"`
	Number  string    `json:"number,omitempty"`
	Plant   string    `json:"plant,omitempty"` // pseudonym, of a person or a packet's subject
	Ground  string    `json:"ground"`
	By      string    `json:"by"` // account of the first person
	At      time.Time `json:"at"`
	Request string    `json:"request,omitempty"` // of the other node
}

// RequestView is a request to expunge with how its message was delivered.
type RequestView struct {
	Request
	Ours     bool               `json:"ours"` // this node is asked
	Due      bool               `json:"due"`  // it waits for an answer, or the day to look at it again has come
	Delivery *exchange.Delivery `json:"delivery,omitempty"`
}

// View is the retention desk of one reader.
type View struct {
	Rows     []Row         `json:"rows"`
	Waiting  []Waiting     `json:"waiting"`
	Requests []RequestView `json:"requests"`
}

// List gives what is kept and asks for somebody: all that has a term if all is
// set, else what is due; the orders that wait for a second person; and what the
// two nodes asked of each other.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose string, all bool) (View, error) {
	return act.View(ctx, a, by, purpose, "retention.list", func(tx *store.Tx, v *act.Viewing) (View, error) {
		out := View{Rows: []Row{}, Waiting: []Waiting{}, Requests: []RequestView{}}
		rows, err := rowsOf(tx, by.Office, a.Now())
		if err != nil {
			return out, err
		}
		for _, r := range rows {
			if !all && r.State == program.KeptRunning {
				continue
			}
			t, err := aim(tx, r.What, r.Object)
			if err != nil {
				return out, err
			}
			if v.May("retention.keep", t.res) {
				out.Rows = append(out.Rows, r)
			}
		}
		if out.Waiting, err = waitingFor(tx, v, by.Office); err != nil {
			return out, err
		}
		out.Requests, err = requests(tx, v, a.Node, a.Now())
		return out, err
	})
}

// waitingFor lists the orders that wait for a second person, of the cases of an
// office and of what it received.
func waitingFor(tx *store.Tx, v *act.Viewing, office string) ([]Waiting, error) {
	out := []Waiting{}
	narrow, args := access.Narrow(v.By, "case", "o.case_id", 1)
	forget, err := several[casefile.ForgetOrder](tx, `SELECT o.doc FROM forget_order o WHERE o.decided = 0 AND `+narrow+` ORDER BY o.id`, args...)
	if err != nil {
		return nil, err
	}
	for _, o := range forget {
		c, err := casefile.Load(tx, o.Case)
		if err != nil {
			return nil, err
		}
		if !v.May("journal.expunge_confirm", casefile.Resource(c)) {
			continue
		}
		w := Waiting{Order: o.ID, What: o.What, Object: o.Object, Case: c.ID, Number: c.Number, Ground: o.Ground, By: o.By, At: o.At}
		if o.What == program.KeptPerson {
			p, err := casefile.LoadPerson(tx, o.Object)
			if err != nil {
				return nil, err
			}
			w.Plant = p.Plant
		}
		out = append(out, w)
	}
	narrow, args = access.Narrow(v.By, typeExpunge, "o.id", 1)
	orders, err := several[Order](tx, `SELECT o.doc FROM erase_order o WHERE o.decided = 0 AND `+narrow+` ORDER BY o.id`, args...)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		res, err := resource(tx, o.ID)
		if err != nil {
			return nil, err
		}
		if !v.May("retention.erase_confirm", res) {
			continue
		}
		w := Waiting{Order: o.ID, What: o.What, Object: o.Object, Plant: o.Subject, Ground: o.Ground, By: o.By, At: o.At, Request: o.Request}
		if o.What == keptReferral {
			err = tx.QueryRow(`SELECT COALESCE((SELECT number FROM referral WHERE id = $1), '')`, o.Object).Scan(&w.Number)
		}
		if err != nil {
			return nil, fmt.Errorf("number of a referral: %w", err)
		}
		out = append(out, w)
	}
	return out, nil
}

// requests lists what the two nodes asked of each other, what waits first.
func requests(tx *store.Tx, v *act.Viewing, node string, now time.Time) ([]RequestView, error) {
	narrow, args := access.Narrow(v.By, typeExpunge, "q.id", 1)
	all, err := several[Request](tx, `SELECT q.doc FROM expunge_request q WHERE `+narrow+` ORDER BY q.answered > 0, q.id DESC`, args...)
	if err != nil {
		return nil, err
	}
	out := []RequestView{}
	for _, q := range all {
		res, err := resource(tx, q.ID)
		if err != nil {
			return nil, err
		}
		if !v.May("retention.retain", res) {
			continue
		}
		row := RequestView{Request: q, Ours: q.To.Node == node, Due: q.Outcome == "" || q.Outcome == OutcomeRetained && !now.Before(q.Review)}
		fact := q.Fact
		if row.Ours {
			fact = q.Answer
		}
		if d, ok, err := exchange.Receipts(tx, fact); err != nil {
			return nil, err
		} else if ok && fact != "" {
			row.Delivery = &d
		}
		out = append(out, row)
	}
	return out, nil
}
