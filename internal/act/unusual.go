package act

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// What is unusual in how somebody used the node. None of it is a finding: it is
// what oversight asks about.
const (
	UnusualNight   = "night"   // acts and searches between 22:00 and 05:00 of the office's zone
	UnusualMissed  = "missed"  // asked by id for what is not there or not theirs to know
	UnusualReveals = "reveals" // identities of protected people shown in one day
	UnusualSought  = "sought"  // protected people looked up in one day
	UnusualMany    = "many"    // different things seen in one hour
)

// UnusualUses lists them all.
var UnusualUses = []string{UnusualNight, UnusualMissed, UnusualReveals, UnusualSought, UnusualMany}

// from how often on each is told of; many takes besides five times the median
// of the account's own other hours.
var unusualFrom = map[string]int{UnusualNight: 5, UnusualMissed: 5, UnusualReveals: 5, UnusualSought: 10, UnusualMany: 200}

const (
	timesUsual  = 5
	unusualDays = 7
	// mostAccesses is how many requests, the newest, are looked at.
	mostAccesses = 10_000
)

// Unusual is one account's unusual use in the last seven days.
type Unusual struct {
	Account string    `json:"account"`
	Name    string    `json:"name"`
	Office  string    `json:"office"`
	What    string    `json:"what"`
	Count   int       `json:"count"`
	Usual   int       `json:"usual,omitempty"` // of many: the median of the account's other hours
	Last    time.Time `json:"last"`
}

// UnusualUse tells auditors, and supervisors of people of their own office, of
// use that is out of the ordinary, newest first. It reads the access facts
// alone: nothing of what was seen is in it.
func UnusualUse(ctx context.Context, a *Acts, by access.Actor, purpose string) ([]Unusual, error) {
	return View(ctx, a, by, purpose, "unusual", func(tx *store.Tx, v *Viewing) ([]Unusual, error) {
		if !v.Anywhere("unusual") {
			return []Unusual{}, nil
		}
		list, err := accessesSince(tx, a.Now().AddDate(0, 0, -unusualDays))
		if err != nil {
			return nil, err
		}
		zones := map[string]*time.Location{}
		offices, err := access.ListOffices(tx)
		if err != nil {
			return nil, err
		}
		for _, o := range offices {
			zones[o.ID] = i18n.Zone(o.Zone)
		}
		out := []Unusual{}
		for _, x := range unusual(list, zones) {
			if !v.See(access.Resource{Type: "unusual", ID: x.Account, Offices: []string{x.Office}}) {
				continue
			}
			if u, err := access.LoadUser(tx, x.Account); err == nil {
				x.Name = u.Name
			}
			out = append(out, x)
		}
		return out, nil
	})
}

// accessesSince reads the newest access facts back to a moment.
func accessesSince(tx *store.Tx, since time.Time) ([]Access, error) {
	seqs, err := store.Column[int64](tx, `SELECT seq FROM fact WHERE kind = $1 AND at >= $2 ORDER BY seq DESC LIMIT $3`, (*access.Recorded)(nil).Kind(), store.Micros(since.Truncate(time.Second)), mostAccesses)
	if err != nil {
		return nil, fmt.Errorf("accesses: %w", err)
	}
	out := make([]Access, 0, len(seqs))
	for _, seq := range seqs {
		e, m, err := journal.LoadSeq(tx, seq)
		if unreadable(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("accesses: %w", err)
		}
		x := Access{Seq: e.Seq, ID: e.ID, At: e.Recorded}
		if err := json.Unmarshal(m.Act.Clear, &x.Recorded); err != nil {
			return nil, fmt.Errorf("access fact: %w", err)
		}
		out = append(out, x)
	}
	return out, nil
}

// use is what one account did.
type use struct {
	office        string
	night, missed []time.Time
	reveals       map[string][]time.Time // by day
	sought        map[string][]time.Time
	hours         map[time.Time]map[access.Object]bool // different things seen, by hour
}

// unusual is the rule: what of a list of accesses is told, newest first. A page
// that renews itself is nobody's act: it counts neither at night nor, as it
// shows the same things, among the many.
func unusual(list []Access, zones map[string]*time.Location) []Unusual {
	uses := map[string]*use{}
	for _, x := range list {
		if x.Actor == "" {
			continue
		}
		u := uses[x.Actor]
		if u == nil {
			u = &use{office: x.Office, reveals: map[string][]time.Time{}, sought: map[string][]time.Time{}, hours: map[time.Time]map[access.Object]bool{}}
			uses[x.Actor] = u
		}
		zone := zones[x.Office]
		if zone == nil {
			zone = time.UTC
		}
		u.add(x, zone)
	}
	out := []Unusual{}
	for account, u := range uses {
		out = append(out, u.told(account)...)
	}
	slices.SortFunc(out, func(a, b Unusual) int {
		if c := b.Last.Compare(a.Last); c != 0 {
			return c
		}
		return strings.Compare(a.Account+a.What, b.Account+b.What)
	})
	return out
}

func (u *use) add(x Access, zone *time.Location) {
	local := x.At.In(zone)
	day := local.Format(time.DateOnly)
	meant := !strings.HasPrefix(x.Verb, "view.") || x.Verb == "view.search"
	if h := local.Hour(); meant && (h >= 22 || h < 5) {
		u.night = append(u.night, x.At)
	}
	for _, o := range x.Withheld {
		if o.Type == access.TypeMissed {
			u.missed = append(u.missed, x.At)
		}
	}
	switch {
	case x.Refused != "":
	case x.Verb == "protection.reveal":
		u.reveals[day] = append(u.reveals[day], x.At)
	case x.Verb == "search.find_protected":
		u.sought[day] = append(u.sought[day], x.At)
	}
	hour := x.At.Truncate(time.Hour)
	if u.hours[hour] == nil {
		u.hours[hour] = map[access.Object]bool{}
	}
	for _, o := range x.Objects {
		u.hours[hour][o] = true
	}
}

// told are the uses of an account that reach what is told of.
func (u *use) told(account string) (out []Unusual) {
	tell := func(what string, at []time.Time) {
		if len(at) >= unusualFrom[what] {
			out = append(out, Unusual{Account: account, Office: u.office, What: what, Count: len(at), Last: slices.MaxFunc(at, time.Time.Compare)})
		}
	}
	tell(UnusualNight, u.night)
	tell(UnusualMissed, u.missed)
	for _, day := range u.reveals {
		tell(UnusualReveals, day)
	}
	for _, day := range u.sought {
		tell(UnusualSought, day)
	}
	for hour, things := range u.hours {
		var others []int
		for h, x := range u.hours {
			if h != hour {
				others = append(others, len(x))
			}
		}
		slices.Sort(others)
		usual := 0
		if len(others) > 0 {
			usual = others[len(others)/2]
		}
		if len(things) >= unusualFrom[UnusualMany] && len(things) > timesUsual*usual {
			out = append(out, Unusual{Account: account, Office: u.office, What: UnusualMany, Count: len(things), Usual: usual, Last: hour})
		}
	}
	return out
}
