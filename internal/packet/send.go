package packet

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Sending is what a message that carries a version says of it in clear: the
// notice tier and the manifest.
type Sending struct {
	Packet   string          `json:"packet"`
	Version  int             `json:"version"`
	Notice   Notice          `json:"notice"`
	Manifest json.RawMessage `json:"manifest"`
	Digest   wire.Digest     `json:"manifest_digest"`
}

// Send gives what is put into a message to send an approved version: its clear
// part, and the sealed parts as they were frozen. It refuses packet.not_approved
// and, when a consent that an identity rests on has ended since,
// packet.consent_ended; packet.people_changed when the version names somebody
// who is protected by now.
func Send(tx *store.Tx, d *journal.Draw, v Version) (Sending, []wire.Part, error) {
	if !v.Ready() {
		return Sending{}, nil, refusal.New("packet.not_approved")
	}
	keys, err := Keys(tx, v.Packet, v.N)
	if err != nil {
		return Sending{}, nil, err
	}
	for _, k := range keys {
		may, err := stillCovered(tx, d, v, k)
		if err != nil {
			return Sending{}, nil, err
		}
		if !may {
			return Sending{}, nil, refusal.Conflict("packet.consent_ended", "Subject", k.Subject)
		}
		named, err := tells(tx, d, v, k)
		if err != nil {
			return Sending{}, nil, err
		}
		if named {
			return Sending{}, nil, refusal.Conflict("packet.people_changed")
		}
	}
	return v.sending(tx)
}

func (v Version) sending(tx *store.Tx) (Sending, []wire.Part, error) {
	e, m, err := journal.Load(tx, v.Fact)
	if err != nil {
		return Sending{}, nil, fmt.Errorf("frozen version: %w", err)
	}
	var f Composed
	if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
		return Sending{}, nil, fmt.Errorf("frozen version: %w", err)
	}
	if err := v.asApproved(tx, f.Manifest); err != nil {
		return Sending{}, nil, err
	}
	return Sending{Packet: v.Packet, Version: v.N, Notice: v.Notice, Manifest: f.Manifest, Digest: v.Digest}, e.Sealed, nil
}

// asApproved refuses packet.changed_since_approved for a version whose manifest
// is not the one that the second person signed for.
func (v Version) asApproved(tx *store.Tx, manifest json.RawMessage) error {
	_, m, err := journal.Load(tx, v.ApprovedIn)
	if err != nil {
		return fmt.Errorf("approval of a version: %w", err)
	}
	var f Approved
	if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
		return fmt.Errorf("approval of a version: %w", err)
	}
	if f.Packet != v.Packet || f.Version != v.N || f.Digest != digestOf(manifest) || f.Digest != v.Digest {
		return refusal.Conflict("packet.changed_since_approved")
	}
	return nil
}

// ManifestBytes are the manifest exactly as it was approved and sent.
func (v Version) ManifestBytes(tx *store.Tx) ([]byte, error) {
	_, m, err := journal.Load(tx, v.Fact)
	if err != nil {
		return nil, fmt.Errorf("manifest of a version: %w", err)
	}
	var said struct {
		Manifest json.RawMessage `json:"manifest"`
	}
	if err := json.Unmarshal(m.Act.Clear, &said); err != nil {
		return nil, fmt.Errorf("manifest of a version: %w", err)
	}
	return said.Manifest, nil
}

// Check holds a received sending against its own rule: the manifest is whole,
// is the one that the digest names and covers exactly the sealed parts.
func (s Sending) Check(parts []wire.Part) wire.Code {
	m, err := wire.ParseManifest(s.Manifest)
	if err != nil {
		return wire.CodeOf(err)
	}
	if m.Packet != s.Packet || m.Version != s.Version || digestOf(s.Manifest) != s.Digest {
		return wire.CodeAltered
	}
	if err := m.Covers(parts); err != nil {
		return wire.CodeOf(err)
	}
	return ""
}

// Keep notes on either node that a version went with a message: the sender's
// own version is marked, the receiver's is made. It belongs to the apply of the
// fact that sent it.
func Keep(tx *store.Tx, e journal.Entry, s Sending) error {
	m, err := wire.ParseManifest(s.Manifest)
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	v, err := Load(tx, s.Packet, s.Version)
	if refused, ok := refusal.As(err); ok && refused.Status == 404 {
		v, err = Version{Packet: s.Packet, N: s.Version, Case: e.Case, Referral: e.Referral, From: e.From, To: e.To, Notice: s.Notice,
			Manifest: m, Digest: s.Digest, Composed: m.Frozen, Fact: e.ID}, keepNames(tx, s, m, e)
	}
	if err != nil {
		return err
	}
	v.Message, v.Sent, v.To = e.ID, e.Created, e.To
	if !v.Home {
		v.Fact = e.ID
	}
	if err := v.save(tx); err != nil || !v.Home {
		return err
	}
	for _, id := range consentsOf(m) {
		if err := protection.Used(tx, id, e.To, e.Referral); err != nil {
			return err
		}
	}
	return nil
}

// keepNames makes the receiver's rows of the content keys that will come.
func keepNames(tx *store.Tx, s Sending, m wire.Manifest, e journal.Entry) error {
	for _, p := range e.Sealed {
		k := Key{ID: p.Key, Packet: s.Packet, Version: s.Version, Tier: tierOf(m, p.ID)}
		if subject, ok := strings.CutPrefix(p.ID, identityPart("")); ok {
			k.Subject = subject
		}
		if err := k.save(tx); err != nil {
			return err
		}
	}
	return nil
}

func tierOf(m wire.Manifest, part string) string {
	for _, s := range m.Sections {
		for _, it := range s.Items {
			if it.Part == part {
				return it.Tier
			}
		}
	}
	return ""
}

// consentsOf lists the consents that a manifest rests on.
func consentsOf(m wire.Manifest) []string {
	var out []string
	for _, s := range m.Sections {
		if s.Name != wire.SectionConsents {
			continue
		}
		for _, it := range s.Items {
			out = append(out, it.ID)
		}
	}
	return out
}

// Subjects lists the pseudonyms of a version.
func (v Version) Subjects() []string {
	var out []string
	for _, it := range v.items(wire.SectionPeople) {
		if s, ok := strings.CutPrefix(it.ID, "person-"); ok {
			out = append(out, s)
		}
	}
	return out
}

// HasItem reports whether the version lists an item of that id.
func (v Version) HasItem(id string) bool {
	return slices.ContainsFunc(v.Manifest.Sections, func(s wire.Section) bool {
		return slices.ContainsFunc(s.Items, func(it wire.Item) bool { return it.ID == id })
	})
}

func (v Version) items(section string) []wire.Item {
	for _, s := range v.Manifest.Sections {
		if s.Name == section {
			return s.Items
		}
	}
	return nil
}

// Disclosed is the disclosure receipt: for each subject and tier, the fields,
// the ground, and when their key went.
type Disclosed struct {
	wire.Disclosure
	Opened string `json:"opened,omitempty"` // when the key went, RFC 3339; empty while it has not
	Fact   string `json:"fact,omitempty"`   // that released the key
}

// Disclosures gives the disclosure receipt of a version, field by field.
func Disclosures(tx *store.Tx, v Version) ([]Disclosed, error) {
	keys, err := Keys(tx, v.Packet, v.N)
	if err != nil {
		return nil, err
	}
	var out []Disclosed
	for _, d := range v.Manifest.Disclosed {
		x := Disclosed{Disclosure: d}
		for _, k := range keys {
			if k.Subject == d.Subject && !k.Released.IsZero() {
				x.Opened, x.Fact = k.Released.Format("2006-01-02T15:04:05Z07:00"), k.Fact
			}
		}
		out = append(out, x)
	}
	return out, nil
}
