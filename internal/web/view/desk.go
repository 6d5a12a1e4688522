package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Protection is the protection desk: who is at risk, what is due next.
type Protection struct {
	Unscreened  int
	Stops       int
	KeptURL     string // the retention desk; empty for who has no part in it
	RequestsURL string // requests by persons; likewise
	People      []ProtectionRow
	Stopped     []Stop
	ToTell      []ToTell
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
