// Package redress is what a person can ask of a record about them: access,
// correction, cancellation, opposition, portability, and that it is somebody
// else's (LGPDPPSO, Privacy Act). Whoever may bring the request brings it; who
// asks is checked and how is recorded; the law's clock runs; the answer gives
// reasons, and no is said on a legal ground of a closed list only. A correction
// that was granted travels to every node that received what is corrected, and
// is receipted there by a person.
package redress

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// typeRequest is what access knows requests, and corrections that came, by.
const typeRequest = "redress"

// Sealed parts of the facts of this package.
const (
	partWords   = "words"   // what is asked, and how the person is reached
	partReasons = "reasons" // of an answer, or of a longer term
)

// maxWords bounds what is written, in bytes.
const maxWords = 16 << 10

// Who brings a request, closed. Each has a name under "redress.bringer".
var Bringers = []string{"person", "guardian", "child_advocate", "consulate", "ceav", "counsel", "relative"}

// How it was checked that the request is the person's, closed. Each has a name
// under "redress.check".
var Checks = []string{"document", "consular_record", "known_to_adviser", "code_word", "mandate", "not_shown"}

// Outcomes of a request, closed. Each has a name under "redress.outcome".
var Outcomes = []string{Granted, InPart, Refused}

// The outcomes.
const (
	Granted = "granted"
	InPart  = "granted_in_part"
	Refused = "refused"
)

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyReceived)
	journal.Register(k, applyAcknowledged)
	journal.Register(k, applyExtended)
	journal.Register(k, applyAnswered)
	journal.Register(k, applyCorrected)
	journal.Register(k, applyRead)
	journal.Also(k, applyForgotten)
	journal.Admit(k, admitCorrected)
	journal.Admit(k, admitRead)
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) {
	v.Add(&Receive{}, &Acknowledge{}, &Extend{}, &Answer{}, &ReadCorrection{})
}

// Request is a request of a person as it stands.
type Request struct {
	ID           string    `json:"id"`
	Case         string    `json:"case,omitempty"`
	Person       string    `json:"person,omitempty"` // none where no record of the person was found
	Right        string    `json:"right"`            // program.RequestKinds
	Brought      string    `json:"brought"`          // one of Bringers
	Checked      string    `json:"checked"`          // one of Checks
	Lang         string    `json:"lang"`             // BCP 47: of the person
	Received     time.Time `json:"received"`         // the law's clocks run from it
	Office       string    `json:"office"`
	By           string    `json:"by"`   // name of the official
	Fact         string    `json:"fact"` // holds the sealed words
	Acknowledged time.Time `json:"acknowledged,omitzero"`
	Extended     time.Time `json:"extended,omitzero"` // when the longer term was told
	ExtendedFact string    `json:"extended_fact,omitempty"`
	Outcome      string    `json:"outcome,omitempty"`
	Grounds      []string  `json:"grounds,omitempty"` // program.RefuseGrounds
	Answered     time.Time `json:"answered,omitzero"`
	AnsweredBy   string    `json:"answered_by,omitempty"`
	AnswerFact   string    `json:"answer_fact,omitempty"` // holds the sealed reasons
}

func (q Request) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO person_request (id, case_id, person, answered, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET answered = excluded.answered, doc = excluded.doc`, q.ID, q.Case, q.Person, store.Micros(q.Answered), store.JSON(q))
}

// resource is the request as access sees it: known to the offices of its case,
// and to the one that received it.
func (q Request) resource(tx *store.Tx) (access.Resource, error) {
	if q.Case == "" {
		return access.Resource{Type: typeRequest, ID: q.ID, Offices: []string{q.Office}}, nil
	}
	c, err := casefile.Load(tx, q.Case)
	return access.Resource{Type: typeRequest, ID: q.ID, Offices: c.Members, Case: c.ID}, err
}

// keySubject is what keys of a request are stored under: the person's, so that
// forgetting the person takes them.
func (q Request) keySubject() string {
	if q.Person == "" {
		return "redress/" + q.ID
	}
	return casefile.KeySubject(q.Person)
}

// Clock is a clock of the law that runs on a request.
type Clock struct {
	ID      string             `json:"id"`
	Name    program.Text       `json:"name"`
	Source  program.Text       `json:"source"`
	Started time.Time          `json:"started"`
	Due     time.Time          `json:"due"`
	Ended   time.Time          `json:"ended,omitzero"`
	Left    time.Duration      `json:"left"` // nanoseconds; negative once overdue
	State   program.ClockState `json:"state"`
	Sure    bool               `json:"verified"` // source read, and every day of the calendar verified
}

// clocks are those that run on the request by the law of a country, for an
// owner in a zone.
func (q Request) clocks(country string, zone *time.Location, now time.Time) []Clock {
	kind, ok := program.RequestKindByID(q.Right)
	if !ok {
		return nil
	}
	seat := program.Seat{Zone: zone, Calendar: program.CalendarOf(country)}
	law := kind.ClocksOf(country)
	out := []Clock{}
	add := func(c *program.Clock, started, ended time.Time, longer bool) {
		if c == nil {
			return
		}
		r := c.Seated(seat, longer, started, ended, now)
		out = append(out, Clock{ID: c.ID, Name: c.Title, Source: c.Source, Started: started, Due: r.Due, Ended: ended, Left: r.Left, Sure: r.Sure, State: r.State})
	}
	add(law.Acknowledge, q.Received, first(q.Acknowledged, q.Answered), false)
	add(law.Answer, q.Received, q.Answered, !q.Extended.IsZero())
	return out
}

// first is the earlier of two moments of which one may be missing.
func first(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// seat is where the clocks of an office run.
func seat(tx *store.Tx, office string) (*time.Location, error) {
	o, ok, err := access.LoadOffice(tx, office)
	if err != nil {
		return nil, fmt.Errorf("office of a request: %w", err)
	}
	if !ok {
		return time.UTC, nil
	}
	return i18n.Zone(o.Zone), nil
}

func name(e journal.Entry) string {
	if e.By == nil {
		return ""
	}
	return e.By.Name
}

// applyForgotten removes what deleted facts of a forgotten case had made here.
func applyForgotten(tx *store.Tx, _ journal.Entry, f casefile.Forgotten) error {
	if !f.Whole() {
		return nil
	}
	for _, q := range []string{
		`DELETE FROM membership WHERE object_type = 'redress' AND object_id IN (SELECT id FROM person_request WHERE case_id = $1)`,
		`DELETE FROM person_request WHERE case_id = $1`,
	} {
		if err := tx.Exec(q, f.Object); err != nil {
			return fmt.Errorf("forget requests: %w", err)
		}
	}
	for _, r := range f.Referrals {
		if err := tx.Exec(`DELETE FROM correction WHERE referral = $1`, r); err != nil {
			return fmt.Errorf("forget corrections: %w", err)
		}
	}
	return nil
}
