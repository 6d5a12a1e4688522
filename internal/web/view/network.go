package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Network is a link chart and the same as a table. Nobody protected is on it.
type Network struct {
	Name     string
	Path     string // what is said of the way that was asked for; empty if none was
	NoPath   bool
	Drawing  Drawing
	Edges    []NetworkEdge
	Things   []NetworkThing
	Form     component.Form // until which day, what is opened, which way
	Hidden   []Hidden
	WholeURL string // begins again at the start; empty where nothing was opened
	Take     *Act
	Crumb    Link
}

// Drawing is where everything stands.
type Drawing struct {
	Width, Height float64
	Lines         []NetworkLine
	Dots          []NetworkDot
}

// NetworkLine is an edge as it is drawn.
type NetworkLine struct {
	X1, Y1, X2, Y2, X, Y float64 // its ends, and where its words stand
	Says                 string
	Sure, OnPath         bool
}

// NetworkDot is a node as it is drawn: a circle, of a case a square.
type NetworkDot struct {
	X, Y                float64
	Label, More, URL    string
	Case, Start, OnPath bool
}

// NetworkEdge is a claim of the table.
type NetworkEdge struct {
	From, Verb, To, As, Source, Grade, Case, CaseURL string
	Sure, OnPath                                     bool
}

// NetworkThing is a node of the table: what it is, and what can be done with it.
type NetworkThing struct {
	Kind, Label, URL, More, OpenURL, WayURL string
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
