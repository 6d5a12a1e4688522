package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// file is one case of the demo as its driver remembers it: ids, never names.
type file struct {
	w        *World
	n, seed  int // its number, and whose people are in it
	way      corridor
	from, to string // nodes
	plot     plot

	id, referral                      string
	suspect, witness, statement, paid string
	consent, alert, photo, asking     string
	helps                             string // the consent that names a service
	reception, notice, order, opened  string // opened: when the screening form was given, in the node's word
	scene                             int
}

// cast is who acts in a case, by what they do in it.
type cast struct {
	drafts, approves, declines, screens string // on the sending node
	answers, accepts, receives, gives   string
}

func (f *file) cast() cast {
	if f.from == "us" {
		return cast{drafts: "prosecutions." + f.way.us, approves: "supervisor." + f.way.us, declines: "us_attorney." + f.way.usao, screens: "adviser." + f.way.usao,
			answers: "mp." + f.way.mx, accepts: "mp." + f.way.mx, gives: "field_agent." + f.way.us, receives: "inm." + f.way.inm}
	}
	return cast{drafts: "mp." + f.way.mx, approves: "supervisor." + f.way.mx, declines: "mp2." + f.way.mx, screens: "adviser." + f.way.ceav,
		answers: "prosecutions." + f.way.us, accepts: "us_attorney." + f.way.usao, gives: "mp." + f.way.mx, receives: "field_agent." + f.way.us}
}

// do takes an act on a node and gives the id of what it made.
func (f *file) do(ctx context.Context, node, login, purpose, verb string, cmd map[string]any) (string, error) {
	c, err := f.w.as(ctx, node, login, purpose)
	if err != nil {
		return "", err
	}
	done, err := c.Take(ctx, verb, "", cmd)
	if err != nil {
		return "", fmt.Errorf("case %d (%s), %s by %s: %w", f.n, f.plot.name, verb, login, err)
	}
	f.w.deeds.note(verb, cmd)
	return done.Object, nil
}

// here is do by the sending side's drafter, for prosecution.
func (f *file) here(ctx context.Context, verb string, cmd map[string]any) (string, error) {
	return f.do(ctx, f.from, f.cast().drafts, wire.PurposeProsecution, verb, cmd)
}

// step takes a step of the referral on the sending side.
func (f *file) step(ctx context.Context, login, verb string, cmd map[string]any) error {
	return f.onReferral(ctx, f.from, login, verb, cmd)
}

// there takes a step of the referral on the receiving side.
func (f *file) there(ctx context.Context, login, verb string, cmd map[string]any) error {
	return f.onReferral(ctx, f.to, login, verb, cmd)
}

func (f *file) onReferral(ctx context.Context, node, login, verb string, cmd map[string]any) error {
	all := map[string]any{"referral": f.referral}
	for k, v := range cmd {
		all[k] = v
	}
	purpose := wire.PurposeProsecution
	if role := login[:3]; role == "inm" {
		purpose = wire.PurposeProtection
	}
	_, err := f.do(ctx, node, login, purpose, verb, all)
	return err
}

func local(t time.Time) string { return t.UTC().Format("2006-01-02T15:04") }

// open makes the case: event, a guide, someone who was smuggled and states,
// the fee, the offence with what shows its elements.
func (f *file) open(ctx context.Context) (err error) {
	at, set := f.w.now.Add(-time.Duration(20+f.n%30)*time.Hour), f.way.setting(f.n)
	if f.id, err = f.here(ctx, "case.open", map[string]any{"title": f.title(set)}); err != nil {
		return err
	}
	partner := f.way.usao
	if f.from == "mx" {
		partner = f.way.ceav
	}
	if _, err = f.here(ctx, "case.add_member", map[string]any{"case": f.id, "office": partner}); err != nil {
		return err
	}
	if _, err = f.here(ctx, "case.add_event", map[string]any{"case": f.id, "when": local(at), "zone": "UTC", "mode": set.mode, "place": set.place, "place_name": set.name,
		"group_size": set.group, "fee_cents": fee(f.n), "currency": "USD", "hazards": set.hazards, "acts": []string{"guiding=" + set.mxPlace, "crossing=" + set.place},
		"narrative": f.narrative(set), "narrative_lang": langOf[f.from]}); err != nil {
		return err
	}
	if err = f.people(ctx, at); err != nil {
		return err
	}
	return f.evidence(ctx, at)
}

var langOf = map[string]string{"us": "en", "mx": "es"}

func (f *file) title(s setting) string {
	if f.from == "mx" {
		return fmt.Sprintf("%s, grupo de %d", s.name, s.group)
	}
	return fmt.Sprintf("%s, group of %d", s.name, s.group)
}

func (f *file) narrative(s setting) string {
	if f.from == "mx" {
		return fmt.Sprintf("Un guía condujo a %d personas hacia %s a cambio de dinero.", s.group, s.name)
	}
	return fmt.Sprintf("A guide led %d people to %s for money.", s.group, s.name)
}

func (f *file) people(ctx context.Context, at time.Time) (err error) {
	given, paterno, materno := somebody(f.seed + f.n*2)
	if f.suspect, err = f.here(ctx, "case.add_person", map[string]any{"case": f.id, "given": given, "paterno": paterno, "materno": materno, "birth": born(f.n, at),
		"nationalities": []string{map[string]string{"us": "MX", "mx": "US"}[f.from]}, "role": "suspect", "function": []string{"guide", "driver", "caretaker"}[f.n%3], "source": "observation"}); err != nil {
		return err
	}
	given, paterno, materno = somebody(f.seed + f.n*2 + 1)
	f.witness, err = f.here(ctx, "case.add_person", map[string]any{"case": f.id, "given": given, "paterno": paterno, "materno": materno, "birth": born(f.n+7, at),
		"nationalities": []string{[]string{"MX", "GT", "HN"}[f.n%3]}, "languages": []string{"es"}, "role": []string{"smuggled_migrant", "victim", "witness"}[f.n%3], "source": "observation"})
	return err
}

func (f *file) evidence(ctx context.Context, at time.Time) (err error) {
	spoken, language := "El guía nos cobró y nos dejó esperando de noche.", "es"
	if f.statement, err = f.here(ctx, "case.add_statement", map[string]any{"case": f.id, "person": f.witness, "kind": "sworn", "lang": language, "text": spoken,
		"start": local(at.Add(6 * time.Hour)), "end": local(at.Add(7 * time.Hour)), "zone": "UTC", "place": "Interview room 2", "present": []string{"Interviewing officer"}, "rights": "read",
		"same_language": true, "recorded": true, "willing": true, "identifies": []string{f.suspect}}); err != nil {
		return err
	}
	if f.to == "us" {
		if _, err = f.here(ctx, "case.add_translation", map[string]any{"statement": f.statement, "lang": "en", "text": "The guide charged us and left us waiting at night.",
			"translator": "Tamsin Wexcombe", "certified": true}); err != nil {
			return err
		}
	}
	if f.paid, err = f.here(ctx, "case.add_property", map[string]any{"case": f.id, "holder": f.suspect, "kind": "money", "description": "Notes in a bag", "amount_cents": fee(f.n), "currency": "USD"}); err != nil {
		return err
	}
	offence, elements := "mx-lm-159-i", []string{"smuggling_purpose=" + f.statement, "led_abroad=" + f.statement, "profit=" + f.paid}
	if f.from == "mx" {
		offence, elements = "us-1324-a2", f.elementsOf("us-1324-a2")
	}
	_, err = f.here(ctx, "case.add_charge", map[string]any{"case": f.id, "person": f.suspect, "offence": offence, "facts": at.UTC().Format(time.DateOnly), "jurisdiction": "territorial", "elements": elements})
	return err
}

// formGiven: the desk opens the screening form for the people of the case.
func (f *file) formGiven(ctx context.Context) error {
	c, err := f.w.as(ctx, f.from, f.cast().screens, wire.PurposeProtection)
	if err != nil {
		return err
	}
	var form struct {
		Opening string `json:"opening"`
	}
	err = c.Get(ctx, "programme/screening-form?case="+f.id, &form)
	f.opened = form.Opening
	return err
}

// screen asks everybody of the case; nothing shuts a gate unless the plot says so.
func (f *file) screen(ctx context.Context, change map[string]string, people ...string) error {
	for _, p := range people {
		answers := quiet()
		for k, v := range change {
			answers[k] = v
		}
		if _, err := f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "protection.screen", map[string]any{"case": f.id, "person": p, "answers": answers, "language": "es", "opening": f.opened}); err != nil {
			return err
		}
	}
	return nil
}

// quiet are answers about somebody of whom nothing shuts a gate.
func quiet() map[string]string { return protection.CurrentForm().Calm() }

// draft begins the referral.
func (f *file) draft(ctx context.Context) (err error) {
	office := f.way.mx
	if f.to == "us" {
		office = f.way.us
	}
	f.referral, err = f.here(ctx, "referral.draft", map[string]any{"case": f.id, "node": f.to, "office": office})
	return err
}

// compose freezes the packet.
func (f *file) compose(ctx context.Context) error {
	set := f.way.setting(f.n)
	text, other := fmt.Sprintf("A guide led %d people to %s for money.", set.group, set.name), fmt.Sprintf("Un guía condujo a %d personas hacia %s a cambio de dinero.", set.group, set.name)
	lang, in := "en", "es"
	if f.from == "mx" {
		text, other, lang, in = other, text, in, lang
	}
	declared := map[string]string{"consular": "Told of the right; answer recorded.", "rights": "Read in Spanish."}
	return f.step(ctx, f.cast().drafts, "referral.compose", map[string]any{"facts": map[string]string{"lang": lang, "text": text, "translation_lang": in, "translation": other, "translator": "Tamsin Wexcombe"},
		"none_known": true, "declared": declared})
}

// itemToAsk reads the packet on the receiving side and finds what a request
// can serve.
func (f *file) itemToAsk(ctx context.Context) (item, element string, err error) {
	c, err := f.w.as(ctx, f.to, f.cast().answers, wire.PurposeProsecution)
	if err != nil {
		return "", "", err
	}
	var shown struct {
		Elements []struct {
			ID string `json:"id"`
		} `json:"elements"`
		Versions []struct {
			Sections []struct {
				Name  string `json:"name"`
				Items []struct {
					ID string `json:"id"`
				} `json:"items"`
			} `json:"sections"`
		} `json:"versions"`
	}
	if err := c.Get(ctx, "referrals/"+f.referral, &shown); err != nil {
		return "", "", err
	}
	for _, v := range shown.Versions {
		for _, s := range v.Sections {
			if s.Name == wire.SectionStatements && len(s.Items) > 0 {
				item = s.Items[0].ID
			}
		}
	}
	if len(shown.Elements) > 0 {
		element = shown.Elements[0].ID
	}
	if item == "" || element == "" {
		b, _ := json.Marshal(shown) //nolint:errcheck // for the message only
		return "", "", fmt.Errorf("case %d: nothing to ask about: %d bytes", f.n, len(b))
	}
	return item, element, nil
}
