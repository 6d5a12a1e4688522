package retention

import (
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Kept is the fact that somebody looked at what is kept and decided to keep it
// until another day (28 CFR 23.20(h): who, when, why). Why is sealed.
type Kept struct {
	journal.Envelope
	What   string    `json:"what"`
	Object string    `json:"object"`
	Until  time.Time `json:"until"`
}

// Kind implements journal.Fact.
func (Kept) Kind() string { return "retention.kept.1" }

// Keep decides that something is kept, and when it is looked at again.
type Keep struct {
	What   string    `json:"what"`
	Object string    `json:"object"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"`
}

// Verb implements act.Command.
func (*Keep) Verb() string { return "retention.keep" }

// Decide implements act.Command.
func (c *Keep) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	t, err := aim(tx, c.What, c.Object)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, t.res); err != nil {
		return nil, err
	}
	reason := strings.TrimSpace(c.Reason)
	switch {
	case reason == "" || len(reason) > maxWords:
		return nil, refusal.New("retention.reason")
	}
	if err := until(c.Until, d.Now); err != nil {
		return nil, err
	}
	part, err := d.Seal(tx, d.NewKey(t.key), partReason, reason)
	if err != nil {
		return nil, err
	}
	f := &Kept{Envelope: t.env, What: t.what, Object: t.id, Until: whole(c.Until)}
	f.Sealed = []wire.Part{part}
	return []journal.Fact{f}, nil
}

// Decision is the last decision to keep something.
type Decision struct {
	What   string    `json:"what"`
	Object string    `json:"object"`
	Until  time.Time `json:"until"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`   // name of the official
	Fact   string    `json:"fact"` // holds the sealed reason
}

func applyKept(tx *store.Tx, e journal.Entry, f Kept) error {
	k := Decision{What: f.What, Object: f.Object, Until: f.Until, At: e.Created, By: name(e), Fact: e.ID}
	return tx.Exec(`INSERT INTO kept (object, what, until, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (object) DO UPDATE SET until = excluded.until, doc = excluded.doc`, k.Object, k.What, store.Micros(k.Until), store.JSON(k))
}

// kept is the last decision about an object; zero if there is none.
func kept(tx *store.Tx, object string) (Decision, error) {
	all, err := several[Decision](tx, `SELECT doc FROM kept WHERE object = $1`, object)
	if err != nil || len(all) == 0 {
		return Decision{}, err
	}
	return all[0], nil
}
