package program

import (
	"cmp"
	"slices"

	"github.com/oasiss/oasiss/wire"
)

// Label is what whoever receives something may do with it without asking the
// originator again: a handling code, the marks that it stands for, and controls
// of the originator's own law.
type Label struct {
	Handling string   `json:"handling"`           // H0 to H3
	Onward   string   `json:"onward"`             // passing it on: wire.MarkFree, MarkConsent or MarkNever
	Court    string   `json:"court"`              // use in court
	Controls []string `json:"controls,omitempty"` // of controls
}

// ControlNoForeign (NOFORN) keeps something in the country of its originator,
// whoever consents; ControlUnclassified (CUI) is carried and shown.
const (
	ControlNoForeign    = "NOFORN"
	ControlUnclassified = "CUI"
)

// Controls lists what an originator's own law may add to a handling code.
func Controls() []Word { return slices.Clone(loadWords().Controls) }

// ControlByID finds a control of the closed list.
func ControlByID(id string) (Word, bool) { return word(loadWords().Controls, id) }

// LabelOf is what a handling code stands for; no code is H0.
func LabelOf(handling string) Label {
	l := Label{Handling: cmp.Or(handling, "H0"), Onward: wire.MarkFree, Court: wire.MarkFree}
	switch handling {
	case "H1":
		l.Court = wire.MarkConsent
	case "H2":
		l.Onward = wire.MarkConsent
	case "H3":
		l.Court, l.Onward = wire.MarkConsent, wire.MarkConsent
	}
	return l
}

// marks from free to strict.
var marks = []string{wire.MarkFree, wire.MarkConsent, wire.MarkNever}

func stricter(a, b string) string {
	return marks[max(slices.Index(marks, a), slices.Index(marks, b), 0)]
}

// With joins two labels: what comes of both is as strict as each of them, in
// every respect, so that nothing is loosened by being put beside something else
// or by going through other hands.
func (l Label) With(o Label) Label {
	out := Label{Onward: stricter(l.Onward, o.Onward), Court: stricter(l.Court, o.Court), Handling: max(cmp.Or(l.Handling, "H0"), cmp.Or(o.Handling, "H0"))}
	if out.Handling == "H2" && out.Court != wire.MarkFree || out.Handling == "H1" && out.Onward != wire.MarkFree {
		out.Handling = "H3" // of a code for each of the two, only the one for both says as much
	}
	out.Controls = slices.Concat(l.Controls, o.Controls)
	slices.Sort(out.Controls)
	out.Controls = slices.Compact(out.Controls)
	return out
}

// Covers reports whether l is at least as strict as o.
func (l Label) Covers(o Label) bool {
	j := l.With(o)
	return j.Handling == cmp.Or(l.Handling, "H0") && j.Onward == stricter(l.Onward, "") && j.Court == stricter(l.Court, "") && len(j.Controls) == len(l.Controls)
}

// Leaves reports whether something may go from one country to another: what is
// kept from foreign hands never does.
func (l Label) Leaves(from, to string) bool {
	return from == to && from != "" || !slices.Contains(l.Controls, ControlNoForeign)
}
