package node

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/wire"
)

// descriptor gives this node's signed descriptor. It is kept as signed, so
// that its fingerprint stays what two people compared, and made anew only when
// what it says has changed.
func descriptor(f Folders, s Settings, keys *seal.NodeKeys, kinds []string, now time.Time) (string, error) {
	path := f.descriptor()
	d, err := describe(s, keys, kinds)
	if err != nil {
		return "", err
	}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("descriptor: %w", err)
	}
	if err == nil {
		if was, err := wire.ReadDescriptor(string(old)); err == nil && same(was, d) {
			return string(old), nil
		}
	}
	d.Created = now
	signed, err := wire.SignDescriptor(d, keys.Sign)
	if err != nil {
		return "", fmt.Errorf("descriptor: %w", err)
	}
	return signed, os.WriteFile(path, []byte(signed), 0o600)
}

func describe(s Settings, keys *seal.NodeKeys, kinds []string) (wire.Descriptor, error) {
	journalKey, err := wire.JournalVkey(wire.JournalName(s.Installation, s.Node), keys.Journal.Public().(ed25519.PublicKey))
	if err != nil {
		return wire.Descriptor{}, fmt.Errorf("journal key: %w", err)
	}
	witnessKey, err := wire.WitnessVkey(wire.WitnessName(s.Installation, s.Node), keys.Cosign.Public().(ed25519.PublicKey))
	if err != nil {
		return wire.Descriptor{}, fmt.Errorf("witness key: %w", err)
	}
	link, err := exchange.TLSKey(keys.TLS)
	if err != nil {
		return wire.Descriptor{}, err
	}
	return wire.Descriptor{
		Installation: s.Installation, Node: s.Node, Country: s.Country, NameEN: s.NameEN, NameES: s.NameES, URL: s.LinkURL,
		SignKey: keys.Sign.Public().(ed25519.PublicKey), SealKey: keys.Seal.PublicKey().Bytes(), TLSKey: link,
		Journal: journalKey, Witness: witnessKey, Kinds: kinds,
	}, nil
}

// same reports whether two descriptors say the same but for when.
func same(a, b wire.Descriptor) bool {
	return a.Installation == b.Installation && a.Node == b.Node && a.Country == b.Country && a.NameEN == b.NameEN && a.NameES == b.NameES &&
		a.URL == b.URL && slices.Equal(a.SignKey, b.SignKey) && slices.Equal(a.SealKey, b.SealKey) && a.TLSKey == b.TLSKey &&
		a.Journal == b.Journal && a.Witness == b.Witness && slices.Equal(a.Kinds, b.Kinds)
}
