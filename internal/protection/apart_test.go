package protection

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// nowhereInClear fails if the node's store has the words in clear in any byte.
func (k *desk) nowhereInClear(words string) {
	k.t.Helper()
	if bytes.Contains(k.Raw(), []byte(words)) {
		k.t.Errorf("%q stands in clear in the store", words)
	}
}

// tabled is a row that another room's facts would make.
type tabled struct {
	journal.Envelope
	Query string `json:"query"`
	Args  []any  `json:"args"`
}

func (tabled) Kind() string { return "test.tabled.1" }

func row(t *testing.T, n *acttest.Node, query string, args ...any) {
	t.Helper()
	err := n.NodeActs(context.Background(), wire.PurposeAdministration, func(*store.Tx, *journal.Draw) ([]journal.Fact, error) {
		return []journal.Fact{&tabled{Query: query, Args: args}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func tabledFacts(k *journal.Kinds) {
	journal.Register(k, func(tx *store.Tx, _ journal.Entry, f tabled) error { return tx.Exec(f.Query, f.Args...) })
}

// Answers that came faster than they can be read go to the anomalies: to the
// supervisor and the adviser of the case, to oversight by account alone, and to
// nobody who prosecutes. Asked anew in good time, the first stays on the list.
func TestFastAnswersAreAnomalies(t *testing.T) {
	k := newDesk(t)
	who, other := k.person("witness", "1990-01-01"), k.person("witness", "1991-01-01")
	ask := func(person string, began time.Duration, together int) {
		cmd := &Screen{Case: k.c, Person: person, Answers: calm(fear), Language: "es", Together: together}
		if began > 0 {
			cmd.Opening = Opening(k.Ring, k.agent.User, k.c, k.Clock.Add(time.Second-began))
		}
		k.protect(k.agent, cmd)
	}
	for name, opening := range map[string]string{"what nobody said": "2026-06-07T23:40:00Z", "what was said to another": Opening(k.Ring, k.liaison.User, k.c, k.Clock.Add(-time.Hour)),
		"what was said of another case": Opening(k.Ring, k.agent.User, "019f0000-0000-7000-8000-000000000001", k.Clock.Add(-time.Hour))} {
		t.Run(name, func(t *testing.T) {
			k.Refused(k.agent, wire.PurposeProtection, "protection.opening_unknown", &Screen{Case: k.c, Person: who, Answers: calm(fear), Language: "es", Opening: opening})
		})
	}
	ask(who, time.Hour, 0)
	ask(who, 3*time.Minute, 2)
	if n := len(k.anomalies(k.Person("super", "usbp-rgv", access.RoleSupervisor), wire.PurposeOversight)); n != 0 {
		t.Fatalf("%d anomalies, and nothing was fast", n)
	}
	ask(who, 4*time.Second, 0)
	ask(other, 3*time.Minute, 40)
	ask(who, time.Hour, 0)
	ask(other, 0, 0) // without the node's opening: nobody can tell how long it took
	super, auditor := k.Person("super", "usbp-rgv", access.RoleSupervisor), k.Person("auditor", "oversight", access.RoleAuditor)
	for _, by := range []access.Actor{super, auditor} {
		seen := k.anomalies(by, wire.PurposeOversight)
		if len(seen) != 3 || seen[2].Seconds != 4 || seen[2].Least <= 4 || seen[2].By != "agent" || seen[1].Seconds != 4 {
			t.Fatalf("%s sees %+v", by.User, seen)
		}
		if x := seen[0]; !x.Unopened || x.Seconds != 0 || x.Least != 0 || seen[1].Unopened || x.By != "agent" {
			t.Errorf("answers without an opening: %+v", x)
		}
		if known := seen[0].Number != "" && seen[0].Plant != ""; known != (by.User == "super") {
			t.Errorf("%s knows the case and the pseudonym: %v", by.User, known)
		}
		if told := store.JSON(seen); strings.Contains(told, "fear") || strings.Contains(told, "answers") {
			t.Errorf("the list tells what was answered: %s", told)
		}
	}
	for _, by := range []access.Actor{k.liaison, k.agent, k.Person("mp", "usbp-rgv", access.RoleMP), k.Person("super2", "ofo-laredo", access.RoleSupervisor)} {
		for _, purpose := range []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeOversight} {
			if n := len(k.anomalies(by, purpose)); n != 0 {
				t.Errorf("%s sees %d anomalies for %s", by.User, n, purpose)
			}
		}
	}
	k.ReplayEqual()
}

// One opening kept for many people does not stretch: whoever was recorded since
// counts, whatever the form says of how many are asked together.
func TestOneOpeningForManyIsShared(t *testing.T) {
	k := newDesk(t)
	opening := Opening(k.Ring, k.agent.User, k.c, k.Clock.Add(-time.Minute))
	for i := range 8 {
		k.protect(k.agent, &Screen{Case: k.c, Person: k.person("witness", fmt.Sprintf("199%d-01-01", i)), Answers: calm(fear), Language: "es", Opening: opening})
	}
	seen := k.anomalies(k.Person("super", "usbp-rgv", access.RoleSupervisor), wire.PurposeOversight)
	if len(seen) == 0 || len(seen) == 8 {
		t.Errorf("%d of eight who were asked in a minute are anomalies", len(seen))
	}
}

func (k *desk) anomalies(by access.Actor, purpose string) []Anomaly {
	k.t.Helper()
	out, err := ListAnomalies(context.Background(), k.Acts, by, purpose)
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

// A shut gate says to the protection desk what it is about, why it is shut and
// what to do; to every other role: shut, which steps wait, whom to ask.
func TestWhatAShutGateSaysToWhom(t *testing.T) {
	k := newDesk(t)
	who := k.person("witness", "1990-01-01")
	k.screen(who, fear)
	row(t, k.Node, `INSERT INTO grants (user_id, role, since, doc) VALUES ($1, $2, 0, '{}')`, k.trainee.User, access.RoleAdviser)
	gate := k.shutGates(who)[0]
	desk := k.show(k.adviser, wire.PurposeProtection, who)
	at := slices.IndexFunc(desk.Gates, func(g GateView) bool { return g.ID == gate })
	if g := desk.Gates[at]; g.Topic != TopicFear || len(g.Why) != 1 || g.Why[0].Answer != Yes || g.Todo.Es == "" || len(g.Found) != 1 || !slices.Equal(g.Blocks, Blocked) {
		t.Errorf("the desk reads %+v", g)
	}
	want := ""
	for _, role := range []string{access.RoleFieldAgent, access.RoleProsecutions, access.RoleSupervisor, access.RoleUSAttorney, access.RoleMP} {
		for _, purpose := range []string{wire.PurposeProsecution, wire.PurposeProtection} {
			v, err := Show(context.Background(), k.Acts, k.Person(role, "usbp-rgv", role), purpose, k.c)
			if err != nil {
				t.Fatalf("%s: %v", role, err)
			}
			p := v.People[0]
			if i := slices.IndexFunc(p.Gates, func(g GateView) bool { return g.Shut }); i < 0 || !slices.Equal(p.Gates[i].Blocks, Blocked) || v.Refused != "protection.gate_shut" ||
				len(v.Ask) != 1 || v.Ask[0] != (Contact{k.trainee.Name, "usbp-rgv"}) {
				t.Errorf("%s is not told what is shut and which steps wait: %+v", role, v)
			}
			said := store.JSON(v)
			for _, secret := range []string{"fear", "topic", "why", "found", "todo", "measures", "desk", "form", "answers"} {
				if strings.Contains(said, `"`+secret) || secret == "fear" && strings.Contains(said, secret) {
					t.Errorf("%s reads %s: %s", role, secret, said)
				}
			}
			if want == "" {
				want = said
			}
			if said != want {
				t.Errorf("%s for %s reads something else than the others:\n%s\n%s", role, purpose, said, want)
			}
		}
	}
}

// An adviser's note opens at the protection desk alone; each opening is journalled.
func TestNotesAreTheDesks(t *testing.T) {
	k := newDesk(t)
	who := k.person("witness", "1990-01-01")
	k.Refused(k.liaison, wire.PurposeProtection, "access.not_yours", &KeepNote{Case: k.c, Person: who, Note: "x"})
	k.Refused(k.adviser, wire.PurposeProtection, "protection.note_missing", &KeepNote{Case: k.c, Person: who, Note: " "})
	k.protect(k.adviser, &KeepNote{Case: k.c, Person: who, Note: "Her brother was taken at Xicalcoatl."})
	k.protect(k.adviser, &KeepNote{Case: k.c, Note: "Ask for Quetzalpopoca first."})
	notes := func(by access.Actor, purpose string) []NoteView {
		v, err := Show(context.Background(), k.Acts, by, purpose, k.c)
		if err != nil {
			t.Fatal(err)
		}
		return v.Notes
	}
	before := k.accesses()
	if n := notes(k.adviser2, wire.PurposeProtection); len(n) != 2 || n[1].Note != "Her brother was taken at Xicalcoatl." || n[1].Name != k.adviser.Name {
		t.Errorf("the desk reads %+v", n)
	}
	if k.accesses() != before+1 {
		t.Error("a note was read and nothing says so")
	}
	for _, role := range []string{access.RoleFieldAgent, access.RoleProsecutions, access.RoleSupervisor, access.RoleUSAttorney, access.RoleMP} {
		for _, purpose := range []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeLifeAtRisk} {
			if n := notes(k.Person(role, "usbp-rgv", role), purpose); len(n) != 0 {
				t.Errorf("%s reads %d notes for %s", role, len(n), purpose)
			}
		}
	}
	k.nowhereInClear("Xicalcoatl")
	k.nowhereInClear("Quetzalpopoca")
	k.ReplayEqual()
}

// What violence was done to a person is read by oversight and the adviser, never
// by anybody of the accused official's agency, and stands nowhere in the case.
func TestViolenceIsApart(t *testing.T) {
	k := newDesk(t)
	who := k.person("witness", "1990-01-01")
	told := func(accused, agency string) *RecordViolence {
		return &RecordViolence{Case: k.c, Person: who, Agency: agency, Violence: Violence{Accused: accused, What: "Me golpeó en Tlacuilotl.", Lang: "es"}}
	}
	for code, cmd := range map[string]*RecordViolence{"protection.accused_unknown": told("the agent", ""), "protection.agency_missing": told(ByOfficial, ""),
		"protection.violence_missing": {Case: k.c, Person: who, Violence: Violence{Accused: "family", Lang: "es"}},
		"protection.language_missing": {Case: k.c, Person: who, Violence: Violence{Accused: "family", What: "x"}}} {
		k.Refused(k.adviser, wire.PurposeProtection, code, cmd)
	}
	k.Refused(k.liaison, wire.PurposeProtection, "access.not_yours", told("smuggler", ""))
	k.Refused(k.agent, wire.PurposeProtection, "access.not_yours", told(ByOfficial, "ofo"))
	k.agencies(map[string]string{"usbp-rgv": "usbp", "ofo-laredo": "ofo", "oversight": "dhs-oig"})
	k.protect(k.adviser, told("smuggler", ""))
	k.protect(k.adviser, told(ByOfficial, "USBP"))
	auditor := k.Person("auditor", "oversight", access.RoleAuditor)
	for _, c := range []struct {
		by      access.Actor
		purpose string
		want    int
	}{
		{auditor, wire.PurposeOversight, 2},
		{k.Person("chain", "usbp-rgv", access.RoleAuditor), wire.PurposeOversight, 1},
		{k.adviser, wire.PurposeProtection, 1}, // works in the accused official's agency
		{k.Person("elsewhere", "ofo-laredo", access.RoleAdviser), wire.PurposeProtection, 0},
		{k.liaison, wire.PurposeProsecution, 0},
		{k.liaison, wire.PurposeProtection, 0},
		{k.Person("super", "usbp-rgv", access.RoleSupervisor), wire.PurposeOversight, 0},
		{k.Person("mp", "usbp-rgv", access.RoleMP), wire.PurposeDefenceCourt, 0},
	} {
		all, err := ListViolence(context.Background(), k.Acts, c.by, c.purpose)
		if err != nil || len(all) != c.want {
			t.Errorf("%s for %s reads %d records, not %d: %v", c.by.User, c.purpose, len(all), c.want, err)
		}
		for _, x := range all {
			if x.Told == nil || x.Told.What == "" {
				t.Errorf("%s reads %+v", c.by.User, x)
			}
		}
	}
	k.nowhereInClear("Tlacuilotl")
	if v, err := casefile.Show(context.Background(), k.Acts, k.liaison, wire.PurposeProsecution, k.c); err != nil || strings.Contains(store.JSON(v), "Tlacuilotl") {
		t.Errorf("the case file: %v", err)
	}
	k.ReplayEqual()
}

// agencies says of which agency offices are.
func (k *desk) agencies(of map[string]string) {
	k.t.Helper()
	for id, agency := range of {
		row(k.t, k.Node, `INSERT INTO office (id, doc) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, id, store.JSON(access.Office{ID: id, Agency: agency, Country: "US", Zone: "UTC"}))
	}
}

const wrong = "protection.call_wrong"

// A consent is taken back by telephone with reference and code word, at an office
// that knows nothing of the case; the word is kept as a slow salted hash, sealed,
// and after five wrong ones the telephone helps no more.
func TestConsentIsTakenBackByTelephone(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	k.screen(p, nil)
	c := k.consent(p)
	c.CodeWord = "agua"
	k.Refused(k.adviser, wire.PurposeProtection, "protection.code_word_short", c)
	const word = "Colibrí Azul"
	give := func() (consent, reference string) {
		c := k.consent(p)
		c.CodeWord = word
		res := k.protect(k.adviser, c)
		var slip Slip
		if err := json.Unmarshal(res.Told, &slip); err != nil || !slip.Telephone || !strings.HasPrefix(slip.Reference, "us-") {
			t.Fatalf("%s: %v", res.Told, err)
		}
		return res.Object, slip.Reference
	}
	consent, reference := give()
	for _, clear := range []string{word, plainWord(word), "$argon2id$"} {
		k.nowhereInClear(clear)
	}
	if said := store.JSON(k.show(k.adviser, wire.PurposeProtection, p)); strings.Contains(said, "Colibr") || strings.Contains(said, "argon") {
		t.Errorf("the desk is shown the code word: %s", said)
	}
	far := k.Person("consul", "ofo-laredo", access.RoleConsular)
	call := func(reference, word string) *CallWithdrawal {
		return &CallWithdrawal{Reference: reference, Through: Telephone, CodeWord: word}
	}
	k.Refused(far, wire.PurposeProtection, wrong, call(reference, "colibri verde"))
	k.Refused(far, wire.PurposeProtection, wrong, call("us-2222-2222", word))
	k.Refused(far, wire.PurposeProtection, wrong, call("nonsense", word))
	k.Refused(far, wire.PurposeProtection, "protection.through_unknown", &CallWithdrawal{Reference: reference, Through: "letter"})
	k.protect(far, call(strings.ToLower(reference), "  colibríazul "))
	k.Refused(far, wire.PurposeProtection, "protection.withdrawn_already", call(reference, word))
	if k.may(p, CategoryIdentity, wire.PurposeProsecution, there) {
		t.Error("it still covers")
	}
	k.Read(func(tx *store.Tx) error {
		x, err := FindConsent(tx, consent)
		if err == nil && (x.Missed != 1 || x.Through != Telephone) {
			t.Errorf("%+v", x)
		}
		return err
	})
	_, second := give()
	for range callsMissed {
		k.Refused(far, wire.PurposeProtection, wrong, call(second, "colibri verde"))
	}
	k.Refused(far, wire.PurposeProtection, wrong, call(second, word))
	if !k.may(p, CategoryIdentity, wire.PurposeProsecution, there) {
		t.Error("a guess has taken a consent back")
	}
	k.protect(far, &CallWithdrawal{Reference: second, Through: "consulate"}) // in person no word is needed
	var slip Slip
	if err := json.Unmarshal(k.protect(k.adviser, k.consent(p)).Told, &slip); err != nil || slip.Telephone {
		t.Fatalf("%+v: %v", slip, err)
	}
	none := slip.Reference // of a consent without a code word
	k.Refused(far, wire.PurposeProtection, wrong, call(none, ""))
	for _, role := range []string{access.RoleAuditor, access.RoleAdmin, access.RoleAnalyst} {
		k.Refused(k.Person(role, "ofo-laredo", role), wire.PurposeProtection, "access.not_found", &CallWithdrawal{Reference: none, Through: "in_person"})
	}
	k.ReplayEqual()
}

// What waits for the official's signature holds what became of the code word, and
// not the word; words that were wrong meanwhile count against it.
func TestCodeWordIsNotKeptUntilItIsSigned(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	k.screen(p, nil)
	const word = "Colibrí Azul"
	cmd := k.consent(p)
	cmd.CodeWord = word
	var slip Slip
	if err := json.Unmarshal(k.protect(k.adviser, cmd).Told, &slip); err != nil {
		t.Fatal(err)
	}
	far, ctx := k.Person("consul", "ofo-laredo", access.RoleConsular), context.Background()
	call := func(word string) *CallWithdrawal {
		return &CallWithdrawal{Reference: slip.Reference, Through: Telephone, CodeWord: word}
	}
	if _, err := k.Do(ctx, far, "", wire.PurposeProtection, call(word)); !refusal.Is(err, "act.needs_signature") {
		t.Fatalf("taken without a signature: %v", err)
	}
	shown, err := k.Prepare(ctx, far, "", wire.PurposeProtection, call(word))
	if err != nil {
		t.Fatal(err)
	}
	var box []byte
	k.Read(func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT box FROM prepared WHERE id = $1`, shown.ID).Scan(&box)
	})
	kept, err := k.Ring.Unbox("prepared/"+shown.ID, box)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{word, plainWord(word), "argon2id", `"code_word"`} {
		if bytes.Contains(kept, []byte(secret)) {
			t.Errorf("what waits for a signature holds %q: %s", secret, kept)
		}
	}
	if strings.Contains(string(shown.Act), k.c) || !strings.Contains(string(shown.Act), slip.Reference) {
		t.Errorf("the official reads %s", shown.Act)
	}
	for range callsMissed {
		if _, err := k.Prepare(ctx, far, "", wire.PurposeProtection, call("colibri verde")); !refusal.Is(err, wrong) {
			t.Fatalf("a wrong word: %v", err)
		}
	}
	if _, err := k.Sign(ctx, far, shown.ID, k.Answer(far, shown)); !refusal.Is(err, wrong) {
		t.Errorf("signed after %d wrong words: %v", callsMissed, err)
	}
	k.ReplayEqual()
}

// Taken back in the other country, a consent ends where it is held, and the
// notice comes back to where something went on it.
func TestConsentIsTakenBackInTheOtherCountry(t *testing.T) {
	k := newDesk(t)
	p := k.person("witness", "1999-05-05")
	k.screen(p, nil)
	res := k.protect(k.adviser, k.consent(p))
	var slip Slip
	if err := json.Unmarshal(res.Told, &slip); err != nil {
		t.Fatal(err)
	}
	k.usedBy(res.Object, "0190a000-0000-7000-8000-000000000001")
	mx := acttest.New(t, "mx", []func(*journal.Kinds){casefile.Facts, Facts, tabledFacts}, Verbs)
	mx.Clock = k.Clock.Add(time.Minute)
	ceav := mx.Person("ceav", "ceav-tamps", access.RoleAdviser)
	mx.Refused(ceav, wire.PurposeProtection, wrong, &CallWithdrawal{Reference: slip.Reference, Through: "victims_commission"}) // no such peer
	row(t, mx, `INSERT INTO peer (id, status, effective, doc) VALUES ('us', 'approved', 0, '{"id":"us"}')`)
	mx.Refused(ceav, wire.PurposeProtection, "protection.call_there", &CallWithdrawal{Reference: slip.Reference, Through: Telephone, CodeWord: "x"})
	mx.Must(ceav, wire.PurposeProtection, &CallWithdrawal{Reference: slip.Reference, Through: "victims_commission"})
	if len(mx.Out) != 1 || mx.Out[0].Lane != wire.LaneAlert {
		t.Fatalf("sent: %+v", mx.Out)
	}
	if _, code := k.Deliver("mx", mx.Out[0].Message); code != "" {
		t.Fatalf("refused: %s", code)
	}
	if k.may(p, CategoryIdentity, wire.PurposeProsecution, there) {
		t.Error("it still covers")
	}
	if len(k.Out) != 1 || k.Out[0].Message.Act.Kind != (&ConsentWithdrawn{}).Kind() || strings.Contains(string(k.Out[0].Message.Bytes()), "victims_commission") {
		t.Fatalf("sent back: %+v", k.Out)
	}
	if _, code := mx.Deliver("us", k.Out[0].Message); code != "" {
		t.Fatalf("refused: %s", code)
	}
	told := k.show(k.adviser, wire.PurposeProtection, p).Consents[0].Told
	if len(told) != 1 || !told[0].Acknowledged.IsZero() || told[0].Due.IsZero() {
		t.Errorf("the desk sees %+v", told)
	}
	mx.Must(ceav, wire.PurposeProtection, &CallWithdrawal{Reference: "us-2222-2222", Through: "consulate"})
	if _, code := k.Deliver("mx", mx.Out[1].Message); code != wire.CodeUnknownObject {
		t.Errorf("a reference that nobody was given: %s", code)
	}
	k.ReplayEqual()
	mx.ReplayEqual()
}
