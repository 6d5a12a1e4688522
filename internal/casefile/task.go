package casefile

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Task is something that is to be done in a case: which office does it, and by
// when. It is the team's own and goes into no packet. What is to be done is sealed.
type Task struct {
	Office string  `json:"office"`        // a member of the case
	Due    *Moment `json:"due,omitempty"` // none: it has no time
}

// TaskDetail is what is to be done.
type TaskDetail struct {
	What string `json:"what"`
}

// TaskEnd is how a task ended.
type TaskEnd struct {
	Outcome string    `json:"outcome"` // done, dropped
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"` // account
}

// Noun implements Content.
func (Task) Noun() string { return nounTask }

const nounTask = "task"

// About implements Content.
func (Task) About() string { return "" }

// Moment implements Content.
func (t Task) Moment() time.Time {
	if t.Due == nil {
		return time.Time{}
	}
	return t.Due.At
}

func (Task) check() error { return nil }

// TasksOverdue are the tasks that were due between two times and have not ended,
// with the office whose they are.
func TasksOverdue(tx *store.Tx, since, now time.Time) (out []Item, offices []string, err error) {
	all, err := standing(store.Docs[Item](tx, `SELECT doc FROM case_item WHERE noun = 'task' AND at > $1 AND at <= $2 ORDER BY at, id`, store.Micros(since), store.Micros(now)))
	if err != nil {
		return nil, nil, err
	}
	for _, i := range all {
		var t Task
		if err := i.Decode(&t); err != nil {
			return nil, nil, err
		}
		if i.Ended == nil && t.Due != nil {
			out, offices = append(out, i), append(offices, t.Office)
		}
	}
	return out, offices, nil
}

// TaskFields are a task as it is entered.
type TaskFields struct {
	What   string `json:"what"`
	Office string `json:"office,omitempty"`
	Due    string `json:"due,omitempty"`
	Zone   string `json:"zone,omitempty"`
}

func (f TaskFields) draft(d *act.Draw, c Case) (draft[Task], error) {
	var out draft[Task]
	what := strings.TrimSpace(f.What)
	t := Task{Office: f.Office}
	if t.Office == "" {
		t.Office = d.By.Office
	}
	if f.Due != "" {
		due, err := ParseMoment(f.Due, OfficeZone(d, f.Zone))
		if err != nil {
			return out, err
		}
		t.Due = &due
	}
	switch {
	case what == "":
		return out, refusal.New("casefile.task_missing")
	case !c.hasMember(t.Office):
		return out, refusal.New("casefile.task_office")
	}
	return draft[Task]{t, TaskDetail{What: what}}, short("what", what, maxText)
}

// fields are a task as it is entered.
func (t Task) fields(d TaskDetail) TaskFields {
	f := TaskFields{What: d.What, Office: t.Office}
	if t.Due != nil {
		f.Due, f.Zone = t.Due.stated(), t.Due.Zone
	}
	return f
}

// AddTask records something to be done, by the actor's own office if none is named.
type AddTask struct {
	Case string `json:"case"`
	TaskFields
}

// Verb implements act.Command.
func (*AddTask) Verb() string { return "case.add_task" }

// Decide implements act.Command.
func (a *AddTask) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return add(tx, d, a.Case, func(c Case) (draft[Task], error) { return a.draft(d, c) })
}

// CorrectTask changes what is to be done, by whom or by when.
type CorrectTask struct {
	Correction
	TaskFields
}

// Verb implements act.Command.
func (*CorrectTask) Verb() string { return "case.correct_task" }

// Decide implements act.Command.
func (k *CorrectTask) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k = new(*k) // what was sent stays as it was: the rule may run again
	return correct(tx, d, k.Correction, &k.TaskFields, func(c Case) (draft[Task], error) { return k.draft(d, c) })
}

// EndTask says that a task is done, or that it is not to be done any more.
type EndTask struct {
	Task    string `json:"task"`
	Outcome string `json:"outcome"` // done, dropped
}

var taskOutcomes = list{"outcome", []string{"done", "dropped"}}

// TaskEnded is the fact that a task ended.
type TaskEnded struct {
	journal.Envelope
	ID      string `json:"id"`
	Outcome string `json:"outcome"`
}

// Kind implements journal.Fact.
func (TaskEnded) Kind() string { return "case.task_ended.1" }

// Verb implements act.Command.
func (*EndTask) Verb() string { return "case.end_task" }

// Decide implements act.Command.
func (k *EndTask) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	i, err := LoadItem(tx, k.Task)
	if err != nil {
		return nil, err
	}
	if i.Noun != nounTask {
		return nil, refusal.NotFound()
	}
	c, err := writable(tx, d, i.Case, typeOf(i.Noun), i.ID)
	switch {
	case err != nil:
		return nil, err
	case i.Withdrawn || i.Ended != nil:
		return nil, refusal.Conflict("casefile.task_ended")
	case !taskOutcomes.has(k.Outcome):
		return nil, refusal.New("casefile.not_on_list", "Field", "outcome")
	}
	return []journal.Fact{&TaskEnded{Envelope: c.envelope(), ID: i.ID, Outcome: k.Outcome}}, nil
}

// applyTaskEnded notes on a task how it ended.
func applyTaskEnded(tx *store.Tx, e journal.Entry, f TaskEnded) error {
	i, err := LoadItem(tx, f.ID)
	if err != nil {
		return err
	}
	i.Ended = &TaskEnd{Outcome: f.Outcome, At: e.Created}
	if e.By != nil {
		i.Ended.By = e.By.ID
	}
	if err := tx.Exec(`UPDATE case_item SET doc = $2 WHERE id = $1`, i.ID, store.JSON(i)); err != nil {
		return err
	}
	return remember(tx, i.ID, e.Seq)
}

// hasMember reports whether an office needs to know of the case.
func (c Case) hasMember(office string) bool { return slices.Contains(c.Members, office) }
