package export

import (
	"context"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Figures takes the figures of a corridor and a year out of the node, for one
// purpose and a reason of the list: whoever takes them reads them for an hour at
// figures/taken/ID, under their mark.
type Figures struct {
	Corridor string `json:"corridor"`
	Year     int    `json:"year"`
	Reason   string `json:"reason"`
}

// Verb implements act.Command.
func (*Figures) Verb() string { return "figures.export" }

// FiguresTaken is the fact that somebody took figures out. It names no person, so
// nothing of it is sealed.
type FiguresTaken struct {
	journal.Envelope
	Corridor string `json:"corridor"`
	Year     int    `json:"year"`
	Reason   string `json:"reason"`
	Rows     int    `json:"rows"`
}

// Kind implements journal.Fact.
func (*FiguresTaken) Kind() string { return "figures.taken.1" }

// Decide implements act.Command.
func (x *Figures) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, insight.Resource); err != nil {
		return nil, err
	}
	if err := casefile.TakenFor(x.Reason); err != nil {
		return nil, err
	}
	all, err := accord.All(tx)
	if err != nil {
		return nil, err
	}
	opened := func(a accord.Accord) bool {
		return slices.ContainsFunc(a.Document.Corridors, func(c accord.Corridor) bool { return c.ID == x.Corridor })
	}
	if !slices.ContainsFunc(all, opened) {
		return nil, refusal.NotFound()
	}
	f, err := insight.Of(tx, x.Corridor, x.Year)
	if err != nil {
		return nil, err
	}
	if f.Rows() > mostRows {
		return nil, refusal.New("export.list_long", "Most", mostRows)
	}
	return []journal.Fact{&FiguresTaken{Corridor: x.Corridor, Year: x.Year, Reason: x.Reason, Rows: f.Rows()}}, nil
}

// TakenFigures are figures as they were taken out.
type TakenFigures struct {
	Mark    Mark            `json:"mark"`
	Until   time.Time       `json:"until"` // they can be read
	Figures insight.Figures `json:"figures"`
	Files   []File          `json:"files"`
}

// ShowFigures gives figures to whoever took them, for the purpose they took them
// for, while they can be read: with their files, if they are wanted. Whether they
// may see figures is asked again, and what is small is hidden as on the page.
func ShowFigures(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string, files bool) (TakenFigures, error) {
	out, err := act.View(ctx, a, by, purpose, "figures.taken", func(tx *store.Tx, v *act.Viewing) (TakenFigures, error) {
		out := TakenFigures{Files: []File{}}
		e, f, err := act.Own[FiguresTaken](tx, v, id)
		if err != nil {
			return out, err
		}
		if out.Until = e.Recorded.Add(act.Readable); a.Now().After(out.Until) {
			return out, refusal.New("export.over")
		}
		if err := v.Must(insight.Resource); err != nil {
			return out, err
		}
		out.Mark = markOf(e, f.Reason, i18n.Lang(by.Lang))
		out.Figures, err = insight.Of(tx, f.Corridor, f.Year)
		return out, err
	})
	if err == nil && files {
		lang := i18n.Lang(by.Lang)
		out.Files, err = filesOf(out.Mark.Export, i18n.T(lang, "figures.title"), out.table(lang))
	}
	return out, err
}

// table is figures as rows of cells, each direction after the other as on the page.
func (x TakenFigures) table(l i18n.Lang) [][]any {
	t := func(key string, params ...map[string]any) any { return i18n.T(l, key, params...) }
	cell := func(c insight.Cell) any {
		if c.Hidden {
			return t("figures.hidden")
		}
		return c.N
	}
	f := x.Figures
	out := [][]any{{x.Mark.Words}, {t("export.act", map[string]any{"Fact": x.Mark.Export, "Node": x.Mark.Node})},
		{t("figures.crumb", map[string]any{"Corridor": f.Corridor, "Year": f.Year})}, {t("figures.least", map[string]any{"Least": f.Least})}}
	for _, w := range f.Ways {
		out = append(out, []any{}, []any{t("figures.from_to", map[string]any{"From": t("country." + w.From), "To": t("country." + w.To)})},
			[]any{t("figures.col_step"), t("figures.col_count"), t("figures.col_of"), t("figures.col_not"), t("figures.col_unknown"), t("figures.col_days")})
		for _, s := range w.Steps {
			row := []any{t("figures.step." + s.ID), cell(s.Count), "", "", "", ""}
			if s.Of != nil {
				row = []any{row[0], row[1], cell(*s.Of), cell(s.Not), cell(s.Unknown), t("figures.no_days")}
			}
			if s.Days >= 0 {
				row[5] = i18n.Decimal(l, s.Days, 1)
			}
			out = append(out, row)
		}
		out = append(out, []any{}, []any{t("figures.col_month"), t("figures.step.sent"), t("figures.step.accepted"), t("figures.col_not"), t("figures.col_unknown")})
		for _, m := range w.Months {
			month := i18n.Month(l, time.Date(f.Year, time.Month(m.Month), 1, 0, 0, 0, 0, time.UTC))
			out = append(out, []any{month, cell(m.Sent), cell(m.Accepted), cell(m.Declined), cell(m.Unknown)})
		}
		out = append(out, []any{}, []any{t("figures.reasons"), t("figures.col_count")})
		for _, r := range w.Reasons {
			out = append(out, []any{r.Named(l), cell(r.Count)})
		}
	}
	return out
}
