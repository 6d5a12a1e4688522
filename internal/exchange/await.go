package exchange

import (
	"context"
	"crypto/tls"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/wire"
)

// Where only the peer can dial, it comes for what this node has to say: it
// waits at pathWait, takes a request as the answer, and brings its own answer
// with the next one. Frames, receipts and proofs are the same as ever.

// pathWait is where a peer that cannot be dialled comes for requests; the slot
// follows. A request names itself by headerAsked and its path by headerPath;
// what the peer answers names it by headerAnswers, with headerStatus.
const (
	pathWait      = "/exchange/v1/wait/"
	headerAsked   = "Oasiss-Asked"
	headerPath    = "Oasiss-Path"
	headerAnswers = "Oasiss-Answers"
	headerStatus  = "Oasiss-Status"
)

// waitFor is how long a peer is kept waiting before it is told that there is
// nothing; under what proxies and requestTimeout allow.
const waitFor = 25 * time.Second

// question is a request that waits for the peer to come.
type question struct {
	id   string
	path string
	body []byte
	back chan reply // one place
}

type reply struct {
	status int
	body   []byte
	err    error
}

// awaited is a line over connections that the peer dials.
type awaited struct {
	next chan *question // handed over, never queued: what nobody came for has not left
	over chan struct{}  // closed when the line is
	end  sync.Once

	mu   sync.Mutex
	last int64
	out  *question // taken by the peer, not answered yet
	turn func()    // ends the wait of who came last
}

func newAwaited() *awaited { return &awaited{next: make(chan *question), over: make(chan struct{})} }

func (a *awaited) renew() {}

// close sends away the peer that waits: it comes again, to the line that is now.
func (a *awaited) close() { a.end.Do(func() { close(a.over) }) }

func (a *awaited) ask(ctx context.Context, path string, body []byte) (status int, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	a.mu.Lock()
	a.last++
	q := &question{id: strconv.FormatInt(a.last, 10), path: path, body: body, back: make(chan reply, 1)}
	a.mu.Unlock()
	select {
	case a.next <- q:
	case <-ctx.Done():
		return 0, nil, &trouble{code: troubleUnreachable, cause: errNotTaken}
	}
	select {
	case r := <-q.back:
		failpoint.Hit(failpoint.AwaitBrought)
		return r.status, r.body, r.err
	case <-ctx.Done():
		return 0, nil, &trouble{code: troubleCut, cause: ctx.Err()}
	}
}

// come is the peer at the door: it brings an answer, or comes anew and so tells
// that what it had taken was lost on the way. It is given what is asked next.
// Whoever waited here before is sent away: the peer would not have come again
// on a connection that still lived, and what is given to a dead one waits for
// nobody.
func (a *awaited) come(ctx context.Context, answers string, r reply) *question {
	a.mu.Lock()
	if q := a.out; q != nil {
		if q.id != answers {
			r = reply{err: &trouble{code: troubleCut, detail: "the peer came without an answer"}}
		}
		a.out = nil
		q.back <- r
	}
	if a.turn != nil {
		a.turn()
	}
	ctx, cancel := context.WithTimeout(ctx, waitFor)
	defer cancel()
	a.turn = cancel
	a.mu.Unlock()
	select {
	case q := <-a.next:
		a.mu.Lock()
		defer a.mu.Unlock()
		if ctx.Err() != nil { // the later one is asked when it is tried again
			q.back <- reply{err: &trouble{code: troubleUnreachable, cause: errNotTaken}}
			return nil
		}
		a.out = q
		return q
	case <-a.over:
		return nil
	case <-ctx.Done():
		return nil
	}
}

// giveTurn serves pathWait.
func (l *Link) giveTurn(w http.ResponseWriter, r *http.Request, p *pinned, body []byte) {
	a, ok := p.lines[r.PathValue("slot")].(*awaited)
	if !ok {
		http.Error(w, "", http.StatusNotFound)
		return
	}
	if !p.held.Load() { // another process of this node has the say: come to it
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	status, err := strconv.Atoi(r.Header.Get(headerStatus))
	if err != nil {
		status = http.StatusInternalServerError
	}
	q := a.come(r.Context(), r.Header.Get(headerAnswers), reply{status: status, body: body})
	if q == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set(headerAsked, q.id)
	w.Header().Set(headerPath, q.path)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(q.body) //nolint:errcheck // a peer that did not get it comes without an answer
	failpoint.Hit(failpoint.AwaitGiven)
}

// attend comes to a peer for what it has to say in one slot, again and again,
// because the peer cannot dial this node.
func (l *Link) attend(ctx context.Context, p *pinned, slot string) {
	d := dialled{client: dialler(func() *tls.Certificate { return l.certificate(p) }, p.desc, l.Probe), url: p.URL}
	defer d.close()
	var brings http.Header
	var body []byte
	for tries := 0; ctx.Err() == nil; {
		res, err := d.post(ctx, pathWait+slot, body, brings)
		brings, body = nil, nil
		switch {
		case err == nil && res.StatusCode == http.StatusOK:
			tries = 0
			brings, body = l.obey(ctx, p, res)
		case err == nil && res.StatusCode == http.StatusNoContent:
			tries = 0
		default:
			tries++
			d.close() // another process of the peer may answer the next connection
			rest := time.NewTimer(jitter(l.RetryMin, l.RetryMax, tries))
			select {
			case <-ctx.Done():
			case <-rest.C:
			}
			rest.Stop()
		}
	}
}

// obey serves a request that was come for as one that came by itself.
func (l *Link) obey(ctx context.Context, p *pinned, res said) (http.Header, []byte) {
	failpoint.Hit(failpoint.AttendTaken)
	path := res.Header.Get(headerPath)
	serve := l.serves()[path]
	if p.restoring.Load() && !openWhileRestoring(path) {
		return http.Header{headerAnswers: {res.Header.Get(headerAsked)}, headerStatus: {strconv.Itoa(http.StatusServiceUnavailable)}}, nil
	}
	a := answer{status: http.StatusNotFound}
	if serve != nil {
		var err error
		if a, err = serve(ctx, p, res.body); err != nil {
			l.Log.Error("peer could not be served", "peer", p.ID, "path", res.Header.Get(headerPath), "error", err)
			a = answer{status: http.StatusInternalServerError}
		}
	}
	failpoint.Hit(failpoint.AttendObeyed)
	p.heard()
	return http.Header{headerAnswers: {res.Header.Get(headerAsked)}, headerStatus: {strconv.Itoa(a.status)}}, a.body
}

// cannotBeDialled says that this node's descriptor names no address.
func (l *Link) cannotBeDialled() bool {
	if l.Descriptor == nil {
		return false
	}
	d, err := wire.ReadDescriptor(l.Descriptor())
	return err == nil && d.URL == ""
}
