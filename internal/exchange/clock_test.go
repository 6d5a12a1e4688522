package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// recorded gives the journal's times, in order, and by how much the clock
// stood behind each.
func (n *node) recorded(from int64) (at []time.Time, behind []time.Duration) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) error {
		size, err := journal.Size(tx)
		if err != nil {
			return err
		}
		for seq := from + 1; seq <= size; seq++ {
			e, _, err := journal.LoadSeq(tx, seq)
			if err != nil {
				return err
			}
			at, behind = append(at, e.Recorded), append(behind, e.Behind)
		}
		return nil
	})
	return at, behind
}

func (n *node) size() (size int64) {
	n.Read(func(tx *store.Tx) (err error) { size, err = journal.Size(tx); return err })
	return size
}

// about says whether a duration is the one wanted, give or take what a loaded
// machine takes.
func about(got, want time.Duration) bool { return (got - want).Abs() < 90*time.Second }

// The clock of either node jumps, back or ahead, while both send, and comes
// right again: everything arrives once, the journal's time never decreases,
// what was recorded while the clock stood behind is marked with by how much,
// and both link pages tell by how much the clocks differ, also when nothing is
// sent.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	jumps := []time.Duration{-3 * time.Hour, 23 * time.Hour, 3 * time.Hour, -400 * 24 * time.Hour}
	if testing.Short() {
		jumps = jumps[:2]
	}
	for _, who := range []string{"us", "mx"} {
		for _, jump := range jumps {
			t.Run(fmt.Sprint(who, " ", jump), func(t *testing.T) { t.Parallel(); clockJumps(t, who, jump) })
		}
	}
}

func clockJumps(t *testing.T, who string, jump time.Duration) {
	us, mx := pair(t)
	one, other := us, mx
	if who == "mx" {
		one, other = mx, us
	}
	us.start()
	mx.start()
	var toMX, toUS []string
	says := func(what string) {
		for i := range 3 {
			toMX, toUS = append(toMX, fmt.Sprint("north ", what, i)), append(toUS, fmt.Sprint("south ", what, i))
			us.says(mx, toMX[len(toMX)-1])
			mx.says(us, toUS[len(toUS)-1])
		}
		eventually(t, what+" has arrived", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	}
	says("before")
	before := one.size()

	one.skew.Store(int64(jump))
	eventually(t, "both see it on a link on which nothing is sent", func() bool {
		return about(other.state(one).Ahead, jump) && about(one.state(other).Ahead, -jump)
	})
	says("meanwhile")
	now := one.size()
	at, behind := one.recorded(before)
	for i := range at[:now-before] {
		if marked := behind[i] > 0; marked != (jump < 0) || marked && !about(behind[i], -jump) {
			t.Errorf("fact %d is marked %v behind", before+int64(i)+1, behind[i])
		}
	}

	one.skew.Store(0)
	says("after")
	calm(t, us, mx, toMX, toUS)
	at, behind = one.recorded(0)
	for i := 1; i < len(at); i++ {
		if at[i].Before(at[i-1]) {
			t.Errorf("fact %d is recorded before the one before it", i+1)
		}
	}
	if last := behind[len(behind)-1]; (last > 0) != (jump > 0) { // the clock that was ahead is behind its journal now
		t.Errorf("the last fact is marked %v behind", last)
	}
	if _, none := other.recorded(0); none[len(none)-1] != 0 {
		t.Errorf("%s, whose clock was right, is marked", other.name)
	}
	for _, n := range []*node{us, mx} {
		if c := n.count(`SELECT COUNT(*) FROM link_refused`) + n.count(`SELECT COUNT(*) FROM link_voided`); c != 0 {
			t.Errorf("%s: %d messages refused or written off", n.name, c)
		}
	}
}

// A time that is more than a day ahead is not believed by the other side: its
// message is refused by signed receipt, the act stands at home and shows so,
// and the lane goes on. Nothing is lost without a word.
func TestClockThatIsNotBelieved(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	us.skew.Store(int64(49 * time.Hour))
	us.says(mx, "of the day after tomorrow")
	eventually(t, "refused", func() bool { return us.state(mx).Refused == 1 && us.queued(mx) == 0 })
	us.skew.Store(0)
	us.says(mx, "of today")
	settled(t, us, mx, []string{"of today"})
	us.Read(func(tx *store.Tx) error {
		d, _, err := exchange.Receipts(tx, us.factOf("of the day after tomorrow"))
		if d.State != exchange.DeliveryRefused || d.Code != wire.CodeContent {
			t.Errorf("%+v", d)
		}
		return err
	})
	us.ReplayEqual()
	mx.ReplayEqual()
}

// A node whose own clock was set back does not refuse for ever what seems to
// come from the future: it waits there until the clock is set.
func TestClockSetBackRefusesNothing(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	mx.skew.Store(int64(-3 * time.Hour))
	us.skew.Store(int64(30 * time.Hour)) // more than a day ahead of all that mx knows
	us.says(mx, "waits")
	eventually(t, "not taken", func() bool { return us.state(mx).Problem == "status" })
	if s := us.state(mx); s.Refused != 0 || us.queued(mx) != 1 {
		t.Errorf("%+v", s)
	}
	mx.skew.Store(int64(30 * time.Hour))
	settled(t, us, mx, []string{"waits"})
}
