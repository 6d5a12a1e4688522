package test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/evidence"
	files "github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/wire"
)

// collects takes a thing into custody as an exhibit of a case.
func (w *world) collects(n, login, caseID, description, file string) (id string, err error) {
	done, err := w.as(n, login, wire.PurposeProsecution).Take(w.t.Context(), "exhibit.collect", "", map[string]any{"case": caseID, "kind": "photograph", "description": description, "file": file,
		"when": time.Now().Add(-time.Hour).Format(time.RFC3339), "place": "Bodega", "basis": "search_warrant", "source": "A", "information": "1", "seal": "B-7"})
	return done.Object, err
}

func (w *world) exhibit(n, login, id string) (x evidence.View, err error) {
	return x, w.as(n, login, wire.PurposeProsecution).Get(w.t.Context(), "exhibits/"+id, &x)
}

// TestTheReceiverHasExhibitsOfItsOwn: in the case that came by referral the
// Mexican prosecutor adds exhibits with files, which stand beside the one that
// the sender handed over. Each has the number and the chain of its own node's
// case, a step on one is none on the other, the sender knows nothing of what is
// Mexico's, and no file of one case is named by a step of the other. What was
// taken in once becomes an exhibit without being sent again.
func TestTheReceiverHasExhibitsOfItsOwn(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	scan := w.put(f, "ledger.png", "", []byte("\x89PNG\r\n\x1a\nledger of the sender"))
	theirs, err := w.collects("us", "kestrelle", f.id, "First page of a ledger", scan)
	w.ok(err)
	referral := w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.there(referral, "referral.accept", map[string]any{})
	w.take("us", "kestrelle", wire.PurposeProsecution, "referral.send_file", map[string]any{"referral": referral, "file": scan})
	own := w.ownCase(referral)
	w.until(func() error {
		return w.as("mx", "escamillar", wire.PurposeProsecution).Get(t.Context(), "files/"+scan, nil)
	}) // it has come

	c := w.as("mx", "escamillar", wire.PurposeProsecution)
	media := []byte("\x89PNG\r\n\x1a\nthe warehouse in Reynosa")
	upload := w.take("mx", "escamillar", wire.PurposeProsecution, "file.begin", map[string]any{"case": own, "name": "bodega.png", "size": len(media)})
	w.ok(c.Upload(t.Context(), upload, bytes.NewReader(media), int64(len(media)), nil))
	taken := w.take("mx", "escamillar", wire.PurposeProsecution, "file.add", map[string]any{"upload": upload})
	mine, err := w.collects("mx", "escamillar", own, "La bodega", taken)
	w.ok(err)
	second, err := w.collects("mx", "escamillar", own, "La bodega, otra vez", taken) // the same file, not sent again
	w.ok(err)
	if _, err := w.collects("mx", "escamillar", own, "The sender's ledger", scan); !client.IsRefused(err, "exhibit.file") {
		t.Errorf("a file of the sender's becomes an exhibit of Mexico's: %v", err)
	}
	if _, err := w.collects("us", "kestrelle", f.id, "Mexico's", taken); !client.IsRefused(err, "exhibit.file") {
		t.Errorf("a file of Mexico's becomes an exhibit of the sender's: %v", err)
	}
	var kept []files.View
	w.ok(c.Get(t.Context(), "cases/"+own+"/files", &kept))
	if len(kept) != 1 || kept[0].ID != taken || kept[0].Referral != "" { // what came stands with its referral
		t.Errorf("files of the case: %+v", kept)
	}
	// The sender hands its exhibit over: from here on it stands in the same list.
	seen := map[string]any{"exhibit": theirs, "seal_read": "B-7", "condition": "intact"}
	w.take("us", "kestrelle", wire.PurposeProsecution, "exhibit.give_across", map[string]any{"referral": referral, "exhibit": theirs, "seal_read": "B-7", "condition": "intact"})
	w.until(func() error {
		_, err := c.Take(t.Context(), "exhibit.receive", "", seen)
		return err
	})

	step := map[string]any{"exhibit": mine, "step": "open", "seal_read": "B-7", "condition": "intact", "note": "Peritaje"}
	_, err = c.Take(t.Context(), "exhibit.step", "", step)
	w.ok(err)
	there, err := w.exhibit("mx", "escamillar", mine)
	w.ok(err)
	other, err := w.exhibit("mx", "escamillar", second)
	w.ok(err)
	var here evidence.View
	w.until(func() (err error) {
		if here, err = w.exhibit("us", "kestrelle", theirs); err == nil && len(here.Chain) < 3 {
			err = errors.New("the receipt has not come")
		}
		return err
	})
	came, err := w.exhibit("mx", "escamillar", theirs)
	w.ok(err)
	if came.Case != f.id || came.Number != here.Number || len(came.Chain) != 3 {
		t.Errorf("what was handed over is %s of %s, %d steps", came.Number, came.Case, len(came.Chain))
	}
	if len(there.Chain) != 2 || len(other.Chain) != 1 || len(here.Chain) != 3 { // collected, given, received
		t.Errorf("chains of %d, %d and %d steps", len(there.Chain), len(other.Chain), len(here.Chain))
	}
	if there.Case != own || here.Case != f.id || !strings.HasSuffix(there.Number, "-E1") || !strings.HasSuffix(other.Number, "-E2") || !strings.HasSuffix(here.Number, "-E1") || there.Number == here.Number {
		t.Errorf("numbers %s, %s and %s", there.Number, other.Number, here.Number)
	}
	if h := there.Chain[0].Held; h == nil || h.File != taken || other.Chain[0].Held.Manifest != h.Manifest {
		t.Errorf("the first step names %+v", h)
	}
	for _, id := range []string{mine, second} {
		var checked []evidence.Checked
		w.ok(c.Get(t.Context(), "exhibits/"+id+"/verified", &checked))
		for _, k := range checked {
			if !k.Signed || !k.Whole || k.Carried {
				t.Errorf("step %d of %s: %+v", k.Nth, id, k)
			}
		}
		if _, err := w.exhibit("us", "kestrelle", id); !client.IsRefused(err, "access.not_found") {
			t.Errorf("the sender reads an exhibit of Mexico's: %v", err)
		}
	}
	w.apart("mx", "escamillar", own, theirs, mine, second)
	w.apart("us", "kestrelle", f.id, theirs)
}

// ownCase is the case that the receiver opened for a referral.
func (w *world) ownCase(referral string) (id string) {
	w.t.Helper()
	w.until(func() error {
		var found []struct{ ID, Origin string }
		err := w.as("mx", "escamillar", wire.PurposeProsecution).Get(w.t.Context(), "cases", &found)
		for _, c := range found {
			if c.Origin == referral {
				id = c.ID
			}
		}
		if err == nil && id == "" {
			err = fmt.Errorf("no case was opened for %s: %+v", referral, found)
		}
		return err
	})
	return id
}

// apart holds that a case lists these exhibits and no others.
func (w *world) apart(n, login, caseID string, want ...string) {
	w.t.Helper()
	var rows []evidence.Row
	w.ok(w.as(n, login, wire.PurposeProsecution).Get(w.t.Context(), "cases/"+caseID+"/exhibits", &rows))
	if len(rows) != len(want) {
		w.t.Fatalf("%s lists %d exhibits, not %d", n, len(rows), len(want))
	}
	for _, x := range rows {
		if !slices.Contains(want, x.ID) || x.Gaps > 0 {
			w.t.Errorf("%s lists %+v", n, x)
		}
	}
}
