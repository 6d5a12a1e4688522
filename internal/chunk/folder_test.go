package chunk_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/wire"
)

const file = "01890a5d-ac96-7b3c-8f00-000000000001"

// What is put comes back the same; what is not the digest's is neither written
// nor read.
func TestOnlyTheBytesOfTheDigest(t *testing.T) {
	dir := t.TempDir()
	f := chunk.In(dir)
	box := bytes.Repeat([]byte("sealed "), 100)
	digest := wire.Digest(sha256.Sum256(box))
	size := int64(len(box))
	if err := f.Put(file, digest, box[1:]); !errors.Is(err, chunk.ErrDamaged) {
		t.Errorf("other bytes: %v", err)
	}
	if _, err := f.Get(file, digest, size, nil); !errors.Is(err, chunk.ErrAbsent) || f.Has(file, digest, size) {
		t.Errorf("before: %v", err)
	}
	if err := errors.Join(f.Put(file, digest, box), f.Put(file, digest, box), f.Settle(file)); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Get(file, digest, size, nil); err != nil || !bytes.Equal(got, box) || !f.Has(file, digest, size) {
		t.Errorf("after: %v", err)
	}
	path := filepath.Join(dir, file, digest.String())
	for name, bad := range map[string][]byte{"a flipped bit": flipped(box), "cut short": box[:len(box)-1]} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Get(file, digest, size, nil); !errors.Is(err, chunk.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := f.Get(file, digest, size, nil); !errors.Is(err, chunk.ErrAbsent) {
			t.Errorf("%s is still in its place: %v", name, err)
		}
	}
	if n, err := f.Aside(); n != 1 || err != nil {
		t.Errorf("%d aside, %v", n, err)
	}
	if err := f.Keep(file, map[wire.Digest]bool{}); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Aside(); n != 0 || err != nil {
		t.Errorf("%d aside after collecting, %v", n, err)
	}
}

func flipped(b []byte) []byte {
	out := bytes.Clone(b)
	out[len(out)/2] ^= 1
	return out
}

// What somebody calls a file never leads out of the folder.
func TestNoIDLeadsElsewhere(t *testing.T) {
	f := chunk.In(filepath.Join(t.TempDir(), "files"))
	box := []byte("x")
	digest := wire.Digest(sha256.Sum256(box))
	for _, id := range []string{"", ".", "..", "../x", "/tmp/x", file + "/..", "{" + file + "}", "01890A5D-AC96-7B3C-8F00-000000000001"} {
		if err := f.Put(id, digest, box); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v", id, err)
		}
		if err := f.Forget(id); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("forget %q: %v", id, err)
		}
	}
	if err := errors.Join(f.Put(file, digest, box), f.Forget(file)); err != nil {
		t.Fatal(err)
	}
	if files, err := f.Files(); len(files) != 0 || err != nil {
		t.Errorf("left: %v %v", files, err)
	}
}
