package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Approvals is what waits for the reader as its second person, or a part of it
// that is read for another purpose.
type Approvals struct {
	ID    string // of a part
	Rows  []Approval
	Count int // of a part, which may show its first alone
	// Elsewhere are the parts that are read for another purpose.
	Elsewhere []Part
}

// Part is a part of a page that is read for another purpose: a page of its own,
// which is fetched from an address of it.
type Part struct{ ID, Text, URL, From string }

// Approval is one thing that somebody else began and the reader decides, where it
// stands.
type Approval struct {
	What, Number, Note, By, URL string
	Person                      *component.Person
	At                          time.Time        // since when it waits
	Clock                       *component.Clock // nil where it waits without a term
}
