package protection

import (
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// OwnedGate is a shut gate of whose measures somebody has charge.
type OwnedGate struct{ ID, Case string }

// GatesOf are the shut gates of which somebody has charge, in so many of the
// newest cases of their office; none for who is not of a protection desk.
func GatesOf(tx *store.Tx, by access.Actor, cases int) ([]OwnedGate, error) {
	if !by.Has(access.RoleAdviser) {
		return nil, nil
	}
	list, err := casefile.Known(tx, by.Office, cases)
	if err != nil {
		return nil, err
	}
	var out []OwnedGate
	for _, c := range list {
		gates, err := store.Docs[gate](tx, `SELECT doc FROM protection_gate WHERE case_id = $1 ORDER BY id`, c.ID)
		if err != nil {
			return nil, fmt.Errorf("gates in charge: %w", err)
		}
		for _, g := range gates {
			if g.charged(by.User) {
				out = append(out, OwnedGate{g.ID, c.ID})
			}
		}
	}
	return out, nil
}

// charged reports whether somebody has charge of the gate while it is shut.
func (g gate) charged(account string) bool {
	return g.Shut && g.Outcome != Done && g.Owner == account
}

// GateOwned gives the case of a shut gate of which somebody has charge; any other
// is absent.
func GateOwned(tx *store.Tx, by access.Actor, id string) (caseID string, err error) {
	g, caseID, err := gateByID(tx, id)
	if err == nil && !g.charged(by.User) {
		err = refusal.NotFound()
	}
	return caseID, err
}

func gateByID(tx *store.Tx, id string) (g gate, caseID string, err error) {
	var doc string
	err = tx.QueryRow(`SELECT case_id, doc FROM protection_gate WHERE id = $1`, id).Scan(&caseID, &doc)
	if err := access.OrAbsent(err, "gate"); err != nil {
		return g, "", err
	}
	return g, caseID, store.Decode(doc, &g)
}

// TakeOverGate gives the fact by which the actor takes charge of a gate that
// somebody else leaves, with the service that was named; nil where that person no
// longer has charge of it. It refuses who is not of a protection desk.
func TakeOverGate(tx *store.Tx, d *act.Draw, from, id string) (*GateTaken, error) {
	g, caseID, err := gateByID(tx, id)
	if err != nil || !g.charged(from) {
		return nil, absentIsNone(err)
	}
	if !d.By.Has(access.RoleAdviser) {
		return nil, refusal.New("access.not_yours")
	}
	var service string
	if e, _, err := journal.Load(tx, g.TakenFact); err == nil {
		if part, ok := e.Part(partService); ok {
			err = d.Open(tx, part, &service)
			if err != nil && !errors.Is(err, seal.ErrNoKey) {
				return nil, fmt.Errorf("service of a gate: %w", err)
			}
		}
	}
	part, err := d.Seal(tx, d.NewKey(keySubject(g.Person)), partService, service)
	return &GateTaken{Envelope: journal.Envelope{Case: caseID, Handling: "H3", Sealed: []wire.Part{part}}, Person: g.Person, Gate: g.ID}, err
}

// absentIsNone leaves out what is not there, as after its case was forgotten.
func absentIsNone(err error) error {
	if refusal.Is(err, "access.not_found") {
		return nil
	}
	return err
}
