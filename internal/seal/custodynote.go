package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// custodyNote says in the key folder when its keys last went into custody, and
// by a digest which they were; it says nothing of the keys themselves.
const custodyNote = "custody.note"

// NoteCustody remembers that the keys as they are went into custody.
func NoteCustody(dir string, now time.Time) error {
	digest, err := keysDigest(dir)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, custodyNote), []byte(now.UTC().Format(time.RFC3339)+" "+digest+"\n"), 0o600); err != nil {
		return fmt.Errorf("note of custody: %w", err)
	}
	return nil
}

// Custody says when the keys last went into custody, the zero time if never,
// and whether they are still those.
func Custody(dir string) (at time.Time, same bool, err error) {
	b, err := os.ReadFile(filepath.Join(dir, custodyNote))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return at, false, fmt.Errorf("note of custody: %w", err)
	}
	when, was, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	if at, err = time.Parse(time.RFC3339, when); err != nil {
		return at, false, fmt.Errorf("note of custody: %w", err)
	}
	digest, err := keysDigest(dir)
	return at, digest == was, err
}

func keysDigest(dir string) (string, error) {
	all := sha256.New()
	for _, name := range []string{wrappingFile, signFile, journalFile, cosignFile, sealFile, tlsFile} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "", fmt.Errorf("key file: %w", err)
		}
		sum := sha256.Sum256(b)
		all.Write(sum[:])
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}
