package casefile

import (
	"slices"
	"strings"
)

// A source corrects what it states and is silent about the rest. What people
// recorded by hand of what the source does not state (the languages somebody
// speaks, how somebody can be reached, what an event cost) stays as it is: the
// Keep functions join what a source says now with what stands.

// KeepPerson gives what a person's record says once a source has corrected it:
// fields that the source leaves empty stay, and so do identifiers of schemes
// that it does not name.
func (i *Intake) KeepPerson(person string, says Particulars) (Particulars, error) {
	p, err := LoadPerson(i.tx, person)
	if err != nil {
		return says, err
	}
	was, err := OpenIdentity(i.tx, i.d.Ring(), p)
	if err != nil {
		return says, err
	}
	for _, f := range []struct {
		now *string
		was string
	}{
		{&says.Given, was.Given}, {&says.Paterno, was.Paterno}, {&says.Materno, was.Materno}, {&says.Particle, was.Particle},
		{&says.AsRecorded, was.AsRecorded}, {&says.Birth, was.Birth}, {&says.BirthPlace, was.BirthPlace}, {&says.Sex, was.Sex}, {&says.Note, was.Note},
	} {
		keep(f.now, f.was)
	}
	for _, f := range []struct {
		now *[]string
		was []string
	}{
		{&says.Aliases, was.Aliases}, {&says.Nationalities, was.Nationalities}, {&says.Languages, was.Languages},
		{&says.Contact, was.Contact}, {&says.Whereabouts, was.Whereabouts},
	} {
		if len(*f.now) == 0 {
			*f.now = f.was
		}
	}
	stated := make([]string, 0, len(says.Identifiers))
	for _, s := range says.Identifiers {
		of, _, _ := strings.Cut(s, "=")
		stated = append(stated, strings.ToLower(of))
	}
	says.Identifiers = slices.Clone(says.Identifiers)
	for _, id := range was.Identifiers {
		if !slices.Contains(stated, strings.ToLower(id.of())) {
			says.Identifiers = append(says.Identifiers, id.of()+"="+id.Value)
		}
	}
	return says, nil
}

// of is the scheme of an identifier with its issuer, as it is entered.
func (id Identifier) of() string {
	if id.Issuer == "" {
		return id.Scheme
	}
	return id.Scheme + "/" + id.Issuer
}

func keep(now *string, was string) {
	if *now == "" {
		*now = was
	}
}

// KeepRole gives what a role says once a source has corrected it. The item it
// rests on stays while the kind of source does.
func (i *Intake) KeepRole(item string, says RoleFields) (RoleFields, error) {
	held, err := LoadItem(i.tx, item)
	if err != nil {
		return says, err
	}
	var was Role
	if err := held.Decode(&was); err != nil {
		return says, err
	}
	var detail RoleDetail
	if _, err := held.OpenDetail(i.tx, i.d.Ring(), &detail); err != nil {
		return says, err
	}
	keep(&says.From, was.From)
	keep(&says.To, was.To)
	keep(&says.Reference, detail.Reference)
	if says.Role == was.Role {
		keep(&says.Function, was.Function)
	}
	if says.Source == was.Source.Kind {
		keep(&says.SourceItem, was.Source.Item)
	}
	return says, nil
}

// KeepEvent gives what an event says once a source has corrected it. A place
// is one thing: a source that states any of it replaces all of it.
func (i *Intake) KeepEvent(item string, says EventFields) (EventFields, error) {
	held, err := LoadItem(i.tx, item)
	if err != nil {
		return says, err
	}
	var was Event
	if err := held.Decode(&was); err != nil {
		return says, err
	}
	var detail EventDetail
	if _, err := held.OpenDetail(i.tx, i.d.Ring(), &detail); err != nil {
		return says, err
	}
	if says.Place == "" && says.PlaceName == "" && says.Lat == nil {
		says.Place, says.PlaceName = was.Place.Code, was.Place.Name
		if at := was.Place.Coordinates; at != nil {
			says.Lat, says.Lon, says.Uncertainty = &at.Lat, &at.Lon, at.Uncertainty
		}
	}
	keep(&says.Reference, was.Reference)
	if says.Group == 0 {
		says.Group = was.Group
	}
	if says.Until == "" && was.Until != nil {
		says.Until = was.Until.stated()
	}
	if says.FeeCents == 0 {
		says.FeeCents, says.Currency = was.Fee, was.Currency
	}
	if len(says.Hazards) == 0 {
		says.Hazards = was.Hazards
	}
	if len(says.Acts) == 0 {
		for _, a := range was.Acts {
			says.Acts = append(says.Acts, a.entered())
		}
	}
	if says.Narrative == "" {
		says.Narrative, says.Lang = detail.Narrative, detail.Lang
	}
	return says, nil
}

// entered is the place of an act as it is entered.
func (a ActPlace) entered() string {
	s := a.Act + "=" + a.Code
	if a.Day != "" {
		s += "@" + a.Day
	}
	return s
}

// stated is the moment as ParseMoment reads it in its zone.
func (m Moment) stated() string {
	for _, p := range precisions {
		if p.name == m.Precision && p.name != "minute" {
			return m.At.In(zoneOf(m.Zone)).Format(p.form)
		}
	}
	return m.At.In(zoneOf(m.Zone)).Format("2006-01-02T15:04:05.999999")
}
