package packet

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// refusedFor demands a refusal and gives its parameters.
func refusedFor(t *testing.T, err error, code string) map[string]any {
	t.Helper()
	r, ok := refusal.As(err)
	if !ok || r.Code != code {
		t.Fatalf("got %v, want refusal %s", err, code)
	}
	return r.Params
}

// A packet that lacks a line of the procedure's list is refused with the line.
func TestComposeNamesTheMissingLine(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	for line, change := range map[string]func(*Draft){
		"facts":       func(d *Draft) { d.Facts = Words{} },
		"translation": func(d *Draft) { d.Facts.Translated, d.Facts.Translator = "", "" },
		"statements":  func(d *Draft) { d.LeftOut = map[string]string{w.statement: "retaken"} },
		"profit":      func(d *Draft) { d.LeftOut = map[string]string{w.fee: "kept as evidence here"} },
		"consular":    func(d *Draft) { d.Declared = nil },
		"exculpatory": func(d *Draft) { d.NoneKnown = false },
	} {
		title, ok := refusedFor(t, w.compose(change), "packet.incomplete")["Line"].(program.Text)
		p, _ := program.ProcedureByID("mx-accusatory-2016")
		i := slices.IndexFunc(p.Packet, func(c program.Check) bool { return c.ID == line })
		if !ok || i < 0 || title != p.Packet[i].Title {
			t.Errorf("without %s the refusal names %v", line, title)
		}
	}
	refusedFor(t, w.compose(func(d *Draft) { d.LeftOut = map[string]string{w.fee: ""} }), "packet.left_out_reason")
	w.record(&casefile.CorrectStatement{Correction: casefile.Correction{Item: w.statement, Reason: "clerical"}, StatementFields: casefile.StatementFields{Person: w.witness, Kind: "sworn", Lang: "es",
		Text: "Él no fue quien nos guio.", Start: at(-30), End: at(-29), Zone: "UTC", Place: "McAllen station", Present: []string{"D. Ruiz, agent"}, Rights: "read",
		SameLanguage: true, Recorded: true, Exculpatory: true}})
	refusedFor(t, w.compose(), "packet.exculpatory_known")
	w.here.ReplayEqual()
}

// A composer leaves out what may stay, with a reason that travels in its own
// section with names hidden; what speaks for a suspect cannot be left out, and
// is named even where its words cannot go.
func TestLeavingOut(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	bag := w.record(&casefile.AddProperty{Case: w.c, PropertyFields: casefile.PropertyFields{Holder: w.suspect, Kind: "clothing", Description: "A jacket"}})
	alibi := w.record(&casefile.AddProperty{Case: w.c, PropertyFields: casefile.PropertyFields{Holder: w.witness, Kind: "document", Description: "A bus ticket", Exculpatory: true}})
	charge := ""
	w.here.Read(func(tx *store.Tx) error {
		items, err := casefile.Items(tx, w.c, "charge")
		charge = items[0].ID
		return err
	})
	leave := func(id, why string) func(*Draft) {
		return func(d *Draft) {
			d.LeftOut = map[string]string{id: why}
			d.NoneKnown, d.Exculpatory = false, Words{Lang: "es", Text: "Un boleto de autobús."}
		}
	}
	refusedFor(t, w.compose(leave(alibi, "not relevant")), "packet.exculpatory_travels")
	refusedFor(t, w.compose(leave(charge, "not relevant")), "packet.cannot_stay")
	refusedFor(t, w.compose(leave(packetID, "not relevant")), "casefile.item_unknown")
	refusedFor(t, w.compose(), "packet.exculpatory_known")
	if err := w.compose(leave(bag, "Xochil Palomarín wears it")); err != nil {
		t.Fatal(err)
	}
	content := w.content(w.here)
	reasons := map[string]string{}
	for _, c := range content[wire.SectionLeftOut] {
		var o OmissionBody
		if err := json.Unmarshal(c.Body, &o); err != nil {
			t.Fatal(err)
		}
		reasons[o.Item] = o.Reason
	}
	if why := reasons[bag]; why == "" || strings.Contains(why, "Palomarín") || reasons[alibi] != omittedLeads {
		t.Errorf("left out: %v", reasons)
	}
	if !slices.ContainsFunc(content[wire.SectionExculpatory], func(c Content) bool { return strings.Contains(string(c.Body), alibi) }) {
		t.Error("what speaks for the suspect is not named")
	}
	w.here.ReplayEqual()
}

// A suspect is named to the other country only after screening, and never when
// found to be a victim.
func TestSuspectMustBeReleasable(t *testing.T) {
	w := newWorld(t)
	refusedFor(t, w.compose(), "packet.suspect_not_releasable")
	w.screen(w.suspect, w.witness)
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	w.here.Must(w.adviser, wire.PurposeProtection, &protection.Reclassify{Case: w.c, Person: w.suspect, Reason: "held for debt"})
	refusedFor(t, w.compose(), "packet.suspect_not_releasable")
	w.here.ReplayEqual()
}

// A version never changes: what was approved is what goes.
func TestVersionsAreFrozen(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	first := w.latest(w.here)
	parts := w.parts(first)
	w.record(&casefile.AddProperty{Case: w.c, PropertyFields: casefile.PropertyFields{Holder: w.suspect, Kind: "ledger", Description: "Notebook"}})
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	second := w.latest(w.here)
	if first.N != 1 || second.N != 2 || second.Digest == first.Digest || len(second.Manifest.Sections) != len(first.Manifest.Sections) {
		t.Fatalf("versions %d and %d", first.N, second.N)
	}
	w.here.Read(func(tx *store.Tx) error {
		again, err := Load(tx, packetID, 1)
		if err == nil && (again.Digest != first.Digest || store.JSON(again.Manifest) != store.JSON(first.Manifest)) {
			t.Error("the first version has changed")
		}
		return err
	})
	if store.JSON(w.parts(first)) != store.JSON(parts) {
		t.Error("the parts of the first version have changed")
	}
	w.here.Refused(w.liaison, wire.PurposeProsecution, "packet.not_approved", &sending{Packet: packetID})
	w.here.Must(w.super, wire.PurposeProsecution, &approving{packetID})
	w.here.Refused(w.super, wire.PurposeProsecution, "packet.approved_already", &approving{packetID})
	w.here.Must(w.liaison, wire.PurposeProsecution, &sending{Packet: packetID})
	w.here.Refused(w.liaison, wire.PurposeProsecution, "packet.not_approved", &sending{Packet: packetID}) // it went already
	w.settle()
	there := w.latest(w.there)
	if there.N != 2 || there.Digest != second.Digest || there.Home || there.Drafter != "" {
		t.Errorf("there: %+v", there)
	}
	w.here.Must(w.liaison, wire.PurposeProsecution, &sending{Packet: packetID, Again: true})
	if store.JSON(w.here.Out[0].Message.Act.Sealed) != store.JSON(w.here.Out[1].Message.Act.Sealed) {
		t.Error("what goes again is not what went")
	}
	w.here.ReplayEqual()
	w.there.ReplayEqual()
}

func (w *world) parts(v Version) (parts []wire.Part) {
	w.t.Helper()
	w.here.Read(func(tx *store.Tx) (err error) { parts, err = Parts(tx, v); return err })
	return parts
}

// Whoever drafted, opened the case, recorded, interviewed, is their direct
// subordinate or runs the node is never the second person.
func TestSecondPerson(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	for who, by := range map[string]access.Actor{
		"access.second_person": w.here.Person("liaison", "usbp-rgv", access.RoleSupervisor), // drafted, promoted since
		"access.not_found":     w.here.Person("root", "usbp-rgv", access.RoleAdmin, access.RoleSupervisor),
	} {
		w.here.Refused(by, wire.PurposeProsecution, who, &approving{packetID})
	}
	w.here.Refused(w.here.Person("agent", "usbp-rgv", access.RoleSupervisor), wire.PurposeProsecution, "access.second_person", &approving{packetID})
	under := w.here.Subordinate(w.liaison, "under", "usbp-rgv", access.RoleProsecutions)
	if err := w.compose(); err != nil { // the version knows who was subordinate when it was frozen
		t.Fatal(err)
	}
	w.here.Refused(under, wire.PurposeProsecution, "access.second_person", &approving{packetID})
	w.here.Must(w.super, wire.PurposeProsecution, &approving{packetID})
	w.here.ReplayEqual()
}

// A consent that ends between approval and sending keeps the version here.
func TestConsentThatEndedKeepsTheVersionHere(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	consent := w.consent(w.witness, protection.CategoryIdentity)
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	w.here.Must(w.super, wire.PurposeProsecution, &approving{packetID})
	w.here.Must(w.adviser, wire.PurposeProtection, &protection.WithdrawConsent{Consent: consent})
	w.here.Refused(w.liaison, wire.PurposeProsecution, "packet.consent_ended", &sending{Packet: packetID})
	if err := w.compose(); err != nil {
		t.Fatal(err)
	}
	w.here.Must(w.super, wire.PurposeProsecution, &approving{packetID})
	w.here.Must(w.liaison, wire.PurposeProsecution, &sending{Packet: packetID})
	w.here.ReplayEqual()
}

// told is everything that a node can open of a version, as one text.
func (w *world) told(sections map[string][]Content) string {
	var b strings.Builder
	for _, s := range sections {
		for _, c := range s {
			b.Write(c.Body)
		}
	}
	return b.String()
}

// secrets of the witness, in every writing that the tests plant.
var secrets = []string{"Palomar", "PALOMAR", "Xochil", "Chilca", "A123456789", "A-123-456-789", "868555", "868) 555", "Río Viejo"}

func names(text string) (found []string) {
	for _, s := range secrets {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	return found
}

// Three tiers: the notice in clear, the content when it is signed for, the
// identities on acceptance as far as a consent or the law covers them.
func TestThreeTiers(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	w.consent(w.witness, protection.CategoryIdentity, protection.CategoryStatement)
	v := w.sent()
	if n := v.Notice; n.Suspects != 1 || n.Protected != 1 || n.Children != 0 || len(n.Offences) == 0 || n.From == "" {
		t.Errorf("notice: %+v", n)
	}
	for _, m := range w.here.Out {
		if found := names(string(m.Message.Bytes())); len(found) > 0 || strings.Contains(string(m.Message.Bytes()), "Barragarza") {
			t.Errorf("%s names %v", m.Message.Act.Kind, found)
		}
	}
	for section, items := range w.content(w.there) {
		for _, c := range items {
			if c.Body != nil {
				t.Errorf("%s %s opens before it was signed for", section, c.Item.ID)
			}
		}
	}
	if n := w.release(wire.TierAnalysis); n != 2 { // the content, and the suspect's name
		t.Errorf("%d keys for analysis", n)
	}
	text := w.told(w.content(w.there))
	if found := names(text); len(found) > 0 {
		t.Errorf("the analysis names %v", found)
	}
	if !strings.Contains(text, "Barragarza") || !strings.Contains(text, "nos cobró 900") || !strings.Contains(text, "["+w.plant()+"]") {
		t.Errorf("the analysis does not tell what it should: %s", text)
	}
	if n := w.release(wire.TierReleased); n != 1 {
		t.Errorf("%d keys on acceptance", n)
	}
	text = w.told(w.content(w.there))
	if !strings.Contains(text, "Palomarín") || !strings.Contains(text, "me dicen la Chilca") {
		t.Error("what the witness consented to has not come")
	}
	if strings.Contains(text, "Río Viejo") {
		t.Error("whereabouts went without consent")
	}
	w.disclosed(v)
	w.here.ReplayEqual()
	w.there.ReplayEqual()
}

func (w *world) plant() string {
	var p casefile.Person
	w.here.Read(func(tx *store.Tx) (err error) { p, err = casefile.LoadPerson(tx, w.witness); return err })
	return p.Plant
}

// disclosed checks the disclosure receipt: who, which fields, on what ground, when.
func (w *world) disclosed(v Version) {
	w.t.Helper()
	w.here.Read(func(tx *store.Tx) error {
		all, err := Disclosures(tx, v)
		if err != nil {
			return err
		}
		if len(all) != 2 {
			w.t.Errorf("%d disclosures", len(all))
		}
		for _, d := range all {
			if d.Opened == "" || d.Ground == "" || slices.Contains(d.Fields, "whereabouts") || slices.Contains(d.Fields, "contact") {
				w.t.Errorf("disclosed: %+v", d)
			}
		}
		return nil
	})
}

// A withdrawal between sending and acceptance keeps the key here, and what was
// withdrawn is told there.
func TestWithdrawnAfterSending(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	consent := w.consent(w.witness, protection.CategoryIdentity)
	w.sent()
	w.release(wire.TierAnalysis)
	w.here.Must(w.adviser, wire.PurposeProtection, &protection.WithdrawConsent{Consent: consent})
	w.settle()
	if n := w.release(wire.TierReleased); n != 0 {
		t.Errorf("%d keys went on a withdrawn consent", n)
	}
	if found := names(w.told(w.content(w.there))); len(found) > 0 {
		t.Errorf("opened there: %v", found)
	}
	w.there.Read(func(tx *store.Tx) error {
		all, err := protection.Withdrawals(tx, referralID)
		if err == nil && len(all) != 1 {
			t.Errorf("%d withdrawals known there", len(all))
		}
		return err
	})
	w.here.ReplayEqual()
	w.there.ReplayEqual()
}

// A sending that was altered is refused.
func TestAlteredSending(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	w.sent()
	var f carried
	act := w.here.Out[0].Message.Act
	if err := json.Unmarshal(act.Clear, &f); err != nil {
		t.Fatal(err)
	}
	if code := f.Check(act.Sealed); code != "" {
		t.Fatalf("as it came: %s", code)
	}
	if code := f.Check(act.Sealed[1:]); code == "" {
		t.Error("a part is missing and nobody notices")
	}
	renamed := slices.Clone(act.Sealed)
	renamed[0].ID += "x"
	if code := f.Check(renamed); code == "" {
		t.Error("a part has another name and nobody notices")
	}
	f.Version++
	if code := f.Check(act.Sealed); code != wire.CodeAltered {
		t.Errorf("another number: %s", code)
	}
}

func TestMask(t *testing.T) {
	var m mask
	m.hide("Agave", casefile.Identity{Given: "José", Paterno: "Peña-Nieto", Aliases: []string{"El Güero"}, Contact: []string{"+52 868 555 0142"}})
	m.done()
	for in, want := range map[string]string{
		"JOSE habló":                     "[Agave] habló",
		"José Peña-Nieto, el güero.":     "[Agave], [Agave].",
		"joséfina":                       "joséfina",
		"al 868-555-0142 o 8685550142":   "al [Agave] o [Agave]",
		"+52 (868) 555 0142":             "+[Agave]",
		"al (868) 555-0142, de día":      "al [Agave], de día",
		"(al (868) 555-0142)":            "(al [Agave])",
		"José (Peña-Nieto) llamó":        "[Agave] llamó",
		"(José)":                         "([Agave])",
		"Nieto dijo: «peña»":             "[Agave] dijo: «[Agave]»",
		"868 555 0143 no es; tampoco 52": "868 555 0143 no es; tampoco 52",
		"":                               "",
	} {
		if got := m.over(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Of somebody forgotten nothing goes any more, nor words that were written
// when the name was known; the person is no ground to hold the case.
func TestForgottenPersonStaysOut(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect)
	casefile.AnswerReferrals(func(*store.Tx, casefile.Case) ([]string, bool, error) { return nil, false, nil })
	w.here.Clock = w.here.Clock.Add(time.Second)
	order := w.here.Must(w.super, wire.PurposeOversight, &casefile.Expunge{Person: w.witness, Ground: "erasure_granted", Order: "DG-7"}).Object
	w.here.Must(w.adviser, wire.PurposeOversight, &casefile.ConfirmExpunge{Order: order})
	w.here.Refused(w.adviser, wire.PurposeProtection, "casefile.forgotten", &protection.Screen{Case: w.c, Person: w.witness, Answers: answers(nil), Language: "es"})
	w.here.Read(func(tx *store.Tx) error {
		open, shut, err := protection.Gate(tx, w.c)
		if err == nil && !open {
			t.Errorf("a forgotten person holds the case: %+v", shut)
		}
		return err
	})
	title, _ := refusedFor(t, w.compose(), "packet.incomplete")["Line"].(program.Text)
	if p, _ := program.ProcedureByID("mx-accusatory-2016"); !slices.ContainsFunc(p.Packet, func(c program.Check) bool { return c.ID == "statements" && c.Title == title }) {
		t.Errorf("missing: %v", title)
	}
	w.here.Clock = w.here.Clock.Add(time.Second)
	w.record(&casefile.AddStatement{Case: w.c, StatementFields: casefile.StatementFields{Person: w.suspect, Kind: "interview", Lang: "es", Text: "Los llevé yo.",
		Start: at(-30), End: at(-29), Zone: "UTC", Place: "McAllen station", Present: []string{"D. Ruiz, agent"}, Rights: "read", SameLanguage: true, Recorded: true}})
	if err := w.compose(func(d *Draft) {
		d.Facts = Words{Lang: "es", Text: "Un guía condujo a siete personas."}
	}); err != nil {
		t.Fatal(err)
	}
	w.here.Must(w.super, wire.PurposeProsecution, &approving{packetID})
	w.here.Must(w.liaison, wire.PurposeProsecution, &sending{Packet: packetID})
	w.settle()
	w.release(wire.TierAnalysis)
	text := w.told(w.content(w.there))
	if found := names(text); len(found) > 0 {
		t.Errorf("the packet names %v", found)
	}
	if !strings.Contains(text, omittedForgotten) || !strings.Contains(text, "Los llevé yo") {
		t.Error("what was left out is not said, or what was recorded since does not go")
	}
	w.here.ReplayEqual()
	w.there.ReplayEqual()
}
