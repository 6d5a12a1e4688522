package test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
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
var typedWords = []string{"Anzalduas, seven on foot", "Los Indios, nothing decided", "Rio Grande Valley", "Notes in a bag", "Held for the case here", "To find her mother", "North of the third gate", "To be landed", "The ledger", "Notebook of payments, 40 sheets", "NIEM y CASE", "grafo CASE/UCO"}

// TestEveryPageSpeaksTheReadersLanguage opens every page there is as every role
// in both languages: what opens has no text missing, no code where words should
// stand, and in Spanish no English.
func TestEveryPageSpeaksTheReadersLanguage(t *testing.T) {
	if testing.Short() {
		t.Skip("opens every page as everybody")
	}
	w := newWorld(t)
	pages := w.everyPage(w.file())
	opened := map[string]bool{}
	for _, l := range i18n.Languages() {
		for _, who := range people["us"] {
			v := w.visitor(t)
			v.signIn(who.login)
			v.post("/language", url.Values{"language": {string(l)}, "back": {"/"}})
			for path, p := range pages {
				got := v.get(p.address)
				if got.status != http.StatusOK && got.status != http.StatusNotFound && got.status != http.StatusForbidden {
					t.Errorf("%s as %s: status %d", path, who.login, got.status)
				}
				if got.status == http.StatusOK {
					opened[path] = true
				}
				for _, fault := range unspoken(got.text, l) {
					t.Errorf("%s as %s in %s: %s", path, who.login, l, fault)
				}
			}
		}
	}
	for path := range pages {
		if !opened[path] {
			t.Errorf("nobody opens %s", path)
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
