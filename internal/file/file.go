// Package file holds the files of cases: photographs, recordings, documents of
// any size. What arrives is sealed as it arrives, in chunks of 4 MiB under a key
// of the file's own, and lies in a folder beside the database (package chunk);
// the fact that names the file holds the digest of the list of its chunks, so
// that nothing else can ever be read as this file.
//
// Nothing in a file is unpacked, rendered or believed: its type is sniffed from
// its first bytes, and name, type and SHA-256 are sealed with it.
package file

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Type is the type under which access knows files. Besides the offices of its
// case, an office that was given an exhibit of it knows of a file.
const Type = "file"

// Parts of the facts of this package, by id.
const (
	namePart   = "name" // how the file was called where it came from
	detailPart = "file" // Detail
)

// File is a file that a case holds.
type File struct {
	ID       string      `json:"id"`
	Case     string      `json:"case"`
	Person   string      `json:"person,omitempty"` // whom it shows or tells of, if it is about one person
	Size     int64       `json:"size"`             // bytes
	Manifest wire.Digest `json:"manifest"`         // of the list of its chunks (wire.FileManifest)
	Key      string      `json:"key"`              // id of its key
	Sealed   wire.Part   `json:"sealed"`           // its Detail
	Added    time.Time   `json:"added"`
	Referral string      `json:"referral,omitempty"` // for which another node has named it
	By       string      `json:"by,omitempty"`       // account that added it
	// Redaction is set of a copy that was made of another file.
	Redaction *Redaction `json:"redaction,omitempty"`
}

// Detail is what a file is; only its key tells.
type Detail struct {
	Name   string      `json:"name,omitempty"`  // as whoever sent it called it: never a path here
	Media  string      `json:"media,omitempty"` // sniffed from its first bytes, never what was claimed
	SHA256 wire.Digest `json:"sha256,omitzero"` // of the whole file as it arrived
}

// Added says that a case holds a file.
type Added struct {
	journal.Envelope
	ID       string      `json:"id"`
	Person   string      `json:"person,omitempty"`
	Size     int64       `json:"size"`
	Manifest wire.Digest `json:"manifest"`
	Key      string      `json:"key"`
}

// Kind implements journal.Fact.
func (Added) Kind() string { return "file.added.1" }

// Starts tells the id of the file.
func (f Added) Starts() string { return f.ID }

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, func(*store.Tx, journal.Entry, Begun) error { return nil })
	journal.React(k, expect)
	journal.Register(k, applyAdded)
	journal.React(k, arrived)
	journal.Register(k, applyRedacted)
	laneFacts(k)
	journal.Also(k, applyForgotten)
	journal.React(k, forgetUploads)
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) { v.Add(&Begin{}, &Add{}) }

func applyAdded(tx *store.Tx, e journal.Entry, f Added) error {
	row := File{ID: f.ID, Case: e.Case, Person: f.Person, Size: f.Size, Manifest: f.Manifest, Key: f.Key, Added: e.Created}
	if e.By != nil {
		row.By = e.By.ID
	}
	row.Sealed, _ = e.Part(detailPart)
	if err := tx.Exec(`INSERT INTO file (id, case_id, doc) VALUES ($1, $2, $3)`, row.ID, row.Case, store.JSON(row)); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return nil
}

// Load reads a file's row; absent gives access.not_found.
func Load(tx *store.Tx, id string) (File, error) {
	f, err := access.Reached[File](tx, `SELECT doc FROM file WHERE id = $1`, []any{id}, access.Tie{Type: "case", Column: "file.case_id"}, access.Tie{Type: "referral", Column: "file.referral"}, access.Tie{Type: Type, Column: "file.id"})
	return f, access.OrAbsent(err, "file")
}

// Of lists the files of a case, the oldest first.
func Of(tx *store.Tx, caseID string) ([]File, error) {
	out, err := store.Docs[File](tx, `SELECT doc FROM file WHERE case_id = $1 ORDER BY id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("files of a case: %w", err)
	}
	return out, nil
}

// Opened opens what a file is. seal.ErrNoKey until its key has come, and for
// ever when it was destroyed.
func (f File) Opened(tx *store.Tx, o casefile.Opener) (d Detail, err error) {
	if err := o.Open(tx, f.Sealed, &d); err != nil {
		return d, fmt.Errorf("open a file's detail: %w", err)
	}
	return d, nil
}
