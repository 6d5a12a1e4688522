package web

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/web/view"
)

// Where things stand on the drawing of two lines, in its own units.
const (
	linesLeft, linesRight = 12.0, 628.0
	lineUS, lineMX        = 30.0, 82.0
	mostTicks             = 5
)

// lineOf is the height of a country's line: the United States stand above.
func lineOf(country string) float64 {
	if country == "us" {
		return lineUS
	}
	return lineMX
}

// spans draws what this journal signed and the other country cosigned: as
// far back as the newest checkpoints go, and the last hour, in which the newest
// of them would otherwise stand upon each other.
func (q *request) spans(points []journal.Point, own, peer string) []view.Span {
	if len(points) == 0 || peer == "" {
		return nil
	}
	now := q.s.Acts.Now()
	oldest := slices.MinFunc(points, func(a, b journal.Point) int { return a.At.Compare(b.At) }).At
	var out []view.Span
	if now.Sub(oldest) > time.Hour {
		out = append(out, q.span(q.t("journal.since", "When", i18n.Moment(q.lang, oldest, now, q.zone())), points, own, peer, oldest, now))
	}
	return append(out, q.span(q.t("journal.last_hour"), points, own, peer, now.Add(-time.Hour), now))
}

// span draws the checkpoints between two moments.
func (q *request) span(title string, points []journal.Point, own, peer string, from, to time.Time) view.Span {
	s := view.Span{Title: title, Own: own, Peer: peer}
	at := func(t time.Time) float64 {
		return tenth(linesLeft + (linesRight-linesLeft)*float64(t.Sub(from))/float64(to.Sub(from)))
	}
	for _, p := range points {
		if p.At.Before(from) || p.At.After(to) {
			continue
		}
		m := view.SpanMark{X: at(p.At), Y: lineOf(own), Size: p.Size}
		if !p.Cosigned.IsZero() && !p.Cosigned.After(to) {
			m.Cosigned, m.X2, m.Y2 = true, at(p.Cosigned), lineOf(peer)
		}
		s.Marks = append(s.Marks, m)
	}
	step := time.Minute
	for _, wider := range []time.Duration{5, 15, 60, 180, 720, 1440, 10_080, 43_200} {
		if to.Sub(from) > mostTicks*step {
			step = wider * time.Minute
		}
	}
	for t := from.Truncate(step).Add(step); t.Before(to); t = t.Add(step) {
		says := i18n.Time(t, q.zone())
		if step >= 24*time.Hour {
			says = i18n.DayMonth(q.lang, t, q.zone())
		}
		if x := at(t); x < linesRight-24 {
			s.Ticks = append(s.Ticks, view.SpanTick{X: max(x, linesLeft+14), Says: says})
		}
	}
	return s
}
