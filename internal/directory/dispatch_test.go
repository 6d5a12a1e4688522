package directory

import (
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// said is a fact that names a case, or none.
type said struct{ journal.Envelope }

// Kind implements journal.Fact.
func (said) Kind() string { return "directory_test.said.1" }

// A message on its way tells of an office's work: it is listed for the members
// of its case and for those who answer for the link, and for nobody else.
func TestAMessageOnItsWayIsKnownToItsOffices(t *testing.T) {
	kinds := func(k *journal.Kinds) {
		journal.Register(k, func(*store.Tx, journal.Entry, said) error { return nil })
	}
	n := acttest.New(t, "us", []func(*journal.Kinds){kinds})
	var entries []journal.Entry
	n.Hub.Observe(func(e journal.Entry) { entries = append(entries, e) })
	err := n.NodeActs(t.Context(), wire.PurposeProsecution, func(tx *store.Tx, d *journal.Draw) ([]journal.Fact, error) {
		of := &said{}
		of.Case = d.ID()
		return []journal.Fact{of, &said{}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	theirs, everybodys := entries[0], entries[1]
	err = n.DB.Write(t.Context(), func(tx *store.Tx) error { return access.Member(tx, "case", theirs.Case, "usbp-rgv") })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		by   access.Actor
		want []string
	}{
		{n.Person("u1", "usbp-rgv", access.RoleFieldAgent), []string{theirs.ID, everybodys.ID}},
		{n.Person("u2", "usbp-laredo", access.RoleProsecutions), []string{everybodys.ID}},
		{n.Person("u3", "usbp-laredo", access.RoleAdmin), []string{theirs.ID, everybodys.ID, "unread"}},
		{n.Person("u4", "cbp", access.RoleAuditor), []string{theirs.ID, everybodys.ID, "unread"}},
	} {
		d, err := act.View(t.Context(), n.Acts, c.by, wire.PurposeAdministration, "link", func(tx *store.Tx, v *act.Viewing) (d LinkDetail, err error) {
			d.Outbox = []exchange.Outgoing{{ID: theirs.ID}, {ID: everybodys.ID}}
			d.RefusedOut = []exchange.RefusedMessage{{ID: theirs.ID}, {ID: everybodys.ID}}
			d.Quarantine = []exchange.Quarantined{{ID: "unread"}}
			return d, d.known(tx, v)
		})
		if err != nil {
			t.Fatal(err)
		}
		var out, refused []string
		for _, o := range d.Outbox {
			out = append(out, o.ID)
		}
		for _, o := range d.RefusedOut {
			refused = append(refused, o.ID)
		}
		for _, q := range d.Quarantine {
			out, refused = append(out, q.ID), append(refused, q.ID)
		}
		if !slices.Equal(out, c.want) || !slices.Equal(refused, c.want) {
			t.Errorf("%s of %s is told of %v and %v, want %v", c.by.Roles, c.by.Office, out, refused, c.want)
		}
	}
}
