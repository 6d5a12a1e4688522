package program

import (
	"slices"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// What a class of retention is of.
const (
	KeptCase   = "case"
	KeptPerson = "person"
	KeptAlert  = "alert"
	KeptNotice = "notice" // consular, with what the consulate that received it keeps
)

// Span is a length of time in the units of clocks; length 0 never ends by itself.
type Span struct {
	Length int    `yaml:"length"`
	Unit   string `yaml:"unit"`
}

// after gives when the span from start has ended; zero for one that does not end.
func (s Span) after(start time.Time) time.Time {
	due, _, ok := Due(s.Length, s.Unit, start, Seat{}, nil)
	if !ok {
		return time.Time{}
	}
	return due
}

// RetentionClass is a class of what is kept: when it is looked at again, and
// when it goes.
type RetentionClass struct {
	ID       string   `yaml:"id"`
	Of       string   `yaml:"of"` // case, person, alert, notice
	Title    Text     `yaml:"name"`
	Starts   string   `yaml:"starts"` // opened, closed, outcome, ended
	Review   Span     `yaml:"review"`
	Purge    Span     `yaml:"purge"`
	Source   Text     `yaml:"source"`
	Verified Verified `yaml:"verified"`
	Note     Text     `yaml:"note"`
}

// Name is the class in words.
func (c RetentionClass) Name(l i18n.Lang) string { return c.Title.In(l) }

// Ground is a legal ground of a closed list: on what something is kept, or a
// request of a person is refused.
type Ground struct {
	ID       string   `yaml:"id"`
	Country  string   `yaml:"country"` // whose law; empty is either's
	Title    Text     `yaml:"name"`
	Law      Text     `yaml:"law"`
	Verified Verified `yaml:"verified"`
}

// Name is the ground in words.
func (g Ground) Name(l i18n.Lang) string { return g.Title.In(l) }

type retention struct {
	Version  string           `yaml:"retention_version"`
	Classes  []RetentionClass `yaml:"classes"`
	Clears   []string         `yaml:"clears"`
	Convicts []string         `yaml:"convicts"`
	Retains  []Ground         `yaml:"retains"`
}

var loadRetention = sync.OnceValue(func() retention { return read[retention]("retention.yaml") })

// RetentionClasses lists the classes in the order of the file.
func RetentionClasses() []RetentionClass { return slices.Clone(loadRetention().Classes) }

// RetentionClassByID finds a class.
func RetentionClassByID(id string) (RetentionClass, bool) {
	all := loadRetention().Classes
	i := slices.IndexFunc(all, func(c RetentionClass) bool { return c.ID == id })
	if i < 0 {
		return RetentionClass{}, false
	}
	return all[i], true
}

// RetainGrounds lists on what a node that is asked to expunge may keep what it has.
func RetainGrounds() []Ground { return slices.Clone(loadRetention().Retains) }

// GroundByID finds a ground in a list.
func GroundByID(list []Ground, id string) (Ground, bool) {
	i := slices.IndexFunc(list, func(g Ground) bool { return g.ID == id })
	if i < 0 {
		return Ground{}, false
	}
	return list[i], true
}

// Ending is how the part of one or several people in a case ended: an outcome
// of the catalogue, and its day.
type Ending struct {
	Outcome string
	At      time.Time
}

// Clears reports whether the outcome clears whoever it is about: acquittal,
// dismissal, no charge.
func (e Ending) Clears() bool { return slices.Contains(loadRetention().Clears, e.Outcome) }

func (e Ending) convicts() bool { return slices.Contains(loadRetention().Convicts, e.Outcome) }

// Held are the facts that decide how long something is kept. Zero times are
// what has not happened.
type Held struct {
	Of        string
	Opened    time.Time
	Closed    time.Time
	Ended     time.Time // of an alert; of a notice: when something was done last
	Endings   []Ending
	Suspects  int  // of a case: how many are asked to be prosecuted; their endings may be fewer
	Suspect   bool // of a person
	Child     bool
	Protected bool
}

// Term is how long something is kept. Zero Review or Purge: nothing runs.
type Term struct {
	Class  RetentionClass
	Start  time.Time
	Review time.Time
	Purge  time.Time
}

// Keep computes the term of what is held; false for what no class is about, as
// an official, or a protected person while the case is open (it goes with the
// case). The rule is pure: both nodes, from the same facts, come to the same days.
func Keep(h Held) (Term, bool) {
	id, start := h.class()
	if id == "" || start.IsZero() {
		return Term{}, false
	}
	c, ok := RetentionClassByID(id)
	if !ok {
		return Term{}, false
	}
	return Term{Class: c, Start: start, Review: c.Review.after(start), Purge: c.Purge.after(start)}, true
}

func (h Held) class() (id string, start time.Time) {
	last := time.Time{}
	for _, e := range h.Endings {
		if e.At.After(last) {
			last = e.At
		}
	}
	switch h.Of {
	case KeptAlert:
		return "alert_over", h.Ended
	case KeptNotice:
		return "consular_kept", h.Ended
	case KeptPerson:
		switch {
		case h.Suspect && h.cleared():
			return "person_cleared", last
		case h.Suspect:
			return "", last // kept and purged with the case
		case h.Child:
			return "person_child", h.Closed
		case h.Protected:
			return "person_protected", h.Closed
		}
		return "", last
	}
	switch {
	case slices.ContainsFunc(h.Endings, Ending.convicts):
		return "case_convicted", last
	case h.cleared() && len(h.Endings) >= h.Suspects:
		return "case_cleared", last
	case !h.Closed.IsZero():
		return "case_closed", h.Closed
	}
	return "case_open", h.Opened
}

// cleared reports whether something ended and everything that did ended well
// for the person.
func (h Held) cleared() bool {
	return len(h.Endings) > 0 && !slices.ContainsFunc(h.Endings, func(e Ending) bool { return !e.Clears() })
}

// State of a term at a moment.
const (
	KeptRunning = "running"
	ReviewDue   = "review_due"
	PurgeDue    = "purge_due"
)

// State says what a term asks for at now. next is the day to which somebody
// decided to keep it, which puts both off; zero if nobody did.
func (t Term) State(next, now time.Time) string {
	switch {
	case next.After(now):
		return KeptRunning
	case !t.Purge.IsZero() && !now.Before(t.Purge):
		return PurgeDue
	case !next.IsZero(), !t.Review.IsZero() && !now.Before(t.Review):
		return ReviewDue
	}
	return KeptRunning
}

// LongestReview bounds how far a review can be put off (28 CFR 23.20(h)): five years.
func LongestReview(now time.Time) time.Time { return now.AddDate(5, 0, 0) }
