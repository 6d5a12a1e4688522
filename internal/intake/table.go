package intake

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The formats of files.
const (
	formatDelimited = "delimited"
	formatXLSX      = "xlsx"
)

// folded is the form in which names of columns and values are compared:
// capitals, spaces around and the way accents are composed do not count.
func folded(s string) string { return strings.ToLower(norm.NFC.String(strings.TrimSpace(s))) }
