package accord

import (
	"context"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// An office of another node is known by the accords that name it.
func init() { directory.AnswerOffices(namesOffice) }

func namesOffice(tx *store.Tx, at wire.Address) (bool, error) {
	all, err := All(tx)
	return slices.ContainsFunc(all, func(a Accord) bool { _, ok := a.Document.Office(at); return ok }), err
}

// Reached is an office of an accord that has not ended, how it is reached, and
// since when.
type Reached struct {
	Node    string             `json:"node"`
	Office  string             `json:"office"`
	Title   program.Text       `json:"title"`
	Accords []string           `json:"accords"`           // short names of those that name it
	Contact *directory.Contact `json:"contact,omitempty"` // as it was last confirmed; none where nobody has
	Until   time.Time          `json:"until,omitzero"`    // when it has to be checked again
	Stale   bool               `json:"stale"`             // nobody confirmed it, or too long ago
}

// Contacts lists the offices of the accords that have not ended with how they are
// reached: those to check first, the longest unchecked on top.
func Contacts(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Reached, error) {
	return act.View(ctx, a, by, purpose, "accord.contacts", func(tx *store.Tx, v *act.Viewing) ([]Reached, error) {
		all, err := All(tx)
		if err != nil {
			return nil, err
		}
		out := []Reached{}
		for _, x := range all {
			if x.Status(a.Now()) == StatusEnded || !v.See(Resource(x)) {
				continue
			}
			for _, o := range x.Document.Offices {
				if i := slices.IndexFunc(out, func(r Reached) bool { return r.Node == o.Node && r.Office == o.ID }); i >= 0 {
					out[i].Accords = append(out[i].Accords, x.Document.Ref)
					continue
				}
				r := Reached{Node: o.Node, Office: o.ID, Title: o.Title, Accords: []string{x.Document.Ref}}
				if err := r.load(tx, a.Now()); err != nil {
					return nil, err
				}
				out = append(out, r)
			}
		}
		slices.SortStableFunc(out, func(a, b Reached) int { return a.Until.Compare(b.Until) }) // never checked is the zero time
		return out, nil
	})
}

// load fills in the contact as it was last confirmed.
func (r *Reached) load(tx *store.Tx, now time.Time) error {
	c, ok, err := directory.ContactOf(tx, r.Node, r.Office)
	if err != nil {
		return err
	}
	r.Stale = !ok || c.Stale(now)
	if ok {
		r.Contact, r.Until = &c, c.Until()
	}
	return nil
}
