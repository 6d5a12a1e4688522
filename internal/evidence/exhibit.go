// Package evidence holds what a case can show to a court: exhibits, and the
// chain of custody of each, step by step, signed by the people who took them.
//
// A chain is a list of signed acts of which each names the digest of the one
// before (CNPP 227–228): what is missing, out of order or in the wrong hands
// shows, whoever keeps the list. It goes on across the border: both nodes hold
// the same chain. Nothing that breaks a chain is refused for that: it happened,
// so it is recorded and flagged, and a judge weighs it (CNPP 228).
package evidence

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Exhibit is one thing that is kept to be shown: an object, a document, a
// recording, a copy of one of them. What describes it is sealed.
type Exhibit struct {
	ID          string          `json:"id"`
	Case        string          `json:"case"`   // where it was collected
	Number      string          `json:"number"` // the case's, then E and its place in it: RGV-26-0412-E3
	N           int             `json:"n"`
	Kind        string          `json:"kind"`             // Kinds
	Person      string          `json:"person,omitempty"` // who had it
	Item        string          `json:"item,omitempty"`   // entry of the case that it is: a vehicle, a statement, a translation
	Of          string          `json:"of,omitempty"`     // exhibit of which this is a copy, an analysis, a translation
	Found       casefile.Moment `json:"found"`
	Basis       string          `json:"basis"`       // legal basis: Bases
	Source      string          `json:"source"`      // evaluation of the source: A, B, C, X
	Information int             `json:"information"` // of the information: 1 to 4
	Handling    string          `json:"handling"`
	Exculpatory bool            `json:"exculpatory,omitempty"`
	Added       time.Time       `json:"added"`
	By          string          `json:"by,omitempty"` // account that collected it
	Detail      *wire.Part      `json:"detail,omitempty"`
	Bond        *Bond           `json:"bond,omitempty"` // set once it has crossed
}

// Detail is what describes an exhibit, sealed under the key of whoever had it,
// or of the case.
type Detail struct {
	Description string `json:"description"`
	Place       string `json:"place"`              // where it was found
	FoundBy     string `json:"found_by,omitempty"` // if not by whoever signs
	Packing     string `json:"packing,omitempty"`  // how it was packed and marked (CNPP 227)
	Translated
}

// Bond ties an exhibit that has crossed to the referral it crossed under: from
// then on each step of its chain is told to the other node.
type Bond struct {
	Referral string       `json:"referral"`
	Here     wire.Address `json:"here"` // addresses of the giving and the receiving side when it crossed
	There    wire.Address `json:"there"`
}

// other is the side of a bond that is not this node.
func (b Bond) other(node string) wire.Address {
	if b.Here.Node == node {
		return b.There
	}
	return b.Here
}

// typeExhibit is the type of an exhibit in access and membership. Besides the
// offices of its case, an office it was given to knows of it.
const typeExhibit = "exhibit"

// Load reads an exhibit; what does not exist is refused as absent.
func Load(tx *store.Tx, id string) (Exhibit, error) {
	x, err := store.Doc[Exhibit](tx, `SELECT doc FROM exhibit WHERE id = $1`, id)
	return x, access.OrAbsent(err, "exhibit")
}

func (x Exhibit) save(tx *store.Tx) error {
	referral := ""
	if x.Bond != nil {
		referral = x.Bond.Referral
	}
	err := tx.Exec(`INSERT INTO exhibit (id, case_id, n, referral, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET referral = excluded.referral, doc = excluded.doc`, x.ID, x.Case, x.N, referral, store.JSON(x))
	if err != nil {
		return fmt.Errorf("exhibit: %w", err)
	}
	return nil
}

// OfCase lists the exhibits of a case, by number; of a case that was opened for
// a referral also those that came by it.
func OfCase(tx *store.Tx, c casefile.Case) ([]Exhibit, error) {
	out, err := store.Docs[Exhibit](tx, `SELECT doc FROM exhibit WHERE case_id = $1 OR (referral = $2 AND referral <> '') ORDER BY case_id, n`, c.ID, c.Origin)
	if err != nil {
		return nil, fmt.Errorf("exhibits of a case: %w", err)
	}
	return out, nil
}

// Resource is the exhibit as access sees it: known to the offices of its case
// or of the referral it crossed under, and to those it was given to.
func (x Exhibit) Resource(tx *store.Tx) (access.Resource, error) {
	r := access.Resource{Type: typeExhibit, ID: x.ID, Case: x.Case, Attrs: map[string]any{access.AttrHandling: x.Handling}}
	known := [][2]string{{"case", x.Case}, {typeExhibit, x.ID}}
	if x.Bond != nil {
		known = append(known, [2]string{"referral", x.Bond.Referral})
	}
	for _, of := range known {
		offices, err := access.Offices(tx, of[0], of[1])
		if err != nil {
			return r, fmt.Errorf("offices of an exhibit: %w", err)
		}
		r.Offices = append(r.Offices, offices...)
	}
	return r, nil
}

// Label is what whoever receives the exhibit may do with it, besides what is
// asked of its case.
func (x Exhibit) Label() program.Label { return program.LabelOf(x.Handling) }
