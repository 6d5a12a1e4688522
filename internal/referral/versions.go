package referral

import (
	"database/sql"
	"errors"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// typeOfTier is what each tier's content is in access.
var typeOfTier = map[string]string{wire.TierNotice: "notice", wire.TierAnalysis: "analysis", wire.TierReleased: "released"}

func (r Referral) addVersions(tx *store.Tx, v *act.Viewing, _ program.Standing, now time.Time, out *Shown) error {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return err
	}
	out.Versions = []packet.VersionView{}
	if out.Printable = len(versions) > 0 && v.See(r.resource("analysis")); out.Printable {
		if out.Copies, err = packet.Copies(tx, r.Packet); err != nil {
			return err
		}
	}
	if v.See(r.resource("disclosure")) {
		if out.Opened, err = r.disclosed(tx); err != nil {
			return err
		}
	}
	if !r.Home() && r.Unsealed == nil && v.By.Office == r.Receiver.Office && r.mayOpen(v) {
		if out.ToOpenIdentities, err = r.identitiesHere(tx); err != nil {
			return err
		}
	}
	for _, x := range versions {
		view, err := r.version(tx, v, x)
		if err != nil {
			return err
		}
		out.Versions = append(out.Versions, view)
		if x.Message == "" || !v.See(r.resource("disclosure")) {
			continue
		}
		if out.Disclosed, err = packet.Disclosures(tx, x); err != nil {
			return err
		}
	}
	if !r.Home() || !v.See(r.resource("analysis")) {
		return nil
	}
	if out.SupplementTask, err = r.supplementTask(tx, v.Ring); err != nil {
		return err
	}
	if n := len(versions); n > 0 && versions[n-1].Message == "" {
		if out.Lint, err = r.lint(tx, v.Ring, versions[n-1], now); err != nil {
			return err
		}
	}
	out.Checklist, err = packet.Checklist(tx, v.Ring, r.draft())
	return err
}

// version shows a version's sections; bodies only of the tiers that the reader
// may see, and only where their keys are here.
func (r Referral) version(tx *store.Tx, v *act.Viewing, x packet.Version) (packet.VersionView, error) {
	may := map[string]bool{}
	for tier, typ := range typeOfTier {
		may[tier] = v.See(r.resource(typ))
	}
	open, err := packet.Open(tx, v.Ring, x)
	if err != nil && nilIfGone(err) != nil {
		return packet.VersionView{}, err
	}
	return x.View(open, func(tier string) bool { return may[tier] }), nil
}

func isAbsent(err error) bool { return errors.Is(err, sql.ErrNoRows) }
