package web

import (
	"reflect"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
)

// A form that is drawn with what is recorded and sent back untouched says the
// same again: days, several places of an act, coordinates and amounts stay.
func TestAFormGivesBackWhatIsRecorded(t *testing.T) {
	lat, lon := 26.07, -98.32
	for _, cmd := range []act.Command{
		&casefile.CorrectEvent{Correction: casefile.Correction{Item: "i", Reason: "clerical", Withdraw: true}, EventFields: casefile.EventFields{When: "2026-06", Until: "2026-06-07", Zone: "America/Chicago",
			Mode: "stash_house", Place: "usbp:RGV", PlaceName: "Alamo", Lat: &lat, Lon: &lon, Uncertainty: 50, Group: 3, FeeCents: 90005, Currency: "USD", Hazards: []string{"heat", "river"},
			Acts: []string{"guiding=inegi:28@2026-06-06", "guiding=usbp:RGV@2026-06-07", "crossing=usbp:RGV"}, Narrative: "Three people.\nIn a house.", Lang: "en"}},
		&casefile.CorrectPerson{Person: "p", Reason: "clerical", Particulars: casefile.Particulars{Given: "Xochitl", Aliases: []string{"La Güera", "Xochi"}, Nationalities: []string{"GT", "MX", "XQ"}, Identifiers: []string{"passport/MX=G1234567"}}},
		&casefile.CorrectCharge{Correction: casefile.Correction{Item: "i", Reason: "clerical"}, ChargeFields: casefile.ChargeFields{Person: "p", Offence: "o", Counts: 2, Elements: []string{"profit=a,b", "led_abroad=c"}}},
	} {
		again := reflect.New(reflect.TypeOf(cmd).Elem()).Interface().(act.Command)
		if err := fill(again, given(cmd), time.UTC); err != nil || !reflect.DeepEqual(again, cmd) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", cmd.Verb(), err, again, cmd)
		}
	}
}
