//go:build failpoint

package exchange_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// kill is one run: a node is killed at the n-th time that it comes to a point.
type kill struct {
	victim string
	point  failpoint.Point
	n      int
	hidden bool // mx cannot be dialled
}

func (k kill) String() string {
	way := "both dial"
	if k.hidden {
		way = "one dials"
	}
	return fmt.Sprintf("%s/%s/%s=%d", way, k.victim, k.point, k.n)
}

// once are the points that a process comes to once in its life, or in these
// runs.
var once = []failpoint.Point{failpoint.SendMarked, failpoint.SendHeadsAsked, failpoint.SendCatchUp, failpoint.SendLanesClosing, failpoint.TileWritten}

// often are the points that everything comes to, so that they are many places.
var often = []failpoint.Point{failpoint.StoreGroupTaken, failpoint.StoreWritten, failpoint.StoreCommitted, failpoint.StoreAnswered,
	failpoint.JournalFactAlone, failpoint.JournalRecorded}

// everyKill kills either node at every point there is.
func everyKill() (out []kill) {
	for _, p := range failpoint.All {
		if strings.HasPrefix(string(p), "file.") {
			continue // killed_files_test.go
		}
		times := []int{1, 3}
		switch {
		case slices.Contains(once, p):
			times = []int{1}
		case slices.Contains(often, p):
			times = []int{1, 2, 5, 12, 25}
		}
		for _, n := range times {
			switch {
			case strings.HasPrefix(string(p), "await."):
				out = append(out, kill{"us", p, n, true})
			case strings.HasPrefix(string(p), "attend."):
				out = append(out, kill{"mx", p, n, true})
			default:
				out = append(out, kill{"us", p, n, false}, kill{"mx", p, n, false})
			}
		}
	}
	for _, p := range []failpoint.Point{failpoint.SendAnswered, failpoint.ReceiveCommitted, failpoint.CosignPersisted} {
		out = append(out, kill{"us", p, 1, true}, kill{"mx", p, 1, true})
	}
	return out
}

// brief are the kills of a plain run; a soak makes all.
var brief = []kill{
	{"us", failpoint.SendAnswered, 2, false}, {"mx", failpoint.ReceiveCommitted, 2, false}, {"us", failpoint.CosignPersisted, 1, false},
}

// TestKilledAtEveryPoint kills a process of a node (SIGKILL, by itself, at the
// point) while both send, starts it again and goes on: nothing is lost,
// nothing comes twice, both journals verify, agree, and are cosigned to their
// last fact. A point that the node never comes to fails.
func TestKilledAtEveryPoint(t *testing.T) {
	kills := brief
	if soaking() {
		kills = everyKill()
	}
	us, mx := template(t, false)
	hiddenUS, hiddenMX := template(t, true)
	for _, k := range kills {
		t.Run(k.String(), func(t *testing.T) {
			if k.hidden {
				k.run(t, hiddenUS.copied(t), hiddenMX.copied(t))
				return
			}
			k.run(t, us.copied(t), mx.copied(t))
		})
	}
}

func (k kill) run(t *testing.T, us, mx *process) {
	victim, other := us, mx
	if k.victim == "mx" {
		victim, other = mx, us
	}
	otherArmed := ""
	if k.point == failpoint.SendCatchUp { // its frame is recorded there, and the answer lost
		otherArmed = string(failpoint.ReceiveCommitted)
	}
	victim.start(fmt.Sprintf("%s=%d", k.point, k.n))
	other.start(otherArmed)
	w := newWords()
	if k.point == failpoint.TileWritten {
		w.many(t, victim, 260)
	}
	for end := time.Now().Add(time.Minute); victim.deaths == 0; {
		if time.Now().After(end) {
			t.Fatalf("%s never came to %s", victim.Name, k.point)
		}
		w.round(t, us, mx)
		if k.point == failpoint.SendLanesClosing {
			w.settled(t, us, mx) // only lanes of which everything is known are closed
			victim.end()
			if victim.deaths == 0 {
				t.Fatalf("%s ended and never came to %s", victim.Name, k.point)
			}
		}
	}
	for range 2 { // it goes on
		w.round(t, us, mx)
	}
	w.settled(t, us, mx)
	us.end()
	mx.end()
	if victim.deaths != 1 || otherArmed == "" && other.deaths != 0 {
		t.Errorf("%d and %d deaths", victim.deaths, other.deaths)
	}
	w.counted(t, us, mx)
}

// TestKilledWhileDraining lets a queue of 5,000 (600 in the suite) build up for
// a peer that is down, and kills both while it drains: the receiver in the
// middle of a frame, the sender with a receipt in its hands.
func TestKilledWhileDraining(t *testing.T) {
	queued := 600
	if soaking() {
		queued = 5000
	}
	specUS, specMX := template(t, false)
	us, mx := specUS.copied(t), specMX.copied(t)
	us.start(string(failpoint.SendVerified) + "=2")
	w := newWords()
	w.many(t, us, queued)
	if s := us.order(told{}); s.Queued != int64(queued) {
		t.Fatalf("%d queued, not %d", s.Queued, queued)
	}
	mx.start(fmt.Sprintf("%s=%d", failpoint.ReceiveMessage, queued/2))
	w.settled(t, us, mx)
	w.round(t, us, mx)
	w.settled(t, us, mx)
	us.end()
	mx.end()
	if us.deaths != 1 || mx.deaths != 1 {
		t.Errorf("%d and %d deaths", us.deaths, mx.deaths)
	}
	w.counted(t, us, mx)
}

// words is what was said, by who said it.
type words struct {
	rounds        int
	notes, alerts map[string][]string
	refused, late map[string]int
}

func newWords() words {
	return words{notes: map[string][]string{}, alerts: map[string][]string{}, refused: map[string]int{}, late: map[string]int{}}
}

// round has both say something of every kind.
func (w *words) round(t *testing.T, both ...*process) {
	t.Helper()
	w.rounds++
	for _, p := range both {
		text := func(s string) string { return fmt.Sprintf("%s %s %d", s, p.Name, w.rounds) }
		say := []said{{Text: text("note")}, {Text: text("alert"), Alert: true}, {Text: text("against the procedure")}, {Text: text("late"), Late: true}}
		p.order(told{Say: say})
		w.notes[p.Name] = append(w.notes[p.Name], say[0].Text)
		w.alerts[p.Name] = append(w.alerts[p.Name], say[1].Text)
		w.refused[p.Name]++
		w.late[p.Name]++
	}
	time.Sleep(5 * time.Millisecond)
}

// many has one say so much, so that its journal has a full tile, or the peer
// finds a long queue.
func (w *words) many(t *testing.T, p *process, n int) {
	t.Helper()
	var say []said
	for i := range n {
		say = append(say, said{Text: fmt.Sprintf("note %s of many %d", p.Name, i)})
		w.notes[p.Name] = append(w.notes[p.Name], say[i].Text)
	}
	for part := range slices.Chunk(say, 250) {
		p.order(told{Say: part})
	}
}

// settled waits until nothing is under way and each journal is cosigned to its
// last fact.
func (w *words) settled(t *testing.T, both ...*process) {
	t.Helper()
	var last [2]stands
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		quiet := true
		for i, p := range both {
			s := p.order(told{})
			quiet = quiet && s.Queued == 0 && s.Cosigned == s.Size && s == last[i]
			last[i] = s
		}
		if quiet {
			return
		}
	}
	t.Fatalf("never settled: %+v", last)
}

// counted reads both stores and holds them against what was said.
func (w *words) counted(t *testing.T, us, mx *process) {
	t.Helper()
	nodes := map[*process]*node{}
	for _, p := range []*process{us, mx} {
		nodes[p] = p.open(t, storetest.OpenSource(t, p.database()))
	}
	for from, to := range map[*process]*process{us: mx, mx: us} {
		w.arrived(t, from, nodes[from], nodes[to])
		agree(t, nodes[from], nodes[to])
		n := nodes[from]
		n.sound()
		n.ReplayEqual()
		if c := n.count(`SELECT COUNT(*) FROM link_alarm`); c != 0 {
			t.Errorf("%s: %d alarms", from.Name, c)
		}
	}
}

func (w *words) arrived(t *testing.T, p *process, from, to *node) {
	t.Helper()
	var notes, alerts []string
	for _, text := range to.texts() {
		switch {
		case strings.HasPrefix(text, "note "+p.Name):
			notes = append(notes, text)
		case strings.HasPrefix(text, "alert "+p.Name):
			alerts = append(alerts, text)
		case !strings.Contains(text, " "+to.name+" "):
			t.Errorf("%s holds %q", to.name, text)
		}
	}
	if !slices.Equal(notes, w.notes[p.Name]) || !slices.Equal(alerts, w.alerts[p.Name]) {
		t.Errorf("%s received %q and %q, want %q and %q", to.name, notes, alerts, w.notes[p.Name], w.alerts[p.Name])
	}
	for what, c := range map[string][2]int{
		"refused":   {from.count(`SELECT COUNT(*) FROM link_refused`), w.refused[p.Name]},
		"expired":   {from.count(`SELECT COUNT(*) FROM link_voided WHERE way = 'out'`), w.late[p.Name]},
		"announced": {to.count(`SELECT COUNT(*) FROM link_voided WHERE way = 'in'`), w.late[p.Name]},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %d %s, want %d", p.Name, c[0], what, c[1])
		}
	}
}

// agree holds every receipt against the journal of the node that signed it:
// the message stands there, at the leaf it signed for, with the same digest.
func agree(t *testing.T, from, to *node) {
	t.Helper()
	var ids []string
	from.Read(func(tx *store.Tx) error {
		rows, err := tx.Query(`SELECT f.id FROM outbox o JOIN fact f ON f.seq = o.fact`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	})
	if len(ids) == 0 {
		t.Error("nothing was released")
	}
	for _, id := range ids {
		var d exchange.Delivery
		var here journal.Entry
		from.Read(func(tx *store.Tx) (err error) {
			if d, _, err = exchange.Receipts(tx, id); err != nil {
				return err
			}
			here, _, err = journal.Load(tx, id)
			return err
		})
		if d.State == exchange.DeliveryQueued || d.State == exchange.DeliveryWaiting {
			t.Errorf("%s has no receipt for %s", from.name, id)
		}
		if d.State != exchange.DeliveryRecorded {
			continue
		}
		var there journal.Entry
		err := to.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
			there, _, err = journal.LoadSeq(tx, d.Leaf+1)
			return err
		})
		if err != nil || there.ID != id || there.Digest != here.Digest {
			t.Errorf("%s: receipt for %s, there %s (%v)", to.name, id, there.ID, err)
		}
	}
}
