package test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/i18n"
	referrals "github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/wire"
)

// TestACopyOfAPacketIsAnAct holds that a packet leaves the system by an act with
// a reason and a numbered copy, that its number and whoever took it stand on it
// in both languages, and that nobody else reads it.
func TestACopyOfAPacketIsAnAct(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	referral := w.sent(f)
	desk := "/referrals/" + referral
	v := w.visitor(t)
	v.signIn("kestrelle")
	v.says(v.get(desk), http.StatusOK, "act-referral.export")
	v.says(v.post(desk+"/acts/referral.export", url.Values{"_token": {"no-reason"}, "referral": {referral}, "version": {"1"}, "as": {"printed"}}), http.StatusUnprocessableEntity, "taken for a reason of the list")
	taken := v.post(desk+"/acts/referral.export", url.Values{"_token": {"copy-1"}, "referral": {referral}, "version": {"1"}, "as": {"printed"}, "reason": {"court_filing"}})
	at := taken.path
	if !strings.HasPrefix(at, "/copies/") {
		t.Fatalf("the copy leads to %q (%d)", at, taken.status)
	}
	v.says(v.get(at), http.StatusOK, at+"/packet.es.pdf", at+"/packet.en.html", "Dana Kestrelle", "to be filed with a court")
	facts := w.left(func() {
		for _, l := range []string{"en", "es"} {
			pdf := v.get(at + "/packet." + l + ".pdf")
			if pdf.status != http.StatusOK || pdf.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.text, "%PDF-") {
				t.Errorf("%s: %d %s", l, pdf.status, pdf.header)
			}
		}
		v.says(v.get(at+"/packet.es.html"), http.StatusOK, "Expediente de remisión", "art. 159-I", "sólo como indicio hasta formalizarse (CNPP 455)", "Rutilio Barragarza", "Copia 1 del nodo us", "Dana Kestrelle", "para presentarlo ante un tribunal")
	})
	if len(facts) != 3 {
		t.Errorf("three readings left %d access facts", len(facts))
	}
	for _, a := range facts {
		if a.Verb != "view.referral.copy" {
			t.Errorf("a reading left %q", a.Verb)
		}
	}
	page := v.get(at + "/packet.en.html")
	v.says(page, http.StatusOK, "only as indicio", "For prosecution of this referral", "Copy 1 of node us")
	if strings.Contains(page.text, "Palomar") {
		t.Error("a print names the witness")
	}
	for _, none := range []string{"packet.en.doc", "packet.fr.pdf", "*", "packet.en.pdf.zip"} {
		v.says(v.get(at+"/"+none), http.StatusNotFound)
	}
	v.says(v.post(desk+"/acts/referral.export", url.Values{"_token": {"copy-none"}, "referral": {referral}, "version": {"2"}, "as": {"printed"}, "reason": {"own_file"}}), http.StatusNotFound)
	v.says(v.get(desk), http.StatusOK, "Copy 1", "to be filed with a court")
	other := w.visitor(t)
	other.signIn("lockridge")
	other.says(other.get(at), http.StatusNotFound)
	other.says(other.get(at+"/packet.en.pdf"), http.StatusNotFound)
	w.bundled(referral)
	sheet := "/hand-overs/" + w.appointed()
	v.says(v.get(sheet), http.StatusOK, sheet+"/acta.es.pdf")
	v.says(v.get(sheet+"/acta.es.html"), http.StatusOK, "Acta de entrega-recepción", i18n.T(i18n.Spanish, "handling.H0"), "Vale con dos firmas", "Hidalgo–Reynosa", "INM en el puente, Reynosa", "Imprimió Dana Kestrelle")
	if pdf := v.get(sheet + "/acta.en.pdf"); !strings.HasPrefix(pdf.text, "%PDF-") {
		t.Errorf("the record on paper: %d", pdf.status)
	}
	for _, as := range []string{"printed", "bundle"} {
		_, err := w.as("us", "ravenel", wire.PurposeProtection).Take(t.Context(), "referral.export", "", map[string]any{"referral": referral, "version": 1, "as": as, "reason": "own_file"})
		if no, is := errors.AsType[*client.Refused](err); !is || no.Code != "access.not_found" {
			t.Errorf("the adviser takes it as %s: %v", as, err)
		}
	}
}

// copyOf takes a printed copy of a packet.
func (w *world) copyOf(referral string) (fact string) {
	w.t.Helper()
	done, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(w.t.Context(), "referral.export", "", map[string]any{"referral": referral, "version": 1, "as": "printed", "reason": "own_file"})
	w.ok(err)
	return done.Facts[0]
}

// copied takes the packet out as one file, by an act, and fetches it.
func (w *world) copied(node, login, referral string) (zip []byte, name string, err error) {
	c := w.as(node, login, wire.PurposeProsecution)
	done, err := c.Take(w.t.Context(), "referral.export", "", map[string]any{"referral": referral, "version": 1, "as": "bundle", "reason": "own_file"})
	if err != nil {
		return nil, "", err
	}
	var got referrals.Copied
	if err := c.Get(w.t.Context(), "copies/"+done.Facts[0], &got); err != nil {
		return nil, "", err
	}
	from, err := c.Copied(w.t.Context(), done.Facts[0], got.Files[0].Name)
	if err != nil {
		return nil, "", err
	}
	zip, err = io.ReadAll(from)
	return zip, got.Files[0].Name, errors.Join(err, from.Close())
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
	var zip []byte
	var name string
	var r wire.BundleReport
	w.until(func() (err error) { // the receipt comes, and a checkpoint that the other side cosigns
		if zip, name, err = w.copied("us", "kestrelle", referral); err != nil {
			return err
		}
		if r, err = wire.CheckBundle(bytes.NewReader(zip), int64(len(zip)), nodes); err != nil {
			return err
		}
		if len(r.Receipts) == 0 || len(r.Acts) != 2 || len(r.Acts[1].Checkpoint.Cosignatures) == 0 {
			return errors.New("not yet received and cosigned")
		}
		return nil
	})
	if r.Items < 10 || r.Sealed != 0 || !strings.HasSuffix(name, fmt.Sprintf("-v1-%d.zip", r.List.Copy)) || r.List.Copy < 2 || r.List.Taken == "" || r.Receipts[0].Outcome.Result != wire.ResultRecorded {
		w.t.Errorf("%s: %d items, %d sealed, receipt %v", name, r.Items, r.Sealed, r.Receipts[0].Outcome)
	}
	if by := r.Acts[0].Message.Act.By.Name; by != "Marlow Lockridge" || len(r.Acts[0].Signatures) != 1 {
		w.t.Errorf("approved by %s, %v", by, r.Acts[0].Signatures)
	}
	if _, err := wire.CheckBundle(bytes.NewReader(zip), int64(len(zip)), map[string]wire.Keys{"mx": nodes["mx"]}); wire.CodeOf(err) != wire.CodeSignature {
		w.t.Errorf("without the sender's key: %v", err)
	}
	var there []byte
	w.until(func() (err error) {
		there, _, err = w.copied("mx", "escamillar", referral)
		return err
	})
	got, err := wire.CheckBundle(bytes.NewReader(there), int64(len(there)), nodes)
	if err != nil || got.Items != 0 || got.Sealed != r.Items || len(got.Acts) != 1 {
		w.t.Errorf("where it was received and not signed for: %d items, %d sealed, %d acts, %v", got.Items, got.Sealed, len(got.Acts), err)
	}
}
