package warrant

import (
	"context"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/store"
)

// Shown is an order as a reader sees it. The case and the referral behind it are
// named to the office that gave it and to nobody else.
type Shown struct {
	Order
	Whom *Whom `json:"whom,omitempty"` // while the order stands
}

// Listing are the orders of the reader's office: those that stand, the one that
// ends first on top, and those that ended last.
type Listing struct {
	Open  []Shown `json:"open"`
	Ended []Shown `json:"ended"`
}

// bounds of a listing.
const (
	mostOpen  = 200
	mostEnded = 20
)

// List gives the orders that the reader's office gave or executes.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose string) (Listing, error) {
	return act.View(ctx, a, by, purpose, "warrant.list", func(tx *store.Tx, v *act.Viewing) (Listing, error) {
		out := Listing{Open: []Shown{}, Ended: []Shown{}}
		if !v.Anywhere(typeWarrant) {
			return out, nil
		}
		narrow, args := access.Narrow(by, typeWarrant, "w.id", 1)
		for _, part := range []struct {
			into *[]Shown
			rest string
			most int
		}{{&out.Open, ` AND w.ended = 0 ORDER BY w.until, w.id LIMIT `, mostOpen}, {&out.Ended, ` AND w.ended > 0 ORDER BY w.ended DESC, w.id DESC LIMIT `, mostEnded}} {
			all, err := store.Docs[Order](tx, `SELECT w.doc FROM warrant_order w WHERE `+narrow+part.rest+fmt.Sprint(part.most), args...)
			if err != nil {
				return out, fmt.Errorf("orders to the police: %w", err)
			}
			for _, o := range all {
				if !v.See(o.resource()) {
					continue
				}
				x, err := o.shown(tx, v, a.Now())
				if err != nil {
					return out, err
				}
				*part.into = append(*part.into, x)
			}
		}
		return out, nil
	})
}

// Show gives one order.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (Shown, error) {
	return act.View(ctx, a, by, purpose, "warrant.show", func(tx *store.Tx, v *act.Viewing) (Shown, error) {
		o, err := load(tx, id)
		if err != nil {
			return Shown{}, err
		}
		if err := v.Must(o.resource()); err != nil {
			return Shown{}, err
		}
		return o.shown(tx, v, a.Now())
	})
}

// shown draws an order up for a reader who may see it.
func (o Order) shown(tx *store.Tx, v *act.Viewing, now time.Time) (x Shown, err error) {
	if o.State, err = o.stands(tx, now); err != nil {
		return x, err
	}
	x.Order = o
	if v.By.Office != o.Issuer {
		x.Case, x.Referral, x.Record, x.Named = "", "", "", ""
	}
	if o.State != Open { // whoever has nothing to execute needs no name
		return x, nil
	}
	var who Whom
	ok, err := v.OpenPart(tx, o.Fact, partWhom, &who)
	if ok {
		x.Whom = &who
	}
	return x, err
}
