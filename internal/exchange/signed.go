package exchange

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// signatures checks the proofs of people in the facts that carry some, by the
// keys that their nodes have had. What does not hold is a fault.
func signatures(tx *store.Tx, descriptor string, v *journal.Verified) (s journal.Signatures, err error) {
	known := map[string]wire.Keys{}
	for _, seq := range v.Signed {
		m, err := kept(tx, seq)
		if err != nil {
			return s, err
		}
		if m == nil || len(m.Proofs) == 0 {
			continue
		}
		node := m.Act.From.Node
		if _, asked := known[node]; !asked {
			if known[node], err = keysFor(tx, node, descriptor); err != nil {
				return s, err
			}
		}
		if !count(&s, *m, known[node]) {
			v.Faults = append(v.Faults, fmt.Sprintf("a signature of fact %d does not hold", seq))
		}
	}
	return s, nil
}

// kept is a message as it stands, whatever its digest says; nil for what is none.
func kept(tx *store.Tx, seq int64) (*wire.Message, error) {
	var raw []byte
	if err := tx.QueryRow(`SELECT bytes FROM body WHERE seq = $1`, seq).Scan(&raw); err != nil {
		return nil, fmt.Errorf("body of fact %d: %w", seq, err)
	}
	m, err := wire.ParseMessage(raw)
	if err != nil {
		return nil, nil //nolint:nilerr // a fault of the body, which is told
	}
	return &m, nil
}

// keysFor are the keys that a node has had, none of a node that is not known.
func keysFor(tx *store.Tx, node, descriptor string) (wire.Keys, error) {
	if d, err := readStored(descriptor); err == nil && d.Node == node {
		return OwnKeys(tx, node, descriptor)
	}
	keys, err := KeysOf(tx, node)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return keys, err
}

// count counts the proofs of one message, and reports whether all that can be
// checked hold.
func count(s *journal.Signatures, m wire.Message, keys wire.Keys) bool {
	for _, p := range m.Proofs {
		if _, err := keys.Proofs()(p); err != nil {
			s.Unknown += int64(len(m.Proofs))
			return true
		}
	}
	signed, err := wire.VerifyProofs(m, keys.Proofs())
	if err != nil {
		s.Broken += int64(len(m.Proofs) - len(signed))
	}
	s.Checked += int64(len(signed))
	for _, x := range signed {
		if x.Strength == wire.StrengthWeak {
			s.Weak++
		}
	}
	return err == nil
}
