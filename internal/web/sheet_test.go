package web

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// headings are the names of the parts of the sheet.
func headings(l i18n.Lang) map[string]string {
	return map[string]string{
		"title": words(l, "Components", "Componentes"), "lead": words(l, "Every component, in each of its states.", "Cada componente, en cada uno de sus estados."),
		"lead_rest": words(l, "What a page is made of stands here first.", "Aquí está primero aquello de lo que se compone una página."),
		"marks":     words(l, "Marks: the line between us", "Marcas: la línea entre nosotros"), "both": words(l, "both signed", "firmaron ambos"),
		"clocks": words(l, "Clocks", "Plazos"), "receipts": words(l, "Receipts", "Acuses"), "handling": words(l, "Handling codes and who sees", "Códigos de manejo y quién ve"),
		"people": words(l, "People and gates", "Personas y filtros"), "seals": words(l, "Verified, cosigned, broken", "Verificado, cofirmado, alterado"), "acts": words(l, "Acts", "Actos"),
		"fields": words(l, "Fields", "Campos"), "notes": words(l, "Notes", "Avisos"), "pair": words(l, "Two signatures", "Dos firmas"), "thread": words(l, "Signed conversation", "Conversación firmada"),
		"folded": words(l, "Acts, folded", "Actos, plegados"), "checks": words(l, "Checks", "Requisitos"), "facts": words(l, "Facts, and none", "Datos, y ninguno"), "type": words(l, "Three voices", "Tres voces"),
		"said": words(l, "what a person said", "lo que dijo una persona"), "tables": words(l, "Tables", "Tablas"), "signed": words(l, "What is signed", "Lo que se firma"), "trust": words(l, "What can be relied on", "En qué puede confiarse"),
	}
}

// sheet is every component once, in each of its states.
func sheet(l i18n.Lang) shot {
	r := fixtureReferral(l)
	f := form("#")
	f.Errors["place"] = words(l, "Write the name as the document has it.", "Escriba el nombre como está en el documento.")
	f.Refusal = r.Acts[2].Form.Refusal
	done := *fixturePair()
	done.Lower.At = ptr(at(-.01))
	nobody := component.Pair{Upper: component.Signature{Country: "us", Gives: true, Office: "OFO Hidalgo"}, Lower: component.Signature{Country: "mx", Office: "INM Reynosa"}}
	head := fixtureHead(l)
	head.Crumb, head.Number, head.Title = view.Link{}, "", headings(l)["title"]
	gone := component.Trust{Peer: "mx", LastContact: at(-3), LastReceipt: at(-3), Verified: at(-.1), Cosigned: at(-3), Waiting: 4}
	return shot{"components", "components", false, map[string]any{"Headings": headings(l), "Head": head,
		"Bands": []component.Alert{{Title: words(l, "11 people in a closed trailer near Falfurrias", "11 personas en una caja cerrada cerca de Falfurrias"), Text: words(l, "Last call 13:41.", "Última llamada 13:41."), URL: "#",
			Sides: []component.AlertSide{{Country: "us", Text: words(l, "search since 13:52", "búsqueda desde las 13:52"), Taken: true}, {Country: "mx", Text: words(l, "not yet taken", "aún sin responsable")}}}},
		"Clocks": []component.Clock{{State: component.OnTrack, BusinessDays: 2, Share: .7, Due: at(50), Owner: "mx"}, {State: component.DueSoon, Left: 70 * time.Minute, Share: .09, Due: at(1.1), Owner: "us", Yours: true}, {State: component.Overdue, Left: 25 * time.Minute, Due: at(-.4), Big: true, Owner: "us"},
			{State: component.Paused, Share: .6, Left: 76 * time.Hour, PausedBy: "mx", Owner: "mx", Reason: words(l, "interpreter", "intérprete")}, {State: component.Met, Due: at(-9), Owner: "mx", Unverified: true}},
		"Receipts": []component.Receipts{{}, {Recorded: ptr(at(-2))}, {Recorded: ptr(at(-2)), Opened: ptr(at(-1)), Due: ptr(at(3))}, {Recorded: ptr(at(-99)), Opened: ptr(at(-98)), Silent: 72 * time.Hour}, {Recorded: ptr(at(-2)), Opened: ptr(at(-1)), Answered: ptr(at(-.5))},
			{Recorded: ptr(at(-1)), NoAnswer: true}, {OnlyRecorded: true}, {OnlyRecorded: true, Recorded: ptr(at(-1))}, {Refused: words(l, "expired on the way", "venció en camino")}},
		"Handling": []component.Handling{{Code: "H0"}, {Code: "H1"}, {Code: "H2"}, {Code: "H3", Own: words(l, "Only for the control judge.", "Sólo para la persona juzgadora de control.")}},
		"Readers":  r.Head.Readers,
		"People":   []component.Person{{Plant: "Acacia", Notes: "F"}, {Plant: "Ceiba", Case: "RGV-26-0412", URL: "#"}, {Name: "Rogelio Basurto Nava", Notes: "M, 38"}},
		"Gates":    []component.Gates{gates(false), gates(false, component.GateShut), gates(true), gates(true, component.GateShut, component.GateWaiting, component.GateCannot)},
		"Seals":    []component.Seal{{State: component.Verified}, {State: component.Cosigned, Country: "mx", At: at(-.1)}, {State: component.Waiting, Country: "mx", For: 7 * time.Minute}, {State: component.Broken, Country: "mx"}},
		"Blocked":  head.Acts[0], "Form": f, "Options": options("A", "B"),
		"Notes": []component.Note{{Kind: "over", Title: words(l, "Cannot be referred.", "No puede remitirse.")}, {Kind: "soon", Title: words(l, "Insulin at 18:00.", "Insulina a las 18:00.")}, {Kind: "ok", Title: words(l, "Mexico accepted.", "México aceptó.")}, {Title: words(l, "For information.", "Para su información."), Act: words(l, "Open", "Abrir"), URL: "#"}},
		"Pairs": []component.Pair{nobody, *fixturePair(), done}, "Turns": r.Turns, "Acts": r.Acts[:2], "Checks": fixtureCase(l).Checks, "Facts": fixtureCase(l).Event,
		"Rows": fixtureRows(l), "Tasks": fixtureDay(l).Yours,
		"Trusts": []component.Trust{{}, {Peer: "mx", Live: true, LastReceipt: at(-.01), Verified: at(-.05), Cosigned: at(-.12)}, gone, {Peer: "mx", Live: true, Broken: true}},
	}}
}

// drawnOnce are the parts that only one template may draw.
var drawnOnce = []string{"clk ", "rcpt", "hand pr", "veil", "gates", `pair" aria`, `life" role`, "trust", "thread\">{{range", "btn sign"}

// TestComponentsAreDrawnInOnePlace: a page uses a component's template, never a
// copy of what it draws.
func TestComponentsAreDrawnInOnePlace(t *testing.T) {
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, e := range entries {
		text, err := templateFiles.ReadFile("templates/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range drawnOnce {
			for range strings.Count(string(text), `class="`+part) {
				found[part] = append(found[part], e.Name())
			}
		}
	}
	for _, part := range drawnOnce {
		if n := len(found[part]); n != 1 {
			t.Errorf("%q is drawn in %d places: %v", part, n, found[part])
		}
	}
}

// TestTheSheetShowsEveryState: each state that the stylesheet knows stands on
// the sheet, in both languages.
func TestTheSheetShowsEveryState(t *testing.T) {
	r := renderer(t)
	d, err := r.take()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.set.ParseFiles("testdata/components.html"); err != nil {
		t.Fatal(err)
	}
	r.give(d)
	for _, l := range i18n.Languages() {
		html := draw(t, r, sheet(l), l, "")
		var classes []string
		for _, m := range regexp.MustCompile(`class="([^"]*)"`).FindAllStringSubmatch(html, -1) {
			classes = append(classes, strings.Fields(m[1])...)
		}
		for _, want := range strings.Fields("m mx both none other seam clk soon over ok idle big fuse zones own rcpt on wait bad hand h2 h3 tag veil gates no wt seal st btn pri s sign blocked link err opt note thread said pair signed statement digest life chk empty kv cards clockcol lead id num") {
			if !slices.Contains(classes, want) {
				t.Errorf("%s: nothing on the sheet is %q", l, want)
			}
		}
		for _, bad := range []string{"no value&gt;", "ZgotmplZ", "%!"} {
			if strings.Contains(html, bad) {
				t.Errorf("%s: the sheet has %q", l, bad)
			}
		}
	}
}
