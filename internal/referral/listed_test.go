package referral

import (
	"context"
	"database/sql"
	"maps"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// reader is somebody who searches a node for a purpose.
type reader struct {
	node    *acttest.Node
	by      access.Actor
	purpose string
}

// find is what a question finds for a reader, object → hit, and whether the
// reader may search at all.
func (w *world) find(x reader, q casefile.Question) (out map[string]casefile.Hit, may bool) {
	w.t.Helper()
	hits, err := casefile.Find(context.Background(), x.node.Acts, x.by, x.purpose, q, "")
	out = map[string]casefile.Hit{}
	if err != nil && !refusal.Is(err, "access.not_found") {
		w.t.Fatal(err)
	}
	for _, h := range hits.Hits {
		out[h.Object] = h
	}
	return out, err == nil
}

// pageOpens reports whether the page of something found opens to a reader.
func (w *world) pageOpens(x reader, noun, id string) bool {
	ctx := context.Background()
	var err error
	switch noun {
	case "exhibit":
		_, err = evidence.Show(ctx, x.node.Acts, x.by, x.purpose, id)
	case "referral":
		_, err = Show(ctx, x.node.Acts, x.by, x.purpose, id)
	default:
		return true
	}
	return err == nil
}

// rows are the objects and words of a node's index, as they would be found.
func (w *world) rows(n *acttest.Node) map[string]string {
	w.t.Helper()
	out := map[string]string{}
	n.Read(func(tx *store.Tx) error {
		return store.Each(tx, func(r *sql.Rows) error {
			var noun, object, of string
			var box []byte
			if err := r.Scan(&noun, &object, &of, &box); err != nil {
				return err
			}
			plain, err := n.Ring.Unbox("search/"+object, box)
			out[object] = noun + " of " + of + ": " + string(plain)
			return err
		}, `SELECT noun, object, case_id, box FROM search_row`)
	})
	return out
}

// TestTheSearchShowsWhatItsPageShows: after each act of a referral's life, on
// both nodes, whoever searches finds an exhibit or a referral exactly where its
// page opens to them for that purpose; nobody protected is found by anything,
// and the index made anew is the index that was kept.
func TestTheSearchShowsWhatItsPageShows(t *testing.T) {
	w := newWorld(t)
	usProgramme := w.us.Person("c1", "cbp-programme", access.RoleCoordinator)
	police := w.us.Person("elsewhere", "cbp-programme", access.RoleProsecutions)
	fevimtra := w.mx.Person("mp9", "fgr-fevimtra", access.RoleMP)
	var readers []reader
	for _, p := range []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeDefenceCourt} {
		for _, by := range []access.Actor{w.agent, w.super, w.attorney, w.adviser, usProgramme, police} {
			readers = append(readers, reader{w.us, by, p})
		}
		for _, by := range []access.Actor{w.mp, w.mp2, w.inm, fevimtra} {
			readers = append(readers, reader{w.mx, by, p})
		}
	}
	agent := reader{w.us, w.agent, wire.PurposeProsecution}
	insiders := []reader{agent, {w.us, w.adviser, wire.PurposeProtection}, {w.mx, w.mp, wire.PurposeProsecution}}
	f := w.theFile()
	w.screen(f)
	known := map[string]string{} // id → noun
	number := map[string]string{}
	found := map[string]int{}
	check := func(after string) {
		t.Helper()
		for id, noun := range known {
			for _, x := range readers {
				hits, may := w.find(x, casefile.Question{Words: number[id], Noun: noun})
				hit, is := hits[id]
				if opens := w.pageOpens(x, noun, id); may && opens != is {
					t.Errorf("after %s: %s %s is found by %s of %s for %s: %v; its page opens: %v", after, noun, number[id], x.by.User, x.by.Office, x.purpose, is, opens)
				}
				if is {
					found[noun+" "+x.node.Acts.Node]++
					if hit.Case != "" || hit.Number != number[id] {
						t.Errorf("%s is shown as %+v", noun, hit)
					}
				}
			}
		}
		for _, secret := range []string{"Xochiquetzal", "Palomarín", "Chayo", "Ocotlán", "Kitchen", "KPX-7781"} {
			for _, x := range insiders {
				if got, _ := w.find(x, casefile.Question{Words: secret}); len(got) > 0 {
					t.Errorf("after %s: %s finds %q: %v", after, x.by.User, secret, got)
				}
			}
		}
		for _, n := range []*acttest.Node{w.us, w.mx} {
			kept := w.rows(n)
			if err := n.DB.Write(context.Background(), func(tx *store.Tx) error { return casefile.Index(n.Ring).Rebuild(tx) }); err != nil {
				t.Fatal(err)
			}
			if again := w.rows(n); !maps.Equal(kept, again) {
				t.Errorf("after %s: the index of %s made anew is another:\n%v\n%v", after, n.Acts.Node, kept, again)
			}
		}
	}
	vehicle := w.us.Must(w.agent, wire.PurposeProsecution, &casefile.AddVehicle{Case: f.id, VehicleFields: casefile.VehicleFields{Kind: "pickup", Plate: "KVN-4471", Holder: f.suspect}}).Object
	hers := w.us.Must(w.agent, wire.PurposeProsecution, &casefile.AddVehicle{Case: f.id, VehicleFields: casefile.VehicleFields{Kind: "car", Plate: "KPX-7781", Holder: f.witness}}).Object
	ledger := w.exhibit(f)
	truck := w.exhibit(f, func(c *evidence.Collect) { c.Kind, c.Item, c.Handling, c.Seal = "vehicle", vehicle, "H2", "A-101" })
	for i, id := range []string{ledger, truck} {
		known[id], number[id] = "exhibit", "RGV-26-0001-E"+[]string{"1", "2"}[i]
	}
	check("the exhibits")
	if got, _ := w.find(agent, casefile.Question{Words: "kvn 4471", Noun: "exhibit"}); len(got) != 1 || got[truck].Label != "vehicle" {
		t.Errorf("the exhibit is not found by the plate: %v", got)
	}
	if got, _ := w.find(agent, casefile.Question{Words: "libreta", Noun: "exhibit"}); len(got) != 1 {
		t.Errorf("the exhibit is not found by its kind in Spanish: %v", got)
	}
	if got, _ := w.find(agent, casefile.Question{Noun: "exhibit", Handling: "H2"}); len(got) != 1 || got[truck].Handling != "H2" {
		t.Errorf("narrowed by its own handling code: %v", got)
	}
	w.us.Must(w.agent, wire.PurposeProsecution, &casefile.AddMember{Case: f.id, Office: "cbp-programme"})
	check("another office of the case")
	w.us.Must(w.agent, wire.PurposeProsecution, &casefile.RemoveMember{Case: f.id, Office: "cbp-programme"})
	check("its end")
	referral := w.approved(f)
	known[referral], number[referral] = "referral", "RGV-26-0001-R1"
	check("the draft")
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: referral})
	w.Settle()
	check("the sending")
	w.mx.Must(w.mp, wire.PurposeProsecution, &SignForAnalysis{Referral: referral, Undertakes: true})
	w.Settle()
	w.us.Must(w.agent, wire.PurposeProsecution, &GiveExhibit{Doing: step(ledger), Referral: referral})
	w.Settle()
	w.mx.Clock = w.mx.Clock.Add(time.Hour)
	w.us.Clock = w.mx.Clock
	w.mx.Must(w.mp, wire.PurposeProsecution, &evidence.Receive{Doing: step(ledger)})
	w.Settle()
	w.exhibit(f, func(c *evidence.Collect) { c.Kind, c.Item, c.Person, c.Seal = "vehicle", hers, "", "A-102" })
	check("the crossing")
	w.mx.Must(w.mp, wire.PurposeProsecution, &AddOffice{Referral: referral, Office: "fgr-fevimtra"})
	check("an office more there")
	w.mx.Must(w.mp, wire.PurposeProsecution, &Accept{Referral: referral})
	w.Settle()
	check("the acceptance")
	w.us.Must(w.adviser, wire.PurposeProtection, &protection.Reclassify{Case: f.id, Person: f.suspect, Reason: "forced to guide"})
	w.Settle()
	check("a suspect found to be a victim")
	if got, _ := w.find(agent, casefile.Question{Words: "kvn 4471"}); len(got) > 0 {
		t.Errorf("what a protected person holds is found by its plate: %v", got)
	}
	for _, of := range []string{"exhibit us", "exhibit mx", "referral us", "referral mx"} {
		if found[of] == 0 {
			t.Errorf("nothing was found: %s", of)
		}
	}
}
