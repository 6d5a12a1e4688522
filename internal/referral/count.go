package referral

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Nobody signs for a person before the people, the belongings and the papers of
// the sheet were counted by the one who receives. What is not as it was announced
// is recorded with its reason, inside the act that is signed: sealed, for a reason
// tells of people and goes with the person (sheet_keys.go), with the numbers in
// clear, which every reader of the act can hold against each other.

// partCounted is the sealed part that says what was counted.
const partCounted = "counted"

// What became of a thing that was announced.
const (
	AsAnnounced = "as_announced"
	Different   = "different"
	Missing     = "missing"
)

// Outcomes are what can be said of a thing that was announced, in the order in
// which it is asked.
var Outcomes = []string{AsAnnounced, Different, Missing}

// What a reason may be for, beside the number of a thing.
const (
	ofPeople = "people"
	ofBeyond = "beyond"
)

// Thing is one line of a sheet: a belonging, or papers that go with the person.
type Thing struct {
	Words string `json:"words"`
	Paper bool   `json:"paper,omitempty"`
}

// Things are the lines of the sheet in their order: belongings, then papers. The
// first is number 1. Nothing was announced where nil.
func (b *Belongings) Things() []Thing {
	if b == nil {
		return nil
	}
	var out []Thing
	for _, p := range b.Property {
		out = append(out, Thing{Words: p})
	}
	for _, p := range b.Papers {
		out = append(out, Thing{Words: p, Paper: true})
	}
	return out
}

// Counting is what the one who receives counted on the sheet.
type Counting struct {
	People  int               `json:"people"`            // who came; the sheet is of one
	Counted map[string]string `json:"counted,omitempty"` // of each line of the sheet, by its number: one of Outcomes
	Reasons map[string]string `json:"reasons,omitempty"` // why, by the same numbers, or for "people" and "beyond"
	Beyond  []string          `json:"beyond,omitempty"`  // what came and was not announced, one thing a line
}

// Counted is what was counted held against what was announced, as it is signed. It
// names the lines of the sheet by their place alone: what they are is sealed under
// the person's own key, and is forgotten with it.
type Counted struct {
	People int            `json:"people"`
	Why    string         `json:"why,omitempty"` // where not one person came
	Things []CountedThing `json:"things,omitempty"`
	// Beyond came and was not announced; BeyondWhy is the reason.
	Beyond    []string `json:"beyond,omitempty"`
	BeyondWhy string   `json:"beyond_why,omitempty"`
	// Unopened says that what was announced could not be opened where it was
	// counted: all that came stands in Beyond.
	Unopened bool `json:"unopened,omitempty"`
}

// CountedThing is what became of a line of the sheet.
type CountedThing struct {
	As  string `json:"as"`
	Why string `json:"why,omitempty"`
}

// Tally is a count in numbers alone, in clear.
type Tally struct {
	People      int `json:"people"`
	Announced   int `json:"announced"`
	AsAnnounced int `json:"as_announced"`
	Differences int `json:"differences"`
}

// whole reports whether the numbers of another node can be those of a count: of
// somebody, of every line, and with what differs among the differences.
func (t Tally) whole() bool {
	return t.People > 0 && t.Announced >= 0 && t.AsAnnounced >= 0 && t.Announced >= t.AsAnnounced && t.Differences >= t.Announced-t.AsAnnounced && (t.People == 1 || t.Differences > 0)
}

// Tally is the count in numbers.
func (c Counted) Tally() Tally {
	t := Tally{People: c.People, Announced: len(c.Things)}
	for _, x := range c.Things {
		if x.As == AsAnnounced {
			t.AsAnnounced++
		}
	}
	t.Differences = t.Announced - t.AsAnnounced + len(c.Beyond)
	if c.Unopened {
		t.Differences = 0 // nothing is known that it could differ from
	}
	if c.People != 1 {
		t.Differences++
	}
	return t
}

// Against holds what was counted against what was announced: every line is
// counted, and whatever differs has its reason. announced is nil where it cannot
// be opened.
func (c Counting) Against(announced *Belongings) (Counted, error) {
	out := Counted{People: c.People, Unopened: announced == nil}
	if c.People < 1 {
		return out, refusal.New("referral.people_not_counted", "field", ofPeople)
	}
	var err error
	if c.People != 1 {
		if out.Why, err = c.reason(ofPeople); err != nil {
			return out, err
		}
	}
	things := announced.Things()
	for i := range things {
		n := strconv.Itoa(i + 1)
		x := CountedThing{As: c.Counted[n]}
		switch {
		case x.As == "":
			return out, refusal.New("referral.not_counted", "N", i+1, "field", "counted."+n)
		case !slices.Contains(Outcomes, x.As):
			return out, refusal.New("act.malformed", "field", "counted."+n)
		case x.As != AsAnnounced:
			if x.Why, err = c.reason(n); err != nil {
				return out, err
			}
		}
		out.Things = append(out.Things, x)
	}
	for _, n := range slices.Sorted(maps.Keys(c.Counted)) { // a line that the sheet does not have
		if i, err := strconv.Atoi(n); err != nil || i < 1 || i > len(things) {
			return out, refusal.New("act.malformed", "field", "counted."+n)
		}
	}
	if out.Beyond, err = listed(c.Beyond); err != nil {
		return out, err
	}
	if len(out.Beyond) > 0 && announced != nil {
		out.BeyondWhy, err = c.reason(ofBeyond)
	}
	return out, err
}

// reason is why something differs.
func (c Counting) reason(of string) (string, error) {
	why := strings.TrimSpace(c.Reasons[of])
	switch {
	case why == "":
		return "", refusal.New("referral.difference_reason", "N", of, "field", "reasons."+of)
	case len(why) > maxThing:
		return "", refusal.New("referral.too_long", "Max", maxThing, "field", "reasons."+of)
	}
	return why, nil
}

// sealCounted seals what was counted of somebody into the act that is signed.
func (r Referral) sealCounted(tx *store.Tx, d *act.Draw, h HandOver, c Counted) (wire.Part, error) {
	return d.Seal(tx, d.NewKey(r.keptUnder(h)), partCounted, c)
}

// admitCounted takes a second signature only with a count: its numbers, and the
// sealed part that says what they are of.
func admitCounted(m wire.Message, t Tally) wire.Code {
	if !t.whole() || !slices.ContainsFunc(m.Act.Sealed, func(p wire.Part) bool { return p.ID == partCounted }) {
		return wire.CodeContent
	}
	return ""
}

// counts says what was counted of the sheet that the second signature of h is
// for: all of it where this node can open it, else the numbers.
func (h *HandOver) counts(tx *store.Tx, v *act.Viewing) error {
	if h.Received == nil {
		return nil
	}
	var c Counted
	ok, err := v.OpenPart(tx, h.Received.Fact, partCounted, &c)
	if err != nil {
		return err
	}
	if ok {
		h.Counted = &c
	}
	_, m, err := journal.Load(tx, h.Received.Fact)
	if err != nil {
		return nilIfGone(err)
	}
	var says struct{ Tally *Tally }
	if err := json.Unmarshal(m.Act.Clear, &says); err != nil {
		return fmt.Errorf("count of a sheet: %w", err)
	}
	h.Tally = says.Tally
	return nil
}

// announced opens what a suspect's appointment says goes with them; nil where
// this node cannot.
func announced(tx *store.Tx, o casefile.Opener, fact string) (*Belongings, error) {
	e, _, err := journal.Load(tx, fact)
	if err != nil {
		return nil, nilIfGone(err)
	}
	part, has := e.Part(partCarried)
	if !has {
		return nil, nil
	}
	var b Belongings
	if err = o.Open(tx, part, &b); errors.Is(err, seal.ErrNoKey) {
		return nil, nil
	}
	return &b, err
}
