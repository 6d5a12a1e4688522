package exchange

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// The sealed chunks of files are looked through as the journal is: a disk that
// forgets bits is noticed before somebody needs them. A chunk of a file that a
// peer named is fetched from it again by its digest; one of this node's own file
// stands in its backup alone, and that is an alarm.

// Kept is a file of which every chunk has been here.
type Kept struct {
	Carried
	Peer string // that named it; empty for one of this node's own
}

// chunksLook is how many chunks one look reads: at most 32 MiB every half
// minute.
const chunksLook = 8

// fileLook is how far the files were looked through.
type fileLook struct {
	file Kept
	list wire.FileManifest
	next int // chunk
	box  []byte
}

// Missed tells the link that a chunk of a file could not be read here: it is
// looked at now, not in its turn. It never blocks.
func (l *Link) Missed(file string) {
	select {
	case l.missed <- file:
	default: // so many wait that its turn will come
	}
}

// lookAtFiles reads the next chunks in the order of files, and mends what is
// damaged.
func (l *Link) lookAtFiles(ctx context.Context) error {
	if l.Files == nil {
		return nil
	}
	at := &l.filesLooked
	for range chunksLook {
		if at.next >= len(at.list) {
			f, ok, err := l.kept(ctx, at.file.ID+"\x00")
			if err != nil {
				return err
			}
			at.file, at.list, at.next = f, nil, 0
			if !ok {
				return nil // the next look begins with the first file
			}
			if at.list, err = l.keptList(ctx, f); err != nil {
				return err
			}
			if len(at.list) == 0 { // it cannot be had now: the alarm stands, and the next file is looked at
				continue
			}
		}
		if err := l.keepChunk(ctx, at.file, at.list, at.next, &at.box); err != nil {
			return err
		}
		at.next++
	}
	return nil
}

// mendFile looks at every chunk of one file that is not there.
func (l *Link) mendFile(ctx context.Context, id string) error {
	if l.Files == nil {
		return nil
	}
	f, ok, err := l.kept(ctx, id)
	if err != nil || !ok || f.ID != id {
		return err
	}
	list, err := l.keptList(ctx, f)
	if err != nil {
		return err
	}
	var box []byte
	for i, d := range list {
		if l.Chunks.Has(f.ID, d, wire.ChunkLen(f.Size, int64(i))) {
			continue
		}
		if err := l.keepChunk(ctx, f, list, i, &box); err != nil {
			return err
		}
	}
	return nil
}

// kept finds the first file from an id on.
func (l *Link) kept(ctx context.Context, from string) (f Kept, ok bool, err error) {
	err = l.DB.Read(ctx, func(tx *store.Tx) (err error) { f, ok, err = l.Files.Kept(tx, from); return err })
	return f, ok, err
}

// keptList reads the list of a kept file's chunks; one that is damaged is
// fetched again as a chunk is. It is empty if the list cannot be had now.
func (l *Link) keptList(ctx context.Context, f Kept) (wire.FileManifest, error) {
	b, err := l.Chunks.Get(f.ID, f.Manifest, wire.ManifestLen(f.Size), nil)
	if err != nil {
		if b, err = l.again(ctx, f, wantManifest, f.Manifest, wire.ManifestLen(f.Size), err); err != nil || b == nil {
			return nil, err
		}
	}
	return wire.ReadFileManifest(b, f.Size, f.Manifest)
}

// keepChunk reads a chunk, and mends it if it is not what it was.
func (l *Link) keepChunk(ctx context.Context, f Kept, list wire.FileManifest, i int, box *[]byte) error {
	n := wire.ChunkLen(f.Size, int64(i))
	b, err := l.Chunks.Get(f.ID, list[i], n, *box)
	if err == nil {
		*box = b[:0]
		return nil
	}
	b, err = l.again(ctx, f, strconv.Itoa(i), list[i], n, err)
	giveLarge(b)
	return err
}

// again fetches a piece from the peer that named its file. Nothing and no error
// if it cannot be had: that is an alarm, and the next look tries anew.
func (l *Link) again(ctx context.Context, f Kept, which string, digest wire.Digest, length int64, was error) ([]byte, error) {
	if !errors.Is(was, chunk.ErrAbsent) && !errors.Is(was, chunk.ErrDamaged) {
		return nil, was
	}
	about := f.ID + "/" + which
	p := l.peer(f.Peer)
	if f.Peer == "" || p == nil || !p.held.Load() {
		l.alarmAll(ctx, AlarmDamaged, about)
		return nil, nil
	}
	b, err := l.fetchPiece(ctx, p, f.Carried, which, digest, length)
	if err != nil {
		l.alarm(ctx, Alarm{Peer: p.ID, Lane: wire.LaneFile, Code: AlarmDamaged, About: about})
		return nil, fmt.Errorf("fetch a piece of a file again: %w", err)
	}
	l.alarm(ctx, Alarm{Peer: p.ID, Lane: wire.LaneFile, Code: AlarmMended, About: about})
	return b, l.Chunks.Settle(f.ID)
}

// giveLarge gives back the buffer of an answer that nobody reads any more; what is
// none of them, which their size tells, is left alone.
func giveLarge(b []byte) {
	if cap(b) == maxAsked {
		b = b[:maxAsked]
		large.Put(&b)
	}
}
