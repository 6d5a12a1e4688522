package packet

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/wire"
)

// niem are the namespaces of NIEM 6.0 under whose names a packet is given to
// machines, and the programme's own for what no standard has (STANDARDS.md).
var niem = map[string]string{
	"nc":  "https://docs.oasis-open.org/niemopen/ns/model/niem-core/6.0/",
	"j":   "https://docs.oasis-open.org/niemopen/ns/model/domains/justice/6.0/",
	"scr": "https://docs.oasis-open.org/niemopen/ns/model/domains/screening/6.0/",
	"oas": "https://oasiss.example/ns/packet/1/",
}

// named are the sections that NIEM has a name for.
var named = map[string]string{
	wire.SectionFacts: "nc:DescriptionText", wire.SectionPeople: "nc:Person", wire.SectionEvents: "scr:EnforcementEncounter",
	wire.SectionStatements: "j:Witness", wire.SectionExhibits: "j:Evidence", wire.SectionCustody: "j:CustodyTransfer",
	wire.SectionProperty: "nc:Item", wire.SectionCharges: "j:Charge",
}

// Machine is the version as JSON-LD for another system: every section in the
// order of the manifest, items with their marks, bodies where they are open.
func (v VersionView) Machine(number string, from, to wire.Address) ([]byte, error) {
	type item struct {
		ID       string          `json:"nc:IdentificationID"`
		Channel  string          `json:"oas:channel"`
		Handling string          `json:"oas:handling"`
		Onward   string          `json:"oas:onward"`
		Court    string          `json:"oas:court"`
		Tier     string          `json:"oas:tier"`
		Digest   string          `json:"oas:sha256"`
		Body     json.RawMessage `json:"oas:body,omitempty"`
	}
	doc := map[string]any{
		"@context":                  niem,
		"nc:DocumentIdentification": map[string]string{"nc:IdentificationID": number + "/" + fmt.Sprint(v.N)}, "nc:DocumentCreationDate": v.Composed.UTC().Format(time.RFC3339),
		"oas:manifest": v.Digest, "oas:from": from, "oas:to": to,
	}
	var sections []map[string]any
	for _, s := range v.Sections {
		name, ok := named[s.Name]
		if !ok {
			name = "oas:" + s.Name
		}
		items := []item{}
		for _, it := range s.Items {
			items = append(items, item{it.ID, it.Channel, it.Handling, it.Onward, it.Court, it.Tier, it.Digest, it.Body})
		}
		section := map[string]any{"oas:section": s.Name, name: items}
		if s.Empty != "" {
			section["oas:empty"] = s.Empty
		}
		sections = append(sections, section)
	}
	doc["oas:sections"] = sections
	b, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return nil, fmt.Errorf("packet for machines: %w", err)
	}
	return append(b, '\n'), nil
}
