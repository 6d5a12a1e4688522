// Package referral is the life of a referral across two nodes: drafted,
// approved and sent by one country, studied and answered by the other, until
// its outcome has come back.
//
// The procedure file is the only list of its states. Where a referral stands
// is a pure function of two histories, one a side (program.Procedure.State):
// what is stored are the acts, and both nodes come to the same standing
// whatever the order in which acts arrive.
package referral

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Referral is one referral as a node holds it: its own side in full, of the
// other side what was released.
type Referral struct {
	ID        string       `json:"id"`
	Number    string       `json:"number"` // the sender's: RGV-26-0412-R1
	Case      string       `json:"case"`   // the sender's case
	Side      program.Side `json:"side"`   // of this node
	Sender    wire.Address `json:"sender"`
	Receiver  wire.Address `json:"receiver"`
	Accord    string       `json:"accord"`
	Corridor  string       `json:"corridor"`
	Procedure string       `json:"procedure"` // pinned when it was opened
	Handling  string       `json:"handling"`
	Controls  []string     `json:"controls,omitempty"` // of the originator's law
	Opened    time.Time    `json:"opened"`             // drafted here, or recorded here
	Drafter   string       `json:"drafter,omitempty"`
	Suspects  []string     `json:"suspects,omitempty"` // at home: ids of those asked to be prosecuted
	Packet    string       `json:"packet"`
	Seen      *Signature   `json:"seen,omitempty"`     // who of the receiving office first saw the notice
	Signed    *Signature   `json:"signed,omitempty"`   // the named prosecutor who signed for analysis
	Unsealed  *Signature   `json:"unsealed,omitempty"` // who of the receiving office first saw the identities that were released
	File      string       `json:"file,omitempty"`     // number of the receiving side's investigation file
	OwnCase   string       `json:"own_case,omitempty"` // case that the receiving side opened
	HandOvers []HandOver   `json:"hand_overs,omitempty"`
	Urgent    []Urgent     `json:"urgent,omitempty"`
	Warrants  []Named      `json:"warrants,omitempty"`
	Outcome   *Disposition `json:"outcome,omitempty"`
	Onward    []Onward     `json:"onward,omitempty"` // what was asked about passing it on, oldest first
	Court     []CourtUse   `json:"court,omitempty"`  // what was asked about its use before a court, oldest first

	Acts    []Act    `json:"-"` // both sides', each in its own order
	Members []string `json:"-"` // offices of this node that may know of it, sorted

	procedure *program.Procedure
}

// Signature says who did something for a side, and when.
type Signature struct {
	Account string    `json:"account"`
	Name    string    `json:"name"`
	Office  string    `json:"office"`
	At      time.Time `json:"at"`
	Fact    string    `json:"fact"`
}

func signature(e journal.Entry) *Signature {
	s := &Signature{Office: e.From.Office, At: e.Created, Fact: e.ID}
	if e.By != nil {
		s.Account, s.Name = e.By.ID, e.By.Name
	}
	return s
}

// Act is one act of one side as the history keeps it.
type Act struct {
	Fact    string       `json:"fact"`
	Step    string       `json:"step"`
	Side    program.Side `json:"side"`
	Node    string       `json:"node"`
	Nth     int          `json:"nth,omitempty"`  // among the side's released acts, from 1
	Seen    int          `json:"seen,omitempty"` // the other side's latest that its actor had
	At      time.Time    `json:"at"`
	Reason  string       `json:"reason,omitempty"`
	Form    string       `json:"form,omitempty"`
	Clock   string       `json:"clock,omitempty"` // that a pause is about
	Office  string       `json:"office,omitempty"`
	By      string       `json:"by,omitempty"`
	Name    string       `json:"name,omitempty"`
	Refused wire.Code    `json:"refused,omitempty"` // by the other side's signed receipt: without effect
}

func (a Act) taken() program.Taken {
	t := program.Taken{Step: a.Step, Side: a.Side, Nth: a.Nth, Seen: a.Seen, At: a.At, ID: a.Fact, Reason: a.Reason, Form: a.Form, Office: a.Office}
	if a.Clock != "" {
		t.Facts = map[string]any{program.FactClock: a.Clock}
	}
	return t
}

// typeReferral is the type of a referral in access and membership.
const typeReferral = "referral"

// Load reads a referral; what does not exist is refused as absent.
func Load(tx *store.Tx, id string) (Referral, error) {
	r, err := access.Reached[Referral](tx, `SELECT doc FROM referral WHERE id = $1`, []any{id}, access.Tie{Type: typeReferral, Column: "referral.id"}, access.Tie{Type: "case", Column: "referral.case_id"})
	if err := access.OrAbsent(err, "referral"); err != nil {
		return r, err
	}
	tx.Keep(partiesKey(id), parties{r.Sender})
	if err := r.complete(tx); err != nil {
		return r, err
	}
	tx.Keep(historyKey(id), r)
	return r, nil
}

// pinned is the procedure that the referral follows.
func (r Referral) pinned() (*program.Procedure, error) {
	p, ok := program.ProcedureByID(r.Procedure)
	if !ok {
		return nil, fmt.Errorf("referral %s: no procedure %s", r.ID, r.Procedure)
	}
	return p, nil
}

// complete adds what stands in other tables.
func (r *Referral) complete(tx *store.Tx) (err error) {
	if r.procedure, err = r.pinned(); err != nil {
		return err
	}
	home := ""
	if r.Side == program.Sender {
		home = r.Case
	}
	var acts, offices string
	err = tx.QueryRow(`SELECT `+historyOf+`, `+access.OfficesOf(access.Tie{Type: typeReferral, Column: "$1"}, access.Tie{Type: "case", Column: "$2"}), r.ID, home).Scan(&acts, &offices)
	if err != nil {
		return fmt.Errorf("history and offices of a referral: %w", err)
	}
	r.Members = access.OfficesIn(offices)
	r.Acts, err = recent.read(r.ID, acts)
	return err
}

func (r Referral) save(tx *store.Tx) error {
	tx.Keep(partiesKey(r.ID), parties{r.Sender})
	tx.Keep(historyKey(r.ID), Referral{}) // its document is another one
	return tx.Exec(`INSERT INTO referral (id, case_id, number, side, opened, doc) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, r.ID, r.Case, r.Number, string(r.Side), store.Micros(r.Opened), store.JSON(r))
}

func (a Act) save(tx *store.Tx, referral string, seq int64) error {
	return tx.Exec(`INSERT INTO referral_act (referral, fact, side, seq, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (referral, fact) DO UPDATE SET doc = excluded.doc`, referral, a.Fact, string(a.Side), seq, store.JSON(a))
}

// Law is the procedure that the referral is pinned to.
func (r Referral) Law() *program.Procedure { return r.procedure }

// State is where the referral stands by the acts that this node holds.
func (r Referral) State() program.Standing { return r.stateOf(r.Acts) }

func (r Referral) stateOf(acts []Act) program.Standing {
	var sender, receiver []program.Taken
	for _, a := range acts {
		switch {
		case a.Refused != "":
		case a.Side == program.Sender:
			sender = append(sender, a.taken())
		default:
			receiver = append(receiver, a.taken())
		}
	}
	return r.procedure.State(sender, receiver)
}

// last is the highest number of a side's released acts held here.
func (r Referral) last(side program.Side) int {
	n := 0
	for _, a := range r.Acts {
		if a.Side == side {
			n = max(n, a.Nth)
		}
	}
	return n
}

// Home reports whether this node sends the referral.
func (r Referral) Home() bool { return r.Side == program.Sender }

// here and there are the two addresses as this node sees them.
func (r Referral) here() wire.Address {
	if r.Home() {
		return r.Sender
	}
	return r.Receiver
}

func (r Referral) there() wire.Address {
	if r.Home() {
		return r.Receiver
	}
	return r.Sender
}

// sideOf is the side on which a node stands.
func (r Referral) sideOf(node string) program.Side {
	if node == r.Sender.Node {
		return program.Sender
	}
	return program.Receiver
}

// Resource is the referral as access sees it.
func Resource(r Referral) access.Resource { return r.resource(typeReferral) }

// ResourceAs is something of the referral, of a type, as access sees it.
func ResourceAs(r Referral, typ string) access.Resource { return r.resource(typ) }

// resource is something of the referral: whoever is not a member knows nothing of it.
func (r Referral) resource(typ string) access.Resource {
	return access.Resource{Type: typ, ID: r.ID, Offices: r.Members, Case: r.Case, Attrs: map[string]any{access.AttrHandling: r.Handling}}
}

// owned is the referral as access sees it for a step that roles of a side own;
// not lists who cannot be the second person.
func (r Referral) owned(o program.Owner, not []string) access.Resource {
	res := r.resource(typeReferral)
	res.Attrs[access.AttrRoles], res.Attrs[access.AttrSide], res.Attrs[access.AttrAt] = o.Roles, string(o.Side), string(r.Side)
	if len(not) > 0 {
		res.Attrs[access.AttrNot] = not
	}
	return res
}

// envelope of a fact of this referral; released facts go to the other side.
func (r Referral) envelope(released bool) journal.Envelope {
	e := journal.Envelope{Case: r.Case, Referral: r.ID, Handling: r.Handling}
	if released { // it crosses for the accord's purpose, also where an officer receives a person for protection
		e.To, e.Purpose = r.there(), wire.PurposeProsecution
	}
	return e
}

// countries are those of the two sides, by the procedure.
func (r Referral) countries() (sending, receiving string) {
	return r.procedure.Sending, r.procedure.Receives
}

// OfCase lists the referrals of a case of this node, newest first.
func OfCase(tx *store.Tx, caseID string) ([]Referral, error) {
	return several(tx, `SELECT doc FROM referral WHERE case_id = $1 ORDER BY opened DESC, id DESC`, caseID)
}

func several(tx *store.Tx, query string, args ...any) ([]Referral, error) {
	out, err := store.Docs[Referral](tx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("referrals: %w", err)
	}
	for i := range out {
		if err := out[i].complete(tx); err != nil {
			return nil, err
		}
	}
	return out, nil
}
