package consular

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

// world is two nodes under one accord, with a case of the United States and a
// person in it.
type world struct {
	*acttest.Pair
	t              testing.TB
	agent, adviser access.Actor // Border Patrol, Rio Grande Valley
	consul         access.Actor // Consulate of Mexico in McAllen
	c, person      string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t}
	w.Pair, _ = accordtest.Of2008(t, func(node string) *acttest.Node {
		link := acttest.Link{Own: node}
		return acttest.New(t, node, []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, packet.Facts(link), Facts(link)},
			accord.Verbs, casefile.Verbs, protection.Verbs, Verbs)
	})
	w.agent, w.adviser = w.US.Person("agent", "usbp-rgv", access.RoleFieldAgent), w.US.Person("adviser", "usbp-rgv", access.RoleAdviser)
	w.consul = w.MX.Person("consul", "sre-mcallen", access.RoleConsular)
	w.c = w.US.Must(w.agent, wire.PurposeProsecution, &casefile.Open{Title: "Trailer at Falfurrias"}).Object
	w.person = w.add(casefile.Particulars{Given: "Itzel", Paterno: "Barragarza", Birth: "1999-05-05", Nationalities: []string{"MX"},
		Identifiers: []string{"a_number=A123456789", "consular=MX-55812"}, Contact: []string{"+1 956 555 0142"}})
	return w
}

// add puts somebody into the case.
func (w *world) add(who casefile.Particulars) string {
	w.t.Helper()
	w.Pass(time.Second)
	return w.US.Must(w.agent, wire.PurposeProsecution, &casefile.AddPerson{Case: w.c, Particulars: who, RoleFields: casefile.RoleFields{Role: "smuggled_migrant", Source: "observation"}}).Object
}

// desk takes an act of those who hold the person.
func (w *world) desk(by access.Actor, cmd act.Command) string {
	w.t.Helper()
	w.Pass(time.Second)
	return w.US.Must(by, wire.PurposeProtection, cmd).Object
}

// there takes an act of the consulate.
func (w *world) there(cmd act.Command) {
	w.t.Helper()
	w.Pass(time.Second)
	w.MX.Must(w.consul, wire.PurposeProtection, cmd)
}

func (w *world) no(by access.Actor, code string, cmd act.Command) {
	w.t.Helper()
	w.Pass(time.Second)
	n := w.US
	if by.Node == "mx" {
		n = w.MX
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
	return &Notify{Case: w.c, Person: w.person, Office: "sre-mcallen", Place: "Holding room 3, Falfurrias station", Since: w.US.Clock.Add(-time.Hour), Call: "+1 956 555 0100"}
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
	all, err := Of(context.Background(), w.US.Acts, w.adviser, wire.PurposeProtection, w.c)
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
