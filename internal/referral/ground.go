package referral

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// On which ground a person crosses. Towards Mexico: at liberty, by a waiver that
// the person signed; under a warrant; in an urgent case. Towards the United
// States: on an extradition file, or on a final return decision.
const (
	atLiberty      = "at_liberty"
	byWarrant      = "warrant"
	inUrgentCase   = "urgent_case"
	byExtradition  = "extradition"
	returnDecision = "return_decision"
)

// bases are the grounds towards a country.
var bases = map[string][]string{"MX": {atLiberty, byWarrant, inUrgentCase}, "US": {byExtradition, returnDecision}}

// Bases lists the grounds on which people cross towards a country.
func Bases(country string) []string { return slices.Clone(bases[country]) }

// forms are those in which the person of an appointment can be received: never
// with less liberty than both sides agreed, so that nobody who returns is
// arrested at the bridge by a word changed there.
var forms = map[string][]string{
	atLiberty: {"at_liberty"}, byWarrant: {"under_warrant", "at_liberty"}, inUrgentCase: {"urgent_case", "at_liberty"},
	byExtradition: {"under_warrant", "at_liberty"}, returnDecision: {"at_liberty"},
}

func (h HandOver) fulfilledBy(form string) bool { return slices.Contains(forms[h.Basis], form) }

// Free reports whether the person is received at liberty.
func (h HandOver) Free() bool { return h.Basis == atLiberty || h.Basis == returnDecision }

// appealPast reports whether the term to appeal has passed at the appointment,
// on the calendar of the crossing.
func (h HandOver) appealPast() bool {
	b, ok := program.BridgeByID(h.Crossing)
	return ok && !h.AppealUntil.Zero() && h.AppealUntil.Before(b.Day(h.At))
}

// grounds are the facts on which a hand-over stands, for the conditions of the
// procedure. One answer stands for a fear, an asylum claim, an appeal and a
// stay: which it is, only the protection desk knows.
func (r Referral) grounds(tx *store.Tx, d *act.Draw, h HandOver, accepted bool) (map[string]any, error) {
	found, err := r.returnable(tx, d, h.ID, accepted)
	if err != nil {
		return nil, err
	}
	waived, err := protection.ReturnsFreely(tx, r.Case, h.ID)
	if err != nil {
		return nil, err
	}
	s := r.State()
	found["arrest_basis"], found["waiver_signed"] = h.Basis, waived
	found["warrant_issued"], found["urgent_case_recorded"] = r.warranted(s, h.Person), r.urgent(s, h.Person)
	found["file_named"], found["appeal_term_past"] = h.File != "", h.appealPast()
	return found, nil
}

// arranged refuses an appointment that no arrangement knows: in the past, at a
// crossing that is closed then, or with an office that does not receive there.
// Whoever comes at liberty is received by the INM, a child by the authority that
// protects children too, and never delivered to police (DESIGN §8). An hour at which somebody protected of the case crosses answers
// like one at which the crossing is closed.
func (r Referral) arranged(tx *store.Tx, h HandOver, now time.Time, child bool) error {
	b, known := program.BridgeByID(h.Crossing)
	switch {
	case !h.At.After(now):
		return refusal.New("referral.appointment_past")
	case !known:
		return refusal.New("referral.place_missing")
	case h.Office == "":
		return refusal.New("referral.receiving_office")
	case !b.Open(h.At, child):
		return refusal.New("referral.crossing_closed")
	}
	o, err := r.receiving(tx, h.Office)
	switch {
	case err != nil:
		return err
	case o.OfChildren() && !child:
		return refusal.New("referral.receives_children")
	case h.Free() && o.Country == "MX" && o.Agency != program.AgencyINM && !o.OfChildren():
		return refusal.New("referral.liberty_not_to_police")
	case !b.Serves(o):
		return refusal.New("referral.office_not_there")
	}
	return nil
}

// receiving is an office of the receiving side: as the accord names it, with
// the areas that the programme's data give it.
func (r Referral) receiving(tx *store.Tx, id string) (program.Office, error) {
	a, err := accord.Load(tx, r.Accord)
	if err != nil {
		return program.Office{}, err
	}
	_, country := r.countries()
	o, ok := program.OfficeByID(id)
	if !ok {
		o = program.Office{ID: id}
	}
	if named := officeOf(a, r.Receiver.Node, id); named.Agency != "" {
		o.Agency = named.Agency
	}
	o.Country = country
	return o, nil
}

// admitScheduled takes an appointment from the sending side whose ground this
// side can check: a warrant and an urgent case are its own acts, as the sender
// saw them.
func admitScheduled(tx *store.Tx, m wire.Message, f HandOverScheduled) (wire.Code, error) {
	code, err := admitStep(tx, m, f.Step)
	if code != "" || err != nil {
		return code, err
	}
	r, err := Load(tx, m.Act.Referral)
	if err != nil {
		return "", err
	}
	h := f.handOver(r, m.Act.ID)
	known, err := officeKnown(tx, f.Office)
	if err != nil {
		return "", err
	}
	if taken, err := sheetTaken(tx, m.Act.From.Node, r.Sender.Office, f.Office, f.Sheet); taken || err != nil {
		return wire.CodeContent, err
	}
	if _, refused := refusal.As(r.arranged(tx, h, m.Act.Created, false)); refused || !known || f.Person == "" || !r.grounded(h, f.Step) {
		return wire.CodeContent, nil
	}
	return "", nil
}

// grounded reports whether the ground of the other side's appointment is there,
// as far as this side can know it.
func (r Referral) grounded(h HandOver, s Step) bool {
	_, country := r.countries()
	if !slices.Contains(bases[country], h.Basis) {
		return false
	}
	at := r.stateOf(r.seenAt(s, r.Side.Other()))
	switch h.Basis {
	case byWarrant:
		return r.warranted(at, h.Person)
	case inUrgentCase:
		return r.urgent(at, h.Person)
	case byExtradition:
		return h.File != ""
	case returnDecision:
		return h.File != "" && h.appealPast()
	}
	return true
}

// UrgentCaseRecorded is the ministerio público's word that a person may be
// detained without a warrant (Const. 16; CNPP 150): a serious offence, a risk
// of flight, and no time to go before a judge. The grounds are a sealed letter.
type UrgentCaseRecorded struct {
	Step
	Person  string `json:"person"` // pseudonym
	Offence string `json:"offence"`
}

// Kind implements journal.Fact.
func (UrgentCaseRecorded) Kind() string { return "referral.urgent_case_recorded.1" }

// RecordUrgentCase records an urgent case with its three grounds.
type RecordUrgentCase struct {
	Referral string `json:"referral"`
	Person   string `json:"person"` // pseudonym, as the packet names the person
	Offence  string `json:"offence"`
	Flight   string `json:"flight"`   // why the person would flee
	NoJudge  string `json:"no_judge"` // why no judge can be reached in time
}

// Verb implements act.Command.
func (*RecordUrgentCase) Verb() string { return "referral.record_urgent_case" }

// Signed implements act.Signed.
func (*RecordUrgentCase) Signed() {}

// Decide implements act.Command.
func (c *RecordUrgentCase) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	_, step, err := r.ask(tx, d, "record_urgent_case", "", "")
	if err != nil {
		return nil, err
	}
	v, _, err := packet.Latest(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	offences, err := r.offences(tx)
	if err != nil {
		return nil, err
	}
	o, known := program.OffenceByID(c.Offence)
	switch {
	case !slices.Contains(v.Subjects(), c.Person):
		return nil, refusal.New("referral.person_not_in_packet")
	case !known || !slices.Contains(offences, c.Offence) || !o.Grave():
		return nil, refusal.New("referral.offence_not_grave")
	case strings.TrimSpace(c.Flight) == "" || strings.TrimSpace(c.NoJudge) == "":
		return nil, refusal.New("referral.urgent_grounds")
	}
	f := &UrgentCaseRecorded{Step: step, Person: c.Person, Offence: c.Offence}
	return []journal.Fact{f}, r.letter(tx, d, &f.Envelope, c.Flight+"\n\n"+c.NoJudge)
}

// Urgent is an urgent case as it was recorded.
type Urgent struct {
	Fact    string `json:"fact"`
	Person  string `json:"person"`
	Offence string `json:"offence"`
}

// urgent reports whether an urgent case of the person stands in a standing.
func (r Referral) urgent(s program.Standing, person string) bool {
	return slices.ContainsFunc(s.Taken, func(a program.Applied) bool {
		return a.Step == "record_urgent_case" && !a.Overtaken && slices.ContainsFunc(r.Urgent, func(u Urgent) bool { return u.Fact == a.ID && u.Person == person })
	})
}

func registerUrgent(k *journal.Kinds, link packet.Link) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f UrgentCaseRecorded) error {
		if err := applyStep(tx, e, f.Step); err != nil {
			return err
		}
		return change(tx, e.Referral, func(r *Referral) { r.Urgent = append(r.Urgent, Urgent{e.ID, f.Person, f.Offence}) })
	})
	journal.React(k, letterKeys[UrgentCaseRecorded](link))
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f UrgentCaseRecorded) (wire.Code, error) {
		if f.Person == "" || f.Offence == "" {
			return wire.CodeContent, nil
		}
		return admitStep(tx, m, f.Step)
	})
}
