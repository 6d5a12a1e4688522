package exchange

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// pathReturn is where a node that was restored from a backup asks a peer for
// what the peer holds beyond it.
const pathReturn = "/exchange/v1/return"

// returned is what a peer gives back: frames in the order in which things
// happened, of both ways; and what the two nodes had cosigned of each other.
type returned struct {
	Frames []returnedFrame `json:"frames"`
	// Witnessed is the newest checkpoint of the asking node's journal that the
	// peer has cosigned; empty if none.
	Witnessed string `json:"witnessed,omitempty"`
	// Cosigned is the newest checkpoint of the peer's own journal that the
	// asking node has cosigned, with its cosignature; empty if none.
	Cosigned string `json:"cosigned,omitempty"`
}

// returnedFrame is a frame without its seal: header, receipt, and what was in it.
type returnedFrame struct {
	Header  string          `json:"header"`
	Receipt string          `json:"receipt"`
	Entries []returnedEntry `json:"entries"`
	at      int64           // when it happened, in the order of the peer's journal
}

// returnedEntry is one message or void; of a message that was forgotten since,
// the digest stands in the receipt.
type returnedEntry struct {
	Void bool   `json:"void,omitempty"`
	Body []byte `json:"body,omitempty"`
}

// returnedBytes bounds one answer; the rest is asked for again.
const returnedBytes = wire.MaxPayload / 2

// asked is where the asking node stands: in its own signed heads what it has
// received, and beside it how far its own lanes were settled.
type asked struct {
	Heads string           `json:"heads"`
	Sent  map[string]int64 `json:"sent"` // by lane
	Kept  int64            `json:"kept"` // size of its journal as restored
}

// giveBack answers a restored peer. The first question is an alarm here: both
// governments see that a backup was restored.
func (l *Link) giveBack(ctx context.Context, p *pinned, body []byte) (answer, error) {
	var q asked
	if err := json.Unmarshal(body, &q); err != nil {
		return answer{http.StatusBadRequest, []byte(wire.CodeMalformed)}, nil //nolint:nilerr // told by code
	}
	heads, err := wire.ReadHeads(q.Heads, p.keys.Present())
	if err != nil || heads.From != p.ID || heads.To != l.Node {
		return answer{http.StatusUnprocessableEntity, []byte(wire.CodeSignature)}, nil
	}
	l.alarm(ctx, Alarm{Peer: p.ID, Code: AlarmRestored, About: strconv.FormatInt(q.Kept, 10)})
	if err := l.hasLost(ctx, p, heads, q.Heads); err != nil {
		return answer{}, err
	}
	var out returned
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		out = returned{Frames: []returnedFrame{}}
		var all []returnedFrame
		for _, h := range heads.Head {
			theirs, err := l.receivedBeyond(tx, p, h.Lane, h.Epoch, q.Sent[h.Lane])
			if err != nil {
				return err
			}
			ours, err := sentBeyond(tx, p.ID, h)
			if err != nil {
				return err
			}
			all = append(append(all, theirs...), ours...)
		}
		slices.SortStableFunc(all, func(a, b returnedFrame) int { return int(a.at - b.at) })
		size := 0
		for _, f := range all {
			if err := l.fill(tx, p, &f); err != nil {
				return err
			}
			for _, e := range f.Entries {
				size += len(e.Body)
			}
			if size > returnedBytes && len(out.Frames) > 0 {
				break
			}
			out.Frames = append(out.Frames, f)
		}
		return out.journals(tx, p.ID)
	})
	if err != nil {
		return answer{}, err
	}
	b, err := json.Marshal(out)
	return answer{http.StatusOK, b}, err
}

// hasLost keeps from where on a restored peer lacks what it signed for. If the
// lanes go on after what it is given back, that is over; if not, what it lacks
// is sent again when they begin anew.
func (l *Link) hasLost(ctx context.Context, p *pinned, heads wire.Heads, signed string) error {
	for _, h := range heads.Head {
		var ours head
		err := l.DB.Read(ctx, func(tx *store.Tx) (err error) { ours, err = loadHead(tx, p.ID, h.Lane, wayOut); return err })
		if err != nil {
			return err
		}
		if h.Epoch == ours.epoch && h.Next <= ours.done {
			l.contradicted(ctx, Contradicted{Peer: p.ID, Lane: h.Lane, Code: AlarmBehind, Next: h.Next, Heads: signed}, nil)
		}
	}
	return nil
}

// receivedBeyond finds the frames of a lane that this node signed for after a
// number, newest first in the store, oldest first as given.
func (l *Link) receivedBeyond(tx *store.Tx, p *pinned, lane string, epoch, done int64) (out []returnedFrame, err error) {
	h, err := loadHead(tx, p.ID, lane, wayIn)
	if err != nil || h.fact == 0 || h.epoch != epoch || h.done <= done {
		return nil, err
	}
	all, err := store.Column[int64](tx, `SELECT fact FROM receipt_given WHERE peer = $1 ORDER BY fact`, p.ID)
	if err != nil {
		return nil, err
	}
	for _, seq := range all {
		g, err := loadGiven(tx, seq)
		if err != nil {
			return nil, err
		}
		if g.Lane == lane && g.Epoch == epoch && g.Last > done {
			out = append(out, returnedFrame{Header: g.Header, Receipt: g.Receipt, at: seq})
		}
	}
	return out, nil
}

// sentBeyond finds this node's own frames of a lane that the peer had signed
// for and does not remember.
func sentBeyond(tx *store.Tx, peer string, h wire.Head) (out []returnedFrame, err error) {
	var taken []int64
	err = store.Each(tx, func(rows *sql.Rows) error {
		var seq, at int64
		err := rows.Scan(&seq, &at)
		taken, out = append(taken, seq), append(out, returnedFrame{at: at})
		return err
	}, `SELECT t.fact, COALESCE((SELECT MAX(o.fact) FROM outbox o WHERE o.peer = t.peer AND o.lane = t.lane AND o.epoch = t.epoch
		AND o.seq >= t.first AND o.seq <= t.last), t.fact)
		FROM receipt_taken t WHERE t.peer = $1 AND t.lane = $2 AND t.epoch = $3 AND t.last >= $4 ORDER BY t.last`, peer, h.Lane, h.Epoch, h.Next)
	if err != nil {
		return nil, err
	}
	for n, seq := range taken {
		t, err := loadTaken(tx, seq)
		if err != nil {
			return nil, err
		}
		out[n].Header, out[n].Receipt = t.Header, t.Receipt
	}
	return out, nil
}

// fill puts into a frame what was in it.
func (l *Link) fill(tx *store.Tx, p *pinned, f *returnedFrame) error {
	own := l.ownKeys()
	r, err := wire.ReadReceipt(f.Receipt, func(id string) (ed25519.PublicKey, error) {
		if pub, err := own(id); err == nil {
			return pub, nil
		}
		return p.keys.Ever()(id)
	})
	if err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	for _, o := range r.Entries {
		e := returnedEntry{Void: o.Void}
		if e.Body, err = l.entryBody(tx, r, o); err != nil {
			return err
		}
		f.Entries = append(f.Entries, e)
	}
	return nil
}

// entryBody finds the bytes of one entry again by their digest; none of a
// message that was forgotten.
func (l *Link) entryBody(tx *store.Tx, r wire.Receipt, o wire.Outcome) (body []byte, err error) {
	switch {
	case o.Result == wire.ResultRefused:
		err = tx.QueryRow(`SELECT bytes FROM quarantine WHERE digest = $1`, o.Digest.String()).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) && r.From != l.Node { // this node's own message, refused there
			err = tx.QueryRow(`SELECT b.bytes FROM fact f JOIN body b ON b.seq = f.seq WHERE f.id = $1`, o.ID).Scan(&body)
		}
	case o.Void:
		return voidBody(tx, r, o)
	default:
		err = tx.QueryRow(`SELECT b.bytes FROM fact f JOIN body b ON b.seq = f.seq WHERE f.id = $1`, o.ID).Scan(&body)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return body, err
}

// voidBody writes a void again from the fact that tells of it.
func voidBody(tx *store.Tx, r wire.Receipt, o wire.Outcome) (body []byte, err error) {
	all, err := store.Column[int64](tx, `SELECT seq FROM fact WHERE kind = 'link.voided.1' ORDER BY seq DESC`)
	if err != nil {
		return nil, err
	}
	for _, seq := range all {
		_, m, err := journal.LoadSeq(tx, seq)
		if err != nil {
			return nil, err
		}
		v, err := decodeFact[Voided](m)
		if err != nil {
			return nil, err
		}
		if v.Message == o.ID && v.Lane == r.Lane {
			e, err := wire.NewVoid(wire.Void{Seq: o.Seq, ID: v.Message, Reason: v.Reason, At: v.At})
			return e.Body, err
		}
	}
	return nil, nil
}

// journals adds what the two nodes have cosigned of each other.
func (r *returned) journals(tx *store.Tx, peer string) error {
	all, err := views(tx)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.peer == peer {
			r.Witnessed = string(v.note)
		}
	}
	r.Cosigned, err = journal.NewestBy(tx, peer)
	return err
}

// sentNumbers writes how far this node's own lanes with a peer are settled.
func sentNumbers(tx *store.Tx, peer string) (map[string]int64, error) {
	out := map[string]int64{}
	for _, lane := range wire.Lanes {
		h, err := loadHead(tx, peer, lane, wayOut)
		if err != nil {
			return nil, err
		}
		out[lane] = h.done
	}
	return out, nil
}

// noteSize is the size that a checkpoint's text says, 0 if it says none.
func noteSize(note string) int64 {
	lines := strings.SplitN(note, "\n", 3)
	if len(lines) < 3 {
		return 0
	}
	n, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
