package protection

import (
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// Whoever may be the second person is shown what waits for them, with who asks,
// for what and why; the first person and those under them are not, nor is
// anybody once it is decided.
func TestWhatWaitsForASecondPerson(t *testing.T) {
	k := newDesk(t)
	child := k.person("smuggled_migrant", "2012-01-01")
	under := k.Subordinate(k.liaison, "under", "usbp-rgv", access.RoleProsecutions)
	ask := func(why string) string {
		k.Clock = k.Clock.Add(time.Second)
		return k.Must(k.liaison, wire.PurposeProsecution, &Reveal{Case: k.c, Person: child, Reason: why, Minutes: 10}).Object
	}
	first, second := ask("family tracing"), ask("a school record")
	waits := func(by access.Actor, purpose string) (ids []string) {
		all, err := ListAsked(t.Context(), k.Acts, by, purpose)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range all {
			ids = append(ids, x.ID)
		}
		return ids
	}
	supervisor, elsewhere := k.Person("supervisor", "usbp-rgv", access.RoleSupervisor), k.Person("elsewhere", "ofo-laredo", access.RoleAdviser)
	for _, by := range []access.Actor{k.liaison, under, k.agent, elsewhere} {
		if ids := waits(by, wire.PurposeProtection); ids != nil {
			t.Errorf("%s is shown %v", by.User, ids)
		}
	}
	both := []string{first, second}
	if !slices.Equal(waits(k.adviser, wire.PurposeProtection), both) || !slices.Equal(waits(supervisor, wire.PurposeProsecution), both) {
		t.Error("those who may decide are not shown what waits")
	}
	all, err := ListAsked(t.Context(), k.Acts, k.adviser, wire.PurposeProtection)
	if err != nil {
		t.Fatal(err)
	}
	if x := all[0]; x.Reason != "family tracing" || x.Purpose != wire.PurposeProsecution || x.Office != "usbp-rgv" || x.By == "" || x.Plant == "" || x.Minutes != 10 {
		t.Errorf("%+v", x)
	}

	k.Refused(k.liaison, wire.PurposeProsecution, "protection.second_person", &RefuseReveal{Request: first, Reason: "mine"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.reason_missing", &RefuseReveal{Request: first})
	k.protect(k.adviser, &RefuseReveal{Request: first, Reason: "an uncle has called already"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.revealed_already", &ApproveReveal{Request: first})
	if _, err := k.identity(k.liaison, child); !absent(err) {
		t.Error("refused, and shown")
	}
	if ids := waits(k.adviser, wire.PurposeProtection); !slices.Equal(ids, []string{second}) {
		t.Errorf("%v waits after the first was refused", ids)
	}
	k.protect(k.adviser2, &Stop{Case: k.c, Reason: "threats"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.stopped", &ApproveReveal{Request: second})
	k.Clock = k.Clock.Add(RevealWaits + time.Second)
	k.Refused(k.adviser, wire.PurposeProtection, "protection.reveal_lapsed", &ApproveReveal{Request: second})
	if ids := waits(k.adviser, wire.PurposeProtection); ids != nil {
		t.Errorf("%v waits a day later", ids)
	}
	k.ReplayEqual()
}

// A consent that another node took back waits for the office it was given to,
// under its clock, until that office has acknowledged it.
func TestAWithdrawnConsentWaitsUnderItsClock(t *testing.T) {
	k := newDesk(t)
	other := k.Person("other", "ofo-laredo", access.RoleProsecutions)
	received := Withdrawal{Consent: "consent", Referral: "referral", From: wire.Address{Node: "mx", Office: "fgr-tamps"}, To: wire.Address{Node: "us", Office: "usbp-rgv"}, At: k.Clock, Fact: "fact"}
	if err := k.DB.Write(t.Context(), received.save); err != nil {
		t.Fatal(err)
	}
	waits := func(by access.Actor) []Unacknowledged {
		all, err := ListUnacknowledged(t.Context(), k.Acts, by, wire.PurposeProtection)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if len(waits(other)) != 0 {
		t.Error("another office is shown it")
	}
	for after, want := range map[time.Duration]program.ClockState{time.Hour: program.OnTrack, 20 * time.Hour: program.DueSoon, 25 * time.Hour: program.Overdue} {
		k.Clock = received.At.Add(after)
		if all := waits(k.liaison); len(all) != 1 || all[0].State != want || !all[0].Due.Equal(received.At.Add(24*time.Hour)) {
			t.Errorf("after %v: %+v", after, all)
		}
	}
	k.protect(k.liaison, &AcknowledgeWithdrawal{Consent: "consent", Referral: "referral"})
	if len(waits(k.liaison)) != 0 {
		t.Error("acknowledged, and still waiting")
	}
}
