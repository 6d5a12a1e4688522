package program

// catalogues checks every catalogue beside the procedures.
func (r *report) catalogues() {
	loadWords().lint(r)
	for _, c := range Clocks() {
		c.lint(r)
	}
	for _, c := range Calendars() {
		c.lint(r)
	}
	for _, o := range Offences() {
		o.lint(r)
	}
	lintPlaces(r)
	lintBridges(r)
	lintRoutes(r)
}
