package accord

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) { v.Add(&Propose{}, &Sign{}, &Suspend{}, &Resume{}, &End{}) }

// Resource is an accord as access sees it.
func Resource(a Accord) access.Resource { return access.Resource{Type: "accord", ID: a.ID} }

// Propose puts a document before both governments.
type Propose struct {
	Document string `json:"document"`
}

// Verb implements act.Command.
func (*Propose) Verb() string { return "accord.propose" }

// Decide implements act.Command.
func (c *Propose) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, access.Resource{Type: "accord"}); err != nil {
		return nil, err
	}
	doc, err := Parse(c.Document)
	if err != nil {
		return nil, err
	}
	if found := doc.Check(); len(found) > 0 {
		if bad := slices.IndexFunc(doc.Purposes, func(p string) bool { return !wire.Releasable(p) }); bad >= 0 {
			return nil, refusal.New("accord.purpose_added", "Purpose", doc.Purposes[bad])
		}
		return nil, refusal.New("accord.document", "Findings", strings.Join(found, "; "))
	}
	other, party := doc.Other(d.Node)
	if !party {
		return nil, refusal.New("accord.not_a_party", "Node", d.Node)
	}
	if err := overseen(d); err != nil {
		return nil, err
	}
	return []journal.Fact{&Proposed{Envelope: to(other.Node), ID: d.ID(), Document: doc}}, nil
}

// Sign puts the signer's own signature on a document: two different officials
// a side bring it into force.
type Sign struct {
	Accord string `json:"accord"`
}

// Verb implements act.Command.
func (*Sign) Verb() string { return "accord.sign" }

// Signed implements act.Signed.
func (*Sign) Signed() {}

// Decide implements act.Command.
func (c *Sign) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, other, err := mine(tx, d, c.Accord)
	if err != nil {
		return nil, err
	}
	switch signed := a.SignedBy(d.Node); {
	case !d.By.Has(access.RoleCoordinator):
		return nil, refusal.New("accord.not_a_signatory")
	case a.Status(d.Now) == StatusEnded:
		return nil, refusal.Conflict("accord.ended")
	case a.signatory(d.Node, d.By.User):
		return nil, refusal.Conflict("accord.signed_already")
	case len(signed) >= signaturesASide:
		return nil, refusal.Conflict("accord.side_complete", "Count", signaturesASide)
	}
	return []journal.Fact{&Signed{Envelope: to(other.Node), Accord: a.ID, Digest: a.Document.Digest()}}, nil
}

// End gives notice that this government is no longer bound.
type End struct {
	Accord string `json:"accord"`
}

// Verb implements act.Command.
func (*End) Verb() string { return "accord.end" }

// Signed implements act.Signed.
func (*End) Signed() {}

// Decide implements act.Command.
func (c *End) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, other, err := mine(tx, d, c.Accord)
	if err != nil {
		return nil, err
	}
	switch {
	case !d.By.Has(access.RoleCoordinator):
		return nil, refusal.New("accord.not_a_signatory")
	case !slices.Contains([]Status{StatusInForce, StatusSuspended}, a.Status(d.Now)):
		return nil, refusal.Conflict("accord.not_in_force")
	}
	return []journal.Fact{&Ended{Envelope: to(other.Node), Accord: a.ID}}, nil
}

// mine loads an accord that this node is a party of, for an act on it.
func mine(tx *store.Tx, d *act.Draw, id string) (Accord, Party, error) {
	a, err := Load(tx, id)
	if err != nil {
		return a, Party{}, err
	}
	if err := d.Allow(tx, Resource(a)); err != nil {
		return a, Party{}, err
	}
	other, party := a.Document.Other(d.Node)
	if !party {
		return a, other, refusal.New("accord.not_a_party", "Node", d.Node)
	}
	return a, other, overseen(d)
}

// overseen demands the one purpose under which accords travel.
func overseen(d *act.Draw) error {
	if d.Purpose != wire.PurposeOversight {
		return refusal.New("accord.purpose")
	}
	return nil
}

func to(node string) journal.Envelope {
	return journal.Envelope{To: wire.Address{Node: node}}
}
