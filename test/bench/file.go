package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// carriedSize is the file that crosses, in bytes.
const carriedSize = 1 << 30

// lane is two nodes, one in this process and one of its own, that files cross
// between: real nodes, folders and TLS. Only that a file is named is written
// into both stores by hand, because naming it takes a whole referral.
type lane struct {
	r  *run
	us *here
	mx *other
}

func newLane(ctx context.Context, r *run, dir string) (l *lane, err error) {
	l = &lane{r: r}
	if l.us, err = makeNode(ctx, filepath.Join(r.dir, dir), "us", ""); err != nil {
		return nil, err
	}
	mx, err := makeNode(ctx, filepath.Join(r.dir, dir), "mx", "")
	if err != nil {
		return nil, errors.Join(err, l.us.stop())
	}
	err = errors.Join(pair(ctx, l.us, mx), mx.stop())
	if err == nil {
		l.mx, err = startOther(mx.spec, "")
	}
	if err != nil {
		return nil, errors.Join(err, l.us.stop())
	}
	return l, nil
}

func (l *lane) stop() error { return errors.Join(l.mx.stop(), l.us.stop()) }

// file puts a file of so many bytes into this process's node and names it.
func (l *lane) file(ctx context.Context, size int64) (exchange.Carried, error) {
	return l.us.carries(ctx, size)
}

// carries puts a file of so many random bytes into this node's folder and names it.
func (h *here) carries(ctx context.Context, size int64) (c exchange.Carried, err error) {
	id := uuid.Must(uuid.NewV7()).String()
	f := file.File{ID: id, Case: carriedFor, Size: size}
	err = h.DB.Write(ctx, func(tx *store.Tx) error { // first, or its chunks are swept away as nobody's
		return tx.Exec(`INSERT INTO file (id, case_id, doc) VALUES ($1, $2, $3)`, id, f.Case, store.JSON(f))
	})
	if err != nil {
		return c, err
	}
	box := make([]byte, wire.ChunkSize+wire.ChunkOverhead)
	var m wire.FileManifest
	for i := range wire.Chunks(size) {
		b := box[:wire.ChunkLen(size, i)]
		rand.Read(b) //nolint:errcheck // never fails (crypto/rand)
		d := wire.Digest(sha256.Sum256(b))
		m = append(m, d)
		if err := h.Files.Chunks.Put(id, d, b); err != nil {
			return c, err
		}
	}
	c = exchange.Carried{ID: id, Size: size, Manifest: m.Digest()}
	if err := errors.Join(h.Files.Chunks.Put(id, c.Manifest, m.Bytes()), h.Files.Chunks.Settle(id)); err != nil {
		return c, err
	}
	f.Manifest = c.Manifest
	g := file.Given{File: id, Referral: carriedFor, Peer: "mx"}
	err = h.DB.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.Exec(`UPDATE file SET doc = $1 WHERE id = $2`, store.JSON(f), id),
			tx.Exec(`INSERT INTO file_given (file, referral, peer, key, doc) VALUES ($1, $2, $3, $4, $5)`, id, g.Referral, g.Peer, "", store.JSON(g)))
	})
	return c, err
}

// carriedFor is the case and the referral that the files of these figures are taken to be of.
const carriedFor = "bench"

// awaits takes a file as named by the peer, if one is given, and tells how many
// are not here whole.
func (h *here) awaits(ctx context.Context, c *exchange.Carried) (n int, err error) {
	if c != nil {
		f := file.File{ID: c.ID, Case: carriedFor, Referral: carriedFor, Size: c.Size, Manifest: c.Manifest}
		err = h.DB.Write(ctx, func(tx *store.Tx) error {
			return tx.Exec(`INSERT INTO file (id, case_id, peer, referral, doc) VALUES ($1, $2, 'us', $3, $4)`, f.ID, f.Case, f.Referral, store.JSON(f))
		})
		if err != nil {
			return 0, err
		}
		h.Link.Fetch()
	}
	err = h.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM file WHERE arrived = 0 AND peer <> ''`).Scan(&n)
	})
	return n, err
}

// cross has a file fetched and gives how long that took.
func (l *lane) cross(ctx context.Context, c exchange.Carried, meanwhile func() error) (time.Duration, error) {
	began := time.Now()
	a, err := l.mx.ask(order{Named: &c})
	for err == nil && a.Awaits > 0 && ctx.Err() == nil {
		if err = meanwhile(); err == nil {
			a, err = l.mx.ask(order{})
		}
	}
	return time.Since(began), errors.Join(err, ctx.Err())
}

// ciphering is what one core does at best of what each side must: AES-256-GCM
// and SHA-256 over the same bytes, in MB/s.
func ciphering() (float64, error) {
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		return 0, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return 0, err
	}
	b, out, nonce := make([]byte, wire.ChunkSize), make([]byte, 0, wire.ChunkSize+64), make([]byte, aead.NonceSize())
	began, n := time.Now(), 0
	for ; time.Since(began) < time.Second; n++ {
		out = aead.Seal(out[:0], nonce, b, nil) // #nosec G407 -- measured, never kept
		sha256.Sum256(out)
	}
	return float64(n) * wire.ChunkSize / 1e6 / time.Since(began).Seconds(), nil
}

// memory reads one line of what the machine tells of the node's process, in MB.
func (o *other) memory(line string) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", o.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for _, s := range strings.Split(string(b), "\n") {
		var kb float64
		if n, _ := fmt.Sscanf(s, line+": %f kB", &kb); n == 1 {
			return kb / 1024, nil
		}
	}
	return 0, errors.New("the machine does not tell what a process occupies")
}

// fileFigures are how fast a file crosses, beside what the machine ciphers at
// best, and by how much the receiving process grows meanwhile.
func fileFigures(ctx context.Context, r *run) (err error) {
	l, err := newLane(ctx, r, "files")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.stop()) }()
	size := int64(r.scaled(carriedSize))
	var rates, limits, grown []float64
	for range r.times {
		limit, err := ciphering()
		if err != nil {
			return err
		}
		c, err := l.file(ctx, size)
		if err != nil {
			return err
		}
		idle, err := l.mx.memory("VmRSS")
		if err != nil {
			return err
		}
		took, err := l.cross(ctx, c, func() error { time.Sleep(2 * time.Millisecond); return nil })
		if err != nil {
			return err
		}
		peak, err := l.mx.memory("VmHWM")
		if err != nil {
			return err
		}
		rates, limits, grown = append(rates, float64(size)/1e6/took.Seconds()), append(limits, limit), append(grown, max(0, peak-idle))
		if err := l.us.Files.Chunks.Forget(c.ID); err != nil {
			return err
		}
	}
	if r.wants("file.mb_s") {
		err = r.print("file.mb_s", "MB/s", rates, limits)
	}
	if r.wants("file.rss_mb") {
		err = errors.Join(err, r.print("file.rss_mb", "MB", grown, nil))
	}
	return err
}

// alertFigure is how long an alert takes from the call to the commit on the
// other node while the file lane is full.
func alertFigure(ctx context.Context, r *run) (err error) {
	l, err := newLane(ctx, r, "alerts")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.stop()) }()
	by := l.us.person("agent", "usbp-rgv", access.RoleFieldAgent)
	var p50, p99 []float64
	for range r.times {
		c, err := l.file(ctx, int64(r.scaled(carriedSize)))
		if err != nil {
			return err
		}
		at := map[string]int64{}
		if _, err := l.mx.ask(order{Commits: true}); err != nil {
			return err
		}
		_, err = l.cross(ctx, c, func() error {
			clicked := monotonic()
			res, err := l.us.Acts.Do(ctx, by, "", wire.PurposeLifeAtRisk, &alert.Raise{Danger: alert.Dangers[0], Region: "usbp:RGV", Number: 3, Where: "a trailer on the road"})
			if err == nil {
				at[res.Facts[0]] = clicked
				time.Sleep(20 * time.Millisecond)
			}
			return err
		})
		if err = errors.Join(err, until(ctx, func() error { return l.us.drained(ctx, "mx") })); err != nil {
			return err
		}
		a, err := l.mx.ask(order{Commits: true})
		if err != nil {
			return err
		}
		var took []float64
		for id, clicked := range at {
			committed, ok := a.Commits[id]
			if !ok {
				return fmt.Errorf("alert %s was not committed on the other node", id)
			}
			took = append(took, float64(committed-clicked)/1e6)
		}
		p50, p99 = append(p50, quantile(took, 0.50)), append(p99, quantile(took, 0.99))
		if err := l.us.Files.Chunks.Forget(c.ID); err != nil {
			return err
		}
	}
	return errors.Join(r.print("alert.under_load_ms.p50", "ms", p50, nil), r.print("alert.under_load_ms.p99", "ms", p99, nil))
}
