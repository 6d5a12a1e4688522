package test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/i18n"
)

// Users' guides: one for each role in each language. What they call a page, a
// button or a state is held against the words of the program, so that a guide
// says what the reader finds on the screen.

// guideFolder is where the guides of a language are, from docs.
var guideFolder = map[i18n.Lang]string{i18n.English: "guides", i18n.Spanish: "guias"}

// guideSections are what every guide of a role has, in this order.
var guideSections = map[i18n.Lang][]string{
	i18n.English: {"Your day", "What you do", "What you see, and why", "When it does not go on", "Whom to ask"},
	i18n.Spanish: {"Su día", "Lo que usted hace", "Lo que ve y por qué", "Cuando algo no avanza", "A quién acudir"},
}

// guide is one guide as written.
type guide struct {
	path     string // from docs
	lang     i18n.Lang
	title    string
	headings []string    // each with its marks: "## Your day"
	pictures [][2]string // alternative text and target
	links    []string    // targets, pictures too
	quotes   []string    // what stands in *italics*: words of the pages
}

var (
	codeBlock   = regexp.MustCompile("(?ms)^```.*?^```$")
	headingLine = regexp.MustCompile(`(?m)^#+ .*$`)
	pictureMark = regexp.MustCompile(`!\[([^\]]*)\]\(([^)\s]+)\)`)
	linkMark    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	quoteMark   = regexp.MustCompile(`(?:^|[^*\\])\*([^*\s][^*]*)\*`)
	wrapped     = regexp.MustCompile(`([^\n])\n[ ]*([^\n])`)
)

// readGuide reads a page of docs.
func readGuide(t *testing.T, l i18n.Lang, path string) guide {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("../docs", path))
	if err != nil {
		t.Fatal(err)
	}
	text := codeBlock.ReplaceAllString(string(raw), "")
	g := guide{path: path, lang: l, headings: headingLine.FindAllString(text, -1)}
	if len(g.headings) == 0 {
		t.Fatalf("%s has no heading", path)
	}
	g.title = strings.TrimPrefix(g.headings[0], "# ")
	for _, m := range pictureMark.FindAllStringSubmatch(text, -1) {
		g.pictures = append(g.pictures, [2]string{m[1], m[2]})
	}
	for _, m := range linkMark.FindAllStringSubmatch(text, -1) {
		g.links = append(g.links, m[1])
	}
	for _, m := range quoteMark.FindAllStringSubmatch(unwrap(strings.ReplaceAll(text, "**", "")), -1) {
		g.quotes = append(g.quotes, m[1])
	}
	return g
}

// unwrap joins the lines of each paragraph, so that a quote may be broken.
func unwrap(text string) string {
	for {
		joined := wrapped.ReplaceAllString(text, "$1 $2")
		if joined == text {
			return text
		}
		text = joined
	}
}

// readGuides reads every guide of a language, its index first.
func readGuides(t *testing.T, l i18n.Lang) []guide {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("../docs", guideFolder[l], "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	out := []guide{readGuide(t, l, guideFolder[l]+"/README.md")}
	for _, n := range names {
		if base := filepath.Base(n); base != "README.md" {
			out = append(out, readGuide(t, l, guideFolder[l]+"/"+base))
		}
	}
	return out
}

// TestEveryRoleHasAGuide: one in each language, under the name that the pages
// give the role, in the index, with pictures and the sections of every other.
func TestEveryRoleHasAGuide(t *testing.T) {
	for _, l := range i18n.Languages() {
		all := readGuides(t, l)
		if n := len(all) - 1; n != len(access.Roles) {
			t.Errorf("%s: %d guides for %d roles", l, n, len(access.Roles))
		}
		for _, role := range access.Roles {
			name := i18n.T(l, "role."+role)
			i := slices.IndexFunc(all[1:], func(g guide) bool { return g.title == name })
			if i < 0 {
				t.Errorf("%s: no guide is called %q", l, name)
				continue
			}
			g := all[i+1]
			if !slices.Contains(all[0].links, filepath.Base(g.path)) {
				t.Errorf("the index does not lead to %s", g.path)
			}
			var sections []string
			for _, h := range g.headings {
				if s, ok := strings.CutPrefix(h, "## "); ok {
					sections = append(sections, s)
				}
			}
			if !slices.Equal(sections, guideSections[l]) {
				t.Errorf("%s has the sections %q", g.path, sections)
			}
			if n := len(g.pictures); n < 3 || n > 6 {
				t.Errorf("%s has %d pictures", g.path, n)
			}
		}
	}
}

// TestBothLanguagesOfAGuideAgree: each leads to its twin and back, with as many
// headings of each kind and the same pictures, each in the guide's language.
func TestBothLanguagesOfAGuideAgree(t *testing.T) {
	spanish := map[string]guide{}
	for _, g := range readGuides(t, i18n.Spanish) {
		spanish[g.path] = g
	}
	for _, en := range readGuides(t, i18n.English) {
		i := slices.IndexFunc(en.links, func(l string) bool { return strings.HasPrefix(l, "../"+guideFolder[i18n.Spanish]+"/") })
		if i < 0 {
			t.Errorf("%s does not lead to its Spanish twin", en.path)
			continue
		}
		es, ok := spanish[strings.TrimPrefix(en.links[i], "../")]
		if !ok || !slices.Contains(es.links, "../"+en.path) {
			t.Errorf("%s has %s as its twin, which does not lead back", en.path, en.links[i])
			continue
		}
		if a, b := levels(en), levels(es); a != b {
			t.Errorf("%s has the headings %s, %s has %s", en.path, a, es.path, b)
		}
		if a, b := shown(t, en), shown(t, es); !slices.Equal(a, b) {
			t.Errorf("%s shows %v, %s shows %v", en.path, a, es.path, b)
		}
	}
}

// levels are the headings' marks, one after another.
func levels(g guide) string {
	var out []string
	for _, h := range g.headings {
		marks, _, _ := strings.Cut(h, " ")
		out = append(out, marks)
	}
	return strings.Join(out, " ")
}

// shown are the pictures of a guide without their language, which is the guide's.
func shown(t *testing.T, g guide) (out []string) {
	t.Helper()
	for _, p := range g.pictures {
		name := strings.TrimSuffix(filepath.Base(p[1]), ".webp")
		page, look, ok := strings.Cut(name+"-", "-"+string(g.lang)+"-")
		if !ok || filepath.Dir(p[1]) != "../screenshots" {
			t.Errorf("%s: %s is no picture of a page in its language", g.path, p[1])
		}
		if len(strings.Fields(p[0])) < 5 {
			t.Errorf("%s: %q does not say what %s shows", g.path, p[0], p[1])
		}
		out = append(out, page+" "+look)
	}
	return out
}

// TestGuidesLeadSomewhere: every link and picture of the guides, and of the
// pages that lead to them, is there.
func TestGuidesLeadSomewhere(t *testing.T) {
	var all []guide
	for _, l := range i18n.Languages() {
		all = append(all, readGuides(t, l)...)
	}
	for path, l := range map[string]i18n.Lang{"../README.md": i18n.English, "operator.md": i18n.English, "operador.md": i18n.Spanish} {
		all = append(all, readGuide(t, l, path))
	}
	for _, g := range all {
		for _, l := range g.links {
			target, anchor, _ := strings.Cut(l, "#")
			if strings.HasPrefix(l, "https://") {
				continue
			}
			to := g.path
			if target != "" {
				to = filepath.Join(filepath.Dir(g.path), target)
			}
			if _, err := os.Stat(filepath.Join("../docs", to)); err != nil {
				t.Errorf("%s leads to %s, which is not there", g.path, l)
			} else if anchor != "" && !slices.Contains(anchors(readGuide(t, g.lang, to)), anchor) {
				t.Errorf("%s leads to %s, which has no such heading", g.path, l)
			}
		}
	}
}

// anchors are the names under which a page's headings are reached.
func anchors(g guide) (out []string) {
	for _, h := range g.headings {
		_, text, _ := strings.Cut(h, " ")
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, text))
	}
	return out
}

// TestGuidesSayWhatThePagesSay: what a guide puts in italics is a page, a
// button, a field or a state, in exactly the words that the program has for it
// in that language.
func TestGuidesSayWhatThePagesSay(t *testing.T) {
	for _, l := range i18n.Languages() {
		words := wordsOfPages(t, l)
		for _, invented := range []string{"Send to everyone", "Enviar a todas las personas", i18n.T(l.Other(), "nav.my_day")} {
			if words.has(invented) {
				t.Errorf("%s: %q passes for a word of the pages", l, invented)
			}
		}
		for _, g := range readGuides(t, l) {
			if len(g.quotes) < 3 {
				t.Errorf("%s quotes %d words of the pages", g.path, len(g.quotes))
			}
			for _, q := range g.quotes {
				if !words.has(q) {
					t.Errorf("%s: no page says %q", g.path, q)
				}
			}
		}
	}
}

// spokenWords are the texts of a language: those that stand as they are, and
// those with gaps.
type spokenWords struct {
	whole map[string]bool
	gaps  []*regexp.Regexp
}

var (
	gap      = regexp.MustCompile(`\{\{[^}]*\}\}`)
	longWord = regexp.MustCompile(`\pL{3,}`)
)

func (w *spokenWords) add(text string) {
	text = sentence(text)
	if !strings.Contains(text, "{{") {
		w.whole[text] = true
		return
	}
	fixed := gap.Split(text, -1)
	words := 0
	for i, f := range fixed {
		words += len(longWord.FindAllString(f, -1))
		fixed[i] = regexp.QuoteMeta(f)
	}
	if words == 0 {
		return // nothing stands there that a guide could quote
	}
	w.gaps = append(w.gaps, regexp.MustCompile("^"+strings.Join(fixed, `\S+(?: \S+){0,2}`)+"$"))
}

func (w *spokenWords) has(text string) bool {
	text = sentence(text)
	return w.whole[text] || slices.ContainsFunc(w.gaps, func(r *regexp.Regexp) bool { return r.MatchString(text) })
}

// sentence is a text without what ends it, so that it can stand in another.
func sentence(text string) string { return strings.TrimRight(strings.TrimSpace(text), ".:,") }

// wordsOfPages are the texts of the program and the names in its data.
func wordsOfPages(t *testing.T, l i18n.Lang) *spokenWords {
	t.Helper()
	w := &spokenWords{whole: map[string]bool{}}
	each := func(pattern string, take func(*yaml.Node)) {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			var doc yaml.Node
			if err := yaml.Unmarshal(raw, &doc); err != nil {
				t.Fatal(fmt.Errorf("%s: %w", f, err))
			}
			take(&doc)
		}
	}
	each("../internal/i18n/locales/*."+string(l)+".yaml", func(n *yaml.Node) { scalars(n, w.add) })
	for _, data := range []string{"../internal/program/data/*.yaml", "../internal/program/data/procedures/*.yaml"} {
		each(data, func(n *yaml.Node) { valuesUnder(n, string(l), w.add) })
	}
	return w
}

// scalars gives every value under n, not the keys.
func scalars(n *yaml.Node, take func(string)) {
	switch n.Kind {
	case yaml.ScalarNode:
		take(n.Value)
	case yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			scalars(n.Content[i], take)
		}
	default:
		for _, c := range n.Content {
			scalars(c, take)
		}
	}
}

// valuesUnder gives every value under n that stands under a key.
func valuesUnder(n *yaml.Node, key string, take func(string)) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == key {
			take(c.Value)
		}
		valuesUnder(c, key, take)
	}
}
