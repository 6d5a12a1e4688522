package web

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// referralActs draws up what the procedure offers the reader, in its order.
// What is blocked says why and what to do next.
func (q *request) referralActs(x referral.Shown) []view.Act {
	var out []view.Act
	var clocks []view.Act
	for _, o := range x.Offered {
		if !strings.HasSuffix(o.Verb, "_clock") {
			out = append(out, q.offer(x, o))
		} else if len(q.clockChoices(x, o.Verb)) > 0 {
			clocks = append(clocks, q.offer(x, o))
		}
	}
	out = append(out, clocks...)
	for _, w := range x.Withdrawals {
		if w.Acknowledged.IsZero() && w.To.Node == q.s.Acts.Node {
			out = append(out, q.offered("protection.acknowledge_withdrawal", map[string]string{"consent": w.Consent, "referral": x.ID}, nil)...)
		}
	}
	out = append(append(out, q.namingActs(x)...), q.receptionActs(x)...)
	out = append(append(out, q.onwardActs(x)...), q.courtActs(x)...)
	if len(out) > 0 {
		return out
	}
	return nil
}

// receptionActs is arranging the return of somebody protected, for the adviser.
func (q *request) receptionActs(x referral.Shown) []view.Act {
	fixed := map[string]string{"referral": x.ID}
	if x.Side != program.Sender || !q.takes("referral.schedule_reception", fixed) {
		return nil
	}
	g, err := protection.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, x.Case)
	if err != nil {
		return nil
	}
	c := answers{"person": {}}
	for _, p := range g.People {
		if !slices.Contains(x.Suspects, p.Person) {
			c["person"] = append(c["person"], component.Option{Value: p.Person, Label: p.Plant})
		}
	}
	c["crossing"], c["office"] = q.bridgeChoices(x.Sender, x.Receiver)
	if q.country(x.Receiver.Node) != "us" {
		c["file"], c["appeal_until"] = []component.Option{}, []component.Option{}
	}
	return []view.Act{q.act("referral.schedule_reception", fixed, c)}
}

// namingActs are saying whom the warrant in force names, and giving it to the police.
func (q *request) namingActs(x referral.Shown) []view.Act {
	issued := slices.ContainsFunc(x.Tracks, func(t referral.TrackState) bool { return t.Track == "warrant" && t.State == "issued" })
	if x.Side != program.Receiver || !issued {
		return nil
	}
	return append(q.offered("referral.name_in_warrant", map[string]string{"referral": x.ID}, answers{"person": q.subjectChoices(x)}), q.orderOnReferral(x)...)
}

// onwardActs are asking to pass on what is marked so, and answering it.
func (q *request) onwardActs(x referral.Shown) []view.Act {
	var out []view.Act
	if x.Side == program.Receiver && x.Label.Onward == wire.MarkConsent {
		out = append(out, q.offered("referral.ask_onward", map[string]string{"referral": x.ID}, answers{"node": q.peerChoices(x.Sender.Node)})...)
	}
	for _, o := range x.Onward {
		if x.Side != program.Sender || o.Answered != nil && !o.Granted {
			continue
		}
		for _, a := range q.offered("referral.answer_onward", map[string]string{"referral": x.ID, "ask": o.ID}, nil) {
			a.Label = q.t("web.answer_onward", "Node", o.To.Node)
			out = append(out, a)
		}
	}
	return out
}

// peerChoices are the approved nodes but one.
func (q *request) peerChoices(but string) []component.Option {
	out := []component.Option{}
	q.lookUp(func(tx *store.Tx) error {
		peers, err := exchange.Peers(tx)
		for _, p := range peers {
			if p.ID != but && p.Status == exchange.PeerApproved {
				name := p.NameEN
				if q.lang == i18n.Spanish {
					name = p.NameES
				}
				out = append(out, component.Option{Value: p.ID, Label: name})
			}
		}
		return err
	})
	return out
}

// offer is one step as a form.
func (q *request) offer(x referral.Shown, o referral.Offer) view.Act {
	fixed := map[string]string{"referral": x.ID}
	generic := o.Verb == "referral.step" || o.Verb == "referral.sign_step"
	if generic {
		fixed["step"] = o.Step
	}
	a := q.act(o.Verb, fixed, q.stepChoices(x, o))
	if generic || o.Verb != "referral.compose" {
		a.Label = o.Name.In(q.lang)
	}
	if o.Verb == "referral.compose" {
		a.Asks = append(a.Asks, q.lineAsks(x.Checklist)...)
		a.Fold = q.leaveOut(x, a.Form)
	}
	if len(o.Blocked) > 0 {
		a.Blocked = o.Blocked[0].Says.In(q.lang) + " " + o.Blocked[0].Next.In(q.lang)
		a.Fix, a.FixURL = q.t("web.to_case"), "/cases/"+x.Case
	}
	return a
}

// lineAsks are the lines of the packet's checklist that words answer: those
// that must be answered first.
func (q *request) lineAsks(lines []packet.Line) []view.Ask {
	var must, may []view.Ask
	for _, l := range lines {
		if !l.Words {
			continue
		}
		a := view.Ask{Name: "declared." + l.Check.ID, Text: l.Check.Name(q.lang), How: []string{"rows=2"}}
		if l.Check.Required {
			a.How = append(a.How, "required")
			must = append(must, a)
		} else {
			may = append(may, a)
		}
	}
	out := append(must, may...)
	if len(out) > 0 {
		out[0].GroupKey = "ask.group.lines"
	}
	return out
}

// leaveOut asks of everything of the case that may stay out of a packet why it
// does: what has no reason goes. What speaks for a suspect is not asked for.
func (q *request) leaveOut(x referral.Shown, f component.Form) *view.Fold {
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, x.Case)
	if err != nil {
		return nil // who may not see the case cannot pick from it
	}
	fold := view.Fold{TitleKey: "ask.group.left_out", LeadKey: "ask.group.left_out.hint", Form: f}
	for _, i := range c.Items {
		if packet.MayStay(i.Noun, i.Content, i.Detail) {
			fold.Asks = append(fold.Asks, view.Ask{Name: "left_out." + i.ID, Text: q.itemName(c, i)})
		}
	}
	rows, err := evidence.List(q.r.Context(), q.s.Acts, q.by, q.purpose, c.Case.ID)
	if err != nil {
		return nil
	}
	files, err := file.List(q.r.Context(), q.s.Acts, q.by, q.purpose, c.Case.ID)
	if err != nil {
		return nil
	}
	for _, e := range rows {
		if e.Case != x.Case || e.Exculpatory {
			continue
		}
		fold.Asks = append(fold.Asks, view.Ask{Name: "left_out." + e.ID, Text: e.Number + ", " + q.word("exhibit.kind.", e.Kind)})
		for _, f := range files {
			if slices.Contains(e.Files, f.ID) {
				fold.Asks = append(fold.Asks, view.Ask{Name: "left_out." + f.ID, Text: q.t("ask.left_out_file", "Number", e.Number, "File", q.fileName(f))})
			}
		}
	}
	if len(fold.Asks) == 0 {
		return nil
	}
	return &fold
}

// stepChoices are what each question of a step can be answered with.
func (q *request) stepChoices(x referral.Shown, o referral.Offer) answers {
	c := answers{"form": choices(q, o.Forms), "reason": choices(q, o.Reasons)}
	if len(o.Reasons) > 0 && len(o.Forms) > 0 {
		for i, r := range o.Reasons {
			c["reason"][i].Hint = q.formsOf(o, r)
		}
	}
	switch o.Verb {
	case "referral.request_information":
		c["item"], c["element"], c["about"] = q.itemChoices(x), choices(q, x.Elements), q.subjectChoices(x)
	case "referral.compose":
		delete(c, "reason")
		c["facts.lang"] = q.ownLanguages()
	case "referral.schedule_hand_over":
		towards := strings.ToUpper(q.country(x.Receiver.Node))
		c["person"], c["basis"] = q.suspectChoices(x), q.codes("basis.", referral.Bases(towards))
		c["crossing"], c["office"] = q.bridgeChoices(x.Sender, x.Receiver)
		if towards != "US" { // an extradition file and a return decision are towards the United States
			c["file"], c["appeal_until"] = []component.Option{}, []component.Option{}
		}
	case "referral.record_urgent_case":
		c["person"], c["offence"] = q.subjectChoices(x), q.graveChoices(x)
	case "referral.pause_clock", "referral.resume_clock", "referral.cannot_meet_clock":
		c["clock"] = q.clockChoices(x, o.Verb)
	case "referral.dispose":
		c["currency"] = q.codes("", []string{"MXN", "USD"})
	}
	return c
}

func choices(q *request, list []referral.Choice) []component.Option {
	out := []component.Option{}
	for _, c := range list {
		out = append(out, component.Option{Value: c.ID, Label: c.Name.In(q.lang) + q.lawOf(&c)})
	}
	return out
}

// formsOf names the legal forms that a reason can take.
func (q *request) formsOf(o referral.Offer, r referral.Choice) string {
	hint := ""
	for _, f := range o.Forms {
		if len(r.For) == 0 || slices.Contains(r.For, f.ID) {
			if hint != "" {
				hint += ", "
			}
			hint += f.Name.In(q.lang)
		}
	}
	return hint
}

// itemChoices are the items of the version sent last, in its order.
func (q *request) itemChoices(x referral.Shown) []component.Option {
	out := []component.Option{}
	if len(x.Versions) == 0 {
		return out
	}
	for _, s := range x.Versions[len(x.Versions)-1].Sections {
		if s.Name == wire.SectionChecklist || s.Name == wire.SectionConsents {
			continue
		}
		for i, it := range s.Items {
			label := q.word("section.", s.Name)
			if len(s.Items) > 1 {
				label += " " + q.t("web.nth", "N", i+1)
			}
			out = append(out, component.Option{Value: it.ID, Label: label})
		}
	}
	return out
}

// subjectChoices are the people of the packet, by pseudonym.
func (q *request) subjectChoices(x referral.Shown) []component.Option {
	out := []component.Option{}
	if len(x.Versions) == 0 {
		return out
	}
	for _, s := range x.Versions[len(x.Versions)-1].Sections {
		if s.Name != wire.SectionPeople {
			continue
		}
		for _, it := range s.Items {
			if plant, ok := strings.CutPrefix(it.ID, "person-"); ok {
				out = append(out, component.Option{Value: plant, Label: plant})
			}
		}
	}
	return out
}

func (q *request) suspectChoices(x referral.Shown) []component.Option {
	out := []component.Option{}
	for _, id := range x.Suspects {
		out = append(out, component.Option{Value: id, Label: q.called(id)})
	}
	return out
}

// bridgeChoices are the crossings between two offices, and the offices of the
// receiving side that stand there.
func (q *request) bridgeChoices(sender, receiver wire.Address) (crossings, offices []component.Option) {
	crossings, offices = []component.Option{}, []component.Option{}
	here := sender.Office // whose area says which crossings are near
	if q.country(receiver.Node) == "us" {
		here = receiver.Office
	}
	near, known := program.OfficeByID(here)
	for _, b := range program.Bridges() {
		if known && !b.Serves(near) {
			continue
		}
		crossings = append(crossings, component.Option{Value: b.ID, Label: b.Name(q.lang), Hint: q.t("hand_over.hours", "From", b.Opens, "To", b.Closes)})
		for _, o := range program.Offices() {
			if !b.Serves(o) || strings.ToLower(o.Country) != q.country(receiver.Node) || o.Agency != program.AgencyINM && o.ID != receiver.Office && !o.OfChildren() {
				continue
			}
			if !slices.ContainsFunc(offices, func(x component.Option) bool { return x.Value == o.ID }) {
				offices = append(offices, component.Option{Value: o.ID, Label: o.Name(q.lang)})
			}
		}
	}
	return crossings, offices
}

// graveChoices are the offences of the referral that admit an urgent case.
func (q *request) graveChoices(x referral.Shown) []component.Option {
	out := []component.Option{}
	if x.Notice == nil {
		return out
	}
	for _, id := range x.Notice.Offences {
		if o, ok := program.OffenceByID(id); ok && o.Grave() {
			out = append(out, component.Option{Value: id, Label: o.Name(q.lang)})
		}
	}
	return out
}

// clockChoices are the reader's own clocks on which an act can be taken.
func (q *request) clockChoices(x referral.Shown, verb string) []component.Option {
	out := []component.Option{}
	for _, c := range x.Clocks {
		mine := c.Side == x.Side && !c.Over()
		switch {
		case !mine, verb == "referral.pause_clock" && (!c.Pausable || c.State == program.Paused), verb == "referral.resume_clock" && c.State != program.Paused:
			continue
		}
		out = append(out, component.Option{Value: c.ID, Label: c.Name.In(q.lang)})
	}
	return out
}
