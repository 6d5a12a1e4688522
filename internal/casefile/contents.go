package casefile

import (
	"regexp"
	"time"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
)

// Event is what happened, once: a crossing, a find, a hand-over by smugglers.
// Its place and time are no person's data; its narrative is sealed.
type Event struct {
	When      Moment     `json:"when"`
	Until     *Moment    `json:"until,omitempty"`
	Mode      string     `json:"mode"` // program.Modes
	Place     Place      `json:"place"`
	Reference string     `json:"reference,omitempty"` // the agency's own event number
	Group     int        `json:"group_size,omitempty"`
	Fee       int64      `json:"fee_cents,omitempty"` // per person, in hundredths of Currency
	Currency  string     `json:"currency,omitempty"`  // ISO 4217
	Hazards   []string   `json:"hazards,omitempty"`
	Acts      []ActPlace `json:"acts,omitempty"`
}

// EventDetail is an event's sealed narrative, in the language it was written.
type EventDetail struct {
	Narrative string `json:"narrative"`
	Lang      string `json:"lang"`
}

// Noun implements Content.
func (Event) Noun() string { return "event" }

// About implements Content.
func (Event) About() string { return "" }

// Moment implements Content.
func (e Event) Moment() time.Time { return e.When.At }

var (
	currencyForm  = regexp.MustCompile(`^[A-Z]{3}$`)
	referenceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9./_-]{0,39}$`)
)

func (e Event) check() error {
	if _, ok := program.ModeByID(e.Mode); !ok {
		return refusal.New("casefile.not_on_list", "Field", "mode")
	}
	switch {
	case e.When.At.IsZero():
		return refusal.New("casefile.time")
	case e.Until != nil && e.Until.At.Before(e.When.At):
		return refusal.New("casefile.ends_before")
	case e.Group < 0 || e.Group > 5000:
		return refusal.New("casefile.group_size")
	case e.Fee < 0 || e.Fee > 0 && !currencyForm.MatchString(e.Currency):
		return refusal.New("casefile.fee")
	case e.Reference != "" && !referenceForm.MatchString(e.Reference):
		return refusal.New("casefile.reference")
	}
	for _, h := range e.Hazards {
		if !hazards.has(h) {
			return refusal.New("casefile.not_on_list", "Field", "hazard")
		}
	}
	for _, a := range e.Acts {
		if err := a.check(); err != nil {
			return err
		}
	}
	return e.Place.check()
}

// Role is what a person is in a case, from when to when, and what that rests
// on. Without a source there is no role.
type Role struct {
	Person   string `json:"person"`
	Role     string `json:"role"`               // program.PersonRoles
	Function string `json:"function,omitempty"` // of a suspect: program.Functions
	From     string `json:"from,omitempty"`     // YYYY[-MM[-DD]]
	To       string `json:"to,omitempty"`       // set when the role has ended
	Source   Source `json:"source"`
}

// Source is what something rests on.
type Source struct {
	Kind string `json:"kind"`           // statement, observation, seizure…
	Item string `json:"item,omitempty"` // id of the item in the case, if it is one
}

// RoleDetail is the sealed rest of a role: the source's own reference.
type RoleDetail struct {
	Reference string `json:"reference,omitempty"`
	Note      string `json:"note,omitempty"`
}

// Noun implements Content.
func (Role) Noun() string { return "role" }

// About implements Content.
func (r Role) About() string { return r.Person }

// Moment implements Content.
func (Role) Moment() time.Time { return time.Time{} }

func (r Role) check() error {
	if _, ok := program.PersonRoleByID(r.Role); !ok {
		return refusal.New("casefile.not_on_list", "Field", "role")
	}
	if r.Source.Kind == "" {
		return refusal.New("casefile.source_missing")
	}
	if !sources.has(r.Source.Kind) {
		return refusal.New("casefile.not_on_list", "Field", "source")
	}
	if r.Role == roleSuspect {
		if _, ok := program.FunctionByID(r.Function); !ok {
			return refusal.New("casefile.function_missing")
		}
	} else if r.Function != "" {
		return refusal.New("casefile.function_of_suspect")
	}
	return checkSpan(r.From, r.To)
}

func checkSpan(from, to string) error {
	var days [2]Date
	for i, s := range []string{from, to} {
		if s == "" {
			continue
		}
		var err error
		if days[i], err = ParseDate(s); err != nil {
			return err
		}
	}
	if from != "" && to != "" && days[1].Last().Before(days[0].First()) {
		return refusal.New("casefile.ends_before")
	}
	return nil
}

// The roles that decide a person's class.
const (
	roleSuspect  = "suspect"
	roleOfficial = "official"
)

// Organisation is a network, a business or an agency: no natural person.
type Organisation struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Kind    string   `json:"kind"`
	Country string   `json:"country,omitempty"` // ISO 3166-1 alpha-2
}

// OrganisationDetail is what is noted of an organisation, sealed.
type OrganisationDetail struct {
	Note string `json:"note"`
}

// Noun implements Content.
func (Organisation) Noun() string { return "organisation" }

// About implements Content.
func (Organisation) About() string { return "" }

// Moment implements Content.
func (Organisation) Moment() time.Time { return time.Time{} }

func (o Organisation) check() error {
	switch {
	case o.Name == "" || len(o.Name) > maxName:
		return refusal.New("casefile.name_missing")
	case !organisationKinds.has(o.Kind):
		return refusal.New("casefile.not_on_list", "Field", "kind")
	case o.Country != "" && !countryForm.MatchString(o.Country):
		return refusal.New("casefile.country", "Country", o.Country)
	}
	return nil
}

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// Vehicle is a vehicle or vessel. What leads to its owner is sealed under the
// holder's key, or the case's.
type Vehicle struct {
	Holder string `json:"holder,omitempty"` // person who drove or owned it
	Kind   string `json:"kind"`
}

// VehicleDetail is what identifies a vehicle.
type VehicleDetail struct {
	Plate  string `json:"plate,omitempty"`
	Issuer string `json:"issuer,omitempty"` // ISO 3166-2 of the plate, "US-TX", "MX-TAM"
	VIN    string `json:"vin,omitempty"`
	Make   string `json:"make,omitempty"`
	Model  string `json:"model,omitempty"`
	Year   int    `json:"year,omitempty"`
	Colour string `json:"colour,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Noun implements Content.
func (Vehicle) Noun() string { return "vehicle" }

// About implements Content.
func (v Vehicle) About() string { return v.Holder }

// Moment implements Content.
func (Vehicle) Moment() time.Time { return time.Time{} }

func (v Vehicle) check() error {
	if !vehicleKinds.has(v.Kind) {
		return refusal.New("casefile.not_on_list", "Field", "kind")
	}
	return nil
}

// Phone is a number that occurs in the case; the number itself is sealed.
type Phone struct {
	Holder string `json:"holder,omitempty"`
	Region string `json:"region,omitempty"` // ISO 3166-1 of the number
}

// PhoneDetail is the number.
type PhoneDetail struct {
	Number string `json:"number"` // E.164
	Note   string `json:"note,omitempty"`
}

// Noun implements Content.
func (Phone) Noun() string { return "phone" }

// About implements Content.
func (p Phone) About() string { return p.Holder }

// Moment implements Content.
func (Phone) Moment() time.Time { return time.Time{} }

func (Phone) check() error { return nil }

// Property is a thing that was found or kept for somebody.
type Property struct {
	Holder      string `json:"holder,omitempty"`
	Kind        string `json:"kind"`
	Amount      int64  `json:"amount_cents,omitempty"` // of money, in hundredths
	Currency    string `json:"currency,omitempty"`
	Exculpatory bool   `json:"exculpatory,omitempty"`
}

// PropertyDetail describes a thing.
type PropertyDetail struct {
	Description string `json:"description"`
	Receipt     string `json:"receipt,omitempty"`
}

// Noun implements Content.
func (Property) Noun() string { return "property" }

// About implements Content.
func (p Property) About() string { return p.Holder }

// Moment implements Content.
func (Property) Moment() time.Time { return time.Time{} }

func (p Property) check() error {
	switch {
	case !propertyKinds.has(p.Kind):
		return refusal.New("casefile.not_on_list", "Field", "kind")
	case p.Amount < 0 || p.Amount > 0 && !currencyForm.MatchString(p.Currency):
		return refusal.New("casefile.fee")
	}
	return nil
}

// Passed says that something outside the purpose was passed on outside the
// system. It has no room for words: no person's data can stand in it.
type Passed struct {
	Matter string `json:"matter"` // program.PassedOutside
	On     string `json:"on"`     // YYYY-MM-DD
}

// Noun implements Content.
func (Passed) Noun() string { return "note" }

// About implements Content.
func (Passed) About() string { return "" }

// Moment implements Content.
func (p Passed) Moment() time.Time {
	d, err := ParseDate(p.On)
	if err != nil {
		return time.Time{}
	}
	return d.First()
}

func (p Passed) check() error {
	for _, w := range program.PassedOutside() {
		if w.ID == p.Matter {
			_, err := ParseDate(p.On)
			return err
		}
	}
	return refusal.New("casefile.not_on_list", "Field", "matter")
}
