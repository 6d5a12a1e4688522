package protection

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Categories of what a person may consent to pass on, closed.
const (
	CategoryIdentity  = "identity"  // name, birth, nationality, identifiers
	CategoryContact   = "contact"   // how to reach the person
	CategoryStatement = "statement" // who made the statement
	CategoryMedical   = "medical"   // what a physician wrote
)

// Categories in the order in which they are asked.
var Categories = []string{CategoryIdentity, CategoryContact, CategoryStatement, CategoryMedical}

// ConsentGiven is the fact that a person agreed that certain categories go to
// one recipient for one purpose until a date. The circumstances are sealed.
type ConsentGiven struct {
	journal.Envelope
	ID         string       `json:"id"`
	Person     string       `json:"person"`
	Purpose    string       `json:"for"` // one of the closed list
	Recipient  wire.Address `json:"recipient"`
	Categories []string     `json:"categories"`
	Until      time.Time    `json:"until"`
	// Told says that the sentence that saying no changes nothing, and the one
	// that the accused may learn who one is if a judge decides, were said first.
	Told bool `json:"told"`
	// AgreedBy says who agreed for a child, one of Guardians, after the child was
	// heard; the name is sealed.
	AgreedBy   string `json:"agreed_by,omitempty"`
	ChildHeard bool   `json:"child_heard,omitempty"`
	// Reference is what the person was given in writing: with it, and by telephone
	// with the code word, the consent is taken back at any office.
	Reference string `json:"reference"`
	// ToService says that the recipient is a receiving service and no office of a
	// node: which one is sealed, because a service tells what the person needs.
	ToService bool `json:"to_service,omitempty"`
}

// Guardians are those who may agree for a child, closed (DESIGN §8).
var Guardians = []string{"child_protection", "guardian", "advocate"}

// Kind implements journal.Fact.
func (ConsentGiven) Kind() string { return "protection.consent_given.1" }

// Starts tells the id of the consent.
func (f ConsentGiven) Starts() string { return f.ID }

// Taking is how a consent was taken, sealed.
type Taking struct {
	Language    string `json:"language"`
	Interpreter string `json:"interpreter,omitempty"`
	Words       string `json:"words,omitempty"` // the person's own
	Authority   string `json:"authority,omitempty"`
}

// GiveConsent records a consent that somebody outside arrest and prosecution took.
type GiveConsent struct {
	Case   string `json:"case"`
	Person string `json:"person"`
	For    string `json:"for"`
	Node   string `json:"node,omitempty"`
	Office string `json:"office,omitempty"`
	// Service is a kind of receiving service, one of Services, and ServiceName
	// its name: instead of a node, for protection only.
	Service     string    `json:"service,omitempty"`
	ServiceName string    `json:"service_name,omitempty"`
	Categories  []string  `json:"categories"`
	Until       time.Time `json:"until"`
	Told        bool      `json:"told"`
	Language    string    `json:"language"`
	Interpreter string    `json:"interpreter,omitempty"`
	// InterpreterHousehold says that the interpreter lives with somebody of the
	// case, or was of the group: no consent is taken through such a person.
	InterpreterHousehold bool   `json:"interpreter_household,omitempty"`
	Words                string `json:"words,omitempty"`
	// AgreedBy, one of Guardians, and Authority, by name, agreed for a child.
	AgreedBy   string `json:"agreed_by,omitempty"`
	Authority  string `json:"authority,omitempty"`
	ChildHeard bool   `json:"child_heard,omitempty"`
	// CodeWord is chosen by the person to take the consent back by telephone. It
	// is kept only as a slow salted hash, and shown to nobody again.
	CodeWord string `json:"code_word,omitempty"`

	hash string // of the code word, made by Ready
}

// Verb implements act.Command.
func (*GiveConsent) Verb() string { return "protection.consent" }

// Decide implements act.Command.
func (c *GiveConsent) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := allowed(tx, d, c.Case, c.Person, "consent")
	if err != nil {
		return nil, err
	}
	if err := c.valid(p, d); err != nil {
		return nil, err
	}
	if err := casefile.InterpreterApart(tx, d, c.Case, c.Interpreter, c.InterpreterHousehold); err != nil {
		return nil, err
	}
	f := &ConsentGiven{Envelope: journal.Envelope{Case: c.Case, Handling: "H3"}, ID: d.ID(), Person: c.Person, Purpose: c.For,
		Recipient: wire.Address{Node: c.Node, Office: c.Office}, Categories: c.Categories,
		Until: c.Until.UTC().Truncate(time.Microsecond), Told: c.Told, AgreedBy: c.AgreedBy, ChildHeard: c.ChildHeard, Reference: newReference(d), ToService: c.Service != ""}
	key := d.NewKey(keySubject(c.Person))
	part, err := d.Seal(tx, key, partConsent, Taking{c.Language, c.Interpreter, c.Words, c.Authority})
	if err != nil {
		return nil, err
	}
	f.Sealed = []wire.Part{part}
	if f.ToService {
		receiver, err := d.Seal(tx, key, partReceiver, Receiver{c.Service, strings.TrimSpace(c.ServiceName)})
		if err != nil {
			return nil, err
		}
		f.Sealed = append(f.Sealed, receiver)
	}
	if c.hash != "" {
		code, err := d.Seal(tx, key, partCode, c.hash)
		if err != nil {
			return nil, err
		}
		f.Sealed = append(f.Sealed, code)
	}
	d.Tell(Slip{Reference: f.Reference, Telephone: c.hash != ""})
	return []journal.Fact{f}, nil
}

func (c *GiveConsent) valid(p subject, d *act.Draw) error {
	switch {
	case !c.Told:
		return refusal.New("protection.not_told")
	case slices.Contains(p.Takers, d.By.User):
		return refusal.New("protection.taker_not_apart")
	case !wire.Releasable(c.For):
		return refusal.New("access.purpose", "purpose", c.For)
	case c.Service == "" && (c.Node == "" || c.Node == d.Node):
		return refusal.New("protection.recipient_missing")
	case c.Service != "" && c.Node+c.Office != "":
		return refusal.New("protection.recipient_one")
	case c.Service != "" && !known(c.Service):
		return refusal.New("protection.service_unknown")
	case c.Service != "" && strings.TrimSpace(c.ServiceName) == "":
		return refusal.New("protection.service_missing")
	case c.Service != "" && c.For != wire.PurposeProtection:
		return refusal.New("protection.service_purpose")
	case len(c.Categories) == 0 || slices.ContainsFunc(c.Categories, func(s string) bool { return !slices.Contains(Categories, s) }):
		return refusal.New("protection.categories")
	case !c.Until.After(d.Now):
		return refusal.New("protection.consent_ends")
	case c.Language == "":
		return refusal.New("protection.language_missing")
	case p.Minor && (!slices.Contains(Guardians, c.AgreedBy) || c.Authority == "" || !c.ChildHeard):
		return refusal.New("protection.child_consent")
	case c.AgreedBy != "" && !slices.Contains(Guardians, c.AgreedBy):
		return refusal.New("protection.guardian_unknown")
	}
	return nil
}

// Consent is a consent as it stands.
type Consent struct {
	ID         string       `json:"id"`
	Case       string       `json:"case"`
	Person     string       `json:"person"`
	Purpose    string       `json:"purpose"`
	Recipient  wire.Address `json:"recipient"`
	Categories []string     `json:"categories"`
	Given      time.Time    `json:"given"`
	Until      time.Time    `json:"until"`
	Withdrawn  time.Time    `json:"withdrawn,omitzero"`
	Fact       string       `json:"fact"`
	TakenBy    string       `json:"taken_by"` // account
	// Proof is how who took it signed: "strong" by passkey, "weak" by password;
	// nothing for one that was recorded when consents were not signed.
	Proof     string    `json:"proof,omitempty"`
	AgreedBy  string    `json:"agreed_by,omitempty"`
	Reference string    `json:"reference"`
	Through   string    `json:"through,omitempty"` // how it was taken back
	Missed    int       `json:"missed,omitempty"`  // wrong code words by telephone
	ToService bool      `json:"to_service,omitempty"`
	Releases  []Release `json:"releases,omitempty"` // files that left on it, the oldest first
	// ServiceTold is when the service was told that the consent was taken back.
	ServiceTold time.Time `json:"service_told,omitzero"`
}

func applyGiven(tx *store.Tx, e journal.Entry, f ConsentGiven) error {
	c := Consent{ID: f.ID, Case: e.Case, Person: f.Person, Purpose: f.Purpose, Recipient: f.Recipient, Categories: f.Categories,
		Given: e.Created, Until: f.Until, Fact: e.ID, TakenBy: account(e), Proof: e.Strength(), AgreedBy: f.AgreedBy, Reference: f.Reference, ToService: f.ToService}
	return c.save(tx)
}

func (c Consent) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO consent (id, case_id, person, withdrawn, telling, reference, doc) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET withdrawn = excluded.withdrawn, telling = excluded.telling, doc = excluded.doc`,
		c.ID, c.Case, c.Person, store.Micros(c.Withdrawn), store.Micros(c.telling()), c.Reference, store.JSON(c))
}

// InForce reports whether the consent holds at now.
func (c Consent) InForce(now time.Time) bool { return c.Withdrawn.IsZero() && now.Before(c.Until) }

// Covers reports whether the consent lets a category go to an office of a node
// for a purpose at now. One for a receiving service lets nothing go there.
func (c Consent) Covers(category, purpose string, to wire.Address, now time.Time) bool {
	return c.InForce(now) && !c.ToService && c.Purpose == purpose && c.Recipient.Node == to.Node &&
		(c.Recipient.Office == "" || c.Recipient.Office == to.Office) && slices.Contains(c.Categories, category)
}

// Consents lists the consents of a person in a case, the withdrawn ones too.
func Consents(tx *store.Tx, caseID, person string) ([]Consent, error) {
	return store.Docs[Consent](tx, `SELECT doc FROM consent WHERE case_id = $1 AND person = $2 ORDER BY id`, caseID, person)
}

// MayRelease says whether a category of a person may go to a recipient for a
// purpose now, and on which consent. It is no while the person is not screened,
// a gate is shut or could not be done, or the adviser has stopped the case.
func MayRelease(tx *store.Tx, caseID, person, category, purpose string, to wire.Address, now time.Time) (consent string, ok bool, err error) {
	p, err := find(tx, caseID, person)
	if err != nil {
		return "", false, err
	}
	if clear, err := releasable(tx, p); !clear || err != nil {
		return "", false, err
	}
	for _, id := range p.ids() {
		all, err := Consents(tx, caseID, id)
		if err != nil {
			return "", false, err
		}
		for _, c := range slices.Backward(all) {
			if c.Covers(category, purpose, to, now) {
				return c.ID, true, nil
			}
		}
	}
	return "", false, nil
}

// NameMayGo says whether a named adult suspect's identity may go to the
// country that is asked to prosecute: not while in doubt, found to be a
// victim, a child, or under the adviser's stop.
func NameMayGo(tx *store.Tx, caseID, person string) (bool, error) {
	p, err := find(tx, caseID, person)
	if err != nil || p.class() != ClassSuspect {
		return false, err
	}
	return releasable(tx, p)
}

// releasable asks everything but consent.
func releasable(tx *store.Tx, p subject) (bool, error) {
	s, err := weigh(tx, p)
	if err != nil {
		return false, err
	}
	held, err := stopped(tx, p.Case)
	return len(s.shut) == 0 && !s.withheld && !held, err
}

// Used notes where something went that rests on a consent, so that a
// withdrawal follows it. It belongs to the apply of the fact that sent it.
func Used(tx *store.Tx, consent string, to wire.Address, referral string) error {
	return tx.Exec(`INSERT INTO consent_use (consent, node, office, referral) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		consent, to.Node, to.Office, referral)
}

// FindConsent loads a consent of this node; absent is refused as such.
func FindConsent(tx *store.Tx, id string) (Consent, error) {
	c, err := access.Reached[Consent](tx, `SELECT doc FROM consent WHERE id = $1`, []any{id}, access.Tie{Type: "case", Column: "consent.case_id"})
	return c, access.OrAbsent(err, "consent")
}

// resource of a withdrawal received from another node.
func (w Withdrawal) resource() access.Resource {
	return access.Resource{Type: "consent", ID: w.Consent, Offices: []string{w.To.Office}, Case: w.Case}
}
