package web

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/view"
)

// today is the reader's day, by the clock of their office.
func (q *request) today() (from, to time.Time) {
	y, m, d := q.s.Acts.Now().In(q.zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, q.zone()), time.Date(y, m, d+1, 0, 0, 0, 0, q.zone())
}

// answerDays is how far back answers are counted.
const answerDays = int(referral.RateWindow / (24 * time.Hour))

// corridorToday is what is open in a corridor today, in words; nil for a reader
// who may know of nothing there.
func (q *request) corridorToday(b insight.Border, id string) *view.CorridorToday {
	c, some := b.Corridors[id]
	if !some && !b.Sees {
		return nil
	}
	out := &view.CorridorToday{NoneKnown: b.Sees && !c.Known}
	if c.Known {
		out.Open = q.mapCount(c.Open)
		out.Answers = q.corridorAnswers(c)
		switch {
		case c.Silent.Hidden:
			out.Silent = q.t("map.silent_hidden")
		case c.Silent.N > 0:
			out.Silent, out.Late = q.t("map.silent_for", "Count", c.Silent.N, "Span", i18n.Span(q.lang, c.SilentFor)), true
		default:
			out.Silent = q.t("map.none")
		}
	}
	if c.HandOvers != nil {
		out.HandOvers = q.corridorHandOvers(c)
	}
	return out
}

// corridorAnswers says how long an answer takes, and how many kept to the clock.
func (q *request) corridorAnswers(c insight.Corridor) string {
	switch {
	case c.Answered.Hidden:
		return q.t("map.answer_hidden", "Few", q.mapCount(c.Answered), "Days", answerDays)
	case c.Answered.N == 0:
		return q.t("map.answer_none", "Days", answerDays)
	}
	says := q.t("map.answer_median", "Span", i18n.Span(q.lang, c.Median)) + ", "
	if c.InTime.Hidden {
		return says + q.t("map.answer_in_time_hidden")
	}
	return says + q.t("map.answer_in_time", "InTime", c.InTime.N, "Answered", c.Answered.N)
}

// corridorHandOvers says how many suspects are handed over today, and when next.
func (q *request) corridorHandOvers(c insight.Corridor) string {
	says := q.t("map.hand_overs_none")
	switch {
	case c.HandOvers.Hidden:
		return q.t("map.few", "Least", insight.Least)
	case c.HandOvers.N > 0:
		says = q.t("map.hand_overs", "Count", c.HandOvers.N)
	}
	if !c.Next.IsZero() {
		says += ", " + q.t("map.hand_overs_next", "Time", i18n.Time(c.Next, q.zone()))
	}
	return says
}

// mapCount is a count as it is written, or that it is too small.
func (q *request) mapCount(c insight.Cell) string {
	if c.Hidden {
		return q.t("map.few", "Least", insight.Least)
	}
	return i18n.Number(q.lang, int64(c.N))
}

// markOf adds how many are open in a corridor to the drawing: on the line between
// the countries, at the middle of the corridor's sectors, beside every crossing and
// other mark.
func (q *request) markOf(g *geography, c accord.Corridor, today insight.Corridor, marks []view.CorridorMark) []view.CorridorMark {
	if g == nil || !today.Known {
		return marks
	}
	middle, ok := g.middle(c)
	if !ok {
		return marks
	}
	at, found := [2]float64{}, false
	for _, p := range g.border {
		free := !slices.ContainsFunc(marks, func(m view.CorridorMark) bool { return apart(p, [2]float64{m.X, m.Y}) < 2*markRadius }) &&
			!slices.ContainsFunc(program.Bridges(), func(b program.Bridge) bool {
				x, y, _ := g.at(b.Lat, b.Lon)
				return apart(p, [2]float64{x, y}) < markRadius+7
			})
		if free && (!found || apart(p, middle) < apart(at, middle)) {
			at, found = p, true
		}
	}
	if !found {
		return marks
	}
	text := strconv.Itoa(today.Open.N)
	if today.Open.Hidden {
		text = q.t("map.few_short", "Least", insight.Least)
	}
	return append(marks, view.CorridorMark{Text: text, X: tenth(at[0]), Y: tenth(at[1])})
}

// markRadius is that of a mark, in units of the drawing.
const markRadius = 13

func apart(a, b [2]float64) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }

// middle is the middle of the drawn sectors of a corridor, or of its states.
func (g *geography) middle(c accord.Corridor) (at [2]float64, ok bool) {
	for _, country := range []string{"usbp:", "inegi:"} {
		n := 0.0
		for _, end := range c.Ends {
			for _, area := range end.Areas {
				for _, r := range g.Regions {
					if r.ID == area && strings.HasPrefix(area, country) {
						at[0], at[1], n = at[0]+float64(r.At[0]), at[1]+float64(r.At[1]), n+1
					}
				}
			}
		}
		if n > 0 {
			return [2]float64{at[0] / n, at[1] / n}, true
		}
	}
	return at, false
}

var pointForm = regexp.MustCompile(`(-?[0-9.]+),(-?[0-9.]+)`)

// points are those of a path of straight lines, and more between two that are far
// from each other.
func points(path string) (out [][2]float64) {
	for line := range strings.SplitSeq(path, "M") {
		first := len(out)
		for _, m := range pointForm.FindAllStringSubmatch(line, -1) {
			x, err1 := strconv.ParseFloat(m[1], 64)
			y, err2 := strconv.ParseFloat(m[2], 64)
			if err1 != nil || err2 != nil {
				continue
			}
			p := [2]float64{x, y}
			if len(out) > first {
				from := out[len(out)-1]
				n := math.Ceil(apart(from, p) / markRadius)
				for i := 1.0; i < n; i++ {
					out = append(out, [2]float64{from[0] + (x-from[0])*i/n, from[1] + (y-from[1])*i/n})
				}
			}
			out = append(out, p)
		}
	}
	return out
}
