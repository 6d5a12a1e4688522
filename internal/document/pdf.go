package document

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/go-fonts/liberation/liberationmonoregular"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/go-pdf/fpdf"
)

// Measures of a page in millimetres: letter, which both countries file, with
// the margins of LOOK.md.
const (
	margin    = 16.0
	foot      = 11.0 // lines at the bottom, under the text area
	labels    = 46.0 // width of the column of labels
	line      = 4.9  // of body text
	bodySize  = 10.0
	smallSize = 8.0
)

// ink are the colours of print: everything is legible in black alone.
var (
	black  = [3]int{0, 0, 0}
	grey   = [3]int{70, 78, 76}
	hair   = [3]int{170, 178, 175}
	indigo = [3]int{0x34, 0x47, 0x8F}
	cochin = [3]int{0x86, 0x31, 0x5F}
)

// page is a PDF being written.
type page struct {
	*fpdf.Fpdf
	d     Document
	at    map[string]int // page on which each section begins, of the run before
	found map[string]int
	total int // pages of the run before
}

// PDF writes the document as PDF 1.4 with its fonts embedded. The same document
// gives the same bytes. It is not tagged: HTML is the form for screen readers.
func (d Document) PDF(at time.Time) ([]byte, error) {
	first, err := d.run(at, map[string]int{}, 1)
	if err != nil {
		return nil, err
	}
	second, err := d.run(at, first.found, first.PageCount()) // the contents now know their pages
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := second.Output(&out); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return out.Bytes(), nil
}

func (d Document) run(at time.Time, pages map[string]int, total int) (*page, error) {
	p := &page{Fpdf: fpdf.New("P", "mm", "Letter", ""), d: d, at: pages, found: map[string]int{}, total: total}
	p.SetCreationDate(at)
	p.SetModificationDate(at)
	p.SetCatalogSort(true)
	p.SetLang(d.Lang.Tag())
	p.SetTitle(clean(d.Kind+" "+d.Number+": "+d.Title), true)
	p.AddUTF8FontFromBytes("sans", "", liberationsansregular.TTF)
	p.AddUTF8FontFromBytes("sans", "B", liberationsansbold.TTF)
	p.AddUTF8FontFromBytes("serif", "", liberationserifregular.TTF)
	p.AddUTF8FontFromBytes("mono", "", liberationmonoregular.TTF)
	p.SetCellMargin(0)
	p.SetMargins(margin, margin+6, margin)
	p.SetAutoPageBreak(true, margin+foot)
	p.SetHeaderFunc(p.head)
	p.SetFooterFunc(p.foot)
	p.AddPage()
	p.opening()
	for i, s := range d.Sections {
		p.section(i, s)
	}
	p.signatures()
	return p, p.Error()
}

// clean leaves what a font can draw: no control characters, nothing beyond the
// basic plane, which shows as a mark instead of vanishing.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\u00a0' || r == '\u202f':
			return ' '
		case r > 0xFFFD || unicode.Is(unicode.Cs, r):
			return '\uFFFD'
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

func (p *page) pen(family, style string, size float64, c [3]int) {
	p.SetFont(family, style, size)
	p.SetTextColor(c[0], c[1], c[2])
}

// width is that of the text area.
func (p *page) width() float64 {
	w, _ := p.GetPageSize()
	return w - 2*margin
}

// text writes words from the left margin plus indent, and goes on beneath.
func (p *page) text(indent, height float64, s string) {
	p.SetX(margin + indent)
	p.MultiCell(p.width()-indent, height, clean(s), "", "L", false)
}

// room goes to a new page unless h millimetres are left on this one.
func (p *page) room(h float64) {
	_, height := p.GetPageSize()
	if p.GetY()+h > height-margin-foot {
		p.AddPage()
	}
}

// head is at the top of every page: what it is, and the handling code at the right.
func (p *page) head() {
	p.SetXY(margin, 9)
	p.pen("sans", "", smallSize, grey)
	p.CellFormat(p.width()/2, 4, clean("OASISS · "+p.d.Kind+" "+p.d.Number), "", 0, "L", false, 0, "")
	h := p.d.Handling
	if h.Code == "" {
		p.seam(14)
		return
	}
	w, _ := p.GetPageSize()
	p.pen("sans", "", smallSize, black)
	words := clean(h.Words)
	wide := p.GetStringWidth(words)
	p.SetXY(w-margin-wide, 9)
	p.CellFormat(wide, 4, words, "", 0, "R", false, 0, "")
	p.pen("sans", "B", smallSize+1, [3]int{255, 255, 255})
	p.SetFillColor(0, 0, 0)
	p.SetXY(w-margin-wide-11, 8.6)
	p.CellFormat(9, 4.8, clean(h.Code), "", 0, "C", true, 0, "")
	p.seam(14)
	p.SetXY(margin, margin+6)
}

// seam is the line between the two countries.
func (p *page) seam(y float64) {
	w, _ := p.GetPageSize()
	p.SetLineWidth(0.5)
	p.SetDrawColor(indigo[0], indigo[1], indigo[2])
	p.Line(margin, y, w-margin, y)
	p.SetDrawColor(cochin[0], cochin[1], cochin[2])
	p.Line(margin, y+1, w-margin, y+1)
	p.SetXY(margin, margin+6)
}

// foot is at the bottom of every page: version, digest, who printed it, page.
func (p *page) foot() {
	w, h := p.GetPageSize()
	y := h - margin - foot + 3
	p.SetLineWidth(0.2)
	p.SetDrawColor(hair[0], hair[1], hair[2])
	p.Line(margin, y, w-margin, y)
	p.pen("sans", "", 7.5, grey)
	for i, l := range p.d.Foot {
		p.SetXY(margin, y+1.5+3.6*float64(i))
		p.CellFormat(p.width()-30, 3.6, p.fit(clean(l), p.width()-30), "", 0, "L", false, 0, "")
	}
	p.SetXY(w-margin-30, y+1.5)
	p.pen("sans", "B", smallSize, black)
	p.CellFormat(30, 3.6, clean(p.d.t("document.page", "N", p.PageNo(), "Of", max(p.total, p.PageNo()))), "", 0, "R", false, 0, "")
}

// fit cuts a line that would run into the page number.
func (p *page) fit(s string, w float64) string {
	if p.GetStringWidth(s) <= w {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && p.GetStringWidth(string(r)+"…") > w {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
