package demo

import (
	"context"
	"fmt"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// scene is one thing that happens in a case; between two of them the clock
// moves on and everything under way is delivered.
type scene func(f *file, ctx context.Context) error

// plot is what becomes of a case.
type plot struct {
	name   string
	weight int
	scenes []scene
	to     string // the only receiving node whose procedure has it; empty for either
	noCase bool   // lives are at risk, and nobody opens a case
}

// opening is how every case begins, up to the packet that a second person approved.
var opening = []scene{(*file).found, (*file).screened, (*file).studiedHere, (*file).packed}

// after joins the opening with what follows.
func after(scenes ...scene) []scene { return append(append([]scene{}, opening...), scenes...) }

// evidenced is after, up to the analysis, of a case with a photograph: it is taken
// into custody, sent, and opens when the analysis is signed for.
func evidenced(scenes ...scene) []scene {
	return append([]scene{(*file).found, (*file).screened, (*file).photographed, (*file).studiedHere, (*file).packed, (*file).sent, (*file).photographSent, (*file).studied, (*file).photographThere}, scenes...)
}

// plots are the ways of a case, with how often each happens. Every one ends, or
// waits on purpose.
var plots = []plot{
	{name: "convicted", weight: 18, scenes: evidenced((*file).accepted, tried("conviction"), (*file).reportedBack, (*file).closed)},
	{name: "acquitted", weight: 5, scenes: after((*file).sent, (*file).studied, (*file).accepted, tried("acquittal"), (*file).askedForRecord, (*file).recordGiven, (*file).reportedBack, (*file).closed, (*file).forgotten, (*file).retained)},
	{name: "dismissed", weight: 5, scenes: after((*file).sent, (*file).studied, (*file).accepted, tried("dismissal"), (*file).reportedBack, (*file).heldForAppeal)},
	{name: "asked and accepted", weight: 12, scenes: evidenced((*file).asked, (*file).supplied, (*file).asked, (*file).supplied, (*file).accepted)},
	{name: "declined", weight: 12, scenes: after((*file).sent, (*file).studied, (*file).declined)},
	{name: "reopened", weight: 3, scenes: after((*file).sent, (*file).studied, (*file).declined, (*file).challenged, (*file).reopened, (*file).accepted)},
	{name: "returned and sent again", weight: 4, scenes: after((*file).sent, (*file).returned, (*file).resent, (*file).studied)},
	{name: "handed over", weight: 8, scenes: after((*file).sent, (*file).studied, (*file).accepted, (*file).waived, (*file).home, (*file).given, received("at_liberty"))},
	{name: "witness returns", weight: 4, to: "mx", scenes: after((*file).sent, (*file).studied, (*file).returns, (*file).givenBack, (*file).receivedBack)},
	{name: "lost between two signatures", weight: 3, scenes: after((*file).sent, (*file).studied, (*file).accepted, (*file).waived, (*file).home, (*file).given, idle, idle, idle, idle, (*file).missing, (*file).answered, received("at_liberty"))},
	{name: "still between two signatures", weight: 2, scenes: after((*file).sent, (*file).studied, (*file).accepted, (*file).waived, (*file).home, (*file).given, idle, idle, idle, idle, (*file).missing)},
	{name: "hand-over barred", weight: 3, scenes: after((*file).sent, (*file).studied, (*file).accepted, (*file).barred)},
	{name: "withdrawn by a clerk", weight: 4, scenes: after((*file).sent, (*file).withdrawn, (*file).withdrawalAcknowledged)},
	{name: "stopped by the adviser", weight: 4, scenes: after((*file).sent, (*file).studied, (*file).violenceTold, (*file).stopped, (*file).withdrawalAcknowledged)},
	{name: "suspect found a victim", weight: 3, scenes: after((*file).sent, (*file).studied, (*file).reclassified, (*file).withdrawalAcknowledged)},
	{name: "identity by consent", weight: 5, scenes: after((*file).consented, (*file).revealed, (*file).packedAgain, (*file).sent, (*file).studied, (*file).accepted, (*file).consentWithdrawn, (*file).consentAcknowledged)},
	{name: "consent taken back from afar", weight: 3, scenes: after((*file).consented, (*file).packedAgain, (*file).sent, (*file).studied, (*file).accepted, (*file).takenBackFromAfar, (*file).consentAcknowledged)},
	{name: "helped by a service", weight: 3, scenes: after((*file).sent, (*file).studied, (*file).helped, (*file).helpEnded, (*file).serviceTold)},
	{name: "a service to be told", weight: 2, scenes: after((*file).sent, (*file).studied, (*file).helped, (*file).helpEnded)},
	{name: "found for the suspect later", weight: 2, scenes: after((*file).sent, (*file).studied, (*file).accepted, (*file).foundForSuspect)},
	{name: "a child alone", weight: 3, scenes: after((*file).childAlone, (*file).sent, (*file).studied)},
	{name: "answer awaited", weight: 10, scenes: after((*file).sent, (*file).studied, (*file).consulateTold, (*file).consulateCame)},
	{name: "unopened", weight: 8, scenes: after((*file).sent)},
	{name: "kept here", weight: 4, scenes: []scene{(*file).found, (*file).screened, (*file).keptHere}},
	{name: "not eligible", weight: 4, scenes: []scene{(*file).found, (*file).screened, (*file).notEligible}},
	{name: "not screened", weight: 5, scenes: after((*file).lateArrival, (*file).sent)},
	{name: "waiting for approval", weight: 6, scenes: []scene{(*file).found, (*file).screened, (*file).studiedHere}},
	{name: "lost on the way", weight: 5, scenes: after((*file).lostOnTheWay, (*file).resent)},
	{name: "handed over under a warrant", weight: 5, to: "mx", scenes: after((*file).sent, (*file).studied, (*file).accepted, (*file).warranted, scheduled("warrant"), (*file).given, received("under_warrant"), (*file).executed)},
	{name: "handed over, urgent case", weight: 3, to: "mx", scenes: after((*file).sent, (*file).studied, (*file).accepted, (*file).urgent, scheduled("urgent_case"), (*file).given, received("urgent_case"))},
	{name: "declined for co-operation", weight: 4, scenes: after((*file).sent, (*file).studied, (*file).opportunity)},
	{name: "outside any accord", weight: 3, scenes: []scene{(*file).outside}},
	{name: "rescued", weight: 4, noCase: true, scenes: []scene{(*file).lost, (*file).rescueTaken, (*file).rescued, (*file).rescueReviewed}},
	{name: "lives at risk", weight: 2, noCase: true, scenes: []scene{(*file).lost, (*file).rescueTaken}},
}

// cycle spreads the plots over n cases by weight, so that few cases show many.
func cycle(n int) []plot {
	var out []plot
	for round := 0; len(out) < n; round++ {
		for _, p := range plots {
			if round == 0 || p.weight > round*4 {
				out = append(out, p)
			}
		}
		if round > 4 {
			round = -1
		}
	}
	return out[:n]
}

// found: the case is opened, and the form that its people are asked with.
func (f *file) found(ctx context.Context) error {
	if err := f.open(ctx); err != nil {
		return err
	}
	return f.formGiven(ctx)
}

// screened: everybody is screened, a referral begun.
func (f *file) screened(ctx context.Context) error {
	if err := f.screen(ctx, nil, f.suspect, f.witness); err != nil {
		return err
	}
	if err := f.draft(ctx); err != nil {
		return err
	}
	if err := f.step(ctx, f.cast().drafts, "referral.step", map[string]any{"step": "screen_eligible"}); err != nil {
		return err
	}
	return f.step(ctx, f.cast().drafts, "referral.step", map[string]any{"step": "present"})
}

// studiedHere: the sending side's own prosecutor does not prosecute.
func (f *file) studiedHere(ctx context.Context) error {
	if f.from == "us" {
		if _, err := f.do(ctx, "us", f.cast().declines, wire.PurposeProsecution, "case.ausa_decision", map[string]any{"case": f.id, "decision": "declined", "reasons": []string{"small_group"}}); err != nil {
			return err
		}
		return f.step(ctx, f.cast().declines, "referral.sign_step", map[string]any{"step": "us_decline", "reason": "small_group_resources"})
	}
	return f.step(ctx, f.cast().declines, "referral.sign_step", map[string]any{"step": "mx_decline", "reason": "acts_abroad"})
}

func (f *file) packed(ctx context.Context) error {
	if err := f.compose(ctx); err != nil {
		return err
	}
	return f.step(ctx, f.cast().approves, "referral.approve", nil)
}

// packedAgain: the packet goes back for correction and is approved anew.
func (f *file) packedAgain(ctx context.Context) error {
	if err := f.step(ctx, f.cast().approves, "referral.step", map[string]any{"step": "return_for_correction"}); err != nil {
		return err
	}
	return f.packed(ctx)
}

func (f *file) sent(ctx context.Context) error {
	return f.step(ctx, f.cast().drafts, "referral.send", nil)
}

func (f *file) resent(ctx context.Context) error {
	return f.step(ctx, f.cast().drafts, "referral.resend", nil)
}

// studied: the notice is opened and the analysis signed for. A US attorney who
// will answer is given the referral first.
func (f *file) studied(ctx context.Context) error {
	c := f.cast()
	if err := f.there(ctx, c.answers, "referral.open", nil); err != nil && !client.IsRefused(err, "referral.opened_already") {
		return err
	}
	if f.to == "us" {
		if err := f.there(ctx, c.answers, "referral.add_office", map[string]any{"office": f.way.usao}); err != nil && !client.IsRefused(err, "referral.office_already") {
			return err
		}
	}
	return f.there(ctx, c.answers, "referral.sign_for_analysis", map[string]any{"undertakes": true})
}

func (f *file) asked(ctx context.Context) error {
	item, element, err := f.itemToAsk(ctx)
	if err != nil {
		return err
	}
	question := map[string]string{"mx": "¿Quién cobró la cuota y cómo se pagó?", "us": "Who took the fee, and how was it paid?"}[f.to]
	return f.there(ctx, f.cast().answers, "referral.request_information", map[string]any{"item": item, "element": element, "question": question})
}

func (f *file) supplied(ctx context.Context) error {
	answer := map[string]string{"us": "The guide took it in cash before the crossing.", "mx": "El guía la cobró en efectivo antes de cruzar."}[f.from]
	return f.step(ctx, f.cast().drafts, "referral.supply_information", map[string]any{"answer": answer})
}

func (f *file) accepted(ctx context.Context) error {
	if err := f.there(ctx, f.cast().accepts, "referral.accept", nil); err != nil {
		return err
	}
	number := fmt.Sprintf("FED/%s/%07d/2026", map[string]string{"us": "USAO", "mx": "FGR"}[f.to], 1000+f.n)
	return f.there(ctx, f.cast().answers, "referral.register_file", map[string]any{"file": number})
}

// declines are reasons with a legal form that Mexican law has for each: CNPP
// 254, 255, 253 and another authority's competence.
var declines = [][2]string{{"witness_unavailable", "temporary_archive"}, {"profit_not_shown", "no_charging"},
	{"no_offence_in_mexico", "abstain"}, {"jurisdiction_elsewhere", "other_competence"}}

// declined: with a reason and the legal form that it takes there.
func (f *file) declined(ctx context.Context) error {
	d := declines[f.n%len(declines)]
	if f.to == "us" {
		d = [2]string{"insufficient_evidence", "declination"}
	}
	return f.there(ctx, f.cast().answers, "referral.decline", map[string]any{"reason": d[0], "form": d[1]})
}

// opportunity: the suspect helps the prosecution (CNPP 256-V). By penalty alone
// (256-I) smuggling admits no such criterion, and that is refused first.
func (f *file) opportunity(ctx context.Context) error {
	reason, form := "cooperation", "opportunity_cooperation"
	if f.to == "us" {
		form = "deferred_prosecution"
	} else {
		byPenalty := f.there(ctx, f.cast().answers, "referral.decline", map[string]any{"reason": "minor_penalty", "form": "opportunity"})
		if err := f.refused(f.to, byPenalty, "referral.form_not_admitted"); err != nil {
			return err
		}
	}
	return f.there(ctx, f.cast().answers, "referral.decline", map[string]any{"reason": reason, "form": form})
}

func (f *file) challenged(ctx context.Context) error {
	for _, step := range []string{"notify_victim", "file_challenge", "uphold_challenge"} {
		if err := f.there(ctx, f.cast().accepts, "referral.step", map[string]any{"step": step}); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) reopened(ctx context.Context) error {
	return f.there(ctx, f.cast().accepts, "referral.sign_step", map[string]any{"step": "reopen", "reason": "challenge_upheld"})
}

func (f *file) returned(ctx context.Context) error {
	return f.there(ctx, f.cast().answers, "referral.decline", map[string]any{"reason": "misaddressed", "form": "return_unopened"})
}

// courts are the milestones of a court's way, by country and how it ended.
var courts = map[string]map[string][]string{
	"mx": {"conviction": {"record_imputation", "record_bound_over", "record_abbreviated", "record_conviction"},
		"acquittal": {"record_imputation", "record_bound_over", "record_accusation", "record_trial", "record_acquittal"}, "dismissal": {"record_imputation", "record_bound_over", "record_dismissal"}},
	"us": {"conviction": {"record_complaint", "record_indictment", "record_arraignment", "record_plea", "record_conviction"},
		"acquittal": {"record_complaint", "record_indictment", "record_arraignment", "record_trial", "record_acquittal"}, "dismissal": {"record_complaint", "record_indictment", "record_dismissal"}},
}

// tried: a court decides, and the prosecutor records how the case ended.
func tried(outcome string) scene {
	return func(f *file, ctx context.Context) error {
		for _, step := range courts[f.to][outcome] {
			if err := f.there(ctx, f.cast().accepts, "referral.step", map[string]any{"step": step}); err != nil {
				return err
			}
		}
		cmd := map[string]any{"form": outcome}
		if f.to == "mx" {
			cmd["reason"] = "judgment"
		}
		if outcome == "conviction" {
			cmd["months"], cmd["fine_cents"], cmd["currency"] = 96+f.n%60, 1_000_000, map[string]string{"us": "USD", "mx": "MXN"}[f.to]
		}
		return f.there(ctx, f.cast().accepts, "referral.dispose", cmd)
	}
}

func (f *file) reportedBack(ctx context.Context) error {
	return f.there(ctx, f.cast().accepts, "referral.sign_step", map[string]any{"step": "report_outcome"})
}

func (f *file) closed(ctx context.Context) error {
	return f.step(ctx, f.cast().drafts, "referral.step", map[string]any{"step": "close"})
}

func (f *file) withdrawn(ctx context.Context) error {
	return f.step(ctx, f.cast().drafts, "referral.withdraw", nil)
}

func (f *file) withdrawalAcknowledged(ctx context.Context) error {
	return f.there(ctx, f.cast().answers, "referral.step", map[string]any{"step": "acknowledge_withdrawal"})
}

func (f *file) stopped(ctx context.Context) error {
	_, err := f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "protection.stop", map[string]any{"case": f.id, "reason": "The family received threats."})
	return err
}

func (f *file) reclassified(ctx context.Context) error {
	_, err := f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "protection.reclassify", map[string]any{"case": f.id, "person": f.suspect, "reason": "Made to guide under threat."})
	return err
}

// consented: the witness agrees that the identity goes to the other side.
func (f *file) consented(ctx context.Context) (err error) {
	f.consent, err = f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "protection.consent", map[string]any{"case": f.id, "person": f.witness, "for": wire.PurposeProsecution,
		"node": f.to, "categories": []string{"identity", "statement"}, "until": f.w.now.AddDate(1, 0, 0), "told": true, "language": "es", "code_word": codeWord})
	return err
}

// revealed: whoever composes the packet looks at who the witness is, for a while.
func (f *file) revealed(ctx context.Context) error {
	_, err := f.here(ctx, "protection.reveal", map[string]any{"case": f.id, "person": f.witness, "reason": "To compare the name with the document.", "minutes": 10})
	return err
}

func (f *file) consentWithdrawn(ctx context.Context) error {
	_, err := f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "protection.withdraw_consent", map[string]any{"consent": f.consent})
	return err
}

func (f *file) consentAcknowledged(ctx context.Context) error {
	_, err := f.do(ctx, f.to, f.cast().answers, wire.PurposeProtection, "protection.acknowledge_withdrawal", map[string]any{"consent": f.consent, "referral": f.referral})
	return err
}

func (f *file) keptHere(ctx context.Context) error {
	step := map[string]any{"step": "us_retain", "reason": "accepted_for_us_prosecution"}
	if f.from == "mx" {
		p, _ := program.ProcedureByID("us-mirror-2016")
		step = map[string]any{"step": "mx_retain", "reason": reasonFor(p, "mx_retain")}
	}
	return f.step(ctx, f.cast().declines, "referral.sign_step", step)
}

// reasonFor is the first reason that a procedure admits for a step.
func reasonFor(p *program.Procedure, step string) string {
	for _, r := range p.Reasons {
		for _, s := range r.Steps {
			if s == step {
				return r.ID
			}
		}
	}
	return ""
}

func (f *file) notEligible(ctx context.Context) error {
	return f.step(ctx, f.cast().drafts, "referral.step", map[string]any{"step": "discard", "reason": "protection_need"})
}

// lateArrival: somebody else is recorded after the approval. The referral does
// not leave until that person was screened too.
func (f *file) lateArrival(ctx context.Context) error {
	given, paterno, materno := somebody(f.seed + f.n*2 + 801)
	late, err := f.here(ctx, "case.add_person", map[string]any{"case": f.id, "given": given, "paterno": paterno, "materno": materno, "birth": born(f.n, f.w.now),
		"role": "witness", "source": "observation"})
	if err != nil {
		return err
	}
	if err := f.refused(f.from, f.sent(ctx), unscreened); err != nil {
		return err
	}
	return f.screen(ctx, nil, late)
}

// outside: the case is opened, and its referral to an office that no accord
// joins with this one is refused. It stays here.
func (f *file) outside(ctx context.Context) error {
	if err := f.open(ctx); err != nil {
		return err
	}
	far := map[string]string{"us": "usbp-rgv", "mx": "fgr-tamps"}
	if f.way.mx == "fgr-tamps" {
		far = map[string]string{"us": "usbp-sdc", "mx": "fgr-bc"}
	}
	_, err := f.here(ctx, "referral.draft", map[string]any{"case": f.id, "node": f.to, "office": far[f.to]})
	return f.refused(f.from, err, "accord.none_in_force")
}

// lostOnTheWay is played while the other node cannot be reached; see outage.
func (f *file) lostOnTheWay(ctx context.Context) error { return f.sent(ctx) }

func (f *file) elementsOf(offence string) []string {
	o, ok := program.OffenceByID(offence)
	if !ok {
		return nil
	}
	var out []string
	for _, e := range o.Elements {
		out = append(out, e.ID+"="+f.statement)
	}
	return out
}
