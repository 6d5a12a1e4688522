package packet

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// put keeps a file in the case, about a person or nobody.
func (w *world) put(person, name string, b []byte) string {
	w.t.Helper()
	s := &file.Store{Acts: w.here.Acts, Chunks: chunk.In(w.t.TempDir())}
	id := w.record(&file.Begin{Case: w.c, Name: name, Person: person, Size: int64(len(b))})
	if _, err := s.Append(w.t.Context(), w.agent, id, 0, bytes.NewReader(b)); err != nil {
		w.t.Fatal(err)
	}
	return w.record(&file.Add{Upload: id})
}

// collect records an exhibit that a file is.
func (w *world) collect(id string, change ...func(*evidence.Collect)) string {
	c := &evidence.Collect{Case: w.c, Kind: "photograph", Description: "A photograph", When: at(-39), Zone: "UTC", Place: "Brush at Anzalduas", Basis: "incident_to_arrest",
		Source: "A", Information: "2", Packing: "Envelope", Seal: "P-1", File: id}
	for _, f := range change {
		f(c)
	}
	return w.record(c)
}

// The files of exhibits stand in the packet with their SHA-256 and the step that
// names them. One that shows a protected person goes with that person's identity
// and under that person's key, or is named among what was left out; of an
// exhibit that speaks for the suspect no file is left out.
func TestFilesOfExhibits(t *testing.T) {
	photo := []byte("\x89PNG\r\n\x1a\nexercise")
	for _, consents := range []bool{false, true} {
		w := newWorld(t)
		w.screen(w.suspect, w.witness)
		plain, face, other := w.put("", "Xochil at the river.png", photo), w.put(w.witness, "face.png", photo), w.put("", "other.png", photo)
		exhibit := w.collect(plain)
		w.collect(face)
		w.collect(other)
		if consents {
			w.consent(w.witness, protection.CategoryIdentity)
		}
		if err := w.compose(func(d *Draft) { d.LeftOut = map[string]string{other: ""} }); err == nil {
			t.Error("a file is left out without a reason")
		}
		if err := w.compose(func(d *Draft) { d.LeftOut = map[string]string{other: "another house"} }); err != nil {
			t.Fatal(err)
		}
		var told []FileBody
		items := map[string]wire.Item{}
		for _, c := range w.content(w.here)[wire.SectionExhibits] {
			var b FileBody
			if err := json.Unmarshal(c.Body, &b); err == nil && b.Noun == nounFile {
				told, items[b.File] = append(told, b), c.Item
			}
		}
		i := slices.IndexFunc(told, func(b FileBody) bool { return b.File == plain })
		if i < 0 || told[i].Exhibit != exhibit || told[i].Step != 1 || told[i].SHA256 != sha256.Sum256(photo) || told[i].Media != "image/png" || told[i].Size != int64(len(photo)) {
			t.Fatalf("consent %v: %+v", consents, told)
		}
		if it := items[plain]; told[i].Name != "["+w.pseudonym(w.witness)+"] at the river.png" || it.File.IsZero() || it.Tier != wire.TierAnalysis {
			t.Errorf("%q, %+v", told[i].Name, it)
		}
		if it, goes := items[face]; goes != consents || consents && (it.Tier != wire.TierReleased || it.Part != identityPart(w.pseudonym(w.witness))) {
			t.Errorf("consent %v: the face goes: %v, %+v", consents, goes, it)
		}
		if _, goes := items[other]; goes {
			t.Error("what was left out goes")
		}
		w.collect(other, func(c *evidence.Collect) { c.Exculpatory = true })
		refusedFor(t, w.compose(func(d *Draft) {
			d.LeftOut, d.NoneKnown, d.Exculpatory = map[string]string{other: "weak"}, false, Words{Lang: "es", Text: "Una fotografía."}
		}), "packet.exculpatory_travels")
		w.here.ReplayEqual()
	}
}
