// Package mail tells officials that something waits for them, by e-mail. A
// letter holds a number and nothing else: no case, person, office or address of
// a page. What the number stands for is told to its own person after signing in.
//
// Who wants to be written to, where and about what is chosen by an act of the
// person. What is to be written is queued by a reaction, in the transaction of
// the fact that it is about (told.go); what only time brings about is looked for
// by the clock (dying.go). A sender takes the queue to a mail server (send.go).
package mail

import (
	"database/sql"
	"errors"
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// What somebody can be written to about, closed.
const (
	EventAlert    = "alert"    // a life at risk, in a corridor of one's office
	EventReferral = "referral" // a referral came to one's office
	EventAnswer   = "answer"   // the other side did something in a referral of one's office
	EventApproval = "approval" // something waits for one's own yes or no
	EventClock    = "clock"    // a clock that one answers for is about to run out
	EventConsular = "consular" // a consular notice came to one's consulate, or the consulate answered
	EventTask     = "task"     // a task of one's office in a case is overdue
)

// Events in the order in which they are offered.
var Events = []string{EventAlert, EventReferral, EventAnswer, EventApproval, EventClock, EventConsular, EventTask}

// Choice is whether and where somebody wants to be written to.
type Choice struct {
	User    string   `json:"user"`
	Address string   `json:"address"`
	Events  []string `json:"events"` // none: about nothing
}

// Chosen is the fact that somebody chose whether and where to be written to.
type Chosen struct {
	journal.Envelope
	Choice
}

// Kind implements journal.Fact.
func (Chosen) Kind() string { return "mail.chosen.1" }

// Choose says whether and where one wants to be written to, and about what.
// Without an event nothing is written, and no address is kept.
type Choose struct {
	Address string   `json:"address"`
	Events  []string `json:"events" name:"event"`
}

// Verb implements act.Command.
func (*Choose) Verb() string { return "mail.choose" }

// Decide implements act.Command. Refusals: mail.address, mail.event.
func (c *Choose) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, own(d.By.User)); err != nil {
		return nil, err
	}
	f := &Chosen{Choice: Choice{User: d.By.User, Events: []string{}}}
	for _, e := range Events {
		if slices.Contains(c.Events, e) {
			f.Events = append(f.Events, e)
		}
	}
	for _, e := range c.Events {
		if !slices.Contains(Events, e) {
			return nil, refusal.New("mail.event", "field", "events")
		}
	}
	if len(f.Events) == 0 {
		return []journal.Fact{f}, nil
	}
	if f.Address = strings.TrimSpace(c.Address); !reachable(f.Address) {
		return nil, refusal.New("mail.address", "field", "address")
	}
	return []journal.Fact{f}, nil
}

// addressMost is how long a path can be (RFC 5321 §4.5.3.1.3, less its brackets).
const addressMost = 254

// reachable reports whether a text is one bare address that any server takes.
func reachable(s string) bool {
	a, err := netmail.ParseAddress(s)
	ascii := !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
	return err == nil && a.Address == s && len(s) <= addressMost && ascii
}

// own is what one's own letters are to the policies.
func own(user string) access.Resource {
	return access.Resource{Type: "mail", ID: user, Attrs: map[string]any{access.AttrSubject: user}}
}

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f Chosen) error {
		if len(f.Events) == 0 {
			return tx.Exec(`DELETE FROM mail_choice WHERE user_id = $1`, f.User)
		}
		return tx.Exec(`INSERT INTO mail_choice (user_id, doc) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET doc = excluded.doc`, f.User, store.JSON(f.Choice))
	})
	journal.React(k, again)
	journal.React(k, forget)
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) { v.Add(&Choose{}) }

// choiceOf is what somebody chose; none of who chose nothing.
func choiceOf(tx *store.Tx, user string) (Choice, error) {
	c, err := store.Doc[Choice](tx, `SELECT doc FROM mail_choice WHERE user_id = $1`, user)
	if errors.Is(err, sql.ErrNoRows) {
		return Choice{User: user, Events: []string{}}, nil
	}
	if err != nil {
		return c, fmt.Errorf("choice of letters: %w", err)
	}
	return c, nil
}
