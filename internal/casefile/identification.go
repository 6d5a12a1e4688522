package casefile

import (
	"errors"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Identification is the record of how somebody was recognised or was not
// (CNPP 277–279): who showed what to whom, in which order, and what the witness
// said in his or her own words. One that failed is evidence for the defence.
type Identification struct {
	Person     string `json:"person"` // witness
	Method     string `json:"method"` // photographs, in_person, voice, thing
	When       Moment `json:"when"`
	Suspect    string `json:"suspect,omitempty"` // id of the person who was among those shown
	Shown      int    `json:"shown"`             // how many
	ShownAt    int    `json:"shown_at,omitempty"`
	Picked     int    `json:"picked,omitempty"` // place, from 1, of the one who was picked; 0 for nobody
	Sequential bool   `json:"sequential,omitempty"`
	Warned     bool   `json:"warned,omitempty"`    // told that the one sought may not be among them
	Available  bool   `json:"available,omitempty"` // the suspect was identified and could have been shown in person
}

// IdentificationDetail is what of the record is sealed.
type IdentificationDetail struct {
	ConductedBy string   `json:"conducted_by"` // name, office and function
	Place       string   `json:"place"`
	Present     []string `json:"present,omitempty"`
	Images      []string `json:"images"` // all that was shown, in order: exhibit or file, and whom it shows
	Lang        string   `json:"lang"`   // BCP 47 of the words
	Words       string   `json:"words"`  // of the witness, as said
	Certainty   string   `json:"certainty"`
}

// Noun implements Content.
func (Identification) Noun() string { return "identification" }

// About implements Content.
func (x Identification) About() string { return x.Person }

// Moment implements Content.
func (x Identification) Moment() time.Time { return x.When.At }

// maxShown bounds how many can be shown in one identification.
const maxShown = 100

func (x Identification) check() error {
	switch {
	case x.Person == "":
		return refusal.New("casefile.person_missing")
	case !methods.has(x.Method):
		return refusal.New("casefile.not_on_list", "Field", "method")
	case x.Shown < 1 || x.Shown > maxShown, x.Picked < 0 || x.Picked > x.Shown, x.ShownAt < 0 || x.ShownAt > x.Shown:
		return refusal.New("casefile.images")
	case x.Suspect != "" && x.Suspect == x.Person:
		return refusal.New("casefile.own_identification")
	}
	return nil
}

// Failed reports whether the witness picked nobody, or somebody else than the
// suspect.
func (x Identification) Failed() bool {
	return x.Picked == 0 || x.ShownAt != 0 && x.Picked != x.ShownAt
}

// Attacks are what a court will hold against an identification: codes whose
// words are "casefile.identification.CODE". The first is a red warning: of a
// suspect who is known and available no photographs are shown (CNPP 279). It is
// pure.
func (x Identification) Attacks() (out []string) {
	for _, a := range []struct {
		so   bool
		code string
	}{
		{x.Method == "photographs" && x.Available, "available"}, {x.Failed(), "failed"}, {!x.Sequential && x.Shown > 1, "not_sequential"},
		{x.Shown == 1, "one_shown"}, {!x.Warned, "not_warned"},
	} {
		if a.so {
			out = append(out, a.code)
		}
	}
	return out
}

var attackCodes = []string{"available", "failed", "not_sequential", "one_shown", "not_warned"}

// IdentificationFields are an identification as it is entered.
type IdentificationFields struct {
	Person      string   `json:"person"`
	Method      string   `json:"method"`
	When        string   `json:"when"`
	Zone        string   `json:"zone,omitempty"`
	Place       string   `json:"place"`
	ConductedBy string   `json:"conducted_by"`
	Present     []string `json:"present,omitempty"`
	Images      []string `json:"images"`
	Suspect     string   `json:"suspect,omitempty"`
	ShownAt     int      `json:"shown_at,omitempty"`
	Sequential  bool     `json:"sequential,omitempty"`
	Warned      bool     `json:"warned,omitempty"`
	Available   bool     `json:"available,omitempty"`
	Picked      int      `json:"picked,omitempty"`
	Lang        string   `json:"lang"`
	Words       string   `json:"words"`
	Certainty   string   `json:"certainty"`
}

func (f IdentificationFields) draft(tx *store.Tx, d *act.Draw, c Case) (draft[Identification], error) {
	var out draft[Identification]
	if err := f.said(); err != nil {
		return out, err
	}
	when, err := ParseMoment(f.When, OfficeZone(d, f.Zone))
	switch {
	case err != nil:
		return out, err
	case when.Precision != "minute":
		return out, refusal.New("casefile.time")
	case when.At.After(d.Now):
		return out, refusal.New("casefile.future")
	}
	witness, err := c.person(tx, f.Person)
	if err != nil {
		return out, err
	}
	if f.Suspect != "" {
		s, err := c.person(tx, f.Suspect)
		if err != nil {
			return out, err
		}
		f.Suspect = s.ID
	}
	if err := conductorApart(tx, d, c, f.ConductedBy); err != nil {
		return out, err
	}
	images := trimmed(f.Images)
	out.content = Identification{Person: witness.ID, Method: f.Method, When: when, Suspect: f.Suspect, Shown: len(images), ShownAt: f.ShownAt, Picked: f.Picked,
		Sequential: f.Sequential, Warned: f.Warned, Available: f.Available}
	out.detail = IdentificationDetail{ConductedBy: strings.TrimSpace(f.ConductedBy), Place: strings.TrimSpace(f.Place), Present: trimmed(f.Present), Images: images,
		Lang: f.Lang, Words: strings.TrimSpace(f.Words), Certainty: strings.TrimSpace(f.Certainty)}
	return out, nil
}

// said refuses a record that says too little to be shown to a court.
func (f IdentificationFields) said() error {
	switch {
	case strings.TrimSpace(f.ConductedBy) == "":
		return refusal.New("casefile.conductor_missing")
	case strings.TrimSpace(f.Place) == "":
		return refusal.New("casefile.statement_place")
	case len(trimmed(f.Images)) == 0:
		return refusal.New("casefile.images")
	case strings.TrimSpace(f.Words) == "" || strings.TrimSpace(f.Certainty) == "":
		return refusal.New("casefile.witness_words")
	case !langForm.MatchString(f.Lang):
		return refusal.New("casefile.language", "Lang", f.Lang)
	}
	return short("words", f.Words+f.Certainty+f.ConductedBy+f.Place+strings.Join(f.Images, "")+strings.Join(f.Present, ""), maxText)
}

// conductorApart refuses an identification conducted by somebody who
// investigates the case (CNPP 277 asks for another authority): who opened it,
// or recorded an event, a person's role or a charge in it. Refusal
// casefile.conductor_investigates.
func conductorApart(tx *store.Tx, d *act.Draw, c Case, conductor string) error {
	accounts := map[string]bool{c.By: true}
	for _, noun := range []string{"event", "role", "charge"} {
		items, err := Items(tx, c.ID, noun)
		if err != nil {
			return err
		}
		for _, i := range items {
			accounts[i.By] = true
		}
	}
	delete(accounts, "")
	name := " " + Fold(conductor) + " "
	for id := range accounts {
		u, err := access.LoadUser(tx, id)
		if errors.Is(err, access.ErrNoUser) {
			continue // another node's official
		}
		if err != nil {
			return err
		}
		if strings.Contains(name, " "+Fold(u.Name)+" ") {
			return refusal.New("casefile.conductor_investigates")
		}
	}
	return nil
}

func (x Identification) fields(d IdentificationDetail) IdentificationFields {
	return IdentificationFields{Person: x.Person, Method: x.Method, When: x.When.stated(), Zone: x.When.Zone, Place: d.Place, ConductedBy: d.ConductedBy, Present: d.Present,
		Images: d.Images, Suspect: x.Suspect, ShownAt: x.ShownAt, Sequential: x.Sequential, Warned: x.Warned, Available: x.Available, Picked: x.Picked,
		Lang: d.Lang, Words: d.Words, Certainty: d.Certainty}
}

// AddIdentification records how somebody was recognised or was not.
type AddIdentification struct {
	Case string `json:"case"`
	IdentificationFields
}

// Verb implements act.Command.
func (*AddIdentification) Verb() string { return "case.add_identification" }

// Decide implements act.Command.
func (a *AddIdentification) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(c Case) (draft[Identification], error) { return a.draft(tx, d, c) })
}

// CorrectIdentification corrects the record of an identification; what stood
// before stays.
type CorrectIdentification struct {
	Correction
	IdentificationFields
}

// Verb implements act.Command.
func (*CorrectIdentification) Verb() string { return "case.correct_identification" }

// Decide implements act.Command.
func (k *CorrectIdentification) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.IdentificationFields, func(c Case) (draft[Identification], error) { return k.draft(tx, d, c) })
}
