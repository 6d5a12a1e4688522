package web

import (
	"strconv"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// What is asked of every sheet before its second signature: who came, and, folded
// until it is wanted, what nobody announced. Between the two stand the lines of
// the sheet.
var (
	peopleAsks = []view.Ask{{Name: "people", Key: "ask.people_counted", GroupKey: "ask.group.count", How: []string{"required", "inputmode=numeric", "autocomplete=off"}}}
	beyondAsks = []view.Ask{qa("reasons.people", "people_why"), qa("beyond", "beyond", "rows=2"), qa("reasons.beyond", "beyond_why")}
)

// counting draws a second signature up with the lines of its sheet to count.
func (q *request) counting(a view.Act, goes *referral.Belongings) view.Act {
	asks := a.Asks[:len(a.Asks)-len(beyondAsks)]
	a.Fold = &view.Fold{TitleKey: "hand_over.beyond.title", LeadKey: "hand_over.beyond.lead", Form: a.Form, Asks: a.Asks[len(asks):], Wanted: goes == nil}
	a.Asks = append([]view.Ask{}, asks...)
	for i, t := range goes.Things() {
		n := strconv.Itoa(i + 1)
		a.Asks = append(a.Asks, view.Ask{Name: "counted." + n, Text: q.line(i+1, t), How: []string{"required", "type=radio", "inline"}, Choices: q.codes("hand_over.counted.", referral.Outcomes),
			Why: &view.Ask{Name: "reasons." + n, Text: q.t("hand_over.why_of", "N", n)}})
	}
	return a
}

// line is one line of a sheet with its number.
func (q *request) line(n int, t referral.Thing) string {
	if t.Paper {
		return q.t("hand_over.line_paper", "N", n, "Words", t.Words)
	}
	return q.t("hand_over.line", "N", n, "Words", t.Words)
}

// sheetLines are the lines of a sheet, with what became of each once it was counted.
func sheetLines(l i18n.Lang, goes *referral.Belongings, counted *referral.Counted) (out []view.SheetLine) {
	for i, t := range goes.Things() {
		row := view.SheetLine{N: i + 1, Words: t.Words, Paper: t.Paper}
		if counted != nil && i < len(counted.Things) {
			x := counted.Things[i]
			row.State, row.Class, row.Icon, row.Why = i18n.T(l, "hand_over.counted."+x.As), "over", "alert-octagon", x.Why
			if x.As == referral.AsAnnounced {
				row.State, row.Class, row.Icon = i18n.T(l, "hand_over.was_counted"), "ok", "check"
			}
		}
		out = append(out, row)
	}
	return out
}

// sheetCount is what was counted in words; nil where nothing is recorded of it.
func (q *request) sheetCount(t *referral.Tally, c *referral.Counted) *view.SheetCount {
	if t == nil {
		return nil
	}
	out := &view.SheetCount{Text: q.t("hand_over.tally", "Counted", t.AsAnnounced, "Announced", t.Announced), Ok: t.Differences == 0, People: q.t("hand_over.people_came", "Count", t.People), Sealed: c == nil && t.Differences > 0}
	if c != nil {
		out.Why, out.Beyond, out.Reason = c.Why, c.Beyond, c.BeyondWhy
		if c.Unopened {
			out.Text, out.Ok = q.t("hand_over.unopened"), false
		}
	}
	return out
}

// countFacts are a count as it is signed and printed: against each line what was
// counted, and why it differs.
func (q *request) countFacts(goes *referral.Belongings, t *referral.Tally, c *referral.Counted) []view.Fact {
	count := q.sheetCount(t, c)
	if count == nil {
		return nil
	}
	facts := []view.Fact{{Label: q.t("hand_over.people"), Value: joined(count.People, count.Why)}, {Label: q.t("hand_over.count_title"), Value: count.Text}}
	for i, row := range sheetLines(q.lang, goes, c) {
		facts = append(facts, view.Fact{Label: q.line(i+1, goes.Things()[i]), Value: joined(row.State, row.Why)})
	}
	if len(count.Beyond) > 0 {
		facts = append(facts, view.Fact{Label: q.t("hand_over.beyond"), Value: joined(q.listOr(count.Beyond), count.Reason)})
	}
	return facts
}

// joined is what was found, with its reason where it has one.
func joined(what, why string) string {
	if why == "" {
		return what
	}
	return what + ": " + why
}

// countedFacts are what somebody counted who is about to sign for a person: the
// act has it sealed, so it is read off the command that the act is made from.
func (q *request) countedFacts(p act.Prepared) []view.Fact {
	var count referral.Counting
	var id string
	switch cmd := p.Command.(type) {
	case *referral.ReceivePerson:
		count, id = cmd.Counting, cmd.Referral
	case *referral.ReceiveReception:
		count, id = cmd.Counting, cmd.Reception
	default:
		return nil
	}
	x, err := referral.ShowSheet(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return nil
	}
	goes := x.HandOver.Carried
	c, err := count.Against(goes)
	if err != nil {
		return nil
	}
	t := c.Tally()
	return q.countFacts(goes, &t, &c)
}

// sheetHead is the head of a sheet: its rule of handling, who can see it, and the
// clock that runs.
func (q *request) sheetHead(x referral.Sheet) view.Head {
	h := view.Head{Crumb: view.Link{Text: q.t("my_day.title"), URL: "/"}, Number: x.Number, Title: q.t("hand_over.title"), Handling: q.handling(x.Handling, nil)}
	n := len(q.sheetReaders(x))
	h.Readers = &component.Readers{Total: n, Counts: []component.CountryCount{{Country: lower(q.s.Node.Country), N: n}}, URL: "/hand-overs/" + x.ID + "/readers"}
	if c := x.Clock; c != nil {
		drawn := q.clock(*c)
		drawn.What = c.Name.In(q.lang)
		if c.Node == x.Sender.Node {
			drawn.What = q.t("hand_over.until")
		}
		h.Clocks = []component.Clock{drawn}
	}
	return h
}

// sheetReaders are the officials here who can see a sheet.
func (q *request) sheetReaders(x referral.Sheet) []reader {
	return q.readersOf(x.Resource)
}

// handOverReaders is the page of who can see a sheet.
func (q *request) handOverReaders(id string) (view.Readers, error) {
	x, err := referral.ShowSheet(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.Readers{}, err
	}
	own, across := x.Sender.Office, x.Receiver.Node
	if x.Receiver.Node == q.s.Acts.Node {
		own, across = x.HandOver.Office, x.Sender.Node
	}
	v := view.Readers{Head: q.sheetHead(x), Across: q.country(across), Rows: q.readerRows(q.sheetReaders(x), own)}
	v.Head.Crumb = view.Link{Text: v.Head.Title, URL: "/hand-overs/" + x.ID}
	return v, nil
}
