package alert

import (
	"context"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/wire"
)

// TestAnAlertIsFoundByWhatItSaysInClear: by the danger and the region, in either
// language, on both nodes, by the offices of its corridor and for a life at risk
// alone; by nothing of what was written of it, and over once it is over.
func TestAnAlertIsFoundByWhatItSaysInClear(t *testing.T) {
	w := newWorld(t)
	id := w.raise()
	w.Settle()
	agent := w.US.Person("liaison", "usbp-rgv", access.RoleProsecutions)
	find := func(n *acttest.Node, by access.Actor, purpose string, q casefile.Question) []casefile.Hit {
		t.Helper()
		hits, err := casefile.Find(context.Background(), n.Acts, by, purpose, q, "")
		if err != nil {
			t.Fatal(err)
		}
		return hits.Hits
	}
	lives := wire.PurposeLifeAtRisk
	for _, words := range []string{"lost", "extraviad", "grande", ""} {
		got := find(w.US, agent, lives, casefile.Question{Words: words, Noun: "alert"})
		if len(got) != 1 || got[0].Object != id || got[0].Case != "" {
			t.Errorf("%q finds %+v", words, got)
		}
	}
	if got := find(w.US, agent, lives, casefile.Question{Words: "lost", Status: casefile.StatusClosed}); len(got) > 0 {
		t.Errorf("it stands, and is found as over: %+v", got)
	}
	for _, secret := range []string{"Falfurrias", "brush", "gate", "children", "water"} {
		if got := find(w.US, agent, lives, casefile.Question{Words: secret}); len(got) > 0 {
			t.Errorf("%q finds %+v", secret, got)
		}
	}
	if got := find(w.US, agent, wire.PurposeProsecution, casefile.Question{Words: "lost"}); len(got) > 0 {
		t.Errorf("found for a prosecution: %+v", got)
	}
	if got := find(w.US, w.US.Person("laredo", "usbp-laredo", access.RoleProsecutions), lives, casefile.Question{Words: "lost"}); len(got) > 0 {
		t.Errorf("found by an office that does not hear of it: %+v", got)
	}
	if got := find(w.MX, w.MX.Person("mp", "fgr-tamps", access.RoleMP), lives, casefile.Question{Noun: "alert"}); len(got) != 1 {
		t.Errorf("the other side's offices of the corridor find %+v", got)
	}
	w.US.Must(w.agent, lives, &End{Alert: id, Rescued: 11})
	w.Settle()
	if got := find(w.US, agent, lives, casefile.Question{Words: "lost", Status: casefile.StatusClosed}); len(got) != 1 {
		t.Errorf("over, and not found as over: %+v", got)
	}
}
