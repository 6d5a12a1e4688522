package web

import (
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// shows are what the inbox can be narrowed to, by the answer that asks for it.
var shows = []struct {
	id   string
	kept func(r referral.Row) bool
}{
	{"all", func(referral.Row) bool { return true }},
	{"yours", func(r referral.Row) bool { return r.Owes != nil && r.Owes.Yours && !r.Ends }},
	{"late", func(r referral.Row) bool { return r.Clock != nil && r.Clock.HasDue && r.Clock.Left < 0 }},
	{"open", func(r referral.Row) bool { return !r.Ends }},
	{"ended", func(r referral.Row) bool { return r.Ends }},
}

// inbox is the reader's referrals, incoming and outgoing, the clock that dies
// first on top, narrowed to what was asked for.
func (q *request) inbox() (view.Referrals, error) {
	rows, err := referral.List(q.r.Context(), q.s.Acts, q.by, q.purpose, referral.Filter{})
	if err != nil {
		return view.Referrals{}, err
	}
	slices.SortStableFunc(rows, diesFirst)
	v := view.Referrals{Words: strings.TrimSpace(q.r.FormValue("words"))}
	show := q.r.FormValue("show")
	kept := shows[0].kept
	for _, s := range shows {
		if s.id == show {
			kept = s.kept
		}
		v.Shows = append(v.Shows, component.Option{Value: s.id, Label: q.t("referrals.show." + s.id), Selected: s.id == show && s.id != shows[0].id})
	}
	v.Narrowed = v.Words != "" || show != "" && show != shows[0].id
	for _, r := range rows {
		row := q.referralRow(r)
		if !kept(r) || !says(row, v.Words) {
			continue
		}
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

// says reports whether a row has every one of the words in it.
func says(r view.ReferralRow, words string) bool {
	said := strings.ToLower(strings.Join([]string{r.Number, r.Title, r.Office, r.State}, " "))
	for w := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(said, w) {
			return false
		}
	}
	return true
}

// diesFirst puts the clock that ends first on top, then what waits without a
// clock, then what has ended.
func diesFirst(a, b referral.Row) int {
	if a.Clock != nil || b.Clock != nil || a.Ends == b.Ends {
		return byClock(a.Clock, b.Clock)
	}
	if b.Ends {
		return -1
	}
	return 1
}
