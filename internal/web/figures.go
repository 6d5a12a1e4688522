package web

import (
	"math"
	"strconv"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/export"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// figures registers what works and what does not, per corridor and month.
func (s *Server) figures(pages *doors) {
	s.page(pages, "/figures", areaOversight, func(q *request) (string, any, error) {
		v, err := q.figurePage()
		return "figures", v, err
	})
	s.page(pages, "/figures/counted", areaOversight, func(q *request) (string, any, error) {
		return "figures_counted", q.counted(), nil
	})
	s.page(pages, "/figures/taken/{id}", areaOversight, func(q *request) (string, any, error) {
		x, err := export.ShowFigures(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"), false)
		v := view.Taken{TitleKey: "figures.taken", Mark: x.Mark.Words, Act: x.Mark.Export, Until: x.Until, Crumb: view.Link{Text: q.t("figures.title"), URL: "/figures"}}
		for _, ext := range []string{"csv", "xlsx"} {
			v.Files = append(v.Files, view.Link{Text: q.t("list." + ext), URL: "/figures/taken/" + v.Act + "/" + export.FileName(v.Act, ext)})
		}
		return "chart_taken", v, err
	})
	pages.signedIn("GET /figures/taken/{id}/{file}", access.RuleSeen, areaOversight, func(q *request) {
		x, err := export.ShowFigures(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"), true)
		q.fileOf(x.Files, err)
	})
}

// mostYears is how many years back figures are offered.
const mostYears = 6

// figurePage is the page of one corridor and one year: the ones asked for, or the
// first corridor and this year.
func (q *request) figurePage() (view.Figures, error) {
	v := view.Figures{}
	all, err := accord.Known(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return v, err
	}
	now := q.s.Acts.Now().UTC()
	asked, year := q.figuresAsked()
	if year > now.Year() || year <= now.Year()-mostYears {
		year = now.Year()
	}
	known := map[string]string{}
	var ids []string
	for _, a := range all {
		for _, c := range a.Document.Corridors {
			if known[c.ID] == "" {
				known[c.ID], ids = c.Title.In(q.lang), append(ids, c.ID)
			}
		}
	}
	if known[asked] == "" && len(ids) > 0 {
		asked = ids[0]
	}
	at := func(corridor string, year int) string {
		return "/figures?corridor=" + corridor + "&year=" + strconv.Itoa(year)
	}
	for _, id := range ids {
		v.Corridors = append(v.Corridors, view.Link{Text: known[id], URL: at(id, year), Current: id == asked})
	}
	for y := now.Year(); y > now.Year()-mostYears; y-- {
		v.Years = append(v.Years, view.Link{Text: strconv.Itoa(y), URL: at(asked, y), Current: y == year})
	}
	f, err := insight.Count(q.r.Context(), q.s.Acts, q.by, q.purpose, asked, year)
	if err != nil {
		return v, err
	}
	v.Corridor, v.Year = known[asked], strconv.Itoa(year)
	q.figured(f, &v)
	for _, a := range q.offered("figures.export", map[string]string{"corridor": asked, "year": v.Year}, answers{"reason": q.codes("export.reason.", casefile.Reasons())}) {
		v.Take = &a
	}
	return v, nil
}

// figuresAsked is what the address asks for; an act that was refused draws what it
// was about.
func (q *request) figuresAsked() (corridor string, year int) {
	in := q.r.URL.Query()
	if q.r.PostForm.Get("corridor") != "" {
		in = q.r.PostForm
	}
	year, err := strconv.Atoi(in.Get("year"))
	if err != nil {
		year = 0
	}
	return in.Get("corridor"), year
}

// figured fills the page with figures, each direction for itself: the drawing and
// the table have the same numbers.
func (q *request) figured(f insight.Figures, v *view.Figures) {
	for _, w := range f.Ways {
		v.Ways = append(v.Ways, q.wayOf(w, f.Year))
	}
}

func (q *request) wayOf(f insight.Way, year int) view.FigureWay {
	v := view.FigureWay{ID: f.From + "-" + f.To, From: f.From, To: f.To, Title: q.t("figures.from_to", "From", q.t("country."+f.From), "To", q.t("country."+f.To))}
	whole := f.Steps[0].Count
	v.Empty = whole.N == 0
	for i, s := range f.Steps {
		row := view.FigureStep{Name: q.t("figures.step." + s.ID), Country: s.Country, Count: q.cell(s.Count), Y: barTop + i*barStep}
		row.TextY = row.Y + barHigh - 5
		if s.Of != nil {
			row.Of, row.Not, row.Unknown = q.cell(*s.Of), q.cell(s.Not), q.cell(s.Unknown)
		}
		row.Days = q.t("figures.no_days")
		if s.Days >= 0 {
			row.Days = i18n.Decimal(q.lang, s.Days, 1)
		}
		if !s.Count.Hidden && !whole.Hidden && whole.N > 0 {
			row.W = length(s.Count.N, whole.N)
			if s.Of != nil && !s.Unknown.Hidden {
				row.UnknownW = length(s.Unknown.N, whole.N)
			}
		}
		row.End = barLeft + row.W + row.UnknownW + 8
		row.Says = q.saysOf(s)
		v.Steps = append(v.Steps, row)
	}
	v.Height = barTop + len(f.Steps)*barStep + 8
	v.Lead, v.Rest = q.figureSentence(f)
	for _, m := range f.Months {
		name := i18n.Month(q.lang, time.Date(year, time.Month(m.Month), 1, 0, 0, 0, 0, time.UTC))
		v.Months = append(v.Months, view.FigureMonth{Name: name, Sent: q.cell(m.Sent), Accepted: q.cell(m.Accepted), Declined: q.cell(m.Declined), Unknown: q.cell(m.Unknown)})
	}
	for _, r := range f.Reasons {
		v.Reasons = append(v.Reasons, view.FigureReason{Name: r.Named(q.lang), Count: q.cell(r.Count)})
	}
	return v
}

// The drawing, in its own units.
const (
	barTop, barStep, barHigh = 16, 40, 22
	barLeft, barWide         = 220.0, 370.0
)

func length(n, whole int) float64 { return tenth(barWide * float64(n) / float64(whole)) }

// cell is a count as it is written, or that it is too small.
func (q *request) cell(c insight.Cell) view.FigureCell {
	if c.Hidden {
		return view.FigureCell{Hidden: true, Text: q.t("figures.hidden")}
	}
	return view.FigureCell{Text: strconv.Itoa(c.N)}
}

// saysOf is what stands beside a bar: the count, of how many, and of how many
// nothing is known.
func (q *request) saysOf(s insight.Step) string {
	switch {
	case s.Count.Hidden:
		return q.t("figures.hidden_long", "Least", insight.Least)
	case s.Of == nil:
		return ""
	case s.Of.N == 0:
		return q.t("figures.none")
	}
	says := q.t("figures.of", "Percent", percent(s.Count.N, s.Of.N), "Of", s.Of.N)
	switch {
	case s.Unknown.Hidden:
		says += " · " + q.t("figures.unknown_hidden")
	case s.Unknown.N > 0:
		says += " · " + q.t("figures.unknown", "Count", s.Unknown.N)
	}
	return says
}

func percent(n, of int) int { return int(math.Round(100 * float64(n) / float64(of))) }

// figureSentence says what stands out, in words, with how many it is of.
func (q *request) figureSentence(f insight.Way) (lead, rest string) {
	sent, accepted := f.Steps[0].Count, f.Steps[0]
	for _, s := range f.Steps {
		if s.ID == "accepted" {
			accepted = s
		}
	}
	switch {
	case sent.Hidden:
		return q.t("figures.lead_few", "Least", insight.Least), ""
	case sent.N == 0:
		return q.t("figures.lead_none"), ""
	case accepted.Count.Hidden:
		return q.t("figures.lead_sent", "Count", sent.N), q.t("figures.lead_hidden")
	}
	lead = q.t("figures.lead", "Sent", sent.N, "Accepted", accepted.Count.N)
	if !accepted.Unknown.Hidden && accepted.Unknown.N > 0 {
		rest = q.t("figures.lead_unknown", "Count", accepted.Unknown.N)
	}
	return lead, rest
}

// counted is how each figure is counted, in words: the steps, what is beside
// each of them, and the tables.
func (q *request) counted() view.Counted {
	var v view.Counted
	add := func(id, name string) {
		says := func(what string) string { return q.t("figures.counted." + id + "." + what) }
		v.Figures = append(v.Figures, view.CountedFigure{Name: name, What: says("what"), When: says("when"), From: says("from")})
	}
	for _, id := range insight.StepIDs() {
		add(id, q.t("figures.step."+id))
	}
	for _, id := range []string{"not", "unknown", "days"} {
		add(id, q.t("figures.col_"+id))
	}
	add("months", q.t("figures.months"))
	add("reasons", q.t("figures.reasons"))
	v.Hiding = component.Note{Kind: "soon", Icon: "lock", Title: q.t("figures.least", "Least", insight.Least), Text: q.t("figures.hiding", "Most", insight.Least-1)}
	return v
}
