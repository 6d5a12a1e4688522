package access

import "testing"

func policies(t *testing.T) *Policies {
	t.Helper()
	p, err := LoadPolicies()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPoliciesLoad(t *testing.T) {
	p := policies(t)
	d := p.Decide(Actor{User: "u", Office: "o", Roles: []string{"mp"}}, "referral.accept", "prosecution", Resource{Type: "referral", Offices: []string{"o"}, Attrs: map[string]any{"roles": []string{"mp"}}})
	if !d.Allowed || d.Role != "mp" {
		t.Fatalf("%+v", d)
	}
}
