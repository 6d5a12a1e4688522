package packet

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Approved is the fact that a second person approved a frozen version, by the
// digest of its manifest. What is sent is exactly that.
type Approved struct {
	journal.Envelope
	Packet  string      `json:"packet"`
	Version int         `json:"version"`
	Digest  wire.Digest `json:"manifest"`
}

// Kind implements journal.Fact.
func (Approved) Kind() string { return "packet.approved.1" }

// Approve is the rule of the second person: whoever drafted, interviewed,
// opened the case, or is their direct subordinate or an administrator, is
// never it (access answers the last by Version.NotSecond); a version is
// approved once.
func Approve(v Version) (*Approved, error) {
	switch {
	case !v.Home:
		return nil, refusal.NotFound()
	case !v.Approved.IsZero():
		return nil, refusal.Conflict("packet.approved_already")
	case v.Counsel && v.Cleared.IsZero():
		return nil, refusal.Conflict("packet.waits_for_counsel")
	}
	return &Approved{Envelope: journal.Envelope{Case: v.Case, Referral: v.Referral}, Packet: v.Packet, Version: v.N, Digest: v.Digest}, nil
}

func applyApproved(tx *store.Tx, e journal.Entry, f Approved) error {
	v, err := Load(tx, f.Packet, f.Version)
	if err != nil {
		return fmt.Errorf("approved version: %w", err)
	}
	v.Approved, v.ApprovedIn = e.Created, e.ID
	if e.By != nil {
		v.Approver, v.ApprovedN = e.By.ID, e.By.Name
	}
	return v.save(tx)
}
