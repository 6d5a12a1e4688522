package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// records registers what is looked up: search, an item, a case's history and
// readers, accords, the link, the journal.
func (s *Server) records(mux *http.ServeMux) {
	mux.HandleFunc("GET /search", func(w http.ResponseWriter, r *http.Request) { s.search(w, r) })
	mux.HandleFunc("POST /search", func(w http.ResponseWriter, r *http.Request) { s.search(w, r) })
	s.page(mux, "/cases/{id}/items/{item}", areaCases, func(q *request) (string, any, error) {
		v, err := q.itemPage(q.r.PathValue("id"), q.r.PathValue("item"))
		return "item", v, err
	})
	s.page(mux, "/cases/{id}/history", areaCases, func(q *request) (string, any, error) {
		v, err := q.history(q.r.PathValue("id"))
		return "history", v, err
	})
	s.page(mux, "/cases/{id}/readers", areaCases, func(q *request) (string, any, error) {
		v, err := q.readers(q.r.PathValue("id"))
		return "readers_page", v, err
	})
	s.accords(mux)
	s.page(mux, "/links", areaNode, func(q *request) (string, any, error) {
		q.live = "link"
		v, err := q.links()
		return "links", v, err
	})
	s.page(mux, "/journal", areaOversight, func(q *request) (string, any, error) {
		v, err := q.journal()
		return "journal", v, err
	})
	mux.HandleFunc("GET /journal/{id}/proof", func(w http.ResponseWriter, r *http.Request) { s.proof(w, r) })
}

// searched are the purposes for which cases are searched.
var searched = []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeLifeAtRisk, wire.PurposeDefenceCourt}

// search asks over POST: what is looked for never stands in an address.
func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	q, ok := s.enter(w, r, areaCases)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		s.problem(w, r, refusal.New("act.malformed", "field", ""))
		return
	}
	q.draw(http.StatusOK, func(q *request) (string, any, error) {
		v := view.Search{Form: component.Form{Action: "/search", Token: newToken(), Values: r.PostForm, Errors: map[string]string{}}, Purposes: q.codes("purpose.", searched)}
		if r.Method != http.MethodPost {
			v.Form.Values = url.Values{}
			return "search", v, nil
		}
		if p := r.PostForm.Get("purpose"); slices.Contains(searched, p) {
			q.purpose = p
		}
		hits, err := casefile.Find(r.Context(), s.Acts, q.by, q.purpose, r.PostForm.Get("q"))
		if no, refused := refusal.As(err); refused {
			v.Form.Refusal = &component.Refusal{Code: no.Code, Params: no.Params}
			return "search", v, nil
		}
		v.Ran, v.Total = true, len(hits)
		for _, h := range hits {
			v.Results = append(v.Results, q.result(h))
		}
		return "search", v, err
	})
}

func (q *request) result(h casefile.Hit) view.Result {
	out := view.Result{Kind: q.word("noun.", h.Noun), Title: h.Label, Number: h.Number, URL: "/cases/" + h.Case}
	if h.Noun == "person" {
		out.URL = "/people/" + h.Object
	}
	return out
}

func (q *request) itemPage(caseID, item string) (view.ItemPage, error) {
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.ItemPage{}, err
	}
	i := slices.IndexFunc(c.Items, func(x casefile.ItemView) bool { return x.ID == item })
	if i < 0 {
		return view.ItemPage{}, refusal.NotFound()
	}
	x := c.Items[i]
	v := view.ItemPage{Head: q.caseHead(c), Title: q.word("noun.", x.Noun)}
	var s casefile.Statement
	var d casefile.StatementDetail
	if x.Noun == "statement" {
		decode(x.Content, &s)
		decode(x.Detail, &d)
		v.Title = q.statementName(c, x)
		v.Sections = append(v.Sections, view.Section{Lang: d.Lang, Paragraphs: paragraphs(d.Text)},
			view.Section{Heading: q.t("ask.group.taking"), Facts: filled([]view.Fact{{Label: q.t("ask.place_taken"), Value: d.Place}, {Label: q.t("ask.rights"), Value: q.word("casefile.rights.", s.Rights)},
				{Label: q.t("ask.interpreter"), Value: d.Interpreter}, {Label: q.t("ask.no_recording"), Value: d.NoRecording}})})
		return v, nil
	}
	var facts []view.Fact
	for _, f := range details(x.Detail) {
		facts = append(facts, view.Fact{Label: q.word("ask.", f.Label), Value: f.Value})
	}
	v.Sections = append(v.Sections, view.Section{Facts: facts})
	return v, nil
}

func (q *request) history(caseID string) (view.History, error) {
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.History{}, err
	}
	steps, err := casefile.ShowHistory(q.r.Context(), q.s.Acts, q.by, q.purpose, c.Case.ID)
	if err != nil {
		return view.History{}, err
	}
	v := view.History{Head: q.caseHead(c)}
	for _, s := range slices.Backward(steps) {
		v.Rows = append(v.Rows, q.happening(s))
	}
	return v, nil
}

// readers is who can see a case: the offices that hold it.
func (q *request) readers(caseID string) (view.Readers, error) {
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.Readers{}, err
	}
	v := view.Readers{Head: q.caseHead(c)}
	for _, office := range c.Case.Members {
		rule := q.t("web.member")
		if office == c.Case.Office {
			rule = q.t("web.owner")
		}
		v.Rows = append(v.Rows, view.Reader{Country: lower(q.s.Node.Country), Name: q.office(q.s.Acts.Node, office), Office: office, Role: q.t("web.case_roles"), Rule: rule})
	}
	return v, nil
}

// links is the state of the link with the other country.
func (q *request) links() (view.Links, error) {
	all, err := directory.Links(q.r.Context(), q.s.Acts, q.by)
	if err != nil || len(all) == 0 {
		return view.Links{}, err
	}
	s, err := directory.Link(q.r.Context(), q.s.Acts, q.by, all[0].Peer.ID)
	if err != nil {
		return view.Links{}, err
	}
	now := q.s.Acts.Now()
	v := view.Links{Peer: lower(s.Peer.Country), PeerName: s.Peer.Name(string(q.lang)), Live: s.Live(now), LastContact: s.Heard, Cosigned: s.Cosigned.At, WeCosigned: s.Witnessed.At}
	for _, l := range s.Lanes {
		lane := view.Lane{NameKey: "links.lane." + l.Lane, Queue: int(l.Queued), Void: l.Void, Oldest: l.Oldest, Receipt: l.Receipt, Sent: l.Receipt}
		if l.Queued > 0 {
			lane.Tries = s.Tries
		}
		v.Lanes = append(v.Lanes, lane)
	}
	for _, o := range s.Outbox {
		v.Waiting = append(v.Waiting, q.waiting(o, s.LinkState))
	}
	for _, r := range s.RefusedOut {
		v.Refused = append(v.Refused, view.Refused{Kind: q.word("kind.", r.Of), Why: q.word("receipt.code.", string(r.Code)), Country: v.Peer, At: r.At})
	}
	for _, r := range s.Quarantine {
		v.Refused = append(v.Refused, view.Refused{Kind: q.word("web.quarantined.", r.What), Why: q.word("receipt.code.", string(r.Code)), Country: lower(q.s.Node.Country), At: r.At})
	}
	for _, a := range s.Alarms {
		v.Refused = append(v.Refused, view.Refused{Kind: q.t("web.alarm"), Why: q.word("alarm.", a.Code), Country: v.Peer, At: a.At})
	}
	f := wire.Fingerprint(s.Peer.Descriptor)
	v.Words = f.Words(string(q.lang))
	v.Facts = filled([]view.Fact{{Label: q.t("ask.name_of_node"), Value: v.PeerName}, {Label: q.t("web.expired"), Value: strconv.Itoa(s.Expired)}, {Label: q.t("web.clock_ahead"), Value: s.Ahead.String()},
		{Label: q.t("web.problem"), Value: q.word("link.problem.", s.Problem)}})
	return v, nil
}

func (q *request) waiting(o exchange.Outgoing, s exchange.LinkState) view.Waiting {
	w := view.Waiting{Kind: q.word("kind.", o.Of), Why: q.t("web.waits"), Since: o.Since, Expires: o.Expires, Tries: s.Tries}
	if s.Problem != "" {
		w.Why = q.word("link.problem.", s.Problem)
	}
	return w
}

// journal is the record and whether it holds.
func (q *request) journal() (view.Journal, error) {
	ctx := q.r.Context()
	state, err := act.Journal(ctx, q.s.Acts, q.by, q.purpose)
	if err != nil {
		return view.Journal{}, err
	}
	verified, err := act.VerifyJournal(ctx, q.s.Acts, q.by, q.purpose)
	if err != nil {
		return view.Journal{}, err
	}
	v := view.Journal{Size: state.Size, Holds: len(verified.Faults) == 0, Peer: q.peer(), Never: true}
	if !v.Holds {
		v.Problem = q.t("web.journal_problem", "N", len(verified.Faults))
	}
	q.points(state, &v)
	before, _ := strconv.ParseInt(q.r.URL.Query().Get("before"), 10, 64)
	rows, err := act.JournalRows(ctx, q.s.Acts, q.by, q.purpose, act.Page{Before: before, Limit: 50})
	if err != nil {
		return v, err
	}
	for _, r := range rows {
		row := view.JournalRow{Seq: r.Seq, At: r.At, What: q.word("kind.", r.What), Country: q.country(r.Node), By: q.t("web.the_node"), URL: "/journal/" + r.ID + "/proof",
			Cosigned: r.Seq <= v.PeerSize}
		if r.By != nil {
			row.By = r.By.Name
		}
		v.Rows = append(v.Rows, row)
	}
	if n := len(rows); n == 50 {
		v.Older = "/journal?before=" + strconv.FormatInt(rows[n-1].Seq, 10)
	}
	if before > 0 {
		v.Newer = "/journal"
	}
	return v, nil
}

// points adds the checkpoints, and how long ago each country cosigned.
func (q *request) points(state act.JournalState, v *view.Journal) {
	links, err := directory.Links(q.r.Context(), q.s.Acts, q.by)
	if err != nil || len(links) == 0 {
		return
	}
	now, s := q.s.Acts.Now(), links[0]
	v.Never = s.Cosigned.At.IsZero()
	v.PeerSize = s.Cosigned.Size
	if !v.Never {
		v.CosignedAgo = now.Sub(s.Cosigned.At)
	}
	if !s.Witnessed.At.IsZero() {
		v.WeCosignedAgo = now.Sub(s.Witnessed.At)
	}
	own := lower(q.s.Node.Country)
	v.Points = []view.Checkpoint{{Country: own, Size: state.Size, At: now}}
	if !v.Never {
		v.Points = append(v.Points, view.Checkpoint{Country: own, Size: s.Cosigned.Size, At: s.Cosigned.At, Cosigned: s.Cosigned.At})
	}
	if s.Witnessed.Size > 0 {
		v.Points = append(v.Points, view.Checkpoint{Country: lower(s.Peer.Country), Size: s.Witnessed.Size, At: s.Witnessed.At, Cosigned: s.Witnessed.At})
	}
}

// peer is the other country's code; empty before pairing.
func (q *request) peer() string {
	links, err := directory.Links(q.r.Context(), q.s.Acts, q.by)
	if err != nil || len(links) == 0 {
		return ""
	}
	return lower(links[0].Peer.Country)
}

// proof gives the proof of one fact as a file, to be checked offline.
func (s *Server) proof(w http.ResponseWriter, r *http.Request) {
	q, ok := s.enter(w, r, areaOversight)
	if !ok {
		return
	}
	p, err := act.Prove(r.Context(), s.Acts, q.by, q.purpose, r.PathValue("id"), false)
	if err != nil {
		s.problem(w, r, err)
		return
	}
	Headers(w.Header())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="proof.json"`)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.Log.DebugContext(r.Context(), "proof not taken", "error", err)
	}
}
