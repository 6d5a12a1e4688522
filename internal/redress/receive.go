package redress

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Received is the fact that a person, or who may act for the person, asked for
// something of the record about them. What, and how the person is reached, is
// sealed under the person's key.
type Received struct {
	journal.Envelope
	ID      string    `json:"id"`
	Person  string    `json:"person,omitempty"`
	Right   string    `json:"right"`
	Brought string    `json:"brought"`
	Checked string    `json:"checked"`
	Lang    string    `json:"lang"`
	On      time.Time `json:"on"`
}

// Kind implements journal.Fact.
func (Received) Kind() string { return "redress.received.1" }

// Starts tells the id of the request.
func (f Received) Starts() string { return f.ID }

// Words are what is asked, in whatever language, and how the person is reached.
type Words struct {
	Text    string `json:"text"`
	Contact string `json:"contact,omitempty"`
	Checked string `json:"checked,omitempty"` // which document, who knows the person
}

// Receive records a request by the person a record is about.
type Receive struct {
	Person  string    `json:"person,omitempty"` // none where no record is found
	Right   string    `json:"right"`
	Brought string    `json:"brought"`
	Checked string    `json:"checked"`
	Details string    `json:"details,omitempty"`
	Lang    string    `json:"lang"`
	Words   string    `json:"words"`
	Contact string    `json:"contact,omitempty"`
	On      time.Time `json:"on,omitzero"` // the day it came in; now if left out
}

// Verb implements act.Command.
func (*Receive) Verb() string { return "redress.receive" }

var langForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// Decide implements act.Command.
func (c *Receive) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	q := Request{ID: d.ID(), Office: d.By.Office}
	if c.Person != "" {
		p, err := casefile.LoadPerson(tx, c.Person)
		if err != nil {
			return nil, err
		}
		q.Person, q.Case = p.ID, p.Case
		if p.Gone() {
			return nil, refusal.Conflict("casefile.forgotten")
		}
	}
	res, err := q.resource(tx)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, res); err != nil {
		return nil, err
	}
	on := c.On
	if on.IsZero() {
		on = d.Now
	}
	if err := c.valid(d, on); err != nil {
		return nil, err
	}
	f := &Received{Envelope: journal.Envelope{Case: q.Case, Handling: "H3"}, ID: q.ID, Person: q.Person, Right: c.Right, Brought: c.Brought, Checked: c.Checked, Lang: c.Lang,
		On: on.UTC().Truncate(time.Microsecond)}
	part, err := d.Seal(tx, d.NewKey(q.keySubject()), partWords, Words{strings.TrimSpace(c.Words), strings.TrimSpace(c.Contact), strings.TrimSpace(c.Details)})
	f.Sealed = []wire.Part{part}
	return []journal.Fact{f}, err
}

func (c *Receive) valid(d *act.Draw, on time.Time) error {
	switch {
	case !slices.ContainsFunc(program.RequestKinds(d.By.Country), func(k program.RequestKind) bool { return k.ID == c.Right }):
		return refusal.New("redress.right")
	case !slices.Contains(Bringers, c.Brought):
		return refusal.New("redress.brought")
	case !slices.Contains(Checks, c.Checked):
		return refusal.New("redress.checked")
	case !langForm.MatchString(c.Lang):
		return refusal.New("redress.lang")
	case strings.TrimSpace(c.Words) == "" || len(c.Words)+len(c.Contact)+len(c.Details) > maxWords:
		return refusal.New("redress.words")
	case on.After(d.Now) || on.Before(d.Now.AddDate(-1, 0, 0)):
		return refusal.New("redress.on")
	}
	return nil
}

func applyReceived(tx *store.Tx, e journal.Entry, f Received) error {
	if err := access.Member(tx, typeRequest, f.ID, e.From.Office); err != nil {
		return err
	}
	return Request{ID: f.ID, Case: e.Case, Person: f.Person, Right: f.Right, Brought: f.Brought, Checked: f.Checked, Lang: f.Lang, Received: f.On,
		Office: e.From.Office, By: name(e), Fact: e.ID}.save(tx)
}

// Load reads a request; what is not there, or not one's office's, is absent.
func Load(tx *store.Tx, id string) (Request, error) {
	q, err := access.Reached[Request](tx, `SELECT doc FROM person_request WHERE id = $1`, []any{id}, access.Tie{Type: typeRequest, Column: "person_request.id"},
		access.Tie{Type: "case", Column: "person_request.case_id"})
	return q, access.OrAbsent(err, "request of a person")
}

// open loads a request that waits for its answer, for an act on it.
func open(tx *store.Tx, d *act.Draw, id string) (Request, error) {
	q, err := Load(tx, id)
	if err != nil {
		return q, err
	}
	res, err := q.resource(tx)
	if err != nil {
		return q, err
	}
	if err := d.Allow(tx, res); err != nil {
		return q, err
	}
	if !q.Answered.IsZero() {
		return q, refusal.Conflict("redress.answered_already")
	}
	return q, nil
}

// change applies f to a request. Only an apply calls it.
func change(tx *store.Tx, id string, f func(*Request)) error {
	q, err := store.Doc[Request](tx, `SELECT doc FROM person_request WHERE id = $1`, id)
	if err != nil {
		return fmt.Errorf("request of a person: %w", err)
	}
	f(&q)
	return q.save(tx)
}

// Acknowledged is the fact that the person was told in writing that the request came in.
type Acknowledged struct {
	journal.Envelope
	Request string `json:"request"`
}

// Kind implements journal.Fact.
func (Acknowledged) Kind() string { return "redress.acknowledged.1" }

// Acknowledge records that the person was told that the request came in (5 USC 552a(d)(2)(A)).
type Acknowledge struct {
	Request string `json:"request"`
}

// Verb implements act.Command.
func (*Acknowledge) Verb() string { return "redress.acknowledge" }

// Decide implements act.Command.
func (c *Acknowledge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	q, err := open(tx, d, c.Request)
	if err != nil {
		return nil, err
	}
	if !q.Acknowledged.IsZero() {
		return nil, refusal.Conflict("redress.acknowledged_already")
	}
	return []journal.Fact{&Acknowledged{Envelope: journal.Envelope{Case: q.Case, Handling: "H3"}, Request: q.ID}}, nil
}

func applyAcknowledged(tx *store.Tx, e journal.Entry, f Acknowledged) error {
	return change(tx, f.Request, func(q *Request) { q.Acknowledged = e.Created })
}

// Extended is the fact that the term was made longer, once. Why is sealed.
type Extended struct {
	journal.Envelope
	Request string `json:"request"`
}

// Kind implements journal.Fact.
func (Extended) Kind() string { return "redress.extended.1" }

// Extend makes the term longer, once, with reasons that the person is told
// within the term.
type Extend struct {
	Request string `json:"request"`
	Reasons string `json:"reasons"`
}

// Verb implements act.Command.
func (*Extend) Verb() string { return "redress.extend" }

// Decide implements act.Command.
func (c *Extend) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	q, err := open(tx, d, c.Request)
	if err != nil {
		return nil, err
	}
	kind, _ := program.RequestKindByID(q.Right)
	answer := kind.ClocksOf(d.By.Country).Answer
	if answer == nil || answer.Extension == nil {
		return nil, refusal.New("redress.no_extension")
	}
	zone, err := seat(tx, q.Office)
	if err != nil {
		return nil, err
	}
	due := answer.Seated(program.Seat{Zone: zone, Calendar: program.CalendarOf(d.By.Country)}, false, q.Received, time.Time{}, d.Now).Due
	reasons := strings.TrimSpace(c.Reasons)
	switch {
	case !q.Extended.IsZero():
		return nil, refusal.Conflict("redress.extended_already")
	case !d.Now.Before(due):
		return nil, refusal.Conflict("redress.term_over")
	case reasons == "" || len(reasons) > maxWords:
		return nil, refusal.New("redress.reasons")
	}
	part, err := d.Seal(tx, d.NewKey(q.keySubject()), partReasons, reasons)
	return []journal.Fact{&Extended{Envelope: journal.Envelope{Case: q.Case, Handling: "H3", Sealed: []wire.Part{part}}, Request: q.ID}}, err
}

func applyExtended(tx *store.Tx, e journal.Entry, f Extended) error {
	return change(tx, f.Request, func(q *Request) { q.Extended, q.ExtendedFact = e.Created, e.ID })
}
