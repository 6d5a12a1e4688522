package casefile

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Question is what is searched for in the cases of one's office: words, and
// what the record must be. Each part narrows; one of them at least is given.
type Question struct {
	Words    string `json:"words,omitempty"`    // every word must begin a word of what is found; accents and case do not matter
	Noun     string `json:"noun,omitempty"`     // one of FoundNouns
	Status   string `json:"status,omitempty"`   // of the case
	Office   string `json:"office,omitempty"`   // that owns the case
	Corridor string `json:"corridor,omitempty"` // id of a corridor that opens to the office that owns the case
	Handling string `json:"handling,omitempty"` // code of the case
	From     string `json:"from,omitempty"`     // first day, as 2026-06-07: of an event its own, else the day on which the case was opened
	To       string `json:"to,omitempty"`       // last day
}

// Statuses are the standings of a case that can be searched for.
var Statuses = []string{StatusOpen, StatusClosed}

// mostYears bounds the days of a question.
const mostYears = 30

// Empty reports whether nothing was asked.
func (q Question) Empty() bool {
	q.Words = strings.TrimSpace(q.Words)
	return q == Question{}
}

// asked is a question as the index is asked it: for one office, whose token
// is part of the query and not a filter after it, so that counts and times
// tell nothing of other offices' cases. It refuses search.filter with the
// field that says nothing the programme knows.
func (q Question) asked(tx *store.Tx, office string) (textQuery, error) {
	out := asking(office, q.Words)
	for _, f := range []struct {
		field, kind, value string
		known              []string
	}{
		{"noun", tokenNoun, q.Noun, FoundNouns()}, {"status", tokenStatus, q.Status, Statuses}, {"handling", tokenHandling, q.Handling, handlingCodes()}, {"office", tokenOwner, q.Office, nil},
	} {
		if f.value == "" {
			continue
		}
		if f.known != nil && !slices.Contains(f.known, f.value) {
			return out, refusal.New("search.filter", "field", f.field)
		}
		out.any = append(out.any, []string{token(f.kind, f.value)})
	}
	if q.Corridor != "" {
		owners, err := corridorOwners(tx, q.Corridor)
		if err != nil {
			return out, err
		}
		if len(owners) == 0 {
			return out, refusal.New("search.filter", "field", "corridor")
		}
		out.any = append(out.any, owners)
	}
	days, err := dayTokens(q.From, q.To)
	if len(days) > 0 {
		out.any = append(out.any, days)
	}
	return out, err
}

func handlingCodes() []string {
	var out []string
	for _, w := range program.HandlingCodes() {
		out = append(out, w.ID)
	}
	return out
}

// corridorOwners are the tokens of the offices to which corridors of a name open.
func corridorOwners(tx *store.Tx, corridor string) ([]string, error) {
	all, err := accord.All(tx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, a := range all {
		for _, c := range a.Document.Corridors {
			if c.ID != corridor {
				continue
			}
			for _, end := range c.Ends {
				for _, o := range end.Offices {
					out = append(out, token(tokenOwner, o))
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// dayTokens are the fewest years, months and days that make up a range; an
// open end reaches as far as mostYears do. It refuses search.days.
func dayTokens(from, to string) ([]string, error) {
	if from == "" && to == "" {
		return nil, nil
	}
	first, last := time.Time{}, time.Time{}
	for _, d := range []struct {
		text string
		into *time.Time
	}{{from, &first}, {to, &last}} {
		if d.text == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, d.text)
		if err != nil {
			return nil, refusal.New("search.days")
		}
		*d.into = t
	}
	switch {
	case from == "":
		first = time.Date(last.Year()-mostYears+1, 1, 1, 0, 0, 0, 0, time.UTC)
	case to == "":
		last = time.Date(first.Year()+mostYears-1, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	if last.Before(first) || last.Year()-first.Year() >= mostYears {
		return nil, refusal.New("search.days")
	}
	var out []string
	for at := first; !at.After(last); {
		next := at.AddDate(0, 0, 1)
		form := time.DateOnly
		if whole := at.AddDate(1, 0, 0); at.YearDay() == 1 && !whole.AddDate(0, 0, -1).After(last) {
			next, form = whole, "2006"
		} else if whole := at.AddDate(0, 1, 0); at.Day() == 1 && !whole.AddDate(0, 0, -1).After(last) {
			next, form = whole, "2006-01"
		}
		out = append(out, token(tokenDay, at.Format(form)))
		at = next
	}
	return out, nil
}

// What the tokens of a row are about, beside the offices that may find it.
const (
	tokenNoun     = "noun"
	tokenStatus   = "status"
	tokenOwner    = "owner"
	tokenHandling = "handling"
	tokenDay      = "day"
)

// marks are the tokens by which a row is narrowed: what it is, how its case
// stands, and its day: that of an event in the zone in which it was stated, else
// that on which the case was opened, in the zone of its office.
func marks(tx *store.Tx, c Case, noun, object string) ([]string, error) {
	zone, err := zoneOfOffice(tx, c.Office)
	if err != nil {
		return nil, err
	}
	at := c.Opened
	if noun == (Event{}).Noun() {
		i, err := LoadItem(tx, object)
		if err != nil {
			return nil, err
		}
		var e Event
		if err := i.Decode(&e); err != nil {
			return nil, err
		}
		if !e.When.At.IsZero() {
			at, zone = e.When.At, e.When.Zone
		}
	}
	return append([]string{token(tokenNoun, noun), token(tokenStatus, c.Status), token(tokenOwner, c.Office), token(tokenHandling, c.Handling)}, dayMarks(at.In(i18n.Zone(zone)))...), nil
}
