package insight

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// MaxBatch is how many rows one act of import takes.
const MaxBatch = 500

// Import takes rows of figures of one source, at most MaxBatch, each key once.
// A row whose key is known replaces what was there; a row that says the same
// changes nothing. Either all rows are taken or none.
type Import struct {
	Source string `json:"source"`
	Rows   []Row  `json:"rows"`
	// DryRun answers what would change and changes nothing.
	DryRun bool `json:"dry_run,omitempty"`
}

// Verb implements act.Command.
func (*Import) Verb() string { return "insight.import" }

// Outcome is what an import did, in rows; it is the act's answer.
type Outcome struct {
	Imported  int `json:"imported"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

// Counted is the fact: these rows of a source now read so. Their keys are keyed
// digests of the source's.
type Counted struct {
	journal.Envelope
	Source string `json:"source"`
	Rows   []Row  `json:"rows"`
}

// Kind implements journal.Fact.
func (*Counted) Kind() string { return "insight.counted.1" }

// Decide implements act.Command. Figures are taken for statistics and nothing
// else.
func (c *Import) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if d.Purpose != wire.PurposeStatistics {
		return nil, refusal.New("insight.purpose")
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := d.Allow(tx, access.Resource{Type: "statistics", ID: c.Source}); err != nil {
		return nil, err
	}
	rows := slices.Clone(c.Rows)
	for i := range rows {
		rows[i].Key = d.Ring().Token("insight/row/"+c.Source, rows[i].Key)
	}
	held, err := digests(tx, c.Source, rows)
	if err != nil {
		return nil, err
	}
	var out Outcome
	var changed []Row
	for _, r := range rows {
		switch was, known := held[r.Key]; {
		case !known:
			out.Imported++
		case was != r.Digest():
			out.Updated++
		default:
			out.Unchanged++
			continue
		}
		changed = append(changed, r)
	}
	d.Tell(out)
	if len(changed) == 0 || c.DryRun {
		return nil, nil
	}
	return []journal.Fact{&Counted{Source: c.Source, Rows: changed}}, nil
}

func (c *Import) check() error {
	if err := CheckSource(c.Source); err != nil {
		return err
	}
	if len(c.Rows) == 0 || len(c.Rows) > MaxBatch {
		return refusal.New("insight.batch", "Max", MaxBatch)
	}
	seen := make(map[string]bool, len(c.Rows))
	for _, r := range c.Rows {
		if err := r.Check(); err != nil {
			return err
		}
		if seen[r.Key] {
			return refusal.New("insight.key_twice")
		}
		seen[r.Key] = true
	}
	return nil
}

// digests reads what is held of the rows' keys, in one query.
func digests(tx *store.Tx, source string, rows []Row) (map[string]string, error) {
	args := make([]any, 0, len(rows)+1)
	args = append(args, source)
	var in strings.Builder
	for i, r := range rows {
		if i > 0 {
			in.WriteByte(',')
		}
		fmt.Fprintf(&in, "$%d", i+2)
		args = append(args, r.Key)
	}
	held := make(map[string]string, len(rows))
	err := store.Each(tx, func(found *sql.Rows) error {
		var key, digest string
		if err := found.Scan(&key, &digest); err != nil {
			return err
		}
		held[key] = digest
		return nil
	}, `SELECT key, digest FROM stat_event WHERE source = $1 AND key IN (`+in.String()+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("figures held: %w", err)
	}
	return held, nil
}

// applyCounted writes the rows, each in the place of what its key said before.
func applyCounted(tx *store.Tx, _ journal.Entry, f Counted) error {
	for _, r := range f.Rows {
		year, month, err := r.when()
		if err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO stat_event (source, key, digest, year, month, scheme, place, doc)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (source, key) DO UPDATE SET digest = excluded.digest, year = excluded.year, month = excluded.month,
				scheme = excluded.scheme, place = excluded.place, doc = excluded.doc`,
			f.Source, r.Key, r.Digest(), year, month, r.Place.Scheme, r.Place.Code, store.JSON(r)); err != nil {
			return fmt.Errorf("figure: %w", err)
		}
	}
	return nil
}

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) { journal.Register(k, applyCounted) }

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) { v.Add(&Import{}) }
