package act

import "github.com/oasiss/oasiss/internal/i18n"

// HelpKey is the key of the text that says what a field of a command is, by
// the field's JSON name: "help.VERB.FIELD", or "help.field.FIELD" where the
// field means the same in every command.
func HelpKey(verb, field string) string {
	if own := "help." + verb + "." + field; i18n.Has(own) {
		return own
	}
	return "help.field." + field
}

// FieldHelp says in l what a field of a command is.
func FieldHelp(l i18n.Lang, verb, field string) string { return i18n.T(l, HelpKey(verb, field)) }
