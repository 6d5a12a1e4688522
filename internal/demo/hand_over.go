package demo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// scheduled: the suspect is to be handed over, with an appointment that both
// sides know and the basis on which the receiving side will take the person.
func scheduled(basis string) scene {
	return func(f *file, ctx context.Context) error {
		office := f.way.inm
		if f.to == "us" {
			office = f.way.us
		}
		b, ok := program.BridgeByID(f.way.crossing)
		if !ok {
			return fmt.Errorf("demo: no bridge %s", f.way.crossing)
		}
		cmd := map[string]any{"person": f.suspect, "office": office, "at": b.Next(f.w.now.Add(6*time.Hour), false), "crossing": b.ID, "basis": basis,
			"property": []string{"Backpack", "Telephone, switched off"}, "papers": []string{"File, 12 sheets, sealed"}}
		switch basis {
		case "extradition":
			cmd["file"] = fmt.Sprintf("EXT/%d/2026", 100+f.n)
		case "return_decision":
			cmd["file"], cmd["appeal_until"] = fmt.Sprintf("INM/%s/%d/2026", f.way.inm, 400+f.n), f.w.now.AddDate(0, 0, -3).Format(time.DateOnly)
		}
		return f.step(ctx, f.cast().drafts, "referral.schedule_hand_over", cmd)
	}
}

func (f *file) given(ctx context.Context) error {
	return f.step(ctx, f.cast().gives, "referral.give", nil)
}

// idle: nothing happens but that time passes.
func idle(*file, context.Context) error { return nil }

// missing: the second signature does not come, and each node raises an alarm of
// its own.
func (f *file) missing(ctx context.Context) error {
	for node, login := range map[string]string{f.from: f.cast().approves, f.to: f.cast().receives} {
		if _, err := f.alarmed(ctx, node, login); err != nil {
			return err
		}
	}
	return nil
}

// alarmed is the alarm of this case's hand-over as somebody is told of it.
func (f *file) alarmed(ctx context.Context, node, login string) (string, error) {
	purpose := wire.PurposeProsecution
	if strings.HasPrefix(login, "inm.") {
		purpose = wire.PurposeProtection
	}
	c, err := f.w.as(ctx, node, login, purpose)
	if err != nil {
		return "", err
	}
	var told []struct {
		ID       string `json:"id"`
		Referral string `json:"referral"`
	}
	if err := c.Get(ctx, "hand-overs/alarms", &told); err != nil {
		return "", err
	}
	for _, x := range told {
		if x.Referral == f.referral {
			return x.ID, nil
		}
	}
	return "", fmt.Errorf("demo: case %d: %s was told of no alarm", f.n, login)
}

// answered: the giving side's supervisor says what is known. It receives nobody.
func (f *file) answered(ctx context.Context) error {
	id, err := f.alarmed(ctx, f.from, f.cast().approves)
	if err != nil {
		return err
	}
	_, err = f.do(ctx, f.from, f.cast().approves, wire.PurposeProsecution, "referral.answer_alarm", map[string]any{"alarm": id, "known": "arrived"})
	return err
}

// received is the second signature, with the form that the receiving side's law
// has for it.
func received(form string) scene {
	return func(f *file, ctx context.Context) error {
		return f.there(ctx, f.cast().receives, "referral.receive", counted(map[string]any{"form": form}, 3))
	}
}

// counted adds the count of a sheet with so many lines, all as announced.
func counted(cmd map[string]any, lines int) map[string]any {
	of := map[string]string{}
	for n := range lines {
		of[strconv.Itoa(n+1)] = "as_announced"
	}
	cmd["people"], cmd["counted"] = 1, of
	return cmd
}

// warranted: a judge there orders the arrest before the person crosses.
func (f *file) warranted(ctx context.Context) error {
	for _, step := range []string{"seek_warrant", "record_warrant_issued"} {
		if err := f.there(ctx, f.cast().accepts, "referral.step", map[string]any{"step": step}); err != nil {
			return err
		}
	}
	person, err := f.plant(ctx, f.suspect)
	if err != nil {
		return err
	}
	if err := f.there(ctx, f.cast().accepts, "referral.name_in_warrant", map[string]any{"person": person}); err != nil {
		return err
	}
	day := func(days int) string { return f.w.now.AddDate(0, 0, days).Format(time.DateOnly) }
	f.order, err = f.do(ctx, f.to, f.cast().accepts, wire.PurposeProsecution, "warrant.issue", map[string]any{"referral": f.referral, "person": person, "ask": "arrest", "ground": "cnpp_141_145",
		"court": "Centro de Justicia Penal Federal", "number": fmt.Sprintf("CP-%d/2026", 100+f.n), "issued": day(-1), "until": day(60), "office": f.police()})
	return err
}

// police is the office that executes orders where the receiving prosecutor works.
func (f *file) police() string { return "sspc-" + strings.TrimPrefix(f.way.mx, "fgr-") }

// executed: the police execute the order, and the other country is told.
func (f *file) executed(ctx context.Context) error {
	_, err := f.do(ctx, f.to, "police."+f.police(), wire.PurposeProsecution, "warrant.execute", map[string]any{"warrant": f.order, "when": f.w.now, "presented": "Juez de control en turno"})
	return err
}

// waived: the person signs, in their language and after the fear question, that
// they return by their own will; at liberty nobody returns without it.
func (f *file) waived(ctx context.Context) error {
	if f.to == "mx" {
		if err := f.refused(f.from, scheduled("at_liberty")(f, ctx), notReturnable); err != nil {
			return err
		}
	}
	_, err := f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "protection.waive_return", map[string]any{"case": f.id, "person": f.suspect, "language": "es", "signed": true})
	return err
}

// home: whoever returns at liberty crosses by a waiver towards Mexico, and towards
// the United States on a decision that is final.
func (f *file) home(ctx context.Context) error {
	basis := "at_liberty"
	if f.to == "us" {
		if err := f.refused(f.from, scheduled(basis)(f, ctx), notReturnable); err != nil {
			return err
		}
		basis = "return_decision"
	}
	return scheduled(basis)(f, ctx)
}

// returns: the witness signs that they return by their own will, and the adviser
// arranges that they are received; before that it is refused.
func (f *file) returns(ctx context.Context) error {
	if err := f.refused(f.from, f.arrange(ctx), notVoluntary); err != nil {
		return err
	}
	if _, err := f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "protection.waive_return", map[string]any{"case": f.id, "person": f.witness, "language": "es", "signed": true}); err != nil {
		return err
	}
	return f.arrange(ctx)
}

func (f *file) arrange(ctx context.Context) (err error) {
	b, _ := program.BridgeByID(f.way.crossing)
	f.reception, err = f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "referral.schedule_reception", map[string]any{"referral": f.referral, "person": f.witness,
		"office": f.way.inm, "at": b.Next(f.w.now.Add(4*time.Hour), false), "crossing": b.ID, "accepted": true, "property": []string{"A blue bag"}})
	return err
}

func (f *file) givenBack(ctx context.Context) error {
	_, err := f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "referral.give_reception", map[string]any{"reception": f.reception})
	return err
}

func (f *file) receivedBack(ctx context.Context) error {
	_, err := f.do(ctx, f.to, f.cast().receives, wire.PurposeProtection, "referral.receive_reception", counted(map[string]any{"reception": f.reception}, 1))
	return err
}

// urgent: the ministerio público records that there is no time for a judge.
func (f *file) urgent(ctx context.Context) error {
	if err := f.refused(f.from, scheduled("urgent_case")(f, ctx), notReturnable); err != nil {
		return err
	}
	person, err := f.plant(ctx, f.suspect)
	if err != nil {
		return err
	}
	return f.there(ctx, f.cast().accepts, "referral.record_urgent_case", map[string]any{"person": person, "offence": "mx-lm-159-i",
		"flight": "Tiene dos domicilios del otro lado.", "no_judge": "El juzgado reabre hasta el lunes."})
}

// plant is a person's pseudonym.
func (f *file) plant(ctx context.Context, person string) (string, error) {
	c, err := f.w.as(ctx, f.from, f.cast().drafts, wire.PurposeProsecution)
	if err != nil {
		return "", err
	}
	var p struct {
		Plant string `json:"plant"`
	}
	return p.Plant, c.Get(ctx, "persons/"+person, &p)
}

// barred: a fear of return comes up, and the hand-over is refused without a
// word on why.
func (f *file) barred(ctx context.Context) error {
	if err := f.screen(ctx, map[string]string{"fear.fear": "yes"}, f.suspect); err != nil {
		return err
	}
	return f.refused(f.from, f.home(ctx), notReturnable)
}
