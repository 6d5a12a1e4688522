package directory

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Changes that two people make.
const (
	ChangeOfficeOpen  = "office.create"
	ChangeOfficeClose = "office.close"
	ChangeUser        = "user.create"
	ChangeGrant       = "role.grant"
	ChangeReset       = "user.reset"
	ChangeUnlock      = "user.unlock"
	ChangeEnable      = "user.enable"
	ChangeBind        = "user.bind"   // to whom of an agency's identity provider
	ChangeRotate      = "peer.rotate" // this node's own keys
	ChangeRevoke      = "peer.revoke" // a peer's keys, or this node's own
	ChangeEpoch       = "link.epoch"  // the lanes with a peer begin anew
)

// States of a proposal.
const (
	StateOpen     = "open"
	StateApproved = "approved"
	StateRejected = "rejected"
)

// Proposal is a change that one person proposed and a second person decides.
type Proposal struct {
	ID        string          `json:"id"`
	Change    string          `json:"change"`            // one of the changes
	Office    *access.Office  `json:"office,omitempty"`  // to open
	User      *access.User    `json:"user,omitempty"`    // to create
	Roles     []string        `json:"roles,omitempty"`   // to grant
	Subject   string          `json:"subject,omitempty"` // account or office it is about
	Reason    string          `json:"reason,omitempty"`
	Binding   *access.Binding `json:"binding,omitempty"` // to make
	Key       string          `json:"key,omitempty"`     // to revoke: id of the signing key
	From      time.Time       `json:"from,omitzero"`     // to revoke: from when on
	Own       bool            `json:"own,omitempty"`     // to revoke: this node's own
	State     string          `json:"state"`
	By        string          `json:"by"`
	ByOffice  string          `json:"by_office"`
	At        time.Time       `json:"at"`
	Second    string          `json:"second,omitempty"` // who decided
	SecondAt  time.Time       `json:"second_at,omitzero"`
	Effective time.Time       `json:"effective,omitzero"` // when an approved change works
	Founding  bool            `json:"founding,omitempty"`
}

// Proposed is the first person's half of a change.
type Proposed struct {
	journal.Envelope
	Proposal Proposal `json:"proposal"`
}

// Kind implements journal.Fact.
func (*Proposed) Kind() string { return "directory.proposed.1" }

// Starts is the proposal's id.
func (f *Proposed) Starts() string { return f.Proposal.ID }

// Decided is the second person's answer. Only an approval changes anything.
type Decided struct {
	journal.Envelope
	Proposal  string    `json:"proposal"`
	Subject   string    `json:"subject"` // account or office it is about
	Approved  bool      `json:"approved"`
	Reason    string    `json:"reason,omitempty"`
	Effective time.Time `json:"effective,omitzero"`
	Founding  bool      `json:"founding,omitempty"` // before the first accord: no delay
}

// Kind implements journal.Fact.
func (*Decided) Kind() string { return "directory.decided.1" }

// Starts is the id of the account or office that was decided about.
func (f *Decided) Starts() string { return f.Subject }

// LoadProposal reads a proposal; invisible and absent are the same.
func LoadProposal(tx *store.Tx, id string) (Proposal, error) {
	p, err := store.Doc[Proposal](tx, `SELECT doc FROM proposal WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return p, refusal.NotFound()
	}
	return p, err
}

// listProposals reads the proposals in a state, oldest first.
func listProposals(tx *store.Tx, state string) ([]Proposal, error) {
	return store.Docs[Proposal](tx, `SELECT doc FROM proposal WHERE state = $1 ORDER BY id`, state)
}

func saveProposal(tx *store.Tx, p Proposal) error {
	return tx.Exec(`INSERT INTO proposal (id, state, doc) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET state = excluded.state, doc = excluded.doc`,
		p.ID, p.State, store.JSON(p))
}

// applyProposed keeps the proposal; nothing else changes.
func applyProposed(tx *store.Tx, e journal.Entry, f Proposed) error {
	p := f.Proposal
	p.State, p.At = StateOpen, e.Created
	return saveProposal(tx, p)
}

// applyDecided makes the change, in force from its effective time.
func applyDecided(tx *store.Tx, e journal.Entry, f Decided) error {
	p, err := LoadProposal(tx, f.Proposal)
	if err != nil {
		return fmt.Errorf("decided proposal: %w", err)
	}
	p.State, p.SecondAt, p.Effective, p.Founding = StateRejected, e.Created, f.Effective, f.Founding
	if e.By != nil {
		p.Second = e.By.ID
	}
	if f.Approved {
		p.State = StateApproved
		if err := p.take(tx, e); err != nil {
			return err
		}
	}
	return saveProposal(tx, p)
}

// take changes the tables as the approved proposal says.
func (p Proposal) take(tx *store.Tx, e journal.Entry) error {
	switch p.Change {
	case ChangeRotate:
		return exchange.OrderRotation(tx, p.ID, e.Created, false)
	case ChangeRevoke:
		if p.Own {
			return exchange.OrderRotation(tx, p.ID, e.Created, true)
		}
		return nil // the fact of the revocation follows
	case ChangeEpoch:
		return nil // the fact of the new epoch follows
	case ChangeOfficeOpen:
		o := *p.Office
		o.Opened, o.Founding = p.Effective, p.Founding
		return access.SaveOffice(tx, o)
	case ChangeOfficeClose:
		return p.closeOffice(tx)
	case ChangeUser:
		u := *p.User
		u.From, u.Founding = p.Effective, p.Founding
		u.Invite, u.InviteAt = []string{p.By, p.Second}, p.Effective
		if err := access.SaveUser(tx, u); err != nil {
			return err
		}
		return p.grant(tx)
	case ChangeGrant:
		return p.grant(tx)
	case ChangeReset:
		return access.ChangeUser(tx, p.Subject, func(u *access.User) {
			u.Reset, u.Invite, u.InviteAt = p.Effective, []string{p.By, p.Second}, p.Effective
		})
	case ChangeBind:
		b := *p.Binding
		b.From = p.Effective
		return access.Bind(tx, b)
	case ChangeUnlock:
		return access.Release(tx, p.Subject)
	case ChangeEnable:
		return access.ChangeUser(tx, p.Subject, func(u *access.User) { u.Disabled, u.From = time.Time{}, p.Effective })
	}
	return fmt.Errorf("directory: unknown change %s", p.Change)
}

// grant puts the roles in force; a role already in force is not put off.
func (p Proposal) grant(tx *store.Tx) error {
	held, err := access.Grants(tx, p.Subject)
	if err != nil {
		return err
	}
	for _, role := range p.Roles {
		if slices.ContainsFunc(held, func(g access.Grant) bool { return g.Role == role && !g.Since.After(p.Effective) }) {
			continue
		}
		if err := access.SaveGrant(tx, access.Grant{User: p.Subject, Role: role, Since: p.Effective, Founding: p.Founding}); err != nil {
			return err
		}
	}
	return nil
}

func (p Proposal) closeOffice(tx *store.Tx) error {
	o, ok, err := access.LoadOffice(tx, p.Subject)
	if err != nil || !ok {
		return err
	}
	o.Closed = p.Effective
	return access.SaveOffice(tx, o)
}

// propose allows and makes the first half of a change.
func propose(tx *store.Tx, d *act.Draw, r access.Resource, p Proposal) ([]journal.Fact, error) {
	if err := d.Allow(tx, r); err != nil {
		return nil, err
	}
	if err := noAdministrator(tx, d.By.User); err != nil {
		return nil, err
	}
	p.ID = d.ID()
	p.By, p.ByOffice, p.State = d.By.User, d.By.Office, StateOpen
	if err := p.check(tx); err != nil {
		return nil, err
	}
	return []journal.Fact{&Proposed{Proposal: p}}, nil
}

// about is the resource that a change is decided on.
func (p Proposal) about() access.Resource {
	r := access.Resource{Type: "proposal", ID: p.ID, Attrs: map[string]any{}}
	if !slices.Contains([]string{ChangeOfficeOpen, ChangeOfficeClose, ChangeRotate, ChangeRevoke, ChangeEpoch}, p.Change) {
		r.Attrs[access.AttrSubject] = p.Subject
	}
	return r
}

// Approve is the second person's yes. It needs another person of another
// office, not the first person's direct subordinate.
type Approve struct {
	Proposal string `json:"proposal" arg:""`
}

// Verb implements act.Command.
func (*Approve) Verb() string { return "proposal.approve" }

// Decide implements act.Command. The change is checked again: the directory
// may have moved on since it was proposed.
func (c *Approve) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := openProposal(tx, d, c.Proposal)
	if err != nil {
		return nil, err
	}
	if err := Second(tx, p.By, d.By); err != nil {
		return nil, err
	}
	if err := p.check(tx); err != nil {
		return nil, err
	}
	delay, founding, err := access.Delay(tx, p.By, d.By.User)
	if err != nil {
		return nil, err
	}
	if slices.Contains([]string{ChangeUnlock, ChangeOfficeClose, ChangeRotate, ChangeRevoke, ChangeEpoch}, p.Change) {
		delay = 0 // nothing new is given
	}
	facts := []journal.Fact{&Decided{Proposal: p.ID, Subject: p.Subject, Approved: true, Effective: d.Now.Add(delay), Founding: founding}}
	if p.Change == ChangeRevoke && !p.Own {
		facts = append(facts, &exchange.PeerRevocation{Peer: p.Subject, Sign: p.Key, From: p.From, Reason: p.Reason})
	}
	if p.Change == ChangeEpoch {
		begun, err := exchange.BeginLanes(tx, p.Subject, p.Reason)
		if err != nil {
			return nil, err
		}
		facts = append(facts, begun)
	}
	return facts, nil
}

// Reject is a no: by a second person, or by the first who takes it back.
type Reject struct {
	Proposal string `json:"proposal" arg:""`
	Reason   string `json:"reason"`
}

// Verb implements act.Command.
func (*Reject) Verb() string { return "proposal.reject" }

// Decide implements act.Command.
func (c *Reject) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := openProposal(tx, d, c.Proposal)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&Decided{Proposal: p.ID, Subject: p.Subject, Reason: c.Reason}}, nil
}

func openProposal(tx *store.Tx, d *act.Draw, id string) (Proposal, error) {
	p, err := LoadProposal(tx, id)
	if err != nil {
		return p, err
	}
	if err := d.Allow(tx, p.about()); err != nil {
		return p, err
	}
	if p.State != StateOpen {
		return p, refusal.Conflict("directory.decided_already")
	}
	return p, nil
}
