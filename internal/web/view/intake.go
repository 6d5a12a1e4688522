package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Intake is the page on which an event is captured with everybody and everything
// found in it, and its case opened by one act.
type Intake struct {
	Form   component.Form
	Hidden []Hidden
	Begun  []Begun // other captures that the reader has begun
	NewURL string  // begins another, while one is gone on with
	Event  []Ask
	More   *Fold
	People Table
	Things []Table
	Unfold bool // something was typed among them
	Alike  Alike
	From   string // what the form was filled from
	Fill   Fill
	Row    string // of the people, in which the refusal is
}

// Fill is how the form is filled from a file or by a number of the case system, and
// what became of it just now.
type Fill struct {
	Mappings []component.Option
	Number   string
	Wrong    []string // why nothing was filled
	Done     bool
	People   int      // that were filled in
	Others   int      // of the case, who are protected and stay there
	Case     string   // that they are in
	Left     []string // what could not be read, line by line
}

// Begun is a capture that was begun: it is gone on with at its address.
type Begun struct {
	At     time.Time
	What   string
	People int
	URL    string
}

// Table is a table of a form that grows a row at a time.
type Table struct {
	Name     string // of the field that its rows fill
	TitleKey string
	LeadKey  string
	OneKey   string // what a row is
	AddKey   string
	Form     component.Form
	Columns  []string // labels
	Rows     []TableRow
	Blank    TableRow // from which a script makes the next
}

// TableRow is one row of it.
type TableRow struct {
	N     string
	Cells []TableCell
}

// TableCell is one question of a row. Its Ask says also which row it is of.
type TableCell struct {
	Label string
	Ask   Ask
}

// Alike are cases that may be about the same as what is being typed.
type Alike struct {
	Cases []AlikeCase
	Tired bool // asked too often: it is looked at when the case is opened
}

// AlikeCase is one of them.
type AlikeCase struct {
	ID, Number, URL string
	Opened          time.Time
	Why             []string
	Other           bool // said to be another
}
