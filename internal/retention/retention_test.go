package retention

import (
	"context"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

// desk is one node whose supervisor and adviser answer for its cases.
type desk struct {
	*acttest.Node
	t             *testing.T
	agent         access.Actor
	first, second access.Actor
}

func open(t *testing.T) desk {
	n := acttest.New(t, "us", []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, file.Facts, evidence.Facts, packet.Facts(nil), alert.Facts(nil), referral.Facts(nil), Facts},
		casefile.Verbs, protection.Verbs, alert.Verbs, Verbs)
	n.Offices("usbp-rgv")
	return desk{n, t, n.Person("agent", "usbp-rgv", access.RoleProsecutions), n.Person("super", "usbp-rgv", access.RoleSupervisor), n.Person("adviser", "usbp-rgv", access.RoleAdviser)}
}

// rows are the terms that the supervisor sees, by object.
func (k desk) rows(all bool) map[string]Row {
	k.t.Helper()
	v, err := List(context.Background(), k.Acts, k.first, wire.PurposeOversight, all)
	if err != nil {
		k.t.Fatal(err)
	}
	out := map[string]Row{}
	for _, r := range v.Rows {
		out[r.Object] = r
	}
	return out
}

// A suspect who was acquitted is kept for a year from that day, though the case
// goes on against another; whoever looks at it keeps it with a reason, for five
// years at most, or orders it forgotten.
func TestAnAcquittalStartsThePurgeClock(t *testing.T) {
	k := open(t)
	c := k.Must(k.agent, wire.PurposeProsecution, &casefile.Open{Title: "t"}).Object
	role := casefile.RoleFields{Role: "suspect", Function: "guide", Source: "observation"}
	cleared := k.Must(k.agent, wire.PurposeProsecution, &casefile.AddPerson{Case: c, Particulars: casefile.Particulars{Given: "Rogelio"}, Age: "adult", RoleFields: role}).Object
	other := k.Must(k.agent, wire.PurposeProsecution, &casefile.AddPerson{Case: c, Particulars: casefile.Particulars{Given: "Melquiades"}, Age: "adult", RoleFields: role}).Object
	if rows := k.rows(true); len(rows) != 1 || rows[c].Class != "case_open" || rows[c].State != program.KeptRunning || !rows[c].Purge.IsZero() {
		t.Fatalf("an open case: %+v", rows)
	}
	k.Must(k.agent, wire.PurposeProsecution, &casefile.AddOutcome{Case: c, OutcomeFields: casefile.OutcomeFields{Person: cleared, Kind: "acquittal", On: k.Clock.Format(time.DateOnly), Final: true}})
	rows := k.rows(true)
	if r := rows[cleared]; r.Class != "person_cleared" || r.Purge.Sub(r.Started) < 364*24*time.Hour || r.State != program.KeptRunning {
		t.Fatalf("the acquitted: %+v", r)
	}
	if _, runs := rows[other]; runs || rows[c].Class != "case_open" {
		t.Errorf("the other suspect, and the case: %+v", rows)
	}
	k.Clock = k.Clock.AddDate(0, 3, 3)
	if r := k.rows(false)[cleared]; r.State != program.ReviewDue {
		t.Errorf("after ninety days: %+v", r)
	}
	k.Refused(k.first, wire.PurposeOversight, "retention.until", &Keep{What: "person", Object: cleared, Reason: "Civil claim pending", Until: k.Clock.AddDate(5, 0, 1)})
	k.Refused(k.first, wire.PurposeOversight, "retention.reason", &Keep{What: "person", Object: cleared, Until: k.Clock.AddDate(1, 0, 0)})
	k.Refused(k.first, wire.PurposeOversight, "retention.what", &Keep{What: "rumour", Object: cleared, Reason: "r", Until: k.Clock.AddDate(1, 0, 0)})
	k.Refused(k.agent, wire.PurposeProsecution, "access.not_yours", &Keep{What: "person", Object: cleared, Reason: "r", Until: k.Clock.AddDate(1, 0, 0)})
	k.Must(k.first, wire.PurposeOversight, &Keep{What: "person", Object: cleared, Reason: "Civil claim pending", Until: k.Clock.AddDate(2, 0, 0)})
	k.Clock = k.Clock.AddDate(1, 0, 0)
	if rows := k.rows(false); len(rows) != 0 {
		t.Errorf("kept for two years, and due after one: %+v", rows)
	}
	k.Clock = k.Clock.AddDate(1, 0, 1)
	if r := k.rows(false)[cleared]; r.State != program.PurgeDue || r.KeptBy == "" {
		t.Errorf("after the two years: %+v", r)
	}
	o := k.Must(k.first, wire.PurposeOversight, &casefile.Expunge{Person: cleared, Ground: "retention_ended", Order: "Review 3/2028"}).Object
	v, err := List(context.Background(), k.Acts, k.second, wire.PurposeOversight, false)
	if err != nil || len(v.Waiting) != 1 || v.Waiting[0].Order != o {
		t.Fatalf("what waits for the second person: %+v, %v", v.Waiting, err)
	}
	k.Must(k.second, wire.PurposeOversight, &casefile.ConfirmExpunge{Order: o})
	if rows := k.rows(true); len(rows) != 1 {
		t.Errorf("the forgotten still has a term: %+v", rows)
	}
	k.ReplayEqual()
	if v := k.Verified(); len(v.Faults) > 0 {
		t.Errorf("the journal: %+v", v.Faults)
	}
}

// What was written of a life at risk goes by order of two people once it is
// over; how it ended stays.
func TestAnAlertThatIsOverIsErased(t *testing.T) {
	k := open(t)
	a := k.Must(k.agent, wire.PurposeLifeAtRisk, &alert.Raise{Danger: "lost", Region: "usbp:RGV", Number: 3, Where: "Zquintalvo ranch, third gate", Known: "A boy called Rogelio"}).Object
	k.Refused(k.first, wire.PurposeOversight, "retention.alert_stands", &Erase{Alert: a, Ground: "retention_ended", Order: "1"})
	k.Must(k.agent, wire.PurposeLifeAtRisk, &alert.End{Alert: a, Rescued: 3, Known: "Found by the pond"})
	if r := k.rows(true)[a]; r.Class != "alert_over" || r.State != program.KeptRunning {
		t.Fatalf("over: %+v", r)
	}
	k.Clock = k.Clock.AddDate(2, 0, 1)
	if r := k.rows(false)[a]; r.State != program.PurgeDue {
		t.Fatalf("after two years: %+v", r)
	}
	read := func() bool {
		t.Helper()
		v, err := alert.Show(context.Background(), k.Acts, k.agent, wire.PurposeLifeAtRisk, a)
		if err != nil {
			t.Fatal(err)
		}
		return v.Written[0].Words != nil
	}
	if !read() {
		t.Fatal("it cannot be read before")
	}
	o := k.Must(k.first, wire.PurposeOversight, &Erase{Alert: a, Ground: "retention_ended", Order: "Review 4/2028"}).Object
	k.Refused(k.second, wire.PurposeOversight, "casefile.forget_waiting", &Erase{Alert: a, Ground: "retention_ended", Order: "2"})
	k.Refused(k.first, wire.PurposeOversight, "access.second_person", &ConfirmErase{Order: o})
	k.Must(k.second, wire.PurposeOversight, &ConfirmErase{Order: o})
	if read() {
		t.Error("what was written opens")
	}
	k.Refused(k.second, wire.PurposeOversight, "casefile.forget_decided", &ConfirmErase{Order: o})
	if rows := k.rows(true); len(rows) != 0 {
		t.Errorf("it still has a term: %+v", rows)
	}
	k.ReplayEqual()
	if v := k.Verified(); len(v.Faults) > 0 {
		t.Errorf("the journal: %+v", v.Faults)
	}
}
