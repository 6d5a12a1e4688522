package insight

import (
	"context"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Border is what is open along the border today, over what its reader may know.
type Border struct {
	Sees, Meets bool // the reader may know of referrals at all, and of hand-overs
	// Corridors are by their ids; one of which the reader knows no referral is not
	// among them.
	Corridors map[string]Corridor
	// Crossings count, by crossing, the suspects handed over with both signatures:
	// few are told exactly to nobody.
	Crossings map[string]Cell
}

// Corridor is what is open in a corridor today.
type Corridor struct {
	Known     bool // a referral at least is known to the reader: without one there are hand-overs alone
	Open      Cell
	Silent    Cell          // of the open: the other side owes the step, and its clock has run out
	SilentFor time.Duration // the longest; 0 where none is silent, or it is not shown
	Answered  Cell          // in the last 90 days
	InTime    Cell          // of the answered: the receiving side missed none of its clocks
	// Median is from the sending to the answer; -1 where it is not shown.
	Median time.Duration
	// HandOvers are today's; nil for who may know of none. Of protected people there
	// is nothing: when they cross is told to few.
	HandOvers *Cell
	Next      time.Time // of them; zero where none is to come, or it is not shown
}

// Along counts what is open along the border, with the hand-overs between two
// moments, which are the reader's day. Whoever oversees and has no part in cases
// gets no small count; it is hidden here, before any door has it.
func Along(ctx context.Context, a *act.Acts, by access.Actor, purpose string, from, to time.Time) (Border, error) {
	return act.View(ctx, a, by, purpose, "insight.border", func(tx *store.Tx, v *act.Viewing) (Border, error) {
		now := a.Now()
		stands, err := referral.Stands(tx, v, now)
		if err != nil {
			return Border{}, err
		}
		meets := v.Anywhere("handover")
		out := border(stands, meets, v.Purpose == wire.PurposeOversight, now, from, to)
		out.Sees, out.Meets = v.Anywhere("referral"), meets
		return out, nil
	})
}

// tally is a corridor while it is counted.
type tally struct {
	Corridor
	took  []float64 // hours
	meets int
}

func border(stands []referral.Stand, meets, oversees bool, now, from, to time.Time) Border {
	counts, crossings := map[string]*tally{}, map[string]int{}
	for _, s := range stands {
		c := counts[s.Corridor]
		if c == nil {
			c = &tally{}
			counts[s.Corridor] = c
		}
		c.add(s, now, from, to)
		if s.Meets && s.Crossing != "" {
			crossings[s.Crossing]++
		}
	}
	out := Border{Corridors: map[string]Corridor{}, Crossings: map[string]Cell{}}
	for id, n := range crossings {
		out.Crossings[id] = alone(n)
	}
	for id, c := range counts {
		out.Corridors[id] = c.told(meets, oversees)
	}
	return out
}

// add counts one referral.
func (c *tally) add(s referral.Stand, now, from, to time.Time) {
	if s.Known {
		c.Known = true
		if s.Open {
			c.Open.N++
			if !s.Silent.IsZero() {
				c.Silent.N++
				c.SilentFor = max(c.SilentFor, now.Sub(s.Silent))
			}
		}
		if !s.Answered.IsZero() {
			c.Answered.N++
			c.took = append(c.took, s.Took.Hours())
			if s.InTime {
				c.InTime.N++
			}
		}
	}
	if s.Meets && !s.Hour.Before(from) && s.Hour.Before(to) {
		c.meets++
		if !s.Given && s.Hour.After(now) && (c.Next.IsZero() || s.Hour.Before(c.Next)) {
			c.Next = s.Hour
		}
	}
}

// told is what is told of a corridor.
func (c *tally) told(meets, oversees bool) Corridor {
	out := c.Corridor
	handOvers := Cell{N: c.meets}
	if oversees {
		out.Open, out.Silent = apart(out.Open.N, out.Silent.N)
		out.Answered, out.InTime = apart(out.Answered.N, out.InTime.N)
		handOvers = alone(c.meets)
	}
	out.Median = -1
	if hours := median(c.took); hours >= 0 && !out.Answered.Hidden {
		out.Median = time.Duration(hours * float64(time.Hour))
	}
	if out.Silent.Hidden {
		out.SilentFor = 0
	}
	if meets {
		out.HandOvers = &handOvers
	}
	if !meets || handOvers.Hidden {
		out.Next = time.Time{}
	}
	return out
}

// alone is a count that is in no sum.
func alone(n int) Cell {
	c := Cell{N: n}
	if c.small() {
		return Cell{Hidden: true}
	}
	return c
}

// apart is a whole and how many of it are something. The others are a count too,
// though nothing shows it.
func apart(whole, part int) (Cell, Cell) {
	w, p, others := Cell{N: whole}, Cell{N: part}, Cell{N: whole - part, unseen: true}
	suppress([]sum{{&w, []*Cell{&p, &others}}})
	return w, p
}
