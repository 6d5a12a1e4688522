package exchange_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"go.uber.org/goleak"
)

// specVariable tells a process of these tests which node it is (process_test.go).
const specVariable = "OASISS_TEST_NODE"

func TestMain(m *testing.M) {
	if os.Getenv(specVariable) != "" {
		os.Exit(m.Run()) // it ends with its goroutines
	}
	goleak.VerifyTestMain(m)
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

const framePath = "/exchange/v1/frame"

// network puts a handler in front of a node for frames only.
func (n *node) network(f func(next http.Handler, w http.ResponseWriter, r *http.Request)) {
	between := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != framePath {
				next.ServeHTTP(w, r)
				return
			}
			f(next, w, r)
		})
	}
	n.between.Store(&between)
}

// everywhere puts a handler in front of a node for all that a peer asks.
func (n *node) everywhere(f func(next http.Handler, w http.ResponseWriter, r *http.Request)) {
	between := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(next, w, r) })
	}
	n.between.Store(&between)
}

// settled waits until everything is delivered and holds both nodes against
// what was sent: nothing lost, nothing twice, both journals sound.
func settled(t *testing.T, from, to *node, want []string) {
	t.Helper()
	eventually(t, "queue empty", func() bool { return from.queued(to) == 0 })
	if got := to.texts(); !slices.Equal(got, want) {
		t.Fatalf("received %d %v, want %d", len(got), got, len(want))
	}
	from.sound()
	to.sound()
}

// sound demands a journal that verifies, with the keys that its node has.
func (n *node) sound() {
	n.t.Helper()
	n.Read(func(tx *store.Tx) error {
		v, err := n.link.Load().Verify(tx)
		if err == nil && len(v.Faults) > 0 {
			n.t.Errorf("%s: %v", n.name, v.Faults)
		}
		return err
	})
}

func numbered(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("note %d", i))
	}
	return out
}

// Two nodes exchange, keep each other's receipts and cosign each other's
// journals: of two countries, and of two agencies of one country by the same test.
func TestMessagesArriveWithReceiptsBothWays(t *testing.T) {
	t.Parallel()
	for name, names := range pairs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			us, mx := pairOf(t, names)
			arriveBothWays(t, us, mx)
		})
	}
}

func arriveBothWays(t *testing.T, us, mx *node) {
	t.Helper()
	mx.network(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 || r.TLS.Version != tls.VersionTLS13 {
			t.Errorf("%s over TLS %x", r.Proto, r.TLS.Version)
		}
		next.ServeHTTP(w, r)
	})
	us.start()
	mx.start()
	us.says(mx, numbered(5)...)
	settled(t, us, mx, numbered(5))
	mx.says(us, "answer")
	settled(t, mx, us, append(numbered(5), "answer"))

	us.Read(func(tx *store.Tx) error {
		d, ok, err := exchange.Receipts(tx, us.factOf("note 4"))
		if err != nil || !ok || d.State != exchange.DeliveryRecorded || d.At.IsZero() || d.Size <= d.Leaf {
			t.Errorf("receipt: %+v %v %v", d, ok, err)
		}
		return nil
	})
	if s := us.state(mx); !s.Live(time.Now()) || s.LastReceipt.IsZero() || s.Tries != 0 {
		t.Errorf("state: %+v", s)
	}
	eventually(t, "cosigned both ways", func() bool {
		return us.state(mx).Cosigned.Size > 8 && mx.state(us).Cosigned.Size > 8 && us.state(mx).Witnessed.Size > 8
	})
	us.ReplayEqual()
	mx.ReplayEqual()
}

func (n *node) factOf(text string) (id string) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT id FROM search_note WHERE text = $1`, text).Scan(&id)
	})
	return id
}

// A link that drops the answer after the receiver has committed: the frame is
// never recorded twice, and the receipt is recovered from the receiver's head.
func TestAnswerCutOffAfterCommit(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	var drops atomic.Int64
	mx.network(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if drops.Add(1)%2 == 1 {
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
	mx.start()
	us.start()
	var want []string
	for i := range 6 {
		text := fmt.Sprintf("cut %d", i)
		us.says(mx, text)
		want = append(want, text)
		eventually(t, "delivered", func() bool { return us.queued(mx) == 0 })
	}
	settled(t, us, mx, want)
	if n := us.count(`SELECT COUNT(*) FROM link_alarm`); n != 0 {
		t.Errorf("%d alarms", n)
	}
}

func TestFrameRepeatedAndCutBeforeArrival(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	var n atomic.Int64
	var receipts []string
	mx.network(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			panic(http.ErrAbortHandler) // never arrives
		}
		body, _ := io.ReadAll(r.Body)
		for range 2 { // the same frame again gives the same receipt
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(bytes.NewReader(body))
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, again)
			receipts = append(receipts, rec.Body.String())
		}
		w.Write([]byte(receipts[len(receipts)-1])) //nolint:errcheck // a test
	})
	us.says(mx, "once")
	us.start()
	mx.start()
	settled(t, us, mx, []string{"once"})
	if len(receipts) != 2 || receipts[0] != receipts[1] || receipts[0] == "" {
		t.Errorf("receipts differ: %d", len(receipts))
	}
}

func TestAlteredFrameIsRefusedQuarantinedAndSentAgain(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	var n atomic.Int64
	mx.network(func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch n.Add(1) {
		case 1:
			body[len(body)-3] ^= 1 // in the sealed payload
		case 2:
			body[40] ^= 1 // in the signed header
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
	mx.start()
	us.start()
	us.says(mx, "precious")
	settled(t, us, mx, []string{"precious"})
	if q := mx.state(us).Quarantined; q != 2 {
		t.Errorf("%d in quarantine", q)
	}
	for _, x := range []*node{us, mx} {
		if c := x.count(`SELECT COUNT(*) FROM link_alarm WHERE code = 'altered'`); c == 0 {
			t.Errorf("%s raised no alarm", x.name)
		}
	}
	mx.ReplayEqual()
}

func TestRefusedMessagesAndUnknownKinds(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	// mx claims a kind that it does not understand, and does not claim another.
	us.enter(wire.PurposeAdministration, &exchange.PeerRenewal{Peer: "mx", Descriptor: claims(mx, "test.alert.1", "test.note.1", "test.novel.1")})
	us.enter(wire.PurposeProsecution, &novel{Envelope: journal.Envelope{Case: "case-1", To: wire.Address{Node: "mx"}}, Text: "new"})
	us.says(mx, "before", "against the procedure", "after")
	mx.start()
	us.start()
	eventually(t, "queue empty", func() bool { return us.queued(mx) == 0 })
	if got := mx.texts(); !slices.Equal(got, []string{"before", "after"}) {
		t.Fatalf("received %v", got)
	}
	var refused []exchange.RefusedMessage
	us.Read(func(tx *store.Tx) (err error) { refused, err = exchange.RefusedBy(tx, "mx", 10); return err })
	codes := []string{}
	for _, r := range refused {
		codes = append(codes, string(r.Code))
	}
	slices.Sort(codes)
	if strings.Join(codes, " ") != "step unknown_kind" {
		t.Errorf("refused: %v", codes)
	}
	// The refusal is a fact of the message's own referral.
	if c := us.count(`SELECT COUNT(*) FROM fact WHERE kind = 'link.refused.1' AND case_id = 'case-1'`); c != 2 {
		t.Errorf("%d refusals under the case", c)
	}
	if q := mx.state(us).Quarantined; q != 2 {
		t.Errorf("%d in quarantine", q)
	}
	us.ReplayEqual()
	mx.ReplayEqual()
}

// claims is n's descriptor with other kinds.
func claims(n *node, kinds ...string) string {
	own := n.desc
	n.describe(kinds)
	defer func() { n.desc = own }()
	return n.desc
}

func TestKindNotUnderstoodYetWaitsAndHoldsUpNothing(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	mx.start()
	us.start()
	us.enter(wire.PurposeProsecution, &novel{Envelope: journal.Envelope{To: wire.Address{Node: "mx"}}, Text: "new"})
	us.says(mx, "after")
	settled(t, us, mx, []string{"after"})
	us.Read(func(tx *store.Tx) error {
		out, err := exchange.Outbox(tx, "mx", 10)
		if len(out) != 1 || out[0].Of != "test.novel.1" || out[0].Seq != 0 {
			t.Errorf("outbox: %+v", out)
		}
		return err
	})
	if w := us.state(mx).Waiting; len(w) != 1 || w[0].Kind != "test.novel.1" || w[0].Count != 1 {
		t.Fatalf("waiting: %+v", w)
	}
	mx.describe([]string{"test.alert.1", "test.note.1", "test.novel.1"}) // mx was upgraded; us asks by itself
	eventually(t, "waiting message sent", func() bool { return len(us.state(mx).Waiting) == 0 && us.queued(mx) == 0 })
}

func TestExpiredBecomesASignedVoid(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	until := us.Acts.Now().Add(time.Hour)
	us.enter(wire.PurposeLifeAtRisk, &alert{Envelope: journal.Envelope{Case: "case-1", To: wire.Address{Node: "mx"}, Expires: until}, Text: "too late"})
	us.enter(wire.PurposeLifeAtRisk, &alert{Envelope: journal.Envelope{Case: "case-1", To: wire.Address{Node: "mx"}}, Text: "stands"})
	us.skew.Store(int64(2 * time.Hour))
	us.start() // mx is not there: the sweep writes it off all the same
	mx.server.Close()
	eventually(t, "written off", func() bool { return us.state(mx).Expired == 1 })
	mx.listen(mx.addr)
	mx.start()
	settled(t, us, mx, []string{"stands"})
	if c := mx.count(`SELECT COUNT(*) FROM link_voided WHERE way = 'in' AND reason = 'expired'`); c != 1 {
		t.Errorf("%d voids announced", c)
	}
	us.Read(func(tx *store.Tx) error {
		d, _, err := exchange.Receipts(tx, us.factOf("too late"))
		if d.State != exchange.DeliveryVoid || d.Reason != wire.VoidExpired {
			t.Errorf("receipt of the expired: %+v", d)
		}
		return err
	})
	us.ReplayEqual()
	mx.ReplayEqual()
}

func TestLateMessageIsRefusedByTheReceiver(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	mx.skew.Store(int64(2 * time.Hour))
	us.enter(wire.PurposeLifeAtRisk, &alert{Envelope: journal.Envelope{To: wire.Address{Node: "mx"}, Expires: us.Acts.Now().Add(time.Hour)}, Text: "late there"})
	mx.start()
	us.start()
	eventually(t, "refused", func() bool { return us.state(mx).Refused == 1 })
	if ahead := us.state(mx).Ahead; ahead < time.Hour {
		t.Errorf("the peer's clock is %v ahead", ahead)
	}
}

func TestRestartOfEitherSideLosesNothing(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	var want []string
	for i := range 40 {
		text := fmt.Sprintf("round %d", i)
		us.says(mx, text)
		want = append(want, text)
		switch i {
		case 10:
			us.restart()
		case 20:
			mx.restart()
		case 30:
			us.restart()
			mx.restart()
		}
	}
	settled(t, us, mx, want)
}

func TestThreeNodesDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	gt := newNode(t, "gt", facts)
	us.knows(gt)
	gt.knows(us)
	mx.server.Close() // down
	us.start()
	gt.start()
	us.says(mx, "waits")
	us.says(gt, "goes")
	settled(t, us, gt, []string{"goes"})
	if us.queued(mx) != 1 {
		t.Error("the message to the node that is down is gone")
	}
}

func TestStrangersAreTurnedAway(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	stranger := newNode(t, "gt", facts)
	stranger.knows(mx) // but mx does not know it
	mx.start()
	stranger.start()
	stranger.says(mx, "let me in")
	eventually(t, "problem shown", func() bool { return stranger.state(mx).Problem != "" })
	if got := mx.texts(); len(got) != 0 {
		t.Errorf("received %v", got)
	}
	_ = us
}
