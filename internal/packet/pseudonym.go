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

// mask replaces the names, identifiers and contacts of protected people in
// texts by their pseudonyms. Words are compared without case or accents.
type mask struct {
	phrases []phrase
}

// phrase is a sequence of folded words that leads to a person.
type phrase struct {
	words   []string
	subject string
}

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
	for _, n := range append(who.Names(), who.Given, who.Paterno, who.Materno) {
		for _, w := range strings.Fields(casefile.Fold(n)) {
			if utf8.RuneCountInString(w) >= shortest {
				m.phrases = append(m.phrases, phrase{[]string{w}, subject})
			}
		}
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
	if len(m.phrases) == 0 || text == "" {
		return text
	}
	words := split(text)
	var b strings.Builder
	at := 0
	for i := 0; i < len(words); {
		p, ok := m.find(words[i:])
		if !ok {
			i++
			continue
		}
		b.WriteString(text[at:words[i].from])
		b.WriteString("[" + p.subject + "]")
		i += len(p.words)
		at = words[i-1].to
	}
	b.WriteString(text[at:])
	return b.String()
}

func (m *mask) find(words []word) (phrase, bool) {
	for _, p := range m.phrases {
		if len(p.words) > len(words) {
			continue
		}
		same := true
		for i, w := range p.words {
			if words[i].folded != w {
				same = false
				break
			}
		}
		if same {
			return p, true
		}
	}
	return phrase{}, false
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
