package exchange_test

import (
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/wire"
)

// Others forget what they have seen: after ten minutes, after a day, when their
// table is full. Here a repeat is known for ever, so that whoever held a frame
// back has gained nothing: the frame gets the receipt it got, byte for byte; its
// messages in other frames get the same leaf, or the same refusal; and none is
// in effect twice.
func TestRepeatedAfterTheWindowsOfOthers(t *testing.T) {
	t.Parallel()
	f, mx := newForger(t)
	taken := f.message(func(a *wire.Act) { a.Expires = a.Created.Add(5 * time.Minute) }) // long over when it comes again
	refused := f.message(func(a *wire.Act) { a.Clear = []byte(`{"text":"against the procedure"}`) })
	bodies := [][]byte{taken.Bytes(), refused.Bytes()}
	first := f.frame(nil, bodies...)
	status, receipt := f.post(framePath, first.Bytes())
	r, err := wire.ReadReceipt(receipt, f.seal.Keys())
	if err != nil || status != 200 || len(r.Entries) != 2 || r.Entries[0].Leaf == nil {
		t.Fatalf("%d: %v, %+v", status, err, r)
	}
	last := first
	for _, later := range []time.Duration{11 * time.Minute, 25 * time.Hour, 366 * 24 * time.Hour, 10 * 366 * 24 * time.Hour} {
		mx.skew.Store(int64(later))
		mx.restart() // what it knows is on its disk
		if again, body := f.post(framePath, first.Bytes()); again != status || body != receipt {
			t.Errorf("after %v the frame gets %d and another receipt", later, again)
		}
		next := f.frame(after(last), bodies...)
		_, body := f.post(framePath, next.Bytes())
		same, err := wire.ReadReceipt(body, f.seal.Keys())
		if err != nil {
			t.Fatalf("after %v: %v", later, err)
		}
		for i, o := range same.Entries {
			was := r.Entries[i]
			if o.ID != was.ID || o.Result != was.Result || o.Code != was.Code || (o.Leaf == nil) != (was.Leaf == nil) || o.Leaf != nil && *o.Leaf != *was.Leaf {
				t.Errorf("after %v message %d is %+v, was %+v", later, i, o, was)
			}
		}
		last = next
	}
	if got := mx.texts(); !slices.Equal(got, []string{"forged"}) {
		t.Errorf("in effect: %v", got)
	}
	if n := mx.count(`SELECT COUNT(*) FROM fact WHERE id = $1 OR id = $2`, taken.Act.ID, refused.Act.ID); n != 1 {
		t.Errorf("recorded %d times", n)
	}
	mx.sound()
	mx.stop() // a clock so far ahead raises alarms
	mx.ReplayEqual()
}
