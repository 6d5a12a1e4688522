package consular

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Notified is the notice itself. Released; signed by who tells the consulate. It
// says nothing of the case, of what the person is held for, or of what the person
// was asked.
type Notified struct {
	journal.Envelope
	ID      string `json:"id"`
	Person  string `json:"person"` // pseudonym
	Under18 bool   `json:"under_18,omitempty"`
	Held    string `json:"held"` // country that holds the person
}

// Kind implements journal.Fact.
func (Notified) Kind() string { return "consular.notified.1" }

// Starts tells the id of the notice.
func (f Notified) Starts() string { return f.ID }

// Opened is the fact, which stays at home, of whom a notice is about. How the
// child-protection authority was told is sealed.
type Opened struct {
	journal.Envelope
	Person string `json:"person"`
	Notice string `json:"notice"`
}

// Kind implements journal.Fact.
func (Opened) Kind() string { return "consular.opened.1" }

// Whom is who a notice is about and where the person is held, sealed: what a
// consulate needs to find its national, and no number that enforcement gave.
type Whom struct {
	Name          string                `json:"name"`
	Birth         string                `json:"birth,omitempty"` // YYYY[-MM[-DD]]
	BirthPlace    string                `json:"birth_place,omitempty"`
	Sex           string                `json:"sex,omitempty"`
	Nationalities []string              `json:"nationalities"`
	Identifiers   []casefile.Identifier `json:"identifiers,omitempty"` // papers of the person's own country
	Languages     []string              `json:"languages,omitempty"`
	Place         string                `json:"place"`
	Since         time.Time             `json:"since,omitzero"`
}

// civil are a person's own papers.
var civil = []string{"curp", "passport", "consular", "ine"}

func whom(who casefile.Identity, place string, since time.Time) Whom {
	w := Whom{Name: who.Name(), Birth: who.Birth, BirthPlace: who.BirthPlace, Sex: who.Sex, Nationalities: who.Nationalities, Languages: who.Languages, Place: place}
	for _, id := range who.Identifiers {
		if slices.Contains(civil, id.Scheme) {
			w.Identifiers = append(w.Identifiers, id)
		}
	}
	if !since.IsZero() {
		w.Since = since.UTC().Truncate(time.Second)
	}
	return w
}

// Reach is whom the consulate calls: an office, and no person in it but officials.
type Reach struct {
	Call string `json:"call"`
}

// Notify tells a consulate of the other node that one of its nationals asks for it.
type Notify struct {
	Case   string    `json:"case"`
	Person string    `json:"person"`
	Office string    `json:"office"` // the consulate's
	Place  string    `json:"place"`  // where the person is held
	Since  time.Time `json:"since,omitzero"`
	Call   string    `json:"call"` // telephone at which the consulate reaches who holds the person
	// ChildTold says how the child-protection authority was told, of a child.
	ChildTold string `json:"child_told,omitempty"`
}

// Verb implements act.Command.
func (*Notify) Verb() string { return "consular.notify" }

// Signed implements act.Signed.
func (*Notify) Signed() {}

// Decide implements act.Command.
func (c *Notify) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, _, err := held(tx, d, c.Case, c.Person)
	if err != nil {
		return nil, err
	}
	return c.facts(tx, d, p)
}

// facts are the notice and whom it is about, for who may tell the consulate.
func (c *Notify) facts(tx *store.Tx, d *act.Draw, p casefile.Person) ([]journal.Fact, error) {
	if err := ready(tx, d, p); err != nil {
		return nil, err
	}
	minor := p.Age != casefile.Adult
	switch {
	case strings.TrimSpace(c.Place) == "" || len(c.Place) > maxWords:
		return nil, refusal.New("consular.place")
	case strings.TrimSpace(c.Call) == "" || len(c.Call) > 200:
		return nil, refusal.New("consular.call")
	case c.Since.After(d.Now):
		return nil, refusal.New("consular.since")
	case minor && (strings.TrimSpace(c.ChildTold) == "" || len(c.ChildTold) > maxWords):
		return nil, refusal.New("consular.child_authority")
	}
	to, country, err := consulate(tx, d, c.Office)
	if err != nil {
		return nil, err
	}
	who, err := nationalOf(tx, d, p, country)
	if err != nil {
		return nil, err
	}
	n := Notice{ID: d.ID()}
	f := &Notified{Envelope: n.envelope(to), ID: n.ID, Person: p.Plant, Under18: minor, Held: strings.ToUpper(d.By.Country)}
	if err := f.write(tx, d, p.ID, whom(who, strings.TrimSpace(c.Place), c.Since), Reach{Call: strings.TrimSpace(c.Call)}); err != nil {
		return nil, err
	}
	o := &Opened{Envelope: journal.Envelope{Case: c.Case, Handling: "H3"}, Person: p.ID, Notice: n.ID}
	if minor {
		part, err := d.Seal(tx, d.NewKey(casefile.KeySubject(p.ID)), partChild, strings.TrimSpace(c.ChildTold))
		if err != nil {
			return nil, err
		}
		o.Sealed = []wire.Part{part}
	}
	return []journal.Fact{f, o}, nil
}

// write seals who the person is, and whom to call, under a key of the notice's own.
func (f *Notified) write(tx *store.Tx, d *act.Draw, person string, w Whom, r Reach) error {
	key := d.NewKey(casefile.KeySubject(person))
	for _, p := range []struct {
		id string
		v  any
	}{{partIdentity, w}, {partReach, r}} {
		part, err := d.Seal(tx, key, p.id, p.v)
		if err != nil {
			return err
		}
		f.Sealed = append(f.Sealed, part)
	}
	return nil
}

// ready refuses a notice that may not go: the person must have been told of the
// right and asked about fear, whatever was answered, and must ask for it.
func ready(tx *store.Tx, d *act.Draw, p casefile.Person) error {
	a, err := asked(tx, p.Case, p.ID)
	if err != nil {
		return err
	}
	said, err := protection.AnswerOfConsulate(tx, d, p.Case, p.ID)
	if err != nil {
		return err
	}
	advice, err := a.advice(tx, d)
	if err != nil {
		return err
	}
	if err := refuses(a, said, advice); err != nil {
		return err
	}
	n, known, err := a.notice(tx)
	if err == nil && (known && n.Withdrawn == nil || !known && a.Outside != nil) {
		err = refusal.Conflict("consular.told_already")
	}
	return err
}

// refuses is the order in which the rule asks: fear first, the right, then what
// the person wants. What was answered about fear it does not know.
func refuses(a ask, said protection.ConsulateAnswer, advice Advice) error {
	switch {
	case !said.FearAsked:
		return refusal.New("consular.fear_not_asked")
	case a.Advised == nil:
		return refusal.New("consular.not_advised")
	case advice.Wish == WishWaits:
		return refusal.New("consular.waits")
	case !said.Asks || advice.Wish != WishAsks:
		return refusal.New("consular.not_asked")
	}
	return nil
}

// notice is the last that was sent for the person.
func (a ask) notice(tx *store.Tx) (n Notice, known bool, err error) {
	if a.Notice == "" {
		return n, false, nil
	}
	n, err = store.Doc[Notice](tx, `SELECT doc FROM consular_notice WHERE id = $1`, a.Notice)
	if err != nil {
		return n, false, fmt.Errorf("consular notice of a person: %w", err)
	}
	return n, true, nil
}

// nationalOf opens who the person is, if the record has the consulate's country.
func nationalOf(tx *store.Tx, d *act.Draw, p casefile.Person, country string) (casefile.Identity, error) {
	who, err := casefile.OpenIdentity(tx, d, p)
	if errors.Is(err, seal.ErrNoKey) {
		return who, refusal.Conflict("casefile.forgotten")
	}
	if err == nil && !who.Has(country) {
		err = refusal.New("consular.not_its_national")
	}
	return who, err
}

// Consulates are the consular offices of other nodes that a notice can go to:
// those that an accord of this node names, also one that is suspended, because
// the duty rests on none. In the order of the accords, each once.
func Consulates(tx *store.Tx, node string, now time.Time) ([]accord.Office, error) {
	all, err := accord.All(tx)
	if err != nil {
		return nil, err
	}
	var out []accord.Office
	for _, a := range all {
		other, party := a.Document.Other(node)
		if !party || !stands(a, now) {
			continue
		}
		for _, o := range a.Document.Offices {
			if _, ok := protects(o); ok && o.Node == other.Node && !slices.ContainsFunc(out, func(x accord.Office) bool { return x.Address() == o.Address() }) {
				out = append(out, o)
			}
		}
	}
	return out, nil
}

// stands reports whether an accord binds at a time: one that is suspended does.
func stands(a accord.Accord, at time.Time) bool {
	s := a.Status(at)
	return s == accord.StatusInForce || s == accord.StatusSuspended
}

// protects is the country whose nationals an office protects abroad.
func protects(o accord.Office) (country string, ok bool) {
	agency, known := program.AgencyByID(o.Agency)
	return agency.Country, known && agency.Consular
}

// consulate is where a notice goes, and of which country it is.
func consulate(tx *store.Tx, d *act.Draw, office string) (to wire.Address, country string, err error) {
	all, err := Consulates(tx, d.Node, d.Now)
	if err != nil {
		return to, "", err
	}
	i := slices.IndexFunc(all, func(o accord.Office) bool { return o.ID == office })
	if i < 0 {
		return to, "", refusal.New("consular.office")
	}
	country, _ = protects(all[i])
	return all[i].Address(), country, nil
}

func applyOpened(tx *store.Tx, e journal.Entry, f Opened) error {
	a, err := asked(tx, e.Case, f.Person)
	if err != nil {
		return err
	}
	a.Notice, a.Opened, a.Outside = f.Notice, mark(e), nil
	return a.save(tx)
}

// applyNotified lets the consulate know, and where it was sent from the office
// that told it: an id of an office of the other node stands for nobody here.
func applyNotified(tx *store.Tx, e journal.Entry, f Notified) error {
	for _, office := range []string{e.From.Office, e.To.Office} {
		if err := access.Member(tx, typeNotice, f.ID, office); err != nil {
			return err
		}
	}
	return change(tx, f.ID, func(n *Notice) {
		n.Person, n.Under18, n.Held, n.From, n.To, n.Sent = f.Person, f.Under18, f.Held, e.From, e.To, mark(e)
	})
}

// admitNotified takes a notice addressed to a consular office that an accord
// between the two nodes names. Its withdrawal may be here already.
func admitNotified(tx *store.Tx, m wire.Message, f Notified) (wire.Code, error) {
	if m.Act.Purpose != wire.PurposeProtection {
		return wire.CodePurpose, nil
	}
	if f.ID == "" || m.Act.Case != f.ID || f.Person == "" || laws[f.Held] == "" || len(m.Act.Sealed) != 2 {
		return wire.CodeContent, nil
	}
	all, err := accord.All(tx)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(all, func(a accord.Accord) bool { return names(a, m) }) {
		return wire.CodeAccord, nil
	}
	n, known, err := stored(tx, f.ID)
	switch {
	case err != nil:
		return "", err
	case known && n.Sent != nil:
		return wire.CodeContent, nil
	case known && n.From.Node != m.Act.From.Node:
		return wire.CodeNotOwner, nil
	}
	return "", nil
}

// names reports whether an accord of the two nodes names the consulate.
func names(a accord.Accord, m wire.Message) bool {
	other, party := a.Document.Other(m.Act.To.Node)
	return party && other.Node == m.Act.From.Node && stands(a, m.Act.Created) && slices.ContainsFunc(a.Document.Offices, func(o accord.Office) bool {
		_, consular := protects(o)
		return consular && o.Address() == m.Act.To
	})
}
