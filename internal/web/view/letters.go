package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Letters are what somebody was written about by e-mail, and what they chose.
type Letters struct {
	Address string // that letters go to; empty: none
	Refused bool   // the mail server refuses it
	Unknown string // a number that is none of theirs
	Form    component.Form
	Rows    []Letter // newest first
	Acts    []Act
}

// Letter is one of them.
type Letter struct {
	Number, What, URL string
	At                time.Time
	Waits             bool // the mail server has not taken it
}
