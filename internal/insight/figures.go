package insight

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
)

// Figures are what became of the referrals of one corridor that were sent in one
// year. They are of one corridor and whole years only, so that no two tables
// overlap and what is hidden in one is in no other.
type Figures struct {
	Corridor string   `json:"corridor"`
	Year     int      `json:"year"`
	Steps    []Step   `json:"steps"`
	Months   []Month  `json:"months"`
	Reasons  []Reason `json:"reasons"` // for which they were not accepted
	Declined Cell     `json:"declined"`
}

// Step is one step of the way from the sending to a sentence: of so many so many
// took it, so many will not, and of so many nothing is known.
type Step struct {
	ID      string `json:"id"`
	Country string `json:"country"` // that takes it: us or mx
	Of      *Cell  `json:"of,omitempty"`
	Count   Cell   `json:"count"`
	Not     Cell   `json:"not"`
	Unknown Cell   `json:"unknown"`
	// Days is the median from the step before; -1 where it is not shown.
	Days float64 `json:"days"`
}

// Month is what became of the referrals sent in one month.
type Month struct {
	Month    int  `json:"month"`
	Sent     Cell `json:"sent"`
	Accepted Cell `json:"accepted"`
	Declined Cell `json:"declined"`
	Unknown  Cell `json:"unknown"`
}

// Reason is a reason for which referrals were not accepted.
type Reason struct {
	ID    string       `json:"id"`
	Name  program.Text `json:"name"`
	Count Cell         `json:"count"`
}

// rungs are the steps in their order: what takes it, of which step it is a part,
// and what says that it will not be taken.
var rungs = []struct {
	id, step, of string
	not          []string
	receiver     bool // the receiving side takes it
}{
	{id: "sent", step: "send"},
	{id: "studied", step: "sign_for_analysis", of: "sent", not: []string{"expire", "withdraw"}, receiver: true},
	{id: "accepted", step: "accept", of: "sent", not: []string{"decline", "expire", "withdraw"}, receiver: true},
	{id: "received", step: "receive", of: "accepted", not: []string{"dispose", "withdraw"}, receiver: true},
	{id: "imputed", step: "record_imputation", of: "accepted", not: []string{"dispose", "withdraw"}, receiver: true},
	{id: "bound_over", step: "record_bound_over", of: "imputed", not: []string{"record_not_bound_over", "record_dismissal"}, receiver: true},
	{id: "convicted", step: "record_conviction", of: "bound_over", not: []string{"record_acquittal", "record_dismissal"}, receiver: true},
}

// statistics is the resource of figures.
var statistics = access.Resource{Type: "statistics"}

// Count gives the figures of a corridor and a year to whoever may see figures.
func Count(ctx context.Context, a *act.Acts, by access.Actor, purpose, corridor string, year int) (Figures, error) {
	return act.View(ctx, a, by, purpose, "insight.figures", func(tx *store.Tx, v *act.Viewing) (Figures, error) {
		if err := v.Must(statistics); err != nil {
			return Figures{}, err
		}
		all, err := referral.SentIn(tx, corridor, year)
		return count(all, corridor, year), err
	})
}

// way is when a referral took each step, and which it will not take.
type way struct {
	at     map[string]time.Time
	not    map[string]bool
	month  time.Month
	reason string
	named  program.Text
	from   string // country that sent it
}

func wayOf(r referral.Referral) way {
	s, w := r.State(), way{at: map[string]time.Time{}, not: map[string]bool{}, from: r.Law().Sending}
	for _, x := range rungs {
		if a, taken := s.Last(x.step); taken {
			w.at[x.id] = a.At
			continue
		}
		for _, step := range x.not {
			if _, ended := s.Last(step); ended {
				w.not[x.id] = true
			}
		}
	}
	w.month = w.at["sent"].Month()
	if a, declined := s.Last("decline"); declined && w.at["accepted"].IsZero() {
		w.reason = cmp.Or(a.Reason, "other")
		if x, known := r.Law().Reason(w.reason); known {
			w.named = x.Title
		}
	}
	return w
}

func count(all []referral.Referral, corridor string, year int) Figures {
	ways := make([]way, 0, len(all))
	for _, r := range all {
		ways = append(ways, wayOf(r))
	}
	f := Figures{Corridor: corridor, Year: year}
	sums := f.steps(ways)
	sums = append(sums, f.months(ways)...)
	sums = append(sums, f.reasons(ways))
	suppress(sums)
	for i := range f.Steps {
		if s := &f.Steps[i]; s.Count.Hidden || s.Count.N == 0 {
			s.Days = -1
		}
	}
	slices.SortStableFunc(f.Reasons, func(a, b Reason) int { return cmp.Compare(b.Count.N, a.Count.N) })
	return f
}

// steps counts the steps. A step's whole is the very cell of the step that it is a
// part of, so that what is hidden there is hidden here.
func (f *Figures) steps(ways []way) (sums []sum) {
	f.Steps = make([]Step, len(rungs))
	place := map[string]*Step{}
	for i, x := range rungs {
		s := &f.Steps[i]
		s.ID, s.Country, place[x.id] = x.id, country(ways, x.receiver), s
		var days []float64
		for _, w := range ways {
			at, taken := w.at[x.id]
			before, of := w.at[x.of]
			switch {
			case x.of == "" && taken:
				s.Count.N++
			case !of:
			case taken:
				s.Count.N++
				days = append(days, at.Sub(before).Hours()/24)
			case w.not[x.id]:
				s.Not.N++
			default:
				s.Unknown.N++
			}
		}
		s.Days = median(days)
		if x.of != "" {
			s.Of = &place[x.of].Count
			sums = append(sums, sum{s.Of, []*Cell{&s.Count, &s.Not, &s.Unknown}})
		}
	}
	return sums
}

// country is who takes a step: the side that sends, or the one that receives.
func country(ways []way, receiver bool) string {
	from := "US"
	if len(ways) > 0 {
		from = ways[0].from
	}
	if (from == "US") == receiver {
		return "mx"
	}
	return "us"
}

func median(days []float64) float64 {
	if len(days) == 0 {
		return -1
	}
	slices.Sort(days)
	return days[len(days)/2]
}

// months counts by the month of sending.
func (f *Figures) months(ways []way) (sums []sum) {
	f.Months = make([]Month, 12)
	columns := make([]sum, 4)
	for i := range f.Months {
		m := &f.Months[i]
		m.Month = i + 1
		for _, w := range ways {
			if int(w.month) != m.Month {
				continue
			}
			m.Sent.N++
			switch {
			case !w.at["accepted"].IsZero():
				m.Accepted.N++
			case w.not["accepted"]:
				m.Declined.N++
			default:
				m.Unknown.N++
			}
		}
		row := []*Cell{&m.Accepted, &m.Declined, &m.Unknown}
		sums = append(sums, sum{&m.Sent, row})
		for c, x := range append([]*Cell{&m.Sent}, row...) {
			columns[c].parts = append(columns[c].parts, x)
		}
	}
	for i := range f.Steps {
		switch s := &f.Steps[i]; s.ID {
		case "sent":
			columns[0].total = &s.Count
		case "accepted":
			columns[1].total, columns[2].total, columns[3].total = &s.Count, &s.Not, &s.Unknown
		}
	}
	return append(sums, columns...)
}

// reasons counts why referrals were not accepted.
func (f *Figures) reasons(ways []way) sum {
	counts, names := map[string]int{}, map[string]program.Text{}
	for _, w := range ways {
		if w.reason != "" {
			counts[w.reason]++
			names[w.reason] = w.named
			f.Declined.N++
		}
	}
	for id, n := range counts {
		f.Reasons = append(f.Reasons, Reason{id, names[id], Cell{N: n}})
	}
	slices.SortFunc(f.Reasons, func(a, b Reason) int { return cmp.Compare(a.ID, b.ID) })
	out := sum{total: &f.Declined}
	for i := range f.Reasons {
		out.parts = append(out.parts, &f.Reasons[i].Count)
	}
	return out
}
