package exchange

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/oasiss/oasiss/wire"
)

// line carries a request to a peer and brings its answer: over a connection
// that this node dials, or over one that only the peer can dial. What is said
// is the same bytes either way.
type line interface {
	// ask gives status and body of the peer's answer, or a *trouble.
	ask(ctx context.Context, path string, body []byte) (status int, answer []byte, err error)
	// renew has the next request make a connection of its own.
	renew()
	close()
}

// line makes a line to a peer for one slot: a lane, or slotJournal. Each slot
// has its own, so that a full connection of one never holds up another.
func (l *Link) line(p *pinned) line {
	if p.URL == "" {
		return newAwaited()
	}
	return dialled{client: dialler(func() *tls.Certificate { return l.certificate(p) }, p.desc, l.Probe), url: p.URL}
}

// slotJournal is the slot of questions beside the lanes: cosignatures,
// descriptors, proofs.
const slotJournal = "journal"

// slots are all of them.
var slots = append(append([]string{}, wire.Lanes...), slotJournal, slotChunks)

// dialled is a line that this node dials.
type dialled struct {
	client *http.Client
	url    string
}

func (d dialled) renew() { d.client.CloseIdleConnections() }
func (d dialled) close() { d.renew() }

func (d dialled) ask(ctx context.Context, path string, body []byte) (status int, answer []byte, err error) {
	res, err := d.post(ctx, path, body, nil)
	if err != nil {
		return 0, nil, err
	}
	if res.StatusCode == http.StatusForbidden {
		d.renew() // it may know other keys now
	}
	return res.StatusCode, res.body, nil
}

// said is an answer with its bounded body.
type said struct {
	*http.Response
	body []byte
}

func (d dialled) post(ctx context.Context, path string, body []byte, header http.Header) (said, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url+path, bytes.NewReader(body))
	if err != nil {
		return said{}, err
	}
	for k, v := range header {
		req.Header[k] = v
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	res, err := d.client.Do(req)
	if err != nil {
		if errors.Is(err, errPin) {
			return said{}, &trouble{code: "pin", cause: errPin}
		}
		return said{}, &trouble{code: troubleUnreachable, cause: err}
	}
	defer res.Body.Close()
	b, err := readAll(res)
	if err != nil {
		return said{}, &trouble{code: troubleCut, cause: err}
	}
	return said{res, b}, nil
}

// large are buffers for answers of the size of a chunk: their reader gives them
// back (fetchChunk), so that a transfer needs the same few however long it is.
var large = sync.Pool{New: func() any { b := make([]byte, maxAsked); return &b }}

// readAll reads an answer, at once where its length was told.
func readAll(res *http.Response) ([]byte, error) {
	if n := res.ContentLength; n > 0 && n <= maxAsked {
		var b []byte
		if n > maxAsked/2 {
			b = (*large.Get().(*[]byte))[:n]
		} else {
			b = make([]byte, n)
		}
		_, err := io.ReadFull(res.Body, b)
		return b, err
	}
	return io.ReadAll(io.LimitReader(res.Body, maxAsked))
}

// maxAsked bounds what is read of a peer, in bytes: a frame is the largest.
const maxAsked = wire.MaxFrame

// errNotTaken means that the peer never came for a request.
var errNotTaken = errors.New("exchange: the peer did not come for it")

// neverLeft reports whether a request failed before anything of it was sent.
func neverLeft(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial" || errors.Is(err, errNotTaken)
}
