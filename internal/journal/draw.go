package journal

import (
	"crypto/rand"
	"crypto/sha3"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Draw is the time, ids and randomness of one act, drawn before the act is
// queued: a rule that runs again (a group rolled back, an act shown and then
// signed) draws the same values and gives the same bytes.
type Draw struct {
	Now  time.Time // when the act is asserted, UTC to the microsecond
	seed [32]byte
	xof  *sha3.SHAKE
	ids  uint16
	keys map[string]drawnKey
	kept int      // how many of drew StoreKeys has kept
	drew []string // ids of keys, in the order drawn
	ring *seal.Keyring
}

type drawnKey struct {
	subject string
	key     [32]byte
}

// Seed is what a Draw is remade from.
type Seed struct {
	Now  time.Time `json:"now"`
	Seed [32]byte  `json:"seed"`
}

// NewSeed draws a seed for an act at time now.
func NewSeed(now time.Time) Seed {
	s := Seed{Now: now.UTC().Truncate(time.Microsecond)}
	rand.Read(s.Seed[:]) //nolint:errcheck // never fails (crypto/rand)
	return s
}

// Draw starts drawing from the seed; ring seals parts of people.
func (s Seed) Draw(ring *seal.Keyring) *Draw {
	x := sha3.NewSHAKE256()
	x.Write([]byte("oasiss draw v1\n")) //nolint:errcheck // a hash never fails
	x.Write(s.Seed[:])                  //nolint:errcheck // a hash never fails
	return &Draw{Now: s.Now, seed: s.Seed, xof: x, keys: map[string]drawnKey{}, ring: ring}
}

// Bytes draws n random bytes.
func (d *Draw) Bytes(n int) []byte {
	b := make([]byte, n)
	d.xof.Read(b) //nolint:errcheck // an XOF never fails
	return b
}

// ID draws a UUIDv7 (RFC 9562 §5.7) of the act's time. Ids of one act sort in
// the order they were drawn.
func (d *Draw) ID() string {
	var u uuid.UUID
	copy(u[:], d.Bytes(16))
	ms := uint64(d.Now.UnixMilli())
	binary.BigEndian.PutUint32(u[0:4], uint32(ms>>16)) // #nosec G115 -- the upper 32 of 48 bits
	binary.BigEndian.PutUint16(u[4:6], uint16(ms))     // #nosec G115 -- the lower 16
	binary.BigEndian.PutUint16(u[6:8], 0x7000|d.ids&0x0fff)
	d.ids++
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// NewKey draws a content key for a subject ("person/ID", "packet/ID/1/…") and
// returns its id. The key is stored when the act is recorded.
func (d *Draw) NewKey(subject string) string {
	id := "key-" + d.ID()
	k := drawnKey{subject: subject}
	copy(k.key[:], d.Bytes(32))
	d.keys[id] = k
	d.drew = append(d.drew, id)
	return id
}

// Key gives a content key drawn in this act or held by the node.
func (d *Draw) Key(tx *store.Tx, id string) ([32]byte, error) {
	if k, ok := d.keys[id]; ok {
		return k.key, nil
	}
	return d.ring.Key(tx, id)
}

// Seal seals the JSON of v under a key drawn in this act or held by the node.
func (d *Draw) Seal(tx *store.Tx, keyID, partID string, v any) (wire.Part, error) {
	key, err := d.Key(tx, keyID)
	if err != nil {
		return wire.Part{}, err
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return wire.Part{}, fmt.Errorf("encode part: %w", err)
	}
	return wire.SealPart(key, partID, keyID, plain, d.Bytes(wire.PartNonceSize))
}

// Open opens a sealed part that this node holds the key of.
func (d *Draw) Open(tx *store.Tx, part wire.Part, v any) error {
	if k, ok := d.keys[part.Key]; ok {
		plain, err := wire.OpenPart(k.key, part)
		if err != nil {
			return fmt.Errorf("open part: %w", err)
		}
		return json.Unmarshal(plain, v)
	}
	return d.ring.Open(tx, part, v)
}

// StoreKeys keeps the keys drawn in this act since it ran last; it runs in the
// act's own transaction. Keys are not derived from facts: replay does not make
// them.
func (d *Draw) StoreKeys(tx *store.Tx) error {
	for ; d.kept < len(d.drew); d.kept++ {
		k := d.keys[d.drew[d.kept]]
		if err := d.ring.Store(tx, d.drew[d.kept], k.subject, k.key, d.Now); err != nil {
			return err
		}
	}
	return nil
}

// Ring is the node's keyring, for reactions that receive or release keys.
func (d *Draw) Ring() *seal.Keyring { return d.ring }
