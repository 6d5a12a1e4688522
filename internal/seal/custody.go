package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/oasiss/oasiss/internal/refusal"
)

// The key folder is backed up apart from the data, in the custody of two
// people. It is sealed by AES-256-GCM under a key that stands nowhere: it is the
// exclusive or of two random shares, and each custodian keeps one. One share
// tells nothing of the key, whatever the computer; so there is no passphrase to
// guess and no function to slow a guess down, and all that is used is approved
// (FIPS 197, SP 800-38D, SP 800-90A). For more custodians the backup is made
// more than once, for each pair its own.

// custodyFormat names the format of a sealed key folder; it is authenticated.
const custodyFormat = "oasiss keys v1\n"

// shareAlphabet leaves out what is mistaken for another character by hand.
var shareAlphabet = base32.NewEncoding("23456789ABCDEFGHJKLMNPQRSTUVWXYZ").WithPadding(base32.NoPadding)

// shareCheck is how many bytes of a digest end a share, so that a slip of the
// pen is told from a wrong custodian.
const shareCheck = 3

// BackupKeys seals a whole key folder and gives the two shares that together
// open it.
func BackupKeys(dir string) (sealed []byte, shares [2]string, err error) {
	if !HasNodeKeys(dir) {
		return nil, shares, refusal.New("key.none")
	}
	files := map[string][]byte{}
	root, err := os.OpenRoot(dir) // nothing outside the folder is read, whatever links stand in it
	if err != nil {
		return nil, shares, fmt.Errorf("key folder: %w", err)
	}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasSuffix(name, ".partial"):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		files[name], err = fs.ReadFile(root.FS(), name)
		return err
	})
	if err := errors.Join(err, root.Close()); err != nil {
		return nil, shares, fmt.Errorf("key folder: %w", err)
	}
	plain, err := json.Marshal(files)
	if err != nil {
		return nil, shares, fmt.Errorf("key folder: %w", err)
	}
	var halves [2][32]byte
	for i := range halves {
		rand.Read(halves[i][:]) //nolint:errcheck // never fails (crypto/rand)
		shares[i] = writeShare(halves[i])
	}
	aead, err := custody(halves)
	if err != nil {
		return nil, shares, err
	}
	return aead.Seal([]byte(custodyFormat), nil, plain, []byte(custodyFormat)), shares, nil // #nosec G407 -- the cipher draws its nonce itself
}

// RestoreKeys opens a sealed key folder with both shares, in any order, and
// writes it into dir, which must hold no keys. key.share says that a share was
// mistyped, key.shares that the two do not open it.
func RestoreKeys(sealed []byte, shares [2]string, dir string) error {
	if HasNodeKeys(dir) {
		return refusal.Conflict("key.there")
	}
	var halves [2][32]byte
	for i, s := range shares {
		var err error
		if halves[i], err = readShare(s); err != nil {
			return err
		}
	}
	aead, err := custody(halves)
	if err != nil {
		return err
	}
	box, ours := strings.CutPrefix(string(sealed), custodyFormat)
	if !ours {
		return refusal.New("key.not_a_backup")
	}
	plain, err := aead.Open(nil, nil, []byte(box), []byte(custodyFormat))
	if err != nil {
		return refusal.New("key.shares")
	}
	var files map[string][]byte
	if err := json.Unmarshal(plain, &files); err != nil {
		return fmt.Errorf("key folder: %w", err)
	}
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if !filepath.IsLocal(name) {
			return refusal.New("key.not_a_backup")
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), writeNew(path, b)); err != nil {
			return fmt.Errorf("key folder: %w", err)
		}
	}
	return syncFolder(dir)
}

// custody is the seal under both halves.
func custody(halves [2][32]byte) (cipher.AEAD, error) {
	var key [32]byte
	for i := range key {
		key[i] = halves[0][i] ^ halves[1][i]
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("custody: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// writeShare writes a half in groups of four characters.
func writeShare(half [32]byte) string {
	sum := sha256.Sum256(half[:])
	text := shareAlphabet.EncodeToString(append(half[:], sum[:shareCheck]...))
	var groups []string
	for len(text) > 4 {
		groups, text = append(groups, text[:4]), text[4:]
	}
	return strings.Join(append(groups, text), "-")
}

// readShare reads a half however it was typed.
func readShare(text string) (half [32]byte, err error) {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("- \t\r\n", r) {
			return -1
		}
		return r
	}, strings.ToUpper(text))
	b, err := shareAlphabet.DecodeString(clean)
	if err != nil || len(b) != len(half)+shareCheck {
		return half, refusal.New("key.share")
	}
	copy(half[:], b)
	if sum := sha256.Sum256(half[:]); string(sum[:shareCheck]) != string(b[len(half):]) {
		return half, refusal.New("key.share")
	}
	return half, nil
}
