package casefile

import (
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
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

// Leaving is a case as access sees it when something of it is to leave the node.
// Its originator is asked for nothing by a list for one's own file, nor by a
// case that was not received; whatever else goes on under H2 takes consent.
func Leaving(c Case, reason string) access.Resource {
	r := Resource(c)
	r.Attrs[access.AttrConsents] = c.Origin == "" || reason == ForOwnFile
	return r
}

// ProtectedIn counts the people of a case whom a reader sees by pseudonym only.
func ProtectedIn(tx *store.Tx, v *act.Viewing, c Case) (n int, err error) {
	people, err := People(tx, c.ID)
	for _, p := range people {
		if p.Class == Protected && v.See(PersonResource(c, p)) {
			n++
		}
	}
	return n, err
}
