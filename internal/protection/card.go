package protection

import (
	"errors"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// card is the ground on which the person can be offered the humanitarian card
// in Mexico; nil where there is none. The desk alone is told: it follows from
// the person's nationality, which is sealed.
func (p subject) card(tx *store.Tx, o casefile.Opener) (*program.CardGround, error) {
	record, err := casefile.LoadPerson(tx, p.ID)
	if err != nil {
		return nil, err
	}
	who, err := casefile.OpenIdentity(tx, o, record)
	if errors.Is(err, seal.ErrNoKey) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	q := program.CardQuestion{Nationalities: who.Nationalities, Child: p.Minor}
	for _, r := range record.Roles {
		q.Roles = append(q.Roles, r.Role.Role)
	}
	if q.CrimeIn, err = casefile.ActsIn(tx, p.Case); err != nil {
		return nil, err
	}
	if ground, offered := program.HumanitarianCard(q); offered {
		return &ground, nil
	}
	return nil, nil
}
