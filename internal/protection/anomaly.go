package protection

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Anomaly is a screening whose answers came faster than they can be read, or of
// a form that the node did not give, so that nobody can tell. It says who asked
// and how long it took, and nothing of what was answered.
type Anomaly struct {
	ID     string    `json:"id"` // the fact of the screening
	Case   string    `json:"case"`
	Number string    `json:"number,omitempty"` // for whoever knows the case
	Person string    `json:"person"`
	Plant  string    `json:"plant,omitempty"`
	By     string    `json:"by"` // account
	Name   string    `json:"name"`
	Office string    `json:"office"`
	At     time.Time `json:"at"`
	// Unopened says that the form was not the node's own; then the rest is zero.
	Unopened bool `json:"unopened,omitempty"`
	Seconds  int  `json:"seconds"` // taken for this person
	Least    int  `json:"least"`   // that reading the questions takes
}

// by notes who asked.
func (x Anomaly) by(e journal.Entry) Anomaly {
	if e.By != nil {
		x.By, x.Name, x.Office = e.By.ID, e.By.Name, e.By.Office
	}
	return x
}

func (x Anomaly) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO screening_anomaly (id, case_id, at, doc) VALUES ($1, $2, $3, $4)`, x.ID, x.Case, store.Micros(x.At), store.JSON(x))
}

// ListAnomalies gives the anomalies of screening, the newest first: to
// supervisors and advisers of the offices that hold the case with its number, to
// auditors by pseudonym and account alone.
func ListAnomalies(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Anomaly, error) {
	return act.View(ctx, a, by, purpose, "anomaly.list", func(tx *store.Tx, v *act.Viewing) ([]Anomaly, error) {
		near, args := reach(v, "anomaly")
		all, err := store.Docs[Anomaly](tx, `SELECT x.doc FROM screening_anomaly x WHERE `+near+` ORDER BY x.at DESC, x.id`, args...)
		if err != nil {
			return nil, fmt.Errorf("anomalies: %w", err)
		}
		out := []Anomaly{}
		for _, x := range all {
			seen, err := x.seen(tx, v)
			if err != nil {
				return nil, err
			}
			if seen != nil {
				out = append(out, *seen)
			}
		}
		return out, nil
	})
}

// reach is the condition on a table x with case_id that leaves what the reader
// could know: of the cases of their office, or of all for oversight.
func reach(v *act.Viewing, typ string) (condition string, args []any) {
	if v.Everywhere(typ) {
		return "1 = 1", nil
	}
	return access.Narrow(v.By, "case", "x.case_id", 1)
}

// seen is the anomaly as the reader may see it; nil if not at all.
func (x Anomaly) seen(tx *store.Tx, v *act.Viewing) (*Anomaly, error) {
	offices, err := access.Offices(tx, "case", x.Case)
	if err != nil {
		return nil, err
	}
	if !v.See(access.Resource{Type: "anomaly", ID: x.ID, Offices: offices}) {
		return nil, nil
	}
	if !slices.Contains(offices, v.By.Office) { // overseen from outside the case
		return &x, nil
	}
	c, err := casefile.Load(tx, x.Case)
	if err != nil {
		return nil, err
	}
	p, err := casefile.LoadPerson(tx, x.Person)
	x.Number, x.Plant = c.Number, p.Plant
	return &x, err
}
