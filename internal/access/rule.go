package access

// Rule is the access rule of a route or an operation: who may come through it,
// and what decides what they see there. No door can register one without.
type Rule string

// The rules of the doors.
const (
	// RuleOpen needs no session: behind it stands nothing of the programme.
	RuleOpen Rule = "open"
	// RuleOwn needs a session and touches nothing but one's own account,
	// session, or an act that one is about to sign.
	RuleOwn Rule = "own"
	// RuleSeen needs a session and a purpose; act.View decides about each thing
	// shown and leaves the request's access fact.
	RuleSeen Rule = "seen"
	// RuleTaken needs a session and a purpose; the policies are asked about the
	// act, which leaves a fact, also where it is refused.
	RuleTaken Rule = "taken"
)
