package casefile

import (
	"slices"
	"sort"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// FindProtected looks a person up by an identifier or a full name among all
// people of the cases of one's own office, the protected ones too. It is an
// act with a reason; what was asked is sealed in the journal, what was found
// is shown as pseudonyms.
type FindProtected struct {
	Identifier string `json:"identifier,omitempty"`
	Name       string `json:"name,omitempty"`
	Reason     string `json:"reason"`
}

// findReasons are the reasons for which somebody may be looked up.
var findReasons = list{"find_reason", []string{"family_enquiry", "safety", "duplicate", "court_order", "own_request"}}

// findRoles may look somebody up; the others ask them.
var findRoles = []string{access.RoleAdviser, access.RoleProsecutions, access.RoleUSAttorney, access.RoleMP}

// Verb implements act.Command.
func (*FindProtected) Verb() string { return "search.find_protected" }

// asked is the sealed part of the fact.
type asked struct {
	Identifier *Identifier `json:"identifier,omitempty"`
	Name       string      `json:"name,omitempty"`
}

// Decide implements act.Command.
func (f *FindProtected) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, access.Resource{Type: "person", Offices: []string{d.By.Office}}); err != nil {
		return nil, err
	}
	switch {
	case !slices.ContainsFunc(findRoles, d.By.Has):
		return nil, refusal.New("access.not_yours")
	case !slices.Contains([]string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeLifeAtRisk, wire.PurposeDefenceCourt}, d.Purpose):
		return nil, refusal.New("access.purpose", "purpose", d.Purpose)
	case !findReasons.has(f.Reason):
		return nil, refusal.New("casefile.find_reason")
	}
	what, tokens, err := f.tokens(d.Ring())
	if err != nil {
		return nil, err
	}
	found, err := byTokens(tx, d.By.Office, tokens)
	if err != nil {
		return nil, err
	}
	sought := &Sought{Reason: f.Reason, Found: found}
	sought.Key = d.NewKey("sought/" + d.By.Office)
	part, err := d.Seal(tx, sought.Key, detailPart, what)
	sought.Envelope = journal.Envelope{Sealed: sealed(part)}
	return []journal.Fact{sought}, err
}

func (f *FindProtected) tokens(ring *seal.Keyring) (asked, []string, error) {
	var what asked
	var tokens []string
	if f.Identifier != "" {
		id, err := ParseIdentifier(f.Identifier)
		if err != nil {
			return what, nil, err
		}
		what.Identifier = &id
		tokens = append(tokens, ring.Token("id/"+id.Scheme, id.Value))
	}
	if name := strings.TrimSpace(f.Name); name != "" {
		what.Name = name
		tokens = append(tokens, ring.Token("name", Fold(name)))
	}
	if len(tokens) == 0 {
		return what, nil, refusal.New("casefile.nothing_sought")
	}
	return what, tokens, nil
}

// byTokens lists the people of an office's cases that have any of the tokens.
func byTokens(tx *store.Tx, office string, tokens []string) ([]string, error) {
	seen := map[string]bool{}
	for _, t := range tokens {
		list, err := store.Column[string](tx, `SELECT t.person FROM search_token t JOIN case_person p ON p.id = t.person
			JOIN membership m ON m.object_type = 'case' AND m.object_id = p.case_id AND m.office = $2 WHERE t.token = $1`, t, office)
		if err != nil {
			return nil, err
		}
		for _, id := range list {
			p, err := LoadPerson(tx, id)
			if err != nil {
				return nil, err
			}
			seen[p.ID] = true
		}
	}
	out := make([]string, 0, len(seen))
	for id := range seen {
		out = append(out, id)
	}
	sort.Strings(out)
	return out, nil
}
