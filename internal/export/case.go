package export

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Case takes a case out of the node, for one purpose and a reason of the
// list: whoever takes it reads it for an hour at exports/ID, under their mark.
type Case struct {
	Case   string `json:"case"`
	Reason string `json:"reason"`
}

// mostRows is how many people and items a case may have to be taken out whole.
const mostRows = 2000

// Verb implements act.Command.
func (*Case) Verb() string { return "case.export" }

// Exported is the fact that somebody took a case out.
type Exported struct {
	journal.Envelope
	Case   string `json:"case"`
	Reason string `json:"reason"`
	Rows   int    `json:"rows"` // people and items that the case had
}

// Kind implements journal.Fact.
func (*Exported) Kind() string { return "case.exported.1" }

// Facts registers the facts of this room.
func Facts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f Exported) error { return casefile.Remember(tx, f.Case, e.Seq) })
	journal.Register(k, func(*store.Tx, journal.Entry, ListTaken) error { return nil }) // what was taken stands in no table
	journal.Register(k, func(*store.Tx, journal.Entry, FiguresTaken) error { return nil })
}

// Verbs registers the commands of this room.
func Verbs(v act.Verbs) { v.Add(&Case{}, &Search{}, &Figures{}) }

// Decide implements act.Command.
func (x *Case) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := casefile.Named(tx, x.Case)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, casefile.Resource(c)); err != nil {
		return nil, err
	}
	if err := casefile.TakenFor(x.Reason); err != nil {
		return nil, err
	}
	rows, err := casefile.Rows(tx, c.ID)
	if err != nil {
		return nil, err
	}
	if rows > mostRows {
		return nil, refusal.New("export.too_many", "Rows", rows, "Most", mostRows)
	}
	return []journal.Fact{&Exported{Envelope: journal.Envelope{Case: c.ID}, Case: c.ID, Reason: x.Reason, Rows: rows}}, nil
}

// Mark says who took an export, for what: it stands on every copy.
type Mark struct {
	Export  string    `json:"export"` // id of the fact in the journal
	By      string    `json:"by"`
	Office  string    `json:"office"`
	Node    string    `json:"node"`
	Purpose string    `json:"purpose"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Words   string    `json:"words"` // the same, as a sentence in the reader's language
}

// Document is a case as it was taken out. Who is protected is in it as a
// number, and neither by pseudonym nor by id.
type Document struct {
	Mark      Mark                  `json:"mark"`
	Case      casefile.Row          `json:"case"`
	Named     []casefile.PersonView `json:"named"`     // adult suspects and officials acting as such
	Protected int                   `json:"protected"` // how many other people the case has
	Items     []casefile.ItemView   `json:"items"`
	LeftOut   map[string]int        `json:"left_out"` // what is of somebody protected, counted by its kind
}

// Show gives an export to whoever took it, for the purpose they took it for,
// while it can be read. What they may see of the case is asked again.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (Document, error) {
	return act.View(ctx, a, by, purpose, "case.exported", func(tx *store.Tx, v *act.Viewing) (out Document, err error) {
		e, f, err := act.Own[Exported](tx, v, id)
		if err != nil {
			return out, err
		}
		if a.Now().Sub(e.Recorded) > act.Readable {
			return out, refusal.New("export.over")
		}
		view, err := casefile.See(tx, v, f.Case)
		if err != nil {
			return out, err
		}
		out = documentOf(view)
		out.Mark = markOf(e, f.Reason, i18n.Lang(by.Lang))
		return out, nil
	})
}

// documentOf leaves out of a case whoever is protected and what is of them.
func documentOf(view casefile.View) Document {
	out := Document{Case: view.Row, Named: []casefile.PersonView{}, Items: []casefile.ItemView{}, LeftOut: map[string]int{}}
	hidden := map[string]bool{}
	for _, p := range view.People {
		if p.Identity != nil {
			out.Named = append(out.Named, p)
			continue
		}
		out.Protected++
		hidden[p.ID] = true
		for _, id := range p.Merged {
			hidden[id] = true
		}
	}
	for _, i := range view.Items {
		if i.Noun == "task" {
			continue // the team's own work is no part of the case file
		}
		if hidden[i.Person] {
			out.LeftOut[i.Noun]++
			continue
		}
		i.Content, i.Detail = without(i.Content, hidden), without(i.Detail, hidden)
		out.Items = append(out.Items, i)
	}
	return out
}

// without takes the ids of people out of a JSON value.
func without(raw json.RawMessage, ids map[string]bool) json.RawMessage {
	if len(raw) == 0 {
		return raw
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil // what cannot be read cannot be cleared of anybody
	}
	b, err := json.Marshal(cleared(v, ids))
	if err != nil {
		return nil
	}
	return b
}

func cleared(v any, ids map[string]bool) any {
	switch v := v.(type) {
	case string:
		if ids[v] {
			return nil
		}
	case []any:
		kept := []any{}
		for _, x := range v {
			if s, ok := x.(string); !ok || !ids[s] {
				kept = append(kept, cleared(x, ids))
			}
		}
		return kept
	case map[string]any:
		kept := map[string]any{}
		for k, x := range v {
			if !ids[k] {
				kept[k] = cleared(x, ids)
			}
		}
		return kept
	}
	return v
}
