package web

import (
	"net/http"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// accords registers the accords, their corridors, and one accord in full.
func (s *Server) accords(mux *http.ServeMux) {
	s.page(mux, "/accords", areaOversight, func(q *request) (string, any, error) {
		v, err := q.accordList()
		return "accords", v, err
	})
	s.page(mux, "/accords/{id}", areaOversight, func(q *request) (string, any, error) {
		x, err := accord.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err != nil {
			return "", nil, err
		}
		return "accord", q.accord(x), nil
	})
}

func (q *request) accordList() (view.Accords, error) {
	ctx := q.r.Context()
	rows, err := accord.List(ctx, q.s.Acts, q.by, q.purpose)
	if err != nil {
		return view.Accords{}, err
	}
	open, err := accord.Corridors(ctx, q.s.Acts, q.by, q.purpose)
	if err != nil {
		return view.Accords{}, err
	}
	var v view.Accords
	for _, r := range rows {
		row := view.AccordRow{Title: r.Title.In(q.lang), URL: "/accords/" + r.ID, State: q.t("accord.status." + string(r.Status)), InForce: r.Since}
		if r.Status == accord.StatusInForce {
			row.StateOK = "ok"
		}
		if x, err := accord.Show(ctx, q.s.Acts, q.by, q.purpose, r.ID); err == nil {
			row.UpperSigned, row.LowerSigned = q.signedBy(x, "us"), q.signedBy(x, "mx")
			row.Signed = x.Proposed
		}
		v.Rows = append(v.Rows, row)
	}
	for _, o := range open {
		v.Corridors = append(v.Corridors, q.corridor(o.Corridor, o.Ref, "/accords/"+o.Accord, o.Open))
	}
	if q.by.Has(access.RoleCoordinator) {
		a := q.act("accord.propose", nil, nil)
		v.New = &a
	}
	return v, nil
}

func (q *request) signedBy(x accord.View, country string) int {
	n := 0
	for _, s := range x.Signed {
		if q.country(s.Node) == country {
			n++
		}
	}
	return n
}

// corridor is drawn with the United States above the line.
func (q *request) corridor(c accord.Corridor, ref, url string, open bool) view.Corridor {
	out := view.Corridor{Accord: ref, URL: url, Open: open}
	for _, side := range c.Ends {
		var areas []string
		for _, a := range side.Areas {
			if r, ok := program.RegionByID(a); ok {
				areas = append(areas, r.Title.In(q.lang))
			} else {
				areas = append(areas, a)
			}
		}
		if q.country(side.Node) == "us" {
			out.North = areas
		} else {
			out.South = areas
		}
	}
	return out
}

func (q *request) accord(x accord.View) view.Accord {
	d := x.Document
	v := view.Accord{Head: view.Head{Crumb: view.Link{Text: q.t("accords.title"), URL: "/accords"}, Title: d.Title.In(q.lang), State: q.t("accord.status." + string(x.Status))}, Digest: x.Digest}
	if x.Status == accord.StatusInForce {
		v.Head.StateOK = "ok"
	}
	v.Sections = []view.Section{
		{Facts: filled([]view.Fact{{Label: q.t("ask.place"), Value: d.Place.In(q.lang)}, {Label: q.t("web.date"), Value: d.Date.String()}, {Label: q.t("web.facts_from"), Value: d.Facts.From.String()},
			{Label: q.t("web.delay"), Value: q.t("web.hours", "N", d.DelayHours)}})},
		{Heading: q.t("web.purposes"), Paragraphs: q.list("purpose.", d.Purposes)},
		{Heading: q.t("web.procedures"), Facts: q.adopted(d)},
		{Heading: q.t("web.offices"), Facts: q.officesOf(d)},
	}
	for _, c := range d.Corridors {
		v.Corridors = append(v.Corridors, q.corridor(c, d.Ref, "/accords/"+x.ID, x.Status == accord.StatusInForce))
	}
	for _, s := range x.Signed {
		at := s.At
		v.Signatures = append(v.Signatures, component.Signature{Country: q.country(s.Node), Gives: q.country(s.Node) == "us", Name: s.Name, Office: q.office(s.Node, s.Office), At: &at})
	}
	if q.by.Has(access.RoleCoordinator) && x.Status != accord.StatusEnded {
		fixed := map[string]string{"accord": x.ID}
		if x.Status == accord.StatusProposed {
			v.Acts = append(v.Acts, q.act("accord.sign", fixed, nil))
		} else {
			v.Acts = append(v.Acts, q.act("accord.end", fixed, nil))
		}
	}
	return v
}

func (q *request) list(prefix string, codes []string) []string {
	var out []string
	for _, c := range codes {
		out = append(out, q.word(prefix, c))
	}
	return []string{strings.Join(out, "; ")}
}

// adopted are the procedures, each with since when the law it follows is
// established.
func (q *request) adopted(d accord.Document) []view.Fact {
	var out []view.Fact
	for _, a := range d.Procedures {
		name := a.Procedure
		note := ""
		if p, ok := program.ProcedureByID(a.Procedure); ok {
			name = p.Title.In(q.lang)
			if !p.Verified.Sure() {
				note = " · " + q.t("web.unverified")
			}
		}
		out = append(out, view.Fact{Label: a.From + " → " + a.To, Value: name + note})
	}
	return out
}

func (q *request) officesOf(d accord.Document) []view.Fact {
	var out []view.Fact
	for _, o := range d.Offices {
		out = append(out, view.Fact{Label: strings.ToUpper(q.country(o.Node)), Value: o.Title.In(q.lang)})
	}
	return out
}
