package referral

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Drafted is the fact that a referral of a case was begun. The accord, corridor
// and procedure in force at that moment are pinned.
type Drafted struct {
	journal.Envelope
	ID        string       `json:"id"`
	Number    string       `json:"number"`
	Sender    wire.Address `json:"sender"`
	Receiver  wire.Address `json:"receiver"`
	Accord    string       `json:"accord"`
	Corridor  string       `json:"corridor"`
	Procedure string       `json:"procedure"`
	Suspects  []string     `json:"suspects"`
	Packet    string       `json:"packet"`
	Controls  []string     `json:"controls,omitempty"`
}

// Kind implements journal.Fact.
func (Drafted) Kind() string { return "referral.drafted.1" }

// Starts tells the id of the referral.
func (f Drafted) Starts() string { return f.ID }

// Draft begins a referral of a case to an office of another node.
type Draft struct {
	Case     string   `json:"case"`
	Node     string   `json:"node"`
	Office   string   `json:"office"`
	Suspects []string `json:"suspects,omitempty"`
}

// Verb implements act.Command.
func (*Draft) Verb() string { return "referral.draft" }

// Decide implements act.Command.
func (c *Draft) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k, err := casefile.Load(tx, c.Case)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, drafting(k)); err != nil {
		return nil, err
	}
	suspects, err := c.suspects(tx)
	if err != nil {
		return nil, err
	}
	from, to := wire.Address{Node: d.Node, Office: d.By.Office}, wire.Address{Node: c.Node, Office: c.Office}
	facts, err := factsOf(tx, c.Case)
	if err != nil {
		return nil, err
	}
	label, _, err := goesTo(tx, k, to, d.Now)
	if err != nil {
		return nil, err
	}
	a, corridor, err := accord.InForce(tx, from, to, facts.last, d.Now)
	if err != nil {
		return nil, err
	}
	if err := leaves(label, a, from, to); err != nil {
		return nil, err
	}
	offences, err := chargedWith(tx, c.Case, suspects, a.Document.Country(to.Node))
	if err != nil {
		return nil, err
	}
	procedure, err := a.Procedure(accord.Direction{From: from, To: to}, facts.last, offences)
	if err != nil {
		return nil, err
	}
	if route, ok := a.Route(corridor, to.Node, offences, program.DayOf(d.Now, time.UTC)); ok {
		if err := route.Admits(to); err != nil {
			return nil, err
		}
	}
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM referral WHERE case_id = $1`, c.Case).Scan(&n); err != nil {
		return nil, fmt.Errorf("referral number: %w", err)
	}
	f := &Drafted{ID: d.ID(), Number: fmt.Sprintf("%s-R%d", k.Number, n+1), Sender: from, Receiver: to, Accord: a.ID, Corridor: corridor.ID,
		Procedure: procedure, Suspects: suspects, Packet: d.ID(), Controls: label.Controls}
	f.Envelope = journal.Envelope{Case: c.Case, Referral: f.ID, Handling: label.Handling}
	return []journal.Fact{f}, nil
}

// drafters are who begins referrals, on whichever side of the border.
var drafters = []string{access.RoleProsecutions, access.RoleSupervisor, access.RoleMP}

func drafting(k casefile.Case) access.Resource {
	return access.Resource{Type: typeReferral, Offices: k.Members, Case: k.ID, Attrs: map[string]any{
		access.AttrHandling: k.Handling, access.AttrRoles: drafters}}
}

// suspects are the people asked to be prosecuted: adult suspects of the case
// whom nobody protects.
func (c *Draft) suspects(tx *store.Tx) ([]string, error) {
	people, err := casefile.People(tx, c.Case)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, p := range people {
		if p.Class == casefile.Suspect {
			all = append(all, p.ID)
		}
	}
	if len(c.Suspects) == 0 {
		if len(all) == 0 {
			return nil, refusal.New("referral.no_suspect")
		}
		return all, nil
	}
	for _, id := range c.Suspects {
		if !slices.Contains(all, id) {
			return nil, refusal.New("referral.not_a_suspect")
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(c.Suspects))), nil
}

func applyDrafted(tx *store.Tx, e journal.Entry, f Drafted) error {
	r := Referral{ID: f.ID, Number: f.Number, Case: e.Case, Side: program.Sender, Sender: f.Sender, Receiver: f.Receiver, Accord: f.Accord,
		Corridor: f.Corridor, Procedure: f.Procedure, Handling: e.Handling, Opened: e.Created, Suspects: f.Suspects, Packet: f.Packet, Controls: f.Controls}
	if e.By != nil {
		r.Drafter = e.By.ID
	}
	if err := access.Member(tx, typeReferral, f.ID, f.Sender.Office); err != nil {
		return err
	}
	if err := r.save(tx); err != nil {
		return err
	}
	return enqueue(tx, r.ID, true)
}

// span is when and where a case happened.
type span struct {
	first, last time.Time
	countries   []string // in which an act took place
}

// factsOf reads the events of a case.
func factsOf(tx *store.Tx, caseID string) (span, error) {
	var s span
	items, err := casefile.Items(tx, caseID, "event")
	if err != nil {
		return s, err
	}
	for _, i := range items {
		var e casefile.Event
		if err := i.Decode(&e); err != nil {
			return s, err
		}
		end := e.When.At
		if e.Until != nil {
			end = e.Until.At
		}
		if s.first.IsZero() || e.When.At.Before(s.first) {
			s.first = e.When.At
		}
		if end.After(s.last) {
			s.last = end
		}
		s.countries = append(s.countries, e.Countries()...)
	}
	if s.first.IsZero() {
		return s, refusal.New("referral.no_event")
	}
	return s, nil
}

// OfficeAdded is the fact that another office of this node may know of a
// referral: the office at the bridge, the police with the warrant, the adviser's.
type OfficeAdded struct {
	journal.Envelope
	Office string `json:"office"`
}

// Kind implements journal.Fact.
func (OfficeAdded) Kind() string { return "referral.office_added.1" }

// AddOffice gives another office of this node need-to-know of a referral.
type AddOffice struct {
	Referral string `json:"referral"`
	Office   string `json:"office"`
}

// Verb implements act.Command.
func (*AddOffice) Verb() string { return "referral.add_office" }

// Decide implements act.Command.
func (c *AddOffice) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, r.owned(program.Owner{Side: program.Either, Roles: drafters}, nil)); err != nil {
		return nil, err
	}
	if err := officeOpen(tx, c.Office); err != nil {
		return nil, err
	}
	if slices.Contains(r.Members, c.Office) {
		return nil, refusal.Conflict("referral.office_already", "Office", c.Office)
	}
	return []journal.Fact{&OfficeAdded{Envelope: r.envelope(false), Office: c.Office}}, nil
}

func applyOfficeAdded(tx *store.Tx, e journal.Entry, f OfficeAdded) error {
	return access.Member(tx, typeReferral, e.Referral, f.Office)
}

// officeOpen demands an office of this node that is not closed.
func officeOpen(tx *store.Tx, office string) error {
	known, err := officeKnown(tx, office)
	if err == nil && !known {
		err = refusal.New("referral.office_unknown", "Office", office)
	}
	return err
}

func officeKnown(tx *store.Tx, office string) (bool, error) {
	var closed sql.NullInt64
	err := tx.QueryRow(`SELECT closed FROM office WHERE id = $1`, office).Scan(&closed)
	if err == sql.ErrNoRows {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("office: %w", err)
	}
	return !closed.Valid || closed.Int64 == 0, nil
}
