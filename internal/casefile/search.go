package casefile

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Hit is something found, as it may be shown.
type Hit struct {
	Noun   string `json:"noun"` // case, person, event, organisation, vehicle, phone
	Object string `json:"object"`
	Case   string `json:"case"`
	Number string `json:"number"` // of the case
	Label  string `json:"label"`  // what it is called: a suspect's name, a plate, a place
}

// maxHits is how many rows of the index one search looks at.
const maxHits = 200

// Search finds named adult suspects, organisations, vehicles, places and
// numbers in the cases of the reader's office, newest first. Every word must
// begin a word of what is found; accents and case do not matter. Each hit is
// decided like any other record.
func Search(tx *store.Tx, v *act.Viewing, query string) ([]Hit, error) {
	if err := v.Must(searching(v.By)); err != nil {
		return nil, err
	}
	q, asked := asking(v.By.Office, query)
	if !asked {
		return nil, nil
	}
	statement, match := textOf(tx).find(q)
	var found []Hit
	err := store.Each(tx, func(r *sql.Rows) error {
		var h Hit
		err := r.Scan(&h.Noun, &h.Object, &h.Case)
		found = append(found, h)
		return err
	}, statement, match, maxHits)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return shown(tx, v, found)
}

func searching(by access.Actor) access.Resource {
	return access.Resource{Type: "search", Offices: []string{by.Office}}
}

// shown decides each hit and gives it its label.
func shown(tx *store.Tx, v *act.Viewing, found []Hit) ([]Hit, error) {
	seen, cases := map[string]bool{}, map[string]Case{}
	out := []Hit{}
	for _, h := range found {
		c, known := cases[h.Case]
		var err error
		if !known {
			if c, err = Load(tx, h.Case); err != nil {
				return nil, err
			}
			cases[h.Case] = c
		}
		var p Person
		r := c.resource(h.Noun, h.Object)
		if h.Noun == "person" {
			if p, err = standsFor(tx, h.Object); err != nil {
				return nil, err
			}
			h.Object, r = p.ID, IdentityResource(c, p)
		}
		if seen[h.Object] || !v.See(r) {
			continue
		}
		seen[h.Object] = true
		h.Number = c.Number
		if h.Label, err = label(tx, v.Ring, c, h, p); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
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
	who    string   // the office's token
	words  []string // each must begin a word
	joined string   // or this may: a number or a plate typed in groups; empty for none
}

func asking(office, query string) (q textQuery, asked bool) {
	q = textQuery{who: officeToken(office), words: strings.Fields(Fold(query))}
	if joined := compact(query); len(q.words) > 1 && strings.Trim(joined, "0123456789") != joined {
		q.joined = joined
	}
	return q, len(q.words) > 0 && office != ""
}

// textIndex is the full-text index of an engine. It holds words and not the
// text, and gives up what is taken out of it.
type textIndex interface {
	in(tx *store.Tx, id int64, row indexed) error
	// out needs the very words that went in.
	out(tx *store.Tx, id int64, row indexed) error
	empty(tx *store.Tx) error
	// find gives a statement, newest first, for a query and a limit.
	find(q textQuery) (statement, match string)
}

func textOf(tx *store.Tx) textIndex {
	if tx.Dialect() == store.Postgres {
		return tsvector{}
	}
	return fts5{}
}

// readers are the tokens of who may find a row: the member offices, and the
// case itself.
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

// Rebuild makes the whole index anew from what the node can open. It changes
// no state and may run at any time.
func Rebuild(tx *store.Tx, ring *seal.Keyring) error {
	for _, q := range []string{`DELETE FROM search_row`, `DELETE FROM search_token`} {
		if err := tx.Exec(q); err != nil {
			return fmt.Errorf("rebuild search: %w", err)
		}
	}
	if err := textOf(tx).empty(tx); err != nil {
		return err
	}
	for _, part := range []struct {
		query string
		one   func(id string) error
	}{
		{`SELECT id FROM casefile ORDER BY opened, id`, func(id string) error { return index(tx, ring, ring, id, typeCase, id) }},
		{`SELECT id FROM case_item WHERE noun IN ('event', 'organisation', 'vehicle', 'phone') ORDER BY at, id`, func(id string) error {
			i, err := LoadItem(tx, id)
			if err != nil {
				return err
			}
			return index(tx, ring, ring, i.Case, i.Noun, id)
		}},
		{`SELECT id FROM case_person WHERE merged IS NULL ORDER BY id`, func(id string) error { return reindexPerson(tx, ring, ring, id) }},
	} {
		list, err := ids(tx, part.query)
		if err != nil {
			return fmt.Errorf("rebuild search: %w", err)
		}
		for _, id := range list {
			if err := part.one(id); err != nil && !isAbsent(err) {
				return err
			}
		}
	}
	return nil
}

func isAbsent(err error) bool { return refusal.Is(err, "access.not_found") }
