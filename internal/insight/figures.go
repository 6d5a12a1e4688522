package insight

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
)

// Figures are what became of the referrals of one corridor that were sent in one
// year, each direction for itself. They are of one corridor and whole years only,
// so that no two tables overlap and what is hidden in one is in no other.
type Figures struct {
	Corridor string `json:"corridor"`
	Year     int    `json:"year"`
	Least    int    `json:"least"` // the smallest count that is shown
	Ways     []Way  `json:"ways"`
}

// Way is what became of the referrals that one country sent to another.
type Way struct {
	From     string   `json:"from"` // us or mx
	To       string   `json:"to"`
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

// Named is the reason in a reader's language; its code where it has no name.
func (r Reason) Named(l i18n.Lang) string { return cmp.Or(r.Name.In(l), r.ID) }

// Rows is how many rows of counts the figures have.
func (f Figures) Rows() (n int) {
	for _, w := range f.Ways {
		n += len(w.Steps) + len(w.Months) + len(w.Reasons)
	}
	return n
}

// rungs are the steps in their order: what takes it, of which step it is a part,
// and what says that it will not be taken.
var rungs = []struct {
	id, step, of string
	not          []string
	receiver     bool // the receiving side takes it
}{
	{id: "sent", step: "send"},
	{id: "studied", step: "sign_for_analysis", of: "sent", not: []string{"decline", "expire", "withdraw"}, receiver: true},
	{id: "accepted", step: "accept", of: "sent", not: []string{"decline", "expire", "withdraw"}, receiver: true},
	{id: "received", step: "receive", of: "accepted", not: []string{"dispose", "withdraw"}, receiver: true},
	{id: "imputed", step: "record_imputation", of: "accepted", not: []string{"dispose", "withdraw"}, receiver: true},
	{id: "bound_over", step: "record_bound_over", of: "imputed", not: []string{"record_not_bound_over", "record_dismissal"}, receiver: true},
	{id: "convicted", step: "record_conviction", of: "bound_over", not: []string{"record_acquittal", "record_dismissal"}, receiver: true},
}

// StepIDs are the ids of the steps that are counted, in their order.
func StepIDs() (out []string) {
	for _, x := range rungs {
		out = append(out, x.id)
	}
	return out
}

// Resource is what whoever sees figures, or takes them out, must be allowed.
var Resource = access.Resource{Type: "statistics"}

// Count gives the figures of a corridor and a year to whoever may see figures; of
// the first corridor of the accords, and of this year, where none is named.
func Count(ctx context.Context, a *act.Acts, by access.Actor, purpose, corridor string, year int) (Figures, error) {
	return act.View(ctx, a, by, purpose, "insight.figures", func(tx *store.Tx, v *act.Viewing) (Figures, error) {
		if err := v.Must(Resource); err != nil {
			return Figures{}, err
		}
		if year == 0 {
			year = a.Now().UTC().Year()
		}
		if corridor == "" {
			all, err := accord.All(tx)
			if err != nil {
				return Figures{}, err
			}
			for _, x := range all {
				for _, c := range x.Document.Corridors {
					corridor = cmp.Or(corridor, c.ID)
				}
			}
		}
		return Of(tx, corridor, year)
	})
}

// Of counts a corridor and a year. What is hidden is hidden here, before anybody
// gets it: no door has a number that another may not give.
func Of(tx *store.Tx, corridor string, year int) (Figures, error) {
	all, err := referral.SentIn(tx, corridor, year)
	if err != nil {
		return Figures{}, err
	}
	courses := make([]course, 0, len(all))
	for _, r := range all {
		courses = append(courses, courseOf(r))
	}
	return count(courses, corridor, year), nil
}

// course is when a referral took each step, and which it will not take.
type course struct {
	at       map[string]time.Time
	not      map[string]bool
	month    time.Month
	reason   string
	named    program.Text
	from, to string // countries
}

func courseOf(r referral.Referral) course {
	s, law := r.State(), r.Law()
	c := course{at: map[string]time.Time{}, not: map[string]bool{}, from: law.Sending, to: law.Receives}
	for _, x := range rungs {
		if a, taken := s.Last(x.step); taken {
			c.at[x.id] = a.At
			continue
		}
		for _, step := range x.not {
			if _, ended := s.Last(step); ended {
				c.not[x.id] = true
			}
		}
	}
	c.month = c.at["sent"].UTC().Month()
	if a, declined := s.Last("decline"); declined && c.at["accepted"].IsZero() {
		c.reason = cmp.Or(a.Reason, "other")
		if x, known := law.Reason(c.reason); known {
			c.named = x.Title
		}
	}
	return c
}

// stood is where a course stands at a step: taken, ended before it, or nothing known.
func (c course) stood(id string) int {
	switch {
	case !c.at[id].IsZero():
		return 0
	case c.not[id]:
		return 1
	}
	return 2
}

// count counts each direction in which a corridor is used for itself.
func count(all []course, corridor string, year int) Figures {
	f := Figures{Corridor: corridor, Year: year, Least: Least}
	for _, p := range program.Procedures() {
		if !slices.ContainsFunc(f.Ways, func(w Way) bool { return w.From == lower(p.Sending) && w.To == lower(p.Receives) }) {
			f.Ways = append(f.Ways, Way{From: lower(p.Sending), To: lower(p.Receives)})
		}
	}
	slices.SortFunc(f.Ways, func(a, b Way) int { return cmp.Compare(b.From, a.From) }) // the programme began with what the United States send
	for i := range f.Ways {
		w := &f.Ways[i]
		w.count(slices.DeleteFunc(slices.Clone(all), func(c course) bool { return lower(c.from) != w.From || lower(c.to) != w.To }))
	}
	return f
}

func lower(country string) string { return strings.ToLower(country) }

func (w *Way) count(all []course) {
	suppress(w.sums(all))
	for i := range w.Steps {
		if s := &w.Steps[i]; s.Count.Hidden || s.Count.N == 0 {
			s.Days = -1
		}
	}
	slices.SortStableFunc(w.Reasons, func(a, b Reason) int { return cmp.Compare(b.Count.N, a.Count.N) })
}

// sums counts, and says which counts make up which.
func (w *Way) sums(all []course) []sum {
	out := w.steps(all)
	out = append(out, w.months(all)...)
	out = append(out, w.reasons(all)...)
	return append(out, w.crossed(all)...)
}

// step finds a step by its id.
func (w *Way) step(id string) *Step {
	return &w.Steps[slices.IndexFunc(w.Steps, func(s Step) bool { return s.ID == id })]
}

// steps counts the steps. A step's whole is the very cell of the step that it is a
// part of, so that what is hidden there is hidden here.
func (w *Way) steps(all []course) (sums []sum) {
	w.Steps = make([]Step, len(rungs))
	for i, x := range rungs {
		s := &w.Steps[i]
		s.ID, s.Country = x.id, w.From
		if x.receiver {
			s.Country = w.To
		}
		var days []float64
		for _, c := range all {
			before, of := c.at[x.of]
			if x.of != "" && !of {
				continue
			}
			*s.outcomes()[c.stood(x.id)]++
			if at, taken := c.at[x.id]; taken && of {
				days = append(days, at.Sub(before).Hours()/24)
			}
		}
		s.Days = median(days)
		if x.of != "" {
			s.Of = &w.step(x.of).Count
			sums = append(sums, sum{s.Of, []*Cell{&s.Count, &s.Not, &s.Unknown}})
		}
	}
	return sums
}

// outcomes are the counts of a step by where a course stands at it.
func (s *Step) outcomes() [3]*int { return [3]*int{&s.Count.N, &s.Not.N, &s.Unknown.N} }

func median(days []float64) float64 {
	if len(days) == 0 {
		return -1
	}
	slices.Sort(days)
	return days[len(days)/2]
}

// months counts by the month of sending.
func (w *Way) months(all []course) (sums []sum) {
	w.Months = make([]Month, 12)
	columns := make([]sum, 4)
	for i := range w.Months {
		m := &w.Months[i]
		m.Month = i + 1
		row := []*Cell{&m.Accepted, &m.Declined, &m.Unknown}
		for _, c := range all {
			if int(c.month) == m.Month {
				m.Sent.N++
				row[c.stood("accepted")].N++
			}
		}
		sums = append(sums, sum{&m.Sent, row})
		for c, x := range append([]*Cell{&m.Sent}, row...) {
			columns[c].parts = append(columns[c].parts, x)
		}
	}
	s := w.step("accepted")
	columns[0].total, columns[1].total, columns[2].total, columns[3].total = &w.step("sent").Count, &s.Count, &s.Not, &s.Unknown
	return append(sums, columns...)
}

// reasons counts why referrals were not accepted. Those that ended otherwise,
// withdrawn or not delivered, are what is left of the ones that will not be: that
// is a count too, though no table has it.
func (w *Way) reasons(all []course) []sum {
	counts, names, otherwise := map[string]int{}, map[string]program.Text{}, &Cell{unseen: true}
	for _, c := range all {
		if c.reason != "" {
			counts[c.reason]++
			names[c.reason] = c.named
			w.Declined.N++
		} else if c.stood("accepted") == 1 {
			otherwise.N++
		}
	}
	w.Reasons = []Reason{}
	for id, n := range counts {
		w.Reasons = append(w.Reasons, Reason{id, names[id], Cell{N: n}})
	}
	slices.SortFunc(w.Reasons, func(a, b Reason) int { return cmp.Compare(a.ID, b.ID) })
	out := sum{total: &w.Declined}
	for i := range w.Reasons {
		out.parts = append(out.parts, &w.Reasons[i].Count)
	}
	return []sum{out, {&w.step("accepted").Not, []*Cell{&w.Declined, otherwise}}}
}

// crossed are the sums that nobody sees and anybody can work out: studied and
// accepted are both counted of what was sent, and what was accepted was studied, so
// that one taken from the other says how many were studied and came to nothing.
func (w *Way) crossed(all []course) (sums []sum) {
	var cells [3][3]Cell
	for i := range cells {
		for j := range cells[i] {
			cells[i][j].unseen = true
		}
	}
	for _, c := range all {
		cells[c.stood("studied")][c.stood("accepted")].N++
	}
	studied, accepted := w.step("studied"), w.step("accepted")
	for i, whole := range [3]*Cell{&studied.Count, &studied.Not, &studied.Unknown} {
		whole.spare = true
		sums = append(sums, sum{whole, []*Cell{&cells[i][0], &cells[i][1], &cells[i][2]}})
	}
	for i, whole := range [3]*Cell{&accepted.Count, &accepted.Not, &accepted.Unknown} {
		sums = append(sums, sum{whole, []*Cell{&cells[0][i], &cells[1][i], &cells[2][i]}})
	}
	return sums
}
