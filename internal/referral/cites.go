package referral

import (
	"slices"

	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Cites is what an answer or a request refers to: the version that its writer
// had before them, and the page of its print where one is named. The item
// beside it, where there is one, says the place exactly.
type Cites struct {
	Version int `json:"on_version,omitempty"`
	Page    int `json:"on_page,omitempty"`
}

// maxPage bounds a page that is cited.
const maxPage = 9999

// cites names the newest version that both sides have, with the page that its
// reader gives; 0 for none.
func (r Referral) cites(tx *store.Tx, page int) (Cites, error) {
	if page < 0 || page > maxPage {
		return Cites{}, refusal.New("referral.page", "Max", maxPage)
	}
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return Cites{}, err
	}
	for _, v := range slices.Backward(versions) {
		if v.Message != "" {
			return Cites{v.N, page}, nil
		}
	}
	return Cites{}, nil
}

// sound reports whether a peer's act refers to a version that crossed.
func (c Cites) sound(versions []packet.Version) bool {
	return c.Page >= 0 && c.Page <= maxPage && (c.Version == 0 || slices.ContainsFunc(versions, func(v packet.Version) bool { return v.N == c.Version && v.Message != "" }))
}
