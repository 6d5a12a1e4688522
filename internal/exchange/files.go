package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// The bytes of files do not travel in frames. A message names a file by the
// digest of the list of its sealed chunks; the node that was told of it comes
// for the list and for each chunk that it lacks, by the line that it has anyway,
// holds each against its digest and keeps it. What is there after any stop is
// not asked for again, and memory stays flat whatever the size.

// pathChunk is where a peer comes for a piece of a file that was named to it:
// the file's id and the place of the chunk from 0, or wantManifest, with a space
// between.
const pathChunk = "/exchange/v1/chunk"

// wantManifest asks for the list of the chunks.
const wantManifest = "manifest"

// slotChunks is the slot of the line on which pieces of files are fetched.
const slotChunks = "chunks"

// together is how many pieces are under way at once where this node dials: while
// one is on the line the other is checked and written. Never are two on the line,
// so that a node that is killed costs the piece that it was giving, or the one
// that was being written and what had come of the next.
const together = 2

// Carried is a file whose bytes cross the link.
type Carried struct {
	ID       string
	Size     int64
	Manifest wire.Digest
}

// Files is what the link needs of the room that keeps files.
type Files interface {
	// Given finds a file that this node has named to a peer, and still holds.
	Given(tx *store.Tx, peer, file string) (c Carried, ok bool, err error)
	// Awaited lists the files that a peer has named and that have not arrived,
	// the oldest first.
	Awaited(tx *store.Tx, peer string) ([]Carried, error)
	// Arrived gives the facts by which a file is here whole, and their purpose.
	Arrived(tx *store.Tx, d *journal.Draw, peer, file string) (facts []journal.Fact, purpose string, err error)
	// Kept finds the first file, by id, from an id on of which every chunk has
	// been here and can still be opened; false if there is none.
	Kept(tx *store.Tx, from string) (f Kept, ok bool, err error)
}

// Fetch tells the link that a peer may have named a file. It never blocks.
func (l *Link) Fetch() {
	for _, p := range l.active() {
		signal(p.named)
	}
}

// fetch keeps coming for what a peer has named until ctx ends.
func (l *Link) fetchFiles(ctx context.Context, p *pinned) {
	for tries := 0; ctx.Err() == nil; {
		err := l.fetchAll(ctx, p)
		rest := idlePoll
		if err != nil && ctx.Err() == nil {
			tries++
			rest = jitter(l.RetryMin, l.RetryMax, tries) + l.RetryMin/4
			l.failed(ctx, p.ID, wire.LaneFile, err)
		} else {
			tries = 0
		}
		t := time.NewTimer(rest)
		select {
		case <-ctx.Done():
		case <-t.C:
		case <-p.named:
		}
		t.Stop()
	}
}

// fetchAll fetches every file that a peer has named. One that cannot be had
// now, because the peer lost a piece of it, does not keep the others.
func (l *Link) fetchAll(ctx context.Context, p *pinned) error {
	var files []Carried
	err := l.DB.Read(ctx, func(tx *store.Tx) (err error) { files, err = l.Files.Awaited(tx, p.ID); return err })
	for _, f := range files {
		ferr := l.fetchFile(ctx, p, f)
		err = errors.Join(err, ferr)
		if t, ok := errors.AsType[*trouble](ferr); ok && (t.code == troubleUnreachable || t.code == troubleCut) {
			break
		}
	}
	return err
}

// fetchFile fetches what is missing of one file, and records that it is here.
func (l *Link) fetchFile(ctx context.Context, p *pinned, f Carried) error {
	manifest, err := l.fetchManifest(ctx, p, f)
	if err != nil {
		return err
	}
	// The first that cannot be had ends the asking, not what is under way: a
	// piece that is on the line, or being refused, is seen through.
	goesOn, end := context.WithCancelCause(ctx)
	defer end(nil)
	missing, line := make(chan int64), make(chan struct{}, 1)
	var wg sync.WaitGroup
	workers := together
	if p.URL == "" {
		workers = 1 // the peer brings one answer at a time
	}
	for range workers {
		wg.Go(func() {
			for i := range missing {
				if err := l.fetchChunk(ctx, p, f, manifest, i, line); err != nil {
					end(err)
				}
			}
		})
	}
	for i, d := range manifest {
		if goesOn.Err() != nil {
			break
		}
		if !l.Chunks.Has(f.ID, d, wire.ChunkLen(f.Size, int64(i))) {
			missing <- int64(i)
		}
	}
	close(missing)
	wg.Wait()
	if goesOn.Err() != nil {
		return context.Cause(goesOn)
	}
	if err := l.Chunks.Settle(f.ID); err != nil {
		return err
	}
	failpoint.Hit(failpoint.FilesWhole)
	seed := journal.NewSeed(l.Now())
	return l.DB.Write(ctx, func(tx *store.Tx) error {
		d := seed.Draw(l.Ring)
		facts, purpose, err := l.Files.Arrived(tx, d, p.ID, f.ID)
		if err != nil || len(facts) == 0 {
			return err // forgotten, or withdrawn, meanwhile
		}
		return l.House.Enter(tx, d, purpose, facts)
	})
}

// fetchManifest gives the list of a file's chunks, from here or from the peer.
func (l *Link) fetchManifest(ctx context.Context, p *pinned, f Carried) (wire.FileManifest, error) {
	b, err := l.Chunks.Get(f.ID, f.Manifest, wire.ManifestLen(f.Size), nil)
	if errors.Is(err, chunk.ErrAbsent) || errors.Is(err, chunk.ErrDamaged) {
		b, err = l.fetchPiece(ctx, p, f, wantManifest, f.Manifest, wire.ManifestLen(f.Size))
	}
	if err != nil {
		return nil, err
	}
	return wire.ReadFileManifest(b, f.Size, f.Manifest)
}

// fetchChunk fetches one chunk and keeps it; line is taken while it is asked for.
func (l *Link) fetchChunk(ctx context.Context, p *pinned, f Carried, m wire.FileManifest, i int64, line chan struct{}) error {
	which := strconv.FormatInt(i, 10)
	line <- struct{}{}
	err := l.yield(ctx, p)
	var b []byte
	if err == nil {
		b, err = l.askPiece(ctx, p, f, which)
	}
	<-line
	if err != nil {
		return err
	}
	err = l.keepPiece(ctx, p, f, which, m[i], wire.ChunkLen(f.Size, i), b)
	giveLarge(b) // it is on the disk now
	return err
}

// fetchPiece asks for one piece and keeps it.
func (l *Link) fetchPiece(ctx context.Context, p *pinned, f Carried, which string, digest wire.Digest, length int64) ([]byte, error) {
	b, err := l.askPiece(ctx, p, f, which)
	if err != nil {
		return nil, err
	}
	return b, l.keepPiece(ctx, p, f, which, digest, length, b)
}

func (l *Link) askPiece(ctx context.Context, p *pinned, f Carried, which string) ([]byte, error) {
	status, body, err := p.lines[slotChunks].ask(ctx, pathChunk, []byte(f.ID+" "+which))
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, refusedBy(status, body)
	}
	return body, nil
}

// keepPiece keeps a piece that is the digest's: bytes of another file or place,
// cut short or altered are refused and kept apart.
func (l *Link) keepPiece(ctx context.Context, p *pinned, f Carried, which string, digest wire.Digest, length int64, body []byte) error {
	failpoint.Hit(failpoint.FilesPieceHere)
	err := chunk.ErrDamaged
	if int64(len(body)) == length {
		err = l.Chunks.Put(f.ID, digest, body)
		failpoint.Hit(failpoint.FilesPieceKept)
	}
	if errors.Is(err, chunk.ErrDamaged) {
		return errors.Join(&trouble{code: AlarmAltered, cause: err}, l.refusePiece(ctx, p, f.ID+"/"+which, body))
	}
	return err
}

// apart is how much of a refused piece is kept, in bytes: enough to see what it
// was, too little to fill a disk.
const apart = 4096

func (l *Link) refusePiece(ctx context.Context, p *pinned, id string, body []byte) error {
	err := l.DB.Write(ctx, func(tx *store.Tx) error {
		return quarantine(tx, Quarantined{Peer: p.ID, What: "chunk", ID: id, Lane: wire.LaneFile, Code: wire.CodeAltered, At: l.Now(), Bytes: body[:min(len(body), apart)]})
	})
	l.alarm(ctx, Alarm{Peer: p.ID, Lane: wire.LaneFile, Code: AlarmAltered, About: id})
	return err
}

// yieldPatience is how long pieces of files wait for messages of the other
// lanes that do not get through: a lane that stands still holds up no file.
const (
	yieldPatience = 5 * time.Second
	yieldLook     = 2 * time.Millisecond
)

// yield waits while an alert or case message waits for the peer.
func (l *Link) yield(ctx context.Context, p *pinned) error {
	until := time.Now().Add(yieldPatience)
	for {
		waiting, err := l.urgent(ctx, p.ID)
		if err != nil || !waiting || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(yieldLook):
		}
	}
}

// giveChunk serves a piece of a file that this node has named to the peer; of
// anything else it knows nothing.
func (l *Link) giveChunk(ctx context.Context, p *pinned, body []byte) (answer, error) {
	id, which, _ := strings.Cut(string(body), " ")
	var f Carried
	given := false
	if l.Files == nil {
		return answer{status: http.StatusNotFound}, nil
	}
	err := l.DB.Read(ctx, func(tx *store.Tx) (err error) { f, given, err = l.Files.Given(tx, p.ID, id); return err })
	if err != nil || !given {
		return answer{status: http.StatusNotFound}, err
	}
	if err := l.yield(ctx, p); err != nil {
		return answer{}, err
	}
	b, err := l.piece(f, which)
	if errors.Is(err, chunk.ErrAbsent) || errors.Is(err, chunk.ErrDamaged) {
		l.alarm(ctx, Alarm{Peer: p.ID, Lane: wire.LaneFile, Code: AlarmDamaged, About: f.ID + "/" + which})
		return answer{status: http.StatusNotFound}, nil
	}
	failpoint.Hit(failpoint.FilesPieceGiven)
	return answer{http.StatusOK, b}, err
}

// servedList is the list of the chunks of the file that was served last: read
// once for all of its pieces, since that of a large file is large itself.
type servedList struct {
	file   string
	digest wire.Digest
	list   wire.FileManifest
}

func (l *Link) listOf(f Carried) (wire.FileManifest, error) {
	if s := l.served.Load(); s != nil && s.file == f.ID && s.digest == f.Manifest {
		return s.list, nil
	}
	b, err := l.Chunks.Get(f.ID, f.Manifest, wire.ManifestLen(f.Size), nil)
	if err != nil {
		return nil, err
	}
	m, err := wire.ReadFileManifest(b, f.Size, f.Manifest)
	if err == nil {
		l.served.Store(&servedList{f.ID, f.Manifest, m})
	}
	return m, err
}

// piece reads one piece; a place that the file does not have is not there.
func (l *Link) piece(f Carried, which string) ([]byte, error) {
	if which == wantManifest {
		return l.Chunks.Get(f.ID, f.Manifest, wire.ManifestLen(f.Size), nil)
	}
	m, err := l.listOf(f)
	if err != nil {
		return nil, err
	}
	i, err := strconv.ParseInt(which, 10, 64)
	if err != nil || i < 0 || i >= int64(len(m)) {
		return nil, fmt.Errorf("%w: place %q", chunk.ErrAbsent, which)
	}
	buf := *large.Get().(*[]byte)
	b, err := l.Chunks.Get(f.ID, m[i], wire.ChunkLen(f.Size, i), buf)
	if err != nil {
		giveLarge(buf)
	}
	return b, err
}
