package casefile

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) {
	v.Add(&Open{}, &SetStatus{}, &AddMember{}, &RemoveMember{},
		&AddPerson{}, &CorrectPerson{}, &ClassPerson{}, &Merge{}, &Unmerge{}, &FindProtected{},
		&SetRole{}, &CorrectRole{},
		&AddEvent{}, &CorrectEvent{}, &AddOrganisation{}, &CorrectOrganisation{}, &AddVehicle{}, &CorrectVehicle{},
		&AddPhone{}, &CorrectPhone{}, &AddProperty{}, &CorrectProperty{},
		&AddStatement{}, &CorrectStatement{}, &AddTranslation{}, &AddIdentification{}, &CorrectIdentification{}, &AddCharge{}, &CorrectCharge{},
		&AddOutcome{}, &CorrectOutcome{}, &NoteOutside{}, &RecordDecision{}, &AddTask{}, &CorrectTask{}, &EndTask{},
		&PlaceHold{}, &LiftHold{}, &Expunge{}, &ConfirmExpunge{}, &RejectExpunge{})
}

// Open starts a case of the actor's own office. A case that came by a referral is
// opened by the node (OpenFor): by hand it would stand under another label.
type Open struct {
	Title    string   `json:"title"`
	Handling string   `json:"handling,omitempty"`
	Controls []string `json:"controls,omitempty"`
}

// Verb implements act.Command.
func (*Open) Verb() string { return "case.open" }

// Decide implements act.Command.
func (c *Open) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, access.Resource{Type: typeCase, Offices: []string{d.By.Office}}); err != nil {
		return nil, err
	}
	f, title, err := c.opened(d)
	if err != nil {
		return nil, err
	}
	return openCase(tx, d.Draw, f, title, 0)
}

// opened is the fact without its number and its sealed title.
func (c *Open) opened(d *act.Draw) (f Opened, title string, err error) {
	title = strings.TrimSpace(c.Title)
	switch {
	case title == "":
		return f, "", refusal.New("casefile.title_missing")
	case len(title) > maxName:
		return f, "", refusal.New("casefile.too_long", "Field", "title", "Max", maxName)
	}
	handling := c.Handling
	if handling == "" {
		handling = "H0"
	}
	if _, ok := program.HandlingByID(handling); !ok {
		return f, "", refusal.New("casefile.not_on_list", "Field", "handling")
	}
	for _, id := range c.Controls {
		if _, ok := program.ControlByID(id); !ok {
			return f, "", refusal.New("casefile.not_on_list", "Field", "controls")
		}
	}
	return Opened{Office: d.By.Office, Handling: handling, Controls: c.Controls}, title, nil
}

// OpenFor gives the fact that opens a case for an office of this node without
// anybody asking: a reaction to a referral that arrived, under whose label it
// stands from then on.
func OpenFor(tx *store.Tx, d *journal.Draw, office, origin, title string, l program.Label) ([]journal.Fact, error) {
	return openCase(tx, d, Opened{Office: office, Handling: l.Handling, Controls: l.Controls, Origin: origin}, title, 0)
}

// openCase numbers and seals. before is how many cases the same act opened already.
func openCase(tx *store.Tx, d *journal.Draw, f Opened, title string, before int64) ([]journal.Fact, error) {
	f.ID, f.Prefix, f.Year = d.ID(), prefix(f.Office), yearOf(d, f.Office)
	var last sql.NullInt64
	if err := tx.QueryRow(`SELECT MAX(n) FROM casefile WHERE prefix = $1 AND year = $2`, f.Prefix, f.Year).Scan(&last); err != nil {
		return nil, fmt.Errorf("case number: %w", err)
	}
	f.N = last.Int64 + before + 1
	f.Number = fmt.Sprintf("%s-%02d-%04d", f.Prefix, f.Year%100, f.N)
	f.Key = d.NewKey("case/" + f.ID)
	part, err := d.Seal(tx, f.Key, titlePart, title)
	if err != nil {
		return nil, err
	}
	f.Envelope = journal.Envelope{Case: f.ID, Handling: f.Handling, Sealed: sealed(part)}
	return []journal.Fact{&f}, nil
}

// prefix is the office's own part of its id, in capitals: usbp-rgv gives RGV.
func prefix(office string) string {
	_, own, ok := strings.Cut(office, "-")
	if !ok {
		own = office
	}
	return strings.ToUpper(own)
}

// yearOf is the year as the office's calendar has it.
func yearOf(d *journal.Draw, office string) int {
	if o, ok := program.OfficeByID(office); ok {
		return program.DayOf(d.Now, zoneOf(o.Zone)).Year
	}
	return d.Now.Year()
}

// OpenTitle opens a case's title; what it is called when the key is gone is its number.
func OpenTitle(tx *store.Tx, o Opener, c Case) (string, error) {
	var title string
	if err := o.Open(tx, c.TitlePart, &title); err != nil {
		return c.Number, fmt.Errorf("open title: %w", err)
	}
	return title, nil
}

// SetStatus closes a case or opens it again.
type SetStatus struct {
	Case   string `json:"case"`
	Status string `json:"status" enum:"open,closed"`
}

// Verb implements act.Command.
func (*SetStatus) Verb() string { return "case.set_status" }

// Decide implements act.Command.
func (s *SetStatus) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := mine(tx, d, s.Case)
	if err != nil {
		return nil, err
	}
	switch {
	case s.Status != StatusOpen && s.Status != StatusClosed:
		return nil, refusal.New("casefile.not_on_list", "Field", "status")
	case s.Status == c.Status:
		return nil, refusal.Conflict("casefile.status_already")
	}
	return []journal.Fact{&StatusSet{Envelope: c.envelope(), Status: s.Status}}, nil
}

// AddMember gives another office of this node need-to-know of a case.
type AddMember struct {
	Case   string `json:"case"`
	Office string `json:"office"`
}

// Verb implements act.Command.
func (*AddMember) Verb() string { return "case.add_member" }

// Decide implements act.Command.
func (m *AddMember) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := mine(tx, d, m.Case)
	if err != nil {
		return nil, err
	}
	if err := exists(tx, m.Office); err != nil {
		return nil, err
	}
	if c.member(m.Office) {
		return nil, refusal.Conflict("casefile.member_already", "Office", m.Office)
	}
	return []journal.Fact{&MemberAdded{Envelope: c.envelope(), Office: m.Office}}, nil
}

// exists demands that an office is one of this node and open.
func exists(tx *store.Tx, office string) error {
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM office WHERE id = $1 AND closed IS NULL`, office).Scan(&n); err != nil {
		return fmt.Errorf("office: %w", err)
	}
	if n == 0 {
		return refusal.New("casefile.office_unknown", "Office", office)
	}
	return nil
}

// RemoveMember ends an office's need-to-know; the owner keeps it.
type RemoveMember struct {
	Case   string `json:"case"`
	Office string `json:"office"`
}

// Verb implements act.Command.
func (*RemoveMember) Verb() string { return "case.remove_member" }

// Decide implements act.Command.
func (m *RemoveMember) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := mine(tx, d, m.Case)
	if err != nil {
		return nil, err
	}
	switch {
	case m.Office == c.Office:
		return nil, refusal.New("casefile.owner_stays")
	case !c.member(m.Office):
		return nil, refusal.Conflict("casefile.not_a_member", "Office", m.Office)
	}
	return []journal.Fact{&MemberRemoved{Envelope: c.envelope(), Office: m.Office}}, nil
}
