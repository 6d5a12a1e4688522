package packet

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

var (
	update = flag.Bool("update", false, "write the goldens")
	look   = flag.String("look", "", "folder to write prints to, to be looked at")
)

// printed draws the latest version of a node up in a language.
func (w *world) printed(l i18n.Lang) document.Document {
	w.t.Helper()
	v := w.latest(w.here)
	view := v.View(w.content(w.here), func(string) bool { return true })
	var disclosed []Disclosed
	w.here.Read(func(tx *store.Tx) (err error) { disclosed, err = Disclosures(tx, v); return err })
	chicago, monterrey := i18n.Zone("America/Chicago"), i18n.Zone("America/Monterrey")
	p := Printing{Reading: Reading{Teller: casefile.Teller{Lang: l, Zone: chicago}, Procedure: w.draft().Procedure}, Number: "OAS-US-26-000001", From: "Sector Rio Grande Valley", To: "FGR, Tamaulipas",
		Handling: "H0", Notice: &v.Notice, Disclosed: disclosed, Node: "us",
		Copy: Copy{Fact: "0197-copy", N: 3, By: "D. Ruiz", Office: "Sector Rio Grande Valley", Reason: casefile.ForOwnFile, At: w.here.Clock}, Zones: []*time.Location{chicago, monterrey}}
	return p.Document(view)
}

var digests = regexp.MustCompile(`[0-9a-f]{64}|[0-9a-f]{16}…`)

// TestPrintedInBothLanguages holds what a print says and how it is built
// against goldens, and that the names of the protected stand in neither.
func TestPrintedInBothLanguages(t *testing.T) {
	for name, compose := range map[string]func(*world){"packet": func(*world) {}, "full": (*world).filled} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.screen(w.suspect, w.witness)
			compose(w)
			w.sent()
			w.against(t, name)
		})
	}
}

// filled records one of everything that a packet can show.
func (w *world) filled() {
	w.record(&casefile.AddStatement{Case: w.c, StatementFields: w.taken()})
	statements := w.items("statement")
	w.record(&casefile.AddTranslation{Statement: statements[len(statements)-1], Lang: "es", Text: "Xochil vio al guía una vez, de noche.", Translator: "E. Marlow", Certified: true})
	w.record(&casefile.AddIdentification{Case: w.c, IdentificationFields: w.lineUp(3)})
	w.record(&casefile.AddVehicle{Case: w.c, VehicleFields: casefile.VehicleFields{Holder: w.suspect, Kind: "van", Plate: "TX-000-AAA", Make: "Ford", Model: "E-150"}})
	ledger := w.record(&evidence.Collect{Case: w.c, Kind: "ledger", Description: "Notebook of payments; Xochil is the fourth name in it", When: at(-39), Zone: "UTC", Place: "Brush at Anzalduas",
		Person: w.suspect, Basis: "incident_to_arrest", Source: "A", Information: "2", Packing: "Paper envelope", Seal: "A-1", Exculpatory: true, Handling: "H1", File: w.put("", "ledger.png", []byte("\x89PNG\r\n\x1a\nledger"))})
	w.record(&evidence.TakeStep{Doing: evidence.Doing{Exhibit: ledger, SealRead: "A-1", Condition: "intact", Place: "Evidence room", Present: []string{"D. Ruiz, agent"}}, Step: "open"})
	w.record(&evidence.TakeStep{Doing: evidence.Doing{Exhibit: ledger, Place: "Evidence room", Note: "Photographed page by page"}, Step: "seal", Seal: "A-2"})
	w.said = func(d *Draft) {
		d.NoneKnown = false
		d.Findings = Findings{Contradictions: Words{Lang: "en", Text: "The van and the crossing are two hours apart.", InLang: "es", Translated: "Entre la camioneta y el cruce hay dos horas.", Translator: "E. Marlow"}}
	}
}

// against holds the print of the version sent last against its goldens.
func (w *world) against(t *testing.T, name string) {
	for _, l := range i18n.Languages() {
		d := w.printed(l)
		got := digests.ReplaceAllString(d.Outline(), "<digest>")
		for i, plant := range w.latest(w.here).Subjects() { // drawn anew each time
			got = strings.ReplaceAll(got, plant, "<plant "+strconv.Itoa(i+1)+">")
		}
		golden := filepath.Join("testdata", name+"."+string(l)+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s: the print reads otherwise than %s (%v); -update writes it\n%s", l, golden, err, got)
		}
		for _, name := range []string{"Xochil", "Palomar", "Chilca", "A123456789", "555 0142", "Río Viejo"} {
			if strings.Contains(got, name) {
				t.Errorf("%s: the print names %q", l, name)
			}
		}
		pdf, err := d.PDF(w.here.Clock)
		if err != nil {
			t.Fatal(err)
		}
		html, err := d.HTML()
		if err != nil {
			t.Fatal(err)
		}
		if *look != "" {
			base := filepath.Join(*look, name+"."+string(l))
			for ext, b := range map[string][]byte{".pdf": pdf, ".html": html} {
				if err := os.WriteFile(base+ext, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestReadUnderTheLawOfWhoIsAsked: an offence charged under the sender's law
// stands under what answers to it there, and what nobody read is marked.
func TestReadUnderTheLawOfWhoIsAsked(t *testing.T) {
	p, _ := program.ProcedureByID("mx-accusatory-2016")
	r := Reading{Teller: casefile.Teller{Lang: i18n.Spanish, Zone: time.UTC}, Procedure: p}
	b := r.Item(wire.SectionCharges, []byte(`{"subject":"Ocotillo","offence":"us-1324-a1-i","equivalents":["mx-lm-159-ii"],"facts":"2026-06-07","counts":1}`))
	if !strings.Contains(b.Heading, "Ley de Migración") {
		t.Errorf("stands under %q", b.Heading)
	}
	text := ""
	for _, f := range b.Facts {
		text += f.Label + ": " + f.Value + "\n"
	}
	if !strings.Contains(text, "Como se señaló en el país remitente") {
		t.Errorf("does not say what was charged:\n%s", text)
	}
	if b := r.Item(wire.SectionCharges, []byte(`{"offence":`)); len(b.Said) != 1 || b.Said[0].Paragraphs[0] != r.T("packet.unreadable") {
		t.Errorf("what cannot be read is %v", b)
	}
}
