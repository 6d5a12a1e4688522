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

// TestAFileGoesOnWhenTheLockIsOpened cuts the connection in the middle of a file
// and lets the screen lock before it is mended: behind the lock nothing is sent,
// and once its person opens it the file goes on by itself from where it stood.
func TestAFileGoesOnWhenTheLockIsOpened(t *testing.T) {
	if testing.Short() {
		t.Skip("drives a node through a browser")
	}
	w := oneNode(t)
	id := w.take("us", "kestrelle", wire.PurposeProsecution, "case.open", map[string]any{"title": "A file across a lock"})
	size := int64(3*wire.ChunkSize + 4711)
	b := make([]byte, size)
	rand.NewChaCha8([32]byte{9}).Read(b) //nolint:errcheck // never fails
	copy(b, "%PDF-1.7\n")
	path := filepath.Join(t.TempDir(), "camera.pdf")
	w.ok(os.WriteFile(path, b, 0o600))
	d := &desk{webtest.Start(t), t, w.web["us"], i18n.English, w}
	line := newCable(t, d.base)
	code := w.withoutPasskey(t, "pettibone", "en") // a passkey answers the node's own address, and no cable's
	d.byCode("pettibone", code)
	d.Open(t, line.base+"/cases/"+id+"/files")
	line.cutAfter(size / 2)
	d.Choose(t, `input[name="file"]`, path)
	d.Press(t, `form[data-upload] button`)
	select {
	case <-line.broken:
	case <-time.After(time.Minute):
		t.Fatal("the file was sent before the connection was cut")
	}
	w.ahead.Store("us", 26*time.Minute)
	sent := line.sent.Load()
	line.mend()
	d.Wait(t, d.say("lock.title"))
	d.Await(t, `#screen-lock form[action="/locked/password"]`)
	if behind := line.sent.Load() - sent; behind > wire.ChunkSize/8 {
		t.Errorf("%d bytes were sent behind the lock", behind)
	}
	sent = line.sent.Load()
	d.Run(t, `(() => {
		const f = document.querySelector('#screen-lock form[action="/locked/password"]');
		f.elements.password.value = "`+password+`";
		f.elements.code.value = "`+code()+`";
		f.requestSubmit();
		return "";
	})()`)
	d.Await(t, `a[href^="/files/"]`) // the page leads on by itself
	if again := line.sent.Load() - sent; again >= size*3/4 || again < size/4 {
		t.Errorf("%d bytes of %d were sent after the lock was opened", again, size)
	}
	var list []struct {
		ID   string
		Size int64
	}
	c := w.as("us", "kestrelle", wire.PurposeProsecution)
	w.ok(c.Get(t.Context(), "cases/"+id+"/files", &list))
	if len(list) != 1 || list[0].Size != size {
		t.Fatalf("files of the case: %+v", list)
	}
	from, err := c.Download(t.Context(), list[0].ID, 0)
	w.ok(err)
	got, err := io.ReadAll(from)
	w.ok(err)
	w.ok(from.Close())
	if !bytes.Equal(got, b) {
		t.Error("what came is not what was sent")
	}
}
