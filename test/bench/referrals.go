package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/wire"
)

// refer opens n cases and sends each as a referral, through every act that it
// takes: people, statement, charge, screening, checklist, packet, approval.
func refer(ctx context.Context, us *here, n int) ([]string, error) {
	ids, errs := make([]string, n), make([]error, 16)
	work := make(chan int)
	var hands sync.WaitGroup
	for w := range errs {
		hands.Go(func() {
			for i := range work {
				if errs[w] == nil {
					ids[i], errs[w] = referOne(ctx, us)
				}
			}
		})
	}
	for i := range ids {
		work <- i
	}
	close(work)
	hands.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("referral: %w", err)
		}
	}
	return ids, nil
}

// drafter is who drafts, sends and keeps the referrals.
func (h *here) drafter() access.Actor { return h.person("agent", "usbp-rgv", access.RoleProsecutions) }

func referOne(ctx context.Context, us *here) (id string, err error) {
	agent, super := us.drafter(), us.person("super", "usbp-rgv", access.RoleSupervisor)
	attorney, adviser := us.person("attorney", "usao-sdtx", access.RoleUSAttorney), us.person("adviser", "usbp-rgv", access.RoleAdviser)
	do := func(by access.Actor, purpose string, cmd act.Command) (made string) {
		if err == nil {
			made, err = us.take(ctx, by, purpose, cmd)
		}
		return made
	}
	pros := wire.PurposeProsecution
	facts := time.Now().UTC().Add(-40 * time.Hour)
	at := func(hours int) string { return facts.Add(time.Duration(hours) * time.Hour).Format("2006-01-02T15:04") }

	c := do(agent, pros, &casefile.Open{Title: "Anzalduas, seven on foot"})
	do(agent, pros, &casefile.AddMember{Case: c, Office: "usao-sdtx"})
	do(agent, pros, &casefile.AddEvent{Case: c, EventFields: casefile.EventFields{When: at(0), Zone: "UTC", Mode: "foot_between_ports", Place: "usbp:RGV",
		PlaceName: "Anzalduas", Group: 7, Acts: []string{"guiding=inegi:28", "crossing=usbp:RGV"}, Narrative: "A guide led seven people.", Lang: "en"}})
	suspect := do(agent, pros, &casefile.AddPerson{Case: c, Particulars: casefile.Particulars{Given: "Rutilio", Paterno: "Barragarza", Birth: "1988-02-03",
		Nationalities: []string{"MX"}}, RoleFields: casefile.RoleFields{Role: "suspect", Function: "guide", Source: "observation"}})
	witness := do(agent, pros, &casefile.AddPerson{Case: c, Particulars: casefile.Particulars{Given: "Eloína", Paterno: "Palomarín", Birth: "1999-05-05",
		Nationalities: []string{"MX"}}, RoleFields: casefile.RoleFields{Role: "smuggled_migrant", Source: "observation"}})
	statement := do(agent, pros, &casefile.AddStatement{Case: c, StatementFields: casefile.StatementFields{Person: witness, Kind: "sworn", Lang: "es",
		Text: "El guía nos cobró 900 dólares.", Start: at(10), End: at(11), Zone: "UTC", Place: "McAllen station", Present: []string{"D. Ruiz, agent"},
		Rights: "read", SameLanguage: true, Recorded: true, Willing: true, Identifies: []string{suspect}}})
	fee := do(agent, pros, &casefile.AddProperty{Case: c, PropertyFields: casefile.PropertyFields{Holder: suspect, Kind: "money", Description: "Notes in a bag",
		AmountCents: 90000, Currency: "USD"}})
	do(agent, pros, &casefile.AddCharge{Case: c, ChargeFields: casefile.ChargeFields{Person: suspect, Offence: "mx-lm-159-i", Facts: facts.Format(time.DateOnly),
		Jurisdiction: "territorial", Elements: []string{"smuggling_purpose=" + statement, "led_abroad=" + statement, "profit=" + fee}}})
	for _, p := range []string{suspect, witness} {
		do(adviser, wire.PurposeProtection, &protection.Screen{Case: c, Person: p, Answers: calm(), Language: "es"})
	}
	id = do(agent, pros, &referral.Draft{Case: c, Node: "mx", Office: "fgr-tamps"})
	do(agent, pros, &referral.TakeStep{Referral: id, Step: "screen_eligible"})
	do(agent, pros, &referral.TakeStep{Referral: id, Step: "present"})
	do(attorney, pros, &casefile.RecordDecision{Case: c, Decision: "declined", Reasons: []string{"small_group"}})
	do(attorney, pros, &referral.SignStep{Referral: id, Step: "us_decline", Reason: "small_group_resources"})
	do(agent, pros, &referral.Compose{Referral: id, Facts: packet.Words{Lang: "en", Text: "A guide led seven people across the river for money.", InLang: "es",
		Translated: "Un guía condujo a siete personas por el río a cambio de dinero.", Translator: "E. Marlow"}, NoneKnown: true,
		Declared: map[string]string{"consular": "Told of the right; declined."}})
	do(super, pros, &referral.Approve{Referral: id})
	do(agent, pros, &referral.Send{Referral: id})
	return id, err
}

// calm are the answers of a person about whom nothing shuts a gate.
func calm() map[string]string { return protection.CurrentForm().Calm() }
