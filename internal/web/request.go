package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// request is one request of a person who is signed in.
type request struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	by      access.Actor
	lang    i18n.Lang
	purpose string
	path    string // of the page, without an act's own
	live    string // topic by which the page renews itself
	renews  string // address of its parts, which come with the word that it has changed; empty for none
	zoned   *time.Location
	look    access.Look
	plays   bool // the page plays sound or film of this node

	refused []*refusedForm    // the acts that were just refused on this page
	taken   int               // those of the same form that were not
	sent    map[string][]byte // files of a form that is filled from them
	filling *view.Fill        // what became of filling it

	names  map[wire.Address]string    // offices, and the countries of nodes, that were looked up for the page
	halves map[string]protection.Half // what the reader has begun of the page's people, by person
}

// refusedForm is an act that was refused, with what was typed.
type refusedForm struct {
	key  string // verb, and the step where one verb takes several
	form component.Form
	told bool // it was drawn again, with its refusal
}

// enter finds who asks; without a session the answer is the sign-in page.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, a area) (*request, bool) {
	self := r.Header.Get(itself) != "" && r.Method == http.MethodGet // the page renews itself: nobody did anything
	by, err := s.Guard.FromToken(r.Context(), tokenOf(r), !self)
	if err != nil {
		s.problem(w, r, err)
		return nil, false
	}
	return s.reading(w, r, by, purpose(a, by)), true
}

// reading is a request of somebody, in the language and look that their account keeps.
func (s *Server) reading(w http.ResponseWriter, r *http.Request, by access.Actor, purpose string) *request {
	q := &request{s: s, w: w, r: r, by: by, purpose: purpose, path: r.URL.Path}
	var err error
	if q.look, err = s.Guard.Look(r.Context(), by.User); err != nil && r.Context().Err() == nil {
		s.Log.ErrorContext(r.Context(), "a look cannot be read", "error", err)
	}
	if q.lang = i18n.Lang(q.look.Lang); !q.lang.Known() {
		q.lang = s.lang(r, by)
	}
	q.by.Lang = string(q.lang)
	return q
}

// lang is the language of a page: chosen here, else the account's, else the
// browser's.
func (s *Server) lang(r *http.Request, by access.Actor) i18n.Lang {
	if c, err := r.Cookie(cookieLang); err == nil && i18n.Lang(c.Value).Known() {
		return i18n.Lang(c.Value)
	}
	if i18n.Lang(by.Lang).Known() {
		return i18n.Lang(by.Lang)
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
}

// draw draws a page, or says why not. All that the page looks at is one access
// fact, committed before its first byte leaves.
func (q *request) draw(status int, f show) {
	var name string
	var data any
	own := q.r
	err := q.s.Acts.Together(own.Context(), func(ctx context.Context) (err error) {
		q.r = own.WithContext(ctx)
		name, data, err = f(q)
		return err
	})
	q.r = own
	var to elsewhere
	if errors.As(err, &to) {
		http.Redirect(q.w, q.r, string(to), http.StatusSeeOther)
		return
	}
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	p := q.page(q.r.Context())
	p.Plays = q.plays
	if err := q.s.render.RenderStatus(q.w, status, name, p, data); err != nil {
		q.s.problem(q.w, q.r, err)
	}
}

// elsewhere is the answer of a page that leads on to another one.
type elsewhere string

// Error implements error.
func (e elsewhere) Error() string { return "leads to " + string(e) }

// t is a text in the reader's language; pairs are its parameters.
func (q *request) t(key string, pairs ...any) string {
	params := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		params[pairs[i].(string)] = pairs[i+1]
	}
	return i18n.T(q.lang, key, params)
}

// word is the name of a code: the text of key if there is one, else the code.
func (q *request) word(key, code string) string {
	if code == "" {
		return ""
	}
	if i18n.Has(key + code) {
		return q.t(key + code)
	}
	return code
}

// blank is the page of somebody who is not signed in.
func (s *Server) blank(r *http.Request) Page {
	l := s.lang(r, access.Actor{})
	return Page{Lang: l, Country: strings.ToLower(s.Node.Country), NodeName: s.Node.Name[l], Zones: []Zone{{Country: strings.ToLower(s.Node.Country), Name: s.Node.Zone}},
		Fictional: s.Node.Fictional, Theme: themeOf(r), Path: here(r), Now: s.Acts.Now(), Zip: ownAsking(r), Answers: r.Method == http.MethodPost}
}

// here is the page's own address, for the language switch.
func here(r *http.Request) string {
	path := r.URL.Path
	if before, _, acts := strings.Cut(path, "/acts/"); acts {
		path = before
	}
	if r.Method == http.MethodGet && r.URL.RawQuery != "" {
		query := r.URL.Query()
		query.Del("done")
		query.Del("step")
		if rest := query.Encode(); rest != "" {
			return path + "?" + rest
		}
	}
	return path
}

// page is what surrounds every page of somebody signed in.
func (q *request) page(ctx context.Context) Page {
	p := q.s.blank(q.r)
	p.Lang, p.Theme = q.lang, theme(q.look.Theme)
	p.NodeName = q.s.Node.Name[q.lang]
	p.Token = newToken()
	p.LocksIn, p.Whose = int(q.s.Guard.LocksIn().Seconds()), q.by.User
	p.User = &User{Name: q.by.Name, Role: q.roles(), URL: "/"}
	if q.by.Level < 2 { // one's own account is all that a password alone opens
		return p
	}
	p.Nav = q.nav()
	if q.live == "" { // a page that does not change still shows a life at risk
		q.live = act.AlertTopic(q.by.Office)
	}
	p.Live, p.Alert = q.stream(q.live, q.renews), q.life()
	if done := q.r.URL.Query().Get("done"); done != "" && i18n.Has("verb."+done) && len(q.refused) == 0 {
		p.Flash = &component.Note{Kind: "ok", Title: q.t("web.done", "What", q.t("verb."+done)), Text: q.t("web.done.text")}
	}
	if done := q.stepDone(q.r.URL.Query().Get("step")); p.Flash != nil && done != "" {
		p.Flash.Title = q.t("web.done", "What", done)
	}
	if len(q.refused) > 0 && q.taken > 0 {
		p.Flash = &component.Note{Kind: "ok", Title: q.t("web.done_some", "Count", q.taken), Text: q.t("web.done_some.text", "Count", len(q.refused))}
	}
	if i := slices.IndexFunc(q.refused, func(f *refusedForm) bool { return !f.told }); i >= 0 { // the act is no longer offered: somebody else was first
		p.Flash = q.tooLate(q.refused[i].form)
	}
	q.lookUp(func(tx *store.Tx) error {
		q.surround(tx, &p)
		return nil
	})
	return p
}

// tooLate says why an act was refused that the page no longer offers, with
// the words that were typed: nothing is lost.
func (q *request) tooLate(f component.Form) *component.Note {
	no := f.Refusal
	n := &component.Note{Kind: "over", Title: i18n.T(q.lang, "refusal."+no.Code, no.Params), Text: i18n.T(q.lang, "refusal."+no.Code+".next", no.Params)}
	for _, name := range []string{"explanation", "question", "answer", "note"} {
		if typed := strings.TrimSpace(f.Value(name)); typed != "" {
			n.Text += " " + q.t("web.you_wrote", "Text", typed)
		}
	}
	return n
}

// stepDone is what the procedures say was done by a step; "" of an unknown one.
func (q *request) stepDone(step string) string {
	for _, p := range program.Procedures() {
		if rule, ok := p.Rule(step); ok {
			return rule.Done.In(q.lang)
		}
	}
	return ""
}

// surround adds the office's place and zones and the trust strip. A page is
// drawn without them rather than not at all.
func (q *request) surround(tx *store.Tx, p *Page) {
	own := strings.ToLower(q.s.Node.Country)
	if o, ok, err := access.LoadOffice(tx, q.by.Office); err == nil && ok {
		p.Place = o.Name.En
		if q.lang == i18n.Spanish {
			p.Place = o.Name.Es
		}
		p.Zones = []Zone{{Country: own, Name: o.Zone, Place: place(o.Zone, q.lang)}}
	}
	peers, err := exchange.Peers(tx)
	if err != nil {
		return
	}
	for _, peer := range peers {
		if peer.Status != exchange.PeerApproved {
			continue
		}
		p.Peer = strings.ToLower(peer.Country)
		if len(p.Zones) > 0 { // the office could be read
			p.Zones = append(p.Zones, q.across(p.Zones[0], peer.Country))
		}
		if !q.renewing() { // the strip is no part of what an open page is told
			p.Trust = q.trust(tx, peer.ID)
		}
		return
	}
	p.Trust = &component.Trust{}
}

// across is the other country's zone beside the reader's: that of the same
// stretch of the border where the programme's data know it.
func (q *request) across(own Zone, country string) Zone {
	z := Zone{Country: strings.ToLower(country)}
	offset := func(name string) int {
		_, o := q.s.Acts.Now().In(i18n.Zone(name)).Zone()
		return o
	}
	near := func(o program.Office) bool {
		return z.Name == "" || abs(offset(o.Zone)-offset(own.Name)) < abs(offset(z.Name)-offset(own.Name))
	}
	for _, o := range program.Offices() {
		if o.Country == country && program.Paired(q.by.Office, o.ID) && near(o) {
			z.Name = o.Zone
		}
	}
	for _, o := range program.Offices() {
		if o.Country == country && near(o) {
			z.Name = o.Zone
		}
	}
	z.Place = place(z.Name, q.lang)
	return z
}

func abs(n int) int { return max(n, -n) }

// cities are those that a language writes otherwise than the name of the zone.
var cities = map[i18n.Lang]map[string]string{
	i18n.English: {"America/Ciudad_Juarez": "Ciudad Juárez", "America/Cancun": "Cancún", "America/Merida": "Mérida", "America/Mazatlan": "Mazatlán"},
	i18n.Spanish: {"America/Mexico_City": "Ciudad de México", "America/New_York": "Nueva York", "America/Los_Angeles": "Los Ángeles",
		"America/Ciudad_Juarez": "Ciudad Juárez", "America/Cancun": "Cancún", "America/Merida": "Mérida", "America/Mazatlan": "Mazatlán"},
}

// place is the city that a zone is named by, as the reader's language writes it.
func place(zone string, l i18n.Lang) string {
	if written, ok := cities[l][zone]; ok {
		return written
	}
	return strings.ReplaceAll(zone[strings.LastIndex(zone, "/")+1:], "_", " ")
}

// broken are the alarms after which the journals or the link cannot be relied on.
var broken = []string{exchange.AlarmSplitView, exchange.AlarmRolledBack, exchange.AlarmRootMismatch, exchange.AlarmNotIncluded, exchange.AlarmOtherDigest, exchange.AlarmRewritten}

// trust is what can be relied on now with a peer.
func (q *request) trust(tx *store.Tx, peer string) *component.Trust {
	s, err := exchange.State(tx, peer)
	if err != nil {
		return nil
	}
	t := &component.Trust{Peer: strings.ToLower(s.Peer.Country), Live: s.Live(time.Now()), LastContact: s.Heard, LastReceipt: s.LastReceipt, Cosigned: s.Cosigned.At}
	if !t.Live {
		t.Live = s.Live(q.s.Acts.Now())
	}
	for _, l := range s.Lanes {
		t.Waiting += int(l.Queued)
	}
	t.Broken = slices.ContainsFunc(s.Alarms, func(a exchange.Alarmed) bool { return slices.Contains(broken, a.Code) })
	return t
}

func (q *request) roles() string {
	var names []string
	for _, r := range q.by.Roles {
		names = append(names, q.word("role.", r))
	}
	return strings.Join(names, ", ")
}

// rooms of the masthead, each with the thing that whoever may see one of it,
// for the purpose of the room's area, finds there.
var rooms = []struct {
	key, path string
	area      area
	verb      string
	thing     string
}{
	{"nav.my_day", "/", areaCases, access.See, "day"},
	{"nav.alerts", "/alerts", areaLife, access.See, "alert"},
	{"nav.referrals", "/referrals", areaCases, access.See, "queue"},
	{"nav.cases", "/cases", areaCases, access.See, "case"},
	{"nav.protection", "/protection", areaProtection, "read.screening", "screening"},
	{"nav.consular", "/consular", areaProtection, access.See, "consular_file"},
	{"nav.warrants", "/warrants", areaCases, access.See, "warrant"},
	{"nav.accords", "/accords", areaOversight, access.See, "accord"},
	{"nav.figures", "/figures", areaOversight, access.See, "statistics"},
	{"nav.links", "/links", areaNode, access.See, "link"},
	{"nav.journal", "/journal", areaOversight, access.See, "journal"},
	{"nav.admin", "/admin", areaNode, access.See, "user"},
}

// nav is the masthead: one's day, and the rooms in which the policies show the
// reader something.
func (q *request) nav() []NavItem {
	var out []NavItem
	for _, r := range rooms {
		if r.thing == "warrant" && !q.executes() { // whoever sees cases is led to orders from there
			continue
		}
		if r.path == "/" || q.permits(r.area, r.verb, r.thing) {
			current := q.path == r.path || r.path != "/" && strings.HasPrefix(q.path, r.path+"/")
			out = append(out, NavItem{Key: r.key, URL: r.path, Current: current})
		}
	}
	return out
}

// permits reports whether the policies show the reader a thing of their own
// office, for the purpose for which they open an area.
func (q *request) permits(a area, verb, thing string) bool {
	own := access.Resource{Type: thing, Offices: []string{q.by.Office}}
	return q.s.Acts.Policies.Decide(q.by, verb, purpose(a, q.by), own).Allowed
}

// problemOf is a refusal as its page shows it.
func problemOf(no *refusal.Refusal) view.Problem {
	if no == nil {
		return view.Problem{}
	}
	return view.Problem{Status: no.Status, Refusal: &component.Refusal{Code: no.Code, Params: no.Params}}
}
