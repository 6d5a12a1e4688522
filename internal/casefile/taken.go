package casefile

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
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

// TakenBy is the sentence that stands on everything taken out by a fact: who,
// for which office, when, for what.
func TakenBy(e journal.Entry, reason string, l i18n.Lang) string {
	return i18n.T(l, "export.mark", map[string]any{"By": e.By.Name, "Office": e.From.Office, "When": i18n.DateTime(l, e.Recorded, time.UTC),
		"Purpose": i18n.T(l, "purpose."+e.Purpose), "Reason": i18n.T(l, "export.reason."+reason)})
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
