package access_test

import (
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
)

// Who may take which act of cases, accords, protection and forgetting; nobody
// else may, whatever the purpose.
func TestWhoMayTakeTheActsOfTheRooms(t *testing.T) {
	p := policies(t)
	team := []string{"field_agent", "prosecutions", "supervisor", "us_attorney", "mp"}
	advisers := []string{"adviser"}
	consent := []string{"adviser", "consular"}
	two := []string{"supervisor", "us_attorney", "mp", "adviser"}
	for _, c := range []struct {
		verb, purpose string
		r             access.Resource
		may           []string
	}{
		{"case.open", "prosecution", held("case"), team},
		{"case.add_person", "prosecution", held("person"), team},
		{"case.add_statement", "prosecution", held("statement"), team},
		{"case.correct_event", "prosecution", held("event"), team},
		{"case.ausa_decision", "prosecution", held("charge"), team},
		{"protection.screen", "protection", held("screening"), []string{"field_agent", "prosecutions", "mp", "adviser", "consular"}},
		{"protection.acknowledge_withdrawal", "protection", held("consent"), []string{"field_agent", "prosecutions", "mp", "adviser", "consular"}},
		{"protection.consent", "protection", held("consent"), consent},
		{"protection.withdraw_consent", "protection", held("consent"), append([]string{"inm", "police", "coordinator", "adviser", "consular"}, team...)},
		{"protection.end_gate", "protection", held("gate"), advisers},
		{"protection.stop", "protection", held("measure"), advisers},
		{"protection.lift_stop", "protection", held("measure"), advisers},
		{"protection.reclassify", "protection", held("measure"), advisers},
		{"protection.reveal", "protection", held("identity", "class", "protected"), []string{"prosecutions", "supervisor", "us_attorney", "mp", "adviser"}},
		{"protection.reveal_approve", "protection", held("reveal"), []string{"prosecutions", "supervisor", "us_attorney", "mp", "adviser"}},
		{"protection.reveal_refuse", "protection", held("reveal"), []string{"prosecutions", "supervisor", "us_attorney", "mp", "adviser"}},
		{"journal.expunge", "oversight", held("case"), two},
		{"journal.expunge_confirm", "oversight", held("case"), two},
		{"hold.place", "oversight", held("case"), two},
		{"redress.receive", "protection", held("redress"), append([]string{"prosecutions", "consular"}, two...)},
		{"redress.answer", "oversight", held("redress"), two},
		{"retention.keep", "oversight", held("case"), two},
		{"retention.retain", "protection", held("expunge"), two},
		{"accord.sign", "oversight", held("accord"), []string{"coordinator", "supervisor", "us_attorney", "mp"}},
	} {
		for _, role := range access.Roles {
			want := slices.Contains(c.may, role)
			if got := p.Decide(official(role), c.verb, c.purpose, c.r).Allowed; got != want {
				t.Errorf("%s by %s: %v, want %v", c.verb, role, got, want)
			}
			if p.Decide(official(role), c.verb, "immigration_enforcement", c.r).Allowed {
				t.Errorf("%s by %s for a purpose that does not exist", c.verb, role)
			}
			if c.r.Type != "accord" {
				away := c.r
				away.Offices = []string{"other"}
				if p.Decide(official(role), c.verb, c.purpose, away).Allowed {
					t.Errorf("%s by %s of an office that is no member", c.verb, role)
				}
			}
		}
	}
}
