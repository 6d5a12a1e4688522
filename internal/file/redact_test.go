package file

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

// photograph is a picture of one colour.
func photograph(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// red is how red a pixel of a file is, as its reader gets it.
func (k *desk) red(id string, x, y int) uint32 {
	k.t.Helper()
	_, d, done, err := k.Pages(k.t.Context(), k.agent, wire.PurposeProsecution, id)
	if err != nil {
		k.t.Fatal(err)
	}
	defer done()
	page, err := d.Page(0)
	if err != nil {
		k.t.Fatal(err)
	}
	r, _, _, _ := page.At(x, y).RGBA()
	return r
}

// A redacted copy is a file of its own that says of what it was made, what is
// black and why. The original stays as it was. (Package raster shows that no text
// can be taken out of the copy of a PDF.)
func TestARedactedCopyStandsBesideItsOriginal(t *testing.T) {
	k := newDesk(t)
	was := photograph(t)
	id := k.put(was)
	areas, err := ParseBlacked([]string{"1 5 5 60.5 10 identity", "", "1 0 90 10 10 court_order"})
	if err != nil {
		t.Fatal(err)
	}
	copied, err := k.Redact(t.Context(), k.agent, "once", wire.PurposeProsecution, id, areas, true)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := k.Redact(t.Context(), k.agent, "once", wire.PurposeProsecution, id, areas, true); err != nil || again != copied {
		t.Errorf("a repeat gives %s, %v", again, err)
	}
	if got, err := k.get(id); err != nil || !bytes.Equal(got, was) {
		t.Errorf("the original: %d bytes, %v", len(got), err)
	}
	if k.red(id, 20, 4) == 0 || k.red(copied, 20, 4) != 0 || k.red(copied, 20, 20) == 0 {
		t.Error("what is black in the copy is not what was marked")
	}
	v, err := Show(t.Context(), k.Node.Acts, k.agent, wire.PurposeProsecution, copied)
	if err != nil || v.Redaction == nil || v.Redaction.Of != id || len(v.Redaction.Blacked) != 2 || v.Redaction.Blacked[0].Reason != "identity" || v.Media != "image/png" || v.Name != "video of the trailer.redacted.png" {
		t.Errorf("%+v, %v", v, err)
	}
	k.ReplayEqual()
	for _, lines := range [][]string{nil, {"1 5 5 60 10 because"}, {"0 5 5 60 10 identity"}, {"1 5 5 NaN 10 identity"}, {"1 50 5 60 10 identity"}, {"all of it"}} {
		if _, err := ParseBlacked(lines); !refusal.Is(err, "file.areas") {
			t.Errorf("%q: %v", lines, err)
		}
	}
	if _, err := k.Redact(t.Context(), k.agent, "page 2", wire.PurposeProsecution, id, []Blacked{{Page: 2, Width: 5, Height: 5, Reason: "minor"}}, true); !refusal.Is(err, "file.areas") {
		t.Errorf("a page that is not there: %v", err)
	}
	if _, err := k.Redact(t.Context(), k.agent, "noise", wire.PurposeProsecution, k.put(noise(900)), areas, true); !refusal.Is(err, "file.not_drawn") {
		t.Errorf("no picture: %v", err)
	}
	if _, err := k.Redact(t.Context(), k.other, "other", wire.PurposeProsecution, id, areas, true); !refusal.Is(err, "access.not_found") {
		t.Errorf("by whoever does not see the file: %v", err)
	}
}

// A copy of what shows a person stays closed as the original does, unless
// whoever makes it says that nobody is recognised in it.
func TestACopyOfWhatShowsAPerson(t *testing.T) {
	k := newDesk(t)
	who := k.Must(k.agent, wire.PurposeProsecution, &casefile.AddPerson{Case: k.c, Particulars: casefile.Particulars{Given: "Rutilio", Birth: "1988-02-03"},
		RoleFields: casefile.RoleFields{Role: "suspect", Function: "guide", Source: "observation"}}).Object
	b := photograph(t)
	up := k.Must(k.agent, wire.PurposeProsecution, &Begin{Case: k.c, Name: "face.png", Person: who, Size: int64(len(b))}).Object
	if _, err := k.Append(t.Context(), k.agent, up, 0, bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	id := k.Must(k.agent, wire.PurposeProsecution, &Add{Upload: up}).Object
	for shows, want := range map[bool]string{true: who, false: ""} {
		copied, err := k.Redact(t.Context(), k.agent, "", wire.PurposeProsecution, id, []Blacked{{Page: 1, Width: 100, Height: 100, Reason: "identity"}}, shows)
		if err != nil {
			t.Fatal(err)
		}
		v, err := Show(t.Context(), k.Node.Acts, k.agent, wire.PurposeProsecution, copied)
		if err != nil || v.Person != want {
			t.Errorf("still shows %v: about %q, %v", shows, v.Person, err)
		}
		if k.red(copied, 3, 3) != 0 {
			t.Error("the pixel is there")
		}
	}
}
