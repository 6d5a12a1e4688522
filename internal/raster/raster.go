// Package raster makes pixels of the pages of a file: to be looked at without
// anything of the file being run, and to be blacked out for good. A picture is
// one page; the pages of a PDF are drawn inside a WebAssembly sandbox that sees
// no disk and no network.
//
// What a hostile file can ask for is bounded: pixels of a page, number of
// pages, memory of the sandbox, time of a page.
package raster

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/gif"  // decoders of what pictures arrive as
	_ "image/jpeg" // the same
	_ "image/png"  // the same
	"io"
	"math"

	_ "golang.org/x/image/bmp" // the same
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
	_ "golang.org/x/image/webp" // the same
)

var (
	// ErrKind means that pages of such a file cannot be drawn.
	ErrKind = errors.New("raster: no pages can be drawn of such a file")
	// ErrTooMuch means that a file asks for more pixels, pages, memory or time
	// than it is given.
	ErrTooMuch = errors.New("raster: more than is drawn")
	// ErrBroken means that the file is not what its type says.
	ErrBroken = errors.New("raster: the file cannot be read as what it is")
)

const (
	maxPixels = 40 << 20 // of a picture that is decoded
	maxPages  = 500      // of a document
)

// Document is a file whose pages can be drawn, from 0. It is used by one
// goroutine, and closed.
type Document interface {
	Pages() int
	// Page draws one page. ErrTooMuch, ErrBroken.
	Page(n int) (image.Image, error)
	// Text is the text that can be taken out of a page; empty of a picture.
	Text(n int) (string, error)
	Close() error
}

// Open opens a file of a sniffed type for drawing. It reads from r as long as
// the document is open. ErrKind, ErrTooMuch, ErrBroken.
func Open(media string, r io.ReadSeeker, size int64) (Document, error) {
	switch media {
	case "application/pdf":
		return openPDF(r, size)
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp":
		return openPicture(r)
	}
	return nil, ErrKind
}

// Drawn reports whether pages can be drawn of files of a type.
func Drawn(media string) bool {
	switch media {
	case "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp":
		return true
	}
	return false
}

// picture is a document of one page. It is decoded when it is opened: what it
// claims to be is asked first.
type picture struct{ image.Image }

func openPicture(r io.ReadSeeker) (Document, error) {
	says, _, err := image.DecodeConfig(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if says.Width < 1 || says.Height < 1 || int64(says.Width)*int64(says.Height) > maxPixels {
		return nil, ErrTooMuch
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("raster: %w", err)
	}
	img, _, err := image.Decode(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return picture{img}, nil
}

// Pages implements Document.
func (picture) Pages() int { return 1 }

// Page implements Document.
func (p picture) Page(n int) (image.Image, error) {
	if n != 0 {
		return nil, ErrBroken
	}
	return p.Image, nil
}

// Text implements Document.
func (picture) Text(int) (string, error) { return "", nil }

// Close implements Document.
func (picture) Close() error { return nil }

// Area is a part of a page to be blacked out, in hundredths of its width and
// height from the upper left, and what is written on it.
type Area struct {
	Page                     int // from 0
	Left, Top, Width, Height float64
	Says                     string
}

// Whole reports whether an area lies on its page and covers something.
func (a Area) Whole() bool {
	for _, v := range []float64{a.Left, a.Top, a.Width, a.Height} {
		if math.IsNaN(v) || v < 0 || v > 100 {
			return false
		}
	}
	return a.Page >= 0 && a.Width > 0 && a.Height > 0 && a.Left+a.Width <= 100.01 && a.Top+a.Height <= 100.01
}

// on is the area in pixels, every pixel that it touches.
func (a Area) on(b image.Rectangle) image.Rectangle {
	w, h := float64(b.Dx())/100, float64(b.Dy())/100
	return image.Rect(b.Min.X+int(math.Floor(a.Left*w)), b.Min.Y+int(math.Floor(a.Top*h)),
		b.Min.X+int(math.Ceil((a.Left+a.Width)*w)), b.Min.Y+int(math.Ceil((a.Top+a.Height)*h))).Intersect(b)
}

// Burn gives a copy of a page in which areas are black for good, each with its
// words in white where they fit. Nothing of what was under them is in the copy.
func Burn(page image.Image, areas []Area) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, page.Bounds().Dx(), page.Bounds().Dy()))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), page, page.Bounds().Min, draw.Over)
	for _, a := range areas {
		box := a.on(out.Bounds())
		draw.Draw(out, box, image.Black, image.Point{}, draw.Src)
		write(out, box, a.Says)
	}
	return out
}

// write writes words in white into the upper left of a box, as large as the page
// asks for, where they fit.
func write(out *image.RGBA, box image.Rectangle, says string) {
	const high, base = 15, 12 // of a line of the face, in pixels
	d := font.Drawer{Src: image.White, Face: basicfont.Face7x13}
	line := image.Rect(0, 0, d.MeasureString(says).Ceil()+6, high)
	scale := min(max(out.Bounds().Dx()/500, 1), box.Dx()/line.Dx(), box.Dy()/line.Dy())
	if says == "" || scale < 1 {
		return
	}
	words := image.NewRGBA(line)
	draw.Draw(words, line, image.Black, image.Point{}, draw.Src)
	d.Dst, d.Dot = words, fixed.P(3, base)
	d.DrawString(says)
	for y := range line.Dy() * scale {
		for x := range line.Dx() * scale {
			out.Set(box.Min.X+x, box.Min.Y+y, words.At(x/scale, y/scale))
		}
	}
}
