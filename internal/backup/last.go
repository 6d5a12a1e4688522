package backup

import (
	"database/sql"
	"errors"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Made is the fact that the node made a backup by itself and proved it.
type Made struct {
	journal.Envelope
	Name     string    `json:"name"` // folder, inside the one that the settings name
	Made     time.Time `json:"made"`
	Bytes    int64     `json:"bytes"`
	Journal  int64     `json:"journal"`            // facts in it
	Cosigned int64     `json:"cosigned"`           // of them, cosigned by a peer
	Replayed bool      `json:"replayed,omitempty"` // the facts were re-applied, too
	Faults   []string  `json:"faults,omitempty"`   // codes of what is wrong; none if it proved whole
}

// Kind implements journal.Fact.
func (Made) Kind() string { return "backup.made.1" }

// Facts registers the facts of backups.
func Facts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f Made) error {
		ok := 0
		if len(f.Faults) == 0 {
			ok = 1
		}
		return tx.Exec(`INSERT INTO backup (name, made, ok, doc) VALUES ($1, $2, $3, $4)
			ON CONFLICT (name) DO UPDATE SET made = excluded.made, ok = excluded.ok, doc = excluded.doc`,
			f.Name, store.Micros(f.Made), ok, store.JSON(f))
	})
}

// Standing is how a node's own backups stand.
type Standing struct {
	Last     Made      `json:"last"`              // the newest, whole or not; zero if there is none
	Whole    Made      `json:"whole"`             // the newest that proved whole; zero if there is none
	Replayed time.Time `json:"replayed,omitzero"` // when the newest was made whose facts were re-applied
}

// Last says how the backups that the node makes by itself stand: the newest,
// the newest that proved whole (its age is what alarms), and of that time,
// size and how far its journal goes. What an operator copies by hand is not
// counted.
func Last(tx *store.Tx) (s Standing, err error) {
	if s.Last, err = newest(tx, `ORDER BY made DESC LIMIT 1`); err != nil {
		return s, err
	}
	if s.Whole, err = newest(tx, `WHERE ok = 1 ORDER BY made DESC LIMIT 1`); err != nil {
		return s, err
	}
	err = store.Each(tx, func(rows *sql.Rows) error {
		var at int64
		err := rows.Scan(&at)
		s.Replayed = store.Time(at)
		return err
	}, `SELECT made FROM backup WHERE ok = 1 AND doc LIKE '%"replayed":true%' ORDER BY made DESC LIMIT 1`)
	return s, err
}

// Newest are the backups that the node made by itself last, whole or not.
func Newest(tx *store.Tx, most int) ([]Made, error) {
	return store.Docs[Made](tx, `SELECT doc FROM backup ORDER BY made DESC LIMIT $1`, most)
}

func newest(tx *store.Tx, which string) (Made, error) {
	m, err := store.Doc[Made](tx, `SELECT doc FROM backup `+which)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return m, err
}

// Age is how old the newest backup is that proved whole; ok is false if there
// is none.
func (s Standing) Age(now time.Time) (age time.Duration, ok bool) {
	return now.Sub(s.Whole.Made), !s.Whole.Made.IsZero()
}
