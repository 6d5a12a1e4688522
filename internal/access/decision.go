package access

import (
	"embed"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

//go:embed policies/*.cedar policies/vocabulary.yaml
var policyFiles embed.FS

// Decision is the answer to "may this person do this to that, for this".
type Decision struct {
	Allowed  bool
	Policies []string // ids of the policies that decided, sorted; empty when nothing permits
	Role     string   // the role under which it was allowed
}

// Unreadable begins the id that stands for a policy that could not be evaluated.
const Unreadable = "error:"

// Policies decides. It holds the compiled policies and is safe for concurrent
// use.
type Policies struct {
	set   *cedar.PolicySet
	words *vocabulary

	mu   sync.RWMutex
	memo map[string]Decision
}

// memoMax bounds the remembered decisions. What policies read has few values,
// so a list of thousands of rows asks a handful of distinct questions.
const memoMax = 1 << 13

// LoadPolicies compiles the embedded policies. Every policy has an id of its
// own and names only verbs' groups and types that the vocabulary holds.
func LoadPolicies() (*Policies, error) {
	words, err := loadVocabulary(policyFiles)
	if err != nil {
		return nil, err
	}
	p := &Policies{set: cedar.NewPolicySet(), words: words, memo: map[string]Decision{}}
	names, err := policyFiles.ReadDir("policies")
	if err != nil {
		return nil, fmt.Errorf("policies: %w", err)
	}
	for _, n := range names {
		if !strings.HasSuffix(n.Name(), ".cedar") {
			continue
		}
		if err := p.add(n.Name()); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// IDs lists the id of every policy, sorted: what stands in access facts.
func (p *Policies) IDs() []string {
	var ids []string
	for id := range p.set.All() {
		ids = append(ids, string(id))
	}
	sort.Strings(ids)
	return ids
}

func (p *Policies) add(name string) error {
	text, err := policyFiles.ReadFile("policies/" + name)
	if err != nil {
		return fmt.Errorf("policies %s: %w", name, err)
	}
	list, err := cedar.NewPolicyListFromBytes(name, text)
	if err != nil {
		return fmt.Errorf("policies %s: %w", name, err)
	}
	for _, policy := range list {
		id := string(policy.Annotations()["id"])
		if id == "" {
			return fmt.Errorf("policies %s: line %d: a policy without an id", name, policy.Position().Line)
		}
		if !p.set.Add(cedar.PolicyID(id), policy) {
			return fmt.Errorf("policies %s: %s stands twice", name, id)
		}
	}
	return nil
}

// Decide says whether by may do verb to r for purpose: denied unless a policy
// permits and none forbids. A person acts under one role at a time; the first
// of their roles that is permitted is the role of the act. The answer depends
// on nothing but the arguments.
func (p *Policies) Decide(by Actor, verb, purpose string, r Resource) Decision {
	attrs, ok := attributes(by, r)
	if _, known := p.words.types[r.Type]; !ok || !known || !p.Covers(verb) {
		return Decision{}
	}
	key := question(by, verb, purpose, r.Type, attrs)
	p.mu.RLock()
	d, known := p.memo[key]
	p.mu.RUnlock()
	if known {
		return d.clone()
	}
	d = p.ask(by, verb, purpose, r.Type, attrs)
	p.mu.Lock()
	if len(p.memo) >= memoMax {
		clear(p.memo)
	}
	p.memo[key] = d
	p.mu.Unlock()
	return d.clone()
}

func (d Decision) clone() Decision {
	d.Policies = slices.Clone(d.Policies)
	return d
}

// ask puts the question to Cedar once for each role the actor could act under.
func (p *Policies) ask(by Actor, verb, purpose, typ string, attrs types.RecordMap) Decision {
	roles := by.Roles
	if len(roles) == 0 {
		roles = []string{""} // a person without a role, or the node itself
	}
	var forbidden []string
	for _, role := range roles {
		allowed, policies := p.askAs(by, role, verb, purpose, typ, attrs)
		if allowed {
			return Decision{Allowed: true, Policies: policies, Role: role}
		}
		forbidden = append(forbidden, policies...)
	}
	sort.Strings(forbidden)
	return Decision{Policies: slices.Compact(forbidden)}
}

func (p *Policies) askAs(by Actor, role, verb, purpose, typ string, attrs types.RecordMap) (bool, []string) {
	principal, resource, action := principalOf(by, role), types.NewEntityUID(types.EntityType(typ), "it"), types.NewEntityUID("Action", types.String(verb))
	groups, _ := p.words.groups(verb)
	entities := types.EntityMap{
		principal.UID: principal,
		action:        {UID: action, Parents: uids("Verbs", groups)},
		resource:      {UID: resource, Parents: uids("Things", p.words.types[typ]), Attributes: types.NewRecord(attrs)},
	}
	decision, diag := cedar.Authorize(p.set, entities, cedar.Request{
		Principal: principal.UID, Action: action, Resource: resource,
		Context: types.NewRecord(types.RecordMap{"purpose": types.String(purpose)}),
	})
	if len(diag.Errors) > 0 {
		// A policy that cannot be evaluated would be skipped, also one that
		// forbids: refuse instead.
		return false, []string{Unreadable + string(diag.Errors[0].PolicyID)}
	}
	ids := make([]string, 0, len(diag.Reasons))
	for _, r := range diag.Reasons {
		ids = append(ids, string(r.PolicyID))
	}
	sort.Strings(ids)
	return decision == cedar.Allow, ids
}

// principalOf is the actor under one role; the other roles are an attribute,
// for policies that keep roles apart.
func principalOf(by Actor, role string) types.Entity {
	typ, id := types.EntityType("Person"), by.User
	if by.User == "" {
		typ, id = "Node", by.Node
	}
	var parents []string
	if role != "" {
		parents = []string{role}
	}
	return types.Entity{
		UID:     types.NewEntityUID(typ, types.String(id)),
		Parents: uids("Role", parents),
		Attributes: types.NewRecord(types.RecordMap{
			"role": types.String(role), "roles": stringSet(by.Roles),
			"country": types.String(by.Country), "node": types.String(by.Node),
		}),
	}
}

// attributes is what policies may read of a resource. Ids of people and
// offices are answered here and not handed on: whether the actor's office is a
// member, whether the actor is excluded as second person, whether the act is
// about the actor.
func attributes(by Actor, r Resource) (types.RecordMap, bool) {
	m := types.RecordMap{
		"member":   types.Boolean(by.User == "" || by.Office != "" && slices.Contains(r.Offices, by.Office)),
		"excluded": types.False,
		"self":     types.False,
	}
	for k, v := range r.Attrs {
		switch v := v.(type) {
		case string:
			if k == AttrSubject {
				m["self"] = types.Boolean(by.User != "" && v == by.User)
				continue
			}
			m[types.String(k)] = types.String(v)
		case bool:
			m[types.String(k)] = types.Boolean(v)
		case int:
			m[types.String(k)] = types.Long(v)
		case []string:
			if k == AttrNot {
				m["excluded"] = types.Boolean(by.User != "" && slices.Contains(v, by.User))
				continue
			}
			m[types.String(k)] = stringSet(v)
		default:
			return nil, false
		}
	}
	return m, true
}

// question is everything the answer depends on, in one string.
func question(by Actor, verb, purpose, typ string, attrs types.RecordMap) string {
	kind := "person"
	if by.User == "" {
		kind = "node"
	}
	var b strings.Builder
	for _, s := range []string{kind, by.Node, by.Country, strings.Join(by.Roles, ","), verb, purpose, typ} {
		b.WriteString(s)
		b.WriteByte(0)
	}
	keys := make([]string, 0, len(attrs))
	for k := range attrs {
		keys = append(keys, string(k))
	}
	sort.Strings(keys)
	for _, k := range keys {
		b.WriteString(k)
		b.WriteByte('=')
		b.Write(attrs[types.String(k)].MarshalCedar())
		b.WriteByte(0)
	}
	return b.String()
}

func uids(typ types.EntityType, ids []string) types.EntityUIDSet {
	set := make([]types.EntityUID, 0, len(ids))
	for _, id := range ids {
		set = append(set, types.NewEntityUID(typ, types.String(id)))
	}
	return types.NewEntityUIDSet(set...)
}

func stringSet(ss []string) types.Set {
	vs := make([]types.Value, 0, len(ss))
	for _, s := range ss {
		vs = append(vs, types.String(s))
	}
	return types.NewSet(vs...)
}
