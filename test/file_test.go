package test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/oasiss/oasiss/client"
	files "github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/wire"
)

// put sends a file into a case as the command line does.
func (w *world) put(f file, name, person string, b []byte) string {
	w.t.Helper()
	id := w.take("us", "kestrelle", wire.PurposeProsecution, "file.begin", map[string]any{"case": f.id, "name": name, "person": person, "size": len(b)})
	w.ok(w.as("us", "kestrelle", wire.PurposeProsecution).Upload(context.Background(), id, bytes.NewReader(b), int64(len(b)), nil))
	return w.take("us", "kestrelle", wire.PurposeProsecution, "file.add", map[string]any{"upload": id})
}

// TestAFileCrosses sends a file to the other country: its bytes are fetched at
// once, it opens when the prosecutor there has signed for analysis, and what
// shows a protected person does not go without consent.
func TestAFileCrosses(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	b := make([]byte, 2*wire.ChunkSize+4711)
	rand.NewChaCha8([32]byte{3}).Read(b) //nolint:errcheck // never fails
	copy(b, "%PDF-1.7\n")
	video, face := w.put(f, "ticket of the bus.pdf", "", b), w.put(f, "her face.png", f.witness, []byte("\x89PNG\r\n\x1a\nface"))
	referral := w.sent(f)
	w.take("us", "kestrelle", wire.PurposeProsecution, "referral.send_file", map[string]any{"referral": referral, "file": video})
	if _, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(t.Context(), "referral.send_file", "", map[string]any{"referral": referral, "file": video}); !client.IsRefused(err, "referral.file_sent_already") {
		t.Errorf("got %v, want it refused as sent already", err)
	}
	if _, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(t.Context(), "referral.send_file", "", map[string]any{"referral": referral, "file": face}); !client.IsRefused(err, "referral.file_not_released") {
		t.Errorf("got %v, want it refused as not released", err)
	}
	there := w.as("mx", "escamillar", wire.PurposeProsecution)
	var seen files.View
	w.until(func() error {
		if err := there.Get(t.Context(), "files/"+video, &seen); err != nil {
			return err
		}
		var here files.View
		err := w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "files/"+video, &here)
		if err == nil && (len(here.Sent) != 1 || here.Sent[0].Arrived.IsZero() || !here.Sent[0].Released.IsZero()) {
			err = fmt.Errorf("not there yet: %+v", here.Sent)
		}
		return err
	})
	if !seen.Closed || seen.Name != "" || seen.Size != int64(len(b)) {
		t.Errorf("before it is signed for: %+v", seen)
	}
	if _, err := there.Download(t.Context(), video, 0); err == nil {
		t.Error("opens before it is signed for")
	}
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.until(func() error {
		from, err := there.Download(t.Context(), video, 0)
		if err != nil {
			return err
		}
		got, err := io.ReadAll(from)
		if err = errors.Join(err, from.Close()); err != nil || !bytes.Equal(got, b) {
			return fmt.Errorf("%d bytes, %w", len(got), err)
		}
		return nil
	})
	seen = files.View{}
	w.ok(there.Get(t.Context(), "files/"+video, &seen))
	if seen.Closed || seen.Name != "ticket of the bus.pdf" || seen.Media != "application/pdf" {
		t.Errorf("signed for: %+v", seen)
	}
	late := w.put(f, "later.bin", "", b[:1000])
	w.take("us", "kestrelle", wire.PurposeProsecution, "referral.send_file", map[string]any{"referral": referral, "file": late})
	w.until(func() error {
		from, err := there.Download(t.Context(), late, 0)
		if err != nil {
			return err
		}
		return from.Close()
	})
	if err := there.Get(t.Context(), "files/"+face, &seen); err == nil {
		t.Error("what was not sent is there")
	}
}
