package journal

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ErrUnknownKind means that this program does not understand a fact.
var ErrUnknownKind = errors.New("journal: unknown kind of fact")

// clockStep is by how much a clock may stand behind the journal before a fact
// is marked: synchronised clocks, and those of two machines of one node, differ
// by less.
const clockStep = time.Second

// Record writes a message as the next fact: its row, its body, its leaf, and
// what applying it changes, in the caller's transaction. The time recorded
// never decreases, whatever the clock does; a fact recorded while the clock
// stood behind is marked with by how much.
func Record(tx *store.Tx, k *Kinds, m wire.Message, now time.Time) (Entry, error) {
	last, err := headOf(tx)
	if err != nil {
		return Entry{}, err
	}
	at := recordedAt{at: max(store.Micros(now), last.at)}
	if behind := at.at - store.Micros(now); behind >= clockStep.Microseconds() {
		at.behind = behind
	}
	next := head{last.seq + 1, at.at}
	tx.Keep(headKey{}, next) // a group that fails is undone as a whole
	return insert(tx, k, m, next.seq, at)
}

// head is the journal's last fact: its place and when it was recorded.
type head struct{ seq, at int64 }

// headKey is the head's among what a transaction knows.
type headKey struct{}

// headOf reads the head once in a transaction: facts come many at a time.
func headOf(tx *store.Tx) (h head, err error) {
	if v, ok := tx.Known(headKey{}); ok {
		return v.(head), nil
	}
	err = tx.QueryRow(`SELECT seq, at FROM fact ORDER BY seq DESC LIMIT 1`).Scan(&h.seq, &h.at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, fmt.Errorf("journal head: %w", err)
	}
	return h, nil
}

// insert is the one place a fact enters a journal: by Record or by replay.
func insert(tx *store.Tx, k *Kinds, m wire.Message, seq int64, at recordedAt) (Entry, error) {
	e := entry(m, seq, at)
	actor := ""
	if e.By != nil {
		actor = e.By.ID
	}
	if err := tx.Exec(`INSERT INTO fact (seq, id, kind, node, case_id, referral_id, actor, at, behind, row_sum) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.Seq, e.ID, e.Kind, e.Node, orNull(e.Case), orNull(e.Referral), orNull(actor), at.at, at.behind, rowSum(seq, at)); err != nil {
		return e, fmt.Errorf("record fact: %w", err)
	}
	failpoint.Hit(failpoint.JournalFactAlone)
	if err := tx.Exec(`INSERT INTO body (seq, bytes) VALUES ($1, $2)`, e.Seq, m.Bytes()); err != nil {
		return e, fmt.Errorf("record body: %w", err)
	}
	if err := tx.Exec(`INSERT INTO leaf (n, digest) VALUES ($1, $2)`, e.Seq-1, e.Digest[:]); err != nil {
		return e, fmt.Errorf("record leaf: %w", err)
	}
	if k == nil { // without effect
		return e, nil
	}
	h := k.byKind[e.Kind]
	if h == nil {
		return e, fmt.Errorf("%w: %s", ErrUnknownKind, e.Kind)
	}
	for _, apply := range h.apply {
		if err := apply(tx, e, m.Act.Clear); err != nil {
			return e, fmt.Errorf("apply %s: %w", e.Kind, err)
		}
	}
	failpoint.Hit(failpoint.JournalRecorded)
	return e, nil
}

// Reactions gives the facts that follow a recorded one.
func Reactions(tx *store.Tx, k *Kinds, d *Draw, e Entry, m wire.Message) ([]Fact, error) {
	h := k.byKind[e.Kind]
	if h == nil {
		return nil, fmt.Errorf("%w: %s", ErrUnknownKind, e.Kind)
	}
	var all []Fact
	for _, react := range h.react {
		facts, err := react(tx, d, e, m.Act.Clear)
		if err != nil {
			return nil, fmt.Errorf("reaction to %s: %w", e.Kind, err)
		}
		all = append(all, facts...)
	}
	return all, nil
}

// recordedAt is a fact's time in this journal, and by how much the clock stood
// behind it; both in microseconds.
type recordedAt struct{ at, behind int64 }

func (r recordedAt) gap() time.Duration { return time.Duration(r.behind) * time.Microsecond }

// rowSum is a check sum of what only a fact's row says and no digest covers:
// when it was recorded. The weights are odd, so that any one flipped bit
// changes it. When a fact's body is forgotten the rest of its row is added.
func rowSum(seq int64, at recordedAt) int64 { return seq + 31*at.at + 17*at.behind }

func entry(m wire.Message, seq int64, at recordedAt) Entry {
	a := m.Act
	return Entry{
		Seq: seq, ID: a.ID, Kind: a.Kind, Node: a.From.Node, Purpose: a.Purpose, Case: a.Case, Referral: a.Referral,
		From: a.From, To: a.To, By: a.By, Lang: a.Lang, Handling: a.Handling, Created: a.Created, Expires: a.Expires,
		Recorded: store.Time(at.at), Behind: at.gap(), Sealed: a.Sealed, Proofs: m.Proofs, Digest: m.Digest(),
	}
}

// Load reads a recorded fact and its message by id. A forgotten body gives
// ErrForgotten with the row's own columns.
func Load(tx *store.Tx, id string) (Entry, wire.Message, error) {
	var seq int64
	if err := tx.QueryRow(`SELECT seq FROM fact WHERE id = $1`, id).Scan(&seq); err != nil {
		return Entry{}, wire.Message{}, err
	}
	return LoadSeq(tx, seq)
}

// OfReferral lists the facts of one kind of a referral, in order; of a matter
// without a case that travels under its own id, it is OfMatter.
func OfReferral(tx *store.Tx, kind, referral string) ([]string, error) {
	return idsWhere(tx, `kind = $1 AND referral_id = $2`, kind, referral)
}

// OfMatter lists the facts of one kind of a case, or of an alert, which stands
// where a case does.
func OfMatter(tx *store.Tx, kind, id string) ([]string, error) {
	return idsWhere(tx, `kind = $1 AND case_id = $2`, kind, id)
}

func idsWhere(tx *store.Tx, where string, args ...any) ([]string, error) {
	out, err := store.Column[string](tx, `SELECT id FROM fact WHERE `+where+` ORDER BY seq`, args...)
	if err != nil {
		return nil, fmt.Errorf("facts of a kind: %w", err)
	}
	return out, nil
}

// LoadOwn is Load of a fact of one kind that an account made; sql.ErrNoRows for
// any other, as if it were not there.
func LoadOwn(tx *store.Tx, id, kind, account string) (Entry, wire.Message, error) {
	var seq int64
	if err := tx.QueryRow(`SELECT seq FROM fact WHERE id = $1 AND kind = $2 AND actor = $3`, id, kind, account).Scan(&seq); err != nil {
		return Entry{}, wire.Message{}, err
	}
	return LoadSeq(tx, seq)
}

// ErrForgotten means that a fact's body was expunged; its leaf remains.
var ErrForgotten = errors.New("journal: the body was forgotten")

// ErrDamaged means that stored bytes are not what was recorded: they are never
// used. What a peer has, too, is fetched from it again.
var ErrDamaged = errors.New("journal: stored bytes are damaged")

// LoadSeq reads a recorded fact and its message by place. A body that is not
// the one whose digest is the leaf gives ErrDamaged.
func LoadSeq(tx *store.Tx, seq int64) (Entry, wire.Message, error) {
	var e Entry
	var at recordedAt
	var caseID, referral, actor sql.NullString
	var digest, raw []byte
	var forgotten int64
	err := tx.QueryRow(`SELECT f.seq, f.id, f.kind, f.node, f.case_id, f.referral_id, f.actor, f.at, f.behind, f.forgotten, l.digest, b.bytes
		FROM fact f LEFT JOIN leaf l ON l.n = f.seq - 1 LEFT JOIN body b ON b.seq = f.seq WHERE f.seq = $1`, seq).
		Scan(&e.Seq, &e.ID, &e.Kind, &e.Node, &caseID, &referral, &actor, &at.at, &at.behind, &forgotten, &digest, &raw)
	if err != nil {
		return e, wire.Message{}, err
	}
	e.Case, e.Referral, e.Recorded = caseID.String, referral.String, store.Time(at.at)
	e.Behind = at.gap()
	if raw == nil && forgotten != 0 {
		return e, wire.Message{}, ErrForgotten
	}
	if !Whole(raw, digest) {
		return e, wire.Message{}, fmt.Errorf("%w: fact %d", ErrDamaged, seq)
	}
	m, err := wire.ParseMessage(raw)
	if err != nil {
		return e, m, fmt.Errorf("stored message: %w", err)
	}
	return entry(m, seq, at), m, nil
}

// Whole reports whether a body is the one that a leaf's digest names.
func Whole(body, digest []byte) bool {
	sum := sha256.Sum256(body)
	return bytes.Equal(sum[:], digest)
}

// Since lists what was recorded after a place: what it is about, and no bodies.
func Since(tx *store.Tx, seq int64) (out []Entry, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var e Entry
		var caseID, referral sql.NullString
		err := rows.Scan(&e.Seq, &e.ID, &e.Kind, &e.Node, &caseID, &referral)
		e.Case, e.Referral = caseID.String, referral.String
		out = append(out, e)
		return err
	}, `SELECT seq, id, kind, node, case_id, referral_id FROM fact WHERE seq > $1 ORDER BY seq`, seq)
	return out, err
}

// Latest is the time of the fact recorded last, which a clock that was set back
// stands behind; the zero time for an empty journal.
func Latest(tx *store.Tx) (time.Time, error) {
	h, err := headOf(tx)
	return store.Time(h.at), err
}

// Size is the number of facts recorded.
func Size(tx *store.Tx) (int64, error) {
	var n sql.NullInt64
	err := tx.QueryRow(`SELECT MAX(seq) FROM fact`).Scan(&n)
	return n.Int64, err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
