package document

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/oasiss/oasiss/internal/i18n"
)

var then = time.Date(2026, 6, 9, 19, 5, 0, 0, time.UTC)

func sample(l i18n.Lang) Document {
	return Document{Lang: l, Kind: "Packet", Number: "OAS-1 v2", Title: "Ñandú, two pages of it", Contents: true, Handling: Handling{"H2", "No onward sharing"},
		Facts: []Fact{{Label: "Digest", Value: strings.Repeat("9f41c07a", 8), Mono: true}}, Notes: []Note{{Title: "Once", Text: "For prosecution only.", Strong: true}},
		Foot: []string{"OAS-1 · v2 · 9f41c07a…", "Printed by D. Ruiz"},
		Sections: []Section{{Heading: "Statements", Notes: []Note{{Text: "A note."}}, Blocks: []Block{
			{Heading: "Statement", Person: "Ceiba", Marks: []string{"H2"}, Doubt: "Not verified", Facts: []Fact{{Label: "When", Value: "7 June 2026"}},
				Said: []Passage{{Lang: "es", Paragraphs: []string{"«Nos cobró $900», dijo: ¿quién? — “él”…", strings.Repeat("Caminamos toda la noche por el monte. ", 120)}}, {Heading: "Translation by E. Marlow", Lang: "en", Paragraphs: []string{"He charged us."}}}}}},
			{Heading: "Checklist", Facts: []Fact{{Label: "Facts", Value: "There"}}}},
		Signed: []Signature{{Role: "Gives", Name: "J. Whitfield", Office: "OFO Hidalgo", At: "9 June 2026, 14:05 CDT"}, {Role: "Receives", Name: "P. Arce", Office: "INM Reynosa"}}}
}

// written is the text of a PDF, page by page, as it stands in its content
// streams: UTF-16 in parentheses.
func written(t *testing.T, pdf []byte) string {
	t.Helper()
	var out strings.Builder
	for _, part := range bytes.Split(pdf, []byte("stream\n"))[1:] {
		z, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue
		}
		content, _ := io.ReadAll(z) // a font or a map gives no text below
		for _, m := range regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\) ?Tj`).FindAllSubmatch(content, -1) {
			raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(m[1], func(e []byte) []byte {
				if e[1] == 'r' {
					return []byte{'\r'}
				}
				return e[1:]
			})
			var units []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			out.WriteString(string(utf16.Decode(units)) + " ")
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// TestBothFormsSayTheSame holds that every word of a document stands in the PDF
// and in the twin, and the marks on each page of the PDF.
func TestBothFormsSayTheSame(t *testing.T) {
	for _, l := range i18n.Languages() {
		d := sample(l)
		pdf, err := d.PDF(then)
		if err != nil {
			t.Fatal(err)
		}
		html, err := d.HTML()
		if err != nil {
			t.Fatal(err)
		}
		text := written(t, pdf)
		page := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]+>`).ReplaceAllString(string(html), " ")), " ")
		for _, w := range regexp.MustCompile(`[\pL\d“”«»¿…$]+`).FindAllString(d.Outline(), -1) {
			if w == "es" || w == "en" {
				continue // the language of a passage is a mark, not a word
			}
			if !strings.Contains(text, w) {
				t.Errorf("%s: the PDF lacks %q", l, w)
			}
			if !strings.Contains(page, w) {
				t.Errorf("%s: the twin lacks %q", l, w)
			}
		}
		pages := bytes.Count(pdf, []byte("/Type /Page\n"))
		if pages < 2 || strings.Count(text, "No onward sharing") != pages || strings.Count(text, "9f41c07a…") != pages {
			t.Errorf("%s: %d pages, handling on %d, digest on %d", l, pages, strings.Count(text, "No onward sharing"), strings.Count(text, "9f41c07a…"))
		}
		again, err := d.PDF(then)
		if err != nil || !bytes.Equal(pdf, again) {
			t.Errorf("%s: the same document gives other bytes (%v)", l, err)
		}
	}
}

// TestTheTwinIsInert: words of a packet are text, never markup, and nothing is
// loaded from anywhere.
func TestTheTwinIsInert(t *testing.T) {
	d := sample(i18n.English)
	d.Title = `<script src="//x">`
	d.Sections[0].Blocks[0].Said[0] = Passage{Lang: `es" onload="x`, Paragraphs: []string{`<img src=x onerror=y>`}}
	html, err := d.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", `" onload`, "http://", "https://", "url("} {
		if bytes.Contains(html, []byte(bad)) {
			t.Errorf("the twin holds %q", bad)
		}
	}
}

// FuzzPrinted writes any words: there is a PDF and a twin of them.
// TestALabelStandsOnOnePage: a label of two lines at the foot of a page goes over
// to the next with its value, wherever it comes.
func TestALabelStandsOnOnePage(t *testing.T) {
	pages := func(facts []Fact) int {
		pdf, err := Document{Lang: i18n.English, Kind: "Packet", Number: "OAS-1", Title: "Facts", Sections: []Section{{Heading: "Facts", Facts: facts}}}.PDF(time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(pdf, []byte("/Type /Page\n"))
	}
	var rows []Fact
	for n := range 45 {
		rows = append(rows, Fact{Label: "Row", Value: "There"})
		end := append(append([]Fact{}, rows...), Fact{Label: strings.Repeat("Certificate or registration of the interpreter ", 3), Value: "Court interpreter 4471"}, rows[0])
		if was, is := pages(rows), pages(end); was == 0 || is > was+1 {
			t.Fatalf("after %d rows: %d pages, with one more of a long label %d", n+1, was, is)
		}
	}
}

func FuzzPrinted(f *testing.F) {
	for _, s := range []string{"", "Ñ\u0301\u200b\u202e", "😀\U0010ffff\x00\x1b[0m", "\xff\xfe", strings.Repeat("x", 3000), "a\u2028b\u00a0c\ufeff", "(\\)\r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := sample(i18n.Spanish)
		d.Title, d.Foot[0], d.Signed[0].Name, d.Facts[0].Label = s, s, s, s
		d.Sections[0].Blocks[0].Said[0].Paragraphs[0] = s
		if _, err := d.PDF(then); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if _, err := d.HTML(); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
	})
}
