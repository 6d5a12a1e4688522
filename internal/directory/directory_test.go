package directory_test

import (
	"crypto/ed25519"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

const phrase = "nopal tren lluvia 7"

// house is a node with its guard and the codes of its founding.
type house struct {
	*acttest.Node
	guard *access.Guard
	codes [2]string
	t     *testing.T
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{Node: acttest.New(t, "us", []func(*journal.Kinds){directory.Facts}, directory.Verbs), t: t}
	h.guard = access.NewGuard(h.DB, h.Kinds, h.Policies, "us", "us", ed25519.NewKeyFromSeed(make([]byte, 32)), h.Now)
	h.write(func(tx *store.Tx) (err error) { h.codes, err = access.NewFounding(tx, h.Clock); return err })
	return h
}

func (h *house) write(f func(*store.Tx) error) {
	h.t.Helper()
	if err := h.DB.Write(h.t.Context(), f); err != nil {
		h.t.Fatal(err)
	}
}

func office(id string) access.Office {
	return access.Office{ID: id, Agency: "USBP", Name: access.Names{En: "Office " + id, Es: "Oficina " + id}, Zone: "America/Chicago"}
}

func (h *house) found(code, login, officeID string) (string, error) {
	return directory.Found(h.t.Context(), h.guard, directory.Founding{
		Code: code, Login: login, Name: "Official " + login, Badge: "badge-" + login, Lang: "en", Password: phrase, Office: office(officeID),
	})
}

// founded gives the two founders.
func (h *house) founded() (one, two access.Actor) {
	h.t.Helper()
	for i, who := range []struct{ login, office string }{{"founder1", "usbp-rgv"}, {"founder2", "ofo-laredo"}} {
		if _, err := h.found(h.codes[i], who.login, who.office); err != nil {
			h.t.Fatal(err)
		}
	}
	return h.signIn("founder1"), h.signIn("founder2")
}

func (h *house) signIn(login string) access.Actor {
	h.t.Helper()
	_, by, err := h.guard.SignIn(h.t.Context(), access.SignIn{Login: login, Password: phrase, Addr: "192.0.2.1", Notice: true, Door: "api"})
	if err != nil {
		h.t.Fatalf("%s: %v", login, err)
	}
	return by
}

// both proposes and approves, and gives the id of what it is about.
func (h *house) both(one, two access.Actor, cmd act.Command) string {
	h.t.Helper()
	p := h.Must(one, "administration", cmd)
	return h.Must(two, "administration", &directory.Approve{Proposal: p.Object}).Object
}

// newUser makes an account of an office that exists and sets its password.
func (h *house) newUser(one, two access.Actor, c directory.CreateUser) string {
	h.t.Helper()
	id := h.both(one, two, &c)
	h.redeem(one, two, id)
	return id
}

func (h *house) redeem(one, two access.Actor, id string) {
	h.t.Helper()
	var halves [2]string
	for i, by := range []access.Actor{one, two} {
		code, err := h.guard.Invite(h.t.Context(), by, id)
		if err != nil {
			h.t.Fatal(err)
		}
		halves[i] = code
	}
	if err := h.guard.Redeem(h.t.Context(), halves[0], halves[1], phrase, "192.0.2.1"); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refuses(by access.Actor, cmd act.Command, code string) {
	h.t.Helper()
	if _, err := h.Take(by, "administration", cmd); !refusal.Is(err, code) {
		h.t.Errorf("%s: %v, want %s", cmd.Verb(), err, code)
	}
}

func user(login, office string, roles ...string) directory.CreateUser {
	return directory.CreateUser{Login: login, Name: "Official " + login, Office: office, Roles: roles, Badge: "badge-" + login, Lang: "es"}
}

func TestFounding(t *testing.T) {
	h := newHouse(t)
	if _, err := h.found("AAAAA-BBBBB-CCCCC-DDDDD", "x1", "usbp-rgv"); !refusal.Is(err, "access.link_unknown") {
		t.Error(err)
	}
	if _, err := h.found(h.codes[0], "founder1", "usbp-rgv"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.found(h.codes[0], "founder2", "ofo-laredo"); !refusal.Is(err, "access.link_unknown") {
		t.Errorf("a link served twice: %v", err)
	}
	if _, err := h.found(h.codes[1], "founder2", "usbp-rgv"); !refusal.Is(err, "directory.same_office") {
		t.Errorf("two founders of one office: %v", err)
	}
	if _, err := h.found(h.codes[1], "founder2", "ofo-laredo"); err != nil {
		t.Fatal(err)
	}
	err := h.DB.Write(t.Context(), func(tx *store.Tx) error { _, err := access.NewFounding(tx, h.Clock); return err })
	if !refusal.Is(err, "access.founded_already") {
		t.Error(err)
	}
	one, two := h.signIn("founder1"), h.signIn("founder2")
	if !slices.Equal(one.Roles, []string{"coordinator"}) {
		t.Error(one.Roles)
	}
	h.both(one, two, &directory.CreateOffice{ID: "fgr-tamps", Agency: "FGR", NameEn: "Tamaulipas", NameEs: "Tamaulipas", Zone: "America/Matamoros"})
	h.newUser(one, two, user("mlopez", "fgr-tamps", "mp"))
	if by := h.signIn("mlopez"); by.Office != "fgr-tamps" || !slices.Equal(by.Roles, []string{"mp"}) {
		t.Errorf("%+v", by)
	}
	h.Read(func(tx *store.Tx) error {
		offices, users, err := directory.MadeInFounding(tx)
		if len(offices) != 3 || len(users) != 3 {
			t.Errorf("%d offices, %d users marked founding", len(offices), len(users))
		}
		return err
	})
}

func TestTwoPeople(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	cmd := user("jperez", "usbp-rgv", "field_agent")
	p := h.Must(one, "administration", &cmd).Object
	h.newUser(one, two, user("colleague", "usbp-rgv", "coordinator"))
	sub := user("sub", "ofo-laredo", "supervisor")
	sub.Superior = one.User
	h.newUser(one, two, sub)
	h.newUser(one, two, user("admin", "ofo-laredo", "admin"))
	approve := &directory.Approve{Proposal: p}
	h.refuses(one, approve, "directory.same_person")
	h.refuses(h.signIn("colleague"), approve, "directory.same_office")
	h.refuses(h.signIn("sub"), approve, "directory.subordinate")
	h.refuses(h.signIn("admin"), approve, "access.not_yours")
	h.refuses(two, &directory.Approve{Proposal: "nothing"}, "access.not_found")
	h.Must(two, "administration", approve)
	h.refuses(two, approve, "directory.decided_already")
	h.refuses(two, &directory.GrantRole{User: two.User, Role: "mp"}, "access.not_yours")
	grant := h.Must(one, "administration", &directory.GrantRole{User: two.User, Role: "supervisor"}).Object
	h.refuses(two, &directory.Approve{Proposal: grant}, "access.not_yours") // it is about themselves
}

func TestAfterTheFirstAccordThereIsADelay(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	h.write(func(tx *store.Tx) error { return access.CloseFounding(tx, h.Clock) })
	h.write(func(tx *store.Tx) error { return access.SetDelay(tx, 2*time.Hour) })
	cmd := user("jperez", "usbp-rgv", "field_agent")
	id := h.both(one, two, &cmd)
	if _, err := h.guard.Invite(t.Context(), one, id); !refusal.Is(err, "access.invite_later") {
		t.Errorf("before it takes effect: %v", err)
	}
	h.Clock = h.Clock.Add(2 * time.Hour)
	h.redeem(one, two, id)
	if by := h.signIn("jperez"); !slices.Equal(by.Roles, []string{"field_agent"}) {
		t.Errorf("%+v", by)
	}
	if _, err := h.found(h.codes[0], "late", "usbp-x"); !refusal.Is(err, "access.founding_over") {
		t.Error(err)
	}
	h.both(one, two, &directory.GrantRole{User: id, Role: "prosecutions"})
	if by := h.signIn("jperez"); slices.Contains(by.Roles, "prosecutions") {
		t.Error("the role is in force before the delay")
	}
	h.Clock = h.Clock.Add(2 * time.Hour)
	if by := h.signIn("jperez"); !slices.Contains(by.Roles, "prosecutions") {
		t.Error("the role is not in force after the delay")
	}
}

func TestOnlyFoundersSkipTheDelay(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	h.newUser(one, two, user("coord", "ofo-laredo", "coordinator"))
	cmd := user("jperez", "usbp-rgv", "field_agent")
	id := h.both(one, h.signIn("coord"), &cmd)
	if _, err := h.guard.Invite(t.Context(), one, id); !refusal.Is(err, "access.invite_later") {
		t.Error(err)
	}
}

func TestRoles(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	h.both(one, two, &directory.CreateOffice{ID: "ero-hlg", Agency: "ERO", NameEn: "Removal", NameEs: "Repatriación", Zone: "America/Chicago", Type: "removal"})
	h.both(one, two, &directory.CreateOffice{ID: "inm-reynosa", Agency: "INM", NameEn: "Bridge", NameEs: "Puente", Zone: "America/Matamoros", Type: "bridge"})
	for _, c := range []struct {
		office string
		roles  []string
		code   string
	}{
		{"usbp-rgv", []string{"general"}, "directory.role_unknown"},
		{"usbp-rgv", nil, "directory.role_needed"},
		{"usbp-rgv", []string{"admin", "mp"}, "directory.role_alone"},
		{"usbp-rgv", []string{"auditor", "supervisor"}, "directory.role_alone"},
		{"ero-hlg", []string{"field_agent"}, "directory.role_not_here"},
		{"inm-reynosa", []string{"mp"}, "directory.role_not_here"},
		{"usbp-rgv", []string{"inm"}, "directory.role_not_here"},
		{"nowhere", []string{"mp"}, "directory.office_unknown"},
	} {
		cmd := user("jperez", c.office, c.roles...)
		h.refuses(one, &cmd, c.code)
	}
	id := h.newUser(one, two, user("jperez", "usbp-rgv", "field_agent"))
	h.refuses(one, &directory.GrantRole{User: id, Role: "admin"}, "directory.role_alone")
	same := user("JPEREZ", "usbp-rgv", "field_agent")
	h.refuses(one, &same, "directory.login_taken")
	twin := user("other", "usbp-rgv", "field_agent")
	twin.Badge = "badge-jperez"
	h.refuses(one, &twin, "directory.badge_taken")
	h.Must(one, "administration", &directory.RevokeRole{User: id, Role: "field_agent", Reason: "moved"})
	h.refuses(one, &directory.RevokeRole{User: id, Role: "field_agent", Reason: "moved"}, "directory.role_not_held")
}

func TestDisableResetUnlock(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	id := h.newUser(one, two, user("jperez", "usbp-rgv", "field_agent"))
	token, _, err := h.guard.SignIn(t.Context(), access.SignIn{Login: "jperez", Password: phrase, Addr: "192.0.2.1", Notice: true})
	if err != nil {
		t.Fatal(err)
	}
	h.Must(two, "administration", &directory.DisableUser{User: id, Reason: "lost laptop"})
	if _, err := h.guard.FromToken(t.Context(), token, true); !refusal.Is(err, "access.sign_in_needed") {
		t.Errorf("a disabled account's session: %v", err)
	}
	h.refuses(two, &directory.DisableUser{User: id, Reason: "again"}, "directory.disabled_already")
	h.both(one, two, &directory.EnableUser{User: id, Reason: "found"})
	h.signIn("jperez")

	for range 5 {
		h.guard.SignIn(t.Context(), access.SignIn{Login: "jperez", Password: "wrong password here", Addr: "192.0.2.1", Notice: true}) //nolint:errcheck // meant to fail
	}
	if _, _, err := h.guard.SignIn(t.Context(), access.SignIn{Login: "jperez", Password: phrase, Addr: "192.0.2.1", Notice: true}); err == nil {
		t.Fatal("not locked")
	}
	h.both(one, two, &directory.Unlock{User: id, Reason: "called back, known by voice"})
	h.signIn("jperez")
	h.refuses(one, &directory.Unlock{User: id, Reason: "again"}, "directory.not_locked")

	h.both(one, two, &directory.ResetCredential{User: id, Reason: "forgotten"})
	if _, _, err := h.guard.SignIn(t.Context(), access.SignIn{Login: "jperez", Password: phrase, Addr: "192.0.2.1", Notice: true}); err == nil {
		t.Error("the old password still works after a reset")
	}
	h.Clock = h.Clock.Add(time.Minute)
	h.redeem(one, two, id)
	by := h.signIn("jperez")
	h.Must(by, "administration", &directory.EndSession{User: id})
	if all, err := directory.Sessions(t.Context(), h.Acts, by, id); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
}

func TestClosingAnOfficeShutsItsPeopleOut(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	h.both(one, two, &directory.CreateOffice{ID: "usbp-drt", Agency: "USBP", NameEn: "Del Rio", NameEs: "Del Río", Zone: "America/Chicago"})
	h.newUser(one, two, user("jperez", "usbp-drt", "field_agent"))
	h.signIn("jperez")
	h.both(one, two, &directory.CloseOffice{ID: "usbp-drt", Reason: "merged"})
	if _, _, err := h.guard.SignIn(t.Context(), access.SignIn{Login: "jperez", Password: phrase, Addr: "192.0.2.1", Notice: true}); err == nil {
		t.Error("signed in at a closed office")
	}
	cmd := user("late", "usbp-drt", "field_agent")
	h.refuses(one, &cmd, "directory.office_closed")
}

func TestListsShowWhatOneAnswersFor(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	h.newUser(one, two, user("jperez", "usbp-rgv", "field_agent"))
	agent := h.signIn("jperez")
	for _, c := range []struct {
		by    access.Actor
		users int
	}{{one, 3}, {agent, 1}} {
		users, err := directory.Users(t.Context(), h.Acts, c.by)
		if err != nil || len(users) != c.users {
			t.Errorf("%v sees %d accounts: %v", c.by.Roles, len(users), err)
		}
	}
	if offices, err := directory.Offices(t.Context(), h.Acts, agent); err != nil || len(offices) != 2 {
		t.Errorf("%d offices: %v", len(offices), err)
	}
	cmd := user("next", "usbp-rgv", "field_agent")
	h.Must(one, "administration", &cmd)
	if open, err := directory.Proposals(t.Context(), h.Acts, two, directory.StateOpen); err != nil || len(open) != 1 {
		t.Errorf("%d proposals: %v", len(open), err)
	}
	if open, err := directory.Proposals(t.Context(), h.Acts, agent, directory.StateOpen); err != nil || len(open) != 0 {
		t.Errorf("an agent sees %d proposals: %v", len(open), err)
	}
}

func TestReplayGivesTheSameDirectory(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	id := h.newUser(one, two, user("jperez", "usbp-rgv", "field_agent"))
	cmd := user("rejected", "usbp-rgv", "field_agent")
	p := h.Must(one, "administration", &cmd).Object
	h.Must(two, "administration", &directory.Reject{Proposal: p, Reason: "nobody knows them"})
	h.Must(one, "administration", &directory.DisableUser{User: id, Reason: "left"})
	open := user("invited", "usbp-rgv", "field_agent")
	if _, err := h.guard.Invite(t.Context(), one, h.both(one, two, &open)); err != nil {
		t.Fatal(err)
	}
	dst := storetest.OpenSQLite(t)
	if _, err := journal.Replay(t.Context(), h.Kinds, h.DB, dst); err != nil {
		t.Fatal(err)
	}
	if differ, err := journal.Compare(t.Context(), h.DB, dst); err != nil || len(differ) != 0 {
		t.Errorf("differ: %v, %v", differ, err)
	}
}

func TestEveryVerbHasAPolicy(t *testing.T) {
	h := newHouse(t)
	for verb := range h.Verbs {
		if !h.Policies.Covers(verb) {
			t.Errorf("%s has no policy", verb)
		}
	}
}
