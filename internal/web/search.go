package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/export"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// searches registers the search, what people keep of it for themselves, and the
// lists that were taken out of it. What is looked for never stands in an address.
func (s *Server) searches(pages *doors) {
	pages.signedIn("GET /search", access.RuleOwn, areaCases, (*request).search) // the empty form
	pages.signedIn("POST /search", access.RuleSeen, areaCases, (*request).search)
	pages.signedIn("POST /search/keep", access.RuleOwn, areaCases, (*request).keepSearch)
	pages.signedIn("POST /search/rename", access.RuleOwn, areaCases, (*request).renameSearch)
	pages.signedIn("POST /search/drop", access.RuleOwn, areaCases, (*request).dropSearch)
	pages.signedIn("POST /search/take", access.RuleTaken, areaCases, (*request).takeList)
	s.page(pages, "/lists/{id}", areaCases, func(q *request) (string, any, error) {
		x, err := export.ShowList(q.r.Context(), q.s.Acts, q.by, q.listPurpose(), q.r.PathValue("id"), false)
		return "list", q.listed(x), err
	})
	pages.signedIn("GET /lists/{id}/{file}", access.RuleSeen, areaCases, (*request).listFile)
}

// searched are the purposes for which cases are searched.
var searched = []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeLifeAtRisk, wire.PurposeDefenceCourt}

// searchFields are the fields of a question, as the form names them.
var searchFields = []string{"q", "noun", "status", "office", "corridor", "handling", "from", "to", "purpose"}

// question reads what the form asks.
func question(form url.Values) casefile.Question {
	get := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	return casefile.Question{Words: get("q"), Noun: get("noun"), Status: get("status"), Office: get("office"), Corridor: get("corridor"),
		Handling: get("handling"), From: get("from"), To: get("to")}
}

// typed is question the other way.
func typed(x casefile.Question, purpose string) url.Values {
	out := url.Values{}
	for name, value := range map[string]string{"q": x.Words, "noun": x.Noun, "status": x.Status, "office": x.Office, "corridor": x.Corridor,
		"handling": x.Handling, "from": x.From, "to": x.To, "purpose": purpose} {
		if value != "" {
			out.Set(name, value)
		}
	}
	return out
}

// search asks over POST.
func (q *request) search() {
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	form := q.r.PostForm
	q.searchPage(http.StatusOK, form, q.r.Method == http.MethodPost, nil)
}

// searchPage draws the search with what was typed, and its answer if it ran.
func (q *request) searchPage(status int, form url.Values, run bool, no error) {
	q.draw(status, func(q *request) (string, any, error) {
		v := q.searchForm(form)
		v.Form.Refusal = said(no)
		if err := q.keptSearches(&v); err != nil || !run {
			return "search", v, err
		}
		if p := form.Get("purpose"); slices.Contains(searched, p) {
			q.purpose = p
		}
		asked := question(form)
		if asked.Empty() {
			v.Form.Refusal = said(refusal.New("search.nothing"))
			return "search", v, nil
		}
		hits, err := casefile.Find(q.r.Context(), q.s.Acts, q.by, q.purpose, asked, form.Get("after"))
		if refused, ok := refusal.As(err); ok {
			v.Form.Refusal = said(err)
			if field, _ := refused.Params["field"].(string); field != "" {
				v.Form.Errors[field] = q.t("web.field_wrong")
			}
			return "search", v, nil
		}
		v.Ran, v.Total, v.Later, v.Next = true, len(hits.Hits), form.Get("after") != "", hits.Next
		for _, h := range hits.Hits {
			v.Results = append(v.Results, q.result(h))
		}
		if len(hits.Hits) > 0 && q.takesOut() {
			v.Reasons = q.codes("export.reason.", casefile.Reasons())
		}
		return "search", v, err
	})
}

// takesOut reports whether the policies let the reader take a list out.
func (q *request) takesOut() bool {
	own := access.Resource{Type: "search", Offices: []string{q.by.Office}}
	return q.s.Acts.Policies.Decide(q.by, (*export.Search)(nil).Verb(), q.purpose, own).Allowed
}

// said is a refusal as a form shows it; nil where there is none.
func said(err error) *component.Refusal {
	no, refused := refusal.As(err)
	if !refused {
		return nil
	}
	return &component.Refusal{Code: no.Code, Params: no.Params}
}

// searchForm is the form with its choices.
func (q *request) searchForm(form url.Values) view.Search {
	f := component.Form{Action: "/search", Token: newToken(), Values: url.Values{}, Errors: map[string]string{}}
	for _, name := range append(searchFields, "name", "reason") {
		if given := form.Get(name); given != "" {
			f.Values.Set(name, given)
		}
	}
	v := view.Search{Form: f, Purposes: q.codes("purpose.", searched), Nouns: q.codes("noun.", casefile.FoundNouns()), Statuses: q.codes("casefile.status.", casefile.Statuses)}
	for _, w := range program.HandlingCodes() {
		v.Handling = append(v.Handling, component.Option{Value: w.ID, Label: w.ID + " · " + w.Name(q.lang)})
	}
	q.lookUp(func(tx *store.Tx) error {
		offices, err := access.ListOffices(tx)
		if err != nil {
			return err
		}
		for _, o := range offices {
			v.Offices = append(v.Offices, component.Option{Value: o.ID, Label: map[i18n.Lang]string{i18n.English: o.Name.En, i18n.Spanish: o.Name.Es}[q.lang]})
		}
		all, err := accord.All(tx)
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, a := range all {
			for _, c := range a.Document.Corridors {
				if !known[c.ID] {
					v.Corridors, known[c.ID] = append(v.Corridors, component.Option{Value: c.ID, Label: c.Title.In(q.lang)}), true
				}
			}
		}
		return nil
	})
	for _, name := range searchFields {
		if given := f.Value(name); given != "" {
			v.Asked = append(v.Asked, view.Hidden{Name: name, Value: given})
		}
		v.Narrowed = v.Narrowed || f.Value(name) != "" && name != "q" && name != "purpose"
	}
	return v
}

// keptSearches adds what the reader keeps of earlier searches.
func (q *request) keptSearches(v *view.Search) error {
	kept, err := casefile.Views(q.r.Context(), q.s.Acts, q.by)
	if err != nil {
		return err
	}
	for _, k := range kept {
		row := view.Kept{ID: k.ID, Name: k.Name}
		for name, values := range typed(k.Question, k.Purpose) {
			row.Asked = append(row.Asked, view.Hidden{Name: name, Value: values[0]})
		}
		slices.SortFunc(row.Asked, func(a, b view.Hidden) int { return strings.Compare(a.Name, b.Name) })
		v.Kept = append(v.Kept, row)
	}
	return nil
}

func (q *request) keepSearch() {
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	form := q.r.PostForm
	err := casefile.KeepView(q.r.Context(), q.s.Acts, q.by, casefile.SavedView{Name: form.Get("name"), Purpose: form.Get("purpose"), Question: question(form)})
	q.backToSearch(form, err)
}

func (q *request) renameSearch() {
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	form := q.r.PostForm
	q.backToSearch(url.Values{}, casefile.RenameView(q.r.Context(), q.s.Acts, q.by, form.Get("id"), form.Get("called")))
}

func (q *request) dropSearch() {
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	q.backToSearch(url.Values{}, casefile.DropView(q.r.Context(), q.s.Acts.DB, q.by.User, q.r.PostForm.Get("id")))
}

// backToSearch draws the search again with what was typed, and why not.
func (q *request) backToSearch(form url.Values, err error) {
	no, refused := refusal.As(err)
	switch {
	case err != nil && !refused:
		q.s.problem(q.w, q.r, err)
	case refused:
		q.searchPage(no.Status, form, false, no)
	default:
		form.Del("name")
		q.searchPage(http.StatusOK, form, false, nil)
	}
}

// takeList takes the list of a search out, and leads to it.
func (q *request) takeList() {
	if err := q.r.ParseForm(); err != nil {
		q.s.problem(q.w, q.r, refusal.New("act.malformed", "field", ""))
		return
	}
	form := q.r.PostForm
	if p := form.Get("purpose"); slices.Contains(searched, p) {
		q.purpose = p
	}
	res, err := q.s.Acts.Do(q.r.Context(), q.by, form.Get("_token"), q.purpose, &export.Search{Question: question(form), Reason: form.Get("reason")})
	if no, refused := refusal.As(err); refused {
		q.searchPage(no.Status, form, false, no)
		return
	}
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	http.Redirect(q.w, q.r, "/lists/"+res.Facts[0]+"?for="+url.QueryEscape(q.purpose), http.StatusSeeOther)
}

// listPurpose is the purpose for which a list was taken: it is read for no other.
func (q *request) listPurpose() string {
	if p := q.r.URL.Query().Get("for"); slices.Contains(searched, p) {
		return p
	}
	return q.purpose
}

// listFile gives a list as a file.
func (q *request) listFile() {
	x, err := export.ShowList(q.r.Context(), q.s.Acts, q.by, q.listPurpose(), q.r.PathValue("id"), true)
	q.fileOf(x.Files, err)
}

// fileOf gives the file of what was taken out that the address names.
func (q *request) fileOf(files []export.File, err error) {
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	for _, f := range files {
		if f.Name == q.r.PathValue("file") {
			q.handOut(f.Name, f.Media, written(f.Content))
			return
		}
	}
	q.s.problem(q.w, q.r, refusal.NotFound())
}

func (q *request) result(h casefile.Hit) view.Result {
	node := h.Node
	if node == "" {
		node = q.s.Acts.Node
	}
	return view.Result{Kind: q.word("noun.", h.Noun), Title: h.Called(q.lang), Number: h.Number, URL: recordURL(h.Noun, h.Object, h.Case), State: q.hitStands(h),
		Office: q.office(node, h.Office), Handling: h.Handling, At: h.Opened}
}

// hitStands is how what was found stands, or its case.
func (q *request) hitStands(h casefile.Hit) string {
	if own := "search.status." + h.Noun + "." + h.Status; i18n.Has(own) {
		return q.t(own)
	}
	return q.word("casefile.status.", h.Status)
}

// recordURL is where the record of something in a case stands.
func recordURL(noun, object, caseID string) string {
	switch noun {
	case "person":
		return "/people/" + object
	case "case":
		return "/cases/" + caseID
	case "exhibit", "referral", "alert":
		return "/" + noun + "s/" + object
	}
	return "/cases/" + caseID + "/items/" + object
}

// listed is a list that was taken out, as it is read and printed.
func (q *request) listed(x export.List) view.List {
	v := view.List{Mark: x.Mark.Words, Act: x.Mark.Export, Until: x.Until, LeftOut: x.LeftOut}
	for _, r := range x.Rows {
		v.Rows = append(v.Rows, view.ListRow{Result: q.result(r.Hit), Protected: r.Protected})
	}
	for _, ext := range []string{"csv", "xlsx"} {
		v.Files = append(v.Files, view.Link{Text: q.t("list." + ext), URL: "/lists/" + x.Mark.Export + "/" + export.FileName(x.Mark.Export, ext) + "?for=" + url.QueryEscape(q.listPurpose())})
	}
	return v
}
