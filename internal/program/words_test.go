package program

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
)

// texts calls see with every text of the programme's data.
func texts(where string, v reflect.Value, see func(where string, t Text)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			texts(where, v.Elem(), see)
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(fmt.Sprintf("%s[%d]", where, i), v.Index(i), see)
		}
	case reflect.Struct:
		if t, ok := v.Interface().(Text); ok {
			if t != (Text{}) {
				see(where, t)
			}
			return
		}
		if id := v.FieldByName("ID"); id.IsValid() && id.Kind() == reflect.String {
			where += " " + id.String()
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				texts(where+"."+f.Name, v.Field(i), see)
			}
		}
	}
}

func everyText(see func(where string, t Text)) {
	for _, all := range []any{Procedures(), Offences(), Clocks(), Calendars(), Templates(), *loadPlaces(), *loadWords()} {
		texts(strings.TrimPrefix(reflect.TypeOf(all).String(), "program."), reflect.ValueOf(all), see)
	}
}

// The words of the glossary hold for law as data as they do for the pages.
func TestTextsFollowTheGlossary(t *testing.T) {
	never := map[bool]*regexp.Regexp{
		false: regexp.MustCompile(`(?i)\b(please|illegals|illegal (aliens?|immigrants?|migrants?))\b`),
		true: regexp.MustCompile(`(?i)(^|[^\p{L}])(contrabando de (personas|migrantes)|minusválid[oa]s?|menor(es)? no acompañad[oa]s?|(migrante|persona|inmigrante)s? ilegal(es)?|` +
			`revelar|paquetes?|puedes|debes|tienes|please|the|of|with|from)($|[^\p{L}])`),
	}
	count := 0
	everyText(func(where string, x Text) {
		count++
		if x.En == "" || x.Es == "" {
			t.Errorf("%s: in one language only: %+v", where, x)
		}
		for spanish, text := range map[bool]string{false: x.En, true: x.Es} {
			if w := never[spanish].FindString(text); w != "" {
				t.Errorf("%s: %q must not be used: %q", where, strings.TrimSpace(w), text)
			}
			if strings.ContainsAny(text, "«»") || strings.Contains(text, "EEUU") || strings.Contains(text, "EE.UU") {
				t.Errorf("%s: quotation marks are “ ”, and EE. UU. has a space: %q", where, text)
			}
		}
	})
	if count < 1800 {
		t.Errorf("only %d texts were read", count)
	}
}

// tráfico de personas is smuggling, trata is trafficking.
func TestSmugglingIsNotTrafficking(t *testing.T) {
	trata := regexp.MustCompile(`(?i)\btrata\b`)
	everyText(func(where string, x Text) {
		if strings.Contains(where, "mx-cpf-366ter.Title") {
			return // the code's own heading is “Tráfico de menores”
		}
		en := strings.ToLower(x.En)
		if strings.Contains(en, "smuggl") && !strings.Contains(en, "traffick") && trata.MatchString(x.Es) {
			t.Errorf("%s: smuggling is tráfico: %+v", where, x)
		}
		if strings.Contains(en, "traffick") && !strings.Contains(en, "smuggl") && !strings.Contains(en, "drug") && !trata.MatchString(x.Es) {
			t.Errorf("%s: trafficking is trata: %+v", where, x)
		}
	})
}

// Languages are offered by name, the programme's own first, each with a code
// that a case takes; what is not on the list is called by its code.
func TestLanguagesAreCalledByName(t *testing.T) {
	code := regexp.MustCompile(`^[a-z]{2,3}$`)
	for _, l := range i18n.Languages() {
		list := Languages(l)
		seen := map[string]bool{}
		for i, w := range list {
			if own := w.ID == "en" || w.ID == "es"; own != (i < 2) || !code.MatchString(w.ID) || seen[w.ID] || seen["name "+w.Name(l)] {
				t.Errorf("%s: language %d: %s, %s", l, i, w.ID, w.Name(l))
			}
			seen[w.ID], seen["name "+w.Name(l)] = true, true
		}
	}
	for code, want := range map[string]string{"nah": "náhuatl", "es-MX": "español", "mco": "mco"} {
		if got := LanguageName(code, i18n.Spanish); got != want {
			t.Errorf("%s is called %q, want %q", code, got, want)
		}
	}
}
