package test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// FuzzAPI asks a real node whatever its own description allows, and what it
// does not: no answer is a fault, each no is a problem (RFC 9457) with a code
// that both languages know, and what is refused changes nothing that is stored.
func FuzzAPI(f *testing.F) {
	n, session, pool := askedNode(f)
	d := described(f)
	for i := range len(d.ops) * 3 { // each operation in three moods
		f.Add([]byte{byte(i), byte(i >> 8), byte(7 * i), byte(i), 3, byte(i * 11), 9, 1, 200, byte(i), 5, 5, 40, byte(i), 2, 250})
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		g := &guesser{choices: choices, doc: d, pool: pool}
		op := d.ops[(g.next()|g.next()<<8)%len(d.ops)]
		r := g.request(op)
		if len(op.Security) > 0 {
			r.Header.Set("Authorization", "Bearer "+session)
		}
		before := state(t, n)
		w := httptest.NewRecorder()
		n.Handler().ServeHTTP(w, r)
		if w.Code < 400 {
			return
		}
		if w.Code >= 500 {
			t.Errorf("%s %s answers %d: %s\nasked with %s", r.Method, r.URL, w.Code, w.Body, g.sent)
		}
		var no struct {
			Type, Title, Code string
			Status            int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &no); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s says no without a problem: %s %s", r.Method, r.URL, w.Header().Get("Content-Type"), w.Body)
			return
		}
		if no.Status != w.Code || no.Type != "urn:oasiss:refusal:"+no.Code || no.Title == "" || !i18n.Has("refusal."+no.Code) {
			t.Errorf("%s %s says no by %q, which is no problem of the programme: %s", r.Method, r.URL, no.Code, w.Body)
		}
		if after := state(t, n); after != before {
			t.Errorf("%s %s was refused (%s) and changed what is stored\n was %s\n now %s", r.Method, r.URL, no.Code, before, after)
		}
	})
}

// askedNode is a node with somebody signed in who has a case, and the ids of
// what is there.
func askedNode(t testing.TB) (n *node.Node, session string, pool []string) {
	t.Helper()
	n, session = foundedNode(t)
	do := func(verb, purpose string, cmd map[string]any) string {
		b, err := json.Marshal(cmd)
		if err != nil {
			t.Fatal(err)
		}
		area, name, _ := strings.Cut(verb, ".")
		r := httptest.NewRequest(http.MethodPost, "/api/v1/acts/"+area+"/"+strings.ReplaceAll(name, "_", "-"), strings.NewReader(string(b)))
		r.Header.Set("Authorization", "Bearer "+session)
		r.Header.Set("Oasiss-Purpose", purpose)
		w := httptest.NewRecorder()
		n.Handler().ServeHTTP(w, r)
		var out struct{ Recorded struct{ Object string } }
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || out.Recorded.Object == "" {
			t.Fatalf("%s: %d %s", verb, w.Code, w.Body)
		}
		return out.Recorded.Object
	}
	// founding has given no case role; this one is given past the door, to fuzz behind it
	by, err := n.Guard.FromToken(context.Background(), session, true)
	if err != nil {
		t.Fatal(err)
	}
	grant(t, n, by.User, "prosecutions", "adviser", "supervisor", "intake")
	c := do("case.open", wire.PurposeProsecution, map[string]any{"title": "Anzalduas"})
	p := do("case.add_person", wire.PurposeProsecution, map[string]any{"case": c, "given": "Rutilio", "paterno": "Barragarza", "birth": "1988-02-03", "role": "suspect", "function": "guide", "source": "observation"})
	v := do("case.add_vehicle", wire.PurposeProsecution, map[string]any{"case": c, "kind": "pickup", "make": "Ford"})
	return n, session, []string{c, p, v, by.User, "cbp-programme", "us", "2026-01-02", "2026-01-02T15:04", "UTC", "en", "es", "mx-lm-159-i", "mx-accusatory-2016", "suspect", "guide", "observation", "H0"}
}

// state is how much is stored of everything but the record of what was asked:
// access facts and their leaves, sessions, attempts, acts shown.
func state(t testing.TB, n *node.Node) string {
	t.Helper()
	asking := []string{"fact", "body", "leaf", "tile", "checkpoint", "session", "attempt", "prepared", "command"}
	var out strings.Builder
	err := n.DB.Read(context.Background(), func(tx *store.Tx) error {
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, name := range tables {
			if slices.Contains(asking, name) || strings.HasPrefix(name, "sqlite_") {
				continue
			}
			var rows int64
			if err := tx.QueryRow(`SELECT COUNT(*) FROM "` + name + `"`).Scan(&rows); err != nil {
				return err
			}
			if rows > 0 {
				fmt.Fprintf(&out, "%s %d ", name, rows)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// grant gives roles to an account in the node's own tables.
func grant(t testing.TB, n *node.Node, user string, roles ...string) {
	t.Helper()
	err := n.DB.Write(context.Background(), func(tx *store.Tx) error {
		for _, role := range roles {
			if err := access.SaveGrant(tx, access.Grant{User: user, Role: role, Since: time.Now().Add(-time.Hour)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// asked is an operation as the description has it.
type asked struct {
	method, path string
	Security     []map[string][]string `json:"security"`
	Parameters   []struct {
		Name   string         `json:"name"`
		In     string         `json:"in"`
		Schema map[string]any `json:"schema"`
	} `json:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema map[string]any `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
}

// description is the API's own.
type description struct {
	ops     []asked
	schemas map[string]map[string]any
}

// leftAlone end or lock the session that asks.
var leftAlone = []string{"/api/v1/sign-out", "/api/v1/password"}

func described(t testing.TB) description {
	t.Helper()
	made, err := node.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths      map[string]map[string]asked `json:"paths"`
		Components struct {
			Schemas map[string]map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(made, &doc); err != nil {
		t.Fatal(err)
	}
	out := description{schemas: doc.Components.Schemas}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			if !slices.Contains(leftAlone, path) {
				op.method, op.path = strings.ToUpper(method), path
				out.ops = append(out.ops, op)
			}
		}
	}
	slices.SortFunc(out.ops, func(a, b asked) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

// guesser makes requests; each choice is one byte of what the fuzzer gives, so
// that a request found interesting can be varied.
type guesser struct {
	choices []byte
	doc     description
	pool    []string
	sent    []byte
}

func (g *guesser) next() int {
	if len(g.choices) == 0 {
		return 0
	}
	b := g.choices[0]
	g.choices = g.choices[1:]
	return int(b)
}

// odd are texts that break parsers.
var odd = []string{"", " ", "\x00", "..", "%00", "' OR 1=1 --", "\u202e", "𝔘𝔫𝔦", "<b>", "{{.}}", "9999-99-99", "-1", "1e309", "null", strings.Repeat("ñ", 3000), "01999999-0000-7000-8000-000000000000"}

func (g *guesser) text() string {
	i := g.next()
	if i < 160 {
		return g.pool[i%len(g.pool)]
	}
	return odd[i%len(odd)]
}

// value guesses a value for a schema; one in sixteen is of another type.
func (g *guesser) value(schema map[string]any, depth int) any {
	if ref, ok := schema["$ref"].(string); ok {
		schema = g.doc.schemas[path.Base(ref)]
	}
	wrong := g.next()
	if depth > 6 || wrong%16 == 15 {
		return []any{nil, true, -1, 1.5, "x", []any{}, map[string]any{}}[wrong/16%7]
	}
	if enum, ok := schema["enum"].([]any); ok && wrong%8 != 7 {
		return enum[g.next()%len(enum)]
	}
	switch kind(schema) {
	case "object":
		return g.object(schema, depth)
	case "array":
		out := []any{}
		items, _ := schema["items"].(map[string]any)
		for range g.next() % 4 {
			out = append(out, g.value(items, depth+1))
		}
		return out
	case "integer":
		return []int64{0, 1, -1, 15, 2026, 1 << 40, -1 << 62}[g.next()%7]
	case "number":
		return []float64{0, 1.5, -1e300}[g.next()%3]
	case "boolean":
		return g.next()%2 == 0
	}
	return g.text()
}

// kind is the type of a schema; of several the first that is not null.
func kind(schema map[string]any) string {
	switch t := schema["type"].(type) {
	case string:
		return t
	case []any:
		for _, k := range t {
			if k != "null" {
				return fmt.Sprint(k)
			}
		}
	}
	return ""
}

func (g *guesser) object(schema map[string]any, depth int) any {
	out := map[string]any{}
	properties, _ := schema["properties"].(map[string]any)
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if of, ok := properties[name].(map[string]any); ok && g.next()%4 != 3 {
			out[name] = g.value(of, depth+1)
		}
	}
	if more, ok := schema["additionalProperties"].(map[string]any); ok {
		for range g.next() % 3 {
			out[g.text()] = g.value(more, depth+1)
		}
	}
	if g.next()%32 == 31 {
		out["unknown"] = g.text()
	}
	return out
}

// request is an operation asked with guesses.
func (g *guesser) request(op asked) *http.Request {
	address, query, header := op.path, url.Values{}, http.Header{}
	for _, p := range op.Parameters {
		said := fmt.Sprint(g.value(p.Schema, 1))
		switch p.In {
		case "path":
			address = strings.ReplaceAll(address, "{"+p.Name+"}", url.PathEscape(said))
		case "query":
			query.Set(p.Name, said)
		case "header":
			header.Set(p.Name, strings.Map(func(r rune) rune {
				if r < ' ' || r > '~' {
					return '?'
				}
				return r
			}, said))
		}
	}
	if g.next()%8 != 7 {
		header.Set("Oasiss-Purpose", wire.Purposes[g.next()%len(wire.Purposes)])
	}
	if body, ok := op.RequestBody.Content["application/json"]; ok {
		var err error
		if g.sent, err = json.Marshal(g.value(body.Schema, 0)); err != nil {
			panic(err) // guesses are plain values
		}
		if g.next()%64 == 63 {
			g.sent = append(g.sent[:len(g.sent)/2], g.choices...)
		}
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	r := httptest.NewRequest(op.method, "/", strings.NewReader(string(g.sent)))
	if u, err := url.Parse(address); err == nil {
		r.URL = u
	}
	r.Header = header
	r.Header.Set("Content-Type", "application/json")
	return r
}
