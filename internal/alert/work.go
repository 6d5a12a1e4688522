package alert

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Acknowledged says that a person of one side has read the alert. Released.
type Acknowledged struct {
	journal.Envelope
	Alert string `json:"alert"`
}

// Kind implements journal.Fact.
func (Acknowledged) Kind() string { return "alert.acknowledged.1" }

// Acknowledge says that one has read an alert and takes no task of it.
type Acknowledge struct {
	Alert string `json:"alert"`
}

// Verb implements act.Command.
func (*Acknowledge) Verb() string { return "alert.acknowledge" }

// Decide implements act.Command.
func (c *Acknowledge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, err := mine(tx, d, c.Alert)
	if err != nil {
		return nil, err
	}
	if _, already := a.readBy(d.Node); already {
		return nil, refusal.Conflict("alert.acknowledged_already")
	}
	return []journal.Fact{&Acknowledged{Envelope: a.envelope(d.Node), Alert: a.ID}}, nil
}

func applyAcknowledged(tx *store.Tx, e journal.Entry, f Acknowledged) error {
	return change(tx, f.Alert, func(a *Alert) { a.hears(mark(e)) })
}

// Taken says who does a task of the alert. Released.
type Taken struct {
	journal.Envelope
	Alert string `json:"alert"`
	Task  string `json:"task"`
}

// Kind implements journal.Fact.
func (Taken) Kind() string { return "alert.task_taken.1" }

// Take is "I take it", on a task that is free.
type Take struct {
	Alert string `json:"alert"`
	Task  string `json:"task"`
}

// Verb implements act.Command.
func (*Take) Verb() string { return "alert.take" }

// Decide implements act.Command.
func (c *Take) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, err := mine(tx, d, c.Alert)
	if err != nil {
		return nil, err
	}
	t := a.task(c.Task)
	switch {
	case t == nil:
		return nil, refusal.New("alert.task_unknown")
	case len(t.Taken) > 0:
		return nil, refusal.Conflict("alert.taken_already", "Name", t.Taken[0].Name)
	}
	return []journal.Fact{&Taken{Envelope: a.envelope(d.Node), Alert: a.ID, Task: c.Task}}, nil
}

func applyTaken(tx *store.Tx, e journal.Entry, f Taken) error {
	return change(tx, f.Alert, func(a *Alert) {
		a.hears(mark(e))
		if t := a.task(f.Task); t != nil {
			t.Taken = insert(t.Taken, mark(e))
		}
	})
}

// insert keeps marks in the order in which they were made, the same on both
// nodes whatever arrived when.
func insert(marks []Mark, m Mark) []Mark {
	marks = append(marks, m)
	slices.SortStableFunc(marks, func(x, y Mark) int {
		if c := x.At.Compare(y.At); c != 0 {
			return c
		}
		return strings.Compare(x.Fact, y.Fact)
	})
	return marks
}

// admitTaken takes a task of the other side once.
func admitTaken(tx *store.Tx, m wire.Message, f Taken) (wire.Code, error) {
	if code, err := admitOf(tx, m, f.Alert); code != "" || err != nil {
		return code, err
	}
	a, err := Load(tx, f.Alert)
	if err != nil {
		return "", err
	}
	t := a.task(f.Task)
	if t == nil {
		return wire.CodeContent, nil
	}
	if slices.ContainsFunc(t.Taken, func(x Mark) bool { return x.Node == m.Act.From.Node }) {
		return wire.CodeStep, nil
	}
	return "", nil
}

// Reported says what is known now. Released; the words are sealed (partWords).
type Reported struct {
	journal.Envelope
	Alert  string `json:"alert"`
	Number int    `json:"number,omitempty"` // of people, as it is known now; 0 where nothing new is
}

// Kind implements journal.Fact.
func (Reported) Kind() string { return "alert.reported.1" }

// Report says what is known now.
type Report struct {
	Alert  string `json:"alert"`
	Number int    `json:"number,omitempty"`
	Where  string `json:"where,omitempty"`
	Known  string `json:"known"`
}

// Verb implements act.Command.
func (*Report) Verb() string { return "alert.report" }

// Decide implements act.Command.
func (c *Report) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, err := mine(tx, d, c.Alert)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Number < 0 || c.Number > mostPeople:
		return nil, refusal.New("alert.number", "Max", mostPeople)
	case strings.TrimSpace(c.Known) == "":
		return nil, refusal.New("alert.words_missing")
	}
	f := &Reported{Envelope: a.envelope(d.Node), Alert: a.ID, Number: c.Number}
	if err := a.write(tx, d, &f.Envelope, Words{Where: c.Where, Text: c.Known}); err != nil {
		return nil, err
	}
	return []journal.Fact{f}, nil
}

func applyReported(tx *store.Tx, e journal.Entry, f Reported) error {
	return change(tx, f.Alert, func(a *Alert) {
		a.hears(mark(e))
		a.Reports = insert(a.Reports, mark(e))
		if last := a.Reports[len(a.Reports)-1]; f.Number > 0 && last.Fact == e.ID {
			a.Number = f.Number
		}
	})
}
