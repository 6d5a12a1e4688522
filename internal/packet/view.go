package packet

import (
	"encoding/json"
	"time"

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

// View gives a version with the bodies of the tiers that a reader may see, and
// only where their keys are here: open is what this node can open (Open).
func (v Version) View(open map[string][]Content, may func(tier string) bool) VersionView {
	out := VersionView{N: v.N, Composed: v.Composed, Approved: v.Approved, ApprovedBy: v.ApprovedN, Sent: v.Sent, Digest: v.Digest.String(), Tier: wire.TierNotice}
	for _, s := range v.Manifest.Sections {
		section := SectionView{Name: s.Name, Empty: s.Empty}
		for i, it := range s.Items {
			item := ItemView{ID: it.ID, Tier: it.Tier, Channel: it.Channel, Handling: it.Handling, Onward: it.Onward, Court: it.Court, Digest: it.Digest.String()}
			if bodies := open[s.Name]; may(it.Tier) && i < len(bodies) && bodies[i].Body != nil {
				item.Body = bodies[i].Body
				out.Tier = further(out.Tier, it.Tier)
			}
			section.Items = append(section.Items, item)
		}
		out.Sections = append(out.Sections, section)
	}
	return out
}

// further is the later of two tiers.
func further(a, b string) string {
	rank := map[string]int{wire.TierNotice: 0, wire.TierAnalysis: 1, wire.TierReleased: 2}
	if rank[b] > rank[a] {
		return b
	}
	return a
}
