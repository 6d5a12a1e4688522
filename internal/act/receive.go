package act

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Receive takes one message from a peer in the receiver's transaction, at the
// line after the rule: ownership, proof, accord and step are checked, then it
// is recorded and applied by the same code as a local fact, and reactions
// follow. It answers with the leaf index, or with the code to refuse it with
// by signed receipt. Only a fault of this node is an error.
func (a *Acts) Receive(tx *store.Tx, peer string, m wire.Message) (leaf int64, code wire.Code, err error) {
	if leaf, known, code, err := a.already(tx, m); known || err != nil {
		return leaf, code, err
	}
	if code, err := a.refuses(tx, peer, m); code != "" || err != nil {
		return 0, code, err
	}
	e, err := journal.Record(tx, a.Kinds, m, a.Now())
	if err != nil {
		return 0, "", err
	}
	d := journal.NewSeed(a.Now()).Draw(a.Ring)
	return e.Seq - 1, "", a.follow(tx, d, e, m, 0)
}

// already answers for an id that is recorded: for ever, not within a window.
func (a *Acts) already(tx *store.Tx, m wire.Message) (leaf int64, known bool, code wire.Code, err error) {
	var digest []byte
	err = tx.QueryRow(`SELECT l.n, l.digest FROM fact f JOIN leaf l ON l.n = f.seq - 1 WHERE f.id = $1`, m.Act.ID).Scan(&leaf, &digest)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, "", nil
	}
	if err != nil {
		return 0, false, "", fmt.Errorf("look up fact: %w", err)
	}
	if m.Digest() != [32]byte(digest) {
		return 0, true, wire.CodeOtherDigest, nil
	}
	return leaf, true, "", nil
}

func (a *Acts) refuses(tx *store.Tx, peer string, m wire.Message) (wire.Code, error) {
	act := m.Act
	switch {
	case act.From.Node != peer, act.To.Node != a.Node:
		return wire.CodeMisaddressed, nil
	case !wire.Releasable(act.Purpose):
		return wire.CodePurpose, nil
	case !act.Expires.IsZero() && a.Now().After(act.Expires):
		return wire.CodeLate, nil
	}
	if code, err := a.untimely(tx, act.Created); code != "" || err != nil {
		return code, err
	}
	if code := a.unproven(tx, peer, m); code != "" {
		return code, nil
	}
	return a.Kinds.Admission(tx, m)
}

// errClock is a fault of this node: its clock stands behind its own journal, so
// it cannot say of a peer's time that it is not to be believed.
var errClock = errors.New("act: this node's clock stands behind its journal")

// untimely refuses a time too far ahead to be believed. Where it is this node's
// clock that was set back, nothing is refused, for that would be for ever: the
// journal's time counts, and what is ahead of that too waits until the clock is
// set.
func (a *Acts) untimely(tx *store.Tx, created time.Time) (wire.Code, error) {
	now := a.Now()
	if !created.After(now.Add(maxAhead)) {
		return "", nil
	}
	latest, err := journal.Latest(tx)
	switch {
	case err != nil:
		return "", fmt.Errorf("journal's time: %w", err)
	case !now.Before(latest):
		return wire.CodeContent, nil
	case created.After(latest.Add(maxAhead)):
		return "", errClock
	}
	return "", nil
}

// unproven checks the signature proofs: each verifies with the peer's keys,
// and the first is the proof of the official whom the act names.
func (a *Acts) unproven(tx *store.Tx, peer string, m wire.Message) wire.Code {
	if len(m.Proofs) == 0 {
		if a.Kinds.PersonSigns(m.Act.Kind) {
			return wire.CodeUnsigned
		}
		return ""
	}
	signed, err := wire.VerifyProofs(m, a.Signs.Keys(tx, peer))
	if err != nil {
		if code := wire.CodeOf(err); code != "" {
			return code
		}
		return wire.CodeSignature
	}
	if m.Act.By == nil || signed[0].Account != m.Act.By.ID || signed[0].Node != peer {
		return wire.CodeSignature
	}
	return ""
}

// maxAhead is how far a peer's clock may run ahead before its times are not
// believed; smaller differences are shown on the link page.
const maxAhead = 24 * time.Hour
