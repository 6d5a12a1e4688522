// Package chunk keeps the sealed chunks of files in a folder beside the
// database: one folder a file, one file a chunk, named by the digest of its
// sealed bytes. It knows neither keys nor whose files they are.
//
// What is put is held against its digest before it is written, and durable when
// Put and Settle have returned; what is read is held against it again. A file's
// folder holds only what is sealed, so whoever copies it carries nothing away
// without the node's keys.
package chunk

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/google/uuid"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

var (
	// ErrAbsent means that a chunk is not here, or not yet.
	ErrAbsent = errors.New("chunk: not here")
	// ErrDamaged means that bytes are not those of the digest: on writing they
	// were refused, on reading they were moved aside and are asked for again.
	ErrDamaged = errors.New("chunk: bytes are not those of the digest")
)

// Names beside the chunks.
const (
	partial = ".part"    // a chunk that is being written
	damaged = ".damaged" // a chunk that was not what its name says
)

// Folder holds the chunks of a node's files. Several processes of one node
// may share it.
type Folder struct{ dir string }

// In is the folder at a path; it is made when the first chunk is put.
func In(dir string) Folder { return Folder{dir: dir} }

// path is a file's folder. An id that is no UUID names no folder: what a peer
// calls a file never becomes a path.
func (f Folder) path(file string) (string, error) {
	if id, err := uuid.Parse(file); err != nil || id.String() != file {
		return "", fmt.Errorf("chunk: %w: id of a file", fs.ErrInvalid)
	}
	return filepath.Join(f.dir, file), nil
}

// Put writes a chunk unless it is here already. Bytes of another digest give
// ErrDamaged and are not written; a full disk is refused as store.full. The
// chunk's bytes are durable when Put returns, its name after Settle.
func (f Folder) Put(file string, digest wire.Digest, box []byte) error {
	if sha256.Sum256(box) != digest {
		return ErrDamaged
	}
	dir, err := f.path(file)
	if err != nil {
		return err
	}
	if err := f.put(dir, digest.String(), box); err != nil {
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			return fmt.Errorf("%w: %w", refusal.NoRoom(store.CodeFull), err)
		}
		return fmt.Errorf("put a chunk: %w", err)
	}
	return nil
}

func (f Folder) put(dir, name string, box []byte) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var salt [8]byte
	rand.Read(salt[:]) //nolint:errcheck // never fails (crypto/rand)
	work := filepath.Join(dir, name+"."+hex.EncodeToString(salt[:])+partial)
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(work))
		}
	}()
	w, err := os.OpenFile(work, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(box)
	if err = errors.Join(err, w.Sync(), w.Close()); err != nil {
		return err
	}
	return os.Rename(work, filepath.Join(dir, name))
}

// Settle has the names of a file's chunks on the disk: after it an act may
// name the file.
func (f Folder) Settle(file string) error {
	dir, err := f.path(file)
	if err != nil {
		return err
	}
	for _, d := range []string{dir, f.dir} {
		h, err := os.Open(d)
		if err != nil {
			return fmt.Errorf("chunks of a file: %w", err)
		}
		if err := errors.Join(h.Sync(), h.Close()); err != nil {
			return fmt.Errorf("chunks of a file: %w", err)
		}
	}
	return nil
}

// Get reads a chunk of a length into buf, which is grown if it is too small.
// What is not the digest's is moved aside and gives ErrDamaged.
func (f Folder) Get(file string, digest wire.Digest, length int64, buf []byte) ([]byte, error) {
	dir, err := f.path(file)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, digest.String())
	r, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, fmt.Errorf("read a chunk: %w", err)
	}
	defer r.Close() //nolint:errcheck // read only
	if int64(cap(buf)) < length {
		buf = make([]byte, length)
	}
	n, err := io.ReadFull(r, buf[:length])
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("read a chunk: %w", err)
	case int64(n) != length, sha256.Sum256(buf[:n]) != digest:
		return nil, errors.Join(ErrDamaged, os.Rename(path, path+damaged))
	}
	return buf[:length], nil
}

// Has reports whether a chunk of a length is here; its bytes are not read.
func (f Folder) Has(file string, digest wire.Digest, length int64) bool {
	dir, err := f.path(file)
	if err != nil {
		return false
	}
	i, err := os.Stat(filepath.Join(dir, digest.String()))
	return err == nil && i.Size() == length
}

// Remove deletes one chunk; one that is not here is as good.
func (f Folder) Remove(file string, digest wire.Digest) error {
	dir, err := f.path(file)
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, digest.String())); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a chunk: %w", err)
	}
	return nil
}

// Forget deletes everything of a file.
func (f Folder) Forget(file string) error {
	dir, err := f.path(file)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("forget a file: %w", err)
	}
	return nil
}

// Keep deletes of a file's folder what is none of the digests: chunks that
// were written and never counted, and what was moved aside.
func (f Folder) Keep(file string, digests map[wire.Digest]bool) error {
	dir, err := f.path(file)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("chunks of a file: %w", err)
	}
	for _, e := range entries {
		if d, err := wire.ParseDigest(e.Name()); err == nil && digests[d] {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("orphan of a file: %w", err)
		}
	}
	return nil
}

// Files lists the ids of which something is here.
func (f Folder) Files() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("folder of files: %w", err)
	}
	var out []string
	for _, e := range entries {
		if _, err := f.path(e.Name()); err == nil && e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// Holds reports whether anything of a file is here.
func (f Folder) Holds(file string) bool {
	dir, err := f.path(file)
	if err != nil {
		return false
	}
	_, err = os.Stat(dir)
	return err == nil
}

// Aside counts the chunks that were moved aside because they were damaged.
func (f Folder) Aside() (n int, err error) {
	files, err := f.Files()
	for _, id := range files {
		entries, rerr := os.ReadDir(filepath.Join(f.dir, id))
		if err = errors.Join(err, rerr); rerr != nil {
			continue
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), damaged) {
				n++
			}
		}
	}
	return n, err
}

// Mirror has everything of a file in another folder here too, by a hard link
// where the two lie on one file system: chunks never change. What is there
// already is not read again.
func (f Folder) Mirror(from Folder, file string) error {
	src, err := from.path(file)
	if err != nil {
		return err
	}
	dst, err := f.path(file)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(src)
	if err != nil {
		return fmt.Errorf("mirror a file: %w", err)
	}
	if err := os.MkdirAll(dst, 0o700); err != nil {
		return fmt.Errorf("mirror a file: %w", err)
	}
	for _, e := range entries {
		digest, err := wire.ParseDigest(e.Name())
		if err != nil {
			continue // under way, or moved aside
		}
		to := filepath.Join(dst, e.Name())
		if _, err := os.Stat(to); err == nil {
			continue
		}
		if os.Link(filepath.Join(src, e.Name()), to) == nil {
			continue
		}
		box, err := os.ReadFile(filepath.Join(src, e.Name()))
		if err == nil {
			err = f.Put(file, digest, box)
		}
		if err != nil {
			return fmt.Errorf("mirror a file: %w", err)
		}
	}
	return f.Settle(file)
}
