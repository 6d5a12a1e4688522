package view

import "github.com/oasiss/oasiss/internal/web/component"

// Figures are what became of the referrals of one corridor in one year, each
// direction for itself: drawn, and beside it in a table with the same numbers.
type Figures struct {
	Corridors, Years []Link
	Corridor, Year   string
	Ways             []FigureWay
	Take             *Act // takes them out; nil for whoever may not
}

// FigureWay is one direction of a corridor.
type FigureWay struct {
	ID, From, To string // countries
	Title        string
	Lead, Rest   string
	Empty        bool // nothing was sent, or too little to be shown
	Steps        []FigureStep
	Height       int
	Months       []FigureMonth
	Reasons      []FigureReason
}

// FigureCell is a count, or that it is not shown.
type FigureCell struct {
	Text   string
	Hidden bool
}

// FigureStep is one bar of the drawing and its row.
type FigureStep struct {
	Name, Country, Says, Days string
	Count, Of, Not, Unknown   FigureCell
	Y, TextY                  int
	W, UnknownW, End          float64
}

// FigureMonth is one row of the table by months.
type FigureMonth struct {
	Name                              string
	Sent, Accepted, Declined, Unknown FigureCell
}

// FigureReason is why referrals were not accepted.
type FigureReason struct {
	Name  string
	Count FigureCell
}

// Counted says how figures are counted.
type Counted struct {
	Figures []CountedFigure
	Hiding  component.Note
}

// CountedFigure says of one figure what is counted, when, and from what.
type CountedFigure struct{ Name, What, When, From string }
