package view

import (
	"time"

	"github.com/oasiss/oasiss/internal/web/component"
)

// Overseen is what oversight reads beside the journal.
type Overseen struct {
	Tabs      []Link
	Decoys    *Decoys // nil for whoever is not told of them
	Unusual   []Unusual
	Anomalies []Anomaly
	Violence  []Violence
	// ViolenceKnown says whether the reader may be told of violence at all.
	ViolenceKnown bool
}

// Unusual is use of the node out of the ordinary.
type Unusual struct {
	Who, Office, What, Usual string
	Count                    int
	Last                     time.Time
}

// Anomaly is a screening that went faster than it can be read.
type Anomaly struct {
	At             time.Time
	Who, Office    string
	Person         component.Person
	Seconds, Least int
}

// Decoys are fictional people among the real ones, and what touched them.
type Decoys struct {
	Rows    []Decoy
	Touches []Touch
	Mark    []Act
}

// Decoy is one of them.
type Decoy struct {
	Plant, Record, State, Class string
	Said                        []Said
	Acts                        []Act
}

// Said is what one official said, and when.
type Said struct {
	Who, Office string
	At          time.Time
}

// Touch is that somebody showed, looked up or took out a decoy.
type Touch struct {
	At                      time.Time
	Who, Office, Did, Plant string
}
