package wire

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// ArchiveFormat names the format of an archive: lines of JSON, the head first,
// then each fact of the journal in its order (docs/archive.md).
const ArchiveFormat = "oasiss archive"

// ArchiveHead is the first line of an archive.
type ArchiveHead struct {
	V            int       `json:"v"`      // Version
	Format       string    `json:"format"` // ArchiveFormat
	Installation string    `json:"installation"`
	Node         string    `json:"node"`
	Descriptor   string    `json:"descriptor"` // of the node, as signed; empty before its first start
	Made         time.Time `json:"made"`
	Size         int64     `json:"size"`       // facts that follow
	Checkpoint   string    `json:"checkpoint"` // the newest signed note, with its cosignatures; empty before the first
}

// ArchiveFact is one line after the head.
type ArchiveFact struct {
	V       int       `json:"v"`   // Version
	Seq     int64     `json:"seq"` // from 1; its leaf is the one before
	At      time.Time `json:"at"`  // recorded
	Digest  Digest    `json:"digest"`
	Message []byte    `json:"message,omitempty"` // as written; none where the body was forgotten
}

// WriteLine writes a head or a fact as one line of an archive.
func WriteLine(w io.Writer, v any) error {
	b, err := compact(v)
	if err != nil {
		return failWith(CodeMalformed, "archive", err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// Archived is what reading an archive found.
type Archived struct {
	Head       ArchiveHead
	Facts      int64
	Forgotten  int64 // facts whose body was expunged; their leaves stand
	Checkpoint Checkpoint
}

// ReadArchive reads a whole archive: every digest is that of its message, no
// place is left out, and the leaves give the root that the node signed, up to
// the checkpoint's size; the facts after it are whole and under no signature
// yet. journal and cosigners are keys from descriptors. each, if given, hears
// of every fact; its error ends the reading.
func ReadArchive(r io.Reader, journal string, cosigners []string, each func(ArchiveFact, Message) error) (Archived, error) {
	var a Archived
	lines := bufio.NewReaderSize(r, 1<<20)
	line, err := archiveLine(lines)
	if err != nil {
		return a, failWith(CodeMalformed, "archive", err)
	}
	if err := readJSON(line, "archive", &a.Head); err != nil {
		return a, err
	}
	if a.Head.Format != ArchiveFormat {
		return a, fail(CodeUnknownKind, "file is no archive")
	}
	var leaves []tlog.Hash
	for a.Facts < a.Head.Size {
		if line, err = archiveLine(lines); err != nil {
			return a, failWith(CodeSequence, "archive ends before its last fact", err)
		}
		f, m, err := archiveFact(line, a.Facts+1)
		if err != nil {
			return a, err
		}
		if f.Message == nil {
			a.Forgotten++
		}
		if each != nil {
			if err := each(f, m); err != nil {
				return a, err
			}
		}
		leaves = append(leaves, LeafHash(f.Digest))
		a.Facts++
	}
	if _, err := archiveLine(lines); !errors.Is(err, io.EOF) {
		return a, fail(CodeSequence, "archive goes on after its last fact")
	}
	return a, a.check(leaves, journal, cosigners)
}

// check holds the leaves against the checkpoint.
func (a *Archived) check(leaves []tlog.Hash, journal string, cosigners []string) error {
	if a.Head.Checkpoint == "" {
		return fail(CodeUnsigned, "archive has no checkpoint")
	}
	var err error
	if a.Checkpoint, err = VerifyCheckpoint([]byte(a.Head.Checkpoint), journal, cosigners...); err != nil {
		return err
	}
	if a.Checkpoint.Size > int64(len(leaves)) {
		return fail(CodeSequence, "archive is shorter than its checkpoint")
	}
	root, err := Root(leaves[:a.Checkpoint.Size])
	if err != nil {
		return failWith(CodeMalformed, "archive", err)
	}
	if root != a.Checkpoint.Root {
		return fail(CodeAltered, "facts of the archive")
	}
	return nil
}

func archiveLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadBytes('\n')
	if err != nil && (len(line) == 0 || !errors.Is(err, io.EOF)) {
		return nil, err
	}
	return bytes.TrimSuffix(line, []byte("\n")), nil
}

func archiveFact(line []byte, want int64) (f ArchiveFact, m Message, err error) {
	if err := readJSON(line, "fact of an archive", &f); err != nil {
		return f, m, err
	}
	if f.Seq != want {
		return f, m, fail(CodeSequence, "a fact of the archive is missing")
	}
	if f.Message == nil {
		return f, m, nil
	}
	if Digest(sha256.Sum256(f.Message)) != f.Digest {
		return f, m, fail(CodeAltered, "message of the archive")
	}
	m, err = ParseMessage(f.Message)
	return f, m, err
}
