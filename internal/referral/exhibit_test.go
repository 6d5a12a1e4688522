package referral

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// exhibit takes a ledger of the case's suspect into custody.
func (w *world) exhibit(f file, change ...func(*evidence.Collect)) string {
	w.t.Helper()
	c := &evidence.Collect{Case: f.id, Kind: "ledger", Description: "Notebook of payments; Ocotlán is called Chayo in it", Place: "Kitchen", Person: f.suspect, When: w.us.Clock.Format(time.RFC3339),
		Basis: "search_warrant", Source: "A", Information: "1", Seal: "A-100"}
	for _, x := range change {
		x(c)
	}
	return w.us.Must(w.agent, wire.PurposeProsecution, c).Object
}

func (w *world) chain(n *acttest.Node, by access.Actor, id string) evidence.View {
	w.t.Helper()
	v, err := evidence.Show(context.Background(), n.Acts, by, wire.PurposeProsecution, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func step(id string, change ...func(*evidence.Doing)) evidence.Doing {
	d := evidence.Doing{Exhibit: id, SealRead: "A-100", Condition: "intact"}
	for _, f := range change {
		f(&d)
	}
	return d
}

// An exhibit goes in the packet with its chain; the thing itself crosses by two
// signatures, one on each node, and the chain goes on there: both nodes hold
// the same one, and each step verifies on both.
func TestCustodyGoesOnAcrossTheBorder(t *testing.T) {
	w := newWorld(t)
	f := w.theFile()
	w.screen(f)
	id := w.exhibit(f)
	referral := w.approved(f)
	give := &GiveExhibit{Doing: step(id), Referral: referral}
	w.refused(w.us, w.agent, "exhibit.not_released", give)
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: referral})
	w.Settle()
	w.refused(w.us, w.agent, "exhibit.not_open", give)
	w.mx.Must(w.mp, wire.PurposeProsecution, &SignForAnalysis{Referral: referral, Undertakes: true})
	w.Settle()
	w.inThePacket(referral, id)

	w.us.Must(w.agent, wire.PurposeProsecution, give)
	w.Settle()
	w.refused(w.us, w.super, "exhibit.other_office", &evidence.Receive{Doing: step(id)})
	w.mx.Clock = w.mx.Clock.Add(time.Hour)
	w.us.Clock = w.mx.Clock
	w.mx.Must(w.mp, wire.PurposeProsecution, &evidence.Receive{Doing: step(id, func(d *evidence.Doing) { d.Note = "Recibido en el puente" })})
	w.mx.Must(w.mp, wire.PurposeProsecution, &evidence.TakeStep{Doing: step(id), Step: "open"})
	w.mx.Must(w.mp, wire.PurposeProsecution, &evidence.TakeStep{Doing: evidence.Doing{Exhibit: id}, Step: "seal", Seal: "MX-7"})
	w.Settle()

	us, mx := w.chain(w.us, w.agent, id), w.chain(w.mx, w.mp, id)
	if len(us.Chain) != 5 || us.Custody.Holder != "mp" || us.Custody.At.Node != "mx" || len(us.Gaps) != 0 {
		t.Fatalf("the giving node has %d steps, held by %s, gaps %v", len(us.Chain), us.Custody.Holder, us.Gaps)
	}
	for i := range us.Chain {
		if us.Chain[i].Digest != mx.Chain[i].Digest || us.Chain[i].Fact != mx.Chain[i].Fact {
			t.Errorf("step %d differs between the nodes", i+1)
		}
	}
	if mx.Chain[2].Words == nil || us.Chain[2].Words != nil {
		t.Errorf("the receiver's note opens where it was written, and only there")
	}
	for n, by := range map[*acttest.Node]access.Actor{w.us: w.agent, w.mx: w.mp} {
		checked, err := evidence.Verify(context.Background(), n.Acts, by, wire.PurposeProsecution, id)
		if err != nil || len(checked) != 5 || slices.ContainsFunc(checked, func(c evidence.Checked) bool { return !c.Holds() }) {
			t.Errorf("%s: %+v, %v", n.Acts.Node, checked, err)
		}
	}

	w.mx.Must(w.mp, wire.PurposeProsecution, &GiveExhibit{Doing: step(id, func(d *evidence.Doing) { d.SealRead = "MX-7" }), Referral: referral})
	w.Settle()
	w.us.Must(w.super, wire.PurposeProsecution, &evidence.Receive{Doing: step(id, func(d *evidence.Doing) { d.SealRead = "MX-7" })})
	w.Settle()
	if us, mx := w.chain(w.us, w.agent, id), w.chain(w.mx, w.mp, id); us.Custody.Holder != "super" || mx.Custody.Holder != "super" || len(mx.Chain) != 7 || len(mx.Gaps) != 0 {
		t.Errorf("given back: held by %s and %s, %d steps, gaps %v", us.Custody.Holder, mx.Custody.Holder, len(mx.Chain), mx.Gaps)
	}
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// inThePacket fails unless the receiving side reads the exhibit with its chain,
// and no protected name in it.
func (w *world) inThePacket(referral, exhibit string) {
	w.t.Helper()
	r := w.load(w.mx, referral)
	w.mx.Read(func(tx *store.Tx) error {
		v, _, err := packet.Latest(tx, r.Packet)
		if err != nil {
			return err
		}
		opened, err := packet.Open(tx, w.mx.Ring, v)
		if err != nil {
			return err
		}
		items := opened[wire.SectionExhibits]
		if len(items) != 1 || items[0].Item.ID != exhibit {
			w.t.Fatalf("exhibits of the packet: %+v", items)
		}
		var body packet.ExhibitBody
		if err := json.Unmarshal(items[0].Body, &body); err != nil {
			return err
		}
		var custody packet.CustodyBody
		if err := json.Unmarshal(opened[wire.SectionCustody][0].Body, &custody); err != nil {
			return err
		}
		if body.Number == "" || body.CASE == "" || len(custody.Chain) != 1 || custody.Chain[0].Seal != "A-100" || body.Detail.Place != "Kitchen" {
			w.t.Errorf("got %+v, %+v", body, custody)
		}
		steps, x, err := evidence.Read([][]byte{custody.Chain[0].Message})
		if err != nil || x.ID != exhibit || steps[0].By != w.agent.User {
			w.t.Errorf("the signed message in the packet: %v, %+v", err, steps)
		}
		return nil
	})
}

// What a protected person had stays, with the reason; what a composer leaves
// out too; what speaks for a suspect goes in any case.
func TestExhibitsLeftOut(t *testing.T) {
	w := newWorld(t)
	f := w.theFile()
	w.screen(f)
	hers := w.exhibit(f, func(c *evidence.Collect) { c.Person, c.Kind = f.witness, "phone" })
	mine := w.exhibit(f)
	speaks := w.exhibit(f, func(c *evidence.Collect) { c.Exculpatory = true })
	id := w.drafted(f)
	left := func(ids ...string) *Compose {
		c := compose(id)
		c.NoneKnown, c.Exculpatory, c.LeftOut = false, packet.Words{Lang: "en", Text: "The ledger is not in his hand.", InLang: "es", Translated: "La libreta no es de su puño y letra.", Translator: "E. Marlow"}, map[string]string{}
		for _, x := range ids {
			c.LeftOut[x] = "Under analysis until Friday"
		}
		return c
	}
	w.refused(w.us, w.agent, "packet.exculpatory_travels", left(speaks))
	w.us.Must(w.agent, wire.PurposeProsecution, left(mine))
	r := w.load(w.us, id)
	got := map[string]string{}
	w.us.Read(func(tx *store.Tx) error {
		v, _, err := packet.Latest(tx, r.Packet)
		if err != nil {
			return err
		}
		opened, err := packet.Open(tx, w.us.Ring, v)
		if err != nil {
			return err
		}
		if items := opened[wire.SectionExhibits]; len(items) != 1 || items[0].Item.ID != speaks {
			t.Errorf("exhibits: %+v", items)
		}
		for _, c := range opened[wire.SectionLeftOut] {
			var o packet.OmissionBody
			if err := json.Unmarshal(c.Body, &o); err != nil {
				return err
			}
			got[o.Item] = o.Reason
		}
		return nil
	})
	if got[hers] != "leads_to_a_protected_person" || got[mine] != "Under analysis until Friday" {
		t.Errorf("left out: %v", got)
	}
}

// A chain that does not hang together, another case's, or one that was never
// released is refused by signed receipt.
func TestAForgedChainIsRefused(t *testing.T) {
	w := newWorld(t)
	f := w.theFile()
	w.screen(f)
	id := w.exhibit(f)
	w.us.Must(w.agent, wire.PurposeProsecution, &evidence.TakeStep{Doing: step(id), Step: "open"})
	w.us.Must(w.agent, wire.PurposeProsecution, &evidence.TakeStep{Doing: evidence.Doing{Exhibit: id}, Step: "seal", Seal: "A-100"})
	referral := w.approved(f)
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: referral})
	w.Settle()
	w.mx.Must(w.mp, wire.PurposeProsecution, &SignForAnalysis{Referral: referral, Undertakes: true})
	w.Settle()
	w.us.Must(w.agent, wire.PurposeProsecution, &GiveExhibit{Doing: step(id), Referral: referral})
	sent := w.us.Out[len(w.us.Out)-1].Message
	var given evidence.Given
	if err := json.Unmarshal(sent.Act.Clear, &given); err != nil {
		t.Fatal(err)
	}
	for name, forge := range map[string]func(*evidence.Given){
		"a step is missing":     func(g *evidence.Given) { g.Chain = slices.Delete(slices.Clone(g.Chain), 1, 2) },
		"in another order":      func(g *evidence.Given) { g.Chain = [][]byte{g.Chain[0], g.Chain[2], g.Chain[1]} },
		"no chain":              func(g *evidence.Given) { g.Chain = nil },
		"after another step":    func(g *evidence.Given) { g.After = wire.Digest{7} },
		"of another exhibit":    func(g *evidence.Given) { g.Exhibit = f.id },
		"to nobody's office":    func(g *evidence.Given) { g.Receiver.Office = "nowhere" },
		"not begun":             func(g *evidence.Given) { g.Chain = g.Chain[1:] },
		"to the giver's node":   func(g *evidence.Given) { g.Receiver.Node = "us" },
		"bytes that are no act": func(g *evidence.Given) { g.Chain = [][]byte{[]byte("{}"), g.Chain[1], g.Chain[2]} },
	} {
		g := given
		forge(&g)
		clear, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		a := sent.Act
		a.Clear = clear
		w.mx.Read(func(tx *store.Tx) error {
			if code, err := admitGiven(tx, wire.Message{Act: a}, g); code == "" || err != nil {
				t.Errorf("%s: code %q, %v", name, code, err)
			}
			return nil
		})
	}
	w.Settle()
	if v := w.chain(w.mx, w.mp, id); len(v.Chain) != 4 {
		t.Errorf("the true one: %d steps", len(v.Chain))
	}
}
