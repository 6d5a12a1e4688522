package protection

import (
	"context"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

const shelter = "Casa Tzilacatzin"

// victim records somebody with more than the standard has names for.
func (k *desk) victim(birth string) string {
	k.t.Helper()
	return k.record(&casefile.AddPerson{Case: k.c, Particulars: casefile.Particulars{Given: "Xochiquetzalli", Paterno: "Barragarza", Materno: "Tlahuizcal", Birth: birth, Sex: "f",
		Nationalities: []string{"GT", "MX"}, Identifiers: []string{"a_number=A123456789", "consular=GT-55812"}, Contact: []string{"+52 868 555 0144", "at her aunt’s"}}, RoleFields: casefile.RoleFields{Role: "victim", Source: "observation"}})
}

func (k *desk) toService(person string, categories ...string) *GiveConsent {
	return &GiveConsent{Case: k.c, Person: person, For: wire.PurposeProtection, Service: "shelter", ServiceName: shelter, Categories: categories,
		Until: k.Clock.AddDate(0, 3, 0), Told: true, Language: "es"}
}

func (k *desk) release(person, consent string) *ReleaseHTCDS {
	return &ReleaseHTCDS{Case: k.c, Person: person, Consent: consent, Service: "casa  tzilacatzin", Reason: "A bed from tonight on"}
}

// fetch is a released file as columns and their values.
func (k *desk) fetch(by access.Actor, fact string) (map[string]string, error) {
	k.t.Helper()
	f, err := ShowReleased(context.Background(), k.Acts, by, wire.PurposeProtection, fact)
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(strings.NewReader(f.Content)).ReadAll()
	if err != nil || len(lines) != 2 {
		k.t.Fatalf("the file has %d lines: %v", len(lines), err)
	}
	out := map[string]string{}
	for i, name := range lines[0] {
		out[name] = lines[1][i]
	}
	return out, nil
}

// A consent names a receiving service of the list, by kind and name, for
// protection alone; which one it is stays with the desk, and it opens no door
// to the other country.
func TestAConsentNamesAReceivingService(t *testing.T) {
	k := newDesk(t)
	p := k.victim("1999-05-05")
	for code, change := range map[string]func(*GiveConsent){
		"protection.recipient_one":   func(c *GiveConsent) { c.Node = "mx" },
		"protection.service_unknown": func(c *GiveConsent) { c.Service = "fear_heard_mx" },
		"protection.service_missing": func(c *GiveConsent) { c.ServiceName = " " },
		"protection.service_purpose": func(c *GiveConsent) { c.For = wire.PurposeProsecution },
	} {
		c := k.toService(p, CategoryIdentity)
		change(c)
		k.Refused(k.adviser, wire.PurposeProtection, code, c)
	}
	k.protect(k.adviser, k.toService(p, CategoryIdentity))
	k.screen(p, nil)
	if k.may(p, CategoryIdentity, wire.PurposeProtection, wire.Address{}) || k.may(p, CategoryIdentity, wire.PurposeProtection, there) {
		t.Error("a consent for a service lets something cross")
	}
	if c := k.show(k.adviser, wire.PurposeProtection, p).Consents; len(c) != 1 || c[0].Receiver == nil || *c[0].Receiver != (Receiver{"shelter", shelter}) {
		t.Errorf("the desk sees %+v", c)
	}
	if c := k.show(k.liaison, wire.PurposeProsecution, p).Consents; len(c) != 0 {
		t.Errorf("prosecution sees %+v", c)
	}
	k.nowhereInClear(shelter)
	k.nowhereInClear(`"shelter"`)
	k.ReplayEqual()
}

// What was consented to leaves under the names of the standard, for whoever
// signed, for an hour; what was not is left out and counted.
func TestAVictimsFileIsReleased(t *testing.T) {
	k := newDesk(t)
	p := k.victim("1999-05-05")
	consent := k.protect(k.adviser, k.toService(p, CategoryIdentity, CategoryStatement)).Object
	done := k.protect(k.adviser, k.release(p, consent))
	file, err := k.fetch(k.adviser, done.Facts[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"prs_FirstName": "Xochiquetzalli", "prs_SecondName": "Barragarza Tlahuizcal", "prs_Birthdate": "1999-05-05", "prs_Gender": "Feminine",
		"prs_Citizenship": "GT", "prs_IdentityNumber": "GT-55812", "prs_MobilePhone": "", "vic_TraffickingStatus": "PossibleVictimOfTrafficking", "cas_ReferringOrganisation": "usbp-rgv"} {
		if file[name] != want {
			t.Errorf("%s is %q, want %q", name, file[name], want)
		}
	}
	for _, marked := range []string{done.Object, "usbp-rgv", shelter} {
		if !strings.Contains(file["oasiss_mark"], marked) {
			t.Errorf("the mark %q lacks %s", file["oasiss_mark"], marked)
		}
	}
	r := k.show(k.adviser, wire.PurposeProtection, p).Consents[0].Releases
	if len(r) != 1 || r[0].LeftOut != 4 || !slices.Equal(r[0].Categories, []string{CategoryIdentity}) { // the second nationality, the number of enforcement, telephone and whereabouts
		t.Errorf("on record: %+v", r)
	}
	both := k.protect(k.adviser, k.toService(p, CategoryIdentity, CategoryContact)).Object
	only := k.release(p, both)
	only.Categories = []string{CategoryContact}
	if file, err = k.fetch(k.adviser, k.protect(k.adviser, only).Facts[0]); err != nil || file["prs_MobilePhone"] != "528685550144" || file["prs_FirstName"] != "" || file["prs_Citizenship"] != "" {
		t.Errorf("only how to reach her: %v %v", file, err)
	}
	for _, by := range []access.Actor{k.adviser2, k.liaison, k.agent} {
		if _, err := k.fetch(by, done.Facts[0]); !refusal.Is(err, "access.not_found") {
			t.Errorf("%s: %v", by.User, err)
		}
	}
	brief := k.toService(p, CategoryIdentity)
	brief.Until = k.Clock.Add(30 * time.Minute)
	last := k.protect(k.adviser, k.release(p, k.protect(k.adviser, brief).Object))
	k.Clock = k.Clock.Add(40 * time.Minute)
	if _, err := k.fetch(k.adviser, last.Facts[0]); !refusal.Is(err, "protection.consent_over") {
		t.Errorf("after the consent: %v", err)
	}
	k.Clock = k.Clock.Add(21 * time.Minute)
	if _, err := k.fetch(k.adviser, done.Facts[0]); !refusal.Is(err, "export.over") {
		t.Errorf("after an hour: %v", err)
	}
	for _, clear := range []string{"Xochiquetzalli", "Tlahuizcal", "868 555 0144", "528685550144", shelter, "A bed from tonight"} {
		k.nowhereInClear(clear)
	}
	if len(k.Out) != 0 {
		t.Errorf("something crossed: %+v", k.Out)
	}
	k.ReplayEqual()
}

// Nothing leaves but on a consent in force of that person for that service, by
// somebody apart from prosecution.
func TestAReleaseIsRefused(t *testing.T) {
	k := newDesk(t)
	p, other, witness := k.victim("1999-05-05"), k.victim("1998-01-01"), k.person("witness", "1990-01-01")
	identity := k.protect(k.adviser, k.toService(p, CategoryIdentity)).Object
	medical := k.protect(k.adviser, k.toService(p, CategoryMedical)).Object
	abroad := k.protect(k.adviser, k.consent(p)).Object
	others := k.protect(k.adviser, k.toService(other, CategoryIdentity)).Object
	witnesses := k.protect(k.adviser, k.toService(witness, CategoryIdentity)).Object
	back := k.protect(k.adviser, k.toService(p, CategoryIdentity)).Object
	k.protect(k.agent, &WithdrawConsent{Consent: back})
	for _, x := range []struct {
		what, code string
		change     func(*ReleaseHTCDS)
	}{
		{"no consent", "protection.no_consent", func(c *ReleaseHTCDS) { c.Consent = "" }},
		{"another person's", "protection.no_consent", func(c *ReleaseHTCDS) { c.Consent = others }},
		{"for a node", "protection.no_consent", func(c *ReleaseHTCDS) { c.Consent = abroad }},
		{"withdrawn", "protection.consent_withdrawn", func(c *ReleaseHTCDS) { c.Consent = back }},
		{"another service", "protection.another_service", func(c *ReleaseHTCDS) { c.Service = "Casa Otra" }},
		{"no service", "protection.another_service", func(c *ReleaseHTCDS) { c.Service = "" }},
		{"a category too many", "protection.category_not_consented", func(c *ReleaseHTCDS) { c.Categories = []string{CategoryIdentity, CategoryContact} }},
		{"nothing of the standard", "protection.category_not_consented", func(c *ReleaseHTCDS) { c.Consent = medical }},
		{"no reason", "protection.reason_missing", func(c *ReleaseHTCDS) { c.Reason = " " }},
		{"no victim", "protection.not_a_victim", func(c *ReleaseHTCDS) { c.Person, c.Consent = witness, witnesses }},
	} {
		c := k.release(p, identity)
		x.change(c)
		t.Run(x.what, func(*testing.T) { k.Refused(k.adviser, wire.PurposeProtection, x.code, c) })
	}
	k.Refused(k.adviser, wire.PurposeLifeAtRisk, "protection.service_purpose", k.release(p, identity))
	k.Refused(k.agent, wire.PurposeProtection, "access.not_yours", k.release(p, identity))
	k.Refused(k.liaison, wire.PurposeProtection, "access.not_yours", k.release(p, identity))
	both := k.Person("both", "usbp-rgv", access.RoleAdviser, access.RoleProsecutions)
	k.Must(both, wire.PurposeProsecution, &casefile.AddStatement{Case: k.c, StatementFields: casefile.StatementFields{Person: p, Kind: "interview", Lang: "es", Text: "Nos encerró.",
		Start: "2026-06-08T10:00", End: "2026-06-08T11:00", Zone: "UTC", Place: "McAllen", Present: []string{"D. Ruiz"}, Rights: "not_required", SameLanguage: true, Recorded: true}})
	k.Refused(both, wire.PurposeProtection, "protection.releaser_not_apart", k.release(p, identity))

	// A person whom the record takes for a child by now: the authority has not agreed.
	k.record(&casefile.CorrectPerson{Person: other, Particulars: casefile.Particulars{Given: "Xochiquetzalli", Birth: "2012-01-01"}, Reason: "new_information"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.child_consent", k.release(other, others))
	child := k.toService(other, CategoryIdentity)
	child.AgreedBy, child.Authority, child.ChildHeard = "child_protection", "Procuraduría", true
	k.protect(k.adviser, k.release(other, k.protect(k.adviser, child).Object))

	fetched := k.protect(k.adviser, k.release(p, identity))
	stop := k.protect(k.adviser, &Stop{Case: k.c, Reason: "He is outside"}).Object
	k.Refused(k.adviser, wire.PurposeProtection, "protection.stopped", k.release(p, identity))
	if _, err := k.fetch(k.adviser, fetched.Facts[0]); !refusal.Is(err, "protection.stopped") {
		t.Errorf("fetched under a stop: %v", err)
	}
	k.protect(k.adviser2, &LiftStop{Stop: stop})
	k.Clock = k.Clock.AddDate(0, 4, 0)
	k.Refused(k.adviser, wire.PurposeProtection, "protection.consent_over", k.release(p, identity))
	k.ReplayEqual()
}

// Taken back, a consent lets nothing more leave, not even what was released and
// not yet fetched; the service has no node, so that the adviser is to tell it.
func TestAServiceIsToldOfAWithdrawal(t *testing.T) {
	k := newDesk(t)
	p := k.victim("1999-05-05")
	consent := k.protect(k.adviser, k.toService(p, CategoryIdentity)).Object
	tell := &TellService{Consent: consent, Note: "Sra. Huitzilihuitl, by telephone: shredded"}
	k.Refused(k.adviser, wire.PurposeProtection, "protection.nothing_to_tell", tell)
	done := k.protect(k.adviser, k.release(p, consent))
	k.Refused(k.adviser, wire.PurposeProtection, "protection.nothing_to_tell", tell)
	k.protect(k.agent, &WithdrawConsent{Consent: consent})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.consent_withdrawn", k.release(p, consent))
	if _, err := k.fetch(k.adviser, done.Facts[0]); !refusal.Is(err, "protection.consent_withdrawn") {
		t.Errorf("fetched after the withdrawal: %v", err)
	}
	task := func() *Tell { return k.show(k.adviser, wire.PurposeProtection, p).Consents[0].Tell }
	waits := func(by access.Actor) int {
		t.Helper()
		all, err := ListToTell(context.Background(), k.Acts, by, wire.PurposeProtection)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range all {
			if x.Consent != consent || x.Plant == "" || x.Receiver == nil || x.Receiver.Name != shelter || x.Due.IsZero() {
				t.Errorf("who is to be told: %+v", x)
			}
		}
		return len(all)
	}
	if n := waits(k.adviser); n != 1 {
		t.Errorf("%d services wait for the adviser, want 1", n)
	}
	for _, by := range []access.Actor{k.agent, k.liaison, k.Person("far", "ofo-laredo", access.RoleAdviser)} {
		if n := waits(by); n != 0 {
			t.Errorf("%s is told of %d services", by.User, n)
		}
	}
	if x := task(); x == nil || !x.Done.IsZero() || x.State == program.Overdue {
		t.Errorf("the task: %+v", x)
	}
	k.Clock = k.Clock.AddDate(0, 1, 0)
	if x := task(); x.State != program.Overdue {
		t.Errorf("a month later: %+v", x)
	}
	k.Refused(k.agent, wire.PurposeProtection, "access.not_yours", tell)
	k.Refused(k.adviser, wire.PurposeProtection, "protection.telling_missing", &TellService{Consent: consent})
	k.protect(k.adviser, tell)
	k.Refused(k.adviser, wire.PurposeProtection, "protection.service_told_already", tell)
	if n := waits(k.adviser); n != 0 {
		t.Errorf("%d services wait, and it was told", n)
	}
	if x := task(); x.Done.IsZero() {
		t.Errorf("told: %+v", x)
	}
	k.nowhereInClear("Huitzilihuitl")
	k.ReplayEqual()
}
