package alert

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// mostPeople bounds the number of people of an alert.
const mostPeople = 100_000

// Raised is the fact that lives are at risk. Released in the alert lane; where
// exactly and what is known is sealed (partWords).
type Raised struct {
	journal.Envelope
	ID        string     `json:"id"`
	Danger    string     `json:"danger"`
	Region    string     `json:"region"`
	Number    int        `json:"number"`
	Corridors []Corridor `json:"corridors,omitempty"`
}

// Kind implements journal.Fact.
func (Raised) Kind() string { return "alert.raised.1" }

// Starts tells the id of the alert.
func (f Raised) Starts() string { return f.ID }

// Raise says that lives are at risk.
type Raise struct {
	Danger string `json:"danger"`
	Region string `json:"region"`
	Number int    `json:"number,omitempty"`
	Where  string `json:"where"`
	Known  string `json:"known,omitempty"`
	Node   string `json:"node,omitempty"` // the other node, where the office has corridors with several
	Case   string `json:"case,omitempty"` // of this node, by id or number, that it belongs to
	// Nationalities that are known: the consular protection of these countries
	// hears of it at once. Asked, if a person asks for the consulate.
	Nationalities []string `json:"nationalities,omitempty"`
	Asked         bool     `json:"asked,omitempty"`
}

// Verb implements act.Command.
func (*Raise) Verb() string { return "alert.raise" }

// Decide implements act.Command.
func (c *Raise) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, access.Resource{Type: typeAlert, Offices: []string{d.By.Office}}); err != nil {
		return nil, err
	}
	switch {
	case tasksOf[c.Danger] == nil:
		return nil, refusal.New("alert.danger_unknown")
	case c.Number < 0 || c.Number > mostPeople:
		return nil, refusal.New("alert.number", "Max", mostPeople)
	case strings.TrimSpace(c.Where) == "":
		return nil, refusal.New("alert.where_missing")
	}
	if _, known := program.RegionByID(c.Region); !known {
		return nil, refusal.New("alert.region_unknown")
	}
	peer, corridors, err := standing(tx, d, c.Node)
	if err != nil {
		return nil, err
	}
	a := Alert{ID: d.ID(), Raised: Mark{Node: d.Node}, To: peer}
	f := &Raised{Envelope: a.envelope(d.Node), ID: a.ID, Danger: c.Danger, Region: c.Region, Number: c.Number, Corridors: corridors}
	if err := a.write(tx, d, &f.Envelope, Words{Where: c.Where, Text: c.Known}); err != nil {
		return nil, err
	}
	facts := []journal.Fact{f}
	if c.Case != "" {
		l, err := linked(tx, d, a.ID, c.Case)
		if err != nil {
			return nil, err
		}
		facts = append(facts, l)
	}
	if len(c.Nationalities) > 0 || c.Asked {
		t, err := told(a.envelope(d.Node), a.ID, c.Nationalities, c.Asked)
		if err != nil {
			return nil, err
		}
		facts = append(facts, t)
	}
	return facts, nil
}

// standing are the corridors that hold the actor's office, all of one other
// node. An accord that is suspended counts: nothing new is referred under it,
// and people are still rescued. An office without any raises the alert at home.
func standing(tx *store.Tx, d *act.Draw, node string) (peer string, out []Corridor, err error) {
	all, err := accord.All(tx)
	if err != nil {
		return "", nil, err
	}
	for _, a := range all {
		other, party := a.Document.Other(d.Node)
		if s := a.Status(d.Now); !party || s != accord.StatusInForce && s != accord.StatusSuspended || node != "" && other.Node != node {
			continue
		}
		for _, c := range a.Document.Corridors {
			if !c.Has(wire.Address{Node: d.Node, Office: d.By.Office}) {
				continue
			}
			if peer != "" && peer != other.Node {
				return "", nil, refusal.New("alert.which_node")
			}
			peer, out = other.Node, append(out, Corridor{Accord: a.ID, Corridor: c.ID})
		}
	}
	if node != "" && peer == "" {
		return "", nil, refusal.New("alert.no_corridor")
	}
	return peer, out, nil
}

// applyRaised lets the offices of the corridors know, on both nodes: an id of
// an office that is of the other node stands for nobody here.
func applyRaised(tx *store.Tx, e journal.Entry, f Raised) error {
	a := Alert{ID: f.ID, Danger: f.Danger, Region: f.Region, Number: f.Number, Raised: mark(e), To: e.To.Node, Corridors: f.Corridors,
		Read: []Mark{}, Reports: []Mark{}, Outcomes: []Outcome{}, Reviews: []Mark{}}
	a.hears(a.Raised)
	for _, t := range Tasks {
		if slices.Contains(tasksOf[f.Danger], t) {
			a.Tasks = append(a.Tasks, Task{ID: t, Taken: []Mark{}})
		}
	}
	if err := a.save(tx); err != nil {
		return err
	}
	if err := access.Member(tx, typeAlert, a.ID, e.From.Office); err != nil {
		return err
	}
	for _, c := range f.Corridors {
		if err := a.tell(tx, c, ofCorridor); err != nil {
			return err
		}
	}
	return nil
}

// ofCorridor tells the offices of the corridor alone.
func ofCorridor(_ accord.Office, in bool) bool { return in }

// tell makes offices of a corridor's accord members of the alert: those that are
// chosen, by whether the corridor has them.
func (a Alert) tell(tx *store.Tx, c Corridor, choose func(o accord.Office, in bool) bool) error {
	doc, err := accord.Load(tx, c.Accord)
	if err != nil {
		return err
	}
	var offices []string
	for _, o := range doc.Document.Offices {
		if choose(o, slices.ContainsFunc(doc.Document.Corridors, func(x accord.Corridor) bool { return x.ID == c.Corridor && x.Has(o.Address()) })) {
			offices = append(offices, o.ID)
		}
	}
	for _, o := range offices {
		if err := access.Member(tx, typeAlert, a.ID, o); err != nil {
			return err
		}
	}
	return nil
}

// admitRaised takes an alert from an office of a corridor of an accord that
// stands, also one that is suspended.
func admitRaised(tx *store.Tx, m wire.Message, f Raised) (wire.Code, error) {
	if code := lifeAtRisk(m); code != "" {
		return code, nil
	}
	_, region := program.RegionByID(f.Region)
	if m.Act.Case != f.ID || tasksOf[f.Danger] == nil || !region || f.Number < 0 || f.Number > mostPeople || len(f.Corridors) == 0 || len(f.Corridors) > 20 {
		return wire.CodeContent, nil
	}
	for _, c := range f.Corridors {
		a, err := accord.Load(tx, c.Accord)
		if _, absent := refusal.As(err); absent {
			return wire.CodeAccord, nil
		}
		if err != nil {
			return "", err
		}
		other, party := a.Document.Other(m.Act.To.Node)
		if s := a.Status(m.Act.Created); !party || other.Node != m.Act.From.Node || s != accord.StatusInForce && s != accord.StatusSuspended {
			return wire.CodeAccord, nil
		}
		if !slices.ContainsFunc(a.Document.Corridors, func(x accord.Corridor) bool { return x.ID == c.Corridor && x.Has(m.Act.From) }) {
			return wire.CodeAccord, nil
		}
	}
	return unknown(tx, f.ID)
}

// unknown refuses an id that an alert has already.
func unknown(tx *store.Tx, id string) (wire.Code, error) {
	_, err := Load(tx, id)
	if _, absent := refusal.As(err); absent {
		return "", nil
	}
	return wire.CodeContent, err
}

func lifeAtRisk(m wire.Message) wire.Code {
	switch {
	case m.Act.Purpose != wire.PurposeLifeAtRisk:
		return wire.CodePurpose
	case m.Act.By == nil:
		return wire.CodeUnsigned
	}
	return ""
}

// admitOf takes what an office of the other side says of an alert that both hold.
func admitOf(tx *store.Tx, m wire.Message, id string) (wire.Code, error) {
	if code := lifeAtRisk(m); code != "" {
		return code, nil
	}
	a, err := store.Doc[Alert](tx, `SELECT doc FROM alert WHERE id = $1`, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return wire.CodeUnknownObject, nil
	case err != nil:
		return "", fmt.Errorf("alert: %w", err)
	case a.Other(m.Act.To.Node) != m.Act.From.Node, m.Act.Case != id:
		return wire.CodeNotOwner, nil
	}
	for _, c := range a.Corridors { // an office that heard only when it went unanswered is of the accord
		doc, err := accord.Load(tx, c.Accord)
		if err != nil {
			return "", err
		}
		if _, ours := doc.Document.Office(m.Act.From); ours {
			return "", nil
		}
	}
	return wire.CodeNotOwner, nil
}
