package packet

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

// carried is the fact that sends a version in these tests; package referral
// has its own.
type carried struct {
	journal.Envelope
	Sending
}

func (carried) Kind() string { return "test.carried.1" }

func carriedFacts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f carried) error { return Keep(tx, e, f.Sending) })
	journal.Admit(k, func(_ *store.Tx, m wire.Message, f carried) (wire.Code, error) { return f.Check(m.Act.Sealed), nil })
}

// Commands by which these tests compose, approve and send, under the verbs and
// resources of the house.
type (
	composing struct{ Draft }
	approving struct{ Packet string }
	sending   struct {
		Packet string
		Again  bool
	}
)

func (*composing) Verb() string { return "packet.compose" }
func (*approving) Verb() string { return "referral.approve" }
func (*sending) Verb() string   { return "referral.send" }

func (c *composing) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	k, err := casefile.Load(tx, c.Case)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, access.Resource{Type: "packet", ID: c.Packet, Offices: k.Members, Case: k.ID}); err != nil {
		return nil, err
	}
	f, err := Compose(tx, d, c.Draft)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{f}, nil
}

// step asks for a step of the procedure that roles own.
func step(tx *store.Tx, d *act.Draw, v Version, not []string, roles ...string) error {
	k, err := casefile.Load(tx, v.Case)
	if err != nil {
		return err
	}
	return d.Allow(tx, access.Resource{Type: "referral", ID: v.Referral, Offices: k.Members, Case: k.ID,
		Attrs: map[string]any{access.AttrRoles: roles, access.AttrNot: not}})
}

func (c *approving) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	v, ok, err := Latest(tx, c.Packet)
	if err != nil || !ok {
		return nil, err
	}
	if err := step(tx, d, v, v.NotSecond, access.RoleSupervisor, access.RoleProsecutions); err != nil {
		return nil, err
	}
	f, err := Approve(v)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{f}, nil
}

func (c *sending) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	v, _, err := Latest(tx, c.Packet)
	if err != nil {
		return nil, err
	}
	if err := step(tx, d, v, nil, access.RoleProsecutions, access.RoleMP); err != nil {
		return nil, err
	}
	if c.Again {
		v = v.Again()
	}
	s, parts, err := Send(tx, d.Draw, v)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&carried{journal.Envelope{Case: v.Case, Referral: v.Referral, To: v.To, Sealed: parts}, s}}, nil
}

func newNode(t testing.TB, name string, offices ...string) *acttest.Node {
	t.Helper()
	n := acttest.New(t, name, []func(*journal.Kinds){casefile.Facts, file.Facts, evidence.Facts, protection.Facts, Facts(acttest.Link{Own: name}), carriedFacts}, casefile.Verbs, file.Verbs, evidence.Verbs, protection.Verbs)
	n.Offices(offices...)
	return n
}

// paired is the fact, in these tests, that another node is known.
type paired struct {
	journal.Envelope
	Peer string `json:"peer"`
}

func (paired) Kind() string { return "test.paired.1" }

func (w *world) pair(n *acttest.Node, peer string) {
	w.t.Helper()
	journal.Register(n.Kinds, func(tx *store.Tx, _ journal.Entry, f paired) error {
		return tx.Exec(`INSERT INTO peer (id, status, effective, doc) VALUES ($1, 'approved', 0, '{}')`, f.Peer)
	})
	err := n.NodeActs(context.Background(), wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		return []journal.Fact{&paired{Peer: peer}}, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// way is a direction of referrals: who refers, to whom, and by which rules.
type way struct {
	from, to         string // nodes
	station, court   string // offices of the sender: of its agents, of who decides not to charge
	protects, abroad string // an office of the protection desk at the receiver, a consulate's at the sender
	receiver         wire.Address
	procedure        string
	receiving, lang  string
	offence          string
	elements         []string // those that are shown
	records, drafts  string   // roles of who records the case, and who drafts and sends
	charges          string   // role of who declines
}

var (
	toMexico = way{from: "us", to: "mx", station: "usbp-rgv", court: "usao-sdtx", protects: "ceav-tamps", abroad: "ofo-laredo", receiver: wire.Address{Node: "mx", Office: "fgr-tamps"},
		procedure: "mx-accusatory-2016", receiving: "MX", lang: "es", offence: "mx-lm-159-i", elements: []string{"smuggling_purpose", "led_abroad", "profit"}, records: access.RoleFieldAgent, drafts: access.RoleProsecutions, charges: access.RoleUSAttorney}
	toUnitedStates = way{from: "mx", to: "us", station: "fgr-tamps", court: "fgr-reynosa", protects: "usao-sdtx", abroad: "consulado-laredo", receiver: wire.Address{Node: "us", Office: "usao-sdtx"},
		procedure: "us-mirror-2016", receiving: "US", lang: "en", offence: "us-1324-a2", elements: []string{"e1", "e2"}, records: access.RoleMP, drafts: access.RoleMP, charges: access.RoleMP}
)

// world is two nodes and, on one, a case that can be referred.
type world struct {
	*acttest.Pair
	t testing.TB
	way
	here, there *acttest.Node // the node that refers, and the one that is asked
	agent       access.Actor  // records, interviews, drafts
	liaison     access.Actor  // drafts and sends
	super       access.Actor
	attorney    access.Actor
	adviser     access.Actor

	c, suspect, witness, statement, fee string
	said                                func(*Draft) // what the composer says besides
}

const (
	packetID   = "0190a000-0000-7000-8000-00000000000a"
	referralID = "0190a000-0000-7000-8000-00000000000b"
)

// at is a moment before the nodes' clocks, as forms give it.
func at(hours int) string {
	return acttest.Start.Add(time.Duration(hours) * time.Hour).Format("2006-01-02T15:04")
}

func newWorld(t testing.TB) *world { return newWorldOn(t, toMexico) }

// newWorldOn is newWorld in a direction.
func newWorldOn(t testing.TB, y way) *world {
	t.Helper()
	offices := map[string][]string{y.from: {y.station, y.court}, y.to: {y.receiver.Office}}
	w := &world{t: t, way: y, Pair: acttest.NewPair(t, func(node string) *acttest.Node { return newNode(t, node, offices[node]...) })}
	w.here, w.there = w.US, w.MX
	if y.from == "mx" {
		w.here, w.there = w.MX, w.US
	}
	w.agent, w.liaison = w.here.Person("agent", y.station, y.records), w.here.Person("liaison", y.station, y.drafts)
	w.super, w.attorney = w.here.Person("super", y.station, access.RoleSupervisor), w.here.Person("attorney", y.court, y.charges)
	w.adviser = w.here.Person("adviser", y.station, access.RoleAdviser)
	w.pair(w.there, y.from)
	w.c = w.record(&casefile.Open{Title: "Anzalduas, seven on foot"})
	w.record(&casefile.AddMember{Case: w.c, Office: y.court})
	w.record(&casefile.AddEvent{Case: w.c, EventFields: casefile.EventFields{When: at(-40), Zone: "UTC", Mode: "foot_between_ports", Place: "usbp:RGV",
		PlaceName: "Anzalduas", Group: 7, Acts: []string{"guiding=inegi:28", "crossing=usbp:RGV"}, Narrative: "A guide led seven people, Xochil Palomarín among them.", Lang: "en"}})
	w.suspect = w.record(&casefile.AddPerson{Case: w.c, Particulars: casefile.Particulars{Given: "Rutilio", Paterno: "Barragarza", Birth: "1988-02-03", Nationalities: []string{"MX"}},
		RoleFields: casefile.RoleFields{Role: "suspect", Function: "guide", Source: "observation"}})
	w.witness = w.record(&casefile.AddPerson{Case: w.c, Particulars: casefile.Particulars{Given: "Xochil", Paterno: "Palomarín", Birth: "1999-05-05",
		Aliases: []string{"La Chilca"}, Identifiers: []string{"a_number=A123456789"}, Contact: []string{"+52 868 555 0142"}, Whereabouts: []string{"Albergue Río Viejo"}},
		RoleFields: casefile.RoleFields{Role: "smuggled_migrant", Source: "observation"}})
	w.statement = w.record(&casefile.AddStatement{Case: w.c, StatementFields: casefile.StatementFields{Person: w.witness, Kind: "sworn", Lang: "es",
		Text: "Rutilio nos cobró 900 dólares; Xochil PALOMARIN soy yo, me dicen la Chilca, (868) 555-0142, A-123-456-789.", Start: at(-30), End: at(-29), Zone: "UTC",
		Place: "McAllen station", Present: []string{"D. Ruiz, agent"}, Rights: "read", SameLanguage: true, Recorded: true, Willing: true, Identifies: []string{w.suspect}}})
	w.fee = w.record(&casefile.AddProperty{Case: w.c, PropertyFields: casefile.PropertyFields{Holder: w.suspect, Kind: "money", Description: "Notes in a bag", AmountCents: 90000, Currency: "USD"}})
	if y.lang != "es" {
		w.record(&casefile.AddTranslation{Statement: w.statement, Lang: y.lang,
			Text: "Rutilio charged us 900 dollars; I am Xochil PALOMARIN, they call me la Chilca.", Translator: "E. Marlow", Certified: true})
	}
	w.record(&casefile.AddCharge{Case: w.c, ChargeFields: casefile.ChargeFields{Person: w.suspect, Offence: y.offence, Facts: acttest.Start.Add(-40 * time.Hour).Format("2006-01-02"),
		Jurisdiction: "territorial", Elements: w.shown()}})
	if y.charges == access.RoleUSAttorney { // in the other direction a step of the referral says so
		w.here.Must(w.attorney, wire.PurposeProsecution, &casefile.RecordDecision{Case: w.c, Decision: "declined", Reasons: []string{"small_group"}})
	}
	return w
}

// shown are the elements of the offence, each with what shows it.
func (w *world) shown() (out []string) {
	for _, e := range w.elements {
		by := w.statement
		if e == "profit" {
			by = w.fee
		}
		out = append(out, e+"="+by)
	}
	return out
}

func (w *world) record(cmd act.Command) string {
	w.t.Helper()
	w.here.Clock = w.here.Clock.Add(time.Second)
	return w.here.Must(w.agent, wire.PurposeProsecution, cmd).Object
}

// items are the ids of the entries of a noun.
func (w *world) items(noun string) (ids []string) {
	w.t.Helper()
	w.here.Read(func(tx *store.Tx) error {
		items, err := casefile.Items(tx, w.c, noun)
		for _, i := range items {
			ids = append(ids, i.ID)
		}
		return err
	})
	return ids
}

// pseudonym of a person.
func (w *world) pseudonym(person string) (plant string) {
	w.t.Helper()
	w.here.Read(func(tx *store.Tx) error {
		p, err := casefile.LoadPerson(tx, person)
		plant = p.Plant
		return err
	})
	return plant
}

// answers shut no gate, but for those of change.
func answers(change map[string]string) map[string]string {
	out := protection.CurrentForm().Calm()
	maps.Copy(out, change)
	return out
}

func (w *world) screen(people ...string) {
	w.t.Helper()
	for _, p := range people {
		w.here.Clock = w.here.Clock.Add(time.Second)
		w.here.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: w.c, Person: p, Answers: answers(nil), Language: "es"})
	}
}

// consent of a person to categories, for the prosecutor of the other country.
func (w *world) consent(person string, categories ...string) string {
	w.t.Helper()
	return w.here.Must(w.adviser, wire.PurposeProtection, &protection.GiveConsent{Case: w.c, Person: person, For: wire.PurposeProsecution, Node: w.to,
		Categories: categories, Until: w.here.Clock.AddDate(0, 3, 0), Told: true, Language: "es"}).Object
}

func (w *world) draft() Draft {
	p, ok := program.ProcedureByID(w.procedure)
	if !ok {
		w.t.Fatal("no procedure")
	}
	return Draft{Packet: packetID, Case: w.c, Referral: referralID, To: w.receiver, Procedure: p, Receiving: w.receiving, Lang: w.lang, Suspects: []string{w.suspect},
		Declined:  w.charges != access.RoleUSAttorney,
		Facts:     Words{Lang: "en", Text: "A guide led seven people, Xochil among them.", InLang: "es", Translated: "Un guía condujo a siete personas, entre ellas Xochil.", Translator: "E. Marlow"},
		NoneKnown: true, Declared: map[string]string{"consular": "Told of the right; declined."}}
}

// compose freezes a version as the liaison agent.
func (w *world) compose(change ...func(*Draft)) error {
	d := w.draft()
	if w.said != nil {
		w.said(&d)
	}
	for _, c := range change {
		c(&d)
	}
	w.here.Clock = w.here.Clock.Add(time.Second)
	_, err := w.here.Take(w.liaison, wire.PurposeProsecution, &composing{d})
	return err
}

// sent composes, approves and sends.
func (w *world) sent() Version {
	w.t.Helper()
	if err := w.compose(); err != nil {
		w.t.Fatal(err)
	}
	w.here.Must(w.super, wire.PurposeProsecution, &approving{packetID})
	w.here.Must(w.liaison, wire.PurposeProsecution, &sending{Packet: packetID})
	w.settle()
	return w.latest(w.here)
}

// settle hands everything over to the other node.
func (w *world) settle() {
	w.t.Helper()
	w.there.Clock = w.here.Clock
	for w.Hand(w.here) {
	}
}

func (w *world) latest(n *acttest.Node) (v Version) {
	w.t.Helper()
	n.Read(func(tx *store.Tx) (err error) { v, _, err = Latest(tx, packetID); return err })
	return v
}

// release opens a tier, as the sender's reaction does, and hands the keys over.
func (w *world) release(tier string) (keys int) {
	w.t.Helper()
	err := w.here.NodeActs(context.Background(), wire.PurposeProsecution, func(tx *store.Tx, d *journal.Draw) ([]journal.Fact, error) {
		v, _, err := Latest(tx, packetID)
		if err != nil {
			return nil, err
		}
		f, err := Release(tx, d, acttest.Link{Own: w.from}, v, tier)
		if f == nil || err != nil {
			return nil, err
		}
		keys = len(f.Boxes)
		return []journal.Fact{f}, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.settle()
	return keys
}

// content is what a node can open of its latest version.
func (w *world) content(n *acttest.Node) (sections map[string][]Content) {
	w.t.Helper()
	n.Read(func(tx *store.Tx) error {
		v, _, err := Latest(tx, packetID)
		if err != nil {
			return err
		}
		sections, err = Open(tx, n.Ring, v)
		return err
	})
	return sections
}
