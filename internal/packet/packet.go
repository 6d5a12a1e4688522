// Package packet holds the frozen, numbered versions of what one country
// releases to the other about a case: notice in clear, content and identities
// sealed, each opened by a key of its own when its tier is reached. It knows
// no referral; who may send, ask and answer is decided above it.
package packet

import (
	"crypto/hpke"
	"encoding/json"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Link is what a packet needs from the link between nodes: to whom content
// keys are sealed, and with what this node opens those sealed to it.
type Link interface {
	// SealTo gives the pinned seal key of an approved peer.
	SealTo(tx *store.Tx, node string) (hpke.PublicKey, error)
	// OwnSeal gives this node's private seal key of that id, if it holds it.
	OwnSeal(id string) (hpke.PrivateKey, bool)
}

// Facts registers the facts of this package.
func Facts(link Link) func(k *journal.Kinds) {
	return func(k *journal.Kinds) {
		journal.Register(k, applyComposed)
		journal.Register(k, applyApproved)
		journal.Register(k, applyReleased)
		journal.Register(k, applyCopyTaken)
		journal.Register(k, applyCleared)
		k.Set(journal.SignedByPerson(), &Cleared{})
		journal.Also(k, applyForgotten)
		journal.Admit(k, admitReleased(link))
		journal.React(k, keepKeys(link))
	}
}

// Notice is the first tier, in clear on arrival: what, where, when and how
// many, and nobody.
type Notice struct {
	Offences  []string `json:"offences"`         // ids of the catalogue, both countries
	Places    []Place  `json:"places"`           // of the events
	From      string   `json:"from"`             // first day of the facts
	To        string   `json:"to"`               // last day of the facts
	Modes     []string `json:"modes,omitempty"`  // how it happened
	Suspects  int      `json:"suspects"`         // persons asked to be prosecuted
	Protected int      `json:"protected"`        // everyone else in the case
	Children  int      `json:"children"`         // of them under 18, or perhaps
	Elements  []string `json:"shown,omitempty"`  // elements of offences that items show
	Languages []string `json:"spoken,omitempty"` // of the statements
}

// Place is a place of an event, never a person's.
type Place struct {
	Code string `json:"code,omitempty"`
	Name string `json:"name,omitempty"`
}

// Version is one frozen version of a packet, on either node.
type Version struct {
	Packet    string        `json:"packet"`
	N         int           `json:"n"`
	Case      string        `json:"case"` // the sender's
	Referral  string        `json:"referral"`
	From      wire.Address  `json:"from"` // where it was composed
	To        wire.Address  `json:"to"`
	Home      bool          `json:"home,omitempty"` // composed on this node
	Notice    Notice        `json:"notice"`
	Manifest  wire.Manifest `json:"manifest"`
	Digest    wire.Digest   `json:"digest"` // SHA-256 of the manifest's JSON
	Composed  time.Time     `json:"composed"`
	Drafter   string        `json:"drafter,omitempty"` // account
	Fact      string        `json:"fact"`              // the fact whose sealed parts are the version's
	Approved  time.Time     `json:"approved,omitzero"`
	Approver  string        `json:"approver,omitempty"` // account
	ApprovedN string        `json:"approved_by,omitempty"`
	// ApprovedIn is the fact that approved it.
	ApprovedIn string    `json:"approved_in,omitempty"`
	Message    string    `json:"message,omitempty"` // the fact that sent it
	Sent       time.Time `json:"sent,omitzero"`
	NotSecond  []string  `json:"not_second,omitempty"` // accounts that took part: never the second person
	// Counsel says that the version waits for counsel until it is cleared.
	Counsel bool      `json:"counsel,omitempty"`
	Cleared time.Time `json:"cleared,omitzero"`
}

// Ready reports whether the version was approved and not yet sent.
func (v Version) Ready() bool { return !v.Approved.IsZero() && v.Message == "" }

// Again is a version that left and did not arrive, or came back unopened, as it
// is sent once more.
func (v Version) Again() Version {
	v.Message = ""
	return v
}

func (v Version) save(tx *store.Tx) error {
	var message any
	if v.Message != "" {
		message = v.Message
	}
	return tx.Exec(`INSERT INTO packet_version (packet, version, case_id, referral, message, doc) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (packet, version) DO UPDATE SET message = excluded.message, doc = excluded.doc`,
		v.Packet, v.N, v.Case, v.Referral, message, store.JSON(v))
}

// Load reads a version; absent is refused as such.
func Load(tx *store.Tx, packet string, n int) (Version, error) {
	v, err := access.Reached[Version](tx, `SELECT doc FROM packet_version WHERE packet = $1 AND version = $2`, []any{packet, n}, access.Tie{Type: "case", Column: "packet_version.case_id"}, access.Tie{Type: "referral", Column: "packet_version.referral"})
	return v, access.OrAbsent(err, "packet version")
}

// Versions lists the versions of a packet, oldest first.
func Versions(tx *store.Tx, packet string) ([]Version, error) {
	return store.Docs[Version](tx, `SELECT doc FROM packet_version WHERE packet = $1 ORDER BY version`, packet)
}

// LastSent is the notice of the version that was sent last, and the fact that
// sent it; sql.ErrNoRows while none was.
func LastSent(tx *store.Tx, packet string) (Notice, string, error) {
	v, err := store.Doc[struct { // a list asks it of each of its rows: the manifest is not read
		Notice  Notice `json:"notice"`
		Message string `json:"message"`
	}](tx, `SELECT doc FROM packet_version WHERE packet = $1 AND message IS NOT NULL ORDER BY version DESC LIMIT 1`, packet)
	return v.Notice, v.Message, err
}

// Latest is the newest version; ok is false while there is none.
func Latest(tx *store.Tx, packet string) (v Version, ok bool, err error) {
	all, err := Versions(tx, packet)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[len(all)-1], true, nil
}

// Parts gives the sealed parts of a version as they were frozen, to be sent as
// they are.
func Parts(tx *store.Tx, v Version) ([]wire.Part, error) {
	e, _, err := journal.Load(tx, v.Fact)
	if err != nil {
		return nil, fmt.Errorf("parts of a packet: %w", err)
	}
	return e.Sealed, nil
}

// Key is a content key of a version and what it opens.
type Key struct {
	ID       string    `json:"id"`
	Packet   string    `json:"packet"`
	Version  int       `json:"version"`
	Tier     string    `json:"tier"`
	Subject  string    `json:"subject,omitempty"` // pseudonym; empty for the content
	Person   string    `json:"person,omitempty"`  // at home
	Ground   string    `json:"ground,omitempty"`  // consent id, or code of the legal ground
	Released time.Time `json:"released,omitzero"`
	Fact     string    `json:"fact,omitempty"`  // that released it
	Erased   time.Time `json:"erased,omitzero"` // destroyed here by order, where it was received
}

// GroundSuspect is the legal ground on which a named adult suspect's identity
// goes to the country that is asked to prosecute: a request to prosecute a
// named person (LGPDPPSO 64-III; Smuggling Protocol 10).
const GroundSuspect = "suspect_prosecution"

func (k Key) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO packet_key (id, packet, version, released, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET released = excluded.released, doc = excluded.doc`,
		k.ID, k.Packet, k.Version, store.Micros(k.Released), store.JSON(k))
}

// Keys lists the content keys of a version.
func Keys(tx *store.Tx, packet string, n int) ([]Key, error) {
	return store.Docs[Key](tx, `SELECT doc FROM packet_key WHERE packet = $1 AND version = $2 ORDER BY id`, packet, n)
}

// digestOf is the digest under which a manifest is approved and sent.
func digestOf(manifest json.RawMessage) wire.Digest { return wire.Digest(sum(manifest)) }
