package program

// Offence is one offence of the catalogue.
type Offence struct{ ID string }

// OffenceByID finds an offence.
func OffenceByID(id string) (*Offence, bool) { return nil, false }

// Closes reports whether the offence closes an outcome.
func (o *Offence) Closes(outcome string) (law string, closed bool) { return "", false }
