package casefile

import "time"

// What a court asks about of itself: no law of either country names these hours.
const (
	longCustody = 24            // hours held before the statement began
	longWithout = 2 * time.Hour // of a statement in which no break is said
)

// Unsaid are the points of a statement's taking that a court asks about and that
// its record does not answer, or answers against it: codes whose words are
// "casefile.unsaid.CODE". None keeps the statement from being recorded: what
// happened is recorded as it happened, and shows. It is pure.
func Unsaid(s Statement, d StatementDetail) (out []string) {
	flag := func(when bool, code string) {
		if when {
			out = append(out, code)
		}
	}
	flag(s.CustodyHours == nil, "custody")
	flag(s.CustodyHours != nil && *s.CustodyHours >= longCustody, "long_custody")
	flag(s.Rights == "not_read", "rights_not_read")
	flag(s.Rights == "read" && s.RightsLang == "", "rights_language")
	flag(s.Rights == "read" && s.RightsLang != "" && d.Lang != "" && s.RightsLang != d.Lang && !s.Interpreted, "rights_other_language")
	flag(s.Interpreted && d.InterpreterCredential == "", "interpreter_credential")
	flag(!s.Recorded, "not_recorded")
	flag(d.Promises == "" && !s.NoPromises, "promises")
	flag(d.Promises != "", "promised")
	flag(len(d.Breaks) == 0 && s.End.At.Sub(s.Start.At) >= longWithout, "breaks")
	flag(s.Kind == kindDeposition && !s.CrossExamined, "cross_examination")
	flag(len(s.Alike) > 0, "alike")
	return out
}

// unsaidCodes are all that Unsaid can say.
var unsaidCodes = []string{"custody", "long_custody", "rights_not_read", "rights_language", "rights_other_language", "interpreter_credential", "not_recorded",
	"promises", "promised", "breaks", "cross_examination", "alike"}
