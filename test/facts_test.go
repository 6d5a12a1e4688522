package test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// accesses are the access facts of the node, newest first, as the auditor reads
// them; that leaves one too.
func (w *world) accesses() (facts []act.Access) {
	w.t.Helper()
	w.ok(w.as("us", "garnick", wire.PurposeOversight).Get(context.Background(), "journal/accesses?limit=500", &facts))
	return facts
}

// left are the access facts that f left.
func (w *world) left(f func()) []act.Access {
	w.t.Helper()
	before := w.accesses()[0].Seq
	f()
	after := slices.DeleteFunc(w.accesses(), func(a act.Access) bool { return a.Seq <= before })
	return after[:len(after)-1] // the oldest is that of having counted before
}

// registered are the paths of the pages, as their rooms register them.
func registered(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("../internal/web/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	page := regexp.MustCompile(`s\.page\(pages, ([^,]+),`)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.FindAllStringSubmatch(string(text), -1) {
			out = append(out, strings.TrimSuffix(strings.Trim(m[1], `"`), "{$}"))
		}
	}
	return out
}

// looked is a page that somebody opens, and what its access fact must list.
type looked struct {
	login, address string
	types          []string // of things shown; nil for a page that shows nothing of the programme
}

// everyPage is one address of every page there is, of a world in which each
// shows something, with somebody who may see it.
func (w *world) everyPage(f file) map[string]looked {
	w.t.Helper()
	t := w.t
	referral, handedOver := w.presented(f), w.appointed()
	child := w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": f.id, "given": "Marisol", "paterno": "Quintanar", "birth": "2013-04-05", "role": "relative", "source": "statement"})
	w.take("us", "kestrelle", wire.PurposeProsecution, "protection.reveal", map[string]any{"case": f.id, "person": child, "reason": "To find her mother"})
	over := w.take("us", "kestrelle", wire.PurposeLifeAtRisk, "alert.raise", map[string]any{"danger": "lost", "region": "usbp:RGV", "number": 3, "where": "North of the third gate"})
	w.take("us", "kestrelle", wire.PurposeLifeAtRisk, "alert.end", map[string]any{"alert": over, "rescued": 3}) // one that stands would show on every page
	exhibit, picture := w.ledger(f), w.put(f, "landing.png", "", photograph(t))
	asked := w.take("us", "ravenel", wire.PurposeProtection, "redress.receive", map[string]any{"person": f.witness, "right": "access", "brought": "person", "checked": "document", "lang": "es", "words": "¿Qué saben de mí?"})
	notice := w.consulateTold(f)
	w.overseen(f)
	return map[string]looked{
		"/":                        {"kestrelle", "/", []string{"referral"}},
		"/referrals":               {"kestrelle", "/referrals", []string{"referral"}},
		"/alerts":                  {"kestrelle", "/alerts", []string{"alert"}},
		"/alerts/{id}":             {"kestrelle", "/alerts/" + over, []string{"alert"}},
		"/alerts/{id}/readers":     {"kestrelle", "/alerts/" + over + "/readers", []string{"alert"}},
		"/referrals/{id}":          {"kestrelle", "/referrals/" + referral, []string{"referral"}},
		"/copies/{id}":             {"kestrelle", "/copies/" + w.copyOf(handedOver), []string{"referral", "analysis"}},
		"/releases/{id}":           {"ravenel", "/releases/" + w.released(f, "Ameyalli", "identity").Facts[0], []string{"consent"}},
		"/lists/{id}":              {"kestrelle", "/lists/" + w.listOf("Anzalduas"), []string{"event", "person"}},
		"/hand-overs/{id}":         {"kestrelle", "/hand-overs/" + handedOver, []string{"handover"}},
		"/hand-overs/{id}/readers": {"kestrelle", "/hand-overs/" + handedOver + "/readers", []string{"handover"}},
		"/hand-overs":              {"kestrelle", "/hand-overs", []string{"handover"}},
		"/cases":                   {"kestrelle", "/cases", []string{"case", "event", "referral"}},
		"/cases/new":               {"kestrelle", "/cases/new", nil},
		"/cases/{id}":              {"kestrelle", "/cases/" + f.id, []string{"case", "person", "gate", "referral"}},
		"/cases/{id}/add/{noun}":   {"kestrelle", "/cases/" + f.id + "/add/event", []string{"case", "person"}},
		"/cases/{id}/exhibits":     {"kestrelle", "/cases/" + f.id + "/exhibits", []string{"case", "exhibit"}},
		"/exhibits/{id}":           {"kestrelle", "/exhibits/" + exhibit, []string{"case", "exhibit"}},
		"/exhibits/{id}/sheet":     {"kestrelle", "/exhibits/" + exhibit + "/sheet", []string{"case", "exhibit"}},
		"/cases/{id}/files":        {"kestrelle", "/cases/" + f.id + "/files", []string{"case", "file"}},
		"/files/{id}":              {"kestrelle", "/files/" + picture, []string{"case", "file"}},
		"/files/{id}/redact":       {"kestrelle", "/files/" + picture + "/redact", []string{"case", "file"}},
		"/cases/{id}/items/{item}": {"kestrelle", "/cases/" + f.id + "/items/" + f.statement, []string{"case", "statement"}},
		"/cases/{id}/history":      {"kestrelle", "/cases/" + f.id + "/history", []string{"case"}},
		"/cases/{id}/readers":      {"kestrelle", "/cases/" + f.id + "/readers", []string{"case"}},
		"/cases/{id}/screening":    {"ravenel", "/cases/" + f.id + "/screening", []string{"case", "gate", "screening"}},
		"/people/{id}":             {"kestrelle", "/people/" + f.witness, []string{"case", "person", "gate"}},
		"/protection":              {"ravenel", "/protection", []string{"case", "gate", "screening"}},
		"/retention":               {"lockridge", "/retention?all=yes", []string{"case"}},
		"/letters":                 {"kestrelle", "/letters", []string{"mail"}},
		"/cases/{id}/looks":        {"kestrelle", "/cases/" + f.id + "/looks", []string{"case"}},
		"/exports/{id}":            {"kestrelle", "/exports/" + w.caseTaken(f), []string{"case"}},
		"/referrals/{id}/readers":  {"kestrelle", "/referrals/" + referral + "/readers", []string{"referral"}},
		"/consular":                {"ravenel", "/consular", []string{"protection_notice"}},
		"/consular/{id}":           {"ravenel", "/consular/" + notice, []string{"protection_notice"}},
		"/intake":                  {"kestrelle", "/intake", []string{}},
		"/warrants":                {"northcutt", "/warrants", []string{"warrant"}},
		"/warrants/{id}":           {"northcutt", "/warrants/" + w.orderOf(f), []string{"warrant"}},
		"/approvals":               {"lockridge", "/approvals", []string{"referral"}},
		"/approvals/accounts":      {"lockridge", "/approvals/accounts", []string{"office", "user", "peer"}},
		"/approvals/unusual":       {"lockridge", "/approvals/unusual", []string{"anomaly"}},
		"/shift":                   {"kestrelle", "/shift", []string{"case", "referral"}},
		"/requests":                {"ravenel", "/requests", []string{"redress"}},
		"/requests/{id}":           {"ravenel", "/requests/" + asked, []string{"redress"}},
		"/waiting":                 {"ravenel", "/waiting", []string{"reveal"}},
		"/withdraw-consent":        {"ravenel", "/withdraw-consent", nil},
		"/journal/overseen":        {"garnick", "/journal/overseen", []string{"anomaly", "violence"}},
		"/network/{id}":            {"kestrelle", "/network/" + f.suspect, []string{"case", "chart", "identity"}},
		"/charts/{id}":             {"kestrelle", "/charts/" + w.chartOf(f.suspect), []string{"case", "chart", "identity"}},
		"/map":                     {"kestrelle", "/map", []string{"event", "accord", "referral", "handover"}},
		"/figures":                 {"whitfield", "/figures", []string{"accord", "statistics"}},
		"/figures/counted":         {"whitfield", "/figures/counted", nil},
		"/figures/taken/{id}":      {"whitfield", "/figures/taken/" + w.figuresTaken(), []string{"statistics"}},
		"/accords":                 {"whitfield", "/accords", []string{"accord"}},
		"/accords/new":             {"whitfield", "/accords/new", nil},
		"/accords/{id}":            {"whitfield", "/accords/accord-2008", []string{"accord"}},
		"/accords/procedures/{id}": {"whitfield", "/accords/procedures/mx-accusatory-2016", []string{"procedure"}},
		"/accords/law":             {"whitfield", "/accords/law", []string{"program"}},
		"/links":                   {"whitfield", "/links", []string{"link"}},
		"/links/{peer}":            {"whitfield", "/links/mx", []string{"link"}},
		"/admin":                   {"whitfield", "/admin", []string{"office", "user", "peer"}},
		"/admin/users/{id}":        {"whitfield", "/admin/users/" + w.account("garnick"), []string{"office", "user", "peer"}},
		"/admin/offices/{id}":      {"whitfield", "/admin/offices/usbp-rgv", []string{"office", "user", "peer"}},
		"/admin/peers/{id}":        {"whitfield", "/admin/peers/mx", []string{"office", "user", "peer"}},
		"/admin/proposals/{id}":    {"whitfield", "/admin/proposals/" + w.proposed(), []string{"office", "user", "peer", "proposal"}},
		"/journal":                 {"garnick", "/journal", []string{"journal"}},
		"/journal/accesses":        {"garnick", "/journal/accesses", []string{"access"}},
	}
}

// orderOf gives a judge's order about the suspect of a case to the agents of the
// station, who execute them in the United States.
func (w *world) orderOf(f file) string {
	w.t.Helper()
	agent := official{"thornbury", "Wendell Thornbury", "usbp-rgv", "field_agent", "en"}
	half := w.invite("us", agent)
	w.ok(w.stranger("us").Post(w.t.Context(), "redeem", map[string]any{"half": half[0], "other": half[1], "password": password}, nil))
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	return w.take("us", "northcutt", wire.PurposeProsecution, "warrant.issue", map[string]any{"case": f.id, "person": f.suspect, "ask": "arrest", "ground": "frcrp_9", "court": "S.D. Tex., McAllen",
		"number": "7:26-cr-00114", "issued": day(-1), "until": day(30), "office": "usbp-rgv"})
}

// caseTaken takes a copy of a case for one's own file; its page stands at the fact.
func (w *world) caseTaken(f file) string {
	w.t.Helper()
	done, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(w.t.Context(), "case.export", "", map[string]any{"case": f.id, "reason": "own_file"})
	w.ok(err)
	return done.Facts[0]
}

// figuresTaken takes the figures of a corridor out; their page stands at the fact.
func (w *world) figuresTaken() string {
	w.t.Helper()
	done, err := w.as("us", "whitfield", wire.PurposeOversight).Take(w.t.Context(), "figures.export", "", map[string]any{"corridor": w.corridor(), "year": time.Now().UTC().Year(), "reason": "own_file"})
	w.ok(err)
	return done.Facts[0]
}

// consulateTold: somebody met with the group asks for the consulate, which is told.
func (w *world) consulateTold(f file) (notice string) {
	w.t.Helper()
	person := w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": f.id, "given": "Remedios", "paterno": "Carballeda", "birth": "1991-06-07", "nationalities": []string{"MX"}, "role": "smuggled_migrant", "source": "observation"})
	asks := screened()
	asks["language.consulate"] = "yes"
	desk := func(verb string, cmd map[string]any) string {
		cmd["case"], cmd["person"] = f.id, person
		return w.take("us", "ravenel", wire.PurposeProtection, verb, cmd)
	}
	desk("protection.screen", map[string]any{"answers": asks, "language": "es"})
	desk("consular.advise", map[string]any{"wish": "asks", "language": "es"})
	return desk("consular.notify", map[string]any{"office": "sre-programa", "place": "Station, room 2", "call": "+1 956 555 0100"})
}

// TestAPageIsOneAccessFact opens every page there is: each request leaves one
// access fact that lists what was shown, and the stream by which an open page
// hears of changes leaves none of its own and is given by the page alone.
func TestAPageIsOneAccessFact(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	pages := w.everyPage(f)
	if all, known := registered(t), slices.Sorted(maps.Keys(pages)); !slices.Equal(slices.Sorted(slices.Values(all)), known) {
		t.Errorf("pages are %v\nlooked at %v", slices.Sorted(slices.Values(all)), known)
	}
	visitors := map[string]*visitor{}
	for path, p := range pages {
		t.Run(strings.Trim(path, "/"), func(t *testing.T) {
			w.t = t
			v := visitors[p.login]
			if v == nil {
				v = w.visitor(t)
				v.signIn(p.login) // opens one's day
				visitors[p.login] = v
			}
			v.t = t
			var got page
			facts := w.left(func() { got = v.get(p.address) })
			v.says(got, http.StatusOK)
			p.oneFact(t, facts)
			if live := regexp.MustCompile(`sse-connect="([^"]+)"`).FindStringSubmatch(got.text); live != nil {
				w.listens(v, live[1])
			}
		})
	}
	w.t = t
	for login, types := range map[string][]string{"ravenel": {"case", "redress"}, "garnick": {"journal", "access"}, "whitfield": {"accord"}} { // each one's day
		v := visitors[login]
		v.t = t
		facts := w.left(func() { v.says(v.get("/"), http.StatusOK) })
		looked{login, "/", types}.oneFact(t, facts)
	}
	w.diesFirst(visitors["kestrelle"], f)
}

// appointed is a referral whose suspect is to be handed over.
func (w *world) appointed() (referral string) {
	w.t.Helper()
	f := w.file()
	referral = w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.there(referral, "referral.accept", map[string]any{})
	w.waive(f)
	w.until(func() error {
		_, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(w.t.Context(), "referral.schedule_hand_over", "",
			map[string]any{"referral": referral, "person": f.suspect, "office": bridge.office, "at": hidalgo(time.Now()), "crossing": "hidalgo", "basis": "at_liberty"})
		return err
	})
	return referral
}

// waive records that the suspect of a file returns by their own will.
func (w *world) waive(f file) {
	w.t.Helper()
	w.take("us", "ravenel", wire.PurposeProtection, "protection.waive_return", map[string]any{"case": f.id, "person": f.suspect, "language": "es", "signed": true})
}

// hidalgo is the next hour at which that bridge is open, with two hours to go.
func hidalgo(now time.Time) time.Time {
	b, _ := program.BridgeByID("hidalgo")
	return b.Next(now.Add(2*time.Hour), false)
}

// diesFirst holds that the list of cases shows the clock of a case's referral,
// and a case with a clock before a newer one that has none.
func (w *world) diesFirst(v *visitor, f file) {
	w.t.Helper()
	v.t = w.t
	newer := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "Los Indios, nothing decided"})
	got := v.get("/cases")
	before, after, _ := strings.Cut(got.text, "/cases/"+newer)
	if !strings.Contains(before, "/cases/"+f.id) || strings.Count(before, `class="clk`) != 2 || strings.Contains(after, `class="clk`) {
		w.t.Errorf("the two cases with a clock are not first, with it:\n%s", got.text)
	}
}

// account is the id of somebody's account in the United States.
func (w *world) account(login string) string {
	w.t.Helper()
	var users []directory.Member
	w.ok(w.as("us", "whitfield", wire.PurposeAdministration).Get(w.t.Context(), "users", &users))
	i := slices.IndexFunc(users, func(u directory.Member) bool { return u.Login == login })
	if i < 0 {
		w.t.Fatalf("no account %s", login)
	}
	return users[i].ID
}

// proposed is a change that waits for its second person.
func (w *world) proposed() string {
	w.t.Helper()
	return w.take("us", "okafor", wire.PurposeAdministration, "office.close", map[string]any{"id": "usbp-rgv", "reason": "Moved"})
}

// oneFact holds that a page has left its one access fact, which lists what it
// has shown.
func (p looked) oneFact(t *testing.T, facts []act.Access) {
	t.Helper()
	want := 1
	if p.types == nil {
		want = 0
	}
	if len(facts) != want {
		t.Fatalf("%s left %d access facts: %+v", p.address, len(facts), facts)
	}
	shown := map[string]bool{}
	for _, a := range facts {
		for _, o := range a.Objects {
			shown[o.Type] = true
		}
	}
	for _, typ := range p.types {
		if !shown[typ] {
			t.Errorf("the access fact of %s lists no %s: %v", p.address, typ, shown)
		}
	}
}

// listens opens the stream of a page, and one that no page gave.
func (w *world) listens(v *visitor, address string) {
	w.t.Helper()
	open := func(address string) int {
		ctx, stop := context.WithTimeout(w.t.Context(), 5*time.Second)
		defer stop()
		res, err := v.http.Do(v.request(http.MethodGet, address, nil).WithContext(ctx))
		w.ok(err)
		w.ok(res.Body.Close())
		return res.StatusCode
	}
	u, err := url.Parse(address)
	w.ok(err)
	forged := u.Query()
	forged.Set("topic", "case/01999999-0000-7000-8000-000000000000")
	facts := w.left(func() {
		if status := open(address); status != http.StatusOK {
			w.t.Errorf("the page's stream answers %d", status)
		}
		if status := open(u.Path + "?" + forged.Encode()); status != http.StatusNotFound {
			w.t.Errorf("a stream that no page gave answers %d", status)
		}
	})
	if len(facts) != 0 {
		w.t.Errorf("listening left %d access facts", len(facts))
	}
}

// overseen gives oversight something to read: answers that came too fast, and
// what violence the witness told of.
func (w *world) overseen(f file) {
	w.t.Helper()
	var form struct{ Opening string }
	w.ok(w.as("us", "ravenel", wire.PurposeProtection).Get(w.t.Context(), "programme/screening-form?case="+f.id, &form))
	w.take("us", "ravenel", wire.PurposeProtection, "protection.screen", map[string]any{"case": f.id, "person": f.witness, "answers": screened(), "language": "es", "opening": form.Opening})
	w.take("us", "ravenel", wire.PurposeProtection, "protection.violence", map[string]any{"case": f.id, "person": f.witness, "accused": "smuggler", "what": "Nos pegaron.", "lang": "es"})
}
