package exchange

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
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

// A node could show one journal to one peer and another to the next: each would
// see its own only grow. Peers that witness the same journal therefore compare
// what they were shown, and have the journal's node join the two.

// Paths of the comparison.
const (
	pathViews = "/exchange/v1/views" // checkpoints of others' journals that the peer cosigned
	pathJoin  = "/exchange/v1/join"  // proof that two sizes are one history
)

// maxViews bounds the journals compared in one request.
const maxViews = 64

// blinded names a journal to a peer without telling it of one that it does not
// know itself.
func blinded(origin string) string {
	sum := sha256.Sum256([]byte("oasiss view v1\n" + origin))
	return wire.Digest(sum).String()
}

// view is the newest checkpoint of a peer's journal that this node cosigned.
type view struct {
	peer string
	note []byte
}

func views(tx *store.Tx) (out []view, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var v view
		err := rows.Scan(&v.peer, &v.note)
		out = append(out, v)
		return err
	}, `SELECT peer, note FROM witnessed ORDER BY peer LIMIT $1`, maxViews)
	return out, err
}

func originOf(note []byte) string {
	origin, _, _ := strings.Cut(string(note), "\n")
	return origin
}

// compareViews asks one peer what it was shown of the journals that both
// witness, and compares.
func (l *Link) compareViews(ctx context.Context, p *pinned) error {
	now := l.Now()
	if now.Sub(p.witness.seen).Abs() < l.Every {
		return nil
	}
	p.witness.seen = now
	mine, err := l.viewsBeside(ctx, p.ID)
	if err != nil || len(mine) == 0 {
		return err
	}
	names := make([]string, len(mine))
	for i, v := range mine {
		names[i] = blinded(originOf(v.note))
	}
	status, body, err := p.lines[slotJournal].ask(ctx, pathViews, []byte(strings.Join(names, "\n")))
	if err != nil || status != http.StatusOK {
		return err
	}
	var theirs []string
	if err := json.Unmarshal(body, &theirs); err != nil || len(theirs) > maxViews {
		return &trouble{code: "views", cause: err}
	}
	for _, note := range theirs {
		for _, v := range mine {
			if originOf(v.note) == originOf([]byte(note)) {
				err = errors.Join(err, l.sameJournal(ctx, v, []byte(note)))
			}
		}
	}
	return err
}

// cosignedMore has a peer show that it cosigned more of this journal than there
// is: only what this node itself has signed is believed.
func (l *Link) cosignedMore(ctx context.Context, p *pinned, cp journal.Signed) error {
	status, body, err := p.lines[slotJournal].ask(ctx, pathViews, []byte(blinded(originOf(cp.Note))))
	if err != nil {
		return err
	}
	var notes []string
	if status != http.StatusOK || json.Unmarshal(body, &notes) != nil || len(notes) != 1 {
		return &trouble{code: "views", detail: strconv.Itoa(status)}
	}
	held, err := wire.VerifyCheckpoint([]byte(notes[0]), l.journalKey)
	if err != nil || held.Size <= cp.Size {
		return &trouble{code: "views", cause: err}
	}
	l.alarm(ctx, Alarm{Peer: p.ID, Code: AlarmRolledBack, About: strconv.FormatInt(held.Size, 10),
		Evidence: wire.NewHistories([]byte(notes[0]), cp.Note, nil)})
	return &trouble{code: AlarmRolledBack}
}

// viewsBeside are this node's views of all journals but one peer's own.
func (l *Link) viewsBeside(ctx context.Context, peer string) ([]view, error) {
	all, err := l.allViews(ctx)
	return slices.DeleteFunc(all, func(v view) bool { return v.peer == peer }), err
}

func (l *Link) allViews(ctx context.Context) (out []view, err error) {
	err = l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		out, err = views(tx)
		return err
	})
	return out, err
}

// giveViews answers with the checkpoints of the journals named that this node
// cosigned; of a journal that the asking peer does not name it tells nothing.
func (l *Link) giveViews(ctx context.Context, _ *pinned, body []byte) (answer, error) {
	named := strings.Split(string(body), "\n")
	if len(named) > maxViews {
		return answer{http.StatusBadRequest, nil}, nil
	}
	mine, err := l.allViews(ctx)
	if err != nil {
		return answer{}, err
	}
	notes := []string{}
	for _, v := range mine {
		if slices.Contains(named, blinded(originOf(v.note))) {
			notes = append(notes, string(v.note))
		}
	}
	b, err := json.Marshal(notes)
	return answer{http.StatusOK, b}, err
}

// sameJournal holds what another peer was shown of a journal against what this
// node was shown. Two roots of one size speak for themselves; two sizes have to
// be joined by a proof from the journal's own node, which it always can give.
func (l *Link) sameJournal(ctx context.Context, mine view, note []byte) error {
	p := l.peer(mine.peer)
	if p == nil {
		return nil
	}
	held, err := wire.VerifyCheckpoint(mine.note, p.desc.Journal)
	if err != nil {
		return fmt.Errorf("own view: %w", err)
	}
	shown, err := wire.VerifyCheckpoint(note, p.desc.Journal)
	if err != nil {
		return &trouble{code: "views", cause: err} // not that node's: no evidence against it
	}
	h := wire.NewHistories(mine.note, note, nil)
	if held.Size != shown.Size {
		if h.Path, err = l.askJoin(ctx, p, held.Size, shown.Size); err != nil {
			return err
		}
	}
	if _, _, err = h.Verify(p.desc.Journal); err != nil {
		l.alarm(ctx, Alarm{Peer: p.ID, Code: AlarmSplitView, About: digestOf(note), Evidence: h})
	}
	return nil
}

// askJoin asks a journal's node to prove that two sizes are one history. That it
// cannot is an answer, too: an empty path.
func (l *Link) askJoin(ctx context.Context, p *pinned, a, b int64) ([]wire.Digest, error) {
	status, body, err := p.lines[slotJournal].ask(ctx, pathJoin, fmt.Appendf(nil, "%d %d", min(a, b), max(a, b)))
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		if status == http.StatusConflict {
			return nil, nil
		}
		return nil, &trouble{code: "status", detail: strconv.Itoa(status)}
	}
	var path []wire.Digest
	for line := range strings.Lines(string(body)) {
		b, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(line, "\n"))
		if err != nil || len(b) != len(wire.Digest{}) || len(path) > 128 {
			return nil, nil // not a proof
		}
		path = append(path, wire.Digest(b))
	}
	return path, nil
}

// giveJoin proves that two sizes of this journal are one history; 409 if the
// journal does not give them.
func (l *Link) giveJoin(ctx context.Context, _ *pinned, body []byte) (answer, error) {
	var old, size int64
	if n, err := fmt.Sscanf(string(body), "%d %d", &old, &size); err != nil || n != 2 || old < 0 || size < old {
		return answer{http.StatusBadRequest, nil}, nil //nolint:nilerr // the peer is told by status
	}
	var path []wire.Digest
	var short bool
	err := l.DB.Read(ctx, func(tx *store.Tx) error {
		now, err := journal.Size(tx)
		if err != nil {
			return err
		}
		if short = size > now; short {
			return nil
		}
		path, err = journal.Joins(tx, size, old)
		return err
	})
	if short || errors.Is(err, journal.ErrRewritten) || errors.Is(err, journal.ErrDamaged) {
		return answer{http.StatusConflict, nil}, nil
	}
	var b []byte
	for _, h := range path {
		b = append(base64.StdEncoding.AppendEncode(b, h[:]), '\n')
	}
	return answer{http.StatusOK, b}, err
}

// shrunk raises the alarm for a peer that signs for a journal smaller than the
// one this node had cosigned before it asked.
func (l *Link) shrunk(ctx context.Context, p *pinned, before wire.Checkpoint, signed string, heads wire.Heads) {
	if heads.Size >= before.Size {
		return
	}
	var held []byte
	err := l.DB.Read(ctx, func(tx *store.Tx) error {
		all, err := views(tx)
		for _, v := range all {
			if v.peer == p.ID {
				held = v.note
			}
		}
		return err
	})
	if err != nil {
		l.Log.Error("evidence of a smaller journal", "peer", p.ID, "error", err)
	}
	h := wire.NewHistories(held, nil, nil)
	h.Heads = signed
	l.alarm(ctx, Alarm{Peer: p.ID, Code: AlarmRolledBack, About: strconv.FormatInt(heads.Size, 10), Evidence: h})
}

// witnessedOf is what this node has cosigned of a peer's journal by now.
func (l *Link) witnessedOf(ctx context.Context, peer string) (c wire.Checkpoint, err error) {
	err = l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		c, _, err = journal.Witnessed(tx, peer)
		return err
	})
	return c, err
}
