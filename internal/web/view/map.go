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

// MapCrossing is a crossing with how many suspects were handed over there.
type MapCrossing struct {
	Name, Count string // the count in words: few are not told exactly
	X, Y        float64
	Some        bool
}
