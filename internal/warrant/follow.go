package warrant

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/retention"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// follow ends orders by what happens to what they rest on: the warrant of the
// referral is cancelled or executed there, the record is forgotten or erased.
func follow(k *journal.Kinds) {
	journal.Also(k, func(tx *store.Tx, e journal.Entry, f referral.Taken) error { return followStep(tx, e, f.Step.Step) })
	journal.Also(k, func(tx *store.Tx, e journal.Entry, f referral.SignedStep) error {
		return followStep(tx, e, f.Step.Step)
	})
	journal.Also(k, followForgotten)
	journal.Also(k, func(tx *store.Tx, e journal.Entry, f retention.Erased) error {
		return endAll(tx, e, "referral", f.Object, Withdrawn, WhyForgotten, func(o Order) bool { return f.Subject == "" || o.Person == f.Subject })
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f retention.Erased) ([]journal.Fact, error) {
		return nil, forget(tx, f, d.Now)
	})
}

func followStep(tx *store.Tx, e journal.Entry, step string) error {
	switch step {
	case referral.StepWarrantCancelled:
		return endAll(tx, e, "referral", e.Referral, Withdrawn, WhyCancelled, nil)
	case referral.StepWarrantExecuted:
		return endAll(tx, e, "referral", e.Referral, Executed, "", nil)
	}
	return nil
}

// followForgotten ends the orders about people who were forgotten; with a whole
// case go its orders, whose facts have no bodies any more.
func followForgotten(tx *store.Tx, e journal.Entry, f casefile.Forgotten) error {
	if !f.Whole() {
		return endAll(tx, e, "case_id", e.Case, Withdrawn, WhyForgotten, func(o Order) bool { return slices.Contains(f.People, o.Record) })
	}
	all, err := store.Docs[Order](tx, `SELECT doc FROM warrant_order WHERE case_id = $1 ORDER BY id`, f.Object)
	if err != nil {
		return err
	}
	for _, o := range all {
		if err := access.Forget(tx, typeWarrant, o.ID); err != nil {
			return err
		}
	}
	return tx.Exec(`DELETE FROM warrant_order WHERE case_id = $1`, f.Object)
}

// endAll ends the open orders that rest on something.
func endAll(tx *store.Tx, e journal.Entry, column, id, state, why string, only func(Order) bool) error {
	standing, err := openOf(tx, column, id)
	if err != nil {
		return err
	}
	for _, o := range standing {
		if only != nil && !only(o) {
			continue
		}
		when := time.Time{}
		if state == Executed {
			when = e.Created
		}
		if err := o.end(tx, e, state, why, when); err != nil {
			return err
		}
	}
	return nil
}

// forget destroys what opens the names in orders of a referral that was erased.
func forget(tx *store.Tx, f retention.Erased, now time.Time) error {
	all, err := store.Docs[Order](tx, `SELECT doc FROM warrant_order WHERE referral = $1 ORDER BY id`, f.Object)
	if err != nil {
		return err
	}
	for _, o := range all {
		if f.Subject != "" && o.Person != f.Subject {
			continue
		}
		if _, err := seal.Destroy(tx, keySubject(o.ID), now); err != nil {
			return err
		}
	}
	return nil
}

// stands is how an order stands at a moment. It waits while what it rests on has
// moved since it was given: the referral was taken back by its sender, or the
// person is no adult suspect any more. Why, the police are not told.
func (o Order) stands(tx *store.Tx, now time.Time) (string, error) {
	if o.State != Open {
		return o.State, nil
	}
	if now.After(o.Until) {
		return Expired, nil
	}
	var holds bool
	var err error
	if o.Referral != "" {
		holds, err = referral.WarrantHolds(tx, o.Referral, o.Person, o.Named, o.Anyway)
	} else {
		holds, err = casefile.StillSuspect(tx, o.Record)
	}
	if err == nil && !holds {
		return Paused, nil
	}
	return Open, err
}
