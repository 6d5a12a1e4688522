package test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Nothing is reached without an access rule (DESIGN §7, R09): pages and
// operations are registered with one or not at all, and what opens a route or a
// table beside those registrars stands here by name.

// registrars are the functions that put a handler where requests come in, and
// what keeps out whoever may not come.
var registrars = map[string]string{
	"internal/web/doors.go opened":          "the rule is open; openRoutes below lists them",
	"internal/web/doors.go streamed":        "a session in force, and the rule given",
	"internal/web/server.go New":            "the pages as a whole, guarded against other sites",
	"internal/httpapi/operation.go add":     "the rule given, and a session unless it is open",
	"internal/httpapi/operation.go stream":  "the rule given, and a session",
	"internal/httpapi/api.go New":           "open: says that there is no such operation",
	"internal/node/serve.go health":         "open: says that the process and its database answer, and nothing else",
	"internal/watch/metrics.go Handler":     "whoever reaches an address of this machine (node.listenPrivately refuses any other): figures of the whole node, which name no case, person or office",
	"internal/exchange/receiver.go Handler": "the key of an approved peer's certificate",
}

// pastTheView are the functions of the doors that read tables by themselves,
// and why nothing of a case that its reader may not know is in what they give.
var pastTheView = map[string]string{
	"internal/web/alerts.go life":               "whether the office has an alert at all; the alerts shown go through alert.Standing",
	"internal/web/exhibits.go custodyFacts":     "the number and kind of the exhibit that one's own prepared act is about; its rule has decided",
	"internal/web/names.go lookUp":              "names of offices, peers and accords, zones, corridors, which every reader of the page may know",
	"internal/web/live.go mayHear":              "decides by the policies whether a page may hear that its own thing changed",
	"internal/web/names.go findPeerCountry":     "the country of a peer, from its descriptor",
	"internal/web/names.go findOffice":          "what an office is called",
	"internal/web/request.go page":              "one's own office, the peers, and how far the link can be relied on",
	"internal/web/signing.go underWay":          "whether the peer has answered what the reader has just signed",
	"internal/web/post.go zone":                 "the zone of one's own office",
	"internal/web/journal.go account":           "the name of an official's account whose id is shown",
	"internal/web/referral_acts.go peerChoices": "names of the approved peers",
	"internal/web/case_forms.go farNodes":       "nodes and offices that the accords in force name",
	"internal/web/case_items.go officeChoices":  "offices of this node",
	"internal/web/case_items.go newMembers":     "which roles each office of this node has, of nobody by name",
	"internal/web/correcting.go recordChoices":  "pseudonyms of the records that the person shown is made of",
	"internal/web/consular.go consulateChoices": "names of the consulates that the accords in force name",
	"internal/web/records.go readersOfReferral": "officials of the offices of a referral that is shown",
	"internal/web/alerts.go readersOfAlert":     "officials of the offices of an alert that is shown",
	"internal/web/records.go readersOf":         "officials of the offices of a case that is shown",
	"internal/web/statement.go stepFacts":       "the number and sheet of what one's own prepared act is about; its rule has decided",
	"internal/web/statement.go concerning":      "the person named by the request that one's own prepared act decides; its rule has decided",
	"internal/web/waiting.go waiting":           "the number of a referral whose withdrawal is shown",
	"internal/web/link.go paired":               "names of the approved peers, which the programme's people all may know",
	"internal/web/search.go searchForm":         "names of the offices, for a choice; who has an account may know them",
	"internal/web/people.go personPage":         "the case of a person whom casefile.ShowPerson has just decided to show",
}

// openRoutes are the routes of the pages that need no session.
var openRoutes = []string{"/", "GET /assets/", "GET /found", "GET /locked", "GET /redeem", "GET /screen", "GET /sign-in", "GET /sign-in/provider/{id}", "POST /found", "POST /language", "POST /locked/passkey", "POST /locked/password", "POST /redeem", "POST /screen", "POST /sign-in", "POST /sign-in/code", "POST /sign-in/passkey", "POST /sign-in/provider", "POST /sign-out", "POST /theme"}

// ownRoutes touch nothing but the reader's own account, session, or act about to be signed.
var ownRoutes = []string{"GET /live", "GET /search", "GET /sign/{id}", "HEAD /uploads/{id}", "PATCH /uploads/{id}", "POST /cases/{id}/screening/draft", "POST /intake/draft", "POST /network/{id}/drop", "POST /network/{id}/keep", "POST /search/drop", "POST /search/keep", "POST /search/rename"}

// selfRoutes are all that a session by password alone opens: one's own ways to sign in.
var selfRoutes = []string{"GET /account", "POST /account/app", "POST /account/app/confirm", "POST /account/app/remove", "POST /account/codes", "POST /account/passkeys", "POST /account/passkeys/{id}/remove", "POST /account/sessions/{id}/end"}

// openAsked, ownAsked and selfAsked are the same of the API.
var (
	openAsked = []string{"found", "redeem", "sign-in", "sign-in-challenge", "sign-in-code", "sign-in-passkey", "sign-out"}
	ownAsked  = []string{"descriptor", "network-kept", "prepared-show", "search-views"}
	selfAsked = []string{"factor-list", "me", "passkey-add", "passkey-challenge", "passkey-remove", "recovery-draw", "totp-draw", "totp-remove", "totp-set"}
)

// streamed are the operations whose bytes stand in no document.
var streamed = map[string]string{"file-stands": "HEAD /api/v1/uploads/1", "file-continue": "PATCH /api/v1/uploads/1", "file-content": "GET /api/v1/files/1/content", "referral-copy-content": "GET /api/v1/copies/1/1"}

// calls visits every call in the code that runs, with the function it stands in.
func calls(t *testing.T, roots []string, visit func(where string, c *ast.CallExpr)) {
	t.Helper()
	for _, root := range roots {
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel("..", path)
			if err != nil {
				return err
			}
			for _, decl := range file.Decls {
				name := "(package)"
				if f, ok := decl.(*ast.FuncDecl); ok {
					name = f.Name.Name
				}
				ast.Inspect(decl, func(n ast.Node) bool {
					if c, ok := n.(*ast.CallExpr); ok {
						visit(filepath.ToSlash(rel)+" "+name, c)
					}
					return true
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// named is the dotted name of what is called, without type arguments.
func named(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return named(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		return named(e.X)
	case *ast.IndexListExpr:
		return named(e.X)
	}
	return ""
}

// listed holds that the functions in which something is found are those that
// the list explains, each with a reason.
func listed(t *testing.T, what string, found map[string]bool, list map[string]string) {
	t.Helper()
	for where := range found {
		if list[where] == "" {
			t.Errorf("%s %s, and nothing says by which access rule", where, what)
		}
	}
	for where := range list {
		if !found[where] {
			t.Errorf("%s stands in the list and no longer %s", where, what)
		}
	}
}

func TestNoRouteIsRegisteredPastTheAccessRules(t *testing.T) {
	found := map[string]bool{}
	calls(t, []string{"internal", "cmd"}, func(where string, c *ast.CallExpr) {
		name := named(c.Fun)
		last := name[strings.LastIndex(name, ".")+1:]
		isMux := (last == "HandleFunc" || last == "Handle") && len(c.Args) == 2 && name != last
		if isMux && !strings.Contains(name, "demo") || strings.HasPrefix(name, "huma.") && slices.Contains([]string{"Register", "AutoRegister", "Get", "Post", "Put", "Patch", "Delete"}, last) {
			found[where] = true
		}
	})
	listed(t, "registers a route", found, registrars)
}

func TestNoDoorReadsPastTheView(t *testing.T) {
	found := map[string]bool{}
	calls(t, []string{"internal/web", "internal/httpapi"}, func(where string, c *ast.CallExpr) {
		if name := named(c.Fun); strings.HasSuffix(name, ".DB.Read") || strings.HasSuffix(name, ".DB.Write") || strings.HasSuffix(name, ".lookUp") {
			found[where] = true
		}
	})
	listed(t, "reads tables past act.View", found, pastTheView)
}

// TestEveryRouteOfThePagesKeepsItsRule opens every route without a session,
// and takes every act with one that has no right to it.
func TestEveryRouteOfThePagesKeepsItsRule(t *testing.T) {
	n, token := foundedNode(t)
	pages, _ := n.AccessRules()
	var open, own, self []string
	for _, route := range pages {
		switch route.Rule {
		case access.RuleOpen:
			open = append(open, route.Pattern)
			continue
		case access.RuleSelf:
			self = append(self, route.Pattern)
		case access.RuleOwn:
			own = append(own, route.Pattern)
		case access.RuleSeen, access.RuleTaken:
		default:
			t.Errorf("%s has the rule %q", route.Pattern, route.Rule)
		}
		if route.Area == "" {
			t.Errorf("%s says for which purpose to nobody", route.Pattern)
		}
		for _, c := range []string{"", "nobodys"} {
			if status, to := opened(n, route.Pattern, c); status != http.StatusSeeOther || to != "/sign-in" {
				t.Errorf("%s with the session %q: %d to %q", route.Pattern, c, status, to)
			}
		}
		if route.Rule == access.RuleTaken {
			before := size(t, n)
			if status, _ := opened(n, route.Pattern, token); status < 400 || status >= 500 {
				t.Errorf("%s asked of nothing answers %d", route.Pattern, status)
			}
			if size(t, n) == before {
				t.Errorf("%s was refused and left no fact", route.Pattern)
			}
		}
	}
	if slices.Sort(open); !slices.Equal(open, openRoutes) {
		t.Errorf("open are %q", open)
	}
	if slices.Sort(self); !slices.Equal(self, selfRoutes) {
		t.Errorf("opened by a password alone are %q", self)
	}
	if slices.Sort(own); !slices.Equal(own, ownRoutes) {
		t.Errorf("about oneself are %q", own)
	}
	if len(pages) < 70 {
		t.Errorf("only %d routes", len(pages))
	}
}

// opened asks a route; its places are "1", an act is one that takes a field.
func opened(n *node.Node, pattern, session string) (status int, to string) {
	method, path, _ := strings.Cut(pattern, " ")
	path = inPath.ReplaceAllString(strings.NewReplacer("{verb}", "case.open", "{$}", "").Replace(path), "1")
	r := httptest.NewRequest(method, path, strings.NewReader(url.Values{"q": {"nobody"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if session != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-oasiss", Value: session})
	}
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, r)
	return w.Code, w.Header().Get("Location")
}

// TestEveryOperationKeepsItsRule takes every act over the API with nothing in
// it, by somebody signed in whose office has no case: each is refused, and
// leaves the fact that it was (R27).
func TestEveryOperationKeepsItsRule(t *testing.T) {
	n, token := foundedNode(t)
	_, rules := n.AccessRules()
	var open, own, self []string
	for name, op := range operations(t) {
		switch rule := rules[op.ID]; rule {
		case access.RuleOpen:
			open = append(open, op.ID)
		case access.RuleSelf:
			self = append(self, op.ID)
		case access.RuleOwn:
			own = append(own, op.ID)
		case access.RuleSeen: // TestEveryReadLeavesOneAccessFact
		case access.RuleTaken:
			before := size(t, n)
			if status, code := answerOf(t, n.Handler(), name, token); status < 400 || status >= 500 {
				t.Errorf("%s asked of nothing answers %d %s", name, status, code)
			}
			if size(t, n) == before {
				t.Errorf("%s was refused and left no fact", name)
			}
		default:
			t.Errorf("%s has the rule %q", name, rule)
		}
		delete(rules, op.ID)
	}
	for id, at := range streamed {
		for token, want := range map[string]int{"": http.StatusUnauthorized, "nobodys": http.StatusUnauthorized, token: http.StatusNotFound} {
			method, path, _ := strings.Cut(at, " ")
			r := httptest.NewRequest(method, path, nil)
			for name, value := range map[string]string{"Authorization": "Bearer " + token, "Oasiss-Purpose": wire.PurposeProsecution, "Tus-Resumable": "1.0.0",
				"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"} {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			if n.Handler().ServeHTTP(w, r); w.Code != want {
				t.Errorf("%s with the session %q: %d, want %d", at, token, w.Code, want)
			}
		}
		if rules[id] == "" {
			t.Errorf("%s has no rule", id)
		}
		delete(rules, id)
	}
	if left := slices.Collect(maps.Keys(rules)); len(left) > 0 {
		t.Errorf("no operation, and a rule: %v", left)
	}
	if slices.Sort(open); !slices.Equal(open, openAsked) {
		t.Errorf("open are %q", open)
	}
	if slices.Sort(self); !slices.Equal(self, selfAsked) {
		t.Errorf("opened by a password alone are %q", self)
	}
	if slices.Sort(own); !slices.Equal(own, ownAsked) {
		t.Errorf("about oneself are %q", own)
	}
}

// TestEveryCommandAsksTheHouse runs every command empty and for everyone: none
// of them is taken by somebody who has no role, whatever the purpose.
func TestEveryCommandAsksTheHouse(t *testing.T) {
	n, token := foundedNode(t)
	by, err := n.Guard.FromToken(t.Context(), token, true)
	if err != nil {
		t.Fatal(err)
	}
	by.Roles = nil
	for verb, fresh := range node.Verbs() {
		for _, purpose := range wire.Purposes {
			if allowed, _, err := n.Acts.Offer(t.Context(), by, purpose, fresh()); allowed || err != nil {
				t.Errorf("%s for %s, by somebody without a role: %v %v", verb, purpose, allowed, err)
			}
		}
		if !act.NeedsSignature(fresh()) {
			if _, err := n.Acts.Do(t.Context(), by, "", wire.PurposeProsecution, fresh()); err == nil {
				t.Errorf("%s was taken by somebody without a role", verb)
			}
		}
	}
}

func size(t *testing.T, n *node.Node) (size int64) {
	t.Helper()
	err := n.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		size, err = journal.Size(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// keepsOnly take something from whoever asks, and tell nothing but what the account
// itself keeps.
var keepsOnly = map[string]string{"internal/protection.KeepDrafts": "what the account itself typed, of people whom it may screen",
	"internal/intake.KeepDraft":  "what the account itself typed, if it may capture",
	"internal/casefile.KeepView": "a search of the account's own", "internal/casefile.RenameView": "the name of a search of the account's own", "internal/casefile.Views": "the account's own searches",
	"internal/network.Keep": "what a chart of the account's own asks", "internal/network.AllKept": "what the account's own charts ask"}

// TestEveryReadOfARoomGoesThroughTheView holds that a function which a door can
// ask (it is given the house and who asks) looks through act.View, or asks
// another that does.
func TestEveryReadOfARoomGoesThroughTheView(t *testing.T) {
	reads, through := map[string]string{}, map[string]bool{}
	rooms := house[slices.Index(house, "internal/directory"):slices.Index(house, "internal/backup")]
	for _, room := range rooms {
		files, err := filepath.Glob("../" + room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok {
					if house := given(f, "act.Acts"); house != "" && given(f, "access.Actor") != "" {
						reads[room+"."+f.Name.Name] = house
						through[room+"."+f.Name.Name] = hands(f, house)
					}
				}
			}
		}
	}
	if len(reads) < 30 {
		t.Errorf("only %d reads", len(reads))
	}
	for name := range reads {
		if _, keeps := keepsOnly[name]; through[name] == keeps {
			t.Errorf("%s: through act.View %v, keeps only %v", name, through[name], keeps)
		}
	}
}

// given is the name of a function's parameter of a type, "" if it has none.
func given(f *ast.FuncDecl, typ string) string {
	for _, p := range f.Type.Params.List {
		of := p.Type
		if star, ok := of.(*ast.StarExpr); ok {
			of = star.X
		}
		if named(of) == typ && len(p.Names) == 1 {
			return p.Names[0].Name
		}
	}
	return ""
}

// hands reports whether a function gives the house to act.View, or to a
// function of its own room that is held to do so too.
func hands(f *ast.FuncDecl, house string) (through bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := named(c.Fun)
		gives := slices.ContainsFunc(c.Args, func(a ast.Expr) bool { return named(a) == house })
		through = through || gives && (name == "act.View" || !strings.Contains(name, "."))
		return true
	})
	return through
}
