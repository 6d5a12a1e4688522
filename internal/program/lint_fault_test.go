package program

import (
	"os"
	"strings"
	"testing"
)

func sound(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile("testdata/sound.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

func TestSoundProcedureHasNoFindings(t *testing.T) {
	p, err := ParseProcedure([]byte(sound(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range LintProcedure(p) {
		t.Error(f)
	}
}

// Every fault that the linter of procedures knows, provoked by breaking one
// line of a sound file. "says" is part of what its author reads.
func TestLinterFindsEachFault(t *testing.T) {
	for _, c := range []struct{ name, old, new, says string }{
		// states
		{"dead state", `{id: accepted, name: {en: Accepted, es: Aceptado}, ends: true}`, `{id: accepted, name: {en: Accepted, es: Aceptado}, owes: {side: receiver, roles: [mp]}}`, "state main.accepted: is dead"},
		{"unreachable state", `- {id: withdrawn, name`, `- {id: lost, name: {en: Lost, es: Perdido}, ends: true}
  - {id: withdrawn, name`, "state main.lost: cannot be reached"},
		{"unreachable state of a side track", `  - {id: sought, name: {en: Sought, es: Solicitada}}`, `  - {id: sought, name: {en: Sought, es: Solicitada}}
  - {id: issued, name: {en: Issued, es: Librada}}`, "state warrant.issued: cannot be reached"},
		{"a state opens what is no tier", `es: Borrador}, owes:`, `es: Borrador}, opens: everything, owes:`, "only the main track opens a tier"},
		{"nobody owes the next step", `es: Borrador}, owes: {side: sender, roles: [prosecutions]}}`, `es: Borrador}}`, "nobody owes the next step"},
		{"a track that begins nowhere", `initial: none`, `initial: unknown`, "which is none of its states"},
		{"no main track", "- id: main\n", "- id: principal\n", `has no track "main"`},
		{"a move to a state that is not there", `to: {main: accepted}`, `to: {main: agreed}`, `no state "agreed"`},
		{"a move of a track that is not there", `to: {warrant: sought}`, `to: {custody: sought}`, `no track "custody"`},
		// steps
		{"step that is never open", `from: {main: [accepted], warrant: [none]}`, `from: {main: [withdrawn, accepted], warrant: [sought]}`, "step seek_warrant: is never open"},
		{"step without an owner", `owner: {side: receiver, roles: [mp]}, signed: true, released: true, moves: [{from: {main: [sent]}, to: {main: accepted}}]`, `owner: {side: receiver, roles: []}, signed: true, released: true, moves: [{from: {main: [sent]}, to: {main: accepted}}]`, "step accept: nobody owns it"},
		{"step of no side", `owner: {side: sender, roles: [prosecutions]}, released: true, moves`, `owner: {roles: [prosecutions]}, released: true, moves`, "step withdraw: nobody owns it"},
		{"a role that is not there", `roles: [mp]}, released: true`, `roles: [sheriff]}, released: true`, `role "sheriff" does not exist`},
		{"the sending stays at home", `released: true, conditions`, `conditions`, "crosses and is open before anything was sent"},
		{"a step at home after the sending", `owner: {side: sender, roles: [prosecutions]}, released: true, moves`, `owner: {side: sender, roles: [prosecutions]}, moves`, "stays at home and is open after the sending"},
		{"the receiver acts in secret", `owner: {side: receiver, roles: [mp]}, released: true, moves`, `owner: {side: receiver, roles: [mp]}, moves`, "a step of the receiver must cross"},
		{"open before the sending", `moves: [{from: {main: [sent]}, to: {main: withdrawn}}]`, `moves: [{from: {main: [draft, sent]}, to: {main: withdrawn}}]`, "crosses and is open before anything was sent"},
		{"declared twice", `- {id: accept, name`, `- {id: decline, name`, "step decline: declared twice"},
		// crossings
		{"missing crossing pair", `receiver: [accept, decline], first: sender`, `receiver: [accept], first: sender`, "crossing withdraw ∥ decline: not declared, and the order matters"},
		{"crossing with the wrong outcome", `first: sender, becomes`, `first: receiver, becomes`, "declared to become main withdrawn; from"},
		{"crossing without an outcome", `becomes: {main: withdrawn}, why`, `becomes: {}, why`, "does not say what the referral becomes"},
		{"crossing without a first side", `first: sender, becomes`, `becomes`, "does not say which side's act takes effect first"},
		{"crossing that cannot happen", `receiver: [accept, decline]`, `receiver: [accept, decline, seek_warrant]`, "crossing withdraw ∥ seek_warrant: these two are never open together"},
		{"crossing of an unknown step", `receiver: [accept, decline]`, `receiver: [accept, decline, arrest]`, "names a step that does not exist"},
		{"crossing in an unknown form", `receiver: [accept, decline], first`, `receiver: [accept, decline], forms: [amnesty], first`, "names a form that the step does not take"},
		{"crossing declared twice", "crossings:\n", "crossings:\n- {sender: [withdraw], receiver: [accept], first: sender, becomes: {main: withdrawn}, why: {en: a, es: a}}\n", "crossing withdraw ∥ accept: declared twice"},
		{"crossing with either side first", "crossings:\n", "crossings:\n- {sender: [withdraw], receiver: [accept], first: receiver, becomes: {main: accepted}, why: {en: a, es: a}}\n", "declared with either side first"},
		// texts
		{"missing translation", `name: {en: Accept, es: Aceptar}`, `name: {en: Accept}`, "step accept: no text in es"},
		{"no word for what was done", `done: {en: Accepted, es: Aceptó}, `, ``, "step accept done: no text"},
		{"missing original", `why: {en: A stop stands., es: El alto prevalece.}`, `why: {es: El alto prevalece.}`, "crossing 1: no text in en"},
		{"law in one language", `law: {en: 'CNPP 255', es: 'CNPP 255'}`, `law: {en: 'CNPP 255'}`, "form no_charging law: no text in es"},
		{"note in one language", `note: {en: A note, es: Una nota}`, `note: {en: A note}`, "note: no text in es"},
		// heading
		{"unknown country", `sending_country: US`, `sending_country: UK`, `no country "UK"`},
		{"no days", `facts_from: '2016-06-18'`, `facts_from: null`, "for facts of which days"},
		{"verification not said", "facts_to: null\nverified: 'no'", "facts_to: null", `verified is ""`},
		{"from a country to itself", `receiving_country: MX`, `receiving_country: US`, "from a country to itself"},
		// references
		{"reason of an unknown step", `steps: [decline], forms`, `steps: [refuse, decline], forms`, `no step "refuse"`},
		{"reason of an unknown form", `forms: [no_charging]}`, `forms: [no_charging, amnesty]}`, `no form "amnesty"`},
		{"reason required and none given", `steps: [decline], forms`, `steps: [withdraw], forms`, "needs a reason and no reason names it"},
		{"form that no step takes", "forms:\n- {id", "forms:\n- {id: amnesty, name: {en: Amnesty, es: Amnistía}, law: {en: none, es: ninguna}, verified: 'no'}\n- {id", "form amnesty: no step takes it"},
		{"move in a form that the step lacks", `moves: [{from: {main: [sent]}, to: {main: declined}}]`, `moves: [{from: {main: [sent]}, to: {main: declined}, forms: [amnesty]}]`, `a move takes form "amnesty"`},
		{"condition that no step asks for", `conditions: [screened, non_return, tried_here, witness]`, `conditions: [screened, non_return, tried_here]`, "condition witness: no step asks for it"},
		{"check with an unknown condition", `verified: 'yes', condition: screened}`, `verified: 'yes', condition: seen}`, `no condition "seen"`},
		{"packet line owed by nobody known", `owes: [prosecutions]}`, `owes: [sheriff]}`, `role "sheriff" does not exist`},
		{"warning of an unknown state", `when: {warrant: [sought]}`, `when: {warrant: [burnt]}`, "no state warrant.burnt"},
		// clocks
		{"unknown clock", `clock: prog-receipt`, `clock: prog-siesta`, "the catalogue has no such clock"},
		{"clock without an owner", `owner: {side: receiver, roles: [mp]}, escalates_to`, `owner: {side: receiver, roles: []}, escalates_to`, "clock prog-receipt: nobody owns it"},
		{"clock that escalates to nobody", `escalates_to: [coordinator]`, `escalates_to: []`, "escalates to nobody"},
		{"clock that escalates to no known role", `escalates_to: [coordinator]`, `escalates_to: [sheriff]`, `escalates to role "sheriff"`},
		{"clock that never ends", `ends_on: [accept, decline, withdraw]`, `ends_on: []`, "needs a step that starts it and one that ends it"},
		{"clock that ends on an unknown step", `ends_on: [accept, decline, withdraw]`, `ends_on: [arrest]`, `no step "arrest"`},
		{"legal term that could be paused", `clock: prog-receipt`, `clock: mx-warrant-24`, "a legal term cannot be paused"},
		// conditions
		{"rule that is no rule", `rule: screened,`, `rule: 'screened &&',`, "condition screened:"},
		{"rule that reads what is not declared", `rule: screened,`, `rule: screened && rich,`, "undeclared reference to 'rich'"},
		{"rule that gives no yes or no", `rule: witnesses >= 2`, `rule: witnesses + 2`, "not a yes or no"},
		{"rule that is always true", `rule: witnesses >= 2`, `rule: witnesses >= 0`, "is true whatever the facts are"},
		{"rule that is always false", `rule: witnesses >= 2`, `rule: witnesses > 5 && witnesses < 5`, "is false whatever the facts are"},
		{"rule with a misspelt value", `basis == "territorial"`, `basis == "teritorial"`, `names "teritorial"`},
		{"rule without a basis", `basis: none (practice)`, `basis: ''`, "names no basis"},
		{"rule without an aim", `aim: procedure`, `aim: convenience`, `no known aim "convenience"`},
		{"fact that nobody reads", `rule: witnesses >= 2`, `rule: screened`, "fact witnesses: no condition reads it"},
		{"list without values", `values: [territorial, personal], `, ``, "lists no values"},
		// the ban on profiling
		{"asylum read for procedure", `rule: witnesses >= 2`, `rule: witnesses >= 2 && !asylum_open`, "profiles: reads asylum"},
		{"asylum read for jurisdiction", `&& national)'`, `&& national) || asylum_open'`, "profiles: reads asylum"},
		{"asylum that opens a gate", `rule: '!asylum_open'`, `rule: asylum_open`, "could open the gate because of it"},
		{"asylum that opens a gate in one case", `rule: '!asylum_open'`, `rule: '!asylum_open || screened'`, ""}, // only ever shuts: admitted
		{"asylum that opens a gate with another fact", `rule: '!asylum_open'`, `rule: '(asylum_open && screened) || (!asylum_open && !screened)'`, "could open the gate because of it"},
		{"a measure withheld for asylum", `rule: '!asylum_open', aim: protection_gate`, `rule: '!asylum_open', aim: protection_measure`, "could withhold the measure because of it"},
		{"a measure opened for asylum", `rule: '!asylum_open', aim: protection_gate`, `rule: asylum_open, aim: protection_measure`, ""}, // this is what the exception is for
		{"nationality at a gate", `rule: screened,`, `rule: screened && national,`, "reads nationality (national) outside offence, jurisdiction and return"},
		{"nationality without law", `basis: CPF 4`, `basis: none (practice)`, "names no law that makes it an element"},
		{"an attribute that is no attribute", `reads: asylum`, `reads: mood`, `reads "mood", which is no known attribute`},
		{"religion in disguise", `{id: witnesses, type: int, name: {en: Willing witnesses, es: Testigos dispuestos}}`, `{id: witnesses, type: int, name: {en: Members of the faith, es: Testigos dispuestos}}`, "stood on religion"},
		{"ethnicity undeclared", `{id: screened, type: bool, name: {en: Everyone was screened, es: Se entrevistó a cada persona}}`, `{id: screened, type: bool, name: {en: Everyone was screened, es: Origen étnico}}`, "stood on ethnicity"},
		{"language undeclared", `name: {en: Everyone was screened, es: Se`, `name: {en: Speaks Spanish, es: Se`, "stood on language"},
		{"sex undeclared", `name: {en: Everyone was screened, es: Se`, `name: {en: The person is female, es: Se`, "stood on sex"},
		{"health undeclared", `name: {en: Everyone was screened, es: Se`, `name: {en: The person is pregnant, es: Se`, "stood on health"},
		{"complexion undeclared", `name: {en: Everyone was screened, es: Se`, `name: {en: Colour of skin, es: Se`, "stood on complexion"},
		{"orientation undeclared", `name: {en: Everyone was screened, es: Se`, `name: {en: LGBT person, es: Se`, "stood on orientation"},
		{"indigenous origin undeclared", `name: {en: Everyone was screened, es: Se`, `name: {en: Indigenous person, es: Se`, "stood on indigenous_origin"},
		{"irregular status undeclared", `name: {en: Everyone was screened, es: Se`, `name: {en: Deportable, es: Se`, "stood on irregular_status"},
		{"nationality among the values", `values: [territorial, personal]`, `values: [territorial, personal, foreign_national]`, "stood on nationality"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := sound(t)
			if !strings.Contains(src, c.old) {
				t.Fatalf("the sound file has no %q", c.old)
			}
			p, err := ParseProcedure([]byte(strings.Replace(src, c.old, c.new, 1)))
			if err != nil {
				// what cannot be compiled at all is refused at loading
				if c.says == "" || !strings.Contains(err.Error(), strings.TrimPrefix(c.says, "condition ")) {
					t.Fatalf("cannot be read: %v, want %q", err, c.says)
				}
				return
			}
			var all []string
			for _, f := range LintProcedure(p) {
				all = append(all, f.String())
			}
			said := strings.Join(all, "\n")
			if c.says == "" && said != "" || !strings.Contains(said, c.says) {
				t.Errorf("want %q, got\n%s", c.says, said)
			}
		})
	}
}

func TestLinterWantsASending(t *testing.T) {
	p, err := ParseProcedure([]byte(strings.ReplaceAll(sound(t), "released: true", "released: false")))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range LintProcedure(p) {
		if strings.Contains(f.What, "nothing could ever be sent") {
			return
		}
	}
	t.Error("a procedure that sends nothing was admitted")
}

// Words that only look like an attribute are no finding.
func TestLinterDoesNotCryWolf(t *testing.T) {
	for _, title := range []Text{
		{"Extraction of data", "Extracción de datos"}, {"Every person was heard", "Se escuchó a cada persona"}, {"International request", "Solicitud internacional"},
		{"A ground in good time", "Con oportunidad"}, {"Traced funds", "Rastreo de fondos"},
	} {
		r := &report{}
		r.fact("fact", FactVar{ID: "x", Type: "bool", Title: title})
		for _, f := range r.found {
			t.Errorf("%s: %s", title.En, f)
		}
	}
}

// Each fault of the catalogues.
func TestLinterOfCatalogues(t *testing.T) {
	both := Text{"a", "a"}
	okOffence := Offence{ID: "x", Country: "MX", Title: both, Law: both, Section: both, Source: both, Elements: []Element{{ID: "e", Title: both}},
		Verified: Read, DatesVerified: Unchecked, Limitation: Limitation{Verified: Unchecked}, Jurisdiction: Jurisdiction{Bases: []string{"territorial"}, Verified: Unchecked}, Referable: true}
	okClock := Clock{ID: "x", Title: both, Country: "MX", Kind: "legal", Unit: "hours", Starts: both, StartEvent: "x", Owner: both, OwnerRole: "mp", Source: both, IfMissed: both, Verified: Read}
	okCalendar := Calendar{ID: "x", Title: both, Country: "MX", From: Day{2026, 1, 1}, To: Day{2026, 12, 31}, Source: both}
	okTemplate := loadTemplates()[0]
	okOffice := loadPlaces().Offices[0]

	offence := func(f func(*Offence)) func(*report) {
		return func(r *report) { o := okOffence; f(&o); o.lint(r) }
	}
	clock := func(f func(*Clock)) func(*report) {
		return func(r *report) { c := okClock; f(&c); c.lint(r) }
	}
	calendar := func(f func(*Calendar)) func(*report) {
		return func(r *report) { c := okCalendar; f(&c); c.lint(r) }
	}
	accord := func(f func(*Template)) func(*report) {
		return func(r *report) { a := okTemplate; f(&a); lintTemplate(r, a) }
	}
	office := func(f func(*Office)) func(*report) {
		return func(r *report) {
			o := okOffice
			f(&o)
			lintOffice(r, o, func(at, zone string) { lintZone(r, at, zone) })
		}
	}
	for _, c := range []struct {
		name string
		lint func(*report)
		says string
	}{
		{"sound offence", offence(func(*Offence) {}), ""},
		{"offence without elements", offence(func(o *Offence) { o.Elements = nil }), "has no elements"},
		{"element named twice", offence(func(o *Offence) { o.Elements = append(o.Elements, o.Elements[0]) }), "named twice"},
		{"element in one language", offence(func(o *Offence) { o.Elements = []Element{{ID: "e", Title: Text{En: "a"}}} }), "no text in es"},
		{"offence of no country", offence(func(o *Offence) { o.Country = "XX" }), `no country "XX"`},
		{"equivalent of the same country", offence(func(o *Offence) { o.Equivalents = []Equivalent{{"mx-lm-160", both}} }), "is not an offence of the other country"},
		{"closes what is no outcome", offence(func(o *Offence) { o.Closed = []Closure{{"amnesty", "x", Read}} }), "which is no outcome"},
		{"succeeds nothing", offence(func(o *Offence) { o.Succeeds = []string{"nothing"} }), "which is no offence"},
		{"no basis of jurisdiction", offence(func(o *Offence) { o.Jurisdiction.Bases = nil }), "has no basis of jurisdiction"},
		{"unknown basis of jurisdiction", offence(func(o *Offence) { o.Jurisdiction.Bases = []string{"everywhere"} }), `"everywhere" is no basis of jurisdiction`},
		{"nothing said of verification", offence(func(o *Offence) { o.DatesVerified = "" }), "does not say what was verified"},
		{"ends before it begins", offence(func(o *Offence) { o.From, o.To = Day{2011, 5, 26}, Day{2010, 1, 1} }), "ends before it begins"},
		{"sound clock", clock(func(*Clock) {}), ""},
		{"clock in an unknown unit", clock(func(c *Clock) { c.Unit = "fortnights" }), "unknown unit"},
		{"clock without a start", clock(func(c *Clock) { c.StartEvent = "" }), "no start event"},
		{"clock of nobody", clock(func(c *Clock) { c.OwnerRole = "" }), "nobody owns it"},
		{"clock of no kind", clock(func(c *Clock) { c.Kind = "wish" }), "unknown kind"},
		{"clock that says nothing of verification", clock(func(c *Clock) { c.Verified = "" }), "verified is"},
		{"clock in one language", clock(func(c *Clock) { c.IfMissed = Text{En: "a"} }), "no text in es"},
		{"sound calendar", calendar(func(*Calendar) {}), ""},
		{"calendar of no years", calendar(func(c *Calendar) { c.To = Day{} }), "which years"},
		{"day off outside the years", calendar(func(c *Calendar) { c.Closed = []Off{{Day: Day{2027, 1, 1}, Title: both}} }), "outside its years"},
		{"sound accord", accord(func(*Template) {}), ""},
		{"accord with an unknown procedure", accord(func(a *Template) { a.Procedures = []AdoptProcedure{{Procedure: "none"}} }), `no procedure "none"`},
		{"accord that adopts too much", accord(func(a *Template) {
			a.Procedures = []AdoptProcedure{{"mx-accusatory-2016", Day{2010, 1, 1}, Day{}}, {"us-mirror-2016", Day{2016, 6, 18}, Day{}}}
		}), "for facts that it is not made for"},
		{"accord with one direction", accord(func(a *Template) { a.Procedures = a.Procedures[:1] }), "adopts no procedure for referrals from MX"},
		{"accord without a corridor", accord(func(a *Template) { a.Corridors = nil }), "opens no corridor"},
		{"accord with an unknown agency", accord(func(a *Template) { a.Agencies = []string{"kgb"} }), `no agency "kgb"`},
		{"accord with an unknown region", accord(func(a *Template) { a.Corridors = []Corridor{{"c", both, []string{"inegi:28"}, []string{"inegi:28"}}} }), `no region "inegi:28" in US`},
		{"accord with an unknown calendar", accord(func(a *Template) { a.Calendars = []string{"maya"} }), `no calendar "maya"`},
		{"sound office", office(func(*Office) {}), ""},
		{"office in no zone", office(func(o *Office) { o.Zone = "America/Nowhere" }), `no zone "America/Nowhere"`},
		{"office of an agency of the other country", office(func(o *Office) { o.Agency = "fgr" }), `no agency "fgr" in its country`},
		{"office on the other country's calendar", office(func(o *Office) { o.Calendar = "mx-federal-court" }), "no calendar"},
		{"office in an unknown region", office(func(o *Office) { o.Regions = []string{"inegi:28"} }), `no region "inegi:28" in its country`},
		{"office with a role outside the programme", office(func(o *Office) { o.Roles = []string{"court"} }), `no role "court"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &report{}
			c.lint(r)
			var all []string
			for _, f := range r.found {
				all = append(all, f.String())
			}
			said := strings.Join(all, "\n")
			if c.says == "" && said != "" || !strings.Contains(said, c.says) {
				t.Errorf("want %q, got\n%s", c.says, said)
			}
		})
	}
}
