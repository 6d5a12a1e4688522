package journal

import (
	"crypto"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"filippo.io/torchwood"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrNoCheckpoint means that no checkpoint covers what was asked yet.
var ErrNoCheckpoint = errors.New("journal: no checkpoint covers it yet")

// Signed is a checkpoint of this node's journal as stored.
type Signed struct {
	Size int64
	Note []byte // without cosignatures
	At   time.Time
}

// ErrRewritten means that this journal no longer continues what its own node
// has signed: it lost facts, or a leaf was changed.
var ErrRewritten = errors.New("journal: it does not continue what was signed of it")

// MakeCheckpoint signs the journal as it stands and stores the checkpoint; an
// unchanged journal keeps the one it has. Full tiles are published first, so
// that the root costs little. The origin is wire.JournalName. What does not
// continue the checkpoint signed last is never signed: ErrRewritten.
func MakeCheckpoint(tx *store.Tx, key crypto.Signer, origin string, now time.Time) (Signed, error) {
	size, err := Size(tx)
	if err != nil {
		return Signed{}, fmt.Errorf("journal size: %w", err)
	}
	last, err := lastCheckpoint(tx)
	if err == nil && last.Size == size {
		return last, nil
	}
	if err != nil && !errors.Is(err, ErrNoCheckpoint) {
		return Signed{}, err
	}
	if size < last.Size {
		return Signed{}, fmt.Errorf("%w: %d entries, %d signed", ErrRewritten, size, last.Size)
	}
	root, err := rootAfter(tx, last, size)
	if err != nil {
		return Signed{}, err
	}
	note, err := wire.SignCheckpoint(origin, size, wire.Digest(root), key)
	if err != nil {
		return Signed{}, fmt.Errorf("sign checkpoint: %w", err)
	}
	s := Signed{Size: size, Note: note, At: now}
	if err := forgetUnseen(tx, now); err != nil {
		return Signed{}, err
	}
	err = tx.Exec(`INSERT INTO checkpoint (size, note, at) VALUES ($1, $2, $3)`, size, note, store.Micros(now))
	if err != nil {
		return Signed{}, fmt.Errorf("store checkpoint: %w", err)
	}
	return s, nil
}

// rootAfter gives the root at size once it is proven to continue the last
// checkpoint. A damaged tile cannot pass: tiles are then made anew.
func rootAfter(tx *store.Tx, last Signed, size int64) (tlog.Hash, error) {
	before, err := last.root()
	if err != nil {
		return tlog.Hash{}, err
	}
	for _, fill := range []func(*store.Tx, int64) error{PublishTiles, RebuildTiles} {
		if err := fill(tx, size); err != nil {
			return tlog.Hash{}, err
		}
		root, err := Root(tx, size)
		if err != nil {
			return root, fmt.Errorf("root: %w", err)
		}
		path, err := tree{tx: tx}.consistency(size, last.Size)
		if err != nil {
			return root, fmt.Errorf("consistency proof: %w", err)
		}
		if wire.CheckConsistency(asDigests(path), size, wire.Digest(root), last.Size, before) == nil {
			return root, nil
		}
	}
	return tlog.Hash{}, fmt.Errorf("%w: from %d to %d entries", ErrRewritten, last.Size, size)
}

// root is the root that a stored checkpoint was signed over; zero of none.
func (s Signed) root() (wire.Digest, error) {
	if len(s.Note) == 0 && s.Size == 0 {
		return wire.Digest{}, nil
	}
	text, _, _ := strings.Cut(string(s.Note), "\n\n")
	c, err := torchwood.ParseCheckpoint(text + "\n")
	if err != nil || c.N != s.Size {
		return wire.Digest{}, fmt.Errorf("%w: checkpoint %d", ErrDamaged, s.Size)
	}
	return wire.Digest(c.Hash), nil
}

func asDigests[H ~[32]byte](path []H) []wire.Digest {
	out := make([]wire.Digest, len(path))
	for i, h := range path {
		out[i] = wire.Digest(h)
	}
	return out
}

// unseenFor is how long a checkpoint that nobody cosigned is kept.
const unseenFor = time.Hour

// forgetUnseen drops old checkpoints that nobody cosigned: later ones prove
// more, and a busy node with a peer that is down would gather them for ever.
func forgetUnseen(tx *store.Tx, now time.Time) error {
	err := tx.Exec(`DELETE FROM checkpoint WHERE at < $1 AND NOT EXISTS (SELECT 1 FROM cosignature k WHERE k.size = checkpoint.size)`,
		store.Micros(now.Add(-unseenFor)))
	if err != nil {
		return fmt.Errorf("old checkpoints: %w", err)
	}
	return nil
}

// Point is a checkpoint as the journal page shows it.
type Point struct {
	Size     int64     `json:"size"`
	At       time.Time `json:"at"`
	Peer     string    `json:"peer,omitempty"`       // who cosigned it; empty if nobody yet
	Cosigned time.Time `json:"cosigned_at,omitzero"` // when
}

// Points lists the newest checkpoints of this journal with their cosignatures,
// one row for each cosigner.
func Points(tx *store.Tx, limit int) ([]Point, error) {
	return points(tx, `ORDER BY c.size DESC, k.peer LIMIT $1`, int64(limit))
}

func points(tx *store.Tx, which string, arg int64) ([]Point, error) {
	out := []Point{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var p Point
		var at int64
		var peer sql.NullString
		var cosigned sql.NullInt64
		err := rows.Scan(&p.Size, &at, &peer, &cosigned)
		p.At, p.Peer, p.Cosigned = store.Time(at), peer.String, store.Time(cosigned.Int64)
		out = append(out, p)
		return err
	}, `SELECT c.size, c.at, k.peer, k.at FROM checkpoint c LEFT JOIN cosignature k ON k.size = c.size `+which, arg)
	return out, err
}

// PointsUnder gives the checkpoint that a proof made here stands under, once
// for each cosigner, the earliest first, with its root.
func PointsUnder(tx *store.Tx, p wire.ProofFile) (out []Point, root string, err error) {
	text, _, _ := strings.Cut(p.Checkpoint, "\n\n")
	c, err := torchwood.ParseCheckpoint(text + "\n")
	if err != nil {
		return nil, "", fmt.Errorf("checkpoint of a proof: %w", err)
	}
	out, err = points(tx, `WHERE c.size = $1 ORDER BY k.at LIMIT 16`, c.N)
	return out, c.Hash.String(), err
}

// Newest gives the newest checkpoint with its cosignatures, empty if there is
// none, and the largest size that any peer has cosigned.
func Newest(tx *store.Tx) (note string, cosigned int64, err error) {
	if err := tx.QueryRow(`SELECT COALESCE(MAX(size), 0) FROM cosignature`).Scan(&cosigned); err != nil {
		return "", 0, fmt.Errorf("cosignatures: %w", err)
	}
	s, err := lastCheckpoint(tx)
	if errors.Is(err, ErrNoCheckpoint) {
		return "", cosigned, nil
	}
	if err != nil {
		return "", 0, err
	}
	b, err := withCosignatures(tx, s)
	return string(b), cosigned, err
}

func lastCheckpoint(tx *store.Tx) (Signed, error) {
	return scanCheckpoint(tx.QueryRow(`SELECT size, note, at FROM checkpoint ORDER BY size DESC LIMIT 1`))
}

func scanCheckpoint(row store.Row) (Signed, error) {
	var s Signed
	var at int64
	err := row.Scan(&s.Size, &s.Note, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return s, ErrNoCheckpoint
	}
	if err != nil {
		return s, fmt.Errorf("checkpoint: %w", err)
	}
	s.At = store.Time(at)
	return s, nil
}

// AskWitness makes the request by which a peer is asked to cosign s: from the
// size old that it cosigned last, with the proof that the journal only grew.
func AskWitness(tx *store.Tx, s Signed, old int64) (wire.WitnessRequest, error) {
	path, err := Joins(tx, s.Size, old)
	if err != nil {
		return wire.WitnessRequest{}, err
	}
	return wire.WitnessRequest{Old: old, Path: path, Checkpoint: s.Note}, nil
}

// Joins proves that this journal's first old leaves begin its first size ones.
// Where this node signed both states the proof is checked before it leaves, and
// made from the leaves alone if a tile is damaged; ErrRewritten if that does
// not help.
func Joins(tx *store.Tx, size, old int64) ([]wire.Digest, error) {
	newer, errNewer := signedRoot(tx, size)
	older, errOlder := signedRoot(tx, old)
	for _, t := range []tree{{tx: tx}, {tx: tx, leaves: true}} {
		path, err := t.consistency(size, old)
		if err != nil {
			return nil, fmt.Errorf("consistency proof: %w", err)
		}
		if errNewer != nil || errOlder != nil || wire.CheckConsistency(asDigests(path), size, newer, old, older) == nil {
			return asDigests(path), nil
		}
	}
	return nil, fmt.Errorf("%w: from %d to %d entries", ErrRewritten, old, size)
}

// signedRoot is the root of a checkpoint that this node keeps.
func signedRoot(tx *store.Tx, size int64) (wire.Digest, error) {
	if size == 0 {
		return wire.Digest{}, nil
	}
	s, err := scanCheckpoint(tx.QueryRow(`SELECT size, note, at FROM checkpoint WHERE size = $1`, size))
	if err != nil {
		return wire.Digest{}, err
	}
	return s.root()
}

// CosignedBy gives the largest checkpoint of this journal that a peer has
// cosigned and when; size 0 if none yet.
func CosignedBy(tx *store.Tx, peer string) (size int64, at time.Time, err error) {
	var us int64
	err = tx.QueryRow(`SELECT size, at FROM cosignature WHERE peer = $1 ORDER BY size DESC LIMIT 1`, peer).Scan(&size, &us)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("cosignature: %w", err)
	}
	return size, store.Time(us), nil
}

// Witnessed gives the newest checkpoint of a peer's journal that this node has
// cosigned; the zero Checkpoint if none.
func Witnessed(tx *store.Tx, peer string) (wire.Checkpoint, time.Time, error) {
	var c wire.Checkpoint
	var root, note []byte
	var at int64
	err := tx.QueryRow(`SELECT size, root, note, at FROM witnessed WHERE peer = $1`, peer).Scan(&c.Size, &root, &note, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return c, time.Time{}, nil
	}
	if err != nil {
		return c, time.Time{}, fmt.Errorf("witnessed checkpoint: %w", err)
	}
	signed, err := Signed{Size: c.Size, Note: note}.root()
	if err != nil || len(root) != len(c.Root) || signed != wire.Digest(root) {
		return c, time.Time{}, fmt.Errorf("%w: witnessed checkpoint of a peer", ErrDamaged)
	}
	c.Root = signed
	return c, store.Time(at), nil
}

// Witness checks a peer's checkpoint against the one cosigned last and stores
// it. Only after this transaction is durable may the cosignature leave
// (wire.Cosign): what was signed is then never forgotten, whatever crashes.
// The error is a *wire.Error: CodeSequence when the request starts from
// another size than was cosigned last and shows nothing that contradicts it,
// CodeAltered when the journal shown did not only grow, CodeSignature when it
// is not the peer's. With CodeAltered the evidence is given: what was cosigned
// and what was shown, both signed.
func Witness(tx *store.Tx, peer, journalKey string, req wire.WitnessRequest, now time.Time) (wire.Checkpoint, *wire.Histories, error) {
	last, _, err := Witnessed(tx, peer)
	if err != nil {
		return wire.Checkpoint{}, nil, err
	}
	c, err := req.Check(journalKey, last)
	if wire.CodeOf(err) == wire.CodeSequence && c.Size == last.Size && c.Root != last.Root {
		err = &wire.Error{Code: wire.CodeAltered, What: "another journal of the size cosigned"}
	}
	if wire.CodeOf(err) == wire.CodeAltered {
		held, herr := witnessedNote(tx, peer)
		return c, wire.NewHistories(held, req.Checkpoint, req.Path), errors.Join(err, herr)
	}
	if err != nil {
		return c, nil, err
	}
	err = tx.Exec(`INSERT INTO witnessed (peer, size, root, note, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (peer) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at`,
		peer, c.Size, c.Root[:], req.Checkpoint, store.Micros(now))
	if err != nil {
		return c, nil, fmt.Errorf("store witnessed checkpoint: %w", err)
	}
	return c, nil, nil
}

// witnessedNote is the newest checkpoint of a peer that this node cosigned, as
// the peer signed it.
func witnessedNote(tx *store.Tx, peer string) (note []byte, err error) {
	err = tx.QueryRow(`SELECT note FROM witnessed WHERE peer = $1`, peer).Scan(&note)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("witnessed checkpoint: %w", err)
	}
	return note, nil
}

// SetWitnessed stores what this node has cosigned of a peer's journal, as both
// have signed it: after a restore, from its own cosignature; and when a peer's
// journal goes on as another log.
func SetWitnessed(tx *store.Tx, peer string, c wire.Checkpoint, note []byte, at time.Time) error {
	err := tx.Exec(`INSERT INTO witnessed (peer, size, root, note, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (peer) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at`,
		peer, c.Size, c.Root[:], note, store.Micros(at))
	if err != nil {
		return fmt.Errorf("store witnessed checkpoint: %w", err)
	}
	return nil
}

// AddCosignature verifies and keeps a peer's cosignature on a checkpoint of
// this journal. The same size cosigned again replaces the earlier time. The
// checkpoint is kept with it, though it was dropped meanwhile (forgetUnseen), as
// after a clock that jumped ahead.
func AddCosignature(tx *store.Tx, s Signed, peer, journalKey, witnessKey string, line []byte) error {
	c, err := wire.VerifyCheckpoint(wire.AddCosignatures(s.Note, line), journalKey, witnessKey)
	if err != nil {
		return err
	}
	if len(c.Cosignatures) != 1 {
		return &wire.Error{Code: wire.CodeSignature, What: "cosignature is not the peer's"}
	}
	err = tx.Exec(`INSERT INTO checkpoint (size, note, at) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING`, s.Size, s.Note, store.Micros(s.At))
	if err != nil {
		return fmt.Errorf("store cosigned checkpoint: %w", err)
	}
	err = tx.Exec(`INSERT INTO cosignature (size, peer, line, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (size, peer) DO UPDATE SET line = excluded.line, at = excluded.at`,
		s.Size, peer, line, store.Micros(c.Cosignatures[0].At))
	if err != nil {
		return fmt.Errorf("store cosignature: %w", err)
	}
	return nil
}

// Prove bundles what proves the fact at seq to anyone who has the nodes'
// descriptors: inclusion path, checkpoint, cosignatures, and the message
// itself if withMessage. It prefers the smallest cosigned checkpoint that
// covers the fact, so that the earliest cosignature dates it; ErrNoCheckpoint
// if none covers it yet. A forgotten body proves its digest only.
func Prove(tx *store.Tx, seq int64, withMessage bool) (wire.ProofFile, error) {
	s, err := scanCheckpoint(tx.QueryRow(`SELECT c.size, c.note, c.at FROM checkpoint c
		LEFT JOIN cosignature k ON k.size = c.size WHERE c.size >= $1
		ORDER BY CASE WHEN k.peer IS NULL THEN 1 ELSE 0 END, c.size LIMIT 1`, seq))
	if err != nil {
		return wire.ProofFile{}, err
	}
	p, err := proveUnder(tx, s, seq)
	if err == nil && withMessage {
		err = tx.QueryRow(`SELECT bytes FROM body WHERE seq = $1`, seq).Scan(&p.Message)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
	}
	return p, err
}

// ProveTo is Prove without the message, under the smallest checkpoint that
// this peer cosigned; ErrNoCheckpoint if it has not cosigned that far.
func ProveTo(tx *store.Tx, seq int64, peer string) (wire.ProofFile, error) {
	s, err := scanCheckpoint(tx.QueryRow(`SELECT c.size, c.note, c.at FROM checkpoint c
		JOIN cosignature k ON k.size = c.size WHERE c.size >= $1 AND k.peer = $2 ORDER BY c.size LIMIT 1`, seq, peer))
	if err != nil {
		return wire.ProofFile{}, err
	}
	return proveUnder(tx, s, seq)
}

func proveUnder(tx *store.Tx, s Signed, seq int64) (wire.ProofFile, error) {
	var digest []byte
	if err := tx.QueryRow(`SELECT digest FROM leaf WHERE n = $1`, seq-1).Scan(&digest); err != nil {
		return wire.ProofFile{}, fmt.Errorf("leaf: %w", err)
	}
	if len(digest) != len(wire.Digest{}) {
		return wire.ProofFile{}, fmt.Errorf("%w: leaf %d", ErrDamaged, seq-1)
	}
	path, err := included(tx, s, seq-1, wire.Digest(digest))
	if err != nil {
		return wire.ProofFile{}, err
	}
	note, err := withCosignatures(tx, s)
	if err != nil {
		return wire.ProofFile{}, err
	}
	return wire.ProofFile{Digest: wire.Digest(digest), Index: seq - 1, Checkpoint: string(note), Path: path}, nil
}

// included proves a leaf under a checkpoint, and checks the proof before it
// leaves: from tiles, or from the leaves alone if a tile is damaged.
func included(tx *store.Tx, s Signed, n int64, digest wire.Digest) ([]wire.Digest, error) {
	root, err := s.root()
	if err != nil {
		return nil, err
	}
	for _, t := range []tree{{tx: tx}, {tx: tx, leaves: true}} {
		path, err := tlog.ProveRecord(s.Size, n, t)
		if err != nil {
			return nil, fmt.Errorf("inclusion proof: %w", err)
		}
		if wire.CheckInclusion(asDigests(path), s.Size, root, n, wire.LeafHash(digest)) == nil {
			return asDigests(path), nil
		}
	}
	return nil, fmt.Errorf("%w: leaf %d", ErrRewritten, n)
}

// withCosignatures gives the note with every cosignature kept for it.
func withCosignatures(tx *store.Tx, s Signed) ([]byte, error) {
	note := s.Note
	err := store.Each(tx, func(rows *sql.Rows) error {
		var line []byte
		if err := rows.Scan(&line); err != nil {
			return err
		}
		note = wire.AddCosignatures(note, line)
		return nil
	}, `SELECT line FROM cosignature WHERE size = $1 ORDER BY peer`, s.Size)
	if err != nil {
		return nil, fmt.Errorf("cosignatures: %w", err)
	}
	return note, nil
}

// SignedBy reports whether the newest checkpoint, if there is one, verifies
// with a journal's key (vkey).
func SignedBy(tx *store.Tx, journalKey string) (bool, error) {
	s, err := lastCheckpoint(tx)
	if errors.Is(err, ErrNoCheckpoint) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	_, err = wire.VerifyCheckpoint(s.Note, journalKey)
	return err == nil, nil
}

// NewestBy gives the largest checkpoint of this journal that a peer cosigned,
// with the cosignatures; empty if there is none.
func NewestBy(tx *store.Tx, peer string) (string, error) {
	return signedNote(tx, tx.QueryRow(`SELECT c.size, c.note, c.at FROM checkpoint c JOIN cosignature k ON k.size = c.size
		WHERE k.peer = $1 ORDER BY c.size DESC LIMIT 1`, peer))
}

// NewestCosigned gives the largest checkpoint of this journal that any peer
// cosigned, with its cosignatures; while there is none, the newest; empty before
// the first.
func NewestCosigned(tx *store.Tx) (string, error) {
	note, err := signedNote(tx, tx.QueryRow(`SELECT c.size, c.note, c.at FROM checkpoint c
		WHERE EXISTS (SELECT 1 FROM cosignature k WHERE k.size = c.size) ORDER BY c.size DESC LIMIT 1`))
	if err != nil || note != "" {
		return note, err
	}
	note, _, err = Newest(tx)
	return note, err
}

func signedNote(tx *store.Tx, row store.Row) (string, error) {
	s, err := scanCheckpoint(row)
	if errors.Is(err, ErrNoCheckpoint) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	b, err := withCosignatures(tx, s)
	return string(b), err
}
