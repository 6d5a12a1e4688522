package demo

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Result is what both stores say after the run. No number of it is the
// driver's: each is counted from the stores, and held against what was tried.
type Result struct {
	Cases     int64 `json:"cases"`
	Referrals struct {
		Sent             int64 `json:"sent"`
		Recorded         int64 `json:"recorded"`
		Refused          int64 `json:"refused"`
		Expired          int64 `json:"expired"`
		Opened           int64 `json:"opened"`
		Answered         int64 `json:"answered"`
		OutcomesReturned int64 `json:"outcomes_returned"`
	} `json:"referrals"`
	Receipts struct {
		Valid   int64 `json:"valid"`
		Invalid int64 `json:"invalid"`
	} `json:"receipts"`
	Journal map[string]*JournalResult `json:"journal"`
	Latency struct {
		P50 float64 `json:"p50"`
		P99 float64 `json:"p99"`
	} `json:"latency_ms"`
	Refused struct {
		Purpose    int64 `json:"purpose"`
		Forged     int64 `json:"forged"`
		Unscreened int64 `json:"unscreened"`
		Return     int64 `json:"return"` // hand-overs of somebody who may not be returned
		Leak       int64 `json:"leak"`   // withdrawals that told why
	} `json:"refused"`
	Packets struct {
		Issued   int64 `json:"issued"`           // taken as one file
		Verified int64 `json:"verified_offline"` // and whole, checked without a node
	} `json:"packets"`
	Protection Protected `json:"protection"`
	Files      Carried   `json:"files"`
	Lost       int64     `json:"lost"`
	Duplicated int64     `json:"duplicated"`
}

// unscreened is the refusal to send a case in which somebody was not screened.
const unscreened = "protection.unscreened"

// JournalResult is the state of one node's journal.
type JournalResult struct {
	Size        int64 `json:"size"`
	Verified    bool  `json:"verified"`
	Cosigned    bool  `json:"cosigned"`
	ReplayEqual bool  `json:"replay_equal"`
}

// checker reads both stores of nodes that have stopped.
type checker struct {
	nodes  map[string]*Process
	stores map[string]*store.DB
	deeds  *deeds
	alarms map[string]map[string]bool // of hand-overs, by the nodes that raised them
	out    Result
	faults []error
}

// check counts from both stores. The error names every mismatch.
func (w *World) check(ctx context.Context, scratch string) (Result, error) {
	c, done, err := w.checker(ctx)
	if err != nil {
		return Result{}, err
	}
	defer done()
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return c.out, fmt.Errorf("demo: %w", err)
	}
	if err := errors.Join(c.counts(ctx), c.receipts(ctx), c.journals(ctx, scratch), c.agree(ctx), c.latency(), c.heldAgainst(ctx)); err != nil {
		return c.out, err
	}
	c.judge()
	return c.out, errors.Join(c.faults...)
}

// checker opens both stores.
func (w *World) checker(ctx context.Context) (c *checker, done func(), err error) {
	c = &checker{nodes: w.nodes, deeds: w.deeds, alarms: map[string]map[string]bool{}, stores: map[string]*store.DB{}, out: Result{Journal: map[string]*JournalResult{}}}
	done = func() {
		for _, db := range c.stores {
			db.Close() //nolint:errcheck // only read
		}
	}
	for _, n := range nodeNames {
		if c.stores[n], err = store.Open(ctx, w.nodes[n].Folders.Database()); err != nil {
			delete(c.stores, n)
			done()
			return nil, nil, err
		}
	}
	return c, done, nil
}

// counts is what the facts of both stores say, and what became of everything
// that was released.
func (c *checker) counts(ctx context.Context) error {
	for _, n := range nodeNames {
		if err := errors.Join(c.facts(ctx, n), c.delivered(ctx, n)); err != nil {
			return err
		}
	}
	r := c.out.Referrals
	c.out.Lost = r.Sent - r.Recorded - r.Refused - r.Expired
	return nil
}

func (c *checker) fault(format string, args ...any) {
	if len(c.faults) < 50 {
		c.faults = append(c.faults, fmt.Errorf("demo: "+format, args...))
	}
}

func (c *checker) judge() {
	for what, n := range map[string]int64{"packet versions are lost": c.out.Lost, "messages are recorded twice": c.out.Duplicated, "receipts do not verify": c.out.Receipts.Invalid} {
		if n != 0 {
			c.fault("%d %s", n, what)
		}
	}
	for id, raised := range c.alarms {
		if c.out.Protection.HandOvers.Alarms++; len(raised) != len(nodeNames) {
			c.fault("the alarm of hand-over %s was raised on one node alone", id)
		}
	}
	if c.out.Packets.Verified = c.deeds.bundles; c.out.Packets.Issued != c.out.Packets.Verified || c.out.Packets.Issued == 0 {
		c.fault("%d packets were taken as one file and %d checked", c.out.Packets.Issued, c.out.Packets.Verified)
	}
	for n, j := range c.out.Journal {
		if !j.Verified || !j.Cosigned || !j.ReplayEqual {
			c.fault("journal of %s: %+v", n, *j)
		}
	}
}

// facts counts what a store's own facts say.
func (c *checker) facts(ctx context.Context, n string) error {
	r := &c.out.Referrals
	return c.stores[n].Read(ctx, func(tx *store.Tx) error {
		count := func(into *int64, query string, args ...any) error {
			var k int64
			if err := tx.QueryRow(query, args...).Scan(&k); err != nil {
				return fmt.Errorf("count on %s: %w", n, err)
			}
			*into += k
			return nil
		}
		other := otherNode(n)
		if err := errors.Join(
			count(&r.Opened, `SELECT COUNT(*) FROM fact WHERE kind = 'referral.notice_opened.1' AND node = $1`, other),
			count(&r.Answered, `SELECT COUNT(*) FROM fact WHERE kind IN ('referral.accepted.1', 'referral.declined.1') AND node = $1`, other),
			count(&c.out.Refused.Purpose, `SELECT COUNT(*) FROM quarantine WHERE what = 'message' AND code = $1`, string(wire.CodePurpose)),
			count(&c.out.Refused.Forged, `SELECT COUNT(*) FROM quarantine WHERE code IN ($1, $2)`, string(wire.CodeSignature), string(wire.CodeAltered)),
			count(&c.out.Refused.Leak, `SELECT COUNT(*) FROM quarantine WHERE what = 'message' AND code = $1`, string(wire.CodeContent)),
			count(&c.out.Duplicated, `SELECT COUNT(*) - COUNT(DISTINCT l.digest) FROM fact f JOIN leaf l ON l.n = f.seq - 1 WHERE f.node = $1`, other),
		); err != nil {
			return err
		}
		return errors.Join(
			clears(tx, "case.opened.1", n, func(f struct{ Origin string }) {
				if f.Origin == "" { // one found here; a referral that was taken up opens one too
					c.out.Cases++
				}
			}),
			clears(tx, referral.SignedStep{}.Kind(), other, func(f struct{ Step string }) {
				if f.Step == "report_outcome" {
					r.OutcomesReturned++
				}
			}),
			clears(tx, packet.CopyTaken{}.Kind(), n, func(f packet.CopyTaken) {
				if f.Form == packet.CopyBundle {
					c.out.Packets.Issued++
				}
			}),
			c.protected(tx, n), c.files(tx, n))
	})
}

// clears reads the clear part of each fact of a kind that a node made.
func clears[F any](tx *store.Tx, kind, by string, each func(F)) error {
	return store.Each(tx, func(rows *sql.Rows) error {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return err
		}
		m, err := wire.ParseMessage(raw)
		if err != nil {
			return err
		}
		var f F
		if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
			return err
		}
		each(f)
		return nil
	}, `SELECT b.bytes FROM fact f JOIN body b ON b.seq = f.seq WHERE f.kind = $1 AND f.node = $2`, kind, by)
}

// delivered follows everything that a node released: each message is recorded
// over there as the same bytes, or refused, or written off, and signed for.
func (c *checker) delivered(ctx context.Context, n string) error {
	type row struct{ id, kind string }
	var released []row
	return c.stores[n].Read(ctx, func(tx *store.Tx) error {
		if err := store.Each(tx, func(rows *sql.Rows) error {
			var r row
			err := rows.Scan(&r.id, &r.kind)
			released = append(released, r)
			return err
		}, `SELECT f.id, f.kind FROM outbox o JOIN fact f ON f.seq = o.fact ORDER BY o.fact`); err != nil {
			return err
		}
		return c.stores[otherNode(n)].Read(ctx, func(there *store.Tx) error {
			for _, r := range released {
				d, _, err := exchange.Receipts(tx, r.id)
				if err != nil {
					return err
				}
				c.count(r.kind, d)
				if err := c.arrived(tx, there, r.id, d); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (c *checker) count(kind string, d exchange.Delivery) {
	if kind != (referral.Sent{}).Kind() {
		return
	}
	r := &c.out.Referrals
	r.Sent++
	switch d.State {
	case exchange.DeliveryRecorded:
		r.Recorded++
	case exchange.DeliveryRefused:
		r.Refused++
	case exchange.DeliveryVoid:
		r.Expired++
	}
}

// arrived holds a receipt against the other store.
func (c *checker) arrived(here, there *store.Tx, id string, d exchange.Delivery) error {
	e, _, err := journal.Load(here, id)
	if err != nil {
		return err
	}
	var digest []byte
	var seq int64
	err = there.QueryRow(`SELECT f.seq, l.digest FROM fact f JOIN leaf l ON l.n = f.seq - 1 WHERE f.id = $1`, id).Scan(&seq, &digest)
	switch missing := errors.Is(err, sql.ErrNoRows); {
	case err != nil && !missing:
		return fmt.Errorf("leaf over there: %w", err)
	case d.State == exchange.DeliveryRecorded && (missing || seq-1 != d.Leaf || [32]byte(digest) != e.Digest):
		c.fault("%s %s is signed for and not there as it was sent", e.Kind, id)
	case d.State == exchange.DeliveryRefused && !missing, d.State == exchange.DeliveryVoid && !missing:
		c.fault("%s %s is %s and yet there", e.Kind, id, d.State)
	case d.State == exchange.DeliveryQueued, d.State == exchange.DeliveryWaiting:
		c.fault("%s %s is still %s", e.Kind, id, d.State)
	}
	return nil
}

// receipts verifies every receipt that a node keeps, given and taken, with the
// keys in the other node's hands.
func (c *checker) receipts(ctx context.Context) error {
	descriptors := map[string]wire.Descriptor{}
	for _, of := range nodeNames {
		if err := c.stores[otherNode(of)].Read(ctx, func(tx *store.Tx) (err error) {
			descriptors[of], err = exchange.Descriptor(tx, of)
			return err
		}); err != nil {
			return err
		}
	}
	type kept struct{ Header, Receipt string }
	valid := func(signer string) func(kept) {
		return func(k kept) {
			r, err := wire.ReadReceipt(k.Receipt, descriptors[signer].Keys())
			h, headErr := wire.ReadHeader(k.Header, descriptors[otherNode(signer)].Keys())
			if err != nil || headErr != nil || r.Answers(k.Header, h, nil) != nil {
				c.out.Receipts.Invalid++
				return
			}
			c.out.Receipts.Valid++
		}
	}
	for _, n := range nodeNames {
		if err := c.stores[n].Read(ctx, func(tx *store.Tx) error {
			return errors.Join(clears(tx, exchange.ReceiptTaken{}.Kind(), n, valid(otherNode(n))), clears(tx, exchange.ReceiptGiven{}.Kind(), n, valid(n)))
		}); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) journals(ctx context.Context, scratch string) error {
	for _, n := range nodeNames {
		if err := c.journal(ctx, n, scratch); err != nil {
			return err
		}
	}
	return nil
}

// journal verifies one journal, replays it and looks for its last cosignature.
func (c *checker) journal(ctx context.Context, n, scratch string) error {
	database := c.nodes[n].Folders.Database()
	v, err := node.VerifyJournal(ctx, database)
	if err != nil {
		return err
	}
	for _, f := range v.Faults {
		c.fault("journal of %s: %s", n, f)
	}
	r, err := node.ReplayJournal(ctx, database, scratch)
	if err != nil {
		return err
	}
	for _, table := range r.Differ {
		c.fault("journal of %s replays otherwise: %s", n, table)
	}
	j := &JournalResult{Size: v.Size, Verified: len(v.Faults) == 0, ReplayEqual: r.Equal}
	c.out.Journal[n] = j
	return c.stores[n].Read(ctx, func(tx *store.Tx) error {
		size, _, err := journal.CosignedBy(tx, otherNode(n))
		j.Cosigned = size == v.Size
		return err
	})
}

// agree compares what both nodes hold of every referral that arrived.
func (c *checker) agree(ctx context.Context) error {
	var ids []string
	standing := map[string]map[string]program.Standing{}
	for _, n := range nodeNames {
		standing[n] = map[string]program.Standing{}
		if err := c.stores[n].Read(ctx, func(tx *store.Tx) error {
			ids = ids[:0]
			if err := store.Each(tx, func(rows *sql.Rows) error {
				var id string
				err := rows.Scan(&id)
				ids = append(ids, id)
				return err
			}, `SELECT id FROM referral`); err != nil {
				return err
			}
			for _, id := range ids {
				r, err := referral.Load(tx, id)
				if err != nil {
					return err
				}
				standing[n][id] = r.State().Shared()
			}
			return nil
		}); err != nil {
			return err
		}
	}
	for id, here := range standing["us"] {
		if there, ok := standing["mx"][id]; ok && !same(here, there) {
			c.fault("referral %s stands at %s here and at %s there", id, here.Main, there.Main)
		}
	}
	return nil
}

func same(a, b program.Standing) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
