package casefile

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Particulars are who a person is, as a form, a flag or an API call gives it.
// All of it is sealed.
type Particulars struct {
	Given         string   `json:"given,omitempty"`
	Paterno       string   `json:"paterno,omitempty"`
	Materno       string   `json:"materno,omitempty"`
	Particle      string   `json:"particle,omitempty"`
	AsRecorded    string   `json:"as_recorded,omitempty"`
	Aliases       []string `json:"aliases,omitempty"`
	Birth         string   `json:"birth,omitempty"`
	BirthPlace    string   `json:"birth_place,omitempty"`
	Sex           string   `json:"sex,omitempty"`
	Nationalities []string `json:"nationalities,omitempty"`
	Languages     []string `json:"languages,omitempty"`
	Identifiers   []string `json:"identifiers,omitempty"`
	Contact       []string `json:"contact,omitempty"`
	Whereabouts   []string `json:"whereabouts,omitempty"`
	Note          string   `json:"note,omitempty"`
}

// identity reads and checks the particulars.
func (p Particulars) identity() (Identity, error) {
	w := Identity{Given: p.Given, Paterno: p.Paterno, Materno: p.Materno, Particle: p.Particle, AsRecorded: p.AsRecorded,
		Aliases: slices.Clone(p.Aliases), Birth: p.Birth, BirthPlace: p.BirthPlace, Sex: p.Sex, Nationalities: slices.Clone(p.Nationalities),
		Languages: slices.Clone(p.Languages), Contact: slices.Clone(p.Contact), Whereabouts: slices.Clone(p.Whereabouts), Note: p.Note}
	for _, s := range p.Identifiers {
		id, err := ParseIdentifier(s)
		if err != nil {
			return w, err
		}
		w.Identifiers = append(w.Identifiers, id)
	}
	return w, w.clean()
}

// AddPerson records a person of a case with the first role and its source. A
// plant's name is drawn as pseudonym.
type AddPerson struct {
	Case string `json:"case"`
	Particulars
	Age string `json:"age,omitempty"`
	RoleFields
}

// Verb implements act.Command.
func (*AddPerson) Verb() string { return "case.add_person" }

// Decide implements act.Command.
func (a *AddPerson) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := writable(tx, d, a.Case, "person", "")
	if err != nil {
		return nil, err
	}
	at, err := c.factsFrom(tx, d.Now)
	if err != nil {
		return nil, err
	}
	p, role, err := a.facts(tx, d, c, at)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{p, role}, nil
}

// facts gives the person and the role. at is the earliest moment of which the
// case speaks; taken are pseudonyms that the same act has drawn for it.
func (a *AddPerson) facts(tx *store.Tx, d *act.Draw, c Case, at time.Time, taken ...string) (*PersonAdded, *Added[Role], error) {
	who, err := a.identity()
	if err != nil {
		return nil, nil, err
	}
	age, err := establish(a.Age, who.Birth, at)
	if err != nil {
		return nil, nil, err
	}
	p := &PersonAdded{ID: d.ID(), Age: age}
	if p.Plant, err = drawPlant(tx, c.ID, d.Bytes(8), taken...); err != nil {
		return nil, nil, err
	}
	p.Key = d.NewKey(KeySubject(p.ID))
	part, err := d.Seal(tx, p.Key, identityPart, who)
	if err != nil {
		return nil, nil, err
	}
	p.Envelope = c.envelope(part)
	role, err := a.RoleFields.fact(tx, d, c, p.ID, p.Key)
	return p, role, err
}

// establish joins what was asserted of an age with what the date of birth
// says about the time of the facts. What is less sure protects more.
func establish(asserted, birth string, at time.Time) (Age, error) {
	age := Age(asserted)
	switch age {
	case "", Adult, Child, Doubt:
	default:
		return Doubt, refusal.New("casefile.not_on_list", "Field", "age")
	}
	if birth == "" {
		if age == "" {
			return Doubt, nil
		}
		return age, nil
	}
	b, err := ParseDate(birth)
	if err != nil {
		return Doubt, refusal.New("casefile.birth")
	}
	if b.First().After(at.AddDate(0, 0, 1)) {
		return Doubt, refusal.New("casefile.birth")
	}
	computed := b.ageOn(at)
	switch {
	case age == Child || computed == Child:
		return Child, nil
	case age == Doubt || computed == Doubt:
		return Doubt, nil
	}
	return Adult, nil
}

// CorrectPerson replaces what was recorded of a person's identity.
type CorrectPerson struct {
	Person string `json:"person"`
	Reason string `json:"reason"`
	Stood
	Particulars
}

// Verb implements act.Command.
func (*CorrectPerson) Verb() string { return "case.correct_person" }

// Decide implements act.Command.
func (k *CorrectPerson) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	c, p, err := ofCase(tx, d, k.Person)
	if err != nil {
		return nil, err
	}
	if !reasons.has(k.Reason) {
		return nil, refusal.New("casefile.reason_missing")
	}
	if err := rejoinPerson(tx, d, p, k); err != nil {
		return nil, err
	}
	who, err := k.identity()
	if err != nil {
		return nil, err
	}
	at, err := c.factsFrom(tx, d.Now)
	if err != nil {
		return nil, err
	}
	age, err := establish("", who.Birth, at)
	if err != nil {
		return nil, err
	}
	// A correction can take the age down; only ClassPerson takes it up.
	if who.Birth == "" || p.Age != Adult && age == Adult {
		age = p.Age
	}
	part, err := d.Seal(tx, p.Key, identityPart, who)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&PersonCorrected{Envelope: c.envelope(part), ID: p.ID, Reason: k.Reason, Age: age}}, nil
}

// ofCase loads a person and the case for an act on the person.
func ofCase(tx *store.Tx, d *act.Draw, id string) (Case, Person, error) {
	p, err := LoadPerson(tx, id)
	if err != nil {
		return Case{}, p, err
	}
	c, err := Load(tx, p.Case)
	if err != nil {
		return c, p, err
	}
	if err := d.Allow(tx, PersonResource(c, p)); err != nil {
		return c, p, err
	}
	if c.Status != StatusOpen {
		return c, p, refusal.Conflict("casefile.closed")
	}
	return c, p, p.here()
}

// ClassPerson records what is established of a person's age, and on what
// ground. The class follows.
type ClassPerson struct {
	Person string `json:"person"`
	Age    string `json:"age"`
	Ground string `json:"ground"`
}

// Verb implements act.Command.
func (*ClassPerson) Verb() string { return "case.class_person" }

// Decide implements act.Command.
func (k *ClassPerson) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, p, err := ofCase(tx, d, k.Person)
	if err != nil {
		return nil, err
	}
	age := Age(k.Age)
	switch {
	case age != Adult && age != Child && age != Doubt:
		return nil, refusal.New("casefile.not_on_list", "Field", "age")
	case !ageGrounds.has(k.Ground):
		return nil, refusal.New("casefile.not_on_list", "Field", "ground")
	case age == Adult && slices.Contains([]string{"claim_under_18", "suspicion_under_18"}, k.Ground):
		// 8 USC 1232(b)(2): a claim or suspicion is enough, and never shows the contrary.
		return nil, refusal.New("casefile.ground_contradicts")
	case age == Adult:
		if err := k.mayBeAdult(tx, d, c, p); err != nil {
			return nil, err
		}
	}
	return []journal.Fact{&PersonClassed{Envelope: c.envelope(), ID: p.ID, Age: age, Shielded: p.Shielded, Ground: k.Ground}}, nil
}

// mayBeAdult refuses adult against a date of birth that says otherwise: the
// date is corrected first, with its reason.
func (k *ClassPerson) mayBeAdult(tx *store.Tx, d *act.Draw, c Case, p Person) error {
	who, err := OpenIdentity(tx, d, p)
	if err != nil {
		return err
	}
	at, err := c.factsFrom(tx, d.Now)
	if err != nil {
		return err
	}
	age, err := establish(string(Adult), who.Birth, at)
	if err != nil {
		return err
	}
	if age != Adult {
		return refusal.New("casefile.birth_contradicts")
	}
	return nil
}

// Merge says that two records of one case are one person.
type Merge struct {
	Keep   string `json:"keep"`
	Merged string `json:"merged"`
	Reason string `json:"reason"`
}

// Verb implements act.Command.
func (*Merge) Verb() string { return "case.merge" }

// Decide implements act.Command.
func (m *Merge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, keep, err := ofCase(tx, d, m.Keep)
	if err != nil {
		return nil, err
	}
	other, err := c.person(tx, m.Merged)
	switch {
	case err != nil:
		return nil, err
	case other.ID == keep.ID:
		return nil, refusal.Conflict("casefile.same_record")
	case !reasons.has(m.Reason):
		return nil, refusal.New("casefile.reason_missing")
	}
	return []journal.Fact{&PersonsMerged{Envelope: c.envelope(), Keep: keep.ID, Merged: other.ID, Reason: m.Reason}}, nil
}

// Unmerge takes a merge back.
type Unmerge struct {
	Merged string `json:"merged"`
	Reason string `json:"reason"`
}

// Verb implements act.Command.
func (*Unmerge) Verb() string { return "case.unmerge" }

// Decide implements act.Command.
func (m *Unmerge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, _, err := ofCase(tx, d, m.Merged)
	if err != nil {
		return nil, err
	}
	record, err := loadRecord(tx, m.Merged)
	switch {
	case err != nil:
		return nil, err
	case record.Merged == "":
		return nil, refusal.Conflict("casefile.not_merged")
	case !reasons.has(m.Reason):
		return nil, refusal.New("casefile.reason_missing")
	}
	return []journal.Fact{&PersonsUnmerged{Envelope: c.envelope(), Keep: record.Merged, Merged: record.ID, Reason: m.Reason}}, nil
}
