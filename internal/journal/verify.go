package journal

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"golang.org/x/mod/sumdb/tlog"
)

// Verified is what checking a journal found.
type Verified struct {
	Size      int64  `json:"size"`
	Root      string `json:"root"`
	Forgotten int64  `json:"forgotten"` // bodies expunged; their leaves stand
	Cosigned  int64  `json:"cosigned"`  // largest size a peer has cosigned
	Signatures
	Faults []string `json:"faults"` // what is wrong, empty if nothing

	Signed []int64 `json:"-"` // facts whose bodies carry proofs, for whoever knows the keys
}

// Signatures counts the signature proofs of people in a journal's facts.
type Signatures struct {
	Checked int64 `json:"signatures_checked"` // that hold, by keys that are known
	Weak    int64 `json:"signatures_weak"`    // of these by password alone, as they were made before passkeys
	Broken  int64 `json:"signatures_broken"`  // that do not hold; each fact is a fault
	Unknown int64 `json:"signatures_unknown"` // by keys that are not here, or not believed any more
}

func (v *Verified) fault(format string, args ...any) {
	v.Faults = append(v.Faults, fmt.Sprintf(format, args...))
}

// Keys are the public keys that signatures stored beside a journal are checked
// with; what has no key here is checked for its content only.
type Keys struct {
	Own   string              // vkey of this journal
	Peers map[string]PeerKeys // by node
}

// PeerKeys are those of one peer.
type PeerKeys struct {
	Journal string // vkey of its journal, which this node cosigns
	Witness string // vkey with which it cosigns this journal
}

// Verify recomputes every digest from the bodies and the root from the leaves,
// and holds rows, tiles, signed checkpoints, cosignatures and what the peers
// showed against them.
func Verify(tx *store.Tx, keys Keys) (Verified, error) {
	var v Verified
	var err error
	if v.Size, err = Size(tx); err != nil {
		return v, err
	}
	tiles, err := publishedTiles(tx)
	if err != nil {
		return v, err
	}
	g := &grown{full: tiles.hold}
	if g.roots, err = signedSizes(tx); err != nil {
		return v, err
	}
	if err := verifyBodies(tx, &v, 1, g); err != nil {
		return v, err
	}
	tiles.rest(&v, g)
	if err := verifyExtra(tx, &v); err != nil {
		return v, err
	}
	if g.size != v.Size {
		_, err := g.rootOf(v.Size)
		v.fault("%v", err)
		return v, nil
	}
	v.Root = g.root().String()
	if err := verifyCheckpoints(tx, &v, keys, 0, g.rootOf); err != nil {
		return v, err
	}
	return v, verifyWitnessed(tx, &v, keys)
}

// VerifyNewest is Verify for the newest n facts and the newest checkpoint: what
// a damaged disk or a torn copy shows at once, in a time that does not grow
// with the journal.
func VerifyNewest(tx *store.Tx, n int64) (Verified, error) {
	var v Verified
	var err error
	if v.Size, err = Size(tx); err != nil {
		return v, err
	}
	if err := verifyBodies(tx, &v, max(1, v.Size-n+1), nil); err != nil {
		return v, err
	}
	last, err := lastCheckpoint(tx)
	if errors.Is(err, ErrNoCheckpoint) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	return v, verifyCheckpoints(tx, &v, Keys{}, last.Size, rootIn(tx))
}

// checkBatch is how many facts are read while as many are checked.
const checkBatch = 512

// verifyBodies walks the facts from a place on, in order, and checks them while
// the next ones are read. g, if given, takes the leaves, up to the first that is
// missing.
func verifyBodies(tx *store.Tx, v *Verified, from int64, g *grown) error {
	own, err := ownColumns(tx)
	if err != nil {
		return err
	}
	read, checked := make(chan []factRow, 1), make(chan struct{})
	go func() {
		defer close(checked)
		w := walk{v: v, tree: g, next: from}
		for batch := range read {
			for i := range batch {
				w.check(&batch[i])
			}
		}
	}()
	var batch []factRow
	err = store.Each(tx, func(rows *sql.Rows) error {
		if len(batch) == checkBatch {
			read <- batch
			batch = nil
		}
		if batch == nil {
			batch = make([]factRow, 0, checkBatch)
		}
		var r factRow
		if err := r.scan(rows); err != nil {
			return err
		}
		batch = append(batch, r)
		return nil
	}, `SELECT f.seq, f.id, f.kind, f.node, f.case_id, f.referral_id, f.actor, f.at, `+own+`, l.digest, b.bytes
		FROM fact f LEFT JOIN leaf l ON l.n = f.seq - 1 LEFT JOIN body b ON b.seq = f.seq
		WHERE f.seq >= $1 ORDER BY f.seq`, from)
	read <- batch
	close(read)
	<-checked
	return err
}

// walk is how far the facts were checked.
type walk struct {
	v            *Verified
	tree         *grown // nil where only bodies are looked at
	next, lastAt int64
}

// check holds one fact: it has its leaf and, unless it was forgotten, the body
// whose digest that is and whose columns are the row's.
func (w *walk) check(r *factRow) {
	switch v := w.v; {
	case r.seq != w.next:
		v.fault("fact %d is missing", w.next)
	case len(r.digest) != len(wire.Digest{}):
		v.fault("leaf %d is missing", r.seq-1)
	case !r.whole(r.digest):
		v.fault("the row of fact %d is not as it was written", r.seq)
	case r.body == nil && (r.forgotten != 0 || r.sum == 0):
		v.Forgotten++
	case r.body == nil:
		v.fault("the body of fact %d is missing", r.seq)
	case !Whole(r.body, r.digest):
		v.fault("the body of fact %d is not what was recorded", r.seq)
	case !r.of(r.body):
		v.fault("the row of fact %d is not that of its body", r.seq)
	}
	if r.body != nil && !bytes.HasSuffix(r.body, noProofs) {
		w.v.Signed = append(w.v.Signed, r.seq)
	}
	if g := w.tree; g != nil && g.size == r.seq-1 && len(r.digest) == len(wire.Digest{}) {
		g.add(wire.LeafHash([32]byte(r.digest)))
	}
	if r.at < w.lastAt {
		w.v.fault("fact %d was recorded before the one before it", r.seq)
	}
	w.next, w.lastAt = r.seq+1, r.at
}

// noProofs is how a body without proofs ends.
var noProofs = []byte("\n[]")

// rowSummed is the version of the tables since which a fact's row has a sum.
const rowSummed = 35

// ownColumns are the columns of a fact's row that its body does not repeat. A
// backup of an earlier program has none with a sum.
func ownColumns(tx *store.Tx) (string, error) {
	version, err := store.Schema(tx)
	if err == nil && version < rowSummed {
		return `0, 0, 0`, nil
	}
	return `f.behind, f.forgotten, f.row_sum`, err
}

// factRow is a fact's row, whose columns repeat what its body says but for
// those that the sum covers; and its leaf and body, where they were read.
type factRow struct {
	recordedAt
	seq, forgotten, sum     int64
	id, kind, node          string
	caseID, referral, actor sql.NullString
	digest, body            []byte
}

// scan reads seq, id, kind, node, case, referral, actor, at, the columns that
// ownColumns names, digest and body.
func (r *factRow) scan(rows *sql.Rows) error {
	return rows.Scan(&r.seq, &r.id, &r.kind, &r.node, &r.caseID, &r.referral, &r.actor, &r.at, &r.behind, &r.forgotten, &r.sum, &r.digest, &r.body)
}

// rowSum is the row's check sum. Once the body is forgotten nothing else says
// what the row repeats of it.
func (r factRow) rowSum(digest []byte) int64 {
	sum := rowSum(r.seq, r.recordedAt)
	if r.forgotten == 0 {
		return sum
	}
	h := sha256.New()
	fmt.Fprintf(h, "%d %q %q %q %q %q %q %x", r.forgotten, r.id, r.kind, r.node, r.caseID.String, r.referral.String, r.actor.String, digest)
	return sum + int64(binary.BigEndian.Uint64(h.Sum(nil))) // #nosec G115 -- a check sum may wrap
}

// whole says whether the row is as it was written; of one without a sum that is
// not known.
func (r factRow) whole(digest []byte) bool { return r.sum == 0 || r.sum == r.rowSum(digest) }

func (r factRow) of(raw []byte) bool {
	if r.stands(raw) {
		return true
	}
	m, err := wire.ParseMessage(raw)
	if err != nil {
		return false
	}
	actor := ""
	if m.Act.By != nil {
		actor = m.Act.By.ID
	}
	a := m.Act
	return r.id == a.ID && r.kind == a.Kind && r.node == a.From.Node && r.caseID.String == a.Case &&
		r.referral.String == a.Referral && r.actor.String == actor
}

// stands finds the columns in a body as this program writes it, without reading
// all of it: a million bodies are verified in seconds. What it does not find is
// read in full. Only what stands before the fact's own members counts.
func (r factRow) stands(raw []byte) bool {
	head, _, own := bytes.Cut(raw, []byte(`,"clear":`))
	has := func(name string, v sql.NullString) bool {
		at := `,"` + name + `":"`
		if !v.Valid {
			return !bytes.Contains(head, []byte(at))
		}
		return bytes.Contains(head, []byte(at+v.String+`"`))
	}
	by := !bytes.Contains(head, []byte(`,"by":{`))
	if r.actor.Valid {
		by = bytes.Contains(head, []byte(`,"by":{"id":"`+r.actor.String+`"`))
	}
	return own && by && has("id", sql.NullString{String: r.id, Valid: true}) &&
		has("kind", sql.NullString{String: r.kind, Valid: true}) && has("case", r.caseID) && has("referral", r.referral) &&
		bytes.Contains(head, []byte(`,"from":{"node":"`+r.node+`"`))
}

// verifyExtra finds bodies and leaves that no fact has.
func verifyExtra(tx *store.Tx, v *Verified) error {
	for table, key := range map[string]string{"body": "seq", "leaf": "n + 1"} {
		var extra int64
		err := tx.QueryRow(`SELECT COUNT(*) FROM ` + table + ` x WHERE NOT EXISTS (SELECT 1 FROM fact f WHERE f.seq = x.` + key + `)`).Scan(&extra)
		if err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
		if extra > 0 {
			v.fault("%d rows of %s belong to no fact", extra, table)
		}
	}
	return nil
}

// published are the tiles that were stored and not yet met in the tree, by
// place.
type published map[place]tile

type place struct {
	level int
	n     int64
}

// tile is what a stored tile says: so many bytes, with this digest.
type tile struct {
	size int
	sum  [32]byte
}

func publishedTiles(tx *store.Tx) (published, error) {
	p := published{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var at place
		var data []byte
		err := rows.Scan(&at.level, &at.n, &data)
		p[at] = tile{len(data), sha256.Sum256(data)}
		return err
	}, `SELECT level, n, data FROM tile`)
	return p, err
}

// hold compares what the tree has of a tile with what was stored of it, so that
// a root read through tiles proves the leaves.
func (p published) hold(level int, n int64, data []byte) {
	at := place{level, n}
	if was, stored := p[at]; stored && was.size <= len(data) && was.sum == sha256.Sum256(data[:was.size]) {
		delete(p, at)
	}
}

// rest holds the tiles that are not full yet, and tells of all that agree with
// no leaves.
func (p published) rest(v *Verified, g *grown) {
	for level, n := 0, g.size/tileWidth; level < len(g.levels); level, n = level+1, n/tileWidth {
		p.hold(level, n, flat(g.levels[level]))
	}
	for at := range p {
		v.fault("tile %d/%d does not match its leaves", at.level, at.n)
	}
}

// signedSizes are the sizes of the checkpoints that this node signed.
func signedSizes(tx *store.Tx) (map[int64]tlog.Hash, error) {
	sizes := map[int64]tlog.Hash{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var size int64
		err := rows.Scan(&size)
		sizes[size] = tlog.Hash{}
		return err
	}, `SELECT size FROM checkpoint`)
	return sizes, err
}

// verifyCheckpoints holds every checkpoint of at least a size that this node
// signed against the leaves as they are now: a rewritten past shows here. What a peer cosigned
// must be there, too, or the journal has become shorter.
func verifyCheckpoints(tx *store.Tx, v *Verified, keys Keys, from int64, rootOf func(int64) (tlog.Hash, error)) error {
	var all []Signed
	err := store.Each(tx, func(rows *sql.Rows) error {
		var s Signed
		err := rows.Scan(&s.Size, &s.Note)
		all = append(all, s)
		return err
	}, `SELECT size, note FROM checkpoint WHERE size >= $1 ORDER BY size`, from)
	if err != nil {
		return err
	}
	signed := map[int64]Signed{}
	for _, s := range all {
		signed[s.Size] = s
		want, err := s.root()
		if err != nil || s.Size > v.Size {
			v.fault("checkpoint %d does not fit this journal", s.Size)
			continue
		}
		if root, err := rootOf(s.Size); err != nil || wire.Digest(root) != want {
			v.fault("checkpoint %d was signed over other leaves", s.Size)
		}
		if keys.Own != "" {
			if _, err := wire.VerifyCheckpoint(s.Note, keys.Own); err != nil {
				v.fault("the signature of checkpoint %d does not verify", s.Size)
			}
		}
	}
	return verifyCosignatures(tx, v, signed, keys, from)
}

func verifyCosignatures(tx *store.Tx, v *Verified, signed map[int64]Signed, keys Keys, from int64) error {
	return store.Each(tx, func(rows *sql.Rows) error {
		var size, at int64
		var peer string
		var line []byte
		if err := rows.Scan(&size, &peer, &line, &at); err != nil {
			return err
		}
		s, ok := signed[size]
		if !ok || size > v.Size {
			v.fault("%s cosigned %d entries, which this journal does not give", peer, size)
			return nil
		}
		if size > v.Cosigned {
			v.Cosigned = size
		}
		k, known := keys.Peers[peer]
		if keys.Peers != nil && !known {
			v.fault("%s cosigned checkpoint %d, and is no peer", peer, size)
		}
		if k.Witness != "" && keys.Own != "" {
			c, err := wire.VerifyCheckpoint(wire.AddCosignatures(s.Note, line), keys.Own, k.Witness)
			if err != nil || len(c.Cosignatures) != 1 || store.Micros(c.Cosignatures[0].At) != at {
				v.fault("the cosignature of %s on checkpoint %d does not verify", peer, size)
			}
		}
		return nil
	}, `SELECT size, peer, line, at FROM cosignature WHERE size >= $1 ORDER BY size, peer`, from)
}

// verifyWitnessed checks what this node has cosigned of others' journals.
func verifyWitnessed(tx *store.Tx, v *Verified, keys Keys) error {
	return store.Each(tx, func(rows *sql.Rows) error {
		var peer string
		var s Signed
		var root []byte
		if err := rows.Scan(&peer, &s.Size, &root, &s.Note); err != nil {
			return err
		}
		want, err := s.root()
		k, known := keys.Peers[peer]
		if keys.Peers != nil && !known {
			v.fault("a checkpoint of %s was cosigned here, which is no peer", peer)
		}
		if err == nil && k.Journal != "" {
			_, err = wire.VerifyCheckpoint(s.Note, k.Journal)
		}
		if err != nil || !slices.Equal(root, want[:]) {
			v.fault("the checkpoint of %s that was cosigned here is damaged", peer)
		}
		return nil
	}, `SELECT peer, size, root, note FROM witnessed ORDER BY peer`)
}
