package test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// secondAuditor oversees from another office than the first.
var secondAuditor = official{"tolliver", "Beck Tolliver", "usao-sdtx", "auditor", "en"}

// twins are two witnesses of one case of whom only a note of oversight can ever
// say that one is a decoy.
type twins struct {
	w           *world
	id          string
	decoy, real string // ids of the two
}

var twinNames = [2]string{"Ixtlamati", "Ameyalli"}

func (w *world) twins() twins {
	w.t.Helper()
	w.joins("us", secondAuditor)
	c := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Two who were met", "controls": []string{"NOFORN"}})
	var ids [2]string
	for i, name := range twinNames {
		ids[i] = w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": c, "given": name, "paterno": "Tzompan", "birth": "1991-04-0" + fmt.Sprint(i+1), "role": "witness", "source": "observation"})
	}
	return twins{w, c, ids[0], ids[1]}
}

func (x twins) kept() (out decoy.Kept) {
	x.w.t.Helper()
	x.w.ok(x.w.as("us", "garnick", wire.PurposeOversight).Get(x.w.t.Context(), "decoys", &out))
	return out
}

// anything is what differs between any two people: ids, digests, times.
var anything = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|"[A-Za-z0-9+/=_-]{40,}"|\d{4}-\d\d-\d\dT[0-9:.]+Z|1991-04-0\d|"seq":\d+`)

// of is what the reader sees of one of the two, with nothing that names which.
func (x twins) of(o *onlooker, person, plant, name string) map[string]string {
	out := map[string]string{}
	for _, path := range []string{"/api/v1/persons/" + person, "/people/" + person, "/api/v1/history/" + person, "/cases/" + x.id + "/screening?person=" + person} {
		answer, did := o.inside(http.MethodGet, path, nil)
		key := strings.ReplaceAll(path, person, "·")
		out[key] = strings.NewReplacer(person, "·", plant, "·", name, "·").Replace(still(trust.ReplaceAllString(answer, "")))
		for _, q := range did.statements { // what no answer rests on
			if strings.Contains(q, "decoy") {
				x.w.t.Errorf("%s asks who is a decoy: %s", key, q)
			}
		}
	}
	return out
}

// TestNobodyButOversightTellsADecoyFromAPerson: what is read of a person stays
// what it was once the record is a decoy, and asks no table of them; who may show
// and look up both of two people gets the same answers of both; oversight has each
// touch of the one at once, and none of the other's.
func TestNobodyButOversightTellsADecoyFromAPerson(t *testing.T) {
	w := newWorld(t)
	x := w.twins()
	ctx := t.Context()
	var shown protection.CaseView
	w.ok(w.as("us", "ravenel", wire.PurposeProtection).Get(ctx, "cases/"+x.id+"/protection", &shown))
	plants := map[string]string{}
	for _, p := range shown.People {
		plants[p.Person] = p.Plant
	}
	readers := []*onlooker{{t, w, people["us"][2], wire.PurposeProsecution, w.user["us/kestrelle"].Token}, {t, w, people["us"][4], wire.PurposeProtection, w.user["us/ravenel"].Token}}
	pages := func() (out []map[string]string) {
		for _, o := range readers {
			out = append(out, x.of(o, x.decoy, plants[x.decoy], twinNames[0]))
		}
		return out
	}
	other := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "May cross"})
	crosses := w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": other, "given": "Izel", "paterno": "Tzompan", "birth": "1990-04-01", "role": "witness", "source": "observation"})
	pages() // the first visit is like no other
	before := pages()
	lists := readers[0].views(t, []string{"Tzompan"})

	// Oversight of two offices says so; nobody else can, and not of anybody.
	c := w.as("us", "garnick", wire.PurposeOversight)
	mark := func(person string) string {
		return w.take("us", "garnick", wire.PurposeOversight, "decoy.mark", map[string]any{"person": person})
	}
	id := mark(x.decoy)
	for login, purpose := range map[string]string{"kestrelle": wire.PurposeProsecution, "lockridge": wire.PurposeOversight, "okafor": wire.PurposeOversight} {
		if _, err := w.as("us", login, purpose).Take(ctx, "decoy.mark", "", map[string]any{"person": x.real}); err == nil {
			t.Errorf("%s marks a decoy", login)
		}
		var none decoy.Kept
		if err := w.as("us", login, purpose).Get(ctx, "decoys", &none); err != nil || len(none.Decoys)+len(none.Touches) > 0 {
			t.Errorf("%s is told of decoys: %+v, %v", login, none, err)
		}
	}
	if _, err := c.Take(ctx, "decoy.confirm", "", map[string]any{"decoy": id}); err == nil || !strings.Contains(err.Error(), "office") {
		t.Errorf("one official for both: %v", err)
	}
	for name, person := range map[string]string{"somebody who may cross": crosses, "nobody": "0197f3a0-0000-7000-8000-000000000000"} {
		if _, err := w.as("us", "tolliver", wire.PurposeOversight).Take(ctx, "decoy.confirm", "", map[string]any{"decoy": mark(person)}); err == nil {
			t.Errorf("%s is confirmed", name)
		}
	}
	w.take("us", "tolliver", wire.PurposeOversight, "decoy.confirm", map[string]any{"decoy": id})
	for i, now := range pages() {
		same(t, readers[i].who.login+", of the decoy", before[i], now)
	}
	now := readers[0].views(t, []string{"Tzompan"})
	for _, list := range []string{"get /api/v1/decoys", "work for get /api/v1/decoys", "get /api/v1/exhibits"} {
		if was, there := lists[list]; there && now[list] != was {
			t.Errorf("%s has changed: %s", list, now[list])
		}
	}

	// Each touch, of both: the answers are of one shape.
	touch := func(person, name string) (out []string) {
		say := func(r any, err error) {
			b, merr := json.Marshal(r)
			w.ok(merr)
			out = append(out, strings.NewReplacer(person, "·", plants[person], "·", name, "·").Replace(anything.ReplaceAllString(fmt.Sprintf("%s %v", b, err), "·")))
		}
		k := w.as("us", "kestrelle", wire.PurposeProsecution)
		say(k.Take(ctx, "protection.reveal", "", map[string]any{"case": x.id, "person": person, "reason": "To find her mother"}))
		say(k.Take(ctx, "search.find_protected", "", map[string]any{"name": name + " Tzompan", "reason": "safety"}))
		var who protection.IdentityView
		err := k.Get(ctx, "persons/"+person+"/identity", &who)
		say(who, err)
		return out
	}
	a, b := touch(x.decoy, twinNames[0]), touch(x.real, twinNames[1])
	if !slices.Equal(a, b) {
		t.Errorf("the decoy answers\n%s\nthe person answers\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	kept := x.kept()
	verbs := map[string]bool{}
	for _, touch := range kept.Touches {
		verbs[touch.Verb] = true
		if touch.Decoy != id || touch.Name != "Dana Kestrelle" || touch.Plant != plants[x.decoy] {
			t.Errorf("a touch of %+v", touch)
		}
	}
	for _, verb := range []string{"protection.reveal", "search.find_protected"} {
		if !verbs[verb] {
			t.Errorf("oversight has not heard of %s: %v", verb, verbs)
		}
	}
	n := len(kept.Touches)
	w.take("us", "kestrelle", wire.PurposeProsecution, "case.export", map[string]any{"case": x.id, "reason": "own_file"})
	if len(x.kept().Touches) != n+1 {
		t.Errorf("the case was taken out: %+v", x.kept().Touches)
	}

	// Taken away, it sounds no more.
	w.take("us", "tolliver", wire.PurposeOversight, "decoy.end", map[string]any{"decoy": id})
	touch(x.decoy, twinNames[0])
	if len(x.kept().Touches) != n+1 {
		t.Errorf("it sounds after its end: %+v", x.kept().Touches)
	}
}

// TestACaseWithADecoyIsNotSent: a case that lacks nothing of a referral, in which
// somebody is a decoy, goes to no other country, for the reason that any case
// marked so is given. A case that could go can hold no decoy.
func TestACaseWithADecoyIsNotSent(t *testing.T) {
	w := newWorld(t)
	w.joins("us", secondAuditor)
	for _, c := range []struct {
		controls []string
		no       string // what a decoy's confirmation, or else the referral, is refused as
	}{{[]string{"NOFORN"}, "referral.no_foreign"}, {nil, "decoy.unfit"}} {
		f := w.file(c.controls...)
		id := w.take("us", "garnick", wire.PurposeOversight, "decoy.mark", map[string]any{"person": f.witness})
		_, err := w.as("us", "tolliver", wire.PurposeOversight).Take(t.Context(), "decoy.confirm", "", map[string]any{"decoy": id})
		if c.controls != nil {
			w.ok(err)
			_, err = w.as("us", "kestrelle", wire.PurposeProsecution).Take(t.Context(), "referral.draft", "", map[string]any{"case": f.id, "node": "mx", "office": "fgr-tamps"})
		}
		if no, is := errors.AsType[*client.Refused](err); !is || no.Code != c.no {
			t.Errorf("a case under %v: %v, want %s", c.controls, err, c.no)
		}
	}
}
