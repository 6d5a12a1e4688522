package export

import (
	"context"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Search takes what a search finds out of the node as a list, for one purpose
// and a reason of the list: whoever takes it reads it for an hour at lists/ID,
// under their mark.
type Search struct {
	casefile.Question
	Reason string `json:"reason"`
}

// Verb implements act.Command.
func (*Search) Verb() string { return "search.export" }

// ListTaken is the fact that somebody took a list out. What was searched for
// may name somebody: it is the sealed part "question".
type ListTaken struct {
	journal.Envelope
	Reason string `json:"reason"`
	Rows   int    `json:"rows"` // of what the office could know, that answer it
	Key    string `json:"key"`
}

// Kind implements journal.Fact.
func (*ListTaken) Kind() string { return "search.list_taken.1" }

const questionPart = "question"

// searched is the resource of a search by somebody's office.
func searched(by access.Actor) access.Resource {
	return access.Resource{Type: "search", Offices: []string{by.Office}}
}

// Decide implements act.Command.
func (x *Search) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, searched(d.By)); err != nil {
		return nil, err
	}
	if err := casefile.TakenFor(x.Reason); err != nil {
		return nil, err
	}
	if x.Empty() {
		return nil, refusal.New("search.nothing")
	}
	rows, err := casefile.Matching(tx, d.By.Office, x.Question, mostRows+1)
	if err != nil {
		return nil, err
	}
	if rows > mostRows {
		return nil, refusal.New("export.list_long", "Most", mostRows)
	}
	taken := &ListTaken{Reason: x.Reason, Rows: rows, Key: d.NewKey("list/" + d.By.Office)}
	part, err := d.Seal(tx, taken.Key, questionPart, x.Question)
	taken.Envelope = journal.Envelope{Sealed: []wire.Part{part}}
	return []journal.Fact{taken}, err
}

// ListRow is one line of a list: a case, a thing of it, an event, a named adult
// suspect, with how many people of the case are protected; or an exhibit or a
// referral, which names none.
type ListRow struct {
	casefile.Hit
	Protected int `json:"protected"`
}

// List is what a search found, as it was taken out.
type List struct {
	Mark    Mark      `json:"mark"`
	Rows    []ListRow `json:"rows"`
	LeftOut int       `json:"left_out"` // whose handling code keeps them here
	Until   time.Time `json:"until"`    // it can be read
	Files   []File    `json:"files"`
}

// File is a list in the form of a file.
type File struct {
	Name    string `json:"name"`
	Media   string `json:"media"`
	Content []byte `json:"content,omitempty"`
}

// ShowList gives a list to whoever took it, for the purpose they took it for,
// while it can be read: with its files, if they are wanted. What they may see is
// asked again of each row, and so is whether it may leave under its handling code.
func ShowList(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string, files bool) (List, error) {
	list, err := act.View(ctx, a, by, purpose, "search.list", func(tx *store.Tx, v *act.Viewing) (List, error) {
		out := List{Rows: []ListRow{}, Files: []File{}}
		e, f, err := act.Own[ListTaken](tx, v, id)
		if err != nil {
			return out, err
		}
		if out.Until = e.Recorded.Add(act.Readable); a.Now().After(out.Until) {
			return out, refusal.New("export.over")
		}
		var question casefile.Question
		if ok, err := v.OpenPart(tx, id, questionPart, &question); err != nil || !ok {
			return out, refusal.NotFound()
		}
		hits, err := casefile.Every(tx, v, question)
		if err != nil {
			return out, err
		}
		out.Mark = markOf(e, f.Reason, i18n.Lang(by.Lang))
		return out, out.fill(tx, v, hits, f.Reason)
	})
	if err != nil || !files {
		return list, err
	}
	list.Files, err = list.write(i18n.Lang(by.Lang))
	return list, err
}

// fill adds the rows that may leave, and counts the others.
func (l *List) fill(tx *store.Tx, v *act.Viewing, hits []casefile.Hit, reason string) error {
	type standing struct {
		leaves    bool
		protected int
	}
	known := map[string]standing{}
	for _, h := range hits {
		key := h.Case
		if key == "" {
			key = h.Object
		}
		s, asked := known[key]
		if !asked {
			r, c, err := casefile.LeavingHit(tx, h, reason)
			if err != nil {
				return err
			}
			s.leaves = v.May((*Search)(nil).Verb(), r)
			if c != nil {
				if s.protected, err = casefile.ProtectedIn(tx, v, *c); err != nil {
					return err
				}
			}
			known[key] = s
		}
		if !s.leaves {
			l.LeftOut++
			continue
		}
		l.Rows = append(l.Rows, ListRow{h, s.protected})
	}
	return nil
}

// markOf is the mark of whoever took something out by a fact.
func markOf(e journal.Entry, reason string, l i18n.Lang) Mark {
	return Mark{Export: e.ID, By: e.By.Name, Office: e.From.Office, Node: e.Node, Purpose: e.Purpose, Reason: reason, At: e.Recorded,
		Words: casefile.TakenBy(e, reason, l)}
}
