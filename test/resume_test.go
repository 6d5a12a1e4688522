package test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
	"github.com/oasiss/oasiss/wire"
)

// TestABrowserResumesAFile cuts the connection in the middle of a file that a
// real browser sends, and loads the page anew once it is mended: the same file
// chosen again goes on from where the node has it, and is the same.
func TestABrowserResumesAFile(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	w := newWorld(t)
	f := w.file()
	size := int64(8*wire.ChunkSize + 4711)
	b := make([]byte, size)
	rand.NewChaCha8([32]byte{7}).Read(b) //nolint:errcheck // never fails
	copy(b, "%PDF-1.7\n")
	path := filepath.Join(t.TempDir(), "wiretap.pdf")
	w.ok(os.WriteFile(path, b, 0o600))
	d := &desk{webtest.Start(t), t, w.web["us"], i18n.English, w}
	line := newCable(t, d.base)
	d.enter("kestrelle")
	page := line.base + "/cases/" + f.id + "/files"
	d.Open(t, page)
	line.cutAfter(size / 2)
	d.Choose(t, `input[name="file"]`, path)
	d.Press(t, `form[data-upload] button`)
	select {
	case <-line.broken:
	case <-time.After(time.Minute):
		t.Fatal("the file was sent before the connection was cut")
	}
	d.Wait(t, d.say("file.cut"))
	line.mend()
	sent := line.sent.Load()
	d.Open(t, page)
	d.Wait(t, d.say("file.pending"))
	stands := d.Words(t, "[data-pending]")
	d.Choose(t, `input[name="file"]`, path)
	d.Click(t, `form[data-upload] button`)
	d.Wait(t, "wiretap.pdf")
	again := line.sent.Load() - sent
	if again >= size*3/4 || again == 0 {
		t.Errorf("%d bytes of %d were sent again", again, size)
	}
	var list []struct {
		ID   string
		Name string
		Size int64
	}
	c := w.as("us", "kestrelle", wire.PurposeProsecution)
	w.until(func() error {
		err := c.Get(t.Context(), "cases/"+f.id+"/files", &list)
		if err == nil && len(list) != 1 {
			err = fmt.Errorf("%d files: %v", len(list), list)
		}
		return err
	})
	from, err := c.Download(t.Context(), list[0].ID, 0)
	w.ok(err)
	got, err := io.ReadAll(from)
	w.ok(err)
	w.ok(from.Close())
	if !bytes.Equal(got, b) || list[0].Name != "wiretap.pdf" {
		t.Errorf("%s of %d bytes is not the file that was sent", list[0].Name, len(got))
	}
	t.Logf("of %d bytes %d went before the cut and %d after it; the page said %q", size, sent, again, stands)
}
