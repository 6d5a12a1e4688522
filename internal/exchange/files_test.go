package exchange_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// named are the files that one node of a test has named to the other; the
// room that keeps them has its own tests.
type named struct {
	mu      sync.Mutex
	file    exchange.Carried
	arrived bool
}

func (f *named) Given(_ *store.Tx, _, file string) (exchange.Carried, bool, error) {
	return f.file, file == f.file.ID, nil
}

func (f *named) Awaited(*store.Tx, string) ([]exchange.Carried, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.arrived {
		return nil, nil
	}
	return []exchange.Carried{f.file}, nil
}

func (f *named) Arrived(*store.Tx, *journal.Draw, string, string) ([]journal.Fact, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.arrived = true
	return nil, "", nil
}

func (f *named) Kept(_ *store.Tx, from string) (exchange.Kept, bool, error) {
	if from > f.file.ID || !f.here() {
		return exchange.Kept{}, false, nil
	}
	return exchange.Kept{Carried: f.file, Peer: "us"}, true, nil
}

func (f *named) here() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.arrived
}

// nothing is a node that was told of no file.
type nothing struct{ *named }

func (nothing) Awaited(*store.Tx, string) ([]exchange.Carried, error) { return nil, nil }

func (nothing) Kept(*store.Tx, string) (exchange.Kept, bool, error) {
	return exchange.Kept{}, false, nil
}

const carriedID = "01890a5d-ac96-7b3c-8f00-000000000007"

// holds puts a file of chunks that say nothing into a node's folder.
func (n *node) holds(id string, seed byte, size int64) (exchange.Carried, wire.FileManifest) {
	n.t.Helper()
	var m wire.FileManifest
	box := make([]byte, wire.ChunkSize+wire.ChunkOverhead)
	draw := rand.NewChaCha8([32]byte{seed})
	for i := range wire.Chunks(size) {
		b := box[:wire.ChunkLen(size, i)]
		draw.Read(b) //nolint:errcheck // never fails
		d := wire.Digest(sha256.Sum256(b))
		if err := n.chunks.Put(id, d, b); err != nil {
			n.t.Fatal(err)
		}
		m = append(m, d)
	}
	if err := n.chunks.Put(id, m.Digest(), m.Bytes()); err != nil {
		n.t.Fatal(err)
	}
	return exchange.Carried{ID: id, Size: size, Manifest: m.Digest()}, m
}

// carries makes two nodes of which from has named a file to the other.
func carries(t *testing.T, from, to *node) (told *named, m wire.FileManifest) {
	t.Helper()
	for _, n := range []*node{from, to} {
		n.filesDir = filepath.Join(t.TempDir(), "files")
		n.chunks = chunk.In(n.filesDir)
	}
	told = &named{}
	told.file, m = from.holds(carriedID, 1, 2*wire.ChunkSize+99)
	from.files, to.files = nothing{told}, told
	from.restart()
	to.restart()
	return told, m
}

// carriesAll fails unless a node has every chunk of a file as it is.
func (n *node) carriesAll(c exchange.Carried, m wire.FileManifest) {
	n.t.Helper()
	for i, d := range m {
		if _, err := n.chunks.Get(c.ID, d, wire.ChunkLen(c.Size, int64(i)), nil); err != nil {
			n.t.Errorf("chunk %d: %v", i, err)
		}
	}
}

// A file crosses whoever can dial, in either direction.
func TestFileCrossesEitherWay(t *testing.T) {
	for name, nodes := range map[string]making{"both dial": pair, "one dials": oneDials} {
		for _, south := range []bool{true, false} {
			us, mx := nodes(t)
			from, to := us, mx
			if !south {
				from, to = mx, us
			}
			told, m := carries(t, from, to)
			eventually(t, name+": arrived", told.here)
			to.carriesAll(told.file, m)
		}
	}
}

// onChunks stands before a node and changes what it answers when a piece is
// asked for; nil lets it pass.
func (n *node) onChunks(change func(body, answer []byte) ([]byte, int)) {
	between := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/chunk") {
				next.ServeHTTP(w, r)
				return
			}
			asked, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(asked))
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			answer, status := change(asked, rec.Body.Bytes())
			if status == 0 {
				panic(http.ErrAbortHandler) // the line is cut
			}
			w.WriteHeader(status)
			w.Write(answer) //nolint:errcheck // whoever left hears nothing
		})
	}
	n.between.Store(&between)
}

// What is cut short, altered, of another file or of another place is refused
// and kept apart, a cut is gone over, and what has come is not asked for again,
// also after the receiver was started anew.
func TestOnlyTheChunksThatWereNamed(t *testing.T) {
	us, mx := pair(t)
	us.chunks = chunk.In(filepath.Join(t.TempDir(), "other"))
	_, other := us.holds("01890a5d-ac96-7b3c-8f00-000000000008", 9, wire.ChunkSize)
	foreign, err := us.chunks.Get("01890a5d-ac96-7b3c-8f00-000000000008", other[0], wire.ChunkLen(wire.ChunkSize, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	good, bad, block := map[string]int{}, 0, true
	us.onChunks(func(asked, answer []byte) ([]byte, int) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(string(asked), "manifest") {
			return answer, http.StatusOK
		}
		if block && len(good) == 1 && good[string(asked)] == 0 {
			switch bad++; bad {
			case 1:
				return answer[:len(answer)-1], http.StatusOK
			case 2:
				flipped := bytes.Clone(answer)
				flipped[9] ^= 1 // within what is kept of it
				return flipped, http.StatusOK
			case 3:
				return foreign, http.StatusOK
			case 4:
				return nil, http.StatusOK
			}
			return nil, 0
		}
		good[string(asked)]++
		return answer, http.StatusOK
	})
	told, m := carries(t, us, mx)
	eventually(t, "refused", func() bool { mu.Lock(); defer mu.Unlock(); return bad > 6 })
	if told.here() {
		t.Error("arrived without its chunks")
	}
	eventually(t, "what was not the chunk is kept apart", func() bool { return mx.count(`SELECT COUNT(*) FROM quarantine WHERE what = 'chunk'`) == 4 })
	mx.restart()
	mu.Lock()
	block = false
	mu.Unlock()
	us.says(mx, "contact")
	mx.link.Load().Fetch()
	eventually(t, "arrived", told.here)
	mx.carriesAll(told.file, m)
	mu.Lock()
	defer mu.Unlock()
	again := 0 // the one that was on the line when the node was restarted may come again
	for _, times := range good {
		again += times - 1
	}
	if again > 1 {
		t.Errorf("%d chunks came again", again)
	}
	if len(good) != len(m) {
		t.Errorf("%d chunks asked for, of %d", len(good), len(m))
	}
	if _, err := us.chunks.Get(carriedID, m[0], 1, nil); !errors.Is(err, chunk.ErrDamaged) {
		t.Errorf("a length that is not the chunk's: %v", err)
	}
}

// A chunk that the disk forgot bits of is moved aside and fetched again from the
// node that named the file, when it is missed and in its turn; so is the list.
func TestDamagedChunksAreFetchedAgain(t *testing.T) {
	us, mx := pair(t)
	told, m := carries(t, us, mx)
	eventually(t, "arrived", told.here)
	folder := filepath.Join(mx.filesDir, carriedID)
	damage := func(d wire.Digest) {
		t.Helper()
		path := filepath.Join(folder, d.String())
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/3] ^= 4
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whole := func(i int) func() bool {
		return func() bool {
			b, err := os.ReadFile(filepath.Join(folder, m[i].String()))
			return err == nil && sha256.Sum256(b) == m[i]
		}
	}
	damage(m[0])
	// The node's own look may have been first, and have moved the chunk aside.
	if _, err := mx.chunks.Get(carriedID, m[0], wire.ChunkLen(told.file.Size, 0), nil); !errors.Is(err, chunk.ErrDamaged) && !errors.Is(err, chunk.ErrAbsent) {
		t.Fatalf("damage goes unseen: %v", err)
	}
	mx.link.Load().Missed(carriedID)
	eventually(t, "missed, and fetched again", whole(0))
	damage(m[2])
	damage(told.file.Manifest)
	eventually(t, "found in its turn, and fetched again", whole(2))
	eventually(t, "the list, too", func() bool { return mx.chunks.Has(carriedID, told.file.Manifest, wire.ManifestLen(told.file.Size)) })
	eventually(t, "told of", func() bool { return mx.count(`SELECT COUNT(*) FROM link_alarm WHERE code = 'mended'`) >= 3 })
	mx.carriesAll(told.file, m)
	if n := mx.count(`SELECT COUNT(*) FROM link_alarm WHERE code = 'mended'`); n != 3 {
		t.Errorf("%d pieces are said to be mended", n)
	}
}

// ours is a node of whose own files one is kept.
type ours struct{ *named }

func (o ours) Kept(_ *store.Tx, from string) (exchange.Kept, bool, error) {
	return exchange.Kept{Carried: o.file}, from <= o.file.ID, nil
}

// A file of one's own whose list of chunks is lost is told of, again and again;
// the node goes on.
func TestAFileWhoseListIsLostStopsNoNode(t *testing.T) {
	us, mx := pair(t)
	us.filesDir = filepath.Join(t.TempDir(), "files")
	us.chunks = chunk.In(us.filesDir)
	c, _ := us.holds(carriedID, 1, 2*wire.ChunkSize)
	if err := os.Remove(filepath.Join(us.filesDir, carriedID, c.Manifest.String())); err != nil {
		t.Fatal(err)
	}
	us.files = ours{&named{file: c}}
	us.restart()
	mx.start()
	eventually(t, "told of", func() bool { return us.count(`SELECT COUNT(*) FROM link_alarm WHERE code = 'damaged'`) > 0 })
	us.says(mx, "goes on")
	eventually(t, "goes on", func() bool { return us.queued(mx) == 0 })
}
