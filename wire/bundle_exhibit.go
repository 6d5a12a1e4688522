package wire

import (
	"encoding/json"
	"slices"
)

// BundleExhibited is a file of an exhibit: in the bundle, byte for byte the one
// that was frozen with the packet and that a step of custody names; or listed
// with its digest.
type BundleExhibited struct {
	Number string // of the exhibit
	Step   int    // of its chain, that names the file
	Name   string // in the bundle; empty where it is not there
	Size   int64
	Digest Digest
	Absent BundleAbsent // why it is not there; zero where it is
}

// exhibited is what an item says of a file of an exhibit.
type exhibited struct {
	Noun    string `json:"noun"`
	Exhibit string `json:"exhibit"`
	Step    int    `json:"step"`
	File    string `json:"file"`
	Size    int64  `json:"size"`
	Digest  Digest `json:"sha256"`
}

// exhibits holds the files of exhibits against the items that say what they are,
// and those against the step of custody that was signed. Each item that is open
// has its file in the bundle or among those that are absent.
func (b *Bundle) exhibits(m Manifest, chains []BundleChain) (out []BundleExhibited, err error) {
	said := map[string]exhibited{}
	for _, f := range b.Of(BundleItem) {
		var item struct {
			Body exhibited `json:"body"`
		}
		if json.Unmarshal(b.files[f.Name], &item) == nil && item.Body.Noun == "file" {
			said[f.About] = item.Body
		}
	}
	for _, s := range m.Sections {
		for _, it := range s.Items {
			if it.File.IsZero() || s.Name != SectionExhibits {
				continue
			}
			what, open := said[it.ID]
			if !open {
				continue // sealed to whom the bundle was made for
			}
			delete(said, it.ID)
			got, err := b.exhibit(it, what, chains)
			if err != nil {
				return out, err
			}
			out = append(out, got)
		}
	}
	for _, f := range b.Of(BundleExhibit) {
		if !slices.ContainsFunc(out, func(x BundleExhibited) bool { return x.Name == f.Name }) {
			return out, fail(CodeAltered, "file "+f.Name+" is of no exhibit of this packet")
		}
	}
	return out, nil
}

// exhibit finds the file of one item, and holds it against what was frozen and signed.
func (b *Bundle) exhibit(it Item, what exhibited, chains []BundleChain) (x BundleExhibited, err error) {
	c := slices.IndexFunc(chains, func(c BundleChain) bool { return c.Exhibit == what.Exhibit })
	if c < 0 || what.Step < 1 || what.Step > len(chains[c].Steps) {
		return x, fail(CodeAltered, "file of item "+it.ID+" is in no chain of custody")
	}
	x = BundleExhibited{Number: chains[c].Number, Step: what.Step, Size: what.Size, Digest: what.Digest}
	held := chains[c].Steps[what.Step-1].Held
	if held == nil || held.File != what.File || held.Size != what.Size || held.Manifest != it.File {
		return x, fail(CodeAltered, "file of item "+it.ID+" is not the one of its step of custody")
	}
	about := func(f BundleFile) bool { return f.Kind == BundleExhibit && f.About == it.ID }
	if i := slices.IndexFunc(b.List.Files, about); i >= 0 {
		f := b.List.Files[i]
		if x.Name = f.Name; f.Size != what.Size || f.Digest != what.Digest {
			return x, fail(CodeAltered, "file "+f.Name+" is not the one that was frozen")
		}
		return x, nil
	}
	i := slices.IndexFunc(b.List.Absent, func(a BundleAbsent) bool { return a.About == it.ID })
	if i < 0 {
		return x, fail(CodeAltered, "file of item "+it.ID+" is missing")
	}
	if x.Absent = b.List.Absent[i]; x.Absent.Size != what.Size || x.Absent.Digest != what.Digest {
		return x, fail(CodeAltered, "absent file of item "+it.ID+" is not the one that was frozen")
	}
	return x, nil
}
