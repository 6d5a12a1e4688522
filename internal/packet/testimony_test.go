package packet

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// taken is a statement that says everything a court attacks.
func (w *world) taken() casefile.StatementFields {
	hours := 31
	return casefile.StatementFields{Person: w.witness, Kind: "sworn", Lang: "en", Text: "Xochil saw the guide once, at night.", Start: at(-20), End: at(-17), Zone: "UTC",
		Place: "McAllen station", Present: []string{"D. Ruiz, agent", "Xochil Palomarín"}, Rights: "read", RightsLang: "es", Interpreter: "L. Arce", InterpreterGround: "certified",
		InterpreterCredential: "Court interpreter 4471", NoRecording: "The recorder failed", Promises: "Xochil was told that she could stay", Breaks: []string{"18:10 to 18:25"}, CustodyHours: &hours}
}

// lineUp is an identification in which the witness picked somebody else.
func (w *world) lineUp(picked int) casefile.IdentificationFields {
	return casefile.IdentificationFields{Person: w.witness, Method: "photographs", When: at(-10), Zone: "UTC", Place: "McAllen station", ConductedBy: "T. Ocaña, identification unit",
		Present: []string{"L. Arce, interpreter"}, Images: []string{"Photograph 1", "Photograph 2", "Photograph 3"}, Suspect: w.suspect, ShownAt: 2, Picked: picked, Warned: true,
		Lang: "es", Words: "Xochil cree que es el tres.", Certainty: "No muy segura."}
}

// How a statement was taken and how somebody was recognised travel whole, with
// names hidden; the other node reads the same. What was promised and who was not
// recognised stand among what speaks for the suspect, and can neither be denied
// nor left out.
//
// Law: 24.
func TestHowItWasTakenTravels(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	statement := w.record(&casefile.AddStatement{Case: w.c, StatementFields: w.taken()})
	w.record(&casefile.AddTranslation{Statement: statement, Lang: "es", Text: "Xochil vio al guía una vez.", Translator: "E. Marlow"})
	failed := w.record(&casefile.AddIdentification{Case: w.c, IdentificationFields: w.lineUp(3)})
	sure := w.record(&casefile.AddIdentification{Case: w.c, IdentificationFields: w.lineUp(2)})
	refusedFor(t, w.compose(), "packet.exculpatory_known")
	known := func(d *Draft) {
		d.NoneKnown, d.Findings.Contradictions = false, Words{Lang: "es", Text: "Dos horas distintas."}
	}
	for _, id := range []string{statement, failed} {
		refusedFor(t, w.compose(known, func(d *Draft) { d.LeftOut = map[string]string{id: "weak"} }), "packet.exculpatory_travels")
	}
	if err := w.compose(known, func(d *Draft) { d.LeftOut = map[string]string{sure: "kept for the hearing"} }); err != nil {
		t.Fatal(err)
	}
	w.here.Must(w.super, "prosecution", &approving{packetID})
	w.here.Must(w.liaison, "prosecution", &sending{Packet: packetID})
	w.settle()
	w.release(wire.TierAnalysis)
	home, there := w.content(w.here), w.content(w.there)
	for _, section := range []string{wire.SectionStatements, wire.SectionExculpatory} {
		for i, c := range home[section] {
			if string(c.Raw) != string(there[section][i].Raw) {
				t.Errorf("%s reads otherwise there: %s", section, there[section][i].Raw)
			}
		}
	}
	bodies := map[string]json.RawMessage{}
	for _, s := range []string{wire.SectionStatements, wire.SectionExculpatory} {
		for _, c := range there[s] {
			bodies[c.Item.ID] = c.Body
			if strings.Contains(casefile.Fold(string(c.Body)), "xochil") {
				t.Errorf("names the witness: %s", c.Body)
			}
		}
	}
	var s StatementBody
	var x IdentificationBody
	if err := json.Unmarshal(bodies[statement], &s); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(bodies[failed], &x); err != nil {
		t.Fatal(err)
	}
	if s.Custody == nil || *s.Custody != 31 || s.RightsLang != "es" || s.Interpreter != "L. Arce" || s.Credential == "" || s.NoRecord == "" || s.Promises == "" || len(s.Breaks) != 1 || len(s.Present) != 2 {
		t.Errorf("taken: %+v", s)
	}
	if !slices.Contains(s.Asked, "promised") || !slices.Contains(s.Asked, "long_custody") || !slices.Contains(x.Asked, "failed") || !slices.Contains(x.Asked, "not_sequential") {
		t.Errorf("asked: %v, %v", s.Asked, x.Asked)
	}
	if x.Picked != 3 || x.ShownAt != 2 || x.ConductedBy == "" || len(x.Images) != 3 || x.Certainty == "" || bodies[sure] != nil {
		t.Errorf("identification: %+v", x)
	}
	for id, kind := range map[string]string{statement: Benefit, failed: FailedIdentification} {
		if !strings.Contains(string(bodies["exculpatory-"+id]), `"kind":"`+kind+`"`) {
			t.Errorf("%s stands as %s", id, bodies["exculpatory-"+id])
		}
	}
	for _, l := range i18n.Languages() {
		text := w.printed(l).Outline()
		for _, says := range []string{i18n.T(l, "identification.another", map[string]any{"Place": 3}), i18n.T(l, "casefile.identification.failed", nil), i18n.T(l, "casefile.unsaid.promised", nil),
			i18n.T(l, "packet.exculpatory.benefit", nil), i18n.T(l, "packet.exculpatory.failed_identification", nil), "Court interpreter 4471", "18:10 to 18:25"} {
			if !strings.Contains(text, says) {
				t.Errorf("%s: the print does not say %q", l, says)
			}
		}
	}
	w.here.ReplayEqual()
	w.there.ReplayEqual()
}

// A record made after sending that speaks for the suspect is found, whatever it
// is: a promise, somebody not recognised, an item marked so.
func TestFoundSince(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	v := w.sent()
	since := func() (found string) {
		w.here.Read(func(tx *store.Tx) error {
			at, err := FoundSince(tx, w.here.Ring, v)
			if !at.IsZero() {
				found = at.UTC().Format("15:04:05")
			}
			return err
		})
		return found
	}
	if got := since(); got != "" {
		t.Fatalf("found at %s, before anything was recorded", got)
	}
	w.record(&casefile.AddIdentification{Case: w.c, IdentificationFields: w.lineUp(2)})
	if got := since(); got != "" {
		t.Fatalf("found at %s: the witness recognised the suspect", got)
	}
	w.record(&casefile.AddStatement{Case: w.c, StatementFields: w.taken()})
	first := since()
	w.record(&casefile.AddIdentification{Case: w.c, IdentificationFields: w.lineUp(0)})
	if first == "" || since() != first {
		t.Errorf("found at %q, then %q: the first counts", first, since())
	}
}

// The witness's words of an identification go as they were said under the
// witness's own consent, and not without.
func TestOwnWordsOfAnIdentification(t *testing.T) {
	for consents, own := range map[bool]bool{true: true, false: false} {
		w := newWorld(t)
		w.screen(w.suspect, w.witness)
		id := w.record(&casefile.AddIdentification{Case: w.c, IdentificationFields: w.lineUp(2)})
		if consents {
			w.consent(w.witness, protection.CategoryIdentity, protection.CategoryStatement)
		}
		if err := w.compose(); err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(w.content(w.here)[wire.SectionStatements], func(c Content) bool { return c.Item.ID == id+".original" && c.Item.Tier == wire.TierReleased })
		if got != own {
			t.Errorf("consent %v: the words as they were said go: %v", consents, got)
		}
	}
}
