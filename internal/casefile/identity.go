package casefile

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/oasiss/oasiss/internal/refusal"
)

// Identity is who a person is. It exists sealed and, opened, in memory only.
// Where a person is or will be is identity too.
type Identity struct {
	Given         string       `json:"given,omitempty"`
	Paterno       string       `json:"paterno,omitempty"` // first surname
	Materno       string       `json:"materno,omitempty"` // second surname, which US systems drop
	Particle      string       `json:"particle,omitempty"`
	AsRecorded    string       `json:"as_recorded,omitempty"` // in full, as the source wrote it
	Aliases       []string     `json:"aliases,omitempty"`
	Birth         string       `json:"birth,omitempty"` // YYYY[-MM[-DD]]
	BirthPlace    string       `json:"birth_place,omitempty"`
	Sex           string       `json:"sex,omitempty"`           // f, m, x; empty is not recorded
	Nationalities []string     `json:"nationalities,omitempty"` // ISO 3166-1 alpha-2
	Languages     []string     `json:"languages,omitempty"`     // BCP 47
	Identifiers   []Identifier `json:"identifiers,omitempty"`
	Contact       []string     `json:"contact,omitempty"`
	Whereabouts   []string     `json:"whereabouts,omitempty"`
	Note          string       `json:"note,omitempty"`
}

// Name is how the person is written where the name may be shown: as given and
// both surnames, or as recorded when the parts are not known.
func (w Identity) Name() string {
	name := strings.Join(strings.Fields(strings.Join([]string{w.Given, w.Particle, w.Paterno, w.Materno}, " ")), " ")
	if name == "" {
		return w.AsRecorded
	}
	return name
}

// Names lists every name by which the person is known.
func (w Identity) Names() []string {
	var out []string
	for _, n := range append([]string{w.Name(), w.AsRecorded}, w.Aliases...) {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

// Named reports whether any name is known.
func (w Identity) Named() bool { return len(w.Names()) > 0 }

// Has reports whether the person holds a nationality (ISO 3166-1 alpha-2).
func (w Identity) Has(nationality string) bool {
	for _, n := range w.Nationalities {
		if n == nationality {
			return true
		}
	}
	return false
}

var langForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// clean trims what was typed and brings identifiers to their form; it refuses
// what cannot be right and never repeats the value.
func (w *Identity) clean() error {
	for _, s := range []*string{&w.Given, &w.Paterno, &w.Materno, &w.Particle, &w.AsRecorded, &w.BirthPlace} {
		*s = norm.NFC.String(strings.TrimSpace(*s))
		if len(*s) > maxName {
			return refusal.New("casefile.too_long", "Field", "name", "Max", maxName)
		}
	}
	w.Aliases, w.Contact, w.Whereabouts = trimmed(w.Aliases), trimmed(w.Contact), trimmed(w.Whereabouts)
	if w.Birth != "" {
		if _, err := ParseDate(w.Birth); err != nil {
			return refusal.New("casefile.birth")
		}
	}
	if w.Sex != "" && w.Sex != "f" && w.Sex != "m" && w.Sex != "x" {
		return refusal.New("casefile.sex")
	}
	for i, n := range w.Nationalities {
		w.Nationalities[i] = strings.ToUpper(strings.TrimSpace(n))
		if !countryForm.MatchString(w.Nationalities[i]) {
			return refusal.New("casefile.nationality")
		}
	}
	for _, l := range w.Languages {
		if !langForm.MatchString(l) {
			return refusal.New("casefile.language", "Lang", "")
		}
	}
	for i := range w.Identifiers {
		if err := w.Identifiers[i].clean(); err != nil {
			return err
		}
	}
	return nil
}

func trimmed(in []string) []string {
	var out []string
	for _, s := range in {
		if s = norm.NFC.String(strings.TrimSpace(s)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Fold brings a text to the form in which names are compared: no accents, no
// case, no marks between words. The original is what is kept and shown.
func Fold(s string) string {
	// A transformer keeps state, so each call has its own.
	t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	plain, _, err := transform.String(t, s)
	if err != nil {
		plain = s // not UTF-8; compared as it is
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(plain), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	}), " ")
}
