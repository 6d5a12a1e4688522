package insight

import (
	"slices"
	"strings"
	"unicode"

	"github.com/oasiss/oasiss/internal/i18n"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Attribute is the id of an attribute that nothing in the programme may be
// broken down by ("complexion", "religion"…).
type Attribute string

// In gives the attribute's name in a language: the text insight.sensitive.<id>.
func (a Attribute) In(l i18n.Lang) string { return i18n.T(l, "insight.sensitive."+string(a)) }

// meaning is an attribute of people that nothing in the programme may be
// broken down by, with the words that give it away in either language. A word
// of several parts must stand in that order.
type meaning struct {
	id    Attribute
	words []string
}

// sensitive is the closed list. It holds what is profiled by (DESIGN §4) and
// the sensitive data of Mexican law (LGPDPPSO 3-X: origin, health, genetics,
// belief, opinion, sexual preference), and the flags of immigration
// enforcement, which is no purpose of the programme (DESIGN §7). Sex, age and
// citizenship are not on it: both countries' published figures use them.
var sensitive = []meaning{
	{"complexion", []string{"complexion", "complexions", "skin", "skin tone", "skin color", "tez", "piel", "complexion fisica"}},
	{"hair", []string{"hair", "cabello", "pelo"}},
	{"eyes", []string{"eye", "eyes", "ojo", "ojos"}},
	{"ethnicity", []string{"ethnic", "ethnicity", "ethnicities", "race", "races", "racial", "raza", "razas", "etnia", "etnias", "etnico", "etnica", "etnicidad", "afromexicano", "afromexicana", "hispanic", "latino", "latina"}},
	{"indigenous_origin", []string{"indigenous", "indigena", "indigenas", "tribe", "tribal", "native people", "pueblo originario", "autoadscripcion"}},
	{"language", []string{"language", "languages", "mother tongue", "speaks", "lengua", "lenguas", "idioma", "idiomas", "dialect", "dialecto"}},
	{"religion", []string{"religion", "religions", "religious", "religiosa", "religioso", "faith", "creed", "culto", "creencia", "creencias"}},
	{"orientation", []string{"orientation", "orientacion sexual", "preferencia sexual", "lgbt", "lgbti", "lgbtq", "lgbtqi", "gender identity", "identidad de genero"}},
	{"opinion", []string{"political opinion", "political party", "political affiliation", "opinion politica", "opiniones politicas", "partido politico", "afiliacion politica", "union membership", "sindical", "sindicato"}},
	{"health", []string{"health", "salud", "disability", "discapacidad", "pregnant", "pregnancy", "embarazo", "embarazada", "hiv", "vih", "illness", "enfermedad", "diagnosis", "diagnostico", "medical condition", "medical history", "historial medico"}},
	{"biometrics", []string{"biometric", "biometrics", "biometrico", "biometricos", "fingerprint", "fingerprints", "huella", "huellas", "iris", "genetic", "genetico", "dna", "adn", "tattoo", "tattoos", "tatuaje", "tatuajes", "scars", "cicatrices", "blood type", "tipo de sangre"}},
	{"asylum", []string{"asylum", "asilo", "credible fear", "fear claim", "refugee", "refugio", "refugiado", "temor fundado"}},
	{"status", []string{"deportable", "deportability", "deported", "deportacion", "removable", "removal", "inadmissible", "inadmissibility", "immigration status", "migratory status", "estatus migratorio", "situacion migratoria", "unlawful presence", "visa", "visas"}},
	{"criminal_flag", []string{"criminal alien", "criminal flag", "is criminal", "criminal record", "criminal history", "antecedentes", "antecedentes penales", "gang", "gangs", "pandilla", "watchlist", "watch list"}},
}

// Sensitive finds in a name (of a column, a breakdown, a value map) an
// attribute that no figure may be broken down by, and gives it.
func Sensitive(name string) (id Attribute, found bool) {
	words := wordsOf(name)
	for _, m := range sensitive {
		for _, w := range m.words {
			if stands(words, strings.Fields(w)) {
				return m.id, true
			}
		}
	}
	return "", false
}

func stands(words, phrase []string) bool {
	for i := 0; i+len(phrase) <= len(words); i++ {
		if slices.Equal(words[i:i+len(phrase)], phrase) {
			return true
		}
	}
	return false
}

// wordsOf splits a name into lower-case words without accents: at anything
// that is not a letter, and where a capital follows a small letter, so that
// HAIR_COLOR, hairColor and "Color de Cabello" are all seen.
func wordsOf(name string) []string {
	var b strings.Builder
	var before rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			b.WriteByte(' ')
		}
		if unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		} else {
			b.WriteByte(' ')
		}
		before = r
	}
	fold := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFKC)
	plain, _, err := transform.String(fold, strings.ToLower(b.String()))
	if err != nil {
		plain = strings.ToLower(b.String())
	}
	return strings.Fields(plain)
}
