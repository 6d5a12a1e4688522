// Package document holds what the programme prints: packets, cover letters and
// hand-over records. A document is built once, as facts and words, and written
// as PDF for a court's file and as HTML for whoever reads with a screen reader:
// the two say the same, in the same order, under the same numbers.
package document

import (
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Document is one printed thing in one language.
type Document struct {
	Lang     i18n.Lang
	Kind     string   // what it is, "Packet"
	Title    string   // what it is about
	Number   string   // under which number it goes
	Handling Handling // stands at the top of every page
	Facts    []Fact   // on the first page
	Notes    []Note   // what must be known before the rest is read
	Sections []Section
	Contents bool        // a table of contents stands on the first page
	Foot     []string    // lines at the bottom of every page: version, digest, who printed it, when
	Signed   []Signature // where people sign, or have signed
}

// Handling is a handling code with its rule in words.
type Handling struct{ Code, Words string }

// Fact is one line: what it is and what it says.
type Fact struct {
	Label, Value string
	Mono         bool // a number or code, to be read letter by letter
}

// Note is a sentence that must not be overlooked.
type Note struct {
	Title, Text string
	Strong      bool // drawn in a frame
}

// Section is a numbered part of a document.
type Section struct {
	Heading string
	Notes   []Note
	Facts   []Fact // a list that needs no numbers
	Blocks  []Block
}

// Block is one thing in a section: an event, a statement, an offence.
type Block struct {
	Heading string
	Person  string   // pseudonym of whom it is about; empty for nobody
	Marks   []string // channel, weight, handling: what may be done with it
	Doubt   string   // what was not verified, in words
	Facts   []Fact
	Said    []Passage
}

// Passage is a text in a block: somebody's words in their own language, a named
// person's translation, or, without a language, words of the programme.
type Passage struct {
	Heading    string
	Lang       string // BCP 47
	Paragraphs []string
}

// Paragraphs are the lines of a text that say something.
func Paragraphs(text string) []string {
	var out []string
	for p := range strings.SplitSeq(text, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// Signature is where somebody signs: in ink where At is empty.
type Signature struct{ Role, Name, Office, At string }

// Filled leaves out facts that say nothing.
func Filled(facts []Fact) []Fact {
	var out []Fact
	for _, f := range facts {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// sectionNumber is under what a letter refers to a place of the document: the
// same in both languages and in both forms.
func sectionNumber(i int) string { return strconv.Itoa(i + 1) }

// Number is that of the j-th block of the i-th section, both from 0.
func Number(i, j int) string { return sectionNumber(i) + "." + strconv.Itoa(j+1) }

// t is a text in the document's language.
func (d Document) t(key string, pairs ...any) string {
	params := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		params[pairs[i].(string)] = pairs[i+1]
	}
	return i18n.T(d.Lang, key, params)
}
