package casefile

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Content is what an item of a case says in clear: codes, places, dates and
// ids. What identifies or narrates is its sealed detail.
type Content interface {
	Noun() string      // event, role, statement, vehicle…
	About() string     // person it is about or who holds it; "" for none
	Moment() time.Time // when it happened; zero if it says nothing of time
	check() error      // the rule of the content alone
}

// Item is one thing that a case holds besides its people.
type Item struct {
	ID        string          `json:"id"`
	Case      string          `json:"case"`
	Noun      string          `json:"noun"`
	Person    string          `json:"person,omitempty"`
	Content   json.RawMessage `json:"content"`
	Detail    *wire.Part      `json:"detail,omitempty"` // sealed; its type goes with the noun
	Added     time.Time       `json:"added"`
	By        string          `json:"by,omitempty"` // account that recorded it
	Corrected time.Time       `json:"corrected,omitzero"`
	Withdrawn bool            `json:"withdrawn,omitempty"` // corrected away: was never so
	Ended     *TaskEnd        `json:"ended,omitempty"`     // of a task
}

// Decode reads the clear content into its type.
func (i Item) Decode(v any) error {
	if err := json.Unmarshal(i.Content, v); err != nil {
		return fmt.Errorf("content of an item: %w", err)
	}
	return nil
}

// OpenDetail opens the sealed detail into its type; false if there is none.
func (i Item) OpenDetail(tx *store.Tx, o Opener, v any) (bool, error) {
	if i.Detail == nil {
		return false, nil
	}
	if err := o.Open(tx, *i.Detail, v); err != nil {
		return false, fmt.Errorf("open detail: %w", err)
	}
	return true, nil
}

// detailPart is the id of an item's sealed detail within its fact.
const detailPart = "detail"

// Added says that a case holds something new. Its kind is
// "case.NOUN_added.1".
type Added[T Content] struct {
	journal.Envelope
	ID      string `json:"id"`
	Content T      `json:"content"`
}

// Kind implements journal.Fact.
func (Added[T]) Kind() string { var c T; return "case." + c.Noun() + "_added.1" }

// Starts tells the id of what was made.
func (f Added[T]) Starts() string { return f.ID }

// Corrected replaces what was recorded of something; what stood before stays
// in the journal. Its kind is "case.NOUN_corrected.1".
type Corrected[T Content] struct {
	journal.Envelope
	ID        string `json:"id"`
	Reason    string `json:"reason"` // clerical, new_information, source_withdrawn, wrong_person
	Withdrawn bool   `json:"withdrawn,omitempty"`
	Content   T      `json:"content"`
}

// Kind implements journal.Fact.
func (Corrected[T]) Kind() string { var c T; return "case." + c.Noun() + "_corrected.1" }

// registerItem registers both facts of a kind of item.
func registerItem[T Content](k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f Added[T]) error {
		return putItem(tx, e, f.ID, f.Content, func(*Item) {})
	})
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f Corrected[T]) error {
		was, err := LoadItem(tx, f.ID)
		if err != nil {
			return err
		}
		return putItem(tx, e, f.ID, f.Content, func(i *Item) {
			i.Added, i.By, i.Corrected, i.Withdrawn, i.Ended = was.Added, was.By, e.Created, f.Withdrawn, was.Ended
		})
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, f Added[T]) ([]journal.Fact, error) {
		return nil, reindexItem(tx, d, e.Case, f.ID, f.Content.About())
	})
	journal.React(k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, f Corrected[T]) ([]journal.Fact, error) {
		return nil, reindexItem(tx, d, e.Case, f.ID, f.Content.About())
	})
}

// putItem writes an item's row; roles move their person's class.
func putItem(tx *store.Tx, e journal.Entry, id string, c Content, change func(*Item)) error {
	raw, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("content of an item: %w", err)
	}
	i := Item{ID: id, Case: e.Case, Noun: c.Noun(), Person: c.About(), Content: raw, Added: e.Created}
	if e.By != nil {
		i.By = e.By.ID
	}
	if part, ok := e.Part(detailPart); ok {
		i.Detail = &part
	}
	change(&i)
	at := c.Moment()
	if at.IsZero() {
		at = i.Added
	}
	err = tx.Exec(`INSERT INTO case_item (id, case_id, noun, person, at, doc) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET person = $4, at = $5, doc = $6`, id, e.Case, i.Noun, i.Person, store.Micros(at), store.JSON(i))
	if err != nil {
		return fmt.Errorf("item of a case: %w", err)
	}
	if err := remember(tx, id, e.Seq); err != nil {
		return err
	}
	if i.Noun == "role" {
		return reclass(tx, i.Person)
	}
	return nil
}

// LoadItem reads one item.
func LoadItem(tx *store.Tx, id string) (Item, error) {
	i, err := access.Reached[Item](tx, `SELECT doc FROM case_item WHERE id = $1`, []any{id}, access.Tie{Type: typeCase, Column: "case_item.case_id"})
	return i, access.OrAbsent(err, "item")
}

// Items lists what a case holds of one noun, by time of what happened; what
// was corrected away is left out.
func Items(tx *store.Tx, caseID, noun string) ([]Item, error) {
	return standing(store.Docs[Item](tx, `SELECT doc FROM case_item WHERE case_id = $1 AND noun = $2 ORDER BY at, id`, caseID, noun))
}

// itemsOf lists the items of one noun about one record of a person; every noun if "".
func itemsOf(tx *store.Tx, person, noun string) ([]Item, error) {
	return standing(store.Docs[Item](tx, `SELECT doc FROM case_item WHERE person = $1 AND person <> '' AND (noun = $2 OR $2 = '') ORDER BY at, id`, person, noun))
}

func standing(items []Item, err error) ([]Item, error) {
	if err != nil {
		return nil, fmt.Errorf("items: %w", err)
	}
	kept := items[:0]
	for _, i := range items {
		if !i.Withdrawn {
			kept = append(kept, i)
		}
	}
	return kept, nil
}
