package alert

import (
	"context"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/accord/accordtest"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

// world is two nodes under one accord.
type world struct {
	*acttest.Pair
	t      testing.TB
	accord string
	agent  access.Actor // Border Patrol, Rio Grande Valley
	beta   access.Actor // INM at Reynosa
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t}
	w.Pair, w.accord = accordtest.Of2008(t, func(node string) *acttest.Node {
		link := acttest.Link{Own: node}
		return acttest.New(t, node, []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, packet.Facts(link), Facts(link)}, accord.Verbs, casefile.Verbs, Verbs)
	})
	w.agent, w.beta = w.US.Person("agent", "usbp-rgv", access.RoleFieldAgent), w.MX.Person("beta", "inm-reynosa", access.RoleINM)
	return w
}

// raise says that eleven people are lost.
func (w *world) raise() string {
	w.t.Helper()
	w.Pass(time.Second)
	return w.US.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 11, Where: "Brush north of Falfurrias, by the third gate", Known: "Two children, no water since yesterday"}).Object
}

func (w *world) do(n *acttest.Node, by access.Actor, cmd act.Command) {
	w.t.Helper()
	w.Pass(time.Second)
	n.Must(by, wire.PurposeLifeAtRisk, cmd)
}

func (w *world) show(n *acttest.Node, by access.Actor, id string) View {
	w.t.Helper()
	v, err := Show(context.Background(), n.Acts, by, wire.PurposeLifeAtRisk, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}
