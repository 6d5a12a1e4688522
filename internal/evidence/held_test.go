package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// send sends a file into a case, as its agent.
func (k room) send(caseID, person string, b []byte) string {
	k.t.Helper()
	files := &file.Store{Acts: k.Acts, Chunks: chunk.In(filepath.Join(k.t.TempDir(), "files"))}
	id := k.by(k.agent, &file.Begin{Case: caseID, Name: "ledger.pdf", Person: person, Size: int64(len(b))})
	if _, err := files.Append(k.t.Context(), k.agent, id, 0, bytes.NewReader(b)); err != nil {
		k.t.Fatal(err)
	}
	return k.by(k.agent, &file.Add{Upload: id})
}

// An exhibit names its file by its digest, and so does the copy that was made of
// it; who signs signs the digest, and with it the SHA-256, which is sealed. The
// office to which the exhibit is given sees its files and no others.
func TestACustodyStepSignsTheDigestOfItsFile(t *testing.T) {
	k := newRoom(t)
	b := []byte("%PDF-1.7 forty sheets")
	scan, copied, other := k.send(k.c, "", b), k.send(k.c, "", append(b, " copied"...)), k.send(k.c, "", []byte("not of the exhibit"))
	elsewhere := k.send(k.by(k.agent, &casefile.Open{Title: "Another case"}), "", b)
	k.refused("exhibit.file", k.agent, k.ledger(func(c *Collect) { c.File = elsewhere }))
	id := k.by(k.agent, k.ledger(func(c *Collect) { c.File = scan }))
	k.by(k.agent, &TakeStep{Doing: of(id, bearing("A-100")), Step: "open"})
	k.by(k.agent, &TakeStep{Doing: of(id), Step: "copy", File: copied})

	v, err := k.show(k.agent, id)
	if err != nil {
		t.Fatal(err)
	}
	var rows [2]file.File
	k.Read(func(tx *store.Tx) (err error) {
		for i, f := range []string{scan, copied} {
			if rows[i], err = file.Load(tx, f); err != nil {
				return err
			}
		}
		return nil
	})
	for i, s := range []Step{v.Chain[0].Step, v.Chain[2].Step} {
		if s.Held == nil || s.Held.File != rows[i].ID || s.Held.Manifest != rows[i].Manifest || s.Held.Size != rows[i].Size {
			t.Fatalf("step %d names %+v", s.Nth, s.Held)
		}
		var d file.Detail
		k.Read(func(tx *store.Tx) error {
			_, m, err := journal.Load(tx, s.Fact)
			if err != nil {
				return err
			}
			if !strings.Contains(string(m.Bytes()), rows[i].Manifest.String()) || strings.Contains(string(m.Bytes()), "ledger.pdf") {
				t.Error("the message does not say the digest in clear, or says the name")
			}
			for _, p := range m.Act.Sealed {
				if p.ID == "file" {
					err = k.Ring.Open(tx, p, &d)
				}
			}
			return err
		})
		if i == 0 && d.SHA256 != sha256.Sum256(b) {
			t.Errorf("the SHA-256 that is signed is %s", d.SHA256)
		}
	}
	named, err := Holding(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, file.View{ID: copied, Case: k.c, Size: rows[1].Size, Manifest: rows[1].Manifest})
	if err != nil || len(named) != 1 || named[0].ID != id || named[0].Step.Step != "copy" || !named[0].Same {
		t.Errorf("the file's own page says %+v, %v", named, err)
	}
	k.verified(id, true)

	see := func(who access.Actor, f string) error {
		_, err := file.Show(context.Background(), k.Acts, who, wire.PurposeProsecution, f)
		return err
	}
	if err := see(k.lab, scan); !refusal.Is(err, "access.not_found") {
		t.Errorf("the laboratory sees the file before it has the exhibit: %v", err)
	}
	k.by(k.agent, &Give{Doing: of(id), Office: "ofo-laredo"})
	if err := see(k.lab, scan); err != nil {
		t.Errorf("the laboratory does not see the file: %v", err)
	}
	if err := see(k.lab, other); !refusal.Is(err, "access.not_found") {
		t.Errorf("the laboratory sees another file: %v", err)
	}
	k.ReplayEqual()
	if err := k.DB.Write(context.Background(), func(tx *store.Tx) error {
		rows[0].Manifest[0] ^= 1
		return tx.Exec(`UPDATE file SET doc = $1 WHERE id = $2`, store.JSON(rows[0]), scan)
	}); err != nil {
		t.Fatal(err)
	}
	k.verified(id, false)
}

// verified asks of the first step whether it holds.
func (k room) verified(id string, want bool) {
	k.t.Helper()
	checked, err := Verify(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, id)
	if err != nil {
		k.t.Fatal(err)
	}
	if c := checked[0]; c.Holds() != want || c.Same == nil || *c.Same != want {
		k.t.Errorf("the first step holds: %v, %v; want %v", c.Holds(), c.Same, want)
	}
}

// A translation is an exhibit of its own: it names translator, certificate and
// day, and what it translates. None is a machine's (CNPP 45).
func TestATranslationIsAnExhibitOfItsOwn(t *testing.T) {
	k := newRoom(t)
	original := k.by(k.agent, k.ledger())
	translation := func(change func(*Collect)) *Collect {
		return k.ledger(func(c *Collect) {
			c.Kind, c.Basis, c.Of = "translation", "made_for_file", original
			c.Translated = Translated{Translator: "Tamsin Wexcombe", Certificate: "P-221, Consejo de la Judicatura", On: "2026-06-09"}
			change(c)
		})
	}
	for code, change := range map[string]func(*Collect){
		"casefile.machine_translation": func(c *Collect) { c.Machine = true },
		"casefile.translator_missing":  func(c *Collect) { c.Translator = " " },
		"exhibit.translation_unsaid":   func(c *Collect) { c.Certificate = "" },
		"exhibit.original_missing":     func(c *Collect) { c.Of = "" },
		"exhibit.no_translation":       func(c *Collect) { c.Kind = "document" },
	} {
		k.refused(code, k.agent, translation(change))
	}
	k.refused("exhibit.translation_unsaid", k.agent, translation(func(c *Collect) { c.On = "June" }))
	v, err := k.show(k.agent, k.by(k.agent, translation(func(*Collect) {})))
	if err != nil || v.Of != original || v.Description == nil || v.Description.Translator != "Tamsin Wexcombe" || v.Description.On != "2026-06-09" {
		t.Errorf("%+v, %v", v.Description, err)
	}
	if _, err := k.show(k.agent, original); err != nil {
		t.Errorf("the original: %v", err)
	}
}
