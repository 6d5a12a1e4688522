package packet

import (
	"slices"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// nounFile is what a file of an exhibit is called, among the items of the section
// exhibits and among what was left out.
const nounFile = "file"

// FileBody is a file of an exhibit, in the section exhibits beside the exhibit:
// which bytes go with this version, and which step of custody signed for them.
// The bytes themselves go by the file lane, and with a copy of the version.
type FileBody struct {
	Noun    string      `json:"noun"`
	File    string      `json:"file"`    // id
	Exhibit string      `json:"exhibit"` // id
	Number  string      `json:"number"`  // of the exhibit
	Step    int         `json:"step"`    // of its chain, from 1
	Name    string      `json:"name,omitempty"`
	Media   string      `json:"media,omitempty"`
	Size    int64       `json:"size"` // bytes
	SHA256  wire.Digest `json:"sha256"`
}

// FileItem is the id of the item that says which file goes.
func FileItem(file string) string { return nounFile + "-" + file }

// FileTier says which tier a file belongs to, and whether it may go now: one
// that shows a protected person goes as that person's identity does.
func FileTier(tx *store.Tx, d *journal.Draw, f file.File, to wire.Address) (tier string, may bool, err error) {
	if f.Person == "" {
		return wire.TierAnalysis, true, nil
	}
	p, err := casefile.LoadPerson(tx, f.Person)
	if err != nil {
		return "", false, err
	}
	if p.Class != casefile.Protected {
		may, err = protection.NameMayGo(tx, f.Case, f.Person)
		return wire.TierAnalysis, may, err
	}
	_, may, err = protection.MayRelease(tx, f.Case, f.Person, protection.CategoryIdentity, wire.PurposeProsecution, to, d.Now)
	return wire.TierReleased, may, err
}

// tellFiles writes the files that the steps of an exhibit's chain name.
func (b *builder) tellFiles(x evidence.Exhibit, chain []evidence.Step, l program.Label) error {
	told := map[string]bool{}
	for i, s := range chain {
		if s.Held == nil || told[s.Held.File] {
			continue
		}
		told[s.Held.File] = true
		if err := b.tellFile(x, *s.Held, i+1, l); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) tellFile(x evidence.Exhibit, h evidence.Held, step int, l program.Label) error {
	f, err := file.Load(b.tx, h.File)
	if refusal.Is(err, "access.not_found") || err == nil && f.Case != b.draft.Case {
		return nil // it went with a case that was forgotten, or is another node's
	}
	if err != nil {
		return err
	}
	m := b.people[f.Person]
	subject := b.subject(f.Person)
	if reason, out := b.draft.LeftOut[f.ID]; out {
		if x.Exculpatory {
			return refusal.New("packet.exculpatory_travels")
		}
		return b.omit(nounFile, subject, f.ID, b.names.over(reason))
	}
	tier, part := wire.TierAnalysis, ""
	if m != nil && m.Class != casefile.Official {
		if m.key == "" {
			return b.omit(nounFile, subject, f.ID, omittedIdentity)
		}
		if m.Class == casefile.Protected {
			tier, part = m.tier, identityPart(m.Plant)
		}
		b.disclosed(m, "files")
	}
	d, err := f.Opened(b.tx, b.d)
	if missing(err) {
		return b.omit(nounFile, subject, f.ID, omittedForgotten)
	}
	if err != nil {
		return err
	}
	body := FileBody{Noun: nounFile, File: f.ID, Exhibit: x.ID, Number: x.Number, Step: step, Name: b.names.over(d.Name), Media: d.Media, Size: f.Size, SHA256: d.SHA256}
	if err := b.putUnder(l, wire.SectionExhibits, FileItem(f.ID), part, tier, body); err != nil {
		return err
	}
	items := b.items[wire.SectionExhibits]
	items[len(items)-1].File = f.Manifest
	return nil
}

// disclosed adds a field to what a version says that it discloses of a person.
func (b *builder) disclosed(m *member, field string) {
	for i, d := range b.disclose {
		if d.Subject == m.Plant && d.Tier == m.tier && !slices.Contains(d.Fields, field) {
			b.disclose[i].Fields = append(d.Fields, field)
		}
	}
}
