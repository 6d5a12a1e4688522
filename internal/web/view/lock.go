package view

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/web/component"
)

// Lock is the lock of a screen, with what was sent when it was locked.
type Lock struct {
	Passkey component.Form
	Form    component.Form // by password and code
	Asked   access.Asked   // of the person's authenticator
	Other   bool           // the password is what was tried
	Back    string         // the page underneath
	Kept    string         // what was sent, sealed; empty if nothing was
}

// GivenBack is what somebody had sent when their screen was locked or their
// session over.
type GivenBack struct {
	To, Back string
	What     string      // the act, in words; empty if it is none
	Fields   [][2]string // names and values
}
