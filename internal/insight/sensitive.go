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
// of several parts must stand in that order; those under whole give it away
// only as a whole name, being harmless beside others (a "criminal case number").
type meaning struct {
	id    Attribute
	words []string
	whole []string
}

// sensitive is the closed list. It holds what is profiled by (DESIGN §4) and
// the sensitive data of Mexican law (LGPDPPSO 3-X: origin, health, genetics,
// belief, opinion, sexual preference), and the flags of immigration
// enforcement, which is no purpose of the programme (DESIGN §7). Sex, age and
// citizenship are not on it: both countries' published figures use them.
var sensitive = []meaning{
	{id: "complexion", words: []string{"complexion", "complexions", "skin", "skin tone", "skin color", "tez", "piel", "complexion fisica", "cutis"}},
	{id: "hair", words: []string{"hair", "cabello", "pelo"}},
	{id: "eyes", words: []string{"eye", "eyes", "ojo", "ojos"}},
	{id: "ethnicity", words: []string{"ethnic", "ethnicity", "ethnicities", "race", "races", "racial", "raza", "razas", "etnia", "etnias", "etnico", "etnica", "etnicidad", "afromexicano", "afromexicana", "hispanic", "latino", "latina"}},
	{id: "indigenous_origin", words: []string{"indigenous", "indigena", "indigenas", "tribe", "tribal", "native people", "pueblo originario", "autoadscripcion"}},
	{id: "language", words: []string{"language", "languages", "mother tongue", "speaks", "lengua", "lenguas", "idioma", "idiomas", "dialect", "dialecto"}},
	{id: "religion", words: []string{"religion", "religions", "religious", "religiosa", "religioso", "faith", "creed", "culto", "creencia", "creencias"}},
	{id: "orientation", words: []string{"orientation", "orientacion sexual", "preferencia sexual", "lgbt", "lgbti", "lgbtq", "lgbtqi", "gender identity", "identidad de genero"}},
	{id: "opinion", words: []string{"political opinion", "political party", "political affiliation", "opinion politica", "opiniones politicas", "partido politico", "afiliacion politica", "union membership", "sindical", "sindicato"}},
	{id: "health", words: []string{"health", "salud", "disability", "discapacidad", "pregnant", "pregnancy", "embarazo", "embarazada", "hiv", "vih", "illness", "enfermedad", "diagnosis", "diagnostico", "medical condition", "medical history", "historial medico"}},
	{id: "biometrics", words: []string{"biometric", "biometrics", "biometrico", "biometricos", "fingerprint", "fingerprints", "huella", "huellas", "iris", "genetic", "genetico", "dna", "adn", "tattoo", "tattoos", "tatuaje", "tatuajes", "scars", "cicatrices", "blood type", "tipo de sangre"}},
	{id: "asylum", words: []string{"asylum", "asilo", "credible fear", "fear claim", "refugee", "refugio", "refugiado", "temor fundado"}},
	{id: "status", words: []string{"deportable", "deportability", "deport", "deports", "deported", "deportacion", "deportado", "deportada", "removable", "removal", "inadmissible", "inadmissibility", "immigration status", "migratory status", "estatus migratorio", "situacion migratoria", "estado migratorio", "condicion migratoria", "calidad migratoria", "condicion de estancia", "imm status", "immig status", "undocumented", "indocumentado", "indocumentada", "unlawful presence", "visa", "visas"}},
	{id: "criminal_flag", words: []string{"criminal alien", "criminal flag", "is criminal", "criminal record", "criminal history", "antecedentes", "antecedentes penales", "gang", "gangs", "pandilla", "watchlist", "watch list", "criminal aliens", "criminal ind", "criminal indicator", "criminal status", "criminality"}, whole: []string{"criminal", "criminals", "delincuente"}},
}

// identity holds the words that give away who somebody is. Cases seal it;
// figures have no place for it, since no figure stands for a person.
var identity = meaning{id: "identity",
	words: []string{"full name", "first name", "last name", "middle name", "given name", "given names", "family name", "surname", "surnames", "person name", "subject name", "victim name", "nombre completo", "nombres", "nombre de la persona", "nombre de la victima", "apellido", "apellidos", "alias", "curp", "rfc", "ssn", "social security", "alien number", "alien file", "fbi number", "passport number", "passport no", "numero de pasaporte", "date of birth", "birth date", "birthdate", "dob", "fecha de nacimiento", "phone", "phone number", "telefono", "home address", "domicilio", "email", "correo electronico"},
	whole: []string{"a number", "a no", "anumber", "name and surname"}}

// Identifies finds in a name of a column, count or breakdown that it says who
// somebody is.
func Identifies(name string) (id Attribute, found bool) {
	return identity.id, identity.within(wordsOf(name))
}

// Sensitive finds in a name (of a column, a breakdown, a value map) an
// attribute that no figure may be broken down by, and gives it.
func Sensitive(name string) (id Attribute, found bool) {
	words := wordsOf(name)
	parts := unglued(words)
	for _, m := range sensitive {
		if m.within(words) || m.within(parts) {
			return m.id, true
		}
	}
	return "", false
}

// within reports whether words give the attribute away.
func (m meaning) within(words []string) bool {
	in := func(phrase string) bool { return stands(words, strings.Fields(phrase)) }
	return slices.ContainsFunc(m.words, in) || slices.Contains(m.whole, strings.Join(words, " "))
}

// What systems glue to a word without a mark between: EYECOLOR, ISDEPORTABLE,
// COLORPIEL.
var (
	gluedBefore = []string{"color", "is", "has", "person", "subject"}
	gluedAfter  = []string{"colour", "color", "colors", "clr", "codes", "code", "cd", "tone", "type", "desc", "text", "txt", "flag", "ind", "yn", "aliens", "alien", "status", "group", "origin"}
)

// unglued takes such words apart.
func unglued(words []string) []string {
	var out []string
	for _, w := range words {
		for _, p := range gluedBefore {
			if rest, ok := strings.CutPrefix(w, p); ok && rest != "" {
				out, w = append(out, p), rest
				break
			}
		}
		for _, p := range gluedAfter {
			if rest, ok := strings.CutSuffix(w, p); ok && rest != "" {
				out, w = append(out, rest), p
				break
			}
		}
		out = append(out, w)
	}
	return out
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
