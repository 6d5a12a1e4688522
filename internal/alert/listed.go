package alert

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// An alert is found by what its message says in clear: the danger and the
// region. Where exactly, and what is known of the people, is in no index, and
// neither is the case that it belongs to, which others may not know of.
func init() {
	casefile.Finds(casefile.Finding{Noun: typeAlert, Names: "alert.danger.", All: `SELECT id FROM alert ORDER BY raised, id`, Listed: listedAs, Hit: hit,
		Leaving: func(tx *store.Tx, id, _ string) (access.Resource, error) {
			a, err := Load(tx, id)
			if err != nil {
				return access.Resource{}, err
			}
			return a.Resource(tx)
		}})
}

// registerFound keeps the index in step with the facts after which an alert is there,
// known to others or over.
func registerFound(k *journal.Kinds) {
	relisted(k, func(f Raised) string { return f.ID })
	relisted(k, func(f Escalated) string { return f.Alert })
	relisted(k, func(f ConsulatesTold) string { return f.Alert })
	relisted(k, func(f Ended) string { return f.Alert })
}

func relisted[F any, PF interface {
	*F
	journal.Fact
}](k *journal.Kinds, of func(F) string) {
	journal.React[F, PF](k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f F) ([]journal.Fact, error) {
		return nil, casefile.Relist(tx, d, typeAlert, of(f))
	})
}

func listedAs(tx *store.Tx, _ casefile.Opener, id string) (casefile.Listed, error) {
	a, err := Load(tx, id)
	if err != nil {
		return casefile.Listed{}, err
	}
	r, err := a.Resource(tx)
	if err != nil {
		return casefile.Listed{}, err
	}
	l := casefile.Listed{Of: a.ID, Readers: r.Offices, Over: a.Over(), Owner: a.Raised.Office, At: a.Raised.At}
	place, _ := program.RegionByID(a.Region)
	l.Zone = place.Zone
	for _, lang := range i18n.Languages() {
		l.Words = append(l.Words, i18n.T(lang, "alert.danger."+a.Danger), place.Name(lang))
	}
	return l, nil
}

func hit(tx *store.Tx, v *act.Viewing, id string) (casefile.Hit, bool, error) {
	a, err := Load(tx, id)
	if err != nil {
		return casefile.Hit{}, false, err
	}
	r, err := a.Resource(tx)
	if err != nil || !v.See(r) {
		return casefile.Hit{}, false, err
	}
	h := casefile.Hit{Label: a.Danger, Status: casefile.StatusOpen, Office: a.Raised.Office, Node: a.Raised.Node, Opened: a.Raised.At}
	if a.Over() {
		h.Status = casefile.StatusClosed
	}
	return h, true, nil
}
