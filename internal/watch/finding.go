package watch

import (
	"context"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Finding is one thing of a node that was looked at, as whoever keeps it reads it.
type Finding struct {
	Check string // what was looked at; its name is doctor.check.<check>
	State string // ok, warning or fault; its word is doctor.state.<state>
	Says  string // in the reader's language
	Mend  string // the command that mends it; empty where nothing is to be done
}

// Examine looks at a node from beside it, at a glance or at everything: the list of
// checks is the doctor's, who knows every room and is known by none.
type Examine func(ctx context.Context, l i18n.Lang, whole bool) ([]Finding, error)
