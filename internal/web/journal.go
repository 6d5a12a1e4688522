package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/web/view"
)

// journalPage is how many entries one page of the journal has.
const journalPage = 50

// journal is the record, checked when asked, with the proof of the entry chosen.
func (q *request) journal() (view.Journal, error) {
	peers, err := q.s.paired(q.r.Context())
	if err != nil {
		return view.Journal{}, err
	}
	ask := act.JournalAsk{Page: act.Page{Before: q.number("before"), Limit: journalPage}, Check: q.r.URL.Query().Get("check") == "yes", Prove: q.r.URL.Query().Get("fact")}
	for _, p := range peers {
		ask.Peers = append(ask.Peers, p.ID)
	}
	j, err := act.LookAtJournal(q.r.Context(), q.s.Acts, q.by, q.purpose, ask)
	if err != nil {
		return view.Journal{}, err
	}
	return q.journalView(j, peers, ask), nil
}

// audit is who looked at what, for auditors.
func (q *request) audit() (view.Accesses, error) {
	before := q.number("before")
	rows, err := act.Audit(q.r.Context(), q.s.Acts, q.by, q.purpose, act.Page{Before: before, Limit: journalPage})
	if err != nil {
		return view.Accesses{}, err
	}
	return q.accesses(rows, before), nil
}

// number reads a number of the address; what is none counts as 0.
func (q *request) number(name string) int64 {
	n, err := strconv.ParseInt(q.r.URL.Query().Get(name), 10, 64)
	if err != nil {
		return 0
	}
	return max(0, n)
}

// journalTabs are the ways in which the reader may read the record; none where
// there is but one.
func (q *request) journalTabs(current string) []view.Link {
	var out []view.Link
	if q.permits(areaOversight, access.See, "journal") {
		out = append(out, view.Link{Text: q.t("journal.tab_entries"), URL: "/journal", Current: current == "entries"})
	}
	if q.permits(areaOversight, access.See, "access") {
		out = append(out, view.Link{Text: q.t("journal.tab_accesses"), URL: "/journal/accesses", Current: current == "accesses"})
	}
	if q.permits(areaOversight, access.See, "anomaly") {
		out = append(out, view.Link{Text: q.t("journal.tab_overseen"), URL: "/journal/overseen", Current: current == "overseen"})
	}
	if len(out) == 1 {
		return nil
	}
	return out
}

func (q *request) journalView(j act.JournalView, peers []exchange.Peer, ask act.JournalAsk) view.Journal {
	now := q.s.Acts.Now()
	out := view.Journal{Size: j.Size, CheckURL: "/journal?check=yes", Tabs: q.journalTabs("entries")}
	if len(peers) > 0 { // the page tells of the first; each node cosigns the same journal
		w := j.Peers[0]
		out.Peer, out.Cosigned, out.WeCosigned = lower(peers[0].Country), cosigned(exchange.Seen{Size: w.Ours, At: w.OursAt}, now, q.s.Limits), cosigned(exchange.Seen{Size: w.Theirs, At: w.TheirsAt}, now, q.s.Limits)
	}
	if c := j.Checked; c != nil {
		out.Check = &view.Recheck{Size: c.Size, Forgotten: c.Forgotten, Root: c.Root, Faults: c.Faults}
	}
	for i, p := range j.Points {
		if i == 8 {
			break
		}
		cp := view.Checkpoint{Size: p.Size, At: p.At, Cosigned: p.Cosigned}
		if p.Peer != "" {
			cp.Country = q.country(p.Peer)
		}
		out.Points = append(out.Points, cp)
	}
	out.Spans = q.spans(j.Points, lower(q.s.Node.Country), out.Peer)
	for _, r := range j.Rows {
		out.Rows = append(out.Rows, q.journalRow(r, out.Cosigned.Size, ask))
	}
	out.Older, out.Newest = pages("/journal", len(j.Rows), ask.Before, oldest(j.Rows, func(r act.JournalRow) int64 { return r.Seq }))
	if j.Fact != nil {
		out.Proof = q.proof(j, out.Peer)
	}
	return out
}

// pages are the addresses of the next older page and of the newest one, empty
// where there is none.
func pages(path string, shown int, before, last int64) (older, newest string) {
	if shown == journalPage && last > 1 {
		older = path + "?before=" + strconv.FormatInt(last, 10)
	}
	if before > 0 {
		newest = path
	}
	return older, newest
}

func oldest[T any](rows []T, seq func(T) int64) int64 {
	if len(rows) == 0 {
		return 0
	}
	return seq(rows[len(rows)-1])
}

func (q *request) journalRow(r act.JournalRow, cosigned int64, ask act.JournalAsk) view.JournalRow {
	row := view.JournalRow{Seq: r.Seq, At: r.At, What: q.kind(r.What), Country: q.country(r.Node), Digest: r.Digest.String()[:12], Forgotten: r.Forgotten, Damaged: r.Damaged, Behind: r.Behind,
		Cosigned: r.Seq <= cosigned, Current: r.ID == ask.Prove, URL: "/journal?fact=" + r.ID}
	if ask.Before > 0 {
		row.URL += "&before=" + strconv.FormatInt(ask.Before, 10)
	}
	if r.By == nil {
		row.By = q.t("journal.node")
		return row
	}
	row.By, row.Office = r.By.Name, q.office(r.Node, r.By.Office)
	if row.By == "" {
		row.By = r.By.ID
	}
	return row
}

func (q *request) proof(j act.JournalView, peer string) *view.Proof {
	p := &view.Proof{Seq: j.Fact.Seq, What: q.kind(j.Fact.What), Digest: j.Fact.Digest.String(), Country: q.country(q.s.Acts.Node), Peer: peer, Missing: j.Proved == nil}
	if p.Missing {
		return p
	}
	p.Steps, p.Root, p.URL = len(j.Proved.Path), j.Root, "/journal/"+j.Fact.ID+"/proof"
	for _, u := range j.Under {
		p.Size, p.Signed = u.Size, u.At
		if u.Peer != "" && p.Cosigned.IsZero() {
			p.Cosigned, p.Peer = u.Cosigned, q.country(u.Peer)
		}
	}
	return p
}

func (q *request) accesses(rows []act.Access, before int64) view.Accesses {
	out := view.Accesses{Tabs: q.journalTabs("accesses"), Rows: q.accessRows(rows)}
	out.Older, out.Newest = pages("/journal/accesses", len(rows), before, oldest(rows, func(a act.Access) int64 { return a.Seq }))
	return out
}

// accessRows are access facts in words.
func (q *request) accessRows(rows []act.Access) []view.AccessRow {
	var out []view.AccessRow
	for _, a := range rows {
		row := view.AccessRow{Seq: a.Seq, At: a.At, Who: q.account(a.Actor), Office: q.office(q.s.Acts.Node, a.Office), Did: q.did(a.Verb), Purpose: q.word("purpose.", a.Purpose),
			Withheld: len(a.Withheld), Policies: q.rules(a.Policies)}
		counts := map[string]int{}
		for _, o := range a.Objects {
			counts[o.Type]++
		}
		var objects []string
		for typ, n := range counts {
			objects = append(objects, q.t("accesses.object", "Thing", q.word("thing.", typ), "N", i18n.Number(q.lang, int64(n))))
		}
		slices.Sort(objects)
		row.Objects = strings.Join(objects, ", ")
		if a.Refused != "" {
			row.Refused = q.refusalOf(a.Refused)
		}
		out = append(out, row)
	}
	return out
}

// did is an act or a look in words.
func (q *request) did(verb string) string {
	if has("verb." + verb) {
		return q.t("verb." + verb)
	}
	return q.word("looked.", strings.TrimPrefix(verb, "view."))
}

// rules are the policies that decided, each as a sentence.
func (q *request) rules(ids []string) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if strings.HasPrefix(id, access.Unreadable) {
			id = "unreadable"
		}
		out = append(out, q.word("policy.", id))
	}
	return out
}

// refusalOf is why a request was refused. The text of many refusals has places
// for what was named; the journal keeps the code only, so those stay open.
func (q *request) refusalOf(code string) string {
	if !has("refusal." + code) {
		return code
	}
	return strings.ReplaceAll(q.t("refusal."+code), "<no value>", "…")
}

// account is the name of an account of this node, or its id.
func (q *request) account(id string) string {
	name := id
	q.lookUp(func(tx *store.Tx) error {
		if u, err := access.LoadUser(tx, id); err == nil {
			name = u.Name
		}
		return nil
	})
	return name
}
