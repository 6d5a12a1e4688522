// Package program is the programme's language: countries, agencies, offices,
// purposes, corridors, offences, clocks, calendars and procedures, as data
// that lawyers of both countries can read and correct, and the pure rules over
// that data.
//
// Nothing here reads a clock, a database or a user. Law is data: a row whose
// text nobody has read is marked unverified, is shown so, and decides nothing.
package program

import "github.com/oasiss/oasiss/internal/i18n"

// Text is a text of the programme in its two languages. Both are always
// present; the linter refuses data where one is missing.
type Text struct {
	En string `yaml:"en" json:"en"`
	Es string `yaml:"es" json:"es"`
}

// In returns the text in l; English for an unknown language.
func (t Text) In(l i18n.Lang) string {
	if l == i18n.Spanish {
		return t.Es
	}
	return t.En
}

// missing says which language is absent, or "".
func (t Text) missing() string {
	switch {
	case t.En == "" && t.Es == "":
		return "en and es"
	case t.En == "":
		return "en"
	case t.Es == "":
		return "es"
	}
	return ""
}

// Verified says how far a legal statement was checked against its text.
type Verified string

// The three degrees of checking.
const (
	Read      Verified = "yes"       // the provision itself was read
	Secondary Verified = "secondary" // a summary, manual or press report was read
	Unchecked Verified = "no"        // nobody has checked it, or it has no legal source
)

// Sure reports whether the provision itself was read. Anything else is shown
// as unverified and never decides.
func (v Verified) Sure() bool { return v == Read }
