package exchange

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A journal that was restored from a backup has lost its newest leaves, for
// ever: some of them never left the node. The peer has cosigned a checkpoint
// over them that the node can never meet again, and must not contradict. So the
// old log ends, and a new one with another name begins from what the backup
// holds: it is proven to continue everything that the peer had cosigned up to
// the backup, and both nodes record what lies between, by the checkpoint that
// both had signed. Neither government can restore in silence.

// pathContinued is where a node shows a peer the log that continues its journal.
const pathContinued = "/exchange/v1/continued"

// Continued is the fact that this node's journal goes on as another log after
// a restore.
type Continued struct {
	journal.Envelope
	N    int64  `json:"n"`    // of the log, from 2
	Kept int64  `json:"kept"` // facts that stood when it began, those given back among them
	Peer string `json:"peer"` // that had cosigned more
	Lost string `json:"lost"` // checkpoint that cannot be met again, as signed
}

// Kind implements journal.Fact.
func (Continued) Kind() string { return "link.continued.1" }

// PeerContinued is the fact that a peer's journal goes on as another log.
type PeerContinued struct {
	journal.Envelope
	Peer       string `json:"peer"`
	Lost       string `json:"lost"`       // checkpoint of the former log that this node had cosigned last
	Common     string `json:"common"`     // newest checkpoint of the former log that the new one continues; empty if none
	Checkpoint string `json:"checkpoint"` // first of the new log
}

// Kind implements journal.Fact.
func (PeerContinued) Kind() string { return "peer.continued.1" }

// continuation is what a peer is shown.
type continuation struct {
	Common     string        `json:"common,omitempty"`
	Checkpoint string        `json:"checkpoint"`
	Path       []wire.Digest `json:"path"` // from Common to Checkpoint
}

func applyContinued(tx *store.Tx, e journal.Entry, f Continued) error {
	return tx.Exec(`INSERT INTO continued (n, kept, lost, at) VALUES ($1, $2, $3, $4)`, f.N, f.Kept, f.Lost, store.Micros(e.Recorded))
}

func applyPeerContinued(tx *store.Tx, _ journal.Entry, f PeerContinued) error {
	p, err := FindPeer(tx, f.Peer)
	if err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	p.Journal = originOf([]byte(f.Checkpoint))
	return p.save(tx)
}

// logOf gives the present log of this node's journal, from 1, and how many
// facts stood when it began.
func logOf(tx *store.Tx) (n, kept int64, err error) {
	err = tx.QueryRow(`SELECT n, kept FROM continued ORDER BY n DESC LIMIT 1`).Scan(&n, &kept)
	if errors.Is(err, sql.ErrNoRows) {
		return 1, 0, nil
	}
	return n, kept, err
}

// origin is the present name of this node's journal.
func (l *Link) origin(tx *store.Tx) (string, error) {
	n, _, err := logOf(tx)
	if err != nil {
		return "", fmt.Errorf("log of the journal: %w", err)
	}
	return wire.JournalLog(l.Installation, l.Node, n), nil
}

// cameBack ends the restore towards one peer: everything that it holds is here.
// What the two have cosigned of each other is compared; if the peer cosigned
// what the backup does not hold, the journal goes on as another log.
func (l *Link) cameBack(ctx context.Context, p *pinned, r returned) error {
	lost, err := l.lostTo(ctx, p, r)
	if err != nil {
		return err
	}
	if lost != "" {
		if err := l.continueAs(ctx, p, lost); err != nil {
			return err
		}
	}
	err = l.DB.Write(ctx, func(tx *store.Tx) error {
		if err := l.witnessedAgain(tx, p, r.Cosigned); err != nil {
			return err
		}
		return restoredWith(tx, p.ID)
	})
	if err != nil {
		return err
	}
	p.restoring.Store(false)
	l.Log.Info("what a peer holds was compared after the restore", "peer", p.ID, "continued", lost != "")
	l.Notify()
	return nil
}

// lostTo gives the checkpoint that the peer cosigned and that the journal as it
// is now cannot meet; empty if it meets all.
func (l *Link) lostTo(ctx context.Context, p *pinned, r returned) (lost string, err error) {
	if r.Witnessed == "" {
		return "", nil
	}
	c, err := wire.VerifyCheckpoint([]byte(r.Witnessed), l.journalKey)
	if err != nil {
		return "", &trouble{code: string(wire.CodeSignature), cause: err} // not signed here: it proves nothing
	}
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		size, err := journal.Size(tx)
		if err != nil {
			return err
		}
		lost = r.Witnessed
		if c.Size > size {
			return nil
		}
		root, err := journal.Root(tx, c.Size)
		if err == nil && wire.Digest(root) == c.Root {
			lost = ""
		}
		return err
	})
	return lost, err
}

// witnessedAgain takes this node's own cosignature for what it is worth: it had
// seen the peer's journal that far, and must not cosign anything smaller.
func (l *Link) witnessedAgain(tx *store.Tx, p *pinned, note string) error {
	if note == "" {
		return nil
	}
	own, err := wire.WitnessVkey(wire.WitnessName(l.Installation, l.Node), l.own().Cosign.Public().(ed25519.PublicKey))
	if err != nil {
		return fmt.Errorf("own cosigner key: %w", err)
	}
	c, err := wire.VerifyCheckpoint([]byte(note), p.desc.Journal, own)
	if err != nil || len(c.Cosignatures) == 0 {
		return nil //nolint:nilerr // not cosigned here: it binds nobody
	}
	last, _, err := journal.Witnessed(tx, p.ID)
	if err != nil || c.Size <= last.Size {
		return err
	}
	return journal.SetWitnessed(tx, p.ID, c, []byte(note), c.Cosignatures[0].At)
}

// continueAs has the journal go on as another log, and shows it to a peer. A
// log that began after this restore serves every peer.
func (l *Link) continueAs(ctx context.Context, p *pinned, lost string) error {
	var show continuation
	seed, now := journal.NewSeed(l.Now()), l.Now()
	err := l.DB.Write(ctx, func(tx *store.Tx) error {
		n, kept, err := logOf(tx)
		if err != nil {
			return err
		}
		var restored, size int64
		if err := tx.QueryRow(`SELECT size FROM restored WHERE peer = $1`, p.ID).Scan(&restored); err != nil {
			return fmt.Errorf("restored: %w", err)
		}
		if size, err = journal.Size(tx); err != nil {
			return err
		}
		if n == 1 || kept < restored {
			f := &Continued{N: n + 1, Kept: size, Peer: p.ID, Lost: lost}
			if err := l.House.Enter(tx, seed.Draw(l.Ring), wire.PurposeAdministration, []journal.Fact{f}); err != nil {
				return err
			}
		}
		origin, err := l.origin(tx)
		if err != nil {
			return err
		}
		cp, err := journal.MakeCheckpoint(tx, l.own().Journal, origin, now)
		if err != nil {
			return err
		}
		show = continuation{Checkpoint: string(cp.Note)}
		if show.Common, err = journal.NewestBy(tx, p.ID); err != nil || show.Common == "" {
			return err
		}
		show.Path, err = journal.Joins(tx, cp.Size, noteSize(show.Common))
		return err
	})
	if err != nil {
		return err
	}
	body, err := json.Marshal(show)
	if err != nil {
		return fmt.Errorf("continuation: %w", err)
	}
	status, answer, err := p.lines[slotJournal].ask(ctx, pathContinued, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return refusedBy(status, answer)
	}
	return nil
}

// takeContinued takes up the log that continues a peer's journal: it has to be
// proven to continue the newest checkpoint that this node cosigned and that the
// peer still has. What this node cosigned beyond it stays on record, with an
// alarm: the peer has lost it, or says so.
func (l *Link) takeContinued(ctx context.Context, p *pinned, body []byte) (answer, error) {
	var show continuation
	if err := json.Unmarshal(body, &show); err != nil {
		return answer{http.StatusBadRequest, []byte(wire.CodeMalformed)}, nil //nolint:nilerr // told by code
	}
	c, err := l.checkContinued(p, show)
	if err != nil {
		return answer{http.StatusUnprocessableEntity, []byte(codeOf(err))}, nil
	}
	seed, now := journal.NewSeed(l.Now()), l.Now()
	var refused bool
	err = l.DB.Write(ctx, func(tx *store.Tx) error {
		var held []byte
		all, err := views(tx)
		if err != nil {
			return err
		}
		for _, v := range all {
			if v.peer == p.ID {
				held = v.note
			}
		}
		switch next, ok := nextLog(originOf(held), c.Origin); {
		case originOf(held) == c.Origin:
			return nil // taken up before, and the answer was lost
		case !ok || !next:
			refused = true
			return nil
		}
		d := seed.Draw(l.Ring)
		f := &PeerContinued{Peer: p.ID, Lost: string(held), Common: show.Common, Checkpoint: show.Checkpoint}
		if err := l.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{f}); err != nil {
			return err
		}
		if err := l.alarmIn(tx, d, Alarm{Peer: p.ID, Code: AlarmContinued, About: strconv.FormatInt(noteSize(string(held)), 10)}); err != nil {
			return err
		}
		return journal.SetWitnessed(tx, p.ID, c, []byte(show.Checkpoint), now)
	})
	if err == nil && refused {
		return answer{http.StatusConflict, []byte(wire.CodeSequence)}, nil
	}
	return answer{status: http.StatusOK}, err
}

// checkContinued holds what a peer shows against both nodes' signatures.
func (l *Link) checkContinued(p *pinned, show continuation) (wire.Checkpoint, error) {
	c, err := wire.VerifyCheckpoint([]byte(show.Checkpoint), p.desc.Journal)
	if err != nil || show.Common == "" {
		return c, err
	}
	own, err := wire.WitnessVkey(wire.WitnessName(l.Installation, l.Node), l.own().Cosign.Public().(ed25519.PublicKey))
	if err != nil {
		return c, fmt.Errorf("own cosigner key: %w", err)
	}
	common, err := wire.VerifyCheckpoint([]byte(show.Common), p.desc.Journal, own)
	if err != nil {
		return c, err
	}
	if len(common.Cosignatures) == 0 {
		return c, &wire.Error{Code: wire.CodeUnsigned, What: "checkpoint that this node never cosigned"}
	}
	return c, wire.CheckConsistency(show.Path, c.Size, c.Root, common.Size, common.Root)
}

// nextLog says whether a log's name follows another's directly; ok is false
// for a name that is not of the same journal.
func nextLog(former, name string) (next, ok bool) {
	a, okA := wire.LogNumber(former)
	b, okB := wire.LogNumber(name)
	return b == a+1, okA && okB
}
