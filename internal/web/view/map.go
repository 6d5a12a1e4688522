package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Map is the border with what is open along it. Nothing on it is the place of
// a protected person.
type Map struct {
	Shapes    *Shapes // nil where the shapes were not built in
	Corridors []Corridor
	Marks     []CorridorMark
	Meets     bool            // the reader may know of hand-overs
	Counted   bool            // what is open in the corridors, as far as the reader may know
	Shut      *component.Note // where no accord is in force
	Events    []MapEvent
	Crossings []MapCrossing
	Days      []Link // how far back events go
}

// Shapes is the drawing: paths in its own units.
type Shapes struct {
	Width, Height            int
	US, USLines, MX, MXLines string // land, and the lines between states
	North, South             string // the line between the two countries
	Regions                  []Region
	Open, Closed             []Region // of the regions: in an accord in force, and not
}

// Region is a sector or state of the map.
type Region struct {
	Name, Short, Country, D string
	X, Y                    int // where its name stands
	Open                    bool
}

// MapEvent is an event at the precision at which it was recorded. N stands on
// the map and in the list; it is 0 for one without coordinates.
type MapEvent struct {
	N                       int
	Number, URL, Place, How string
	At                      time.Time
	X, Y, R                 float64
}

// CorridorToday is what is open in a corridor, over what the reader may know.
// What they may not know of is left out, and said to be none where they may know
// of such things and there are none.
type CorridorToday struct {
	Open      string // a count; empty where no referral is known
	Answers   string
	Silent    string
	Late      bool   // somebody is silent
	HandOvers string // today's, of suspects; empty for who may know of none
	NoneKnown bool   // the reader may know of referrals, and there is none
}

// CorridorMark is how many are open in a corridor, on the border between its areas.
type CorridorMark struct {
	Text string
	X, Y float64
}

// MapCrossing is a crossing with how many suspects were handed over there.
type MapCrossing struct {
	Name, Count string // the count in words: few are not told exactly
	X, Y        float64
	Some        bool
}
