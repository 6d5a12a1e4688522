package raster

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"slices"
	"strings"
	"testing"

	"github.com/go-pdf/fpdf"
)

// secret is drawn where the redaction lies; kept stands beside it.
const (
	secret = "Xochiquetzal Palomarin"
	kept   = "Anzalduas"
)

// letter is a PDF of two pages with both words in its text.
func letter(t *testing.T) []byte {
	t.Helper()
	d := fpdf.New("P", "mm", "A4", "")
	d.SetTitle(secret, true)
	for range 2 {
		d.AddPage()
		d.SetFont("Helvetica", "", 20)
		d.Text(20, 30, secret)
		d.Text(20, 200, kept)
	}
	var b bytes.Buffer
	if err := d.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func texts(t *testing.T, b []byte) (all string) {
	t.Helper()
	d, err := Open("application/pdf", bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close() //nolint:errcheck // a test
	for n := range d.Pages() {
		text, err := d.Text(n)
		if err != nil {
			t.Fatal(err)
		}
		all += text
	}
	return all
}

// What is redacted is in no layer of the copy: the text that can be taken out
// of the original can be taken out no more, neither it nor any other, no byte of
// the copy holds it, and its pixels are black on the page on which it lay.
func TestRedactedPagesHaveNoTextLayer(t *testing.T) {
	b := letter(t)
	if all := texts(t, b); strings.Count(all, secret) != 2 || !strings.Contains(all, kept) {
		t.Fatalf("the original's text: %q", all)
	}
	d, err := Open("application/pdf", bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close() //nolint:errcheck // a test
	var out bytes.Buffer
	area := Area{Page: 0, Left: 5, Top: 5, Width: 60, Height: 10, Says: "identity"}
	if err := Redact(&out, d, []Area{area}); err != nil {
		t.Fatal(err)
	}
	if all := strings.TrimSpace(texts(t, out.Bytes())); all != "" {
		t.Errorf("the copy's text: %q", all)
	}
	if bytes.Contains(out.Bytes(), []byte(secret)) {
		t.Error("the copy holds the words")
	}
	copied, err := Open("application/pdf", bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close() //nolint:errcheck // a test
	if copied.Pages() != 2 {
		t.Fatalf("%d pages", copied.Pages())
	}
	for n, want := range []bool{true, false} {
		was, err := d.Page(n)
		if err != nil {
			t.Fatal(err)
		}
		is, err := copied.Page(n)
		if err != nil {
			t.Fatal(err)
		}
		if got := dark(is, Area{Left: 40, Top: 6, Width: 20, Height: 8}) > .98; got != want {
			t.Errorf("page %d is black: %v", n, got)
		}
		beside := Area{Left: 5, Top: 60, Width: 50, Height: 15}
		if a, b := dark(was, beside), dark(is, beside); a == 0 || b < a/2 {
			t.Errorf("page %d: what stands beside is gone: %v, %v", n, a, b)
		}
	}
}

// dark is the share of an area's pixels that are nearly black.
func dark(img image.Image, a Area) float64 {
	box, n := a.on(img.Bounds()), 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); r+g+b < 3*0x4000 {
				n++
			}
		}
	}
	return float64(n) / float64(box.Dx()*box.Dy())
}

// A picture's copy is its pixels: what lay under the area is in none of them, and
// nothing of what the camera wrote beside them is in the file.
func TestRedactedPicture(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 400, 300))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{200, 30, 30, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	wrote := "Exif\x00\x00GPS 26.1, -98.3"
	taken := slices.Concat([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(wrote) + 2)}, []byte(wrote), b.Bytes()[2:])
	d, err := Open("image/jpeg", bytes.NewReader(taken), int64(len(taken)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Redact(&out, d, []Area{{Left: 25, Top: 25, Width: 50, Height: 50, Says: "identity"}}); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out.Bytes(), []byte("GPS")) {
		t.Error("what the camera wrote is in the copy")
	}
	is, err := Open("image/png", bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	page, err := is.Page(0)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 300 {
		for x := range 400 {
			r, g, _, _ := page.At(x, y).RGBA()
			if inside := x >= 100 && x < 300 && y >= 75 && y < 225; inside && r != g {
				t.Fatalf("a pixel of what lay there at %d, %d", x, y)
			} else if !inside && r <= g {
				t.Fatalf("a pixel is lost at %d, %d", x, y)
			}
		}
	}
}

// bomb is a PNG of a few bytes that claims to be huge.
func bomb() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		binary.Write(&b, binary.BigEndian, uint32(len(data))) //nolint:errcheck // memory
		body := append([]byte(kind), data...)
		b.Write(body)
		binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(body)) //nolint:errcheck // memory
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 60000), 60000)
	chunk("IHDR", append(head, 8, 6, 0, 0, 0))
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(make([]byte, 1<<20)) //nolint:errcheck // memory
	w.Close()                    //nolint:errcheck // memory
	chunk("IDAT", z.Bytes())
	chunk("IEND", nil)
	return b.Bytes()
}

// What asks for more than it is given, or is not what it says, is refused and
// costs nothing.
func TestHostileFiles(t *testing.T) {
	for name, c := range map[string]struct {
		media string
		b     []byte
		want  error
	}{
		"a picture of 3.6 gigapixels": {"image/png", bomb(), ErrTooMuch},
		"no picture":                  {"image/png", []byte("\x89PNG\r\n\x1a\nface"), ErrBroken},
		"no PDF":                      {"application/pdf", []byte("%PDF-1.7\nnothing"), ErrBroken},
		"a film":                      {"video/mp4", nil, ErrKind},
	} {
		_, err := Open(c.media, bytes.NewReader(c.b), int64(len(c.b)))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestAreas(t *testing.T) {
	for _, a := range []Area{{}, {Width: 10}, {Width: 10, Height: 101}, {Left: 95, Width: 10, Height: 5}, {Left: -1, Width: 5, Height: 5}, {Page: -1, Width: 5, Height: 5}} {
		if a.Whole() {
			t.Errorf("%+v is whole", a)
		}
	}
	if !(Area{Left: 90, Top: 90, Width: 10, Height: 10}).Whole() {
		t.Error("a corner is none")
	}
}
