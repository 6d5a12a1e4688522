// Package retention looks after how long anything is kept: when a record is
// looked at again, who decided to keep it and why, and what goes when it goes,
// also at the other node. Terms are data (program.Keep) and computed from the
// facts of the record on either node; nothing goes by the passing of time
// alone. A case or a person of this node is forgotten by package casefile; what
// came from the other side, and what was written of a life at risk, is erased
// here, by two people too, and so is what a consulate keeps of a notice.
package retention

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// What is kept: as the programme's classes have it, and a referral received for
// which no case was opened here.
const keptReferral = "referral"

// typeExpunge is what access and membership know requests to expunge, and
// orders to erase, by.
const typeExpunge = "expunge"

// Sealed parts of the facts of this package.
const (
	partReason = "reason"
	partOrder  = "order"
)

// maxWords bounds a reason, in bytes.
const maxWords = 4 << 10

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyKept)
	journal.Register(k, applyAsked)
	journal.Register(k, applyAnswered)
	journal.Register(k, applyOrdered)
	journal.Register(k, applyRejected)
	journal.Register(k, applyErased)
	journal.React(k, erase)
	journal.React(k, forgetReasons)
	journal.Admit(k, admitAsked)
	journal.Admit(k, admitAnswered)
	k.Set(journal.SignedByPerson(), &Answered{})
	casefile.TellAbroad(tellAbroad)
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) {
	v.Add(&Keep{}, &Erase{}, &ConfirmErase{}, &RejectErase{}, &Retain{})
}

// target is what a decision is about.
type target struct {
	what, id string
	res      access.Resource
	env      journal.Envelope
	key      string // what keys of words about it are stored under
}

// aim loads what is kept, for an act on it.
func aim(tx *store.Tx, what, id string) (t target, err error) {
	t.what, t.id = what, id
	switch what {
	case program.KeptCase:
		c, err := casefile.Load(tx, id)
		if err != nil {
			return t, err
		}
		t.res, t.env, t.key = casefile.Resource(c), c.Envelope(), "case/"+c.ID
		return t, nil
	case program.KeptPerson:
		p, err := casefile.LoadPerson(tx, id)
		if err != nil {
			return t, err
		}
		c, err := casefile.Load(tx, p.Case)
		if err != nil {
			return t, err
		}
		t.id, t.res, t.env, t.key = p.ID, casefile.PersonResource(c, p), c.Envelope(), casefile.KeySubject(p.ID)
		return t, nil
	case keptReferral:
		r, err := referral.Load(tx, id)
		if err != nil {
			return t, err
		}
		if r.Home() {
			return t, refusal.NotFound()
		}
		t.res, t.env, t.key = referral.Resource(r), journal.Envelope{Case: r.Case, Referral: r.ID}, "referral/"+r.ID
		return t, nil
	case program.KeptAlert:
		a, err := alert.Load(tx, id)
		if err != nil {
			return t, err
		}
		t.res, err = a.Resource(tx)
		t.env, t.key = journal.Envelope{Case: a.ID}, "alert/"+a.ID
		return t, err
	case program.KeptNotice:
		n, res, err := consular.Kept(tx, id)
		t.res, t.env, t.key = res, journal.Envelope{Case: n.ID}, n.Own()
		return t, err
	}
	return t, refusal.New("retention.what")
}

// forgetReasons destroys what was written about referrals that are forgotten
// with their case; what was written about the case and its people goes with them.
func forgetReasons(tx *store.Tx, d *journal.Draw, _ journal.Entry, f casefile.Forgotten) ([]journal.Fact, error) {
	for _, r := range f.Referrals {
		if _, err := seal.Destroy(tx, "referral/"+r, d.Now); err != nil {
			return nil, fmt.Errorf("forget: %w", err)
		}
	}
	return nil, nil
}

func account(e journal.Entry) string {
	if e.By == nil {
		return ""
	}
	return e.By.ID
}

func name(e journal.Entry) string {
	if e.By == nil {
		return ""
	}
	return e.By.Name
}

// whole brings a date to what is stored.
func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// until checks the day to which something is kept (28 CFR 23.20(h)).
func until(day, now time.Time) error {
	if !day.After(now) || day.After(program.LongestReview(now)) {
		return refusal.New("retention.until")
	}
	return nil
}

// several reads rows of this package.
func several[T any](tx *store.Tx, query string, args ...any) ([]T, error) {
	out, err := store.Docs[T](tx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("retention: %w", err)
	}
	return out, nil
}
