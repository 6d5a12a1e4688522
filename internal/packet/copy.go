package packet

import (
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Forms in which a copy of a version is taken out of the node.
const (
	CopyPrinted = "printed" // PDF and page, in both languages
	CopyBundle  = "bundle"  // one file that is checked without a node
	CopyLetter  = "letter"  // the official letter of one step that crossed
	CopyReceipt = "receipt" // the disclosure receipt
)

// CopyForms lists them all.
func CopyForms() []string { return []string{CopyPrinted, CopyBundle, CopyLetter, CopyReceipt} }

// CopyTaken is the fact that somebody took a copy of a version out of the node:
// on paper, or as a file. Every copy has a number of its own, which stands on it.
type CopyTaken struct {
	journal.Envelope
	Packet  string `json:"packet"`
	Version int    `json:"version"`
	N       int    `json:"copy"` // among this node's copies of the packet, from 1
	Form    string `json:"as"`
	Reason  string `json:"reason"`
	About   string `json:"about,omitempty"` // of a letter: the act
}

// Kind implements journal.Fact.
func (CopyTaken) Kind() string { return "packet.copy_taken.1" }

// Copy is a copy that was taken, as the packet's own node remembers it.
type Copy struct {
	Fact    string    `json:"fact"`
	N       int       `json:"n"`
	Version int       `json:"version"`
	Form    string    `json:"as"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"` // name
	Office  string    `json:"office"`
	At      time.Time `json:"at"`
}

// Takes is the rule of taking a copy: a form of the two, and the next number.
func Takes(tx *store.Tx, v Version, form, reason string) (*CopyTaken, error) {
	if !slices.Contains(CopyForms(), form) {
		return nil, refusal.New("packet.copy_form")
	}
	var n int
	if err := tx.QueryRow(`SELECT COALESCE(MAX(n), 0) FROM packet_copy WHERE packet = $1`, v.Packet).Scan(&n); err != nil {
		return nil, fmt.Errorf("number of a copy: %w", err)
	}
	return &CopyTaken{Envelope: journal.Envelope{Case: v.Case, Referral: v.Referral}, Packet: v.Packet, Version: v.N, N: n + 1, Form: form, Reason: reason}, nil
}

// Copies lists the copies that were taken of a packet on this node, oldest first.
func Copies(tx *store.Tx, packet string) ([]Copy, error) {
	return store.Docs[Copy](tx, `SELECT doc FROM packet_copy WHERE packet = $1 ORDER BY n`, packet)
}

func applyCopyTaken(tx *store.Tx, e journal.Entry, f CopyTaken) error {
	c := Copy{Fact: e.ID, N: f.N, Version: f.Version, Form: f.Form, Reason: f.Reason, Office: e.From.Office, At: e.Created}
	if e.By != nil {
		c.By = e.By.Name
	}
	return tx.Exec(`INSERT INTO packet_copy (packet, n, doc) VALUES ($1, $2, $3)`, f.Packet, f.N, store.JSON(c))
}
