package accord

import (
	"context"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Row is an accord in a list.
type Row struct {
	ID         string       `json:"id"`
	Ref        string       `json:"ref"`
	Title      program.Text `json:"title"`
	Date       program.Day  `json:"date"`
	Status     Status       `json:"status"`
	Since      time.Time    `json:"since,omitzero"` // in force since
	Ended      time.Time    `json:"ended,omitzero"`
	Signatures int          `json:"signatures"` // of two a side
	Corridors  int          `json:"corridors"`
}

// View is an accord in full, with what each signature stands under.
type View struct {
	Row
	Proposed time.Time    `json:"proposed"`
	By       wire.Address `json:"by"`
	Digest   string       `json:"digest"` // what each signature names
	Document Document     `json:"document"`
	Signed   []Signature  `json:"signed"`

	Suspensions []Suspension `json:"suspensions"`
}

// Open is a corridor of an accord, and whether referrals can take it now.
type Open struct {
	Accord   string   `json:"accord"` // id
	Ref      string   `json:"ref"`
	Corridor Corridor `json:"corridor"`
	Open     bool     `json:"open"`
}

func (a Accord) row(now time.Time) Row {
	d := a.Document
	r := Row{ID: a.ID, Ref: d.Ref, Title: d.Title, Date: d.Date, Status: a.Status(now), Ended: a.Ended, Signatures: len(a.Signatures), Corridors: len(d.Corridors)}
	r.Since, _ = a.Since()
	return r
}

// List gives every accord, newest document first.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Row, error) {
	return act.View(ctx, a, by, purpose, "accord.list", func(tx *store.Tx, v *act.Viewing) ([]Row, error) {
		all, err := All(tx)
		if err != nil {
			return nil, err
		}
		out := []Row{}
		for _, x := range all {
			if v.See(Resource(x)) {
				out = append(out, x.row(a.Now()))
			}
		}
		return out, nil
	})
}

// Known gives every accord in full, newest document first, for pages that show
// accords, corridors and procedures together.
func Known(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Accord, error) {
	return act.View(ctx, a, by, purpose, "accord.list", func(tx *store.Tx, v *act.Viewing) ([]Accord, error) {
		all, err := All(tx)
		return slices.DeleteFunc(all, func(x Accord) bool { return !v.See(Resource(x)) }), err
	})
}

// Show gives one accord by its id or short name.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (View, error) {
	return act.View(ctx, a, by, purpose, "accord.show", func(tx *store.Tx, v *act.Viewing) (View, error) {
		x, err := Load(tx, id)
		if err != nil {
			return View{}, err
		}
		if err := v.Must(Resource(x)); err != nil {
			return View{}, err
		}
		out := View{Row: x.row(a.Now()), Proposed: x.Proposed, By: x.By, Digest: x.Document.Digest(), Document: x.Document, Signed: x.Signatures}
		if out.Signed == nil {
			out.Signed = []Signature{}
		}
		if out.Suspensions = x.Suspensions; out.Suspensions == nil {
			out.Suspensions = []Suspension{}
		}
		return out, nil
	})
}

// Corridors gives the corridors of every accord: what is signed opens them.
func Corridors(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Open, error) {
	return act.View(ctx, a, by, purpose, "accord.corridors", func(tx *store.Tx, v *act.Viewing) ([]Open, error) {
		all, err := All(tx)
		if err != nil {
			return nil, err
		}
		out := []Open{}
		for _, x := range all {
			if !v.See(Resource(x)) {
				continue
			}
			for _, c := range x.Document.Corridors {
				out = append(out, Open{Accord: x.ID, Ref: x.Document.Ref, Corridor: c, Open: x.Status(a.Now()) == StatusInForce})
			}
		}
		return out, nil
	})
}
