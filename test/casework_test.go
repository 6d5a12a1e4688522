package test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// TestCaseworkInTheBrowser records a case by hand through the pages, in either
// language (the suite in Spanish, make soak in both): its event, people, words, things and decisions; its people are
// screened, a gate is ended, somebody agrees to be named, an identity is shown
// and somebody is found to be a victim.
func TestCaseworkInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	b := webtest.Start(t)
	w := newWorld(t)
	for _, l := range spoken(i18n.Spanish) {
		t.Run(string(l), func(t *testing.T) {
			w.t = t
			d := &desk{b, t, w.web["us"], l, w}
			d.Size(t, 1440, 900)
			c := &casework{desk: d}
			c.strangers()
			c.record()
			c.desks()
			c.looked()
		})
	}
}

// casework is a case being recorded by hand.
type casework struct {
	*desk
	path             string // of the case
	suspect, witness string
}

// look keeps a picture, and where there is time (OASISS_SOAK) audits, and holds
// that nothing needs sideways scrolling at 400 % zoom, as TestPagesAreAccessible
// does of every page.
func (c *casework) look(name string) {
	c.t.Helper()
	c.shoot(name)
	if os.Getenv("OASISS_SOAK") == "" {
		return
	}
	c.Size(c.t, 320, 800)
	if over := c.Overflow(c.t); over > 0 {
		c.t.Errorf("%s in %s: %d px too wide at 320", name, c.lang, over)
	}
	c.Size(c.t, 1440, 900)
}

// add records one thing on its own page, which leads back to the case.
func (c *casework) add(noun string, fields ...string) {
	c.t.Helper()
	c.Open(c.t, c.base+c.path+"/add/"+noun)
	for i := 0; i < len(fields); i += 2 {
		c.Fill(c.t, "main", fields[i], fields[i+1])
	}
	name, _, _ := strings.Cut(noun, "?")
	c.look("add-" + name)
	c.Submit(c.t, "main")
	if a, _, _ := strings.Cut(c.Address(c.t), "?"); a != c.path {
		c.t.Fatalf("%s was not recorded: %s\n%s", noun, a, c.Text(c.t))
	}
}

// strangers are the pages of those who are not signed in.
func (c *casework) strangers() {
	c.t.Helper()
	for _, page := range []string{"sign-in", "found", "redeem"} {
		c.Open(c.t, c.base+"/"+page)
		c.speak()
		c.look(page)
	}
	c.Fill(c.t, "", "half", "nobodys")
	c.Fill(c.t, "", "other", "nobodys")
	c.Fill(c.t, "", "password", password)
	c.Submit(c.t, "main")
	c.look("redeem-refused")
}

// record fills a case.
func (c *casework) record() {
	c.enter("kestrelle")
	c.look("my-day-empty")
	c.Open(c.t, c.base+"/cases/new")
	c.Submit(c.t, "main") // without a title
	c.look("new-case-refused")
	c.Fill(c.t, "main", "title", "Casa en Alamo, 3 personas")
	c.Fill(c.t, "main", "controls", "CUI")
	c.Submit(c.t, "main")
	c.path, _, _ = strings.Cut(c.Address(c.t), "?")
	if !strings.HasPrefix(c.path, "/cases/0") {
		c.t.Fatalf("no case: %s\n%s", c.path, c.Text(c.t))
	}
	c.look("case-new")
	if !strings.Contains(c.Text(c.t), "CUI") {
		c.t.Errorf("the case's label lacks its control:\n%s", c.Text(c.t))
	}
	at := time.Now().Add(-30 * time.Hour).Format("2006-01-02T15:04")
	until := time.Now().Add(-29 * time.Hour).Format("2006-01-02T15:04")
	c.add("event", "when", at, "mode", "stash_house", "place", "usbp:RGV", "place_name", "Alamo", "group_size", "3", "fee_cents", "900", "currency", "USD", "narrative", "Three people were kept in a house.", "narrative_lang", "en",
		"acts.harbouring", "usbp:RGV", "acts.transport", "inegi:28")
	c.add("person", "role", "suspect", "function", "caretaker", "source", "observation", "given", "Rogelio", "paterno", "Basurto", "birth", "1988-02-03", "nationalities", "MX")
	c.suspect = c.choiceOn("vehicle", "holder")
	c.add("person", "role", "smuggled_migrant", "source", "observation", "given", "Xochitl", "paterno", "Palomarín", "birth", "1999-05-05", "nationalities", "MX", "languages", "nah")
	for _, id := range c.choicesOn("statement", "person") {
		if id != c.suspect {
			c.witness = id
		}
	}
	c.add("statement", "person", c.witness, "kind", "sworn", "lang", "es", "text", "Nos cobró 900 dólares a cada quien.", "start", at, "end", until, "place", "McAllen",
		"present", "D. Kestrelle", "rights", "read", "same_language", "yes", "recorded", "yes", "willing", "yes", "identifies", c.suspect)
	c.add("translation", "statement", c.choiceOn("translation", "statement"), "lang", "en", "text", "He charged each of us 900 dollars.", "translator", "E. Marlow")
	c.add("property", "holder", c.suspect, "kind", "money", "description", "Notes in a bag", "amount_cents", "900.50", "currency", "USD")
	c.add("vehicle", "holder", c.suspect, "kind", "van", "make", "Ford", "plate", "TXH 4821")
	c.add("phone", "holder", c.suspect, "number", "+52 899 555 0142")
	c.add("organisation", "kind", "network", "name", "Los del Vado")
	c.Open(c.t, c.base+c.path+"/add/charge")
	c.look("add-charge-offence")
	charge := "charge?offence=mx-lm-159-i"
	c.add(charge, "elements.profit", c.choiceOn(charge, "elements.profit"), "person", c.suspect, "facts", at[:10], "jurisdiction", "territorial")
	c.add("note", "matter", "weapons", "on", at[:10])
	c.look("case-filled")
	c.Open(c.t, c.base+"/people/"+c.witness)
	c.act("protection.reveal", "reason", "To call her lawyer", "minutes", "15")
	c.look("person-shown")
	if !strings.Contains(c.Text(c.t), "Palomarín") {
		c.t.Error("the identity is not shown to whoever opened it")
	}
	c.corrected()
	c.merged()
	c.Open(c.t, c.base+"/cases")
	c.look("cases")
	c.search("vado")
	c.look("search-found")
	if !strings.Contains(c.Text(c.t), "Los del Vado") {
		c.t.Error("an organisation of the case is not found")
	}
	c.search("palomarin")
	if strings.Contains(c.Text(c.t), "Palomarín") {
		c.t.Error("a protected person is found by name")
	}
	c.leave()
}

// corrected puts an event and a person right: what was typed stays after a
// refusal, what is not touched stays as it was, and what stood before is told.
func (c *casework) corrected() {
	c.t.Helper()
	c.act("case.correct_person", "materno", "Ocaranza", "nationalities", "GT", "reason", "new_information")
	c.look("person-corrected")
	for _, words := range []string{"Xochitl Palomarín Ocaranza", "Guatemala", i18n.Date(c.lang, time.Date(1999, 5, 5, 0, 0, 0, 0, time.UTC), time.UTC), c.say("casefile.reason.new_information")} {
		if !strings.Contains(c.Text(c.t), words) {
			c.t.Errorf("the corrected person's page does not say %q:\n%s", words, c.Text(c.t))
		}
	}
	c.Open(c.t, c.base+c.path)
	c.Click(c.t, `main .adds a[href*="/items/"]`)
	c.Unfold(c.t, "act-case.correct_event")
	c.Fill(c.t, "act-case.correct_event", "place_name", "Donna")
	c.Submit(c.t, "act-case.correct_event") // without a reason
	c.look("correct-event-refused")
	if !strings.Contains(c.Text(c.t), c.say("refusal.casefile.reason_missing")) {
		c.t.Error("a correction without a reason was taken")
	}
	c.Fill(c.t, "act-case.correct_event", "reason", "clerical")
	c.Submit(c.t, "act-case.correct_event")
	c.look("event-corrected")
	stands, before, _ := strings.Cut(c.Text(c.t), c.say("web.changes"))
	for _, words := range []string{"Donna", "900", c.say("casefile.act.harbouring"), c.say("casefile.act.transport"), "Three people were kept"} {
		if !strings.Contains(stands, words) {
			c.t.Errorf("the corrected event does not say %q:\n%s", words, stands)
		}
	}
	if !strings.Contains(before, "Dana Kestrelle") || !strings.Contains(before, c.say("casefile.reason.clerical")) {
		c.t.Errorf("who corrected it and why is not told:\n%s", before)
	}
	if stood := c.Find(c.t, "ol.list details.more", "class"); len(stood) != 1 {
		c.t.Errorf("%d versions that stood before, want 1", len(stood))
	}
}

// merged records somebody twice, says that both are one person, takes it back
// and says it again; the record that was merged leads to the other.
func (c *casework) merged() {
	c.t.Helper()
	c.add("person", "role", "witness", "source", "observation", "given", "Xóchitl", "paterno", "Palomarín")
	twice := ""
	for _, id := range c.choicesOn("statement", "person") {
		if id != c.suspect && id != c.witness {
			twice = id
		}
	}
	for i := range 2 {
		c.Open(c.t, c.base+"/people/"+c.witness)
		c.act("case.merge", "merged", twice, "reason", "same_person")
		c.Open(c.t, c.base+"/people/"+twice)
		if !strings.Contains(c.Text(c.t), "Ocaranza") {
			c.t.Errorf("the merged record does not lead to the other:\n%s", c.Text(c.t))
		}
		if i == 0 {
			c.look("person-merged")
			c.act("case.unmerge", "merged", twice, "reason", "not_same_person")
		}
	}
}

func (c *casework) search(words string) {
	c.t.Helper()
	c.Open(c.t, c.base+"/search")
	c.Fill(c.t, "main", "q", words)
	c.Fill(c.t, "main", "purpose", "prosecution")
	c.Submit(c.t, "main")
}

// choicesOn are the choices of a field on the page that adds a noun.
func (c *casework) choicesOn(noun, name string) []string {
	c.t.Helper()
	return c.offered(strings.TrimPrefix(c.path, "/cases/"), noun, name)
}

func (c *casework) choiceOn(noun, name string) string { return c.choicesOn(noun, name)[0] }

// desks is what the adviser does: both are asked, a gate that is shut is ended,
// the witness agrees, the suspect is found to be a victim.
func (c *casework) desks() {
	c.enter("ravenel")
	c.Open(c.t, c.base+"/protection")
	c.look("protection-unscreened")
	c.Open(c.t, c.base+c.path+"/screening")
	c.Fill(c.t, "main", c.witness+"/note", "Asked beside the road.")
	c.Submit(c.t, "main")
	c.look("screening-everyone-refused")
	c.lost()
	for _, person := range []string{c.suspect, c.witness} {
		answers := screened()
		if person == c.witness {
			answers["medical.care_now"] = protection.Yes
		}
		c.Open(c.t, c.base+c.path+"/screening?person="+person)
		c.Unfold(c.t, "screen")
		if person == c.suspect {
			c.look("screening-form")
		}
		for question, answer := range answers {
			c.Fill(c.t, "screen", "answers."+question, answer)
		}
		c.Fill(c.t, "screen", "language", "es")
		c.Submit(c.t, "screen")
		if strings.Contains(c.Address(c.t), "/acts/") {
			c.t.Fatalf("the answers were not taken: %s", c.Text(c.t))
		}
	}
	c.Open(c.t, c.base+c.path+"/screening?person="+c.witness)
	if strings.Contains(c.Text(c.t), c.say("form.draft_back")) {
		c.t.Error("answers that were taken come back as if they had not been sent")
	}
	c.look("screening-shut")
	c.Open(c.t, c.base+"/protection")
	c.look("protection-shut")
	c.Open(c.t, c.base+c.path+"/screening?person="+c.witness)
	gate := c.Find(c.t, `li.gate details[id^="act-protection.end_gate"]`, "id")
	if len(gate) != 1 {
		c.t.Fatalf("one gate is shut, and %v can be ended", gate)
	}
	c.end(gate[0])
	c.Open(c.t, c.base+"/people/"+c.witness)
	c.act("protection.consent", "for", "prosecution", "categories", "identity", "until", time.Now().AddDate(0, 3, 0).Format(time.DateOnly), "language", "es", "told", "yes", "code_word", "colibrí azul")
	c.look("person-consented")
	c.apart()
	c.Open(c.t, c.base+"/people/"+c.suspect)
	c.act("protection.reclassify", "reason", "Beaten by those who paid.")
	c.look("suspect-reclassified")
	if strings.Contains(c.Text(c.t), "Basurto") {
		c.t.Error("a suspect found to be a victim is still named")
	}
	c.leave()
	c.enter("garnick")
	c.Open(c.t, c.base+"/journal/overseen")
	c.Wait(c.t, "Me golpearon en la caseta.")
	c.look("overseen")
	c.leave()
}

// apart is what the adviser writes that belongs to nobody else, and the witness
// who telephones to take the consent back.
func (c *casework) apart() {
	page := c.base + "/people/" + c.witness
	reference := regexp.MustCompile(`us-[2-9A-Z]{4}-[2-9A-Z]{4}`).FindString(c.Text(c.t))
	if reference == "" {
		c.t.Fatalf("the page tells no reference:\n%s", c.Text(c.t))
	}
	c.act("protection.note", "note", "Quiere que la escuche una mujer.")
	c.Open(c.t, page)
	c.act("protection.violence", "accused", protection.ByOfficial, "agency", "ofo", "what", "Me golpearon en la caseta.", "lang", "es")
	c.Wait(c.t, "Me golpearon en la caseta.")
	c.look("person-apart")
	c.Open(c.t, c.base+"/withdraw-consent")
	for _, word := range []string{"colibrí verde", "Colibrí azul"} {
		c.Fill(c.t, "main", "reference", strings.ToLower(reference))
		c.Fill(c.t, "main", "through", protection.Telephone)
		c.Fill(c.t, "main", "code_word", word)
		c.Submit(c.t, "main")
		if strings.HasPrefix(c.Address(c.t), "/sign/") { // who takes the call signs for what was said, and reads no more
			c.Wait(c.t, reference)
			c.look("confirm-withdraw-consent")
			c.Click(c.t, `form[action^="/sign/"] button`)
		}
		if done := strings.Contains(c.Address(c.t), "done="); done != (word != "colibrí verde") {
			c.t.Fatalf("with %q: %s", word, c.Text(c.t))
		}
		c.look("withdraw-consent")
	}
	c.Open(c.t, page)
	c.Wait(c.t, c.say("web.consent_ended"))
}

// end records what was done about a gate that is shut.
func (c *casework) end(gate string) {
	c.t.Helper()
	c.Unfold(c.t, gate)
	c.Fill(c.t, gate, "outcome", protection.Done)
	c.Fill(c.t, gate, "evidence", "Seen at the clinic at 18:10.")
	c.look("gate")
	c.Submit(c.t, gate)
	if strings.HasPrefix(c.Address(c.t), "/sign/") {
		c.look("confirm-gate")
		c.Click(c.t, `form[action^="/sign/"] button`)
	}
	if a := c.Address(c.t); strings.Contains(a, "/acts/") || strings.HasPrefix(a, "/sign/") {
		c.t.Fatalf("the gate was not ended: %s\n%s", a, c.Text(c.t))
	}
}

// looked opens what is only looked at.
func (c *casework) looked() {
	c.enter("kestrelle")
	for name, path := range map[string]string{"person": "/people/" + c.witness, "suspect": "/people/" + c.suspect, "history": c.path + "/history", "readers": c.path + "/readers",
		"screening-outside": c.path + "/screening", "case-stopped": c.path, "search": "/search", "nothing": "/cases/nothing"} {
		c.Open(c.t, c.base+path)
		c.look(name)
	}
	c.Open(c.t, c.base+c.path)
	c.Click(c.t, `main a.push[href*="/items/"]`)
	c.look("statement")
	for _, words := range []string{"Nos cobró 900 dólares", "He charged each of us 900 dollars.", "E. Marlow", "D. Kestrelle"} {
		if !strings.Contains(c.Text(c.t), words) {
			c.t.Errorf("the statement's page does not say %q", words)
		}
	}
	c.leave()
}
