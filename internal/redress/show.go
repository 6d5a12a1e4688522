package redress

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Row is a request in the list, with the clocks of the law that run on it.
type Row struct {
	Request
	Number string  `json:"number,omitempty"` // of the case
	Plant  string  `json:"plant,omitempty"`
	Clocks []Clock `json:"clocks"`
}

// Due is when the next clock of a request that waits runs out; zero for one
// that was answered.
func (r Row) Due() (due time.Time) {
	for _, c := range r.Clocks {
		if c.Ended.IsZero() && (due.IsZero() || c.Due.Before(due)) {
			due = c.Due
		}
	}
	return due
}

// CorrectionView is a correction that travels, with its delivery where it was
// sent from, and the identity as it stands where it came and may be shown.
type CorrectionView struct {
	Correction
	Ours     bool               `json:"ours"` // this node is told
	Delivery *exchange.Delivery `json:"delivery,omitempty"`
	Identity *casefile.Identity `json:"identity,omitempty"`
}

// View is the list of requests, those that wait first, by the clock that runs
// out next; and the corrections that travel.
type View struct {
	Requests    []Row            `json:"requests"`
	Corrections []CorrectionView `json:"corrections"`
}

// List gives the requests by persons that the reader may see.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose string) (View, error) {
	return act.View(ctx, a, by, purpose, "redress.list", func(tx *store.Tx, v *act.Viewing) (View, error) {
		out := View{Requests: []Row{}, Corrections: []CorrectionView{}}
		own, args := access.Narrow(by, typeRequest, "r.id", 1)
		held, more := access.Narrow(by, "case", "r.case_id", 1+len(args))
		all, err := store.Docs[Request](tx, `SELECT r.doc FROM person_request r WHERE `+own+` OR `+held+` ORDER BY r.answered > 0, r.id DESC`, append(args, more...)...)
		if err != nil {
			return out, fmt.Errorf("requests of persons: %w", err)
		}
		for _, q := range all {
			row, ok, err := q.row(tx, v, a.Now())
			if err != nil {
				return out, err
			}
			if ok {
				out.Requests = append(out.Requests, row)
			}
		}
		slices.SortStableFunc(out.Requests, func(x, y Row) int {
			if x.Answered.IsZero() && y.Answered.IsZero() {
				return x.Due().Compare(y.Due())
			}
			return 0
		})
		out.Corrections, err = corrections(tx, v, a.Node, "")
		return out, err
	})
}

// row is a request that the reader may see.
func (q Request) row(tx *store.Tx, v *act.Viewing, now time.Time) (Row, bool, error) {
	out := Row{Request: q}
	res, err := q.resource(tx)
	if err != nil || !v.See(res) {
		return out, false, err
	}
	if q.Case != "" {
		c, err := casefile.Load(tx, q.Case)
		if err != nil {
			return out, false, err
		}
		p, err := casefile.LoadPerson(tx, q.Person)
		if err != nil {
			return out, false, err
		}
		out.Number, out.Plant = c.Number, p.Plant
	}
	zone, err := seat(tx, q.Office)
	if err != nil {
		return out, false, err
	}
	out.Clocks = q.clocks(v.By.Country, zone, now)
	return out, true, nil
}

// Shown is one request with what was asked and answered.
type Shown struct {
	Row
	Words   *Words `json:"words,omitempty"`   // nil when its key is gone
	Longer  string `json:"longer,omitempty"`  // why the term was made longer
	Reasons string `json:"reasons,omitempty"` // of the answer
}

// Show gives one request.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (Shown, error) {
	return act.View(ctx, a, by, purpose, "redress.show", func(tx *store.Tx, v *act.Viewing) (Shown, error) {
		return shown(tx, v, id, a.Now())
	})
}

func shown(tx *store.Tx, v *act.Viewing, id string, now time.Time) (Shown, error) {
	q, err := Load(tx, id)
	if err != nil {
		return Shown{}, err
	}
	row, ok, err := q.row(tx, v, now)
	if err != nil {
		return Shown{}, err
	}
	if !ok {
		return Shown{}, refusal.NotFound()
	}
	out := Shown{Row: row}
	var words Words
	known, err := v.OpenPart(tx, q.Fact, partWords, &words)
	if err != nil {
		return out, err
	}
	if known {
		out.Words = &words
	}
	for fact, into := range map[string]*string{q.ExtendedFact: &out.Longer, q.AnswerFact: &out.Reasons} {
		if fact == "" {
			continue
		}
		if _, err := v.OpenPart(tx, fact, partReasons, into); err != nil {
			return out, err
		}
	}
	return out, nil
}

// OfReferral gives the corrections that travel with a referral that the reader
// may see.
func OfReferral(ctx context.Context, a *act.Acts, by access.Actor, purpose, referral string) ([]CorrectionView, error) {
	return act.View(ctx, a, by, purpose, "redress.of_referral", func(tx *store.Tx, v *act.Viewing) ([]CorrectionView, error) {
		return corrections(tx, v, a.Node, referral)
	})
}

// corrections lists the corrections that travel, of one referral or of all, what
// nobody has read first.
func corrections(tx *store.Tx, v *act.Viewing, node, of string) ([]CorrectionView, error) {
	narrow, args := access.Narrow(v.By, "referral", "x.referral", 1)
	held, more := access.Narrow(v.By, "case", "f.case_id", 1+len(args))
	args = append(append(args, more...), of)
	all, err := store.Docs[Correction](tx, `SELECT x.doc FROM correction x JOIN referral f ON f.id = x.referral WHERE (`+narrow+` OR `+held+`) AND $`+strconv.Itoa(len(args))+` IN ('', x.referral)
		ORDER BY x.read > 0, x.id DESC`, args...)
	if err != nil {
		return nil, fmt.Errorf("corrections: %w", err)
	}
	out := []CorrectionView{}
	for _, c := range all {
		r, err := referral.Load(tx, c.Referral)
		if err != nil {
			return nil, err
		}
		res, err := c.resource(tx)
		if err != nil {
			return nil, err
		}
		if !v.See(res) {
			continue
		}
		x := CorrectionView{Correction: c, Ours: c.To.Node == node}
		fact := c.ID
		if x.Ours {
			fact = c.ReadFact
		}
		if d, ok, err := exchange.Receipts(tx, fact); err != nil {
			return nil, err
		} else if ok {
			x.Delivery = &d
		}
		if x.Ours && c.Released && v.See(referral.ResourceAs(r, "released")) {
			var who casefile.Identity
			known, err := v.OpenPart(tx, c.ID, packet.CorrectionPart, &who)
			if err != nil {
				return nil, err
			}
			if known {
				x.Identity = &who
			}
		}
		out = append(out, x)
	}
	return out, nil
}
