package exchange_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A node whose past was changed and whose own checkpoints were taken away, so
// that it does not see it itself: the peer refuses to cosign, and both raise the
// alarm.
func TestRewrittenJournalIsNotCosigned(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, numbered(3)...)
	settled(t, us, mx, numbered(3))
	size := us.count(`SELECT COUNT(*) FROM fact`)
	eventually(t, "cosigned", func() bool { return us.state(mx).Cosigned.Size >= int64(size) })
	us.stop() // no checkpoint of the journal as it was is under way
	err := us.DB.Write(context.Background(), func(tx *store.Tx) error {
		if err := tx.Exec(`DELETE FROM checkpoint`); err != nil {
			return err
		}
		return tx.Exec(`UPDATE leaf SET digest = $1 WHERE n = 1`, bytes.Repeat([]byte{7}, 32))
	})
	if err != nil {
		t.Fatal(err)
	}
	us.restart()
	us.enter(wire.PurposeAdministration, &exchange.Alarm{Peer: "mx", Code: "drill", About: "growth"})
	for _, n := range []*node{us, mx} {
		eventually(t, n.name+" raises the alarm", func() bool {
			return n.count(`SELECT COUNT(*) FROM link_alarm WHERE code = $1`, exchange.AlarmSplitView) > 0
		})
	}
}

func TestADayWithoutCosignatureIsAnAlarm(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	mx.server.Close()
	us.start()
	us.skew.Store(int64(25 * time.Hour))
	eventually(t, "alarm", func() bool {
		return us.count(`SELECT COUNT(*) FROM link_alarm WHERE code = $1`, exchange.AlarmUncosigned) == 1
	})
	if s := us.state(mx); s.Live(us.Acts.Now()) {
		t.Error("shown as live")
	}
}

// A link with nothing to send is not a link that is down: the journals are
// cosigned all the same, and that is a sign of life.
func TestQuietLinkIsLive(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, numbered(1)...)
	settled(t, us, mx, numbered(1))
	for _, n := range []*node{us, mx} {
		n.skew.Store(int64(10 * time.Minute))
	}
	if us.state(mx).Live(us.Acts.Now()) && us.state(mx).Heard.Before(time.Now().Add(5*time.Minute)) {
		t.Error("ten minutes without a word count as live")
	}
	for _, n := range []*node{us, mx} {
		other := map[*node]*node{us: mx, mx: us}[n]
		eventually(t, n.name+" sees the link live", func() bool { return n.state(other).Live(n.Acts.Now()) })
	}
}

// A link on which nothing waits is not called live when its peer is gone: the
// next round of witnessing finds nobody there, whichever of the two dials. It is
// live again with the peer, and open pages are told of both.
func TestQuietLinkSaysThatItsPeerIsGone(t *testing.T) {
	t.Parallel()
	for name, two := range map[string]func(testing.TB, ...func(*node)) (us, mx *node){"both dial": pair, "only the peer dials": oneDials} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			us, mx := two(t)
			var told atomic.Int32
			us.link.Load().Contact = func() { told.Add(1) }
			us.link.Load().Patience(time.Second)
			live := func() bool { return us.state(mx).Live(us.Acts.Now()) }
			us.start()
			mx.start()
			us.says(mx, numbered(1)...)
			settled(t, us, mx, numbered(1))
			eventually(t, "live", live)
			before := told.Load()
			mx.stop()
			eventually(t, "seen that the peer is gone", func() bool { return !live() })
			eventually(t, "open pages are told that it is lost", func() bool { return told.Load() > before })
			if s := us.state(mx); us.queued(mx) > 0 || s.Problem == "" || s.Tries == 0 {
				t.Errorf("%d wait, problem %q, %d tries", us.queued(mx), s.Problem, s.Tries)
			}
			before = told.Load()
			mx.restart()
			eventually(t, "live again", live)
			eventually(t, "open pages are told that it is back", func() bool { return told.Load() > before })
			eventually(t, "no try counts any more", func() bool { return us.state(mx).Tries == 0 })
		})
	}
}

// An alert does not wait for a full case lane, and a forgotten message leaves
// its number as a void.
func TestAlertPassesAndForgottenBodyIsVoid(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.says(mx, "kept", "forgotten")
	err := us.DB.Write(context.Background(), func(tx *store.Tx) error {
		return forgetNewest(tx, "")
	})
	if err != nil {
		t.Fatal(err)
	}
	us.enter(wire.PurposeLifeAtRisk, &alert{Envelope: journal.Envelope{To: wire.Address{Node: "mx"}}, Text: "life at risk"})
	hold := make(chan struct{})
	mx.network(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if laneOf(body) == wire.LaneCase {
			<-hold
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
	mx.start()
	us.start()
	eventually(t, "the alert", func() bool { return slices.Equal(mx.texts(), []string{"life at risk"}) })
	close(hold)
	settled(t, us, mx, []string{"life at risk", "kept"})
	if s := us.state(mx); s.Voided != 1 {
		t.Errorf("%d void", s.Voided)
	}
}

// laneOf reads the lane of a frame without verifying it.
func laneOf(frame []byte) string {
	lines := bytes.SplitN(frame, []byte("\n"), 3)
	parts := bytes.Split(lines[1], []byte("."))
	b, err := base64.RawURLEncoding.DecodeString(string(parts[1]))
	if err != nil {
		return ""
	}
	var h wire.FrameHeader
	if json.Unmarshal(b, &h) != nil {
		return ""
	}
	return h.Lane
}

// A message that was recorded there before it expired has not expired, though
// its receipt was lost and the sender learned of it only later.
func TestRecordedInTimeIsNotWrittenOff(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	mx.start()
	block := func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	}
	mx.network(func(next http.Handler, _ http.ResponseWriter, r *http.Request) {
		mx.between.Store(&block)
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
	us.start()
	us.enter(wire.PurposeLifeAtRisk, &alert{Envelope: journal.Envelope{To: wire.Address{Node: "mx"}, Expires: us.Acts.Now().Add(time.Hour)}, Text: "in time"})
	eventually(t, "recorded there", func() bool { return len(mx.texts()) == 1 })
	us.skew.Store(int64(2 * time.Hour))
	time.Sleep(300 * time.Millisecond) // the sweep passes several times
	us.restart()
	eventually(t, "the link's trouble is told", func() bool { return us.state(mx).Problem != "" })
	time.Sleep(300 * time.Millisecond)
	if s := us.state(mx); s.Expired != 0 {
		t.Errorf("written off while the answer was not known: %+v", s)
	}
	mx.between.Store(nil)
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 })
	if s := us.state(mx); s.Expired != 0 || len(s.Alarms) != 0 {
		t.Errorf("%+v", s)
	}
}

// A frame held in the network until after its message expired and was written
// off: the receiver refuses it as late, and the two nodes agree.
func TestFrameArrivesAfterItsMessageWasWrittenOff(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	mx.start()
	late := make(chan []byte, 1)
	mx.network(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case late <- body:
			us.skew.Store(int64(2 * time.Hour))
			mx.skew.Store(int64(2 * time.Hour))
			panic(http.ErrAbortHandler)
		default:
		}
		for _, b := range [][]byte{<-late, body} {
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(bytes.NewReader(b))
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, again)
			if rec.Code != http.StatusOK { // to the sender goes the answer to what it sent
				w.WriteHeader(rec.Code)
				w.Write(rec.Body.Bytes()) //nolint:errcheck // a test
			}
		}
		mx.between.Store(nil)
	})
	us.start()
	us.enter(wire.PurposeLifeAtRisk, &alert{Envelope: journal.Envelope{To: wire.Address{Node: "mx"}, Expires: us.Acts.Now().Add(time.Hour)}, Text: "held"})
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 })
	s := us.state(mx)
	if s.Expired != 1 || s.Refused != 0 || len(s.Alarms) != 0 || len(mx.texts()) != 0 {
		t.Errorf("%+v, applied %v", s, mx.texts())
	}
	us.ReplayEqual()
}

// A frame held in the network arrives after its message was forgotten here and
// after the clock was put back: what the peer signed for settles it, whatever
// the clock said when.
func TestFrameArrivesAfterItsMessageWasForgottenAndTheClockPutBack(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	mx.start()
	var held []byte
	mx.network(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		again := r.Clone(r.Context())
		if held == nil {
			held = body
			err := us.DB.Write(context.Background(), func(tx *store.Tx) error {
				return forgetNewest(tx, "test.note.1")
			})
			if err != nil {
				t.Error(err)
			}
			us.skew.Store(int64(time.Hour))
			panic(http.ErrAbortHandler)
		}
		again.Body = io.NopCloser(bytes.NewReader(held))
		next.ServeHTTP(httptest.NewRecorder(), again)
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
	us.skew.Store(int64(3 * time.Hour)) // from which it is put back, and not to before the pairing
	us.says(mx, "held")
	us.start()
	eventually(t, "settled", func() bool { return us.queued(mx) == 0 })
	if got := mx.texts(); !slices.Equal(got, []string{"held"}) {
		t.Errorf("applied %v", got)
	}
	if s := us.state(mx); len(s.Alarms) != 0 {
		t.Errorf("%+v", s.Alarms)
	}
}

// forgetNewest forgets the body of the newest fact, of a kind if one is named.
func forgetNewest(tx *store.Tx, kind string) error {
	var seq int64
	if err := tx.QueryRow(`SELECT MAX(seq) FROM fact WHERE kind = $1 OR $1 = ''`, kind).Scan(&seq); err != nil {
		return err
	}
	return journal.ForgetBody(tx, seq)
}
