package shift

import (
	"context"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
)

// Day is what of changes of shift a person's day shows.
type Day struct {
	Offered []Change `json:"offered"` // to the reader, not answered
	Waiting []Change `json:"waiting"` // by the reader, not answered
	Ended   []Change `json:"ended"`   // of the reader, answered in the last day
	Held    []Hand   `json:"held"`    // taken over and in the reader's hands
}

// mostChanges bounds each list of a day.
const mostChanges = 50

// Today gives what of changes of shift a person's day shows.
func Today(ctx context.Context, a *act.Acts, by access.Actor, purpose string) (Day, error) {
	return act.View(ctx, a, by, purpose, "shift.today", func(tx *store.Tx, v *act.Viewing) (Day, error) {
		d := Day{Offered: []Change{}, Waiting: []Change{}, Ended: []Change{}, Held: []Hand{}}
		if !v.Anywhere("shift") {
			return d, nil
		}
		since := a.Now().Add(-24 * time.Hour)
		for _, list := range []struct {
			into          *[]Change
			column, state string
		}{{&d.Offered, "taker", Offered}, {&d.Waiting, "giver", Offered}, {&d.Ended, "giver", Taken}, {&d.Ended, "giver", Refused}} {
			all, err := changes(tx, list.column, by.User, list.state, mostChanges)
			if err != nil {
				return d, err
			}
			for _, c := range all {
				if !v.See(c.resource()) || c.State != Offered && c.Answered.Before(since) {
					continue
				}
				if _, err := v.OpenPart(tx, c.Fact, partNote, &c.Note); err != nil {
					return d, err
				}
				*list.into = append(*list.into, c)
			}
		}
		all, err := held(tx, by.User)
		for _, h := range all {
			if err == nil {
				var sees bool
				if sees, err = seen(tx, v, h.Item); sees {
					d.Held = append(d.Held, h)
				}
			}
		}
		return d, err
	})
}

// seen reports whether the reader may see an item.
func seen(tx *store.Tx, v *act.Viewing, i Item) (bool, error) {
	if i.Type == ItemReferral {
		r, err := referral.Load(tx, i.ID)
		if isAbsent(err) {
			return false, nil
		}
		return err == nil && v.See(referral.Resource(r)), err
	}
	c, err := casefile.Load(tx, i.Case)
	if isAbsent(err) {
		return false, nil
	}
	return err == nil && c.Status == casefile.StatusOpen && v.See(casefile.Resource(c)), err
}

// Leaving is what a person can leave to a colleague now, and to whom.
type Leaving struct {
	Items      []Item      `json:"items"`
	Colleagues []Colleague `json:"colleagues"`
	Notes      bool        `json:"notes"` // there is a protection desk's file, whose notes stay where they are
}

// Colleague is somebody to whom things can be left.
type Colleague struct {
	Account string `json:"account"`
	Name    string `json:"name"`
}

// newestCases bounds how many cases of the office are looked at for the reader's own.
const newestCases = 100

// Leave gives what a person can leave: what they took over, the open cases that
// they opened, the gates that they answer for, and the referrals in which a step is
// owed by a role of theirs (owed, as their day lists them) and that are in no other
// hands.
func Leave(ctx context.Context, a *act.Acts, by access.Actor, purpose string, owed []Item) (Leaving, error) {
	return act.View(ctx, a, by, purpose, "shift.leave", func(tx *store.Tx, v *act.Viewing) (Leaving, error) {
		out := Leaving{Items: []Item{}, Colleagues: []Colleague{}}
		if !v.Anywhere("shift") {
			return out, nil
		}
		candidates := slices.Clone(owed)
		mine, err := held(tx, by.User)
		if err != nil {
			return out, err
		}
		for _, h := range mine {
			candidates = append(candidates, h.Item)
		}
		cases, err := casefile.Known(tx, by.Office, newestCases)
		if err != nil {
			return out, err
		}
		for _, c := range cases {
			if c.By == by.User {
				candidates = append(candidates, Item{Type: ItemCase, ID: c.ID, Case: c.ID, Number: c.Number})
			}
		}
		for _, i := range candidates {
			if err := out.add(tx, v, i); err != nil {
				return out, err
			}
		}
		gates, err := protection.GatesOf(tx, by, newestCases)
		if err != nil {
			return out, err
		}
		for _, g := range gates {
			if c, err := casefile.Load(tx, g.Case); err == nil && v.See(casefile.Resource(c)) {
				out.Items = append(out.Items, Item{Type: ItemGate, ID: g.ID, Case: c.ID, Number: c.Number})
			}
		}
		out.Notes = by.Has(access.RoleAdviser)
		users, err := Colleagues(tx, by, a.Now())
		for _, u := range users {
			out.Colleagues = append(out.Colleagues, Colleague{u.ID, u.Name})
		}
		return out, err
	})
}

// add adds an item that the reader may see and that is in no other hands.
func (l *Leaving) add(tx *store.Tx, v *act.Viewing, i Item) error {
	if slices.ContainsFunc(l.Items, func(x Item) bool { return x.String() == i.String() }) {
		return nil
	}
	h, err := handOf(tx, i)
	if err != nil || h.Account != "" && h.Account != v.By.User {
		return err
	}
	sees, err := seen(tx, v, i)
	if sees {
		l.Items = append(l.Items, i)
	}
	return err
}
