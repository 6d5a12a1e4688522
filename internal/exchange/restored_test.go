package exchange_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// rests is a message that fits only where another text is.
type rests struct {
	journal.Envelope
	Text string `json:"text"`
	On   string `json:"on"`
}

func (*rests) Kind() string { return "test.rests.1" }

func factsThatRest(k *journal.Kinds) {
	factsOfUS(k)
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f rests) error {
		var n int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM search_note WHERE text = $1`, f.On).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return errors.New("what it rests on is not here")
		}
		return keep(tx, e.ID, f.Text)
	})
	journal.Admit(k, func(*store.Tx, wire.Message, rests) (wire.Code, error) { return "", nil })
}

// backedUp copies the store of a node that goes on.
func (n *node) backedUp() (path string) {
	n.t.Helper()
	path = filepath.Join(n.t.TempDir(), "copy.sqlite")
	if err := n.DB.Copy(n.t.Context(), path); err != nil {
		n.t.Fatal(err)
	}
	return path
}

// restoredFrom loses a node, and gives the one that begins from its backup.
func (n *node) restoredFrom(t *testing.T, backup string, facts func(*journal.Kinds)) *node {
	t.Helper()
	n.stop()
	db := storetest.OpenSource(t, backup)
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		return errors.Join(exchange.MarkRestored(tx, time.Now()), reindexed(tx))
	})
	if err != nil {
		t.Fatal(err)
	}
	again := newNodeOn(t, db, n.folder, n.name, facts)
	again.hidden, again.desc, again.addr = n.hidden, n.desc, n.addr
	if !n.hidden {
		again.listen(n.addr)
	}
	return again
}

// reindexed makes the fixture's table anew where a copy has none, as the text
// index of a node on PostgreSQL is in no copy of it.
func reindexed(tx *store.Tx) error {
	if err := noteTable(tx); err != nil {
		return err
	}
	var held, size int64
	err := errors.Join(tx.QueryRow(`SELECT COUNT(*) FROM search_note`).Scan(&held), tx.QueryRow(`SELECT COALESCE(MAX(seq), 0) FROM fact`).Scan(&size))
	if err != nil || held > 0 {
		return err
	}
	for seq := int64(1); seq <= size; seq++ {
		e, m, err := journal.LoadSeq(tx, seq)
		if err != nil {
			return err
		}
		var f note
		if strings.HasPrefix(e.Kind, "test.") {
			if err := errors.Join(json.Unmarshal(m.Act.Clear, &f), keep(tx, e.ID, f.Text)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *node) restoring() (waits []string) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) (err error) { waits, err = exchange.Restoring(tx); return err })
	return waits
}

// stands holds a node's journal and link against everything that was signed.
func (n *node) stands() {
	n.t.Helper()
	n.Read(func(tx *store.Tx) error {
		v, err := n.link.Load().Verify(tx)
		if err == nil && len(v.Faults) > 0 {
			n.t.Errorf("%s: %v", n.name, v.Faults)
		}
		return err
	})
	n.ReplayEqual()
}

func (n *node) times(text string) (c int) {
	for _, s := range n.texts() {
		if s == text {
			c++
		}
	}
	return c
}

// A node is backed up, goes on, is lost, and is restored from the backup: what
// it had exchanged since comes back from the peer by both nodes' signatures,
// nothing is lost or doubled, the lanes go on with the same numbers, its
// journal goes on as another log that the peer cosigns, and both see it.
func TestRestoredNodeTakesBackWhatItHadExchanged(t *testing.T) {
	t.Parallel()
	for way, makes := range map[string]making{"both dial": pair, "one dials": oneDials} {
		turns := map[string][]string{"both dial": {"us"}, "one dials": {"mx"}}[way]
		if os.Getenv("OASISS_SOAK") != "" {
			turns = []string{"us", "mx"}
		}
		for _, lost := range turns {
			t.Run(way+", "+lost+" lost", func(t *testing.T) { t.Parallel(); restoredTakesBack(t, makes, lost) })
		}
	}
}

func restoredTakesBack(t *testing.T, makes making, lost string) {
	us, mx := makes(t)
	us.start()
	mx.start()
	us.says(mx, "north before")
	mx.says(us, "south before")
	eventually(t, "settled and cosigned", func() bool {
		return us.queued(mx) == 0 && mx.queued(us) == 0 && us.state(mx).Cosigned.Size > 2 && mx.state(us).Cosigned.Size > 2
	})
	n, peer := us, mx
	facts := factsOfUS
	if lost == "mx" {
		n, peer, facts = mx, us, factsOfMX
	}
	backup := n.backedUp()
	for _, s := range []string{"1", "2", "3"} {
		n.says(peer, "out "+s)
		peer.says(n, "in "+s)
	}
	n.enter(wire.PurposeLifeAtRisk, &alert{Envelope: journal.Envelope{To: wire.Address{Node: peer.name}}, Text: "life at risk"})
	n.says(peer, "against the procedure")
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	size := int64(n.count(`SELECT COUNT(*) FROM fact`))
	eventually(t, "cosigned beyond the backup", func() bool { return n.state(peer).Cosigned.Size >= size })
	peer.says(n, "after")

	again := n.restoredFrom(t, backup, facts)
	if w := again.restoring(); len(w) != 1 || w[0] != peer.name {
		t.Fatalf("waits for %v", w)
	}
	again.start()
	eventually(t, "the peer was asked", func() bool { return len(again.restoring()) == 0 })
	again.says(peer, "anew")
	eventually(t, "everything arrived", func() bool { return again.queued(peer) == 0 && peer.queued(again) == 0 })
	for _, text := range []string{"north before", "south before", "out 1", "out 2", "out 3", "in 1", "in 2", "in 3", "life at risk", "after", "anew"} {
		if a, b := again.times(text), peer.times(text); a != 1 || b != 1 {
			t.Errorf("%q: %d times here, %d there", text, a, b)
		}
	}
	if s := again.state(peer); s.Refused != 1 {
		t.Errorf("%d refused there", s.Refused)
	}
	now := int64(again.count(`SELECT COUNT(*) FROM fact`))
	eventually(t, "cosigned again", func() bool { return again.state(peer).Cosigned.Size >= now })
	for _, c := range []struct {
		at   *node
		code string
	}{{peer, exchange.AlarmRestored}, {peer, exchange.AlarmContinued}} {
		if c.at.count(`SELECT COUNT(*) FROM link_alarm WHERE code = $1`, c.code) != 1 {
			t.Errorf("%s: no alarm %s", c.at.name, c.code)
		}
	}
	if n := again.count(`SELECT COUNT(*) FROM continued`); n != 1 {
		t.Errorf("%d logs", n)
	}
	for _, n := range []*node{again, peer} {
		for _, code := range []string{exchange.AlarmSplitView, exchange.AlarmRolledBack, exchange.AlarmBehind, exchange.AlarmAhead, exchange.AlarmRootMismatch, exchange.AlarmOtherDigest} {
			if n.count(`SELECT COUNT(*) FROM link_alarm WHERE code = $1`, code) != 0 {
				t.Errorf("%s: alarm %s", n.name, code)
			}
		}
		n.stands()
	}
}

// Both nodes are lost and restored, one from an older backup than the other: the
// older one takes back what the other still has, what is in neither backup is
// lost to both, and both go on and cosign each other. Both pages say so.
func TestBothNodesRestored(t *testing.T) {
	t.Parallel()
	for _, older := range []string{"us", "mx"} {
		t.Run("the backup of "+older+" is older", func(t *testing.T) { t.Parallel(); bothRestored(t, older) })
	}
}

func bothRestored(t *testing.T, older string) {
	us, mx := pair(t)
	us.start()
	mx.start()
	exchanged := func(when string) {
		t.Helper()
		us.says(mx, "north "+when)
		mx.says(us, "south "+when)
		eventually(t, "settled", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
		sizes := [2]int64{int64(us.count(`SELECT COUNT(*) FROM fact`)), int64(mx.count(`SELECT COUNT(*) FROM fact`))}
		eventually(t, "cosigned", func() bool { return us.state(mx).Cosigned.Size >= sizes[0] && mx.state(us).Cosigned.Size >= sizes[1] })
	}
	exchanged("before")
	first, second := us, mx
	if older == "mx" {
		first, second = mx, us
	}
	backups := map[*node]string{first: first.backedUp()}
	exchanged("between")
	backups[second] = second.backedUp()
	exchanged("after both")
	us.stop()
	mx.stop()
	us, mx = us.restoredFrom(t, backups[us], factsOfUS), mx.restoredFrom(t, backups[mx], factsOfMX)
	us.start()
	mx.start()
	eventually(t, "each was asked", func() bool { return len(us.restoring())+len(mx.restoring()) == 0 })
	exchanged("anew")
	for _, n := range []*node{us, mx} {
		for text, want := range map[string]int{"before": 1, "between": 1, "after both": 0, "anew": 1} {
			if a, b := n.times("north "+text), n.times("south "+text); a != want || b != want {
				t.Errorf("%s: %q %d and %d times, want %d", n.name, text, a, b, want)
			}
		}
		if c := n.count(`SELECT COUNT(*) FROM link_alarm WHERE code = $1`, exchange.AlarmRestored); c != 1 {
			t.Errorf("%s: %d alarms that its peer was restored", n.name, c)
		}
		if c := n.count(`SELECT COUNT(*) FROM link_alarm WHERE code NOT IN ($1, $2)`, exchange.AlarmRestored, exchange.AlarmContinued); c != 0 {
			t.Errorf("%s: %d other alarms", n.name, c)
		}
		n.stands()
	}
}

// factsOfMX are those of the side that does not know the novel kind.
func factsOfMX(k *journal.Kinds) { facts(k) }

// Until the peer was asked, a restored node takes no act, signs no checkpoint,
// and answers nothing that would have to agree with what it lost.
func TestRestoredNodeTakesNoActBeforeThePeerWasAsked(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, "before")
	settled(t, us, mx, []string{"before"})
	again := us.restoredFrom(t, us.backedUp(), factsOfUS)
	mx.server.Close() //nolint:errcheck // out of reach
	again.start()
	signed := again.count(`SELECT COUNT(*) FROM checkpoint`)
	by := again.Person("amara", "usbp-rgv", "coordinator")
	_, err := again.Acts.Do(context.Background(), by, "", wire.PurposeAdministration, &drill{})
	if !refusal.Is(err, "node.restored") {
		t.Error(err)
	}
	again.enter(wire.PurposeAdministration, &exchange.Alarm{Peer: "mx", Code: "drill", About: "growth"})
	time.Sleep(200 * time.Millisecond)
	if n := again.count(`SELECT COUNT(*) FROM checkpoint`); n != signed {
		t.Errorf("%d checkpoints signed", n-signed)
	}
	d, err := wire.ReadDescriptor(again.desc)
	if err != nil {
		t.Fatal(err)
	}
	f := forger{mx, again, d}
	for _, path := range []string{framePath, "/exchange/v1/head", "/exchange/v1/checkpoint", "/exchange/v1/proof"} {
		if status, _ := f.post(path, nil); status != 503 {
			t.Errorf("%s answered %d", path, status)
		}
	}
}

// drill is an act that anybody may take; it never gets that far.
type drill struct{}

func (*drill) Verb() string { return "note.add" }

func (*drill) Decide(*store.Tx, *act.Draw) ([]journal.Fact, error) {
	return nil, errors.New("it was asked")
}

// What came back and rests on what never left the node is kept without effect.
func TestReturnedMessageThatDoesNotFitIsKept(t *testing.T) {
	t.Parallel()
	us, mx := newNode(t, "us", factsThatRest), newNode(t, "mx", factsThatRest)
	us.knows(mx)
	mx.knows(us)
	us.start()
	mx.start()
	us.says(mx, "before")
	settled(t, us, mx, []string{"before"})
	backup := us.backedUp()
	us.enter(wire.PurposeProsecution, &note{Envelope: journal.Envelope{Case: "case-1"}, Text: "only here"})
	mx.enter(wire.PurposeProsecution, &note{Envelope: journal.Envelope{Case: "case-1"}, Text: "only here"})
	us.enter(wire.PurposeProsecution, &rests{Envelope: journal.Envelope{Case: "case-1", To: wire.Address{Node: "mx"}}, Text: "on it", On: "only here"})
	mx.enter(wire.PurposeProsecution, &rests{Envelope: journal.Envelope{Case: "case-1", To: wire.Address{Node: "us"}}, Text: "too", On: "only here"})
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	again := us.restoredFrom(t, backup, factsThatRest)
	again.start()
	eventually(t, "the peer was asked", func() bool { return len(again.restoring()) == 0 })
	if n := again.count(`SELECT COUNT(*) FROM inert`); n != 2 {
		t.Errorf("%d kept without effect", n)
	}
	if n := again.count(`SELECT COUNT(*) FROM fact f JOIN body b ON b.seq = f.seq WHERE f.kind = 'test.rests.1'`); n != 2 {
		t.Errorf("%d kept", n)
	}
	if again.times("on it") != 0 || again.times("too") != 0 {
		t.Error("applied")
	}
	again.says(mx, "anew")
	eventually(t, "goes on", func() bool { return again.queued(mx) == 0 && mx.times("anew") == 1 })
	again.stands()
}
