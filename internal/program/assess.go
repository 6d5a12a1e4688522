package program

import (
	"slices"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Question is what the catalogue is asked about a referral: what is alleged,
// when and where, and what the packet shows.
type Question struct {
	Sending, Receiving string
	Offences           []string // ids, of both countries
	FactsOn            Day      // the last day of the facts; zero when unknown
	Today              Day
	ActsIn             []string // countries in which an act of the offence took place
	EffectsInReceiving bool     // acts abroad with effects there (CPF 2-I)
	NationalReceiving  bool     // read only for CPF 4
	FinallyTried       bool
	AbroadSince        bool            // the suspect is outside the receiving country and that blocks the case
	Shown              map[string]bool // "offence-id/element-id" of what an item of the packet shows; "element-id" alone shows it for every offence
}

// Assessment is what the catalogue answers. Its lists hold ids; the pages show
// them with their names and whether they were verified.
type Assessment struct {
	Unknown        []string // not in the catalogue
	NotReferable   []string
	NotInForce     []string // not law on the day of the facts
	NotEstablished []string // dates nobody has read: a warning
	Unverified     []string // the text itself was not read: a warning
	Favourable     []string // later and milder law for the same conduct: a warning
	Missing        []MissingElement
	WithoutPair    []string // no offence of the other country answers: dual criminality not shown
	Bases          []string // bases of jurisdiction of the receiving country that the facts support
	Barred         []string // offences of the receiving country time-barred by read law
	Ends           []Limit  // limitation on both sides

	chargeable int // offences of the receiving country that may have been law on the day of the facts
}

// MissingElement is a blocking element that nothing in the packet shows.
type MissingElement struct{ Offence, Element string }

// Limit is when an offence can no longer be prosecuted.
type Limit struct {
	Offence   string
	Ends      Day
	Sure      bool
	Unlimited bool
}

// Assess puts a question to the catalogue. An offence that was surely not law on
// the day of the facts is listed and decides nothing else.
func Assess(q Question) Assessment {
	var a Assessment
	for _, id := range q.Offences {
		o, ok := OffenceByID(id)
		if !ok {
			a.Unknown = append(a.Unknown, id)
			continue
		}
		a.offence(o, q)
		if o.Country == q.Receiving && o.On(q.FactsOn) != NotInForce {
			a.chargeable++
			a.receiving(o, q)
		}
	}
	if a.chargeable == 0 {
		a.Missing = append(a.Missing, MissingElement{}) // nothing could be charged there
	}
	return a
}

func (a *Assessment) offence(o *Offence, q Question) {
	if !o.Referable {
		a.NotReferable = append(a.NotReferable, o.ID)
	}
	switch o.On(q.FactsOn) {
	case NotInForce:
		a.NotInForce = append(a.NotInForce, o.ID)
	case NotEstablished:
		a.NotEstablished = append(a.NotEstablished, o.ID)
	}
	if !o.Verified.Sure() {
		a.Unverified = append(a.Unverified, o.ID)
	}
	for _, later := range o.MoreFavourable() {
		a.Favourable = append(a.Favourable, later.ID)
	}
	end, sure, ok := o.LimitationEnds(q.FactsOn, q.AbroadSince)
	if ok || o.Limitation.Unlimited {
		a.Ends = append(a.Ends, Limit{Offence: o.ID, Ends: end, Sure: sure || o.Limitation.Unlimited && o.Limitation.Verified.Sure(), Unlimited: o.Limitation.Unlimited})
	}
}

func (a *Assessment) receiving(o *Offence, q Question) {
	if end, sure, ok := o.LimitationEnds(q.FactsOn, q.AbroadSince); ok && sure && !q.Today.Zero() && !q.Today.Before(end) {
		a.Barred = append(a.Barred, o.ID)
	}
	for _, e := range o.Elements {
		if e.Blocking && !q.Shown[e.ID] && !q.Shown[o.ID+"/"+e.ID] {
			a.Missing = append(a.Missing, MissingElement{o.ID, e.ID})
		}
	}
	paired := slices.ContainsFunc(o.EquivalentIn(q.Sending), func(e Equivalent) bool {
		other, ok := OffenceByID(e.ID)
		return ok && other.Referable && other.On(q.FactsOn) != NotInForce
	})
	if !paired {
		a.WithoutPair = append(a.WithoutPair, o.ID)
	}
	for _, b := range o.Jurisdiction.Bases {
		if b != territorial && !o.Jurisdiction.Verified.Sure() {
			continue // a basis whose law nobody has read decides nothing
		}
		if supports(b, q, paired) && !slices.Contains(a.Bases, b) {
			a.Bases = append(a.Bases, b)
		}
	}
}

// The bases of jurisdiction, in the order in which one is recorded. The first
// needs no provision beside the offence's own: an act took place in the country.
const (
	territorial = "territorial"
	effects     = "cpf_2_i"   // acts abroad with effects in Mexico
	personal    = "cpf_4"     // a Mexican's acts abroad
	reach       = "us_abroad" // acts abroad that US law reaches
)

var bases = []string{territorial, effects, personal, reach}

// supports reports whether the facts carry a basis of jurisdiction: territorial
// where an act took place there; effects there for CPF 2-I and for the reach of
// US law; nationality, an offence in both countries and no final judgment for
// CPF 4.
func supports(basis string, q Question, paired bool) bool {
	switch basis {
	case territorial:
		return slices.Contains(q.ActsIn, q.Receiving)
	case effects, reach:
		return q.EffectsInReceiving
	case personal:
		return q.NationalReceiving && paired && !q.FinallyTried
	}
	return false
}

// Jurisdiction is the basis to record: the first of those supported, territorial
// before the others; "" when there is none.
func (a Assessment) Jurisdiction() string {
	for _, b := range bases {
		if slices.Contains(a.Bases, b) {
			return b
		}
	}
	return ""
}

// TimeBarred reports whether, by law that was read, nothing that is named can be
// prosecuted in the receiving country any more.
func (a Assessment) TimeBarred() bool { return a.chargeable > 0 && len(a.Barred) == a.chargeable }

// Doubt is something that the catalogue says of an offence and that decides
// nothing: a person reads it and judges.
type Doubt struct {
	Offence string `json:"offence"`
	Says    Text   `json:"says"`
}

// Doubts lists what a lawyer should look at before the referral goes: offences
// that were not law on the day of the facts, dates and texts that nobody read,
// and later laws that may be more favourable (CPF 56).
func (a Assessment) Doubts() []Doubt {
	var out []Doubt
	say := func(ids []string, key string) {
		for _, id := range ids {
			o, _ := OffenceByID(id)
			with := func(l i18n.Lang) string { return i18n.T(l, key, map[string]any{"Offence": o.Name(l)}) }
			out = append(out, Doubt{id, Text{with(i18n.English), with(i18n.Spanish)}})
		}
	}
	say(a.NotInForce, "program.law.not_in_force")
	say(a.NotEstablished, "program.law.in_force_unknown")
	say(a.Unverified, "program.law.unverified")
	say(a.Favourable, "program.law.more_favourable")
	return out
}

// Facts gives the declared facts of a procedure that the catalogue answers, for
// Step.Holds; the caller adds those of the case.
func (a Assessment) Facts() map[string]any {
	return map[string]any{
		"offence_referable":  len(a.NotReferable) == 0 && len(a.Unknown) == 0,
		"element_missing":    len(a.Missing) > 0,
		"jurisdiction":       a.Jurisdiction(),
		"punishable_in_both": len(a.WithoutPair) == 0,
		"time_barred":        a.TimeBarred(),
	}
}
