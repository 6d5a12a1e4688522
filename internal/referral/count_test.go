package referral

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/wire"
)

// asSheet is a count of one person and n lines of a sheet, each as announced.
func asSheet(n int) Counting {
	c := Counting{People: 1, Counted: map[string]string{}}
	for i := range n {
		c.Counted[strconv.Itoa(i+1)] = AsAnnounced
	}
	return c
}

// Every person, belonging and paper of the sheet is counted, and whatever differs
// has its reason; what nobody announced may come too.
func TestASheetIsCountedLineByLine(t *testing.T) {
	sheet := &Belongings{Property: []string{"Backpack", "MXN 340 in notes"}, Papers: []string{"File, 42 sheets, seal 448122"}}
	with := func(change func(*Counting)) Counting {
		c := asSheet(3)
		c.Reasons = map[string]string{}
		change(&c)
		return c
	}
	for name, x := range map[string]struct {
		count Counting
		sheet *Belongings
		code  string
		tally Tally
	}{
		"nothing counted":          {Counting{}, sheet, "referral.people_not_counted", Tally{}},
		"the person alone":         {Counting{People: 1}, sheet, "referral.not_counted", Tally{}},
		"the papers not":           {with(func(c *Counting) { delete(c.Counted, "3") }), sheet, "referral.not_counted", Tally{}},
		"in words nobody knows":    {with(func(c *Counting) { c.Counted["2"] = "fine" }), sheet, "act.malformed", Tally{}},
		"a line that is not there": {with(func(c *Counting) { c.Counted["4"] = AsAnnounced }), sheet, "act.malformed", Tally{}},
		"all as announced":         {with(func(*Counting) {}), sheet, "", Tally{People: 1, Announced: 3, AsAnnounced: 3}},
		"missing, and no reason":   {with(func(c *Counting) { c.Counted["2"] = Missing }), sheet, "referral.difference_reason", Tally{}},
		"missing, with a blank for a reason": {with(func(c *Counting) { c.Counted["2"], c.Reasons["2"] = Missing, " \n" }), sheet,
			"referral.difference_reason", Tally{}},
		"missing, with too much of a reason": {with(func(c *Counting) { c.Counted["2"], c.Reasons["2"] = Missing, strings.Repeat("x", maxThing+1) }), sheet,
			"referral.too_long", Tally{}},
		"missing, with its reason":          {with(func(c *Counting) { c.Counted["2"], c.Reasons["2"] = Missing, "Spent" }), sheet, "", Tally{People: 1, Announced: 3, AsAnnounced: 2, Differences: 1}},
		"two people, and no reason":         {with(func(c *Counting) { c.People = 2 }), sheet, "referral.difference_reason", Tally{}},
		"two people, with the reason":       {with(func(c *Counting) { c.People, c.Reasons["people"] = 2, "Her baby, on no sheet" }), sheet, "", Tally{People: 2, Announced: 3, AsAnnounced: 3, Differences: 1}},
		"more than announced, and no why":   {with(func(c *Counting) { c.Beyond = []string{"Telephone"} }), sheet, "referral.difference_reason", Tally{}},
		"more than announced, with the why": {with(func(c *Counting) { c.Beyond, c.Reasons["beyond"] = []string{"Telephone", " "}, "Found in the bag" }), sheet, "", Tally{People: 1, Announced: 3, AsAnnounced: 3, Differences: 1}},
		"nothing was announced":             {asSheet(0), &Belongings{}, "", Tally{People: 1}},
		"what cannot be opened here":        {Counting{People: 1, Beyond: []string{"Backpack"}}, nil, "", Tally{People: 1}},
		"lines of what cannot be opened":    {asSheet(1), nil, "act.malformed", Tally{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := x.count.Against(x.sheet)
			if x.code != "" {
				refusedAs(t, err, x.code)
				return
			}
			if err != nil || got.Tally() != x.tally || !got.Tally().whole() || got.Unopened != (x.sheet == nil) {
				t.Errorf("%+v %+v %v", got, got.Tally(), err)
			}
		})
	}
}

// Numbers that no count has are not taken from another node.
func TestATallyIsThatOfACount(t *testing.T) {
	for name, x := range map[string]Tally{
		"of nobody": {}, "of more than was announced": {People: 1, AsAnnounced: 1}, "of a difference that is none": {People: 1, Announced: 2, AsAnnounced: 1},
		"of two people on the sheet of one": {People: 2}, "below nothing": {People: 1, Announced: -1, AsAnnounced: -1},
	} {
		if x.whole() {
			t.Errorf("a tally %s is taken: %+v", name, x)
		}
	}
}

// Nobody signs for a suspect before the sheet was counted; what differs is read on
// both sides with its reason, and the act that is signed shows the numbers.
func TestTheCountStandsInTheSignedAct(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	w.waive(f, f.suspect)
	plan := w.returning(f, id)
	plan.Papers = []string{"File, 42 sheets"}
	w.do(w.agent, plan)
	w.do(w.agent, &Give{Referral: id})
	w.refused(w.mx, w.inm, "referral.people_not_counted", &ReceivePerson{Referral: id, Form: "at_liberty"})
	w.refused(w.mx, w.inm, "referral.not_counted", &ReceivePerson{Referral: id, Form: "at_liberty", Counting: asSheet(2)})
	c := asSheet(3)
	c.Counted["2"] = Missing
	w.refused(w.mx, w.inm, "referral.difference_reason", &ReceivePerson{Referral: id, Form: "at_liberty", Counting: c})
	c.Reasons = map[string]string{"2": "Spent on food at the station"}
	w.do(w.inm, &ReceivePerson{Referral: id, Form: "at_liberty", Counting: c})
	for _, n := range []*acttest.Node{w.us, w.mx} {
		by := w.agent
		if n == w.mx {
			by = w.inm
		}
		s, err := ShowSheet(t.Context(), n.Acts, by, wire.PurposeProtection, id)
		if n == w.us {
			s, err = ShowSheet(t.Context(), n.Acts, by, wire.PurposeProsecution, id)
		}
		if err != nil {
			t.Fatal(err)
		}
		h := s.HandOver
		if h.Tally == nil || *h.Tally != (Tally{People: 1, Announced: 3, AsAnnounced: 2, Differences: 1}) {
			t.Errorf("%s: the numbers of the count: %+v", n.Acts.Node, h.Tally)
		}
		if h.Counted == nil || len(h.Counted.Things) != 3 || h.Counted.Things[1] != (CountedThing{Missing, c.Reasons["2"]}) {
			t.Errorf("%s: the count: %+v", n.Acts.Node, h.Counted)
		}
		if things := h.Carried.Things(); len(things) != 3 || things[2] != (Thing{"File, 42 sheets", true}) {
			t.Errorf("%s: what the lines are: %+v", n.Acts.Node, things)
		}
	}
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// A changed node cannot send the second signature without a count.
func TestASignatureWithoutACountIsNotTaken(t *testing.T) {
	w := newWorld(t)
	f, id := w.accepted()
	w.waive(f, f.suspect)
	w.do(w.agent, w.returning(f, id))
	w.do(w.agent, &Give{Referral: id})
	w.mx.Must(w.inm, wire.PurposeProtection, &ReceivePerson{Referral: id, Form: "at_liberty", Counting: asSheet(2)})
	i := slices.IndexFunc(w.mx.Out, func(m acttest.Sent) bool { return m.Message.Act.Kind == (PersonReceived{}).Kind() })
	if i < 0 {
		t.Fatal("the second signature does not leave")
	}
	sent := w.mx.Out[i].Message
	for name, change := range map[string][2]string{
		"of nobody": {`"people":1`, `"people":0`}, "with more as announced than was": {`"as_announced":2`, `"as_announced":3`}, "without what was counted": {`"id":"counted"`, `"id":"other"`},
		"of the first version": {`person_received.2`, `person_received.1`},
	} {
		body := strings.ReplaceAll(string(sent.ActBytes), change[0], change[1])
		if body == string(sent.ActBytes) {
			t.Fatalf("%s: nothing was changed in %s", name, body)
		}
		forged, err := wire.ParseMessage([]byte(body + "\n[]"))
		if err != nil {
			t.Fatal(err)
		}
		proof, err := w.mx.Prove(t.Context(), w.inm, forged.ActDigest(), w.mx.Answer(w.inm, act.Prepared{Asked: w.mx.Ask(forged.ActDigest())}))
		if err != nil {
			t.Fatal(err)
		}
		if forged, err = forged.Signed(proof); err != nil {
			t.Fatal(err)
		}
		if _, code := w.us.Deliver("mx", forged); code != wire.CodeContent {
			t.Errorf("%s: a changed node is answered %q", name, code)
		}
	}
}
