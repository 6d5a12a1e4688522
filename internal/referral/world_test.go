package referral

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/accord/accordtest"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/exchange"
	files "github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

// world is two nodes with one accord.
type world struct {
	*acttest.Pair
	t        testing.TB
	us, mx   *acttest.Node // the pair's
	agent    access.Actor  // Border Patrol, drafts and sends
	super    access.Actor  // approves
	attorney access.Actor
	adviser  access.Actor
	mp       access.Actor
	mp2      access.Actor
	inm      access.Actor
}

var offices = map[string][]string{
	"us": {"usbp-rgv", "usao-sdtx", "cbp-programme"},
	"mx": {"fgr-tamps", "fgr-fevimtra", "ceav-tamps", "inm-reynosa", "dif-tamps", "fgr-programme"},
}

func newNode(t testing.TB, name string) *acttest.Node {
	t.Helper()
	link := acttest.Link{Own: name}
	n := acttest.New(t, name, []func(*journal.Kinds){exchange.Facts, accord.Facts, casefile.Facts, protection.Facts, files.Facts, evidence.Facts, packet.Facts(link), Facts(link)},
		accord.Verbs, casefile.Verbs, evidence.Verbs, protection.Verbs, Verbs)
	n.Clock = acttest.Start
	if err := Queue().Current(t.Context(), n.DB); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { queueStands(t, n) })
	n.Offices(offices[name]...)
	return n
}

// newWorld pairs two nodes under the accord of 2008, signed by two a side.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, Pair: acttest.NewPair(t, func(node string) *acttest.Node { return newNode(t, node) })}
	w.us, w.mx = w.US, w.MX
	w.agent = w.us.Person("agent", "usbp-rgv", access.RoleProsecutions)
	w.super = w.us.Person("super", "usbp-rgv", access.RoleSupervisor)
	w.attorney = w.us.Person("attorney", "usao-sdtx", access.RoleUSAttorney)
	w.adviser = w.us.Person("adviser", "usbp-rgv", access.RoleAdviser)
	w.mp, w.mp2 = w.mx.Person("mp", "fgr-tamps", access.RoleMP), w.mx.Person("mp2", "fgr-tamps", access.RoleMP)
	w.inm = w.mx.Person("inm", "inm-reynosa", access.RoleINM)
	w.inForce("houston-2008", "2008-08-14", adopted{"mx-accusatory-2016", "2016-06-18", ""})
	return w
}

// adopted is a procedure that an accord adopts for facts of these days.
type adopted struct{ procedure, from, until string }

// inForce puts an accord into force, signed by two a side, and gives its id.
func (w *world) inForce(ref, date string, procedures ...adopted) string {
	w.t.Helper()
	return accordtest.Agree(w.Pair, accordText(w.t, ref, date, procedures))
}

func accordText(t testing.TB, ref, date string, procedures []adopted) string {
	t.Helper()
	var rules []map[string]any
	for _, p := range procedures {
		days := map[string]any{"from": p.from}
		if p.until != "" {
			days["to"] = p.until
		}
		from, to := "us", "mx"
		if law, _ := program.ProcedureByID(p.procedure); law.Sending == "MX" {
			from, to = to, from
		}
		rules = append(rules, map[string]any{"procedure": p.procedure, "from": from, "to": to, "facts": days})
	}
	both := func(s string) map[string]string { return map[string]string{"en": s, "es": s} }
	var list []map[string]any
	for node, ids := range offices {
		for _, id := range ids {
			o, _ := program.OfficeByID(id)
			list = append(list, map[string]any{"node": node, "id": id, "title": both(id), "agency": o.Agency, "zone": o.Zone})
		}
	}
	b, err := json.Marshal(map[string]any{
		"ref": ref, "title": both("Houston"), "place": both("Houston"), "date": date, "facts": map[string]any{"from": procedures[0].from},
		"parties":  []map[string]any{{"node": "us", "country": "US", "title": both("US")}, {"node": "mx", "country": "MX", "title": both("MX")}},
		"purposes": []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeLifeAtRisk, wire.PurposeOversight}, "offices": list,
		"corridors": []map[string]any{{"id": "tamaulipas", "title": both("Tamaulipas"), "sides": []map[string]any{
			{"node": "us", "areas": []string{"usbp:RGV"}, "offices": []string{"usbp-rgv"}}, {"node": "mx", "areas": []string{"inegi:28"}, "offices": []string{"fgr-tamps", "fgr-fevimtra", "inm-reynosa", "dif-tamps"}}}}},
		"procedures": rules,
		"calendars":  []string{"us-federal", "mx-federal-court"}, "release": []string{"notice", "analysis", "released"}, "delay_hours": 0,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// file is a case that can be referred.
type file struct {
	id, suspect, witness, fee, statement string
}

// answers are those of a person about whom nothing shuts a gate.
func answers() map[string]string { return protection.CurrentForm().Calm() }

// theFile opens a case with a guide, a witness, the fee and a charge.
func (w *world) theFile() file {
	w.t.Helper()
	return w.fileOf(acttest.Start.Add(-40 * time.Hour))
}

// fileOf is theFile for facts of another day.
func (w *world) fileOf(facts time.Time) file {
	w.t.Helper()
	f, at := w.people(facts)
	w.charge(f, "mx-lm-159-i", at, "smuggling_purpose="+f.statement, "led_abroad="+f.statement, "profit="+f.fee)
	return f
}

// charge charges the suspect with an offence that the elements show.
func (w *world) charge(f file, offence, on string, elements ...string) string {
	w.t.Helper()
	return w.us.Must(w.agent, wire.PurposeProsecution, &casefile.AddCharge{Case: f.id, ChargeFields: casefile.ChargeFields{Person: f.suspect, Offence: offence, Facts: on,
		Jurisdiction: "territorial", Elements: elements}}).Object
}

// people opens the file with everybody of it, and nothing charged; with the day of the facts.
func (w *world) people(facts time.Time) (file, string) {
	w.t.Helper()
	must := func(cmd act.Command) string {
		w.t.Helper()
		return w.us.Must(w.agent, wire.PurposeProsecution, cmd).Object
	}
	id := must(&casefile.Open{Title: "Anzalduas, seven on foot"})
	must(&casefile.AddMember{Case: id, Office: "usao-sdtx"})
	return filled(must, id, facts), facts.Format(time.DateOnly)
}

// filled puts a guide, a witness with her statement and the fee into a case.
func filled(must func(act.Command) string, id string, facts time.Time) file {
	at := func(hours int) string { return facts.Add(time.Duration(hours) * time.Hour).Format("2006-01-02T15:04") }
	f := file{id: id}
	must(&casefile.AddEvent{Case: f.id, EventFields: casefile.EventFields{When: at(0), Zone: "UTC", Mode: "foot_between_ports", Place: "usbp:RGV",
		PlaceName: "Anzalduas", Group: 7, Acts: []string{"guiding=inegi:28", "crossing=usbp:RGV"}, Narrative: "A guide led seven people.", Lang: "en"}})
	f.suspect = must(&casefile.AddPerson{Case: f.id, Particulars: casefile.Particulars{Given: "Rutilio", Paterno: "Barragarza", Birth: "1988-02-03", Nationalities: []string{"MX"}},
		RoleFields: casefile.RoleFields{Role: "suspect", Function: "guide", Source: "observation"}})
	f.witness = must(&casefile.AddPerson{Case: f.id, Particulars: casefile.Particulars{Given: "Xochiquetzal", Paterno: "Palomarín", Birth: "1999-05-05", Nationalities: []string{"MX"}},
		RoleFields: casefile.RoleFields{Role: "smuggled_migrant", Source: "observation"}})
	f.statement = must(&casefile.AddStatement{Case: f.id, StatementFields: casefile.StatementFields{Person: f.witness, Kind: "sworn", Lang: "es",
		Text: "Rutilio nos cobró 900 dólares; Xochiquetzal Palomarín soy yo.", Start: at(10), End: at(11), Zone: "UTC", Place: "McAllen station", Present: []string{"D. Ruiz, agent"},
		Rights: "read", SameLanguage: true, Recorded: true, Willing: true, Identifies: []string{f.suspect}}})
	f.fee = must(&casefile.AddProperty{Case: f.id, PropertyFields: casefile.PropertyFields{Holder: f.suspect, Kind: "money", Description: "Notes in a bag", AmountCents: 90000, Currency: "USD"}})
	return f
}

// screen asks everybody of the file.
func (w *world) screen(f file) {
	w.t.Helper()
	for _, p := range []string{f.suspect, f.witness} {
		w.us.Must(w.adviser, wire.PurposeProtection, &protection.Screen{Case: f.id, Person: p, Answers: answers(), Language: "es"})
	}
}

// drafted is a referral of the file, screened as eligible and declined here.
func (w *world) drafted(f file) string {
	w.t.Helper()
	id := w.us.Must(w.agent, wire.PurposeProsecution, &Draft{Case: f.id, Node: "mx", Office: "fgr-tamps"}).Object
	w.us.Must(w.agent, wire.PurposeProsecution, &TakeStep{Referral: id, Step: "screen_eligible"})
	w.us.Must(w.agent, wire.PurposeProsecution, &TakeStep{Referral: id, Step: "present"})
	w.us.Must(w.attorney, wire.PurposeProsecution, &casefile.RecordDecision{Case: f.id, Decision: "declined", Reasons: []string{"small_group"}})
	w.us.Must(w.attorney, wire.PurposeProsecution, &SignStep{Referral: id, Step: "us_decline", Reason: "small_group_resources"})
	return id
}

// approved is a referral with a packet that a second person approved.
func (w *world) approved(f file) string {
	w.t.Helper()
	id := w.drafted(f)
	w.us.Must(w.agent, wire.PurposeProsecution, compose(id))
	w.us.Must(w.super, wire.PurposeProsecution, &Approve{Referral: id})
	return id
}

func compose(id string) *Compose {
	return &Compose{Referral: id, Facts: packet.Words{Lang: "en", Text: "A guide led seven people across the river for money.", InLang: "es",
		Translated: "Un guía condujo a siete personas por el río a cambio de dinero.", Translator: "E. Marlow"}, NoneKnown: true,
		Declared: map[string]string{"consular": "Told of the right; declined."}}
}

// sent is a referral that has reached the other side.
func (w *world) sent() (file, string) {
	w.t.Helper()
	f := w.theFile()
	w.screen(f)
	id := w.approved(f)
	w.us.Must(w.agent, wire.PurposeProsecution, &Send{Referral: id})
	w.Settle()
	return f, id
}

// main is where the referral stands on a node.
func (w *world) main(n *acttest.Node, id string) string {
	w.t.Helper()
	return w.load(n, id).State().Main
}

func (w *world) load(n *acttest.Node, id string) (r Referral) {
	w.t.Helper()
	n.Read(func(tx *store.Tx) (err error) { r, err = Load(tx, id); return err })
	return r
}

// stands fails unless both nodes say so.
func (w *world) stands(id, main string) {
	w.t.Helper()
	if us, mx := w.main(w.us, id), w.main(w.mx, id); us != main || mx != main {
		w.t.Fatalf("us %s, mx %s, want %s", us, mx, main)
	}
}

func (w *world) refused(n *acttest.Node, by access.Actor, code string, cmd act.Command) {
	w.t.Helper()
	_, err := n.Take(by, wire.PurposeProsecution, cmd)
	if r, ok := refusal.As(err); !ok || r.Code != code {
		w.t.Errorf("%s: got %v, want refusal %s", cmd.Verb(), err, code)
	}
}

// refusedAs demands a refusal with a code and gives its parameters.
func refusedAs(t testing.TB, err error, code string) map[string]any {
	t.Helper()
	r, ok := refusal.As(err)
	if !ok || r.Code != code {
		t.Fatalf("got %v, want refusal %s", err, code)
	}
	return r.Params
}

func addWitness(f file) *casefile.AddPerson {
	return &casefile.AddPerson{Case: f.id, Particulars: casefile.Particulars{Given: "Eloína", Paterno: "Tamariz", Birth: "1995-01-01"},
		RoleFields: casefile.RoleFields{Role: "witness", Source: "observation"}}
}
