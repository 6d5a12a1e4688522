package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// replayBatch is how many facts one transaction of a replay applies.
const replayBatch = 5000

// Replay applies every fact of src, in order, to the empty database dst. A
// forgotten body replays as a hole: its row and leaf stand, nothing is
// applied, and the expungement's own apply does the rest. The next batch is
// read, held against its leaves and parsed while one is applied.
func Replay(ctx context.Context, k *Kinds, src, dst *store.DB) (facts int64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches, read := make(chan []kept), make(chan error, 1)
	go func() {
		defer close(batches)
		read <- src.Read(ctx, func(from *store.Tx) error {
			size, err := Size(from)
			if err != nil {
				return err
			}
			for seq := int64(1); seq <= size; seq += replayBatch {
				b, err := keptIn(from, seq, min(seq+replayBatch-1, size))
				if err != nil {
					return err
				}
				select {
				case batches <- b:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	}()
	for b := range batches {
		if err = dst.Write(ctx, func(to *store.Tx) error { return replayAll(k, to, b) }); err != nil {
			cancel()
			break
		}
		facts += int64(len(b))
	}
	if e := <-read; err == nil {
		err = e
	}
	return facts, err
}

// kept is a fact as a journal keeps it.
type kept struct {
	seq    int64
	at     recordedAt
	m      wire.Message
	hole   *hole // of a forgotten one, in place of its message
	digest []byte
}

// hole is what stays of a forgotten fact's row.
type hole struct {
	id, kind, node          string
	caseID, referral, actor sql.NullString
	forgotten, sum          int64
}

// keptIn reads facts whose bodies are those that were recorded.
func keptIn(from *store.Tx, first, last int64) (out []kept, err error) {
	err = store.Each(from, func(rows *sql.Rows) error {
		var x kept
		var h hole
		var raw []byte
		if err := rows.Scan(&x.seq, &h.id, &h.kind, &h.node, &h.caseID, &h.referral, &h.actor, &x.at.at, &x.at.behind, &h.forgotten, &h.sum, &raw, &x.digest); err != nil {
			return err
		}
		switch {
		case raw == nil && h.forgotten != 0:
			x.hole = &h
		case !Whole(raw, x.digest):
			return fmt.Errorf("%w: fact %d", ErrDamaged, x.seq)
		default:
			if x.m, err = wire.ParseMessage(raw); err != nil {
				return fmt.Errorf("fact %d: %w", x.seq, err)
			}
		}
		out = append(out, x)
		return nil
	}, `SELECT f.seq, f.id, f.kind, f.node, f.case_id, f.referral_id, f.actor, f.at, f.behind, f.forgotten, f.row_sum, b.bytes, l.digest
		FROM fact f JOIN leaf l ON l.n = f.seq - 1 LEFT JOIN body b ON b.seq = f.seq
		WHERE f.seq >= $1 AND f.seq <= $2 ORDER BY f.seq`, first, last)
	return out, err
}

func replayAll(k *Kinds, to *store.Tx, facts []kept) error {
	without, err := inerts(to)
	if err != nil {
		return err
	}
	for _, x := range facts {
		if x.hole != nil {
			if err := x.hole.insert(to, x); err != nil {
				return err
			}
			continue
		}
		effect := k
		if without[x.m.Act.ID] {
			effect = nil
		}
		if _, err := insert(to, effect, x.m, x.seq, x.at); err != nil {
			return err
		}
		if effect != nil && x.m.Act.Kind == inertKind {
			if without, err = inerts(to); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *hole) insert(to *store.Tx, x kept) error {
	if err := to.Exec(`INSERT INTO fact (seq, id, kind, node, case_id, referral_id, actor, at, behind, forgotten, row_sum) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		x.seq, h.id, h.kind, h.node, h.caseID, h.referral, h.actor, x.at.at, x.at.behind, h.forgotten, h.sum); err != nil {
		return err
	}
	return to.Exec(`INSERT INTO leaf (n, digest) VALUES ($1, $2)`, x.seq-1, x.digest)
}

// NotDerived lists the tables that facts do not make, with the reason. All
// others must come out the same from a replay; docs/architecture.md explains.
var NotDerived = map[string]string{
	"sealkey": "keys are drawn, received and destroyed, never replayed",
	"tile":    "computed from the leaves", "checkpoint": "signed by the node's key", "cosignature": "signed by the peer",
	"witnessed": "what the peers showed", "session": "who is signed in", "look": "how a person reads the pages", "authenticator": "secrets", "attempt": "failed sign-ins",
	"founding_link": "secrets, one use", "invitation": "secrets, one use", "prepared": "acts shown and not yet signed", "prepared_about": "what they are about", "command": "repeats of an act's key",
	"lane_head": "what the link has delivered", "quarantine": "refused bytes as they came", "contact": "when the link last answered", "case_look": "finds the access facts of a case again; older facts are found in the journal alone",
	"goose_db_version": "the schema's own", "sqlite_sequence": "the engine's own",
	"passkey_use": "counters of people's authenticators", "challenge": "answered, for minutes", "totp": "secrets", "recovery_code": "secrets, one use",
	"file_upload": "files under way", "file_upload_chunk": "files under way",
	"referral_queue": "an index of the referrals", "referral_queue_form": "its form", "referral_number": "an index of their numbers",
	"protection_queue": "an index of the cases", "protection_queue_form": "its form",
	"shelf": "searches and charts that people keep for themselves", "decoy": "which people are none: made by reactions", "decoy_touch": "what touched them: made by reactions", "draft": "what somebody has typed and not recorded", "outbox": "what waits on the link", "mail": "what waits for the mail server", "confirmed": "which keys a peer said it knows", "restored": "set by restoring a backup",
}

// notDerivedPrefix marks the tables of full-text search.
const notDerivedPrefix = "search_"

// Compare holds every derived table of two databases against each other and
// names those that differ.
func Compare(ctx context.Context, a, b *store.DB) ([]string, error) {
	sa, err := digests(ctx, a)
	if err != nil {
		return nil, err
	}
	sb, err := digests(ctx, b)
	if err != nil {
		return nil, err
	}
	var differ []string
	for name, d := range sa {
		if sb[name] != d {
			differ = append(differ, name)
		}
	}
	sort.Strings(differ)
	return differ, nil
}

func digests(ctx context.Context, db *store.DB) (map[string][32]byte, error) {
	out := map[string][32]byte{}
	err := db.Read(ctx, func(tx *store.Tx) error {
		names, err := tables(tx)
		if err != nil {
			return err
		}
		for _, name := range names {
			if out[name], err = tableDigest(tx, name); err != nil {
				return fmt.Errorf("table %s: %w", name, err)
			}
		}
		return nil
	})
	return out, err
}

func tables(tx *store.Tx) ([]string, error) {
	names, err := tx.Tables()
	return slices.DeleteFunc(names, func(n string) bool {
		_, skip := NotDerived[n]
		return skip || strings.HasPrefix(n, notDerivedPrefix)
	}), err
}

// tableDigest is independent of the order of rows.
func tableDigest(tx *store.Tx, name string) (sum [32]byte, err error) {
	var lines []string
	err = store.Each(tx, func(rows *sql.Rows) error {
		cols, err := rows.Columns()
		if err != nil {
			return err
		}
		vals := make([]any, len(cols))
		for i := range vals {
			vals[i] = new(any)
		}
		if err := rows.Scan(vals...); err != nil {
			return err
		}
		h := sha256.New()
		for i := range vals {
			fmt.Fprintf(h, "%s=%v\x00", cols[i], *(vals[i].(*any)))
		}
		lines = append(lines, string(h.Sum(nil)))
		return nil
	}, `SELECT * FROM "`+name+`"`) //nolint:gosec // the name comes from the schema
	slices.Sort(lines)
	return sha256.Sum256([]byte(strings.Join(lines, ""))), err
}
