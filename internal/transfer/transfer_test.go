package transfer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"testing/iotest"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/transfer"
	"github.com/oasiss/oasiss/wire"
)

// desk is a node with a case whose files go in and out over HTTP.
type desk struct {
	*acttest.Node
	t     *testing.T
	files *file.Store
	by    access.Actor
	c     string
	base  string
	node  *client.Client
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, protection.Facts, file.Facts}, casefile.Verbs, protection.Verbs, file.Verbs)
	n.Offices("usbp-rgv")
	k := &desk{Node: n, t: t, files: &file.Store{Acts: n.Acts, Chunks: chunk.In(filepath.Join(t.TempDir(), "files"))}, by: n.Person("u1", "usbp-rgv", access.RoleProsecutions)}
	k.c = n.Must(k.by, wire.PurposeProsecution, &casefile.Open{Title: "Anzalduas"}).Object
	uploads, err := transfer.New(k.files, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	bytes := func(w http.ResponseWriter, r *http.Request) { uploads.Serve(w, r, k.by) }
	mux.HandleFunc("HEAD /api/v1/uploads/{id}", bytes)
	mux.HandleFunc("PATCH /api/v1/uploads/{id}", bytes)
	mux.HandleFunc("GET /api/v1/files/{id}/content", func(w http.ResponseWriter, r *http.Request) {
		c, err := k.files.Open(r.Context(), k.by, wire.PurposeProsecution, r.PathValue("id"))
		if err != nil {
			t.Error(err)
			return
		}
		transfer.Serve(w, r, c, r.URL.Query().Has("show"))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	k.base = s.URL
	k.node = &client.Client{Base: s.URL, HTTP: s.Client()}
	return k
}

func (k *desk) begin(size int) string {
	k.t.Helper()
	return k.Must(k.by, wire.PurposeProsecution, &file.Begin{Case: k.c, Name: "fotografía del tráiler.png", Size: int64(size)}).Object
}

func (k *desk) put(b []byte) string {
	k.t.Helper()
	id := k.begin(len(b))
	if err := k.node.Upload(k.t.Context(), id, bytes.NewReader(b), int64(len(b)), nil); err != nil {
		k.t.Fatal(err)
	}
	return k.Must(k.by, wire.PurposeProsecution, &file.Add{Upload: id}).Object
}

func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{2}).Read(b) //nolint:errcheck // never fails
	return b
}

// cutting is a file whose reading fails after a while, as when a laptop closes.
type cutting struct {
	io.ReadSeeker
	left int
}

var errCut = errors.New("cut")

func (c *cutting) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, errCut
	}
	n, err := c.ReadSeeker.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// A client that is cut in the middle goes on where the node says it stands, and
// sends nothing twice but what was on the line.
func TestUploadGoesOn(t *testing.T) {
	k := newDesk(t)
	b := noise(2*wire.ChunkSize + 12345)
	for _, told := range []int{len(b), 0} { // size told at the beginning, or with the bytes
		id := k.begin(told)
		for stood, cuts := int64(0), 0; ; {
			from := &cutting{bytes.NewReader(b), 3 << 20}
			if err := k.node.Upload(t.Context(), id, from, int64(len(b)), nil); err == nil {
				break
			}
			if u, err := k.files.Upload(t.Context(), k.by, id); err != nil {
				t.Fatal(err)
			} else if u.Offset > stood {
				stood, cuts = u.Offset, cuts+1
			}
			if cuts > 20 {
				t.Fatalf("stands at %d after %d cuts", stood, cuts)
			}
			time.Sleep(5 * time.Millisecond) // the node may not have noticed the cut yet
		}
		got := k.Must(k.by, wire.PurposeProsecution, &file.Add{Upload: id}).Object
		c, err := k.node.Download(t.Context(), got, 0)
		if err != nil {
			t.Fatal(err)
		}
		back, err := io.ReadAll(c)
		if err = errors.Join(err, c.Close()); err != nil || sha256.Sum256(back) != sha256.Sum256(b) {
			t.Errorf("%d bytes came back, %v", len(back), err)
		}
		if err := k.node.Upload(t.Context(), id, bytes.NewReader(b), int64(len(b)), nil); !client.IsRefused(err, "access.not_found") && err == nil {
			t.Error("a file is written to like an upload")
		}
	}
	if err := k.node.Upload(t.Context(), k.begin(5), iotestSeeker{}, 5, nil); err == nil {
		t.Error("a file that cannot be read")
	}
}

// iotestSeeker is a file that cannot be read.
type iotestSeeker struct{}

func (iotestSeeker) Read(p []byte) (int, error)     { return iotest.ErrReader(errCut).Read(p) }
func (iotestSeeker) Seek(int64, int) (int64, error) { return 0, nil }

// Whatever a file holds, nothing of it is run: only types in which nothing runs
// are shown, in a sandbox; all else is bytes to keep. Ranges are served.
func TestHostileContentIsInert(t *testing.T) {
	k := newDesk(t)
	for what, c := range map[string]struct {
		content string
		shown   bool
	}{
		"markup":           {"<html><script>alert(1)</script>", false},
		"image of markup":  {"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", false},
		"markup in an xml": {"<?xml version=\"1.0\"?><?xml-stylesheet href=\"x\"?><html/>", false},
		"archive":          {"PK\x03\x04bomb", false},
		"program":          {"MZ\x90\x00", false},
		"image":            {"\x89PNG\r\n\x1a\nrest", true},
		"polyglot":         {"GIF89a/*<script>alert(1)</script>*/", true},
		"paper":            {"%PDF-1.7\n/JS (app.alert(1))", true},
	} {
		id := k.put([]byte(c.content))
		for _, shown := range []bool{true, false} {
			address := k.base + "/api/v1/files/" + id + "/content"
			if shown {
				address += "?show"
			}
			res, err := http.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err = errors.Join(err, res.Body.Close()); err != nil || string(body) != c.content {
				t.Errorf("%s: %q %v", what, body, err)
			}
			h := res.Header
			media := h.Get("Content-Type")
			inline := media != "application/octet-stream" && media != "text/plain"
			if inline != (shown && c.shown) {
				t.Errorf("%s, shown %v: served as %s", what, shown, media)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != transfer.Policy || h.Get("Cache-Control") != "private, no-store" {
				t.Errorf("%s: %v", what, h)
			}
		}
	}
	id := k.put([]byte("0123456789"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.base+"/api/v1/files/"+id+"/content", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Range", "bytes=3-5")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil || res.StatusCode != http.StatusPartialContent || string(body) != "345" {
		t.Errorf("a range: %d %q %v", res.StatusCode, body, err)
	}
	if got := res.Header.Get("Content-Disposition"); got != "attachment; filename*=utf-8''fotograf%C3%ADa%20del%20tr%C3%A1iler.png" {
		t.Errorf("disposition %q", got)
	}
	k.eachLookIsAFact()
}

// eachLookIsAFact counts the access facts of the openings above.
func (k *desk) eachLookIsAFact() {
	k.t.Helper()
	rows, err := k.accesses()
	if err != nil || rows != 17 {
		k.t.Errorf("%d openings are in the journal, %v", rows, err)
	}
}

func (k *desk) accesses() (n int, err error) {
	auditor := k.Person("u7", "usbp-rgv", access.RoleAuditor)
	all, err := act.Audit(context.Background(), k.Acts, auditor, wire.PurposeOversight, act.Page{Limit: 500})
	for _, a := range all {
		if a.Verb == "view.file" {
			n++
		}
	}
	return n, err
}
