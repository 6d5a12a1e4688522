package packet

import (
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// ground decides whether and when a person's identity goes: a named adult
// suspect's with the content, another person's on acceptance and only as far
// as a consent covers it now.
func (b *builder) ground(m *member) error {
	if err := b.grounded(m); err != nil || m.tier == "" || b.draft.Release == nil || slices.Contains(b.draft.Release, m.tier) {
		return err
	}
	m.tier, m.ground, m.speaks, m.contact, m.consents, m.barred = "", "", false, false, nil, true
	return nil
}

func (b *builder) grounded(m *member) error {
	if m.Class == casefile.Official {
		m.tier = wire.TierAnalysis
		return nil
	}
	if m.Class == casefile.Suspect {
		may, err := protection.NameMayGo(b.tx, b.draft.Case, m.ID)
		if err != nil || !may {
			return err
		}
		m.tier, m.ground = wire.TierAnalysis, GroundSuspect
		return nil
	}
	for _, category := range []string{protection.CategoryIdentity, protection.CategoryStatement, protection.CategoryContact} {
		consent, may, err := protection.MayRelease(b.tx, b.draft.Case, m.ID, category, b.d.Purpose, b.draft.To, b.d.Now)
		if err != nil {
			return err
		}
		if !may {
			continue
		}
		switch category {
		case protection.CategoryStatement:
			m.speaks = true
		case protection.CategoryContact:
			m.contact = true
		}
		m.consents = append(m.consents, consent)
		m.tier, m.ground = wire.TierReleased, consent
	}
	// Words and contacts lead to the person: they go only with the identity.
	identity, may, err := protection.MayRelease(b.tx, b.draft.Case, m.ID, protection.CategoryIdentity, b.d.Purpose, b.draft.To, b.d.Now)
	if err != nil {
		return err
	}
	if !may {
		m.tier, m.ground, m.speaks, m.contact, m.consents = "", "", false, false, nil
		return nil
	}
	m.ground = identity
	return nil
}

// keyed gives whoever's identity goes a key of its own in this version.
func (b *builder) keyed(m *member) {
	if m.tier == "" || m.Class == casefile.Official {
		return
	}
	m.key = b.d.NewKey(casefile.KeySubject(m.ID))
	b.keys = append(b.keys, Key{ID: m.key, Packet: b.draft.Packet, Version: b.version, Tier: m.tier, Subject: m.Plant, Person: m.ID, Ground: m.ground})
}

// tellPeople writes everybody by pseudonym, and the identities that go.
func (b *builder) tellPeople() error {
	for _, m := range b.order {
		if m.Class == casefile.Official {
			continue // named where they acted
		}
		if slices.Contains(b.draft.Suspects, m.ID) {
			b.notice.Suspects++
		} else {
			b.notice.Protected++
		}
		if m.Age != casefile.Adult {
			b.notice.Children++
		}
		body := PersonBody{Subject: m.Plant, Class: string(m.Class), Age: string(m.Age), Languages: m.who.Languages}
		for _, r := range m.Roles {
			role := r.Role
			role.Person = ""
			body.Roles = append(body.Roles, role)
		}
		if err := b.put(wire.SectionPeople, "person-"+m.Plant, "", wire.TierAnalysis, body); err != nil {
			return err
		}
		if err := b.tellIdentity(m); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) tellIdentity(m *member) error {
	if m.key == "" {
		if !m.who.Named() {
			return nil
		}
		if m.barred {
			return b.omit("identity", m.Plant, "", omittedAccord)
		}
		return b.omit("identity", m.Plant, "", omittedIdentity)
	}
	who := m.who
	who.Note = "" // the office's own
	if !m.contact {
		who.Contact, who.Whereabouts = nil, nil
	}
	part := identityPart(m.Plant)
	b.partKeys[part] = m.key
	b.disclose = append(b.disclose, wire.Disclosure{Subject: m.Plant, Tier: m.tier, Fields: fieldsOf(who), Ground: m.ground})
	if err := b.put(wire.SectionPeople, "identity-"+m.Plant, part, m.tier, IdentityBody{m.Plant, who}); err != nil {
		return err
	}
	for _, id := range dedup(m.consents) {
		if err := b.tellConsent(m, id); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) tellConsent(m *member, id string) error {
	c, err := protection.FindConsent(b.tx, id)
	if err != nil {
		return fmt.Errorf("consent of a release: %w", err)
	}
	return b.put(wire.SectionConsents, id, "", wire.TierAnalysis,
		ConsentBody{Consent: id, Subject: m.Plant, Categories: c.Categories, Until: c.Until.Format("2006-01-02")})
}

func dedup(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// fieldsOf names the fields of an identity that say something.
func fieldsOf(w casefile.Identity) []string {
	var out []string
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"name", w.Named()}, {"aliases", len(w.Aliases) > 0}, {"birth", w.Birth != ""}, {"birth_place", w.BirthPlace != ""},
		{"sex", w.Sex != ""}, {"nationalities", len(w.Nationalities) > 0}, {"languages", len(w.Languages) > 0},
		{"identifiers", len(w.Identifiers) > 0}, {"contact", len(w.Contact) > 0}, {"whereabouts", len(w.Whereabouts) > 0},
	} {
		if f.has {
			out = append(out, f.name)
		}
	}
	if len(out) == 0 {
		out = []string{"none_recorded"}
	}
	return out
}
