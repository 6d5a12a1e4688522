package referral

import (
	"fmt"
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
	soon := fmt.Sprintf(` AND q.ends = 0 AND q.due <= %d`, store.Micros(now.Add(within)))
	err = eachQueued(tx, by, soon, func(r Referral) error {
		clocks, err := r.Clocks(tx, r.State(), now)
		if err != nil {
			return err
		}
		for _, c := range clocks {
			running := c.Ended.IsZero() && c.HasDue && slices.Contains([]program.ClockState{program.OnTrack, program.DueSoon}, c.State)
			if running && c.Left <= within && r.yours(by, c.Side, c.Roles) {
				out = append(out, Dying{Referral: r, Clock: c.Clock.ID, Started: c.Started})
			}
		}
		return nil
	})
	return out, err
}
