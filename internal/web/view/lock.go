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
	To      string         // where what was sent goes; empty if nothing was
	Fields  string         // what was sent, as a form is encoded
}

// GivenBack is what somebody had sent when the screen was locked.
type GivenBack struct {
	To, Back string
	Fields   [][2]string // names and values
}
