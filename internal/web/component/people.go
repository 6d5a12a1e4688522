package component

// Person is how a person appears on a page. A protected person has a plant
// and no name; a suspect who is named has a name and no plant.
type Person struct {
	Plant string // pseudonym of a protected person
	Name  string // a named suspect's or official's name
	Case  string // case number, shown beside the plant outside its case
	Notes string // "F, 31", when the reader may know it
	URL   string
}

// Readers is who can see a record: a total, a count per country, the list.
type Readers struct {
	Total  int
	Counts []CountryCount
	URL    string
}

// CountryCount is a number for one country.
type CountryCount struct {
	Country string
	N       int
}

// Handling is a handling code, H0 to H3, and its rule. H3 carries the
// originator's own words; the others have theirs in the texts.
type Handling struct {
	Code string
	Own  string
	// Controls are the names of what the originator's own law adds (NOFORN, CUI).
	Controls []string
}

// Bars is how many bars follow the code: as many as its number.
func (h Handling) Bars() string {
	switch h.Code {
	case "H1", "H2", "H3":
		return "h" + h.Code[1:]
	}
	return ""
}

// GateState is how one screening gate stands.
type GateState string

// The states of a gate.
const (
	GateDone    GateState = "done"
	GateShut    GateState = "shut"
	GateWaiting GateState = "waiting"
	GateCannot  GateState = "cannot" // cannot be done; something else protects the person
)

// Gate is one of the screening gates; Name is its id (medical, child, …).
type Gate struct {
	Name  string
	State GateState
}

// Gates is the screening of one person. Boxes are shown on the protection
// desk only (Detail); elsewhere one word, open or shut.
type Gates struct {
	All    []Gate
	Detail bool
}

// Done counts the gates that are no longer in the way.
func (g Gates) Done() int {
	n := 0
	for _, gate := range g.All {
		if gate.State == GateDone || gate.State == GateCannot {
			n++
		}
	}
	return n
}

// Open says whether every gate is done. No gate at all is not open.
func (g Gates) Open() bool { return len(g.All) > 0 && g.Done() == len(g.All) }

// Missing lists the ids of the gates still in the way.
func (g Gates) Missing() []string {
	var ids []string
	for _, gate := range g.All {
		if gate.State == GateShut || gate.State == GateWaiting {
			ids = append(ids, gate.Name)
		}
	}
	return ids
}
