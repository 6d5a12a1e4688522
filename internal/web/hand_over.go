package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// handOvers registers the sheet on which a person changes hands: all that the
// officer at the bridge sees.
func (s *Server) handOvers(pages *doors) {
	s.page(pages, "/hand-overs/{id}", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		x, err := referral.ShowSheet(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err != nil {
			return "", nil, err
		}
		return "hand_over", q.handOver(x), nil
	})
	s.page(pages, "/hand-overs/{id}/readers", areaCases, func(q *request) (string, any, error) {
		v, err := q.handOverReaders(q.r.PathValue("id"))
		return "readers_page", v, err
	})
	s.page(pages, "/hand-overs", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		x, err := referral.Reconcile(q.r.Context(), q.s.Acts, q.by, q.purpose)
		if err != nil {
			return "", nil, err
		}
		v := q.reconciliation(x)
		if v.Raised, err = q.alarms(); err != nil {
			return "", nil, err
		}
		for i := range v.Raised {
			if a := &v.Raised[i]; a.Offered {
				act := q.act("referral.answer_alarm", map[string]string{"alarm": a.ID}, answers{"known": q.codes("alarm_known.", referral.Known)})
				act.Verb += "-" + a.ID // many on one page
				a.Acts = []view.Act{act}
			}
		}
		return "reconciliation", v, nil
	})
	pages.signedIn("GET /hand-overs/{id}/{print}", access.RuleSeen, areaCases, func(q *request) {
		q.print("acta", func(l i18n.Lang) (document.Document, error) {
			x, err := referral.ShowSheet(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
			if err != nil {
				return document.Document{}, err
			}
			in := *q
			in.lang = l
			return in.acta(x), nil
		})
	})
}

// alarms are the people between two signatures of whom the reader is told.
func (q *request) alarms() ([]view.HandOverAlarm, error) {
	list, err := referral.Alarms(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return nil, err
	}
	var out []view.HandOverAlarm
	for _, x := range list {
		a := view.HandOverAlarm{ID: x.ID, Number: x.Number, URL: "/hand-overs#alarm-" + x.ID, Person: component.Person{Plant: x.Person, Case: x.Number}, Since: x.Given.At,
			For: q.s.Acts.Now().Sub(x.Given.At), Offered: x.Offered, Gives: q.office(x.Sender.Node, x.Sender.Office), Receives: q.t("country." + q.country(x.Receiver.Node))}
		if x.Receiver.Office != "" {
			a.Receives = q.office(x.Receiver.Node, x.Receiver.Office)
		}
		for i, r := range x.Raised {
			whom := r.Roles
			if i > 0 { // each group beside those told before
				whom = slices.DeleteFunc(slices.Clone(r.Roles), func(role string) bool { return slices.Contains(x.Raised[i-1].Roles, role) })
			}
			if len(whom) == 0 {
				whom = r.Roles
			}
			a.Told = append(a.Told, view.AlarmTold{At: r.At, Whom: q.roleNames(whom)})
		}
		for _, y := range x.Answers {
			a.Answers = append(a.Answers, view.AlarmAnswer{Country: q.country(y.Node), Name: y.Name, Office: q.office(y.Node, y.Office), Known: q.t("alarm_known." + y.Known), At: y.At})
		}
		out = append(out, a)
	}
	return out, nil
}

// sheetOf is the number under which a sheet is printed.
func (q *request) sheetOf(x referral.Sheet) string {
	if x.HandOver.Sheet != "" {
		return x.HandOver.Sheet
	}
	return x.Number
}

// acta is the record of a hand-over as both officers sign it on paper, or as
// they have signed it here: one side alone hands nobody over.
func (q *request) acta(x referral.Sheet) document.Document {
	h := x.HandOver
	d := document.Document{Lang: q.lang, Kind: q.t("hand_over.acta"), Number: q.sheetOf(x), Title: q.t("hand_over.title"), Facts: q.signedSheet(x),
		Notes: []document.Note{{Text: q.t("hand_over.acta.two"), Strong: true}, {Text: q.t("hand_over.free")}},
		Foot:  []string{x.Number + " · " + h.Fact, q.t("packet.printed", "By", q.by.Name, "Office", q.office(q.s.Acts.Node, q.by.Office), "When", i18n.DateTime(q.lang, q.s.Acts.Now(), q.zone()))}}
	if x.Handling != "" {
		d.Handling = document.Handling{Code: x.Handling, Words: q.t("handling." + x.Handling)}
	}
	if v := q.handOver(x); v.Note.Title != "" {
		d.Notes = append([]document.Note{{Title: v.Note.Title, Text: v.Note.Text}}, d.Notes...)
	}
	place := func(role, node, office string, by *referral.Signature) document.Signature {
		s := document.Signature{Role: role, Office: q.office(node, office)}
		if by != nil {
			s.Name, s.At, s.Office = by.Name, i18n.DateTime(q.lang, by.At, q.zone()), q.office(node, by.Office)
		}
		return s
	}
	d.Signed = []document.Signature{place(q.t("hand_over.gives"), x.Sender.Node, x.Sender.Office, h.Given), place(q.t("hand_over.receives"), x.Receiver.Node, h.Office, h.Received)}
	return d
}

func (q *request) handOver(x referral.Sheet) view.HandOverSheet {
	h := x.HandOver
	v := view.HandOverSheet{Head: q.sheetHead(x), Prints: q.printsOf("/hand-overs/"+x.ID, "acta"),
		Person: component.Person{Plant: h.Person, Case: x.Number}, At: h.At, Pair: q.pair(x.Sender, x.Receiver, &h), Facts: q.agreedFacts(x), Free: h.Free()}
	if c := h.Carried; c != nil && !x.Safe {
		v.Needs, v.Lines, v.Known = q.needs(c), sheetLines(q.lang, c, h.Counted), true
	}
	v.Count = q.sheetCount(h.Tally, h.Counted)
	if x.Safe {
		v.Prints, v.Pair, v.Facts, v.Note = nil, nil, nil, component.Note{Kind: "ok", Title: q.t("hand_over.safe"), Text: q.t("hand_over.safe.why")}
		if x.Alarm {
			v.Note = component.Note{Kind: "over", Title: q.t("hand_over.alarm"), Text: q.t("hand_over.safe.why")}
		}
		return v
	}
	if h.As != "" {
		v.Facts = append(v.Facts, view.Fact{Label: q.t("hand_over.as"), Value: q.word("basis.", basisOf[h.As])})
	}
	for _, o := range x.Offered {
		a := q.act(o.Verb, q.signs(x, o), answers{"form": choices(q, o.Forms)})
		if o.Step == "receive" {
			a = q.counting(a, h.Carried)
		}
		a.Label = o.Name.In(q.lang)
		v.Acts = append(v.Acts, a)
	}
	switch {
	case !h.Cancelled.IsZero():
		v.Note = component.Note{Kind: "soon", Title: q.t("hand_over.cancelled")}
	case !h.Missed.IsZero():
		v.Note = component.Note{Kind: "soon", Title: q.t("hand_over.missed")}
	case h.Received != nil:
		v.Note = component.Note{Kind: "ok", Title: q.t("hand_over.done")}
	case x.Outside && h.Given == nil:
		v.Note = component.Note{Kind: "over", Title: q.t("hand_over.outside"), Text: q.t("hand_over.outside.next")}
	case x.Alarm:
		v.Note = component.Note{Kind: "over", Title: q.t("hand_over.alarm"), Text: q.t("hand_over.between.next")}
	case h.Given != nil:
		v.Note = component.Note{Kind: "over", Title: q.t("hand_over.between"), Text: q.t("hand_over.between.next")}
	default:
		v.Note = component.Note{Title: q.t("hand_over.waits")}
	}
	return v
}

// signs is what an act of a sheet is about: a referral, or the reception of
// somebody protected.
func (q *request) signs(x referral.Sheet, o referral.Offer) map[string]string {
	if x.HandOver.Protected {
		return map[string]string{"reception": x.ID}
	}
	return map[string]string{"referral": x.ID}
}

// receptionFacts are the sheet of somebody protected, as far as whoever signs it
// is told where and when.
func (q *request) receptionFacts(a wire.Act) []view.Fact {
	var about struct {
		Reception string `json:"reception"`
	}
	if json.Unmarshal(a.Clear, &about) != nil || about.Reception == "" {
		return nil
	}
	x, err := referral.ShowSheet(q.r.Context(), q.s.Acts, q.by, q.purpose, about.Reception)
	if err != nil || x.Safe {
		return nil
	}
	return q.signedSheet(x)
}

// reconciliation is who left, who arrived and who is between, in numbers.
func (q *request) reconciliation(x referral.Reconciliation) view.Reconciliation {
	v := view.Reconciliation{Left: x.Left, Received: x.Received, Open: x.Open, Alarms: x.Alarms,
		Facts: []view.Fact{{Label: q.t("reconcile.waiting"), Value: strconv.Itoa(x.Waiting)}, {Label: q.t("reconcile.left"), Value: strconv.Itoa(x.Left)}, {Label: q.t("reconcile.received"), Value: strconv.Itoa(x.Received)},
			{Label: q.t("reconcile.open"), Value: strconv.Itoa(x.Open)}, {Label: q.t("reconcile.cancelled"), Value: strconv.Itoa(x.Cancelled)}, {Label: q.t("reconcile.missed"), Value: strconv.Itoa(x.Missed)}}}
	for _, s := range x.Sheets {
		v.Sheets = append(v.Sheets, q.dayHandOver(s))
	}
	for _, s := range x.Series {
		v.Series = append(v.Series, view.SheetSeries{Gives: q.office(s.Node, s.Gives), Receives: q.office(s.To, s.Receives), Last: s.Last, Missing: s.Missing})
		v.Gaps += len(s.Missing)
	}
	return v
}

// handOverFacts are where, between whom and on what basis a person changes
// hands, and what goes along: on paper, and where it is signed.
func (q *request) handOverFacts(x referral.Sheet) []view.Fact {
	facts := q.agreedFacts(x)
	if c := x.HandOver.Carried; c != nil {
		facts = append(facts, view.Fact{Label: q.t("hand_over.needs"), Value: q.listOr(q.needs(c))}, view.Fact{Label: q.t("hand_over.property"), Value: q.listOr(c.Property)}, view.Fact{Label: q.t("hand_over.papers"), Value: q.listOr(c.Papers)})
	}
	return append(facts, q.countFacts(x.HandOver.Carried, x.HandOver.Tally, x.HandOver.Counted)...)
}

// needs are what a person needs in the next hours, in words.
func (q *request) needs(c *referral.Belongings) (out []string) {
	for _, n := range c.Needs {
		out = append(out, q.t("protection.need."+n))
	}
	return out
}

// agreedFacts are where, between whom and on what basis a person changes hands.
func (q *request) agreedFacts(x referral.Sheet) []view.Fact {
	h := x.HandOver
	facts := []view.Fact{{Label: q.t("hand_over.where"), Value: q.crossing(h)}, {Label: q.t("hand_over.gives"), Value: q.office(x.Sender.Node, x.Sender.Office)},
		{Label: q.t("hand_over.receives"), Value: q.office(x.Receiver.Node, h.Office)}, {Label: q.t("ask.basis"), Value: q.word("basis.", h.Basis)}}
	if h.Sheet != "" {
		facts = append([]view.Fact{{Label: q.t("hand_over.sheet"), Value: h.Sheet, Mono: true}}, facts...)
	}
	if h.File != "" {
		facts = append(facts, view.Fact{Label: q.t("hand_over.file"), Value: h.File, Mono: true})
	}
	return facts
}

// crossing is where a hand-over takes place.
func (q *request) crossing(h referral.HandOver) string {
	if b, ok := program.BridgeByID(h.Crossing); ok {
		return b.Name(q.lang)
	}
	return h.Place
}

// listOr is a list in one line, or the word for none.
func (q *request) listOr(list []string) string {
	if len(list) == 0 {
		return q.t("hand_over.none")
	}
	return strings.Join(list, "; ")
}

// signedSheet is the sheet as whoever signs it reads it.
func (q *request) signedSheet(x referral.Sheet) []view.Fact {
	at := x.HandOver.At
	return append([]view.Fact{{Label: q.t("hand_over.person"), Value: x.HandOver.Person},
		{Label: q.t("hand_over.when"), Value: i18n.DateLong(q.lang, at, q.zone()) + ", " + i18n.Time(at, q.zone())}}, q.handOverFacts(x)...)
}

// basisOf is the basis of an appointment that each form of receiving fulfils.
var basisOf = map[string]string{"at_liberty": "at_liberty", "under_warrant": "warrant", "urgent_case": "urgent_case"}

// pair is the two signatures of a hand-over, the United States above.
func (q *request) pair(sender, receiver wire.Address, h *referral.HandOver) *component.Pair {
	if h == nil || !h.Cancelled.IsZero() {
		return nil
	}
	gives := component.Signature{Country: q.country(sender.Node), Gives: true}
	takes := component.Signature{Country: q.country(receiver.Node), Office: q.office(receiver.Node, h.Office)}
	sign := func(s *component.Signature, by *referral.Signature, node string) {
		if by != nil {
			at := by.At
			s.Name, s.Office, s.At = by.Name, q.office(node, by.Office), &at
		}
	}
	sign(&gives, h.Given, sender.Node)
	sign(&takes, h.Received, receiver.Node)
	p := &component.Pair{Upper: gives, Lower: takes}
	if takes.Country == "us" {
		p.Upper, p.Lower = takes, gives
	}
	if h.Given != nil {
		end := q.s.Acts.Now()
		if h.Received != nil {
			end = h.Received.At
		}
		p.Between = end.Sub(h.Given.At)
	}
	return p
}

// dayHandOver is a hand-over of today in the reader's day.
func (q *request) dayHandOver(x referral.Sheet) view.HandOver {
	upper, lower := q.country(x.Sender.Node), q.country(x.Receiver.Node)
	up, down := x.HandOver.Given != nil, x.HandOver.Received != nil
	if lower == "us" {
		upper, lower, up, down = lower, upper, down, up
	}
	return view.HandOver{At: x.HandOver.At, Person: component.Person{Plant: x.HandOver.Person, Case: x.Number}, Where: q.crossing(x.HandOver), URL: "/hand-overs/" + x.ID,
		Upper: upper, Lower: lower, UpperSigned: up, LowerSigned: down, Safe: x.Safe, Alarm: x.Alarm}
}
