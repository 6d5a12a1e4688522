package program

import "slices"

// CardQuestion is what decides whether a person can be offered the card of a
// visitor for humanitarian reasons in Mexico. Nationality is read here to open a
// protection measure, and for nothing else.
type CardQuestion struct {
	Nationalities []string // ISO 3166-1 alpha-2; none where not established
	Roles         []string // the person's in the case
	Child         bool     // or in doubt
	CrimeIn       []string // countries in which an act of the crime took place
}

// CardGround is a ground of the card, with its law.
type CardGround struct {
	ID  string `json:"id"`
	Law string `json:"law"`
}

// The grounds of the card (LAW.md §1 row 6).
var (
	cardOfAChild  = CardGround{"child", "Ley de Migración 112-I"}
	cardOfAVictim = CardGround{"victim_or_witness", "Ley de Migración 52-V, 113, 120, 133-III"}
)

// cardRoles are those whose holder is a victim or a witness of the crime.
var cardRoles = []string{"victim", "witness", "smuggled_migrant"}

// HumanitarianCard gives the ground on which the card can be offered; false for
// a Mexican national, for whoever's nationality is not established, and for an
// adult who is neither victim nor witness of a crime committed in Mexican
// territory. A foreign child has it as a precaution, wherever the crime was.
func HumanitarianCard(q CardQuestion) (CardGround, bool) {
	switch {
	case len(q.Nationalities) == 0 || slices.Contains(q.Nationalities, "MX"):
		return CardGround{}, false
	case q.Child:
		return cardOfAChild, true
	case slices.Contains(q.CrimeIn, "MX") && slices.ContainsFunc(q.Roles, func(r string) bool { return slices.Contains(cardRoles, r) }):
		return cardOfAVictim, true
	}
	return CardGround{}, false
}
