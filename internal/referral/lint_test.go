package referral

import (
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// TestAnAccordIsALimit: under an accord that lets no identity go, a version that
// has one is refused with the accord and the tier; the lint of it says so before
// anybody signs (R13).
func TestAnAccordIsALimit(t *testing.T) {
	w := newWorld(t)
	f := w.theFile()
	w.screen(f)
	w.protects(w.adviser, &protection.GiveConsent{Case: f.id, Person: f.witness, For: wire.PurposeProsecution, Node: "mx", Categories: []string{protection.CategoryIdentity},
		Until: w.us.Clock.AddDate(0, 3, 0), Told: true, Language: "es"})
	id := w.approved(f)
	text := accordText(t, "houston-narrow", "2008-08-14", []adopted{{"mx-accusatory-2016", "2016-06-18", ""}})
	narrow := strings.Replace(text, `"notice","analysis","released"`, `"notice","analysis"`, 1)
	if narrow == text {
		t.Fatal("the accord is not narrower")
	}
	a := w.us.Must(w.us.Person("c1", "cbp-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Propose{Document: narrow}).Object
	r := w.load(w.us, id)
	w.us.Read(func(tx *store.Tx) error {
		v, _, err := packet.Latest(tx, r.Packet)
		if err != nil {
			return err
		}
		if err := r.releasable(tx, v); err != nil {
			t.Errorf("under its own accord: %v", err)
		}
		r.Accord = a
		err = r.releasable(tx, v)
		if no, ok := refusal.As(err); !ok || no.Code != "referral.over_release" || no.Params["Tier"] != wire.TierReleased {
			t.Errorf("under the narrower one: %v", err)
		}
		l, err := r.lint(tx, w.us.Ring, v, w.us.Clock)
		if err == nil && (len(l.Over) != 1 || l.Over[0] != wire.TierReleased) {
			t.Errorf("the lint: %v", l.Over)
		}
		return err
	})
}

// TestCounselClears: a packet that waits for counsel is approved by nobody until
// a prosecutor of the sending side clears it; the drafter and the other side
// cannot.
//
// Law: 15.
func TestCounselClears(t *testing.T) {
	w := newWorld(t)
	f := w.theFile()
	w.screen(f)
	id := w.drafted(f)
	c := compose(id)
	c.NoneKnown, c.SecretBenefit = false, true
	w.us.Must(w.agent, wire.PurposeProsecution, c)
	w.refused(w.us, w.super, "packet.waits_for_counsel", &Approve{Referral: id})
	w.refused(w.us, w.agent, "access.second_person", &Clear{Referral: id})
	w.us.Must(w.attorney, wire.PurposeProsecution, &Clear{Referral: id})
	w.refused(w.us, w.attorney, "packet.counsel_not_asked", &Clear{Referral: id})
	w.us.Must(w.super, wire.PurposeProsecution, &Approve{Referral: id})
	w.do(w.agent, &Send{Referral: id})
	for _, m := range w.us.Out {
		if b := string(m.Message.Bytes()); strings.Contains(b, "counsel") || strings.Contains(b, "secret") || strings.Contains(b, "cleared") {
			t.Errorf("%s tells of it: %s", m.Message.Act.Kind, b)
		}
	}
	w.us.ReplayEqual()
}
