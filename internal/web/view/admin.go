package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Admin is the node's people: accounts, offices, other nodes, and what waits
// for the second person.
type Admin struct {
	Told       []component.Note // what the node's administrator must look after
	Waiting    []ProposalRow
	Users      []UserRow
	Offices    []OfficeRow
	Peers      []PeerRow
	Own        []KeyWords // of this node, in each language
	Descriptor string     // of this node, to be given to another one
	Health     []HealthRow
	Whole      bool // everything was looked at, not only what costs little
	Backups    []BackupRow
	Keys       []KeyRow
	Acts       []Act
}

// HealthRow is one thing of the node that was looked at.
type HealthRow struct {
	What, Says, Mend string
	State, Class     string
}

// BackupRow is a backup that the node made by itself.
type BackupRow struct {
	At                 time.Time
	Size, State, Class string
	Facts              int64
}

// KeyRow is a signing key of this node or of another; Until is zero for the present one.
type KeyRow struct {
	Country, ID, State, Class string
	Since, Until              time.Time
}

// ProposalRow is a change that one person proposed.
type ProposalRow struct {
	What, By, URL string
	At            time.Time
}

// UserRow is one account.
type UserRow struct {
	Name, Login, Office, State, StateOK, URL string
	Roles                                    []string
}

// OfficeRow is one office of this node.
type OfficeRow struct{ ID, Name, Agency, Zone, State, StateOK, URL string }

// PeerRow is another node.
type PeerRow struct{ Country, Name, State, StateOK, URL string }

// AdminItem is one account, office, node or proposal, with what can be done.
type AdminItem struct {
	Head      Head
	Note      *component.Note
	Facts     []Fact
	Words     []KeyWords // read aloud by two people on each side
	InviteURL string     // draws the reader's half of the one-time link
	Code      string     // that half, shown once
	Acts      []Act
}
