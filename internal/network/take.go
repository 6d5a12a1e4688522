package network

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

// Export takes a chart out of the node, for a reason of the list: whoever takes
// it reads it for an hour at charts/ID, under their mark.
type Export struct {
	Ask
	Reason string `json:"reason"`
}

// Verb implements act.Command.
func (*Export) Verb() string { return "network.export" }

// Taken is the fact that somebody took a chart out. What it shows is the sealed
// part "ask".
type Taken struct {
	journal.Envelope
	Reason string `json:"reason"`
	Key    string `json:"key"`
}

// Kind implements journal.Fact.
func (*Taken) Kind() string { return "network.chart_taken.1" }

const askPart = "ask"

// Facts registers the facts of this room.
func Facts(k *journal.Kinds) {
	journal.Register(k, func(*store.Tx, journal.Entry, Taken) error { return nil }) // what was taken stands in no table
}

// Verbs registers the commands of this room.
func Verbs(v act.Verbs) { v.Add(&Export{}) }

// Decide implements act.Command.
func (x *Export) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := casefile.ResourceOf(tx, x.Start)
	if err != nil {
		return nil, err
	}
	if err := d.Known(r); err != nil {
		return nil, err
	}
	if err := d.Allow(tx, resource(d.By)); err != nil {
		return nil, err
	}
	if err := casefile.TakenFor(x.Reason); err != nil {
		return nil, err
	}
	taken := &Taken{Reason: x.Reason, Key: d.NewKey("chart/" + d.By.Office)}
	part, err := d.Seal(tx, taken.Key, askPart, x.Ask)
	taken.Envelope = journal.Envelope{Sealed: []wire.Part{part}}
	return []journal.Fact{taken}, err
}

// Taking is a chart as it was taken out, with its files.
type Taking struct {
	Act     string    `json:"act"`
	Mark    string    `json:"mark"`
	Until   time.Time `json:"until"` // it can be read
	LeftOut int       `json:"left_out"`
	Chart   Chart     `json:"chart"`
	Files   []File    `json:"files"`
}

// File is a chart in the form of a file.
type File struct {
	Name    string `json:"name"`
	Media   string `json:"media"`
	Content []byte `json:"content,omitempty"`
}

// ShowTaken gives a chart to whoever took it, for the purpose they took it for,
// while it can be read. What they may see is asked again, and what of it may
// leave under the handling code of each case.
func ShowTaken(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (Taking, error) {
	return act.View(ctx, a, by, purpose, "network.taken", func(tx *store.Tx, v *act.Viewing) (out Taking, err error) {
		e, f, err := act.Own[Taken](tx, v, id)
		if err != nil {
			return out, err
		}
		if out.Until = e.Recorded.Add(act.Readable); a.Now().After(out.Until) {
			return out, refusal.New("export.over")
		}
		var ask Ask
		if ok, err := v.OpenPart(tx, id, askPart, &ask); err != nil || !ok {
			return out, refusal.NotFound()
		}
		whole, err := See(tx, v, ask)
		if err != nil {
			return out, err
		}
		if out.Chart, out.LeftOut, err = leaving(tx, v, whole, f.Reason); err != nil {
			return out, err
		}
		l := i18n.Lang(by.Lang)
		out.Act = e.ID
		out.Mark = casefile.TakenBy(e, f.Reason, l) + " " + e.ID
		text, err := out.Chart.graphml(out.Mark)
		out.Files = []File{{"oasiss-chart.svg", "image/svg+xml", out.Chart.svg(l, out.Mark)}, {"oasiss-chart.graphml", "application/graphml+xml", text}}
		return out, err
	})
}

// leaving leaves out what a case's handling code keeps here.
func leaving(tx *store.Tx, v *act.Viewing, c Chart, reason string) (Chart, int, error) {
	may := map[string]bool{}
	leaves := func(id string) (bool, error) {
		ok, asked := may[id]
		if asked {
			return ok, nil
		}
		x, err := casefile.Load(tx, id)
		if err != nil {
			return false, err
		}
		ok = v.May((*Export)(nil).Verb(), casefile.Leaving(x, reason))
		may[id], may[x.Number] = ok, ok
		return ok, nil
	}
	out, left := Chart{Nodes: []Node{}, Edges: []Edge{}, Path: c.Path}, 0
	kept := map[string]bool{}
	for _, n := range c.Nodes {
		ok := true
		for _, id := range append([]string{n.Case}, n.within...) { // what is counted leaves no more than what is named
			this, err := leaves(id)
			if err != nil {
				return out, 0, err
			}
			ok = ok && this
		}
		if !ok {
			left++
			continue
		}
		kept[n.ID] = true
		out.Nodes = append(out.Nodes, n)
	}
	for _, e := range c.Edges {
		if kept[e.From] && kept[e.To] && may[e.Number] {
			out.Edges = append(out.Edges, e)
		}
	}
	return out, left, nil
}
