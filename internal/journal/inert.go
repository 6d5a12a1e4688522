package journal

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Inert is the fact that the next one came back from a peer after a restore
// and does not fit what is here: what it rests on was lost. It is kept and
// proven like any other, and changes nothing. It stands right before it.
type Inert struct {
	Envelope
	Fact string `json:"fact"` // id of the next fact
	Of   string `json:"of"`   // its kind
	Peer string `json:"peer"` // that gave it back
}

const inertKind = "journal.inert.1"

// Kind implements Fact.
func (Inert) Kind() string { return inertKind }

// RegisterInert adds the kind.
func RegisterInert(k *Kinds) {
	Register(k, func(tx *store.Tx, e Entry, f Inert) error {
		return tx.Exec(`INSERT INTO inert (id, peer, kind, at) VALUES ($1, $2, $3, $4)`, f.Fact, f.Peer, f.Of, store.Micros(e.Recorded))
	})
}

// RecordInert records a message without applying it. The fact before it must
// be the Inert that names it.
func RecordInert(tx *store.Tx, m wire.Message, now time.Time) (Entry, error) {
	return Record(tx, nil, m, now)
}

// inerts are the ids of facts without effect.
func inerts(tx *store.Tx) (map[string]bool, error) {
	out := map[string]bool{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		out[id] = true
		return err
	}, `SELECT id FROM inert`)
	if err != nil {
		return nil, fmt.Errorf("facts without effect: %w", err)
	}
	return out, nil
}
