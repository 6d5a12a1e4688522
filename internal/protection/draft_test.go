package protection

import (
	"context"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

func (k *desk) keep(by access.Actor, person, note string) error {
	h := Half{Opening: Opening(k.Ring, by.User, k.c, k.Clock), Values: map[string][]string{"note": {note}}}
	return KeepDrafts(context.Background(), k.Acts, by, wire.PurposeProtection, k.c, map[string]Half{person: h})
}

func (k *desk) drafts(by access.Actor) map[string]Half {
	k.t.Helper()
	out, err := Drafts(context.Background(), k.Acts, by, wire.PurposeProtection, k.c)
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

// What was typed of a person is kept for the account alone, in no clear byte,
// until that account screens the person, the person is forgotten, or a week has
// passed; nothing is kept of whom one may not screen, and nothing that comes late.
func TestAHalfFilledScreeningIsKept(t *testing.T) {
	k := newDesk(t)
	one, two, three := k.person("witness", "1990-01-01"), k.person("witness", "1991-01-01"), k.person("witness", "1992-01-01")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []string{one, two, three} {
		must(k.keep(k.adviser, p, "first words"))
		must(k.keep(k.adviser, p, "con un hilo de voz"))
	}
	must(k.keep(k.adviser2, one, "otra asesora"))
	k.nowhereInClear("hilo de voz")
	if got := k.drafts(k.adviser); len(got) != 3 || got[one].Values["note"][0] != "con un hilo de voz" {
		t.Fatalf("kept: %v", got)
	}
	for _, by := range []access.Actor{k.Person("attorney", "usbp-rgv", access.RoleUSAttorney), k.Person("elsewhere", "ofo-laredo", access.RoleAdviser)} {
		if no, _ := refusal.As(k.keep(by, one, "not theirs")); no == nil || no.Code != "access.not_found" {
			t.Errorf("%s, who does not screen here, keeps something: %v", by.User, no)
		}
	}
	before := k.Clock
	k.protect(k.adviser, &Screen{Case: k.c, Person: one, Answers: calm(nil), Language: "es"})
	if got := k.drafts(k.adviser); len(got) != 2 || len(k.drafts(k.adviser2)) != 1 {
		t.Errorf("after the screening: %v", got)
	}
	late := Half{Opening: Opening(k.Ring, k.adviser.User, k.c, before), Values: map[string][]string{"note": {"late"}}}
	must(KeepDrafts(context.Background(), k.Acts, k.adviser, wire.PurposeProtection, k.c, map[string]Half{one: late}))
	if _, kept := k.drafts(k.adviser)[one]; kept {
		t.Error("a draft that came after its screening is kept")
	}
	if no, _ := refusal.As(KeepDrafts(context.Background(), k.Acts, k.adviser2, wire.PurposeProtection, k.c, map[string]Half{two: late})); no == nil || no.Code != "protection.opening_unknown" {
		t.Errorf("an opening that was given to somebody else: %v", no)
	}

	casefile.AnswerReferrals(func(*store.Tx, casefile.Case) ([]string, bool, error) { return nil, false, nil })
	order := k.Must(k.Person("super", "usbp-rgv", access.RoleSupervisor), wire.PurposeOversight, &casefile.Expunge{Person: two, Ground: "erasure_granted", Order: "3/2026"}).Object
	k.Must(k.adviser, wire.PurposeOversight, &casefile.ConfirmExpunge{Order: order})
	if _, kept := k.drafts(k.adviser)[two]; kept {
		t.Error("what was typed of a forgotten person is kept")
	}
	if err := k.keep(k.adviser, two, "again"); err == nil {
		t.Error("something is kept of a forgotten person")
	}
	k.Clock = k.Clock.Add(DraftLife - time.Minute)
	must(SweepDrafts(context.Background(), k.DB, k.Clock))
	if _, kept := k.drafts(k.adviser)[three]; !kept {
		t.Error("dropped before its time")
	}
	k.Clock = k.Clock.Add(2 * time.Minute)
	if len(k.drafts(k.adviser)) > 0 {
		t.Error("offered after its time")
	}
	must(SweepDrafts(context.Background(), k.DB, k.Clock))
	left := 0
	k.Read(func(tx *store.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM screening_draft`).Scan(&left) })
	if left > 0 {
		t.Errorf("%d drafts stand after their time", left)
	}
	k.ReplayEqual()
}
