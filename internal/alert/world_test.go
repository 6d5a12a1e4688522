package alert

import (
	"context"
	"crypto/hpke"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

// world is two nodes under one accord; the test hands their messages over.
type world struct {
	t      testing.TB
	us, mx *acttest.Node
	handed map[*acttest.Node]int
	accord string
	agent  access.Actor // Border Patrol, Rio Grande Valley
	beta   access.Actor // INM at Reynosa
}

type sealLink struct {
	keys map[string]hpke.PrivateKey
	own  string
}

func (l sealLink) SealTo(_ *store.Tx, node string) (hpke.PublicKey, error) {
	return l.keys[node].PublicKey(), nil
}

func (l sealLink) OwnSeal(id string) (hpke.PrivateKey, bool) {
	k := l.keys[l.own]
	return k, wire.SealKeyID(k.PublicKey()) == id
}

func newWorld(t testing.TB) *world {
	t.Helper()
	keys := map[string]hpke.PrivateKey{}
	nodes := map[string]*acttest.Node{}
	for _, name := range []string{"us", "mx"} {
		k, err := wire.NewSealKey()
		if err != nil {
			t.Fatal(err)
		}
		keys[name] = k
		link := sealLink{keys, name}
		nodes[name] = acttest.New(t, name, []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, packet.Facts(link), Facts(link)}, accord.Verbs, casefile.Verbs, Verbs)
	}
	w := &world{t: t, us: nodes["us"], mx: nodes["mx"], handed: map[*acttest.Node]int{}}
	w.agent, w.beta = w.us.Person("agent", "usbp-rgv", access.RoleFieldAgent), w.mx.Person("beta", "inm-reynosa", access.RoleINM)
	template, _ := program.TemplateByID("accord-2008")
	doc, err := accord.Draft(template, [2]accord.Party{{Node: "us", Country: "US", Title: program.Text{En: "US", Es: "US"}}, {Node: "mx", Country: "MX", Title: program.Text{En: "MX", Es: "MX"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.accord = w.us.Must(w.us.Person("c1", "cbp-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Propose{Document: doc.YAML()}).Object
	w.settle()
	for _, id := range []string{"c1", "c2"} {
		w.us.Must(w.us.Person(id, "cbp-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Sign{Accord: w.accord})
		w.mx.Must(w.mx.Person(id, "fgr-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Sign{Accord: w.accord})
	}
	w.settle()
	w.pass(time.Minute)
	return w
}

// pass lets time go by on both nodes.
func (w *world) pass(d time.Duration) {
	w.us.Clock, w.mx.Clock = w.us.Clock.Add(d), w.mx.Clock.Add(d)
}

func (w *world) other(n *acttest.Node) *acttest.Node {
	if n == w.us {
		return w.mx
	}
	return w.us
}

// settle hands over everything until both are quiet.
func (w *world) settle() {
	w.t.Helper()
	for w.hand(w.us) || w.hand(w.mx) {
	}
}

// hand hands over the next message of a node; false when there is none.
func (w *world) hand(n *acttest.Node) bool {
	w.t.Helper()
	if w.handed[n] == len(n.Out) {
		return false
	}
	s := n.Out[w.handed[n]]
	w.handed[n]++
	if _, code := w.other(n).Deliver(n.Acts.Node, s.Message); code != "" {
		w.t.Fatalf("%s refuses %s: %s", w.other(n).Acts.Node, s.Message.Act.Kind, code)
	}
	return true
}

// raise says that eleven people are lost.
func (w *world) raise() string {
	w.t.Helper()
	w.pass(time.Second)
	return w.us.Must(w.agent, wire.PurposeLifeAtRisk, &Raise{Danger: "lost", Region: "usbp:RGV", Number: 11, Where: "Brush north of Falfurrias, by the third gate", Known: "Two children, no water since yesterday"}).Object
}

func (w *world) do(n *acttest.Node, by access.Actor, cmd act.Command) {
	w.t.Helper()
	w.pass(time.Second)
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
