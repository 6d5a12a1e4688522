// Package casefile holds cases: what happened, who is in it and as what, what
// they stated, what was found, what was charged and how it ended.
//
// Everything that identifies a natural person, and every narrative, is sealed
// from the first write under a key of that person (or of the case, where it is
// about nobody in particular). Protected people go by the name of a plant.
// Corrections are new facts; nothing that was recorded is lost.
package casefile

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Case is one case of smuggling or trafficking, as its office keeps it.
type Case struct {
	ID       string    `json:"id"`
	Number   string    `json:"number"` // by office and year, RGV-26-0412
	Title    string    `json:"-"`      // sealed: a title can name people
	Status   string    `json:"status"` // open, closed, forgotten
	Office   string    `json:"office"` // that owns it
	Handling string    `json:"handling"`
	Controls []string  `json:"controls,omitempty"` // of the originator's law: program.ControlByID
	Origin   string    `json:"origin,omitempty"`   // referral it came by, if it came from the other side
	Key      string    `json:"key"`                // of what is sealed and about nobody in particular
	Opened   time.Time `json:"opened"`
	By       string    `json:"by,omitempty"` // account that opened it
	Members  []string  `json:"-"`            // offices that need to know, the owner among them, sorted

	TitlePart wire.Part `json:"title"`
}

// Label is what whoever receives something of the case may do with it.
func (c Case) Label() program.Label {
	return program.LabelOf(c.Handling).With(program.Label{Controls: c.Controls})
}

// The standings of a case.
const (
	StatusOpen   = "open"
	StatusClosed = "closed"
	// StatusForgotten is a case of which only the number stands.
	StatusForgotten = "forgotten"
)

// typeCase is the type of a case in access and membership.
const typeCase = "case"

// Load reads a case by id; what does not exist is refused as absent.
func Load(tx *store.Tx, id string) (Case, error) {
	return loadWhere(tx, "id", id)
}

// ByNumber reads a case by its number.
func ByNumber(tx *store.Tx, number string) (Case, error) {
	return loadWhere(tx, "number", number)
}

func loadWhere(tx *store.Tx, column, value string) (Case, error) {
	c, err := access.Reached[Case](tx, `SELECT doc FROM casefile WHERE `+column+` = $1`, []any{value}, access.Tie{Type: typeCase, Column: "casefile.id"})
	if err := access.OrAbsent(err, "case"); err != nil {
		return c, err
	}
	c.Members, err = Members(tx, c.ID)
	return c, err
}

// Members are the offices that need to know of a case, sorted; none if there is
// no such case.
func Members(tx *store.Tx, caseID string) ([]string, error) {
	members, err := access.Offices(tx, typeCase, caseID)
	if err != nil {
		return nil, fmt.Errorf("case members: %w", err)
	}
	return members, nil
}

// Known lists the cases that an office could know of, newest first (ids are made
// in the order of time): a superset of what each person there may see.
func Known(tx *store.Tx, office string, limit int) ([]Case, error) {
	return known(tx, `SELECT object_id FROM membership WHERE object_type = 'case' AND office = $1 ORDER BY object_id DESC LIMIT $2`, office, limit)
}

// Oldest is Known with the case first that was opened first.
func Oldest(tx *store.Tx, office string, limit int) ([]Case, error) {
	return known(tx, `SELECT object_id FROM membership WHERE object_type = 'case' AND office = $1 ORDER BY object_id LIMIT $2`, office, limit)
}

// known loads the cases of a list one by one: joined with it in one statement
// ten thousand took half a minute.
func known(tx *store.Tx, query, office string, limit int) ([]Case, error) {
	ids, err := store.Column[string](tx, query, office, limit)
	if err != nil {
		return nil, fmt.Errorf("cases of an office: %w", err)
	}
	out := make([]Case, 0, len(ids))
	for _, id := range ids {
		c, err := Load(tx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// ClosedAt is when a closed case was closed; zero for one that is open.
func ClosedAt(tx *store.Tx, c Case) (time.Time, error) {
	if c.Status != StatusClosed {
		return time.Time{}, nil
	}
	var at int64
	err := tx.QueryRow(`SELECT COALESCE(MAX(at), 0) FROM fact WHERE case_id = $1 AND kind = $2`, c.ID, StatusSet{}.Kind()).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("closing of a case: %w", err)
	}
	return store.Time(at), nil
}

// Resource is a case as access sees it.
func Resource(c Case) access.Resource { return c.resource(typeCase, c.ID) }

// resource is something in the case: whoever is not a member knows nothing of it.
func (c Case) resource(typ, id string) access.Resource {
	return access.Resource{Type: typ, ID: id, Offices: c.Members, Case: c.ID, Attrs: map[string]any{access.AttrHandling: c.Handling}}
}

// Opener opens sealed parts: the node's keyring, or the draw of an act, which
// also knows the keys drawn in that act.
type Opener interface {
	Open(tx *store.Tx, part wire.Part, v any) error
}
