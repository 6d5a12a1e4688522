package program

import (
	"slices"
	"sync"

	"github.com/oasiss/oasiss/internal/i18n"
)

// RequestKind is a right that a person has over a record about them.
type RequestKind struct {
	ID          string            `yaml:"id"`
	Title       Text              `yaml:"name"`
	Law         map[string]string `yaml:"law"`         // by country
	Acknowledge map[string]string `yaml:"acknowledge"` // clock by country; none where the law asks for no acknowledgement
	Answer      map[string]string `yaml:"answer"`      // clock by country; no such right where there is none
	Corrects    bool              `yaml:"corrects"`    // granted, the record is another, and whoever received it is told
}

// Name is the right in words.
func (k RequestKind) Name(l i18n.Lang) string { return k.Title.In(l) }

type requestLaw struct {
	Version string            `yaml:"requests_version"`
	Kinds   []RequestKind     `yaml:"kinds"`
	Effect  map[string]string `yaml:"effect"`
	Appeal  map[string]string `yaml:"appeal"`
	Refuses []Ground          `yaml:"refuses"`
}

var loadRequests = sync.OnceValue(func() requestLaw { return read[requestLaw]("requests.yaml") })

// RequestKinds lists the rights that a person has in a country.
func RequestKinds(country string) []RequestKind {
	return slices.DeleteFunc(slices.Clone(loadRequests().Kinds), func(k RequestKind) bool { return k.Answer[country] == "" })
}

// RequestKindByID finds a right.
func RequestKindByID(id string) (RequestKind, bool) {
	all := loadRequests().Kinds
	i := slices.IndexFunc(all, func(k RequestKind) bool { return k.ID == id })
	if i < 0 {
		return RequestKind{}, false
	}
	return all[i], true
}

// RefuseGrounds lists on what a request can be refused in a country.
func RefuseGrounds(country string) []Ground {
	return slices.DeleteFunc(slices.Clone(loadRequests().Refuses), func(g Ground) bool { return g.Country != country })
}

// RequestClocks are the clocks of a request: what is acknowledged and answered
// from its receipt, and what begins with the answer. nil where there is none.
type RequestClocks struct{ Acknowledge, Answer, Effect, Appeal *Clock }

// ClocksOf are the clocks of a kind of request in a country.
func (k RequestKind) ClocksOf(country string) (out RequestClocks) {
	law := loadRequests()
	for _, c := range []struct {
		id string
		to **Clock
	}{{k.Acknowledge[country], &out.Acknowledge}, {k.Answer[country], &out.Answer}, {law.Effect[country], &out.Effect}, {law.Appeal[country], &out.Appeal}} {
		if clock, ok := ClockByID(c.id); ok {
			*c.to = clock
		}
	}
	return out
}

// CalendarOf is the calendar by which working days are counted for requests of
// persons in a country; nil leaves out Saturdays and Sundays only.
func CalendarOf(country string) *Calendar {
	for _, c := range Calendars() {
		if c.Country == country {
			return c
		}
	}
	return nil
}
