package directory_test

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Who can let somebody in anew: two people of different offices, neither an
// administrator, neither under the other, neither the one it is about. The same
// holds for releasing a lock.
func TestResetTakesTwoPeopleNeitherAnAdministrator(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	id := h.newUser(one, two, user("jperez", "usbp-rgv", "field_agent"))
	add := func(login, office, role, superior string) {
		c := user(login, office, role)
		c.Superior = superior
		h.newUser(one, two, c)
	}
	add("near", "usbp-rgv", "supervisor", "")
	add("far", "ofo-laredo", "supervisor", "")
	add("under", "ofo-laredo", "supervisor", one.User)
	add("admin1", "usbp-rgv", "admin", "")
	add("admin2", "ofo-laredo", "admin", "")
	add("agent", "ofo-laredo", "field_agent", "")
	add("auditor", "ofo-laredo", "auditor", "")
	both := h.newUser(one, two, user("both", "ofo-laredo", "coordinator"))
	soon := h.newUser(one, two, user("soon", "ofo-laredo", "coordinator"))
	h.write(func(tx *store.Tx) error { // what the rules of granting refuse
		if err := access.SaveGrant(tx, access.Grant{User: soon, Role: access.RoleAdmin, Since: h.Clock.Add(time.Hour)}); err != nil {
			return err
		}
		return access.SaveGrant(tx, access.Grant{User: both, Role: access.RoleAdmin, Since: h.Clock})
	})
	const ok, unseen, never, admin = "", "access.not_found", "access.not_yours", "directory.administrator"
	for _, c := range []struct{ first, second, proposes, confirms string }{
		{"founder1", "founder2", ok, ok},
		{"near", "far", ok, ok},
		{"far", "near", ok, ok},
		{"founder1", "founder1", ok, "directory.same_person"},
		{"founder1", "near", ok, "directory.same_office"},
		{"founder1", "under", ok, "directory.subordinate"},
		{"founder1", "admin1", ok, never},
		{"founder1", "admin2", ok, never},
		{"founder1", "agent", ok, unseen},
		{"founder1", "auditor", ok, never},
		{"founder1", "both", ok, never},
		{"founder1", "soon", ok, admin},
		{"admin1", "", never, ok},
		{"admin2", "", never, ok},
		{"agent", "", unseen, ok},
		{"both", "", never, ok},
		{"soon", "", admin, ok},
		{"jperez", "", never, ok},
	} {
		t.Run(c.first+" and "+c.second, func(t *testing.T) {
			h.t = t
			p, err := h.Take(h.signIn(c.first), "administration", &directory.ResetCredential{User: id, Reason: "forgotten"})
			answered(t, "proposes", err, c.proposes)
			if c.proposes != ok {
				return
			}
			_, err = h.Take(h.signIn(c.second), "administration", &directory.Approve{Proposal: p.Object})
			answered(t, "confirms", err, c.confirms)
		})
	}
}

// Whoever proposed and became an administrator since has proposed nothing.
func TestResetByWhoBecameAnAdministrator(t *testing.T) {
	h := newHouse(t)
	one, two := h.founded()
	id := h.newUser(one, two, user("jperez", "usbp-rgv", "field_agent"))
	was := h.newUser(one, two, user("near", "usbp-rgv", "supervisor"))
	p := h.Must(h.signIn("near"), "administration", &directory.ResetCredential{User: id, Reason: "forgotten"}).Object
	h.Must(one, "administration", &directory.RevokeRole{User: was, Role: "supervisor", Reason: "moved"})
	h.both(one, two, &directory.GrantRole{User: was, Role: "admin"})
	h.refuses(two, &directory.Approve{Proposal: p}, "directory.administrator")
	h.Must(one, "administration", &directory.RevokeRole{User: was, Role: "admin", Reason: "moved back"})
	h.Must(two, "administration", &directory.Approve{Proposal: p})
}

func answered(t *testing.T, what string, err error, code string) {
	t.Helper()
	if code == "" && err != nil || code != "" && !refusal.Is(err, code) {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}
