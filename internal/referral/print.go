package referral

import (
	"context"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Print draws a version of the packet up in a language, as far as it is open to
// the reader: what is sealed on the page is sealed on paper. Every page says who
// printed it and when.
func Print(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string, n int, l i18n.Lang) (document.Document, error) {
	return act.View(ctx, a, by, purpose, "referral.print", func(tx *store.Tx, v *act.Viewing) (document.Document, error) {
		r, x, err := printable(tx, v, id, n)
		if err != nil {
			return document.Document{}, err
		}
		view, err := r.version(tx, v, x)
		if err != nil {
			return document.Document{}, err
		}
		p, err := r.printing(tx, x, l)
		if err != nil {
			return document.Document{}, err
		}
		p.By, p.Office, p.Node, p.At = by.Name, p.office(tx, by.Office), a.Node, a.Now()
		return p.Document(view), nil
	})
}

// printable loads a version that the reader may see for what it is: the packet
// itself, not the notice alone.
func printable(tx *store.Tx, v *act.Viewing, id string, n int) (Referral, packet.Version, error) {
	r, err := seenBy(tx, v, id)
	if err != nil {
		return r, packet.Version{}, err
	}
	if err := v.Must(r.resource("analysis")); err != nil {
		return r, packet.Version{}, err
	}
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return r, packet.Version{}, err
	}
	i := slices.IndexFunc(versions, func(x packet.Version) bool { return x.N == n })
	if i < 0 {
		return r, packet.Version{}, refusal.NotFound()
	}
	return r, versions[i], nil
}

// paper is what is printed of a referral, with the names that its accord has for
// the two offices.
type paper struct {
	packet.Printing
	accord accord.Document
}

// printing gives everything that a print of a version says around its items.
func (r Referral) printing(tx *store.Tx, x packet.Version, l i18n.Lang) (paper, error) {
	a, err := accord.Load(tx, r.Accord)
	if err != nil {
		return paper{}, err
	}
	label, err := r.label(tx)
	if err != nil {
		return paper{}, err
	}
	p := paper{accord: a.Document}
	p.Reading = packet.Reading{Teller: casefile.Teller{Lang: l}, Procedure: r.procedure}
	p.Number, p.Handling, p.Controls, p.Notice = r.Number, label.Handling, label.Controls, &x.Notice
	p.From, p.To = p.named(r.Sender), p.named(r.Receiver)
	for _, side := range []wire.Address{r.Sender, r.Receiver} {
		zone := time.UTC
		if o, ok := a.Document.Office(side); ok {
			zone = i18n.Zone(o.Zone)
		}
		p.Zones = append(p.Zones, zone)
	}
	if !r.Home() {
		slices.Reverse(p.Zones) // one's own first
	}
	p.Zone = p.Zones[0]
	p.Disclosed, err = packet.Disclosures(tx, x)
	return p, err
}

// named is what the accord calls an office, or its address.
func (p paper) named(office wire.Address) string {
	if o, ok := p.accord.Office(office); ok {
		return o.Title.In(p.Lang)
	}
	return office.Office + ", " + office.Node
}

// office is what this node calls one of its own offices.
func (p paper) office(tx *store.Tx, id string) string {
	o, ok, err := access.LoadOffice(tx, id)
	if err != nil || !ok {
		return id
	}
	if p.Lang == i18n.Spanish {
		return o.Name.Es
	}
	return o.Name.En
}
