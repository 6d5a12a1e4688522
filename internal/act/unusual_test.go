package act

import (
	"fmt"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
)

// TestWhatIsUnusual: each use is told of from its own number on, in the zone of
// the office, and ordinary work is not.
func TestWhatIsUnusual(t *testing.T) {
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	noon, night := time.Date(2026, 6, 9, 12, 0, 0, 0, zone), time.Date(2026, 6, 9, 23, 0, 0, 0, zone)
	request := func(at time.Time, verb string, objects ...access.Object) Access {
		x := Access{At: at}
		x.Actor, x.Office, x.Verb, x.Objects = "u1", "usbp-rgv", verb, objects
		return x
	}
	times := func(n int, f func(i int) Access) (out []Access) {
		for i := range n {
			out = append(out, f(i))
		}
		return out
	}
	thing := func(i int) access.Object { return access.Object{Type: "case", ID: fmt.Sprint(i)} }
	missed := func(i int) Access {
		x := request(noon.Add(time.Duration(i)*time.Minute), "view.case.show")
		x.Withheld = []access.Object{{Type: access.TypeMissed, ID: fmt.Sprint(i)}}
		return x
	}
	many := func(n int) []Access {
		return times(n, func(i int) Access { return request(noon, "view.case.show", thing(i)) })
	}
	usual := func(things int) []Access {
		return times(3*things, func(i int) Access {
			return request(noon.Add(-time.Duration(1+i%3)*time.Hour), "view.case.show", thing(i))
		})
	}
	refused := request(noon, "protection.reveal")
	refused.Refused = "access.not_yours"
	for name, x := range map[string]struct {
		list []Access
		want string // what is told, or empty
	}{
		"acts at night":              {times(5, func(int) Access { return request(night, "case.add_event") }), UnusualNight},
		"four acts at night":         {times(4, func(int) Access { return request(night, "case.add_event") }), ""},
		"searches at night":          {times(5, func(int) Access { return request(night, "view.search") }), UnusualNight},
		"a page open over the night": {times(500, func(int) Access { return request(night, "view.case.list", thing(1)) }), ""},
		"acts at noon":               {times(50, func(int) Access { return request(noon, "case.add_event") }), ""},
		"what is not theirs":         {times(5, missed), UnusualMissed},
		"one slip of the finger":     {times(1, missed), ""},
		"identities in a day":        {times(5, func(int) Access { return request(noon, "protection.reveal") }), UnusualReveals},
		"one identity a day":         {times(7, func(i int) Access { return request(noon.AddDate(0, 0, -i), "protection.reveal") }), ""},
		"refused, so not shown":      {times(9, func(int) Access { return refused }), ""},
		"people looked up":           {times(10, func(int) Access { return request(noon, "search.find_protected") }), UnusualSought},
		"many things in an hour":     {many(200), UnusualMany},
		"many, and five times usual": {append(many(201), usual(40)...), UnusualMany},
		"as many as on other days":   {append(many(201), usual(60)...), ""},
		"ordinary":                   {many(60), ""},
	} {
		got := unusual(x.list, map[string]*time.Location{"usbp-rgv": zone})
		switch {
		case x.want == "" && len(got) > 0:
			t.Errorf("%s: told of %+v", name, got)
		case x.want != "" && (len(got) != 1 || got[0].What != x.want || got[0].Account != "u1" || got[0].Office != "usbp-rgv"):
			t.Errorf("%s: %+v, not %s", name, got, x.want)
		}
	}
}
