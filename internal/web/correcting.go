package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// The reasons that fit each act on what was recorded.
var (
	whyCorrected = []string{"clerical", "new_information", "source_withdrawn", "wrong_person"}
	whyMerged    = []string{"same_person", "clerical", "new_information"}
	whyUnmerged  = []string{"not_same_person", "clerical", "new_information"}
)

// rebasing puts a correction that was refused, because somebody had changed the
// same meanwhile, onto what stands now; see casefile.ItemRecord.Rebase.
type rebasing func(mine act.Command, stood string) ([]casefile.Crossed, bool)

// correction offers a correction with all that is recorded now filled in. fold
// draws up the questions that hang on what is recorded, nil for none.
func (q *request) correction(cmd act.Command, fixed map[string]string, choices answers, fold func(f component.Form) *view.Fold, onto rebasing) []view.Act {
	if choices == nil {
		choices = answers{}
	}
	choices["reason"] = q.codes("casefile.reason.", whyCorrected)
	out := q.offered(cmd.Verb(), fixed, choices)
	for i := range out {
		a := &out[i]
		if !a.Open() {
			a.Form.Values = given(cmd)
		} else if a.Form.Refusal != nil && a.Form.Refusal.Code == "casefile.crossed" {
			q.crossed(a, cmd, onto)
		}
		if fold != nil {
			a.Fold = fold(a.Form)
		}
		asExactly(a)
		carry(a)
	}
	return out
}

// crossed draws up a correction anew after somebody else changed the same: what
// only they changed is in it, and where both wrote something the field keeps
// what was typed and says what is recorded, by whom and when. Sent again it
// stands on what is recorded now.
func (q *request) crossed(a *view.Act, stands act.Command, onto rebasing) {
	mine := q.s.Acts.Verbs[stands.Verb()]()
	if err := fill(mine, a.Form.Values, q.zone()); err != nil {
		return // what cannot be read is told by its own refusal
	}
	crossed, ok := onto(mine, a.Form.Value("stood"))
	if !ok {
		return
	}
	recorded, values := given(stands), given(mine)
	values.Set("stood", recorded.Get("stood"))
	a.Form.Values = values
	for _, c := range crossed {
		said := q.t("web.crossed_empty")
		if v := q.answersIn(*a, c.Field, recorded[c.Field]); v != "" {
			said = v
		}
		a.Form.Errors[c.Field] = q.t("web.crossed", "By", c.By, "When", i18n.DateTime(q.lang, c.At, q.zone()), "Recorded", said)
	}
}

// answersIn are the values of a field in the words in which the act offers them.
func (q *request) answersIn(a view.Act, field string, values []string) string {
	words := slices.Clone(values)
	for _, ask := range a.Asks {
		if ask.Name != field {
			continue
		}
		for i, v := range words {
			if n := slices.IndexFunc(ask.Choices, func(o component.Option) bool { return o.Value == v }); n >= 0 {
				words[i] = ask.Choices[n].Label
			}
		}
	}
	return strings.Join(words, ", ")
}

// The forms in which a browser's fields for a moment and a day hold one.
var (
	minuteForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$`)
	dayForm    = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
)

// asExactly asks for a moment or a day as words where what is recorded is less
// exact than the browser's own fields, which would drop it.
func asExactly(a *view.Act) {
	for i := range a.Asks {
		value := a.Form.Value(a.Asks[i].Name)
		a.Asks[i].How = slices.DeleteFunc(slices.Clone(a.Asks[i].How), func(how string) bool {
			return value != "" && (how == "type=datetime-local" && !minuteForm.MatchString(value) || how == "type=date" && !dayForm.MatchString(value))
		})
	}
}

// carry hides in the form whatever it holds and does not ask: a correction
// replaces the whole, and nothing that was recorded is lost by it.
func carry(a *view.Act) {
	asked := map[string]bool{}
	for _, h := range a.Hidden {
		asked[h.Name] = true
	}
	for _, ask := range a.Asks {
		asked[ask.Name] = true
	}
	if a.Fold != nil {
		for _, ask := range a.Fold.Asks {
			asked[ask.Name] = true
		}
	}
	for _, name := range sortedNames(a.Form.Values) {
		if asked[name] || strings.HasPrefix(name, "_") {
			continue
		}
		for _, value := range a.Form.Values[name] {
			a.Hidden = append(a.Hidden, view.Hidden{Name: name, Value: value})
		}
	}
}

func sortedNames(values url.Values) []string {
	var out []string
	for name := range values {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// correctItem offers the correction of a thing of a case, whole, as it stands.
func (q *request) correctItem(c casefile.View, record casefile.ItemRecord) []view.Act {
	i := *record.Stands().Item
	cmd, ok := casefile.Correcting(i)
	if !ok {
		return nil
	}
	fixed := map[string]string{"item": i.ID}
	var fold func(f component.Form) *view.Fold
	zone := ""
	switch k := cmd.(type) {
	case *casefile.CorrectEvent:
		zone = k.Zone
		fold = func(f component.Form) *view.Fold { return q.actsRecorded(f, k.Acts) }
	case *casefile.CorrectStatement:
		zone = k.Zone
	case *casefile.CorrectIdentification:
		zone = k.Zone
	case *casefile.CorrectCharge:
		fixed["offence"] = k.Offence
		if o, ok := program.OffenceByID(k.Offence); ok {
			fold = func(f component.Form) *view.Fold { return q.shownBy(c, o, byElement(f)) }
		}
	}
	out := q.correction(cmd, fixed, q.itemChoicesOf(c, i.Noun), fold, record.Rebase)
	for n := range out {
		if zone != "" && zone != q.zone().String() {
			out[n].Lead = q.t("web.correct.zone", "Place", place(zone, q.lang))
		}
	}
	return out
}

// byElement spreads what shows each element over the questions that ask for it.
func byElement(f component.Form) component.Form {
	for _, line := range f.Values["elements"] {
		element, items, _ := strings.Cut(line, "=")
		f.Values["elements."+element] = strings.Split(items, ",")
	}
	f.Values.Del("elements")
	return f
}

// actsRecorded shows the places of acts that are recorded, each to be kept or
// taken out, and asks for others.
func (q *request) actsRecorded(f component.Form, recorded []string) *view.Fold {
	fold := q.whereActs(f)
	fold.Wanted = true
	if len(recorded) == 0 {
		return fold
	}
	kept := view.Ask{Name: "acts", Key: "ask.acts.kept", How: []string{"type=checks"}}
	for _, r := range recorded {
		a, rest, _ := strings.Cut(r, "=")
		code, day, _ := strings.Cut(rest, "@")
		kept.Choices = append(kept.Choices, component.Option{Value: r, Label: q.actPlaces([]casefile.ActPlace{{Act: a, Code: code, Day: day}})})
	}
	fold.LeadKey, fold.Asks = "ask.acts.kept.lead", append([]view.Ask{kept}, fold.Asks...)
	return fold
}

// recordActs are what can be put right about the record of a person: who it
// is, if that is shown now, and whether two records are one person.
func (q *request) recordActs(c casefile.View, p casefile.PersonView, shown *casefile.Identity, versions []casefile.Version) []view.Act {
	var out []view.Act
	if shown != nil {
		out = q.correction(casefile.CorrectingPerson(p, *shown), map[string]string{"person": p.ID}, nil, nil, func(mine act.Command, _ string) ([]casefile.Crossed, bool) {
			k, ok := mine.(*casefile.CorrectPerson)
			if !ok {
				return nil, false
			}
			return casefile.RebasePerson(p, versions, k)
		})
	}
	var others []component.Option
	for _, o := range c.People {
		if o.ID != p.ID {
			label := o.Plant
			if o.Called() != o.Plant {
				label += " (" + o.Called() + ")"
			}
			others = append(others, component.Option{Value: o.ID, Label: label})
		}
	}
	if len(others) > 0 {
		out = append(out, q.offered("case.merge", map[string]string{"keep": p.ID}, answers{"merged": others, "reason": q.codes("casefile.reason.", whyMerged)})...)
	}
	if len(p.Merged) > 0 && q.takes("case.unmerge", map[string]string{"merged": p.Merged[0]}) {
		out = append(out, q.act("case.unmerge", nil, answers{"merged": q.recordChoices(p.Merged), "reason": q.codes("casefile.reason.", whyUnmerged)}))
	}
	return out
}

// recordChoices are records that became part of another, by their pseudonyms.
func (q *request) recordChoices(records []string) []component.Option {
	var names map[string]string
	q.lookUp(func(tx *store.Tx) (err error) {
		names, err = casefile.RecordNames(tx, records)
		return err
	})
	var out []component.Option
	for _, id := range records {
		out = append(out, component.Option{Value: id, Label: names[id]})
	}
	return out
}

// changed is what each change of a record did, newest first; said draws how the
// record stood from then on, nothing for what stands on the page anyway.
func (q *request) changed(versions []casefile.Version, said func(v casefile.Version) []view.Section) []view.Change {
	var out []view.Change
	for _, v := range slices.Backward(versions) {
		c := view.Change{Happening: q.happening(casefile.Step{Kind: v.Kind, At: v.At, By: v.By}), Why: q.word("casefile.reason.", v.Reason)}
		switch {
		case v.Forgotten:
			c.Why = q.t("web.forgotten")
		case v.Withdrawn:
			c.Why += ". " + q.t("web.withdrawn")
		default:
			c.Said = said(v)
		}
		out = append(out, c)
	}
	return out
}

// eventSections are an event as it was recorded, with the agent's own words.
func (q *request) eventSections(i casefile.ItemView) []view.Section {
	var e casefile.Event
	var d casefile.EventDetail
	q.decode(i.Content, &e)
	q.decode(i.Detail, &d)
	facts := q.tell().Event(e)
	if e.Until != nil {
		facts = append(facts, view.Fact{Label: q.t("ask.end"), Value: q.moment(*e.Until)})
	}
	out := []view.Section{{Facts: facts}}
	if d.Narrative != "" {
		out = append(out, view.Section{Heading: q.t("ask.narrative"), Lang: d.Lang, Paragraphs: document.Paragraphs(d.Narrative)})
	}
	return out
}

// moment is a moment as precisely as it was recorded.
func (q *request) moment(m casefile.Moment) string {
	if m.Precision == "minute" || m.Precision == "hour" {
		return i18n.DateTime(q.lang, m.At, q.zone())
	}
	return i18n.Date(q.lang, m.At, i18n.Zone(m.Zone))
}

// chargeFacts are an offence as it was recorded against somebody.
func (q *request) chargeFacts(c casefile.View, i casefile.ItemView) []view.Fact {
	var x casefile.Charge
	q.decode(i.Content, &x)
	facts := []view.Fact{{Label: q.t("ask.offence"), Value: q.offence(x.Offence)}, {Label: q.t("ask.person"), Value: calledIn(c, x.Person)}, {Label: q.t("ask.facts_day"), Value: q.day(x.Facts)},
		{Label: q.t("ask.status"), Value: q.word("casefile.charge_status.", x.Status)}, {Label: q.t("ask.jurisdiction"), Value: q.word("casefile.jurisdiction.", x.Jurisdiction)},
		{Label: q.t("ask.tried_abroad"), Value: q.word("casefile.tried_abroad.", x.TriedAbroad)}}
	o, known := program.OffenceByID(x.Offence)
	for _, e := range x.Elements {
		name := e.ID
		if known {
			for _, of := range o.Elements {
				if of.ID == e.ID {
					name = of.Title.In(q.lang)
				}
			}
		}
		var shows []string
		for _, item := range c.Items {
			if slices.Contains(e.Items, item.ID) {
				shows = append(shows, q.itemName(c, item))
			}
		}
		facts = append(facts, view.Fact{Label: name, Value: strings.Join(shows, "; ")})
	}
	return document.Filled(facts)
}

// thingFacts are any other thing of a case as it was recorded.
func (q *request) thingFacts(c casefile.View, i casefile.ItemView) []view.Fact {
	var x struct {
		Kind, Name, Decision, On string
		Amount                   int64 `json:"amount_cents"`
		Currency                 string
		Exculpatory              bool
	}
	q.decode(i.Content, &x)
	kind := ""
	if x.Kind != "" {
		kind = q.kindOf(i.Noun, x.Kind)
	}
	facts := []view.Fact{{Label: q.t("ask.kind"), Value: kind}, {Label: q.t("ask.name"), Value: x.Name}, {Label: q.t("ask.decision"), Value: q.word("web.decision.", x.Decision)},
		{Label: q.t("ask.on"), Value: q.day(x.On)}, {Label: q.t("ask.holder"), Value: calledIn(c, i.Person)}, {Label: q.t("ask.amount_cents"), Value: q.money(x.Amount, x.Currency)}}
	if x.Exculpatory {
		facts = append(facts, view.Fact{Label: q.t("ask.exculpatory_mark"), Value: q.t("protection.answer.yes")})
	}
	if i.Sealed {
		facts = append(facts, view.Fact{Label: q.t("web.details"), Value: q.t("web.sealed")})
	}
	for _, f := range q.details(i.Detail) {
		facts = append(facts, view.Fact{Label: q.word("ask.", f.Label), Value: f.Value})
	}
	return document.Filled(facts)
}

// outcomeFacts are how a charge ended, as it was recorded.
func (q *request) outcomeFacts(c casefile.View, i casefile.ItemView) []view.Fact {
	var x casefile.Outcome
	q.decode(i.Content, &x)
	kind := x.Kind
	if w, ok := program.OutcomeByID(x.Kind); ok {
		kind = w.Title.In(q.lang)
	}
	return document.Filled([]view.Fact{{Label: q.t("ask.outcome"), Value: kind}, {Label: q.t("ask.person"), Value: calledIn(c, x.Person)}, {Label: q.t("ask.on"), Value: q.day(x.On)},
		{Label: q.t("web.details"), Value: strings.Join(q.sentence(x), ", ")}})
}

// itemSections are a thing of a case as it stood in one version.
func (q *request) itemSections(c casefile.View, i casefile.ItemView) []view.Section {
	switch i.Noun {
	case "statement":
		return q.statementSections(c, i)
	case "identification":
		return q.identificationSections(c, i)
	case "event":
		return q.eventSections(i)
	case "charge":
		return []view.Section{{Facts: q.chargeFacts(c, i)}}
	case "outcome":
		return []view.Section{{Facts: q.outcomeFacts(c, i)}}
	}
	return []view.Section{{Facts: q.thingFacts(c, i)}}
}
