package referral

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// VersionView is a version of the packet as far as it is open to the reader.
type VersionView struct {
	N          int           `json:"n"`
	Composed   time.Time     `json:"composed"`
	Approved   time.Time     `json:"approved,omitzero"`
	ApprovedBy string        `json:"approved_by,omitempty"`
	Sent       time.Time     `json:"sent,omitzero"`
	Digest     string        `json:"digest"`
	Tier       string        `json:"tier"` // the furthest that is open on this node
	Sections   []SectionView `json:"sections"`
}

// SectionView is one section of a version.
type SectionView struct {
	Name  string     `json:"name"`
	Empty string     `json:"empty,omitempty"` // why nothing stands in it
	Items []ItemView `json:"items,omitempty"`
}

// ItemView is one item, with its body where it is open to the reader.
type ItemView struct {
	ID       string          `json:"id"`
	Tier     string          `json:"tier"`
	Channel  string          `json:"channel"`
	Handling string          `json:"handling"`
	Onward   string          `json:"onward"`
	Court    string          `json:"court"`
	Digest   string          `json:"digest"`
	Body     json.RawMessage `json:"body,omitempty"`
}

// typeOfTier is what each tier's content is in access.
var typeOfTier = map[string]string{wire.TierNotice: "notice", wire.TierAnalysis: "analysis", wire.TierReleased: "released"}

func (r Referral) addVersions(tx *store.Tx, v *act.Viewing, _ program.Standing, now time.Time, out *Shown) error {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return err
	}
	out.Versions = []VersionView{}
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
	out.Checklist, err = packet.Checklist(tx, v.Ring, r.draft())
	return err
}

// version shows a version's sections; bodies only of the tiers that the reader
// may see, and only where their keys are here.
func (r Referral) version(tx *store.Tx, v *act.Viewing, x packet.Version) (VersionView, error) {
	out := VersionView{N: x.N, Composed: x.Composed, Approved: x.Approved, ApprovedBy: x.ApprovedN, Sent: x.Sent, Digest: x.Digest.String(), Tier: wire.TierNotice}
	may := map[string]bool{}
	for tier, typ := range typeOfTier {
		may[tier] = v.See(r.resource(typ))
	}
	open, err := packet.Open(tx, v.Ring, x)
	if err != nil && nilIfGone(err) != nil {
		return out, err
	}
	for _, s := range x.Manifest.Sections {
		section := SectionView{Name: s.Name, Empty: s.Empty}
		for i, it := range s.Items {
			item := ItemView{ID: it.ID, Tier: it.Tier, Channel: it.Channel, Handling: it.Handling, Onward: it.Onward, Court: it.Court, Digest: it.Digest.String()}
			if bodies := open[s.Name]; may[it.Tier] && i < len(bodies) && bodies[i].Body != nil {
				item.Body = bodies[i].Body
				out.Tier = further(out.Tier, it.Tier)
			}
			section.Items = append(section.Items, item)
		}
		out.Sections = append(out.Sections, section)
	}
	return out, nil
}

// further is the later of two tiers.
func further(a, b string) string {
	rank := map[string]int{wire.TierNotice: 0, wire.TierAnalysis: 1, wire.TierReleased: 2}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

func isAbsent(err error) bool { return errors.Is(err, sql.ErrNoRows) }
