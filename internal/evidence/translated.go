package evidence

import (
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
)

// Translated is what a translation says of its making. It is an exhibit of its
// own and names the original, which is kept; its translator answers for it by
// name (CNPP 45). What a machine translated is refused.
type Translated struct {
	Translator  string `json:"translator,omitempty"`
	Certificate string `json:"certificate,omitempty"` // number and who issued it
	On          string `json:"translated_on,omitempty"`
	Machine     bool   `json:"machine,omitempty"`
}

// kindTranslation is the kind of exhibit that a translation is.
const kindTranslation = "translation"

func (t Translated) trimmed() Translated {
	return Translated{Translator: strings.TrimSpace(t.Translator), Certificate: strings.TrimSpace(t.Certificate), On: t.On}
}

// check refuses a translation that does not name its translator, certificate
// and day, or what it translates; and these of what is no translation.
func (t Translated) check(kind string, original bool) error {
	words := t.trimmed()
	_, err := time.Parse(time.DateOnly, words.On)
	switch {
	case t.Machine:
		return refusal.New("casefile.machine_translation")
	case kind != kindTranslation && words != Translated{}:
		return refusal.New("exhibit.no_translation")
	case kind != kindTranslation:
		return nil
	case words.Translator == "":
		return refusal.New("casefile.translator_missing")
	case words.Certificate == "" || err != nil:
		return refusal.New("exhibit.translation_unsaid")
	case !original:
		return refusal.New("exhibit.original_missing")
	case len(words.Translator)+len(words.Certificate) > maxWords:
		return refusal.New("casefile.too_long", "Field", "certificate", "Max", maxWords)
	}
	return nil
}
