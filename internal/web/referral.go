package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// referrals registers the two queues and the desk.
func (s *Server) referrals(pages *doors) {
	s.page(pages, "/referrals", areaCases, func(q *request) (string, any, error) {
		q.live = act.OfficeTopic(q.by.Office)
		v, err := q.inbox()
		return "referrals", v, err
	})
	s.page(pages, "/referrals/{id}", areaCases, func(q *request) (string, any, error) {
		id := q.r.PathValue("id")
		q.live = "referral/" + id
		x, err := referral.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
		if err != nil {
			return "", nil, err
		}
		if x.ToOpen {
			if x, err = q.opened(x); err != nil {
				return "", nil, err
			}
		}
		if x.ToOpenIdentities {
			_, err := q.s.Acts.Do(q.r.Context(), q.by, "identities/"+x.ID, q.purpose, act.Command(&referral.OpenIdentities{Referral: x.ID}))
			if err != nil && !refusal.Is(err, "referral.opened_already") {
				return "", nil, err
			}
		}
		v := q.desk(x)
		if q.r.URL.Query().Get("section") == wire.SectionPeople {
			v.Document.Notes, err = q.correctedSince(x.ID)
		}
		if q.renewing() {
			return "referral_live", v, err
		}
		q.offers(x, &v)
		q.renews = q.partsWith(len(v.Before))
		return "referral", v, err
	})
	s.page(pages, "/referrals/{id}/readers", areaCases, func(q *request) (string, any, error) {
		v, err := q.referralReaders(q.r.PathValue("id"))
		return "readers_page", v, err
	})
}

// opened is the receipt "opened": a person of the receiving office looks. If
// somebody was faster, that receipt stands.
func (q *request) opened(x referral.Shown) (referral.Shown, error) {
	_, err := q.s.Acts.Do(q.r.Context(), q.by, "open/"+x.ID, q.purpose, act.Command(&referral.OpenNotice{Referral: x.ID}))
	if err != nil && !refusal.Is(err, "referral.opened_already") {
		return x, err
	}
	return referral.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, x.ID)
}

func (q *request) referralRow(r referral.Row) view.ReferralRow {
	row := view.ReferralRow{Number: r.Number, URL: "/referrals/" + r.ID, Title: q.title(r), State: r.StateName.In(q.lang), StateOK: stateClass(r),
		From: q.country(r.Sender.Node), To: q.country(r.Receiver.Node), Since: r.Since}
	other := r.Other()
	row.Office = q.office(other.Node, other.Office)
	if r.Owes != nil && !r.Ends {
		row.Owes, row.Yours, row.Since = q.country(r.Owes.Node), r.Owes.Yours, r.Owes.Since
	}
	if r.Clock != nil {
		c := q.clock(*r.Clock)
		row.Clock = &c
	}
	return row
}

// title is what a referral is about: its first offence and how many people.
func (q *request) title(r referral.Row) string {
	return q.reading(r).Title(r.Notice)
}

// stateClass colours a state: what waits for the reader's side stands out, what
// ended is quiet. What is wrong beside it says so in words of its own.
func stateClass(r referral.Row) string {
	switch {
	case r.State == "closed":
		return "ok"
	case r.Ends:
		return "idle"
	case r.Owes != nil && r.Owes.Yours:
		return "act"
	}
	return ""
}

// doubt is what the catalogue leaves to a lawyer, and of which offence.
func (q *request) doubt(d program.Doubt) component.Note {
	n := component.Note{Kind: "soon", Icon: "gavel", Title: capital(d.Says.In(q.lang))}
	if o, ok := program.OffenceByID(d.Offence); ok && !strings.Contains(n.Title, o.Name(q.lang)) {
		n.Text = o.Name(q.lang)
	}
	return n
}

// desk is one referral: packet and conversation, which the other side's acts
// change while it is open (referral_live). What can be done was drawn before
// them, and says so.
func (q *request) desk(x referral.Shown) view.Referral {
	v := view.Referral{Head: q.referralHead(x), LiveID: q.live, Since: x.Since}
	if x.Owes != nil && !x.Ends {
		v.Owes, v.Yours, v.Since = q.country(x.Owes.Node), x.Owes.Yours, x.Owes.Since
		v.Step = i18n.List(q.lang, q.roleWords(x.Owes.Roles))
	}
	for _, w := range x.Warned {
		v.Warnings = append(v.Warnings, component.Note{Kind: "over", Title: w.Name.In(q.lang)})
	}
	for _, d := range x.Doubts {
		v.Warnings = append(v.Warnings, q.doubt(d))
	}
	if x.NotYetThere {
		v.Warnings = append(v.Warnings, component.Note{Kind: "over", Title: q.t("protection.not_yet_stopped", "Country", q.t("country."+q.country(x.Receiver.Node)))})
	}
	if x.Shut != "" && x.Side == program.Sender {
		v.Warnings = append(v.Warnings, component.Note{Kind: "over", Title: q.t("refusal."+x.Shut, "Count", 1), Text: q.t("refusal." + x.Shut + ".next"),
			Act: q.t("screening.open"), URL: "/cases/" + x.Case + "/screening"})
	}
	for _, w := range x.Withdrawals {
		if w.Acknowledged.IsZero() && w.To.Node == q.s.Acts.Node {
			v.Warnings = append(v.Warnings, component.Note{Kind: "over", Title: q.t("web.consent_withdrawn"), Text: q.t("web.consent_withdrawn.text")})
		}
	}
	v.Warnings = append(v.Warnings, q.owedNotes(x)...)
	q.packetOf(x, &v)
	for _, t := range x.Turns {
		if t.Released || t.Side == x.Side {
			v.Turns = append(v.Turns, q.turn(x, t))
		}
	}
	for _, t := range x.Tracks {
		if t.Track != program.MainTrack && t.Begun {
			v.Tracks = append(v.Tracks, view.Track{Name: t.Name.In(q.lang), State: t.StateName.In(q.lang), Class: "act"})
		}
	}
	v.Turns, v.Before = q.folded(v.Turns)
	v.HandOver = q.pair(x.Sender, x.Receiver, x.HandOver)
	return v
}

// offers adds to a desk what can be done, and what was taken and shown.
func (q *request) offers(x referral.Shown, v *view.Referral) {
	if x.Lint != nil {
		v.Lint = q.lint(x, *x.Lint)
	}
	v.Acts = append(q.referralActs(x), q.copyAct(x, v.Version)...)
	if x.Lint != nil && x.Lint.Counsel {
		v.Acts = append(v.Acts, q.offered("referral.clear_packet", map[string]string{"referral": x.ID}, nil)...)
	}
	v.Answer, v.Acts = answersOf(v.Acts)
	v.AnswerKey = "referral.acts"
	if x.Side == program.Receiver && !v.Yours {
		v.AnswerKey = "referral.answer"
	}
	for _, k := range x.Copies {
		v.Copies = append(v.Copies, view.Fact{Label: q.t("copy.title", "N", k.N), Value: q.t("copy.row", "By", k.By, "Office", q.office(q.s.Acts.Node, k.Office), "When", i18n.DateTime(q.lang, k.At, q.zone()),
			"Version", k.Version, "As", q.t("copy.as."+k.Form), "Reason", q.t("export.reason."+k.Reason))})
	}
	for _, o := range x.Opened {
		v.Disclosed = append(v.Disclosed, q.openedFact(x, o))
	}
	for _, d := range x.Disclosed {
		v.Disclosed = append(v.Disclosed, q.reading(x.Row).DisclosedFact(d))
	}
}

// folded parts the turns that stand open from those before. On a page that is open
// those that it folded stay folded, and are not drawn again.
func (q *request) folded(all []component.Turn) (last, before []component.Turn) {
	if !q.renewing() {
		return recent(all)
	}
	n := min(int(q.number("before")), len(all))
	return all[n:], all[:n]
}

// partsWith is where this page's parts are, of a page that folded so many turns.
func (q *request) partsWith(before int) string {
	path, query, _ := strings.Cut(here(q.r), "?")
	asked, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	asked.Set("before", strconv.Itoa(before))
	return path + "?" + asked.Encode()
}

// recentTurns is how many turns stand open; earlier ones are folded.
const recentTurns = 4

// recent parts the last turns from those before.
func recent(all []component.Turn) (last, before []component.Turn) {
	if n := len(all) - recentTurns; n > 1 {
		return all[n:], all[:n]
	}
	return all, nil
}

// shortDigest is how much of a digest stands on paper.
const shortDigest = 12

func (q *request) referralHead(x referral.Shown) view.Head {
	h := view.Head{Crumb: view.Link{Text: q.t("referrals.title"), URL: "/referrals"}, Number: x.Number, Title: q.title(x.Row), State: x.StateName.In(q.lang), StateOK: stateClass(x.Row),
		Owner: q.office(x.Sender.Node, x.Sender.Office) + " → " + q.office(x.Receiver.Node, x.Receiver.Office), Handling: q.handling(x.Handling, x.Label.Controls)}
	if x.Notice != nil {
		h.Facts = q.t("web.facts_on", "Days", q.reading(x.Row).Days(x.Notice))
	}
	if x.File != "" {
		h.SealText = q.t("web.file_number", "File", x.File)
	}
	if n := len(x.Versions); n > 0 {
		h.Paper = q.t("print.version", "N", x.Versions[n-1].N, "Digest", x.Versions[n-1].Digest[:min(shortDigest, len(x.Versions[n-1].Digest))])
	}
	for _, c := range headClocks(x.Clocks) {
		drawn := q.clock(c)
		drawn.What = c.Name.In(q.lang)
		h.Clocks = append(h.Clocks, drawn)
	}
	n := len(q.readersOfReferral(x.ID))
	h.Readers = &component.Readers{Total: n, Counts: []component.CountryCount{{Country: lower(q.s.Node.Country), N: n}}, URL: "/referrals/" + x.ID + "/readers"}
	if x.Side == program.Sender {
		h.Tabs = []view.Link{{Text: q.t("web.to_case"), URL: "/cases/" + x.Case}}
	} else if x.OwnCase != "" {
		h.Tabs = []view.Link{{Text: q.t("web.to_case"), URL: "/cases/" + x.OwnCase}}
	}
	return h
}

// headClocks are the running clocks that stand in the head: of each side the one
// that dies first, or two of the same where the other side has none.
func headClocks(all []referral.Clock) []referral.Clock {
	running := slices.DeleteFunc(slices.Clone(all), referral.Clock.Over)
	slices.SortStableFunc(running, func(a, b referral.Clock) int { return byClock(&a, &b) })
	if len(running) < 2 {
		return running
	}
	other := slices.IndexFunc(running, func(c referral.Clock) bool { return c.Side != running[0].Side })
	return []referral.Clock{running[0], running[max(other, 1)]}
}

// answerVerbs are the acts by which one side answers the other, in the order in
// which they stand beside the packet. That one of them is offered says that it
// is the reader's to take.
var answerVerbs = []string{"referral.sign_for_analysis", "referral.accept", "referral.request_information", "referral.decline", "referral.supply_information"}

// answersOf parts the answers from all else that can be done.
func answersOf(all []view.Act) (answers, others []view.Act) {
	for _, a := range all {
		if slices.Contains(answerVerbs, a.Verb) {
			answers = append(answers, a)
		} else {
			others = append(others, a)
		}
	}
	slices.SortStableFunc(answers, func(a, b view.Act) int { return slices.Index(answerVerbs, a.Verb) - slices.Index(answerVerbs, b.Verb) })
	return answers, others
}

// turn is one act in the conversation.
func (q *request) turn(x referral.Shown, t referral.Turn) component.Turn {
	out := component.Turn{Country: q.country(t.Node), Did: t.Name.In(q.lang), At: t.At, Weak: t.Proof == "weak", Software: t.Held == wire.HeldSoftware}
	var more []string
	if t.Form != nil {
		more = append(more, t.Form.Name.In(q.lang)+q.lawOf(t.Form))
	}
	if t.Reason != nil {
		more = append(more, t.Reason.Name.In(q.lang))
	}
	if words := q.reading(x.Row).Cited(t.Cites.Version, t.Cites.Page); words != "" {
		more = append(more, words)
	}
	if t.Element != "" {
		more = append(more, q.t("web.serves", "Element", q.element(x, t.Element)))
	}
	if t.Overtaken {
		by := ""
		if t.OvertakenBy != nil {
			by = t.OvertakenBy.In(q.lang)
		}
		more = append(more, q.t("web.overtaken", "By", by))
	}
	if t.Refused != "" {
		more = append(more, q.word("receipt.code.", t.Refused))
	}
	out.More = strings.Join(more, "; ")
	if t.By != "" && t.Proof != "" {
		out.By = t.By + ", " + q.office(t.Node, t.Office)
	}
	if w := t.Words; w != nil {
		out.Said, out.SaidLang = w.Text, w.Lang
		if w.Translated != "" {
			out.Other = &component.Translation{Text: w.Translated, Lang: w.InLang, By: w.Translator}
		}
	} else if t.Sealed {
		out.Said = q.t("web.letter_sealed")
	}
	if t.Delivery != nil {
		r := q.receipts(referral.Row{Delivery: t.Delivery, Side: x.Side})
		r.OnlyRecorded = true
		if t.Version > 0 {
			r = q.receipts(x.Row)
			r.Answered = answered(x)
		}
		out.Receipts = &r
	}
	return out
}

// lawOf is the law that a choice rests on, to stand behind its name.
func (q *request) lawOf(c *referral.Choice) string {
	if law := c.Law.In(q.lang); law != "" {
		return " (" + law + ")"
	}
	return ""
}

// answered is when the other side accepted or declined.
func answered(x referral.Shown) *time.Time {
	for _, t := range x.Turns {
		if (t.Step == "accept" || t.Step == "decline") && !t.Overtaken {
			at := t.At
			return &at
		}
	}
	return nil
}

func (q *request) element(x referral.Shown, id string) string {
	for _, e := range x.Elements {
		if e.ID == id {
			return e.Name.In(q.lang)
		}
	}
	return id
}
