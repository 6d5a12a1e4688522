package casefile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Row is a case in a list.
type Row struct {
	ID       string    `json:"id"`
	Number   string    `json:"number"`
	Title    string    `json:"title"`
	Status   string    `json:"status"`
	Office   string    `json:"office"`
	Handling string    `json:"handling"`
	Origin   string    `json:"origin,omitempty"` // referral it came by
	Opened   time.Time `json:"opened"`
}

// defaultRows is how many rows a list gives when nobody says.
const defaultRows = 200

// List gives the cases that the reader may see, newest first, at most limit
// (200 when 0).
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose string, limit int) ([]Row, error) {
	return act.View(ctx, a, by, purpose, "case.list", func(tx *store.Tx, v *act.Viewing) ([]Row, error) { return SeeCases(tx, v, limit) })
}

// SeeCases is List within another room's view.
func SeeCases(tx *store.Tx, v *act.Viewing, limit int) ([]Row, error) {
	if limit <= 0 {
		limit = defaultRows
	}
	known, err := Known(tx, v.By.Office, limit)
	if err != nil {
		return nil, err
	}
	out := []Row{}
	for _, c := range known {
		if !v.See(Resource(c)) {
			continue
		}
		row, err := seeRow(tx, v, c)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// SeeCase is one row of SeeCases.
func SeeCase(tx *store.Tx, v *act.Viewing, id string) (row Row, seen bool, err error) {
	c, err := Load(tx, id)
	if err != nil || !v.See(Resource(c)) {
		return row, false, err
	}
	row, err = seeRow(tx, v, c)
	return row, true, err
}

// SeeFirstEvent is the event a case began with, if the reader may see it.
func SeeFirstEvent(tx *store.Tx, v *act.Viewing, caseID string) (e Event, ok bool, err error) {
	c, err := Load(tx, caseID)
	if err != nil {
		return e, false, err
	}
	all, err := Items(tx, caseID, e.Noun())
	if err != nil || len(all) == 0 || !v.See(c.resource(typeOf(all[0].Noun), all[0].ID)) {
		return e, false, err
	}
	return e, true, all[0].Decode(&e)
}

// seeRow is a case that the reader may see, as a row; it is called by its
// number when the key of its title is gone.
func seeRow(tx *store.Tx, v *act.Viewing, c Case) (Row, error) {
	title, err := OpenTitle(tx, v.Ring, c)
	if errors.Is(err, seal.ErrNoKey) {
		err = nil
	}
	return Row{ID: c.ID, Number: c.Number, Title: title, Status: c.Status, Office: c.Office, Handling: c.Handling, Origin: c.Origin, Opened: c.Opened}, err
}

// Show gives one case, by its id or its number, as the reader may see it.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (View, error) {
	return act.View(ctx, a, by, purpose, "case.show", func(tx *store.Tx, v *act.Viewing) (View, error) {
		c, err := Named(tx, id)
		if err != nil {
			return View{}, err
		}
		return See(tx, v, c.ID)
	})
}

// Named finds a case by its id or its number; what does not exist is refused as
// absent.
func Named(tx *store.Tx, id string) (Case, error) {
	c, err := Load(tx, id)
	if isAbsent(err) {
		return ByNumber(tx, id)
	}
	return c, err
}

// Rows counts the people and items of a case, corrected ones too.
func Rows(tx *store.Tx, caseID string) (n int, err error) {
	err = tx.QueryRow(`SELECT (SELECT COUNT(*) FROM case_person WHERE case_id = $1) + (SELECT COUNT(*) FROM case_item WHERE case_id = $1)`, caseID).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("rows of a case: %w", err)
	}
	return n, nil
}

// ShowPerson gives one person as the reader may see them. An id that was
// merged into another resolves.
func ShowPerson(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (PersonView, error) {
	return act.View(ctx, a, by, purpose, "person.show", func(tx *store.Tx, v *act.Viewing) (PersonView, error) {
		p, err := LoadPerson(tx, id)
		if err != nil {
			return PersonView{}, err
		}
		c, err := Load(tx, p.Case)
		if err != nil {
			return PersonView{}, err
		}
		seen, ok, err := SeePerson(tx, v, c, p)
		if err == nil && !ok {
			err = refusal.NotFound()
		}
		return seen, err
	})
}

// Step is one change in the history of a case, a person or an item, without
// what is sealed in it.
type Step struct {
	Fact      string          `json:"fact"`
	Seq       int64           `json:"seq"`
	Kind      string          `json:"kind"`
	At        time.Time       `json:"at"`
	By        *wire.Actor     `json:"by,omitempty"` // nil where the node itself acted
	Clear     json.RawMessage `json:"clear,omitempty"`
	Sealed    bool            `json:"sealed,omitempty"`    // it has sealed parts
	Forgotten bool            `json:"forgotten,omitempty"` // its body was expunged
}

// ShowHistory gives every change of a case (by id or number), a person or an
// item that the reader may see, oldest first.
func ShowHistory(ctx context.Context, a *act.Acts, by access.Actor, purpose, object string) ([]Step, error) {
	return act.View(ctx, a, by, purpose, "history", func(tx *store.Tx, v *act.Viewing) ([]Step, error) {
		r, err := ResourceOf(tx, object)
		if err != nil {
			return nil, err
		}
		if err := v.Must(r); err != nil {
			return nil, err
		}
		changes, err := History(tx, r.ID)
		if err != nil {
			return nil, err
		}
		out := make([]Step, 0, len(changes))
		for _, c := range changes {
			out = append(out, c.step())
		}
		return out, nil
	})
}

// ResourceOf is what an id of this room (a case, a person, an item) means to
// access; what does not exist is refused as absent.
func ResourceOf(tx *store.Tx, id string) (access.Resource, error) {
	c, err := Named(tx, id)
	if !isAbsent(err) {
		return Resource(c), err
	}
	p, err := LoadPerson(tx, id)
	if err == nil {
		if c, err = Load(tx, p.Case); err != nil {
			return access.Resource{}, err
		}
		r := PersonResource(c, p)
		r.ID = id // a merged record has a history of its own
		return r, nil
	}
	if !isAbsent(err) {
		return access.Resource{}, err
	}
	i, err := LoadItem(tx, id)
	if err != nil {
		return access.Resource{}, err
	}
	if c, err = Load(tx, i.Case); err != nil {
		return access.Resource{}, err
	}
	return c.resource(typeOf(i.Noun), i.ID), nil
}

// ShowFound gives the people that an act of looking somebody up has found, to
// the person who looked.
func ShowFound(ctx context.Context, a *act.Acts, by access.Actor, purpose, fact string) ([]PersonView, error) {
	return act.View(ctx, a, by, purpose, "search.found", func(tx *store.Tx, v *act.Viewing) ([]PersonView, error) {
		return Found(tx, v, fact)
	})
}

// Find searches the cases of the reader's office (Search).
func Find(ctx context.Context, a *act.Acts, by access.Actor, purpose string, question Question, after string) (Hits, error) {
	return act.View(ctx, a, by, purpose, "search", func(tx *store.Tx, v *act.Viewing) (Hits, error) {
		return Search(tx, v, question, after)
	})
}

// ShowHolds gives the legal holds of a case, lifted ones too.
func ShowHolds(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) ([]LegalHold, error) {
	return act.View(ctx, a, by, purpose, "hold.list", ofSeen(id, LegalHolds))
}

// ShowForgetOrders gives the orders to forget something of a case, decided
// ones too: what waits there needs a second person.
func ShowForgetOrders(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) ([]ForgetOrder, error) {
	return act.View(ctx, a, by, purpose, "journal.orders", ofSeen(id, ForgetOrders))
}

// ofSeen reads a list of a case that the reader may see, by id or number.
func ofSeen[T any](id string, list func(tx *store.Tx, caseID string) ([]T, error)) func(*store.Tx, *act.Viewing) ([]T, error) {
	return func(tx *store.Tx, v *act.Viewing) ([]T, error) {
		c, err := Named(tx, id)
		if err != nil {
			return nil, err
		}
		if err := v.Must(Resource(c)); err != nil {
			return nil, err
		}
		return list(tx, c.ID)
	}
}
