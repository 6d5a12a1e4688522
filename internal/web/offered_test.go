package web

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/redress"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// room is a node with one case and one protected person in it, and its pages'
// door. Everybody is fictional.
type room struct {
	*acttest.Node
	t            *testing.T
	s            *Server
	c, protected string
}

func newRoom(t *testing.T) *room {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, protection.Facts, consular.Facts(nil), redress.Facts, decoy.Facts}, casefile.Verbs, protection.Verbs, consular.Verbs, redress.Verbs, decoy.Verbs)
	n.Offices("usbp-rgv")
	k := &room{Node: n, t: t, s: &Server{Acts: n.Acts, Log: slog.New(slog.DiscardHandler), Node: Node{Country: "US", Zone: "America/Chicago"}}}
	agent := n.Person("agent", "usbp-rgv", access.RoleFieldAgent)
	k.c = n.Must(agent, wire.PurposeProsecution, &casefile.Open{Title: "Trailer at Falfurrias"}).Object
	n.Clock = n.Clock.Add(time.Second)
	k.protected = n.Must(agent, wire.PurposeProsecution, &casefile.AddPerson{Case: k.c, Particulars: casefile.Particulars{Given: "Itzel", Paterno: "Barragarza", Birth: "1999-05-05"},
		RoleFields: casefile.RoleFields{Role: "smuggled_migrant", Source: "observation"}}).Object
	return k
}

// as is a request of somebody of the office that holds the case.
func (k *room) as(a area, role string) *request {
	by := k.Person("u-"+role, "usbp-rgv", role)
	return &request{s: k.s, r: httptest.NewRequestWithContext(k.t.Context(), "GET", "/", nil), by: by, lang: i18n.English, purpose: purpose(a, by), path: "/"}
}

// What a page offers is what the policies let the reader do, whatever the
// page's author believed of roles.
func TestAPageOffersWhatThePoliciesAllow(t *testing.T) {
	k := newRoom(t)
	for role, want := range map[string]struct {
		sees, screens bool
		person        []string
	}{
		access.RoleFieldAgent:   {true, true, []string{"case.set_role"}},
		access.RoleProsecutions: {true, true, []string{"case.set_role", "protection.reveal", "redress.receive"}},
		access.RoleSupervisor:   {true, false, []string{"case.set_role", "protection.reveal", "redress.receive"}},
		access.RoleUSAttorney:   {true, false, []string{"case.set_role", "protection.reveal", "redress.receive"}},
		access.RoleMP:           {true, true, []string{"case.set_role", "protection.reveal", "redress.receive"}},
		access.RoleAdviser:      {true, true, []string{"protection.consent-service", "protection.note", "protection.reveal", "protection.stop", "protection.violence", "protection.waive_return", "redress.receive"}}, // the consent is for a receiving service: no node is known
		access.RoleConsular:     {},                                                                                                                                                                                   // may screen, but sees no case
		access.RoleCoordinator:  {},
		access.RoleAuditor:      {},
		access.RoleAdmin:        {},
	} {
		person, err := k.as(areaCases, role).personPage(k.protected)
		if refusal.Is(err, "access.not_found") == want.sees || err != nil && want.sees {
			t.Errorf("%s: the person's page: %v", role, err)
			continue
		}
		var offered []string
		for _, a := range person.Acts {
			offered = append(offered, a.Verb)
		}
		if slices.Sort(offered); !slices.Equal(offered, want.person) {
			t.Errorf("%s: a person's page offers %v, want %v", role, offered, want.person)
		}
		screening, err := k.as(areaProtection, role).screening(k.c)
		if (err == nil) != want.sees || (screening.Everyone != nil) != want.screens {
			t.Errorf("%s: screens %v, want %v: %v", role, screening.Everyone != nil, want.screens, err)
		}
		cases := slices.ContainsFunc(k.as(areaCases, role).nav(), func(n NavItem) bool { return n.Key == "nav.cases" })
		if cases != want.sees {
			t.Errorf("%s: the masthead leads to cases: %v", role, cases)
		}
	}
}

// Whoever may not open a case is given no form for it.
func TestTheFormOfANewCaseIsForWhoOpensCases(t *testing.T) {
	k := newRoom(t)
	opened := 0
	for _, role := range access.Roles {
		q := k.as(areaCases, role)
		may := q.takes("case.open", nil)
		_, _, err := q.newCase()
		if (err == nil) != may || err != nil && !refusal.Is(err, "access.not_found") {
			t.Errorf("%s: may open a case %v, and the form: %v", role, may, err)
		}
		if may {
			opened++
		}
	}
	if opened == 0 || opened == len(access.Roles) {
		t.Errorf("%d of %d roles open cases", opened, len(access.Roles))
	}
}

// Access is given to offices in which somebody could use it.
func TestAccessIsOfferedToOfficesThatWorkOnCases(t *testing.T) {
	k := newRoom(t)
	k.Offices("usao-sdtx", "cbp-oversight", "ofo-hidalgo", "sre-mcallen", "nobody-yet")
	for office, role := range map[string]string{"usao-sdtx": access.RoleUSAttorney, "cbp-oversight": access.RoleAuditor, "sre-mcallen": access.RoleConsular, "ofo-hidalgo": access.RoleAdmin} {
		if err := k.DB.Write(t.Context(), func(tx *store.Tx) error {
			u := access.User{ID: "of-" + office, Login: office, Name: office, Office: office, Lang: "en"}
			if err := access.SaveUser(tx, u); err != nil {
				return err
			}
			return access.SaveGrant(tx, access.Grant{User: u.ID, Role: role})
		}); err != nil {
			t.Fatal(err)
		}
	}
	var offered []string
	for _, o := range k.as(areaCases, access.RoleProsecutions).newMembers(k.c, []string{"usbp-rgv"}) {
		offered = append(offered, o.Value)
	}
	if !slices.Equal(offered, []string{"usao-sdtx"}) {
		t.Errorf("access is offered to %v", offered)
	}
}

// While an adviser's own stop stands, for a person or for the case, another is not
// offered; once it is lifted, it is again.
func TestAStopThatStandsIsNotOfferedAgain(t *testing.T) {
	k := newRoom(t)
	offered := func(role, user string) (person, whole bool) {
		t.Helper()
		q := k.as(areaProtection, role)
		q.by.User = user
		p, err := q.personPage(k.protected)
		if err != nil {
			t.Fatal(err)
		}
		has := func(acts []view.Act) bool {
			return slices.ContainsFunc(acts, func(a view.Act) bool { return a.Verb == "protection.stop" })
		}
		g, err := protection.Show(t.Context(), k.Acts, q.by, q.purpose, k.c)
		if err != nil {
			t.Fatal(err)
		}
		c, err := casefile.Show(t.Context(), k.Acts, q.by, q.purpose, k.c)
		if err != nil {
			t.Fatal(err)
		}
		return has(p.Acts), has(q.deskActs(c, g))
	}
	one := k.Person("u-one", "usbp-rgv", access.RoleAdviser)
	stop := k.Must(one, wire.PurposeProtection, &protection.Stop{Case: k.c, Person: k.protected, Reason: "She was followed."}).Object
	k.Clock = k.Clock.Add(time.Second)
	if person, whole := offered(access.RoleAdviser, "u-one"); person || !whole {
		t.Errorf("who stopped it for the person: again %v, for the case %v", person, whole)
	}
	if person, _ := offered(access.RoleAdviser, "u-two"); !person {
		t.Error("another adviser may not stop it too")
	}
	k.Must(k.Person("u-two", "usbp-rgv", access.RoleAdviser), wire.PurposeProtection, &protection.LiftStop{Stop: stop})
	k.Clock = k.Clock.Add(time.Second)
	k.Must(one, wire.PurposeProtection, &protection.Stop{Case: k.c, Reason: "All of them."})
	k.Clock = k.Clock.Add(time.Second)
	if person, whole := offered(access.RoleAdviser, "u-one"); !person || whole {
		t.Errorf("who stopped the case: for the person %v, for the case again %v", person, whole)
	}
}

// A consent can be taken back at any office: whoever may write that down finds
// the page on their day, and nobody else does.
func TestWhoTakesAConsentBackFindsItOnTheirDay(t *testing.T) {
	k := newRoom(t)
	for _, role := range access.Roles {
		q := k.as(areaCases, role)
		leads := slices.ContainsFunc(q.dayLinks(), func(l view.Link) bool { return l.URL == "/withdraw-consent" })
		may := len(k.as(areaProtection, role).offered("protection.call_withdrawal", nil, nil)) > 0
		if leads != may {
			t.Errorf("%s: the day leads there: %v; may: %v", role, leads, may)
		}
		if may == slices.Contains([]string{access.RoleAnalyst, access.RoleAuditor, access.RoleAdmin, access.RoleIntake}, role) {
			t.Errorf("%s takes a consent back: %v", role, may)
		}
	}
}

// Who saw what is shown to auditors only, and no tab leads anybody else to a
// page that refuses them.
func TestTheTabOfAccessesIsForWhoMayReadThem(t *testing.T) {
	k := newRoom(t)
	for role, want := range map[string]int{access.RoleAuditor: 3, access.RoleCoordinator: 0, access.RoleSupervisor: 2, access.RoleAdviser: 0} {
		q := k.as(areaOversight, role)
		_, err := q.audit()
		tabs := q.journalTabs("entries")
		offered := slices.ContainsFunc(tabs, func(l view.Link) bool { return l.URL == "/journal/accesses" })
		if len(tabs) != want || (err == nil) != offered {
			t.Errorf("%s: %d tabs, that of accesses %v; the page itself: %v", role, len(tabs), offered, err)
		}
		x, err := q.overseen()
		if (x.Decoys != nil) != (role == access.RoleAuditor) {
			t.Errorf("%s is told of decoys: %v", role, x.Decoys != nil)
		}
		to := func(l view.Link) bool { return l.URL == "/journal/overseen" }
		if overseen := slices.ContainsFunc(tabs, to); err != nil || overseen != (want > 0) {
			t.Errorf("%s: the tab of oversight %v: %v", role, overseen, err)
		}
		if day := slices.ContainsFunc(q.dayLinks(), to); day != (role == access.RoleAdviser) { // who reads no journal finds it on their day
			t.Errorf("%s: the day leads to oversight: %v", role, day)
		}
	}
}

// No page repeats what the policies say of roles. What a role's work is for
// (the purpose of a request) is the one thing said of roles here.
func TestNoPageBelievesInRoles(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	belief := regexp.MustCompile(`access\.Role[A-Z]\w+|\bby\.Has\(`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		rest := string(text)
		if f == "server.go" {
			before, after, _ := strings.Cut(rest, "func purpose(")
			_, after, _ = strings.Cut(after, "\n}\n")
			rest = before + after
		}
		for _, found := range belief.FindAllString(rest, -1) {
			t.Errorf("%s: %s: ask the policies (request.takes)", f, found)
		}
	}
}

// TestAStateIsColouredByItselfAlone: "accepted" does not burn because something
// else of the referral is late; that has words and a clock of its own.
func TestAStateIsColouredByItselfAlone(t *testing.T) {
	r := referral.Row{Warnings: []string{"no_pretrial_evidence"}}
	r.State = "accepted"
	if got := stateClass(r); got != "" {
		t.Errorf("accepted, with a warning: %q", got)
	}
}
