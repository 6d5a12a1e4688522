package warrant

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// OrderIssued is the fact that a prosecutor gave a judge's order to the police.
// It stays at home.
type OrderIssued struct {
	journal.Envelope
	ID     string    `json:"id"`
	Ask    string    `json:"ask"`
	Ground string    `json:"ground"`
	Person string    `json:"person"`
	Record string    `json:"record,omitempty"`
	Named  string    `json:"named,omitempty"`
	Anyway bool      `json:"anyway,omitempty"`
	Court  string    `json:"court"`
	Issued string    `json:"issued"`
	Until  time.Time `json:"until"`
	Issuer string    `json:"issuer"`
	Office string    `json:"office"`
}

// Kind implements journal.Fact.
func (OrderIssued) Kind() string { return "warrant.issued.1" }

// Starts tells the id of the order.
func (f OrderIssued) Starts() string { return f.ID }

// Issue gives a judge's order to the police: of a received referral whose warrant
// names the person, or of a case of this node in which the person is an adult
// suspect.
type Issue struct {
	Referral string `json:"referral,omitempty"`
	Case     string `json:"case,omitempty"`
	Person   string `json:"person"` // pseudonym in the referral's packet; id of the record in a case
	Ask      string `json:"ask"`
	Ground   string `json:"ground"`
	Court    string `json:"court"`
	Number   string `json:"number"` // the court's, sealed
	Issued   string `json:"issued"` // day on which the court gave it
	Until    string `json:"until"`  // last day on which it is executed
	Office   string `json:"office"` // of police
	Note     string `json:"note,omitempty"`
}

// The bounds of an order.
const (
	maxCourt = 200
	maxNote  = 2000
	longest  = 180 // days; whoever wants longer gives it anew (programme rule)
)

// Verb implements act.Command.
func (*Issue) Verb() string { return "warrant.issue" }

// Signed implements act.Signed.
func (*Issue) Signed() {}

// Decide implements act.Command.
func (c *Issue) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	f := &OrderIssued{ID: d.ID(), Ask: c.Ask, Ground: c.Ground, Court: strings.TrimSpace(c.Court), Issued: c.Issued, Issuer: d.By.Office, Office: c.Office}
	who, key, err := c.named(tx, d, f)
	if err != nil {
		return nil, err
	}
	if err := c.lawful(tx, d, f); err != nil {
		return nil, err
	}
	if err := alone(tx, f); err != nil {
		return nil, err
	}
	note := strings.TrimSpace(c.Note)
	if f.Referral == "" { // what officials write about their own people releases nobody
		hidden, err := packet.Hidden(tx, d, f.Case, packet.Words{Lang: d.By.Lang, Text: note})
		if err != nil {
			return nil, err
		}
		note = hidden.Text
	}
	part, err := d.Seal(tx, d.NewKey(key), partWhom, Whom{Name: who.Name(), Aliases: who.Aliases, Birth: who.Birth, Number: strings.TrimSpace(c.Number), Note: note})
	if err != nil {
		return nil, err
	}
	f.Sealed = []wire.Part{part}
	return []journal.Fact{f}, nil
}

// named finds whom the order names, asks whether the actor may give it, and says
// under whose keys the name is sealed.
func (c *Issue) named(tx *store.Tx, d *act.Draw, f *OrderIssued) (casefile.Identity, string, error) {
	if c.Referral != "" {
		w, err := referral.WarrantOn(tx, d, c.Referral, c.Person, issuers)
		f.Envelope = journal.Envelope{Case: w.Case, Referral: c.Referral, Handling: w.Handling}
		f.Person, f.Named, f.Anyway = c.Person, w.Issued, w.Withdrawn
		return w.Who, keySubject(f.ID), err
	}
	var none casefile.Identity
	k, err := casefile.Load(tx, c.Case)
	if err != nil {
		return none, "", err
	}
	res := casefile.Resource(k)
	res.Attrs[access.AttrRoles] = issuers
	if err := d.Allow(tx, res); err != nil {
		return none, "", err
	}
	p, err := casefile.LoadPerson(tx, c.Person)
	if refusal.Is(err, "access.not_found") || err == nil && p.Case != k.ID {
		return none, "", refusal.New("warrant.nobody")
	}
	if err != nil {
		return none, "", err
	}
	if p.Class != casefile.Suspect || p.Age != casefile.Adult || p.Gone() {
		return none, "", refusal.New("warrant.not_an_adult_suspect")
	}
	who, err := casefile.OpenIdentity(tx, d, p)
	if err == nil && !who.Named() {
		err = refusal.New("warrant.no_name")
	}
	f.Envelope = journal.Envelope{Case: k.ID, Handling: k.Handling}
	f.Person, f.Record = p.Plant, p.ID
	return who, casefile.KeySubject(p.ID), err
}

// lawful demands everything without which an order is none: what it asks, its
// basis, the court with its number, its days, and an office that can execute it.
func (c *Issue) lawful(tx *store.Tx, d *act.Draw, f *OrderIssued) error {
	country := strings.ToUpper(d.By.Country)
	zone, err := time.LoadLocation(casefile.OfficeZone(d, ""))
	if err != nil {
		zone = time.UTC
	}
	issued, noDay := time.ParseInLocation(time.DateOnly, c.Issued, zone)
	last, noEnd := time.ParseInLocation(time.DateOnly, c.Until, zone)
	switch {
	case !slices.Contains(grounds[country][c.Ask], c.Ground):
		return refusal.New("warrant.ground")
	case f.Court == "" || len(f.Court) > maxCourt || strings.TrimSpace(c.Number) == "" || len(c.Number) > maxCourt:
		return refusal.New("warrant.court")
	case len(c.Note) > maxNote:
		return refusal.New("casefile.too_long", "Field", "note", "Max", maxNote)
	case noDay != nil || issued.After(d.Now):
		return refusal.New("warrant.issued_day")
	}
	f.Until = last.AddDate(0, 0, 1).Add(-time.Second).UTC()
	if noEnd != nil || !f.Until.After(d.Now) || last.After(d.Now.AddDate(0, 0, longest)) {
		return refusal.New("warrant.until", "Days", longest)
	}
	return executes(tx, d, c.Office)
}

// executes demands an office of this node in which somebody executes orders.
func executes(tx *store.Tx, d *act.Draw, office string) error {
	o, known, err := access.LoadOffice(tx, office)
	if err != nil {
		return err
	}
	if known && o.Closed.IsZero() {
		for _, role := range executors[strings.ToUpper(d.By.Country)] {
			users, err := access.UsersOf(tx, office, role, d.Now)
			if err != nil || len(users) > 0 {
				return err
			}
		}
	}
	return refusal.New("warrant.office")
}

// alone refuses a second order for the same of one person, while one stands.
func alone(tx *store.Tx, f *OrderIssued) error {
	standing, err := openOf(tx, "case_id", f.Case)
	if err == nil && slices.ContainsFunc(standing, func(o Order) bool {
		return o.Person == f.Person && o.Referral == f.Referral && o.Ask == f.Ask && o.Office == f.Office && o.Named == f.Named
	}) {
		err = refusal.Conflict("warrant.stands_already")
	}
	return err
}

// Executing lists the offices of this node that can execute an order, by their
// programme roles; the rule asks whether somebody is there.
func Executing(country string) func(program.Office) bool {
	return func(o program.Office) bool {
		return slices.ContainsFunc(executors[strings.ToUpper(country)], func(role string) bool { return slices.Contains(o.Roles, role) })
	}
}

func applyIssued(tx *store.Tx, e journal.Entry, f OrderIssued) error {
	o := Order{ID: f.ID, Ask: f.Ask, Ground: f.Ground, Person: f.Person, Record: f.Record, Case: e.Case, Referral: e.Referral, Named: f.Named, Anyway: f.Anyway, Court: f.Court,
		Issued: f.Issued, Until: f.Until, Issuer: f.Issuer, Office: f.Office, At: e.Created, Fact: e.ID, State: Open}
	if e.By != nil {
		o.IssuedBy = e.By.Name
	}
	for _, office := range []string{f.Issuer, f.Office} {
		if err := access.Member(tx, typeWarrant, f.ID, office); err != nil {
			return err
		}
	}
	return o.save(tx)
}
