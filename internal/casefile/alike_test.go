package casefile

import (
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/store"
	"pgregory.net/rapid"
)

const (
	told = "El guía nos cobró novecientos dólares a cada quien y nos llevó por el monte de noche hasta el río, donde esperaban dos balsas y un hombre con radio."
	same = "el guia nos cobro novecientos dolares a cada quien; y nos llevo por el monte de noche hasta el rio, donde esperaban dos balsas y otro señor. Luego nos dejaron en una casa."
	own  = "Yo venía con mi hermana desde Puebla. A los dos días llegamos a la casa y ahí nos dijeron que faltaba dinero, que habláramos con la familia antes de seguir."
)

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		alike      bool
	}{
		{"the same", told, told, true},
		{"pasted, with little changed and more said", told, same, true},
		{"another's own words", told, own, false},
		{"too short to tell", "No vi nada, estaba oscuro.", "No vi nada, estaba oscuro.", false},
		{"nothing", "", told, false},
	} {
		if got := Alike(c.a, c.b); (got >= alikeShare) != c.alike {
			t.Errorf("%s: %.2f", c.name, got)
		}
	}
}

// Whatever two texts say, the share lies between 0 and 1, is the same either
// way, and a text that stands whole in another is wholly alike.
func TestAlikeProperties(t *testing.T) {
	words := rapid.SliceOfN(rapid.SampledFrom(strings.Fields(told+" "+own)), 0, 60)
	rapid.Check(t, func(t *rapid.T) {
		a, b := strings.Join(words.Draw(t, "a"), " "), strings.Join(words.Draw(t, "b"), " ")
		share := Alike(a, b)
		if share < 0 || share > 1 || share != Alike(b, a) {
			t.Fatalf("%.2f, %.2f", share, Alike(b, a))
		}
		if within := Alike(a, b+" "+a); len(runs(a)) > 0 && len(runs(b+" "+a)) > 0 && within != 1 {
			t.Fatalf("stands whole in the other: %.2f", within)
		}
	})
}

// A text that is nearly another's is shown to its author before it is recorded,
// and is recorded once the author says that both were read.
func TestNearlyIdenticalStatementsAreShownToTheirAuthor(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "Statements"})
	say := func(text string, alike ...string) *AddStatement {
		who := k.must(&AddPerson{Case: c, Particulars: Particulars{Given: "Xochiquetzal", Birth: "1999-05-05"}, RoleFields: witness()})
		return &AddStatement{Case: c, StatementFields: StatementFields{Person: who, Kind: "interview", Lang: "es", Text: text, Start: "2026-06-08T10:00", End: "2026-06-08T11:00", Zone: "UTC",
			Place: "McAllen", Present: []string{"D. Ruiz"}, Rights: "read", SameLanguage: true, Recorded: true, Alike: alike}}
	}
	first := k.must(say(told))
	k.must(say(own))
	k.refused("casefile.statement_alike", say(same))
	k.refused("casefile.statement_alike", say(same, "another"))
	second := k.must(say(same, first))
	k.Read(func(tx *store.Tx) error {
		i, err := LoadItem(tx, second)
		if err != nil {
			return err
		}
		var s Statement
		if err := i.Decode(&s); err != nil {
			return err
		}
		if len(s.Alike) != 1 || s.Alike[0] != first {
			t.Errorf("recorded as like %v", s.Alike)
		}
		return nil
	})
	correct := &CorrectStatement{Correction{Item: second, Reason: "clerical"}, say(same, first).StatementFields}
	k.must(correct)
	k.ReplayEqual()
}

// What a court asks of a statement is said of its record, however it was taken.
func TestUnsaid(t *testing.T) {
	hours := func(n int) *int { return &n }
	at := func(h int) Moment { return Moment{At: day(h)} }
	whole := Statement{Kind: "interview", Start: at(10), End: at(11), Rights: "read", RightsLang: "es", Recorded: true, NoPromises: true, CustodyHours: hours(3)}
	spanish := StatementDetail{Lang: "es"}
	for name, c := range map[string]struct {
		change func(*Statement, *StatementDetail)
		want   string
	}{
		"everything is said":          {func(*Statement, *StatementDetail) {}, ""},
		"nothing of custody":          {func(s *Statement, _ *StatementDetail) { s.CustodyHours = nil }, "custody"},
		"not held":                    {func(s *Statement, _ *StatementDetail) { s.CustodyHours = hours(0) }, ""},
		"held for two days":           {func(s *Statement, _ *StatementDetail) { s.CustodyHours = hours(48) }, "long_custody"},
		"no rights":                   {func(s *Statement, _ *StatementDetail) { s.Rights = "not_read" }, "rights_not_read"},
		"rights in no language":       {func(s *Statement, _ *StatementDetail) { s.RightsLang = "" }, "rights_language"},
		"rights in another language":  {func(s *Statement, _ *StatementDetail) { s.RightsLang = "en" }, "rights_other_language"},
		"interpreted by nobody known": {func(s *Statement, _ *StatementDetail) { s.Interpreted = true }, "interpreter_credential"},
		"a benefit":                   {func(s *Statement, d *StatementDetail) { s.NoPromises, d.Promises = false, "A visa" }, "promised"},
		"nothing of promises":         {func(s *Statement, _ *StatementDetail) { s.NoPromises = false }, "promises"},
		"three hours without a break": {func(s *Statement, _ *StatementDetail) { s.End = at(13) }, "breaks"},
		"three hours with one":        {func(s *Statement, d *StatementDetail) { s.End, d.Breaks = at(13), []string{"11:30–11:45"} }, ""},
		"not recorded":                {func(s *Statement, _ *StatementDetail) { s.Recorded = false }, "not_recorded"},
		"nobody could cross-examine":  {func(s *Statement, _ *StatementDetail) { s.Kind = kindDeposition }, "cross_examination"},
		"like another":                {func(s *Statement, _ *StatementDetail) { s.Alike = []string{"x"} }, "alike"},
	} {
		s, d := whole, spanish
		c.change(&s, &d)
		if got := strings.Join(Unsaid(s, d), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
