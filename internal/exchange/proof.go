package exchange

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// pathProof is where a sender demands proof of what a receipt says.
const pathProof = "/exchange/v1/proof"

// Demand asks a peer to prove what its receipt says: that a message of this
// node is in the peer's journal, at the leaf signed for, under a checkpoint
// that this node itself cosigned. The proof can be kept and shown to anyone
// (wire.ProofFile). Refusals: exchange.no_receipt when there is nothing to
// prove yet, exchange.not_yet_cosigned when this node has not cosigned the
// peer's journal that far. A proof that does not hold is an alarm.
func (l *Link) Demand(ctx context.Context, factID string) (wire.ProofFile, error) {
	var d Delivery
	var digest []byte
	err := l.DB.Read(ctx, func(tx *store.Tx) error {
		var ok bool
		var err error
		if d, ok, err = Receipts(tx, factID); err != nil {
			return err
		}
		if !ok || d.State != DeliveryRecorded {
			return refusal.New("exchange.no_receipt")
		}
		return tx.QueryRow(`SELECT l.digest FROM fact f JOIN leaf l ON l.n = f.seq - 1 WHERE f.id = $1`, factID).Scan(&digest)
	})
	if err != nil {
		return wire.ProofFile{}, err
	}
	p := l.peer(d.Peer)
	if p == nil {
		return wire.ProofFile{}, refusal.New("exchange.no_peer", "Node", d.Peer)
	}
	status, body, err := p.lines[slotJournal].ask(ctx, pathProof, []byte(strconv.FormatInt(d.Leaf, 10)))
	switch {
	case err != nil:
		return wire.ProofFile{}, err
	case status == http.StatusConflict:
		return wire.ProofFile{}, refusal.New("exchange.not_yet_cosigned", "Node", d.Peer)
	case status == http.StatusOK:
		proof, err := l.holds(p, d.Leaf, digest, body)
		if err == nil {
			return proof, nil
		}
		l.Log.Warn("proof does not hold", "peer", p.ID, "error", err)
	}
	l.alarm(ctx, Alarm{Peer: p.ID, Lane: d.Lane, Code: AlarmNotIncluded, About: factID})
	return wire.ProofFile{}, &trouble{code: AlarmNotIncluded}
}

// holds checks a proof against the receipt's leaf, this node's own message and
// this node's own cosignature.
func (l *Link) holds(p *pinned, leaf int64, digest, body []byte) (wire.ProofFile, error) {
	proof, err := wire.ParseProofFile(body)
	if err != nil {
		return proof, err
	}
	if proof.Index != leaf || !slices.Equal(proof.Digest[:], digest) {
		return proof, errors.New("exchange: proof of another leaf")
	}
	own, err := wire.WitnessVkey(wire.WitnessName(l.Installation, l.Node), l.own().Cosign.Public().(ed25519.PublicKey))
	if err != nil {
		return proof, fmt.Errorf("own cosigner key: %w", err)
	}
	_, c, err := proof.Verify(p.desc.Journal, own)
	if err == nil && len(c.Cosignatures) == 0 {
		err = errors.New("exchange: a checkpoint that this node never cosigned")
	}
	return proof, err
}

// giveProof proves the inclusion of a message to the peer that sent it, and to
// nobody else. Only a checkpoint that the peer cosigned proves anything to it.
func (l *Link) giveProof(ctx context.Context, p *pinned, body []byte) (answer, error) {
	leaf, err := strconv.ParseInt(string(body), 10, 64)
	if err != nil || leaf < 0 {
		return answer{http.StatusBadRequest, nil}, nil
	}
	var proof wire.ProofFile
	var theirs int
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		if err := tx.QueryRow(`SELECT COUNT(*) FROM fact WHERE seq = $1 AND node = $2`, leaf+1, p.ID).Scan(&theirs); err != nil || theirs == 0 {
			return err
		}
		proof, err = journal.ProveTo(tx, leaf+1, p.ID)
		return err
	})
	switch {
	case errors.Is(err, journal.ErrNoCheckpoint):
		return answer{http.StatusConflict, nil}, nil
	case err != nil:
		return answer{}, err
	case theirs == 0:
		return answer{http.StatusNotFound, nil}, nil
	}
	b, err := proof.Encode()
	return answer{http.StatusOK, b}, err
}
