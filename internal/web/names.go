package web

import (
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/wire"
)

// has reports whether there is a text of this key.
func has(key string) bool { return i18n.Has(key) }

// split reads "kind/id".
func split(topic string) (kind, id string) {
	kind, id, _ = strings.Cut(topic, "/")
	return kind, id
}

// lookUp reads what a page is told in: names of offices and people, zones,
// corridors. A fault leaves the code standing in for the name, and is logged.
func (q *request) lookUp(f func(tx *store.Tx) error) {
	if err := q.s.Acts.DB.Read(q.r.Context(), f); err != nil && q.r.Context().Err() == nil {
		q.s.Log.Error("names for a page", "error", err)
	}
}

// roleWords are what roles are called.
func (q *request) roleWords(roles []string) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = q.word("role.", r)
	}
	return out
}

// once looks a name up the first time that the page asks for it: a list asks in
// each row.
func (q *request) once(of wire.Address, look func() string) string {
	name, known := q.names[of]
	if !known {
		if q.names == nil {
			q.names = map[wire.Address]string{}
		}
		name = look()
		q.names[of] = name
	}
	return name
}

// peerCountry is the country of another node, as its descriptor says.
func (q *request) peerCountry(node string) string {
	return q.once(wire.Address{Node: node}, func() string { return q.findPeerCountry(node) })
}

func (q *request) findPeerCountry(node string) string {
	country := node
	q.lookUp(func(tx *store.Tx) error {
		if p, err := exchange.FindPeer(tx, node); err == nil {
			country = p.Country
		}
		return nil
	})
	return strings.ToLower(country)
}

// office is what an office is called: as this node opened it, as an accord
// names it, or its id.
func (q *request) office(node, id string) string {
	return q.once(wire.Address{Node: node, Office: id}, func() string { return q.findOffice(node, id) })
}

func (q *request) findOffice(node, id string) string {
	name := id
	q.lookUp(func(tx *store.Tx) error {
		if node == q.s.Acts.Node {
			if o, ok, err := access.LoadOffice(tx, id); err == nil && ok {
				name = map[i18n.Lang]string{i18n.English: o.Name.En, i18n.Spanish: o.Name.Es}[q.lang]
			}
			return nil
		}
		all, err := accord.All(tx)
		if err != nil {
			return err
		}
		for _, a := range all {
			if o, ok := a.Document.Office(wire.Address{Node: node, Office: id}); ok {
				name = o.Title.In(q.lang)
				return nil
			}
		}
		return nil
	})
	return name
}

// named makes choices of words of the programme.
func named[T any](q *request, list []T, id func(T) string, name func(T) program.Text) []component.Option {
	out := make([]component.Option, 0, len(list))
	for _, x := range list {
		out = append(out, component.Option{Value: id(x), Label: name(x).In(q.lang)})
	}
	return out
}

// words makes choices of the programme's words.
func (q *request) words(list []program.Word) []component.Option {
	return named(q, list, func(w program.Word) string { return w.ID }, func(w program.Word) program.Text { return w.Title })
}

// handling is a label as pages show it: the code, then the controls of the
// originator's own law, none of which the code takes away.
func (q *request) handling(code string, controls []string) *component.Handling {
	h := &component.Handling{Code: code}
	for _, id := range controls {
		if w, ok := program.ControlByID(id); ok {
			h.Controls = append(h.Controls, w.Title.In(q.lang))
		}
	}
	return h
}

// codes makes choices of codes whose names are the texts prefix+code.
func (q *request) codes(prefix string, list []string) []component.Option {
	out := make([]component.Option, 0, len(list))
	for _, c := range list {
		out = append(out, component.Option{Value: c, Label: q.word(prefix, c)})
	}
	return out
}

func (q *request) languages(codes []string) string { return q.tell().Languages(codes) }

// ownLanguages are the two languages of the programme, as choices.
func (q *request) ownLanguages() []component.Option {
	var out []component.Option
	for _, l := range i18n.Languages() {
		out = append(out, component.Option{Value: string(l), Label: program.LanguageName(string(l), q.lang)})
	}
	return out
}

func (q *request) offence(id string) string { return q.tell().Offence(id) }
