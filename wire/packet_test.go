package wire_test

import (
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// sampleManifest has one fact in clear, one statement sealed for analysis, one
// identity sealed for release; every other section says why it is empty.
func sampleManifest() wire.Manifest {
	m := wire.Manifest{Packet: id(800), Version: 1, Procedure: "mx-accusatory-2016", Lang: "en", Frozen: at(0)}
	item := func(n, tier, part string) wire.Item {
		return wire.Item{ID: n, Tier: tier, Part: part, Channel: wire.ChannelAgency, Handling: "H1", Onward: wire.MarkConsent, Court: wire.MarkConsent, Digest: wire.Digest{1}}
	}
	for _, name := range wire.Sections {
		s := wire.Section{Name: name}
		switch name {
		case wire.SectionFacts:
			s.Items = []wire.Item{item("f-1", wire.TierNotice, "")}
		case wire.SectionStatements:
			s.Items = []wire.Item{item("s-1", wire.TierAnalysis, "statement/1")}
		case wire.SectionPeople:
			s.Items = []wire.Item{item("p-1", wire.TierReleased, "person/1")}
		default:
			s.Empty = "none_found"
		}
		m.Sections = append(m.Sections, s)
	}
	m.Disclosed = []wire.Disclosure{{Subject: "p-1", Tier: wire.TierReleased, Fields: []string{"given", "paterno"}, Ground: "consent-1"}}
	return m
}

func TestManifest(t *testing.T) {
	b, err := sampleManifest().Encode()
	must(t, err)
	m, err := wire.ParseManifest(b)
	must(t, err)
	parts := []wire.Part{{ID: "statement/1"}, {ID: "person/1"}}
	must(t, m.Covers(parts))
	wantCode(t, m.Covers(parts[:1]), wire.CodeAltered)
	wantCode(t, m.Covers(append(parts, wire.Part{ID: "unnamed"})), wire.CodeAltered)
}

func TestManifestRefusals(t *testing.T) {
	for name, change := range map[string]func(m *wire.Manifest){
		"section missing":             func(m *wire.Manifest) { m.Sections = m.Sections[1:] },
		"sections out of order":       func(m *wire.Manifest) { m.Sections[0], m.Sections[1] = m.Sections[1], m.Sections[0] },
		"silently empty":              func(m *wire.Manifest) { m.Sections[9].Empty = "" },
		"empty and filled":            func(m *wire.Manifest) { m.Sections[0].Empty = "none_found" },
		"item twice":                  func(m *wire.Manifest) { m.Sections[1].Items[0].ID = "f-1" },
		"item without handling":       func(m *wire.Manifest) { m.Sections[0].Items[0].Handling = "" },
		"item without channel":        func(m *wire.Manifest) { m.Sections[0].Items[0].Channel = "" },
		"item without court mark":     func(m *wire.Manifest) { m.Sections[0].Items[0].Court = "" },
		"sealed at notice":            func(m *wire.Manifest) { m.Sections[0].Items[0].Part = "x" },
		"in clear at analysis":        func(m *wire.Manifest) { m.Sections[3].Items[0].Part = "" },
		"second version, no first":    func(m *wire.Manifest) { m.Version = 2 },
		"disclosure without a ground": func(m *wire.Manifest) { m.Disclosed[0].Ground = "" },
	} {
		m := sampleManifest()
		change(&m)
		if _, err := m.Encode(); wire.CodeOf(err) != wire.CodeMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}
