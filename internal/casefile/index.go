package casefile

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// The index is no state: it is written after apply, from what the node can
// open, and rebuilt at will. In clear it holds named adult suspects,
// organisations, vehicles, places and numbers; of anybody else only keyed
// digests (DESIGN §6).

// reactIndex keeps the index in step with the facts that are not items.
func reactIndex(k *journal.Kinds) {
	journal.React(k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f Opened) ([]journal.Fact, error) {
		return nil, index(tx, d, d.Ring(), f.ID, typeCase, f.ID)
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ StatusSet) ([]journal.Fact, error) {
		return nil, reindexCase(tx, d, d.Ring(), e.Case)
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ MemberAdded) ([]journal.Fact, error) {
		return nil, reindexCase(tx, d, d.Ring(), e.Case)
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ MemberRemoved) ([]journal.Fact, error) {
		return nil, reindexCase(tx, d, d.Ring(), e.Case)
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f PersonAdded) ([]journal.Fact, error) {
		return nil, retoken(tx, d, d.Ring(), f.ID) // protected until there is a role
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f PersonCorrected) ([]journal.Fact, error) {
		return nil, reindexPerson(tx, d, d.Ring(), f.ID)
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f PersonClassed) ([]journal.Fact, error) {
		return nil, rewordPerson(tx, d, d.Ring(), f.ID)
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f PersonsMerged) ([]journal.Fact, error) {
		return nil, rewordPerson(tx, d, d.Ring(), f.Keep)
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, _ journal.Entry, f PersonsUnmerged) ([]journal.Fact, error) {
		return nil, errors.Join(rewordPerson(tx, d, d.Ring(), f.Keep), rewordPerson(tx, d, d.Ring(), f.Merged))
	})
}

// reindexItem brings the index in step with one item; a role moves its person.
func reindexItem(tx *store.Tx, d *journal.Draw, caseID, id, person string) error {
	i, err := LoadItem(tx, id)
	if err != nil {
		return err
	}
	if i.Noun == "role" {
		return rewordPerson(tx, d, d.Ring(), person)
	}
	return index(tx, d, d.Ring(), caseID, i.Noun, id)
}

// reindexPerson brings in step all records of a person, their digests, and
// what they hold.
func reindexPerson(tx *store.Tx, o Opener, ring *seal.Keyring, id string) error {
	p, err := LoadPerson(tx, id)
	if err != nil {
		return err
	}
	for _, record := range append([]string{p.ID}, p.Also...) {
		if err := retoken(tx, o, ring, record); err != nil {
			return err
		}
	}
	return rewordPerson(tx, o, ring, p.ID)
}

// rewordPerson is reindexPerson where nobody's identity has changed, and so no
// digest: what may be found in clear follows from class and merges.
func rewordPerson(tx *store.Tx, o Opener, ring *seal.Keyring, id string) error {
	p, err := standsFor(tx, id)
	if err != nil {
		return err
	}
	all, err := records(tx, p.ID)
	if err != nil {
		return err
	}
	for _, record := range all {
		if err := index(tx, o, ring, p.Case, "person", record); err != nil {
			return err
		}
		held, err := itemsOf(tx, record, "")
		if err != nil {
			return err
		}
		for _, i := range held {
			if !slices.Contains(worded, i.Noun) {
				continue
			}
			if err := index(tx, o, ring, p.Case, i.Noun, i.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// worded are the nouns of items that are found by words of theirs.
var worded = []string{"event", "organisation", "vehicle", "phone"}

// reindexCase writes every row of a case anew, for other readers.
func reindexCase(tx *store.Tx, o Opener, ring *seal.Keyring, caseID string) error {
	type row struct{ noun, object string }
	var rows []row
	err := store.Each(tx, func(r *sql.Rows) error {
		var x row
		err := r.Scan(&x.noun, &x.object)
		rows = append(rows, x)
		return err
	}, `SELECT noun, object FROM search_row WHERE case_id = $1 ORDER BY id`, caseID)
	if err != nil {
		return fmt.Errorf("search rows: %w", err)
	}
	for _, x := range rows {
		if err := index(tx, o, ring, caseID, x.noun, x.object); err != nil {
			return err
		}
	}
	return nil
}

// retoken writes the digests by which one record of a person is found.
func retoken(tx *store.Tx, o Opener, ring *seal.Keyring, record string) error {
	if err := tx.Exec(`DELETE FROM search_token WHERE person = $1`, record); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	p, err := loadRecord(tx, record)
	if err != nil {
		return err
	}
	who, err := OpenIdentity(tx, o, p)
	if errors.Is(err, seal.ErrNoKey) {
		return nil // forgotten: found by nothing any more
	}
	if err != nil {
		return err
	}
	for _, t := range tokensOf(ring, who) {
		if err := tx.Exec(`INSERT INTO search_token (token, person) VALUES ($1, $2) ON CONFLICT (token, person) DO NOTHING`, t, record); err != nil {
			return fmt.Errorf("tokens: %w", err)
		}
	}
	return nil
}

// tokensOf are the keyed digests of a person's identifiers and full names.
func tokensOf(ring *seal.Keyring, who Identity) []string {
	var out []string
	for _, id := range who.Identifiers {
		out = append(out, ring.Token("id/"+id.Scheme, id.Value))
	}
	for _, n := range who.Names() {
		out = append(out, ring.Token("name", Fold(n)))
	}
	return out
}

// entry is what stands in the index for one object.
type indexed struct {
	Words string `json:"words"`
	Who   string `json:"who"` // tokens of the offices that may find it, of its case, and of what narrows a search to it
}

// place is where a row of the index belongs: its case, or what else it goes with.
type place struct{ of, noun, object string }

// index brings one object's row in step: out if it was there, in if it belongs.
func index(tx *store.Tx, o Opener, ring *seal.Keyring, caseID, noun, object string) error {
	if f, above := findingOf(noun); above {
		return f.list(tx, o, ring, object)
	}
	words, err := wordsOf(tx, o, noun, object)
	if err != nil {
		return err
	}
	var row indexed
	if words != "" {
		c, err := Load(tx, caseID)
		if err != nil {
			return err
		}
		narrowed, err := marks(tx, c, noun, object)
		if err != nil {
			return err
		}
		row = indexed{Words: words, Who: readers(c) + " " + strings.Join(narrowed, " ")}
	}
	if err := putRow(tx, ring, place{caseID, noun, object}, row); err != nil || noun == (Event{}).Noun() || !slices.Contains(worded, noun) {
		return err
	}
	return relistWith(tx, o, ring, caseID, object)
}

// putRow puts a row into the index in place of the one that is there; without
// words there is none. One that is as it was stays where it is.
func putRow(tx *store.Tx, ring *seal.Keyring, p place, row indexed) error {
	at, of, was, there, err := rowOf(tx, ring, p.object)
	if err != nil || there && was == row && of == p.of || !there && row.Words == "" {
		return err
	}
	if there {
		if err := dropRow(tx, at, was); err != nil {
			return err
		}
	}
	if row.Words == "" {
		return nil
	}
	plain, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("search row: %w", err)
	}
	var last sql.NullInt64
	if err := tx.QueryRow(`SELECT MAX(id) FROM search_row`).Scan(&last); err != nil {
		return fmt.Errorf("search row: %w", err)
	}
	id := last.Int64 + 1
	if err := tx.Exec(`INSERT INTO search_row (id, noun, object, case_id, box) VALUES ($1, $2, $3, $4, $5)`,
		id, p.noun, p.object, p.of, ring.Box("search/"+p.object, plain)); err != nil {
		return fmt.Errorf("search row: %w", err)
	}
	return textOf(tx).in(tx, id, row)
}

// takeOut removes an object's row and every word of it.
func takeOut(tx *store.Tx, ring *seal.Keyring, object string) error {
	at, _, row, there, err := rowOf(tx, ring, object)
	if err != nil || !there {
		return err
	}
	return dropRow(tx, at, row)
}

// takeOutAll removes every row that belongs to a case, or to what else it goes with.
func takeOutAll(tx *store.Tx, ring *seal.Keyring, of string) error {
	objects, err := store.Column[string](tx, `SELECT object FROM search_row WHERE case_id = $1`, of)
	if err != nil {
		return fmt.Errorf("search rows: %w", err)
	}
	for _, o := range objects {
		if err := takeOut(tx, ring, o); err != nil {
			return err
		}
	}
	return nil
}

// rowOf reads an object's row, if it has one: what went in, to be taken out again.
func rowOf(tx *store.Tx, ring *seal.Keyring, object string) (id int64, of string, row indexed, there bool, err error) {
	var box []byte
	err = tx.QueryRow(`SELECT id, case_id, box FROM search_row WHERE object = $1`, object).Scan(&id, &of, &box)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", row, false, nil
	}
	if err != nil {
		return 0, "", row, false, fmt.Errorf("search row: %w", err)
	}
	plain, err := ring.Unbox("search/"+object, box)
	if err == nil {
		err = json.Unmarshal(plain, &row)
	}
	if err != nil {
		return 0, "", row, false, fmt.Errorf("search row: %w", err)
	}
	return id, of, row, true, nil
}

func dropRow(tx *store.Tx, id int64, row indexed) error {
	if err := textOf(tx).out(tx, id, row); err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM search_row WHERE id = $1`, id)
}

// wordsOf is what an object may be found by in clear; empty keeps it out.
func wordsOf(tx *store.Tx, o Opener, noun, object string) (string, error) {
	switch noun {
	case typeCase:
		c, err := Load(tx, object)
		if c.Status == StatusForgotten {
			return "", err
		}
		return c.Number, err
	case "person":
		return suspectWords(tx, o, object)
	}
	if slices.Contains(worded, noun) {
		return itemWords(tx, o, object)
	}
	return "", nil
}

func suspectWords(tx *store.Tx, o Opener, record string) (string, error) {
	p, err := loadRecord(tx, record)
	if err != nil || p.Class != Suspect {
		return "", err
	}
	who, err := OpenIdentity(tx, o, p)
	if errors.Is(err, seal.ErrNoKey) {
		return "", nil
	}
	if err != nil || !who.Named() {
		return "", err
	}
	words := who.Names()
	for _, id := range who.Identifiers {
		words = append(words, id.Value)
	}
	return strings.Join(words, " "), nil
}

func itemWords(tx *store.Tx, o Opener, id string) (string, error) {
	i, err := LoadItem(tx, id)
	if err != nil || i.Withdrawn {
		return "", err
	}
	if i.Person != "" {
		// What a protected person holds leads to the person.
		p, err := standsFor(tx, i.Person)
		if err != nil || p.Class != Suspect {
			return "", err
		}
	}
	words, err := clearWords(tx, o, i)
	if errors.Is(err, seal.ErrNoKey) {
		return "", nil
	}
	return strings.TrimSpace(strings.Join(words, " ")), err
}

func clearWords(tx *store.Tx, o Opener, i Item) ([]string, error) {
	switch i.Noun {
	case "event":
		var e Event
		err := i.Decode(&e)
		return []string{e.Place.Name, e.Place.Code, e.Reference}, err
	case "organisation":
		var g Organisation
		err := i.Decode(&g)
		return append([]string{g.Name}, g.Aliases...), err
	case "vehicle":
		var v VehicleDetail
		_, err := i.OpenDetail(tx, o, &v)
		return []string{v.Plate, compact(v.Plate), v.VIN, v.Make, v.Model}, err
	case "phone":
		var n PhoneDetail
		_, err := i.OpenDetail(tx, o, &n)
		return append([]string{compact(n.Number)}, national(n.Number)...), err
	}
	return nil, nil
}

// compact leaves letters and digits only, as plates and numbers are typed.
func compact(s string) string { return strings.ReplaceAll(Fold(s), " ", "") }
