package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/oasiss/oasiss/authenticator"
	"github.com/oasiss/oasiss/wire"
)

// keptKeys is the file of the passkeys of those who are introduced. It lies open:
// everybody in it is fictional, and the nodes' own keys lie beside it.
const keptKeys = "passkeys.json"

// visitorCodes is the file of their one-time codes.
const visitorCodes = "one-time-codes.txt"

type keptKey struct {
	Credential   string `json:"credential"`
	RelyingParty string `json:"relying_party"`
	Key          []byte `json:"key"` // PKCS #8
}

// keepKeys keeps the passkeys of those who are introduced, for the next run.
func (w *World) keepKeys(ctx context.Context, dir string) error {
	kept := map[string]keptKey{}
	for _, n := range nodeNames {
		for _, p := range signIns(n) {
			if _, err := w.as(ctx, n, p.Login, wire.PurposeAdministration); err != nil { // who took no part begins here
				return err
			}
			k := w.keys[n+"/"+p.Login]
			der, err := k.PKCS8()
			if err != nil {
				return fmt.Errorf("passkey of %s: %w", p.Login, err)
			}
			kept[n+"/"+p.Login] = keptKey{k.Credential, k.RelyingParty, der}
		}
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("passkeys: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, keptKeys), b, 0o600)
}

// foundKeys takes the passkeys of an earlier run.
func (w *World) foundKeys(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, keptKeys))
	if err != nil {
		return fmt.Errorf("passkeys: %w", err)
	}
	var kept map[string]keptKey
	if err := json.Unmarshal(b, &kept); err != nil {
		return fmt.Errorf("passkeys: %w", err)
	}
	for who, k := range kept {
		if w.keys[who], err = authenticator.FromPKCS8(k.RelyingParty, k.Credential, k.Key); err != nil {
			return fmt.Errorf("passkey of %s: %w", who, err)
		}
	}
	return nil
}

// drawCodes draws one-time codes for those who are introduced: with the
// password, one of them is a sign-in for a visitor. It gives the first of each
// and keeps all in a file.
func (w *World) drawCodes(ctx context.Context, dir string) (first map[string]string, err error) {
	first = map[string]string{}
	var all strings.Builder
	for _, n := range nodeNames {
		for _, p := range signIns(n) {
			c, err := w.as(ctx, n, p.Login, wire.PurposeAdministration)
			if err != nil {
				return nil, err
			}
			var drawn struct {
				Codes []string `json:"codes"`
			}
			if err := c.Post(ctx, "recovery-codes", nil, &drawn); err != nil {
				return nil, fmt.Errorf("codes of %s: %w", p.Login, err)
			}
			first[n+"/"+p.Login] = drawn.Codes[0]
			fmt.Fprintf(&all, "%s  %s\n  %s\n", n, p.Login, strings.Join(drawn.Codes, "\n  "))
		}
	}
	return first, os.WriteFile(filepath.Join(dir, visitorCodes), []byte(all.String()), 0o600)
}
