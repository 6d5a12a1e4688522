package referral

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// What orders to the police rest on of a received referral: whom its warrant names.

// The steps by which a warrant ends.
const (
	StepWarrantExecuted  = "record_warrant_executed"
	StepWarrantCancelled = "record_warrant_cancelled"
)

// OnWarrant is what an order to the police says of the referral that it rests on.
type OnWarrant struct {
	Case, Handling string
	Issued         string            // fact by which the warrant was recorded
	Who            casefile.Identity // of the packet, as far as its key came
	Withdrawn      bool              // the sender has taken the referral back
}

// WarrantOn is whom the warrant in force of a received referral names, for a
// prosecutor of it, who holds one of the roles. Whoever is named is a subject of the packet whom the sender
// asked to prosecute; the name itself came with the acceptance.
func WarrantOn(tx *store.Tx, d *act.Draw, id, person string, roles []string) (w OnWarrant, err error) {
	r, err := Load(tx, id)
	if err != nil {
		return w, err
	}
	if _, ok := r.procedure.Rule(stepIssued); !ok || r.Home() {
		return w, refusal.NotFound()
	}
	if err := d.Allow(tx, r.owned(program.Owner{Side: program.Receiver, Roles: roles}, nil)); err != nil {
		return w, err
	}
	s := r.State()
	issued, recorded := s.Last(stepIssued)
	switch {
	case !recorded || s.Tracks["warrant"] != "issued":
		return w, refusal.Conflict("referral.no_warrant")
	case !r.warranted(s, person):
		return w, refusal.New("warrant.not_named")
	}
	w = OnWarrant{Case: r.Case, Handling: r.Handling, Issued: issued.ID, Withdrawn: withdrawnIn(s)}
	class, who, err := r.identityHere(tx, d, person)
	switch {
	case err != nil:
	case class != string(casefile.Suspect):
		err = refusal.New("warrant.not_an_adult_suspect")
	case !who.Named():
		err = refusal.New("warrant.no_name")
	}
	w.Who = who
	return w, err
}

// identityHere is the class and the identity of a subject as the latest version
// of the packet gives them, as far as keys have come.
func (r Referral) identityHere(tx *store.Tx, o casefile.Opener, subject string) (class string, who casefile.Identity, err error) {
	v, _, err := packet.Latest(tx, r.Packet)
	if err != nil {
		return "", who, err
	}
	open, err := packet.Open(tx, o, v)
	if err != nil {
		return "", who, err
	}
	for _, c := range open[wire.SectionPeople] {
		if c.Body == nil {
			continue
		}
		switch c.Item.ID {
		case "person-" + subject:
			var p packet.PersonBody
			err = json.Unmarshal(c.Body, &p)
			class = p.Class
			if p.Age != string(casefile.Adult) {
				class = string(casefile.Protected)
			}
		case "identity-" + subject:
			var p packet.IdentityBody
			err = json.Unmarshal(c.Body, &p)
			who = p.Identity
		}
		if err != nil {
			return "", who, fmt.Errorf("person of a packet: %w", err)
		}
	}
	return class, who, nil
}

// asNode reads a referral for a thing that rests on it, whose reader need not
// know more of it than that thing says.
func asNode(tx *store.Tx, id string) (Referral, error) {
	r, err := store.Doc[Referral](tx, `SELECT doc FROM referral WHERE id = $1`, id)
	if err != nil {
		return r, fmt.Errorf("referral: %w", err)
	}
	return r, r.complete(tx)
}

// WarrantHolds reports whether the warrant that an order rests on is in force,
// names the person, and has not lost its referral since (anyway: it was given
// though the sender had withdrawn).
func WarrantHolds(tx *store.Tx, id, person, issued string, anyway bool) (bool, error) {
	r, err := asNode(tx, id)
	if err != nil {
		return false, err
	}
	s := r.State()
	last, recorded := s.Last(stepIssued)
	return recorded && last.ID == issued && r.warranted(s, person) && (anyway || !withdrawnIn(s)), nil
}

func withdrawnIn(s program.Standing) bool {
	_, withdrawn := s.Last("withdraw")
	return withdrawn
}

// WarrantExecuted is the step that tells the other country that a warrant was
// executed, as soon as everybody whom it names was found; nil before, and where
// the procedure leaves the step to somebody else.
func WarrantExecuted(tx *store.Tx, d *act.Draw, id string, found []string) (journal.Fact, error) {
	r, err := asNode(tx, id)
	if err != nil {
		return nil, err
	}
	rule, ok := r.procedure.Rule(StepWarrantExecuted)
	s := r.State()
	if !ok || !rule.Owner.Admits(d.By.Roles) {
		return nil, nil
	}
	for _, n := range r.Warrants {
		if r.warranted(s, n.Person) && !slices.Contains(found, n.Person) {
			return nil, nil
		}
	}
	_, step, err := r.open(rule, "", "", nil)
	if err != nil {
		return nil, err
	}
	return &SignedStep{Step: step}, nil
}
