package packet

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// everything are the tiers of an accord that lets all go.
var everything = []string{wire.TierNotice, wire.TierAnalysis, wire.TierReleased}

// lint looks the latest version over, some hours later.
func (w *world) lint(release []string, later time.Duration) (l *Lint) {
	w.t.Helper()
	w.here.Read(func(tx *store.Tx) error {
		v, _, err := Latest(tx, packetID)
		if err == nil {
			l, err = LintOf(tx, w.here.Ring, v, release, w.here.Clock.Add(later))
		}
		return err
	})
	return l
}

// TestLintFindsEach: each thing that whoever signs should look at is found when
// it is so, and not before.
func TestLintFindsEach(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	l := w.lint(everything, 0)
	if l.Version != 1 || l.Changed != 0 || len(l.Over) != 0 || len(l.Consents) != 0 || len(l.Marked) != 0 || l.Counsel || !l.NoneKnown {
		t.Errorf("of a plain version: %+v", l)
	}
	if len(l.Disclosed) != 1 || !slices.Contains(l.Disclosed[0].Fields, "name") || l.Disclosed[0].Ground != GroundSuspect {
		t.Errorf("disclosed: %+v", l.Disclosed)
	}
	out := func(what, subject, reason string) bool {
		return slices.Contains(w.lint(everything, 0).LeftOut, LeftOut{what, subject, reason})
	}
	if !out("identity", w.pseudonym(w.witness), omittedIdentity) || !out("statement_original", w.pseudonym(w.witness), omittedIdentity) {
		t.Errorf("left out: %+v", l.LeftOut)
	}
	for release, over := range map[string][]string{wire.TierNotice: {wire.TierAnalysis}, wire.TierAnalysis: nil} {
		if got := w.lint([]string{wire.TierNotice, release}, 0).Over; !slices.Equal(got, over) {
			t.Errorf("an accord up to %s: over are %v, want %v", release, got, over)
		}
	}
	bag := w.record(&casefile.AddProperty{Case: w.c, PropertyFields: casefile.PropertyFields{Holder: w.suspect, Kind: "clothing", Description: "A jacket"}})
	photo := w.collect(w.put("", "jacket.png", []byte("\x89PNG\r\n\x1a\njacket")), func(c *evidence.Collect) { c.Handling = "H1" })
	if got := w.lint(everything, 0).Changed; got != 2 {
		t.Errorf("%d entries made since, want the jacket and the exhibit", got)
	}
	w.consent(w.witness, protection.CategoryIdentity)
	if err := w.compose(func(d *Draft) {
		d.LeftOut, d.NoneKnown, d.SecretBenefit = map[string]string{bag: "kept for the hearing here"}, false, true
	}); err != nil {
		t.Fatal(err)
	}
	l = w.lint(everything, 0)
	if l.Version != 2 || l.Changed != 0 || !l.Counsel || l.NoneKnown || !out("property", w.pseudonym(w.suspect), "kept for the hearing here") {
		t.Errorf("of the second version: %+v", l)
	}
	marked := 0
	for _, m := range l.Marked {
		if m.Handling == "H1" && (m.Section == wire.SectionExhibits || m.Section == wire.SectionCustody) && m.Number != "" {
			marked++
		}
	}
	if marked != 3 || len(l.Marked) != 3 { // the exhibit, its file, its chain
		t.Errorf("marked of %s: %+v", photo, l.Marked)
	}
	if len(l.Consents) != 1 || l.Consents[0].Subject != w.pseudonym(w.witness) || !l.Consents[0].InForce {
		t.Errorf("consents: %+v", l.Consents)
	}
	if c := w.lint(everything, 120*24*time.Hour).Consents; len(c) != 1 || c[0].InForce {
		t.Errorf("four months later: %+v", c)
	}
	if got := w.lint([]string{wire.TierNotice, wire.TierAnalysis}, 0).Over; !slices.Equal(got, []string{wire.TierReleased}) {
		t.Errorf("identities under an accord that lets none go: %v", got)
	}
}

// TestAnAccordThatLetsNoIdentityGo: the packet has none, and says so.
func TestAnAccordThatLetsNoIdentityGo(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	w.consent(w.witness, protection.CategoryIdentity, protection.CategoryStatement)
	if err := w.compose(func(d *Draft) { d.Release = []string{wire.TierNotice, wire.TierAnalysis} }); err != nil {
		t.Fatal(err)
	}
	v := w.latest(w.here)
	if over := Over(v.Manifest, []string{wire.TierNotice, wire.TierAnalysis}); len(over) != 0 {
		t.Errorf("over: %v", over)
	}
	if l := w.lint(everything, 0); !slices.Contains(l.LeftOut, LeftOut{"identity", w.pseudonym(w.witness), omittedAccord}) {
		t.Errorf("left out: %+v", l.LeftOut)
	}
}

// TestAConsentThatExpires: a version that rests on a consent is not sent after
// its last day, and what was sent before opens nothing after it.
func TestAConsentThatExpires(t *testing.T) {
	after := func(w *world) { w.here.Clock = w.here.Clock.AddDate(0, 4, 0) }
	made := func() *world {
		w := newWorld(t)
		w.screen(w.suspect, w.witness)
		w.consent(w.witness, protection.CategoryIdentity)
		if err := w.compose(); err != nil {
			t.Fatal(err)
		}
		w.here.Must(w.super, wire.PurposeProsecution, &approving{packetID})
		return w
	}
	w := made()
	after(w)
	_, err := w.here.Take(w.liaison, wire.PurposeProsecution, &sending{Packet: packetID})
	if got := refusedFor(t, err, "packet.consent_ended")["Subject"]; got != w.pseudonym(w.witness) {
		t.Errorf("the refusal names %v", got)
	}
	w = made()
	w.here.Must(w.liaison, wire.PurposeProsecution, &sending{Packet: packetID})
	w.settle()
	after(w)
	if n := w.release(wire.TierReleased); n != 0 {
		t.Errorf("%d keys go after the consent expired", n)
	}
}

// TestChangedAfterApproval: what is sent is what the second person signed for, by
// its digest: another manifest, another version's approval or an altered row goes
// nowhere.
func TestChangedAfterApproval(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	w.here.Must(w.super, wire.PurposeProsecution, &approving{packetID})
	v := w.latest(w.here)
	other := v
	other.N = 2
	altered := v
	altered.Digest[0] ^= 1
	w.here.Read(func(tx *store.Tx) error {
		manifest, err := v.ManifestBytes(tx)
		if err != nil {
			return err
		}
		if err := v.asApproved(tx, manifest); err != nil {
			t.Errorf("as it was approved: %v", err)
		}
		changed := []byte(strings.Replace(string(manifest), `"handling":"H0"`, `"handling":"H3"`, 1))
		for name, err := range map[string]error{"another manifest": v.asApproved(tx, changed), "another version": other.asApproved(tx, manifest), "another digest": altered.asApproved(tx, manifest)} {
			refusedFor(t, err, "packet.changed_since_approved")
			if err == nil {
				t.Error(name)
			}
		}
		return nil
	})
}

// TestEveryKindOfWhatSpeaksForThem: each kind stands under its name in both
// languages; whoever says that none is known is held to that, whatever is known;
// and an empty section is a signed one.
func TestEveryKindOfWhatSpeaksForThem(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	var all Findings
	all.Each(func(kind string, f *Words) {
		var one Findings
		one.Each(func(k string, x *Words) {
			if k == kind {
				*x = Words{Lang: "es", Text: "Se dijo otra hora."}
			}
		})
		refusedFor(t, w.compose(func(d *Draft) { d.Findings = one }), "packet.exculpatory_known")
		*f = Words{Lang: "es", Text: "Consta: " + kind}
	})
	refusedFor(t, w.compose(func(d *Draft) { d.SecretBenefit = true }), "packet.exculpatory_known")
	if err := w.compose(func(d *Draft) { d.NoneKnown, d.Findings = false, all }); err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Languages() {
		text := w.printed(l).Outline()
		for _, kind := range ExculpatoryKinds() {
			if name := i18n.T(l, "packet.exculpatory."+kind, nil); !strings.Contains(text, name) || !strings.Contains(text, "Consta: "+kind) {
				t.Errorf("%s: %q and its words are not there", l, name)
			}
		}
	}
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	v := w.latest(w.here)
	i := slices.IndexFunc(v.Manifest.Sections, func(s wire.Section) bool { return s.Name == wire.SectionExculpatory })
	if s := v.Manifest.Sections[i]; s.Empty != "none_known" || !w.lint(everything, 0).NoneKnown {
		t.Errorf("none known: %+v", s)
	}
}

// TestSecretBenefitStopsForCounsel: where a witness has a benefit that law keeps
// secret (8 USC 1367), the version waits for counsel; nothing in it says so.
//
// Law: 15.
func TestSecretBenefitStopsForCounsel(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	if err := w.compose(func(d *Draft) { d.NoneKnown, d.SecretBenefit = false, true }); err != nil {
		t.Fatal(err)
	}
	v := w.latest(w.here)
	_, err := Approve(v)
	refusedFor(t, err, "packet.waits_for_counsel")
	for _, s := range v.Manifest.Sections {
		if s.Name == wire.SectionExculpatory && s.Empty != emptyUnstated {
			t.Errorf("the section says %q: nobody signed that nothing is known", s.Empty)
		}
	}
	for section, items := range w.content(w.here) {
		for _, c := range items {
			if text := strings.ToLower(string(c.Body)); strings.Contains(text, "1367") || strings.Contains(text, "counsel") || strings.Contains(text, "secret") {
				t.Errorf("%s tells of it: %s", section, c.Body)
			}
		}
	}
	if _, err := Clear(v); err != nil {
		t.Fatal(err)
	}
	v.Cleared = w.here.Clock
	if _, err := Approve(v); err != nil {
		t.Errorf("after counsel cleared it: %v", err)
	}
	_, err = Clear(v)
	refusedFor(t, err, "packet.counsel_not_asked")
	v.Home = false
	_, err = Clear(v)
	refusedFor(t, err, "access.not_found")
}
