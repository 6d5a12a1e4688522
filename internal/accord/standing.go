package accord

import (
	"database/sql"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// signaturesASide is how many different officials of each side must sign.
const signaturesASide = 2

// Accord is a document with what has been signed on it.
type Accord struct {
	ID         string
	Document   Document
	By         wire.Address // office that proposed it
	Proposed   time.Time
	Signatures []Signature
	Ended      time.Time // zero: not ended

	Suspensions []Suspension // earliest first
}

// Signature is one official's, as the journal holds it.
type Signature struct {
	Node    string    `json:"node"`
	Account string    `json:"account"`
	Name    string    `json:"name"`
	Office  string    `json:"office"`
	At      time.Time `json:"at"`
	Fact    string    `json:"fact"`
}

// stored is the document column of an accord.
type stored struct {
	Document Document     `json:"document"`
	By       wire.Address `json:"by"`
	Proposed time.Time    `json:"proposed"`
}

// Status is where an accord stands.
type Status string

// The standings of an accord.
const (
	StatusProposed  Status = "proposed" // signatures are missing
	StatusInForce   Status = "in_force"
	StatusSuspended Status = "suspended" // in force, and nothing new is referred
	StatusEnded     Status = "ended"
)

// SignedBy lists the signatures of one side, first signer first.
func (a Accord) SignedBy(node string) []Signature {
	var out []Signature
	for _, s := range a.Signatures {
		if s.Node == node {
			out = append(out, s)
		}
	}
	return out
}

func (a Accord) signatory(node, account string) bool {
	for _, s := range a.SignedBy(node) {
		if s.Account == account {
			return true
		}
	}
	return false
}

// Since is when the accord came into force: the later of the two moments at
// which a side's second official signed. It does not depend on the order in
// which signatures arrived. False while one is missing.
func (a Accord) Since() (time.Time, bool) {
	var since time.Time
	for _, p := range a.Document.Parties {
		signed := a.SignedBy(p.Node)
		if len(signed) < signaturesASide {
			return time.Time{}, false
		}
		if at := signed[signaturesASide-1].At; at.After(since) {
			since = at
		}
	}
	return since, !since.IsZero()
}

// Status is the accord's standing at a moment.
func (a Accord) Status(now time.Time) Status {
	since, signed := a.Since()
	switch {
	case !a.Ended.IsZero() && !now.Before(a.Ended):
		return StatusEnded
	case signed && !now.Before(since):
		if a.suspended(now) {
			return StatusSuspended
		}
		return StatusInForce
	}
	return StatusProposed
}

// Corridor finds the corridor that joins two offices of different parties.
func (a Accord) Corridor(from, to wire.Address) (Corridor, bool) {
	for _, c := range a.Document.Corridors {
		if from.Node != to.Node && c.Has(from) && c.Has(to) {
			return c, true
		}
	}
	return Corridor{}, false
}

// Load reads an accord by its id or its short name; what does not exist is
// refused as absent. Of several with one short name the newest counts.
func Load(tx *store.Tx, id string) (Accord, error) {
	a, known, err := load(tx, id)
	if err != nil {
		return a, err
	}
	if known {
		return a, nil
	}
	all, err := All(tx)
	if err != nil {
		return a, err
	}
	for _, a := range all {
		if a.Document.Ref == id {
			return a, nil
		}
	}
	return a, refusal.NotFound()
}

// loadedKey is an accord's among what a transaction knows, until it writes again.
type loadedKey struct {
	id     string
	writes int
}

func load(tx *store.Tx, id string) (a Accord, known bool, err error) {
	key := loadedKey{id, tx.Writes()}
	if a, ok := tx.Known(key); ok { // each row of a list of referrals asks for the calendars of its own
		return a.(Accord), true, nil
	}
	var ended int64
	var doc string
	err = tx.QueryRow(`SELECT ended, doc FROM accord WHERE id = $1`, id).Scan(&ended, &doc)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("accord: %w", err)
	}
	if a, err = read(tx, id, ended, doc); err != nil {
		return a, false, err
	}
	tx.Keep(key, a)
	return a, true, nil
}

// All lists every accord, newest document first.
func All(tx *store.Tx) ([]Accord, error) {
	type row struct {
		id, doc string
		ended   int64
	}
	var rows []row
	err := store.Each(tx, func(r *sql.Rows) error {
		var x row
		err := r.Scan(&x.id, &x.ended, &x.doc)
		rows = append(rows, x)
		return err
	}, `SELECT id, ended, doc FROM accord ORDER BY proposed DESC, id DESC`)
	if err != nil {
		return nil, fmt.Errorf("accords: %w", err)
	}
	out := make([]Accord, 0, len(rows))
	for _, x := range rows {
		a, err := read(tx, x.id, x.ended, x.doc)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// InForce finds the accord in force at now whose corridor joins the two
// offices and which covers facts of that date. Refusal accord.suspended where
// it stands still, accord.none_in_force where there is none. Of several, the one whose document has the latest date decides.
func InForce(tx *store.Tx, from, to wire.Address, factsAt, now time.Time) (Accord, Corridor, error) {
	all, err := All(tx)
	if err != nil {
		return Accord{}, Corridor{}, err
	}
	sort.SliceStable(all, func(i, j int) bool { return all[j].Document.Date.Before(all[i].Document.Date) })
	still := false
	for _, a := range all {
		c, joins := a.Corridor(from, to)
		if !joins || !a.Document.Facts.Has(a.day(from, factsAt)) {
			continue
		}
		switch a.Status(now) {
		case StatusInForce:
			return a, c, nil
		case StatusSuspended:
			still = true
		}
	}
	if still {
		return Accord{}, Corridor{}, refusal.Conflict("accord.suspended")
	}
	return Accord{}, Corridor{}, refusal.New("accord.none_in_force", "From", from.Office, "To", to.Office)
}

// day is the date of the facts as the referring office's calendar has it.
func (a Accord) day(office wire.Address, at time.Time) program.Day {
	zone := time.UTC
	if o, ok := a.Document.Office(office); ok {
		if z, err := time.LoadLocation(o.Zone); err == nil {
			zone = z
		}
	}
	return program.DayOf(at, zone)
}

// Direction is who refers to whom.
type Direction struct{ From, To wire.Address }

// Procedure gives the id of the procedure that an accord adopted for referrals
// in this direction, for facts of that date and these offences: the one made for
// their family where the accord adopted one, the general one otherwise. Refusal
// accord.no_procedure.
func (a Accord) Procedure(d Direction, factsAt time.Time, offences []string) (string, error) {
	day, family, general := a.day(d.From, factsAt), program.FamilyOf(offences), ""
	for _, p := range a.Document.Procedures {
		if p.From != d.From.Node || p.To != d.To.Node || !p.Facts.Has(day) {
			continue
		}
		switch p.family() {
		case family:
			return p.Procedure, nil
		case "":
			general = p.Procedure
		}
	}
	if general == "" {
		return "", refusal.New("accord.no_procedure", "Day", day.String())
	}
	return general, nil
}

// Under gives the accord with this id if it is in force at now and a corridor
// of it joins the two offices for facts of that date. What was begun under an
// accord goes on under it, whatever other came into force since. Refusals as
// InForce.
func Under(tx *store.Tx, id string, from, to wire.Address, factsAt, now time.Time) (Accord, Corridor, error) {
	a, err := Load(tx, id)
	if err != nil {
		return Accord{}, Corridor{}, err
	}
	c, joins := a.Corridor(from, to)
	if joins && a.Document.Facts.Has(a.day(from, factsAt)) {
		switch a.Status(now) {
		case StatusInForce:
			return a, c, nil
		case StatusSuspended:
			return Accord{}, Corridor{}, refusal.Conflict("accord.suspended")
		}
	}
	return Accord{}, Corridor{}, refusal.New("accord.none_in_force", "From", from.Office, "To", to.Office)
}
