package web

import (
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
)

// Who can see a case is what the policies say, not what a page believes.
func TestWhoCanSeeACase(t *testing.T) {
	policies, err := access.LoadPolicies()
	if err != nil {
		t.Fatal(err)
	}
	q := &request{s: &Server{Acts: &act.Acts{Node: "mx", Policies: policies}}, by: access.Actor{Country: "MX"}}
	c := casefile.Case{ID: "c", Office: "fgr-tamps", Members: []string{"fgr-tamps", "ceav-tamps"}, Handling: "H0"}
	for _, x := range []struct {
		office string
		roles  []string
		want   bool
	}{
		{"fgr-tamps", []string{access.RoleMP}, true},
		{"ceav-tamps", []string{access.RoleAdviser}, true},
		{"fgr-tamps", []string{access.RoleConsular}, false},
		{"fgr-tamps", []string{access.RoleAuditor}, false},
		{"fgr-tamps", []string{access.RoleMP, access.RoleAdmin}, false},
		{"fgr-son", []string{access.RoleMP}, false},
	} {
		if got := q.sees("u", x.office, x.roles, casefile.Resource(c)); got != x.want {
			t.Errorf("%s, %v: sees the case: %v", x.office, x.roles, got)
		}
	}
}
