package consular

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// What a consulate keeps of its national goes by order of two of its people, as
// what was written of a life at risk does. Nothing of the notice is left here but the
// rows of its facts in the journal: that there was one, when, and who opened it. What
// was sent stays with the case of whoever sent it.

// Received lists the notices that an office received and keeps something of, the
// oldest first.
func Received(tx *store.Tx, office string, limit int) ([]Notice, error) {
	narrow, args := access.Narrow(access.Actor{User: office, Office: office}, typeNotice, "n.id", 1)
	out, err := store.Docs[Notice](tx, `SELECT n.doc FROM consular_notice n WHERE n.sent > 0 AND NOT EXISTS (SELECT 1 FROM consular_ask a WHERE a.notice = n.id) AND `+narrow+` ORDER BY n.sent, n.id LIMIT $3`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("consular notices: %w", err)
	}
	return out, nil
}

// Kept loads a notice that came here, with what the consulate keeps of it as access
// decides on that; one that was sent from here is kept with its case.
func Kept(tx *store.Tx, id string) (Notice, access.Resource, error) {
	n, err := Load(tx, id)
	if err != nil {
		return n, access.Resource{}, err
	}
	if _, err := askOf(tx, id); !errors.Is(err, sql.ErrNoRows) {
		if err == nil {
			err = refusal.NotFound()
		}
		return n, access.Resource{}, err
	}
	r, err := n.resource(tx, typeFile)
	return n, r, err
}

// LastDone is when something was done last about a notice that came here; how long
// what is kept is kept runs from then.
func (n Notice) LastDone(tx *store.Tx) (time.Time, error) {
	f, err := fileOf(tx, n.ID)
	if err != nil {
		return time.Time{}, err
	}
	marks := slices.Clone(f.Notes)
	for _, m := range []*Mark{n.Sent, n.Acknowledged, n.Withdrawn} {
		if m != nil {
			marks = append(marks, *m)
		}
	}
	if n.Family != nil {
		marks = append(marks, n.Family.Mark)
	}
	for _, v := range f.Visits {
		marks = append(marks, v.Mark)
	}
	for _, t := range f.Needs {
		marks = append(marks, t.Mark)
		if t.Met != nil {
			marks = append(marks, *t.Met)
		}
	}
	return slices.MaxFunc(marks, func(a, b Mark) int { return a.At.Compare(b.At) }).At, nil
}

// Stands refuses to erase a notice that the consulate has still something to do
// about.
func (n Notice) Stands(tx *store.Tx) error {
	f, err := fileOf(tx, n.ID)
	if err != nil {
		return err
	}
	waits := slices.ContainsFunc(f.Needs, func(t Task) bool { return t.Met == nil })
	if n.Withdrawn == nil && (n.Acknowledged == nil || waits) {
		return refusal.Conflict("consular.stands")
	}
	return nil
}

// keptKinds are the facts whose bodies go: the notice, what brought its keys, and
// what the consulate did. That its identity was opened, by whom and when, stays for
// oversight.
var keptKinds = []string{Notified{}.Kind(), KeysFollowed{}.Kind(), Interviewed{}.Kind(), Noted{}.Kind(), Needed{}.Kind(), NeedMet{}.Kind()}

// ToErase tells what erasing takes: how many keys, and the facts whose bodies go.
func (n Notice) ToErase(tx *store.Tx) (keys int64, facts []string, err error) {
	for _, subject := range []string{keySubject(n.ID), own(n.ID)} {
		held, err := seal.Held(tx, subject)
		if err != nil {
			return 0, nil, err
		}
		keys += held
	}
	for _, kind := range keptKinds {
		of, err := journal.OfMatter(tx, kind, n.ID)
		if err != nil {
			return 0, nil, err
		}
		facts = append(facts, of...)
	}
	return keys, facts, nil
}

// NoteErased belongs to the apply of the fact that erases: it takes the rows that
// the facts made whose bodies go.
func NoteErased(tx *store.Tx, id string) error {
	for _, q := range []string{`DELETE FROM consular_file WHERE notice = $1`, `DELETE FROM consular_notice WHERE id = $1`, `DELETE FROM membership WHERE object_type = 'protection_notice' AND object_id = $1`} {
		if err := tx.Exec(q, id); err != nil {
			return fmt.Errorf("erase a consular notice: %w", err)
		}
	}
	return nil
}

// Erase destroys what opens a notice and what the consulate wrote, and the bodies
// of facts. It belongs to a reaction, never to an apply.
func Erase(tx *store.Tx, id string, facts []string, now time.Time) error {
	for _, subject := range []string{keySubject(id), own(id)} {
		if _, err := seal.Destroy(tx, subject, now); err != nil {
			return err
		}
	}
	return journal.ForgetBodies(tx, facts)
}
