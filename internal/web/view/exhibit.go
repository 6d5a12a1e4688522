package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Exhibits are the exhibits of a case, each with who holds it.
type Exhibits struct {
	Head   Head
	Rows   []ExhibitRow
	AddURL string
}

// ExhibitRow is one exhibit in a list.
type ExhibitRow struct {
	Number, URL, Kind string
	Found             time.Time
	Holder, Office    string
	Country           string
	State             string // between two signatures, returned, destroyed; empty while it is held
	Gaps              int
}

// Exhibit is one exhibit: what it is, and its chain of custody beside it.
type Exhibit struct {
	Head     Head
	Facts    []Fact
	Sealed   string         // why its description is not shown
	Stands   component.Note // who holds it
	Steps    []CustodyStep
	Gaps     int
	Verified *component.Note // set once the chain was computed again
	CheckURL string
	SheetURL string
	Acts     []Act
}

// CustodyStep is one signed step of a chain of custody.
type CustodyStep struct {
	Nth                   int
	What                  string
	When, Signed          time.Time
	Country, Name, Office string
	Facts                 []Fact
	Gaps                  []string
	File                  *FileRow // that the step names by its digest
	Proof                 string   // what was found when it was computed again; empty before
	Holds                 bool
}
