// Package network is who works with whom, as far as cases say: named adult
// suspects, organisations, telephones, vehicles, and the cases that join them.
// It starts from one of them and goes on hop by hop; every edge says what it
// rests on. Protected people and what they hold are in none of it, and whatever
// the reader may not see is absent. Nothing here measures a person.
package network

import "time"

// Kinds of what stands on a chart.
const (
	KindPerson       = "person"
	KindCase         = "case"
	KindOrganisation = "organisation"
	KindVehicle      = "vehicle"
	KindPhone        = "phone"
	// KindCluster stands for many things of one kind that one thing leads to,
	// until it is opened.
	KindCluster = "cluster"
)

// Kinds are what a chart can leave out.
var Kinds = []string{KindPerson, KindCase, KindOrganisation, KindVehicle, KindPhone}

// Node is one thing of a chart.
type Node struct {
	ID     string `json:"id"`     // within this chart
	Object string `json:"object"` // by which it is opened: id of a person, a case or an item
	Noun   string `json:"noun"`
	Label  string `json:"label"`
	Case   string `json:"case"`            // id of the case by which it was reached
	Number string `json:"number"`          // of that case
	Hop    int    `json:"hop"`             // steps from the start
	Opened bool   `json:"opened"`          // its neighbours are on the chart
	More   int    `json:"more,omitempty"`  // neighbours that are not
	Start  bool   `json:"start,omitempty"` // the chart begins here
	Of     string `json:"of,omitempty"`    // of a cluster: the kind of what it stands for
	Count  int    `json:"count,omitempty"` // of a cluster: how many

	within []string // of a cluster: the cases of what it stands for
}

// Edge is one claim: what joins two things, on which source, how sure.
type Edge struct {
	From   string    `json:"from"`
	To     string    `json:"to"`
	Verb   string    `json:"verb"`            // suspect_in, held_by, occurs_in, same_identifier
	As     string    `json:"as,omitempty"`    // function of a suspect
	Source string    `json:"source"`          // casefile source code; "recorded" where nothing says more
	Grade  string    `json:"grade,omitempty"` // of the exhibit it rests on: A1 to X4
	Number string    `json:"number"`          // of the case that says so
	At     time.Time `json:"at,omitzero"`
	OnPath bool      `json:"on_path,omitempty"`
}

// Sure reports whether the claim rests on something that was evaluated or
// observed, and not on somebody's word alone.
func (e Edge) Sure() bool {
	if e.Grade != "" {
		return e.Grade[0] == 'A' || e.Grade[0] == 'B'
	}
	switch e.Source {
	case "observation", "seizure", "document", "court_record":
		return true
	}
	return false
}

// Ask is what a chart shows.
type Ask struct {
	Start string   `json:"start"`           // id of a person or an item
	Open  []string `json:"open,omitempty"`  // objects whose neighbours are shown, too
	From  string   `json:"from,omitempty"`  // object of the chart from which a way is looked for; the start if empty
	To    string   `json:"to,omitempty"`    // object to which it is looked for
	Until string   `json:"until,omitempty"` // day after which nothing is shown, 2026-06-07
	// Without are kinds that are left out of the drawing and its table.
	Without []string `json:"without,omitempty"`
}

// Chart is what was found.
type Chart struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"`
	// Path is how many steps lead to what was asked for: 0 where nothing was
	// asked, -1 where no way was found within reach.
	Path int `json:"path"`
}

// What a chart holds at most: more is counted, not drawn.
const (
	mostNodes      = 300
	mostNeighbours = 40
	mostHops       = 4 // that a way is looked for
	// mostApart is how many things of one kind, of those that one thing leads to,
	// are drawn each for itself: of more, one cluster is.
	mostApart = 12
)
