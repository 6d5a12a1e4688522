package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/refusal"
)

// filePut sends a file into a case and adds it; called again with the upload
// that it named, it goes on where it was cut.
type filePut struct {
	Case   string `arg:"" name:"case" help:"cli.arg.id"`
	File   string `arg:"" name:"file" help:"cli.file.put.file"`
	Name   string `name:"name" help:"help.file.begin.name" placeholder:"NAME"`
	Person string `name:"person" help:"help.file.begin.person" placeholder:"ID"`
	Resume string `name:"resume" help:"cli.file.put.resume" placeholder:"ID"`
}

// Run sends.
func (c *filePut) Run(e *env) error {
	from, err := os.Open(c.File)
	if err != nil {
		return misuse("no_import_file", "A", c.File)
	}
	defer from.Close() //nolint:errcheck // only read
	info, err := from.Stat()
	if err != nil {
		return misuse("no_import_file", "A", c.File)
	}
	if info.Size() == 0 {
		return refusal.New("file.empty")
	}
	node, err := e.client("file.begin")
	if err != nil {
		return err
	}
	id := c.Resume
	if id == "" {
		name := c.Name
		if name == "" {
			name = filepath.Base(c.File)
		}
		begun, err := node.Take(e.ctx, "file.begin", "", map[string]any{"case": c.Case, "name": name, "person": c.Person, "size": info.Size()})
		if err != nil {
			return err
		}
		id = begun.Object
	}
	if err := node.Upload(e.ctx, id, from, info.Size(), nil); err != nil {
		if no := (*client.Refused)(nil); !errors.As(err, &no) {
			fmt.Fprintln(e.errOut, "--resume "+id) // what goes on from here
		}
		return err
	}
	added, err := node.Take(e.ctx, "file.add", "", map[string]any{"upload": id})
	if err != nil {
		return err
	}
	var view any
	if err := node.Get(e.ctx, "files/"+added.Object, &view); err != nil {
		return err
	}
	return e.print(view)
}

// fileGet reads a file out of the node into a file on this machine, goes on with
// one that is there in part, and checks that the whole is what was sent in.
type fileGet struct {
	ID  string `arg:"" name:"id" help:"cli.arg.id"`
	Out string `name:"out" required:"" help:"cli.arg.out" placeholder:"FILE"`
}

// Run reads.
func (c *fileGet) Run(e *env) error {
	node, err := e.client("view.file")
	if err != nil {
		return err
	}
	var view struct {
		Size   int64  `json:"size"`
		SHA256 string `json:"sha256"`
	}
	if err := node.Get(e.ctx, "files/"+c.ID, &view); err != nil {
		return err
	}
	to, err := os.OpenFile(c.Out, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return misuse("cannot_write", "A", c.Out)
	}
	h := sha256.New()
	at, err := io.Copy(h, to)
	if err == nil && (at < view.Size || view.Size == 0) {
		var from io.ReadCloser
		if from, err = node.Download(e.ctx, c.ID, at); err == nil {
			_, err = io.Copy(io.MultiWriter(to, h), from)
			err = errors.Join(err, from.Close())
		}
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	want, err := hex.DecodeString(view.SHA256)
	if err != nil || !bytes.Equal(h.Sum(nil), want) {
		return refusal.New("file.other_bytes")
	}
	return e.print(map[string]any{"id": c.ID, "size": view.Size, "sha256": view.SHA256})
}

// fileRedact makes a copy of a file in which parts of its pages are burned out.
type fileRedact struct {
	ID     string   `arg:"" name:"id" help:"cli.arg.id"`
	Areas  []string `name:"area" required:"" sep:"none" help:"cli.file.redact.area" placeholder:"PAGE LEFT TOP WIDTH HEIGHT REASON"`
	Hidden bool     `name:"hidden" help:"cli.file.redact.hidden"`
}

// Run redacts.
func (c *fileRedact) Run(e *env) error {
	node, err := e.client("file.begin")
	if err != nil {
		return err
	}
	var made any
	if err := node.Post(e.ctx, "files/"+c.ID+"/redact", map[string]any{"areas": c.Areas, "hidden": c.Hidden}, &made); err != nil {
		return err
	}
	return e.print(made)
}
