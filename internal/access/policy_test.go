package access_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write testdata/matrix.txt anew")

func policies(t testing.TB) *access.Policies {
	t.Helper()
	p, err := access.LoadPolicies()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// official is somebody of office "desk" with these roles.
func official(roles ...string) access.Actor {
	slices.Sort(roles)
	return access.Actor{User: "u1", Name: "Official One", Office: "desk", Node: "us", Country: "us", Roles: roles}
}

// held is a thing that office "desk" is a member of.
func held(typ string, attrs ...any) access.Resource {
	r := access.Resource{Type: typ, ID: "x", Offices: []string{"desk"}, Attrs: map[string]any{}}
	for i := 0; i+1 < len(attrs); i += 2 {
		r.Attrs[attrs[i].(string)] = attrs[i+1]
	}
	return r
}

// Promises of DESIGN §7, each as somebody might ask it.
func TestPromises(t *testing.T) {
	p := policies(t)
	step := func(roles ...string) access.Resource { return held("referral", "roles", roles) }
	for _, c := range []struct {
		says    string
		by      access.Actor
		verb    string
		purpose string
		r       access.Resource
		want    bool
	}{
		{"the ministerio público takes the step that the procedure gives them", official("mp"), "referral.decline", "prosecution", step("mp"), true},
		{"and not one that it gives to others", official("mp"), "referral.send", "prosecution", step("prosecutions"), false},
		{"nor one of the other side", official("mp"), "referral.decline", "prosecution", held("referral", "roles", []string{"mp"}, "side", "receiver", "at", "sender"), false},
		{"a step of either side is open to both", official("mp"), "referral.pause", "prosecution", held("referral", "roles", []string{"mp"}, "side", "either", "at", "sender"), true},
		{"nor when the step names no role", official("mp"), "referral.decline", "prosecution", held("referral"), false},
		{"nor for statistics", official("mp"), "referral.decline", "statistics", step("mp"), false},
		{"the one who drafted cannot approve", official("supervisor"), "referral.approve", "prosecution", held("referral", "roles", []string{"supervisor"}, "not", []string{"u1"}), false},
		{"somebody else can", official("supervisor"), "referral.approve", "prosecution", held("referral", "roles", []string{"supervisor"}, "not", []string{"u2"}), true},
		{"an agent sees a case of the office", official("field_agent"), "see", "prosecution", held("case"), true},
		{"not one of another office", official("field_agent"), "see", "prosecution", access.Resource{Type: "case", Offices: []string{"other"}}, false},
		{"an administrator sees no case", official("admin"), "see", "prosecution", held("case"), false},
		{"also not with a case role beside it", official("admin", "mp"), "see", "prosecution", held("case"), false},
		{"and takes no step", official("admin", "mp"), "referral.decline", "prosecution", step("mp"), false},
		{"an administrator runs the link", official("admin"), "link.pause", "administration", held("link"), true},
		{"and mends the node at its machine", official("admin"), "node.mend", "administration", held("node"), true},
		{"a supervisor does not", official("supervisor"), "node.mend", "administration", held("node"), false},
		{"an auditor reads the journal", official("auditor"), "see", "oversight", held("journal"), true},
		{"and no body", official("auditor"), "see", "oversight", held("body"), false},
		{"and no case", official("auditor"), "see", "oversight", held("case"), false},
		{"the bridge sees its sheet", official("inm"), "see", "protection", held("sheet"), true},
		{"and no case", official("inm"), "see", "protection", held("case"), false},
		{"and no referral", official("inm"), "see", "protection", held("referral"), false},
		{"and no person", official("inm"), "see", "protection", held("person"), false},
		{"but signs for whom it receives", official("inm"), "referral.receive_person", "protection", step("inm"), true},
		{"police see warrants", official("police"), "see", "prosecution", held("warrant"), true},
		{"and no case", official("police"), "see", "prosecution", held("case"), false},
		{"the consulate sees its notices", official("consular"), "see", "protection", held("protection_notice"), true},
		{"and no packet", official("consular"), "see", "protection", held("packet"), false},
		{"screening answers are the desk's", official("adviser"), "see", "protection", held("screening"), true},
		{"and not the agent's", official("field_agent"), "see", "protection", held("screening"), false},
		{"nor the prosecutor's", official("mp"), "see", "prosecution", held("screening"), false},
		{"nor the desk's for prosecution", official("adviser"), "see", "prosecution", held("screening"), false},
		{"the agent records a screening", official("field_agent"), "protection.screen", "protection", held("screening"), true},
		{"an agent takes no consent", official("field_agent"), "protection.consent", "protection", held("consent"), false},
		{"the adviser does", official("adviser"), "protection.consent", "protection", held("consent"), true},
		{"only the adviser stops a referral", official("adviser"), "protection.stop", "protection", held("referral"), true},
		{"not the liaison agent", official("prosecutions"), "protection.stop", "protection", held("referral"), false},
		{"an identity is not seen", official("mp"), "see", "prosecution", held("identity", "class", "protected"), false},
		{"nor when nothing says whose it is", official("mp"), "see", "prosecution", held("identity"), false},
		{"nor a child's, whatever the role in the case", official("mp"), "see", "prosecution", held("identity", "class", "suspect", "minor", true), false},
		{"a named adult suspect's is", official("mp"), "see", "prosecution", held("identity", "class", "suspect"), true},
		{"a revealed one is, while it is revealed", official("mp"), "see", "prosecution", held("identity", "class", "protected", "revealed", true), true},
		{"revealing is an act", official("mp"), "protection.reveal", "prosecution", held("identity", "class", "protected"), true},
		{"which the node itself does not take for granted", access.Itself("us", "us"), "see", "prosecution", held("identity", "class", "protected"), false},
		{"H2 goes no further", official("mp"), "case.export", "prosecution", held("case", "handling", "H2"), false},
		{"unless the originator consents", official("mp"), "case.export", "prosecution", held("case", "handling", "H2", "originator_consents", true), true},
		{"or the defence has a right to it", official("mp"), "case.export", "defence_court", held("case", "handling", "H2"), true},
		{"nobody grants to themselves", official("coordinator"), "role.grant", "administration", held("grant", "subject", "u1"), false},
		{"a coordinator proposes for another", official("coordinator"), "role.grant", "administration", held("grant", "subject", "u2"), true},
		{"an administrator is not one of the two", official("admin"), "role.grant", "administration", held("grant", "subject", "u2"), false},
		{"but disables at once", official("admin"), "user.disable", "administration", held("user", "subject", "u2"), true},
		{"everyone ends their own session", official("police"), "session.end", "administration", held("session", "subject", "u1"), true},
		{"and not another's", official("police"), "session.end", "administration", held("session", "subject", "u2"), false},
		{"a purpose outside the list is none", official("mp"), "see", "immigration_enforcement", held("case"), false},
		{"no purpose is none", official("mp"), "see", "", held("case"), false},
		{"an unknown verb is refused", official("mp"), "weather.tell", "prosecution", held("case"), false},
		{"an unknown thing is refused", official("mp"), "see", "prosecution", held("watchlist"), false},
		{"a value that no policy can read is refused", official("mp"), "see", "prosecution", held("case", "weight", 1.5), false},
		{"a person without a role sees the programme", official(), "see", "oversight", held("accord"), true},
		{"and no case", official(), "see", "prosecution", held("case"), false},
	} {
		if got := p.Decide(c.by, c.verb, c.purpose, c.r); got.Allowed != c.want {
			t.Errorf("%s: got %v by %v", c.says, got.Allowed, got.Policies)
		}
	}
}

func TestTheDeciderIsNamed(t *testing.T) {
	p := policies(t)
	d := p.Decide(official("adviser", "mp"), "referral.decline", "prosecution", held("referral", "roles", []string{"mp"}))
	if !d.Allowed || d.Role != "mp" || !slices.Equal(d.Policies, []string{"step_of_the_procedure"}) {
		t.Errorf("%+v", d)
	}
	d = p.Decide(official("admin"), "see", "prosecution", held("case"))
	if d.Allowed || !slices.Contains(d.Policies, "administrators_hold_no_case") {
		t.Errorf("%+v", d)
	}
}

// TestMatrix writes down who sees what for which purpose; a change shows in
// the file and has to be meant.
func TestMatrix(t *testing.T) {
	p := policies(t)
	var b strings.Builder
	b.WriteString("# Who sees what, for which purpose, where the office is a member.\n# Written by go test -update; read every change of it.\n")
	for _, typ := range p.Types() {
		fmt.Fprintf(&b, "\n%s\n", typ)
		if everyone(p, typ) {
			b.WriteString("  everyone      any\n")
			continue
		}
		for _, role := range access.Roles {
			var purposes []string
			for _, purpose := range wire.Purposes {
				if p.Decide(official(role), access.See, purpose, held(typ, "subject", "u2")).Allowed {
					purposes = append(purposes, purpose)
				}
			}
			if len(purposes) > 0 {
				fmt.Fprintf(&b, "  %-13s %s\n", role, strings.Join(purposes, " "))
			}
		}
	}
	const file = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("the matrix has changed; run go test ./internal/access -run TestMatrix -update and read the difference")
	}
}

// everyone reports whether a type is open to all roles for all purposes.
func everyone(p *access.Policies, typ string) bool {
	for _, role := range access.Roles {
		for _, purpose := range wire.Purposes {
			if !p.Decide(official(role), access.See, purpose, held(typ, "subject", "u2")).Allowed {
				return false
			}
		}
	}
	return true
}

// verbs gives every verb that policies speak of, areas with a verb of theirs.
func verbs(p *access.Policies) []string {
	out := []string{access.See}
	for _, v := range p.Verbs() {
		out = append(out, strings.Replace(v, "*", "anything", 1))
	}
	return out
}

// anyAttrs draws what a feature might say about a thing.
func anyAttrs(t *rapid.T) map[string]any {
	m := map[string]any{}
	maybe := func(key string, v any) {
		if rapid.Bool().Draw(t, "has "+key) {
			m[key] = v
		}
	}
	maybe("roles", rapid.SliceOfDistinct(rapid.SampledFrom(access.Roles), func(s string) string { return s }).Draw(t, "step roles"))
	maybe("side", rapid.SampledFrom([]string{"sender", "receiver", "either"}).Draw(t, "side"))
	maybe("at", rapid.SampledFrom([]string{"sender", "receiver"}).Draw(t, "at"))
	maybe("class", rapid.SampledFrom([]string{"protected", "suspect", "official"}).Draw(t, "class"))
	maybe("minor", rapid.Bool().Draw(t, "minor"))
	maybe("handling", rapid.SampledFrom([]string{"H0", "H1", "H2", "H3"}).Draw(t, "handling"))
	maybe("not", rapid.SliceOf(rapid.SampledFrom([]string{"u1", "u2"})).Draw(t, "not"))
	maybe("subject", rapid.SampledFrom([]string{"u1", "u2"}).Draw(t, "subject"))
	return m
}

func anyRoles(t *rapid.T) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(access.Roles), 0, 3, func(s string) string { return s }).Draw(t, "roles")
}

func TestNothingForAnOfficeThatIsNoMember(t *testing.T) {
	p := policies(t)
	vs := verbs(p)
	rapid.Check(t, func(t *rapid.T) {
		by := official(anyRoles(t)...)
		typ := rapid.SampledFrom(p.Types()).Filter(p.CaseBound).Draw(t, "type")
		r := access.Resource{Type: typ, ID: "x", Attrs: anyAttrs(t),
			Offices: rapid.SliceOf(rapid.SampledFrom([]string{"other", "third"})).Draw(t, "offices")}
		verb, purpose := rapid.SampledFrom(vs).Draw(t, "verb"), rapid.SampledFrom(wire.Purposes).Draw(t, "purpose")
		if d := p.Decide(by, verb, purpose, r); d.Allowed {
			t.Fatalf("%s on %s by %v", verb, typ, d.Policies)
		}
	})
}

func TestNoProtectedIdentityIsSeen(t *testing.T) {
	p := policies(t)
	vs := verbs(p)
	rapid.Check(t, func(t *rapid.T) {
		attrs := anyAttrs(t)
		attrs["class"] = "protected"
		verb, purpose := rapid.SampledFrom(vs).Draw(t, "verb"), rapid.SampledFrom(wire.Purposes).Draw(t, "purpose")
		d := p.Decide(official(anyRoles(t)...), verb, purpose, access.Resource{Type: "identity", Offices: []string{"desk"}, Attrs: attrs})
		if d.Allowed && !slices.Contains(d.Policies, "reveal_an_identity") {
			t.Fatalf("%s permitted by %v", verb, d.Policies)
		}
	})
}

func TestTheAnswerIsTheSameWhenAskedAgain(t *testing.T) {
	warm := policies(t)
	rapid.Check(t, func(t *rapid.T) {
		by, typ := official(anyRoles(t)...), rapid.SampledFrom(warm.Types()).Draw(t, "type")
		r := access.Resource{Type: typ, Offices: []string{"desk"}, Attrs: anyAttrs(t)}
		verb := rapid.SampledFrom(verbs(warm)).Draw(t, "verb")
		first, again := warm.Decide(by, verb, "prosecution", r), warm.Decide(by, verb, "prosecution", r)
		if first.Allowed != again.Allowed || first.Role != again.Role || !slices.Equal(first.Policies, again.Policies) {
			t.Fatalf("%+v, then %+v", first, again)
		}
	})
}

func BenchmarkDecideManyRows(b *testing.B) {
	p := policies(b)
	by := official("mp", "supervisor")
	r := held("referral", "handling", "H1")
	for b.Loop() {
		p.Decide(by, access.See, "prosecution", r)
	}
}
