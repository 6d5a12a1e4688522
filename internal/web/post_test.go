package web

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// An act leads back to the page that it was taken on, to the very person whom the
// page showed, also when it was read and signed in between; nowhere else does an
// address lead.
func TestAnActLeadsBackToThePerson(t *testing.T) {
	q := &request{r: httptest.NewRequest("POST", "/cases/c1/screening/acts/consular.advise?person=p1", nil), path: "/cases/c1/screening"}
	if got := q.after("consular.advise", act.Result{}); got != "/cases/c1/screening?person=p1&done=consular.advise" {
		t.Errorf("after an act: %s", got)
	}
	signed := &request{r: httptest.NewRequest("POST", "/sign/x1", nil), path: back(q.here())}
	signed.r.PostForm = url.Values{}
	if got := signed.after("consular.notify", act.Result{}); got != "/cases/c1/screening?person=p1&done=consular.notify" {
		t.Errorf("after an act that was signed: %s", got)
	}
	for from, to := range map[string]string{"/cases/c1?done=x": "/cases/c1", "/cases/c1/screening?person=p1&done=x": "/cases/c1/screening?person=p1", "https://elsewhere.example/?person=p1": "/", "//elsewhere.example": "/", "/a?person=%zz": "/a"} {
		if got := back(from); got != to {
			t.Errorf("back to %s leads to %s, not to %s", from, got, to)
		}
	}
}

// A refused form says at the field itself what is wrong with it, and never by the
// name that the field has for programs.
func TestARefusedFormMarksItsField(t *testing.T) {
	k := newRoom(t)
	for _, c := range []struct {
		verb, field string
		typed       url.Values
	}{
		{"case.add_event", "group_size", url.Values{"group_size": {"about seven"}}},
		{"case.add_event", "fee_cents", url.Values{"fee_cents": {"900,50"}}},
		{"case.add_person", "role", url.Values{"given": {"Itzel"}}},
		{"case.add_vehicle", "kind", url.Values{"plate": {"TX-123"}}},
		{"case.add_event", "narrative", url.Values{"when": {"2026-06-07"}, "mode": {"river"}, "place": {"usbp:RGV"}, "narrative": {strings.Repeat("x", 1<<18)}}},
	} {
		for _, l := range i18n.Languages() {
			q := k.as(areaCases, access.RoleFieldAgent)
			q.lang = l
			c.typed.Set("case", k.c)
			if _, _, err := q.takeOne(c.verb, c.typed); err == nil || len(q.refused) != 1 {
				t.Fatalf("%s with a wrong %s: %v", c.verb, c.field, err)
			}
			f := q.refused[0].form
			if f.Errors[c.field] == "" {
				t.Errorf("%s in %s: nothing is marked at %s: %v", c.verb, l, c.field, f.Errors)
			}
			if said := i18n.T(l, "refusal."+f.Refusal.Code, f.Refusal.Params); strings.Contains(said, c.field) || strings.Contains(said, "refusal.") {
				t.Errorf("%s in %s: %q", c.verb, l, said)
			}
		}
	}
}

// Nothing is offered that ends in a refusal whatever is typed: the US Attorney's
// decision to who records none, a translation where nothing was said yet.
func TestACaseOffersWhatCanBeAdded(t *testing.T) {
	k := newRoom(t)
	for role, decides := range map[string]bool{access.RoleFieldAgent: false, access.RoleProsecutions: true, access.RoleUSAttorney: true, access.RoleSupervisor: false} {
		q := k.as(areaCases, role)
		c, err := casefile.Show(t.Context(), k.s.Acts, q.by, q.purpose, k.c)
		if err != nil {
			t.Fatal(err)
		}
		adds, checks := q.addable(c), q.checks(c, protection.CaseView{})
		offers := func(noun string) bool {
			return slices.ContainsFunc(adds, func(l view.Link) bool { return strings.HasSuffix(l.URL, "/add/"+noun) })
		}
		leads := slices.ContainsFunc(checks, func(c view.Check) bool { return strings.HasSuffix(c.URL, "/add/decision") })
		if offers("decision") != decides || leads != decides || offers("translation") || !offers("statement") {
			t.Errorf("%s: a decision %v and %v, want %v; a translation of nothing %v", role, offers("decision"), leads, decides, offers("translation"))
		}
	}
}

// Who was first is told when in the words and the zone of the reader.
func TestARefusalSaysItsMomentInOnesOwnZone(t *testing.T) {
	k := newRoom(t)
	for l, want := range map[i18n.Lang]string{i18n.English: "27 November 2026, 21:27 CST", i18n.Spanish: "27 nov 2026, 21:27 CST"} {
		q := k.as(areaCases, access.RoleFieldAgent)
		q.lang = l
		given := map[string]any{"By": "Halden Ravenel", "At": time.Date(2026, 11, 28, 3, 27, 0, 0, time.UTC).Format(refusal.Moment)}
		if got := i18n.T(l, "refusal.casefile.crossed", q.ownTimes(given)); !strings.Contains(got, want) || given["At"] == want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
}

// An alert that has not reached the other country says so, and says to telephone.
func TestAnAlertSaysThatItHasNotArrived(t *testing.T) {
	k := newRoom(t)
	for _, c := range []struct {
		state    string
		since    time.Duration
		way, say bool
	}{
		{exchange.DeliveryQueued, time.Second, true, false},
		{exchange.DeliveryQueued, time.Minute, true, true},
		{exchange.DeliveryRecorded, time.Minute, false, false},
		{exchange.DeliveryRefused, time.Minute, false, false}, // the receipt says so
	} {
		q := k.as(areaLife, access.RoleFieldAgent)
		x := alert.View{Delivery: &exchange.Delivery{Peer: "us", State: c.state}}
		x.Raised.At = k.s.Acts.Now().Add(-c.since)
		way, unheard := q.alertUnheard(x)
		if (way != "") != c.way || (unheard != nil) != c.say {
			t.Errorf("%s after %s: on its way to %q, and says %v", c.state, c.since, way, unheard)
		}
	}
}

// The timeline tells when a thing happened beside when it was recorded, and no
// hour where only the day is known.
func TestTheTimelineTellsWhenItHappened(t *testing.T) {
	k := newRoom(t)
	agent := k.Person("agent", "usbp-rgv", access.RoleFieldAgent)
	for when, want := range map[string]string{"2026-06-07T23:40": "7 June 2026, 23:40 CDT", "2026-06-08": "8 June 2026"} {
		k.Must(agent, wire.PurposeProsecution, &casefile.AddEvent{Case: k.c, EventFields: casefile.EventFields{When: when, Zone: "America/Chicago", Mode: "river", Place: "usbp:RGV"}})
		steps, err := casefile.ShowCourse(t.Context(), k.s.Acts, agent, wire.PurposeProsecution, k.c)
		if err != nil {
			t.Fatal(err)
		}
		if got := k.as(areaCases, access.RoleFieldAgent).happening(steps[len(steps)-1]).Occurred; got != want {
			t.Errorf("of %s the timeline says %q, not %q", when, got, want)
		}
	}
}
