package retention

import (
	"context"
	"crypto/hpke"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

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

// consulates are a node that tells a consulate of somebody, and the consulate's.
type consulates struct {
	t              *testing.T
	us, mx         *acttest.Node
	handed         map[*acttest.Node]int
	consul, second access.Actor
}

func newConsulates(t *testing.T) *consulates {
	t.Helper()
	keys := map[string]hpke.PrivateKey{}
	for _, name := range []string{"us", "mx"} {
		k, err := wire.NewSealKey()
		if err != nil {
			t.Fatal(err)
		}
		keys[name] = k
	}
	w := &consulates{t: t, handed: map[*acttest.Node]int{}}
	made := map[string]*acttest.Node{}
	for name := range keys {
		link := sealLink{keys, name}
		made[name] = acttest.New(t, name, []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, file.Facts, evidence.Facts, packet.Facts(link), alert.Facts(link), consular.Facts(link), referral.Facts(link), Facts},
			accord.Verbs, casefile.Verbs, protection.Verbs, consular.Verbs, Verbs)
	}
	w.us, w.mx = made["us"], made["mx"]
	w.consul, w.second = w.mx.Person("consul", "sre-mcallen", access.RoleConsular), w.mx.Person("consul2", "sre-mcallen", access.RoleConsular)
	template, _ := program.TemplateByID("accord-2008")
	doc, err := accord.Draft(template, [2]accord.Party{{Node: "us", Country: "US", Title: program.Text{En: "US", Es: "US"}}, {Node: "mx", Country: "MX", Title: program.Text{En: "MX", Es: "MX"}}})
	if err != nil {
		t.Fatal(err)
	}
	id := w.us.Must(w.us.Person("c1", "cbp-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Propose{Document: doc.YAML()}).Object
	w.settle()
	for _, who := range []string{"c1", "c2"} {
		w.us.Must(w.us.Person(who, "cbp-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Sign{Accord: id})
		w.mx.Must(w.mx.Person(who, "fgr-programme", access.RoleCoordinator), wire.PurposeOversight, &accord.Sign{Accord: id})
	}
	w.settle()
	w.pass(time.Minute)
	return w
}

func (w *consulates) pass(d time.Duration) {
	w.us.Clock, w.mx.Clock = w.us.Clock.Add(d), w.mx.Clock.Add(d)
}

// settle hands over everything until both are quiet.
func (w *consulates) settle() {
	w.t.Helper()
	for quiet := false; !quiet; {
		quiet = true
		for from, to := range map[*acttest.Node]*acttest.Node{w.us: w.mx, w.mx: w.us} {
			for ; w.handed[from] < len(from.Out); w.handed[from]++ {
				quiet = false
				m := from.Out[w.handed[from]].Message
				if _, code := to.Deliver(from.Acts.Node, m); code != "" {
					w.t.Fatalf("%s is refused: %s", m.Act.Kind, code)
				}
			}
		}
	}
}

// told has a national ask, and the consulate told.
func (w *consulates) told() (notice string) {
	w.t.Helper()
	agent, adviser := w.us.Person("agent", "usbp-rgv", access.RoleFieldAgent), w.us.Person("adviser", "usbp-rgv", access.RoleAdviser)
	c := w.us.Must(agent, wire.PurposeProsecution, &casefile.Open{Title: "Trailer at Falfurrias"}).Object
	w.pass(time.Second)
	person := w.us.Must(agent, wire.PurposeProsecution, &casefile.AddPerson{Case: c, Particulars: casefile.Particulars{Given: "Itzel", Paterno: "Barragarza", Birth: "1999-05-05", Nationalities: []string{"MX"}},
		RoleFields: casefile.RoleFields{Role: "smuggled_migrant", Source: "observation"}}).Object
	answers := protection.CurrentForm().Calm()
	answers["language.consulate"] = protection.Yes
	w.us.Must(agent, wire.PurposeProtection, &protection.Screen{Case: c, Person: person, Answers: answers, Language: "es"})
	w.us.Must(agent, wire.PurposeProtection, &consular.Advise{Case: c, Person: person, Wish: consular.WishAsks, Language: "es"})
	w.pass(time.Second)
	notice = w.us.Must(adviser, wire.PurposeProtection, &consular.Notify{Case: c, Person: person, Office: "sre-mcallen", Place: "Holding room 3, Falfurrias station", Since: w.us.Clock.Add(-time.Hour), Call: "+1 956 555 0100"}).Object
	w.settle()
	return notice
}

// What a consulate keeps of a national has a term, which runs from what it did last,
// and goes by order of two of its people: nothing of it is found afterwards, in no
// table and by no key, while whoever sent the notice keeps it with the case.
func TestWhatAConsulateKeepsIsErased(t *testing.T) {
	w := newConsulates(t)
	id := w.told()
	plant := w.notices()[id].Plant
	w.pass(time.Second)
	w.mx.Must(w.consul, wire.PurposeProtection, &consular.Acknowledge{Notice: id})
	w.mx.Must(w.consul, wire.PurposeProtection, &consular.Reveal{Notice: id, Reason: "Look the person up", Minutes: 10})
	w.mx.Must(w.consul, wire.PurposeProtection, &consular.Interview{Notice: id, On: w.mx.Clock, Where: "Falfurrias station", Who: "R. Ocaranza", Note: "Her mother is in Zquintalvo"})
	w.pass(24 * time.Hour)
	task := w.mx.Must(w.consul, wire.PurposeProtection, &consular.Need{Notice: id, Need: "funeral", Note: "Ask the registry"}).Object
	w.settle()
	r := w.notices()[id]
	if r.Class != "consular_kept" || r.State != program.KeptRunning || r.Purge.Sub(r.Started) < 3*364*24*time.Hour || !r.Started.After(w.mx.Clock.Add(-time.Hour)) {
		t.Fatalf("kept: %+v", r)
	}
	erase := &Erase{Notice: id, Ground: "retention_ended", Order: "Review 2/2031"}
	w.mx.Refused(w.consul, wire.PurposeProtection, "consular.stands", erase)
	w.mx.Must(w.consul, wire.PurposeProtection, &consular.MeetNeed{Notice: id, Task: task})
	w.mx.Refused(w.mx.Person("other", "sre-laredo", access.RoleConsular), wire.PurposeProtection, "access.not_found", erase)
	w.us.Refused(w.us.Person("adviser", "usbp-rgv", access.RoleAdviser), wire.PurposeProtection, "access.not_found", erase)
	w.pass(3 * 366 * 24 * time.Hour)
	if r := w.notices()[id]; r.State != program.PurgeDue {
		t.Fatalf("after three years: %+v", r)
	}
	w.mx.Must(w.consul, wire.PurposeProtection, &Keep{What: program.KeptNotice, Object: id, Reason: "A claim of Zquintalvo is pending", Until: w.mx.Clock.AddDate(0, 1, 0)})
	if !strings.Contains(w.stored(), plant) || !strings.Contains(w.stored(), "funeral") {
		t.Fatal("what is looked for is not found before")
	}
	o := w.mx.Must(w.consul, wire.PurposeProtection, erase).Object
	w.mx.Refused(w.consul, wire.PurposeProtection, "access.second_person", &ConfirmErase{Order: o})
	w.mx.Must(w.second, wire.PurposeProtection, &ConfirmErase{Order: o})
	if _, err := consular.Show(context.Background(), w.mx.Acts, w.consul, wire.PurposeProtection, id); err == nil {
		t.Error("the notice is shown")
	}
	if rows := w.notices(); len(rows) != 0 {
		t.Errorf("it still has a term: %+v", rows)
	}
	for _, word := range []string{plant, "funeral", "Falfurrias", "Barragarza"} {
		if strings.Contains(w.stored(), word) {
			t.Errorf("%s is found", word)
		}
	}
	var keys int
	w.read(func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM sealkey WHERE destroyed IS NULL AND subject IN ($1, $2)`, "consular/"+id, "consulate/"+id).Scan(&keys)
	})
	if keys != 0 {
		t.Errorf("%d keys are left", keys)
	}
	if v, err := consular.Show(context.Background(), w.us.Acts, w.us.Person("adviser", "usbp-rgv", access.RoleAdviser), wire.PurposeProtection, id); err != nil || v.Acknowledged == nil {
		t.Errorf("whoever sent it lost it: %+v, %v", v.Notice, err)
	}
	w.mx.ReplayEqual()
	if v := w.mx.Verified(); len(v.Faults) > 0 {
		t.Errorf("the journal: %+v", v.Faults)
	}
}

// notices are the terms of what the consulate keeps, by notice.
func (w *consulates) notices() map[string]Row {
	w.t.Helper()
	v, err := List(context.Background(), w.mx.Acts, w.consul, wire.PurposeProtection, true)
	if err != nil {
		w.t.Fatal(err)
	}
	out := map[string]Row{}
	for _, r := range v.Rows {
		if r.What == program.KeptNotice {
			out[r.Object] = r
		}
	}
	return out
}

func (w *consulates) read(f func(*store.Tx) error) {
	w.t.Helper()
	if err := w.mx.DB.Read(context.Background(), f); err != nil {
		w.t.Fatal(err)
	}
}

// stored is all that the consulate's node stores of notices and of what happened,
// in clear, but for the search's own files.
func (w *consulates) stored() string {
	w.t.Helper()
	var out strings.Builder
	w.read(func(tx *store.Tx) error {
		for _, q := range []string{`SELECT doc FROM consular_notice`, `SELECT doc FROM consular_file`, `SELECT bytes FROM body`} {
			err := store.Each(tx, func(rows *sql.Rows) error {
				var text []byte
				err := rows.Scan(&text)
				out.Write(text)
				return err
			}, q)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return out.String()
}
