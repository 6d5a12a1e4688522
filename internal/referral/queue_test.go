package referral

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// queueStands holds the queue of a node against one that is made anew from its
// referrals. Every test of this package ends with it, whatever happened in it.
func queueStands(t testing.TB, n *acttest.Node) {
	t.Helper()
	undo := errors.New("only compared")
	err := n.DB.Write(context.Background(), func(tx *store.Tx) error {
		kept, err := rowsOfQueue(tx)
		if err == nil {
			err = Queue().Rebuild(tx)
		}
		if err != nil {
			return err
		}
		anew, err := rowsOfQueue(tx)
		if err != nil {
			return err
		}
		if !maps.Equal(kept, anew) {
			t.Errorf("%s: the queue is not what the histories say:\nkept %v\nanew %v", n.Node, kept, anew)
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Errorf("%s: queue: %v", n.Node, err)
	}
}

func rowsOfQueue(tx *store.Tx) (map[string]string, error) {
	out := map[string]string{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var suffix, id string
		err := rows.Scan(&suffix, &id)
		out["number "+suffix+" "+id] = suffix
		return err
	}, `SELECT suffix, referral FROM referral_number`)
	if err != nil {
		return nil, err
	}
	return out, store.Each(tx, func(rows *sql.Rows) error {
		var id string
		var words [7]string
		var n [12]int64
		err := rows.Scan(&id, &words[0], &words[1], &words[2], &words[3], &words[4], &words[5], &words[6], &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7], &n[8], &n[9], &n[10], &n[11])
		out[id] = fmt.Sprint(words, n)
		return err
	}, `SELECT referral, case_id, corridor, handling, crossing, state, other, about, due, newest, ends, here, meets, composed, silent, answered, took, in_time, hour, given FROM referral_queue`)
}

// The pages of an inbox together are the inbox: each referral once, in the order
// in which their clocks die, and none beyond what was asked for.
func TestAnInboxIsReadByPages(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for range 3 {
		_, id := w.sent()
		ids = append(ids, id)
		w.us.Clock, w.mx.Clock = w.us.Clock.Add(time.Hour), w.mx.Clock.Add(time.Hour)
	}
	w.do(w.mp, &OpenNotice{Referral: ids[0]})
	w.do(w.mp, &SignForAnalysis{Referral: ids[0], Undertakes: true})
	w.do(w.mp, &RequestInformation{Referral: ids[0], Item: w.item(ids[0]), Element: "profit", Question: "¿Quién cobró la cuota?"})
	page := func(a Asked) Inbox {
		t.Helper()
		in, err := ListInbox(t.Context(), w.mx.Acts, w.mp, wire.PurposeProsecution, a)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	whole := page(Asked{Limit: 10}).Rows
	if len(whole) != 3 || !slices.IsSortedFunc(whole, func(a, b Row) int {
		if a.Clock != nil && b.Clock != nil && b.Clock.Before(*a.Clock) || a.Clock == nil && b.Clock != nil {
			return 1
		}
		return -1
	}) {
		t.Errorf("an inbox of %d rows is not in the order of its clocks: %+v", len(whole), whole)
	}
	var paged []string
	for after := ""; ; {
		in := page(Asked{Limit: 1, After: after})
		for _, r := range in.Rows {
			paged = append(paged, r.ID)
		}
		if after = in.Next; after == "" {
			break
		}
	}
	if want := slices.Collect(func(yield func(string) bool) {
		for _, r := range whole {
			yield(r.ID)
		}
	}); !slices.Equal(paged, want) {
		t.Errorf("by pages %v, whole %v", paged, want)
	}
	for show, want := range map[string]int{ShowYours: 2, ShowOpen: 3, ShowEnded: 0, ShowLate: 0} {
		if in := page(Asked{Show: show, Limit: 10}); len(in.Rows) != want || in.Next != "" {
			t.Errorf("%s: %d rows, want %d, next %q", show, len(in.Rows), want, in.Next)
		}
	}
	if _, err := ListInbox(t.Context(), w.mx.Acts, w.mp, wire.PurposeProsecution, Asked{Limit: 1, After: "nowhere"}); !refusal.Is(err, "act.malformed") {
		t.Errorf("a place that is none: %v", err)
	}
}

// A clock that is paused does not die: what runs comes before it.
func TestAPausedClockComesAfterThoseThatBurn(t *testing.T) {
	at := func(state program.ClockState, hours int) Clock {
		return Clock{State: state, Due: acttest.Start.Add(time.Duration(hours) * time.Hour)}
	}
	for _, c := range []struct {
		a, b   Clock
		before bool
	}{
		{at(program.OnTrack, 9), at(program.Paused, 1), true}, {at(program.Paused, 1), at(program.OnTrack, 9), false},
		{at(program.Overdue, -1), at(program.OnTrack, 9), true}, {at(program.Paused, 1), at(program.Paused, 2), true},
	} {
		if c.a.Before(c.b) != c.before {
			t.Errorf("%+v before %+v: %v", c.a, c.b, !c.before)
		}
	}
}
