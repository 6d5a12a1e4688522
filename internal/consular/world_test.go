package consular

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

// world is two nodes under one accord, with a case of the United States and a
// person in it; the test hands messages over.
type world struct {
	t              testing.TB
	us, mx         *acttest.Node
	handed         map[*acttest.Node]int
	accord         string
	agent, adviser access.Actor // Border Patrol, Rio Grande Valley
	consul         access.Actor // Consulate of Mexico in McAllen
	c, person      string
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
	for _, name := range []string{"us", "mx"} {
		k, err := wire.NewSealKey()
		if err != nil {
			t.Fatal(err)
		}
		keys[name] = k
	}
	nodes := map[string]*acttest.Node{}
	for name := range keys {
		link := sealLink{keys, name}
		nodes[name] = acttest.New(t, name, []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, packet.Facts(link), Facts(link)},
			accord.Verbs, casefile.Verbs, protection.Verbs, Verbs)
	}
	w := &world{t: t, us: nodes["us"], mx: nodes["mx"], handed: map[*acttest.Node]int{}}
	w.agent, w.adviser = w.us.Person("agent", "usbp-rgv", access.RoleFieldAgent), w.us.Person("adviser", "usbp-rgv", access.RoleAdviser)
	w.consul = w.mx.Person("consul", "sre-mcallen", access.RoleConsular)
	w.agree()
	w.c = w.us.Must(w.agent, wire.PurposeProsecution, &casefile.Open{Title: "Trailer at Falfurrias"}).Object
	w.person = w.add(casefile.Particulars{Given: "Itzel", Paterno: "Barragarza", Birth: "1999-05-05", Nationalities: []string{"MX"},
		Identifiers: []string{"a_number=A123456789", "consular=MX-55812"}, Contact: []string{"+1 956 555 0142"}})
	return w
}

// agree signs the accord of 2008 on both sides.
func (w *world) agree() {
	w.t.Helper()
	template, _ := program.TemplateByID("accord-2008")
	doc, err := accord.Draft(template, [2]accord.Party{{Node: "us", Country: "US", Title: program.Text{En: "US", Es: "US"}}, {Node: "mx", Country: "MX", Title: program.Text{En: "MX", Es: "MX"}}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.accord = w.us.Must(w.us.Person("c1", "cbp-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Propose{Document: doc.YAML()}).Object
	w.settle()
	for _, id := range []string{"c1", "c2"} {
		w.us.Must(w.us.Person(id, "cbp-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Sign{Accord: w.accord})
		w.mx.Must(w.mx.Person(id, "fgr-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Sign{Accord: w.accord})
	}
	w.settle()
	w.pass(time.Minute)
}

// add puts somebody into the case.
func (w *world) add(who casefile.Particulars) string {
	w.t.Helper()
	w.pass(time.Second)
	return w.us.Must(w.agent, wire.PurposeProsecution, &casefile.AddPerson{Case: w.c, Particulars: who, RoleFields: casefile.RoleFields{Role: "smuggled_migrant", Source: "observation"}}).Object
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
	w.deliver(n, s)
	return true
}

func (w *world) deliver(n *acttest.Node, s acttest.Sent) {
	w.t.Helper()
	if _, code := w.other(n).Deliver(n.Acts.Node, s.Message); code != "" {
		w.t.Fatalf("%s refuses %s: %s", w.other(n).Acts.Node, s.Message.Act.Kind, code)
	}
}

// desk takes an act of those who hold the person.
func (w *world) desk(by access.Actor, cmd act.Command) string {
	w.t.Helper()
	w.pass(time.Second)
	return w.us.Must(by, wire.PurposeProtection, cmd).Object
}

// there takes an act of the consulate.
func (w *world) there(cmd act.Command) {
	w.t.Helper()
	w.pass(time.Second)
	w.mx.Must(w.consul, wire.PurposeProtection, cmd)
}

func (w *world) no(by access.Actor, code string, cmd act.Command) {
	w.t.Helper()
	w.pass(time.Second)
	n := w.us
	if by.Node == "mx" {
		n = w.mx
	}
	n.Refused(by, wire.PurposeProtection, code, cmd)
}

// answers are a screening that shuts no gate, with some answers of its own.
func answers(own ...string) map[string]string {
	out := protection.CurrentForm().Calm()
	for i := 0; i < len(own); i += 2 {
		out[own[i]] = own[i+1]
	}
	return out
}

// screened asks a person; who asks for the consulate says so.
func (w *world) screened(person string, own ...string) {
	w.t.Helper()
	w.desk(w.agent, &protection.Screen{Case: w.c, Person: person, Answers: answers(own...), Language: "es"})
}

func (w *world) advised(person, wish string) {
	w.t.Helper()
	w.desk(w.agent, &Advise{Case: w.c, Person: person, Wish: wish, Language: "es"})
}

func (w *world) notice() *Notify {
	return &Notify{Case: w.c, Person: w.person, Office: "sre-mcallen", Place: "Holding room 3, Falfurrias station", Since: w.us.Clock.Add(-time.Hour), Call: "+1 956 555 0100"}
}

// told has the person asked, told of the right, and the consulate told.
func (w *world) told() string {
	w.t.Helper()
	w.screened(w.person, "language.consulate", protection.Yes)
	w.advised(w.person, WishAsks)
	return w.desk(w.adviser, w.notice())
}

func (w *world) show(n *acttest.Node, by access.Actor, id string) Shown {
	w.t.Helper()
	v, err := Show(context.Background(), n.Acts, by, wire.PurposeProtection, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *world) state(person string) State {
	w.t.Helper()
	all, err := Of(context.Background(), w.us.Acts, w.adviser, wire.PurposeProtection, w.c)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range all {
		if s.Person == person {
			return s
		}
	}
	w.t.Fatalf("the desk does not see %s", person)
	return State{}
}
