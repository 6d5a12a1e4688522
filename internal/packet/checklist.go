package packet

import (
	"slices"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// States of a line of the checklist.
const (
	LinePresent  = "present"
	LineDeclared = "declared" // the composer answers it in words
	LineMissing  = "missing"
	LineOptional = "not_here" // not required and not there
)

// Line is one line of a packet's checklist, answered.
type Line struct {
	Check program.Check `json:"check"`
	State string        `json:"state"`
	Note  string        `json:"note,omitempty"`
	Owes  []string      `json:"owes,omitempty"` // roles that owe it
	// Words says that no entry of the case answers the line: words do.
	Words bool `json:"words,omitempty"`
}

// Missing reports whether the line keeps the packet from being complete.
func (l Line) Missing() bool { return l.State == LineMissing }

// tellChecklist answers the procedure's list and refuses what is missing.
func (b *builder) tellChecklist() error {
	lines, err := b.lines()
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.Missing() {
			return refusal.New("packet.incomplete", "Line", l.Check.Title)
		}
		body := LineBody{Line: l.Check.ID, State: l.State, Note: b.names.over(l.Note)}
		if err := b.put(wire.SectionChecklist, "line-"+l.Check.ID, "", wire.TierAnalysis, body); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) lines() ([]Line, error) {
	s, err := Soundness(b.tx, b.d, b.draft)
	if err != nil {
		return nil, err
	}
	return checklist(b.draft, s), nil
}

// Checklist says, before a version is composed, what is there, what is missing
// and who owes it.
func Checklist(tx *store.Tx, o casefile.Opener, draft Draft) ([]Line, error) {
	s, err := Soundness(tx, o, draft)
	if err != nil {
		return nil, err
	}
	return checklist(draft, s), nil
}

func checklist(draft Draft, s Sound) []Line {
	var out []Line
	for _, c := range draft.Procedure.Packet {
		l := Line{Check: c, State: LineMissing, Note: draft.Declared[c.ID], Owes: draft.Procedure.OwesLine(c)}
		there, known := s.answers()[c.ID]
		l.Words = !known
		switch {
		case known && there:
			l.State = LinePresent
		case l.Note != "" && !known:
			l.State = LineDeclared
		case !c.Required:
			l.State = LineOptional
		}
		out = append(out, l)
	}
	return out
}

// Sound is what the conditions of a procedure ask of a packet.
type Sound struct {
	Facts            bool // a summary of the facts
	Charged          bool // every suspect is charged with an offence of the catalogue
	ElementMissing   bool // one that blocks the receiving side is shown by nothing
	Statements       bool // at least one, each in its original language
	InterpretersFree bool // every interpreted statement says what qualified the interpreter
	Translated       bool // all can be read in the receiving side's language, by named translators
	RightsStated     bool
	Declination      bool // the prosecutor here has declined
	Exculpatory      bool // stated, or stated to be none
	Exhibits         bool // at least one, with its chain
	Identified       bool // a record of how somebody was recognised, or was not
	Willing          int  // identifying witnesses willing to state
}

// Named gives the findings as the procedure's conditions name them.
func (s Sound) Named() map[string]any {
	return map[string]any{
		"element_missing": s.ElementMissing, "interviewer_and_witness_apart": s.InterpretersFree, "originals_kept": s.Statements,
		"exculpatory_stated": s.Exculpatory, "translated": s.Translated, "witness_willing": s.Willing,
	}
}

// answers maps lines that the case itself answers to whether it does.
func (s Sound) answers() map[string]bool {
	return map[string]bool{
		"facts": s.Facts, "offences": s.Charged, "profit": s.Charged && !s.ElementMissing, "elements": s.Charged && !s.ElementMissing,
		"statements": s.Statements, "translation": s.Translated, "us_declination": s.Declination, "mx_declination": s.Declination, "rights": s.RightsStated,
		"exhibits": s.Exhibits, "identification": s.Identified, "exculpatory": s.Exculpatory, "left_out": true, // the section is always there, and says so when nothing was
	}
}

// Soundness looks at the case as a packet would show it.
func Soundness(tx *store.Tx, o casefile.Opener, draft Draft) (Sound, error) {
	s := Sound{Facts: draft.Facts.Text != "", Exculpatory: draft.Exculpatory.Text != "" || draft.Findings.any() || draft.NoneKnown || draft.SecretBenefit,
		Translated: draft.Facts.In(draft.Lang), InterpretersFree: true, RightsStated: true}
	for _, look := range []func(*store.Tx, casefile.Opener, Draft) error{s.lookAtStatements, s.lookAtRecords, s.lookAtCharges, s.lookAtDecision} {
		if err := look(tx, o, draft); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *Sound) lookAtStatements(tx *store.Tx, o casefile.Opener, draft Draft) error {
	statements, err := casefile.Items(tx, draft.Case, "statement")
	if err != nil {
		return err
	}
	lost, err := lastForgotten(tx, draft.Case)
	if err != nil {
		return err
	}
	readable, err := translatedInto(tx, draft)
	if err != nil {
		return err
	}
	for _, i := range statements {
		if _, out := draft.LeftOut[i.ID]; out || unread(i, lost) {
			continue
		}
		var st casefile.Statement
		var detail casefile.StatementDetail
		if err := i.Decode(&st); err != nil {
			return err
		}
		if _, err := i.OpenDetail(tx, o, &detail); err != nil {
			if missing(err) {
				continue
			}
			return err
		}
		s.Statements = true
		s.InterpretersFree = s.InterpretersFree && (!st.Interpreted || st.InterpreterBy != "")
		s.Translated = s.Translated && (detail.Lang == draft.Lang || readable[i.ID])
		s.RightsStated = s.RightsStated && st.Rights != ""
		if st.Willing && len(st.Identifies) > 0 && !slices.Contains(draft.Suspects, st.Person) {
			s.Willing++
		}
	}
	return nil
}

// lookAtRecords asks for exhibits and identifications that are not left out.
func (s *Sound) lookAtRecords(tx *store.Tx, _ casefile.Opener, draft Draft) error {
	c, err := casefile.Load(tx, draft.Case)
	if err != nil {
		return err
	}
	exhibits, err := evidence.OfCase(tx, c)
	if err != nil {
		return err
	}
	for _, x := range exhibits {
		_, out := draft.LeftOut[x.ID]
		s.Exhibits = s.Exhibits || x.Case == draft.Case && !out
	}
	records, err := casefile.Items(tx, draft.Case, casefile.Identification{}.Noun())
	for _, i := range records {
		_, out := draft.LeftOut[i.ID]
		s.Identified = s.Identified || !out
	}
	return err
}

// translatedInto lists the statements that a named translator rendered in the
// receiving side's language.
func translatedInto(tx *store.Tx, draft Draft) (map[string]bool, error) {
	items, err := casefile.Items(tx, draft.Case, "translation")
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, i := range items {
		var t casefile.Translation
		if err := i.Decode(&t); err != nil {
			return nil, err
		}
		_, left := draft.LeftOut[i.ID]
		out[t.Statement] = out[t.Statement] || t.Lang == draft.Lang && !left
	}
	return out, nil
}

// lookAtCharges asks of every suspect for a charge, and of every charge for
// what shows each element that the receiving side cannot do without.
func (s *Sound) lookAtCharges(tx *store.Tx, _ casefile.Opener, draft Draft) error {
	items, err := casefile.Items(tx, draft.Case, "charge")
	if err != nil {
		return err
	}
	charged, shown := map[string]bool{}, map[string]bool{}
	var charges []casefile.Charge
	for _, i := range items {
		var c casefile.Charge
		if err := i.Decode(&c); err != nil {
			return err
		}
		if !slices.Contains(draft.Suspects, c.Person) {
			continue
		}
		charges, charged[c.Person] = append(charges, c), true
		for _, e := range c.Elements {
			shown[c.Person+" "+e.ID] = shown[c.Person+" "+e.ID] || len(draft.travels(e.Items)) > 0
		}
	}
	s.Charged = len(draft.Suspects) > 0
	for _, p := range draft.Suspects {
		s.Charged = s.Charged && charged[p]
	}
	for _, c := range charges {
		for _, o := range asked(c.Offence, draft.Receiving) {
			for _, e := range o.Elements {
				s.ElementMissing = s.ElementMissing || e.Blocking && !shown[c.Person+" "+e.ID]
			}
		}
	}
	return nil
}

// asked lists the offences of the receiving country that a charge asks for.
func asked(offence, country string) []*program.Offence {
	o, ok := program.OffenceByID(offence)
	if !ok {
		return nil
	}
	if o.Country == country {
		return []*program.Offence{o}
	}
	var out []*program.Offence
	for _, e := range o.EquivalentIn(country) {
		if other, ok := program.OffenceByID(e.ID); ok && other.Referable {
			out = append(out, other)
		}
	}
	return out
}

func (s *Sound) lookAtDecision(tx *store.Tx, _ casefile.Opener, draft Draft) error {
	s.Declination = draft.Declined
	items, err := casefile.Items(tx, draft.Case, "ausa_decision")
	if err != nil || len(items) == 0 {
		return err
	}
	var last casefile.Decision
	if err := items[len(items)-1].Decode(&last); err != nil {
		return err
	}
	s.Declination = last.Decision == casefile.DecisionDeclined
	return nil
}
