package file

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// maxName bounds the name of a file, in bytes.
const maxName = 255

// Begin begins to send a file into a case; its bytes follow through Store.Append
// and it belongs to the case when it is added.
type Begin struct {
	Case   string `json:"case"`
	Name   string `json:"name"`
	Person string `json:"person,omitempty"`
	Size   int64  `json:"size,omitempty"`
}

// Verb implements act.Command.
func (*Begin) Verb() string { return "file.begin" }

// Decide implements act.Command.
func (b *Begin) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	c, err := casefile.Writable(tx, d, b.Case, Type, "")
	if err != nil {
		return nil, err
	}
	name := strings.TrimSpace(b.Name)
	switch {
	case name == "" || len(name) > maxName || !utf8.ValidString(name):
		return nil, refusal.New("file.name", "Max", maxName)
	case b.Size < 0 || b.Size > wire.MaxFileSize:
		return nil, refusal.New("file.too_large", "Max", int64(wire.MaxFileSize>>30))
	}
	subject, person := "case/"+c.ID, ""
	if b.Person != "" {
		p, err := c.Person(tx, b.Person)
		if err != nil {
			return nil, err
		}
		subject, person = casefile.KeySubject(p.ID), p.ID
	}
	f := &Begun{ID: d.ID(), Person: person, Size: b.Size, Key: d.NewKey(subject)}
	part, err := d.Seal(tx, f.Key, namePart, name)
	f.Envelope = c.Envelope(part)
	return []journal.Fact{f}, err
}

// Begun says that a file is on its way into a case.
type Begun struct {
	journal.Envelope
	ID     string `json:"id"`
	Person string `json:"person,omitempty"`
	Size   int64  `json:"size,omitempty"` // bytes; 0 if only its end will tell
	Key    string `json:"key"`
}

// Kind implements journal.Fact.
func (Begun) Kind() string { return "file.begun.1" }

// Starts tells the id of the upload, which becomes the file's.
func (f Begun) Starts() string { return f.ID }

// Upload is a file that is under way. It belongs to whoever began it.
type Upload struct {
	ID     string    `json:"id"`
	Case   string    `json:"case"`
	Person string    `json:"person,omitempty"`
	Actor  string    `json:"actor"`
	Size   int64     `json:"size,omitempty"` // bytes; 0 until the end is known
	Offset int64     `json:"offset"`         // bytes that are here and durable
	Key    string    `json:"key"`
	Name   wire.Part `json:"name"`
	// Hash is the state of SHA-256 over what is here, boxed: it holds bytes of the file.
	Hash []byte `json:"hash,omitempty"`
	// Redaction is set of a copy that this node makes of a file it holds.
	Redaction *Redaction `json:"redaction,omitempty"`
	// Whole is set once everything is here.
	Whole *whole `json:"whole,omitempty"`
}

// whole is what is known of an upload when all of it is here.
type whole struct {
	Manifest wire.Digest `json:"manifest"`
	Box      []byte      `json:"box"` // Detail, boxed
}

// expect keeps a place for the bytes of a file that was begun here.
func expect(tx *store.Tx, d *journal.Draw, e journal.Entry, f Begun) ([]journal.Fact, error) {
	u := Upload{ID: f.ID, Case: e.Case, Person: f.Person, Size: f.Size, Key: f.Key}
	if e.By != nil {
		u.Actor = e.By.ID
	}
	u.Name, _ = e.Part(namePart)
	return nil, tx.Exec(`INSERT INTO file_upload (id, case_id, touched, doc) VALUES ($1, $2, $3, $4)`, u.ID, u.Case, store.Micros(d.Now), store.JSON(u))
}

// loadUpload reads an upload of an account; another's is absent.
func loadUpload(tx *store.Tx, id, actor string) (Upload, error) {
	all, err := store.Docs[Upload](tx, `SELECT doc FROM file_upload WHERE id = $1`, id)
	if err != nil {
		return Upload{}, fmt.Errorf("upload: %w", err)
	}
	if len(all) == 0 || all[0].Actor != actor {
		return Upload{}, refusal.NotFound()
	}
	return all[0], nil
}

func (u Upload) save(tx *store.Tx, now time.Time) error {
	return tx.Exec(`UPDATE file_upload SET touched = $1, doc = $2 WHERE id = $3`, store.Micros(now), store.JSON(u), u.ID)
}

// digests lists the chunks of an upload in order.
func (u Upload) digests(tx *store.Tx) (out wire.FileManifest, err error) {
	err = store.Each(tx, func(r *sql.Rows) error {
		var s string
		if err := r.Scan(&s); err != nil {
			return err
		}
		d, err := wire.ParseDigest(s)
		out = append(out, d)
		return err
	}, `SELECT digest FROM file_upload_chunk WHERE upload = $1 ORDER BY n`, u.ID)
	return out, err
}

// drop forgets an upload, with its key unless a file has it.
func (u Upload) drop(tx *store.Tx, now time.Time, key bool) error {
	if key {
		if err := seal.DestroyKey(tx, u.Key, now); err != nil {
			return err
		}
	}
	return errors.Join(tx.Exec(`DELETE FROM file_upload_chunk WHERE upload = $1`, u.ID), tx.Exec(`DELETE FROM file_upload WHERE id = $1`, u.ID))
}
