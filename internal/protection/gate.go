package protection

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Outcomes of a gate.
const (
	Done         = "done"
	CannotBeDone = "cannot_be_done"
)

// Causes for which a gate cannot be done, closed (DESIGN §8).
var Causes = []string{"dead", "in_surgery", "fled", "refused", "released", "no_interpreter"}

// GateScreening names the screening itself: a person who cannot be asked ends
// it as cannot be done, and the referral goes on without that person.
const GateScreening = "screening"

// GateEnded is the fact that a shut gate ended, signed by the victim adviser.
// Why it cannot be done, what shows it and what protects the person instead
// are sealed. Nothing is released of a person with a gate that could not be done.
type GateEnded struct {
	journal.Envelope
	Person   string `json:"person"`
	Gate     string `json:"gate"`
	Outcome  string `json:"outcome"`
	HandOver bool   `json:"hand_over,omitempty"` // a hand-over of this person may go
}

// Kind implements journal.Fact.
func (GateEnded) Kind() string { return "protection.gate_ended.1" }

// End is what stands behind the end of a gate, for the protection desk alone.
type End struct {
	Cause    string `json:"cause,omitempty"`
	Evidence string `json:"evidence"`
	Instead  string `json:"instead,omitempty"` // what protects the person instead
}

// EndGate ends a gate as done or as cannot be done.
type EndGate struct {
	Case     string `json:"case"`
	Person   string `json:"person"`
	Gate     string `json:"gate"`
	Outcome  string `json:"outcome"`
	Cause    string `json:"cause,omitempty"`
	Evidence string `json:"evidence"`
	Instead  string `json:"instead,omitempty"`
	HandOver bool   `json:"hand_over,omitempty"`
}

// Verb implements act.Command.
func (*EndGate) Verb() string { return "protection.end_gate" }

// Signed implements act.Signed.
func (*EndGate) Signed() {}

// Decide implements act.Command.
func (c *EndGate) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := allowed(tx, d, c.Case, c.Person, "gate")
	if err != nil {
		return nil, err
	}
	if err := c.valid(); err != nil {
		return nil, err
	}
	handOver, err := c.handOver(tx, d)
	if err != nil {
		return nil, err
	}
	f := &GateEnded{Envelope: journal.Envelope{Case: c.Case, Handling: "H3"}, Person: c.Person, Gate: c.Gate,
		Outcome: c.Outcome, HandOver: handOver}
	part, err := d.Seal(tx, d.NewKey(keySubject(c.Person)), partEnd, End{c.Cause, c.Evidence, c.Instead})
	if err != nil {
		return nil, err
	}
	f.Sealed = []wire.Part{part}
	facts := []journal.Fact{f}
	if cleared, err := c.clears(tx, p); err != nil {
		return nil, err
	} else if cleared {
		facts = append(facts, p.classed(p.Age, false))
	}
	return facts, nil
}

// clears reports whether the doubt about a suspect ends with this gate: the
// adviser has answered every shut gate, and found no victim.
func (c *EndGate) clears(tx *store.Tx, p subject) (bool, error) {
	s, err := weigh(tx, p)
	if err != nil || c.Outcome != Done {
		return false, err
	}
	return p.Shielded && s.doubt && !s.reclassed && len(s.shut) == 1 && s.shut[0].Gate == c.Gate, nil
}

func (c *EndGate) valid() error {
	switch {
	case c.Outcome != Done && c.Outcome != CannotBeDone:
		return refusal.New("protection.outcome_unknown")
	case c.Evidence == "":
		return refusal.New("protection.evidence_missing")
	case c.Outcome == Done && c.Gate == GateScreening:
		return refusal.New("protection.screening_is_asked")
	case c.Outcome == CannotBeDone && !slices.Contains(Causes, c.Cause):
		return refusal.New("protection.cause_missing")
	case c.Outcome == CannotBeDone && c.Instead == "":
		return refusal.New("protection.instead_missing")
	}
	return nil
}

// handOver checks the gate and says whether a hand-over may go afterwards: yes
// when it was done; when it could not be done, only as the adviser says and
// never for a fear of return, an asylum claim, an appeal or a stay.
func (c *EndGate) handOver(tx *store.Tx, d *act.Draw) (bool, error) {
	if c.Gate == GateScreening {
		_, err := loadScreening(tx, c.Case, c.Person)
		if err == nil {
			return false, refusal.Conflict("protection.screened_already")
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return false, err
		}
		return false, nil
	}
	g, err := store.Doc[gate](tx, `SELECT doc FROM protection_gate WHERE id = $1 AND case_id = $2 AND person = $3`, c.Gate, c.Case, c.Person)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, refusal.NotFound()
	case err != nil:
		return false, fmt.Errorf("gate: %w", err)
	case !g.Shut:
		return false, refusal.Conflict("protection.gate_open")
	case g.Outcome == Done:
		return false, refusal.Conflict("protection.gate_ended_already")
	case c.Outcome == Done:
		return true, nil
	}
	given, err := openGiven(tx, d.Draw, g.Fact)
	if err != nil {
		return false, err
	}
	row, err := loadScreening(tx, c.Case, c.Person)
	if err != nil {
		return false, fmt.Errorf("screening of a gate: %w", err)
	}
	if c.HandOver && barsReturn(row.Form, given, g.ID) {
		return false, refusal.New("protection.fear_bars_hand_over")
	}
	return c.HandOver, nil
}

// barsReturn reports whether what stands behind a gate is a fear of return, an
// asylum claim, an appeal or a stay: of an adult behind a topic of its own, of an
// unaccompanied child behind the four tests too.
func barsReturn(form string, given Given, gate string) bool {
	topic := given.Topics[gate]
	if topic == TopicFear {
		return true
	}
	f, known := FormByID(form)
	if !known {
		return false
	}
	out, err := f.judge(given.Replies)
	return err != nil || slices.Contains(out.found[topic], FearOfReturn)
}

// openGiven opens the answers of a screening.
func openGiven(tx *store.Tx, o casefile.Opener, fact string) (Given, error) {
	var given Given
	e, _, err := journal.Load(tx, fact)
	if err != nil {
		return given, fmt.Errorf("screening of a gate: %w", err)
	}
	part, _ := e.Part(partAnswers)
	if err := o.Open(tx, part, &given); err != nil {
		return given, fmt.Errorf("answers behind a gate: %w", err)
	}
	return given, nil
}

func applyEnded(tx *store.Tx, e journal.Entry, f GateEnded) error {
	g := gate{ID: f.Gate, Person: f.Person, Shut: true}
	if f.Gate == GateScreening {
		g.ID, g.Fact = e.ID, e.ID
	} else {
		var err error
		if g, err = store.Doc[gate](tx, `SELECT doc FROM protection_gate WHERE id = $1`, f.Gate); err != nil {
			return fmt.Errorf("gate: %w", err)
		}
	}
	g.Outcome, g.HandOver, g.EndFact, g.EndedAt, g.EndedBy = f.Outcome, f.HandOver, e.ID, e.Created, account(e)
	return saveGate(tx, e.Case, g)
}

// PersonGate is a gate of a person that is shut: what everybody may know.
type PersonGate struct {
	Person     string
	Gate       string // empty while the person is not screened
	Unscreened bool
}

// standing of one person before the gates.
type personStanding struct {
	subject
	asked     bool // was screened, or could not be
	doubt     bool // of a suspect: signs of a victim
	under18   bool
	gates     []gate
	shut      []PersonGate
	withheld  bool // a gate could not be done: nothing of the person is released
	noReturn  bool // a hand-over is barred
	reclassed bool
}

// weigh puts together where a person stands.
func weigh(tx *store.Tx, p subject) (personStanding, error) {
	s := personStanding{subject: p}
	for _, id := range p.ids() { // a merged record keeps what was asked under its own id
		if err := s.add(tx, id); err != nil {
			return s, err
		}
	}
	for _, g := range s.gates {
		switch {
		case !g.Shut:
		case g.Outcome == "":
			s.shut = append(s.shut, PersonGate{Person: p.ID, Gate: g.ID})
		case g.Outcome == CannotBeDone:
			s.asked, s.withheld = true, true
		}
		s.noReturn = s.noReturn || g.Shut && !g.HandOver
	}
	if p.Gone { // nothing is left to ask, to end or to release
		s.shut, s.withheld, s.noReturn = nil, true, true
		return s, nil
	}
	if !s.asked && p.Screenable() {
		s.shut = append(s.shut, PersonGate{Person: p.ID, Unscreened: true})
	}
	s.noReturn = s.noReturn || !s.asked
	return s, nil
}

// actedFreely reports whether it is established that a suspect acted free of
// control or threat (Ley General de Trata 37): the person answered, and either
// gave no sign of it or the victim adviser ended every gate that the signs shut
// and found no victim. A person only named, whom nobody could ask, gave no sign.
func (s personStanding) actedFreely() bool {
	unanswered := len(s.shut) > 0 || s.withheld
	return !s.reclassed && (s.asked || !s.Screenable()) && !(s.doubt && unanswered)
}

// add puts what is known of one record of the person together.
func (s *personStanding) add(tx *store.Tx, id string) error {
	row, err := loadScreening(tx, s.Case, id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	s.asked = s.asked || err == nil
	s.doubt, s.under18 = s.doubt || row.Doubt, s.under18 || row.Under18
	gates, err := gatesOf(tx, s.Case, id)
	if err != nil {
		return err
	}
	s.gates = append(s.gates, gates...)
	found, err := reclassified(tx, s.Case, id)
	s.reclassed = s.reclassed || found
	return err
}

func loadScreening(tx *store.Tx, caseID, person string) (screening, error) {
	return store.Doc[screening](tx, `SELECT doc FROM screening WHERE case_id = $1 AND person = $2`, caseID, person)
}

// Gate reports whether a referral of the case may leave: every person found or
// interviewed was screened, or could not be, and every shut gate has ended.
// Officials and people only named are exempt. A shut gate is never a ground to
// hold anyone, and alerts do not ask.
func Gate(tx *store.Tx, caseID string) (open bool, shut []PersonGate, err error) {
	f, err := Assess(tx, caseID)
	return len(f.Shut) == 0, f.Shut, err
}

// Findings is what a procedure's conditions may read of protection in a case.
type Findings struct {
	Unscreened     int          // people who were not asked
	Shut           []PersonGate // what keeps a referral from leaving
	SuspectUnder18 bool
	SuspectInDoubt bool // a suspect may be, or was found to be, a victim
	Stopped        bool // the victim adviser stopped it
	// UnderControl are the suspects of whom it is not established that they
	// acted free of control or threat: nobody asked, there are signs and the
	// victim adviser has not answered them, or found a victim.
	UnderControl []string
}

// Facts gives the findings as the procedure's conditions name them.
func (f Findings) Facts() map[string]any {
	return map[string]any{
		"everyone_screened": f.Unscreened == 0, "gates_ended": len(f.Shut) == 0,
		"suspect_under_18": f.SuspectUnder18, "suspect_may_be_victim": f.SuspectInDoubt,
	}
}

// Refuses gives the refusal that keeps a referral from leaving, or nil: the
// adviser's hold (protection.stopped), people not screened
// (protection.unscreened), a shut gate (protection.gate_shut). Each says what
// to do next and none says why a gate is shut.
func (f Findings) Refuses() error {
	switch {
	case f.Stopped:
		return refusal.New("protection.stopped")
	case f.Unscreened > 0:
		return refusal.New("protection.unscreened", "Count", f.Unscreened)
	case len(f.Shut) > 0:
		return refusal.New("protection.gate_shut", "Count", len(f.Shut))
	}
	return nil
}

// Assess weighs every person of a case.
func Assess(tx *store.Tx, caseID string) (Findings, error) {
	var out Findings
	people, err := subjects(tx, caseID)
	if err != nil {
		return out, err
	}
	for _, p := range people {
		s, err := weigh(tx, p)
		if err != nil {
			return out, err
		}
		for _, g := range s.shut {
			if g.Unscreened {
				out.Unscreened++
			}
		}
		out.Shut = append(out.Shut, s.shut...)
		if p.Suspect {
			out.SuspectUnder18 = out.SuspectUnder18 || p.Minor || s.under18
			out.SuspectInDoubt = out.SuspectInDoubt || s.reclassed || s.doubt && len(s.shut) > 0
			if !s.actedFreely() {
				out.UnderControl = append(out.UnderControl, p.ids()...)
			}
		}
	}
	out.Stopped, err = stopped(tx, caseID)
	return out, err
}

// HandOverBarred reports whether the person may not be given to the other
// country: not screened, a gate that is shut or could not be done without the
// adviser's word, found to be a victim, or under the adviser's stop. It is one
// answer for every reason (DESIGN §8, Non-return).
func HandOverBarred(tx *store.Tx, caseID, person string) (bool, error) {
	p, err := find(tx, caseID, person)
	if err != nil {
		return true, err
	}
	s, err := weigh(tx, p)
	if err != nil {
		return true, err
	}
	held, err := stopped(tx, caseID)
	return s.noReturn || s.reclassed || held, err
}

// resource of a person's protection, as access sees it.
func (p subject) resource(kind string) access.Resource {
	return access.Resource{Type: kind, ID: p.ID, Offices: p.Offices, Case: p.Case,
		Attrs: map[string]any{access.AttrClass: p.class(), access.AttrMinor: p.Minor}}
}
