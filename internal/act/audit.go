package act

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// JournalState is how this node's journal stands.
type JournalState struct {
	Size   int64           `json:"size"` // facts recorded
	Points []journal.Point `json:"points"`
}

// journalRows is how many rows a page of the journal has at most.
const journalRows = 500

var (
	theJournal = access.Resource{Type: "journal", ID: "journal"}
	theAccess  = access.Resource{Type: "access", ID: "access"}
)

// Journal gives the size of the journal and its newest checkpoints.
func Journal(ctx context.Context, a *Acts, by access.Actor, purpose string) (JournalState, error) {
	return View(ctx, a, by, purpose, "journal", func(tx *store.Tx, v *Viewing) (s JournalState, err error) {
		if err = v.Must(theJournal); err != nil {
			return s, err
		}
		if s.Size, err = journal.Size(tx); err != nil {
			return s, err
		}
		s.Points, err = journal.Points(tx, 50)
		if s.Points == nil {
			s.Points = []journal.Point{}
		}
		return s, err
	})
}

// JournalAsk says what of the journal is looked at in one request.
type JournalAsk struct {
	Page
	Check bool     // recompute it
	Prove string   // id of a fact to prove
	Peers []string // nodes whose cosignatures are looked at
}

// Witnessing is how far two nodes have cosigned each other's journals.
type Witnessing struct {
	Peer     string
	Ours     int64 // entries of this journal that the peer has cosigned
	OursAt   time.Time
	Theirs   int64 // entries of the peer's that this node has
	TheirsAt time.Time
}

// JournalView is the journal as its page shows it.
type JournalView struct {
	JournalState
	Rows    []JournalRow
	Checked *journal.Verified // nil if not asked for
	Proved  *wire.ProofFile   // nil if not asked for, or if no checkpoint covers the fact yet
	Fact    *JournalRow       // the fact to prove
	Under   []journal.Point   // the checkpoint of the proof, once for each cosigner
	Root    string            // of that checkpoint
	Peers   []Witnessing
}

// LookAtJournal gives everything that one page of the journal shows, as one
// access fact. It refuses access.not_found for a fact that is not there.
func LookAtJournal(ctx context.Context, a *Acts, by access.Actor, purpose string, ask JournalAsk) (JournalView, error) {
	return View(ctx, a, by, purpose, "journal", func(tx *store.Tx, v *Viewing) (out JournalView, err error) {
		if err = v.Must(theJournal); err != nil {
			return out, err
		}
		if out.Size, err = journal.Size(tx); err != nil {
			return out, err
		}
		if out.Points, err = journal.Points(tx, 50); err != nil {
			return out, err
		}
		if out.Rows, err = ask.rows(tx); err != nil {
			return out, err
		}
		if err = out.witnessing(tx, ask.Peers); err != nil {
			return out, err
		}
		if ask.Check {
			found, err := a.verify(tx)
			if err != nil {
				return out, err
			}
			out.Checked = &found
		}
		if ask.Prove == "" {
			return out, nil
		}
		return out, out.prove(tx, ask.Prove)
	})
}

func (out *JournalView) witnessing(tx *store.Tx, peers []string) error {
	for _, peer := range peers {
		w := Witnessing{Peer: peer}
		var err error
		if w.Ours, w.OursAt, err = journal.CosignedBy(tx, peer); err != nil {
			return err
		}
		c, at, err := journal.Witnessed(tx, peer)
		if err != nil {
			return err
		}
		w.Theirs, w.TheirsAt = c.Size, at
		out.Peers = append(out.Peers, w)
	}
	return nil
}

// prove adds the proof of one fact, without its body.
func (out *JournalView) prove(tx *store.Tx, fact string) error {
	e, _, err := journal.Load(tx, fact)
	if errors.Is(err, sql.ErrNoRows) {
		return refusal.NotFound()
	}
	if err != nil && !unreadable(err) {
		return err
	}
	row := rowOf(e, err)
	out.Fact = &row
	p, err := journal.Prove(tx, e.Seq, false)
	if errors.Is(err, journal.ErrNoCheckpoint) {
		return nil
	}
	if err != nil {
		return err
	}
	out.Proved = &p
	out.Under, out.Root, err = journal.PointsUnder(tx, p)
	return err
}

// rowOf makes a row; gone is why the fact's body is not there, or nil.
func rowOf(e journal.Entry, gone error) JournalRow {
	return JournalRow{Seq: e.Seq, ID: e.ID, What: e.Kind, Node: e.Node, By: e.By, At: e.Recorded, Behind: e.Behind, Digest: e.Digest,
		Forgotten: errors.Is(gone, journal.ErrForgotten), Damaged: errors.Is(gone, journal.ErrDamaged)}
}

// unreadable says whether an error of loading a fact is about its body alone.
func unreadable(err error) bool {
	return errors.Is(err, journal.ErrForgotten) || errors.Is(err, journal.ErrDamaged)
}

func (p Page) rows(tx *store.Tx) ([]JournalRow, error) {
	out := []JournalRow{}
	return out, p.each(tx, "", func(e journal.Entry, _ wire.Message, gone error) error {
		out = append(out, rowOf(e, gone))
		return nil
	})
}

// VerifyJournal recomputes every digest, the tree and the checkpoints of the
// running journal.
func VerifyJournal(ctx context.Context, a *Acts, by access.Actor, purpose string) (journal.Verified, error) {
	return View(ctx, a, by, purpose, "journal.verify", func(tx *store.Tx, v *Viewing) (journal.Verified, error) {
		if err := v.Must(theJournal); err != nil {
			return journal.Verified{}, err
		}
		return a.verify(tx)
	})
}

func (a *Acts) verify(tx *store.Tx) (journal.Verified, error) {
	if a.Verify != nil {
		return a.Verify(tx)
	}
	return journal.Verify(tx, journal.Keys{})
}

// JournalRow is one fact as the journal lists it: what was done and by whom,
// never what the case says.
type JournalRow struct {
	Seq  int64       `json:"seq"`
	ID   string      `json:"id"`
	What string      `json:"kind"`
	Node string      `json:"node"`
	By   *wire.Actor `json:"by,omitempty"` // nil where a node itself acted
	At   time.Time   `json:"at"`           // recorded here
	// Behind is by how much the node's clock stood behind At then, nanoseconds.
	Behind    time.Duration `json:"clock_behind,omitempty"`
	Digest    wire.Digest   `json:"digest"`
	Forgotten bool          `json:"forgotten,omitempty"`
	Damaged   bool          `json:"damaged,omitempty"` // the stored body is not what was recorded
}

// Page asks for a part of the journal, newest first.
type Page struct {
	Before int64  // rows before this place; 0 for the newest
	Limit  int    // at most so many; 100 when 0, never more than 500
	Actor  string // of one account
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return 100
	}
	return min(p.Limit, journalRows)
}

// JournalRows lists facts of the journal, newest first.
func JournalRows(ctx context.Context, a *Acts, by access.Actor, purpose string, p Page) ([]JournalRow, error) {
	return View(ctx, a, by, purpose, "journal.rows", func(tx *store.Tx, v *Viewing) ([]JournalRow, error) {
		if err := v.Must(theJournal); err != nil {
			return nil, err
		}
		return p.rows(tx)
	})
}

// Access is one access fact: who saw or did what, for which purpose, by which
// policies, and what was refused.
type Access struct {
	access.Recorded
	Seq int64     `json:"seq"`
	ID  string    `json:"id"`
	At  time.Time `json:"at"`
}

// Audit lists the access facts, newest first, for auditors.
func Audit(ctx context.Context, a *Acts, by access.Actor, purpose string, p Page) ([]Access, error) {
	return View(ctx, a, by, purpose, "audit", func(tx *store.Tx, v *Viewing) ([]Access, error) {
		if err := v.Must(theAccess); err != nil {
			return nil, err
		}
		out := []Access{}
		return out, p.each(tx, (*access.Recorded)(nil).Kind(), func(e journal.Entry, m wire.Message, gone error) error {
			x := Access{Seq: e.Seq, ID: e.ID, At: e.Recorded}
			if gone == nil {
				if err := json.Unmarshal(m.Act.Clear, &x.Recorded); err != nil {
					return fmt.Errorf("access fact: %w", err)
				}
			}
			out = append(out, x)
			return nil
		})
	})
}

// each reads the facts of a page, of one kind if named.
func (p Page) each(tx *store.Tx, kind string, f func(e journal.Entry, m wire.Message, gone error) error) error {
	seqs, err := store.Column[int64](tx, `SELECT seq FROM fact WHERE (seq < $1 OR $1 = 0) AND (actor = $2 OR $2 = '') AND (kind = $3 OR $3 = '') ORDER BY seq DESC LIMIT $4`,
		p.Before, p.Actor, kind, p.limit())
	if err != nil {
		return fmt.Errorf("page of the journal: %w", err)
	}
	for _, seq := range seqs {
		e, m, err := journal.LoadSeq(tx, seq)
		if err != nil && !unreadable(err) {
			return fmt.Errorf("page of the journal: %w", err)
		}
		if err := f(e, m, err); err != nil {
			return err
		}
	}
	return nil
}

// Prove gives the proof that a fact is in the journal, under a checkpoint that
// a peer cosigned if there is one. The message itself is in it only where the
// reader may read bodies of its case. Refusals: access.not_found,
// act.no_checkpoint while no checkpoint covers the fact.
func Prove(ctx context.Context, a *Acts, by access.Actor, purpose, fact string, withMessage bool) (wire.ProofFile, error) {
	return View(ctx, a, by, purpose, "journal.prove", func(tx *store.Tx, v *Viewing) (wire.ProofFile, error) {
		e, err := known(tx, v, fact)
		if errors.Is(err, sql.ErrNoRows) {
			return wire.ProofFile{}, refusal.NotFound()
		}
		if err != nil && !errors.Is(err, journal.ErrForgotten) {
			return wire.ProofFile{}, err
		}
		body, err := bodyOf(tx, e)
		if err != nil {
			return wire.ProofFile{}, err
		}
		readable := v.May("read.body", body)
		switch {
		case withMessage && !readable, !readable && !v.See(theJournal):
			return wire.ProofFile{}, refusal.NotFound()
		}
		p, err := journal.Prove(tx, e.Seq, withMessage)
		if errors.Is(err, journal.ErrNoCheckpoint) {
			return p, refusal.Conflict("act.no_checkpoint")
		}
		p.V, p.Format = wire.Version, wire.ProofFormat
		return p, err
	})
}

// known loads a fact of what the reader's office could know, or of any where
// they may see the journal; sql.ErrNoRows otherwise.
func known(tx *store.Tx, v *Viewing, fact string) (journal.Entry, error) {
	const byID = `SELECT seq FROM fact WHERE id = $1`
	and, office := access.Reach(tx, 2, access.Tie{Type: "case", Column: "fact.case_id"}, access.Tie{Type: "referral", Column: "fact.referral_id"})
	var seq int64
	err := tx.QueryRow(byID+and, append([]any{fact}, office...)...).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		tx.Miss(fact)
	}
	if errors.Is(err, sql.ErrNoRows) && v.See(theJournal) {
		err = tx.QueryRow(byID, fact).Scan(&seq)
	}
	if err != nil {
		return journal.Entry{}, err
	}
	e, _, err := journal.LoadSeq(tx, seq)
	return e, err
}

// bodyOf is a fact's body as access sees it: known to the offices of its case
// and of its referral.
func bodyOf(tx *store.Tx, e journal.Entry) (access.Resource, error) {
	r := access.Resource{Type: "body", ID: e.ID, Case: e.Case}
	for typ, id := range map[string]string{"case": e.Case, "referral": e.Referral} {
		if id == "" {
			continue
		}
		offices, err := access.Offices(tx, typ, id)
		if err != nil {
			return r, fmt.Errorf("offices of a fact: %w", err)
		}
		r.Offices = append(r.Offices, offices...)
	}
	return r, nil
}
