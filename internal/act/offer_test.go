package act_test

import (
	"errors"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// broken is an act whose rule cannot read what it needs.
type broken struct{ note }

var errBroken = errors.New("the disk is gone")

func (*broken) Decide(*store.Tx, *act.Draw) ([]journal.Fact, error) { return nil, errBroken }

// Offering an act asks its own rule, and neither does nor records anything.
func TestAnOfferIsAskedOfTheAct(t *testing.T) {
	n := probe(t, "us")
	for _, c := range []struct {
		name    string
		by      access.Actor
		cmd     act.Command
		allowed bool
		no      string
	}{
		{"as it stands", itself, &note{Text: "a", Ask: true}, true, ""},
		{"answers are missing", itself, &note{Ask: true}, true, "probe.empty"},
		{"nobody with no role", n.Person("u1", "desk"), &note{Text: "a", Ask: true}, false, "access.not_found"},
	} {
		allowed, no, err := n.Offer(t.Context(), c.by, "administration", c.cmd)
		if err != nil || allowed != c.allowed || no != c.no {
			t.Errorf("%s: allowed %v, no %q, %v", c.name, allowed, no, err)
		}
	}
	if _, _, err := n.Offer(t.Context(), itself, "administration", &broken{}); !errors.Is(err, errBroken) {
		t.Errorf("a fault is told as %v", err)
	}
	if len(texts(n)) != 0 || size(n) != 0 {
		t.Errorf("offering left %d facts", size(n))
	}
}
