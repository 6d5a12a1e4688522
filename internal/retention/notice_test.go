package retention

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/accord/accordtest"
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

// consulates are a node that tells a consulate of somebody, and the consulate's.
type consulates struct {
	*acttest.Pair
	t              *testing.T
	consul, second access.Actor
}

func newConsulates(t *testing.T) *consulates {
	t.Helper()
	w := &consulates{t: t}
	w.Pair, _ = accordtest.Of2008(t, func(node string) *acttest.Node {
		link := acttest.Link{Own: node}
		return acttest.New(t, node, []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, file.Facts, evidence.Facts, packet.Facts(link), alert.Facts(link), consular.Facts(link), referral.Facts(link), Facts},
			accord.Verbs, casefile.Verbs, protection.Verbs, consular.Verbs, Verbs)
	})
	w.consul, w.second = w.MX.Person("consul", "sre-mcallen", access.RoleConsular), w.MX.Person("consul2", "sre-mcallen", access.RoleConsular)
	return w
}

// told has a national ask, and the consulate told.
func (w *consulates) told() (notice string) {
	w.t.Helper()
	agent, adviser := w.US.Person("agent", "usbp-rgv", access.RoleFieldAgent), w.US.Person("adviser", "usbp-rgv", access.RoleAdviser)
	c := w.US.Must(agent, wire.PurposeProsecution, &casefile.Open{Title: "Trailer at Falfurrias"}).Object
	w.Pass(time.Second)
	person := w.US.Must(agent, wire.PurposeProsecution, &casefile.AddPerson{Case: c, Particulars: casefile.Particulars{Given: "Itzel", Paterno: "Barragarza", Birth: "1999-05-05", Nationalities: []string{"MX"}},
		RoleFields: casefile.RoleFields{Role: "smuggled_migrant", Source: "observation"}}).Object
	answers := protection.CurrentForm().Calm()
	answers["language.consulate"] = protection.Yes
	w.US.Must(agent, wire.PurposeProtection, &protection.Screen{Case: c, Person: person, Answers: answers, Language: "es"})
	w.US.Must(agent, wire.PurposeProtection, &consular.Advise{Case: c, Person: person, Wish: consular.WishAsks, Language: "es"})
	w.Pass(time.Second)
	notice = w.US.Must(adviser, wire.PurposeProtection, &consular.Notify{Case: c, Person: person, Office: "sre-mcallen", Place: "Holding room 3, Falfurrias station", Since: w.US.Clock.Add(-time.Hour), Call: "+1 956 555 0100"}).Object
	w.Settle()
	return notice
}

// What a consulate keeps of a national has a term, which runs from what it did last,
// and goes by order of two of its people: nothing of it is found afterwards, in no
// table and by no key, while whoever sent the notice keeps it with the case.
func TestWhatAConsulateKeepsIsErased(t *testing.T) {
	w := newConsulates(t)
	id := w.told()
	plant := w.notices()[id].Plant
	w.Pass(time.Second)
	w.MX.Must(w.consul, wire.PurposeProtection, &consular.Acknowledge{Notice: id})
	w.MX.Must(w.consul, wire.PurposeProtection, &consular.Reveal{Notice: id, Reason: "Look the person up", Minutes: 10})
	w.MX.Must(w.consul, wire.PurposeProtection, &consular.Interview{Notice: id, On: w.MX.Clock, Where: "Falfurrias station", Who: "R. Ocaranza", Note: "Her mother is in Zquintalvo"})
	w.Pass(24 * time.Hour)
	task := w.MX.Must(w.consul, wire.PurposeProtection, &consular.Need{Notice: id, Need: "funeral", Note: "Ask the registry"}).Object
	w.Settle()
	r := w.notices()[id]
	if r.Class != "consular_kept" || r.State != program.KeptRunning || r.Purge.Sub(r.Started) < 3*364*24*time.Hour || !r.Started.After(w.MX.Clock.Add(-time.Hour)) {
		t.Fatalf("kept: %+v", r)
	}
	erase := &Erase{Notice: id, Ground: "retention_ended", Order: "Review 2/2031"}
	w.MX.Refused(w.consul, wire.PurposeProtection, "consular.stands", erase)
	w.MX.Must(w.consul, wire.PurposeProtection, &consular.MeetNeed{Notice: id, Task: task})
	w.MX.Refused(w.MX.Person("other", "sre-laredo", access.RoleConsular), wire.PurposeProtection, "access.not_found", erase)
	w.US.Refused(w.US.Person("adviser", "usbp-rgv", access.RoleAdviser), wire.PurposeProtection, "access.not_found", erase)
	w.Pass(3 * 366 * 24 * time.Hour)
	if r := w.notices()[id]; r.State != program.PurgeDue {
		t.Fatalf("after three years: %+v", r)
	}
	w.MX.Must(w.consul, wire.PurposeProtection, &Keep{What: program.KeptNotice, Object: id, Reason: "A claim of Zquintalvo is pending", Until: w.MX.Clock.AddDate(0, 1, 0)})
	if !strings.Contains(w.stored(), plant) || !strings.Contains(w.stored(), "funeral") {
		t.Fatal("what is looked for is not found before")
	}
	o := w.MX.Must(w.consul, wire.PurposeProtection, erase).Object
	w.MX.Refused(w.consul, wire.PurposeProtection, "access.second_person", &ConfirmErase{Order: o})
	w.MX.Must(w.second, wire.PurposeProtection, &ConfirmErase{Order: o})
	if _, err := consular.Show(context.Background(), w.MX.Acts, w.consul, wire.PurposeProtection, id); err == nil {
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
	if v, err := consular.Show(context.Background(), w.US.Acts, w.US.Person("adviser", "usbp-rgv", access.RoleAdviser), wire.PurposeProtection, id); err != nil || v.Acknowledged == nil {
		t.Errorf("whoever sent it lost it: %+v, %v", v.Notice, err)
	}
	w.MX.ReplayEqual()
	if v := w.MX.Verified(); len(v.Faults) > 0 {
		t.Errorf("the journal: %+v", v.Faults)
	}
}

// notices are the terms of what the consulate keeps, by notice.
func (w *consulates) notices() map[string]Row {
	w.t.Helper()
	v, err := List(context.Background(), w.MX.Acts, w.consul, wire.PurposeProtection, true)
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
	if err := w.MX.DB.Read(context.Background(), f); err != nil {
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
