package exchange_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// forger speaks the wire with a real peer's keys and no rules.
type forger struct {
	*node
	to   *node
	seal wire.Descriptor
}

func newForger(t *testing.T) (forger, *node) {
	us, mx := pair(t)
	mx.start()
	d, err := wire.ReadDescriptor(mx.desc)
	if err != nil {
		t.Fatal(err)
	}
	return forger{us, mx, d}, mx
}

// message forges a message; change makes it what the test is about.
func (f forger) message(change func(*wire.Act)) wire.Message {
	f.t.Helper()
	d := journal.NewSeed(time.Now()).Draw(nil)
	a := wire.Act{V: wire.Version, Nonce: d.Bytes(wire.NonceSize), ID: d.ID(), Kind: "test.note.1", Purpose: wire.PurposeProsecution,
		From: wire.Address{Node: f.name}, To: wire.Address{Node: f.to.name}, Created: d.Now, Clear: json.RawMessage(`{"text":"forged"}`)}
	if change != nil {
		change(&a)
	}
	m, err := a.Message()
	if err != nil {
		f.t.Fatal(err)
	}
	return m
}

func (f forger) frame(change func(*wire.FrameSpec), bodies ...[]byte) *wire.Frame {
	f.t.Helper()
	s := wire.FrameSpec{From: f.name, To: f.to.name, Lane: wire.LaneCase, Epoch: 1, First: 1, Created: time.Now()}
	for _, b := range bodies {
		s.Entries = append(s.Entries, wire.Entry{Type: wire.EntryMessage, Body: b})
	}
	if change != nil {
		change(&s)
	}
	to, err := f.seal.Seal()
	if err != nil {
		f.t.Fatal(err)
	}
	fr, err := wire.BuildFrame(s, f.keys.Sign, to)
	if err != nil {
		f.t.Fatal(err)
	}
	return fr
}

// after makes a frame follow another.
func after(prev *wire.Frame) func(*wire.FrameSpec) {
	return func(s *wire.FrameSpec) { s.First, s.Prev = prev.Header.Last+1, prev.Digest() }
}

func (f forger) post(path string, body []byte) (int, string) {
	f.t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{f.keys.TLS}, InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}}
	defer tr.CloseIdleConnections()
	res, err := (&http.Client{Transport: tr}).Post("https://"+f.to.addr+path, "", bytes.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

// outcome posts a frame and gives the codes of its entries, or of the frame.
func (f forger) outcome(fr *wire.Frame) string {
	f.t.Helper()
	status, body := f.post(framePath, fr.Bytes())
	r, err := wire.ReadReceipt(body, f.seal.Keys())
	if err != nil {
		if _, herr := wire.ReadHeads(body, f.seal.Keys()); herr == nil {
			return "heads"
		}
		return http.StatusText(status) + " " + body
	}
	if err := r.Answers(fr.Signed, fr.Header, nil); err != nil && r.Code != wire.CodeMisaddressed {
		f.t.Fatal(err)
	}
	codes := []string{}
	for _, o := range r.Entries {
		codes = append(codes, o.Result+string(o.Code))
	}
	return strings.TrimSpace(string(r.Code) + strings.Join(codes, " "))
}

func TestForgedMessagesAreRefusedBySignedReceipt(t *testing.T) {
	t.Parallel()
	f, mx := newForger(t)
	broken := f.message(nil).Bytes()[5:]
	bodies := [][]byte{
		f.message(func(a *wire.Act) { a.From.Node = "gt" }).Bytes(),
		f.message(func(a *wire.Act) { a.To.Node = "gt" }).Bytes(),
		f.message(func(a *wire.Act) { a.Purpose = wire.PurposeAdministration }).Bytes(),
		bytes.Replace(f.message(nil).Bytes(), []byte(`"prosecution"`), []byte(`"removal"`), 1),
		bytes.Replace(f.message(nil).Bytes(), []byte(`{"v":1`), []byte(`{"v":9`), 1),
		f.message(func(a *wire.Act) { a.Kind = "test.novel.1" }).Bytes(),
		f.message(func(a *wire.Act) { a.Kind = "link.receipt_taken.1" }).Bytes(),
		broken,
		f.message(nil).Bytes(),
	}
	want := "refusedmisaddressed refusedmisaddressed refusedpurpose refusedpurpose refusedunknown_version refusedunknown_kind refusedunknown_kind refusedmalformed recorded"
	if got := f.outcome(f.frame(nil, bodies...)); got != want {
		t.Errorf("outcomes\n%s, want\n%s", got, want)
	}
	if got := mx.texts(); !slices.Equal(got, []string{"forged"}) {
		t.Errorf("applied: %v", got)
	}
	if q := mx.state(f.node).Quarantined; q != 8 {
		t.Errorf("%d in quarantine", q)
	}
	mx.ReplayEqual()
}

func TestSameIDAgain(t *testing.T) {
	t.Parallel()
	f, mx := newForger(t)
	m := f.message(nil)
	first := f.frame(nil, m.Bytes())
	if got := f.outcome(first); got != "recorded" {
		t.Fatal(got)
	}
	// Same id, same bytes, in another frame: the same result, once in effect.
	second := f.frame(after(first), m.Bytes())
	if got := f.outcome(second); got != "recorded" {
		t.Error(got)
	}
	// Same id, other bytes: refused, an alarm, never an overwrite.
	third := f.frame(after(second), f.message(func(a *wire.Act) { a.ID, a.Clear = m.Act.ID, json.RawMessage(`{"text":"instead"}`) }).Bytes())
	if got := f.outcome(third); got != "refusedother_digest" {
		t.Error(got)
	}
	if got := mx.texts(); !slices.Equal(got, []string{"forged"}) {
		t.Errorf("applied: %v", got)
	}
	if c := mx.count(`SELECT COUNT(*) FROM link_alarm WHERE code = 'other_digest' AND about = $1`, m.Act.ID); c != 1 {
		t.Errorf("%d alarms", c)
	}
}

func TestFramesOutOfPlace(t *testing.T) {
	t.Parallel()
	f, mx := newForger(t)
	first := f.frame(nil, f.message(nil).Bytes())
	second := f.frame(after(first), f.message(nil).Bytes())
	for _, c := range []struct {
		what string
		fr   *wire.Frame
		want string
	}{
		{"a gap: the second before the first", second, "heads"},
		{"the first", first, "recorded"},
		{"a fork: another first", f.frame(nil, f.message(nil).Bytes()), "heads"},
		{"another history", f.frame(func(s *wire.FrameSpec) { s.First, s.Prev = 2, wire.Digest{9} }, f.message(nil).Bytes()), "heads"},
		{"another epoch", f.frame(func(s *wire.FrameSpec) { s.Epoch = 2 }, f.message(nil).Bytes()), "heads"},
		{"the second", second, "recorded"},
		{"the first again, late", first, "recorded"},
		{"from another node", f.frame(func(s *wire.FrameSpec) { s.From, s.First, s.Prev = "gt", 3, second.Digest() }, f.message(nil).Bytes()), "misaddressed"},
		{"to another node", f.frame(func(s *wire.FrameSpec) { s.To, s.First, s.Prev = "gt", 3, second.Digest() }, f.message(nil).Bytes()), "misaddressed"},
	} {
		if got := f.outcome(c.fr); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	if got := mx.texts(); len(got) != 2 {
		t.Errorf("applied: %v", got)
	}
}

func TestFrameSealedToAFormerKey(t *testing.T) {
	t.Parallel()
	f, _ := newForger(t)
	former, err := wire.NewSealKey()
	if err != nil {
		t.Fatal(err)
	}
	f.seal.SealKey = former.PublicKey().Bytes()
	if got := f.outcome(f.frame(nil, f.message(nil).Bytes())); got != "superseded_key" {
		t.Error(got)
	}
}

func TestNoAnswerWithoutAPinnedKey(t *testing.T) {
	t.Parallel()
	f, mx := newForger(t)
	f.keys = newNode(t, "gt", facts).keys
	for _, path := range []string{framePath, "/exchange/v1/head", "/exchange/v1/checkpoint", "/exchange/v1/descriptor", "/exchange/v1/proof", "/exchange/v1/succession"} {
		if status, body := f.post(path, nil); status != 0 {
			t.Errorf("%s answered %d %q to a stranger", path, status, body)
		}
		rec := httptest.NewRecorder() // and without any certificate at all
		mx.link.Load().Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodPost, path, nil))
		if rec.Code != http.StatusForbidden || strings.TrimSpace(rec.Body.String()) != "" {
			t.Errorf("%s answered %d", path, rec.Code)
		}
	}
}

// The receiver's head must be what this node's outbox gives: a difference
// stops the lane with an alarm.
func TestHistoriesThatDifferStopTheLane(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	mx.start()
	us.says(mx, "one")
	block := func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	}
	mx.network(func(next http.Handler, _ http.ResponseWriter, r *http.Request) {
		mx.between.Store(&block) // so that the head is not asked for before the tampering
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
	us.start()
	eventually(t, "recorded there", func() bool { return len(mx.texts()) == 1 })
	us.link.Load().Close()
	// Somebody replaces what this node remembers having sent.
	err := us.DB.Write(context.Background(), func(tx *store.Tx) error {
		return tx.Exec(`UPDATE outbox SET fact = 1`)
	})
	if err != nil {
		t.Fatal(err)
	}
	mx.between.Store(nil)
	us.restart()
	eventually(t, "alarm", func() bool {
		return us.count(`SELECT COUNT(*) FROM link_alarm WHERE code = $1`, exchange.AlarmRootMismatch) == 1
	})
	if us.queued(mx) != 1 {
		t.Error("the lane moved on")
	}
}
