package wire_test

import (
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// Two signed states of a journal: one history if a proof joins them, and
// evidence against its node if none does.
func TestHistories(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	l := sampleLog(t, 9, sampleMessage(t, us, 1))
	other := sampleLog(t, 9, sampleMessage(t, us, 2))
	sign := func(l *log, n int64, p party) []byte {
		c, err := wire.SignCheckpoint(wire.JournalName("exercise", "us"), n, l.root(t, n), p.journal)
		must(t, err)
		return c
	}
	for _, c := range []struct {
		what string
		h    *wire.Histories
		code wire.Code
	}{
		{"grown", wire.NewHistories(sign(l, 7, us), sign(l, 9, us), l.consist(t, 9, 7)), ""},
		{"the larger held", wire.NewHistories(sign(l, 9, us), sign(l, 7, us), l.consist(t, 9, 7)), ""},
		{"the same twice", wire.NewHistories(sign(l, 7, us), sign(l, 7, us), nil), ""},
		{"one size, two roots", wire.NewHistories(sign(l, 7, us), sign(other, 7, us), nil), wire.CodeAltered},
		{"rewritten and grown", wire.NewHistories(sign(l, 7, us), sign(other, 9, us), other.consist(t, 9, 7)), wire.CodeAltered},
		{"no proof given", wire.NewHistories(sign(l, 7, us), sign(l, 9, us), nil), wire.CodeAltered},
		{"signed by somebody else", wire.NewHistories(sign(l, 7, us), sign(other, 7, mx), nil), wire.CodeSignature},
	} {
		if _, _, err := c.h.Verify(us.journalVkey(t)); wire.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", c.what, err, c.code)
		}
	}
}
