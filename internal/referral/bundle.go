package referral

import (
	"errors"
	"io"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/exchange"
	files "github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// bundling is what a bundle is made of, as it was read in one look.
type bundling struct {
	bundle wire.Bundle
	prints map[i18n.Lang]document.Document
}

// write draws the prints up and writes the ZIP file, signed by the node.
func (b *bundling) write(w io.Writer, a *act.Acts) error {
	for _, l := range i18n.Languages() {
		for _, form := range printForms {
			content, err := form.write(b.prints[l], b.bundle.List.Made)
			if err != nil {
				return err
			}
			b.bundle.Add(form.file(names[packet.CopyPrinted], l), wire.BundlePrint, "", content)
		}
	}
	return b.bundle.Write(w, a.NodeKey())
}

// bundle gathers a version as one file that can be checked without a node: its
// prints, its exact items as far as they are open to the reader, who approved
// and sent it, the receipt of the other side, and the journal's proofs.
func (r Referral) bundle(tx *store.Tx, v *act.Viewing, x packet.Version, k packet.Copy, a *act.Acts, kept *files.Store) (*bundling, error) {
	manifest, err := x.ManifestBytes(tx)
	if err != nil {
		return nil, err
	}
	b := &bundling{prints: map[i18n.Lang]document.Document{}}
	b.bundle.List = wire.BundleList{Node: a.Node, By: v.By.User, Packet: x.Packet, Version: x.N, Manifest: x.Digest, Copy: k.N, Taken: k.Fact, Made: k.At}
	b.bundle.Add("packet/manifest.json", wire.BundleManifest, "", manifest)
	view, err := r.items(tx, v, x, b)
	if err != nil {
		return nil, err
	}
	machine, err := view.Machine(r.Number, r.Sender, r.Receiver)
	if err != nil {
		return nil, err
	}
	b.bundle.Add("packet.json", wire.BundleData, "", machine)
	evidence, err := view.CASE(r.Number)
	if err != nil {
		return nil, err
	}
	b.bundle.Add("evidence.case.jsonld", wire.BundleData, "", evidence)
	if err := r.exhibited(tx, v, view, b, kept, a.Now()); err != nil {
		return nil, err
	}
	for _, l := range i18n.Languages() {
		p, err := r.printing(tx, x, k, l)
		if err != nil {
			return nil, err
		}
		b.prints[l] = p.Document(view)
	}
	return b, b.proofs(tx, x)
}

// proofs adds who approved and who sent the version. It refuses
// packet.not_approved_yet for a version that nobody has approved or sent, and
// packet.no_checkpoint while the journal's proofs are not yet there.
func (b *bundling) proofs(tx *store.Tx, x packet.Version) error {
	if x.ApprovedIn == "" && x.Message == "" {
		return refusal.New("packet.not_approved_yet")
	}
	for _, act := range []struct{ name, fact string }{{"approved", x.ApprovedIn}, {"sent", x.Message}} {
		if act.fact == "" {
			continue
		}
		if err := b.proof(tx, act.name, act.fact); err != nil {
			return err
		}
	}
	return nil
}

// items adds the exact bytes of each item that the reader may see.
func (r Referral) items(tx *store.Tx, v *act.Viewing, x packet.Version, b *bundling) (packet.VersionView, error) {
	view, err := r.version(tx, v, x)
	if err != nil {
		return view, err
	}
	open, err := packet.Open(tx, v.Ring, x)
	if err != nil {
		return view, err
	}
	for i, s := range view.Sections {
		for j, it := range s.Items {
			if it.Body == nil {
				continue
			}
			b.bundle.Add("packet/items/"+document.Number(i, j)+".json", wire.BundleItem, it.ID, open[s.Name][j].Raw)
		}
	}
	return view, nil
}

// proof adds an act with its inclusion in this journal under a cosigned
// checkpoint, and the other side's receipt where there is one.
func (b *bundling) proof(tx *store.Tx, name, fact string) error {
	e, _, err := journal.Load(tx, fact)
	if err != nil {
		return err
	}
	p, err := journal.Prove(tx, e.Seq, true)
	if errors.Is(err, journal.ErrNoCheckpoint) {
		return refusal.Conflict("packet.no_checkpoint")
	}
	if err != nil {
		return err
	}
	raw, err := p.Encode()
	if err != nil {
		return err
	}
	b.bundle.Add("acts/"+name+".json", wire.BundleAct, fact, raw)
	d, released, err := exchange.Receipts(tx, fact)
	if err != nil || !released || d.Signed == "" {
		return err
	}
	b.bundle.Add("receipts/"+name+".jws", wire.BundleReceipt, fact, []byte(d.Signed))
	return nil
}
