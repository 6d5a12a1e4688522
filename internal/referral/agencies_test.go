package referral

import (
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/store"
)

// Two agencies of one country on two nodes sign an accord, exchange and cosign
// as two countries do, by the same test. What differs is the law: a procedure
// leads from one country to another, so that a case of smuggling goes to the
// other country, and not to the next agency, by referral.
func TestTwoAgenciesAreTwoNodes(t *testing.T) {
	for _, c := range []struct {
		name       string
		node       string
		country    string
		area       string
		office     string
		procedures []accord.Adoption
		refused    string
	}{
		{"two countries", "fgr", "MX", "inegi:28", "fgr-tamps", []accord.Adoption{{Procedure: "mx-accusatory-2016", From: "cbp", To: "fgr"}}, ""},
		{"two agencies of one country", "hsi", "US", "usbp:LRT", "hsi-san-antonio", nil, "accord.no_procedure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cbp := newDesk(newLinked(t, "cbp", "US", "usbp-rgv"), "usbp-rgv", "us_decline", access.RoleProsecutions, access.RoleUSAttorney)
			other := newLinked(t, c.node, c.country, c.office)
			paired(cbp.n, other)
			agree(t, "between", end{cbp.n, "usbp:RGV", []string{"usbp-rgv"}}, end{other, c.area, []string{c.office}}, c.procedures...)
			for _, n := range [][2]*linked{{cbp.n, other}, {other, cbp.n}} {
				within(t, "cosigned by "+n[1].name, func() bool {
					var s exchange.LinkState
					n[0].Read(func(tx *store.Tx) (err error) { s, err = exchange.State(tx, n[1].name); return err })
					return s.Cosigned.Size > 4 && s.Witnessed.Size > 4 && s.Refused == 0
				})
			}
			id := cbp.must(cbp.agent, &casefile.Open{Title: "Anzalduas, seven on foot"})
			cbp.fill(id, "mx-lm-159-i", smuggled)
			draft := &Draft{Case: id, Node: c.node, Office: c.office}
			if c.refused != "" {
				cbp.refuses(cbp.agent, c.refused, draft)
			} else {
				cbp.must(cbp.agent, draft)
			}
			cbp.n.ReplayEqual()
			other.ReplayEqual()
		})
	}
}
