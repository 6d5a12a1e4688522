package protection

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// waitStands holds the adviser's queue of a node against one that is made anew from
// its cases. Every test of a desk ends with it, whatever happened in it.
func waitStands(t testing.TB, n *acttest.Node) {
	t.Helper()
	undo := errors.New("only compared")
	err := n.DB.Write(context.Background(), func(tx *store.Tx) error {
		kept, err := rowsOfWait(tx)
		if err == nil {
			err = Queue().Rebuild(tx)
		}
		if err != nil {
			return err
		}
		anew, err := rowsOfWait(tx)
		if err != nil {
			return err
		}
		if !maps.Equal(kept, anew) {
			t.Errorf("the queue is not what the cases say:\nkept %v\nanew %v", kept, anew)
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Errorf("queue: %v", err)
	}
}

func rowsOfWait(tx *store.Tx) (map[string]int64, error) {
	out := map[string]int64{}
	return out, store.Each(tx, func(rows *sql.Rows) error {
		var id string
		var since int64
		err := rows.Scan(&id, &since)
		out[id] = since
		return err
	}, `SELECT case_id, since FROM protection_queue`)
}

func (k *desk) day(by access.Actor, most int) Day {
	k.t.Helper()
	d, err := ListDay(context.Background(), k.Acts, by, wire.PurposeProtection, most)
	if err != nil {
		k.t.Fatal(err)
	}
	return d
}

// The cases of a day are those out of which nothing can go, of the adviser's office
// alone, the longest waiting first, however many newer ones there are; what is
// screened, ended or closed is on it no more.
func TestADayBeginsWithWhatWaitsLongest(t *testing.T) {
	k := newDesk(t)
	person := k.person("witness", "1990-01-01")
	first := k.c
	for range 3 {
		k.c = k.record(&casefile.Open{Title: "later"})
		k.person("witness", "1991-01-01")
	}
	empty := k.record(&casefile.Open{Title: "nobody in it"})
	if d := k.day(k.adviser, 2); d.Count != 4 || d.More || len(d.Rows) != 2 || d.Rows[0].ID != first || d.Rows[0].People != 1 {
		t.Fatalf("%+v", d)
	}
	if d := k.day(k.Person("elsewhere", "ofo-laredo", access.RoleAdviser), 2); d.Count != 0 || len(d.Rows) != 0 {
		t.Errorf("another office: %+v", d)
	}
	k.Clock = k.Clock.Add(time.Hour)
	last := k.c
	k.c = first
	k.screen(person, map[string]string{"fear.fear": Yes}) // its gate is shut since now: a clock that began later
	if d := k.day(k.adviser, 9); d.Count != 4 || d.Rows[3].ID != first {
		t.Fatalf("after the screening: %+v", d)
	}
	k.protect(k.adviser, &EndGate{Case: first, Person: person, Gate: k.byTopic(person, TopicFear), Outcome: Done, Evidence: "report"})
	k.record(&casefile.SetStatus{Case: last, Status: casefile.StatusClosed})
	for _, r := range k.day(k.adviser, 9).Rows {
		if r.ID == first || r.ID == last || r.ID == empty {
			t.Errorf("%s waits for nothing", r.ID)
		}
	}
	if d := k.day(k.adviser, 9); d.Count != 2 {
		t.Errorf("%+v", d)
	}
	k.record(&casefile.SetStatus{Case: last, Status: casefile.StatusOpen})
	if d := k.day(k.adviser, 9); d.Count != 3 {
		t.Errorf("opened again: %+v", d)
	}
}
