package network

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Show gives the chart that begins at a named adult suspect or at a thing, as
// the reader may see it. Whoever is protected is absent, as a start too. It
// refuses network.day.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose string, ask Ask) (Chart, error) {
	return act.View(ctx, a, by, purpose, "network", func(tx *store.Tx, v *act.Viewing) (Chart, error) { return See(tx, v, ask) })
}

// resource is a chart of somebody's office.
func resource(by access.Actor) access.Resource {
	return access.Resource{Type: "chart", Offices: []string{by.Office}}
}

// See is Show within another view.
func See(tx *store.Tx, v *act.Viewing, ask Ask) (Chart, error) {
	none := Chart{Nodes: []Node{}, Edges: []Edge{}}
	if err := v.Must(resource(v.By)); err != nil {
		return none, err
	}
	b := &builder{tx: tx, v: v, cases: map[string]*file{}, nodes: map[string]*Node{}, drawn: map[string]bool{}, gathered: map[string][]link{}}
	if ask.Until != "" {
		day, err := time.Parse(time.DateOnly, ask.Until)
		if err != nil {
			return none, refusal.New("network.day", "field", "until")
		}
		b.until = day.AddDate(0, 0, 1)
	}
	start, err := b.start(ask.Start)
	if err != nil {
		return none, err
	}
	if err := b.open(start, ask.Open); err != nil {
		return none, err
	}
	path := 0
	if ask.To != "" && ask.To != cmp.Or(ask.From, ask.Start) {
		from, ok := b.standing(ask.From)
		if !ok {
			return none, refusal.NotFound()
		}
		if path, err = b.path(from, ask.To); err != nil {
			return none, err
		}
	}
	b.settle()
	if err := b.count(); err != nil {
		return none, err
	}
	return b.chart(path, ask.Without), nil
}

// standing is the node of an object that is on the chart; the start for none.
func (b *builder) standing(object string) (Node, bool) {
	for _, id := range b.order {
		if n := b.nodes[id]; n.Object == object || object == "" && n.Start {
			return *n, true
		}
	}
	return Node{}, false
}

// builder puts a chart together.
type builder struct {
	tx    *store.Tx
	v     *act.Viewing
	until time.Time // nothing of cases opened then or later; zero for no bound
	cases map[string]*file
	nodes map[string]*Node
	order []string
	edges []Edge
	drawn map[string]bool // edges

	gathered map[string][]link // what a cluster stands for
}

// link is a neighbour with the claim that leads to it.
type link struct {
	to   Node
	edge Edge
}

// file is a case as the reader may see it.
type file struct {
	view     casefile.View
	suspects map[string]casefile.PersonView
	grades   map[string]string // item → grade of the exhibit that it is
}

// load reads a case once; nil if it may not be seen, or is past the bound.
func (b *builder) load(id string) (*file, error) {
	if f, known := b.cases[id]; known {
		return f, nil
	}
	view, err := casefile.See(b.tx, b.v, id)
	if refusal.Is(err, "access.not_found") || err == nil && !b.until.IsZero() && !view.Opened.Before(b.until) {
		b.cases[id] = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f := &file{view: view, suspects: map[string]casefile.PersonView{}, grades: map[string]string{}}
	for _, p := range view.People {
		if p.Class == casefile.Suspect && p.Identity != nil && p.Identity.Named() {
			f.suspects[p.ID] = p
			for _, was := range p.Merged {
				f.suspects[was] = p
			}
		}
	}
	exhibits, err := evidence.OfCase(b.tx, view.Case)
	if err != nil {
		return nil, err
	}
	for _, x := range exhibits {
		r, err := x.Resource(b.tx)
		if err != nil {
			return nil, err
		}
		if x.Item != "" && b.v.See(r) {
			f.grades[x.Item] = x.Source + strconv.Itoa(x.Information)
		}
	}
	b.cases[id] = f
	return f, nil
}

// start is the thing at which a chart begins; what may not be seen, and whoever
// is protected, is absent.
func (b *builder) start(id string) (Node, error) {
	r, err := casefile.ResourceOf(b.tx, id)
	if err != nil {
		return Node{}, err
	}
	f, err := b.load(r.Case)
	if err != nil {
		return Node{}, err
	}
	if f == nil {
		return Node{}, refusal.NotFound()
	}
	if p, named := f.suspects[id]; named {
		return f.person(p), nil
	}
	for _, i := range f.view.Items {
		if n, ok := b.thing(f, i); ok && i.ID == id {
			return n, nil
		}
	}
	return Node{}, refusal.NotFound()
}

func (f *file) node() Node {
	return Node{ID: "case-" + f.view.Case.ID, Object: f.view.Case.ID, Noun: KindCase, Label: f.view.Number, Case: f.view.Case.ID, Number: f.view.Number}
}

func (f *file) person(p casefile.PersonView) Node {
	return Node{ID: "person-" + p.ID, Object: p.ID, Noun: KindPerson, Label: p.Called(), Case: f.view.Case.ID, Number: f.view.Number}
}

// thing is an item as a node: the same telephone, vehicle or organisation is one
// node in all cases. What somebody protected holds is none.
func (b *builder) thing(f *file, i casefile.ItemView) (Node, bool) {
	if _, named := f.suspects[i.Person]; i.Person != "" && !named {
		return Node{}, false
	}
	var label, key string
	read := func(raw json.RawMessage, into any) bool { return len(raw) > 0 && json.Unmarshal(raw, into) == nil }
	switch i.Noun {
	case KindPhone:
		var x casefile.PhoneDetail
		if !read(i.Detail, &x) {
			return Node{}, false
		}
		label, key = x.Number, x.Number
	case KindVehicle:
		var x casefile.VehicleDetail
		if !read(i.Detail, &x) {
			return Node{}, false
		}
		if label = x.Plate; label == "" {
			label = x.VIN
		}
		if key = x.Issuer + "/" + casefile.Fold(x.Plate); x.Plate == "" {
			key = "vin/" + x.VIN
		}
	case KindOrganisation:
		var x casefile.Organisation
		if !read(i.Content, &x) {
			return Node{}, false
		}
		label, key = x.Name, casefile.Fold(x.Name)
	}
	if label == "" {
		return Node{}, false
	}
	return Node{ID: i.Noun + "-" + b.v.Ring.Token("network/"+i.Noun, key)[:16], Object: i.ID, Noun: i.Noun, Label: label, Case: f.view.Case.ID, Number: f.view.Number}, true
}

// claim is an edge of a case; what rests on an exhibit has its grade.
func (f *file) claim(from, to Node, verb, item, source string) Edge {
	if source == "" {
		source = "recorded"
	}
	return Edge{From: from.ID, To: to.ID, Verb: verb, Source: source, Grade: f.grades[item], Number: f.view.Number, At: f.view.Opened}
}

// neighbours are what a node leads to, the newest case first, each decided.
func (b *builder) neighbours(n Node) (out []link, err error) {
	f, err := b.load(n.Case)
	if err != nil || f == nil {
		return nil, err
	}
	switch n.Noun {
	case KindCase:
		return b.ofCase(f), nil
	case KindPerson:
		return b.ofPerson(f, n)
	}
	hits, err := casefile.Search(b.tx, b.v, casefile.Question{Words: n.Label, Noun: n.Noun}, "")
	if err != nil {
		return nil, err
	}
	for _, h := range hits.Hits {
		in, err := b.load(h.Case)
		if err != nil {
			return nil, err
		}
		if in != nil {
			out = append(out, b.ofThing(in, n)...)
		}
	}
	return out, nil
}

// ofCase are the suspects and things of a case.
func (b *builder) ofCase(f *file) (out []link) {
	own := f.node()
	for _, p := range f.view.People {
		if q, named := f.suspects[p.ID]; named {
			out = append(out, link{f.person(q), f.role(q, own)})
		}
	}
	for _, i := range f.view.Items {
		if t, ok := b.thing(f, i); ok && i.Person == "" {
			out = append(out, link{t, f.claim(t, own, "occurs_in", i.ID, "")})
		}
	}
	return out
}

// role is the claim by which a person is a suspect of a case.
func (f *file) role(p casefile.PersonView, own Node) Edge {
	e := f.claim(f.person(p), own, "suspect_in", "", "")
	for _, r := range p.Roles {
		if r.Role.Role == "suspect" {
			e.As, e.Source, e.Grade = r.Function, r.Source.Kind, f.grades[r.Source.Item]
		}
	}
	return e
}

// ofPerson are the case of a person, what the person holds, and records of other
// cases under the same identifier.
func (b *builder) ofPerson(f *file, n Node) (out []link, err error) {
	p := f.suspects[n.Object]
	out = append(out, link{f.node(), f.role(p, f.node())})
	for _, i := range f.view.Items {
		if q, held := f.suspects[i.Person]; held && q.ID == p.ID {
			if t, ok := b.thing(f, i); ok {
				out = append(out, link{t, f.claim(t, n, "held_by", i.ID, "")})
			}
		}
	}
	for _, id := range p.Identity.Identifiers {
		hits, err := casefile.Search(b.tx, b.v, casefile.Question{Words: id.Value, Noun: KindPerson}, "")
		if err != nil {
			return nil, err
		}
		for _, h := range hits.Hits {
			in, err := b.load(h.Case)
			if err != nil || in == nil {
				return nil, err
			}
			q, named := in.suspects[h.Object]
			if !named || q.ID == p.ID || !slices.Contains(q.Identity.Identifiers, id) {
				continue
			}
			other := in.person(q)
			out = append(out, link{other, in.claim(n, other, "same_identifier", "", "document")})
		}
	}
	return out, nil
}

// ofThing are the case in which a thing occurs and who holds it there.
func (b *builder) ofThing(f *file, n Node) (out []link) {
	for _, i := range f.view.Items {
		t, ok := b.thing(f, i)
		if !ok || t.ID != n.ID {
			continue
		}
		if q, held := f.suspects[i.Person]; held {
			out = append(out, link{f.person(q), f.claim(n, f.person(q), "held_by", i.ID, "")})
			continue
		}
		out = append(out, link{f.node(), f.claim(n, f.node(), "occurs_in", i.ID, "")})
	}
	return out
}
