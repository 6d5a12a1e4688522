package web

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/watch"
	"github.com/oasiss/oasiss/internal/web/view"
)

// onADay is how many things of a desk one's day shows; the rest is on its page.
const onADay = 6

// desksOf adds what waits beside referrals for who works on cases.
func (q *request) desksOf(v *view.MyDay, say func(n int, key string, pairs ...any)) error {
	if q.purpose == purpose(areaProtection, q.by) && q.permits(areaProtection, "read.screening", "screening") {
		if err := q.shutCases(v, say); err != nil {
			return err
		}
		if err := q.noticesUnanswered(v, say); err != nil {
			return err
		}
	}
	if q.permits(areaCases, access.See, "warrant") {
		if err := q.orderDesk(v, say); err != nil {
			return err
		}
	}
	if q.requestsURL() != "" {
		return q.openRequests(v, say)
	}
	return nil
}

// dayLinks lead to what is opened when a person comes or calls, which no list of
// work leads to, and the adviser, who reads no journal, to how people were screened.
func (q *request) dayLinks() (out []view.Link) {
	if q.permits(areaProtection, (*protection.CallWithdrawal)(nil).Verb(), "withdrawal_call") {
		out = append(out, view.Link{Text: q.t("call.title"), URL: "/withdraw-consent"})
	}
	if url := q.requestsURL(); url != "" {
		out = append(out, view.Link{Text: q.t("requests.title"), URL: url})
	}
	if q.permits(areaOversight, access.See, "anomaly") && !q.permits(areaOversight, access.See, "journal") {
		out = append(out, view.Link{Text: q.t("journal.tab_overseen"), URL: "/journal/overseen"})
	}
	return out
}

// shutCases are the open cases out of which nothing can go, because somebody in
// them is not screened or a gate is shut, the longest waiting first.
func (q *request) shutCases(v *view.MyDay, say func(n int, key string, pairs ...any)) error {
	day, err := protection.ListDay(q.r.Context(), q.s.Acts, q.by, q.purpose, onADay)
	if err != nil {
		return err
	}
	if day.More {
		say(day.Count, "my_day.shut_more")
	} else {
		say(day.Count, "my_day.shut")
	}
	d := view.Desk{Title: q.t("my_day.shut_title"), URL: "/protection", All: q.t("protection.title"), Empty: q.t("my_day.shut_empty")}
	for _, r := range day.Rows {
		d.Rows = append(d.Rows, view.DeskRow{Title: r.Number, Note: r.Title + " · " + q.t("cases.people", "Count", r.People), URL: "/cases/" + r.ID + "/screening", At: r.Opened, State: q.t("gates.shut"), Class: "over"})
	}
	v.Desks = append(v.Desks, d)
	return nil
}

// openRequests are the requests of persons about their records that no answer ends yet.
func (q *request) openRequests(v *view.MyDay, say func(n int, key string, pairs ...any)) error {
	all, err := q.requests()
	if err != nil {
		return err
	}
	d := view.Desk{Title: q.t("requests.title"), URL: "/requests", All: q.t("my_day.all"), Side: true}
	for _, r := range all.Rows {
		if r.Clock != nil {
			d.Rows = append(d.Rows, view.DeskRow{Title: r.Right, URL: r.URL, Person: r.Person, Clock: r.Clock})
		}
	}
	if len(d.Rows) == 0 {
		return nil
	}
	say(len(d.Rows), "my_day.requests")
	d.Rows = d.Rows[:min(len(d.Rows), onADay)]
	v.Desks = append(v.Desks, d)
	return nil
}

// auditDay is the day of who oversees: whether the record can be relied on, what
// is out of the ordinary, and who looked at what.
func (q *request) auditDay(v *view.MyDay) error {
	j, err := q.journal()
	if err != nil {
		return err
	}
	v.Lead = append(v.Lead, q.t("journal.size", "N", i18n.Number(q.lang, j.Size)))
	if j.Peer != "" {
		country := capital(q.t("country." + j.Peer))
		if j.Cosigned.At.IsZero() {
			v.Lead = append(v.Lead, q.t("journal.never", "Country", country))
		} else {
			v.Lead = append(v.Lead, q.t("journal.cosigned_to", "Country", country, "N", i18n.Number(q.lang, j.Cosigned.Size), "When", i18n.Moment(q.lang, j.Cosigned.At, q.s.Acts.Now(), q.zone())))
		}
	}
	if q.permits(areaOversight, access.See, "anomaly") {
		if err := q.anomalies(v); err != nil {
			return err
		}
	}
	looked, err := q.audit()
	if err != nil {
		return err
	}
	refused := view.Desk{Title: q.t("my_day.refused"), URL: "/journal/accesses", All: q.t("journal.tab_accesses"), Empty: q.t("my_day.refused_empty")}
	news := 0
	for _, a := range looked.Rows {
		if !v.LookedAt.IsZero() && a.At.After(v.LookedAt) {
			news++
		}
		if a.Refused != "" && len(refused.Rows) < onADay {
			refused.Rows = append(refused.Rows, view.DeskRow{Title: a.Who, Note: a.Did + ": " + a.Refused, At: a.At})
		}
	}
	if news > 0 {
		v.Lead = append(v.Lead, q.t("my_day.accesses_new", "Count", news))
	}
	v.Desks = append(v.Desks, refused)
	latest := view.Desk{Title: q.t("journal.entries"), URL: "/journal", All: q.t("journal.title"), Side: true, Empty: q.t("journal.empty")}
	for _, r := range j.Rows[:min(len(j.Rows), onADay)] {
		latest.Rows = append(latest.Rows, view.DeskRow{Title: r.What, URL: r.URL, Country: r.Country, Note: r.By, At: r.At})
	}
	v.Desks = append(v.Desks, latest)
	return nil
}

// anomalies are what is out of the ordinary, the newest first.
func (q *request) anomalies(v *view.MyDay) error {
	x, err := q.overseen()
	if err != nil {
		return err
	}
	d := view.Desk{Title: q.t("overseen.fast"), URL: "/journal/overseen", All: q.t("journal.tab_overseen"), Empty: q.t("overseen.fast_empty")}
	for _, a := range x.Anomalies[:min(len(x.Anomalies), onADay)] {
		row := view.DeskRow{Title: a.Who, Note: a.Office, At: a.At, State: q.t("my_day.seconds", "Count", a.Seconds, "Least", a.Least), Class: "over"}
		if a.Unopened {
			row.State = q.t("overseen.unopened")
		}
		if a.Person.Plant != "" {
			p := a.Person
			row.Person = &p
		}
		d.Rows = append(d.Rows, row)
	}
	if x.Decoys != nil {
		q.live = decoy.Topic
		touched := view.Desk{Title: q.t("overseen.touched"), URL: "/journal/overseen", All: q.t("journal.tab_overseen"), Empty: q.t("overseen.touched_empty")}
		for _, t := range x.Decoys.Touches[:min(len(x.Decoys.Touches), onADay)] {
			touched.Rows = append(touched.Rows, view.DeskRow{Title: t.Who, Note: t.Office + " · " + t.Did, At: t.At, State: t.Plant, Class: "over"})
		}
		v.Desks = append(v.Desks, touched)
	}
	if n := len(x.Anomalies); n > 0 {
		v.Lead = append([]string{q.t("my_day.anomalies", "Count", n)}, v.Lead...)
	}
	v.Desks = append(v.Desks, d)
	if x.Decoys != nil && len(x.Decoys.Touches) > 0 {
		v.Lead = append([]string{q.t("overseen.touched_count", "Count", len(x.Decoys.Touches))}, v.Lead...)
	}
	return nil
}

// nodeDay is the day of who keeps the node: what it needs, what waits for a
// second person, and how the other nodes are reached. It shows no case.
func (q *request) nodeDay(v *view.MyDay) error {
	told, err := q.told(func(watch.Alarm) bool { return true })
	if err != nil {
		return err
	}
	d, err := q.directory()
	if err != nil {
		return err
	}
	if n := len(told); n > 0 {
		v.Lead = append(v.Lead, q.t("my_day.node_needs", "Count", n))
	} else {
		v.Lead = append(v.Lead, q.t("my_day.node_well"))
	}
	if n := len(d.waiting); n > 0 {
		v.Lead = append(v.Lead, q.t("my_day.proposals", "Count", n))
	}
	waits := view.Desk{Title: q.t("admin.waiting"), URL: "/admin", All: q.t("admin.title"), Empty: q.t("admin.waiting_empty")}
	for _, p := range d.waiting {
		waits.Rows = append(waits.Rows, view.DeskRow{Title: q.change(d, p), URL: "/admin/proposals/" + p.ID, Note: q.account(p.By) + ", " + q.office(q.s.Acts.Node, p.ByOffice), At: p.At})
	}
	nodes := view.Desk{Title: q.t("peers.others"), URL: "/links", All: q.t("nav.links"), Empty: q.t("peers.empty"), Side: true}
	for _, p := range d.peers {
		row := view.DeskRow{Title: p.Name(string(q.lang)), URL: "/admin/peers/" + p.ID, Country: lower(p.Country)}
		row.State, row.Class = q.peerState(p)
		nodes.Rows = append(nodes.Rows, row)
	}
	v.Desks = append(v.Desks, view.Desk{Title: q.t("my_day.node"), Empty: q.t("my_day.node_well"), Notes: told}, waits, nodes)
	return nil
}

// accordDay is the day of who coordinates the programme: the accords, and which
// of them wait for a signature.
func (q *request) accordDay(v *view.MyDay) (err error) {
	if v.Alarms, err = q.alarms(); err != nil {
		return err
	}
	if n := len(v.Alarms); n > 0 {
		v.Lead = append(v.Lead, q.t("my_day.alarms", "Count", n))
	}
	list, err := q.accordList()
	if err != nil {
		return err
	}
	d := view.Desk{Title: q.t("accords.title"), URL: "/accords", All: q.t("my_day.all"), Empty: q.t("accords.empty")}
	open, waiting := 0, 0
	for _, a := range list.Rows {
		switch a.StateOK {
		case "ok":
			open++
		case "soon":
			waiting++
		}
		d.Rows = append(d.Rows, view.DeskRow{Title: a.Title, URL: a.URL, Note: a.Date, State: a.State, Class: a.StateOK})
	}
	v.Lead = append(v.Lead, q.t("my_day.accords", "Count", open))
	if waiting > 0 {
		v.Lead = append(v.Lead, q.t("my_day.accords_waiting", "Count", waiting))
	}
	v.Desks = append(v.Desks, d)
	if err := q.contactDay(v); err != nil {
		return err
	}
	if !q.permits(areaNode, access.See, "user") {
		return nil
	}
	told, err := q.told(func(watch.Alarm) bool { return true })
	if n := len(told); n > 0 {
		v.Lead = append(v.Lead, q.t("my_day.node_needs", "Count", n))
	}
	v.Desks = append(v.Desks, view.Desk{Title: q.t("my_day.node"), URL: "/admin", All: q.t("nav.admin"), Empty: q.t("my_day.node_well"), Notes: told})
	return err
}
