package wire

import (
	"encoding/json"
	"fmt"
	"time"
)

// Sections of a packet. Every manifest has all of them from the first version
// on; one without items says why.
const (
	SectionFacts        = "facts"        // what happened, where, when
	SectionPeople       = "people"       // people by pseudonym, with role
	SectionEvents       = "events"       // acts of the authorities, each with its place
	SectionStatements   = "statements"   // testimony in the original language
	SectionTranslations = "translations" // translations, each naming its translator
	SectionExhibits     = "exhibits"     // objects, files, photographs
	SectionCustody      = "custody"      // chain of custody of the exhibits
	SectionProperty     = "property"     // vehicles, phones, money, goods
	SectionCharges      = "charges"      // offences, elements and equivalence
	SectionExculpatory  = "exculpatory"  // what speaks for the suspect
	SectionLeftOut      = "left_out"     // what exists and is not here, and why
	SectionConsents     = "consents"     // consents that the release rests on, never their grounds
	SectionChecklist    = "checklist"    // the procedure's list, each line answered
)

// Sections in the order of a manifest.
var Sections = []string{
	SectionFacts, SectionPeople, SectionEvents, SectionStatements, SectionTranslations, SectionExhibits,
	SectionCustody, SectionProperty, SectionCharges, SectionExculpatory, SectionLeftOut, SectionConsents, SectionChecklist,
}

// Channels by which an item came, which decide its weight before a court.
const (
	ChannelAgency          = "agency"           // agency to agency: in Mexico only an indicio (CNPP 455)
	ChannelLegalAssistance = "legal_assistance" // through the central authorities (CNPP 439-III)
	ChannelCourt           = "court"            // by order or act of a court
)

// Marks of an item: what may be done with it without asking the sender again.
const (
	MarkFree    = "free"    // allowed within the accord
	MarkConsent = "consent" // only with the sender's consent, asked and answered by message
	MarkNever   = "never"   // not allowed; a court's order or the rights of defence and victim prevail
)

// Manifest is the table of contents of one frozen version of a packet. It is
// in clear (tier notice) and holds no narrative and no identity.
type Manifest struct {
	V          int          `json:"v"`                   // Version
	Packet     string       `json:"packet"`              // packet id
	Version    int          `json:"version"`             // number of this version, from 1
	Supersedes Digest       `json:"supersedes,omitzero"` // digest of the former version's message
	Procedure  string       `json:"procedure"`           // procedure version the packet follows
	Lang       string       `json:"lang"`                // language of the originals
	Sections   []Section    `json:"sections"`            // all of Sections, in order
	Disclosed  []Disclosure `json:"disclosed,omitempty"` // field by field, what each tier releases
	Frozen     time.Time    `json:"frozen"`              // when it was frozen
}

// Section is one section of a manifest.
type Section struct {
	Name  string `json:"name"`            // one of Sections
	Empty string `json:"empty,omitempty"` // reason code why there are no items; never both
	Items []Item `json:"items,omitempty"` // items, in order
}

// Item is one thing in a packet.
type Item struct {
	ID       string `json:"id"`             // id within the case, the same in every version
	Tier     string `json:"tier"`           // TierNotice, TierAnalysis or TierReleased
	Part     string `json:"part,omitempty"` // id of the sealed part that holds it; none at tier notice
	File     Digest `json:"file,omitzero"`  // digest of the sealed file, where it is one
	Channel  string `json:"channel"`        // how it came
	Handling string `json:"handling"`       // H0 to H3
	Onward   string `json:"onward"`         // mark for passing it on
	Court    string `json:"court"`          // mark for use in court
	Digest   Digest `json:"digest"`         // SHA-256 of the item's plain bytes, salted as its kind says
}

// Disclosure lists the fields of one subject that a tier releases and the
// ground on which it does.
type Disclosure struct {
	Subject string   `json:"subject"` // pseudonym or item id
	Tier    string   `json:"tier"`    // tier that opens them
	Fields  []string `json:"fields"`  // names of fields
	Ground  string   `json:"ground"`  // consent id or code of the legal ground
}

// Encode checks the manifest and gives its JSON, to be the clear part of a
// packet's message or a member of it.
func (m Manifest) Encode() (json.RawMessage, error) {
	m.V = Version
	m.Frozen = m.Frozen.UTC().Truncate(time.Microsecond)
	if err := m.check(); err != nil {
		return nil, err
	}
	b, err := compact(m)
	if err != nil {
		return nil, fmt.Errorf("wire: encode manifest: %w", err)
	}
	return b, nil
}

// ParseManifest reads and checks a manifest.
func ParseManifest(b []byte) (Manifest, error) {
	var m Manifest
	if err := readJSON(b, "manifest", &m); err != nil {
		return m, err
	}
	return m, m.check()
}

// check demands every section in order, filled or with its reason, every item
// with its channel, handling and marks, and item ids that are unique.
func (m Manifest) check() error {
	switch {
	case m.Packet == "" || !reference(m.Packet) || m.Version < 1 || (m.Version == 1) != m.Supersedes.IsZero():
		return fail(CodeMalformed, "manifest")
	case m.Procedure == "" || !reference(m.Procedure) || !langForm.MatchString(m.Lang) || m.Frozen.IsZero() || !instant(m.Frozen):
		return fail(CodeMalformed, "manifest")
	case len(m.Sections) != len(Sections):
		return fail(CodeMalformed, "manifest sections")
	}
	seen := map[string]bool{}
	for i, s := range m.Sections {
		if s.Name != Sections[i] {
			return fail(CodeMalformed, "manifest sections")
		}
		if (s.Empty == "") == (len(s.Items) == 0) || !reference(s.Empty) {
			return fail(CodeMalformed, "manifest section neither filled nor explained")
		}
		for _, it := range s.Items {
			if err := it.check(); err != nil {
				return err
			}
			if seen[it.ID] {
				return fail(CodeMalformed, "manifest item twice")
			}
			seen[it.ID] = true
		}
	}
	for _, d := range m.Disclosed {
		if d.Subject == "" || !tier(d.Tier) || len(d.Fields) == 0 || d.Ground == "" || !reference(d.Subject) || !reference(d.Ground) {
			return fail(CodeMalformed, "manifest disclosure")
		}
	}
	return nil
}

func (it Item) check() error {
	mark := func(s string) bool { return s == MarkFree || s == MarkConsent || s == MarkNever }
	switch {
	case it.ID == "" || !reference(it.ID) || !reference(it.Part) || it.Digest.IsZero():
		return fail(CodeMalformed, "manifest item")
	case !tier(it.Tier) || (it.Tier == TierNotice && it.Part != "") || (it.Tier != TierNotice && it.Part == "" && it.File.IsZero()):
		return fail(CodeMalformed, "manifest item tier")
	case it.Channel != ChannelAgency && it.Channel != ChannelLegalAssistance && it.Channel != ChannelCourt:
		return fail(CodeMalformed, "manifest item channel")
	case !handForm.MatchString(it.Handling) || !mark(it.Onward) || !mark(it.Court):
		return fail(CodeMalformed, "manifest item marks")
	}
	return nil
}

// tier reports whether s is a tier.
func tier(s string) bool { return s == TierNotice || s == TierAnalysis || s == TierReleased }

// Covers checks that every sealed part that the manifest names is in the act
// and no part is unnamed: the list of contents is neither short nor long.
func (m Manifest) Covers(parts []Part) error {
	have := make(map[string]bool, len(parts))
	for _, p := range parts {
		have[p.ID] = true
	}
	named := map[string]bool{}
	for _, s := range m.Sections {
		for _, it := range s.Items {
			if it.Part == "" {
				continue
			}
			if !have[it.Part] {
				return fail(CodeAltered, "manifest names a part that is not there")
			}
			named[it.Part] = true
		}
	}
	if len(named) != len(have) {
		return fail(CodeAltered, "part that the manifest does not name")
	}
	return nil
}
