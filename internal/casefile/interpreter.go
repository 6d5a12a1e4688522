package casefile

import (
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// InterpreterApart refuses an interpreter who is not apart from the people of a
// case, for whatever is said through him or her: a statement, a screening, a
// consent. Nobody of the case interprets, suspect, party, witness or relative
// (CNPP 46), nor anyone of the group or household of one of them: who controls a
// victim is often the one who offers to interpret. An empty name is nobody.
// Refusals casefile.interpreter_in_case, casefile.interpreter_household.
func InterpreterApart(tx *store.Tx, o Opener, caseID, interpreter string, household bool) error {
	name := Fold(interpreter)
	switch {
	case name == "":
		return nil
	case household:
		return refusal.New("casefile.interpreter_household")
	}
	people, err := People(tx, caseID)
	if err != nil {
		return err
	}
	for _, p := range people {
		who, err := OpenIdentity(tx, o, p)
		if err != nil {
			continue // forgotten: nothing is left to compare
		}
		for _, n := range append(who.Names(), p.Plant) {
			if Fold(n) == name {
				return refusal.New("casefile.interpreter_in_case")
			}
		}
	}
	return nil
}
