package referral

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// Dying is a clock that somebody answers for and that is about to run out.
type Dying struct {
	Referral Referral
	Clock    string
	Started  time.Time // one run of the clock is told from the next by it
}

// DyingOf lists the clocks of one's own side, owned by one's own roles, that run
// out within a time; those that have run out are said by the page.
func DyingOf(tx *store.Tx, by access.Actor, now time.Time, within time.Duration) (out []Dying, err error) {
	known, err := knownTo(tx, by, Filter{Limit: 2000})
	if err != nil {
		return nil, err
	}
	for _, r := range known {
		s := r.State()
		if main, _ := r.procedure.StateOf(program.MainTrack, s.Main); main.Ends {
			continue
		}
		clocks, err := r.Clocks(tx, s, now)
		if err != nil {
			return nil, err
		}
		for _, c := range clocks {
			running := c.Ended.IsZero() && c.HasDue && slices.Contains([]program.ClockState{program.OnTrack, program.DueSoon}, c.State)
			if running && c.Left <= within && r.yours(by, c.Side, c.Roles) {
				out = append(out, Dying{Referral: r, Clock: c.Clock.ID, Started: c.Started})
			}
		}
	}
	return out, nil
}
