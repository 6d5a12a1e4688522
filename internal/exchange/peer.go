package exchange

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Standing of a peer.
const (
	PeerProposed = "proposed" // one person has vouched for its descriptor
	PeerApproved = "approved" // a second person of another office has, too
)

// PeerProposal is the fact that a person proposed a node as a peer.
type PeerProposal struct {
	journal.Envelope
	Peer       string `json:"peer"`
	Descriptor string `json:"descriptor"` // as signed by the peer
	Founding   bool   `json:"founding,omitempty"`
}

// Kind implements journal.Fact.
func (PeerProposal) Kind() string { return "peer.proposed.1" }

// PeerApproval is the fact that a second person, having compared the same
// fingerprint with the other side, approved a proposed peer.
type PeerApproval struct {
	journal.Envelope
	Peer        string      `json:"peer"`
	Fingerprint wire.Digest `json:"fingerprint"` // of the descriptor approved
	Effective   time.Time   `json:"effective"`   // from when the link may be used
	Founding    bool        `json:"founding,omitempty"`
}

// Kind implements journal.Fact.
func (PeerApproval) Kind() string { return "peer.approved.1" }

// PeerRenewal is the fact that an approved peer published a newer descriptor
// under the same keys: another address, name, or kinds that it understands.
// Other keys always take the ceremony again.
type PeerRenewal struct {
	journal.Envelope
	Peer       string `json:"peer"`
	Descriptor string `json:"descriptor"`
}

// Kind implements journal.Fact.
func (PeerRenewal) Kind() string { return "peer.renewed.1" }

// Peer is a node that this one knows.
type Peer struct {
	ID          string      `json:"id"`
	Status      string      `json:"status"`
	Descriptor  string      `json:"descriptor"` // as signed
	Fingerprint wire.Digest `json:"fingerprint"`
	Country     string      `json:"country"`
	NameEN      string      `json:"name_en"`
	NameES      string      `json:"name_es"`
	URL         string      `json:"url"` // address of its link; empty when it only dials
	Founding    bool        `json:"founding"`
	Proposed    Vouch       `json:"proposed"`
	Approved    Vouch       `json:"approved"`
	Effective   time.Time   `json:"effective"`
	Shown       int64       `json:"shown,omitempty"`   // changes of this node's own keys before the peer was approved: it knows those in force then
	Revoked     time.Time   `json:"revoked,omitzero"`  // from when its present key is not believed
	Journal     string      `json:"journal,omitempty"` // present log of its journal, if it is not the first
	Renewal     *Renewal    `json:"renewal,omitempty"` // proposed in place of what is approved
}

// Renewal is a descriptor with other keys that a person proposed for a node
// that is paired already: the ceremony is held again.
type Renewal struct {
	Descriptor  string      `json:"descriptor"`
	Fingerprint wire.Digest `json:"fingerprint"`
	Proposed    Vouch       `json:"proposed"`
}

// Vouch says who vouched for a peer, and when.
type Vouch struct {
	User   string    `json:"user,omitempty"`
	Name   string    `json:"name,omitempty"`
	Office string    `json:"office,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

func vouch(e journal.Entry) Vouch {
	v := Vouch{Office: e.From.Office, At: e.Created}
	if e.By != nil {
		v.User, v.Name = e.By.ID, e.By.Name
	}
	return v
}

// Name gives the peer's name in a language ("en", "es").
func (p Peer) Name(lang string) string {
	if lang == "es" {
		return p.NameES
	}
	return p.NameEN
}

// Active reports whether the link may be used at now.
func (p Peer) Active(now time.Time) bool {
	return p.Status == PeerApproved && !now.Before(p.Effective) && p.Revoked.IsZero()
}

// FindPeer loads a peer; sql.ErrNoRows if unknown. A transaction reads it once:
// every message of a frame, and every row of a list, asks for its keys.
func FindPeer(tx *store.Tx, id string) (Peer, error) {
	if p, known := tx.Known(peerKey(id)); known {
		return p.(Peer), nil
	}
	p, err := store.Doc[Peer](tx, `SELECT doc FROM peer WHERE id = $1`, id)
	if err == nil {
		tx.Keep(peerKey(id), p)
	}
	return p, err
}

// peerKey is a peer's among what a transaction knows.
type peerKey string

// Peers lists all peers by id, proposed ones too.
func Peers(tx *store.Tx) ([]Peer, error) {
	return store.Docs[Peer](tx, `SELECT doc FROM peer ORDER BY id`)
}

// Descriptor gives the verified descriptor of an approved peer, whose keys are
// pinned; sql.ErrNoRows if there is none. Upper packages seal content keys to
// its Seal; to a key that was revoked nothing is sealed (exchange.revoked).
func Descriptor(tx *store.Tx, peer string) (wire.Descriptor, error) {
	p, err := FindPeer(tx, peer)
	if err != nil {
		return wire.Descriptor{}, err
	}
	if p.Status != PeerApproved {
		return wire.Descriptor{}, sql.ErrNoRows
	}
	if !p.Revoked.IsZero() {
		return wire.Descriptor{}, refusal.Conflict("exchange.revoked", "Node", peer)
	}
	return wire.ReadDescriptor(p.Descriptor)
}

func (p *Peer) take(signed string) error {
	d, err := wire.ReadDescriptor(signed)
	if err != nil {
		return fmt.Errorf("descriptor: %w", err)
	}
	p.ID, p.Country, p.NameEN, p.NameES, p.URL = d.Node, d.Country, d.NameEN, d.NameES, d.URL
	p.Descriptor, p.Fingerprint = signed, wire.Fingerprint(signed)
	return nil
}

func (p Peer) save(tx *store.Tx) error {
	tx.Keep(peerKey(p.ID), p)
	return tx.Exec(`INSERT INTO peer (id, status, effective, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET status = excluded.status, effective = excluded.effective, doc = excluded.doc`,
		p.ID, p.Status, store.Micros(p.Effective), store.JSON(p))
}

// applyProposed replaces an earlier proposal that nobody approved; an approved
// peer stays as it is, with the other keys proposed beside.
func applyProposed(tx *store.Tx, e journal.Entry, f PeerProposal) error {
	old, err := FindPeer(tx, f.Peer)
	if err == nil && old.Status == PeerApproved {
		old.Renewal = &Renewal{Descriptor: f.Descriptor, Fingerprint: wire.Fingerprint(f.Descriptor), Proposed: vouch(e)}
		return old.save(tx)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("peer: %w", err)
	}
	p := Peer{Status: PeerProposed, Proposed: vouch(e), Founding: f.Founding}
	if err := p.take(f.Descriptor); err != nil {
		return err
	}
	return p.save(tx)
}

func applyApproved(tx *store.Tx, e journal.Entry, f PeerApproval) error {
	p, err := FindPeer(tx, f.Peer)
	if err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	if r := p.Renewal; r != nil && r.Fingerprint == f.Fingerprint {
		p.Proposed, p.Approved, p.Effective, p.Founding = r.Proposed, vouch(e), f.Effective, f.Founding
		return p.replace(tx, r.Descriptor, e.Created)
	}
	if p.Fingerprint != f.Fingerprint {
		return errors.New("exchange: approval of another descriptor")
	}
	p.Status, p.Approved, p.Effective, p.Founding = PeerApproved, vouch(e), f.Effective, f.Founding
	if err := tx.QueryRow(`SELECT COALESCE(MAX(n), 0) FROM succession`).Scan(&p.Shown); err != nil {
		return fmt.Errorf("own keys: %w", err)
	}
	if err := p.save(tx); err != nil {
		return err
	}
	return learnKinds(tx, p)
}

func applyRenewed(tx *store.Tx, _ journal.Entry, f PeerRenewal) error {
	p, err := FindPeer(tx, f.Peer)
	if err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	if err := p.take(f.Descriptor); err != nil {
		return err
	}
	if err := p.save(tx); err != nil {
		return err
	}
	return learnKinds(tx, p)
}

// learnKinds keeps which kinds the peer understands, and lets what waited for
// one of them join its lane.
func learnKinds(tx *store.Tx, p Peer) error {
	d, err := wire.ReadDescriptor(p.Descriptor)
	if err != nil {
		return fmt.Errorf("descriptor: %w", err)
	}
	if err := tx.Exec(`DELETE FROM peer_kind WHERE peer = $1`, p.ID); err != nil {
		return err
	}
	for _, k := range d.Kinds {
		if err := tx.Exec(`INSERT INTO peer_kind (peer, kind) VALUES ($1, $2)`, p.ID, k); err != nil {
			return err
		}
	}
	return admitWaiting(tx, p.ID)
}

// JournalKeys gives the keys that a journal's signatures are checked with: own
// is this journal's vkey, empty if it is not known; the peers' are those pinned.
func JournalKeys(tx *store.Tx, own string) (journal.Keys, error) {
	keys := journal.Keys{Own: own, Peers: map[string]journal.PeerKeys{}}
	all, err := Peers(tx)
	if err != nil {
		return keys, fmt.Errorf("peers: %w", err)
	}
	for _, p := range all {
		d, err := wire.ReadDescriptor(p.Descriptor)
		if err != nil {
			return keys, fmt.Errorf("descriptor of a peer: %w", err)
		}
		if p.Status == PeerApproved {
			keys.Peers[p.ID] = journal.PeerKeys{Journal: d.Journal, Witness: d.Witness}
		}
	}
	return keys, nil
}

// sameKeys reports whether a newer descriptor keeps every key of the old one.
func sameKeys(a, b wire.Descriptor) bool {
	return a.Node == b.Node && a.Installation == b.Installation && string(a.SignKey) == string(b.SignKey) &&
		string(a.SealKey) == string(b.SealKey) && a.TLSKey == b.TLSKey && a.Journal == b.Journal && a.Witness == b.Witness
}
