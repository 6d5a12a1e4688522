package test

import (
	"net/http"
	"strings"
	"testing"
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
	adviser := w.visitor(t)
	adviser.signIn("ravenel")
	adviser.says(adviser.get(at+"en.pdf"), http.StatusNotFound)
}
