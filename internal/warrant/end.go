package warrant

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// OrderExecuted is the fact that the police executed an order: when, and, sealed,
// before whom the person was brought.
type OrderExecuted struct {
	journal.Envelope
	Order string    `json:"order"`
	When  time.Time `json:"when"`
}

// Kind implements journal.Fact.
func (OrderExecuted) Kind() string { return "warrant.executed.1" }

// OrderWithdrawn is the fact that a prosecutor took an order back.
type OrderWithdrawn struct {
	journal.Envelope
	Order string `json:"order"`
	Why   string `json:"why"`
}

// Kind implements journal.Fact.
func (OrderWithdrawn) Kind() string { return "warrant.withdrawn.1" }

// Execute says that an order was executed. The other country is told by the step
// of the referral once everybody whom its warrant names was found.
type Execute struct {
	Warrant   string    `json:"warrant"`
	When      time.Time `json:"when"`
	Presented string    `json:"presented"` // before whom the person was brought; where the person is, of an order to locate
}

// Verb implements act.Command.
func (*Execute) Verb() string { return "warrant.execute" }

// Signed implements act.Signed.
func (*Execute) Signed() {}

// Decide implements act.Command.
func (c *Execute) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	o, err := load(tx, c.Warrant)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, o.resource(executors[strings.ToUpper(d.By.Country)]...)); err != nil {
		return nil, err
	}
	if d.By.Office != o.Office {
		return nil, refusal.New("access.not_yours")
	}
	state, err := o.stands(tx, d.Now)
	when := c.When.UTC().Truncate(time.Microsecond)
	switch {
	case err != nil:
		return nil, err
	case state == Paused:
		return nil, refusal.Conflict("warrant.paused")
	case state == Expired:
		return nil, refusal.Conflict("warrant.expired")
	case state != Open:
		return nil, refusal.Conflict("warrant.ended")
	case when.IsZero() || when.After(d.Now) || when.Before(o.At):
		return nil, refusal.New("warrant.when")
	case strings.TrimSpace(c.Presented) == "" || len(c.Presented) > maxNote:
		return nil, refusal.New("warrant.presented")
	}
	f := &OrderExecuted{Envelope: journal.Envelope{Case: o.Case, Referral: o.Referral}, Order: o.ID, When: when}
	part, err := d.Seal(tx, d.NewKey(o.keys()), partPlace, strings.TrimSpace(c.Presented))
	if err != nil {
		return nil, err
	}
	f.Sealed = []wire.Part{part}
	if o.Referral == "" || o.Ask == Locate {
		return []journal.Fact{f}, nil
	}
	executed, err := executedOf(tx, o)
	if err != nil {
		return nil, err
	}
	step, err := referral.WarrantExecuted(tx, d, o.Referral, append(executed, o.Person))
	if err != nil || step == nil {
		return []journal.Fact{f}, err
	}
	return []journal.Fact{f, step}, nil
}

// keys are the keys under which what is written about the person is sealed.
func (o Order) keys() string {
	if o.Record != "" {
		return casefile.KeySubject(o.Record)
	}
	return keySubject(o.ID)
}

// executedOf lists whom orders of the same warrant have brought before a judge.
func executedOf(tx *store.Tx, o Order) (out []string, err error) {
	all, err := store.Docs[Order](tx, `SELECT doc FROM warrant_order WHERE referral = $1 AND ended > 0 ORDER BY id`, o.Referral)
	for _, x := range all {
		if x.State == Executed && x.Ask != Locate && x.Named == o.Named {
			out = append(out, x.Person)
		}
	}
	return out, err
}

// Withdraw takes an order back: from then on nobody executes it.
type Withdraw struct {
	Warrant string `json:"warrant"`
	Why     string `json:"why"`
}

// Verb implements act.Command.
func (*Withdraw) Verb() string { return "warrant.withdraw" }

// Signed implements act.Signed.
func (*Withdraw) Signed() {}

// Decide implements act.Command.
func (c *Withdraw) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	o, err := load(tx, c.Warrant)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, o.resource(issuers...)); err != nil {
		return nil, err
	}
	switch {
	case d.By.Office != o.Issuer:
		return nil, refusal.New("access.not_yours")
	case o.State != Open:
		return nil, refusal.Conflict("warrant.ended")
	case !slices.Contains(Reasons, c.Why):
		return nil, refusal.New("warrant.why")
	}
	return []journal.Fact{&OrderWithdrawn{Envelope: journal.Envelope{Case: o.Case, Referral: o.Referral}, Order: o.ID, Why: c.Why}}, nil
}

func applyExecuted(tx *store.Tx, e journal.Entry, f OrderExecuted) error {
	return end(tx, e, f.Order, Executed, "", f.When)
}

func applyWithdrawn(tx *store.Tx, e journal.Entry, f OrderWithdrawn) error {
	return end(tx, e, f.Order, Withdrawn, f.Why, time.Time{})
}

// end ends an order. One that is not here any more was forgotten with its case.
func end(tx *store.Tx, e journal.Entry, id, state, why string, when time.Time) error {
	all, err := store.Docs[Order](tx, `SELECT doc FROM warrant_order WHERE id = $1`, id)
	if err != nil || len(all) == 0 {
		return err
	}
	return all[0].end(tx, e, state, why, when)
}

func (o Order) end(tx *store.Tx, e journal.Entry, state, why string, when time.Time) error {
	o.State, o.Why, o.When, o.Ended = state, why, when, e.Created
	if e.By != nil {
		o.EndedBy = e.By.Name
	}
	return o.save(tx)
}
