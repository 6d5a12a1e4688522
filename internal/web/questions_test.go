package web_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/web"
)

// TestEveryQuestionReachesItsCommand gives each question of each act an answer
// and looks for it in the command: a question that no field takes would throw
// away what somebody typed.
func TestEveryQuestionReachesItsCommand(t *testing.T) {
	verbs := node.Verbs()
	for verb, asks := range web.Questions() {
		fresh, ok := verbs[verb]
		if !ok {
			t.Errorf("%s asks, and no command has this verb", verb)
			continue
		}
		for _, ask := range asks {
			taken := false
			for _, answer := range []string{"7", "yes", "2026-06-07", "crossing=usbp:RGV"} {
				cmd := fresh()
				before, err := json.Marshal(cmd)
				if err != nil {
					t.Fatal(err)
				}
				if web.Fill(cmd, url.Values{ask.Name: {answer}}, time.UTC) != nil {
					continue
				}
				after, err := json.Marshal(cmd)
				if err != nil {
					t.Fatal(err)
				}
				taken = taken || string(before) != string(after)
			}
			if !taken {
				t.Errorf("%s: nothing takes the answer to %s", verb, ask.Name)
			}
			if !i18n.Has(ask.Key) {
				t.Errorf("%s: no text %s", verb, ask.Key)
			}
		}
	}
}

// TestFormsAreReadAsTyped: times are the office's, money is in units of its
// currency, lists come line by line or by repeating, and members by a dot.
func TestFormsAreReadAsTyped(t *testing.T) {
	var e casefile.AddEvent
	chicago := i18n.Zone("America/Chicago")
	err := web.Fill(&e, url.Values{"fee_cents": {"1,200.5"}, "group_size": {" 7 "}, "hazards": {"heat", "river"}, "acts": {"crossing=usbp:RGV\r\n\r\n guiding=inegi:28 "}}, chicago)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"fee_cents":120050`, `"group_size":7`, `"hazards":["heat","river"]`, `"acts":["crossing=usbp:RGV","guiding=inegi:28"]`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	var byMember casefile.AddEvent
	if err := web.Fill(&byMember, url.Values{"acts.guiding": {"inegi:28", ""}, "acts.crossing": {"usbp:RGV"}}, chicago); err != nil || !slices.Equal(byMember.Acts, []string{"crossing=usbp:RGV", "guiding=inegi:28"}) {
		t.Errorf("acts %v: %v", byMember.Acts, err)
	}
	var told casefile.AddStatement
	if err := web.Fill(&told, url.Values{"lang": {"", " mco "}}, chicago); err != nil || told.Lang != "mco" {
		t.Errorf("language %q: %v", told.Lang, err)
	}
	if no, refused := refusal.As(web.Fill(&told, url.Values{"lang": {"es", "mco"}}, chicago)); !refused || no.Params["field"] != "lang" {
		t.Errorf("two languages where one is asked: %v", no)
	}
	var h referral.ScheduleHandOver
	if err := web.Fill(&h, url.Values{"at": {"2026-06-07T22:15"}}, chicago); err != nil || !h.At.Equal(time.Date(2026, 6, 8, 3, 15, 0, 0, time.UTC)) {
		t.Errorf("appointment %s: %v", h.At, err)
	}
	if no, refused := refusal.As(web.Fill(&h, url.Values{"at": {"tomorrow"}}, chicago)); !refused || no.Params["field"] != "at" {
		t.Errorf("tomorrow is read as a time: %v", no)
	}
	var s protection.Screen
	if err := web.Fill(&s, url.Values{"answers.fear.fear": {"yes"}}, time.UTC); err != nil || s.Answers["fear.fear"] != "yes" {
		t.Errorf("answers %v: %v", s.Answers, err)
	}
	for field, typed := range map[string]string{"fee_cents": "900,50", "group_size": "about seven"} {
		no, refused := refusal.As(web.Fill(&casefile.AddEvent{}, url.Values{field: {typed}}, chicago))
		if !refused || no.Code != "act.malformed" || no.Params["field"] != field {
			t.Errorf("%s %q: %v", field, typed, no)
		}
	}
	for _, amount := range []string{"-5", "1,20", "1.234", ".5", "99999999999999999999", "900 USD"} {
		if err := web.Fill(&casefile.AddEvent{}, url.Values{"fee_cents": {amount}}, chicago); err == nil {
			t.Errorf("%q is read as money", amount)
		}
	}
}
