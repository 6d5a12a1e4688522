package protection

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

var there = wire.Address{Node: "mx", Office: "fgr-tamps"}

func (k *desk) consent(person string) *GiveConsent {
	return &GiveConsent{Case: k.c, Person: person, For: wire.PurposeProsecution, Node: "mx", Categories: []string{CategoryIdentity, CategoryStatement},
		Until: k.Clock.AddDate(0, 3, 0), Told: true, Language: "es"}
}

func (k *desk) may(person, category, purpose string, to wire.Address) (may bool) {
	k.t.Helper()
	k.Read(func(tx *store.Tx) (err error) {
		_, may, err = MayRelease(tx, k.c, person, category, purpose, to, k.Clock)
		return err
	})
	return may
}

// Consent is taken by somebody outside arrest and prosecution, after the
// person was told that saying no changes nothing, and covers what it says.
func TestConsent(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	k.Refused(k.agent, wire.PurposeProtection, "access.not_yours", k.consent(p))
	k.Refused(k.liaison, wire.PurposeProtection, "access.not_yours", k.consent(p))
	// The adviser who took the statement took part in the prosecution too.
	recorder := k.Person("both", "usbp-rgv", access.RoleAdviser, access.RoleProsecutions)
	k.Must(recorder, wire.PurposeProsecution, &casefile.AddStatement{Case: k.c, StatementFields: casefile.StatementFields{Person: p, Kind: "interview", Lang: "es", Text: "Nos encerró.",
		Start: "2026-06-08T10:00", End: "2026-06-08T11:00", Zone: "UTC", Place: "McAllen", Present: []string{"D. Ruiz"}, Rights: "not_required", SameLanguage: true, Recorded: true}})
	k.Refused(recorder, wire.PurposeProtection, "protection.taker_not_apart", k.consent(p))
	for code, change := range map[string]func(*GiveConsent){
		"protection.not_told":          func(c *GiveConsent) { c.Told = false },
		"access.purpose":               func(c *GiveConsent) { c.For = "administration" },
		"protection.recipient_missing": func(c *GiveConsent) { c.Node = "us" },
		"protection.categories":        func(c *GiveConsent) { c.Categories = []string{"immigration_history"} },
		"protection.consent_ends":      func(c *GiveConsent) { c.Until = k.Clock },
		"protection.language_missing":  func(c *GiveConsent) { c.Language = "" },
	} {
		c := k.consent(p)
		change(c)
		k.Refused(k.adviser, wire.PurposeProtection, code, c)
	}
	k.protect(k.adviser, k.consent(p))
	if k.may(p, CategoryIdentity, wire.PurposeProsecution, there) {
		t.Error("released before the person was screened")
	}
	k.screen(p, nil)
	for _, x := range []struct {
		category, purpose string
		to                wire.Address
		want              bool
	}{
		{CategoryIdentity, wire.PurposeProsecution, there, true},
		{CategoryContact, wire.PurposeProsecution, there, false},
		{CategoryIdentity, wire.PurposeProtection, there, false},
		{CategoryIdentity, wire.PurposeProsecution, wire.Address{Node: "gt", Office: "mp"}, false},
	} {
		if got := k.may(p, x.category, x.purpose, x.to); got != x.want {
			t.Errorf("%+v: %v", x, got)
		}
	}
	k.Clock = k.Clock.AddDate(0, 4, 0)
	if k.may(p, CategoryIdentity, wire.PurposeProsecution, there) {
		t.Error("a consent that has ended still covers")
	}
	k.ReplayEqual()
}

// For a child an authority agrees, after the child was heard.
func TestConsentForAChild(t *testing.T) {
	k := newDesk(t)
	p := k.person("smuggled_migrant", "2012-01-01")
	c := k.consent(p)
	k.Refused(k.adviser, wire.PurposeProtection, "protection.child_consent", c)
	c.AgreedBy, c.Authority = "guardian", "Zeferina Barragarza"
	k.Refused(k.adviser, wire.PurposeProtection, "protection.child_consent", c)
	c.ChildHeard = true
	for _, by := range []string{"", "the mother"} {
		c.AgreedBy = by
		k.Refused(k.adviser, wire.PurposeProtection, "protection.child_consent", c)
	}
	c.AgreedBy = "guardian"
	k.protect(k.adviser, c)
	k.nowhereInClear("Zeferina")
	k.ReplayEqual()
}

// unsigned is a consent as it was recorded before consents were signed.
type unsigned struct{ given *GiveConsent }

func (u unsigned) Verb() string { return u.given.Verb() }

func (u unsigned) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	return u.given.Decide(tx, d)
}

// A consent is signed by who takes it; until then no word of its code word is
// kept. One that was recorded before consents were signed covers what it covered
// and is shown as such, after replay too.
func TestConsentIsSigned(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	k.screen(p, nil)
	ctx := context.Background()
	before, err := k.Do(ctx, k.adviser, "", wire.PurposeProtection, unsigned{k.consent(p)})
	if err != nil {
		t.Fatal(err)
	}
	if !k.may(p, CategoryIdentity, wire.PurposeProsecution, there) {
		t.Error("one of before covers nothing any more")
	}
	k.protect(k.adviser, &WithdrawConsent{Consent: before.Object})
	c := k.consent(p)
	c.CodeWord = "Cenzontle Azul"
	if _, err := k.Do(ctx, k.adviser, "", wire.PurposeProtection, c); !refusal.Is(err, "act.needs_signature") {
		t.Errorf("taken without a signature: %v", err)
	}
	shown, err := k.Prepare(ctx, k.adviser, "", wire.PurposeProtection, c)
	if err != nil {
		t.Fatal(err)
	}
	if c.CodeWord != "" || k.may(p, CategoryIdentity, wire.PurposeProsecution, there) {
		t.Error("the code word is kept, or the consent covers before it is signed")
	}
	if _, err := k.Sign(ctx, k.adviser, shown.ID, k.Answer(k.adviser, shown)); err != nil {
		t.Fatal(err)
	}
	if !k.may(p, CategoryIdentity, wire.PurposeProsecution, there) {
		t.Error("a signed consent covers nothing")
	}
	k.ReplayEqual()
	var proofs []string
	for _, x := range k.show(k.adviser, wire.PurposeProtection, p).Consents {
		proofs = append(proofs, x.Proof)
	}
	if !slices.Equal(proofs, []string{"", wire.StrengthStrong}) {
		t.Errorf("shown as signed: %q", proofs)
	}
}

// A withdrawal travels to where something went on the consent, in the alert
// lane, and is acknowledged there.
func TestWithdrawalTravelsAndIsAcknowledged(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	k.screen(p, nil)
	consent := k.protect(k.adviser, k.consent(p)).Object
	const referral = "0190a000-0000-7000-8000-000000000001"
	k.usedBy(consent, referral)
	mx := acttest.New(t, "mx", []func(*journal.Kinds){casefile.Facts, Facts}, Verbs)
	mx.Clock = k.Clock.Add(time.Minute)
	// Whoever holds the case may say so: nobody is sent from desk to desk.
	k.protect(k.agent, &WithdrawConsent{Consent: consent})
	if k.may(p, CategoryIdentity, wire.PurposeProsecution, there) {
		t.Error("a withdrawn consent still covers")
	}
	k.Refused(k.adviser, wire.PurposeProtection, "protection.withdrawn_already", &WithdrawConsent{Consent: consent})
	if len(k.Out) != 1 || k.Out[0].Lane != wire.LaneAlert || k.Out[0].Peer != "mx" {
		t.Fatalf("sent: %+v", k.Out)
	}
	k.Read(func(tx *store.Tx) error {
		all, err := Withdrawals(tx, referral)
		if err == nil && (len(all) != 1 || !all[0].Acknowledged.IsZero()) {
			t.Errorf("%+v", all)
		}
		return err
	})
	if _, code := mx.Deliver("us", k.Out[0].Message); code != "" {
		t.Fatalf("refused: %s", code)
	}
	mp := mx.Person("mp", "fgr-tamps", access.RoleMP)
	other := mx.Person("mp2", "fgr-coah", access.RoleMP)
	mx.Refused(other, wire.PurposeProtection, "access.not_found", &AcknowledgeWithdrawal{Consent: consent, Referral: referral})
	mx.Must(mp, wire.PurposeProtection, &AcknowledgeWithdrawal{Consent: consent, Referral: referral})
	mx.Refused(mp, wire.PurposeProtection, "protection.acknowledged_already", &AcknowledgeWithdrawal{Consent: consent, Referral: referral})
	if _, code := k.Deliver("mx", mx.Out[0].Message); code != "" {
		t.Fatalf("refused: %s", code)
	}
	k.Read(func(tx *store.Tx) error {
		all, err := Withdrawals(tx, referral)
		if err == nil && (len(all) != 1 || all[0].Acknowledged.IsZero()) {
			t.Errorf("%+v", all)
		}
		return err
	})
	// Nobody withdraws another's consent, and nobody acknowledges what was not withdrawn.
	if _, code := k.Deliver("mx", mx.Out[0].Message); code != "" {
		t.Errorf("a repeat is refused: %s", code)
	}
	k.ReplayEqual()
	mx.ReplayEqual()
}

// used says, in tests, that something went on a consent.
type used struct {
	journal.Envelope
	Consent string `json:"consent"`
}

func (used) Kind() string { return "test.used.1" }

func (k *desk) usedBy(consent, referral string) {
	k.t.Helper()
	journal.Register(k.Kinds, func(tx *store.Tx, _ journal.Entry, f used) error { return Used(tx, f.Consent, there, referral) })
	err := k.NodeActs(context.Background(), wire.PurposeProsecution, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		return []journal.Fact{&used{Consent: consent}}, nil
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

// The adviser stops alone; another one lifts, or a court.
func TestStopAndLift(t *testing.T) {
	k := newDesk(t)
	p := k.person("suspect", "1988-02-03")
	k.screen(p, nil)
	k.Refused(k.liaison, wire.PurposeProtection, "access.not_yours", &Stop{Case: k.c, Reason: "r"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.reason_missing", &Stop{Case: k.c})
	stop := k.protect(k.adviser, &Stop{Case: k.c, Person: p, Reason: "threats against the family"}).Object
	k.refusesWith("protection.stopped")
	if k.nameMayGo(p) || !k.barred(p) {
		t.Error("something goes under a stop")
	}
	k.Refused(k.adviser, wire.PurposeProtection, "protection.second_adviser", &LiftStop{Stop: stop})
	k.Refused(k.trainee, wire.PurposeProtection, "access.second_person", &LiftStop{Stop: stop})
	k.Refused(k.agent, wire.PurposeProtection, "access.not_yours", &LiftStop{Stop: stop})
	k.protect(k.adviser2, &LiftStop{Stop: stop})
	k.Refused(k.adviser2, wire.PurposeProtection, "protection.lifted_already", &LiftStop{Stop: stop})
	k.refusesWith("")
	second := k.protect(k.adviser, &Stop{Case: k.c, Reason: "r"}).Object
	for _, part := range []*LiftStop{{Court: "Juzgado Segundo"}, {Court: "Juzgado Segundo", Order: "114/2026"}, {Order: "114/2026", On: "2026-06-08"},
		{Court: "Juzgado Segundo", Order: "114/2026", On: "2026-07-08"}, {Court: "Juzgado Segundo", Order: "114/2026", On: "yesterday"}} {
		part.Stop = second
		k.Refused(k.adviser, wire.PurposeProtection, "protection.court_order", part)
	}
	k.refusesWith("protection.stopped")
	k.protect(k.adviser, &LiftStop{Stop: second, Court: "Juzgado Segundo", Order: "114/2026", On: "2026-06-08"})
	k.refusesWith("")
	k.ReplayEqual()
}

func (k *desk) identity(by access.Actor, person string) (string, error) {
	v, err := ShowIdentity(context.Background(), k.Acts, by, wire.PurposeProsecution, person)
	return v.Identity.Paterno, err
}

func absent(err error) bool { return refusal.Is(err, "access.not_found") }

// An identity is shown to one account, for a reason, for an hour at most.
func TestRevealIsTimeBoxed(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	if _, err := k.identity(k.liaison, p); !absent(err) {
		t.Errorf("seen without an act: %v", err)
	}
	reveal := func(minutes int) *Reveal {
		return &Reveal{Case: k.c, Person: p, Reason: "to call the witness", Minutes: minutes}
	}
	k.Refused(k.liaison, wire.PurposeProsecution, "protection.reason_missing", &Reveal{Case: k.c, Person: p})
	k.Refused(k.liaison, wire.PurposeProsecution, "protection.reveal_too_long", reveal(61))
	k.Refused(k.agent, wire.PurposeProsecution, "access.not_found", reveal(10)) // field agents reveal nobody
	k.Must(k.liaison, wire.PurposeProsecution, reveal(10))
	if name, err := k.identity(k.liaison, p); err != nil || name != "Barragarza" {
		t.Errorf("%q, %v", name, err)
	}
	if _, err := k.identity(k.Person("liaison2", "usbp-rgv", access.RoleProsecutions), p); !absent(err) {
		t.Error("shown to one, seen by another")
	}
	if shown := k.show(k.adviser, wire.PurposeProtection, p).Desk; shown != nil {
		t.Errorf("a desk's file before any screening: %+v", shown)
	}
	k.screen(p, nil)
	if shown := k.show(k.adviser, wire.PurposeProtection, p).Desk.Shown; len(shown) != 1 || shown[0].To != "liaison" {
		t.Errorf("the adviser sees %+v", shown)
	}
	k.Clock = k.Clock.Add(11 * time.Minute)
	if _, err := k.identity(k.liaison, p); !absent(err) {
		t.Error("seen after its time")
	}
	k.protect(k.adviser, &Stop{Case: k.c, Reason: "r"})
	k.Refused(k.liaison, wire.PurposeProsecution, "protection.stopped", reveal(10))
	k.Must(k.liaison, wire.PurposeLifeAtRisk, reveal(10))
	k.ReplayEqual()
}

// A child's identity is shown by two.
func TestChildIsRevealedByTwo(t *testing.T) {
	k := newDesk(t)
	p := k.person("smuggled_migrant", "2012-01-01")
	asked := k.Must(k.liaison, wire.PurposeProsecution, &Reveal{Case: k.c, Person: p, Reason: "family tracing", Minutes: 10}).Object
	if _, err := k.identity(k.liaison, p); !absent(err) {
		t.Error("shown by one")
	}
	under := k.Subordinate(k.liaison, "under", "usbp-rgv", access.RoleProsecutions)
	k.Refused(k.liaison, wire.PurposeProsecution, "protection.second_person", &ApproveReveal{Request: asked})
	_, err := k.Take(under, wire.PurposeProsecution, &ApproveReveal{Request: asked})
	if r, ok := refusal.As(err); !ok || r.Code != "access.second_person" && r.Code != "access.not_found" {
		t.Errorf("a direct subordinate is the second person: %v", err)
	}
	k.Must(k.adviser, wire.PurposeProtection, &ApproveReveal{Request: asked})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.revealed_already", &ApproveReveal{Request: asked})
	if name, err := k.identity(k.liaison, p); err != nil || name != "Barragarza" {
		t.Errorf("%q, %v", name, err)
	}
	if _, err := k.identity(k.adviser, p); !absent(err) {
		t.Error("the second person sees it too")
	}
	k.ReplayEqual()
}
