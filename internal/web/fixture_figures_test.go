package web

import (
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/web/view"
)

// fixtureFigures are figures in which everything can be seen: a step without data,
// one that is too small, and months that are hidden with it.
func fixtureFigures(l i18n.Lang) view.Figures {
	q := &request{lang: l}
	n, hidden := func(n int) insight.Cell { return insight.Cell{N: n} }, insight.Cell{Hidden: true}
	sent, accepted, imputed := n(143), n(88), n(52)
	w := insight.Way{From: "us", To: "mx", Declined: n(37), Steps: []insight.Step{
		{ID: "sent", Country: "us", Count: sent, Days: -1},
		{ID: "studied", Country: "mx", Of: &sent, Count: n(125), Unknown: n(18), Days: 0.4},
		{ID: "accepted", Country: "mx", Of: &sent, Count: accepted, Not: n(37), Unknown: n(18), Days: 1.4},
		{ID: "received", Country: "mx", Of: &accepted, Count: n(67), Unknown: n(21), Days: 2.1},
		{ID: "imputed", Country: "mx", Of: &accepted, Count: imputed, Not: n(15), Unknown: n(21), Days: 6},
		{ID: "bound_over", Country: "mx", Of: &imputed, Count: n(33), Unknown: n(19), Days: 4},
		{ID: "convicted", Country: "mx", Of: &imputed, Count: hidden, Not: hidden, Unknown: n(19), Days: -1},
	}, Reasons: []insight.Reason{{ID: "a", Name: program.Text{En: "Witness unavailable", Es: "Testigo no localizable"}, Count: n(15)}, {ID: "b", Name: program.Text{En: "Insufficient evidence", Es: "Datos insuficientes"}, Count: hidden}}}
	for m := 1; m <= 12; m++ {
		row := insight.Month{Month: m, Sent: n(12), Accepted: n(12)}
		if m == 3 || m == 7 {
			row.Accepted, row.Unknown = hidden, hidden
		}
		w.Months = append(w.Months, row)
	}
	v := view.Figures{Corridor: "Tamaulipas", Year: "2025", Corridors: []view.Link{{Text: "Tamaulipas", URL: "#", Current: true}, {Text: "Sonora", URL: "#"}}, Years: []view.Link{{Text: "2026", URL: "#"}, {Text: "2025", URL: "#", Current: true}}}
	few := insight.Way{From: "mx", To: "us", Reasons: []insight.Reason{}}
	for _, s := range w.Steps {
		back := insight.Step{ID: s.ID, Country: map[string]string{"us": "mx", "mx": "us"}[s.Country], Count: hidden, Days: -1}
		if s.Of != nil {
			back.Of, back.Not, back.Unknown = &hidden, n(0), hidden
		}
		few.Steps = append(few.Steps, back)
	}
	q.figured(insight.Figures{Corridor: "tamaulipas", Year: 2025, Least: insight.Least, Ways: []insight.Way{w, few}}, &v)
	take := fixtureAct("figures.export", answers{"reason": options("G")})
	v.Take = &take
	return v
}
