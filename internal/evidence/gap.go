package evidence

import (
	"time"

	"github.com/oasiss/oasiss/wire"
)

// Gap is where a chain of custody does not hold: what a court will ask about.
// It voids nothing by itself (CNPP 228); it has to be explained.
type Gap struct {
	Nth  int    `json:"nth"`  // of the step at which it shows
	Code string `json:"code"` // gapCodes; its words are "exhibit.gap.CODE"
	// Hours are given where time is what is missing.
	Hours int `json:"hours,omitempty"`
}

// The codes of gaps.
const (
	GapOrder     = "order"        // done before the step that it follows
	GapLink      = "link"         // does not name the step before it: one is missing, or two crossed
	GapHolder    = "holder"       // signed by somebody who did not hold it
	GapBetween   = "between"      // too long between the giver's and the receiver's signature
	GapWaiting   = "waiting"      // given, and nobody has signed for it
	GapSeal      = "seal"         // it bore another seal than the one put on last
	GapOpened    = "opened"       // worked on while sealed: nobody signed for opening it
	GapUnsealed  = "unsealed"     // changed hands without a seal
	GapLate      = "late"         // signed long after it was done
	GapCondition = "condition"    // found damaged or altered
	GapUnkept    = "never_sealed" // never sealed within a day of being found
)

var gapCodes = []string{GapOrder, GapLink, GapHolder, GapBetween, GapWaiting, GapSeal, GapOpened, GapUnsealed, GapLate, GapCondition, GapUnkept}

// How much time may pass before it is flagged. No law of either country names
// an hour (CNPP 227 asks for "every" holder); these are the programme's own.
const (
	maxBetween  = 12 * time.Hour // between giving and receiving
	maxLate     = 24 * time.Hour // between doing and signing
	maxUnsealed = 24 * time.Hour // between finding and sealing
)

// Gaps are the gaps of a chain, in its order; pure. now decides only what waits.
func Gaps(chain []Step, now time.Time) (out []Gap) {
	flag := func(s Step, code string, d time.Duration) {
		out = append(out, Gap{Nth: s.Nth, Code: code, Hours: int(d.Hours())})
	}
	for i, s := range chain {
		before := Stand(chain[:i])
		if late := s.Signed.Sub(s.When); late > maxLate {
			flag(s, GapLate, late)
		}
		if s.Condition != "" && s.Condition != "intact" {
			flag(s, GapCondition, 0)
		}
		if i == 0 {
			continue
		}
		if s.After != chain[i-1].Digest || s.Nth != chain[i-1].Nth+1 {
			flag(s, GapLink, 0)
		}
		if s.When.Before(chain[i-1].When) {
			flag(s, GapOrder, 0)
		}
		gapOfHands(s, before, flag)
		gapOfSeal(s, before, flag)
	}
	if end := Stand(chain); end.Between && now.Sub(end.given.When) > maxBetween {
		flag(end.given, GapWaiting, now.Sub(end.given.When))
	}
	if len(chain) > 0 && !sealedInTime(chain) && now.Sub(chain[0].When) > maxUnsealed {
		flag(chain[0], GapUnkept, 0)
	}
	return out
}

// gapOfHands flags a step by somebody who did not hold the exhibit.
func gapOfHands(s Step, before Custody, flag func(Step, string, time.Duration)) {
	switch {
	case s.Step == StepReceive && before.Between:
		if d := s.When.Sub(before.given.When); d > maxBetween {
			flag(s, GapBetween, d)
		}
		if (wire.Address{Node: s.Node, Office: s.Office}) != before.To {
			flag(s, GapHolder, 0)
		}
	case s.Step == StepReceive, before.Between, s.By != before.Holder || s.Node != before.At.Node:
		flag(s, GapHolder, 0)
	}
}

// gapOfSeal flags a seal that is not the one put on last, work on what is
// sealed, and a change of hands without a seal.
func gapOfSeal(s Step, before Custody, flag func(Step, string, time.Duration)) {
	moves := s.Step == StepGive || s.Step == StepReceive
	switch {
	case s.Read != "" && s.Read != before.Seal, before.Seal != "" && s.Read == "" && (moves || s.Step == StepOpen):
		flag(s, GapSeal, 0)
	case moves && before.Seal == "":
		flag(s, GapUnsealed, 0)
	case before.Seal != "" && (s.Step == StepCopy || s.Step == StepAnalyse || s.Step == StepTranslate || s.Step == StepSeal):
		flag(s, GapOpened, 0)
	}
}

// sealedInTime reports whether the exhibit was sealed soon after it was found.
func sealedInTime(chain []Step) bool {
	for _, s := range chain {
		if s.Seal != "" {
			return s.When.Sub(chain[0].When) <= maxUnsealed
		}
	}
	return false
}
