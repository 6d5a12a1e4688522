package access

import (
	"slices"

	"github.com/oasiss/oasiss/wire"
)

// The roles of the programme, closed like the purposes. A role says what kind
// of work a person does; the office says whose.
const (
	RoleFieldAgent   = "field_agent"  // captures events, screens, hands people over
	RoleProsecutions = "prosecutions" // liaison agent who composes and sends referrals
	RoleSupervisor   = "supervisor"   // approves packets
	RoleUSAttorney   = "us_attorney"  // Assistant United States Attorney
	RoleMP           = "mp"           // ministerio público
	RoleConsular     = "consular"     // consular protection
	RoleINM          = "inm"          // migration officer at the bridge
	RolePolice       = "police"       // executes warrants
	RoleAdviser      = "adviser"      // victim adviser, the protection desk
	RoleCoordinator  = "coordinator"  // runs the programme; founders begin as coordinators
	RoleAnalyst      = "analyst"      // figures
	RoleAuditor      = "auditor"      // reads the journal and not the bodies
	RoleAdmin        = "admin"        // runs the node and holds no case role
	RoleIntake       = "intake"       // imports files
)

// Roles is the closed list of role ids.
var Roles = []string{
	RoleFieldAgent, RoleProsecutions, RoleSupervisor, RoleUSAttorney, RoleMP, RoleConsular, RoleINM,
	RolePolice, RoleAdviser, RoleCoordinator, RoleAnalyst, RoleAuditor, RoleAdmin, RoleIntake,
}

// KnownRole reports whether role is on the closed list.
func KnownRole(role string) bool { return slices.Contains(Roles, role) }

// Actor is who acts: a person signed in under one account, or the node itself
// (User empty).
type Actor struct {
	User    string   // account id; empty for the node itself
	Name    string   // as the record shows the official
	Office  string   // the one office the account belongs to
	Node    string   // this node
	Country string   // of the node
	Lang    string   // language of the interface
	Roles   []string // in force now, sorted
	Session string   // id of the session, never its token
	Level   int      // of the session: 1 by password alone, 2 with a second factor; 0 without a session
}

// Itself is the actor of acts that no person takes: reactions, clocks, receipts.
func Itself(node, country string) Actor { return Actor{Node: node, Country: country} }

// Has reports whether the actor holds a role.
func (a Actor) Has(role string) bool { return slices.Contains(a.Roles, role) }

// Wire is the official as a message names them, acting under role; nil when
// the node itself acts.
func (a Actor) Wire(role string) *wire.Actor {
	if a.User == "" {
		return nil
	}
	return &wire.Actor{ID: a.User, Name: a.Name, Office: a.Office, Role: role}
}

// Object names something that somebody saw or was refused.
type Object struct {
	Type string `json:"type"`
	ID   string `json:"id,omitempty"`
}

// Resource is what somebody wants to see or act on.
type Resource struct {
	Type    string         // one of the types in policies/vocabulary.yaml
	ID      string         // empty for something about to be made, or a list
	Offices []string       // offices of this node that may know it: its membership
	Case    string         // case it belongs to, if any
	Attrs   map[string]any // what policies read besides; see Attr…
}

// Object is the resource's name for the access fact.
func (r Resource) Object() Object { return Object{Type: r.Type, ID: r.ID} }

// Attributes that policies know. A value is a string, a bool, an int or a
// []string; any other value is a fault and refuses.
const (
	AttrRoles    = "roles"               // []string: roles that the procedure's step names
	AttrSide     = "side"                // string: side that owns the step (sender, receiver, either)
	AttrAt       = "at"                  // string: side on which the actor's office stands
	AttrNot      = "not"                 // []string: accounts that cannot be the second person
	AttrSubject  = "subject"             // string: account that the act is about; nobody grants to themselves
	AttrClass    = "class"               // string: class of a person: protected, suspect, official
	AttrMinor    = "minor"               // bool: a child or adolescent
	AttrHandling = "handling"            // string: H0 to H3
	AttrConsents = "originator_consents" // bool: to passing on what is marked H2 or H3
	AttrChain    = "chain"               // bool: the reader is of the accused official's agency
)
