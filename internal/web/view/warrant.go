package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Warrants are the judges' orders that an office executes, or gave: those that
// stand, the one that ends first on top, then those that ended last.
type Warrants struct {
	Executes    bool // the reader executes them
	Open, Ended []WarrantRow
}

// WarrantRow is one order on the list.
type WarrantRow struct {
	URL, Ask, Court, Office string
	Person                  component.Person
	State, Class            string
	Clock                   *component.Clock // while it stands
	At                      time.Time        // when it ended
}

// WarrantPage is one order: what is needed to execute it, and nothing else.
type WarrantPage struct {
	Head              Head
	Note              component.Note
	Whom              []Fact // empty where there is nothing to execute
	Order             []Fact
	Acts              []Act
	BehindURL, Behind string // what it rests on, for whoever gave it
}
