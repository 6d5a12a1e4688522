package referral

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// readCopy is a copy as it was read by somebody: its list, and the bytes of one
// file of it.
type readCopy struct {
	Copied
	content []byte
}

// copied reads a copy as somebody, for a purpose; the file that is named, or the
// list alone.
func copied(n *acttest.Node, by access.Actor, purpose, fact, name string) (out readCopy, err error) {
	if out.Copied, err = ShowCopy(context.Background(), n.Acts, by, purpose, fact); err != nil || name == "" {
		return out, err
	}
	if name == "*" {
		name = out.Files[0].Name
	}
	c, err := OpenCopy(context.Background(), n.Acts, nil, by, purpose, fact, name)
	if err != nil {
		return out, err
	}
	var b bytes.Buffer
	err = c.Write(&b)
	out.content = b.Bytes()
	return out, err
}

// TestACopyIsTakenByAnAct: a copy has a reason and a number of its own; whoever
// took it reads it, for that purpose, for an hour, and nobody else does.
func TestACopyIsTakenByAnAct(t *testing.T) {
	w := newWorld(t)
	_, id := w.sent()
	take := func(as, reason string) *Export { return &Export{Referral: id, Version: 1, As: as, Reason: reason} }
	w.refused(w.us, w.agent, "export.reason", take(packet.CopyPrinted, "curiosity"))
	w.refused(w.us, w.agent, "packet.copy_form", take("photograph", casefile.ForOwnFile))
	w.refused(w.us, w.agent, "access.not_found", &Export{Referral: id, Version: 7, As: packet.CopyPrinted, Reason: casefile.ForOwnFile})
	w.refused(w.us, w.agent, "packet.copy_act", &Export{Referral: id, Version: 1, As: packet.CopyLetter, Reason: casefile.ForOwnFile, Act: "nothing"})
	w.us.Refused(w.adviser, wire.PurposeProtection, "access.not_found", take(packet.CopyPrinted, casefile.ForOwnFile))
	first := w.us.Must(w.agent, wire.PurposeProsecution, take(packet.CopyPrinted, casefile.ForCourt)).Facts[0]
	second := w.us.Must(w.super, wire.PurposeProsecution, take(packet.CopyReceipt, casefile.ForOwnFile)).Facts[0]
	for _, c := range []struct {
		by   access.Actor
		fact string
		n    int
		file string
	}{{w.agent, first, 1, "packet.es.html"}, {w.super, second, 2, "receipt.en.html"}} {
		got, err := copied(w.us, c.by, wire.PurposeProsecution, c.fact, c.file)
		if err != nil || got.N != c.n || len(got.Files) != 4 {
			t.Fatalf("copy %d: %+v, %v", c.n, got.Copy, err)
		}
		if !bytes.Contains(got.content, []byte(c.by.Name)) {
			t.Errorf("copy %d: %s has not the name of who took it", c.n, c.file)
		}
	}
	for name, try := range map[string]func() (readCopy, error){
		"somebody else":   func() (readCopy, error) { return copied(w.us, w.super, wire.PurposeProsecution, first, "*") },
		"another purpose": func() (readCopy, error) { return copied(w.us, w.agent, wire.PurposeDefenceCourt, first, "*") },
		"no such file": func() (readCopy, error) {
			return copied(w.us, w.agent, wire.PurposeProsecution, first, "packet.fr.pdf")
		},
		"no such copy": func() (readCopy, error) { return copied(w.us, w.agent, wire.PurposeProsecution, id, "*") },
	} {
		if _, err := try(); !refusal.Is(err, "access.not_found") {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.us.Clock = w.us.Clock.Add(act.Readable + time.Minute)
	if _, err := copied(w.us, w.agent, wire.PurposeProsecution, first, ""); !refusal.Is(err, "export.over") {
		t.Errorf("after an hour: %v", err)
	}
	w.us.ReplayEqual()
}

// TestALetterOfEachStep: every step that crossed prints as an official letter on
// both nodes; its words are there for whoever may read them.
func TestALetterOfEachStep(t *testing.T) {
	w := newWorld(t)
	_, id := w.sent()
	w.mx.Must(w.mp, wire.PurposeProsecution, &SignForAnalysis{Referral: id, Undertakes: true})
	w.Settle()
	asked := w.ask(id, 3)
	w.Settle()
	for n, by := range map[*acttest.Node]access.Actor{w.us: w.agent, w.mx: w.mp} {
		for _, a := range w.load(n, id).Acts {
			if a.Nth == 0 {
				continue
			}
			fact := n.Must(by, wire.PurposeProsecution, &Export{Referral: id, Version: 1, As: packet.CopyLetter, Reason: casefile.ForOwnFile, Act: a.Fact}).Facts[0]
			got, err := copied(n, by, wire.PurposeProsecution, fact, "oficio.es.html")
			if err != nil {
				t.Fatalf("%s on %s: %v", a.Step, n.Acts.Node, err)
			}
			page := string(got.content)
			if !strings.Contains(page, "Oficio") || !strings.Contains(page, a.Name) {
				t.Errorf("%s on %s reads\n%s", a.Step, n.Acts.Node, page)
			}
			if a.Fact == asked && (!strings.Contains(page, "Where was the fee paid?") || !strings.Contains(page, "sobre la versión 1, página 3")) {
				t.Errorf("the request on %s reads\n%s", n.Acts.Node, page)
			}
		}
	}
}

// ask asks for information about the first fact and the first element, naming a page.
func (w *world) ask(id string, page int) (fact string) {
	w.t.Helper()
	var element string
	r := w.load(w.mx, id)
	w.mx.Read(func(tx *store.Tx) error {
		all, err := r.elements(tx)
		if err == nil {
			element = all[0]
		}
		return err
	})
	return w.mx.Must(w.mp, wire.PurposeProsecution, &RequestInformation{Referral: id, Item: "facts", Element: element, Question: "Where was the fee paid?", Page: page}).Facts[0]
}

// TestTheDisclosureReceipt: what was released, received and opened comes back,
// with the office and the time, tier by tier.
func TestTheDisclosureReceipt(t *testing.T) {
	w := newWorld(t)
	_, id := w.sent()
	receipt := func() map[string]Opened {
		out := map[string]Opened{}
		r := w.load(w.us, id)
		w.us.Read(func(tx *store.Tx) error {
			tiers, err := r.disclosed(tx)
			for _, o := range tiers {
				out[o.Tier] = o
			}
			return err
		})
		return out
	}
	if got := receipt(); got[wire.TierNotice].Released.IsZero() || got[wire.TierNotice].By != nil || !got[wire.TierAnalysis].Released.IsZero() {
		t.Errorf("after sending: %+v", got)
	}
	w.mx.Must(w.mp, wire.PurposeProsecution, &OpenNotice{Referral: id})
	w.mx.Must(w.mp, wire.PurposeProsecution, &SignForAnalysis{Referral: id, Undertakes: true})
	w.Settle()
	got := receipt()
	if by := got[wire.TierNotice].By; by == nil || by.Office != "fgr-tamps" {
		t.Errorf("the notice: %+v", got[wire.TierNotice])
	}
	if a := got[wire.TierAnalysis]; a.Released.IsZero() || a.By == nil || a.By.Name != w.mp.Name || len(a.Fields) == 0 {
		t.Errorf("the analysis: %+v", a)
	}
	if r := got[wire.TierReleased]; !r.Released.IsZero() || r.By != nil {
		t.Errorf("nothing was released: %+v", r)
	}
	w.refused(w.mx, w.mp, "referral.identities_sealed", &OpenIdentities{Referral: id})
}

// TestUseInCourtTakesConsent: what came under H1 is filed with no court until
// its originator consents; the task to ask stands open from its arrival (R16).
func TestUseInCourtTakesConsent(t *testing.T) {
	w := newWorld(t)
	id := w.marked("H1")
	r := w.load(w.mx, id)
	w.mx.Read(func(tx *store.Tx) error {
		task, err := r.courtTask(tx)
		if err == nil && (task == nil || task.Due.Sub(task.Since) != courtTerm) {
			t.Errorf("the task: %+v", task)
		}
		return err
	})
	file := func(reason string) *Export {
		return &Export{Referral: id, Version: 1, As: packet.CopyPrinted, Reason: reason}
	}
	w.refused(w.mx, w.mp, "referral.court_needs_consent", file(casefile.ForCourt))
	w.mx.Must(w.mp, wire.PurposeProsecution, file(casefile.ForOwnFile))
	w.mx.Must(w.mp, wire.PurposeDefenceCourt, file(casefile.ForCourt)) // no mark overrides the defence
	w.us.Must(w.agent, wire.PurposeProsecution, file(casefile.ForCourt))
	w.refused(w.mx, w.mp, "referral.court_missing", &AskCourt{Referral: id, Reason: "The fee"})
	w.refused(w.us, w.agent, "access.not_yours", &AskCourt{Referral: id, Court: "x", Reason: "The fee"})
	ask := w.mx.Must(w.mp, wire.PurposeProsecution, &AskCourt{Referral: id, Court: "Juzgado Segundo de Distrito, Reynosa", Reason: "The fee"}).Facts[0]
	w.Settle()
	w.refused(w.mx, w.mp, "referral.court_needs_consent", file(casefile.ForCourt))
	w.us.Must(w.agent, wire.PurposeProsecution, &AnswerCourt{Referral: id, Ask: ask, Granted: true, Until: w.us.Clock.Add(48 * time.Hour)})
	w.Settle()
	w.mx.Must(w.mp, wire.PurposeProsecution, file(casefile.ForCourt))
	w.us.Must(w.agent, wire.PurposeProsecution, &AnswerCourt{Referral: id, Ask: ask}) // taken back
	w.Settle()
	w.refused(w.mx, w.mp, "referral.court_needs_consent", file(casefile.ForCourt))
	w.us.ReplayEqual()
	w.mx.ReplayEqual()
}

// TestOnwardCopiesTakeConsent: what came under H2 is copied for one's own file,
// and for nothing further.
func TestOnwardCopiesTakeConsent(t *testing.T) {
	w := newWorld(t)
	id := w.marked("H2")
	w.mx.Must(w.mp, wire.PurposeProsecution, &Export{Referral: id, Version: 1, As: packet.CopyPrinted, Reason: casefile.ForOwnFile})
	w.refused(w.mx, w.mp, "access.not_yours", &Export{Referral: id, Version: 1, As: packet.CopyPrinted, Reason: casefile.ForAssistance})
	w.us.Must(w.agent, wire.PurposeProsecution, &Export{Referral: id, Version: 1, As: packet.CopyPrinted, Reason: casefile.ForAssistance})
}

// marked sends a referral of a case under a handling code and has it signed for.
func (w *world) marked(handling string) string {
	w.t.Helper()
	must := func(cmd act.Command) string {
		w.t.Helper()
		return w.us.Must(w.agent, wire.PurposeProsecution, cmd).Object
	}
	c := must(&casefile.Open{Title: "Anzalduas, seven on foot", Handling: handling})
	must(&casefile.AddMember{Case: c, Office: "usao-sdtx"})
	facts := acttest.Start.Add(-40 * time.Hour)
	f := filled(must, c, facts)
	w.charge(f, "mx-lm-159-i", facts.Format(time.DateOnly), "smuggling_purpose="+f.statement, "led_abroad="+f.statement, "profit="+f.fee)
	w.screen(f)
	id := w.approved(f)
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: id})
	w.Settle()
	w.mx.Must(w.mp, wire.PurposeProsecution, &SignForAnalysis{Referral: id, Undertakes: true})
	w.Settle()
	return id
}
