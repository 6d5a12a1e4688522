package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// answers are the choices of an act's questions, by field.
type answers map[string][]component.Option

// act draws up one act of a page: its questions in the order in which they are
// asked, the choices given, and what was typed if it was just refused. fixed
// are the values that the page knows.
func (q *request) act(verb string, fixed map[string]string, choices answers) view.Act {
	f := component.Form{Action: actPath(q.path, verb), Token: newToken(), Values: url.Values{}, Errors: map[string]string{}}
	for _, no := range q.refused {
		if no.key == actKey(verb, fixed["step"]) && no.about(fixed) {
			f, no.told = no.form, true
		}
	}
	return drawUp(verb, act.NeedsSignature(q.s.Acts.Verbs[verb]()), f, fixed, choices)
}

// about reports whether the act that was refused is the one that the page draws
// with these values: a page may offer one verb for each of many people.
func (f *refusedForm) about(fixed map[string]string) bool {
	for name, value := range fixed {
		if !strings.HasPrefix(name, "_") && f.form.Value(name) != value { // _next is the page's own
			return false
		}
	}
	return true
}

// offered is act, if the reader may take it on what the page knows. What may be
// taken is asked of the command itself, which asks the policies: no page
// believes in roles. An act that asks nothing is offered only if it would be
// taken as it stands; one that asks something may be put right by the answers.
func (q *request) offered(verb string, fixed map[string]string, choices answers) []view.Act {
	if !q.takes(verb, fixed) {
		return nil
	}
	return []view.Act{q.act(verb, fixed, choices)}
}

// takes reports whether an act is worth offering to the reader; see offered.
func (q *request) takes(verb string, fixed map[string]string) bool {
	cmd, values := q.s.Acts.Verbs[verb](), url.Values{}
	for name, value := range fixed {
		values.Set(name, value)
	}
	err := fill(cmd, values, time.UTC)
	allowed, no := false, ""
	if err == nil {
		allowed, no, err = q.s.Acts.Offer(q.r.Context(), q.by, q.purpose, cmd)
	}
	if err != nil {
		q.s.Log.Error("an act to offer", "verb", verb, "error", err)
		return false
	}
	if asks, listed := questions[verb]; listed && len(asks) == 0 {
		return no == ""
	}
	return (allowed || !strings.HasPrefix(no, "access.")) && no != "casefile.not_us_attorney" // which no answer puts right
}

// drawUp makes the act of a verb over a form.
func drawUp(verb string, signed bool, f component.Form, fixed map[string]string, choices answers) view.Act {
	a := view.Act{Verb: actKey(verb, fixed["step"]), LabelKey: "verb." + verb, Signed: signed, Icon: icons[verb], Form: f}
	if hint := "act." + verb + ".hint"; has(hint) {
		a.HintKey = hint
	}
	for name, value := range fixed {
		a.Hidden = append(a.Hidden, view.Hidden{Name: name, Value: value})
	}
	slices.SortFunc(a.Hidden, func(x, y view.Hidden) int { return strings.Compare(x.Name, y.Name) })
	for _, ask := range questions[verb] {
		if _, known := fixed[ask.Name]; known {
			continue
		}
		if list, ok := choices[ask.Name]; ok {
			if len(list) == 0 {
				continue
			}
			ask.Choices = list
		}
		a.Asks = append(a.Asks, ask)
	}
	return a
}

func actPath(page, verb string) string {
	if page == "/" {
		return "/acts/" + verb
	}
	return page + "/acts/" + verb
}

// icons of acts, where the plain one says too little.
var icons = map[string]string{
	"referral.sign_for_analysis": "file-search", "referral.accept": "check", "referral.decline": "x", "referral.request_information": "message-2-question",
	"referral.supply_information": "message-circle-check", "referral.withdraw": "ban", "referral.send": "send", "referral.resend": "send", "referral.supplement": "send",
	"referral.approve": "check", "referral.compose": "file-text", "referral.export": "printer", "referral.schedule_hand_over": "users", "referral.give": "users", "referral.receive": "users",
	"referral.pause_clock": "player-pause", "referral.resume_clock": "clock", "referral.cannot_meet_clock": "alert-octagon", "referral.register_file": "file-text", "referral.cancel_hand_over": "ban", "referral.schedule_reception": "users", "referral.give_reception": "users", "referral.receive_reception": "users", "referral.cancel_reception": "ban", "referral.answer_alarm": "message-circle-check", "referral.record_urgent_case": "gavel", "referral.name_in_warrant": "gavel", "warrant.issue": "gavel", "warrant.execute": "gavel", "warrant.withdraw": "ban",
	"case.export": "printer", "case.end_task": "check", "office.confirm_contact": "check",
	"referral.step": "gavel", "referral.sign_step": "gavel", "referral.dispose": "gavel", "referral.draft": "send", "referral.ask_court": "gavel", "referral.answer_court": "gavel", "protection.stop": "hand-stop",
	"consular.acknowledge": "check", "consular.meet_need": "check", "consular.reveal": "eye", "consular.notify": "send", "consular.withdraw": "hand-stop",
	"alert.take": "check", "alert.raise": "urgent", "alert.acknowledge": "eye",
	"protection.reclassify": "shield-check", "protection.reveal": "eye", "protection.consent": "message-circle-check", "protection.release_htcds": "send", "protection.tell_service": "message-circle-check",
}

// q1 is a question whose label is ask.NAME, with its options in words.
func q1(name string, how ...string) view.Ask {
	return view.Ask{Name: name, Key: "ask." + name, How: how}
}

// qa is q1 with a label of its own: the same name means different things in
// different acts.
func qa(name, label string, how ...string) view.Ask {
	return view.Ask{Name: name, Key: "ask." + label, How: how}
}

// group is q1 that begins a group of questions.
func group(key, name string, how ...string) view.Ask {
	a := q1(name, how...)
	a.GroupKey = key
	return a
}

// what is asked of each thing of a case, when it is added and when it is corrected.
var (
	eventAsks = []view.Ask{q1("when", "required", "type=datetime-local"), q1("mode", "required"), group("ask.group.where", "place", "required"), q1("place_name"),
		q1("lat", "inputmode=decimal"), q1("lon", "inputmode=decimal"), q1("uncertainty_m", "inputmode=numeric"),
		q1("group_size", "inputmode=numeric"), q1("reference", "mono"), q1("fee_cents", "inputmode=decimal"), q1("currency"), q1("hazards", "type=checks", "inline"),
		group("ask.group.words", "narrative", "rows=6"), qa("narrative_lang", "lang", asksLanguage)}
	statementAsks = []view.Ask{q1("person", "required"), q1("kind", "required"), q1("lang", "required", asksLanguage), q1("text", "required", "rows=8"), q1("alike", "type=checks"),
		group("ask.group.taking", "start", "required", "type=datetime-local"), q1("end", "required", "type=datetime-local"), q1("breaks", "rows=2"), q1("custody_hours", "inputmode=numeric"),
		qa("place", "place_taken", "required"), q1("present", "required", "rows=2"),
		q1("rights", "required"), q1("rights_lang", asksLanguage), q1("rights_text"), q1("same_language", "type=checkbox"), q1("interpreter"), q1("interpreter_ground"), q1("interpreter_credential"),
		q1("interpreter_household", "type=checkbox"), q1("recorded", "type=checkbox"), q1("no_recording"), q1("promises", "rows=2"), q1("no_promises", "type=checkbox"),
		q1("cross_examined", "type=checkbox"), q1("cross_examined_by", "rows=2"), q1("willing", "type=checkbox"), q1("identifies", "type=checks"), qa("exculpatory", "exculpatory_mark", "type=checkbox")}
	identificationAsks = []view.Ask{qa("person", "witness", "required"), q1("method", "required"), qa("when", "shown_when", "required", "type=datetime-local"), qa("place", "place_taken", "required"),
		q1("conducted_by", "required"), q1("present", "rows=2"), group("ask.group.shown", "images", "required", "rows=6"), qa("suspect", "suspect_among"), q1("shown_at", "inputmode=numeric"), q1("sequential", "type=checkbox"),
		q1("warned", "type=checkbox"), q1("available", "type=checkbox"), group("ask.group.answer", "picked", "inputmode=numeric"), qa("lang", "words_lang", "required", asksLanguage), qa("words", "witness_words", "required", "rows=3"),
		q1("certainty", "required", "rows=2")}
	taskAsks         = []view.Ask{qa("what", "task_what", "required", "rows=3"), qa("office", "task_office"), qa("due", "task_due", "type=datetime-local")}
	propertyAsks     = []view.Ask{q1("holder"), q1("kind", "required"), q1("description", "required"), q1("receipt", "mono"), q1("amount_cents", "inputmode=decimal"), q1("currency")}
	vehicleAsks      = []view.Ask{q1("holder"), q1("kind", "required"), q1("make"), q1("model"), q1("plate", "mono"), q1("vin", "mono")}
	phoneAsks        = []view.Ask{q1("holder"), q1("number", "required", "mono")}
	organisationAsks = []view.Ask{q1("kind", "required"), q1("name", "required")}
	exhibitAsks      = []view.Ask{q1("kind", "required"), q1("description", "required", "rows=3"), group("ask.group.found", "when", "required", "type=datetime-local"), qa("place", "place_found", "required"), q1("found_by"),
		qa("person", "holder"), qa("basis", "exhibit_basis", "required"), qa("item", "entry_of_case"), qa("of", "copy_of"), qa("file", "its_file"), group("ask.group.translation", "translator"), q1("certificate"), q1("translated_on", "type=date"), group("ask.group.custody", "packing"), q1("seal", "mono", "autocomplete=off"),
		qa("source", "source_grade", "required"), qa("information", "information_grade", "required"), q1("handling"), qa("exculpatory", "exculpatory_mark", "type=checkbox")}
	// custodyAsks are asked of every step of a chain of custody.
	custodyAsks = []view.Ask{q1("seal_read", "mono", "autocomplete=off"), q1("condition"), qa("when", "step_when", "type=datetime-local"), qa("place", "step_place"), q1("present", "rows=2"), qa("note", "step_note", "rows=3")}
	chargeAsks  = []view.Ask{q1("person", "required"), q1("offence", "required"), qa("facts", "facts_day", "required", "type=date"), q1("status"), q1("jurisdiction"), q1("tried_abroad")}
	outcomeAsks = []view.Ask{q1("person", "required"), q1("charge"), qa("kind", "outcome", "required"), q1("on", "required", "type=date"), qa("authority", "authority_deciding"), q1("months", "inputmode=numeric"),
		q1("fine_cents", "inputmode=decimal"), q1("currency"), q1("final", "type=checkbox")}
	// identityAsks are all that is recorded of who a person is.
	identityAsks = []view.Ask{q1("given", "autocomplete=off"), q1("particle", "autocomplete=off"), q1("paterno", "autocomplete=off"), q1("materno", "autocomplete=off"), q1("as_recorded", "autocomplete=off"),
		q1("aliases", "rows=2"), q1("birth", "autocomplete=off"), q1("birth_place", "autocomplete=off"), q1("nationalities", asksCountries), q1("languages", "type=checks", asksLanguage),
		q1("identifiers", "rows=2", "mono"), q1("contact", "rows=2"), q1("whereabouts", "rows=2"), qa("note", "person_note", "rows=3")}
)

// withdraws asks whether a thing of a case is taken out of it by its correction.
var withdraws = q1("withdraw", "type=checkbox")

// corrected are the questions of a correction: those of the thing itself, then why.
func corrected(asks []view.Ask, more ...view.Ask) []view.Ask {
	return slices.Concat(asks, []view.Ask{group("ask.group.correction", "reason", "required")}, more)
}

// questions are what each act asks. A field that is not here is not asked on a
// page; the API and the command line have them all.
var questions = map[string][]view.Ask{
	"shift.offer": {qa("items", "shift_items", "required", "type=checks"), qa("to", "shift_to", "required"), qa("note", "shift_note", "rows=3")},
	"shift.take":  {}, "shift.withdraw": {},
	"shift.refuse":    {qa("why", "shift_why", "required")},
	"case.open":       {q1("title", "required"), q1("handling"), q1("controls", "type=checks")},
	"case.set_status": {q1("status", "required")},
	"case.export":     {qa("reason", "copy_reason", "required")},
	"case.add_task":   taskAsks, "case.correct_task": corrected(taskAsks, withdraws), "case.end_task": {},
	"network.export":  {qa("reason", "copy_reason", "required")},
	"figures.export":  {qa("reason", "copy_reason", "required")},
	"case.add_member": {q1("office", "required")},
	"case.add_event":  eventAsks, "case.correct_event": corrected(eventAsks, withdraws),
	"case.add_person": {group("ask.group.part", "role", "required", "type=radio"), q1("function"), q1("source", "required"),
		group("ask.group.identity", "given", "autocomplete=off"), q1("paterno", "autocomplete=off"), q1("materno", "autocomplete=off"), q1("as_recorded", "autocomplete=off"),
		q1("birth", "autocomplete=off"), q1("age"), q1("nationalities", asksCountries), q1("languages", "type=checks", asksLanguage), q1("identifiers", "rows=2", "mono")},
	"case.set_role":       {q1("role", "required"), q1("function"), q1("source", "required"), qa("reference", "source_reference")},
	"case.correct_person": corrected(identityAsks),
	"case.merge":          {qa("merged", "merged", "required"), q1("reason", "required")},
	"case.unmerge":        {qa("merged", "unmerged", "required"), q1("reason", "required")},
	"case.add_statement":  statementAsks, "case.correct_statement": corrected(statementAsks, withdraws),
	"case.add_identification": identificationAsks, "case.correct_identification": corrected(identificationAsks, withdraws),
	"case.add_translation": {q1("statement", "required"), q1("lang", "required", asksLanguage), q1("text", "required", "rows=8"), q1("translator", "required"), q1("certified", "type=checkbox"), q1("certificate")},
	"case.add_property":    propertyAsks, "case.correct_property": corrected(propertyAsks, withdraws),
	"exhibit.collect": exhibitAsks,
	"exhibit.import": {q1("graph", "required", "rows=12", "mono"), group("ask.group.found", "when", "required", "type=datetime-local"), qa("place", "place_found", "required"),
		qa("basis", "exhibit_basis", "required"), qa("source", "source_grade", "required"), qa("information", "information_grade", "required"), q1("handling")},
	"exhibit.step":        slices.Concat([]view.Ask{qa("step", "custody_step", "required"), q1("seal", "mono", "autocomplete=off"), qa("file", "made_file")}, custodyAsks),
	"exhibit.give":        slices.Concat([]view.Ask{qa("office", "receiving_office", "required")}, custodyAsks),
	"exhibit.give_across": custodyAsks,
	"exhibit.receive":     custodyAsks,
	"file.begin":          {qa("person", "shows_person")}, "file.add": {},
	"case.add_vehicle": vehicleAsks, "case.correct_vehicle": corrected(vehicleAsks, withdraws),
	"case.add_phone": phoneAsks, "case.correct_phone": corrected(phoneAsks, withdraws),
	"case.add_organisation": organisationAsks, "case.correct_organisation": corrected(organisationAsks, withdraws),
	"case.add_charge": chargeAsks, "case.correct_charge": corrected(chargeAsks, withdraws),
	"case.add_outcome": outcomeAsks, "case.correct_outcome": corrected(outcomeAsks, withdraws),
	"case.ausa_decision": {q1("decision", "required"), q1("reasons", "type=checks"), q1("on", "type=date")},
	"case.note_outside":  {q1("matter", "required"), q1("on", "type=date")},

	"alert.raise":           {q1("danger", "required", "type=radio"), qa("number", "people_number", "inputmode=numeric"), q1("region", "required"), qa("where", "exactly_where", "required", "rows=2"), qa("known", "known_of_them", "rows=4"), qa("node", "alert_node", "mono"), qa("case", "alert_case", "mono"), qa("nationalities", "alert_nationalities", asksCountries), qa("asked", "consulate_asked", "type=checkbox")},
	"alert.link":            {qa("case", "alert_case", "required", "mono")},
	"alert.tell_consulates": {qa("nationalities", "alert_nationalities", "required", asksCountries), qa("asked", "consulate_asked", "type=checkbox")},
	"alert.acknowledge":     {},
	"alert.take":            {},
	"alert.report":          {qa("known", "known_now", "required", "rows=4"), qa("where", "exactly_where", "rows=2"), qa("number", "people_number", "inputmode=numeric")},
	"alert.end":             {q1("rescued", "inputmode=numeric"), q1("not_found", "inputmode=numeric"), q1("dead", "inputmode=numeric"), qa("known", "known_now", "rows=3")},
	"alert.review":          {qa("known", "after_action", "required", "rows=4")},
	"alert.locate_phone":    {q1("telephone", "required", "mono", "autocomplete=off"), qa("basis", "legal_basis", "required", "type=radio"), q1("ordered_by", "required"), qa("result", "located_at", "rows=2")},
	"alert.rule_phone":      {q1("ratified", "type=checkbox")},

	"protection.consent": {qa("service", "service_kind", "required"), q1("service_name", "required", "autocomplete=off"), q1("for", "required"), q1("categories", "required", "type=checks", "inline"), q1("until", "required", "type=date"), q1("language", "required", asksLanguage), q1("interpreter"), q1("interpreter_household", "type=checkbox"), q1("words", "rows=3"),
		group("ask.group.child", "agreed_by"), qa("authority", "child_authority"), q1("child_heard", "type=checkbox"),
		group("ask.group.code_word", "code_word", "autocomplete=off"), q1("told", "required", "type=checkbox")},
	"protection.withdraw_consent": {q1("through")},
	"protection.call_withdrawal":  {qa("reference", "consent_reference", "required", "mono", "autocomplete=off"), q1("through", "required", "type=radio"), qa("code_word", "code_word_said", "autocomplete=off")},
	"protection.note":             {qa("note", "desk_note", "required", "rows=4")},
	"protection.violence": {q1("accused", "required", "type=radio"), qa("agency", "accused_agency", "mono", "autocomplete=off"), qa("what", "violence_what", "required", "rows=5"), q1("lang", "required", asksLanguage),
		qa("when", "violence_when"), qa("where", "violence_where")},
	"protection.acknowledge_withdrawal": {},
	"protection.waive_return":           {q1("language", "required", asksLanguage), q1("interpreter"), q1("interpreter_household", "type=checkbox"), qa("signed", "waiver_signed", "required", "type=checkbox")},
	"protection.withdraw_waiver":        {},
	"protection.end_gate":               {q1("outcome", "required", "type=radio"), q1("evidence", "required", "rows=2"), q1("cause"), q1("instead", "rows=2"), q1("hand_over", "type=checkbox")},
	"protection.take_gate":              {q1("service", "required", "rows=2")},
	"protection.release_htcds":          {qa("service", "service_named", "required", "autocomplete=off"), q1("categories", "type=checks", "inline"), qa("reason", "reason_sealed", "required", "rows=2")},
	"protection.tell_service":           {qa("note", "telling", "required", "rows=3")},
	"protection.stop":                   {qa("reason", "reason_sealed", "required", "rows=3")},
	"protection.lift_stop":              {q1("court"), qa("order", "court_order"), qa("on", "court_order_on", "type=date")},
	"protection.reclassify":             {qa("reason", "reason_sealed", "required", "rows=3")},
	"protection.reveal":                 {qa("reason", "why", "required", "rows=2"), q1("minutes", "inputmode=numeric")},
	"protection.reveal_approve":         {},
	"protection.reveal_refuse":          {qa("reason", "why_refused", "required", "rows=2")},

	"consular.advise":         {qa("wish", "consular_wish", "required", "type=radio"), q1("language", "required", asksLanguage), q1("interpreter"), q1("interpreter_household", "type=checkbox")},
	"consular.notify":         {qa("office", "consulate", "required"), qa("place", "held_at", "required", "rows=2"), qa("since", "held_since", "type=datetime-local"), qa("call", "desk_telephone", "required", "type=tel", "mono"), q1("child_told", "rows=2")},
	"consular.tell_outside":   {qa("country", "consulate_country", "required"), qa("means", "consular_means", "required", "type=radio"), qa("officer", "consulate_officer", "required"), qa("at", "consulate_told_at", "required", "type=datetime-local"), q1("child_told", "rows=2")},
	"consular.withdraw":       {},
	"consular.acknowledge":    {},
	"consular.interview":      {qa("on", "interview_on", "required", "type=datetime-local"), qa("where", "interview_where", "required", "rows=2"), qa("who", "interview_who", "required"), qa("note", "consulate_note", "rows=4")},
	"consular.family":         {qa("found", "family_found", "type=checkbox"), qa("told", "family_told", "type=checkbox"), qa("note", "consulate_note", "rows=3")},
	"consular.need":           {qa("need", "consular_need", "required", "type=radio"), qa("note", "consulate_note", "rows=3")},
	"consular.meet_need":      {},
	"consular.reveal":         {qa("reason", "why", "required", "rows=2"), q1("minutes", "inputmode=numeric")},
	"consular.reveal_approve": {},

	"redress.receive": {q1("right", "required", "type=radio"), q1("brought", "required"), qa("checked", "identity_checked", "required"), qa("details", "check_details"), qa("lang", "persons_language", "required", asksLanguage),
		q1("words", "required", "rows=4"), q1("contact", "rows=2"), qa("on", "request_came", "type=date")},
	"redress.acknowledge":     {},
	"redress.extend":          {qa("reasons", "reasons_told", "required", "rows=4")},
	"redress.answer":          {qa("outcome", "request_outcome", "required", "type=radio"), qa("grounds", "refuse_grounds", "type=checks"), qa("reasons", "reasons_told", "required", "rows=6")},
	"redress.read_correction": {},

	"retention.keep":          {qa("reason", "reason_sealed", "required", "rows=2"), qa("until", "keep_until", "required", "type=date")},
	"retention.retain":        {qa("ground", "retain_ground", "required", "type=radio"), qa("until", "keep_until", "required", "type=date")},
	"retention.erase":         {qa("ground", "forget_ground", "required"), qa("order", "forget_order", "required", "rows=2")},
	"retention.erase_confirm": {},
	"retention.erase_reject":  {},
	"journal.expunge":         {qa("ground", "forget_ground", "required"), qa("order", "forget_order", "required", "rows=2")},
	"journal.expunge_confirm": {},
	"journal.expunge_reject":  {},
	"hold.place":              {qa("ground", "hold_ground", "required"), qa("authority", "hold_authority", "required"), qa("lifts", "hold_lifts", "required"), qa("reference", "hold_reference", "mono")},
	"hold.lift":               {qa("order", "lift_order", "rows=2")},

	"referral.draft":         {q1("office", "required"), q1("suspects", "type=checks")},
	"referral.add_office":    {q1("office", "required")},
	"referral.ask_onward":    {qa("node", "onward_node", "required"), qa("office", "onward_office", "mono"), qa("reason", "onward_reason", "required", "rows=3")},
	"referral.answer_onward": {q1("granted", "type=checkbox"), qa("until", "onward_until", "type=date"), q1("note", "rows=3")},
	"referral.ask_court":     {qa("court", "court_use", "required"), qa("reason", "court_reason", "required", "rows=3")},
	"referral.answer_court":  {q1("granted", "type=checkbox"), qa("until", "onward_until", "type=date"), q1("note", "rows=3")},
	"referral.step":          {q1("form"), q1("reason"), q1("note", "rows=3")},
	"referral.sign_step":     {q1("form"), q1("reason"), q1("note", "rows=3")},
	"referral.compose": {q1("facts.lang", "required"), q1("facts.text", "required", "rows=8"), q1("facts.translation", "rows=8"), q1("facts.translator"),
		group("ask.group.exculpatory", "findings.contradictions.text", "rows=3"), q1("findings.coercion.text", "rows=3"), q1("findings.failed_identifications.text", "rows=3"), q1("findings.benefits.text", "rows=3"),
		q1("exculpatory.text", "rows=3"), q1("exculpatory.translation", "rows=4"), q1("exculpatory.translator"), q1("secret_benefit", "type=checkbox"), q1("none_known", "type=checkbox")},
	"referral.clear_packet":        {},
	"referral.approve":             {},
	"referral.export":              {qa("as", "copy_as", "required", "type=radio"), qa("act", "copy_act"), qa("reason", "copy_reason", "required")},
	"referral.send":                {},
	"referral.resend":              {},
	"referral.supplement":          {q1("reason")},
	"referral.sign_for_analysis":   {q1("undertakes", "required", "type=checkbox")},
	"referral.request_information": {q1("item", "required"), q1("element", "required"), q1("page", "inputmode=numeric"), q1("about", "type=checks"), q1("question", "required", "rows=4")},
	"referral.supply_information":  {q1("answer", "required", "rows=5"), q1("page", "inputmode=numeric"), q1("translation", "rows=4"), q1("translator")},
	"referral.accept":              {q1("note", "rows=3")},
	"referral.decline":             {q1("reason", "required"), q1("form", "required"), q1("explanation", "rows=4"), q1("page", "inputmode=numeric")},
	"referral.register_file":       {q1("file", "required", "mono", "autocomplete=off")},
	"referral.withdraw":            {},
	"referral.name_in_warrant":     {q1("person", "required")},
	"warrant.issue": {q1("person", "required"), qa("ask", "warrant_ask", "required"), qa("ground", "warrant_ground", "required"), qa("court", "warrant_court", "required"), qa("number", "warrant_number", "required", "mono", "autocomplete=off"),
		qa("issued", "warrant_issued", "required", "type=date"), qa("until", "warrant_until", "required", "type=date"), qa("office", "warrant_office", "required"), qa("note", "warrant_note", "rows=3")},
	"warrant.execute":             {qa("when", "warrant_when", "required", "type=datetime-local"), qa("presented", "warrant_presented", "required", "rows=2")},
	"warrant.withdraw":            {qa("why", "warrant_why", "required")},
	"referral.record_urgent_case": {q1("person", "required"), qa("offence", "urgent_offence", "required"), q1("flight", "required", "rows=3"), q1("no_judge", "required", "rows=3")},
	"referral.schedule_hand_over": {q1("person", "required"), q1("at", "required", "type=datetime-local"), q1("crossing", "required"), q1("office", "required"),
		q1("basis", "required", "type=radio"), qa("file", "crossing_file", "mono"), q1("appeal_until", "type=date"), qa("property", "goods", "rows=4"), qa("papers", "papers_go", "rows=3"), q1("accepted", "type=checkbox")},
	"referral.cancel_hand_over": {q1("reason", "required")},
	"referral.schedule_reception": {q1("person", "required"), q1("at", "required", "type=datetime-local"), q1("crossing", "required"), q1("office", "required"),
		qa("file", "crossing_file", "mono"), q1("appeal_until", "type=date"), qa("property", "goods", "rows=4"), qa("papers", "papers_go", "rows=3"), q1("accepted", "type=checkbox")},
	"referral.cancel_reception":  {},
	"referral.give_reception":    {},
	"referral.receive_reception": slices.Concat(peopleAsks, beyondAsks),
	"referral.answer_alarm":      {q1("known", "required", "type=radio")},
	"referral.give":              {},
	"referral.receive":           slices.Concat([]view.Ask{q1("form", "required", "type=radio")}, peopleAsks, beyondAsks),
	"referral.dispose":           {q1("form", "required"), q1("reason"), q1("months", "inputmode=numeric"), q1("fine_cents", "inputmode=decimal"), q1("reparation_cents", "inputmode=decimal"), q1("currency"), q1("final", "type=checkbox"), q1("note", "rows=3")},
	"referral.pause_clock":       {q1("clock", "required"), q1("reason", "required")},
	"referral.resume_clock":      {q1("clock", "required")},
	"referral.cannot_meet_clock": {q1("clock", "required"), q1("reason", "required")},

	"office.create":          {qa("id", "office_id", "required", "mono"), q1("agency", "required", "mono"), q1("name_en", "required"), q1("name_es", "required"), q1("zone", "required", "mono"), qa("kind", "office_kind", "required")},
	"office.confirm_contact": {qa("telephone", "office_telephone", "mono", "autocomplete=off"), qa("mail", "office_mail", "mono", "autocomplete=off"), qa("reached", "office_reached", "required", "type=checkbox")},
	"office.close":           {q1("reason", "required")},
	"user.create": {q1("login", "required", "autocomplete=off"), qa("name", "person_name", "required", "autocomplete=off"), q1("office", "required"), qa("roles", "account_roles", "required", "type=checks"), q1("badge", "mono", "autocomplete=off"),
		q1("superior"), q1("lang", "required")},
	"user.reset":       {q1("reason", "required")},
	"user.bind":        {q1("issuer", "required", "mono", "autocomplete=off"), qa("subject", "provider_subject", "required", "mono", "autocomplete=off"), q1("reason", "required")},
	"user.unbind":      {q1("reason", "required")},
	"user.unlock":      {q1("reason", "required")},
	"user.enable":      {q1("reason", "required")},
	"user.disable":     {q1("reason", "required")},
	"role.grant":       {qa("role", "account_role", "required")},
	"role.revoke":      {qa("role", "account_role", "required"), q1("reason", "required")},
	"mail.choose":      {q1("events", "type=checks"), qa("address", "mail_address", "type=email", "autocomplete=email")},
	"session.end":      {},
	"proposal.approve": {},
	"proposal.reject":  {q1("reason")},
	"peer.propose":     {q1("descriptor", "required", "rows=6", "mono")},
	"peer.approve":     {q1("fingerprint", "required", "rows=3")},

	"accord.propose": {q1("document", "required", "rows=16", "mono")},
	"accord.sign":    {},
	"accord.suspend": {},
	"accord.resume":  {},
	"accord.end":     {},
}
