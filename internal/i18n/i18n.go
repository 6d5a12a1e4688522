// Package i18n holds every sentence a person reads, in English and in Mexican
// Spanish, and the way dates, spans of time, lists and numbers are written in
// each. A sentence has a key; the doors ask for the key in the reader's
// language. The package's tests refuse a key that exists in one language only.
package i18n

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

// Lang is a language of the interface: "en" or "es".
type Lang string

// The two languages. Spanish is that of Mexico.
const (
	English Lang = "en"
	Spanish Lang = "es"
)

//go:embed locales/*.yaml
var files embed.FS

// tags gives each language its full tag: numbers and plurals follow the country.
var tags = map[Lang]language.Tag{English: language.English, Spanish: language.MustParse("es-MX")}

// Languages lists the languages in the order a switch shows them.
func Languages() []Lang { return []Lang{English, Spanish} }

// Tag is the value of an HTML lang attribute: "en" or "es-MX".
func (l Lang) Tag() string { return tags[l.known()].String() }

// Other is the language that the switch offers.
func (l Lang) Other() Lang {
	if l.known() == Spanish {
		return English
	}
	return Spanish
}

// Known says whether l is one of Languages.
func (l Lang) Known() bool { _, ok := tags[l]; return ok }

// known falls back to English, so that a wrong setting never empties a page.
func (l Lang) known() Lang {
	if l.Known() {
		return l
	}
	return English
}

// Match chooses the language for an HTTP Accept-Language header; English when
// the header names neither.
func Match(acceptLanguage string) Lang {
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return English
	}
	matcher := language.NewMatcher([]language.Tag{language.English, language.Spanish})
	if _, i, c := matcher.Match(wanted...); c > language.No && i == 1 {
		return Spanish
	}
	return English
}

// book is one language's texts: plain ones ready to return, the rest (with
// parameters or plural forms) left to go-i18n.
type book struct {
	texts     map[string]map[string]string // key → plural form → text
	localizer *goi18n.Localizer
}

// books are the texts of each language, read when it is first spoken: a command
// that answers in one does not wait for the other.
var books = map[Lang]func() (*book, error){
	English: sync.OnceValues(func() (*book, error) { return open(files, English) }),
	Spanish: sync.OnceValues(func() (*book, error) { return open(files, Spanish) }),
}

// of is the book of l. It panics where the texts are broken: they are compiled
// in, so that a broken file is a broken build.
func of(l Lang) *book {
	b, err := books[l.known()]()
	if err != nil {
		panic(err)
	}
	return b
}

// T is the text of key in l. Parameters fill {{.Name}}; a parameter named
// Count also chooses the plural form, and one that has In(Lang) string gives its
// text in l. An unknown key comes back as itself, so
// that a missing text is visible and the page tests can find it.
func T(l Lang, key string, params ...map[string]any) string {
	b := of(l)
	forms, ok := b.texts[key]
	if !ok {
		return key
	}
	if text, plain := plain(forms); plain {
		return text
	}
	data := map[string]any{}
	for _, p := range params {
		for k, v := range p {
			if t, ok := v.(interface{ In(Lang) string }); ok {
				v = t.In(l) // a text of the programme's data brings both languages with it
			}
			data[k] = v
		}
	}
	config := &goi18n.LocalizeConfig{MessageID: key, TemplateData: data}
	if _, single := forms[""]; !single { // a text of one form is the same for one as for many
		config.PluralCount = count(data)
	}
	text, err := b.localizer.Localize(config)
	if err != nil {
		return key
	}
	return text
}

// plain is a text that is ready to return.
func plain(forms map[string]string) (text string, ok bool) {
	text, ok = forms[""]
	return text, ok && !strings.Contains(text, "{{")
}

// count reads the parameter that chooses a plural form; nil when there is none.
func count(data map[string]any) any {
	switch n := data["Count"].(type) {
	case int, int8, int16, int32, int64, string:
		return n
	case uint, uint8, uint16, uint32, uint64:
		return fmt.Sprint(n)
	}
	return nil
}

// Has says whether key has a text: in English, and by the tests of this package
// in every language.
func Has(key string) bool {
	_, ok := of(English).texts[key]
	return ok
}

// Keys lists every key of l that begins with prefix, sorted.
func Keys(l Lang, prefix string) []string {
	var keys []string
	for k := range of(l).texts {
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}

// open merges the area files of a language. The same key in two files is an
// error: the second text would otherwise win by the accident of its file name.
func open(root fs.FS, l Lang) (*book, error) {
	b, bundle := &book{texts: map[string]map[string]string{}}, goi18n.NewBundle(tags[l])
	names, err := fs.Glob(root, "locales/*."+string(l)+".yaml")
	if err != nil {
		return nil, fmt.Errorf("i18n: list the texts of %s: %w", l, err)
	}
	for _, name := range names {
		if err := b.read(root, name, bundle, l); err != nil {
			return nil, err
		}
	}
	b.localizer = goi18n.NewLocalizer(bundle, tags[l].String(), string(l))
	return b, nil
}

func (b *book) read(root fs.FS, name string, bundle *goi18n.Bundle, l Lang) error {
	raw, err := fs.ReadFile(root, name)
	if err != nil {
		return fmt.Errorf("i18n: read %s: %w", name, err)
	}
	texts, err := parse(raw)
	if err != nil {
		return fmt.Errorf("i18n: %s: %w", name, err)
	}
	messages := make([]*goi18n.Message, 0, len(texts))
	for key, forms := range texts {
		if _, twice := b.texts[key]; twice {
			return fmt.Errorf("i18n: %s: the key %q is in another file too", name, key)
		}
		b.texts[key] = forms
		if _, plain := plain(forms); plain {
			continue
		}
		m := &goi18n.Message{ID: key, Other: forms["other"], One: forms["one"], Many: forms["many"]}
		if text, ok := forms[""]; ok {
			m.Other = text
		}
		if l == Spanish && m.Many == "" {
			m.Many = m.Other // "un millón de …": same words as other in this programme
		}
		messages = append(messages, m)
	}
	if err := bundle.AddMessages(tags[l], messages...); err != nil {
		return fmt.Errorf("i18n: %s: %w", name, err)
	}
	return nil
}

// parse reads one flat file: key to text, or key to its plural forms.
func parse(raw []byte) (map[string]map[string]string, error) {
	var nodes map[string]yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	if err := decoder.Decode(&nodes); err != nil {
		if len(bytes.TrimSpace(raw)) == 0 {
			return nil, nil
		}
		return nil, err
	}
	texts := make(map[string]map[string]string, len(nodes))
	for key, node := range nodes {
		switch node.Kind {
		case yaml.ScalarNode:
			texts[key] = map[string]string{"": node.Value}
		case yaml.MappingNode:
			forms := map[string]string{}
			if err := node.Decode(&forms); err != nil {
				return nil, fmt.Errorf("key %q: %w", key, err)
			}
			for form := range forms {
				if form != "one" && form != "many" && form != "other" {
					return nil, fmt.Errorf("key %q: plural form %q (one, many, other)", key, form)
				}
			}
			if forms["other"] == "" {
				return nil, fmt.Errorf("key %q: plural form other is missing", key)
			}
			texts[key] = forms
		default:
			return nil, fmt.Errorf("key %q is neither a text nor plural forms", key)
		}
	}
	return texts, nil
}
