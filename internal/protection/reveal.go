package protection

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// longestReveal is how long an identity stays open at most; a longer need is
// another act with its own reason.
const longestReveal = time.Hour

// RevealWaits is how long a request waits for its second person: the need it
// was made for is one of the day.
const RevealWaits = 24 * time.Hour

// RevealMinutes is for how many minutes an identity opens for a reason: as many as
// asked, and the longest where none is said. It refuses protection.reason_missing
// and protection.reveal_too_long.
func RevealMinutes(reason string, minutes int) (int, error) {
	most := int(longestReveal / time.Minute)
	switch {
	case strings.TrimSpace(reason) == "":
		return 0, refusal.New("protection.reason_missing")
	case minutes < 0 || minutes > most:
		return 0, refusal.New("protection.reveal_too_long", "Minutes", most)
	case minutes == 0:
		minutes = most
	}
	return minutes, nil
}

// RevealAsked is the first person's part of showing the identity of a child:
// a second person decides.
type RevealAsked struct {
	journal.Envelope
	ID      string `json:"id"`
	Person  string `json:"person"`
	Minutes int    `json:"minutes"`
}

// Kind implements journal.Fact.
func (RevealAsked) Kind() string { return "protection.reveal_asked.1" }

// Starts tells the id of the request.
func (f RevealAsked) Starts() string { return f.ID }

// IdentityShown is the fact that a protected person's identity is open to one
// official until a time, for a purpose and a reason. The victim adviser sees it.
type IdentityShown struct {
	journal.Envelope
	ID      string    `json:"id"`
	Person  string    `json:"person"`
	To      string    `json:"shown_to"` // account
	Until   time.Time `json:"until"`
	Purpose string    `json:"for"`
}

// Kind implements journal.Fact.
func (IdentityShown) Kind() string { return "protection.identity_shown.1" }

// Starts tells the id of the reveal.
func (f IdentityShown) Starts() string { return f.ID }

// Reveal opens a protected person's identity to oneself for a while.
type Reveal struct {
	Case    string `json:"case"`
	Person  string `json:"person"`
	Reason  string `json:"reason"`
	Minutes int    `json:"minutes,omitempty"`
}

// Verb implements act.Command.
func (*Reveal) Verb() string { return "protection.reveal" }

// Signed implements act.Signed.
func (*Reveal) Signed() {}

// Decide implements act.Command.
func (c *Reveal) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := allowed(tx, d, c.Case, c.Person, "identity")
	if err != nil {
		return nil, err
	}
	minutes, err := RevealMinutes(c.Reason, c.Minutes)
	if err != nil {
		return nil, err
	}
	if err := mayShow(tx, c.Case, d.Purpose); err != nil {
		return nil, err
	}
	reason, err := d.Seal(tx, d.NewKey(keySubject(c.Person)), partReason, c.Reason)
	if err != nil {
		return nil, err
	}
	env := journal.Envelope{Case: c.Case, Handling: "H3", Sealed: []wire.Part{reason}}
	if p.Minor {
		return []journal.Fact{&RevealAsked{Envelope: env, ID: d.ID(), Person: c.Person, Minutes: minutes}}, nil
	}
	return []journal.Fact{&IdentityShown{Envelope: env, ID: d.ID(), Person: c.Person, To: d.By.User,
		Until: d.Now.Add(time.Duration(minutes) * time.Minute), Purpose: d.Purpose}}, nil
}

// mayShow refuses to show anybody of a case under the adviser's stop, unless a
// life is at risk.
func mayShow(tx *store.Tx, caseID, purpose string) error {
	held, err := stopped(tx, caseID)
	if err == nil && held && purpose != wire.PurposeLifeAtRisk {
		err = refusal.New("protection.stopped")
	}
	return err
}

// Shown is one showing of an identity, or a request for one (Until is zero).
type Shown struct {
	ID      string    `json:"id"`
	Case    string    `json:"case"`
	Person  string    `json:"person"`
	To      string    `json:"to"` // account that sees it
	Name    string    `json:"name"`
	Office  string    `json:"office"`
	Purpose string    `json:"purpose"`
	Minutes int       `json:"minutes,omitempty"`
	At      time.Time `json:"at"`
	Until   time.Time `json:"until,omitzero"`
	Second  string    `json:"second,omitempty"` // account of the second person
	Refused time.Time `json:"refused,omitzero"` // by the second person
	Fact    string    `json:"fact"`             // holds the sealed reason
}

func (s Shown) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO reveal (id, case_id, person, until, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET until = excluded.until, doc = excluded.doc`,
		s.ID, s.Case, s.Person, store.Micros(s.Until), store.JSON(s))
}

func applyAsked(tx *store.Tx, e journal.Entry, f RevealAsked) error {
	s := Shown{ID: f.ID, Case: e.Case, Person: f.Person, Minutes: f.Minutes, Purpose: e.Purpose, At: e.Created, Fact: e.ID}
	if e.By != nil {
		s.To, s.Name, s.Office = e.By.ID, e.By.Name, e.By.Office
	}
	return s.save(tx)
}

func applyShown(tx *store.Tx, e journal.Entry, f IdentityShown) error {
	s, err := store.Doc[Shown](tx, `SELECT doc FROM reveal WHERE id = $1`, f.ID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		s = Shown{ID: f.ID, Case: e.Case, Person: f.Person, To: f.To, Purpose: f.Purpose, At: e.Created, Fact: e.ID}
		if e.By != nil {
			s.Name, s.Office = e.By.Name, e.By.Office
		}
	case err != nil:
		return fmt.Errorf("reveal: %w", err)
	default:
		s.Second = account(e)
	}
	s.Until = f.Until
	return s.save(tx)
}

// Revealed says until when a person's identity is open to an account.
func Revealed(tx *store.Tx, person, user string, now time.Time) (until time.Time, open bool, err error) {
	shown, err := store.Docs[Shown](tx, `SELECT doc FROM reveal WHERE person = $1 AND until > $2`, person, store.Micros(now))
	if err != nil {
		return until, false, fmt.Errorf("reveals: %w", err)
	}
	for _, s := range shown {
		if s.To == user && s.Until.After(until) {
			until, open = s.Until, true
		}
	}
	return until, open, nil
}

// IdentityResource is a person's identity as access decides on it: open to the
// account while a reveal runs, and the name of an adult suspect or an official
// to the case team.
func IdentityResource(tx *store.Tx, caseID, person, user string, now time.Time) (access.Resource, error) {
	p, err := find(tx, caseID, person)
	if err != nil {
		return access.Resource{}, err
	}
	_, open, err := Revealed(tx, person, user, now)
	r := p.resource("identity")
	r.Attrs["revealed"] = open
	return r, err
}

// Showings lists the showings of identities in a case, newest first, for the
// victim adviser and the person's page.
func Showings(tx *store.Tx, caseID string) ([]Shown, error) {
	return store.Docs[Shown](tx, `SELECT doc FROM reveal WHERE case_id = $1 ORDER BY id DESC`, caseID)
}
