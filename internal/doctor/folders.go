package doctor

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"database/sql"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// folder looks at the data folder: whose it is, and who may read it.
func (x *examination) folder(context.Context) {
	s, err := node.LoadSettings(x.Folders)
	switch {
	case errors.Is(err, fs.ErrPermission):
		x.found("data", Fault, "unreadable", "sudo -u \"$(stat -c %U "+quoted(x.Data)+")\" oasiss doctor"+x.flags(), "Path", x.Data)
		return
	case err != nil:
		x.broken("data", err)
		return
	}
	x.settings, x.report.Node = &s, s.Node
	if x.closed("data", x.Data) {
		x.found("data", OK, "data_fine", "", "Folder", x.Data)
	}
}

// closed reports whether only its owner may enter a folder or read a file; it
// tells if not.
func (x *examination) closed(check, path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		x.broken(check, err)
		return false
	}
	if info.Mode().Perm()&0o077 == 0 {
		return true
	}
	mode := "600"
	if info.IsDir() {
		mode = "700"
	}
	x.found(check, Fault, "open_to_others", "chmod "+mode+" "+quoted(path), "Path", path, "Mode", fmt.Sprintf("%04o", info.Mode().Perm()))
	return false
}

// keyFolder looks at the key files: that they are there, whole, the node's
// account's alone, and not among the data.
func (x *examination) keyFolder(context.Context) {
	if x.settings == nil {
		return
	}
	if _, _, err := x.Apart(); err != nil {
		x.found("keys", Fault, "keys_in_data", "mv "+quoted(x.Keys)+" "+quoted(filepath.Clean(x.Data)+".keys"), "Folder", x.Keys)
	}
	keys, err := seal.LoadNodeKeys(x.Keys)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		x.found("keys", Fault, "keys_missing", x.restoreKeys(), "Folder", x.Keys, "Said", err.Error())
		return
	case errors.Is(err, fs.ErrPermission):
		x.found("keys", Fault, "unreadable", "sudo -u \"$(stat -c %U "+quoted(x.Keys)+")\" oasiss doctor"+x.flags(), "Path", x.Keys)
		return
	case err != nil:
		x.found("keys", Fault, "keys_damaged", x.restoreKeys(), "Folder", x.Keys, "Said", err.Error())
		return
	}
	x.keys = keys
	files, err := filepath.Glob(filepath.Join(x.Keys, "*"))
	if err != nil {
		x.broken("keys", err)
		return
	}
	fine := x.closed("keys", x.Keys)
	for _, f := range files {
		fine = x.closed("keys", f) && x.ownedAlike(f) && fine
	}
	if fine {
		x.found("keys", OK, "keys_fine", "", "Folder", x.Keys)
	}
	x.custody()
}

// custody looks at whether the keys as they are lie with two custodians, too:
// without them a lost key folder is a lost node.
func (x *examination) custody() {
	take := "oasiss key backup KEYS.sealed --keys " + quoted(x.Keys) + " --first-share FIRST --second-share SECOND"
	switch at, same, err := seal.Custody(x.Keys); {
	case err != nil:
		x.broken("keys", err)
	case at.IsZero():
		x.found("keys", Warning, "custody_none", take)
	case !same:
		x.found("keys", Warning, "custody_older", take, "Day", day{at})
	default:
		x.found("keys", OK, "custody_fine", "", "Day", day{at})
	}
}

// restoreKeys brings the keys back from custody; keys are never written over
// others, so what is there goes aside.
func (x *examination) restoreKeys() string {
	aside := ""
	if _, err := os.Stat(x.Keys); err == nil {
		aside = "mv " + quoted(x.Keys) + " " + quoted(filepath.Clean(x.Keys)+".aside") + " && "
	}
	return aside + "oasiss key restore KEYS.sealed --keys " + quoted(x.Keys) + " --first-share FIRST --second-share SECOND"
}

// ownedAlike reports whether a key file belongs to the account that the data
// belong to: after a restore by another account the node cannot read it.
func (x *examination) ownedAlike(path string) bool {
	data, derr := os.Stat(x.Data)
	key, kerr := os.Stat(path)
	if derr != nil || kerr != nil {
		x.broken("keys", errors.Join(derr, kerr))
		return false
	}
	a, aok := data.Sys().(*syscall.Stat_t)
	b, bok := key.Sys().(*syscall.Stat_t)
	if !aok || !bok || a.Uid == b.Uid {
		return true
	}
	x.found("keys", Fault, "other_owner", "chown --reference="+quoted(x.Data)+" "+quoted(path), "Path", path)
	return false
}

// keysFit holds the keys against the store: the wrapping key must open what it
// wrapped, and the others be those that the descriptor and the newest
// checkpoint name. Keys of another node would serve until they spoil something.
func (x *examination) keysFit(ctx context.Context) {
	if x.keys == nil || x.store == nil {
		return
	}
	ring, err := seal.NewKeyring(x.keys.Wrapping)
	if err != nil {
		x.broken("keys", err)
		return
	}
	err = x.store.Read(ctx, func(tx *store.Tx) error {
		var id string
		err := tx.QueryRow(`SELECT id FROM sealkey WHERE wrapped IS NOT NULL ORDER BY created DESC LIMIT 1`).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			_, err = ring.Key(tx, id)
		}
		return err
	})
	if err != nil {
		x.found("keys", Fault, "wrapping_other", x.restoreKeys(), "Said", err.Error())
		return
	}
	switch ok, err := x.keysNamed(ctx); {
	case err != nil:
		x.broken("keys", err)
	case !ok:
		x.found("keys", Fault, "keys_other", x.restoreKeys(), "Folder", x.Keys)
	default:
		x.found("keys", OK, "keys_fit", "")
	}
}

// keysNamed reports whether the descriptor and the newest checkpoint are of
// these keys.
func (x *examination) keysNamed(ctx context.Context) (bool, error) {
	signed, err := os.ReadFile(filepath.Join(x.Data, "descriptor.jws"))
	if err == nil {
		d, err := wire.ReadDescriptor(string(signed))
		if err != nil || string(d.SignKey) != string(x.keys.Sign.Public().(ed25519.PublicKey)) {
			return false, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) { // before the first start there is none
		return false, err
	}
	key, err := wire.JournalVkey(wire.JournalName(x.settings.Installation, x.settings.Node), x.keys.Journal.Public().(ed25519.PublicKey))
	if err != nil {
		return false, err
	}
	var own bool
	err = x.store.Read(ctx, func(tx *store.Tx) (err error) {
		own, err = journal.SignedBy(tx, key)
		return err
	})
	return own, err
}

// certificateSoon is how long before a certificate ends one is told: an
// agency's own takes weeks to be renewed.
const certificateSoon = 30 * 24 * time.Hour

// certificate looks at when the certificate for browsers ends.
func (x *examination) certificate(context.Context) {
	if x.settings == nil {
		return
	}
	path, mend := x.Cert, ""
	if path == "" {
		path = filepath.Join(x.Keys, node.WebCertFile)
		mend = "rm " + quoted(path) + "  # oasiss serve makes a new one"
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && x.Cert == "" {
		return // made at the first start
	}
	block, _ := pem.Decode(b)
	if err == nil && block == nil {
		err = fmt.Errorf("certificate %s: not PEM", path)
	}
	if err != nil {
		x.broken("certificate", err)
		return
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		x.broken("certificate", fmt.Errorf("certificate %s: %w", path, err))
		return
	}
	s, code := OK, "certificate_fine"
	switch left := c.NotAfter.Sub(x.Now()); {
	case left <= 0:
		s, code = Fault, "certificate_over"
	case left < certificateSoon:
		s, code = Warning, "certificate_soon"
	default:
		mend = ""
	}
	x.found("certificate", s, code, mend, "Path", path, "Day", day{c.NotAfter})
}
