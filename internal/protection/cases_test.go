package protection

import (
	"context"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

func (k *desk) list(by access.Actor) []CaseRow {
	k.t.Helper()
	rows, err := ListCases(context.Background(), k.Acts, by, wire.PurposeProsecution)
	if err != nil {
		k.t.Fatal(err)
	}
	return rows
}

// The list says whether a gate is shut, reads nothing past the decision, and
// leaves one access fact for all its rows.
func TestTheListOfCases(t *testing.T) {
	k := newDesk(t)
	k.record(&casefile.AddEvent{Case: k.c, EventFields: casefile.EventFields{When: "2026-06-08T19:05", Zone: "UTC", Mode: "foot_between_ports", Place: "usbp:RGV", Group: 1}})
	who := k.person("witness", "1990-01-01")
	if rows := k.list(k.liaison); len(rows) != 1 || rows[0].Open || rows[0].People != 1 || rows[0].Event == nil || rows[0].Event.Place.Code != "usbp:RGV" {
		t.Fatalf("before the screening: %+v", rows)
	}
	k.screen(who, nil)
	before := k.accesses()
	if rows := k.list(k.liaison); len(rows) != 1 || !rows[0].Open {
		t.Errorf("after the screening: %+v", rows)
	}
	if n := k.accesses() - before; n != 1 {
		t.Errorf("%d access facts for one list", n)
	}
	if rows := k.list(k.Person("elsewhere", "ofo-laredo", access.RoleProsecutions)); len(rows) != 0 {
		t.Errorf("another office lists %d cases", len(rows))
	}
}

func (k *desk) accesses() (n int) {
	k.Read(func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM fact WHERE kind = $1`, (&access.Recorded{}).Kind()).Scan(&n)
	})
	return n
}
