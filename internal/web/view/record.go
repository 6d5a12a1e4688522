package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Search is a question put to one's own cases and what answered.
type Search struct {
	Form     component.Form
	Purposes []component.Option
	Ran      bool
	Total    int
	Results  []Result
	More     string
}

// Result is one thing found that the reader may see.
type Result struct {
	Kind, Title, Number, URL, Snippet string
	Person                            *component.Person
	At                                time.Time
}

// Problem is the page of an error: what is wrong, what to do next.
type Problem struct {
	Status  int
	Refusal *component.Refusal // nil for a fault of the system
	Ref     string             // number to tell the help desk
	BackURL string
}
