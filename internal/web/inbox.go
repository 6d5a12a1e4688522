package web

import (
	"net/url"
	"strings"

	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// inboxRows is how many referrals a page of the inbox shows: as many as somebody
// reads before they narrow the list.
const inboxRows = 50

// inbox is a page of the reader's referrals, incoming and outgoing, the clock
// that dies first on top, narrowed to what was asked for. What was asked, and
// where the page begins, stand in its address.
func (q *request) inbox() (view.Referrals, error) {
	v := view.Referrals{Words: strings.TrimSpace(q.r.FormValue("words"))}
	asked := referral.Asked{Show: q.r.FormValue("show"), After: q.r.FormValue("after"), Limit: inboxRows, Words: v.Words, Tell: telling{q}}
	for _, s := range referral.Shows {
		v.Shows = append(v.Shows, component.Option{Value: s, Label: q.t("referrals.show." + s), Selected: s == asked.Show && s != referral.ShowAll})
		v.Narrowed = v.Narrowed || s == asked.Show && s != referral.ShowAll
	}
	kept := url.Values{}
	if v.Narrowed {
		kept.Set("show", asked.Show)
	}
	if v.Words != "" {
		kept.Set("words", v.Words)
		v.Narrowed = true
	}
	page, err := referral.ListInbox(q.r.Context(), q.s.Acts, q.by, q.purpose, asked)
	if err != nil {
		return view.Referrals{}, err
	}
	at := func(after string) string {
		if kept.Del("after"); after != "" {
			kept.Set("after", after)
		}
		if len(kept) == 0 {
			return "/referrals"
		}
		return "/referrals?" + kept.Encode()
	}
	if page.Next != "" {
		v.NextURL = at(page.Next)
	}
	if asked.After != "" {
		v.FirstURL = at("")
	}
	v.Whole = v.NextURL == "" && v.FirstURL == ""
	for _, r := range page.Rows {
		row := q.referralRow(r)
		switch {
		case r.Side == program.Receiver:
			v.Received = append(v.Received, row)
		case r.Notice == nil && !r.Ends:
			v.Drafts = append(v.Drafts, row)
		default:
			v.Sent = append(v.Sent, row)
		}
	}
	return v, nil
}

// telling is what a row of the inbox says, as the page writes it.
type telling struct{ q *request }

func (t telling) Standing(name program.Text) string { return name.In(t.q.lang) }

func (t telling) Office(at wire.Address) string { return t.q.office(at.Node, at.Office) }

func (t telling) About(procedure string, n *packet.Notice) string {
	return t.q.title(referral.Row{Procedure: procedure, Notice: n})
}
