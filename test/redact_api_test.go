package test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/client"
	files "github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/raster"
	"github.com/oasiss/oasiss/wire"
)

// bytesOf downloads a file whole.
func (w *world) bytesOf(c *client.Client, id string) []byte {
	w.t.Helper()
	from, err := c.Download(w.t.Context(), id, 0)
	w.ok(err)
	b, err := io.ReadAll(from)
	w.ok(err)
	w.ok(from.Close())
	return b
}

// textOf is every text that can be taken out of a PDF, and how many pages it has.
func textOf(t *testing.T, b []byte) (text string, pages int) {
	t.Helper()
	d, err := raster.Open("application/pdf", bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close() //nolint:errcheck // a test
	for n := range d.Pages() {
		page, err := d.Text(n)
		if err != nil {
			t.Fatal(err)
		}
		text += page
	}
	return text, d.Pages()
}

// A PDF is sent, redacted and taken back through the API alone: no text can be
// taken out of the copy, which says of what it was made and why it is black; the
// original is what it was; areas that cannot be,
// or a file that the asker does not see, are refused.
func TestAFileIsRedactedThroughTheAPI(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	pdf := ticket(t)
	id := w.put(f, "boleto.pdf", "", pdf)
	c := w.as("us", "kestrelle", wire.PurposeProsecution)
	if text, pages := textOf(t, w.bytesOf(c, id)); !strings.Contains(text, "Boleto 1147") || !strings.Contains(text, "Asiento 12") || pages != 2 {
		t.Fatalf("the original says %q on %d pages", text, pages)
	}
	var made files.View
	w.ok(c.Post(t.Context(), "files/"+id+"/redact", map[string]any{"areas": []string{"1 5 5 60 20 identity", "2 5 5 60 20 third_party"}, "hidden": true}, &made))
	if r := made.Redaction; r == nil || r.Of != id || len(r.Blacked) != 2 || r.Blacked[1].Reason != "third_party" || made.Name != "boleto.redacted.pdf" {
		t.Errorf("the copy says of itself %+v", made)
	}
	copied := w.bytesOf(c, made.ID)
	if text, pages := textOf(t, copied); strings.TrimSpace(text) != "" || pages != 2 {
		t.Errorf("the copy says %q on %d pages", text, pages)
	}
	if bytes.Contains(copied, []byte("Boleto")) || bytes.Contains(copied, []byte("Asiento")) {
		t.Error("the bytes of the copy hold the words")
	}
	if !bytes.Equal(w.bytesOf(c, id), pdf) {
		t.Error("the original is another")
	}
	for code, areas := range map[string][]string{"file.areas": {"3 5 5 60 20 identity"}} {
		if err := c.Post(t.Context(), "files/"+id+"/redact", map[string]any{"areas": areas}, &made); !client.IsRefused(err, code) {
			t.Errorf("%q: %v", areas, err)
		}
	}
	if err := w.as("mx", "escamillar", wire.PurposeProsecution).Post(t.Context(), "files/"+id+"/redact", map[string]any{"areas": []string{"1 5 5 60 20 identity"}}, &made); !client.IsRefused(err, "access.not_found") {
		t.Errorf("by whoever does not see it: %v", err)
	}
	var list []files.View
	w.ok(c.Get(t.Context(), "cases/"+f.id+"/files", &list))
	if len(list) != 2 {
		t.Errorf("%d files in the case", len(list))
	}
}
