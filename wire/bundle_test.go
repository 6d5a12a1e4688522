package wire

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// bundled makes a bundle of two items, and gives it with the key that signed it.
func bundled(t *testing.T) ([]byte, func(string) SignKeys) {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &Bundle{List: BundleList{Node: "us", By: "account", Packet: "packet", Version: 1, Manifest: sha256.Sum256([]byte("manifest")), Made: time.Now()}}
	b.Add("packet/manifest.json", BundleManifest, "", []byte("manifest"))
	b.Add("packet/items/1.1.json", BundleItem, "facts", []byte(`{"id":"facts"}`))
	b.Add("packet.es.pdf", BundlePrint, "", bytes.Repeat([]byte("%PDF"), 500))
	var out bytes.Buffer
	if err := b.Write(&out, key); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), func(node string) SignKeys {
		if node != "us" {
			return nil
		}
		return func(id string) (ed25519.PublicKey, error) {
			if id != KeyID(pub) {
				return nil, fail(CodeSignature, "signed by another key")
			}
			return pub, nil
		}
	}
}

// rewrite makes the ZIP file anew with one change.
func rewrite(t *testing.T, bundle []byte, change func(name string, content []byte) (string, []byte), more ...string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, content []byte) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if name, content := change(f.Name, content); name != "" {
			put(name, content)
		}
	}
	for _, name := range more {
		put(name, []byte("more"))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestBundleTellsEveryChange: a file altered, cut, renamed, added, taken out or
// given twice is told, and so is a list that somebody else signed.
func TestBundleTellsEveryChange(t *testing.T) {
	whole, keys := bundled(t)
	open := func(b []byte, keys func(string) SignKeys) error {
		_, err := OpenBundle(bytes.NewReader(b), int64(len(b)), keys)
		return err
	}
	if err := open(whole, keys); err != nil {
		t.Fatal(err)
	}
	as := func(name string, content []byte) (string, []byte) { return name, content }
	on := func(which string, f func(string, []byte) (string, []byte)) func(string, []byte) (string, []byte) {
		return func(name string, content []byte) (string, []byte) {
			if name == which {
				return f(name, content)
			}
			return name, content
		}
	}
	const item = "packet/items/1.1.json"
	_, others := bundled(t)
	for what, c := range map[string]struct {
		bytes []byte
		keys  func(string) SignKeys
		says  string
	}{
		"altered":   {rewrite(t, whole, on(item, func(n string, c []byte) (string, []byte) { return n, bytes.ToUpper(c) })), keys, item},
		"cut":       {rewrite(t, whole, on("packet.es.pdf", func(n string, c []byte) (string, []byte) { return n, c[:len(c)-1] })), keys, "packet.es.pdf"},
		"renamed":   {rewrite(t, whole, on(item, func(_ string, c []byte) (string, []byte) { return "packet/items/1.2.json", c })), keys, item},
		"taken out": {rewrite(t, whole, on(item, func(string, []byte) (string, []byte) { return "", nil })), keys, item},
		"added":     {rewrite(t, whole, as, "exhibits/new.pdf"), keys, "exhibits/new.pdf"},
		"twice":     {rewrite(t, whole, as, item), keys, item},
		"outside":   {rewrite(t, whole, as, "../../etc/passwd"), keys, "passwd"},
		"list altered": {rewrite(t, whole, on(bundleList, func(n string, c []byte) (string, []byte) {
			return n, bytes.Replace(c, []byte(`"version":1`), []byte(`"version":2`), 1)
		})), keys, "list"},
		"other signature": {whole, others, "another key"},
		"other node":      {whole, func(string) SignKeys { return nil }, "no key of node us"},
		"truncated":       {whole[:len(whole)-100], keys, "no whole ZIP file"},
		"nothing":         {nil, keys, "no whole ZIP file"},
	} {
		err := open(c.bytes, c.keys)
		if err == nil || CodeOf(err) == "" || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, which does not say %q", what, err, c.says)
		}
	}
}

// TestBundleIsReadWithinBounds: a file that unpacks to more than any packet has
// is refused before it fills memory.
func TestBundleIsReadWithinBounds(t *testing.T) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	f, err := w.Create("bomb")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range maxBundleFile>>20 + 1 {
		if _, err := f.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBundle(bytes.NewReader(out.Bytes()), int64(out.Len()), func(string) SignKeys { return nil }); CodeOf(err) != CodeMalformed {
		t.Errorf("a bomb of %d bytes: %v", out.Len(), err)
	}
}

// zeros is a file of an exhibit that is never in memory.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), z.left))
	clear(p[:n])
	z.left -= int64(n)
	return n, nil
}

func (*zeros) Close() error { return nil }

// TestExhibitsStream: a file of an exhibit is written and checked in memory that
// does not grow with it; one that is not what the signed list says stops the
// writing.
func TestExhibitsStream(t *testing.T) {
	const size = 96 << 20
	_, keys := bundled(t)
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	if _, err := io.Copy(h, &zeros{size}); err != nil {
		t.Fatal(err)
	}
	made := func(digest Digest) *Bundle {
		b := &Bundle{List: BundleList{Node: "us", By: "account", Packet: "packet", Version: 1, Manifest: sha256.Sum256([]byte("manifest")), Made: time.Now()}}
		b.Add("packet/manifest.json", BundleManifest, "", []byte("manifest"))
		b.AddExhibit("exhibits/E1/6.2.bin", "file-1", size, digest, func() (io.ReadCloser, error) { return &zeros{size}, nil })
		return b
	}
	if err := made(Digest{1}).Write(io.Discard, key); CodeOf(err) != CodeAltered {
		t.Errorf("bytes that are not the list's: %v", err)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "bundle.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // a test's
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if err := made(Digest(h.Sum(nil))).Write(f, key); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b, err := OpenBundle(f, info.Size(), func(node string) SignKeys {
		if keys(node) == nil {
			return nil
		}
		return func(string) (ed25519.PublicKey, error) { return pub, nil }
	})
	if err != nil || b.Content("exhibits/E1/6.2.bin") != nil {
		t.Fatalf("%v; %d bytes kept", err, len(b.Content("exhibits/E1/6.2.bin")))
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes of memory for a file of %d", used, size)
	}
}
