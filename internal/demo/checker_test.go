package demo

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// checkerFails hands the checker of a run that was right worlds that are not:
// each wrong one must be an error, and so an exit code.
func checkerFails(t *testing.T, w *World) {
	t.Helper()
	was := w.deeds
	for name, c := range map[string]struct {
		wrong func(d *deeds)
		says  string
	}{
		"nothing is wrong":               {func(*deeds) {}, ""},
		"a forged message was recorded":  {func(d *deeds) { d.messages[recorded(t, w, "us")] = wire.CodePurpose }, "was recorded on us"},
		"a forged message left no trace": {func(d *deeds) { d.messages["019a0000-0000-7000-8000-000000000000"] = wire.CodeSignature }, "was not refused on us by signature"},
		"refused, for another reason":    {func(d *deeds) { d.messages[slices.Collect(maps.Keys(was.messages))[0]] = wire.CodeLate }, "was not refused on us by late"},
		"an altered frame was not kept":  {func(d *deeds) { d.altered = append(slices.Clone(was.altered), wire.Digest{1}) }, "was not refused on us"},
		"a repeated frame was recorded":  {func(d *deeds) { d.repeated = append(slices.Clone(was.repeated), givenFrame(t, w, "us")) }, "repeated frame"},
		"a refusal does not show":        {func(d *deeds) { d.refusals[provoked{"us", unscreened}]++ }, "protection.unscreened on us"},
		"a refusal of another code":      {func(d *deeds) { d.refusals[provoked{"mx", "referral.nobody_said"}]++ }, "referral.nobody_said on mx"},
		"a packet was sent and is gone":  {func(d *deeds) { d.took["referral.send"]++ }, "packet versions sent"},
		"an answer is in no store":       {func(d *deeds) { d.took["referral.decline"]++ }, "answers"},
		"an outcome is in no store":      {func(d *deeds) { d.took["referral.sign_step report_outcome"]++ }, "outcomes returned"},
		"a case is in no store":          {func(d *deeds) { d.took["case.open"]++ }, "cases"},
		"what was late was not said so":  {func(d *deeds) { d.outages += 100 }, "sent to a node that was away"},
	} {
		w.deeds = &deeds{took: maps.Clone(was.took), refusals: maps.Clone(was.refusals), outages: was.outages,
			forgeries: forgeries{to: was.to, messages: maps.Clone(was.messages), altered: was.altered, repeated: was.repeated}}
		c.wrong(w.deeds)
		err := heldAgainst(t, w)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: the checker says %v, want %q", name, err, c.says)
		}
	}
	w.deeds = was
	// The whole check, on stores in which what was refused leaves no trace.
	change(t, w, was.to, func(tx *store.Tx) error { return tx.Exec(`DELETE FROM quarantine`) })
	r, err := w.check(t.Context(), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "was not refused on "+was.to+" by purpose") || r.Refused.Purpose != 0 || r.Refused.Forged != 0 {
		t.Errorf("without a trace of the forgeries the checker says %v, %+v", err, r.Refused)
	}
}

// heldAgainst is the part of the checker that looks at what was done.
func heldAgainst(t *testing.T, w *World) error {
	t.Helper()
	c, done, err := w.checker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if err := errors.Join(c.counts(t.Context()), c.heldAgainst(t.Context())); err != nil {
		t.Fatal(err)
	}
	return errors.Join(c.faults...)
}

// word reads one word from a store.
func word(t *testing.T, w *World, n, query string) (out string) {
	t.Helper()
	change(t, w, n, func(tx *store.Tx) error { return tx.QueryRow(query).Scan(&out) })
	return out
}

// change writes into the store of a node that has stopped.
func change(t *testing.T, w *World, n string, f func(tx *store.Tx) error) {
	t.Helper()
	db, err := store.Open(t.Context(), w.nodes[n].Folders.Database())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Write(t.Context(), f), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// recorded is a message that a node took from the other.
func recorded(t *testing.T, w *World, n string) string {
	return word(t, w, n, `SELECT id FROM fact WHERE kind = 'referral.accepted.1' LIMIT 1`)
}

// givenFrame is a frame that a node signed for.
func givenFrame(t *testing.T, w *World, n string) wire.Digest {
	d, err := wire.ParseDigest(word(t, w, n, `SELECT frame FROM receipt_given LIMIT 1`))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
