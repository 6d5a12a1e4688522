package access

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/provider"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Guard knows who is at the door: it signs people in and out, keeps their
// sessions, and confirms them when they sign an act. It is safe for concurrent
// use.
type Guard struct {
	DB       *store.DB
	Kinds    *journal.Kinds
	Policies *Policies
	Node     string
	Country  string
	Sign     crypto.Signer // the node's key, for statements about its people
	Now      func() time.Time
	Ended    func()        // told once it is durable that sessions may have ended; nil tells nobody
	Ring     *seal.Keyring // seals seeds, keys challenges
	Site     Site          // where the pages are; set before anybody is served
	// Providers are the agencies' identity providers, set before anybody is served.
	Providers []*provider.Provider
	// LockAfter is how long a session can stay unused before its screen locks,
	// less than SessionIdle; ScreenAfter if zero.
	LockAfter time.Duration
	// Pause waits before a try is looked at that follows wrong ones; nil waits by
	// the machine's clock.
	Pause func(ctx context.Context, d time.Duration) error

	strangers [32]byte // keys the count of failures for names that do not exist
}

// NewGuard makes a guard.
func NewGuard(db *store.DB, kinds *journal.Kinds, policies *Policies, node, country string, sign crypto.Signer, now func() time.Time) *Guard {
	g := &Guard{DB: db, Kinds: kinds, Policies: policies, Node: node, Country: country, Sign: sign, Now: now}
	rand.Read(g.strangers[:]) //nolint:errcheck // never fails (crypto/rand)
	return g
}

// stranger names a login that is no account, for counting only. People type
// passwords into the wrong field, so not even a plain hash is stored.
func (g *Guard) stranger(login string) string {
	m := hmac.New(sha256.New, g.strangers[:])
	m.Write([]byte(LoginKey(login)))
	return "?" + hex.EncodeToString(m.Sum(nil)[:16])
}

// Record writes facts about signing in, with their leaves, in the caller's
// transaction. by is nil where nobody is known yet.
func (g *Guard) Record(tx *store.Tx, seed journal.Seed, by *Actor, facts ...journal.Fact) error {
	d := seed.Draw(nil)
	m := journal.Maker{Node: g.Node, Purpose: wire.PurposeAdministration}
	if by != nil {
		m.Office, m.By, m.Lang = by.Office, by.Wire(""), by.Lang
	}
	for _, f := range facts {
		switch f.(type) {
		case *SessionEnded, *Locked, *CredentialSet:
			if g.Ended != nil {
				tx.AfterCommit(g.Ended)
			}
		}
		msg, err := journal.Encode(m, d, f)
		if err != nil {
			return err
		}
		if _, err := journal.Record(tx, g.Kinds, msg, seed.Now); err != nil {
			return err
		}
	}
	return nil
}
