package casefile

import (
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Forgetting is ordered by one person and confirmed by a second (DESIGN §2).
// Of a person every key is destroyed: the record stands by pseudonym and opens
// no more. Of a case the bodies of its facts are deleted too, and with them
// the rows that they made; its number stands, so that it is never given again.

// What can be forgotten.
const (
	forgetPerson = "person"
	forgetCase   = "case"
)

// orderPart is the sealed order or decision on which forgetting rests.
const orderPart = "order"

// ReferralsOf answers for the referrals of a case that is to be forgotten:
// which they are, and whether one is open on either side.
type ReferralsOf func(tx *store.Tx, c Case) (all []string, open bool, err error)

// referralsOf is package referral's answer. While nobody answers, a case with
// anything referred counts as open.
var referralsOf ReferralsOf = unanswered

// AnswerReferrals registers the one that knows referrals; it is called once,
// before anything is opened.
func AnswerReferrals(f ReferralsOf) { referralsOf = f }

func unanswered(tx *store.Tx, c Case) ([]string, bool, error) {
	all, err := store.Column[string](tx, `SELECT DISTINCT referral_id FROM fact WHERE case_id = $1 AND referral_id IS NOT NULL ORDER BY referral_id`, c.ID)
	return all, len(all) > 0 || c.Origin != "", err
}

// Abroad gives the facts that tell other nodes of a forgetting, drawn up before
// anything goes: who has something of the person, or of the case.
type Abroad func(tx *store.Tx, d *act.Draw, c Case, p *Person, f *Forgotten) ([]journal.Fact, error)

// tellAbroad is package retention's answer; without it nobody is told.
var tellAbroad Abroad = func(*store.Tx, *act.Draw, Case, *Person, *Forgotten) ([]journal.Fact, error) { return nil, nil }

// TellAbroad registers the one that knows what crossed; it is called once,
// before anything is opened.
func TellAbroad(f Abroad) { tellAbroad = f }

// business names what still needs a record, in the reader's language.
type business string

// In gives the name in a language.
func (b business) In(l i18n.Lang) string { return i18n.T(l, "casefile.business."+string(b)) }

// What may still need a record.
const (
	businessReferral business = "referral"
	businessAppeal   business = "appeal"
)

// Expunge orders that a person or a case is forgotten.
type Expunge struct {
	Case   string `json:"case,omitempty"`
	Person string `json:"person,omitempty"`
	Ground string `json:"ground"`
	Order  string `json:"order"`
}

// Verb implements act.Command.
func (*Expunge) Verb() string { return "journal.expunge" }

// Signed implements act.Signed.
func (*Expunge) Signed() {}

// Decide implements act.Command.
func (x *Expunge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	t, err := aim(tx, x.Case, x.Person)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, Resource(t.c)); err != nil {
		return nil, err
	}
	switch {
	case !forgetGrounds.has(x.Ground):
		return nil, refusal.New("casefile.forget_ground")
	case strings.TrimSpace(x.Order) == "":
		return nil, refusal.New("casefile.forget_order")
	}
	if err := t.free(tx); err != nil {
		return nil, err
	}
	f := &ForgetOrdered{ID: d.ID(), What: t.what, Object: t.object(), Ground: x.Ground}
	part, err := d.Seal(tx, d.NewKey("order/"+f.ID), orderPart, strings.TrimSpace(x.Order))
	f.Envelope = journal.Envelope{Case: t.c.ID, Handling: t.c.Handling, Sealed: sealed(part)}
	return []journal.Fact{f}, err
}

// ConfirmExpunge is the second person's word: from then on it is forgotten.
type ConfirmExpunge struct {
	Order string `json:"order"`
}

// Verb implements act.Command.
func (*ConfirmExpunge) Verb() string { return "journal.expunge_confirm" }

// Signed implements act.Signed.
func (*ConfirmExpunge) Signed() {}

// Decide implements act.Command.
func (x *ConfirmExpunge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	o, t, err := waiting(tx, d, x.Order)
	if err != nil {
		return nil, err
	}
	if err := t.stands(tx); err != nil {
		return nil, err
	}
	f := &Forgotten{Envelope: t.c.envelope(), Order: o.ID, What: o.What, Object: o.Object}
	if err := t.fill(tx, f); err != nil {
		return nil, err
	}
	var who *Person
	if o.What == forgetPerson {
		who = &t.p
	}
	told, err := tellAbroad(tx, d, t.c, who, f)
	return append([]journal.Fact{f}, told...), err
}

// RejectExpunge is the second person's no.
type RejectExpunge struct {
	Order string `json:"order"`
}

// Verb implements act.Command.
func (*RejectExpunge) Verb() string { return "journal.expunge_reject" }

// Decide implements act.Command.
func (x *RejectExpunge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	o, t, err := waiting(tx, d, x.Order)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&ForgetRejected{Envelope: t.c.envelope(), Order: o.ID}}, nil
}

// waiting loads an order for its second person, who is not the first, nor the
// first one's direct subordinate.
func waiting(tx *store.Tx, d *act.Draw, id string) (ForgetOrder, target, error) {
	o, err := access.Reached[ForgetOrder](tx, `SELECT doc FROM forget_order WHERE id = $1`, []any{id}, access.Tie{Type: typeCase, Column: "forget_order.case_id"})
	if err := access.OrAbsent(err, "order to forget"); err != nil {
		return o, target{}, err
	}
	var t target
	if o.What == forgetPerson {
		t, err = aim(tx, "", o.Object)
	} else {
		t, err = aim(tx, o.Object, "")
	}
	if err != nil {
		return o, t, err
	}
	r := Resource(t.c)
	if r.Attrs[access.AttrNot], err = access.NotSecond(tx, o.By); err != nil {
		return o, t, err
	}
	if err := d.Allow(tx, r); err != nil {
		return o, t, err
	}
	if !o.Decided.IsZero() {
		return o, t, refusal.Conflict("casefile.forget_decided")
	}
	return o, t, nil
}

// target is what is to be forgotten: a person of a case, or the case.
type target struct {
	what string
	c    Case
	p    Person // of a person
}

func aim(tx *store.Tx, caseID, person string) (t target, err error) {
	switch {
	case (caseID == "") == (person == ""):
		return t, refusal.New("casefile.forget_what")
	case person != "":
		t.what = forgetPerson
		if t.p, err = LoadPerson(tx, person); err != nil {
			return t, err
		}
		caseID = t.p.Case
	default:
		t.what = forgetCase
	}
	t.c, err = Load(tx, caseID)
	return t, err
}

func (t target) object() string {
	if t.what == forgetPerson {
		return t.p.ID
	}
	return t.c.ID
}

// free refuses a second order about the same, and what stands forbids.
func (t target) free(tx *store.Tx) error {
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM forget_order WHERE object = $1 AND decided = 0`, t.object()).Scan(&n); err != nil {
		return fmt.Errorf("orders to forget: %w", err)
	}
	if n > 0 {
		return refusal.Conflict("casefile.forget_waiting")
	}
	return t.stands(tx)
}

// stands refuses while something needs the record: the case is open, a legal
// hold, a referral, an outcome that can still be appealed.
func (t target) stands(tx *store.Tx) error {
	if t.what == forgetPerson && t.p.Gone() || t.c.Status == StatusForgotten {
		return refusal.Conflict("casefile.forgotten_already")
	}
	if t.what == forgetCase && t.c.Status != StatusClosed {
		return refusal.Conflict("casefile.forget_open")
	}
	held, err := Held(tx, t.c.ID)
	if err != nil {
		return err
	}
	if held {
		return refusal.Conflict("casefile.forget_held")
	}
	_, open, err := referralsOf(tx, t.c)
	if err != nil {
		return err
	}
	if open {
		return refusal.Conflict("casefile.forget_business", "What", businessReferral)
	}
	final, err := t.final(tx)
	if err == nil && !final {
		return refusal.Conflict("casefile.forget_business", "What", businessAppeal)
	}
	return err
}

// final reports whether no recorded outcome can be appealed any more.
func (t target) final(tx *store.Tx) (bool, error) {
	items, err := Items(tx, t.c.ID, "outcome")
	if err != nil {
		return false, err
	}
	for _, i := range items {
		var o Outcome
		if err := i.Decode(&o); err != nil {
			return false, err
		}
		if !o.Final {
			return false, nil
		}
	}
	return true, nil
}

// scope is which bodies go with a case.
func scope(f Forgotten) journal.Scope {
	return journal.Scope{Case: f.Object, Referrals: f.Referrals, Areas: []string{"case", "protection", "file", "exhibit", "packet", "referral", "redress", "consular"},
		Keep: []string{ForgetOrdered{}.Kind(), Forgotten{}.Kind(), ForgetRejected{}.Kind(), HoldPlaced{}.Kind(), HoldOrdered{}.Kind(), HoldLifted{}.Kind()}}
}

// fill says what goes, by number and kind.
func (t target) fill(tx *store.Tx, f *Forgotten) (err error) {
	if t.what == forgetPerson {
		f.People = append([]string{t.p.ID}, t.p.Also...)
	} else {
		f.Number, f.Prefix, f.Year, f.N, f.Office, f.Opened = t.c.Number, "", 0, 0, t.c.Office, t.c.Opened
		if err := tx.QueryRow(`SELECT prefix, year, n FROM casefile WHERE id = $1`, t.c.ID).Scan(&f.Prefix, &f.Year, &f.N); err != nil {
			return fmt.Errorf("number of a case: %w", err)
		}
		if f.People, err = store.Column[string](tx, `SELECT id FROM case_person WHERE case_id = $1 ORDER BY id`, t.c.ID); err != nil {
			return fmt.Errorf("people of a case: %w", err)
		}
		if f.Referrals, _, err = referralsOf(tx, t.c); err != nil {
			return err
		}
		if f.Bodies, err = scope(*f).Bodies(tx); err != nil {
			return err
		}
	}
	for _, subject := range f.subjects() {
		n, err := seal.Held(tx, subject)
		if err != nil {
			return err
		}
		f.Keys += n
	}
	return nil
}

// subjects are whose keys are destroyed.
func (f Forgotten) subjects() []string {
	var out []string
	for _, p := range f.People {
		out = append(out, KeySubject(p))
	}
	if f.What == forgetCase {
		out = append(out, "case/"+f.Object)
	}
	return out
}

// ForgetOrder is an order to forget, as it stands.
type ForgetOrder struct {
	ID        string    `json:"id"`
	Case      string    `json:"case"`
	What      string    `json:"what"` // person, case
	Object    string    `json:"object"`
	Ground    string    `json:"ground"`
	By        string    `json:"by"` // account of the first person
	At        time.Time `json:"at"`
	Fact      string    `json:"fact"` // holds the sealed order
	Decided   time.Time `json:"decided,omitzero"`
	Second    string    `json:"second,omitempty"` // account of the second person
	Forgotten bool      `json:"forgotten,omitempty"`
}

// ForgetOrders lists the orders that concern a case, oldest first.
func ForgetOrders(tx *store.Tx, caseID string) ([]ForgetOrder, error) {
	return store.Docs[ForgetOrder](tx, `SELECT doc FROM forget_order WHERE case_id = $1 ORDER BY id`, caseID)
}
