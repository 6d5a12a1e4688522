package casefile

import (
	"regexp"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// OrganisationFields are an organisation as it is entered.
type OrganisationFields struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Kind    string   `json:"kind"`
	Country string   `json:"country,omitempty"`
	Note    string   `json:"note,omitempty"`
}

func (f OrganisationFields) draft() (draft[Organisation], error) {
	out := draft[Organisation]{content: Organisation{Name: strings.TrimSpace(f.Name), Aliases: trimmed(f.Aliases), Kind: f.Kind, Country: f.Country}}
	if f.Note != "" {
		out.detail = OrganisationDetail{Note: f.Note}
	}
	return out, short("note", f.Note, maxText)
}

// AddOrganisation records an organisation.
type AddOrganisation struct {
	Case string `json:"case"`
	OrganisationFields
}

// Verb implements act.Command.
func (*AddOrganisation) Verb() string { return "case.add_organisation" }

// Decide implements act.Command.
func (a *AddOrganisation) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(Case) (draft[Organisation], error) { return a.draft() })
}

// CorrectOrganisation corrects an organisation.
type CorrectOrganisation struct {
	Correction
	OrganisationFields
}

// Verb implements act.Command.
func (*CorrectOrganisation) Verb() string { return "case.correct_organisation" }

// Decide implements act.Command.
func (k *CorrectOrganisation) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.OrganisationFields, func(Case) (draft[Organisation], error) { return k.draft() })
}

// VehicleFields are a vehicle as it is entered.
type VehicleFields struct {
	Holder string `json:"holder,omitempty"`
	Kind   string `json:"kind"`
	Plate  string `json:"plate,omitempty"`
	Issuer string `json:"plate_issuer,omitempty"`
	VIN    string `json:"vin,omitempty"`
	Make   string `json:"make,omitempty"`
	Model  string `json:"model,omitempty"`
	Year   int    `json:"year,omitempty"`
	Colour string `json:"colour,omitempty"`
	Note   string `json:"note,omitempty"`
}

var (
	plateForm  = regexp.MustCompile(`^[A-Z0-9][A-Z0-9 -]{0,14}$`)
	issuerForm = regexp.MustCompile(`^[A-Z]{2}-[A-Z0-9]{1,3}$`)
	// vinForm is ISO 3779: 17 characters without I, O and Q; older ones are shorter.
	vinForm = regexp.MustCompile(`^[A-HJ-NPR-Z0-9]{5,17}$`)
)

func (f VehicleFields) draft() (draft[Vehicle], error) {
	v := VehicleDetail{Plate: strings.ToUpper(strings.TrimSpace(f.Plate)), Issuer: strings.ToUpper(f.Issuer), VIN: strings.ToUpper(strings.TrimSpace(f.VIN)),
		Make: f.Make, Model: f.Model, Year: f.Year, Colour: f.Colour, Note: f.Note}
	out := draft[Vehicle]{Vehicle{Holder: f.Holder, Kind: f.Kind}, v}
	switch {
	case v.Plate != "" && !plateForm.MatchString(v.Plate), v.Issuer != "" && !issuerForm.MatchString(v.Issuer):
		return out, refusal.New("casefile.plate")
	case v.VIN != "" && !vinForm.MatchString(v.VIN):
		return out, refusal.New("casefile.vin")
	}
	return out, short("note", v.Note+v.Make+v.Model+v.Colour, maxText)
}

// AddVehicle records a vehicle or vessel.
type AddVehicle struct {
	Case string `json:"case"`
	VehicleFields
}

// Verb implements act.Command.
func (*AddVehicle) Verb() string { return "case.add_vehicle" }

// Decide implements act.Command.
func (a *AddVehicle) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(Case) (draft[Vehicle], error) { return a.draft() })
}

// CorrectVehicle corrects a vehicle.
type CorrectVehicle struct {
	Correction
	VehicleFields
}

// Verb implements act.Command.
func (*CorrectVehicle) Verb() string { return "case.correct_vehicle" }

// Decide implements act.Command.
func (k *CorrectVehicle) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.VehicleFields, func(Case) (draft[Vehicle], error) { return k.draft() })
}

// PhoneFields are a telephone number as it is entered.
type PhoneFields struct {
	Holder  string `json:"holder,omitempty"`
	Number  string `json:"number"`
	Country string `json:"country,omitempty"`
	Note    string `json:"note,omitempty"`
}

func (f PhoneFields) draft(country string) (draft[Phone], error) {
	if f.Country != "" {
		country = f.Country
	}
	e164, region, err := parsePhone(f.Number, country)
	if err != nil {
		return draft[Phone]{}, err
	}
	return draft[Phone]{Phone{Holder: f.Holder, Region: region}, PhoneDetail{Number: e164, Note: f.Note}}, short("note", f.Note, maxText)
}

// AddPhone records a telephone number that occurs in the case.
type AddPhone struct {
	Case string `json:"case"`
	PhoneFields
}

// Verb implements act.Command.
func (*AddPhone) Verb() string { return "case.add_phone" }

// Decide implements act.Command.
func (a *AddPhone) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(Case) (draft[Phone], error) { return a.draft(d.By.Country) })
}

// CorrectPhone corrects a telephone number.
type CorrectPhone struct {
	Correction
	PhoneFields
}

// Verb implements act.Command.
func (*CorrectPhone) Verb() string { return "case.correct_phone" }

// Decide implements act.Command.
func (k *CorrectPhone) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.PhoneFields, func(Case) (draft[Phone], error) { return k.draft(d.By.Country) })
}

// PropertyFields are a thing as it is entered.
type PropertyFields struct {
	Holder      string `json:"holder,omitempty"`
	Kind        string `json:"kind"`
	Description string `json:"description"`
	Receipt     string `json:"receipt,omitempty"`
	AmountCents int64  `json:"amount_cents,omitempty"`
	Currency    string `json:"currency,omitempty"`
	Exculpatory bool   `json:"exculpatory,omitempty"`
}

func (f PropertyFields) draft() (draft[Property], error) {
	out := draft[Property]{Property{Holder: f.Holder, Kind: f.Kind, Amount: f.AmountCents, Currency: f.Currency, Exculpatory: f.Exculpatory},
		PropertyDetail{Description: strings.TrimSpace(f.Description), Receipt: f.Receipt}}
	if strings.TrimSpace(f.Description) == "" {
		return out, refusal.New("casefile.description_missing")
	}
	return out, short("description", f.Description, maxText)
}

// AddProperty records a thing that was found or kept for somebody.
type AddProperty struct {
	Case string `json:"case"`
	PropertyFields
}

// Verb implements act.Command.
func (*AddProperty) Verb() string { return "case.add_property" }

// Decide implements act.Command.
func (a *AddProperty) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(Case) (draft[Property], error) { return a.draft() })
}

// CorrectProperty corrects a thing.
type CorrectProperty struct {
	Correction
	PropertyFields
}

// Verb implements act.Command.
func (*CorrectProperty) Verb() string { return "case.correct_property" }

// Decide implements act.Command.
func (k *CorrectProperty) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.PropertyFields, func(Case) (draft[Property], error) { return k.draft() })
}

// short refuses a text longer than max bytes.
func short(field, text string, limit int) error {
	if len(text) > limit {
		return refusal.New("casefile.too_long", "Field", field, "Max", limit)
	}
	return nil
}

// NoteOutside notes that something outside the purpose was passed on outside
// the system: a code and a date, and no words.
type NoteOutside struct {
	Case   string `json:"case"`
	Matter string `json:"matter"`
	On     string `json:"on,omitempty"`
}

// Verb implements act.Command.
func (*NoteOutside) Verb() string { return "case.note_outside" }

// Decide implements act.Command.
func (n *NoteOutside) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	on := n.On
	if on == "" {
		on = d.Now.Format("2006-01-02")
	}
	return add(tx, d, n.Case, func(Case) (draft[Passed], error) {
		return draft[Passed]{content: Passed{Matter: n.Matter, On: on}}, nil
	})
}
