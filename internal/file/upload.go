package file

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Store is the files of one node: their rows in its database, their chunks in
// its folder.
type Store struct {
	Acts   *act.Acts
	Chunks chunk.Folder
	// Missed, if set, is told of a file of which a chunk could not be read.
	Missed func(file string)

	busy sync.Map // ids of uploads that are being written to by this process
}

// pages are buffers of one sealed chunk: what a transfer needs of memory does
// not grow with the file.
var pages = sync.Pool{New: func() any { b := make([]byte, 0, wire.ChunkSize+wire.ChunkOverhead); return &b }}

// Upload gives an upload of an account, or access.not_found.
func (s *Store) Upload(ctx context.Context, by access.Actor, id string) (u Upload, err error) {
	err = s.Acts.DB.Read(ctx, func(tx *store.Tx) (err error) { u, err = loadUpload(tx, id, by.User); return err })
	return u, err
}

// Append takes the bytes of an upload that follow offset until src ends or the
// file is whole, sealing them as they come, and gives how many of them are
// durable: all that src gave, also where src failed or the caller left. After a
// kill at most the chunk that was being filled is lost, and Upload says where to
// go on. Refusals: access.not_found, file.offset, file.busy, file.too_large,
// store.full.
func (s *Store) Append(ctx context.Context, by access.Actor, id string, offset int64, src io.Reader) (n int64, err error) {
	if _, taken := s.busy.LoadOrStore(id, true); taken {
		return 0, refusal.Conflict("file.busy")
	}
	defer s.busy.Delete(id)
	ctx = context.WithoutCancel(ctx) // what has come is kept though nobody waits for the answer
	w, err := s.writer(ctx, by, id)
	if err != nil {
		return 0, err
	}
	if offset != w.u.Offset || w.u.Whole != nil {
		return 0, refusal.Conflict("file.offset")
	}
	defer w.release()
	for err == nil {
		var got int
		got, err = w.fill(src)
		n += int64(got)
		if got == 0 {
			break
		}
		if kerr := w.keep(ctx); kerr != nil {
			return n - int64(got), kerr
		}
	}
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	if w.u.Size == 0 || w.u.Offset < w.u.Size {
		return n, nil
	}
	return n, w.end(ctx)
}

// Declare says how long an upload will be of which that was not told when it
// began. Refusals: access.not_found, file.offset, file.too_large.
func (s *Store) Declare(ctx context.Context, by access.Actor, id string, size int64) error {
	return s.Acts.DB.Write(ctx, func(tx *store.Tx) error {
		u, err := loadUpload(tx, id, by.User)
		switch {
		case err != nil:
			return err
		case u.Size != 0 && u.Size != size, size < max(u.Offset, 1):
			return refusal.Conflict("file.offset")
		case size > wire.MaxFileSize:
			return refusal.New("file.too_large", "Max", int64(wire.MaxFileSize>>30))
		}
		u.Size = size
		return u.save(tx, s.Acts.Now())
	})
}

// End says that everything of an upload is here whose size was not told when
// it began. Refusals: access.not_found, file.empty, file.offset.
func (s *Store) End(ctx context.Context, by access.Actor, id string) error {
	w, err := s.writer(ctx, by, id)
	if err != nil {
		return err
	}
	defer w.release()
	switch {
	case w.u.Offset == 0:
		return refusal.New("file.empty")
	case w.u.Whole != nil:
		return nil
	case w.u.Size != 0 && w.u.Offset != w.u.Size:
		return refusal.Conflict("file.offset")
	}
	w.u.Size = w.u.Offset
	return w.end(ctx)
}

// writer seals what comes of one upload.
type writer struct {
	s       *Store
	u       Upload
	cipher  wire.FileCipher
	digests wire.FileManifest
	hash    hash.Hash
	stood   int64   // offset that is stored
	plain   *[]byte // of the chunk that is being filled
	box     *[]byte
}

func (w *writer) release() {
	clear((*w.plain)[:cap(*w.plain)])
	pages.Put(w.plain)
	pages.Put(w.box)
}

func (s *Store) writer(ctx context.Context, by access.Actor, id string) (*writer, error) {
	w := &writer{s: s, hash: sha256.New(), plain: pages.Get().(*[]byte), box: pages.Get().(*[]byte)}
	*w.plain = (*w.plain)[:0]
	err := s.Acts.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if w.u, err = loadUpload(tx, id, by.User); err != nil {
			return err
		}
		if w.digests, err = w.u.digests(tx); err != nil {
			return err
		}
		key, err := s.Acts.Ring.Key(tx, w.u.Key)
		if err != nil {
			return err
		}
		w.cipher, err = wire.NewFileCipher(key, id, w.u.Key)
		return err
	})
	if err == nil {
		err = w.resume()
	}
	if err != nil {
		w.release()
		return nil, err
	}
	return w, nil
}

// resume takes up where the upload stands: the state of the hash, and the
// plaintext of a last chunk that is not full.
func (w *writer) resume() error {
	w.stood = w.u.Offset
	if w.u.Hash != nil {
		state, err := w.s.Acts.Ring.Unbox("upload/"+w.u.ID, w.u.Hash)
		if err != nil {
			return err
		}
		if err := w.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
			return fmt.Errorf("hash of an upload: %w", err)
		}
	}
	tail := w.u.Offset % wire.ChunkSize
	if tail == 0 {
		return nil
	}
	last := int64(len(w.digests)) - 1
	box, err := w.s.Chunks.Get(w.u.ID, w.digests[last], tail+wire.ChunkOverhead, *w.box)
	if err != nil {
		return err
	}
	*w.plain, err = w.cipher.Open(*w.plain, last, box)
	return err
}

// fill reads on into the present chunk; io.EOF at the end of src or of the file.
func (w *writer) fill(src io.Reader) (n int, err error) {
	was := len(*w.plain)
	if was == wire.ChunkSize {
		was = 0
	}
	room := int64(wire.ChunkSize - was)
	limit := w.u.Size
	if limit == 0 {
		limit = wire.MaxFileSize
	}
	if room = min(room, limit-w.u.Offset); room == 0 {
		if extra, _ := io.ReadFull(src, make([]byte, 1)); extra > 0 {
			return 0, refusal.New("file.too_large", "Max", int64(wire.MaxFileSize>>30))
		}
		return 0, io.EOF
	}
	*w.plain = (*w.plain)[:was+int(room)]
	n, err = io.ReadFull(src, (*w.plain)[was:])
	*w.plain = (*w.plain)[:was+n]
	w.hash.Write((*w.plain)[was:]) //nolint:errcheck // a hash never fails
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	w.u.Offset += int64(n)
	return n, err
}

// keep seals the present chunk, full or not, has it on disk, and notes it. The
// chunk that it takes the place of goes afterwards: killed anywhere in between,
// the upload stands as it was or as it is.
func (w *writer) keep(ctx context.Context) error {
	index := (w.u.Offset - 1) / wire.ChunkSize
	var nonce [wire.PartNonceSize]byte
	rand.Read(nonce[:]) //nolint:errcheck // never fails (crypto/rand)
	box, err := w.cipher.Seal((*w.box)[:0], index, *w.plain, nonce[:])
	if err != nil {
		return err
	}
	digest := wire.Digest(sha256.Sum256(box))
	if err := errors.Join(w.s.Chunks.Put(w.u.ID, digest, box), w.s.Chunks.Settle(w.u.ID)); err != nil {
		return err
	}
	var former wire.Digest
	if index < int64(len(w.digests)) {
		former, w.digests[index] = w.digests[index], digest
	} else {
		w.digests = append(w.digests, digest)
	}
	state, err := w.hash.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return fmt.Errorf("hash of an upload: %w", err)
	}
	w.u.Hash = w.s.Acts.Ring.Box("upload/"+w.u.ID, state)
	err = w.note(ctx, func(tx *store.Tx) error {
		return tx.Exec(`INSERT INTO file_upload_chunk (upload, n, digest) VALUES ($1, $2, $3)
			ON CONFLICT (upload, n) DO UPDATE SET digest = excluded.digest`, w.u.ID, index, digest.String())
	})
	if err != nil || former.IsZero() {
		return err
	}
	return w.s.Chunks.Remove(w.u.ID, former)
}

// note stores how the upload stands, unless another process has moved it on.
func (w *writer) note(ctx context.Context, also func(tx *store.Tx) error) error {
	err := w.s.Acts.DB.Write(ctx, func(tx *store.Tx) error {
		u, err := loadUpload(tx, w.u.ID, w.u.Actor)
		if err != nil {
			return err // forgotten meanwhile
		}
		if u.Offset != w.stood || u.Whole != nil {
			return refusal.Conflict("file.offset")
		}
		return errors.Join(w.u.save(tx, w.s.Acts.Now()), also(tx))
	})
	if err == nil {
		w.stood = w.u.Offset
	}
	return err
}

// end writes the manifest and notes what the file is: from now on an act may
// name it.
func (w *writer) end(ctx context.Context) error {
	if w.u.Offset == 0 {
		return refusal.New("file.empty")
	}
	d := Detail{SHA256: wire.Digest(w.hash.Sum(nil))}
	head, err := w.head()
	if err != nil {
		return err
	}
	d.Media = sniff(head)
	manifest := w.digests.Digest()
	keep := map[wire.Digest]bool{manifest: true}
	for i, c := range w.digests {
		if keep[c] = true; !w.s.Chunks.Has(w.u.ID, c, wire.ChunkLen(w.u.Size, int64(i))) {
			return fmt.Errorf("chunk %d of an upload: %w", i, chunk.ErrAbsent)
		}
	}
	err = errors.Join(w.s.Chunks.Put(w.u.ID, manifest, w.digests.Bytes()), w.s.Chunks.Keep(w.u.ID, keep), w.s.Chunks.Settle(w.u.ID))
	if err != nil {
		return err
	}
	err = w.s.Acts.DB.Read(ctx, func(tx *store.Tx) error { return w.s.Acts.Ring.Open(tx, w.u.Name, &d.Name) })
	if err != nil {
		return err
	}
	plain, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("detail of a file: %w", err)
	}
	w.u.Hash, w.u.Whole = nil, &whole{Manifest: manifest, Box: w.s.Acts.Ring.Box("upload/"+w.u.ID, plain)}
	return w.note(ctx, func(*store.Tx) error { return nil })
}

// head is the beginning of the file.
func (w *writer) head() ([]byte, error) {
	box, err := w.s.Chunks.Get(w.u.ID, w.digests[0], wire.ChunkLen(w.u.Size, 0), *w.box)
	if err != nil {
		return nil, err
	}
	plain, err := w.cipher.Open((*w.plain)[:0], 0, box)
	if err != nil {
		return nil, err
	}
	return plain[:min(len(plain), sniffed)], nil
}
