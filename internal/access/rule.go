package access

import "github.com/oasiss/oasiss/internal/refusal"

// Rule is the access rule of a route or an operation: who may come through it,
// and what decides what they see there. No door can register one without.
type Rule string

// The rules of the doors.
const (
	// RuleOpen needs no session: behind it stands nothing of the programme.
	RuleOpen Rule = "open"
	// RuleSelf needs a session, also one by password alone, and touches nothing
	// but one's own ways to sign in.
	RuleSelf Rule = "self"
	// RuleOwn needs a session with two factors and touches nothing but one's own
	// account, session, or an act that one is about to sign.
	RuleOwn Rule = "own"
	// RuleSeen needs a session with two factors and a purpose; act.View decides about each thing
	// shown and leaves the request's access fact.
	RuleSeen Rule = "seen"
	// RuleTaken needs a session with two factors and a purpose; the policies are asked about the
	// act, which leaves a fact, also where it is refused.
	RuleTaken Rule = "taken"
)

// Admits refuses a session that is not sure enough of its person for what
// stands behind a rule (R01): with a password alone one sees to one's own
// account and to nothing of the programme. Refusal: access.second_factor_needed.
func (r Rule) Admits(by Actor) error {
	if r != RuleOpen && r != RuleSelf && by.Level < 2 {
		return refusal.Forbidden("access.second_factor_needed")
	}
	return nil
}
