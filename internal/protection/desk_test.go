package protection

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

// desk is a node with a case, and people at the office that holds it.
type desk struct {
	*acttest.Node
	t        *testing.T
	agent    access.Actor // records and interviews
	liaison  access.Actor
	adviser  access.Actor
	adviser2 access.Actor
	trainee  access.Actor // adviser, direct subordinate of the first
	c        string       // the case
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, Facts, tabledFacts}, casefile.Verbs, Verbs)
	n.Offices("usbp-rgv", "ofo-laredo")
	if err := Queue().Current(t.Context(), n.DB); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { waitStands(t, n) })
	k := &desk{Node: n, t: t, agent: n.Person("agent", "usbp-rgv", access.RoleFieldAgent), liaison: n.Person("liaison", "usbp-rgv", access.RoleProsecutions),
		adviser: n.Person("adviser", "usbp-rgv", access.RoleAdviser), adviser2: n.Person("adviser2", "usbp-rgv", access.RoleAdviser)}
	k.trainee = n.Subordinate(k.adviser, "trainee", "usbp-rgv", access.RoleAdviser)
	k.c = k.record(&casefile.Open{Title: "Trailer at Falfurrias"})
	return k
}

func (k *desk) record(cmd act.Command) string {
	k.t.Helper()
	k.Clock = k.Clock.Add(time.Second)
	return k.Must(k.agent, wire.PurposeProsecution, cmd).Object
}

func (k *desk) protect(by access.Actor, cmd act.Command) act.Result {
	k.t.Helper()
	k.Clock = k.Clock.Add(time.Second)
	return k.Must(by, wire.PurposeProtection, cmd)
}

func (k *desk) person(role, birth string) string {
	k.t.Helper()
	fields := casefile.RoleFields{Role: role, Source: "observation"}
	if role == "suspect" {
		fields.Function = "guide"
	}
	return k.record(&casefile.AddPerson{Case: k.c, Particulars: casefile.Particulars{Given: "Itzel", Paterno: "Barragarza", Birth: birth}, RoleFields: fields})
}

func (k *desk) assess() (f Findings) {
	k.t.Helper()
	k.Read(func(tx *store.Tx) (err error) { f, err = Assess(tx, k.c); return err })
	return f
}

func (k *desk) classOf(person string) casefile.Class {
	k.t.Helper()
	var p casefile.Person
	k.Read(func(tx *store.Tx) (err error) { p, err = casefile.LoadPerson(tx, person); return err })
	return p.Class
}

func (k *desk) nameMayGo(person string) (may bool) {
	k.t.Helper()
	k.Read(func(tx *store.Tx) (err error) { may, err = NameMayGo(tx, k.c, person); return err })
	return may
}

func (k *desk) barred(person string) (barred bool) {
	k.t.Helper()
	k.Read(func(tx *store.Tx) (err error) { barred, err = HandOverBarred(tx, k.c, person); return err })
	return barred
}

// calm are answers that shut no gate, with those of change put over them.
func calm(change map[string]string) map[string]string {
	out := CurrentForm().Calm()
	maps.Copy(out, change)
	return out
}

func (k *desk) screen(person string, change map[string]string) {
	k.t.Helper()
	k.protect(k.agent, &Screen{Case: k.c, Person: person, Answers: calm(change), Language: "es"})
}

// shutGates are the gates of a person that are shut, as everybody sees them.
func (k *desk) shutGates(person string) (out []string) {
	k.t.Helper()
	for _, g := range k.assess().Shut {
		if g.Person == person && !g.Unscreened {
			out = append(out, g.Gate)
		}
	}
	return out
}

var fear = map[string]string{"fear.fear": Yes}

// show is what a reader sees of one person's protection.
func (k *desk) show(by access.Actor, purpose, person string) PersonView {
	k.t.Helper()
	v, err := Show(context.Background(), k.Acts, by, purpose, k.c)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, p := range v.People {
		if p.Person == person {
			return p
		}
	}
	k.t.Fatalf("%s does not see the person", by.User)
	return PersonView{}
}
