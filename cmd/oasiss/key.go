package main

import (
	"errors"
	"os"
	"time"

	"github.com/oasiss/oasiss/internal/seal"
)

// keyCmd keeps a node's keys in the custody of two people.
type keyCmd struct {
	Backup  keyBackup  `cmd:"" help:"cli.verb.key.backup"`
	Restore keyRestore `cmd:"" help:"cli.verb.key.restore"`
}

// custodians are the files of the two shares.
type custodians struct {
	Sealed string `arg:"" name:"file" help:"cli.key.file"`
	Keys   string `name:"keys" env:"OASISS_KEYS" default:"keys" help:"cli.flag.keys"`
	First  string `name:"first-share" required:"" help:"cli.key.first" placeholder:"FILE"`
	Second string `name:"second-share" required:"" help:"cli.key.second" placeholder:"FILE"`
}

type keyBackup struct{ custodians }

// Run seals the key folder and writes each custodian's share to a file of
// their own, never over another.
func (c *keyBackup) Run(e *env) error {
	sealed, shares, err := seal.BackupKeys(c.Keys)
	if err != nil {
		return err
	}
	for path, b := range map[string][]byte{c.Sealed: sealed, c.First: []byte(shares[0] + "\n"), c.Second: []byte(shares[1] + "\n")} {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return misuse("cannot_write", "A", path)
		}
		_, err = f.Write(b)
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return misuse("cannot_write", "A", path)
		}
	}
	if err := seal.NoteCustody(c.Keys, time.Now()); err != nil {
		return err
	}
	return e.print(map[string]string{"file": c.Sealed, "first": c.First, "second": c.Second})
}

type keyRestore struct{ custodians }

// Run opens a sealed key folder with both shares.
func (c *keyRestore) Run(e *env) error {
	var read [3][]byte
	for i, path := range []string{c.Sealed, c.First, c.Second} {
		b, err := os.ReadFile(path)
		if err != nil {
			return misuse("cannot_read", "A", path)
		}
		read[i] = b
	}
	return seal.RestoreKeys(read[0], [2]string{string(read[1]), string(read[2])}, c.Keys)
}
