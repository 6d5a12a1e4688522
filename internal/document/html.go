package document

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
)

//go:embed document.css
var style string

//go:embed document.html
var source string

var twin = template.Must(template.New("document").Funcs(template.FuncMap{
	"number": sectionNumber, "item": Number, "bracketed": bracketed,
	"style": func() template.CSS { return template.CSS(style) }, // #nosec G203 -- our own file
	"t":     func(d Document, key string) string { return d.t(key) },
}).Parse(source))

// Style is the stylesheet of the twin, which stands in it: a server that sends
// a policy names its digest there.
func Style() string { return style }

// HTML writes the document as one accessible page that needs nothing else: one
// h1, headings in order, tables for facts, the language marked on every passage
// of another one, and a stylesheet for the screen and for print.
func (d Document) HTML() ([]byte, error) {
	var out bytes.Buffer
	if err := twin.Execute(&out, d); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return out.Bytes(), nil
}
