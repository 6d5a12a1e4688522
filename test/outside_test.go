package test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/wire"
)

// TestNobodyOutsideTheCaseIsDrawnIntoIt takes, on one case, every act that names
// a person, with somebody of another case of the same office: none of them
// reaches past its case. Each is taken with somebody of the case first, so that
// nothing else about it is refused. Requests across the border are held to what
// was sent (internal/referral RequestIsAboutNobodyOutsideTheCase); somebody
// looked up is found in the cases of one's own office alone.
func TestNobodyOutsideTheCaseIsDrawnIntoIt(t *testing.T) {
	w := newWorld(t)
	do := func(verb string, cmd map[string]any) string {
		return w.take("us", "kestrelle", wire.PurposeProsecution, verb, cmd)
	}
	person := func(id, given, role string) string {
		p := map[string]any{"case": id, "given": given, "paterno": "Barragarza", "birth": "1988-02-03", "nationalities": []string{"MX"}, "role": role, "source": "observation"}
		if role == "suspect" {
			p["function"] = "guide"
		}
		return do("case.add_person", p)
	}
	here, elsewhere := do("case.open", map[string]any{"title": "Anzalduas"}), do("case.open", map[string]any{"title": "Alamo"})
	day := time.Now().Add(-40 * time.Hour)
	at := func(d time.Duration) string { return day.Add(d).UTC().Format("2006-01-02T15:04") }
	do("case.add_event", map[string]any{"case": here, "when": at(0), "zone": "UTC", "mode": "foot_between_ports", "place": "usbp:RGV", "place_name": "Anzalduas", "group_size": 2,
		"acts": []string{"guiding=inegi:28", "crossing=usbp:RGV"}, "narrative": "Two on foot.", "narrative_lang": "en"})
	ours := map[string]string{"suspect": person(here, "Rutilio", "suspect"), "witness": person(here, "Xochitl", "smuggled_migrant")}
	theirs := map[string]string{"suspect": person(elsewhere, "Rogelio", "suspect"), "witness": person(elsewhere, "Yolotzin", "smuggled_migrant")}
	for _, a := range []struct {
		verb, by, purpose, who, field string
		cmd                           map[string]any
	}{
		{"case.add_statement", "kestrelle", wire.PurposeProsecution, "witness", "person", map[string]any{"kind": "sworn", "lang": "es", "text": "Nos llevó.", "start": at(time.Hour), "end": at(2 * time.Hour),
			"zone": "UTC", "place": "McAllen", "present": []string{"D. Kestrelle"}, "rights": "read", "same_language": true, "recorded": true, "willing": true}},
		{"case.add_statement", "kestrelle", wire.PurposeProsecution, "suspect", "identifies[]", map[string]any{"person": ours["witness"], "kind": "sworn", "lang": "es", "text": "Nos llevó.", "start": at(time.Hour), "end": at(2 * time.Hour),
			"zone": "UTC", "place": "McAllen", "present": []string{"D. Kestrelle"}, "rights": "read", "same_language": true, "recorded": true, "willing": true}},
		{"case.add_property", "kestrelle", wire.PurposeProsecution, "suspect", "holder", map[string]any{"kind": "money", "description": "Notes", "amount_cents": 900, "currency": "USD"}},
		{"case.add_vehicle", "kestrelle", wire.PurposeProsecution, "suspect", "holder", map[string]any{"kind": "pickup", "make": "Ford"}},
		{"case.add_phone", "kestrelle", wire.PurposeProsecution, "witness", "holder", map[string]any{"number": "+52 899 555 0142"}},
		{"case.add_charge", "kestrelle", wire.PurposeProsecution, "suspect", "person", map[string]any{"offence": "mx-lm-159-i", "facts": day.Format(time.DateOnly), "jurisdiction": "territorial"}},
		{"file.begin", "kestrelle", wire.PurposeProsecution, "witness", "person", map[string]any{"name": "photograph.jpg", "size": 5}}, // an exhibit
		{"protection.screen", "ravenel", wire.PurposeProtection, "witness", "person", map[string]any{"answers": screened(), "language": "es"}},
		{"protection.screen", "ravenel", wire.PurposeProtection, "suspect", "person", map[string]any{"answers": screened(), "language": "es"}},
		{"protection.reveal", "kestrelle", wire.PurposeProsecution, "witness", "person", map[string]any{"reason": "To call her mother"}},
		{"referral.draft", "kestrelle", wire.PurposeProsecution, "suspect", "suspects[]", map[string]any{"node": "mx", "office": "fgr-tamps"}},
	} {
		try := func(person string) error {
			cmd := map[string]any{"case": here}
			for k, v := range a.cmd {
				cmd[k] = v
			}
			if name, list := strings.CutSuffix(a.field, "[]"); list {
				cmd[name] = []string{person}
			} else {
				cmd[name] = person
			}
			_, err := w.as("us", a.by, a.purpose).Take(t.Context(), a.verb, "", cmd)
			return err
		}
		var no *client.Refused
		if err := try(theirs[a.who]); !errors.As(err, &no) || no.Status >= 500 {
			t.Errorf("%s names somebody outside the case as %s: %v", a.verb, a.field, err)
		}
		if err := try(ours[a.who]); err != nil {
			t.Errorf("%s with somebody of the case as %s: %v", a.verb, a.field, err)
		}
	}
	var no *client.Refused
	if _, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(t.Context(), "case.merge", "", map[string]any{"keep": ours["witness"], "merged": theirs["witness"], "reason": "same_person"}); !errors.As(err, &no) || no.Code != "casefile.person_unknown" {
		t.Errorf("records of two cases are joined: %v", err)
	}
	w.lookedUpInOwnCasesOnly(t)
}

// lookedUpInOwnCasesOnly looks somebody up by name from two offices.
func (w *world) lookedUpInOwnCasesOnly(t *testing.T) {
	w.watching()
	for login, want := range map[string]int{"kestrelle": 1, "thackeray": 0} {
		out, err := w.as("us", login, wire.PurposeProsecution).Take(t.Context(), "search.find_protected", "", map[string]any{"name": "Yolotzin Barragarza", "reason": "safety"})
		w.ok(err)
		var found []map[string]any
		w.ok(w.as("us", login, wire.PurposeProsecution).Get(t.Context(), "found/"+out.Facts[0], &found))
		if len(found) != want {
			t.Errorf("%s finds %d people, not %d", login, len(found), want)
		}
	}
}
