package exchange

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Disks forget bits. What is stored is looked through piece by piece while the
// node runs; a message that a peer has, too, is fetched from it again by its
// digest, and the damaged bytes are kept in quarantine. A fact that never left
// this node stands in its backup only: that is an alarm.

// pathMessage is where a message is fetched again that one of the two nodes has
// sent to the other: its id and its digest, in hexadecimal, with a space between.
const pathMessage = "/exchange/v1/message"

// lookThrough is how many facts one look takes: a million in about four hours.
const lookThrough = 2000

// mendDamage looks at the next facts for bytes that are not what was recorded.
func (l *Link) mendDamage(ctx context.Context) error {
	var found []journal.Damage
	next := int64(1)
	err := l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		found, next, err = journal.Damaged(tx, max(l.looked, 1), lookThrough)
		return err
	})
	l.looked = next
	for _, d := range found {
		err = errors.Join(err, l.mend(ctx, d))
	}
	return err
}

// mend makes one fact whole again if it can.
func (l *Link) mend(ctx context.Context, d journal.Damage) error {
	if d.Row {
		l.alarmAll(ctx, AlarmDamaged, d.ID)
		return nil
	}
	leaf := false
	err := l.DB.Write(ctx, func(tx *store.Tx) (err error) {
		leaf, err = journal.MendLeaf(tx, d)
		return err
	})
	if err != nil {
		return err
	}
	if leaf {
		l.alarmAll(ctx, AlarmMended, d.ID)
		return nil
	}
	peer, err := l.holder(ctx, d)
	if err != nil {
		return err
	}
	p := l.peer(peer)
	if p == nil || !p.held.Load() {
		l.alarmAll(ctx, AlarmDamaged, d.ID)
		return nil
	}
	body, err := l.fetch(ctx, p, d)
	if err != nil {
		l.alarm(ctx, Alarm{Peer: p.ID, Code: AlarmDamaged, About: d.ID})
		return err
	}
	return l.restore(ctx, p, d, body)
}

// holder is the peer that has the message, too: who sent it, or who signed for it.
func (l *Link) holder(ctx context.Context, d journal.Damage) (peer string, err error) {
	if d.Node != l.Node {
		return d.Node, nil
	}
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		err := tx.QueryRow(`SELECT o.peer FROM outbox o JOIN lane_head h ON h.peer = o.peer AND h.lane = o.lane AND h.way = 'out'
			AND h.epoch = o.epoch WHERE o.fact = $1 AND o.seq <= h.done AND o.void IS NULL`, d.Seq).Scan(&peer)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("who has a message: %w", err)
	}
	return peer, nil
}

func (l *Link) fetch(ctx context.Context, p *pinned, d journal.Damage) ([]byte, error) {
	if len(d.Digest) != len(wire.Digest{}) {
		return nil, fmt.Errorf("%w: leaf %d", journal.ErrDamaged, d.Seq-1)
	}
	status, body, err := p.lines[slotJournal].ask(ctx, pathMessage, []byte(d.ID+" "+wire.Digest(d.Digest).String()))
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK || !journal.Whole(body, d.Digest) {
		return nil, &trouble{code: "status", detail: fmt.Sprint(status)}
	}
	return body, nil
}

// restore puts the message back and keeps what stood in its place.
func (l *Link) restore(ctx context.Context, p *pinned, d journal.Damage, body []byte) error {
	now, seed := l.Now(), journal.NewSeed(l.Now())
	return l.DB.Write(ctx, func(tx *store.Tx) error {
		if err := journal.MendBody(tx, d.Seq, body); err != nil {
			return err
		}
		if d.Body != nil {
			err := quarantine(tx, Quarantined{Peer: p.ID, What: "stored", ID: d.ID, Code: wire.CodeAltered, At: now, Bytes: d.Body})
			if err != nil {
				return err
			}
		}
		return l.alarmIn(tx, seed.Draw(l.Ring), Alarm{Peer: p.ID, Code: AlarmMended, About: d.ID})
	})
}

// alarmAll raises an alarm that concerns this node alone on the page of every link.
func (l *Link) alarmAll(ctx context.Context, code, about string) {
	for _, p := range l.active() {
		l.alarm(ctx, Alarm{Peer: p.ID, Code: code, About: about})
	}
}

// ownJournal tells that this node's own journal does not continue what it
// signed: it signs no more of it until people have looked.
func (l *Link) ownJournal(ctx context.Context) {
	l.alarmAll(ctx, AlarmRewritten, l.Now().Format(time.DateOnly))
}

// giveMessage gives a message again to the peer that sent it or signed for it,
// and to nobody else; 404 if there is no such message, or no whole one.
func (l *Link) giveMessage(ctx context.Context, p *pinned, body []byte) (answer, error) {
	id, digest, ok := strings.Cut(string(body), " ")
	want, err := wire.ParseDigest(digest)
	if !ok || err != nil {
		return answer{http.StatusBadRequest, nil}, nil //nolint:nilerr // the peer is told by status
	}
	var m wire.Message
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		var seq int64
		err := tx.QueryRow(`SELECT f.seq FROM fact f WHERE f.id = $1 AND (f.node = $2 OR EXISTS (SELECT 1 FROM outbox o
			WHERE o.fact = f.seq AND o.peer = $2 AND o.seq IS NOT NULL AND o.void IS NULL))`, id, p.ID).Scan(&seq)
		if err != nil {
			return err
		}
		_, m, err = journal.LoadSeq(tx, seq)
		return err
	})
	switch {
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, journal.ErrForgotten), errors.Is(err, journal.ErrDamaged):
		return answer{http.StatusNotFound, nil}, nil
	case err != nil:
		return answer{}, err
	case wire.Digest(m.Digest()) != want || m.Act.From.Node != p.ID && m.Act.To.Node != p.ID:
		return answer{http.StatusNotFound, nil}, nil
	}
	return answer{http.StatusOK, m.Bytes()}, nil
}

// sound refuses to send what is damaged: a body that is not what was recorded,
// or a row of the outbox that names a message for somebody else.
func (i item) sound(node, peer string) error {
	if i.void != "" {
		return nil
	}
	if !journal.Whole(i.bytes, i.digest[:]) {
		return fmt.Errorf("%w: message %s", journal.ErrDamaged, i.id)
	}
	if bytes.Contains(i.bytes, []byte(`,"to":{"node":"`+peer+`"`)) { // as this program writes it, without reading all of it
		return nil
	}
	m, err := wire.ParseMessage(i.bytes)
	if err != nil || m.Act.From.Node != node || m.Act.To.Node != peer {
		return fmt.Errorf("%w: the outbox names message %s for %s", journal.ErrDamaged, i.id, peer)
	}
	return nil
}
