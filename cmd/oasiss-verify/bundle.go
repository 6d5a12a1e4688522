package main

import (
	"errors"
	"os"
	"strings"

	"github.com/oasiss/oasiss/wire"
)

// checkBundle: a packet that was taken out as one file is whole, as it was
// frozen, approved, sent and received, and in a journal that the other country
// has seen. The report says no more than what held until the first thing that did not.
func checkBundle(j *job) error {
	nodes, err := j.nodes()
	if err != nil {
		return err
	}
	f, err := os.Open(j.file)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	r, found := wire.CheckBundle(f, info.Size(), nodes)
	j.tellBundle(r, found == nil)
	return errors.Join(found, f.Close())
}

// nodes are the descriptors that were given, by node. Those named by -keys and
// by -witness are trusted alike; a node may have several, of its former keys.
func (j *job) nodes() (map[string]wire.Keys, error) {
	out := map[string]wire.Keys{}
	for _, path := range append(append([]string{}, j.keys...), j.witness...) {
		d, err := j.descriptor(path)
		if err != nil {
			return nil, err
		}
		out[d.Node] = append(out[d.Node], wire.Key{Descriptor: d})
	}
	if len(j.keys) == 0 {
		return nil, errUsage
	}
	return out, nil
}

func (j *job) tellBundle(r wire.BundleReport, whole bool) {
	l := r.List
	if l.Packet == "" {
		return
	}
	j.say.line("bundle", l.Packet, l.Version, l.Node, stamp(l.Made), l.Manifest)
	if l.Copy > 0 {
		j.say.line("bundle_copy", l.Copy, l.Node, l.By, l.Taken)
	}
	j.say.line("bundle_files", len(l.Files))
	if r.Items+r.Sealed > 0 { // of items that do not hold nothing is said but that
		j.say.line("bundle_items", r.Items, r.Sealed)
	}
	for _, f := range l.Files {
		if strings.HasSuffix(f.Name, "."+j.say.lang+".pdf") {
			j.say.line("bundle_print", f.Name, l.Node)
		}
	}
	for _, c := range r.Custody {
		j.tellCustody(c)
		for _, x := range r.Exhibits {
			if x.Number == c.Number {
				j.tellExhibit(x)
			}
		}
	}
	for _, s := range r.Acts {
		j.tellSigned(s, l.Node)
	}
	for _, got := range r.Receipts {
		if got.Outcome.Result == wire.ResultRefused {
			j.say.line("bundle_refused", got.Receipt.From, stamp(got.Receipt.At), j.say.code(got.Outcome.Code))
			continue
		}
		j.say.line("bundle_receipt", got.Receipt.From, stamp(got.Receipt.At))
	}
	if whole && len(r.Receipts) == 0 {
		j.say.line("bundle_unseen")
	}
}

// tellCustody says who held an exhibit, step by step, and what a judge weighs.
func (j *job) tellCustody(c wire.BundleChain) {
	j.say.line("bundle_custody", c.Number, len(c.Steps))
	for i, s := range c.Steps {
		a := s.Message.Act
		j.say.line("bundle_step", i+1, stamp(a.Created), a.By.Name, a.By.ID, address(a.From))
		if !s.Follows {
			j.say.line("bundle_gap")
		}
	}
}

// tellExhibit says of a file of an exhibit that it is there, or who has it.
func (j *job) tellExhibit(x wire.BundleExhibited) {
	if x.Name != "" {
		j.say.line("bundle_exhibit", x.Name, x.Size, x.Step, x.Digest)
		return
	}
	j.say.line("bundle_absent", x.Size, x.Step, j.say.text(absences[x.Absent.Why]), x.Absent.Node, x.Digest)
}

func (j *job) tellSigned(s wire.BundleSigned, node string) {
	a, name := s.Message.Act, "bundle_sent"
	if strings.HasPrefix(a.Kind, "packet.approved.") {
		name = "bundle_approved"
	}
	j.say.line("bundle_act", j.say.text(sentences[name]), stamp(a.Created), a.By.Name, a.By.ID, address(a.From))
	for _, p := range s.Signatures {
		j.say.line("proof", p.Account, p.Node, p.Method, j.say.strength(p), stamp(p.At))
	}
	j.say.line("bundle_in", s.Leaf, s.Checkpoint.Size, node)
	for _, c := range s.Checkpoint.Cosignatures {
		j.say.line("cosigned", c.Name, stamp(c.At))
	}
	if len(s.Checkpoint.Cosignatures) == 0 {
		j.say.line("bundle_uncosigned")
	}
}
