package exchange_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

const checkpointPath = "/exchange/v1/checkpoint"

// onPath puts a handler in front of a node for one path.
func (n *node) onPath(path string, f func(next http.Handler, w http.ResponseWriter, r *http.Request)) {
	between := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != path {
				next.ServeHTTP(w, r)
				return
			}
			f(next, w, r)
		})
	}
	n.between.Store(&between)
}

// witnessed is what a node has cosigned of a peer's journal.
func (n *node) witnessed(peer *node) (c wire.Checkpoint) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) (err error) {
		c, _, err = journal.Witnessed(tx, peer.name)
		return err
	})
	return c
}

// alarm gives the newest alarm of a code about a peer.
func (n *node) alarm(peer *node, code string) (exchange.Alarmed, bool) {
	n.t.Helper()
	for _, a := range n.state(peer).Alarms {
		if a.Code == code {
			return a, true
		}
	}
	return exchange.Alarmed{}, false
}

func (n *node) journalKey() string {
	n.t.Helper()
	key, err := wire.JournalVkey(wire.JournalName("test", n.name), n.keys.Journal.Public().(ed25519.PublicKey))
	if err != nil {
		n.t.Fatal(err)
	}
	return key
}

var errForged = errors.New("taken back: the journal is only shown, not changed")

// forge makes the request of a node that shows a journal changed by tamper. Who
// holds the journal key signs what it likes; the proof is the best it can give.
func (n *node) forge(old int64, size func(now int64) int64, tamper string) (req wire.WitnessRequest) {
	n.t.Helper()
	err := n.DB.Write(context.Background(), func(tx *store.Tx) error {
		for _, q := range []string{`DELETE FROM checkpoint`, `DELETE FROM tile`, tamper} {
			if err := tx.Exec(q); err != nil {
				return err
			}
		}
		now, err := journal.Size(tx)
		if err != nil {
			return err
		}
		shown := size(now)
		root, err := journal.Root(tx, shown)
		if err != nil {
			return err
		}
		req = wire.WitnessRequest{Old: old}
		if req.Checkpoint, err = wire.SignCheckpoint(wire.JournalName("test", n.name), shown, wire.Digest(root), n.keys.Journal); err != nil {
			return err
		}
		if shown > old {
			if req.Path, err = journal.Joins(tx, shown, old); err != nil {
				return err
			}
		}
		return errForged
	})
	if !errors.Is(err, errForged) {
		n.t.Fatal(err)
	}
	return req
}

// A node that shows its peer another journal than before, in whatever way, gets
// no cosignature; the alarm stands on the peer's link page with both signed
// checkpoints, which anyone can check.
func TestJournalRewrittenIsNeverCosigned(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, numbered(6)...)
	settled(t, us, mx, numbered(6))
	eventually(t, "cosigned", func() bool { return us.state(mx).Cosigned.Size >= 9 })
	us.silent()
	last := mx.witnessed(us)
	us.says(mx, "more") // the journal has grown since
	all := func(now int64) int64 { return now }
	cosigned := func(int64) int64 { return last.Size }
	f := forger{node: us, to: mx}
	for _, c := range []struct {
		what   string
		old    int64
		size   func(int64) int64
		tamper string
		status int
		alarm  string
	}{
		{"an edited leaf, and more", last.Size, all, `UPDATE leaf SET digest = (SELECT digest FROM leaf WHERE n = 5) WHERE n = 2`, 422, exchange.AlarmSplitView},
		{"an edited leaf, same size", last.Size, cosigned, `UPDATE leaf SET digest = (SELECT digest FROM leaf WHERE n = 5) WHERE n = 2`, 422, exchange.AlarmSplitView},
		{"same size, from a stale size", 3, cosigned, `UPDATE leaf SET digest = (SELECT digest FROM leaf WHERE n = 6) WHERE n = 2`, 422, exchange.AlarmSplitView},
		{"two leaves in another order", last.Size, all, `UPDATE leaf SET digest = (SELECT l.digest FROM leaf l WHERE l.n = 7 - leaf.n) WHERE n IN (3, 4)`, 422, exchange.AlarmSplitView},
		{"a leaf taken out, the rest moved up", last.Size, func(now int64) int64 { return now - 1 },
			`UPDATE leaf SET digest = COALESCE((SELECT l.digest FROM leaf l WHERE l.n = leaf.n + 1), digest) WHERE n >= 2`, 422, exchange.AlarmSplitView},
		{"cut short", last.Size, func(int64) int64 { return last.Size - 2 }, `DELETE FROM tile`, 422, exchange.AlarmRolledBack},
		{"an earlier one again", 0, func(int64) int64 { return 2 }, `DELETE FROM tile`, 409, ""},
	} {
		req := us.forge(c.old, c.size, c.tamper)
		before := len(mx.state(us).Alarms)
		status, body := f.post(checkpointPath, req.Bytes())
		if status != c.status || strings.Contains(body, "/witness") {
			t.Errorf("%s: answered %d %q", c.what, status, body)
		}
		if got := mx.witnessed(us); got.Size != last.Size || got.Root != last.Root {
			t.Errorf("%s: witnessed %d, was %d", c.what, got.Size, last.Size)
		}
		alarms := mx.state(us).Alarms
		if c.alarm == "" {
			if len(alarms) != before {
				t.Errorf("%s: an alarm", c.what)
			}
			continue
		}
		at := slices.IndexFunc(alarms, func(a exchange.Alarmed) bool {
			return a.Code == c.alarm && a.Evidence != nil && a.Evidence.Shown == string(req.Checkpoint)
		})
		if at < 0 || len(alarms) != before+1 {
			t.Errorf("%s: no alarm with its evidence", c.what)
			continue
		}
		held, _, err := alarms[at].Evidence.Verify(us.journalKey())
		if held.Size != last.Size || wire.CodeOf(err) != wire.CodeAltered {
			t.Errorf("%s: the evidence says %v of %d", c.what, err, held.Size)
		}
	}
	mx.ReplayEqual()
}

// A node whose own journal was cut short or changed signs nothing of it, says
// so on its link page, and journal verify tells what is wrong.
func TestOwnJournalChangedBehindItsNode(t *testing.T) {
	t.Parallel()
	for what, tamper := range map[string][]string{
		"cut short": {`DELETE FROM fact WHERE seq > 3`, `DELETE FROM body WHERE seq > 3`, `DELETE FROM leaf WHERE n > 2`},
		"another fact": {`UPDATE leaf SET digest = (SELECT digest FROM leaf WHERE n = 5) WHERE n = 2`,
			`UPDATE body SET bytes = (SELECT bytes FROM body WHERE seq = 6) WHERE seq = 3`},
		"reordered": {`UPDATE leaf SET digest = (SELECT l.digest FROM leaf l WHERE l.n = 7 - leaf.n) WHERE n IN (3, 4)`,
			`UPDATE body SET bytes = (SELECT b.bytes FROM body b WHERE b.seq = 9 - body.seq) WHERE seq IN (4, 5)`},
	} {
		t.Run(what, func(t *testing.T) {
			us, mx := pair(t)
			us.start()
			mx.start()
			us.says(mx, numbered(4)...)
			settled(t, us, mx, numbered(4))
			eventually(t, "cosigned", func() bool { return us.state(mx).Cosigned.Size >= 7 })
			us.silent()
			last := mx.witnessed(us)
			err := us.DB.Write(t.Context(), func(tx *store.Tx) error {
				for _, q := range tamper {
					if err := tx.Exec(q); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			us.restart()
			us.enter(wire.PurposeAdministration, &exchange.Alarm{Peer: "mx", Code: "test", About: "something is recorded"})
			eventually(t, "the alarm here", func() bool { _, ok := us.alarm(mx, exchange.AlarmRewritten); return ok })
			us.Read(func(tx *store.Tx) error {
				v, err := us.link.Load().Verify(tx)
				if err == nil && len(v.Faults) == 0 {
					t.Error("journal verify finds nothing")
				}
				return err
			})
			if got := mx.witnessed(us); got.Size != last.Size || got.Root != last.Root {
				t.Errorf("the peer cosigned %d after %d", got.Size, last.Size)
			}
			if what != "cut short" {
				return
			}
			mx.restart() // and asks where it stands
			eventually(t, "the alarm there", func() bool { _, ok := mx.alarm(us, exchange.AlarmRolledBack); return ok })
			a, _ := mx.alarm(us, exchange.AlarmRolledBack)
			d, err := wire.ReadDescriptor(us.desc)
			if err != nil {
				t.Fatal(err)
			}
			if _, heads, err := a.Evidence.Smaller(us.journalKey(), d.Keys()); wire.CodeOf(err) != wire.CodeSequence {
				t.Errorf("evidence: %v at %d", err, heads.Size)
			}
		})
	}
}

// A node that shows two peers two journals is found out when the two compare,
// whether the sizes they saw are equal or not.
func TestTwoViewsForTwoPeers(t *testing.T) {
	t.Parallel()
	us, gt := newNode(t, "us", facts), newNode(t, "gt", facts)
	mx := newNode(t, "mx", facts)
	twin := newNode(t, "mx", facts) // the same node, to gt: the same keys and another journal
	twin.stop()
	twin.keys = mx.keys
	twin.makeLink()
	twin.listen("127.0.0.1:0")
	twin.describe(twin.Kinds.Receivable())
	us.knows(mx)
	gt.knows(twin)
	us.knows(gt)
	gt.knows(us)
	for _, n := range []*node{mx, twin} {
		n.knows(us)
		n.knows(gt)
	}
	twin.enter(wire.PurposeAdministration, &exchange.Alarm{Peer: "gt", Code: "test", About: "another history"})
	for _, n := range []*node{us, gt, mx, twin} {
		n.start()
	}
	found := func(n *node) *exchange.Alarmed {
		if a, ok := n.alarm(mx, exchange.AlarmSplitView); ok {
			return &a
		}
		return nil
	}
	eventually(t, "the two views compared", func() bool { return found(us) != nil || found(gt) != nil })
	a := found(us)
	if a == nil {
		a = found(gt)
	}
	if _, _, err := a.Evidence.Verify(mx.journalKey()); wire.CodeOf(err) != wire.CodeAltered {
		t.Errorf("the evidence says %v", err)
	}
}

// Three honest nodes compare what they saw and have nothing to tell.
func TestOneViewForTwoPeers(t *testing.T) {
	t.Parallel()
	nodes := []*node{newNode(t, "us", facts), newNode(t, "gt", facts), newNode(t, "mx", facts)}
	var compared atomic.Int64
	for _, n := range nodes {
		for _, p := range nodes {
			if n != p {
				n.knows(p)
			}
		}
		n.onPath("/exchange/v1/views", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			if strings.Contains(rec.Body.String(), "/journal") {
				compared.Add(1)
			}
			w.Write(rec.Body.Bytes()) //nolint:errcheck // a test
		})
	}
	for _, n := range nodes {
		n.start()
	}
	for i := range 5 {
		nodes[0].says(nodes[2], strconv.Itoa(i))
		want := compared.Load() + 2
		eventually(t, "compared", func() bool { return compared.Load() >= want })
	}
	for _, n := range nodes {
		if c := n.count(`SELECT COUNT(*) FROM link_alarm`); c != 0 {
			t.Errorf("%s raised %d alarms", n.name, c)
		}
	}
}

// A witness that dies after it stored what it is about to cosign, and before its
// answer is there, cosigns the same and what continues it, and nothing else.
func TestCosignatureLostAfterItWasStored(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	var lost atomic.Int64
	mx.onPath(checkpointPath, func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		if rec.Code == http.StatusOK && lost.Add(1) <= 3 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(rec.Code)
		w.Write(rec.Body.Bytes()) //nolint:errcheck // a test
	})
	mx.start()
	us.start()
	us.says(mx, "one")
	eventually(t, "stored and lost", func() bool { return lost.Load() >= 1 })
	mx.restart()
	us.says(mx, "two")
	eventually(t, "cosigned in the end", func() bool {
		return lost.Load() >= 3 && us.state(mx).Cosigned.Size > 0 && us.state(mx).Cosigned.Size == mx.witnessed(us).Size
	})
	if n := us.count(`SELECT COUNT(*) FROM link_alarm`) + mx.count(`SELECT COUNT(*) FROM link_alarm`); n != 0 {
		t.Errorf("%d alarms", n)
	}
}
