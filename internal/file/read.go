package file

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// View is a file as one reader may see it.
type View struct {
	ID       string      `json:"id"`
	Case     string      `json:"case"`
	Person   string      `json:"person,omitempty"` // whom it shows or tells of
	Size     int64       `json:"size"`             // bytes
	Manifest wire.Digest `json:"manifest"`
	Added    time.Time   `json:"added"`
	Referral string      `json:"referral,omitempty"` // for which another node has named it
	// Closed: what it is and holds is not open to this reader now, because it
	// tells of a protected person or because its key is not here.
	Closed bool `json:"closed,omitempty"`
	// Sent says for which referrals this node has named it, and whether it has
	// arrived there and can be opened.
	Sent []Given `json:"sent,omitempty"`
	// Redaction says of a copy what it was made of, and what of that is black.
	Redaction *Redaction `json:"redaction,omitempty"`
	Detail
}

// See gives a file as the reader may see it: absent to whoever may not see files
// of the case. What shows a protected person opens while that person's identity
// is shown to the reader.
func See(tx *store.Tx, v *act.Viewing, id string, now time.Time) (View, error) {
	f, err := Load(tx, id)
	if err != nil {
		return View{}, err
	}
	return see(tx, v, f, now)
}

// resource is a file as access sees it: known to the offices of its case, or of
// the referral for which another node has named it.
func (f File) resource(tx *store.Tx) (access.Resource, error) {
	if f.Referral != "" {
		offices, err := access.Offices(tx, "referral", f.Referral)
		return access.Resource{Type: Type, ID: f.ID, Offices: offices, Case: f.Case}, err
	}
	given, err := access.Offices(tx, Type, f.ID)
	if err != nil {
		return access.Resource{}, err
	}
	c, err := casefile.Load(tx, f.Case)
	if refusal.Is(err, "access.not_found") && len(given) > 0 { // an office that was given an exhibit, and is no member of its case
		return access.Resource{Type: Type, ID: f.ID, Offices: given, Case: f.Case}, nil
	}
	r := c.Holds(Type, f.ID)
	r.Offices = append(slices.Clone(r.Offices), given...)
	return r, err
}

func see(tx *store.Tx, v *act.Viewing, f File, now time.Time) (View, error) {
	r, err := f.resource(tx)
	if err != nil {
		return View{}, err
	}
	if err := v.Must(r); err != nil {
		return View{}, err
	}
	out := View{ID: f.ID, Case: f.Case, Referral: f.Referral, Person: f.Person, Size: f.Size, Manifest: f.Manifest, Added: f.Added, Redaction: f.Redaction, Closed: true}
	if out.Sent, err = givenOf(tx, f.ID); err != nil {
		return out, err
	}
	if f.Person != "" {
		r, err := protection.IdentityResource(tx, f.Case, f.Person, v.By.User, now)
		if err != nil || !v.See(r) {
			return out, err
		}
	}
	d, err := f.Opened(tx, v.Ring)
	switch {
	case errors.Is(err, seal.ErrNoKey):
		return out, nil
	case err != nil:
		return out, err
	}
	out.Detail, out.Closed = d, false
	return out, nil
}

// Show gives one file as the reader may see it.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (View, error) {
	return act.View(ctx, a, by, purpose, "file", func(tx *store.Tx, v *act.Viewing) (View, error) { return See(tx, v, id, a.Now()) })
}

// List gives the files of a case that the reader may see, the oldest first.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose, caseID string) ([]View, error) {
	return act.View(ctx, a, by, purpose, "file.list", func(tx *store.Tx, v *act.Viewing) ([]View, error) {
		return SeeAll(tx, v, caseID, a.Now())
	})
}

// SeeAll is List inside a look at more.
func SeeAll(tx *store.Tx, v *act.Viewing, caseID string, now time.Time) ([]View, error) {
	c, err := casefile.Load(tx, caseID)
	if err != nil {
		return nil, err
	}
	if err := v.Must(casefile.Resource(c)); err != nil {
		return nil, err
	}
	files, err := Of(tx, caseID)
	if err != nil {
		return nil, err
	}
	out := []View{}
	for _, f := range files {
		seen, err := see(tx, v, f, now)
		if _, no := refusal.As(err); no {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, seen)
	}
	return out, nil
}

// Open opens a file's content for one reader. The access fact is committed
// before it returns; each opening is one. Refusals: access.not_found,
// file.closed, file.not_here.
func (s *Store) Open(ctx context.Context, by access.Actor, purpose, id string) (*Content, error) {
	return act.View(ctx, s.Acts, by, purpose, "file", func(tx *store.Tx, v *act.Viewing) (*Content, error) {
		return s.Within(tx, v, id, s.Acts.Now())
	})
}

// Within is Open inside a look at more. It refuses file.not_here while a chunk is
// missing.
func (s *Store) Within(tx *store.Tx, v *act.Viewing, id string, now time.Time) (*Content, error) {
	seen, err := See(tx, v, id, now)
	if err != nil {
		return nil, err
	}
	if seen.Closed {
		return nil, refusal.New("file.closed")
	}
	c, err := s.content(tx, seen)
	if err != nil {
		return nil, err
	}
	for i, d := range c.digests {
		if !s.Chunks.Has(c.ID, d, wire.ChunkLen(c.Size, int64(i))) {
			return nil, s.missed(c.ID, chunk.ErrAbsent)
		}
	}
	return c, nil
}

// Check reads every byte of a file again and says whether they are those whose
// SHA-256 was sealed when it arrived. Refusals: those of Open.
func (s *Store) Check(ctx context.Context, by access.Actor, purpose, id string) (same bool, err error) {
	c, err := s.Open(ctx, by, purpose, id)
	if err != nil {
		return false, err
	}
	defer c.Close() //nolint:errcheck // memory
	h := sha256.New()
	if _, err := io.Copy(h, while{ctx, c}); err != nil {
		return false, err
	}
	return wire.Digest(h.Sum(nil)) == c.SHA256, nil
}

// while reads on as long as somebody waits for it.
type while struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (w while) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}

func (s *Store) content(tx *store.Tx, seen View) (*Content, error) {
	f, err := Load(tx, seen.ID)
	if err != nil {
		return nil, err
	}
	key, err := s.Acts.Ring.Key(tx, f.Key)
	if err != nil {
		return nil, err
	}
	c := &Content{View: seen, chunks: s.Chunks, at: -1, missed: s.missed}
	if c.cipher, err = wire.NewFileCipher(key, f.ID, f.Key); err != nil {
		return nil, err
	}
	c.digests, err = s.manifest(f)
	return c, s.missed(f.ID, err)
}

// missed says in the programme's words that chunks are missing, and has them
// looked for.
func (s *Store) missed(id string, err error) error {
	no := notHere(err)
	if no != err && s.Missed != nil { //nolint:errorlint // the same error, or one of its own
		s.Missed(id)
	}
	return no
}

// manifest reads the list of a file's chunks and holds it against what was
// signed for.
func (s *Store) manifest(f File) (wire.FileManifest, error) {
	b, err := s.Chunks.Get(f.ID, f.Manifest, wire.ManifestLen(f.Size), nil)
	if err != nil {
		return nil, err
	}
	return wire.ReadFileManifest(b, f.Size, f.Manifest)
}

// notHere says in the programme's words that chunks are missing.
func notHere(err error) error {
	if errors.Is(err, chunk.ErrAbsent) || errors.Is(err, chunk.ErrDamaged) {
		return fmt.Errorf("%w: %w", refusal.Conflict("file.not_here"), err)
	}
	return err
}

// Content reads a file. Each chunk is held against its digest and opened by its
// key as it is read, and one is in memory at a time. Close it.
type Content struct {
	View
	chunks  chunk.Folder
	missed  func(id string, err error) error
	cipher  wire.FileCipher
	digests wire.FileManifest
	pos     int64

	at    int64 // chunk that plain holds; -1 for none
	plain []byte
	page  *[]byte
	box   *[]byte
}

// Read implements io.Reader.
func (c *Content) Read(p []byte) (int, error) {
	if c.pos >= c.Size {
		return 0, io.EOF
	}
	if i := c.pos / wire.ChunkSize; i != c.at {
		if err := c.load(i); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.plain[c.pos%wire.ChunkSize:])
	c.pos += int64(n)
	return n, nil
}

func (c *Content) load(i int64) error {
	if c.page == nil {
		c.page, c.box = pages.Get().(*[]byte), pages.Get().(*[]byte)
	}
	c.at = -1
	box, err := c.chunks.Get(c.ID, c.digests[i], wire.ChunkLen(c.Size, i), *c.box)
	if err != nil {
		return c.missed(c.ID, err)
	}
	c.plain, err = c.cipher.Open((*c.page)[:0], i, box)
	if err == nil {
		c.at = i
	}
	return err
}

// Seek implements io.Seeker.
func (c *Content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.pos
	case io.SeekEnd:
		offset += c.Size
	}
	if offset < 0 {
		return 0, errors.New("file: before its beginning")
	}
	c.pos = offset
	return offset, nil
}

// Close gives the memory back, emptied.
func (c *Content) Close() error {
	if c.page != nil {
		clear((*c.page)[:cap(*c.page)])
		pages.Put(c.page)
		pages.Put(c.box)
		c.page, c.box = nil, nil
	}
	c.at = -1
	return nil
}

// Absent counts the files of which a chunk is not here that was: those of this
// node's own, and those of a peer that have arrived. No byte is read; files whose
// key was destroyed do not count.
func Absent(tx *store.Tx, chunks chunk.Folder) (n int, err error) {
	for from := ""; ; {
		k, ok, err := (Lane{}).Kept(tx, from)
		if err != nil || !ok {
			return n, err
		}
		from = k.ID + "\x00"
		b, err := chunks.Get(k.ID, k.Manifest, wire.ManifestLen(k.Size), nil)
		list, lerr := wire.ReadFileManifest(b, k.Size, k.Manifest)
		whole := err == nil && lerr == nil
		for i, d := range list {
			whole = whole && chunks.Has(k.ID, d, wire.ChunkLen(k.Size, int64(i)))
		}
		if !whole {
			n++
		}
	}
}
