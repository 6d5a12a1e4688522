// Package web is the pages' door: templates, the page around them, assets and
// the sign-in. It holds no rule of the programme.
package web

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
)

// Page is what surrounds the content of every page.
type Page struct {
	Lang      i18n.Lang
	Country   string // code of the node's country
	NodeName  string // "US node"
	Place     string // the person's office, or the node's seat
	Peer      string // code of the other country; empty before pairing
	Zones     []Zone // the reader's own first
	User      *User  // nil before sign-in
	Nav       []NavItem
	Trust     *component.Trust
	Alert     *component.Alert
	Flash     *component.Note // what the act just done led to
	Fictional bool
	Theme     string // light, dark, contrast, or empty to follow the system
	Path      string // path and query of this page: the language switch comes back to it
	Token     string // idempotency id for the shell's own forms
	Live      string // address of the event stream; empty for none
	Plays     bool   // it plays sound or film that this node keeps
	LocksIn   int    // seconds until its screen locks; 0 before sign-in
	Whose     string // account it was drawn for
	Now       time.Time
	Zip       bool // it leaves compressed
	Answers   bool // it is drawn in answer to what was sent, and holds it
}

// User is the person signed in.
type User struct {
	Name, Role, URL string
}

// NavItem is one noun of the masthead; Key is its text's key.
type NavItem struct {
	Key, URL     string
	Count        int
	Hot, Current bool
}

// Zone is a time zone in which moments are shown, with the country it stands for.
type Zone struct {
	Country string
	Name    string // IANA, America/Matamoros
	Place   string // McAllen
}

// Made says when the page was made, in each of its zones; those whose clocks show
// the same say it once.
func (p Page) Made() string {
	var says []string
	for _, z := range p.Zones {
		if at := i18n.DateTime(p.Lang, p.Now, i18n.Zone(z.Name)); !slices.Contains(says, at) {
			says = append(says, at)
		}
	}
	return strings.Join(says, " · ")
}

// home is the reader's own zone.
func (p Page) home() *time.Location {
	if len(p.Zones) == 0 {
		return time.UTC
	}
	return i18n.Zone(p.Zones[0].Name)
}
