package test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/wire"
)

// TestExhibitsGoWithTheBundle: a packet taken out as one file holds the files of
// its exhibits, byte for byte, on both nodes; before a file has come the bundle
// there says so with its digest, and what was left out is in none. Each is the
// one that its step of custody names, and a byte changed in it is told.
func TestExhibitsGoWithTheBundle(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	photo := make([]byte, wire.ChunkSize+4711)
	rand.NewChaCha8([32]byte{9}).Read(photo) //nolint:errcheck // never fails
	copy(photo, "\x89PNG\r\n\x1a\n")
	scan, other := w.put(f, "ledger page 1.png", "", photo), w.put(f, "another house.png", "", []byte("\x89PNG\r\n\x1a\nother"))
	face := w.put(f, "her face.png", f.witness, []byte("\x89PNG\r\n\x1a\nface"))
	collect := func(file, description string) {
		w.take("us", "kestrelle", wire.PurposeProsecution, "exhibit.collect", map[string]any{"case": f.id, "kind": "photograph", "description": description, "file": file,
			"when": time.Now().Add(-time.Hour).Format(time.RFC3339), "place": "Kitchen, second drawer", "basis": "search_warrant", "source": "A", "information": "1", "seal": "A-100"})
	}
	collect(scan, "First page of a ledger")
	collect(other, "Another house")
	collect(face, "One of the seven, by the river")
	w.leaves = map[string]string{other: "belongs to another case"}
	referral := w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	nodes := w.descriptors()
	look := func(node, login string, ready func(r wire.BundleReport) bool) (zip []byte, r wire.BundleReport) {
		w.until(func() (err error) {
			if zip, _, err = w.copied(node, login, referral); err != nil {
				return err
			}
			if r, err = wire.CheckBundle(bytes.NewReader(zip), int64(len(zip)), nodes); err == nil && !ready(r) {
				err = fmt.Errorf("not yet: %+v", r.Exhibits)
			}
			return err
		})
		return zip, r
	}
	one := func(r wire.BundleReport) bool { return len(r.Exhibits) == 1 }
	here, r := look("us", "kestrelle", one)
	if x := r.Exhibits[0]; x.Name == "" || x.Digest != sha256.Sum256(photo) || x.Step != 1 || !strings.HasSuffix(x.Name, ".png") || !strings.HasSuffix(x.Number, "E1") {
		t.Fatalf("here: %+v", x)
	}
	if got := unzipped(t, here, r.Exhibits[0].Name); !bytes.Equal(got, photo) {
		t.Errorf("here: %d bytes of %d", len(got), len(photo))
	}
	_, r = look("mx", "escamillar", one)
	if x := r.Exhibits[0]; x.Name != "" || x.Absent.Why != wire.AbsentNotHere || x.Absent.Node != "us" || x.Digest != sha256.Sum256(photo) {
		t.Errorf("there, before it was sent: %+v", x)
	}
	w.take("us", "kestrelle", wire.PurposeProsecution, "referral.send_file", map[string]any{"referral": referral, "file": scan})
	there, r := look("mx", "escamillar", func(r wire.BundleReport) bool { return one(r) && r.Exhibits[0].Name != "" })
	if got := unzipped(t, there, r.Exhibits[0].Name); !bytes.Equal(got, photo) {
		t.Errorf("there: %d bytes of %d", len(got), len(photo))
	}
	at := bytes.Index(there, photo[100:164])
	if at < 0 {
		t.Fatal("the file is packed: it could not be read while it is written")
	}
	spoilt := bytes.Clone(there)
	spoilt[at] ^= 1
	if _, err := wire.CheckBundle(bytes.NewReader(spoilt), int64(len(spoilt)), nodes); wire.CodeOf(err) != wire.CodeAltered || !strings.Contains(err.Error(), r.Exhibits[0].Name) {
		t.Errorf("one byte of it changed: %v", err)
	}
}

// unzipped is one file of a bundle.
func unzipped(t *testing.T, b []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	got, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
