package alert

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Past lists the alerts that an office knows of, that are over and of which
// what was written is still kept here, the oldest first.
func Past(tx *store.Tx, office string, limit int) ([]Alert, error) {
	narrow, args := access.Narrow(access.Actor{User: office, Office: office}, typeAlert, "x.id", 1)
	all, err := store.Docs[Alert](tx, `SELECT x.doc FROM alert x WHERE x.ended > 0 AND `+narrow+` ORDER BY x.ended, x.id LIMIT $3`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	out := all[:0]
	for _, a := range all {
		if a.Erased.IsZero() {
			out = append(out, a)
		}
	}
	return out, nil
}

// EndedAt is when the first outcome was recorded; zero while the alert stands.
func (a Alert) EndedAt() time.Time { return a.endedAt() }

// ToErase tells what erasing an alert takes: how many keys, and the messages
// that brought them here.
func (a Alert) ToErase(tx *store.Tx) (keys int64, messages []string, err error) {
	if keys, err = seal.Held(tx, subject(a.ID)); err != nil {
		return 0, nil, err
	}
	messages, err = journal.OfMatter(tx, KeysFollowed{}.Kind(), a.ID)
	return keys, messages, err
}

// NoteErased belongs to the apply of the fact that erases.
func NoteErased(tx *store.Tx, id string, at time.Time) error {
	return change(tx, id, func(a *Alert) { a.Erased = at })
}

// Erase destroys what opens the words of an alert: where, what is known, the
// telephones. It belongs to a reaction, never to an apply.
func Erase(tx *store.Tx, id string, messages []string, now time.Time) error {
	if _, err := seal.Destroy(tx, subject(id), now); err != nil {
		return err
	}
	return journal.ForgetBodies(tx, messages)
}
