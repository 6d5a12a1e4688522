// Package seal keeps the keys that open people's data, and the node's own
// keys.
//
// Every part that names or tells of a person is sealed under a key of its own
// (wire.Part). Those keys stand in the database wrapped by a wrapping key that
// lives outside the data folder and outside its backup: a stolen database
// opens nothing, and destroying a key forgets a person in every copy.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ErrNoKey means that this node holds no key for a part: not released to it,
// not arrived yet, or destroyed.
var ErrNoKey = errors.New("seal: no key for this part")

// Keyring wraps and unwraps content keys with the node's wrapping key.
type Keyring struct {
	wrap   cipher.AEAD // AES-256-GCM; draws its nonces itself (SP 800-38D, 8.2.2)
	tokens []byte      // key of Token, derived from the wrapping key
}

// NewKeyring takes the 32-byte wrapping key.
func NewKeyring(wrapping [32]byte) (*Keyring, error) {
	block, err := aes.NewCipher(wrapping[:])
	if err != nil {
		return nil, fmt.Errorf("wrapping key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("wrapping key: %w", err)
	}
	tokens, err := hkdf.Key(sha256.New, wrapping[:], nil, "oasiss token v1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	return &Keyring{wrap: aead, tokens: tokens}, nil
}

// Token is a keyed digest (HMAC-SHA-256) of a value under a label: equal for
// equal values on this node, and telling nothing of them without its key. By
// it a person is found whose identity stands in no index.
func (k *Keyring) Token(label, value string) string {
	mac := hmac.New(sha256.New, k.tokens)
	fmt.Fprintf(mac, "%d:%s%s", len(label), label, value)
	return hex.EncodeToString(mac.Sum(nil))
}

// Store keeps a content key. subject says whom or what it protects ("person/…",
// "case/…"), so that forgetting them finds it. A key already held, or already
// destroyed, stays as it is.
func (k *Keyring) Store(tx *store.Tx, id, subject string, key [32]byte, now time.Time) error {
	return tx.Exec(`INSERT INTO sealkey (id, subject, wrapped, created) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
		id, subject, k.Box(keyLabel(id, subject), key[:]), store.Micros(now))
}

// keyLabel binds a wrapped key to its id and to whom it protects: a row that
// names somebody else would be missed when they are forgotten, so it opens nothing.
func keyLabel(id, subject string) string { return fmt.Sprintf("key/%d:%s/%s", len(id), id, subject) }

// Key unwraps a content key; ErrNoKey if the node does not hold it.
func (k *Keyring) Key(tx *store.Tx, id string) ([32]byte, error) {
	var key [32]byte
	var wrapped []byte
	var subject string
	err := tx.QueryRow(`SELECT subject, wrapped FROM sealkey WHERE id = $1`, id).Scan(&subject, &wrapped)
	if errors.Is(err, sql.ErrNoRows) || err == nil && wrapped == nil {
		return key, ErrNoKey
	}
	if err != nil {
		return key, fmt.Errorf("load key: %w", err)
	}
	plain, err := k.Unbox(keyLabel(id, subject), wrapped)
	if err != nil {
		return key, err
	}
	copy(key[:], plain)
	return key, nil
}

// Open opens a sealed part and decodes its JSON into v.
func (k *Keyring) Open(tx *store.Tx, part wire.Part, v any) error {
	key, err := k.Key(tx, part.Key)
	if err != nil {
		return err
	}
	plain, err := wire.OpenPart(key, part)
	if err != nil {
		return fmt.Errorf("open sealed part: %w", err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("decode sealed part: %w", err)
	}
	return nil
}

// Destroy forgets every key of a subject, for ever. It returns how many.
func Destroy(tx *store.Tx, subject string, now time.Time) (int64, error) {
	return tx.ExecN(`UPDATE sealkey SET wrapped = NULL, destroyed = $1 WHERE subject = $2 AND destroyed IS NULL`, store.Micros(now), subject)
}

// Held counts the keys of a subject that stand.
func Held(tx *store.Tx, subject string) (n int64, err error) {
	if err := tx.QueryRow(`SELECT COUNT(*) FROM sealkey WHERE subject = $1 AND destroyed IS NULL`, subject).Scan(&n); err != nil {
		return 0, fmt.Errorf("keys of a subject: %w", err)
	}
	return n, nil
}

// Destroyed reports whether a key was here and was destroyed.
func Destroyed(tx *store.Tx, id string) (gone bool, err error) {
	var n int
	err = tx.QueryRow(`SELECT COUNT(*) FROM sealkey WHERE id = $1 AND destroyed IS NOT NULL`, id).Scan(&n)
	return n > 0, err
}

// Faults holds every stored key against the wrapping key: one that does not
// open, or is destroyed in part, is told by its id.
func (k *Keyring) Faults(tx *store.Tx) (faults []string, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var id, subject string
		var wrapped []byte
		var destroyed sql.NullInt64
		if err := rows.Scan(&id, &subject, &wrapped, &destroyed); err != nil {
			return err
		}
		if wrapped == nil == destroyed.Valid {
			if wrapped == nil {
				return nil
			}
			if _, err := k.Unbox(keyLabel(id, subject), wrapped); err == nil {
				return nil
			}
		}
		faults = append(faults, "the key "+id+" does not open")
		return nil
	}, `SELECT id, subject, wrapped, destroyed FROM sealkey ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("stored keys: %w", err)
	}
	return faults, nil
}

// DestroyKey forgets one key, for ever.
func DestroyKey(tx *store.Tx, id string, now time.Time) error {
	return tx.Exec(`UPDATE sealkey SET wrapped = NULL, destroyed = $1 WHERE id = $2 AND destroyed IS NULL`, store.Micros(now), id)
}

// Box seals bytes that only this node reads again (drafts, prepared acts)
// under the wrapping key; label binds them to their place.
func (k *Keyring) Box(label string, plain []byte) []byte {
	return k.wrap.Seal(nil, nil, plain, []byte("oasiss box v1\n"+label)) // #nosec G407 -- the cipher draws its nonce itself
}

// Unbox opens what Box sealed under the same label.
func (k *Keyring) Unbox(label string, box []byte) ([]byte, error) {
	plain, err := k.wrap.Open(nil, nil, box, []byte("oasiss box v1\n"+label))
	if err != nil {
		return nil, fmt.Errorf("seal: box does not open: %w", err)
	}
	return plain, nil
}
