package i18n

import (
	"regexp"
	"sort"
	"strings"
	"testing"
)

// citation marks keys whose text quotes a law or a form and keeps its wording.
var citation = regexp.MustCompile(`(^|\.)(cite|statute)(\.|$)`)

// never are words that no sentence of the interface may use, by language. The
// reasons are in the programme's glossary: a wrong legal term, a word that
// diminishes people, or noise.
var never = map[Lang]*regexp.Regexp{
	English: regexp.MustCompile(`(?i)\b(please|successfully|oops|aliens?|illegals?|SLA)\b`),
	Spanish: regexp.MustCompile(`(?i)(^|[^\p{L}])(please|successfully|alien|illegal|ilegal(es)?|exitosamente|con éxito|por favor|ups|` +
		`paquetes?|contrabando|conspiración|minusválid[oa]s?|arrestos?|arrestad[oa]s?|menor(es)? no acompañad[oa]s?|menor(es)? de edad|` +
		`revelar|referencias?|puedes|debes|tienes|haz|the|of|and|with|from|your|this)($|[^\p{L}])`),
}

// allowed are the glossary's own uses of a word listed above, and codes that hold one.
var allowed = regexp.MustCompile(`(?i)orden judicial de arresto( \(EE\. UU\.\))?|culture_and_language`)

func TestEveryKeyIsInBothLanguages(t *testing.T) {
	for _, l := range Languages() {
		for key := range of(l).texts {
			if _, ok := of(l.Other()).texts[key]; !ok {
				t.Errorf("%s: is in %s and not in %s", key, l, l.Other())
			}
		}
	}
}

func TestNoEmptyTextsAndTheSameParameters(t *testing.T) {
	for key, en := range of(English).texts {
		es := of(Spanish).texts[key]
		for _, forms := range []map[string]string{en, es} {
			for form, text := range forms {
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s %s: is empty", key, form)
				}
			}
		}
		if es == nil {
			continue // reported above
		}
		if a, b := params(en), params(es); a != b {
			t.Errorf("%s: parameters {%s} in English, {%s} in Spanish", key, a, b)
		}
		if (en[""] == "") != (es[""] == "") {
			t.Errorf("%s: has plural forms in one language only", key)
		}
	}
}

func TestWordsFollowTheGlossary(t *testing.T) {
	for _, l := range Languages() {
		for key, forms := range of(l).texts {
			if citation.MatchString(key) {
				continue
			}
			for _, text := range forms {
				checkWords(t, l, key, text)
			}
		}
	}
}

func checkWords(t *testing.T, l Lang, key, text string) {
	t.Helper()
	plain := placeholder.ReplaceAllString(allowed.ReplaceAllString(text, ""), "")
	if w := never[l].FindString(plain); w != "" {
		t.Errorf("%s (%s): %q must not be used: %q", key, l, strings.TrimSpace(w), text)
	}
	if strings.ContainsAny(text, "«»") {
		t.Errorf("%s (%s): quotation marks are “ ”: %q", key, l, text)
	}
	if strings.Contains(text, "EEUU") || strings.Contains(text, "EE.UU") {
		t.Errorf("%s (%s): written EE. UU., with a space: %q", key, l, text)
	}
}

// TestSmugglingIsNotTrafficking guards the worst false friend of the two
// languages: tráfico de personas is smuggling, trata is trafficking.
func TestSmugglingIsNotTrafficking(t *testing.T) {
	trata := regexp.MustCompile(`(?i)\btrata\b`)
	for key, forms := range of(English).texts {
		en, es := strings.ToLower(join(forms)), strings.ToLower(join(of(Spanish).texts[key]))
		if strings.Contains(en, "smuggl") && !strings.Contains(en, "traffick") && trata.MatchString(es) {
			t.Errorf("%s: smuggling is tráfico, not trata: %q", key, es)
		}
		if strings.Contains(en, "traffick") && !strings.Contains(en, "smuggl") && !trata.MatchString(es) {
			t.Errorf("%s: trafficking is trata: %q", key, es)
		}
	}
}

func TestSpanishIsTranslated(t *testing.T) {
	for key, forms := range of(English).texts {
		en := join(forms)
		words := strings.Fields(placeholder.ReplaceAllString(en, ""))
		if len(words) > 3 && en == join(of(Spanish).texts[key]) && !citation.MatchString(key) {
			t.Errorf("%s: the same sentence in both languages: %q", key, en)
		}
	}
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

var paramName = regexp.MustCompile(`\.([A-Za-z_][A-Za-z0-9_]*)`)

func params(forms map[string]string) string {
	seen := map[string]bool{}
	for _, text := range forms {
		for _, hole := range placeholder.FindAllString(text, -1) {
			for _, m := range paramName.FindAllStringSubmatch(hole, -1) {
				seen[m[1]] = true
			}
		}
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return strings.Join(names, " ")
}

func join(forms map[string]string) string {
	keys := make([]string, 0, len(forms))
	for k := range forms {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	texts := make([]string, 0, len(forms))
	for _, k := range keys {
		texts = append(texts, forms[k])
	}
	return strings.Join(texts, " / ")
}
