package referral

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// paper is what is printed of a referral, with the names that its accord has for
// the two offices.
type paper struct {
	packet.Printing
	accord accord.Document
}

// printing gives everything that a print of a version says around its items.
func (r Referral) printing(tx *store.Tx, x packet.Version, k packet.Copy, l i18n.Lang) (paper, error) {
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
	p.Copy, p.Node = k, r.here().Node
	p.Copy.Office = p.office(tx, k.Office)
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
