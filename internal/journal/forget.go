package journal

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Scope is which bodies an order to forget a case takes in: those of the named
// areas of kinds ("case", "packet") that belong to the case or to one of its
// referrals, but for the kinds that are kept.
type Scope struct {
	Case      string
	Referrals []string
	Areas     []string
	Keep      []string // kinds
}

func (s Scope) has(kind string) bool {
	area, _, _ := strings.Cut(kind, ".")
	return slices.Contains(s.Areas, area) && !slices.Contains(s.Keep, kind)
}

// each calls f with every fact of the scope that still has its body.
func (s Scope) each(tx *store.Tx, f func(seq int64, kind string, raw []byte) error) error {
	const of = `SELECT f.seq, f.kind, b.bytes FROM fact f JOIN body b ON b.seq = f.seq WHERE `
	seen := map[int64]bool{}
	row := func(rows *sql.Rows) error {
		var seq int64
		var kind string
		var raw []byte
		if err := rows.Scan(&seq, &kind, &raw); err != nil {
			return err
		}
		if seen[seq] || !s.has(kind) {
			return nil
		}
		seen[seq] = true
		return f(seq, kind, raw)
	}
	if err := store.Each(tx, row, of+`f.case_id = $1 ORDER BY f.seq`, s.Case); err != nil {
		return fmt.Errorf("bodies of a case: %w", err)
	}
	for _, r := range s.Referrals {
		if err := store.Each(tx, row, of+`f.referral_id = $1 ORDER BY f.seq`, r); err != nil {
			return fmt.Errorf("bodies of a referral: %w", err)
		}
	}
	return nil
}

// Bodies counts, by kind, the bodies that forgetting the scope would delete.
func (s Scope) Bodies(tx *store.Tx) (map[string]int, error) {
	out := map[string]int{}
	err := s.each(tx, func(_ int64, kind string, _ []byte) error {
		out[kind]++
		return nil
	})
	return out, err
}

// Forget deletes the bodies of the scope, destroys every key that opens a part
// of them, and has the log emptied. Rows of facts and leaves stand: the tree
// still verifies, and the facts replay as holes. It belongs to the reaction to
// the order, never to an apply: what the facts made is removed there.
func (s Scope) Forget(tx *store.Tx, d *Draw) error {
	var seqs []int64
	keys := map[string]bool{}
	err := s.each(tx, func(seq int64, _ string, raw []byte) error {
		m, err := wire.ParseMessage(raw)
		if err != nil {
			return fmt.Errorf("fact %d: %w", seq, err)
		}
		for _, p := range m.Act.Sealed {
			keys[p.Key] = true
		}
		seqs = append(seqs, seq)
		return nil
	})
	if err != nil {
		return err
	}
	for key := range keys {
		if err := seal.DestroyKey(tx, key, d.Now); err != nil {
			return err
		}
	}
	for _, seq := range seqs {
		if err := ForgetBody(tx, seq); err != nil {
			return err
		}
	}
	tx.Forgets()
	return nil
}

// ForgetBodies deletes the bodies of facts by their ids, and has the log
// emptied. It belongs to the reaction to an order, never to an apply.
func ForgetBodies(tx *store.Tx, facts []string) error {
	for _, id := range facts {
		var seq int64
		if err := tx.QueryRow(`SELECT seq FROM fact WHERE id = $1`, id).Scan(&seq); err != nil {
			return fmt.Errorf("body to forget: %w", err)
		}
		if err := ForgetBody(tx, seq); err != nil {
			return err
		}
	}
	tx.Forgets()
	return nil
}

// ForgetBody deletes the body of one fact. The fact's row says so, or a body
// that a disk has lost could not be told from one that was forgotten.
func ForgetBody(tx *store.Tx, seq int64) error {
	r := factRow{seq: seq, forgotten: 1}
	var digest []byte
	err := tx.QueryRow(`SELECT f.id, f.kind, f.node, f.case_id, f.referral_id, f.actor, f.at, f.behind, l.digest
		FROM fact f JOIN leaf l ON l.n = f.seq - 1 WHERE f.seq = $1`, seq).
		Scan(&r.id, &r.kind, &r.node, &r.caseID, &r.referral, &r.actor, &r.at, &r.behind, &digest)
	if err == nil {
		err = tx.Exec(`UPDATE fact SET forgotten = 1, row_sum = $1 WHERE seq = $2`, r.rowSum(digest), seq)
	}
	if err == nil {
		err = tx.Exec(`DELETE FROM body WHERE seq = $1`, seq)
	}
	if err != nil {
		return fmt.Errorf("forget a body: %w", err)
	}
	return nil
}
