package exchange

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Handler serves the link listener. Every request comes from an approved peer,
// known by the key of its certificate; anyone else gets 403 and nothing more.
func (l *Link) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, serve := range l.serves() {
		mux.HandleFunc("POST "+path, l.fromPeer(func(w http.ResponseWriter, r *http.Request, p *pinned, body []byte) {
			a, err := serve(r.Context(), p, body)
			if err != nil {
				l.Log.Error("peer could not be served", "peer", p.ID, "path", path, "error", err)
				http.Error(w, "", http.StatusInternalServerError)
				return
			}
			p.heard()
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
			w.WriteHeader(a.status)
			if _, err := w.Write(a.body); err == nil { // a receipt that does not arrive is asked for again
				giveLarge(a.body)
			}
			failpoint.Hit(failpoint.ReceiveReplied)
		}))
	}
	mux.HandleFunc("POST "+pathWait+"{slot}", l.fromPeer(l.giveTurn))
	return mux
}

// serves is what a peer may ask, by path, whichever of the two dialled.
func (l *Link) serves() map[string]func(context.Context, *pinned, []byte) (answer, error) {
	return map[string]func(context.Context, *pinned, []byte) (answer, error){
		pathFrame: l.takeFrame, pathHead: l.giveHeads, pathCheckpoint: l.cosign, pathDescriptor: l.giveDescriptor, pathProof: l.giveProof,
		pathViews: l.giveViews, pathJoin: l.giveJoin, pathMessage: l.giveMessage,
		pathSuccession: l.takeSuccession, pathReturn: l.giveBack, pathContinued: l.takeContinued,
		pathChunk: l.giveChunk,
	}
}

// answer is what a handler gives back; body is signed wherever it matters.
type answer struct {
	status int
	body   []byte
}

func (l *Link) fromPeer(serve func(w http.ResponseWriter, r *http.Request, p *pinned, body []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := l.pinOf(r.TLS)
		switch {
		case p == nil:
			http.Error(w, "", http.StatusForbidden)
			return
		case p.restoring.Load() && !openWhileRestoring(r.URL.Path) && !strings.HasPrefix(r.URL.Path, pathWait):
			w.WriteHeader(http.StatusServiceUnavailable) // what this node would sign for is not all that it had
			return
		case !p.Revoked.IsZero():
			w.WriteHeader(http.StatusForbidden)
			w.Write([]byte(wire.CodeRevokedKey)) //nolint:errcheck // whoever it is hears it the next time
			return
		case spki(r.TLS.PeerCertificates[0]) != p.desc.TLSKey && r.URL.Path != pathSuccession:
			w.WriteHeader(http.StatusForbidden)     // a former key shows new ones, and nothing else
			w.Write([]byte(wire.CodeSupersededKey)) //nolint:errcheck // as above
			return
		}
		l.askedAs(p, r.TLS.ServerName)
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MaxFrame))
		if err != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		serve(w, r, p, body)
	}
}

// takeFrame is the receiver's side of one exchange. Frames of one lane are
// taken one after another; the answer leaves after the commit.
func (l *Link) takeFrame(ctx context.Context, p *pinned, body []byte) (answer, error) {
	failpoint.Hit(failpoint.ReceiveRead)
	if a, unknown := l.unknownHere(p); unknown {
		return a, nil
	}
	now := l.Now()
	f, err := wire.ReadFrame(body, p.keys.Present())
	if err != nil {
		// Nothing signed to answer to: kept, and an alarm if a known key did not verify.
		return l.unreadable(ctx, p, body, err)
	}
	lock := l.laneLock(p.ID, f.Header.Lane)
	lock.Lock()
	defer lock.Unlock()
	if f.Header.From != p.ID {
		return l.refuseFrame(ctx, p, f, body, &wire.Error{Code: wire.CodeMisaddressed, What: "frame of another node"})
	}
	if err := f.Open(l.Node, l.own().Seal); err != nil {
		if receipt, ok, err := l.givenBefore(ctx, f.Digest()); ok || err != nil {
			return answer{http.StatusOK, []byte(receipt)}, err
		}
		return l.refuseFrame(ctx, p, f, body, err)
	}
	failpoint.Hit(failpoint.ReceiveOpened)
	in := intake{link: l, peer: p.ID, under: p.Peer.Descriptor, keys: p.keys.Proofs(), frame: f, seed: journal.NewSeed(now), now: now, ahead: f.Header.Created.Sub(now)}
	in.read()
	write := l.DB.Write
	if f.Header.Lane == wire.LaneAlert {
		write = l.DB.Ahead
	}
	err = write(ctx, in.record)
	if errors.Is(err, errElsewhere) {
		if receipt, ok, err := l.givenBefore(ctx, f.Digest()); ok || err != nil {
			return answer{http.StatusOK, []byte(receipt)}, err
		}
		if err := l.begunThere(ctx, p, f); err != nil {
			return answer{}, err
		}
		heads, err := l.heads(ctx, p.ID)
		return answer{http.StatusConflict, []byte(heads)}, err
	}
	if changed, ok := errors.AsType[keysChanged](err); ok {
		signal(l.changed)
		return answer{http.StatusForbidden, []byte(changed.code)}, nil
	}
	if err != nil {
		l.failed(ctx, p.ID, f.Header.Lane, err) // shown on the link page of this node, too
		return answer{}, err
	}
	failpoint.Hit(failpoint.ReceiveCommitted)
	return answer{http.StatusOK, []byte(in.receipt)}, nil
}

func (l *Link) laneLock(peer, lane string) *sync.Mutex {
	m, _ := l.order.LoadOrStore(peer+"/"+lane, &sync.Mutex{})
	return m.(*sync.Mutex)
}

// givenBefore finds the receipt of a frame that was recorded already.
func (l *Link) givenBefore(ctx context.Context, frame wire.Digest) (receipt string, ok bool, err error) {
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		var seq int64
		err := tx.QueryRow(`SELECT fact FROM receipt_given WHERE frame = $1`, frame.String()).Scan(&seq)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("receipt given: %w", err)
		}
		g, err := loadGiven(tx, seq)
		receipt, ok = g.Receipt, err == nil
		return err
	})
	return receipt, ok, err
}

// takenKey is a receipt's among what a transaction knows: what went in one frame
// has one receipt, and a list asks it for each of its rows.
type takenKey int64

func loadTaken(tx *store.Tx, seq int64) (ReceiptTaken, error) {
	if t, known := tx.Known(takenKey(seq)); known {
		return t.(ReceiptTaken), nil
	}
	_, m, err := journal.LoadSeq(tx, seq)
	if err != nil {
		return ReceiptTaken{}, fmt.Errorf("receipt taken: %w", err)
	}
	t, err := decodeFact[ReceiptTaken](m)
	if err == nil {
		tx.Keep(takenKey(seq), t)
	}
	return t, err
}

func loadGiven(tx *store.Tx, seq int64) (ReceiptGiven, error) {
	_, m, err := journal.LoadSeq(tx, seq)
	if err != nil {
		return ReceiptGiven{}, fmt.Errorf("receipt given: %w", err)
	}
	return decodeFact[ReceiptGiven](m)
}

// unreadable keeps bytes that are no frame of the peer. There is no signed
// header to answer to, so the answer is the bare code.
func (l *Link) unreadable(ctx context.Context, p *pinned, body []byte, why error) (answer, error) {
	code := codeOf(why)
	if code == wire.CodeSupersededKey { // signed before it knew that its new keys are known here
		return answer{http.StatusBadRequest, []byte(code)}, nil
	}
	kept, err := l.quarantineFrame(ctx, p.ID, "", code, body)
	if err != nil {
		return answer{}, err
	}
	if kept && (code == wire.CodeSignature || code == wire.CodeAltered) {
		l.alarm(ctx, Alarm{Peer: p.ID, Code: AlarmAltered, About: digestOf(body)})
	}
	return answer{http.StatusBadRequest, []byte(code)}, nil
}

// refuseFrame refuses a whole frame by signed receipt; the lane stays where it is.
func (l *Link) refuseFrame(ctx context.Context, p *pinned, f *wire.Frame, body []byte, why error) (answer, error) {
	code := codeOf(why)
	h := f.Header
	kept, err := l.quarantineFrame(ctx, p.ID, h.Lane, code, body)
	if err != nil {
		return answer{}, err
	}
	if kept && (code == wire.CodeAltered || code == wire.CodeMisaddressed) {
		l.alarm(ctx, Alarm{Peer: p.ID, Lane: h.Lane, Code: AlarmAltered, About: f.Digest().String()})
	}
	var size int64
	if err := l.DB.Read(ctx, func(tx *store.Tx) (err error) { size, err = journal.Size(tx); return err }); err != nil {
		return answer{}, err
	}
	receipt, err := wire.SignReceipt(wire.Receipt{Type: wire.ReceiptRefused, From: l.Node, To: p.ID, Frame: f.Digest(), Lane: h.Lane,
		Epoch: h.Epoch, First: h.First, Last: h.Last, Code: code, Size: size, At: l.Now()}, l.own().Sign)
	if err != nil {
		return answer{}, fmt.Errorf("sign receipt: %w", err)
	}
	return answer{http.StatusUnprocessableEntity, []byte(receipt)}, nil
}

// giveHeads answers where the peer's lanes stand here.
func (l *Link) giveHeads(ctx context.Context, p *pinned, _ []byte) (answer, error) {
	if a, unknown := l.unknownHere(p); unknown {
		return a, nil
	}
	heads, err := l.heads(ctx, p.ID)
	return answer{http.StatusOK, []byte(heads)}, err
}

func (l *Link) heads(ctx context.Context, peer string) (string, error) {
	out := wire.Heads{From: l.Node, To: peer, At: l.Now()}
	err := l.DB.Read(ctx, func(tx *store.Tx) error {
		out.Head = nil
		for _, lane := range wire.Lanes {
			h, err := loadHead(tx, peer, lane, wayIn)
			if err != nil {
				return err
			}
			x := wire.Head{Lane: lane, Epoch: h.epoch, Next: h.next}
			if h.fact != 0 {
				g, err := loadGiven(tx, h.fact)
				if err != nil {
					return err
				}
				x.Header, x.Receipt = g.Header, g.Receipt
			}
			out.Head = append(out.Head, x)
		}
		var err error
		out.Size, err = journal.Size(tx)
		return err
	})
	if err != nil {
		return "", err
	}
	signed, err := wire.SignHeads(out, l.own().Sign)
	if err != nil {
		return "", fmt.Errorf("sign heads: %w", err)
	}
	failpoint.Hit(failpoint.ReceiveHeads)
	return signed, nil
}

// codeOf gives the code to refuse with; what has none is malformed.
func codeOf(err error) wire.Code {
	if c := wire.CodeOf(err); c != "" {
		return c
	}
	return wire.CodeMalformed
}

func digestOf(b []byte) string {
	d := sha256.Sum256(b)
	return hex.EncodeToString(d[:])
}

// quarantineMax bounds the unreadable frames kept, and told of, for a peer: a
// broken or hostile peer must not fill the disk. Messages have no bound, they are signed for.
const quarantineMax = 64

func (l *Link) quarantineFrame(ctx context.Context, peer, lane string, code wire.Code, body []byte) (bool, error) {
	var held int
	err := l.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM quarantine WHERE peer = $1 AND what = 'frame'`, peer).Scan(&held)
	})
	if err != nil || held >= quarantineMax {
		return false, err
	}
	now := l.Now()
	return true, l.DB.Write(ctx, func(tx *store.Tx) error {
		return quarantine(tx, Quarantined{Peer: peer, What: "frame", Lane: lane, Code: code, At: now, Bytes: body})
	})
}

// Quarantined is something refused, kept as it came.
type Quarantined struct {
	Digest string    `json:"digest"` // SHA-256 of the bytes
	Peer   string    `json:"peer"`
	What   string    `json:"what"` // message, void, frame
	ID     string    `json:"id"`   // of the message, where legible
	Lane   string    `json:"lane"`
	Code   wire.Code `json:"code"`
	At     time.Time `json:"at"`
	Size   int       `json:"size"` // bytes
	Bytes  []byte    `json:"-"`
}

func quarantine(tx *store.Tx, q Quarantined) error {
	return tx.Exec(`INSERT INTO quarantine (digest, peer, what, id, lane, code, at, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (peer, digest) DO NOTHING`, digestOf(q.Bytes), q.Peer, q.What, q.ID, q.Lane, string(q.Code), store.Micros(q.At), q.Bytes)
}
