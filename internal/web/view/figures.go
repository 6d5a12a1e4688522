package view

// Figures are what became of the referrals of one corridor in one year: drawn,
// and beside it in a table with the same numbers.
type Figures struct {
	Corridors, Years []Link
	Corridor, Year   string
	Lead, Rest       string
	Steps            []FigureStep
	Height           int
	Months           []FigureMonth
	Reasons          []FigureReason
}

// FigureCell is a count, or that it is too small to be shown.
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
