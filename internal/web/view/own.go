package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/web/component"
)

// OwnAccount is one's own ways to sign in, and where one is signed in.
type OwnAccount struct {
	Bare      bool // nothing but a password yet: nothing of the programme is open
	Changes   bool // this session may bind and take away
	Refusal   *component.Refusal
	Form      component.Form
	New       access.NewPasskey // what an authenticator is asked for a new passkey
	Passkeys  []access.OwnPasskey
	App       time.Time // since when codes of an app are set
	Seed      string    // of an app, shown once, not set yet
	Ticket    string    // the same, sealed
	Codes     []string  // one-time codes, shown once
	CodesLeft int
	Sessions  []OwnSession
	Next      string // the act that waits for the new passkey, where it is signed
}

// OwnSession is one of one's own sessions.
type OwnSession struct {
	ID, Door, Addr, How string
	Seen                time.Time
	Here                bool // it is this one
}
