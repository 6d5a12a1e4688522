package referral

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// desk is an office of a node with the people who refer from it.
type desk struct {
	n       *linked
	office  string
	decline string // the step by which a prosecutor here declines
	// who drafts, who approves, who declines, who protects, who answers
	agent, super, attorney, adviser, prosecutor access.Actor
}

func newDesk(n *linked, office, decline string, drafter, decliner string) *desk {
	return &desk{n: n, office: office, decline: decline, agent: n.Person("agent", office, drafter), super: n.Person("super", office, access.RoleSupervisor),
		attorney: n.Person("attorney", office, decliner), adviser: n.Person("adviser", office, access.RoleAdviser), prosecutor: n.Person("prosecutor", office, decliner)}
}

func (d *desk) must(by access.Actor, cmd act.Command) string {
	d.n.t.Helper()
	purpose := wire.PurposeProsecution
	if _, desk := cmd.(*protection.Screen); desk {
		purpose = wire.PurposeProtection
	}
	return d.n.Must(by, purpose, cmd).Object
}

// refuses demands that an act is refused with a code.
func (d *desk) refuses(by access.Actor, code string, cmd act.Command) {
	d.n.t.Helper()
	_, err := d.n.Take(by, wire.PurposeProsecution, cmd)
	if r, ok := refusal.As(err); !ok || r.Code != code {
		d.n.t.Errorf("%s at %s: got %v, want refusal %s", cmd.Verb(), d.n.name, err, code)
	}
}

// fill makes a case ready to be referred for an offence.
func (d *desk) fill(id, offence string, elements func(f file) []string) file {
	d.n.t.Helper()
	facts := time.Now().UTC().Add(-40 * time.Hour)
	f := filled(func(cmd act.Command) string { return d.must(d.agent, cmd) }, id, facts)
	d.must(d.agent, &casefile.AddCharge{Case: id, ChargeFields: casefile.ChargeFields{Person: f.suspect, Offence: offence, Facts: facts.Format(time.DateOnly), Jurisdiction: "territorial", Elements: elements(f)}})
	for _, p := range []string{f.suspect, f.witness} {
		d.must(d.adviser, &protection.Screen{Case: id, Person: p, Answers: answers(), Language: "es"})
	}
	return f
}

// ready takes a drafted referral to the approved packet.
func (d *desk) ready(id, lang, into string) {
	d.n.t.Helper()
	d.must(d.agent, &TakeStep{Referral: id, Step: "screen_eligible"})
	d.must(d.agent, &TakeStep{Referral: id, Step: "present"})
	d.must(d.attorney, &SignStep{Referral: id, Step: d.decline, Reason: "better_forum"})
	c := compose(id)
	c.Facts.Lang, c.Facts.InLang = lang, into
	d.must(d.agent, c)
	d.must(d.super, &Approve{Referral: id})
}

func (d *desk) load(id string) (r Referral, known bool) {
	d.n.Read(func(tx *store.Tx) error {
		var err error
		r, err = Load(tx, id)
		known = err == nil
		return nil
	})
	return r, known
}

// arrived waits until this node knows a referral in a state.
func (d *desk) arrived(id, main string) Referral {
	d.n.t.Helper()
	var r Referral
	within(d.n.t, id+" "+main+" at "+d.n.name, func() bool {
		var known bool
		r, known = d.load(id)
		return known && r.State().Main == main
	})
	return r
}

// taken opens a referral that arrived, accepts it and gives the case that was opened for it.
func (d *desk) taken(id string) casefile.Case {
	d.n.t.Helper()
	d.arrived(id, "sent")
	d.must(d.prosecutor, &SignForAnalysis{Referral: id, Undertakes: true})
	d.must(d.prosecutor, &Accept{Referral: id, Note: "Accepted."})
	r, _ := d.load(id)
	var k casefile.Case
	d.n.Read(func(tx *store.Tx) (err error) { k, err = casefile.Load(tx, r.OwnCase); return err })
	return k
}

// answer gives or refuses what was asked about passing on, once it is there.
func (d *desk) answer(id, ask string, until time.Time) {
	d.n.t.Helper()
	within(d.n.t, "what was asked arrives", func() bool { r, _ := d.load(id); _, known := r.onward(ask); return known })
	d.must(d.super, &AnswerOnward{Referral: id, Ask: ask, Granted: !until.IsZero(), Until: until, Note: "Answered."})
}

// hears waits until the answer to an ask is here as it was given.
func (d *desk) hears(id, ask string, granted bool) {
	d.n.t.Helper()
	within(d.n.t, "the answer arrives", func() bool {
		r, _ := d.load(id)
		o, _ := r.onward(ask)
		return o.Answered != nil && o.Granted == granted
	})
}

func (d *desk) ask(id, node string) string {
	d.n.t.Helper()
	d.must(d.prosecutor, &AskOnward{Referral: id, Node: node, Reason: "They investigate the same group."})
	r, _ := d.load(id)
	return r.Onward[len(r.Onward)-1].ID
}

// reads waits until the letter of an act can be read here, among the turns.
func (d *desk) reads(id, fact, words string) {
	d.n.t.Helper()
	within(d.n.t, "the letter is read", func() bool {
		s, err := Show(context.Background(), d.n.Acts, d.super, wire.PurposeProsecution, id)
		if err != nil {
			d.n.t.Fatal(err)
		}
		return s.Label.Handling == "H2" && slices.ContainsFunc(s.Turns, func(x Turn) bool { return x.Fact == fact && x.Words != nil && x.Words.Text == words })
	})
}

func smuggled(f file) []string {
	return []string{"smuggling_purpose=" + f.statement, "led_abroad=" + f.statement, "profit=" + f.fee}
}

func nothing(file) []string { return nil }

// What one agency lends another under H2 goes no further (R15): not to a third,
// and not to another agency of the lender's own country, until the originator's
// signed consent is on record where it is to be passed on; the consent can be
// taken back; the label and the consent travel with what goes on, and bind the
// third the same way (R17). Three nodes, two of them of one country, over TLS.
func TestWhatIsLentGoesNoFurtherWithoutConsent(t *testing.T) {
	cbp := newDesk(newLinked(t, "cbp", "US", "usbp-rgv"), "usbp-rgv", "us_decline", access.RoleProsecutions, access.RoleUSAttorney)
	fgr := newDesk(newLinked(t, "fgr", "MX", "fgr-tamps"), "fgr-tamps", "mx_decline", access.RoleMP, access.RoleMP)
	hsi := newDesk(newLinked(t, "hsi", "US", "hsi-san-antonio"), "hsi-san-antonio", "us_decline", access.RoleProsecutions, access.RoleUSAttorney)
	paired(cbp.n, fgr.n, hsi.n)
	north, south, third := end{cbp.n, "usbp:RGV", []string{"usbp-rgv"}}, end{fgr.n, "inegi:28", []string{"fgr-tamps"}}, end{hsi.n, "usbp:RGV", []string{"hsi-san-antonio"}}
	agree(t, "cbp-fgr", north, south, accord.Adoption{Procedure: "mx-accusatory-2016", From: "cbp", To: "fgr"})
	agree(t, "fgr-hsi", south, third, accord.Adoption{Procedure: "us-mirror-2016", From: "fgr", To: "hsi"})

	// CBP lends FGR a case under H2.
	lent := cbp.must(cbp.agent, &casefile.Open{Title: "Anzalduas, seven on foot", Handling: "H2"})
	cbp.fill(lent, "mx-lm-159-i", smuggled)
	first := cbp.must(cbp.agent, &Draft{Case: lent, Node: "fgr", Office: "fgr-tamps"})
	cbp.ready(first, "en", "es")
	cbp.must(cbp.agent, &Send{Referral: first})
	own := fgr.taken(first)
	if own.Handling != "H2" {
		t.Fatalf("the case opened for it is %s", own.Handling)
	}
	theirFile := fgr.fill(own.ID, "us-1324-a1-ii", nothing)
	fgr.must(fgr.agent, &casefile.AddTranslation{Statement: theirFile.statement, Lang: "en", Text: "Rutilio charged us 900 dollars; I am Xochiquetzal Palomarín.", Translator: "E. Marlow", Certified: true})
	on := &Draft{Case: own.ID, Node: "hsi", Office: "hsi-san-antonio"}
	fgr.refuses(fgr.agent, "referral.onward_needs_consent", on)

	// FGR asks; CBP says no, then yes.
	fgr.refuses(fgr.prosecutor, "referral.onward_recipient", &AskOnward{Referral: first, Node: "cbp", Reason: "To themselves."})
	ask := fgr.ask(first, "hsi")
	fgr.refuses(fgr.agent, "referral.onward_needs_consent", on)
	cbp.answer(first, ask, time.Time{})
	fgr.hears(first, ask, false)
	fgr.refuses(fgr.agent, "referral.onward_needs_consent", on)
	cbp.reads(first, ask, "They investigate the same group.")
	cbp.answer(first, ask, time.Now().Add(time.Hour))
	fgr.hears(first, ask, true)
	second := fgr.must(fgr.agent, on)
	fgr.ready(second, "es", "en")

	// What was given can be taken back before it is used.
	cbp.answer(first, ask, time.Time{})
	fgr.hears(first, ask, false)
	fgr.refuses(fgr.agent, "referral.onward_needs_consent", &Send{Referral: second})
	cbp.answer(first, ask, time.Now().Add(time.Hour))
	fgr.hears(first, ask, true)
	fgr.must(fgr.agent, &Send{Referral: second})

	// The label is on every item at the third, and on the case opened for it.
	theirs := hsi.taken(second)
	if theirs.Handling != "H2" {
		t.Errorf("the third's own case is %s", theirs.Handling)
	}
	hsi.n.Read(func(tx *store.Tx) error {
		v, _, err := packet.Latest(tx, arrivedPacket(t, hsi, second))
		if err != nil {
			return err
		}
		items := 0
		for _, s := range v.Manifest.Sections {
			for _, it := range s.Items {
				items++
				if it.Handling != "H2" || it.Onward != wire.MarkConsent {
					t.Errorf("%s is %s, onward %s", it.ID, it.Handling, it.Onward)
				}
			}
		}
		if items == 0 {
			t.Error("nothing arrived")
		}
		return nil
	})

	// The third asks whom it has it from; who was lent it can give no more than it got.
	further := hsi.ask(second, "sedena")
	within(t, "what the third asks arrives", func() bool { r, _ := fgr.load(second); _, known := r.onward(further); return known })
	fgr.refuses(fgr.super, "referral.onward_needs_consent", &AnswerOnward{Referral: second, Ask: further, Granted: true, Until: time.Now().Add(time.Hour)})
	for _, d := range []*desk{cbp, fgr, hsi} {
		d.n.ReplayEqual()
	}
}

func arrivedPacket(t *testing.T, d *desk, id string) string {
	t.Helper()
	r, known := d.load(id)
	if !known {
		t.Fatal("no referral")
	}
	return r.Packet
}

// What is kept from foreign hands leaves its country for no one, whoever
// consents; it is refused before anything is composed.
func TestNoForeignStaysAtHome(t *testing.T) {
	w := newWorld(t)
	id := w.us.Must(w.agent, wire.PurposeProsecution, &casefile.Open{Title: "Kept here", Controls: []string{program.ControlNoForeign}}).Object
	f := filled(func(cmd act.Command) string { return w.us.Must(w.agent, wire.PurposeProsecution, cmd).Object }, id, time.Date(2026, 6, 8, 3, 0, 0, 0, time.UTC))
	w.charge(f, "mx-lm-159-i", "2026-06-08", smuggled(f)...)
	w.refused(w.us, w.agent, "referral.no_foreign", &Draft{Case: id, Node: "mx", Office: "fgr-tamps"})
	w.refused(w.us, w.agent, "casefile.not_on_list", &casefile.Open{Title: "Another", Controls: []string{"SECRET"}})
}

// A sending that says it was lent is taken only if every item is marked at
// least as strictly and the consent that the mark asks for is named.
func TestALooserMarkIsNotTaken(t *testing.T) {
	items := func(handling, onward string) wire.Manifest {
		return wire.Manifest{Sections: []wire.Section{{Name: wire.SectionFacts, Items: []wire.Item{{ID: "facts", Handling: handling, Onward: onward, Court: wire.MarkFree}}}}}
	}
	from := wire.Address{Node: "cbp", Office: "usbp-rgv"}
	for _, c := range []struct {
		name string
		lent *Lent
		m    wire.Manifest
		take bool
	}{
		{"one's own", nil, items("H0", wire.MarkFree), true},
		{"lent free", &Lent{From: from, Label: program.LabelOf("H0")}, items("H0", wire.MarkFree), true},
		{"lent under H2 with consent", &Lent{From: from, Label: program.LabelOf("H2"), Consent: "fact"}, items("H2", wire.MarkConsent), true},
		{"stricter than it was lent", &Lent{From: from, Label: program.LabelOf("H2"), Consent: "fact"}, items("H3", wire.MarkConsent), true},
		{"without consent", &Lent{From: from, Label: program.LabelOf("H2")}, items("H2", wire.MarkConsent), false},
		{"marked more loosely", &Lent{From: from, Label: program.LabelOf("H2"), Consent: "fact"}, items("H0", wire.MarkFree), false},
		{"the code kept and the mark loosened", &Lent{From: from, Label: program.LabelOf("H2"), Consent: "fact"}, items("H2", wire.MarkFree), false},
		{"never to be passed on", &Lent{From: from, Label: program.Label{Onward: wire.MarkNever}, Consent: "fact"}, items("H3", wire.MarkNever), false},
		{"from nobody", &Lent{Label: program.LabelOf("H0")}, items("H0", wire.MarkFree), false},
	} {
		if got := c.lent.sound(c.m); got != c.take {
			t.Errorf("%s: taken %v", c.name, got)
		}
	}
	o := Onward{Asking{Granted: true, Until: time.Unix(1000, 0)}, wire.Address{Node: "hsi", Office: "hsi-san-antonio"}}
	for _, c := range []struct {
		to     wire.Address
		at     int64
		covers bool
	}{{wire.Address{Node: "hsi", Office: "hsi-san-antonio"}, 1000, true}, {wire.Address{Node: "hsi", Office: "hsi-phoenix"}, 10, false},
		{wire.Address{Node: "dea", Office: "hsi-san-antonio"}, 10, false}, {wire.Address{Node: "hsi", Office: "hsi-san-antonio"}, 1001, false}} {
		if o.Covers(c.to, time.Unix(c.at, 0)) != c.covers {
			t.Errorf("%+v at %d: %v", c.to, c.at, !c.covers)
		}
	}
}
