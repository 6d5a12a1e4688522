package program

import (
	"fmt"
	"slices"
	"sync"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Offence is one offence of the catalogue, with what the software must know of
// it: its elements, when it was in force, what it is called across the border,
// and what it does not admit.
type Offence struct {
	ID          string       `yaml:"id"`
	Country     string       `yaml:"country"`
	Law         Text         `yaml:"law"`
	Section     Text         `yaml:"section"`
	Title       Text         `yaml:"name"`
	Elements    []Element    `yaml:"elements"`
	Penalty     Penalty      `yaml:"penalty"`
	Family      string       `yaml:"family"` // of families: which procedure and which units it goes to
	Aggravators []Text       `yaml:"aggravators"`
	From        Day          `yaml:"valid_from"` // zero: not established
	To          Day          `yaml:"valid_to"`   // zero: in force in the text read
	ICCS        ICCS         `yaml:"iccs"`
	Equivalents []Equivalent `yaml:"equivalents"`
	Referable   bool         `yaml:"referable"`
	Verified    Verified     `yaml:"verified"`
	// DatesVerified covers From and To: what is not read is shown as "not
	// established" and never decides which law applies.
	DatesVerified Verified       `yaml:"dates_verified"`
	Source        Text           `yaml:"source"`
	Note          Text           `yaml:"note"`
	Closed        []Closure      `yaml:"outcomes_closed"`
	ClosedReasons []ClosedReason `yaml:"reasons_closed"`
	Jurisdiction  Jurisdiction   `yaml:"jurisdiction"`
	Limitation    Limitation     `yaml:"limitation"`
	Succeeds      []string       `yaml:"succeeds"` // earlier offences for the same conduct
}

// Name is the offence's title in l.
func (o Offence) Name(l i18n.Lang) string { return o.Title.In(l) }

// Element is one element of an offence. A blocking one must be shown before the
// receiving side can proceed.
type Element struct {
	ID       string `yaml:"id"`
	Title    Text   `yaml:"name"`
	Blocking bool   `yaml:"blocking"`
}

// Penalty is in years; a nil Max is life or an unlimited term.
type Penalty struct {
	Min   float64  `yaml:"min_years"`
	Max   *float64 `yaml:"max_years"`
	Life  bool     `yaml:"life"`
	Death bool     `yaml:"death"`
	Fine  Text     `yaml:"fine"`
	Note  Text     `yaml:"note"`
	Tiers []Tier   `yaml:"tiers"`
}

// Tier is a range for a graver or lesser case.
type Tier struct {
	Condition Text     `yaml:"condition"`
	Min       float64  `yaml:"min_years"`
	Max       *float64 `yaml:"max_years"`
	Fine      Text     `yaml:"fine"`
	Note      Text     `yaml:"note"`
}

// ICCS is the code of the International Classification of Crime for Statistical
// Purposes.
type ICCS struct {
	Code     string   `yaml:"code"`
	Verified Verified `yaml:"verified"`
}

// Equivalent is the offence of the other country that answers to this one.
type Equivalent struct {
	ID   string `yaml:"id"`
	Note Text   `yaml:"note"`
}

// Closure is an outcome that the offence does not admit, and the law that says so.
type Closure struct {
	Outcome  string   `yaml:"outcome"`
	Law      string   `yaml:"law"`
	Verified Verified `yaml:"verified"`
}

// ClosedReason is a reason for which no case of the offence can be ended, and
// the law that says so.
type ClosedReason struct {
	Reason   string   `yaml:"reason"`
	Law      string   `yaml:"law"`
	Verified Verified `yaml:"verified"`
}

// Jurisdiction lists the bases on which the offence can be tried.
type Jurisdiction struct {
	Bases    []string `yaml:"bases"`
	Law      string   `yaml:"law"`
	Verified Verified `yaml:"verified"`
}

// Limitation is how long the offence can be prosecuted. Nil Years without
// Unlimited is "not established".
type Limitation struct {
	Years     *float64 `yaml:"years"`
	Unlimited bool     `yaml:"unlimited"`
	Law       string   `yaml:"law"`
	Verified  Verified `yaml:"verified"`
	// DoubledAbroad says that the term doubles for a person outside the country
	// if that makes the case impossible (CPF 101).
	DoubledAbroad bool `yaml:"doubled_abroad"`
}

// Grave reports whether the offence is serious enough for a detention in an
// urgent case: a mean of minimum and maximum above five years (CNPP 150-I). The
// list of offences with automatic detention is not in the catalogue and is not
// read.
func (o *Offence) Grave() bool {
	return o.Penalty.Life || o.Penalty.Max != nil && (o.Penalty.Min+*o.Penalty.Max)/2 > 5
}

var loadOffences = sync.OnceValue(func() []*Offence {
	f := read[struct {
		Version  string            `yaml:"catalogue_version"`
		AsOf     map[string]string `yaml:"as_of"`
		Offences []*Offence        `yaml:"offences"`
	}]("offences.yaml")
	return f.Offences
})

// Offences lists the catalogue, Mexico first, in the order of the file.
func Offences() []*Offence { return slices.Clone(loadOffences()) }

// OffenceByID finds an offence.
func OffenceByID(id string) (*Offence, bool) {
	i := slices.IndexFunc(loadOffences(), func(o *Offence) bool { return o.ID == id })
	if i < 0 {
		return nil, false
	}
	return loadOffences()[i], true
}

// Force says whether an offence was law on a day.
type Force string

// NotEstablished means that a date is missing or nobody has read it: the
// offence is offered and shown so, and the date decides nothing.
const (
	InForce        Force = "in_force"
	NotInForce     Force = "not_in_force"
	NotEstablished Force = "not_established"
)

// On says whether the offence was law on the day of the facts.
func (o *Offence) On(facts Day) Force {
	switch {
	case !o.DatesVerified.Sure() || facts.Zero():
		return NotEstablished
	case !o.To.Zero() && o.To.Before(facts):
		return NotInForce
	case o.From.Zero():
		return NotEstablished
	case facts.Before(o.From):
		return NotInForce
	}
	return InForce
}

// Established gives the days between which the offence is law, as far as they
// were read; a zero day is not established, or open at its end.
func (o *Offence) Established() (from, to Day) {
	if !o.DatesVerified.Sure() {
		return Day{}, Day{}
	}
	return o.From, o.To
}

// Since writes since when the offence is law: "in force since 2011-05-26" in the
// reader's way, or "in force since: not established".
func (o *Offence) Since(l i18n.Lang) string {
	from, _ := o.Established()
	if from.Zero() {
		return i18n.T(l, "program.law.in_force_unknown")
	}
	return i18n.T(l, "program.law.in_force", map[string]any{"Day": i18n.Date(l, from.in(utc), utc)})
}

// LawAt lists the offences of a country that may be charged for facts of that
// day: those in force then, and those whose dates are not established.
func LawAt(country string, facts Day) []*Offence {
	return slices.DeleteFunc(Offences(), func(o *Offence) bool {
		return o.Country != country || o.On(facts) == NotInForce
	})
}

// MoreFavourable lists later offences for the same conduct whose penalty is
// lower at either end, through every law in between: the judge may have to
// apply them (CPF 56). It warns and never decides.
func (o *Offence) MoreFavourable() []*Offence { return moreFavourable(o, loadOffences()) }

func moreFavourable(o *Offence, catalogue []*Offence) []*Offence {
	var out []*Offence
	seen := map[string]bool{o.ID: true}
	for line := []string{o.ID}; len(line) > 0; line = line[1:] {
		for _, later := range catalogue {
			if seen[later.ID] || !slices.Contains(later.Succeeds, line[0]) {
				continue
			}
			seen[later.ID] = true
			line = append(line, later.ID)
			if later.Penalty.milder(o.Penalty) {
				out = append(out, later)
			}
		}
	}
	return out
}

// milder reports whether a judge could impose less by p than by q.
func (p Penalty) milder(q Penalty) bool {
	return p.Min < q.Min || p.upper() < q.upper()
}

// upper is the maximum in years; life and unlimited terms are above any number.
func (p Penalty) upper() float64 {
	if p.Max == nil || p.Life || p.Death {
		return 1000
	}
	return *p.Max
}

// Closes reports whether the offence does not admit an outcome, by law that was
// read; an unread closure decides nothing (see Doubts).
func (o *Offence) Closes(outcome string) (law string, closed bool) {
	for _, c := range o.Closed {
		if c.Outcome == outcome && c.Verified.Sure() {
			return c.Law, true
		}
	}
	return "", false
}

// ClosesReason reports whether the law of the offence forbids to end a case of
// it for a reason, such as the consent of a trafficking victim; an unread
// provision decides nothing.
func (o *Offence) ClosesReason(reason string) (law string, closed bool) {
	for _, c := range o.ClosedReasons {
		if c.Reason == reason && c.Verified.Sure() {
			return c.Law, true
		}
	}
	return "", false
}

// Doubts reports whether an unread provision seems to close the outcome: shown
// as a warning beside the choice.
func (o *Offence) Doubts(outcome string) (law string, doubtful bool) {
	for _, c := range o.Closed {
		if c.Outcome == outcome && !c.Verified.Sure() {
			return c.Law, true
		}
	}
	return "", false
}

// EquivalentIn lists the offences of a country that answer to this one, from
// either one's own row.
func (o *Offence) EquivalentIn(country string) []Equivalent {
	var out []Equivalent
	for _, e := range o.Equivalents {
		if other, ok := OffenceByID(e.ID); ok && other.Country == country {
			out = append(out, e)
		}
	}
	for _, other := range loadOffences() {
		if other.Country != country || slices.ContainsFunc(out, func(e Equivalent) bool { return e.ID == other.ID }) {
			continue
		}
		if i := slices.IndexFunc(other.Equivalents, func(e Equivalent) bool { return e.ID == o.ID }); i >= 0 {
			out = append(out, Equivalent{ID: other.ID, Note: other.Equivalents[i].Note})
		}
	}
	return out
}

// LimitationEnds is the first day on which the offence can no longer be
// prosecuted. sure is false where the provision was not read, and then the day
// is shown and decides nothing; ok is false where no term is established or
// there is none. Interruption and suspension are for the lawyer.
func (o *Offence) LimitationEnds(facts Day, abroad bool) (day Day, sure, ok bool) {
	if o.Limitation.Years == nil || facts.Zero() {
		return Day{}, false, false
	}
	months := int(*o.Limitation.Years*12 + 0.5)
	if abroad && o.Limitation.DoubledAbroad {
		months *= 2
	}
	return DayOf(addMonths(facts.in(utc), months), utc), o.Limitation.Verified.Sure(), true
}

func (o *Offence) lint(r *report) {
	at := "offence " + o.ID
	for what, t := range map[string]Text{"name": o.Title, "law": o.Law, "section": o.Section, "source": o.Source} {
		r.text(at+": "+what, t)
	}
	if len(o.Elements) == 0 {
		r.add(at, "has no elements")
	}
	seen := map[string]bool{}
	for _, e := range o.Elements {
		r.text(at+": element "+e.ID, e.Title)
		if e.ID == "" || seen[e.ID] {
			r.add(at, "element %q is unnamed or named twice", e.ID)
		}
		seen[e.ID] = true
	}
	for i, a := range o.Aggravators {
		r.text(fmt.Sprintf("%s: aggravator %d", at, i+1), a)
	}
	for i, t := range o.Penalty.Tiers {
		r.text(fmt.Sprintf("%s: tier %d", at, i+1), t.Condition)
	}
	if o.Note != (Text{}) {
		r.text(at+": note", o.Note)
	}
	o.lintReferences(at, r)
}

func (o *Offence) lintReferences(at string, r *report) {
	if _, ok := CountryByID(o.Country); !ok {
		r.add(at, "no country %q", o.Country)
	}
	for _, e := range o.Equivalents {
		r.text(at+": equivalent "+e.ID, e.Note)
		if other, ok := OffenceByID(e.ID); !ok || other.Country == o.Country {
			r.add(at, "equivalent %q is not an offence of the other country", e.ID)
		}
	}
	for _, c := range o.Closed {
		if _, ok := OutcomeByID(c.Outcome); !ok {
			r.add(at, "closes %q, which is no outcome", c.Outcome)
		}
	}
	for _, c := range o.ClosedReasons {
		if c.Reason == "" || c.Law == "" {
			r.add(at, "closes a reason without naming reason and law")
		}
	}
	if _, ok := FamilyByID(o.Family); !ok && o.Family != "" {
		r.add(at, "no family %q", o.Family)
	}
	for _, id := range o.Succeeds {
		if _, ok := OffenceByID(id); !ok {
			r.add(at, "succeeds %q, which is no offence", id)
		}
	}
	if o.Referable && len(o.Jurisdiction.Bases) == 0 {
		r.add(at, "has no basis of jurisdiction")
	}
	for _, b := range o.Jurisdiction.Bases {
		if !slices.Contains(bases, b) {
			r.add(at, "%q is no basis of jurisdiction", b)
		}
	}
	if !o.To.Zero() && !o.From.Zero() && o.To.Before(o.From) {
		r.add(at, "ends before it begins")
	}
	if o.Verified == "" || o.DatesVerified == "" || o.Limitation.Verified == "" {
		r.add(at, "does not say what was verified")
	}
}
