package accord

import (
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/wire"
)

// contacts are the offices of the accords as their keeper reads them.
func contacts(t *testing.T, n *acttest.Node, by access.Actor) []Reached {
	t.Helper()
	all, err := Contacts(t.Context(), n.Acts, by, wire.PurposeOversight)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A contact is confirmed by who coordinates, once somebody answered there; it holds
// ninety days, and the one that was checked longest ago is on top.
func TestAContactIsConfirmedAndGoesStale(t *testing.T) {
	n := acttest.New(t, "us", []func(*journal.Kinds){Facts, directory.Facts}, Verbs, directory.Verbs)
	n.Offices("cbp-programme", "usbp-rgv")
	by := n.Person("c1", "cbp-programme", access.RoleCoordinator)
	confirm := func(change func(*directory.ConfirmContact)) *directory.ConfirmContact {
		c := &directory.ConfirmContact{Node: "mx", Office: "fgr-tamps", Telephone: "+52 (834) 555 0142 x 12", Mail: "guardia@fgr.example", Reached: true}
		change(c)
		return c
	}
	same := func(*directory.ConfirmContact) {}
	n.Refused(by, wire.PurposeOversight, "access.not_found", confirm(same)) // no accord names it yet
	n.Must(by, wire.PurposeOversight, &Propose{Document: document(nil)})
	for name, x := range map[string]struct {
		change func(*directory.ConfirmContact)
		code   string
	}{
		"an office that nobody named":  {func(c *directory.ConfirmContact) { c.Office = "fgr-nowhere" }, "access.not_found"},
		"an office of another node":    {func(c *directory.ConfirmContact) { c.Node = "us" }, "access.not_found"},
		"nothing to reach it by":       {func(c *directory.ConfirmContact) { c.Telephone, c.Mail = " ", "" }, "directory.contact_missing"},
		"a number of here":             {func(c *directory.ConfirmContact) { c.Telephone = "834 555 0142" }, "directory.contact_telephone"},
		"words for a number":           {func(c *directory.ConfirmContact) { c.Telephone = "+52 ask for Ana" }, "directory.contact_telephone"},
		"a person with the address":    {func(c *directory.ConfirmContact) { c.Mail = "Ana <guardia@fgr.example>" }, "directory.contact_mail"},
		"that nobody has answered yet": {func(c *directory.ConfirmContact) { c.Reached = false }, "directory.contact_not_reached"},
	} {
		t.Run(name, func(t *testing.T) { n.Refused(by, wire.PurposeOversight, x.code, confirm(x.change)) })
	}
	n.Refused(n.Person("p1", "usbp-rgv", access.RoleProsecutions), wire.PurposeProsecution, "access.not_yours", confirm(same))
	for _, r := range contacts(t, n, by) {
		if !r.Stale || r.Contact != nil {
			t.Errorf("a contact that nobody confirmed: %+v", r)
		}
	}
	n.Must(by, wire.PurposeOversight, confirm(same))
	at := n.Clock
	n.Clock = at.Add(directory.ContactHolds - time.Second)
	all := contacts(t, n, by)
	if len(all) != 2 || all[0].Office != "usbp-rgv" || !all[0].Stale {
		t.Fatalf("what to check first: %+v", all)
	}
	if r := all[1]; r.Stale || r.Contact == nil || r.Contact.Mail != "guardia@fgr.example" || r.Contact.By != by.User || !r.Contact.At.Equal(at) {
		t.Errorf("confirmed a moment less than 90 days ago: %+v %+v", r, r.Contact)
	}
	n.Clock = at.Add(directory.ContactHolds)
	if r := contacts(t, n, by)[1]; !r.Stale {
		t.Errorf("confirmed 90 days ago: %+v", r)
	}
	n.Must(by, wire.PurposeOversight, confirm(func(c *directory.ConfirmContact) { c.Telephone = "" }))
	if r := contacts(t, n, by)[1]; r.Stale || r.Contact.Telephone != "" {
		t.Errorf("confirmed anew: %+v %+v", r, r.Contact)
	}
	n.ReplayEqual()
}
