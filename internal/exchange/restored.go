package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// MarkRestored notes in a store that was just restored that each approved peer
// has to be asked first for what it holds beyond the backup. Until then the
// node takes no act, signs no checkpoint, and answers peers with nothing that
// would have to agree with what it lost.
func MarkRestored(tx *store.Tx, now time.Time) error {
	size, err := journal.Size(tx)
	if err != nil {
		return err
	}
	all, err := Peers(tx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Status != PeerApproved {
			continue
		}
		err := tx.Exec(`INSERT INTO restored (peer, size, at) VALUES ($1, $2, $3)
			ON CONFLICT (peer) DO UPDATE SET size = excluded.size, at = excluded.at`, p.ID, size, store.Micros(now))
		if err != nil {
			return err
		}
	}
	return nil
}

// Restoring lists the peers that a restored node has not yet asked.
func Restoring(tx *store.Tx) (peers []string, err error) {
	if v, known := tx.Known(restoringKey{}); known {
		return v.([]string), nil
	}
	rows, err := tx.Query(`SELECT peer FROM restored ORDER BY peer`)
	if err != nil {
		return nil, fmt.Errorf("restored: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p string
		if err := rows.Scan(&p); err != nil {
			return nil, fmt.Errorf("restored: %w", err)
		}
		peers = append(peers, p)
	}
	if err = rows.Err(); err == nil {
		tx.Keep(restoringKey{}, peers) // every act asks
	}
	return peers, err
}

// restoringKey is the peers' that are not yet asked among what a transaction
// knows.
type restoringKey struct{}

// restoredWith notes that what a peer holds was compared.
func restoredWith(tx *store.Tx, peer string) error {
	waits, err := Restoring(tx)
	if err != nil {
		return err
	}
	tx.Keep(restoringKey{}, slices.DeleteFunc(slices.Clone(waits), func(p string) bool { return p == peer }))
	return tx.Exec(`DELETE FROM restored WHERE peer = $1`, peer)
}

// openWhileRestoring says whether a path is served to a peer that has not been
// asked yet after a restore.
func openWhileRestoring(path string) bool {
	return path == pathSuccession || path == pathDescriptor || path == pathReturn
}

// restoring says whether this node waits for any peer after a restore.
func (l *Link) restoring() bool {
	for _, p := range l.active() {
		if p.restoring.Load() {
			return true
		}
	}
	return false
}

// errContradiction says that what a peer gives back cannot be joined with the
// backup: people have to settle it.
var errContradiction = errors.New("exchange: what the peer holds contradicts the backup")

// takeBack asks a peer, after a restore, for what it holds beyond the backup,
// until it holds nothing more; then compares what the two nodes have cosigned.
// Whatever ends it in between, it goes on where it was.
func (l *Link) takeBack(ctx context.Context, p *pinned, line line) error {
	if !p.restoring.Load() {
		return nil
	}
	p.returning.Lock()
	defer p.returning.Unlock()
	for p.restoring.Load() {
		r, err := l.askBack(ctx, p, line)
		if err != nil {
			return err
		}
		if len(r.Frames) == 0 {
			return l.cameBack(ctx, p, r)
		}
		for _, f := range r.Frames {
			err := l.takeReturned(ctx, p, f)
			if errors.Is(err, errContradiction) {
				l.contradicted(ctx, Contradicted{Peer: p.ID, Code: AlarmRootMismatch},
					&Alarm{Peer: p.ID, Code: AlarmRootMismatch, About: digestOf([]byte(f.Header))})
				return &trouble{code: AlarmRootMismatch, cause: err}
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Link) askBack(ctx context.Context, p *pinned, line line) (r returned, err error) {
	var q asked
	if q.Heads, err = l.heads(ctx, p.ID); err != nil {
		return r, err
	}
	err = l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if q.Sent, err = sentNumbers(tx, p.ID); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT size FROM restored WHERE peer = $1`, p.ID).Scan(&q.Kept)
	})
	if err != nil {
		return r, fmt.Errorf("ask back: %w", err)
	}
	body, err := json.Marshal(q)
	if err != nil {
		return r, fmt.Errorf("ask back: %w", err)
	}
	status, answer, err := line.ask(ctx, pathReturn, body)
	if err != nil {
		return r, err
	}
	if status != http.StatusOK {
		return r, refusedBy(status, answer)
	}
	if err := json.Unmarshal(answer, &r); err != nil {
		return r, &trouble{code: string(wire.CodeMalformed), cause: err}
	}
	return r, nil
}

// back is one frame given back, verified.
type back struct {
	returnedFrame
	h wire.FrameHeader
	r wire.Receipt
}

// verifyBack checks a frame given back by what both nodes signed: nothing is
// taken on the peer's word.
func (l *Link) verifyBack(p *pinned, f returnedFrame) (back, error) {
	b := back{returnedFrame: f}
	sender, receiver := l.ownKeys(), p.keys.Ever()
	h, err := wire.ReadHeader(f.Header, sender)
	if err != nil { // not this node's own
		sender, receiver = receiver, sender
		h, err = wire.ReadHeader(f.Header, sender)
	}
	if err != nil {
		return b, errors.Join(errContradiction, err)
	}
	if !(h.From == l.Node && h.To == p.ID) && !(h.From == p.ID && h.To == l.Node) {
		return b, fmt.Errorf("%w: a frame of others", errContradiction)
	}
	b.h = h
	if b.r, err = wire.ReadReceipt(f.Receipt, receiver); err != nil {
		return b, errors.Join(errContradiction, err)
	}
	if len(f.Entries) != len(b.r.Entries) || b.r.Type != wire.ReceiptRecorded {
		return b, fmt.Errorf("%w: receipt", errContradiction)
	}
	digests := make([]wire.Digest, len(f.Entries))
	for n, e := range f.Entries {
		digests[n] = b.r.Entries[n].Digest
		entry := wire.Entry{Type: wire.EntryMessage, Body: e.Body}
		if b.r.Entries[n].Void {
			entry.Type = wire.EntryVoid
		}
		if e.Body != nil && entry.Digest() != digests[n] {
			return b, fmt.Errorf("%w: entry", errContradiction)
		}
	}
	if err := b.r.Answers(f.Header, b.h, digests); err != nil {
		return b, errors.Join(errContradiction, err)
	}
	return b, nil
}

// takeReturned records one frame given back, in one transaction, as far as
// this node had come with its lane.
func (l *Link) takeReturned(ctx context.Context, p *pinned, f returnedFrame) error {
	b, err := l.verifyBack(p, f)
	if err != nil {
		return err
	}
	seed := journal.NewSeed(l.Now())
	return l.DB.Write(ctx, func(tx *store.Tx) error {
		d := seed.Draw(l.Ring)
		if b.h.From == l.Node {
			return l.takeOwn(tx, d, p, b)
		}
		return l.takeTheirs(tx, d, p, b)
	})
}

func follows(b back, h head, next int64) bool {
	return b.h.Epoch == h.epoch && b.h.First == next && b.h.Prev == h.digest
}

// takeOwn takes back a frame that this node had sent.
func (l *Link) takeOwn(tx *store.Tx, d *journal.Draw, p *pinned, b back) error {
	h, err := loadHead(tx, p.ID, b.h.Lane, wayOut)
	if err != nil {
		return err
	}
	if b.h.Last <= h.done && b.h.Epoch == h.epoch {
		return nil // taken back before
	}
	if !follows(b, h, h.done+1) {
		return fmt.Errorf("%w: lane %s at %d", errContradiction, b.h.Lane, h.done)
	}
	items := make([]item, len(b.Entries))
	for n, o := range b.r.Entries {
		if items[n], err = l.ownEntry(tx, d, p, b, n, o); err != nil {
			return err
		}
	}
	if err := tx.Exec(`INSERT INTO lane_head (peer, lane, way, epoch, next, done, digest, fact) VALUES ($1, $2, 'out', $3, $4, 0, '', 0)
		ON CONFLICT (peer, lane, way) DO UPDATE SET next = CASE WHEN lane_head.next > excluded.next THEN lane_head.next ELSE excluded.next END`,
		p.ID, b.h.Lane, b.h.Epoch, b.h.Last+1); err != nil {
		return err
	}
	taken := &ReceiptTaken{Peer: p.ID, Lane: b.h.Lane, Epoch: b.h.Epoch, First: b.h.First, Last: b.h.Last,
		Frame: b.r.Frame, Header: b.Header, Receipt: b.Receipt, At: b.r.At}
	if err := l.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{taken}); err != nil {
		return err
	}
	for n, o := range b.r.Entries {
		if o.Result == wire.ResultRefused && !o.Void {
			if err := l.enterRefused(tx, d, b.h, o, items[n], b.r.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// ownEntry puts one message or void back under its number.
func (l *Link) ownEntry(tx *store.Tx, d *journal.Draw, p *pinned, b back, n int, o wire.Outcome) (item, error) {
	at := head{peer: p.ID, lane: b.h.Lane, way: wayOut, epoch: b.h.Epoch}
	items, err := loadItems(tx, at, o.Seq, o.Seq)
	if err != nil {
		return item{}, err
	}
	if len(items) == 1 { // the backup has it
		i := items[0]
		if i.id != o.ID || !o.Void && i.digest != o.Digest {
			return i, fmt.Errorf("%w: number %d of lane %s", errContradiction, o.Seq, b.h.Lane)
		}
		if o.Void && i.void == "" {
			v, err := (wire.Entry{Type: wire.EntryVoid, Body: b.Entries[n].Body}).Void(o.Seq)
			if err != nil {
				return i, errors.Join(errContradiction, err)
			}
			return i, l.enterVoid(tx, d, p.ID, b.h.Lane, b.h.Epoch, i, v.Reason, v.At)
		}
		return i, nil
	}
	seq, err := l.ownMessage(tx, d, p, b, n, o)
	if err != nil {
		return item{}, err
	}
	err = tx.Exec(`INSERT INTO outbox (fact, peer, lane, epoch, seq, expires) VALUES ($1, $2, $3, $4, $5, 0)
		ON CONFLICT (fact) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq`, seq, p.ID, b.h.Lane, b.h.Epoch, o.Seq)
	if err != nil {
		return item{}, err
	}
	i := item{seq: o.Seq, fact: seq, id: o.ID, digest: o.Digest}
	if b.Entries[n].Body != nil && !o.Void {
		return i, nil
	}
	if err := tx.QueryRow(`SELECT id FROM fact WHERE seq = $1`, seq).Scan(&i.id); err != nil {
		return i, err
	}
	return i, l.enterVoid(tx, d, p.ID, b.h.Lane, b.h.Epoch, i, wire.VoidExpunged, b.r.At)
}

// ownMessage records a message of this node again. Of one that is nowhere any
// more, because it was void or forgotten, a fact says that its number is taken.
func (l *Link) ownMessage(tx *store.Tx, d *journal.Draw, p *pinned, b back, n int, o wire.Outcome) (seq int64, err error) {
	if body := b.Entries[n].Body; body != nil && !o.Void {
		m, err := wire.ParseMessage(body)
		if err != nil {
			return 0, errors.Join(errContradiction, err)
		}
		return l.House.Return(tx, d, p.ID, m)
	}
	lost := &Lost{Peer: p.ID, Lane: b.h.Lane, Epoch: b.h.Epoch, Seq: o.Seq, Message: o.ID}
	if err := l.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{lost}); err != nil {
		return 0, err
	}
	return journal.Size(tx)
}

// Lost is the fact that a message of this node, which a backup does not hold,
// is nowhere any more: it had been written off or forgotten. Its number is taken.
type Lost struct {
	journal.Envelope
	Peer    string `json:"peer"`
	Lane    string `json:"lane"`
	Epoch   int64  `json:"epoch"`
	Seq     int64  `json:"seq"`
	Message string `json:"message"`
}

// Kind implements journal.Fact.
func (Lost) Kind() string { return "link.lost.1" }

// takeTheirs takes back a frame of the peer that this node had signed for.
func (l *Link) takeTheirs(tx *store.Tx, d *journal.Draw, p *pinned, b back) error {
	h, err := loadHead(tx, p.ID, b.h.Lane, wayIn)
	if err != nil {
		return err
	}
	if b.h.Last < h.next && b.h.Epoch == h.epoch {
		return nil
	}
	if !follows(b, h, h.next) {
		return fmt.Errorf("%w: lane %s of the peer at %d", errContradiction, b.h.Lane, h.next)
	}
	now := l.Now()
	for n, o := range b.r.Entries {
		body := b.Entries[n].Body
		switch {
		case body == nil:
			continue // forgotten there; the receipt says that it was here
		case o.Result == wire.ResultRefused:
			what := "message"
			if o.Void {
				what = "void"
			}
			err = quarantine(tx, Quarantined{Peer: p.ID, What: what, ID: o.ID, Lane: b.h.Lane, Code: o.Code, At: now, Bytes: body})
		case o.Void:
			err = l.theirVoid(tx, d, p.ID, b.h, o.Seq, body)
		default:
			var m wire.Message
			if m, err = wire.ParseMessage(body); err != nil {
				return errors.Join(errContradiction, err)
			}
			_, err = l.House.Return(tx, d, p.ID, m)
		}
		if err != nil {
			return err
		}
	}
	given := &ReceiptGiven{Peer: p.ID, Lane: b.h.Lane, Epoch: b.h.Epoch, First: b.h.First, Last: b.h.Last,
		Frame: b.r.Frame, Header: b.Header, Receipt: b.Receipt}
	return l.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{given})
}

func (l *Link) theirVoid(tx *store.Tx, d *journal.Draw, peer string, h wire.FrameHeader, seq int64, body []byte) error {
	v, err := (wire.Entry{Type: wire.EntryVoid, Body: body}).Void(seq)
	if err != nil {
		return errors.Join(errContradiction, err)
	}
	f := &Voided{Peer: peer, Lane: h.Lane, Epoch: h.Epoch, Seq: v.Seq, Message: v.ID, Reason: v.Reason, At: v.At, Theirs: true}
	return l.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{f})
}
