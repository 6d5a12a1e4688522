package test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

// Non-interference (R09, R10): whatever happens in cases of another office, what
// somebody can observe of the node is the same. One office works, an onlooker of
// another looks at everything there is before and after, over the real doors of
// a real node that is linked to another.

// onlookers are accounts of an office that is a member of none of the cases.
var onlookers = []official{{"thackeray", "Posy Thackeray", "usbp-laredo", "prosecutions", "en"}, {"lundqvist", "Ines Lundqvist", "usbp-laredo", "adviser", "en"}}

// onlooker is somebody signed in to whom nothing of the other office's work is to be seen.
type onlooker struct {
	t       *testing.T
	w       *world
	who     official
	purpose string // for which they look
	token   string // of their session
}

// watching opens an office, its accounts and a case of its own whose words are
// those that the other office's cases use too.
func (w *world) watching() (out []*onlooker) {
	w.t.Helper()
	w.twoPeople("us", "office.create", map[string]any{"id": "usbp-laredo", "agency": "usbp", "name_en": "Border Patrol, Laredo", "name_es": "Patrulla Fronteriza, Laredo", "zone": "America/Chicago", "kind": "case"})
	for i, p := range onlookers {
		w.joins("us", p)
		out = append(out, &onlooker{w.t, w, p, []string{wire.PurposeProsecution, wire.PurposeProtection}[i], w.user["us/"+p.login].Token})
	}
	own := w.take("us", "thackeray", wire.PurposeProsecution, "case.open", map[string]any{"title": "Laredo, two on foot"})
	w.take("us", "thackeray", wire.PurposeProsecution, "case.add_person", map[string]any{"case": own, "given": "Rutilio", "paterno": "Barragarza", "birth": "1990-01-01", "role": "suspect", "function": "guide", "source": "observation"})
	w.take("us", "thackeray", wire.PurposeProsecution, "case.add_vehicle", map[string]any{"case": own, "kind": "pickup", "make": "Ford"})
	return out
}

// ask is one request as the onlooker sends it; the answer is status and body.
func (o *onlooker) ask(method, path string, body any) string {
	o.t.Helper()
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		o.w.ok(err)
		sent = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.w.web["us"]+path, sent)
	o.w.ok(err)
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Authorization", "Bearer "+o.token)
		r.Header.Set("Oasiss-Purpose", o.purpose)
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.AddCookie(&http.Cookie{Name: "__Host-oasiss", Value: o.token})
	}
	c := *o.w.user["us/"+o.who.login].HTTP
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := c.Do(r)
	o.w.ok(err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	o.w.ok(err)
	return fmt.Sprintf("%d %s %s", res.StatusCode, res.Header.Get("Location"), b)
}

// passing is what changes from one request to the next whoever does what: the
// forms' one-time ids, the time, a place in the changes (sealed anew each time)
// and what is left of the disk.
var passing = regexp.MustCompile(`(name="_token" value=|name="opening" value=|"opening":|hx-headers=|pass=)"?[^"&]+|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?|\d\d:\d\d|ref [a-z0-9]{8}|"cursor":"[^"]+"|[0-9.]+ GiB`)

func still(answer string) string { return passing.ReplaceAllString(answer, "·") }

// linkFigures are told of a link to everybody who is signed in (DESIGN §5: an
// age of the last cosignature, what waits): sums over all offices, which name
// no case, kind or office. SECURITY.md says so.
var linkFigures = []string{"/api/v1/links", "/api/v1/links/{id}"}

// listPages are the pages that name nothing.
var listPages = []string{"/", "/referrals", "/referrals?words=rgv", "/cases", "/cases/new", "/protection", "/retention", "/requests", "/letters", "/waiting", "/alerts", "/accords", "/map", "/figures", "/admin", "/journal", "/journal/accesses"}

// views is everything that the onlooker can look at without naming anything:
// each read of the API that takes no id, each list among the pages, and search
// by the words of the other office's cases. What is added to either door is in
// it by being added.
func (o *onlooker) views(t *testing.T, words []string) map[string]string {
	out := map[string]string{}
	for name := range operations(t) {
		method, path, _ := strings.Cut(name, " ")
		if method == "get" && !strings.Contains(path, "{") && !slices.Contains(linkFigures, path) {
			o.look(out, name, http.MethodGet, path, nil)
		}
	}
	for _, path := range listPages {
		o.look(out, "page "+path, http.MethodGet, path, nil)
	}
	for _, word := range words {
		o.look(out, "search "+word, http.MethodPost, "/api/v1/search", map[string]string{"words": word})
	}
	return out
}

// look keeps what an answer said, and what the node did for it.
func (o *onlooker) look(out map[string]string, name, method, path string, body any) {
	answer, did := o.inside(method, path, body)
	out[name] = still(trust.ReplaceAllString(answer, ""))
	out["work for "+name] = did.String()
}

// trust is the strip of a page that tells how the link stands.
var trust = regexp.MustCompile(`(?s)<[^>]+class="trust.*?</(div|aside|p|details)>`)

// same holds that two looks saw the same.
func same(t interface{ Errorf(string, ...any) }, what string, before, after map[string]string) {
	for name, was := range before {
		if now := after[name]; now != was {
			i := 0
			for i < min(len(was), len(now)) && was[i] == now[i] {
				i++
			}
			from := max(0, i-120)
			t.Errorf("%s: %s has changed\n was …%s\n now …%s", what, name, was[from:min(len(was), i+200)], now[from:min(len(now), i+200)])
		}
	}
}

// TestNothingOfAnotherOfficesCasesIsObserved plays acts of one office in any
// order and holds that the onlookers' view of the node stays what it was.
func TestNothingOfAnotherOfficesCasesIsObserved(t *testing.T) {
	w := newWorld(t)
	watch := w.watching()
	f := w.file()
	referral := w.presented(f)
	words := []string{"Rutilio", "Barragarza", "Ford", "Anzalduas", "RGV", "Xochiquetzal", "RGV-26-0001"}
	w.until(func() error { // what a page tells of the link is there, and changes no more by itself
		var links []exchange.LinkState
		if err := w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "links", &links); err != nil {
			return err
		}
		for _, l := range links {
			waits := slices.ContainsFunc(l.Lanes, func(x exchange.LaneState) bool { return x.Queued > 0 })
			if waits || l.Cosigned.Size == 0 || l.Witnessed.Size == 0 || l.Heard.IsZero() || l.Problem != "" {
				return fmt.Errorf("the link is not settled: %+v", l)
			}
		}
		return nil
	})
	inside := &onlooker{t, w, people["us"][2], wire.PurposeProsecution, w.user["us/kestrelle"].Token}
	own := inside.views(t, words)
	last := make([]map[string]string, len(watch))
	for i, o := range watch {
		o.ask(http.MethodGet, "/", nil) // the first visit is like no other
		last[i] = o.views(t, words)
	}
	o := &other{w: w, cases: []string{f.id}, people: map[string][]string{f.id: {f.suspect, f.witness}}, taken: map[string]int{}}
	few(t, 1)
	rapid.Check(t, func(rt *rapid.T) {
		for _, what := range rapid.Permutation(deskActs).Draw(rt, "acts") {
			o.act(rt, what)
		}
		for i, x := range watch {
			now := x.views(t, words)
			same(rt, x.who.login, last[i], now)
		}
	})
	t.Logf("acts taken: %v, refused: %q", o.taken, o.refused)
	for name, was := range inside.views(t, words) { // what the office itself sees has changed, or this test would see nothing
		if own[name] == was && slices.Contains([]string{"get /api/v1/cases", "page /cases", "search Ford"}, name) {
			t.Errorf("%s is as it was for the office itself", name)
		}
	}
	watch[0].hears(t, o)
	taken, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(t.Context(), "case.export", "", map[string]any{"case": f.id, "reason": "own_file"})
	w.ok(err)
	hidden := []string{f.id, referral, taken.Facts[0], w.numberOf(f.id), f.witness, f.statement, f.suspect, f.car}
	if !long() {
		watch, hidden = watch[:1], hidden[:3]
	}
	for _, x := range watch {
		x.absentIsTheSame(t, hidden)
	}
}

// hears holds that the list of cases that an onlooker has open is told of their
// own office's work, and of no other's.
func (o *onlooker) hears(t *testing.T, others *other) {
	address := regexp.MustCompile(`sse-connect="([^"]+)"`).FindStringSubmatch(html.UnescapeString(o.ask(http.MethodGet, "/cases", nil)))
	if address == nil {
		t.Fatal("the list of cases listens to nothing")
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.w.web["us"]+address[1], nil)
	o.w.ok(err)
	r.AddCookie(&http.Cookie{Name: "__Host-oasiss", Value: o.token})
	res, err := o.w.user["us/"+o.who.login].HTTP.Do(r)
	o.w.ok(err)
	defer func() { _ = res.Body.Close() }()
	said := make(chan string, 16)
	go func() {
		defer close(said)
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "event:") {
				said <- lines.Text()
			}
		}
	}()
	others.w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Nobody else's"})
	select {
	case line := <-said:
		t.Errorf("an open page heard of another office's case: %s", line)
	case <-time.After(300 * time.Millisecond):
	}
	others.w.take("us", o.who.login, o.purpose, "case.open", map[string]any{"title": "Their own"})
	select {
	case <-said:
	case <-time.After(time.Minute):
		t.Error("an open page hears nothing of its own office's case")
	}
}

// few lowers the number of a property's cases to what a suite has time for,
// unless the call says how many (-rapid.checks, make soak).
func few(t *testing.T, n int) {
	t.Helper()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if asked {
		return
	}
	was := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set("rapid.checks", was) })
}

// long reports whether there is time for the whole matrix: under make soak.
func long() bool { return os.Getenv("OASISS_SOAK") != "" }

// numberOf is the number by which people speak of a case.
func (w *world) numberOf(id string) string {
	w.t.Helper()
	var c casefile.Row
	w.ok(w.as("us", "kestrelle", wire.PurposeProsecution).Get(w.t.Context(), "cases/"+id, &c))
	if c.Number == "" {
		w.t.Fatal("a case without a number")
	}
	return c.Number
}

// other is the office that works; it is refused what its rules refuse.
type other struct {
	w       *world
	cases   []string
	people  map[string][]string
	refused []string
	taken   map[string]int // how often each act was taken and not refused
}

// deskActs are what the office's desk does.
var deskActs = []string{"open", "suspect", "migrant", "vehicle", "event", "draft", "status", "look", "reveal", "screen", "find", "hold"}

// act takes one of them on one of the cases.
func (o *other) act(rt *rapid.T, what string) {
	c := rapid.SampledFrom(o.cases).Draw(rt, "case")
	name := rapid.SampledFrom([]string{"Barragarza", "Quintanilla", "Ford"}).Draw(rt, "name")
	person := map[string]any{"case": c, "given": "Rutilio", "paterno": name, "birth": "1988-02-03", "source": "observation"}
	switch what {
	case "open":
		if id := o.try("kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Anzalduas, " + name}); id != "" {
			o.cases = append(o.cases, id)
		}
	case "suspect", "migrant":
		person["role"] = "smuggled_migrant"
		if what == "suspect" {
			person["role"], person["function"] = "suspect", "guide"
		}
		if id := o.try("kestrelle", wire.PurposeProsecution, "case.add_person", person); id != "" {
			o.people[c] = append(o.people[c], id)
		}
	case "vehicle":
		o.try("kestrelle", wire.PurposeProsecution, "case.add_vehicle", map[string]any{"case": c, "kind": "pickup", "make": "Ford"})
	case "event":
		o.try("kestrelle", wire.PurposeProsecution, "case.add_event", map[string]any{"case": c, "when": time.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04"), "zone": "UTC", "mode": "foot_between_ports",
			"place": "usbp:RGV", "place_name": "Anzalduas", "group_size": 2, "narrative": "Two people.", "narrative_lang": "en"})
	case "draft":
		o.try("kestrelle", wire.PurposeProsecution, "referral.draft", map[string]any{"case": c, "node": "mx", "office": "fgr-tamps"})
	case "status":
		for _, status := range []string{"closed", "open"} {
			o.try("kestrelle", wire.PurposeProsecution, "case.set_status", map[string]any{"case": c, "status": status})
		}
	case "look":
		_ = o.w.as("us", "kestrelle", wire.PurposeProsecution).Get(o.w.t.Context(), "cases/"+c, nil)
	case "find":
		o.try("kestrelle", wire.PurposeProsecution, "search.find_protected", map[string]any{"name": "Rutilio " + name, "reason": "safety"})
	case "hold":
		o.try("lockridge", wire.PurposeOversight, "hold.place", map[string]any{"case": c, "ground": "litigation", "authority": "court", "lifts": "court", "reference": "4:26-cv-12"})
	default:
		if len(o.people[c]) == 0 {
			return
		}
		p := rapid.SampledFrom(o.people[c]).Draw(rt, "person")
		if what == "reveal" {
			o.try("kestrelle", wire.PurposeProsecution, "protection.reveal", map[string]any{"case": c, "person": p, "reason": "To ask again"})
			return
		}
		o.try("ravenel", wire.PurposeProtection, "protection.screen", map[string]any{"case": c, "person": p, "answers": screened(), "language": "es"})
	}
}

func (o *other) try(login, purpose, verb string, cmd map[string]any) string {
	out, err := o.w.as("us", login, purpose).Take(o.w.t.Context(), verb, "", cmd)
	if err != nil {
		o.refused = append(o.refused, verb+": "+err.Error())
		return ""
	}
	o.taken[verb]++
	return out.Object
}

// absent are ids and a number of things that nobody has.
var absent = []string{"01999999-0000-7000-8000-0000000000aa", "RGV-26-9999"}

// act asks for an act over the API.
func (o *onlooker) act(verb string, cmd map[string]any) (string, work) {
	area, name, _ := strings.Cut(verb, ".")
	return o.inside(http.MethodPost, "/api/v1/acts/"+area+"/"+strings.ReplaceAll(name, "_", "-"), cmd)
}

// absentIsTheSame asks about what is there and not the onlooker's to know, and
// about what is not there: each read, each page and each act answers both with
// the same status, code and words, after the same work, and leaves the same
// access fact.
func (o *onlooker) absentIsTheSame(t *testing.T, hidden []string) {
	asked, statements := 0, 0
	compare := func(what, id string, ask func(id string) (string, work)) {
		asked++
		none := absent[0]
		if strings.HasPrefix(id, "RGV-") {
			none = absent[1]
		}
		of := func(id string) (string, work) {
			answer, did := ask(id)
			for i, f := range did.facts {
				did.facts[i] = strings.ReplaceAll(f, id, "ID")
			}
			return trust.ReplaceAllString(still(strings.ReplaceAll(answer, id, "ID")), ""), did
		}
		there, found := of(id)
		nowhere, missed := of(none)
		if there != nowhere {
			same(t, o.who.login+" "+what, map[string]string{id: nowhere}, map[string]string{id: there})
		} else if unlike := missed.unlike(found); unlike != "" {
			t.Errorf("%s %s: what is there (%s) takes %s", o.who.login, what, id, unlike)
		}
		statements += len(missed.statements)
	}
	pages := routes(t)
	for _, id := range hidden {
		for name := range operations(t) {
			if method, path, _ := strings.Cut(name, " "); method == "get" && strings.Contains(path, "{") {
				compare(name, id, func(id string) (string, work) {
					return o.inside(http.MethodGet, inPath.ReplaceAllString(path, id), nil)
				})
			}
		}
		for _, path := range pages {
			compare("page "+path, id, func(id string) (string, work) {
				return o.inside(http.MethodGet, inPath.ReplaceAllString(path, id), nil)
			})
		}
		for verb, fresh := range node.Verbs() {
			compare(verb, id, func(id string) (string, work) { return o.act(verb, naming(fresh(), id)) })
			compare(verb+" bare", id, func(id string) (string, work) { return o.act(verb, naming(fresh(), id, about...)) })
		}
		for _, p := range program.Procedures() {
			for _, step := range p.Steps {
				compare("step "+step.ID, id, func(id string) (string, work) {
					return o.act("referral.step", map[string]any{"referral": id, "step": step.ID})
				})
			}
		}
	}
	t.Logf("%s: %d questions asked twice, with the same %d statements each", o.who.login, asked, statements)
}

// routes are the pages that name something in their address.
func routes(t *testing.T) (out []string) {
	n, _ := foundedNode(t)
	pages, _ := n.AccessRules()
	for _, p := range pages {
		if path, get := strings.CutPrefix(p.Pattern, "GET "); get && strings.Contains(path, "{") && !strings.Contains(path, "{$}") {
			out = append(out, path)
		}
	}
	return out
}

// naming is a command that names an id wherever it takes a text, or in those
// fields only that say what it is about, so that what a rule checks of the other
// fields comes before or after what it loads.
func naming(cmd act.Command, id string, only ...string) map[string]any {
	out := map[string]any{}
	for _, f := range reflect.VisibleFields(reflect.TypeOf(cmd).Elem()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" || len(only) > 0 && !slices.Contains(only, name) {
			continue
		}
		switch f.Type {
		case reflect.TypeFor[string]():
			out[name] = id
		case reflect.TypeFor[[]string]():
			out[name] = []string{id}
		}
	}
	return out
}

// about are the fields by which commands say what they are about.
var about = []string{"case", "referral", "person", "id", "item", "statement", "event", "consent", "request", "hold", "order", "into", "merged", "holder", "subject"}
