package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// desk is a node with a case, its files, and somebody who knows nothing of it.
type desk struct {
	*acttest.Node
	*Store
	t     *testing.T
	dir   string
	agent access.Actor
	other access.Actor
	c     string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, protection.Facts, Facts}, casefile.Verbs, protection.Verbs, Verbs)
	n.Offices("usbp-rgv", "ofo-laredo")
	dir := filepath.Join(t.TempDir(), "files")
	k := &desk{Node: n, Store: &Store{Acts: n.Acts, Chunks: chunk.In(dir)}, t: t, dir: dir,
		agent: n.Person("u1", "usbp-rgv", access.RoleProsecutions), other: n.Person("u2", "ofo-laredo", access.RoleProsecutions)}
	k.c = n.Must(k.agent, wire.PurposeProsecution, &casefile.Open{Title: "Anzalduas"}).Object
	return k
}

func (k *desk) begin(size int64) string {
	k.t.Helper()
	return k.Must(k.agent, wire.PurposeProsecution, &Begin{Case: k.c, Name: "video of the trailer.mp4", Size: size}).Object
}

// put sends a whole file and adds it.
func (k *desk) put(b []byte) string {
	k.t.Helper()
	id := k.begin(int64(len(b)))
	if n, err := k.Append(k.t.Context(), k.agent, id, 0, bytes.NewReader(b)); err != nil || n != int64(len(b)) {
		k.t.Fatalf("%d of %d: %v", n, len(b), err)
	}
	return k.Must(k.agent, wire.PurposeProsecution, &Add{Upload: id}).Object
}

func (k *desk) get(id string) ([]byte, error) {
	c, err := k.Store.Open(context.Background(), k.agent, wire.PurposeProsecution, id)
	if err != nil {
		return nil, err
	}
	defer c.Close() //nolint:errcheck // memory
	return io.ReadAll(c)
}

// noise is bytes of which no part is like another.
func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b) //nolint:errcheck // never fails
	return b
}

// Files of sizes around the chunks' come back the same, with their digest and
// the type of their bytes, and stand sealed on the disk.
func TestComesBackTheSame(t *testing.T) {
	k := newDesk(t)
	for _, size := range []int{1, 511, wire.ChunkSize - 1, wire.ChunkSize, wire.ChunkSize + 1, 2*wire.ChunkSize + 77} {
		b := noise(size)
		copy(b, "%PDF-1.7\n")
		id := k.put(b)
		c, err := k.Store.Open(t.Context(), k.agent, wire.PurposeProsecution, id)
		if err != nil {
			t.Fatal(err)
		}
		if c.SHA256 != sha256.Sum256(b) || c.Name != "video of the trailer.mp4" || size > 8 && c.Media != "application/pdf" {
			t.Errorf("%d: %+v", size, c.View)
		}
		if size < 600 {
			if err := iotest.TestReader(c, b); err != nil {
				t.Errorf("%d: %v", size, err)
			}
		}
		if got, err := k.get(id); err != nil || !bytes.Equal(got, b) {
			t.Errorf("%d: %d bytes, %v", size, len(got), err)
		}
		if _, err := c.Seek(int64(size)-1, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if last, err := io.ReadAll(c); err != nil || !bytes.Equal(last, b[size-1:]) {
			t.Errorf("%d: the end: %x, %v", size, last, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, clear := range []string{"%PDF-1.7", "video of the trailer"} {
		if k.onDisk(clear) {
			t.Errorf("%q lies open", clear)
		}
	}
	k.ReplayEqual()
}

// onDisk looks for bytes in the folder of chunks and in the database.
func (k *desk) onDisk(what string) bool {
	found := bytes.Contains(k.Raw(), []byte(what))
	err := filepath.WalkDir(k.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, []byte(what))
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return found
}

// An upload that is cut anywhere goes on from where it stands, whatever the
// sizes of the pieces; nothing that was taken is asked for again.
func TestGoesOnAfterACut(t *testing.T) {
	k := newDesk(t)
	b := noise(2*wire.ChunkSize + 1000)
	id := k.begin(int64(len(b)))
	cut := errors.New("cut")
	r := rand.New(rand.NewPCG(1, 2))
	for at := int64(0); at < int64(len(b)); {
		u, err := k.Upload(t.Context(), k.agent, id)
		if err != nil || u.Offset != at {
			t.Fatalf("stands at %d, %v; want %d", u.Offset, err, at)
		}
		piece := min(1+r.Int64N(wire.ChunkSize*3/2), int64(len(b))-at)
		src := io.MultiReader(bytes.NewReader(b[at:at+piece]), iotest.ErrReader(cut))
		n, err := k.Append(t.Context(), k.agent, id, at, src)
		if n != piece || at+piece < int64(len(b)) && !errors.Is(err, cut) {
			t.Fatalf("%d of %d: %v", n, piece, err)
		}
		at += n
	}
	if _, err := k.Append(t.Context(), k.agent, id, 0, bytes.NewReader(b)); !refusal.Is(err, "file.offset") {
		t.Errorf("again from the beginning: %v", err)
	}
	if u, _ := k.Upload(t.Context(), k.agent, id); u.Whole == nil { // the last piece was cut after its last byte
		if _, err := k.Append(t.Context(), k.agent, id, int64(len(b)), bytes.NewReader(nil)); err != nil {
			t.Fatal(err)
		}
	}
	file := k.Must(k.agent, wire.PurposeProsecution, &Add{Upload: id}).Object
	if got, err := k.get(file); err != nil || !bytes.Equal(got, b) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	entries, err := os.ReadDir(filepath.Join(k.dir, file))
	if err != nil || len(entries) != 4 {
		t.Errorf("%d files for three chunks and their list, %v", len(entries), err)
	}
	k.ReplayEqual()
}

func TestWhatIsRefused(t *testing.T) {
	k := newDesk(t)
	for code, cmd := range map[string]*Begin{
		"file.name":               {Case: k.c, Name: " "},
		"file.too_large":          {Case: k.c, Name: "x", Size: wire.MaxFileSize + 1},
		"casefile.person_unknown": {Case: k.c, Name: "x", Person: "00000000-0000-7000-8000-000000000000"},
		"access.not_found":        {Case: "00000000-0000-7000-8000-000000000000", Name: "x"},
	} {
		k.Refused(k.agent, wire.PurposeProsecution, code, cmd)
	}
	k.Refused(k.other, wire.PurposeProsecution, "access.not_found", &Begin{Case: k.c, Name: "x"})
	id := k.begin(10)
	for name, err := range map[string]error{
		"access.not_found": appended(k.Append(t.Context(), k.other, id, 0, bytes.NewReader(nil))),
		"file.offset":      appended(k.Append(t.Context(), k.agent, id, 1, bytes.NewReader(nil))),
	} {
		if !refusal.Is(err, name) {
			t.Errorf("%v, want %s", err, name)
		}
	}
	k.Refused(k.agent, wire.PurposeProsecution, "file.not_whole", &Add{Upload: id})
	k.Refused(k.other, wire.PurposeProsecution, "access.not_found", &Add{Upload: id})
	if n, err := k.Append(t.Context(), k.agent, id, 0, bytes.NewReader(noise(11))); n != 10 || !refusal.Is(err, "file.too_large") {
		t.Errorf("more than was announced: %d, %v", n, err)
	}
	unknown := k.begin(0)
	if err := k.End(t.Context(), k.agent, unknown); !refusal.Is(err, "file.empty") {
		t.Errorf("nothing: %v", err)
	}
	if _, err := k.Append(t.Context(), k.agent, unknown, 0, bytes.NewReader(noise(20))); err != nil {
		t.Fatal(err)
	}
	k.Refused(k.agent, wire.PurposeProsecution, "file.not_whole", &Add{Upload: unknown})
	if err := k.End(t.Context(), k.agent, unknown); err != nil {
		t.Fatal(err)
	}
	file := k.Must(k.agent, wire.PurposeProsecution, &Add{Upload: unknown}).Object
	k.Refused(k.agent, wire.PurposeProsecution, "access.not_found", &Add{Upload: unknown})
	if _, err := k.Store.Open(t.Context(), k.other, wire.PurposeProsecution, file); !refusal.Is(err, "access.not_found") {
		t.Errorf("of another office: %v", err)
	}
	k.ReplayEqual()
}

func appended(_ int64, err error) error { return err }

// A chunk that was altered, cut short, or put in another's place is never read
// as the file.
func TestDamageIsNeverRead(t *testing.T) {
	k := newDesk(t)
	b := noise(2 * wire.ChunkSize)
	one, two := k.put(b), k.put(b)
	chunks := func(id string) (out []string) {
		paths, err := filepath.Glob(filepath.Join(k.dir, id, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			if i, err := os.Stat(p); err == nil && i.Size() == wire.ChunkSize+wire.ChunkOverhead {
				out = append(out, p)
			}
		}
		return out
	}
	of, from := chunks(one), chunks(two)
	other, err := os.ReadFile(from[0])
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(of[0])
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for name, bad := range map[string][]byte{"another file's": other, "altered": flipped, "cut short": whole[:len(whole)-1], "empty": {}} {
		if err := os.WriteFile(of[0], bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := k.get(one); !refusal.Is(err, "file.not_here") || len(got) > wire.ChunkSize {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if err := os.WriteFile(of[0], whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := k.get(one); err != nil || !bytes.Equal(got, b) {
		t.Errorf("whole again: %v", err)
	}
}

// What tells of a protected person opens only while that person's identity is
// shown, and goes with it when the person is forgotten.
func TestOfAProtectedPerson(t *testing.T) {
	k := newDesk(t)
	p := k.Must(k.agent, wire.PurposeProsecution, &casefile.AddPerson{Case: k.c, Age: "adult",
		Particulars: casefile.Particulars{Given: "Persona", Paterno: "Ficticia", Birth: "1990-01-01"},
		RoleFields:  casefile.RoleFields{Role: "witness", Source: "observation"}}).Object
	id := k.Must(k.agent, wire.PurposeProsecution, &Begin{Case: k.c, Name: "her photograph.jpg", Person: p, Size: 5}).Object
	if _, err := k.Append(t.Context(), k.agent, id, 0, bytes.NewReader([]byte("photo"))); err != nil {
		t.Fatal(err)
	}
	id = k.Must(k.agent, wire.PurposeProsecution, &Add{Upload: id}).Object
	if _, err := k.get(id); !refusal.Is(err, "file.closed") {
		t.Errorf("before it is shown: %v", err)
	}
	files, err := List(t.Context(), k.Node.Acts, k.agent, wire.PurposeProsecution, k.c)
	if err != nil || len(files) != 1 || !files[0].Closed || files[0].Name != "" || !files[0].SHA256.IsZero() {
		t.Errorf("%+v %v", files, err)
	}
	k.Must(k.agent, wire.PurposeProsecution, &protection.Reveal{Case: k.c, Person: p, Reason: "identification", Minutes: 10})
	if got, err := k.get(id); err != nil || string(got) != "photo" {
		t.Errorf("while it is shown: %q %v", got, err)
	}
	k.Clock = k.Clock.Add(11 * time.Minute)
	if _, err := k.get(id); !refusal.Is(err, "file.closed") {
		t.Errorf("afterwards: %v", err)
	}
	k.Must(k.agent, wire.PurposeProsecution, &protection.Reveal{Case: k.c, Person: p, Reason: "identification", Minutes: 10})
	k.forget("person", p)
	if _, err := k.get(id); !refusal.Is(err, "file.closed") {
		t.Errorf("forgotten: %v", err)
	}
	k.swept(1)
	k.ReplayEqual()
}

// forget orders with two people that a person or a case is forgotten.
func (k *desk) forget(what, object string) {
	k.t.Helper()
	first, second := k.Person("u8", "usbp-rgv", access.RoleSupervisor), k.Person("u9", "usbp-rgv", access.RoleUSAttorney)
	x := &casefile.Expunge{Case: object, Ground: "court_order", Order: "order 1"}
	if what == "person" {
		x.Case, x.Person = "", object
	}
	order := k.Must(first, wire.PurposeOversight, x).Object
	k.Must(second, wire.PurposeOversight, &casefile.ConfirmExpunge{Order: order})
}

func (k *desk) swept(want int) {
	k.t.Helper()
	if gone, err := k.Sweep(k.t.Context()); err != nil || gone != want {
		k.t.Errorf("%d folders went, %v; want %d", gone, err, want)
	}
}

// Forgetting a case takes its files and what is under way; what nobody goes on
// with, and what no row names, is collected, and nothing else is.
func TestForgottenAndCollected(t *testing.T) {
	k := newDesk(t)
	stays := k.put(noise(100))
	k.swept(0)
	late := k.begin(10)
	if _, err := k.Append(t.Context(), k.agent, late, 0, bytes.NewReader(noise(4))); err != nil {
		t.Fatal(err)
	}
	orphan := "01890a5d-ac96-7b3c-8f00-000000000001"
	if err := k.Chunks.Put(orphan, sha256.Sum256([]byte("x")), []byte("x")); err != nil {
		t.Fatal(err)
	}
	k.swept(1)
	k.Clock = k.Clock.Add(left + time.Hour)
	k.swept(1)
	if _, err := k.Upload(t.Context(), k.agent, late); !refusal.Is(err, "access.not_found") {
		t.Errorf("left behind: %v", err)
	}
	if got, err := k.get(stays); err != nil || len(got) != 100 {
		t.Errorf("what stays: %v", err)
	}
	under := k.begin(10)
	if _, err := k.Append(t.Context(), k.agent, under, 0, bytes.NewReader(noise(4))); err != nil {
		t.Fatal(err)
	}
	k.Must(k.agent, wire.PurposeProsecution, &casefile.SetStatus{Case: k.c, Status: casefile.StatusClosed})
	k.forget("case", k.c)
	if _, err := k.get(stays); !refusal.Is(err, "access.not_found") {
		t.Errorf("forgotten: %v", err)
	}
	k.swept(2)
	k.Read(func(tx *store.Tx) error {
		var n int
		err := tx.QueryRow(`SELECT COUNT(*) FROM sealkey WHERE wrapped IS NOT NULL AND subject LIKE 'case/%'`).Scan(&n)
		if n != 0 {
			t.Errorf("%d keys are left", n)
		}
		return err
	})
	k.ReplayEqual()
}

// What a browser would run is told by its bytes and never shown as itself.
func TestSniffed(t *testing.T) {
	for in, want := range map[string]string{
		"<html><script>alert(1)</script>":       "text/plain",
		"<?xml version=\"1.0\"?><svg onload=1>": "text/plain",
		"%PDF-1.4":                              "application/pdf",
		"\x89PNG\r\n\x1a\n":                     "image/png",
		"\xff\xd8\xff\xe0":                      "image/jpeg",
		"PK\x03\x04":                            "application/zip",
		"MZ\x90\x00\x03\x00\x00\x00":            unknownMedia,
		"GIF89a/*<script>*/":                    "image/gif", // a polyglot: an image, whatever else it is
	} {
		if got := sniff([]byte(in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if Showable("application/zip") || Showable("image/svg+xml") || Showable("text/html") || !Showable("image/png") {
		t.Error("what is shown")
	}
}
