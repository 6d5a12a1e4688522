package evidence

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// An exhibit is found by its number, by what kind of thing it is and by what the
// entry of the case that it is goes by: a plate, a telephone number. Not by its
// description, which may name anybody.
func init() {
	casefile.Finds(casefile.Finding{Noun: typeExhibit, Names: "exhibit.kind.", All: `SELECT id FROM exhibit ORDER BY id`, Listed: listedAs, With: ofItem, Hit: hit, Leaving: leaving})
}

// registerFound keeps the index in step with the facts after which an exhibit is there,
// or known to others.
func registerFound(k *journal.Kinds) {
	journal.React(k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f Collected) ([]journal.Fact, error) {
		return nil, casefile.Relist(tx, d, typeExhibit, f.Exhibit)
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f Given) ([]journal.Fact, error) {
		return nil, casefile.Relist(tx, d, typeExhibit, f.Exhibit)
	})
}

// RelistOf brings the index in step with the exhibits that crossed under a
// referral: others know of it now.
func RelistOf(tx *store.Tx, d *journal.Draw, referral string) error {
	all, err := store.Docs[Exhibit](tx, `SELECT doc FROM exhibit WHERE referral = $1 AND referral <> '' ORDER BY case_id, n`, referral)
	if err != nil {
		return fmt.Errorf("exhibits of a referral: %w", err)
	}
	for _, x := range all {
		if err := casefile.Relist(tx, d, typeExhibit, x.ID); err != nil {
			return err
		}
	}
	return nil
}

func listedAs(tx *store.Tx, o casefile.Opener, id string) (casefile.Listed, error) {
	x, err := Load(tx, id)
	if err != nil {
		return casefile.Listed{}, err
	}
	r, err := x.Resource(tx)
	if err != nil {
		return casefile.Listed{}, err
	}
	l := casefile.Listed{Words: []string{x.Number}, Of: x.Case, Readers: r.Offices, Marked: x.Handling, At: x.Found.At, Zone: x.Found.Zone}
	for _, lang := range i18n.Languages() {
		l.Words = append(l.Words, i18n.T(lang, "exhibit.kind."+x.Kind))
	}
	c, err := casefile.Load(tx, x.Case)
	switch {
	case absent(err) && x.Bond != nil: // of another node's case: it goes with the referral that it came by
		l.Of = x.Bond.Referral
		return l, nil
	case err != nil:
		return l, err
	}
	l.Owner, l.Over = c.Office, c.Status != casefile.StatusOpen
	if x.Item == "" {
		return l, nil
	}
	words, err := casefile.FoundWords(tx, o, x.Item)
	l.Words = append(l.Words, words)
	return l, err
}

// ofItem are the exhibits of a case that are one of its entries.
func ofItem(tx *store.Tx, caseID, item string) (out []string, err error) {
	all, err := store.Docs[Exhibit](tx, `SELECT doc FROM exhibit WHERE case_id = $1 ORDER BY n`, caseID)
	if err != nil {
		return nil, fmt.Errorf("exhibits of a case: %w", err)
	}
	for _, x := range all {
		if x.Item == item {
			out = append(out, x.ID)
		}
	}
	return out, nil
}

func hit(tx *store.Tx, v *act.Viewing, id string) (casefile.Hit, bool, error) {
	x, err := Load(tx, id)
	if err != nil {
		return casefile.Hit{}, false, err
	}
	r, err := x.Resource(tx)
	if err != nil || !v.See(r) {
		return casefile.Hit{}, false, err
	}
	h := casefile.Hit{Number: x.Number, Label: x.Kind, Status: casefile.StatusOpen, Handling: x.Handling, Opened: x.Added}
	c, err := casefile.Load(tx, x.Case)
	switch {
	case err == nil:
		h.Office, h.Status = c.Office, c.Status
	case !absent(err):
		return h, false, err
	case x.Bond != nil: // of a case that is not the reader's to know of
		h.Office, h.Node = x.Bond.Here.Office, x.Bond.Here.Node
	}
	return h, true, nil
}

// leaving is asked of an exhibit as of its case: what came from the other side
// goes on with the originator's consent, but for one's own file.
func leaving(tx *store.Tx, id, reason string) (access.Resource, error) {
	x, err := Load(tx, id)
	if err != nil {
		return access.Resource{}, err
	}
	r, err := x.Resource(tx)
	if err != nil {
		return r, err
	}
	c, err := casefile.Load(tx, x.Case)
	if err != nil && !absent(err) {
		return r, err
	}
	r.Attrs[access.AttrConsents] = err == nil && c.Origin == "" || reason == casefile.ForOwnFile
	return r, nil
}
