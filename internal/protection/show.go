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
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// CaseView is the protection of a case as one reader may see it. Outside the
// protection desk a gate is open or shut and nothing more is told.
type CaseView struct {
	Case    string       `json:"case"`
	Open    bool         `json:"open"`              // every gate that a referral waits for
	Refused string       `json:"refused,omitempty"` // code of what keeps a referral from leaving
	People  []PersonView `json:"people"`
	Holds   []HoldView   `json:"holds,omitempty"` // for the desk
	Notes   []NoteView   `json:"notes,omitempty"` // of the desk, about the case or one of its people
	// Ask names whom to ask about a gate that is shut: the victim advisers of the
	// offices that hold the case. It is the same for everybody.
	Ask []Contact `json:"ask"`
}

// Contact is an official whom everybody of a case may know to ask.
type Contact struct {
	Name   string `json:"name"`
	Office string `json:"office"`
}

// whomToAsk are the victim advisers of the offices that hold a case.
func whomToAsk(tx *store.Tx, c casefile.Case, now time.Time) ([]Contact, error) {
	out := []Contact{}
	for _, office := range c.Members {
		users, err := access.UsersOf(tx, office, access.RoleAdviser, now)
		if err != nil {
			return nil, fmt.Errorf("advisers of a case: %w", err)
		}
		for _, u := range users {
			out = append(out, Contact{Name: u.Name, Office: office})
		}
	}
	return out, nil
}

// PersonView is a person's protection, by pseudonym.
type PersonView struct {
	Person   string        `json:"person"`
	Plant    string        `json:"plant"`
	Exempt   bool          `json:"exempt"`   // an official, or only named: a referral does not wait
	Screened bool          `json:"screened"` // was asked, or could not be
	Gates    []GateView    `json:"gates"`
	Consents []ConsentView `json:"consents"`
	Desk     *DeskView     `json:"desk,omitempty"`
	Seen     *SeenView     `json:"seen,omitempty"` // when the person was met, for the desk
}

// ConsentView is a consent, and where its withdrawal went.
type ConsentView struct {
	Consent
	Told []Told `json:"told,omitempty"`
	// Receiver is the service that the consent names, for the desk, and Tell the
	// task of telling it that the consent was taken back after something left.
	Receiver *Receiver `json:"receiver,omitempty"`
	Tell     *Tell     `json:"tell,omitempty"`
}

// GateView is one gate. Topic, outcome and what ended it are the desk's.
type GateView struct {
	ID    string `json:"id"`
	Shut  bool   `json:"shut"`
	Topic string `json:"topic,omitempty"`
	// Found are the vulnerabilities behind it, for the desk.
	Found    []Vulnerability `json:"found,omitempty"`
	Why      []Why           `json:"why,omitempty"` // what shut it, for the desk
	Outcome  string          `json:"outcome,omitempty"`
	HandOver bool            `json:"hand_over,omitempty"`
	Ended    time.Time       `json:"ended,omitzero"`
	End      *End            `json:"end,omitempty"`
	// Blocks are the steps that wait while the gate is shut: the same for every
	// topic, so that they tell nobody which it is.
	Blocks []string `json:"blocks,omitempty"`
	// What follows is the desk's: what to do next, and who does it.
	Todo     program.Text  `json:"todo,omitzero"`
	Measures []MeasureView `json:"measures,omitempty"`
	Owner    string        `json:"owner,omitempty"` // name of whoever took the measures
	Taken    time.Time     `json:"taken,omitzero"`
	Service  string        `json:"service,omitempty"`
}

// Blocked are the steps that a shut gate keeps from being taken.
var Blocked = []string{"send", "release", "hand_over"}

// DeskView is what the protection desk alone sees of a person.
type DeskView struct {
	Form    string    `json:"form"`
	At      time.Time `json:"at"`
	By      string    `json:"by"` // account
	Doubt   bool      `json:"doubt"`
	Under18 bool      `json:"under_18"`
	Given   *Given    `json:"given,omitempty"` // nil when its key is gone
	Shown   []Shown   `json:"shown,omitempty"` // who saw the identity, and until when
	// Card is the ground on which the person can be offered the humanitarian
	// card in Mexico; nil where there is none.
	Card *program.CardGround `json:"card,omitempty"`
}

// HoldView is a stop with its reason.
type HoldView struct {
	Hold
	Reason string `json:"reason,omitempty"`
}

// Show gives the protection of a case.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, caseID string) (CaseView, error) {
	return act.View(ctx, a, by, purpose, "protection.show", func(tx *store.Tx, v *act.Viewing) (CaseView, error) {
		c, err := casefile.Load(tx, caseID)
		if err != nil {
			return CaseView{}, err
		}
		if err := v.Must(casefile.Resource(c)); err != nil {
			return CaseView{}, err
		}
		f, err := Assess(tx, c.ID)
		if err != nil {
			return CaseView{}, err
		}
		out := CaseView{Case: c.ID, Open: len(f.Shut) == 0, People: []PersonView{}}
		if r, ok := refusal.As(f.Refuses()); ok {
			out.Refused = r.Code
		}
		people, err := subjects(tx, c.ID)
		if err != nil {
			return out, err
		}
		for _, p := range people {
			if !v.See(p.resource("gate")) {
				continue
			}
			seen, err := p.shown(tx, v, a.Now())
			if err != nil {
				return out, err
			}
			out.People = append(out.People, seen)
		}
		if out.Ask, err = whomToAsk(tx, c, a.Now()); err != nil {
			return out, err
		}
		if !v.May("read.screening", access.Resource{Type: "screening", Offices: c.Members, Case: c.ID}) {
			return out, nil
		}
		if out.Holds, err = seeHolds(tx, v, c); err != nil {
			return out, err
		}
		out.Notes, err = seeNotes(tx, v, c.ID)
		return out, err
	})
}

func (p subject) shown(tx *store.Tx, v *act.Viewing, now time.Time) (PersonView, error) {
	s, err := weigh(tx, p)
	if err != nil {
		return PersonView{}, err
	}
	out := PersonView{Person: p.ID, Plant: p.Plant, Exempt: !p.Screenable(), Screened: s.asked, Gates: []GateView{}, Consents: []ConsentView{}}
	desk := v.May("read.screening", p.resource("screening"))
	var given *Given
	if desk {
		if out.Desk, err = p.desk(tx, v); err != nil {
			return out, err
		}
		if out.Desk != nil {
			given = out.Desk.Given
		}
		if out.Seen, err = p.noticed(tx, v); err != nil {
			return out, err
		}
	}
	for _, g := range s.gates {
		view := GateView{ID: g.ID, Shut: g.Shut && g.Outcome == ""}
		if view.Shut {
			view.Blocks = Blocked
		}
		if desk {
			if err := g.reveal(tx, v, &view, given); err != nil {
				return out, err
			}
			if err := g.tasks(tx, v, p.Case, &view, out.Desk, now); err != nil {
				return out, err
			}
		}
		out.Gates = append(out.Gates, view)
	}
	if !v.See(p.resource("consent")) {
		return out, nil
	}
	for _, id := range p.ids() {
		all, err := Consents(tx, p.Case, id)
		if err != nil {
			return out, err
		}
		for _, k := range all {
			if k.ToService && !desk { // which service helps somebody is the desk's
				continue
			}
			view, err := k.seen(tx, v, now)
			if err != nil {
				return out, err
			}
			out.Consents = append(out.Consents, view)
		}
	}
	return out, nil
}

// reveal adds to a gate what the desk knows of it.
func (g gate) reveal(tx *store.Tx, v *act.Viewing, view *GateView, given *Given) error {
	view.Outcome, view.HandOver, view.Ended = g.Outcome, g.HandOver, g.EndedAt
	if given != nil {
		view.Topic = given.Topics[g.ID]
	}
	if g.EndFact == "" {
		return nil
	}
	var end End
	known, err := v.OpenPart(tx, g.EndFact, partEnd, &end)
	if known {
		view.End = &end
	}
	return err
}

// tasks adds to a shut gate what is done while it is shut, and by whom.
func (g gate) tasks(tx *store.Tx, v *act.Viewing, caseID string, view *GateView, desk *DeskView, now time.Time) error {
	if !g.Shut || view.Topic == "" || desk == nil || desk.Given == nil {
		return nil
	}
	var found []string
	if form, ok := FormByID(desk.Form); ok {
		if t, ok := form.Topic(view.Topic); ok {
			view.Todo = t.Todo
		}
		out, err := form.judge(desk.Given.Replies)
		if _, refused := refusal.As(err); err != nil && !refused {
			return err
		}
		found, view.Why = out.found[view.Topic], form.why(view.Topic, desk.Given.Replies)
		for _, id := range found {
			if vulnerable, known := form.vulnerability(id); known {
				view.Found = append(view.Found, vulnerable)
			}
		}
	}
	since := g.Since
	if since.IsZero() { // recorded before gates kept it
		since = desk.At
	}
	told, err := noticeOf(tx, caseID, g.Person)
	if err != nil {
		return err
	}
	view.Measures = measures(view.Topic, v.By.Country, found, since, g.EndedAt, told, now)
	view.Owner, view.Taken = g.OwnerName, g.TakenAt
	if g.TakenFact == "" {
		return nil
	}
	_, err = v.OpenPart(tx, g.TakenFact, partService, &view.Service)
	return err
}

// desk gives the answers of the last screening; nil if there is none.
func (p subject) desk(tx *store.Tx, v *act.Viewing) (*DeskView, error) {
	var out *DeskView
	for _, id := range p.ids() {
		row, err := loadScreening(tx, p.Case, id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("screening: %w", err)
		}
		if out != nil && row.At.Before(out.At) {
			continue
		}
		out = &DeskView{Form: row.Form, At: row.At, By: row.By, Doubt: row.Doubt, Under18: row.Under18}
		var given Given
		known, err := v.OpenPart(tx, row.Fact, partAnswers, &given)
		if err != nil {
			return nil, err
		}
		if known {
			out.Given = &given
		}
	}
	if out == nil {
		return nil, nil
	}
	var err error
	if out.Card, err = p.card(tx, v.Ring); err != nil {
		return nil, err
	}
	all, err := Showings(tx, p.Case)
	for _, s := range all {
		if s.Person == p.ID {
			out.Shown = append(out.Shown, s)
		}
	}
	return out, err
}

// seeHolds gives the stops of a case to whoever reads the desk's file.
func seeHolds(tx *store.Tx, v *act.Viewing, c casefile.Case) ([]HoldView, error) {
	all, err := Holds(tx, c.ID)
	if err != nil {
		return nil, err
	}
	out := []HoldView{}
	for _, h := range all {
		view := HoldView{Hold: h}
		if _, err := v.OpenPart(tx, h.Fact, partReason, &view.Reason); err != nil {
			return nil, err
		}
		out = append(out, view)
	}
	return out, nil
}

// IdentityView is who a person is, while it is shown to the reader.
type IdentityView struct {
	Person   string            `json:"person"`
	Plant    string            `json:"plant"`
	Until    time.Time         `json:"until,omitzero"` // of the showing; zero where none is needed
	Identity casefile.Identity `json:"identity"`
	// Versions are all changes of the person's record, with who the person was
	// in each: what was corrected is of the identity too. For pages.
	Versions []casefile.Version `json:"-"`
}

// ShowIdentity gives a person's identity to the account that it was shown to
// by an act, while that lasts, and the name of an adult suspect or an official
// to the case team.
func ShowIdentity(ctx context.Context, a *act.Acts, by access.Actor, purpose, person string) (IdentityView, error) {
	return act.View(ctx, a, by, purpose, "protection.identity", func(tx *store.Tx, v *act.Viewing) (IdentityView, error) {
		p, err := casefile.LoadPerson(tx, person)
		if err != nil {
			return IdentityView{}, err
		}
		r, err := IdentityResource(tx, p.Case, p.ID, by.User, a.Now())
		if err != nil {
			return IdentityView{}, err
		}
		if err := v.Must(r); err != nil {
			return IdentityView{}, err
		}
		out := IdentityView{Person: p.ID, Plant: p.Plant}
		if out.Until, _, err = Revealed(tx, p.ID, by.User, a.Now()); err != nil {
			return out, err
		}
		out.Identity, err = casefile.OpenIdentity(tx, v.Ring, p)
		if errors.Is(err, seal.ErrNoKey) {
			return out, refusal.NotFound()
		}
		if err != nil {
			return out, err
		}
		out.Versions, err = casefile.PersonVersions(tx, v.Ring, p)
		return out, err
	})
}
