package web

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// accords registers the accords, their corridors, and one accord in full.
func (s *Server) accords(pages *doors) {
	s.page(pages, "/accords", areaOversight, func(q *request) (string, any, error) {
		v, err := q.accordList()
		if err != nil {
			return "", nil, err
		}
		v.Contacts, err = q.contactsToCheck()
		return "accords", v, err
	})
	s.lawPages(pages)
	s.page(pages, "/accords/{id}", areaOversight, func(q *request) (string, any, error) {
		x, err := accord.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err != nil {
			return "", nil, err
		}
		reached, err := accord.Contacts(q.r.Context(), q.s.Acts, q.by, q.purpose)
		if err != nil {
			return "", nil, err
		}
		return "accord", q.accord(x, reached), nil
	})
}

func (q *request) accordList() (view.Accords, error) {
	all, err := accord.Known(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return view.Accords{}, err
	}
	now := q.s.Acts.Now()
	v := view.Accords{LawURL: "/accords/law"}
	for _, a := range all {
		open := a.Status(now) == accord.StatusInForce
		row := view.AccordRow{Title: a.Document.Title.In(q.lang), URL: "/accords/" + a.ID, Date: q.date(a.Document.Date), Sides: q.signedBy(a)}
		row.State, row.StateOK = q.accordState(a.Status(now))
		row.InForce, _ = a.Since()
		v.Rows = append(v.Rows, row)
		for _, c := range a.Document.Corridors {
			v.Corridors = append(v.Corridors, q.corridor(c, a.Document.Title.In(q.lang), "/accords/"+a.ID, open))
		}
		for _, p := range q.adopted(a.Document) {
			if !slices.Contains(v.Procedures, p) {
				v.Procedures = append(v.Procedures, p)
			}
		}
	}
	if q.takes("accord.propose", nil) {
		v.NewURL = "/accords/new"
	}
	return v, nil
}

func (q *request) accordState(s accord.Status) (words, class string) {
	return q.t("accord.status." + string(s)), map[accord.Status]string{accord.StatusInForce: "ok", accord.StatusProposed: "soon", accord.StatusSuspended: "soon", accord.StatusEnded: "idle"}[s]
}

// sides are the parties as pages show them: the United States above the line.
func sides(d accord.Document) []accord.Party {
	out := slices.Clone(d.Parties)
	slices.SortStableFunc(out, func(a, b accord.Party) int {
		if a.Country == b.Country || a.Country != "US" && b.Country != "US" {
			return 0
		}
		if a.Country == "US" {
			return -1
		}
		return 1
	})
	return out
}

// signedBy counts each side's signatures.
func (q *request) signedBy(a accord.Accord) []view.Signed {
	var out []view.Signed
	for _, p := range sides(a.Document) {
		out = append(out, view.Signed{Country: lower(p.Country), N: len(a.SignedBy(p.Node))})
	}
	return out
}

// corridor is drawn with the United States above the line.
func (q *request) corridor(c accord.Corridor, ref, url string, open bool) view.Corridor {
	out := view.Corridor{Title: c.Title.In(q.lang), Accord: ref, URL: url, Open: open}
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

func (q *request) accord(x accord.View, reached []accord.Reached) view.Accord {
	d := x.Document
	v := view.Accord{Head: view.Head{Crumb: view.Link{Text: q.t("accords.title"), URL: "/accords"}, Title: d.Title.In(q.lang), Facts: d.Place.In(q.lang) + ", " + q.date(d.Date)},
		Digest: x.Digest, Sections: q.accordText(x), Procedures: q.adopted(d), Offices: q.contactsOf(d, reached), Signatures: q.signatures(x)}
	v.Head.State, v.Head.StateOK = q.accordState(x.Status)
	for _, c := range d.Corridors {
		v.Corridors = append(v.Corridors, q.corridor(c, "", "", x.Status == accord.StatusInForce))
	}
	for _, verb := range []string{"accord.sign", "accord.suspend", "accord.resume", "accord.end"} {
		v.Acts = append(v.Acts, q.offered(verb, map[string]string{"accord": x.ID}, nil)...)
	}
	return v
}

// suspension says who stood an accord still, and from when until when.
func (q *request) suspension(s accord.Suspension) string {
	since := i18n.DateTime(q.lang, s.Since, q.zone())
	if s.Resumed.IsZero() {
		return q.t("accords.still", map[string]any{"Node": strings.ToUpper(s.Node), "Since": since})
	}
	return q.t("accords.stood_still", map[string]any{"Node": strings.ToUpper(s.Node), "Since": since, "Until": i18n.DateTime(q.lang, s.Resumed, q.zone())})
}

// accordText is what both governments sign, in words. What a signature names
// is the digest of the document, of which this is the reading.
func (q *request) accordText(x accord.View) []view.Section {
	d := x.Document
	var parties []string
	for _, p := range sides(d) {
		parties = append(parties, p.Title.In(q.lang))
	}
	facts := []view.Fact{{Label: q.t("accords.parties"), Value: i18n.List(q.lang, parties)}, {Label: q.t("accords.covers"), Value: q.dates(d.Facts.From, d.Facts.To)}}
	if !x.Since.IsZero() {
		facts = append(facts, view.Fact{Label: q.t("accords.col_force"), Value: i18n.DateTime(q.lang, x.Since, q.zone())})
	}
	if !x.Ended.IsZero() {
		facts = append(facts, view.Fact{Label: q.t("accords.ended"), Value: i18n.DateTime(q.lang, x.Ended, q.zone())})
	}
	for _, s := range x.Suspensions {
		facts = append(facts, view.Fact{Label: q.t("accords.suspended"), Value: q.suspension(s)})
	}
	var calendars []string
	for _, id := range d.Calendars {
		if c, ok := program.CalendarByID(id); ok {
			calendars = append(calendars, c.Name(q.lang))
		}
	}
	facts = append(facts, view.Fact{Label: q.t("accords.calendars"), Value: i18n.List(q.lang, calendars)},
		view.Fact{Label: q.t("accords.delay"), Value: q.delay(d.DelayHours)})
	return []view.Section{{Facts: document.Filled(facts)},
		{Heading: q.t("web.purposes"), Paragraphs: []string{q.list("purpose.", d.Purposes), q.t("accords.purposes_closed")}},
		{Heading: q.t("accords.release"), Paragraphs: []string{q.list("packet.tier.", d.Release)}}}
}

// list is codes in words, as one line.
func (q *request) list(prefix string, codes []string) string {
	var out []string
	for _, c := range codes {
		out = append(out, q.word(prefix, c))
	}
	return strings.Join(out, "; ")
}

// signatures are two halves for each side: signed, or awaited.
func (q *request) signatures(x accord.View) []component.Signature {
	var out []component.Signature
	for _, p := range sides(x.Document) {
		n := 0
		for _, s := range x.Signed {
			if s.Node == p.Node {
				at := s.At
				out = append(out, component.Signature{Country: lower(p.Country), Name: s.Name, Office: q.office(s.Node, s.Office), At: &at})
				n++
			}
		}
		for ; n < 2; n++ {
			out = append(out, component.Signature{Country: lower(p.Country), Name: q.t("accords.awaited")})
		}
	}
	return out
}

// adopted are the procedures that a document adopts.
func (q *request) adopted(d accord.Document) []view.ProcedureRow {
	var out []view.ProcedureRow
	for _, a := range d.Procedures {
		if p, ok := program.ProcedureByID(a.Procedure); ok {
			out = append(out, view.ProcedureRow{Title: p.Name(q.lang), URL: "/accords/procedures/" + p.ID, From: lower(p.Sending), To: lower(p.Receives),
				Facts: q.dates(a.Facts.From, a.Facts.To), Unverified: !p.Verified.Sure()})
		}
	}
	return out
}

// delay is how long changes of accounts wait before they take effect.
func (q *request) delay(hours int) string {
	if hours == 0 {
		return q.t("accords.no_delay")
	}
	return i18n.Span(q.lang, time.Duration(hours)*time.Hour)
}
