package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/intake"
	"github.com/oasiss/oasiss/internal/refusal"
)

// caseImport reads a file on this machine as its mapping says and sends the
// rows to the node, with the rights of whoever is signed in. What the mapping
// does not take never leaves this machine.
type caseImport struct {
	File    string `arg:"" name:"file" help:"cli.case.import.file"`
	Map     string `name:"map" required:"" help:"cli.case.import.map" placeholder:"MAP.yaml"`
	DryRun  bool   `name:"dry-run" help:"cli.case.import.dry_run"`
	Refused string `name:"refused" help:"cli.case.import.refused" placeholder:"FILE"`
	Key     string `name:"key" help:"cli.case.import.key" placeholder:"KEY"`
}

// Run imports.
func (c *caseImport) Run(e *env) error {
	m, t, err := c.read()
	if err != nil {
		return faulty(i18n.Lang(e.Lang), err)
	}
	node, err := e.client(m.Verb())
	if err != nil {
		return err
	}
	if c.Key == "" {
		c.Key = rand.Text() // so that a batch sent twice in this run counts once
	}
	refused := &refusedFile{name: c.Refused, lang: i18n.Lang(e.Lang), table: t, mapping: m}
	if refused.name == "" {
		refused.name = filepath.Base(c.File) + ".refused.csv"
	}
	if same(refused.name, c.File) || same(refused.name, c.Map) {
		return misuse("cannot_write", "A", refused.name)
	}
	run := intake.Run{Mapping: m, File: intake.FileName(c.File), DryRun: c.DryRun, Key: c.Key, Refuse: refused.refuse,
		Send: func(ctx context.Context, verb, key string, cmd act.Command) (json.RawMessage, error) {
			return told(ctx, node, verb, key, cmd)
		}}
	report, err := run.Do(e.ctx, t)
	if err := errors.Join(err, refused.close()); err != nil {
		return err
	}
	if refused.open != nil {
		report.RefusedFile = refused.name
	}
	return e.print(report)
}

// same reports whether two names are one file that is there.
func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// read reads the mapping and the file.
func (c *caseImport) read() (*intake.Mapping, *intake.Table, error) {
	mapping, err := os.Open(c.Map)
	if err != nil {
		return nil, nil, misuse("no_import_file", "A", c.Map)
	}
	defer mapping.Close() //nolint:errcheck // only read
	m, err := intake.ReadMapping(mapping)
	if err != nil {
		return nil, nil, err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return nil, nil, misuse("no_import_file", "A", c.File)
	}
	defer file.Close() //nolint:errcheck // only read
	t, err := intake.ReadTable(m, file)
	return m, t, err
}

// faulty says all that is wrong with a mapping or a file at once.
func faulty(l i18n.Lang, err error) error {
	var f intake.Faults
	if !errors.As(err, &f) || len(f) == 0 {
		return err
	}
	first, _ := refusal.As(f[0])
	out := &client.Refused{Status: http.StatusUnprocessableEntity, Title: strings.Join(f.In(l), "\n"), Next: i18n.T(l, "intake.faults")}
	if first != nil {
		out.Code, out.Params = first.Code, first.Params
	}
	return out
}

// told takes one act and gives what the node answered besides.
func told(ctx context.Context, node *client.Client, verb, key string, cmd act.Command) (json.RawMessage, error) {
	out, err := node.Act(ctx, verb, key, cmd)
	if err != nil {
		return nil, err
	}
	if out.Recorded == nil {
		return nil, errors.New("import: the node gave no answer")
	}
	return out.Recorded.Told, nil
}

// refusedFile holds the refused rows; it is made with the first of them, and
// may be read by nobody else, for it holds people's data.
type refusedFile struct {
	name    string
	lang    i18n.Lang
	table   *intake.Table
	mapping *intake.Mapping
	open    *os.File
	rows    *intake.RefusedRows
}

func (f *refusedFile) refuse(rec intake.Record, why error) (err error) {
	if f.open == nil {
		if f.open, err = os.OpenFile(f.name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil {
			return misuse("cannot_write", "A", f.name)
		}
		if err = f.open.Chmod(0o600); err != nil { // one that was there may have been open to others
			return misuse("cannot_write", "A", f.name)
		}
		if f.rows, err = intake.NewRefusedRows(f.open, f.lang, f.table, f.mapping); err != nil {
			return err
		}
	}
	return f.rows.Refuse(rec, why)
}

func (f *refusedFile) close() error {
	if f.open == nil {
		return nil
	}
	return f.open.Close()
}
