package act

import (
	"github.com/oasiss/oasiss/internal/i18n"
)

// FieldHelp says in l what a field of a command is, by the field's JSON name:
// the text "help.VERB.FIELD", or "help.field.FIELD" where the field means the
// same in every command. It is "" if there is neither.
func FieldHelp(l i18n.Lang, verb, field string) string {
	for _, key := range []string{"help." + verb + "." + field, "help.field." + field} {
		if i18n.Has(key) {
			return i18n.T(l, key)
		}
	}
	return ""
}
