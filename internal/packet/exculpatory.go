package packet

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Kinds of what speaks for a suspect, in the order in which a packet tells them
// (CNPP 131; Brady v. Maryland, Giglio v. United States).
const (
	Contradiction        = "contradiction"         // within a statement, or between two
	Coercion             = "coercion"              // signs that a suspect or a witness did not act or speak freely
	FailedIdentification = "failed_identification" // a witness did not recognise, or recognised another
	Benefit              = "benefit"               // a promise or benefit to a witness
)

var exculpatoryKinds = []string{Contradiction, Coercion, FailedIdentification, Benefit}

// Findings are what a composer knows that speaks for the suspects, by its kind.
type Findings struct {
	Contradictions        Words `json:"contradictions,omitzero"`
	Coercion              Words `json:"coercion,omitzero"`
	FailedIdentifications Words `json:"failed_identifications,omitzero"`
	Benefits              Words `json:"benefits,omitzero"`
}

// Each calls f for every kind, in their order.
func (f *Findings) Each(do func(kind string, w *Words)) {
	for i, w := range []*Words{&f.Contradictions, &f.Coercion, &f.FailedIdentifications, &f.Benefits} {
		do(exculpatoryKinds[i], w)
	}
}

// any reports whether something was found.
func (f Findings) any() (found bool) {
	f.Each(func(_ string, w *Words) { found = found || w.Text != "" })
	return found
}

// ExculpatoryBody is what speaks for a suspect: the composer's words, or an
// item of the packet that is marked so.
type ExculpatoryBody struct {
	Kind  string `json:"kind,omitempty"` // Contradiction…; of words on none of them empty
	Words *Words `json:"words,omitempty"`
	Item  string `json:"item,omitempty"`
}

// tellExculpatory writes what speaks for the suspects. The section is never
// silently empty: either something stands there, or the composer says that
// nothing is known, which neither an item nor a benefit may contradict; whoever
// approves and whoever sends sign for that.
func (b *builder) tellExculpatory() (err error) {
	if b.draft.NoneKnown && (b.flagged > 0 || b.draft.Findings.any() || b.draft.Exculpatory.Text != "" || b.draft.SecretBenefit) {
		return refusal.New("packet.exculpatory_known")
	}
	put := func(kind string, w Words) {
		if w.Text != "" && err == nil {
			words := b.masked(w)
			err = b.put(wire.SectionExculpatory, trimmedID("exculpatory", kind), "", wire.TierAnalysis, ExculpatoryBody{Kind: kind, Words: &words})
		}
	}
	b.draft.Findings.Each(func(kind string, w *Words) { put(kind, *w) })
	put("", b.draft.Exculpatory)
	return err
}

func trimmedID(id, kind string) string {
	if kind == "" {
		return id
	}
	return id + "-" + kind
}

// Cleared is the fact that counsel looked at a version that was stopped because
// a witness has a benefit which law keeps secret (8 USC 1367), and lets it go.
// Which benefit, and whose, stands nowhere.
type Cleared struct {
	journal.Envelope
	Packet  string      `json:"packet"`
	Version int         `json:"version"`
	Digest  wire.Digest `json:"manifest"`
}

// Kind implements journal.Fact.
func (Cleared) Kind() string { return "packet.cleared.1" }

// Clear is the rule of counsel: a version of this node that waits for it.
func Clear(v Version) (*Cleared, error) {
	switch {
	case !v.Home:
		return nil, refusal.NotFound()
	case !v.Counsel || !v.Cleared.IsZero():
		return nil, refusal.Conflict("packet.counsel_not_asked")
	}
	return &Cleared{Envelope: journal.Envelope{Case: v.Case, Referral: v.Referral}, Packet: v.Packet, Version: v.N, Digest: v.Digest}, nil
}

func applyCleared(tx *store.Tx, e journal.Entry, f Cleared) error {
	v, err := Load(tx, f.Packet, f.Version)
	if err != nil {
		return err
	}
	v.Cleared = e.Created
	return v.save(tx)
}

// FoundSince is when something that speaks for a suspect was first recorded in a
// case that the version does not name; zero when there is nothing.
func FoundSince(tx *store.Tx, o casefile.Opener, v Version) (since time.Time, err error) {
	first := func(id string, at time.Time) {
		if !v.HasItem("exculpatory-"+id) && (since.IsZero() || at.Before(since)) {
			since = at
		}
	}
	for _, noun := range []string{"event", "statement", "identification", "vehicle", "phone", "property", "charge"} {
		items, err := casefile.Items(tx, v.Case, noun)
		if err != nil {
			return since, err
		}
		for _, i := range items {
			_, speaks, err := speaksFor(tx, o, i)
			if err != nil {
				return since, err
			}
			if speaks {
				at := i.Added
				if !i.Corrected.IsZero() {
					at = i.Corrected
				}
				first(i.ID, at)
			}
		}
	}
	c, err := casefile.Load(tx, v.Case)
	if err != nil {
		return since, err
	}
	exhibits, err := evidence.OfCase(tx, c)
	for _, x := range exhibits {
		if x.Exculpatory && x.Case == v.Case {
			first(x.ID, x.Added)
		}
	}
	return since, err
}

// speaksFor reports whether an item speaks for a suspect, and as what. Of words
// whose key is gone nobody can tell.
func speaksFor(tx *store.Tx, o casefile.Opener, i casefile.Item) (kind string, speaks bool, err error) {
	var detail json.RawMessage
	if _, err := i.OpenDetail(tx, o, &detail); err != nil && !missing(err) {
		return "", false, err
	}
	kind, speaks = speaksOf(i.Noun, i.Content, detail)
	return kind, speaks, nil
}

// speaksOf is speaksFor of an item that was read: one marked so by whoever
// recorded it, an identification that failed, or a statement for which something
// was promised.
func speaksOf(noun string, content, detail json.RawMessage) (kind string, speaks bool) {
	switch noun {
	case casefile.Identification{}.Noun():
		var x casefile.Identification
		if json.Unmarshal(content, &x) == nil && x.Failed() {
			return FailedIdentification, true
		}
	case casefile.Statement{}.Noun():
		var d casefile.StatementDetail
		if json.Unmarshal(detail, &d) == nil && d.Promises != "" {
			return Benefit, true
		}
	}
	return "", exculpatory(content)
}

// exculpatory reports whether an item is marked as speaking for a suspect.
func exculpatory(content json.RawMessage) bool {
	var marked struct {
		Exculpatory bool `json:"exculpatory"`
	}
	return json.Unmarshal(content, &marked) == nil && marked.Exculpatory
}

// ExculpatoryKinds lists the kinds.
func ExculpatoryKinds() []string { return slices.Clone(exculpatoryKinds) }
