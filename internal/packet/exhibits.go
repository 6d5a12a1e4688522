package packet

import (
	"errors"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/wire"
)

// nounExhibit is what an exhibit is called among what was left out.
const nounExhibit = "exhibit"

// ExhibitBody is an exhibit, in the section exhibits. Nobody protected is named
// in it.
type ExhibitBody struct {
	Number      string          `json:"number"`
	Kind        string          `json:"kind"`
	NIEM        string          `json:"niem"`
	CASE        string          `json:"case"`
	Holder      string          `json:"holder,omitempty"` // pseudonym of who had it
	Item        string          `json:"item,omitempty"`   // entry of the packet that it is
	Of          string          `json:"of,omitempty"`     // exhibit of which it is a copy or translation
	Found       casefile.Moment `json:"found"`
	Basis       string          `json:"basis"`
	Source      string          `json:"source"`      // evaluation of the source: A, B, C, X
	Information int             `json:"information"` // of the information: 1 to 4
	Detail      evidence.Detail `json:"detail"`
}

// CustodyBody is the chain of custody of an exhibit as it stood when the version
// was frozen, in the section custody.
type CustodyBody struct {
	Exhibit string         `json:"exhibit"`
	Number  string         `json:"number"`
	Chain   []CustodyStep  `json:"chain"`
	Gaps    []evidence.Gap `json:"gaps,omitempty"`
}

// CustodyStep is one step of custody: what it says, its words with protected
// names hidden, and the signed message itself, by which it can be checked. What
// is sealed in that message opens nowhere else.
type CustodyStep struct {
	evidence.Link
	Step    string          `json:"step"`
	Name    string          `json:"name"`
	Office  string          `json:"office"`
	Node    string          `json:"node"`
	To      *wire.Address   `json:"to,omitempty"` // of give: who was to receive it
	Signed  time.Time       `json:"signed"`
	Detail  *evidence.Words `json:"detail,omitempty"`
	Message []byte          `json:"message"`
}

// tellExhibits writes the exhibits, each with its chain. What a protected
// person had leads to that person and stays; so does what a composer leaves
// out, with the reason.
func (b *builder) tellExhibits() error {
	all, err := evidence.OfCase(b.tx, b.c)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.Case != b.draft.Case {
			continue // another node's, which came by a referral: it is not ours to give on
		}
		if reason, out := b.draft.LeftOut[x.ID]; out {
			if err := b.omit(nounExhibit, b.subject(x.Person), x.ID, b.names.over(reason)); err != nil {
				return err
			}
			continue
		}
		if err := b.tellExhibit(x); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) tellExhibit(x evidence.Exhibit) error {
	if m := b.people[x.Person]; m != nil && m.Class == casefile.Protected {
		return b.omit(nounExhibit, m.Plant, x.ID, omittedLeads)
	}
	kind, _ := evidence.KindByID(x.Kind)
	body := ExhibitBody{Number: x.Number, Kind: x.Kind, NIEM: kind.NIEM, CASE: kind.CASE, Holder: b.subject(x.Person), Item: x.Item, Of: x.Of, Found: x.Found,
		Basis: x.Basis, Source: x.Source, Information: x.Information}
	var d evidence.Detail
	forgotten := !b.lost.IsZero() && !x.Added.After(b.lost) || x.Detail == nil
	if !forgotten {
		if err := b.d.Open(b.tx, *x.Detail, &d); missing(err) {
			forgotten = true
		} else if err != nil {
			return err
		}
	}
	if forgotten {
		return b.omit(nounExhibit, body.Holder, x.ID, omittedForgotten)
	}
	body.Detail = evidence.Detail{Description: b.names.over(d.Description), Place: b.names.over(d.Place), FoundBy: b.names.over(d.FoundBy), Packing: b.names.over(d.Packing)}
	chain, err := evidence.Chain(b.tx, x.ID)
	if err != nil {
		return err
	}
	custody := CustodyBody{Exhibit: x.ID, Number: x.Number, Gaps: evidence.Gaps(chain, b.d.Now)}
	messages, err := evidence.Messages(b.tx, x.ID)
	if errors.Is(err, journal.ErrForgotten) {
		return b.omit(nounExhibit, body.Holder, x.ID, omittedForgotten)
	}
	if err != nil {
		return err
	}
	for i, s := range chain {
		step, err := b.custody(s)
		if err != nil {
			return err
		}
		step.Message = messages[i]
		custody.Chain = append(custody.Chain, step)
	}
	if x.Exculpatory {
		b.flagged++
		if err := b.put(wire.SectionExculpatory, "exculpatory-"+x.ID, "", wire.TierAnalysis, ExculpatoryBody{Item: x.ID}); err != nil {
			return err
		}
	}
	label := b.label().With(x.Label())
	if err := b.putUnder(label, wire.SectionExhibits, x.ID, "", wire.TierAnalysis, body); err != nil {
		return err
	}
	if err := b.tellFiles(x, chain, label); err != nil {
		return err
	}
	return b.putUnder(label, wire.SectionCustody, "custody-"+x.ID, "", wire.TierAnalysis, custody)
}

// custody is a step as it travels. Words written before somebody of the case
// was forgotten stay, as those of other entries do.
func (b *builder) custody(s evidence.Step) (CustodyStep, error) {
	out := CustodyStep{Link: s.Link, Step: s.Step, Name: s.Name, Office: s.Office, Node: s.Node, Signed: s.Signed}
	if s.To != (wire.Address{}) {
		out.To = &s.To
	}
	if s.Detail == nil || !b.lost.IsZero() && !s.Signed.After(b.lost) {
		return out, nil
	}
	var w evidence.Words
	if err := b.d.Open(b.tx, *s.Detail, &w); missing(err) {
		return out, nil
	} else if err != nil {
		return out, err
	}
	w.Place, w.Note = b.names.over(w.Place), b.names.over(w.Note)
	for i, p := range w.Present {
		w.Present[i] = b.names.over(p)
	}
	out.Detail = &w
	return out, nil
}
