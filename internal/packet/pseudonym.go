package packet

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/oasiss/oasiss/internal/casefile"
)

// shortest is the shortest word that is taken for a name, in letters.
const shortest = 3

// mask replaces the names, identifiers, contacts and whereabouts of protected
// people in texts by their pseudonyms. Words are compared without case or
// accents; numbers also however they are grouped.
type mask struct {
	phrases []phrase
	numbers []number
}

// phrase is a sequence of folded words that leads to a person.
type phrase struct {
	words   []string
	subject string
}

// number is an identifier or a telephone number without the marks and spaces
// between its groups.
type number struct {
	joined  string
	subject string
}

// national is how many digits a telephone number has inside both countries.
const national = 10

// hide adds a person. Each part of a name counts by itself: a text that says
// only the given name points at the person too.
func (m *mask) hide(subject string, who casefile.Identity) {
	texts := append(who.Names(), who.Given, who.Paterno, who.Materno)
	for _, id := range who.Identifiers {
		texts = append(texts, id.Value)
	}
	texts = append(texts, who.Contact...)
	texts = append(texts, who.Whereabouts...)
	for _, t := range texts {
		words := strings.Fields(casefile.Fold(t))
		if len(words) == 0 {
			continue
		}
		m.phrases = append(m.phrases, phrase{words, subject})
	}
	for _, id := range who.Identifiers {
		m.number(subject, id.Value)
	}
	for _, c := range who.Contact {
		m.number(subject, c)
	}
	for _, n := range append(who.Names(), who.Given, who.Paterno, who.Materno) {
		for _, w := range strings.Fields(casefile.Fold(n)) {
			if utf8.RuneCountInString(w) >= shortest {
				m.phrases = append(m.phrases, phrase{[]string{w}, subject})
			}
		}
	}
}

// number adds what is written in groups of digits; telephone numbers also as
// they are dialled inside their country.
func (m *mask) number(subject, value string) {
	joined := strings.ReplaceAll(casefile.Fold(value), " ", "")
	if !strings.ContainsAny(joined, "0123456789") {
		return
	}
	m.numbers = append(m.numbers, number{joined, subject})
	if len(joined) > national && strings.Trim(joined, "0123456789") == "" {
		m.numbers = append(m.numbers, number{joined[len(joined)-national:], subject})
	}
}

// done orders the phrases so that the longest is found first.
func (m *mask) done() {
	sort.SliceStable(m.phrases, func(i, j int) bool { return len(m.phrases[i].words) > len(m.phrases[j].words) })
}

// word is a run of letters and digits in a text, with its place.
type word struct {
	from, to int
	folded   string
}

// over gives the text with every phrase replaced by "[subject]".
func (m *mask) over(text string) string {
	if len(m.phrases) == 0 && len(m.numbers) == 0 || text == "" {
		return text
	}
	words := split(text)
	var b strings.Builder
	at := 0
	for i := 0; i < len(words); {
		subject, n := m.find(words[i:])
		if n == 0 {
			i++
			continue
		}
		from, to := closed(text, words[i].from, words[i+n-1].to)
		b.WriteString(text[at:max(at, from)])
		b.WriteString("[" + subject + "]")
		i += n
		at = to
	}
	b.WriteString(text[at:])
	return b.String()
}

// closed widens a run of text by the bracket beside it whose other half is in the
// run, as of "(899) 555 0142", so that none is left alone.
func closed(text string, from, to int) (wide, until int) {
	for _, pair := range []string{"()", "[]"} {
		run := text[from:to]
		switch opens, closes := strings.Count(run, pair[:1]), strings.Count(run, pair[1:]); {
		case closes > opens && strings.HasSuffix(text[:from], pair[:1]):
			from--
		case opens > closes && strings.HasPrefix(text[to:], pair[1:]):
			to++
		}
	}
	return from, to
}

// find gives whom the first words lead to, and how many they are; 0 for nobody.
func (m *mask) find(words []word) (subject string, n int) {
	for _, p := range m.phrases {
		if len(p.words) <= len(words) && p.begins(words) {
			return p.subject, len(p.words)
		}
	}
	for _, x := range m.numbers {
		joined := ""
		for i := 0; i < len(words) && len(joined) < len(x.joined); i++ {
			joined += words[i].folded
			if joined == x.joined {
				return x.subject, i + 1
			}
		}
	}
	return "", 0
}

func (p phrase) begins(words []word) bool {
	for i, w := range p.words {
		if words[i].folded != w {
			return false
		}
	}
	return true
}

func split(text string) []word {
	var out []word
	start := -1
	flush := func(end int) {
		if start >= 0 {
			out = append(out, word{start, end, casefile.Fold(text[start:end])})
			start = -1
		}
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mn, r) {
			if start < 0 {
				start = i
			}
			continue
		}
		flush(i)
	}
	flush(len(text))
	return out
}
