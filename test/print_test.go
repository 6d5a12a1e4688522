package test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// TestAPacketIsPrinted holds that whoever may open a packet takes it as PDF and
// as a page in both languages, that each print leaves its access fact, and that
// for others there is none.
func TestAPacketIsPrinted(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	referral := w.sent(f)
	at := "/referrals/" + referral + "/versions/1/packet."
	v := w.visitor(t)
	v.signIn("kestrelle")
	v.says(v.get("/referrals/"+referral), http.StatusOK, at+"es.pdf", at+"en.html")
	facts := w.left(func() {
		for _, l := range []string{"en", "es"} {
			pdf := v.get(at + l + ".pdf")
			if pdf.status != http.StatusOK || pdf.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.text, "%PDF-") {
				t.Errorf("%s: %d %s", l, pdf.status, pdf.header)
			}
		}
		v.says(v.get(at+"es.html"), http.StatusOK, "Expediente de remisión", "art. 159-I", "sólo como indicio hasta formalizarse (CNPP 455)", "Rutilio Barragarza", "Imprimió Dana Kestrelle")
	})
	if len(facts) != 3 {
		t.Errorf("three prints left %d access facts", len(facts))
	}
	for _, a := range facts {
		if a.Verb != "view.referral.print" {
			t.Errorf("a print left %q", a.Verb)
		}
	}
	page := v.get(at + "en.html")
	v.says(page, http.StatusOK, "only as indicio", "For prosecution of this referral")
	if strings.Contains(page.text, "Palomar") {
		t.Error("a print names the witness")
	}
	for _, none := range []string{"en.doc", "fr.pdf", "pdf", "en.pdf.zip"} {
		v.says(v.get(at+none), http.StatusNotFound)
	}
	v.says(v.get("/referrals/"+referral+"/versions/2/packet.en.pdf"), http.StatusNotFound)
	w.bundled(referral)
	sheet := "/hand-overs/" + w.appointed()
	v.says(v.get(sheet), http.StatusOK, sheet+"/acta.es.pdf")
	v.says(v.get(sheet+"/acta.es.html"), http.StatusOK, "Acta de entrega-recepción", "Vale con dos firmas", "Hidalgo–Reynosa", "INM en el puente, Reynosa", "Imprimió Dana Kestrelle")
	if pdf := v.get(sheet + "/acta.en.pdf"); !strings.HasPrefix(pdf.text, "%PDF-") {
		t.Errorf("the record on paper: %d", pdf.status)
	}
	adviser := w.visitor(t)
	adviser.signIn("ravenel")
	adviser.says(adviser.get(at+"en.pdf"), http.StatusNotFound)
	adviser.says(adviser.get("/referrals/"+referral+"/versions/1/bundle"), http.StatusNotFound)
}

// descriptors are both nodes', as whoever checks offline was given them.
func (w *world) descriptors() map[string]wire.Keys {
	w.t.Helper()
	out := map[string]wire.Keys{}
	for _, n := range []string{"us", "mx"} {
		var i struct {
			Descriptor string `json:"descriptor"`
		}
		w.ok(w.as(n, people[n][0].login, wire.PurposeAdministration).Get(w.t.Context(), "descriptor", &i))
		d, err := wire.ReadDescriptor(i.Descriptor)
		w.ok(err)
		out[n] = wire.Keys{{Descriptor: d}}
	}
	return out
}

// bundled takes the packet as one file on both nodes and checks it as
// oasiss-verify does: both are whole, the sender's says who approved, who sent
// and that the other side signed for it, and a changed byte is told.
func (w *world) bundled(referral string) {
	w.t.Helper()
	nodes := w.descriptors()
	var b struct {
		Name string `json:"name"`
		ZIP  []byte `json:"zip"`
	}
	var r wire.BundleReport
	w.until(func() (err error) { // the receipt comes, and a checkpoint that the other side cosigns
		if err := w.as("us", "kestrelle", wire.PurposeProsecution).Get(w.t.Context(), "referrals/"+referral+"/versions/1/bundle", &b); err != nil {
			return err
		}
		if r, err = wire.CheckBundle(bytes.NewReader(b.ZIP), int64(len(b.ZIP)), nodes); err != nil {
			return err
		}
		if len(r.Receipts) == 0 || len(r.Acts) != 2 || len(r.Acts[1].Checkpoint.Cosignatures) == 0 {
			return errors.New("not yet received and cosigned")
		}
		return nil
	})
	if r.Items < 10 || r.Sealed != 0 || !strings.HasSuffix(b.Name, "-v1.zip") || r.Receipts[0].Outcome.Result != wire.ResultRecorded {
		w.t.Errorf("%s: %d items, %d sealed, receipt %v", b.Name, r.Items, r.Sealed, r.Receipts[0].Outcome)
	}
	if by := r.Acts[0].Message.Act.By.Name; by != "Marlow Lockridge" || len(r.Acts[0].Signatures) != 1 {
		w.t.Errorf("approved by %s, %v", by, r.Acts[0].Signatures)
	}
	if _, err := wire.CheckBundle(bytes.NewReader(b.ZIP), int64(len(b.ZIP)), map[string]wire.Keys{"mx": nodes["mx"]}); wire.CodeOf(err) != wire.CodeSignature {
		w.t.Errorf("without the sender's key: %v", err)
	}
	var there struct {
		ZIP []byte `json:"zip"`
	}
	w.until(func() error {
		return w.as("mx", "escamillar", wire.PurposeProsecution).Get(w.t.Context(), "referrals/"+referral+"/versions/1/bundle", &there)
	})
	got, err := wire.CheckBundle(bytes.NewReader(there.ZIP), int64(len(there.ZIP)), nodes)
	if err != nil || got.Items != 0 || got.Sealed != r.Items || len(got.Acts) != 1 {
		w.t.Errorf("where it was received and not signed for: %d items, %d sealed, %d acts, %v", got.Items, got.Sealed, len(got.Acts), err)
	}
}
