package casefile

import (
	"slices"

	"github.com/oasiss/oasiss/internal/refusal"
)

// Reasons for which a case, or a packet made of it, may be taken out of the
// node. Their names are export.reason.<code>.
const (
	ForCourt      = "court_filing"
	ForDefence    = "defence_request"
	ForAssistance = "legal_assistance"
	ForOwnFile    = "own_file" // it stays with those who may read it anyway
)

// Reasons lists them all.
func Reasons() []string { return []string{ForCourt, ForDefence, ForAssistance, ForOwnFile} }

// TakenFor refuses export.reason for a reason that is none of the list.
func TakenFor(reason string) error {
	if !slices.Contains(Reasons(), reason) {
		return refusal.New("export.reason")
	}
	return nil
}
