package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// FillByNumber reads what is here already of an event of the case system, by its
// number there: the event, named adult suspects, and the things that lead to
// nobody else. Protected people are counted and never given: they are in that
// case. It refuses intake.no_such_event, also for what the reader may not know.
func FillByNumber(ctx context.Context, a *act.Acts, by access.Actor, purpose, number string) (Filling, error) {
	number = strings.TrimSpace(number)
	if number == "" {
		return Filling{}, refusal.New("intake.no_number")
	}
	return act.View(ctx, a, by, purpose, "intake.number", func(tx *store.Tx, v *act.Viewing) (Filling, error) {
		found, err := casefile.Resembles(tx, v, casefile.Likeness{Reference: number})
		if err != nil {
			return Filling{}, err
		}
		if len(found) == 0 {
			return Filling{}, refusal.New("intake.no_such_event")
		}
		c, err := casefile.See(tx, v, found[0].Case)
		if err != nil {
			return Filling{}, err
		}
		f := fromCase{View: c, Filling: Filling{Where: c.Case.Number}, suspects: map[string]string{}}
		f.people()
		return f.Filling, f.things(number)
	})
}

// fromCase gathers what a case holds of one event.
type fromCase struct {
	casefile.View
	Filling
	suspects map[string]string // id → row in the form
}

// people gives the named adult suspects, each once, and counts the others.
func (f *fromCase) people() {
	for _, p := range f.View.People {
		if p.Class != casefile.Suspect || p.Identity == nil {
			f.Others++
			continue
		}
		who := p.Identity
		m := Met{Age: "adult", Particulars: casefile.Particulars{AsRecorded: who.Name()}}
		for _, r := range p.Roles {
			if r.Role.Role == "suspect" && r.To == "" {
				m.RoleFields = casefile.RoleFields{Role: r.Role.Role, Function: r.Function}
			}
		}
		f.Filling.People = append(f.Filling.People, Filled{f.Where, m})
		f.suspects[p.ID] = fmt.Sprint(len(f.Filling.People))
	}
}

// things gives the event of the number, and what is held by nobody or by a
// suspect whom the filling names.
func (f *fromCase) things(number string) error {
	for _, i := range f.Items {
		holder, named := f.suspects[i.Person]
		if i.Sealed || i.Person != "" && !named {
			continue
		}
		var err error
		switch i.Noun {
		case "event":
			err = f.event(i, number)
		case "vehicle":
			var v casefile.Vehicle
			var d casefile.VehicleDetail
			if err = read(i, &v, &d); err == nil {
				f.Vehicles = append(f.Vehicles, casefile.VehicleFields{Holder: holder, Kind: v.Kind, Plate: d.Plate, Make: d.Make, Model: d.Model})
			}
		case "phone":
			var d casefile.PhoneDetail
			if err = read(i, &casefile.Phone{}, &d); err == nil {
				f.Phones = append(f.Phones, casefile.PhoneFields{Holder: holder, Number: d.Number})
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *fromCase) event(i casefile.ItemView, number string) error {
	var e casefile.Event
	if err := read(i, &e, nil); err != nil || folded(e.Reference) != folded(number) {
		return err
	}
	when := e.When.At.In(i18n.Zone(e.When.Zone))
	layout := map[string]string{"minute": toMinute, "hour": "2006-01-02T15", "day": toDay, "month": toMonth, "year": toYear}[e.When.Precision]
	f.Event = casefile.EventFields{When: when.Format(layout), Zone: e.When.Zone, Mode: e.Mode, Place: e.Place.Code, PlaceName: e.Place.Name, Reference: e.Reference, Group: e.Group}
	if at := e.Place.Coordinates; at != nil {
		f.Event.Lat, f.Event.Lon, f.Event.Uncertainty = &at.Lat, &at.Lon, at.Uncertainty
	}
	return nil
}

// read reads an entry of a case into its types.
func read(i casefile.ItemView, content, detail any) error {
	err := json.Unmarshal(i.Content, content)
	if err == nil && detail != nil && len(i.Detail) > 0 {
		err = json.Unmarshal(i.Detail, detail)
	}
	if err != nil {
		return fmt.Errorf("entry of a case: %w", err)
	}
	return nil
}
