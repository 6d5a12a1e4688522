package main

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/wire"
)

// machine finds the limit of one message at a time: three dependent durable
// commits of one row (sender, receiver, sender again) with the signing,
// sealing, opening and receipting of one frame between them, and nothing else:
// no network, no rules, no tables.
type machine struct {
	from, to *sql.DB
	keys     *seal.NodeKeys
	n        int64
}

func newMachine(dir string) (*machine, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	m := &machine{}
	keys := filepath.Join(dir, "keys")
	err := seal.CreateNodeKeys(keys, time.Now())
	if err == nil {
		m.keys, err = seal.LoadNodeKeys(keys)
	}
	if err != nil {
		return nil, err
	}
	for _, side := range []**sql.DB{&m.from, &m.to} {
		m.n++
		db, err := sql.Open("sqlite", fmt.Sprintf("file:%s?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)", filepath.Join(dir, fmt.Sprintf("limit%d.sqlite", m.n))))
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(1)
		if _, err := db.Exec(`CREATE TABLE row (n INTEGER PRIMARY KEY, bytes BLOB)`); err != nil {
			return nil, err
		}
		*side = db
	}
	return m, nil
}

func (m *machine) close() error { return errors.Join(m.from.Close(), m.to.Close()) }

// rate runs for a while and gives messages a second.
func (m *machine) rate(ctx context.Context, body []byte, span time.Duration) (float64, error) {
	var into [2]*sql.Stmt
	for i, db := range []*sql.DB{m.from, m.to} {
		st, err := db.Prepare(`INSERT INTO row (n, bytes) VALUES ($1, $2)`)
		if err != nil {
			return 0, err
		}
		defer st.Close() //nolint:errcheck // of no account
		into[i] = st
	}
	done, began := 0, time.Now()
	for ; time.Since(began) < span && ctx.Err() == nil; done++ {
		if err := m.one(into, body); err != nil {
			return 0, err
		}
	}
	return float64(done) / time.Since(began).Seconds(), ctx.Err()
}

func (m *machine) one(into [2]*sql.Stmt, body []byte) error {
	put := func(side int, b []byte) error {
		m.n++
		_, err := into[side].Exec(m.n, b) // a transaction of its own, synced
		return err
	}
	if err := put(0, body); err != nil {
		return err
	}
	now := time.Now()
	f, err := wire.BuildFrame(wire.FrameSpec{From: "us", To: "mx", Lane: wire.LaneCase, Epoch: 1, First: 1, Created: now,
		Entries: []wire.Entry{{Type: wire.EntryMessage, Body: body}}}, m.keys.Sign, m.keys.Seal.PublicKey())
	if err != nil {
		return err
	}
	known := wire.OneKey(m.keys.Sign.Public().(ed25519.PublicKey))
	got, err := wire.ReadFrame(f.Bytes(), known)
	if err != nil {
		return err
	}
	if err := got.Open("mx", m.keys.Seal); err != nil {
		return err
	}
	if err := put(1, body); err != nil {
		return err
	}
	leaf := m.n
	receipt, err := wire.SignReceipt(wire.Receipt{Type: wire.ReceiptRecorded, From: "mx", To: "us", Frame: got.Digest(), Lane: wire.LaneCase, Epoch: 1,
		First: f.Header.First, Last: f.Header.Last, Entries: []wire.Outcome{{Seq: f.Header.First, ID: "01890a5d-ac96-774b-bcce-b302099a8057",
			Digest: got.Entries[0].Digest(), Result: wire.ResultRecorded, Leaf: &leaf, Purpose: wire.PurposeProsecution}}, Undertaking: wire.Undertaking, Size: leaf + 1, At: now}, m.keys.Sign)
	if err != nil {
		return err
	}
	if _, err := wire.ReadReceipt(receipt, known); err != nil {
		return err
	}
	return put(0, []byte(receipt))
}
