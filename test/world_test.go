package test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/doctor"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/provider"
	"github.com/oasiss/oasiss/internal/quietport"
	"github.com/oasiss/oasiss/internal/watch"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

const password = "seven herons over the bridge"

// official is an account of the world; the first two of a node found it.
type official struct{ login, name, office, role, lang string }

var people = map[string][]official{
	"us": {{"whitfield", "Avery Whitfield", "cbp-programme", "", "en"}, {"okafor", "Miriam Okafor", "usao-sdtx", "", "en"},
		{"kestrelle", "Dana Kestrelle", "usbp-rgv", "prosecutions", "en"}, {"lockridge", "Marlow Lockridge", "usbp-rgv", "supervisor", "en"},
		{"ravenel", "Sable Ravenel", "usbp-rgv", "adviser", "en"}, {"northcutt", "Ellery Northcutt", "usao-sdtx", "us_attorney", "en"},
		{"garnick", "Idris Garnick", "cbp-programme", "auditor", "en"}},
	"mx": {{"ibarrola", "Rebeca Ibarrola Quiñónez", "fgr-programa", "", "es"}, {"cantoral", "Teodoro Cantoral Ruelas", "sre-programa", "", "es"},
		{"escamillar", "Graciana Escamillar", "fgr-tamps", "mp", "es"}, {"frondosa", "Onésimo Frondosa", "fgr-tamps", "mp", "es"}},
}

// offices of each node: id → agency, English name, Spanish name, zone.
var offices = map[string]map[string][4]string{
	"us": {"cbp-programme": {"cbp", "CBP, programme coordination", "CBP, coordinación del programa", "America/Chicago"},
		"usao-sdtx": {"usao", "US Attorney, Southern District of Texas", "Fiscalía federal, distrito sur de Texas", "America/Chicago"},
		"usbp-rgv":  {"usbp", "Border Patrol, Rio Grande Valley", "Patrulla Fronteriza, Valle del Río Grande", "America/Chicago"}},
	"mx": {"fgr-programa": {"fgr", "FGR, programme coordination", "FGR, coordinación del programa", "America/Mexico_City"},
		"sre-programa": {"sre", "SRE, programme coordination", "SRE, coordinación del programa", "America/Mexico_City"},
		"fgr-tamps":    {"fgr", "FGR, Tamaulipas", "FGR, Tamaulipas", "America/Matamoros"},
		"inm-reynosa":  {"inm", "INM at the bridge, Reynosa", "INM en el puente, Reynosa", "America/Matamoros"}},
}

var settings = map[string]node.Settings{
	"us": {Node: "us", Country: "US", NameEN: "United States", NameES: "Estados Unidos", Zone: "America/Chicago"},
	"mx": {Node: "mx", Country: "MX", NameEN: "Mexico", NameES: "México", Zone: "America/Mexico_City"},
}

// world is two nodes of two countries, each with its own folders and keys, that
// exchange over TLS on ports of the moment.
type world struct {
	t         *testing.T
	web       map[string]string // node → address of its pages
	roots     map[string][]byte
	user      map[string]*client.Client // node/login
	mail      *mail.Server              // that takes the letters of the nodes raised; nil for none
	providers []*provider.Provider      // by which people of the nodes raised may sign in
	disk      string                    // where each node has its folder; of the test's own if empty
	down      map[string]func()         // node → stops it, once
	log       slog.Handler              // where the nodes say what they do; faults to standard error if nil
	held      map[string]node.Folders   // node → its folders
	nodes     map[string]*node.Node     // the nodes that run, for what no client can ask
	link      map[string]string         // node → where it listens to the other
	ahead     sync.Map                  // node → how far its clock is ahead of the machine's, if it is
	halves    []string                  // of one-time links and founding, once used
	// where it is kept what goes between the nodes, and node → address of its figures; neither if nil
	wire    *written
	private map[string]string
	leaves  map[string]string // of the case, what the packet leaves out, and why
}

// newWorld is two nodes, founded and paired, with the accord of 2008 in force.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := emptyWorld(t)
	w.fromFirst()
	return w
}

func emptyWorld(t *testing.T) *world {
	return &world{t: t, web: map[string]string{}, roots: map[string][]byte{}, user: map[string]*client.Client{}}
}

// begin founds what newWorld has, for a world that something was said of.
func (w *world) begin() {
	w.t.Helper()
	for _, n := range []string{"us", "mx"} {
		w.raise(n)
	}
	w.pair()
	w.accord()
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) logs() slog.Handler {
	if w.log != nil {
		return w.log
	}
	return slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})
}

// now is the time by a node's clock.
func (w *world) now(n string) time.Time {
	ahead, _ := w.ahead.Load(n)
	d, _ := ahead.(time.Duration)
	return time.Now().Add(d)
}

// raise makes a node, starts it and opens its offices and accounts.
func (w *world) raise(n string) {
	w.t.Helper()
	dir := w.disk
	if dir == "" {
		dir = w.t.TempDir()
	}
	f := foldersOf(dir, n)
	w.ok(os.MkdirAll(filepath.Dir(f.Data), 0o700))
	link, err := quietport.Address()
	w.ok(err)
	s := settings[n]
	reached, listen := link, node.Listen{Link: link}
	if w.wire != nil {
		reached = w.relay(reached)
		listen.Metrics, err = quietport.Address()
		w.ok(err)
		w.private[n] = listen.Metrics
	}
	s.Installation, s.Fictional, s.LinkURL = "stories.example", true, "https://"+reached
	codes, err := node.Init(context.Background(), f, s, time.Now())
	w.ok(err)
	w.halves = append(w.halves, codes[:]...)
	w.start(n, f, listen)
	w.populate(n, codes)
}

func foldersOf(dir, n string) node.Folders {
	return node.Folders{Data: filepath.Join(dir, n, "data"), Keys: filepath.Join(dir, n, "keys")}
}

// start has a node that was founded serve its two doors until the test ends.
func (w *world) start(n string, f node.Folders, listen node.Listen) {
	w.t.Helper()
	ctx := context.Background()
	limits := watch.Defaults
	limits.Disk = 1 << 62 // no disk is that large: the alarm stands
	running, err := node.Open(ctx, f, node.Options{Now: func() time.Time { return w.now(n) }, Limits: &limits, Log: slog.New(w.logs())})
	w.ok(err)
	if w.held == nil {
		w.held, w.nodes, w.link, w.down = map[string]node.Folders{}, map[string]*node.Node{}, map[string]string{}, map[string]func(){}
	}
	w.held[n], w.nodes[n], w.link[n] = f, running, listen.Link
	running.Guard.Pause = func(context.Context, time.Duration) error { return nil } // stories do not wait for wrong tries
	w.ok(os.WriteFile(filepath.Join(f.Keys, node.WebCertFile), door, 0o600))
	cert, roots, err := node.WebCertificate(f.Keys, "", "", []string{"localhost", "127.0.0.1"}, time.Now())
	w.ok(err)
	listen.Web, listen.Cert, listen.Mail, listen.Providers = "127.0.0.1:0", cert, w.mail, w.providers
	listen.Examine = doctor.Page(doctor.Patient{Folders: f, Limits: limits, Now: func() time.Time { return w.now(n) }})
	life, stop := context.WithCancel(ctx)
	up, down := make(chan string, 1), make(chan error, 1)
	go func() {
		down <- running.Serve(life, listen, func(web, _ string) { up <- web })
	}()
	w.down[n] = sync.OnceFunc(func() {
		stop()
		if err := <-down; err != nil {
			w.t.Errorf("%s did not stop cleanly: %v", n, err)
		}
		if err := running.Close(); err != nil {
			w.t.Error(err)
		}
	})
	w.t.Cleanup(w.down[n])
	select {
	case address := <-up:
		w.web[n], w.roots[n] = "https://"+strings.Replace(address, "127.0.0.1", "localhost", 1), roots // a passkey is bound to a name
	case err := <-down:
		w.t.Fatalf("%s did not come up: %v", n, err)
	}
}

func (w *world) populate(n string, codes [2]string) {
	w.t.Helper()
	ctx := context.Background()
	body := func(id string) map[string]any {
		o := offices[n][id]
		return map[string]any{"id": id, "agency": o[0], "name_en": o[1], "name_es": o[2], "zone": o[3]}
	}
	all := people[n]
	for i, p := range all[:2] {
		c := w.stranger(n)
		w.ok(c.Post(ctx, "found", map[string]any{"code": codes[i], "login": p.login, "name": p.name, "badge": n + p.login, "lang": p.lang, "password": password, "office": body(p.office)}, nil))
		w.signIn(n, p.login)
	}
	for id := range offices[n] {
		if id != all[0].office && id != all[1].office {
			b := body(id)
			if b["kind"] = "case"; offices[n][id][0] == "inm" {
				b["kind"] = "bridge" // receives people: their sheet, and no case
			}
			w.twoPeople(n, "office.create", b)
		}
	}
	for _, p := range all[2:] {
		w.joins(n, p)
	}
}

// invite creates an account by two people, each of whom holds half of the link
// with which its owner chooses a password.
func (w *world) invite(n string, p official) (half [2]string) {
	w.t.Helper()
	user := w.twoPeople(n, "user.create", map[string]any{"login": p.login, "name": p.name, "office": p.office, "roles": []string{p.role}, "badge": n + p.login, "lang": p.lang})
	for i := range half {
		var out struct {
			Code string `json:"code"`
		}
		w.ok(w.as(n, people[n][i].login, wire.PurposeAdministration).Post(context.Background(), "users/"+user+"/invite", map[string]any{}, &out))
		half[i] = out.Code
		w.halves = append(w.halves, out.Code)
	}
	return half
}

// joins makes an account, whose owner chooses a password and signs in.
func (w *world) joins(n string, p official) {
	w.t.Helper()
	half := w.invite(n, p)
	w.ok(w.stranger(n).Post(context.Background(), "redeem", map[string]any{"half": half[0], "other": half[1], "password": password}, nil))
	w.signIn(n, p.login)
}

func (w *world) stranger(n string) *client.Client {
	w.t.Helper()
	c, err := client.New(w.web[n], w.roots[n])
	w.ok(err)
	return c
}

func (w *world) signIn(n, login string) {
	w.t.Helper()
	c, ctx := w.stranger(n), context.Background()
	if before := w.user[n+"/"+login]; before != nil {
		c.Signer = before.Signer
		_, err := c.SignInByPasskey(ctx, true)
		w.ok(err)
	} else {
		_, err := c.Begin(ctx, login, password, "test")
		w.ok(err)
	}
	w.user[n+"/"+login] = c
}

// key is the passkey of somebody.
func (w *world) key(n, login string) *authenticator.Key {
	w.t.Helper()
	k, ok := w.user[n+"/"+login].Signer.(*authenticator.Key)
	if !ok {
		w.t.Fatalf("%s has no passkey on %s", login, n)
	}
	return k
}

// as is a client of somebody for one purpose.
func (w *world) as(n, login, purpose string) *client.Client {
	c := *w.user[n+"/"+login]
	c.Purpose = purpose
	return &c
}

// take takes an act and gives the id of what it made.
func (w *world) take(n, login, purpose, verb string, cmd map[string]any) string {
	w.t.Helper()
	out, err := w.as(n, login, purpose).Take(context.Background(), verb, "", cmd)
	if err != nil {
		w.t.Fatalf("%s by %s: %v", verb, login, err)
	}
	return out.Object
}

func (w *world) twoPeople(n, verb string, cmd map[string]any) string {
	w.t.Helper()
	id := w.take(n, people[n][0].login, wire.PurposeAdministration, verb, cmd)
	return w.take(n, people[n][1].login, wire.PurposeAdministration, "proposal.approve", map[string]any{"proposal": id})
}

// pair holds the fingerprint ceremony.
func (w *world) pair() {
	w.t.Helper()
	for n, other := range map[string]string{"us": "mx", "mx": "us"} {
		var intro struct {
			Descriptor string   `json:"descriptor"`
			Spanish    []string `json:"spanish"`
		}
		w.ok(w.as(other, people[other][0].login, wire.PurposeAdministration).Get(context.Background(), "descriptor", &intro))
		w.take(n, people[n][0].login, wire.PurposeAdministration, "peer.propose", map[string]any{"descriptor": intro.Descriptor})
		w.take(n, people[n][1].login, wire.PurposeAdministration, "peer.approve", map[string]any{"peer": other, "fingerprint": strings.Join(intro.Spanish, " ")})
	}
}

// accord puts the accord of 2008 in force, signed by two officials a side.
func (w *world) accord() {
	w.t.Helper()
	id := w.take("us", "whitfield", wire.PurposeOversight, "accord.propose", map[string]any{"document": w.document("accord-2008")})
	for _, n := range []string{"us", "mx"} {
		for _, p := range people[n][:2] {
			w.until(func() error {
				_, err := w.as(n, p.login, wire.PurposeOversight).Take(context.Background(), "accord.sign", "", map[string]any{"accord": id})
				return err
			})
		}
	}
	w.until(func() error {
		var a struct {
			Status string `json:"status"`
		}
		if err := w.as("us", "okafor", wire.PurposeOversight).Get(context.Background(), "accords/"+id, &a); err != nil || a.Status != "in_force" {
			return fmt.Errorf("accord is %s: %w", a.Status, err)
		}
		return nil
	})
}

// document is an accord as the programme's template has it.
func (w *world) document(template string) string {
	w.t.Helper()
	both := func(x program.Text) map[string]string { return map[string]string{"en": x.En, "es": x.Es} }
	t, ok := program.TemplateByID(template)
	if !ok {
		w.t.Fatalf("no template %s", template)
	}
	corridor := t.Corridors[0]
	var list []map[string]any
	for _, n := range []string{"us", "mx"} {
		for _, id := range slices.Sorted(maps.Keys(offices[n])) {
			o := offices[n][id]
			list = append(list, map[string]any{"node": n, "id": id, "agency": o[0], "zone": o[3], "title": map[string]string{"en": o[1], "es": o[2]}})
		}
	}
	b, err := json.Marshal(map[string]any{"ref": t.ID, "title": both(t.Title), "place": map[string]string{"en": t.Place, "es": t.Place}, "date": t.Opens.String(), "facts": map[string]any{"from": "2016-06-18"},
		"parties":  []map[string]any{{"node": "us", "country": "US", "title": map[string]string{"en": "United States", "es": "Estados Unidos"}}, {"node": "mx", "country": "MX", "title": map[string]string{"en": "Mexico", "es": "México"}}},
		"purposes": []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeLifeAtRisk, wire.PurposeDefenceCourt, wire.PurposeOversight}, "offices": list,
		"corridors": []map[string]any{{"id": corridor.ID, "title": both(corridor.Title), "sides": []map[string]any{
			{"node": "us", "areas": corridor.A, "offices": []string{"usbp-rgv"}}, {"node": "mx", "areas": corridor.B, "offices": []string{"fgr-tamps"}}}}},
		"procedures": []map[string]any{{"procedure": "mx-accusatory-2016", "from": "us", "to": "mx", "facts": map[string]any{"from": "2016-06-18"}}},
		"calendars":  []string{"us-federal", "mx-federal-court"}, "release": []string{"notice", "analysis", "released"}, "delay_hours": 0})
	w.ok(err)
	return string(b)
}

// until tries until what the other node sends has arrived.
func (w *world) until(f func() error) {
	w.t.Helper()
	for deadline := time.Now().Add(40 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		err := f()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatal(err)
		}
	}
}
