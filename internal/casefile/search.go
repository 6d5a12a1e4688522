package casefile

import (
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Hit is something found, as it may be shown.
type Hit struct {
	Noun   string `json:"noun"` // one of FoundNouns
	Object string `json:"object"`
	Case   string `json:"case"`   // that it is a record of; none of an exhibit, a referral and an alert, which are known by rules of their own
	Number string `json:"number"` // of the case, the exhibit or the referral; an alert has none
	Label  string `json:"label"`  // what it is called: a suspect's name, a plate, a place; of an exhibit and an alert the code of its kind
	// Of its case, or its own:
	Status   string    `json:"status"`
	Office   string    `json:"office"`         // that owns it
	Node     string    `json:"node,omitempty"` // whose office that is, if not this one's
	Handling string    `json:"handling"`
	Opened   time.Time `json:"opened"`
}

// Called is what a hit is called in a language: its label, or the name of the
// kind that this is the code of.
func (h Hit) Called(l i18n.Lang) string {
	for _, f := range findings {
		if f.Noun == h.Noun && f.Names != "" {
			return i18n.T(l, f.Names+h.Label)
		}
	}
	return h.Label
}

// pageHits is how many hits one answer shows, and batchHits how many rows of
// the index are looked at together.
const (
	pageHits  = 50
	batchHits = 200
)

// Hits are what a search found, newest first.
type Hits struct {
	Hits []Hit `json:"hits"`
	// Next asks for what comes after these; empty where there is no more. It is
	// sealed by the node for this account, as a place in the index would tell
	// how much others recorded.
	Next string `json:"next,omitempty"`
}

// Search finds named adult suspects, organisations, vehicles, places and
// numbers in the cases of the reader's office, newest first, after a place that
// an earlier answer gave. Each hit is decided like any other record. It
// refuses search.filter, search.days and search.cursor.
func Search(tx *store.Tx, v *act.Viewing, question Question, after string) (Hits, error) {
	before, err := openPlace(v, after)
	if err != nil {
		return Hits{}, err
	}
	hits, last, err := search(tx, v, question, before, pageHits)
	out := Hits{Hits: hits}
	if last > 0 {
		out.Next = sealPlace(v, last)
	}
	return out, err
}

// Every is Search without pages, for a list that was taken out: its act has
// seen that there are few enough (Matching).
func Every(tx *store.Tx, v *act.Viewing, question Question) ([]Hit, error) {
	hits, _, err := search(tx, v, question, math.MaxInt64, math.MaxInt)
	return hits, err
}

// Matching counts what an office could know that answers a question, at most
// so many: a superset of what each person there may see.
func Matching(tx *store.Tx, office string, question Question, most int) (int, error) {
	if question.Empty() || office == "" {
		return 0, nil
	}
	q, err := question.asked(tx, office)
	if err != nil {
		return 0, err
	}
	rows, err := lookUp(tx, q, math.MaxInt64, most)
	return len(rows), err
}

// search reads the index on from a place, until most hits may be shown; last
// is where to go on, 0 where nothing is left.
func search(tx *store.Tx, v *act.Viewing, question Question, before int64, most int) (hits []Hit, last int64, err error) {
	hits = []Hit{}
	if err := v.Must(searching(v.By)); err != nil {
		return hits, 0, err
	}
	if question.Empty() || v.By.Office == "" {
		return hits, 0, nil
	}
	q, err := question.asked(tx, v.By.Office)
	if err != nil {
		return hits, 0, err
	}
	seen, cases := map[string]bool{}, map[string]Case{}
	for {
		rows, err := lookUp(tx, q, before, batchHits)
		if err != nil {
			return hits, 0, err
		}
		for _, x := range rows {
			if len(hits) == most {
				return hits, before, nil
			}
			h, ok, err := shown(tx, v, seen, cases, x.Hit)
			if err != nil {
				return hits, 0, err
			}
			if ok {
				hits = append(hits, h)
			}
			before = x.id
		}
		if len(rows) < batchHits {
			return hits, 0, nil
		}
	}
}

// row is a row of the index that a question finds.
type row struct {
	Hit
	id int64
}

// lookUp reads the next rows of the index before a place.
func lookUp(tx *store.Tx, q textQuery, before int64, limit int) (out []row, err error) {
	statement, match := textOf(tx).find(q)
	err = store.Each(tx, func(r *sql.Rows) error {
		var x row
		err := r.Scan(&x.id, &x.Noun, &x.Object, &x.Case)
		out = append(out, x)
		return err
	}, statement, match, before, limit)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return out, nil
}

// placeLabel binds a place in the index to the account it was given to.
func placeLabel(v *act.Viewing) string { return "search/" + v.By.User }

func sealPlace(v *act.Viewing, id int64) string {
	return base64.RawURLEncoding.EncodeToString(v.Ring.Box(placeLabel(v), binary.BigEndian.AppendUint64(nil, uint64(id)))) // #nosec G115 -- a place, never negative
}

// openPlace is the row before which a search goes on: behind all of them
// without a place. It refuses search.cursor for what this node did not give to
// this account.
func openPlace(v *act.Viewing, after string) (int64, error) {
	if after == "" {
		return math.MaxInt64, nil
	}
	box, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil {
		return 0, refusal.New("search.cursor")
	}
	plain, err := v.Ring.Unbox(placeLabel(v), box)
	if err != nil || len(plain) != 8 {
		return 0, refusal.New("search.cursor")
	}
	return int64(binary.BigEndian.Uint64(plain)), nil // #nosec G115 -- a place that sealPlace sealed
}

func searching(by access.Actor) access.Resource {
	return access.Resource{Type: "search", Offices: []string{by.Office}}
}

// shown decides a hit and gives it its label. What was seen before, also under
// a record that is now part of another, is not shown again.
func shown(tx *store.Tx, v *act.Viewing, seen map[string]bool, cases map[string]Case, h Hit) (Hit, bool, error) {
	if f, above := findingOf(h.Noun); above {
		return f.found(tx, v, h)
	}
	c, known := cases[h.Case]
	var err error
	if !known {
		if c, err = Load(tx, h.Case); err != nil {
			return h, false, err
		}
		cases[h.Case] = c
	}
	var p Person
	r := c.resource(h.Noun, h.Object)
	if h.Noun == "person" {
		if p, err = standsFor(tx, h.Object); err != nil {
			return h, false, err
		}
		h.Object, r = p.ID, IdentityResource(c, p)
	}
	if seen[h.Object] || !v.See(r) {
		return h, false, nil
	}
	seen[h.Object] = true
	h.Number, h.Status, h.Office, h.Handling, h.Opened = c.Number, c.Status, c.Office, c.Handling, c.Opened
	h.Label, err = label(tx, v.Ring, c, h, p)
	return h, true, err
}

// label is what a hit is called; p is the person that it is about, if it is one.
func label(tx *store.Tx, o Opener, c Case, h Hit, p Person) (string, error) {
	switch h.Noun {
	case typeCase:
		return c.Number, nil
	case "person":
		if p.Class == Protected {
			return p.Plant, nil
		}
		who, err := OpenIdentity(tx, o, p)
		if errors.Is(err, seal.ErrNoKey) {
			return p.Plant, nil
		}
		return who.Name(), err
	}
	i, err := LoadItem(tx, h.Object)
	if err != nil {
		return "", err
	}
	words, err := clearWords(tx, o, i)
	for _, w := range words {
		if w != "" {
			return w, err
		}
	}
	return "", err
}

// textQuery is what the index is asked: the words, AND the reader's office. The
// office is part of the query and not a filter after it, so that counts and
// times tell nothing of other offices' cases.
type textQuery struct {
	who    string     // the office's token
	words  []string   // beginnings: each must be one of a word
	joined string     // or this may: a number or a plate typed in groups; empty for none
	any    [][]string // tokens of which each list must have one in the row
}

func asking(office, query string) textQuery {
	q := textQuery{who: officeToken(office)}
	for w := range strings.FieldsSeq(Fold(query)) {
		q.words = append(q.words, beginning(w))
	}
	if joined := compact(query); len(q.words) > 1 && strings.Trim(joined, "0123456789") != joined {
		q.joined = beginning(joined)
	}
	return q
}

// longestBeginning is how many letters a word is told from others by.
const longestBeginning = 24

// beginning is what of a word is looked for.
func beginning(w string) string {
	if r := []rune(w); len(r) > longestBeginning {
		return string(r[:longestBeginning])
	}
	return w
}

// beginnings are what a text is found by: every beginning of every word of it. They
// stand in the index as words of their own. Asked for the words that begin so, an
// engine gathers all rows of all of them before it gives the newest fifty; asked
// for one word it reads those fifty.
func beginnings(text string) []string {
	var out []string
	for w := range strings.FieldsSeq(Fold(text)) {
		for at := range beginning(w) {
			if at > 0 {
				out = append(out, w[:at])
			}
		}
		out = append(out, beginning(w))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// textIndex is the full-text index of an engine. It holds words and not the
// text, and gives up what is taken out of it.
type textIndex interface {
	in(tx *store.Tx, id int64, row indexed) error
	// out needs the very words that went in.
	out(tx *store.Tx, id int64, row indexed) error
	empty(tx *store.Tx) error
	// find gives a statement, newest first, for a query, the place before which
	// to look and a limit.
	find(q textQuery) (statement, match string)
}

func textOf(tx *store.Tx) textIndex {
	if tx.Dialect() == store.Postgres {
		return tsvector{}
	}
	return fts5{}
}

// readers are the tokens of who may find any row of a case: the member offices,
// and the case itself.
func readers(c Case) string {
	tokens := []string{token("case", c.ID)}
	for _, o := range c.Members {
		tokens = append(tokens, officeToken(o))
	}
	return strings.Join(tokens, " ")
}

func officeToken(office string) string { return token("office", office) }

// token is one word for the tokenizer, whatever marks an id has.
func token(kind, id string) string {
	sum := sha256.Sum256([]byte(kind + "/" + id))
	return "t" + hex.EncodeToString(sum[:12])
}

// national gives a number as it is dialled inside its country.
func national(e164 string) []string {
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return nil
	}
	return []string{phonenumbers.GetNationalSignificantNumber(n)}
}

func isAbsent(err error) bool { return refusal.Is(err, "access.not_found") }
