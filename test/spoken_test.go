package test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/wire"
)

var (
	// englishWords are words that only an English sentence has.
	englishWords = regexp.MustCompile(`(?i)\b(the|and|with|from|your|this|that|which|nothing|every|please|not|was|were|has|have|been|of|for|by|to|who|what|when|is|are|it|yet|since|nobody|somebody|until|shown|signed|waits?|case|cases|office|record|recorded)\b`)
	// rawCode is a code of the programme where words should stand: dotted or
	// joined by underscores, as no sentence writes them.
	rawCode = regexp.MustCompile(`\b[a-z]{2,}(?:_[a-z]+)+\b|\b(?:refusal|verb|kind|label|web|ask|act|role|purpose|program|casefile|protection|referral|my_day|shell)\.[a-z_]+(?:\.[a-z_]+)*\b`)
	// foreignPassage is what says of itself that it is in English, or is written
	// letter by letter for machines and people's own hands.
	foreignPassage = regexp.MustCompile(`(?s)<(\w+)[^>]* lang="en"[^>]*>.*?</(\w+)>|<script.*?</script>|<head>.*?</head>|<(?:textarea|pre)[^>]*>.*?</(?:textarea|pre)>|<\w+[^>]*class="[^"]*\b(?:id|hash|digest|words)\b[^"]*"[^>]*>.*?</\w+>`)
	markup         = regexp.MustCompile(`(?s)<[^>]*>`)
)

// typedWords are what people of the world wrote in English, which stands on every
// page as it was written, and names that are the same in both languages.
var typedWords = []string{"Anzalduas, seven on foot", "Los Indios, nothing decided", "Rio Grande Valley", "Notes in a bag", "Held for the case here", "To find her mother", "North of the third gate", "To be landed", "The ledger", "Notebook of payments, 40 sheets", "NIEM y CASE", "grafo CASE/UCO", "web.pem"}

// others are accounts of the roles that a world's people do not have.
var others = map[string][]official{
	"us": {{"thistlewood", "Perrin Thistlewood", "usbp-rgv", "field_agent", "en"}, {"bexley", "Oriel Bexley", "cbp-programme", "analyst", "en"},
		{"corbet", "Lindley Corbet", "cbp-programme", "admin", "en"}, {"sparrowe", "Emlyn Sparrowe", "usbp-rgv", "intake", "en"}},
	"mx": {{"zubillaga", "Casilda Zubillaga Rentería", "inm-reynosa", "inm", "es"}, {"arizpe", "Leocadia Arizpe Montemayor", "sre-programa", "consular", "es"},
		{"tovilla", "Evaristo Tovilla Cancino", "fgr-tamps", "police", "es"}, {"urrea", "Brígida Urrea Salvatierra", "fgr-tamps", "adviser", "es"},
		{"legorreta", "Fermín Legorreta Oñate", "fgr-tamps", "supervisor", "es"}, {"quijada", "Domitila Quijada Esparza", "fgr-programa", "auditor", "es"},
		{"nevarez", "Lisandro Nevárez Pruneda", "fgr-programa", "analyst", "es"}, {"ocaranza", "Amparo Ocaranza Villaseñor", "fgr-programa", "admin", "es"},
		{"tejeda", "Hipólito Tejeda Luévano", "fgr-tamps", "intake", "es"}},
}

// everyRole gives each node an account of each role that its country has, and
// names one person of each.
func (w *world) everyRole(n string) (all []official) {
	w.t.Helper()
	for _, p := range others[n] {
		w.joins(n, p)
	}
	had := map[string]bool{}
	for _, p := range append(people[n], others[n]...) {
		if !had[p.role] {
			all = append(all, p)
		}
		had[p.role] = true
	}
	return all
}

// TestEveryPageSpeaksTheReadersLanguage opens every page there is of both nodes
// as every role: what opens has no text missing, no code where words should stand,
// and in Spanish no English. The suite does it in Spanish, make soak in both. What a node has a page of and
// nobody opens there is told.
func TestEveryPageSpeaksTheReadersLanguage(t *testing.T) {
	if testing.Short() {
		t.Skip("opens every page as everybody")
	}
	w := newWorld(t)
	pages := w.everyPage(w.file())
	addresses := map[string]map[string]string{"us": {}, "mx": w.ofReceiver(pages)}
	for path, p := range pages {
		addresses["us"][path] = p.address
	}
	for _, n := range []string{"us", "mx"} {
		everybody, opened := w.everyRole(n), map[string]bool{}
		for _, l := range spoken(i18n.Spanish) {
			for _, who := range everybody {
				w.speaks(t, n, who, l, addresses[n], opened)
			}
		}
		for path := range addresses[n] {
			if !opened[path] {
				t.Errorf("nobody opens %s on %s", path, n)
			}
		}
	}
}

// ofReceiver are the pages that a node has which was sent a referral: those that
// name nothing, its referral, the case that came with it, its hand-overs, its own
// people and its peer.
func (w *world) ofReceiver(pages map[string]looked) map[string]string {
	w.t.Helper()
	var cases []struct{ ID string }
	w.ok(w.as("mx", "escamillar", wire.PurposeProsecution).Get(w.t.Context(), "cases", &cases))
	if len(cases) == 0 {
		w.t.Fatal("no case has come to the other node")
	}
	own := "/cases/" + cases[0].ID
	out := map[string]string{"/referrals/{id}": strings.Replace(pages["/hand-overs/{id}"].address, "hand-overs", "referrals", 1), "/hand-overs/{id}": pages["/hand-overs/{id}"].address,
		"/cases/{id}": own, "/links/{peer}": "/links/us", "/admin/peers/{id}": "/admin/peers/us", "/admin/offices/{id}": "/admin/offices/fgr-tamps",
		"/accords/{id}": "/accords/accord-2008", "/accords/procedures/{id}": pages["/accords/procedures/{id}"].address}
	for path, p := range pages {
		switch {
		case !strings.Contains(path, "{"):
			out[path] = p.address
		case strings.HasPrefix(path, "/cases/{id}/"):
			out[path] = own + strings.TrimPrefix(strings.Replace(path, "{noun}", "event", 1), "/cases/{id}")
		}
	}
	delete(out, "/cases/{id}/items/{item}") // nothing came with it but the packet
	return out
}

// speaks opens a node's pages as somebody, in a language.
func (w *world) speaks(t *testing.T, n string, who official, l i18n.Lang, pages map[string]string, opened map[string]bool) {
	v := w.visitorOf(t, n)
	v.signIn(who.login)
	v.post("/language", url.Values{"language": {string(l)}, "back": {"/"}})
	for path, address := range pages {
		got := v.get(address)
		if got.status != http.StatusOK && got.status != http.StatusNotFound && got.status != http.StatusForbidden {
			t.Errorf("%s of %s as %s: status %d", path, n, who.login, got.status)
		}
		if got.status == http.StatusOK {
			opened[path] = true
		}
		for _, fault := range unspoken(got.text, l) {
			t.Errorf("%s of %s as %s in %s: %s", path, n, who.login, l, fault)
		}
	}
}

// unspoken tells what of a page is not in words of the reader's language.
func unspoken(page string, l i18n.Lang) (faults []string) {
	for _, bad := range []string{"<no value>", "ZgotmplZ", "%!", "{{"} {
		if strings.Contains(page, bad) {
			faults = append(faults, "has "+bad)
		}
	}
	text := strings.Join(strings.Fields(markup.ReplaceAllString(foreignPassage.ReplaceAllString(page, " "), " ")), " ")
	for _, typed := range typedWords {
		text = strings.ReplaceAll(text, typed, "")
	}
	around := func(found []int) string {
		return fmt.Sprintf("…%s…", text[max(0, found[0]-50):min(len(text), found[1]+50)])
	}
	if found := rawCode.FindStringIndex(text); found != nil {
		faults = append(faults, "a code: "+around(found))
	}
	if found := englishWords.FindStringIndex(text); found != nil && l == i18n.Spanish {
		faults = append(faults, "English: "+around(found))
	}
	return faults
}
