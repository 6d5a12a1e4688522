package referral

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// A referral is found by its number and by that of the file which the receiving
// side opened for it: by nothing of the packet, which opens tier by tier.
func init() {
	casefile.Finds(casefile.Finding{Noun: typeReferral, All: `SELECT id FROM referral ORDER BY opened, id`, Listed: listedAs, Hit: hit, Leaving: leaving})
}

// registerFound keeps the index in step with the facts after which a referral is there,
// known to others, registered under a number or over.
func registerFound(k *journal.Kinds) {
	relisted[Drafted](k)
	relisted[Sent](k)
	relisted[Undelivered](k)
	relisted[Taken](k)
	relisted[SignedStep](k)
	relisted[Accepted](k)
	relisted[Declined](k)
	relisted[Disposed](k)
	relisted[Withdrawn](k)
	relisted[FileRegistered](k)
	relistedWhole[OfficeAdded](k)
	relistedWhole[HandOverScheduled](k)
	relistedWhole[ReceptionScheduled](k)
}

func relisted[F any, PF factOf[F]](k *journal.Kinds) {
	journal.React[F, PF](k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ F) ([]journal.Fact, error) {
		return nil, casefile.Relist(tx, d, typeReferral, e.Referral)
	})
}

// relistedWhole is relisted where an office may have come to know of the
// referral, and so of what crossed under it.
func relistedWhole[F any, PF factOf[F]](k *journal.Kinds) {
	relisted[F, PF](k)
	journal.React[F, PF](k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ F) ([]journal.Fact, error) {
		return nil, evidence.RelistOf(tx, d, e.Referral)
	})
}

func listedAs(tx *store.Tx, _ casefile.Opener, id string) (casefile.Listed, error) {
	r, err := Load(tx, id)
	if err != nil {
		return casefile.Listed{}, err
	}
	of := r.ID
	if r.Home() {
		of = r.Case
	}
	return casefile.Listed{Words: []string{r.Number, r.File}, Of: of, Readers: r.Members, Over: r.Over(), Owner: r.here().Office, Marked: r.Handling, At: r.Opened}, nil
}

func hit(tx *store.Tx, v *act.Viewing, id string) (casefile.Hit, bool, error) {
	r, err := Load(tx, id)
	if err != nil || !v.See(Resource(r)) {
		return casefile.Hit{}, false, err
	}
	h := casefile.Hit{Number: r.Number, Label: r.Number, Status: casefile.StatusOpen, Office: r.here().Office, Node: r.here().Node, Handling: r.Handling, Opened: r.Opened}
	if r.Over() {
		h.Status = casefile.StatusClosed
	}
	return h, true, nil
}

// leaving is asked of a referral as of a case: what was received goes on with its
// originator's consent, but for one's own file.
func leaving(tx *store.Tx, id, reason string) (access.Resource, error) {
	r, err := Load(tx, id)
	if err != nil {
		return access.Resource{}, err
	}
	res := Resource(r)
	res.Attrs[access.AttrConsents] = r.Home() || reason == casefile.ForOwnFile
	return res, nil
}
