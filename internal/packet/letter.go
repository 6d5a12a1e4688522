package packet

import (
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/store"
)

// Hidden gives words about a case with the names, identifiers and contacts of
// its protected people replaced by pseudonyms, as in a packet: what officials
// write to the other side releases nobody.
func Hidden(tx *store.Tx, o casefile.Opener, caseID string, w Words) (Words, error) {
	names, err := namesOf(tx, o, caseID, "")
	if err != nil {
		return w, err
	}
	w.Text, w.Translated = names.over(w.Text), names.over(w.Translated)
	return w, nil
}
