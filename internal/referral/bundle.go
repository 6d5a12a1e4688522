package referral

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Bundled is a version of a packet as one ZIP file (wire.Bundle).
type Bundled struct {
	Name string // of the file
	ZIP  []byte
}

// bundling is what a bundle is made of, as it was read in one look.
type bundling struct {
	bundle wire.Bundle
	prints map[i18n.Lang]document.Document
	name   string
}

// Bundle gives a version as one file that can be checked without a node: its
// prints, its exact items as far as they are open to the reader, who approved
// and sent it, the receipt of the other side, and the journal's proofs. It
// refuses packet.not_approved_yet for a version that nobody has approved or sent.
func Bundle(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string, n int) (Bundled, error) {
	b, err := act.View(ctx, a, by, purpose, "referral.bundle", func(tx *store.Tx, v *act.Viewing) (*bundling, error) {
		r, x, err := printable(tx, v, id, n)
		if err != nil {
			return nil, err
		}
		return r.bundle(tx, v, x, a)
	})
	if err != nil {
		return Bundled{}, err
	}
	for _, l := range i18n.Languages() {
		d := b.prints[l]
		pdf, err := d.PDF(b.bundle.List.Made)
		if err != nil {
			return Bundled{}, err
		}
		html, err := d.HTML()
		if err != nil {
			return Bundled{}, err
		}
		b.bundle.Add("packet."+string(l)+".pdf", wire.BundlePrint, "", pdf)
		b.bundle.Add("packet."+string(l)+".html", wire.BundlePrint, "", html)
	}
	var out bytes.Buffer
	if err := b.bundle.Write(&out, a.NodeKey()); err != nil {
		return Bundled{}, err
	}
	return Bundled{Name: b.name, ZIP: out.Bytes()}, nil
}

func (r Referral) bundle(tx *store.Tx, v *act.Viewing, x packet.Version, a *act.Acts) (*bundling, error) {
	manifest, err := x.ManifestBytes(tx)
	if err != nil {
		return nil, err
	}
	b := &bundling{prints: map[i18n.Lang]document.Document{}, name: fmt.Sprintf("%s-v%d.zip", r.Number, x.N)}
	b.bundle.List = wire.BundleList{Node: a.Node, By: v.By.User, Packet: x.Packet, Version: x.N, Manifest: x.Digest, Made: a.Now()}
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
	for _, l := range i18n.Languages() {
		p, err := r.printing(tx, x, l)
		if err != nil {
			return nil, err
		}
		p.By, p.Office, p.Node, p.At = v.By.Name, p.office(tx, v.By.Office), a.Node, a.Now()
		b.prints[l] = p.Document(view)
	}
	if x.ApprovedIn == "" && x.Message == "" {
		return nil, refusal.New("packet.not_approved_yet")
	}
	for _, act := range []struct{ name, fact string }{{"approved", x.ApprovedIn}, {"sent", x.Message}} {
		if act.fact == "" {
			continue
		}
		if err := b.proof(tx, act.name, act.fact); err != nil {
			return nil, err
		}
	}
	return b, nil
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
