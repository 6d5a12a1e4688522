package component

// Button is an act that saves, opens or leads on; signing has its own.
type Button struct {
	Label   string
	Icon    string
	URL     string // a link; otherwise a submit button
	Name    string
	Value   string
	Primary bool
	Small   bool
	Wide    bool
	Blocked string // the reason it cannot be done now, shown beside it
	FixURL  string // where the reason is removed
	Fix     string
}

// Sign is the act that carries a person's signature. It never looks like a save.
type Sign struct {
	Label string // verb “and sign”
	Who   string // who signs
	Sees  string // what the other side sees, and when
	Large bool
}

// Note is a remark with one act at most. Kind is over (blocks), soon (warns),
// ok (confirms) or empty (informs).
type Note struct {
	Kind, Icon, Title, Text string
	Act, URL                string
}

// Symbol is the icon: its own, or that of its kind.
func (n Note) Symbol() string {
	if n.Icon != "" {
		return n.Icon
	}
	switch n.Kind {
	case "over":
		return "hand-stop"
	case "soon":
		return "hourglass-high"
	case "ok":
		return "circle-check"
	}
	return "info-circle"
}

// Refusal is a rule that said no. The texts are refusal.<Code> and
// refusal.<Code>.next.
type Refusal struct {
	Code   string
	Params map[string]any
}
