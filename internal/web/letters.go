package web

import (
	"net/http"
	"net/url"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/view"
)

// letters registers where one is told what a letter's number stands for, and
// chooses whether and where to be written to.
func (s *Server) letters(pages *doors) {
	s.page(pages, "/letters", areaNode, func(q *request) (string, any, error) {
		v, err := q.letters()
		return "letters", v, err
	})
	pages.signedIn("GET /letters/open", access.RuleSeen, areaNode, func(q *request) { q.openLetter() })
}

// openLetter leads to what a number stands for; the page there decides anew.
func (q *request) openLetter() {
	lead, err := mail.Open(q.r.Context(), q.s.Acts, q.by, q.r.URL.Query().Get("number"))
	if refusal.Is(err, "access.not_found") {
		q.path = "/letters"
		q.draw(http.StatusOK, func(q *request) (string, any, error) {
			v, err := q.letters()
			v.Unknown = q.r.URL.Query().Get("number")
			return "letters", v, err
		})
		return
	}
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	http.Redirect(q.w, q.r, leadsTo[lead.Type](lead.Object), http.StatusSeeOther)
}

// leadsTo are the pages of what letters are about, by its type.
var leadsTo = map[string]func(id string) string{
	"referral": under("/referrals/"), "alert": under("/alerts/"), "proposal": under("/admin/proposals/"), "accord": under("/accords/"),
	"case": func(string) string { return "/retention" }, "reveal": func(string) string { return "/waiting" },
	"notice": under("/consular/"), "task": under("/cases/"),
}

func under(path string) func(string) string {
	return func(id string) string { return path + url.PathEscape(id) }
}

func (q *request) letters() (view.Letters, error) {
	own, err := mail.List(q.r.Context(), q.s.Acts, q.by)
	if err != nil {
		return view.Letters{}, err
	}
	v := view.Letters{Address: own.Choice.Address, Refused: own.Refused, Form: emptyForm("/letters/open")}
	for _, l := range own.Letters {
		v.Rows = append(v.Rows, view.Letter{Number: l.Number, What: q.word("mail.event.", l.Event), URL: "/letters/open?number=" + url.QueryEscape(l.Number), At: l.At, Waits: !l.Taken})
	}
	v.Acts = q.offered("mail.choose", nil, answers{"events": q.codes("mail.event.", mail.Events)})
	for i := range v.Acts {
		if f := &v.Acts[i].Form; f.Refusal == nil {
			f.Values = url.Values{"events": own.Choice.Events, "address": {own.Choice.Address}}
		}
	}
	return v, nil
}
