package raster

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"slices"
	"strconv"

	"github.com/go-pdf/fpdf"
)

// PNG writes one page as a picture: pixels and nothing else of the file.
func PNG(w io.Writer, page image.Image) error {
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, page); err != nil {
		return fmt.Errorf("raster: %w", err)
	}
	return nil
}

// Redact writes a copy of a document in which areas are burned out: of a picture
// a PNG, of a PDF a PDF whose pages are pictures. The copy is made of pixels
// alone: it has no text, no layer, no name and no earlier state of the original.
// ErrTooMuch, ErrBroken.
func Redact(w io.Writer, d Document, areas []Area) error {
	if one, ok := d.(picture); ok {
		return PNG(w, Burn(one.Image, areas))
	}
	out := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt"})
	out.SetProducer("oasiss", true)
	out.SetAutoPageBreak(false, 0)
	out.SetMargins(0, 0, 0)
	for n := range d.Pages() {
		page, err := d.Page(n)
		if err != nil {
			return err
		}
		on := slices.DeleteFunc(slices.Clone(areas), func(a Area) bool { return a.Page != n })
		burned := Burn(page, on)
		var b bytes.Buffer
		if err := PNG(&b, burned); err != nil {
			return err
		}
		// The page has the size that its pixels have at 200 an inch.
		wide, high := float64(burned.Bounds().Dx())*72/200, float64(burned.Bounds().Dy())*72/200
		name, how := strconv.Itoa(n), fpdf.ImageOptions{ImageType: "PNG"}
		out.AddPageFormat("P", fpdf.SizeType{Wd: wide, Ht: high})
		out.RegisterImageOptionsReader(name, how, &b)
		out.ImageOptions(name, 0, 0, wide, high, false, how, 0, "")
	}
	if err := out.Output(w); err != nil {
		return fmt.Errorf("raster: %w", err)
	}
	return nil
}
