package view

import "github.com/oasiss/oasiss/internal/web/component"

// The functions below name the questions that each act of a referral asks. A
// door gives the form and the choices that the procedure admits.

// SignForAnalysis opens the whole packet, protected identities sealed.
func SignForAnalysis(f component.Form) Act {
	return Act{Verb: "sign_for_analysis", LabelKey: "act.sign_for_analysis", HintKey: "act.sign_for_analysis.hint", Icon: "file-search", Form: f, Signed: true, Primary: true}
}

// Accept takes the referral on; the file number may follow later.
func Accept(f component.Form) Act {
	return Act{Verb: "accept", LabelKey: "act.accept", HintKey: "act.accept.hint", Icon: "check", Form: f, Signed: true, Asks: []Ask{
		{Name: "file_number", Key: "act.accept.file_number", How: []string{"mono", "autocomplete=off"}},
		{Name: "note", Key: "act.note", How: []string{"rows=3"}},
	}}
}

// RequestInformation asks the other side for one item or element.
func RequestInformation(f component.Form, items, elements []component.Option) Act {
	return Act{Verb: "ask", LabelKey: "act.ask", HintKey: "act.ask.hint", Icon: "message-2-question", Form: f, Signed: true, Asks: []Ask{
		{Name: "item", Key: "act.ask.item", Choices: items},
		{Name: "element", Key: "act.ask.element", Choices: elements},
		{Name: "question", Key: "act.ask.question", How: []string{"required", "rows=4"}},
	}}
}

// Supply answers a request for information.
func Supply(f component.Form, requests []component.Option) Act {
	return Act{Verb: "supply", LabelKey: "act.supply", HintKey: "act.supply.hint", Icon: "message-circle-check", Form: f, Signed: true, Asks: []Ask{
		{Name: "request", Key: "act.supply.request", How: []string{"required", "type=radio"}, Choices: requests},
		{Name: "answer", Key: "act.supply.answer", How: []string{"required", "rows=5"}},
	}}
}

// Decline ends the study of the referral with a coded reason and its legal form.
func Decline(f component.Form, reasons, forms []component.Option) Act {
	return Act{Verb: "decline", LabelKey: "act.decline", HintKey: "act.decline.hint", Icon: "x", Form: f, Signed: true, Asks: []Ask{
		{Name: "reason", Key: "act.decline.reason", How: []string{"required"}, Choices: reasons},
		{Name: "form", Key: "act.decline.form", How: []string{"required"}, Choices: forms},
		{Name: "words", Key: "act.decline.words", How: []string{"required", "rows=4"}},
	}}
}

// Milestone reports a step of the prosecution.
func Milestone(f component.Form, milestones []component.Option) Act {
	return Act{Verb: "milestone", LabelKey: "act.milestone", HintKey: "act.milestone.hint", Icon: "gavel", Form: f, Signed: true, Asks: []Ask{
		{Name: "milestone", Key: "act.milestone.kind", How: []string{"required"}, Choices: milestones},
		{Name: "on", Key: "act.milestone.on", How: []string{"required", "type=date"}},
		{Name: "court_number", Key: "act.milestone.court_number", How: []string{"mono", "autocomplete=off"}},
		{Name: "words", Key: "act.note", How: []string{"rows=3"}},
	}}
}

// Withdraw takes a referral back. It always carries the same neutral code.
func Withdraw(f component.Form) Act {
	return Act{Verb: "withdraw", LabelKey: "act.withdraw", HintKey: "act.withdraw.hint", Icon: "ban", Form: f, Signed: true, Asks: []Ask{
		{Name: "note", Key: "act.withdraw.note", How: []string{"rows=3"}},
	}}
}

// ScheduleHandOver sets place and time of the hand-over of a person, which two people will sign.
func ScheduleHandOver(f component.Form, places []component.Option) Act {
	return Act{Verb: "hand_over", LabelKey: "act.hand_over", HintKey: "act.hand_over.hint", Icon: "users", Form: f, Signed: true, Asks: []Ask{
		{Name: "place", Key: "act.hand_over.place", How: []string{"required"}, Choices: places},
		{Name: "at", Key: "act.hand_over.at", How: []string{"required", "type=datetime-local"}},
	}}
}

// Approve is the second person's approval of a packet version.
func Approve(f component.Form) Act {
	return Act{Verb: "approve", LabelKey: "act.approve", HintKey: "act.approve.hint", Icon: "check", Form: f, Signed: true}
}

// ReturnForCorrection sends a packet back to the person who drew it up.
func ReturnForCorrection(f component.Form) Act {
	return Act{Verb: "return", LabelKey: "act.return", Icon: "pencil", Form: f, Asks: []Ask{
		{Name: "words", Key: "act.return.words", How: []string{"required", "rows=3"}},
	}}
}

// Send releases the approved version to the other country.
func Send(f component.Form) Act {
	return Act{Verb: "send", LabelKey: "act.send", HintKey: "act.send.hint", Icon: "send", Form: f, Signed: true, Primary: true}
}

// Compose starts a referral's draft from a case.
func Compose(f component.Form, suspects, offences, offices []component.Option) Act {
	return Act{Verb: "compose", LabelKey: "act.compose", Icon: "file-text", Form: f, Primary: true, Asks: []Ask{
		{Name: "suspect", Key: "act.compose.suspect", How: []string{"required", "type=checks"}, Choices: suspects},
		{Name: "offence", Key: "act.compose.offence", How: []string{"required"}, Choices: offences},
		{Name: "to", Key: "act.compose.to", How: []string{"required"}, Choices: offices},
		{Name: "facts", Key: "act.compose.facts", How: []string{"required", "rows=8"}},
		{Name: "exculpatory", Key: "act.compose.exculpatory", How: []string{"required", "rows=4"}},
	}}
}

// NewCase asks what an agent knows in the first minutes.
func NewCase(f component.Form, places, modes []component.Option) Act {
	return Act{Verb: "case_open", LabelKey: "act.case_open", Icon: "plus", Form: f, Primary: true, Asks: []Ask{
		{Name: "title", Key: "case_new.title_field", How: []string{"required"}, GroupKey: "case_new.what"},
		{Name: "mode", Key: "case_new.mode", Choices: modes},
		{Name: "people", Key: "case_new.people", How: []string{"inputmode=numeric"}},
		{Name: "at", Key: "case_new.at", How: []string{"required", "type=datetime-local"}, GroupKey: "case_new.where"},
		{Name: "place", Key: "case_new.place", How: []string{"required"}, Choices: places},
		{Name: "place_words", Key: "case_new.place_words"},
		{Name: "event_number", Key: "case_new.event_number", How: []string{"mono", "autocomplete=off"}},
		{Name: "facts", Key: "case_new.facts", How: []string{"rows=6"}, GroupKey: "case_new.facts_group"},
	}}
}

// NewPerson asks for a person and the role, each with its source.
func NewPerson(f component.Form, roles, languages, sources []component.Option) Act {
	return Act{Verb: "person_add", LabelKey: "act.person_add", Icon: "plus", Form: f, Primary: true, Asks: []Ask{
		{Name: "role", Key: "person_new.role", How: []string{"required", "type=radio"}, Choices: roles, GroupKey: "person_new.part"},
		{Name: "source", Key: "person_new.source", How: []string{"required"}, Choices: sources},
		{Name: "given", Key: "person_new.given", How: []string{"autocomplete=off"}, GroupKey: "person_new.identity"},
		{Name: "paterno", Key: "person_new.paterno", How: []string{"autocomplete=off"}},
		{Name: "materno", Key: "person_new.materno", How: []string{"autocomplete=off"}},
		{Name: "as_recorded", Key: "person_new.as_recorded", How: []string{"autocomplete=off"}},
		{Name: "born", Key: "person_new.born", How: []string{"autocomplete=off"}},
		{Name: "curp", Key: "person_new.curp", How: []string{"mono", "autocomplete=off"}},
		{Name: "language", Key: "person_new.language", How: []string{"required"}, Choices: languages, GroupKey: "person_new.needs"},
	}}
}

// ScreenGate records one gate of a person's screening: done, or cannot be done
// with what protects the person instead.
func ScreenGate(f component.Form, outcomes, why []component.Option) Act {
	return Act{Verb: "screen", LabelKey: "screening.record", Form: f, Signed: true, Asks: []Ask{
		{Name: "outcome", Key: "screening.outcome", How: []string{"required", "type=radio"}, Choices: outcomes},
		{Name: "evidence", Key: "screening.evidence", How: []string{"required", "rows=2"}},
		{Name: "answer", Key: "screening.answer", How: []string{"rows=2"}},
		{Name: "why", Key: "screening.why", Choices: why},
		{Name: "instead", Key: "screening.instead", How: []string{"rows=2"}},
	}}
}
