package test

import (
	"strings"
	"time"
)

// recorded is world.file made by hand: a case is opened, its event, people,
// words, things and an exhibit are recorded, another office is let in, and the
// adviser screens everybody.
func (d *desk) recorded() file {
	d.t.Helper()
	day := time.Now().Add(-40 * time.Hour).UTC()
	at := func(hours int) string {
		return day.Add(time.Duration(hours) * time.Hour).Format("2006-01-02T15:04")
	}
	d.enter("kestrelle")
	d.Click(d.t, `nav a[href="/cases"]`)
	d.Click(d.t, `main a[href="/cases/new"]`)
	d.Fill(d.t, "main", "title", "Anzalduas, seven on foot")
	d.Submit(d.t, "main")
	path, _, _ := strings.Cut(d.Address(d.t), "?")
	f := file{id: strings.TrimPrefix(path, "/cases/")}
	d.add(f.id, "event", "when", at(0), "mode", "foot_between_ports", "place", "usbp:RGV", "place_name", "Anzalduas", "group_size", "7",
		"acts.guiding", "inegi:28", "acts.crossing", "usbp:RGV", "narrative", "A guide led seven people across the river.", "narrative_lang", "en")
	person := []string{"source", "observation", "nationalities", "MX"}
	d.add(f.id, "person", append([]string{"role", "suspect", "function", "guide", "given", "Rutilio", "paterno", "Barragarza", "birth", "1988-02-03"}, person...)...)
	f.suspect = d.offered(f.id, "vehicle", "holder")[0]
	d.add(f.id, "person", append([]string{"role", "smuggled_migrant", "given", "Xochiquetzal", "paterno", "Palomarín", "birth", "1999-05-05"}, person...)...)
	for _, id := range d.offered(f.id, "statement", "person") {
		if id != f.suspect {
			f.witness = id
		}
	}
	d.add(f.id, "statement", "person", f.witness, "kind", "sworn", "lang", "es", "text", "Rutilio nos cobró 900 dólares a cada quien.",
		"start", at(10), "end", at(11), "place", "McAllen station", "present", "D. Kestrelle, agent", "rights", "read", "same_language", "yes", "recorded", "yes", "willing", "yes", "identifies", f.suspect)
	d.add(f.id, "property", "holder", f.suspect, "kind", "money", "description", "Notes in a bag", "amount_cents", "900", "currency", "USD")
	d.add(f.id, "vehicle", "kind", "pickup", "make", "Ford")
	charge := "charge?offence=mx-lm-159-i"
	f.statement = d.offered(f.id, charge, "elements.led_abroad")[0]
	fields := []string{"person", f.suspect, "facts", day.Format(time.DateOnly), "jurisdiction", "territorial"}
	for _, element := range []string{"smuggling_purpose", "led_abroad", "profit"} {
		fields = append(fields, "elements."+element, f.statement)
	}
	d.add(f.id, charge, fields...)
	d.Open(d.t, d.base+path+"/add/exhibit")
	for _, field := range [][2]string{{"kind", "document"}, {"description", "Notebook of payments, 40 sheets"}, {"when", at(2)}, {"place", "River bank"}, {"basis", "plain_view"},
		{"source", "A"}, {"information", "1"}, {"seal", "A-300"}} {
		d.Fill(d.t, "main", field[0], field[1])
	}
	d.Submit(d.t, "main")
	d.finish("exhibit.collect")
	d.Open(d.t, d.base+path)
	d.act("case.add_member", "office", "usao-sdtx")
	d.leave()
	d.screens(path, f)
	return f
}

// screens asks everybody of a case, one after another.
func (d *desk) screens(path string, f file) {
	d.t.Helper()
	d.enter("ravenel")
	for _, person := range []string{f.suspect, f.witness} {
		d.Open(d.t, d.base+path+"/screening?person="+person)
		d.Unfold(d.t, "screen")
		answers := screened()
		for _, question := range d.Find(d.t, `[id="screen"] [name^="answers."]`, "name") { // in the page's order
			question = strings.TrimPrefix(question, "answers.")
			if answer := answers[question]; answer != "" {
				d.Fill(d.t, "screen", "answers."+question, answer)
			}
			delete(answers, question)
		}
		d.Fill(d.t, "screen", "language", "es")
		d.Submit(d.t, "screen")
		if strings.Contains(d.Address(d.t), "/acts/") {
			d.t.Fatalf("the answers were not taken: %s", d.Text(d.t))
		}
	}
	d.leave()
}

// offered are the choices of a field on the page that adds a noun to a case.
func (d *desk) offered(id, noun, name string) (out []string) {
	d.t.Helper()
	d.Open(d.t, d.base+"/cases/"+id+"/add/"+noun)
	for _, v := range d.Find(d.t, `main select[name="`+name+`"] option, main input[type=checkbox][name="`+name+`"]`, "value") {
		if v != "" {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		d.t.Fatalf("add %s offers no %s", noun, name)
	}
	return out
}
