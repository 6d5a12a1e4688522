package protection

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// The identity of a child is shown by two people: the first asks (Reveal), the
// second approves or refuses.

// RevealRefused is the fact that the second person did not agree that a
// child's identity is shown.
type RevealRefused struct {
	journal.Envelope
	Request string `json:"request"`
}

// Kind implements journal.Fact.
func (RevealRefused) Kind() string { return "protection.reveal_refused.1" }

// ApproveReveal is the second person's yes.
type ApproveReveal struct {
	Request string `json:"request"`
}

// Verb implements act.Command.
func (*ApproveReveal) Verb() string { return "protection.reveal_approve" }

// Signed implements act.Signed.
func (*ApproveReveal) Signed() {}

// Decide implements act.Command.
func (c *ApproveReveal) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := asSecond(tx, d, c.Request)
	if err != nil {
		return nil, err
	}
	if err := mayShow(tx, r.Case, r.Purpose); err != nil {
		return nil, err
	}
	return []journal.Fact{&IdentityShown{Envelope: journal.Envelope{Case: r.Case, Handling: "H3"}, ID: r.ID, Person: r.Person, To: r.To,
		Until: d.Now.Add(time.Duration(r.Minutes) * time.Minute), Purpose: r.Purpose}}, nil
}

// RefuseReveal is the second person's no.
type RefuseReveal struct {
	Request string `json:"request"`
	Reason  string `json:"reason"`
}

// Verb implements act.Command.
func (*RefuseReveal) Verb() string { return "protection.reveal_refuse" }

// Signed implements act.Signed.
func (*RefuseReveal) Signed() {}

// Decide implements act.Command.
func (c *RefuseReveal) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := asSecond(tx, d, c.Request)
	if err != nil {
		return nil, err
	}
	if c.Reason == "" {
		return nil, refusal.New("protection.reason_missing")
	}
	reason, err := d.Seal(tx, d.NewKey(keySubject(r.Person)), partReason, c.Reason)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&RevealRefused{Envelope: journal.Envelope{Case: r.Case, Handling: "H3", Sealed: []wire.Part{reason}}, Request: r.ID}}, nil
}

// Requested is the person whose identity a request asks for; none if there is
// no such request.
func Requested(tx *store.Tx, request string) (person string, err error) {
	err = tx.QueryRow(`SELECT person FROM reveal WHERE id = $1`, request).Scan(&person)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil // a request of another room
	}
	return person, err
}

// asSecond loads a request for whoever decides it as the second person, once.
func asSecond(tx *store.Tx, d *act.Draw, request string) (Shown, error) {
	r, err := access.Reached[Shown](tx, `SELECT doc FROM reveal WHERE id = $1`, []any{request}, access.Tie{Type: "case", Column: "reveal.case_id"})
	if err := access.OrAbsent(err, "reveal"); err != nil {
		return r, err
	}
	res, _, err := r.secondly(tx)
	if err != nil {
		return r, err
	}
	if d.By.User == r.To {
		return r, refusal.New("protection.second_person")
	}
	if err := d.Allow(tx, res); err != nil {
		return r, err
	}
	if r.decided() {
		return r, refusal.Conflict("protection.revealed_already")
	}
	if r.lapsed(d.Now) {
		return r, refusal.Conflict("protection.reveal_lapsed", "Hours", int(RevealWaits/time.Hour))
	}
	return r, nil
}

// secondly is a request as access decides on its second person: another than
// the first, and not their direct subordinate.
func (s Shown) secondly(tx *store.Tx) (access.Resource, subject, error) {
	p, err := findHere(tx, s.Case, s.Person)
	if err != nil {
		return access.Resource{}, p, err
	}
	res := p.resource("reveal")
	res.ID = s.ID
	res.Attrs[access.AttrNot], err = access.NotSecond(tx, s.To)
	return res, p, err
}

// decided reports whether a request had its second person's yes or no.
func (s Shown) decided() bool { return !s.Until.IsZero() || !s.Refused.IsZero() }

// lapsed reports whether a request waited too long for its second person.
func (s Shown) lapsed(now time.Time) bool { return now.After(s.At.Add(RevealWaits)) }

func applyRefused(tx *store.Tx, e journal.Entry, f RevealRefused) error {
	s, err := store.Doc[Shown](tx, `SELECT doc FROM reveal WHERE id = $1`, f.Request)
	if err != nil {
		return fmt.Errorf("reveal: %w", err)
	}
	s.Refused, s.Second = e.Created, account(e)
	return s.save(tx)
}

// Asked is a request as its second person reads it before deciding.
type Asked struct {
	ID      string    `json:"id"`
	Case    string    `json:"case"`
	Number  string    `json:"number"`
	Person  string    `json:"person"`
	Plant   string    `json:"plant"`
	By      string    `json:"by"` // name of the official who asks
	Office  string    `json:"office"`
	Purpose string    `json:"purpose"`
	Reason  string    `json:"reason,omitempty"` // empty when its key is gone
	Minutes int       `json:"minutes"`
	At      time.Time `json:"at"`
}

// ListAsked gives the requests to show a child's identity that wait for the
// reader as the second person, the longest wait first.
func ListAsked(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Asked, error) {
	return act.View(ctx, a, by, purpose, "reveal.list", func(tx *store.Tx, v *act.Viewing) ([]Asked, error) {
		narrow, args := access.Narrow(by, "case", "r.case_id", 1)
		waiting, err := store.Docs[Shown](tx, `SELECT r.doc FROM reveal r WHERE r.until = 0 AND `+narrow+` ORDER BY r.id`, args...)
		if err != nil {
			return nil, fmt.Errorf("reveals: %w", err)
		}
		out := []Asked{}
		for _, s := range waiting {
			if s.decided() || s.lapsed(a.Now()) {
				continue
			}
			asked, ok, err := s.asked(tx, v)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, asked)
			}
		}
		return out, nil
	})
}

// asked is the request, if the reader may decide it.
func (s Shown) asked(tx *store.Tx, v *act.Viewing) (Asked, bool, error) {
	res, p, err := s.secondly(tx)
	if _, refused := refusal.As(err); refused { // the person was forgotten since
		return Asked{}, false, nil
	}
	if err != nil || !v.May("protection.reveal_approve", res) {
		return Asked{}, false, err
	}
	c, err := casefile.Load(tx, s.Case)
	if err != nil {
		return Asked{}, false, err
	}
	out := Asked{ID: s.ID, Case: s.Case, Number: c.Number, Person: s.Person, Plant: p.Plant, By: s.Name, Office: s.Office, Purpose: s.Purpose, Minutes: s.Minutes, At: s.At}
	_, err = v.OpenPart(tx, s.Fact, partReason, &out.Reason)
	return out, err == nil, err
}
