package wire_test

import (
	"strings"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

func TestDescriptor(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	signed, err := wire.SignDescriptor(us.descriptor(t), us.sign)
	must(t, err)
	d, err := wire.ReadDescriptor(signed + "\n")
	must(t, err)
	if d.Node != "us" || !d.Understands("referral.sent.1") || d.Understands("referral.sent.2") {
		t.Errorf("%+v", d)
	}
	if wire.Fingerprint(signed) != wire.Fingerprint(signed+"\n") {
		t.Error("fingerprint depends on a file's last newline")
	}
	_, err = wire.SignDescriptor(us.descriptor(t), mx.sign)
	wantCode(t, err, wire.CodeSignature)
	for i := range len(signed) {
		b := []byte(signed)
		b[i] ^= 1
		if _, err := wire.ReadDescriptor(string(b)); err == nil {
			t.Fatalf("byte %d goes unnoticed", i)
		}
	}
}

func TestDescriptorRefusals(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	for name, change := range map[string]func(d *wire.Descriptor){
		"plain http":             func(d *wire.Descriptor) { d.URL = "http://us.example" },
		"address with password":  func(d *wire.Descriptor) { d.URL = "https://a:b@us.example" },
		"no Spanish name":        func(d *wire.Descriptor) { d.NameES = " " },
		"country in small":       func(d *wire.Descriptor) { d.Country = "us" },
		"another's journal":      func(d *wire.Descriptor) { d.Journal = mx.journalVkey(t) },
		"another's witness":      func(d *wire.Descriptor) { d.Witness = mx.witnessVkey(t) },
		"another installation":   func(d *wire.Descriptor) { d.Installation = "real" },
		"witness key as journal": func(d *wire.Descriptor) { d.Journal = d.Witness },
		"kinds out of order":     func(d *wire.Descriptor) { d.Kinds[0], d.Kinds[1] = d.Kinds[1], d.Kinds[0] },
		"no TLS key":             func(d *wire.Descriptor) { d.TLSKey = wire.Digest{} },
		"short seal key":         func(d *wire.Descriptor) { d.SealKey = d.SealKey[1:] },
	} {
		d := us.descriptor(t)
		change(&d)
		if _, err := wire.SignDescriptor(d, us.sign); wire.CodeOf(err) != wire.CodeMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWords: 256 words a language, told apart by their first four letters,
// written without accents, in order.
func TestWords(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		seen := map[string]bool{}
		for i := range 256 {
			w := wire.Digest{byte(i)}.Words(lang)[0]
			if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != "" || len(w) < 3 {
				t.Errorf("%s: %q", lang, w)
			}
			head := w[:min(4, len(w))]
			if seen[head] {
				t.Errorf("%s: two words begin with %q", lang, head)
			}
			seen[head] = true
		}
		if n := len(wire.Digest{}.Words(lang)); n != wire.FingerprintWords {
			t.Errorf("%d words", n)
		}
	}
}

func TestDigestHasOneSpelling(t *testing.T) {
	d := wire.Fingerprint("x")
	if got, err := wire.ParseDigest(d.String()); err != nil || got != d {
		t.Error(err)
	}
	for _, s := range []string{"", d.String()[1:], strings.ToUpper(d.String()), d.String()[:63] + "g", d.String() + "0"} {
		if _, err := wire.ParseDigest(s); err == nil {
			t.Errorf("%q is accepted", s)
		}
	}
}
