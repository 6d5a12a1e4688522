// Package accord holds the documents that two governments sign. An accord in
// force opens corridors between offices of two nodes, adopts procedures for
// facts of certain dates, and says what may be released and published. Nothing
// is referred outside one. It cannot add a purpose.
package accord

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

// Document is the text of an accord as data, the same bytes on both nodes.
type Document struct {
	Ref        string       `yaml:"ref" json:"ref"` // short name, "houston-2008"
	Title      program.Text `yaml:"title" json:"title"`
	Place      program.Text `yaml:"place" json:"place"`
	Date       program.Day  `yaml:"date" json:"date"`   // of the conference or signature
	Facts      Range        `yaml:"facts" json:"facts"` // dates of the facts it covers
	Parties    []Party      `yaml:"parties" json:"parties"`
	Purposes   []string     `yaml:"purposes" json:"purposes"` // some of the closed list
	Offices    []Office     `yaml:"offices" json:"offices"`
	Corridors  []Corridor   `yaml:"corridors" json:"corridors"`
	Procedures []Adoption   `yaml:"procedures" json:"procedures"`
	Calendars  []string     `yaml:"calendars,omitempty" json:"calendars,omitempty"` // ids of the programme's calendars
	Release    []string     `yaml:"release" json:"release"`                         // tiers that may cross: notice, analysis, released
	Publish    []string     `yaml:"publish,omitempty" json:"publish,omitempty"`     // ids of pre-declared public tables
	// DelayHours is how long acts of two people wait before they take effect
	// on the parties' nodes (a new user, a signing role, a peer), in hours.
	DelayHours int `yaml:"delay_hours" json:"delay_hours"`
}

// Range is a span of days, both included; a zero bound is open.
type Range struct {
	From program.Day `yaml:"from,omitempty" json:"from,omitzero"`
	To   program.Day `yaml:"to,omitempty" json:"to,omitzero"`
}

// Has reports whether d lies in the range.
func (r Range) Has(d program.Day) bool {
	return (r.From.Zero() || !d.Before(r.From)) && (r.To.Zero() || !r.To.Before(d))
}

// Party is one of the two nodes of an accord.
type Party struct {
	Node    string       `yaml:"node" json:"node"`
	Country string       `yaml:"country" json:"country"` // ISO 3166-1 alpha-2
	Title   program.Text `yaml:"title" json:"title"`
}

// Office is an office of a party that takes part.
type Office struct {
	Node   string       `yaml:"node" json:"node"`
	ID     string       `yaml:"id" json:"id"`
	Title  program.Text `yaml:"title" json:"title"`
	Agency string       `yaml:"agency" json:"agency"`
	Zone   string       `yaml:"zone" json:"zone"` // IANA name; its clocks count in it
	// Unit is the specialised unit of its agency that the office is of, where it
	// is: what offences are routed to (program.UnitByID).
	Unit string `yaml:"unit,omitempty" json:"unit,omitempty"`
}

// Address is where messages to the office go.
func (o Office) Address() wire.Address { return wire.Address{Node: o.Node, Office: o.ID} }

// Corridor joins sectors and field offices of one side with states of the
// other. Areas are scheme and code ("usbp:RGV", "inegi:28").
type Corridor struct {
	ID    string         `yaml:"id" json:"id"`
	Title program.Text   `yaml:"title" json:"title"`
	Ends  []CorridorSide `yaml:"sides" json:"sides"`
}

// CorridorSide is one end of a corridor.
type CorridorSide struct {
	Node    string   `yaml:"node" json:"node"`
	Areas   []string `yaml:"areas" json:"areas"`
	Offices []string `yaml:"offices" json:"offices"`
}

// Has reports whether the corridor opens to the office.
func (c Corridor) Has(a wire.Address) bool {
	for _, s := range c.Ends {
		if s.Node != a.Node {
			continue
		}
		for _, o := range s.Offices {
			if o == a.Office {
				return true
			}
		}
	}
	return false
}

// Adoption takes a procedure for referrals from one party's node to the
// other's, when the facts fall in a range of dates.
type Adoption struct {
	Procedure string `yaml:"procedure" json:"procedure"`
	From      string `yaml:"from" json:"from"` // node that refers
	To        string `yaml:"to" json:"to"`     // node that receives
	Facts     Range  `yaml:"facts" json:"facts"`
}

// maxDocument bounds the text of a document, in bytes.
const maxDocument = 1 << 20

// Parse reads a document as YAML (JSON is YAML too). A field that the format
// does not have is refused, so that nothing is signed that nobody reads.
func Parse(text string) (Document, error) {
	var d Document
	if len(text) > maxDocument {
		return d, refusal.New("accord.too_large", "Max", maxDocument)
	}
	dec := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	dec.KnownFields(true)
	if err := dec.Decode(&d); err != nil {
		return d, refusal.New("accord.unreadable", "Why", err.Error())
	}
	return d, nil
}

// YAML is the document as Parse reads it.
func (d Document) YAML() string {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(d); err != nil {
		panic(fmt.Sprintf("accord: document cannot be encoded: %v", err)) // strings and numbers only
	}
	return out.String()
}

// Digest is the SHA-256 of the document's JSON, hex: what each signature names.
func (d Document) Digest() string {
	b, err := json.Marshal(d)
	if err != nil {
		panic(fmt.Sprintf("accord: document cannot be encoded: %v", err)) // strings and numbers only
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Office finds an office of the document.
func (d Document) Office(a wire.Address) (Office, bool) {
	for _, o := range d.Offices {
		if o.Address() == a {
			return o, true
		}
	}
	return Office{}, false
}

// Country is the country of a party; empty for a node that is none.
func (d Document) Country(node string) string {
	for _, p := range d.Parties {
		if p.Node == node {
			return p.Country
		}
	}
	return ""
}

// Other is the party across from node.
func (d Document) Other(node string) (Party, bool) {
	found := Party{}
	here := false
	for _, p := range d.Parties {
		if p.Node == node {
			here = true
		} else {
			found = p
		}
	}
	return found, here && found.Node != ""
}
