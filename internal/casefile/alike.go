package casefile

import (
	"errors"
	"hash/fnv"
	"strings"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Words that two people say alike by chance are few; what a defence shows to a
// court are whole paragraphs that stand in both statements.
const (
	alikeRun   = 5   // words in a row that are compared as one
	alikeLeast = 15  // words below which a text is too short to be told from another
	alikeShare = .60 // of the shorter text's runs that stand in the other, from which the two are nearly identical
)

// Alike is how much of the shorter of two texts stands in the other, word for
// word: the share, from 0 to 1, of its runs of five words. Case, accents and
// punctuation count for nothing; a text of fewer than fifteen words is like no
// other. It is pure, and takes time and memory in proportion to the two texts.
func Alike(a, b string) float64 {
	one, other := runs(a), runs(b)
	if len(one) > len(other) {
		one, other = other, one
	}
	if len(one) == 0 {
		return 0
	}
	same := 0
	for r := range one {
		if other[r] {
			same++
		}
	}
	return float64(same) / float64(len(one))
}

// runs are the different runs of words of a text, each as its hash.
func runs(text string) map[uint64]bool {
	words := strings.Fields(Fold(text))
	if len(words) < alikeLeast {
		return nil
	}
	out := make(map[uint64]bool, len(words))
	for i := range len(words) - alikeRun + 1 {
		h := fnv.New64a()
		for _, w := range words[i : i+alikeRun] {
			h.Write([]byte(w)) //nolint:errcheck // never fails
			h.Write([]byte{0}) //nolint:errcheck // never fails
		}
		out[h.Sum64()] = true
	}
	return out
}

// alikeSeen refuses a statement whose text is nearly that of another of the
// case until its author says of each such statement that it was seen; it gives
// their ids, which are recorded. Refusal casefile.statement_alike.
func alikeSeen(tx *store.Tx, o Opener, c Case, own string, f StatementFields) (alike []string, err error) {
	items, err := Items(tx, c.ID, (Statement{}).Noun())
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, id := range f.Alike {
		seen[id] = true
	}
	for _, i := range items {
		var d StatementDetail
		if i.ID == own || i.Withdrawn {
			continue
		}
		if _, err := i.OpenDetail(tx, o, &d); errors.Is(err, seal.ErrNoKey) {
			continue // forgotten: nothing is left to compare
		} else if err != nil {
			return nil, err
		}
		share := Alike(f.Text, d.Text)
		if share < alikeShare {
			continue
		}
		if !seen[i.ID] {
			p, err := LoadPerson(tx, i.Person)
			if err != nil {
				return nil, err
			}
			return nil, refusal.New("casefile.statement_alike", "Share", int(100*share), "Of", p.Plant, "Statement", i.ID)
		}
		alike = append(alike, i.ID)
	}
	return alike, nil
}
