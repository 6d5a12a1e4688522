package casefile

import (
	"encoding/json"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
)

// Correcting is the act that corrects a thing of a case, with all that is
// recorded of it now and no reason: taken as it stands it would change nothing.
// False for what is not corrected, and where a part of it stays sealed to the
// reader: a correction replaces the whole, and would lose what was not seen.
func Correcting(i ItemView) (act.Command, bool) {
	build, ok := correcting[i.Noun]
	if !ok || i.Sealed {
		return nil, false
	}
	cmd, err := build(i, Correction{Item: i.ID, Stood: Stood{i.Stood}})
	return cmd, err == nil
}

var correcting = map[string]func(ItemView, Correction) (act.Command, error){
	"event": func(i ItemView, k Correction) (act.Command, error) {
		e, d, err := both[Event, EventDetail](i)
		return &CorrectEvent{k, e.fields(d)}, err
	},
	"statement": func(i ItemView, k Correction) (act.Command, error) {
		s, d, err := both[Statement, StatementDetail](i)
		return &CorrectStatement{k, s.fields(d)}, err
	},
	"identification": func(i ItemView, k Correction) (act.Command, error) {
		x, d, err := both[Identification, IdentificationDetail](i)
		return &CorrectIdentification{k, x.fields(d)}, err
	},
	"charge": func(i ItemView, k Correction) (act.Command, error) {
		c, _, err := both[Charge, struct{}](i)
		return &CorrectCharge{k, c.fields()}, err
	},
	"outcome": func(i ItemView, k Correction) (act.Command, error) {
		o, _, err := both[Outcome, struct{}](i)
		return &CorrectOutcome{k, OutcomeFields(o)}, err
	},
	"organisation": func(i ItemView, k Correction) (act.Command, error) {
		o, d, err := both[Organisation, OrganisationDetail](i)
		return &CorrectOrganisation{k, OrganisationFields{Name: o.Name, Aliases: o.Aliases, Kind: o.Kind, Country: o.Country, Note: d.Note}}, err
	},
	"vehicle": func(i ItemView, k Correction) (act.Command, error) {
		v, d, err := both[Vehicle, VehicleDetail](i)
		return &CorrectVehicle{k, VehicleFields{Holder: v.Holder, Kind: v.Kind, Plate: d.Plate, Issuer: d.Issuer, VIN: d.VIN, Make: d.Make, Model: d.Model,
			Year: d.Year, Colour: d.Colour, Note: d.Note}}, err
	},
	"phone": func(i ItemView, k Correction) (act.Command, error) {
		p, d, err := both[Phone, PhoneDetail](i)
		return &CorrectPhone{k, PhoneFields{Holder: p.Holder, Number: d.Number, Country: p.Region, Note: d.Note}}, err
	},
	nounTask: func(i ItemView, k Correction) (act.Command, error) {
		t, d, err := both[Task, TaskDetail](i)
		return &CorrectTask{k, t.fields(d)}, err
	},
	"property": func(i ItemView, k Correction) (act.Command, error) {
		p, d, err := both[Property, PropertyDetail](i)
		return &CorrectProperty{k, PropertyFields{Holder: p.Holder, Kind: p.Kind, Description: d.Description, Receipt: d.Receipt, AmountCents: p.Amount,
			Currency: p.Currency, Exculpatory: p.Exculpatory}}, err
	},
}

// both reads what a thing says in clear and what was sealed of it.
func both[C, D any](i ItemView) (c C, d D, err error) {
	if err = json.Unmarshal(i.Content, &c); err == nil && len(i.Detail) > 0 {
		err = json.Unmarshal(i.Detail, &d)
	}
	return c, d, err
}

// fields are an event as it is entered: in the zone in which it was stated.
func (e Event) fields(d EventDetail) EventFields {
	f := EventFields{When: e.When.stated(), Zone: e.When.Zone, Mode: e.Mode, Place: e.Place.Code, PlaceName: e.Place.Name, Reference: e.Reference,
		Group: e.Group, FeeCents: e.Fee, Currency: e.Currency, Hazards: e.Hazards, Narrative: d.Narrative, Lang: d.Lang}
	if e.Until != nil {
		f.Until = Moment{e.Until.At, e.Until.Precision, e.When.Zone}.stated()
	}
	if at := e.Place.Coordinates; at != nil {
		f.Lat, f.Lon, f.Uncertainty = &at.Lat, &at.Lon, at.Uncertainty
	}
	for _, a := range e.Acts {
		f.Acts = append(f.Acts, a.entered())
	}
	return f
}

// fields are a statement as it is entered: in the zone in which its hours were stated.
func (s Statement) fields(d StatementDetail) StatementFields {
	return StatementFields{Person: s.Person, Kind: s.Kind, Lang: d.Lang, Text: d.Text, Start: s.Start.stated(), End: Moment{s.End.At, s.End.Precision, s.Start.Zone}.stated(),
		Zone: s.Start.Zone, Place: d.Place, Present: d.Present, Rights: s.Rights, RightsText: d.RightsText, SameLanguage: !s.Interpreted, Interpreter: d.Interpreter,
		InterpreterGround: s.InterpreterBy, Recorded: s.Recorded, NoRecording: d.NoRecording, Willing: s.Willing, Identifies: s.Identifies,
		CrossExamined: s.CrossExamined, Exculpatory: s.Exculpatory, CustodyHours: s.CustodyHours, RightsLang: s.RightsLang, NoPromises: s.NoPromises, Alike: s.Alike,
		InterpreterCredential: d.InterpreterCredential, Promises: d.Promises, Breaks: d.Breaks, CrossedBy: d.CrossedBy}
}

// fields are a charge as it is entered.
func (c Charge) fields() ChargeFields {
	f := ChargeFields{Person: c.Person, Offence: c.Offence, Facts: c.Facts, Counts: c.Counts, Status: c.Status, Filed: c.Filed, Jurisdiction: c.Jurisdiction, TriedAbroad: c.TriedAbroad}
	for _, e := range c.Elements {
		f.Elements = append(f.Elements, e.ID+"="+strings.Join(e.Items, ","))
	}
	return f
}

// CorrectingPerson is the act that corrects who a person is, with all that is
// recorded of it now and no reason.
func CorrectingPerson(p PersonView, w Identity) *CorrectPerson {
	who := Particulars{Given: w.Given, Paterno: w.Paterno, Materno: w.Materno, Particle: w.Particle, AsRecorded: w.AsRecorded, Aliases: w.Aliases,
		Birth: w.Birth, BirthPlace: w.BirthPlace, Sex: w.Sex, Nationalities: w.Nationalities, Languages: w.Languages, Contact: w.Contact, Whereabouts: w.Whereabouts, Note: w.Note}
	for _, id := range w.Identifiers {
		who.Identifiers = append(who.Identifiers, id.of()+"="+id.Value)
	}
	return &CorrectPerson{Person: p.ID, Stood: Stood{p.Stood}, Particulars: who}
}
