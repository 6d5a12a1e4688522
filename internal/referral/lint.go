package referral

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Lint is what a version should be looked at for before it is signed: what stops
// it, what is marked, what is left out and what is disclosed.
func (r Referral) lint(tx *store.Tx, o casefile.Opener, x packet.Version, now time.Time) (*packet.Lint, error) {
	a, err := accord.Load(tx, r.Accord)
	if err != nil {
		return nil, err
	}
	return packet.LintOf(tx, o, x, a.Document.Release, now)
}

// LintBeforeSigning is the lint of the version that waits in a referral, for the
// page on which it is signed; nil where none waits.
func LintBeforeSigning(tx *store.Tx, o casefile.Opener, id string, now time.Time) (*packet.Lint, error) {
	r, err := Load(tx, id)
	if err != nil || !r.Home() {
		return nil, err
	}
	x, had, err := packet.Latest(tx, r.Packet)
	if err != nil || !had || x.Message != "" {
		return nil, err
	}
	return r.lint(tx, o, x, now)
}

// releasable refuses referral.over_release for a version with a tier that the
// accord lets nobody release (R13).
func (r Referral) releasable(tx *store.Tx, v packet.Version) error {
	a, err := accord.Load(tx, r.Accord)
	if err != nil {
		return err
	}
	if over := packet.Over(v.Manifest, a.Document.Release); len(over) > 0 {
		return refusal.New("referral.over_release", "Accord", a.Document.Title, "Tier", over[0])
	}
	return nil
}

// releases are the tiers that the accord of a referral lets a packet have.
func (r Referral) releases(tx *store.Tx) ([]string, error) {
	a, err := accord.Load(tx, r.Accord)
	return slices.Clone(a.Document.Release), err
}
