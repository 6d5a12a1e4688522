package test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// TestAConsulatesNotesLeaveByNoDoor: what a consulate writes for itself of a person
// is read by its own officials alone: in no answer, page, export, packet or search
// of the other country or of its own, on no wire, in no file, log or backup.
func TestAConsulatesNotesLeaveByNoDoor(t *testing.T) {
	w := emptyWorld(t)
	w.wire, w.private = &written{}, map[string]string{}
	w.begin()
	w.withConsul()
	f := w.file()
	asks := screened()
	asks["language.consulate"] = "yes"
	about := func(more map[string]any) map[string]any {
		more["case"], more["person"] = f.id, f.witness
		return more
	}
	for _, a := range []struct {
		verb string
		cmd  map[string]any
	}{
		{"protection.screen", map[string]any{"answers": asks, "language": "es"}},
		{"protection.consent", map[string]any{"for": wire.PurposeProsecution, "node": "mx", "categories": []string{"identity", "statement"}, "until": time.Now().AddDate(1, 0, 0), "told": true, "language": "es"}},
		{"consular.advise", map[string]any{"wish": "asks", "language": "es"}},
	} {
		w.take("us", "ravenel", wire.PurposeProtection, a.verb, about(a.cmd))
	}
	notice := w.take("us", "ravenel", wire.PurposeProtection, "consular.notify", about(map[string]any{"office": "sre-programa", "place": "Station, room 2", "call": "+1 956 555 0100"}))
	s := &searcher{t: t, words: map[string]string{"the interview": "tecolote anochecido", "where it was": "Cuarto Xonacatepec", "who saw the person": "Guardia Pahuatlán", "the family": "madrina de Zacualtipán", "a need": "pomada de árnica", "why the identity was opened": "cotejo con la matrícula"}}
	own := func(verb string, cmd map[string]any) {
		t.Helper()
		cmd["notice"] = notice
		w.until(func() error {
			_, err := w.as("mx", consul, wire.PurposeProtection).Take(t.Context(), verb, "", cmd)
			return err
		})
	}
	own("consular.acknowledge", map[string]any{})
	own("consular.reveal", map[string]any{"reason": s.words["why the identity was opened"], "minutes": 10})
	own("consular.interview", map[string]any{"on": time.Now().Add(-time.Hour), "where": s.words["where it was"], "who": s.words["who saw the person"], "note": s.words["the interview"]})
	own("consular.family", map[string]any{"found": true, "told": true, "note": s.words["the family"]})
	own("consular.need", map[string]any{"need": "lawyer", "note": s.words["a need"]})
	kept := w.answer("mx", consul, wire.PurposeProtection, "consular/"+notice)
	for what, word := range s.words {
		if what != "why the identity was opened" && !bytes.Contains(kept, []byte(word)) {
			t.Fatalf("the consulate does not read %s: %s", what, kept)
		}
	}
	w.until(func() error { // the two words are back
		if b := w.answer("us", "ravenel", wire.PurposeProtection, "consular/"+notice); !bytes.Contains(b, []byte(`"told":true`)) {
			return fmt.Errorf("not back: %s", b)
		}
		return nil
	})
	var shown protection.CaseView
	w.ok(w.as("us", "ravenel", wire.PurposeProtection).Get(t.Context(), "cases/"+f.id+"/protection", &shown))
	for _, p := range shown.People {
		for _, g := range p.Gates {
			if g.Shut {
				w.take("us", "ravenel", wire.PurposeProtection, "protection.end_gate", map[string]any{"case": f.id, "person": p.Person, "gate": g.ID, "outcome": protection.Done, "evidence": "The consulate has the notice."})
			}
		}
	}
	referral := w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.there(referral, "referral.accept", map[string]any{})
	s.taken(w, f, s.words["the interview"])
	for n, login := range map[string]string{"us": "kestrelle", "mx": "escamillar"} {
		s.packet(w, n, login, referral)
	}
	s.reads(w, f, referral)
	s.pages(w, f, referral)
	s.aboutNotice(w, f, notice)
	s.places += w.places(t, f, referral, s.words)
	t.Logf("%d words looked for in %d places", len(s.words), s.places)
}

// aboutNotice asks everybody but the consulate for the notice itself.
func (s *searcher) aboutNotice(w *world, f file, notice string) {
	s.t.Helper()
	answered := 0
	for _, who := range [][3]string{{"us", "ravenel", wire.PurposeProtection}, {"us", "kestrelle", wire.PurposeProtection}, {"us", "kestrelle", wire.PurposeProsecution}, {"us", "lockridge", wire.PurposeProsecution},
		{"us", "garnick", wire.PurposeOversight}, {"mx", "escamillar", wire.PurposeProsecution}, {"mx", "escamillar", wire.PurposeProtection}, {"mx", "frondosa", wire.PurposeProtection}, {"mx", "cantoral", wire.PurposeOversight}} {
		for _, path := range []string{"consular", "consular/" + notice, "consular/" + notice + "/identity", "cases/" + f.id + "/consular", "journal/facts?limit=500", "journal/accesses?limit=500", "changes", "history/" + notice, "exports/" + notice} {
			b := w.answer(who[0], who[1], who[2], path)
			if b == nil {
				continue
			}
			answered++
			s.look(path+" for "+who[1], b)
			if who[0] == "mx" && strings.HasPrefix(path, "consular") && bytes.Contains(b, []byte(notice)) {
				s.t.Errorf("%s of Mexico knows the notice: %s", who[1], b)
			}
		}
	}
	if answered < 8 {
		s.t.Errorf("only %d answers were looked through", answered)
	}
	for n, logins := range map[string][]string{"us": {"ravenel", "kestrelle", "lockridge"}, "mx": {"escamillar", "frondosa", "cantoral"}} {
		for _, login := range logins {
			v := w.visitorOf(s.t, n)
			v.signIn(login)
			for _, path := range []string{"/", "/consular", "/consular/" + notice} {
				p := v.get(path)
				if path == "/consular/"+notice && n == "mx" && p.status == http.StatusOK {
					s.t.Errorf("%s of Mexico opens the notice", login)
				}
				if p.status == http.StatusOK {
					s.look(path+" for "+login, []byte(p.text))
				}
			}
		}
	}
}
