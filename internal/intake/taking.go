package intake

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// What became of a row.
type done int

const (
	imported done = iota + 1
	updated
	unchanged
)

// taking is one act of import under way: what it knows of the source from
// before, and what it adds.
type taking struct {
	tx     *store.Tx
	d      *act.Draw
	source string
	dry    bool
	cases  *casefile.Intake
	opened map[string]string     // cases opened in this act, by key
	events map[string]takenEvent // events added or corrected in this act, by key
	fact   Taken
}

func newTaking(tx *store.Tx, d *act.Draw, c *Import) *taking {
	return &taking{tx: tx, d: d, source: c.Source, dry: c.DryRun, cases: casefile.NewIntake(tx, d),
		opened: map[string]string{}, events: map[string]takenEvent{}, fact: Taken{Office: d.By.Office, Source: c.Source}}
}

// reasonImport is why an import corrects: the source says otherwise now.
const reasonImport = "new_information"

// row takes one row: all of it is checked before the first part is added, so
// that a refused row leaves nothing behind.
func (t *taking) row(r Row) (done, error) {
	if err := r.Check(); err != nil {
		return 0, err
	}
	if r.Title == "" {
		r.Title = r.Case
	}
	number := t.name("case", r.Case)
	caseID, err := t.caseOf(number)
	if err != nil {
		return 0, err
	}
	was, known, err := t.held(t.name("row", r.Key))
	switch {
	case err != nil:
		return 0, err
	case known && was.Case != caseID:
		return 0, refusal.New("intake.case_moved")
	}
	event, err := t.eventOf(number, r.Event)
	if err != nil {
		return 0, err
	}
	if known {
		return t.again(r, was, event)
	}
	if err := t.cases.Check(caseID, r.Title, r.Event, r.Person, r.Role); err != nil {
		return 0, err
	}
	if t.dry {
		return imported, nil
	}
	return imported, t.add(r, number, caseID, event)
}

// add takes a row that is new.
func (t *taking) add(r Row, number, caseID string, event eventState) (err error) {
	if caseID == "" {
		if caseID, err = t.cases.Open(casefile.Open{Title: r.Title}); err != nil {
			return err
		}
		t.opened[number] = caseID
		t.fact.Cases = append(t.fact.Cases, takenCase{Key: number, Case: caseID})
	}
	switch event.as {
	case imported:
		err = t.newEvent(r.Event, caseID, &event)
	case updated:
		var fix act.Command
		if fix, err = t.fixEvent(r.Event, event); err == nil {
			err = t.cases.Correct(fix)
		}
	}
	if err != nil {
		return err
	}
	t.remember(event)
	who, err := t.cases.Person(casefile.AddPerson{Case: caseID, Particulars: r.Person, RoleFields: r.Role})
	if err != nil {
		return err
	}
	key, err := t.d.Key(t.tx, who.Key)
	if err != nil {
		return err
	}
	t.fact.Rows = append(t.fact.Rows, takenRow{Key: t.name("row", r.Key), Case: caseID, Person: who.Person, Role: who.Role, Sealed: who.Key,
		PersonSum: sum(key, r.Person), RoleSum: sum(key, r.Role)})
	return nil
}

// again takes a row that is known: what it says otherwise is corrected.
func (t *taking) again(r Row, was takenRow, event eventState) (done, error) {
	key, err := t.d.Key(t.tx, was.Sealed)
	if errors.Is(err, seal.ErrNoKey) {
		return 0, refusal.New("intake.forgotten") // whoever was forgotten does not come back by a file
	}
	if err != nil {
		return 0, err
	}
	now := was
	now.PersonSum, now.RoleSum = sum(key, r.Person), sum(key, r.Role)
	if now == was && event.as == unchanged {
		return unchanged, nil // also where nothing could be changed any more, as in a closed case
	}
	if err := t.cases.Check(was.Case, r.Title, r.Event, r.Person, r.Role); err != nil {
		return 0, err
	}
	if t.dry {
		return updated, nil
	}
	if err := t.correct(r, was, now, event); err != nil {
		return 0, err
	}
	if event.as == imported {
		if err := t.newEvent(r.Event, was.Case, &event); err != nil {
			return 0, err
		}
	}
	t.remember(event)
	t.fact.Rows = append(t.fact.Rows, now)
	return updated, nil
}

// correct adds the corrections of what a known row says otherwise now.
func (t *taking) correct(r Row, was, now takenRow, event eventState) error {
	var fixes []act.Command
	if now.PersonSum != was.PersonSum {
		who, err := t.cases.KeepPerson(was.Person, r.Person)
		if err != nil {
			return err
		}
		fixes = append(fixes, &casefile.CorrectPerson{Person: was.Person, Reason: reasonImport, Particulars: who})
	}
	if now.RoleSum != was.RoleSum {
		role, err := t.cases.KeepRole(was.Role, r.Role)
		if err != nil {
			return err
		}
		fixes = append(fixes, &casefile.CorrectRole{Correction: casefile.Correction{Item: was.Role, Reason: reasonImport}, RoleFields: role})
	}
	if event.as == updated {
		fix, err := t.fixEvent(r.Event, event)
		if err != nil {
			return err
		}
		fixes = append(fixes, fix)
	}
	return t.cases.Correct(fixes...)
}

func (t *taking) fixEvent(e *casefile.EventFields, s eventState) (act.Command, error) {
	all, err := t.cases.KeepEvent(s.Item, *e)
	return &casefile.CorrectEvent{Correction: casefile.Correction{Item: s.Item, Reason: reasonImport}, EventFields: all}, err
}

// eventState is an event as this row finds it.
type eventState struct {
	takenEvent
	as done
}

// eventOf tells whether an event is new, says otherwise, or is known.
func (t *taking) eventOf(number string, e *casefile.EventFields) (eventState, error) {
	if e == nil {
		return eventState{as: unchanged}, nil
	}
	digest := t.name("event", store.JSON(e))
	name := e.Reference
	if name == "" {
		name = "\x1f" + digest
	}
	want := takenEvent{Key: t.name("event of "+number, name), Digest: digest}
	was, known := t.events[want.Key]
	if !known {
		err := t.tx.QueryRow(`SELECT item, digest FROM intake_event WHERE office = $1 AND source = $2 AND key = $3`,
			t.fact.Office, t.source, want.Key).Scan(&was.Item, &was.Digest)
		if errors.Is(err, sql.ErrNoRows) {
			return eventState{want, imported}, nil
		}
		if err != nil {
			return eventState{}, fmt.Errorf("event taken: %w", err)
		}
	}
	want.Item = was.Item
	if was.Digest == digest {
		return eventState{want, unchanged}, nil
	}
	return eventState{want, updated}, nil
}

func (t *taking) newEvent(e *casefile.EventFields, caseID string, s *eventState) (err error) {
	s.Item, err = t.cases.Event(caseID, *e)
	return err
}

// remember keeps an event that was added or corrected.
func (t *taking) remember(s eventState) {
	if s.as == unchanged {
		return
	}
	t.events[s.Key] = s.takenEvent
	t.fact.Events = append(t.fact.Events, s.takenEvent)
}

// name is the keyed digest under which something of the source is known here.
func (t *taking) name(what, value string) string {
	return t.d.Ring().Token("intake/"+what+"/"+t.source, value)
}

// caseOf finds the case that a number of the source stands for, "" if none yet.
func (t *taking) caseOf(number string) (string, error) {
	if id, ok := t.opened[number]; ok {
		return id, nil
	}
	var id string
	err := t.tx.QueryRow(`SELECT case_id FROM intake_case WHERE office = $1 AND source = $2 AND key = $3`, t.fact.Office, t.source, number).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("case taken: %w", err)
	}
	return id, nil
}

func (t *taking) held(key string) (takenRow, bool, error) {
	was, err := store.Doc[takenRow](t.tx, `SELECT doc FROM intake_row WHERE office = $1 AND source = $2 AND key = $3`, t.fact.Office, t.source, key)
	if errors.Is(err, sql.ErrNoRows) {
		return was, false, nil
	}
	if err != nil {
		return was, false, fmt.Errorf("row taken: %w", err)
	}
	return was, true, nil
}

// applyTaken remembers what stands behind each row of the source.
func applyTaken(tx *store.Tx, _ journal.Entry, f Taken) error {
	for _, c := range f.Cases {
		if err := tx.Exec(`INSERT INTO intake_case (office, source, key, case_id) VALUES ($1, $2, $3, $4)`, f.Office, f.Source, c.Key, c.Case); err != nil {
			return fmt.Errorf("case taken: %w", err)
		}
	}
	for _, e := range f.Events {
		if err := tx.Exec(`INSERT INTO intake_event (office, source, key, item, digest) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (office, source, key) DO UPDATE SET digest = excluded.digest`, f.Office, f.Source, e.Key, e.Item, e.Digest); err != nil {
			return fmt.Errorf("event taken: %w", err)
		}
	}
	for _, r := range f.Rows {
		if err := tx.Exec(`INSERT INTO intake_row (office, source, key, doc) VALUES ($1, $2, $3, $4)
			ON CONFLICT (office, source, key) DO UPDATE SET doc = excluded.doc`, f.Office, f.Source, r.Key, store.JSON(r)); err != nil {
			return fmt.Errorf("row taken: %w", err)
		}
	}
	return nil
}
