package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Protection is the protection desk: who is at risk, what is due next.
type Protection struct {
	Unscreened int
	Stops      int
	People     []ProtectionRow
	Stopped    []Stop
}

// ProtectionRow is one protected person on the desk.
type ProtectionRow struct {
	Person       component.Person
	Gates        component.Gates
	Next         string
	Clock        *component.Clock
	Consent      string
	ConsentClass string
	URL          string
}

// Stop is a withdrawal that the other side has, or has not yet, confirmed.
type Stop struct {
	Number, URL string
	At          time.Time
	Confirmed   time.Time // zero: not yet stopped there
	Country     string
}

// Users is the people with an account on this node.
type Users struct {
	Rows   []UserRow
	NewURL string
}

// UserRow is one account. What takes two people shows who is still missing.
type UserRow struct {
	Name, Login, Office, State, StateOK, URL string
	Roles                                    []string
	Pending                                  string
	Acts                                     []Act
}

// Offices is the offices of this node.
type Offices struct {
	Rows   []OfficeRow
	NewURL string
}

// OfficeRow is one office.
type OfficeRow struct {
	ID, Name, Agency, Place, Zone string
	People                        int
	Country                       string
	State, StateOK                string
}

// Peers is the other nodes known here.
type Peers struct {
	Rows   []PeerRow
	Own    *PeerRow
	NewURL string
}

// PeerRow is one node: the words are read aloud by two people on each side.
type PeerRow struct {
	Country, Name, Address, State, StateOK string
	Words                                  []string
	Version                                int
	Approved                               []string // who has approved
	Since                                  time.Time
	Acts                                   []Act
}
