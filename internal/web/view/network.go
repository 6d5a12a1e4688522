package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Network is a link chart and the same as a table. Nobody protected is on it.
type Network struct {
	Name     string
	Start    string // id of what it begins at, by which a script keeps places in its tab
	Path     string // what is said of the way that was asked for; empty if none was
	NoPath   bool
	Drawing  Drawing
	Days     []NetworkDay // on which cases of the chart were opened, the first first
	Edges    []NetworkEdge
	Things   []NetworkThing
	Form     component.Form // until which day, which way
	Kinds    []NetworkKind
	Points   []component.Option // between which a way is looked for
	Hidden   []Hidden           // what is opened
	WholeURL string             // begins again at the start; empty where nothing was opened
	Keep     component.Form     // under which name it is kept
	Asked    []Hidden           // the whole question, for what keeps it
	Kept     []NetworkKept
	Take     *Act
	Crumb    Link
}

// NetworkKind is a kind of thing that a chart shows, or leaves out.
type NetworkKind struct {
	Value, Label string
	On           bool
}

// NetworkDay is a day as a script compares it, and in words.
type NetworkDay struct{ Day, Says string }

// NetworkKept is a chart of this start that the reader keeps.
type NetworkKept struct {
	ID, Name, URL string
	Current       bool
}

// Drawing is where everything stands.
type Drawing struct {
	Width, Height float64
	Kept          bool // places that the reader chose
	Lines         []NetworkLine
	Dots          []NetworkDot
}

// NetworkLine is an edge as it is drawn.
type NetworkLine struct {
	From, To             string  // the dots it joins
	X1, Y1, X2, Y2, X, Y float64 // its ends, and where its words stand
	Says, Day            string
	Sure, OnPath         bool
}

// NetworkDot is a node as it is drawn: a circle, of a case a square, of a
// cluster a double circle.
type NetworkDot struct {
	ID, Icon, Kind   string
	X, Y             float64
	Label, More, URL string // URL opens its neighbours
	PageURL          string // its record
	Case, Cluster    bool
	Start, OnPath    bool
}

// NetworkEdge is a claim of the table.
type NetworkEdge struct {
	From, Verb, To, As, Source, Grade, Case, CaseURL string
	FromID, ToID, Day                                string
	Sure, OnPath                                     bool
}

// NetworkThing is a node of the table: what it is, and what can be done with it.
type NetworkThing struct {
	ID, Kind, Label, URL, More, OpenURL, WayURL string
}

// Taken is something that somebody took out of the node, with its files.
type Taken struct {
	TitleKey  string
	Mark, Act string
	Until     time.Time
	LeftOut   int
	Crumb     Link
	Files     []Link
}
