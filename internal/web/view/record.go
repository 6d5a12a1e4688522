package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Search is a question put to one's own cases and what answered.
type Search struct {
	Form                               component.Form
	Purposes, Nouns, Statuses, Offices []component.Option
	Corridors, Handling                []component.Option
	Narrowed                           bool     // something beside words was asked
	Asked                              []Hidden // what was asked, for the next page, to keep it, to take it out
	Kept                               []Kept   // searches that the reader keeps
	Ran, Later                         bool     // it was asked; this is not its first page
	Total                              int      // results on this page
	Results                            []Result
	Next                               string             // place at which the next page begins; empty on the last
	Reasons                            []component.Option // for taking the list out; none for who may not
}

// Kept is a search that somebody keeps under a name.
type Kept struct {
	ID, Name string
	Asked    []Hidden
}

// Result is one thing found that the reader may see.
type Result struct {
	Kind, Title, Number, URL string
	State, Office, Handling  string // of its case
	Person                   *component.Person
	At                       time.Time // the case was opened
}

// List is what a search found, as somebody took it out.
type List struct {
	Mark, Act string // who took it, for what; the act by its id
	Until     time.Time
	LeftOut   int // rows whose handling code keeps them here
	Rows      []ListRow
	Files     []Link
}

// ListRow is one row of a list, with how many people of its case are protected.
type ListRow struct {
	Result
	Protected int
}

// Problem is the page of an error: what is wrong, what to do next.
type Problem struct {
	Status  int
	Refusal *component.Refusal // nil for a fault of the system
	Ref     string             // number to tell the help desk
	BackURL string
}
