package casefile

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Writable loads a case for an act of a higher room that writes something of a
// type into it: the policies are asked, and a closed case takes nothing.
func Writable(tx *store.Tx, d *act.Draw, id, typ, object string) (Case, error) {
	return writable(tx, d, id, typ, object)
}

// Holds is something of a higher room that belongs to the case, as access sees it.
func (c Case) Holds(typ, id string) access.Resource { return c.resource(typ, id) }

// Envelope is what facts of the case say around themselves.
func (c Case) Envelope(parts ...wire.Part) journal.Envelope { return c.envelope(parts...) }

// Person loads a person of this case, by the id of any of their records; a
// person of another case is as unknown as one that does not exist.
func (c Case) Person(tx *store.Tx, id string) (Person, error) { return c.person(tx, id) }
