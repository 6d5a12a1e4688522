package referral

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
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// HandOver is one appointment at which a person is given by one side and
// received by the other: two signatures, one from each (DESIGN §8).
type HandOver struct {
	Fact     string    `json:"fact"`         // that scheduled it
	Sheet    string    `json:"sheet"`        // its number between the two offices; none before sheets were numbered
	Person   string    `json:"person"`       // pseudonym
	ID       string    `json:"id,omitempty"` // of the person, at home
	At       time.Time `json:"at"`
	Crossing string    `json:"crossing,omitempty"` // one of the programme's bridges
	Place    string    `json:"place,omitempty"`    // in words, before crossings were data
	Office   string    `json:"office"`             // that receives the person
	// Protected says that the person is no suspect: a sheet of its own, and where and
	// when are told to few (whereabouts).
	Protected bool   `json:"protected,omitempty"`
	Basis     string `json:"basis"`          // at_liberty, warrant, urgent_case; extradition, return_decision
	File      string `json:"file,omitempty"` // number of the extradition file, or of the decision
	// AppealUntil is the last day on which the decision could be appealed.
	AppealUntil program.Day `json:"appeal_until,omitzero"`
	// What goes with the person, as far as the reader's node can open it.
	Carried *Belongings `json:"carried,omitempty"`
	// What became of it is derived from the joined histories, never stored: of
	// two acts that crossed only one has effect.
	Given    *Signature `json:"given,omitempty"`
	Received *Signature `json:"received,omitempty"`
	As       string     `json:"as,omitempty"` // form of the receiving
	// What was counted by who received, as far as the reader's node can open it, and
	// in numbers; none before sheets were counted.
	Counted   *Counted  `json:"counted,omitempty"`
	Tally     *Tally    `json:"tally,omitempty"`
	Cancelled time.Time `json:"cancelled,omitzero"`
	Missed    time.Time `json:"missed,omitzero"`
}

// Between reports whether the person is between the two signatures.
func (h HandOver) Between() bool { return h.Given != nil && h.Received == nil }

// waits reports whether nobody has signed and nobody has called it off.
func (h HandOver) waits() bool { return h.Given == nil && h.Cancelled.IsZero() && h.Missed.IsZero() }

// Scheduled is the first version of the fact HandOverScheduled: a place in
// words, no sheet, and no ground that was checked. Nobody makes it any more.
type Scheduled struct {
	Step
	Person string    `json:"person"`
	Record string    `json:"record"`
	When   time.Time `json:"appointment"`
	Place  string    `json:"place"`
	Office string    `json:"office"`
	Basis  string    `json:"basis"`
}

// Kind implements journal.Fact.
func (Scheduled) Kind() string { return "referral.hand_over_scheduled.1" }

// HandOverScheduled is the appointment, as both sides agreed it, with the number
// of its sheet. What goes with the person is sealed.
type HandOverScheduled struct {
	Step
	Person      string      `json:"person"` // pseudonym
	Record      string      `json:"record"` // id of the person's record on the sender's node
	When        time.Time   `json:"appointment"`
	Crossing    string      `json:"crossing"`
	Office      string      `json:"office"`
	Basis       string      `json:"basis"`
	File        string      `json:"file,omitempty"`
	AppealUntil program.Day `json:"appeal_until,omitzero"`
	Sheet       int64       `json:"sheet"` // among those between the two offices, from 1
}

// Kind implements journal.Fact.
func (HandOverScheduled) Kind() string { return "referral.hand_over_scheduled.2" }

func (f HandOverScheduled) handOver(r Referral, fact string) HandOver {
	return HandOver{Fact: fact, Sheet: sheetNumber(r.Sender.Office, f.Office, f.Sheet), Person: f.Person, ID: f.Record, At: f.When, Crossing: f.Crossing, Office: f.Office,
		Basis: f.Basis, File: f.File, AppealUntil: f.AppealUntil}
}

// ScheduleHandOver makes an appointment to give a suspect to the receiving
// country. Nobody is scheduled while return is barred for any reason, nor
// without the ground on which the person will be received.
type ScheduleHandOver struct {
	Referral string    `json:"referral"`
	Person   string    `json:"person"`
	Office   string    `json:"office"`
	At       time.Time `json:"at"`
	Crossing string    `json:"crossing"`
	Basis    string    `json:"basis"`
	// File is the number of the extradition file, or of the INM's return decision.
	File string `json:"file,omitempty"`
	// AppealUntil is the last day on which the decision could be appealed.
	AppealUntil string   `json:"appeal_until,omitempty"`
	Property    []string `json:"property,omitempty"` // what goes with the person, one thing a line
	Papers      []string `json:"papers,omitempty"`   // the papers that go with the person, one a line
	Accepted    bool     `json:"accepted,omitempty"`
}

// Verb implements act.Command.
func (*ScheduleHandOver) Verb() string { return "referral.schedule_hand_over" }

// Decide implements act.Command.
func (c *ScheduleHandOver) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	s, step, err := r.ask(tx, d, "schedule_hand_over", "", "")
	if err != nil {
		return nil, err
	}
	p, err := r.suspect(tx, c.Person)
	if err != nil {
		return nil, err
	}
	until, _ := program.ParseDay(c.AppealUntil) // no day is a term that has not passed
	f := &HandOverScheduled{Step: step, Person: p.Plant, Record: p.ID, When: c.At.UTC().Truncate(time.Microsecond), Crossing: c.Crossing,
		Office: c.Office, Basis: c.Basis, File: strings.TrimSpace(c.File), AppealUntil: until}
	h := f.handOver(r, "")
	if err := r.arranged(tx, h, d.Now, false); err != nil {
		return nil, err
	}
	if err := r.keepsApart(tx, d, h); err != nil {
		return nil, err
	}
	found, err := r.grounds(tx, d, h, c.Accepted)
	if err != nil {
		return nil, err
	}
	if err := r.holds(s, found); err != nil {
		return nil, err
	}
	if f.Sheet, err = nextSheet(tx, r, c.Office); err != nil {
		return nil, err
	}
	return []journal.Fact{f}, r.carry(tx, d, &f.Envelope, p.ID, c.Property, c.Papers)
}

// suspect is a person of the case whom this referral asks to prosecute.
func (r Referral) suspect(tx *store.Tx, id string) (casefile.Person, error) {
	p, err := casefile.LoadPerson(tx, id)
	if err != nil {
		return p, err
	}
	if p.Case != r.Case || !slices.Contains(r.Suspects, p.ID) {
		return p, refusal.NotFound()
	}
	return p, nil
}

// returnable are the facts that bar a hand-over. One answer stands for a fear,
// an asylum claim, an appeal and a stay: which it is, only the protection desk
// knows.
func (r Referral) returnable(tx *store.Tx, d *act.Draw, person string, accepted bool) (map[string]any, error) {
	barred, err := protection.HandOverBarred(tx, r.Case, person)
	if err != nil {
		return nil, err
	}
	_, receiving := r.countries()
	national, err := isNational(tx, opener{d, d.Now, d.Purpose}, person, receiving)
	if err != nil {
		return nil, err
	}
	protected, err := protection.Assess(tx, r.Case)
	if err != nil {
		return nil, err
	}
	found := protected.Facts()
	found["fear_open"], found["national_or_accepted"] = barred, national || accepted
	return found, nil
}

// appointment is the time since the last appointment, for a missed hand-over.
func (r Referral) appointment(found map[string]any, now time.Time) {
	if h, ok := r.handOver(r.State()); ok {
		found["hours_since_appointment"] = now.Sub(h.At)
	}
}

// handOver is the latest appointment that has effect, with what became of it.
func (r Referral) handOver(s program.Standing) (h HandOver, ok bool) {
	all := r.handOvers(s)
	if len(all) == 0 {
		return h, false
	}
	return all[len(all)-1], true
}

// handOvers are the appointments that have effect, oldest first.
func (r Referral) handOvers(s program.Standing) []HandOver {
	var all []HandOver
	for _, a := range s.Taken {
		if a.Step == "schedule_hand_over" && !a.Overtaken {
			if i := slices.IndexFunc(r.HandOvers, func(h HandOver) bool { return h.Fact == a.ID }); i >= 0 {
				all = append(all, r.HandOvers[i])
			}
		}
		if a.Overtaken || len(all) == 0 {
			continue
		}
		h := &all[len(all)-1]
		switch a.Step {
		case "cancel_hand_over":
			h.Cancelled = a.At
		case "record_missed":
			h.Missed = a.At
		case "give":
			h.Given = r.signed(a)
		case "receive":
			h.Received, h.As = r.signed(a), a.Form
		case stepWithdraw:
			if h.Given == nil && h.Missed.IsZero() {
				h.Cancelled = a.At
			}
		}
	}
	return all
}

// signed is who took an act.
func (r Referral) signed(a program.Applied) *Signature {
	s := &Signature{Office: a.Office, At: a.At, Fact: a.ID}
	if i := slices.IndexFunc(r.Acts, func(x Act) bool { return x.Fact == a.ID }); i >= 0 {
		s.Account, s.Name = r.Acts[i].By, r.Acts[i].Name
	}
	return s
}

// HandOverCancelled calls the appointment off, in the alert lane.
type HandOverCancelled struct{ Step }

// Kind implements journal.Fact.
func (HandOverCancelled) Kind() string { return "referral.hand_over_cancelled.1" }

// CancelHandOver calls the appointment off.
type CancelHandOver struct {
	Referral string `json:"referral"`
	Reason   string `json:"reason"`
}

// Verb implements act.Command.
func (*CancelHandOver) Verb() string { return "referral.cancel_hand_over" }

// Decide implements act.Command.
func (c *CancelHandOver) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	_, step, err := r.ask(tx, d, "cancel_hand_over", c.Reason, "")
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&HandOverCancelled{Step: step}}, nil
}

// PersonGiven is the first of the two signatures: the giving side's.
type PersonGiven struct{ Step }

// Kind implements journal.Fact.
func (PersonGiven) Kind() string { return "referral.person_given.1" }

// Give signs that the person was given at the appointment.
type Give struct {
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*Give) Verb() string { return "referral.give" }

// Signed implements act.Signed.
func (*Give) Signed() {}

// Decide implements act.Command.
func (c *Give) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	s, step, err := r.ask(tx, d, "give", "", "")
	if err != nil {
		return nil, err
	}
	h, ok := r.handOver(r.State())
	if !ok {
		return nil, refusal.New("referral.no_appointment")
	}
	found, err := r.grounds(tx, d, h, true) // whether the country takes the person was asked for the appointment
	if err != nil {
		return nil, err
	}
	if err := r.holds(s, found); err != nil {
		return nil, err
	}
	return []journal.Fact{&PersonGiven{Step: step}}, nil
}

// Received is the first version of the fact PersonReceived: nobody had to count
// the sheet. Nobody makes it any more.
type Received struct{ Step }

// Kind implements journal.Fact.
func (Received) Kind() string { return "referral.person_received.1" }

// PersonReceived is the second signature: the receiving side's, with the form
// in which the person was received and the numbers of what was counted. The count
// itself is sealed.
type PersonReceived struct {
	Step
	Tally Tally `json:"tally"`
}

// Kind implements journal.Fact.
func (PersonReceived) Kind() string { return "referral.person_received.2" }

// ReceivePerson signs that the person was received, how, and what was counted.
type ReceivePerson struct {
	Referral string `json:"referral"`
	Form     string `json:"form"`
	Counting
}

// Verb implements act.Command.
func (*ReceivePerson) Verb() string { return "referral.receive" }

// Signed implements act.Signed.
func (*ReceivePerson) Signed() {}

// Decide implements act.Command.
func (c *ReceivePerson) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	_, step, err := r.ask(tx, d, "receive", "", c.Form)
	if err != nil {
		return nil, err
	}
	switch h, ok := r.handOver(r.State()); {
	case !ok:
		return nil, refusal.New("referral.no_appointment")
	case h.Office != d.By.Office:
		return nil, refusal.New("referral.other_office_receives")
	case !h.fulfilledBy(c.Form):
		return nil, refusal.New("referral.form_beyond_basis")
	case c.Form == "under_warrant" && !r.warranted(r.State(), h.Person):
		return nil, refusal.New("referral.warrant_names_another")
	default:
		return c.received(tx, d, r, h, step)
	}
}

// received is the second signature, once the sheet was counted.
func (c *ReceivePerson) received(tx *store.Tx, d *act.Draw, r Referral, h HandOver, step Step) ([]journal.Fact, error) {
	goes, err := announced(tx, d, h.Fact)
	if err != nil {
		return nil, err
	}
	counted, err := c.Against(goes)
	if err != nil {
		return nil, err
	}
	part, err := r.sealCounted(tx, d, h, counted)
	if err != nil {
		return nil, err
	}
	f := &PersonReceived{Step: step, Tally: counted.Tally()}
	f.Sealed = append(f.Sealed, part)
	return []journal.Fact{f}, nil
}

func registerHandOver(k *journal.Kinds, link packet.Link) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f Scheduled) error {
		return noteHandOver(tx, e, f.Step, func(Referral) HandOver {
			return HandOver{Fact: e.ID, Person: f.Person, ID: f.Record, At: f.When, Place: f.Place, Office: f.Office, Basis: f.Basis}
		})
	})
	journal.Admit(k, func(*store.Tx, wire.Message, Scheduled) (wire.Code, error) { return wire.CodeContent, nil })
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f HandOverScheduled) error {
		err := noteHandOver(tx, e, f.Step, func(r Referral) HandOver { return f.handOver(r, e.ID) })
		if err != nil {
			return err
		}
		return noteSheet(tx, e, f.Office, f.Sheet)
	})
	journal.Admit(k, admitScheduled)
	journal.React(k, partKeys[HandOverScheduled](link, partCarried))
	plainStep(k, func(f HandOverCancelled) Step { return f.Step })
	signatureStep(k, func(f PersonGiven) Step { return f.Step })
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f PersonGiven) (wire.Code, error) { return admitStep(tx, m, f.Step) })
	signatureStep(k, func(f Received) Step { return f.Step })
	journal.Admit(k, func(*store.Tx, wire.Message, Received) (wire.Code, error) { return wire.CodeContent, nil })
	signatureStep(k, func(f PersonReceived) Step { return f.Step })
	journal.Admit(k, admitReceived)
	journal.React(k, countKeys[PersonReceived](link))
}

// signatureStep registers a signature of a suspect's hand-over.
func signatureStep[F any, PF factOf[F]](k *journal.Kinds, step func(F) Step) {
	journal.Register[F, PF](k, func(tx *store.Tx, e journal.Entry, f F) error {
		if err := applyStep(tx, e, step(f)); err != nil {
			return err
		}
		return betweenOf(tx, e.Referral)
	})
}

// admitReceived takes the second signature from the office of the appointment
// only, in no form that takes more of a person's liberty than was agreed, and with
// what was counted.
func admitReceived(tx *store.Tx, m wire.Message, f PersonReceived) (wire.Code, error) {
	code, err := admitStep(tx, m, f.Step)
	if code != "" || err != nil {
		return code, err
	}
	r, err := Load(tx, m.Act.Referral)
	if err != nil {
		return "", err
	}
	if h, ok := r.handOver(r.State()); ok && (m.Act.From.Office != h.Office || !h.fulfilledBy(f.Form)) {
		return wire.CodeContent, nil
	}
	return admitCounted(m, f.Tally), nil
}

// noteHandOver notes the appointment on both nodes; the office that receives
// the person gets need-to-know.
func noteHandOver(tx *store.Tx, e journal.Entry, s Step, of func(Referral) HandOver) error {
	if err := applyStep(tx, e, s); err != nil {
		return err
	}
	office, home := "", false
	err := change(tx, e.Referral, func(r *Referral) {
		h := of(*r)
		if home = r.Home(); !home {
			h.ID = ""
		}
		office, r.HandOvers = h.Office, append(r.HandOvers, h)
	})
	if err == nil {
		err = enqueue(tx, e.Referral, false)
	}
	if err != nil || home {
		return err
	}
	return access.Member(tx, typeReferral, e.Referral, office)
}
