package document

import "strings"

// Inert makes text safe in a spreadsheet: what a program could take for a
// formula begins with an apostrophe, also behind blanks, which some skip.
func Inert(text string) string {
	begun := strings.TrimLeft(text, " \t\r\n\u00a0\ufeff")
	if begun != "" && strings.ContainsRune("=+-@|%", rune(begun[0])) || text != "" && strings.ContainsRune("\t\r\n", rune(text[0])) ||
		strings.HasPrefix(begun, "＝") || strings.HasPrefix(begun, "＋") || strings.HasPrefix(begun, "－") || strings.HasPrefix(begun, "＠") {
		return "'" + text
	}
	return text
}
