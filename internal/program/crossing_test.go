package program

import "testing"

// What becomes of acts that crossed on the way, in words. Each row: what both
// had seen, what each then did without having seen the other's act.
func TestCrossings(t *testing.T) {
	studied := []Taken{after(1, "sign_for_analysis")}
	accepted := []Taken{after(1, "sign_for_analysis"), after(1, "accept")}
	scheduled := []Taken{after(2, "schedule_hand_over")}
	for _, c := range []struct {
		name     string
		sender   []Taken // after the sending; Seen counts the receiver's acts
		receiver []Taken // Seen counts the sender's released acts, the sending being 1
		tracks   map[string]string
		overrun  string // the act that had no effect
	}{
		{"withdrawn ∥ signed for analysis", []Taken{did("withdraw")}, studied, map[string]string{"main": "withdrawn"}, "sign_for_analysis"},
		{"withdrawn ∥ accepted", []Taken{after(1, "withdraw")}, accepted, map[string]string{"main": "withdrawn", "file": "none"}, "accept"},
		{"withdrawn ∥ declined", []Taken{after(1, "withdraw")}, append(studied, as(1, "decline", "other_competence")), map[string]string{"main": "withdrawn"}, "decline"},
		{"withdrawn ∥ asked", []Taken{after(1, "withdraw")}, append(studied, after(1, "request_information")), map[string]string{"main": "withdrawn"}, "request_information"},
		{"withdrawn ∥ asked, accepted and given a number", []Taken{after(1, "withdraw")}, append(accepted, after(1, "register_file")), map[string]string{"main": "withdrawn", "file": "none"}, "register_file"},
		{"withdrawn while an answer is owed: nothing more is asked", []Taken{after(3, "withdraw")}, append(accepted, after(1, "request_information")), map[string]string{"main": "withdrawn", "information": "none"}, ""},
		{"withdrawn ∥ a warrant: what judges do is kept", []Taken{after(2, "withdraw")}, append(accepted, after(1, "seek_warrant")), map[string]string{"main": "withdrawn", "warrant": "sought"}, ""},
		{"withdrawn ∥ hand-over called off", append(scheduled, after(2, "withdraw")), append(accepted, after(2, "cancel_hand_over")), map[string]string{"main": "withdrawn", "hand_over": "cancelled"}, ""},
		{"withdrawn ∥ hand-over missed", append(scheduled, after(2, "withdraw")), append(accepted, after(2, "record_missed")), map[string]string{"main": "withdrawn", "hand_over": "missed"}, ""},
		{"withdrawn after the person was given: the receipt is still owed", append(scheduled, after(2, "give"), after(2, "withdraw")), accepted, map[string]string{"main": "withdrawn", "hand_over": "given"}, ""},
		{"expired ∥ signed for analysis", []Taken{did("expire")}, studied, map[string]string{"main": "under_review"}, "expire"},
		{"expired ∥ signed and accepted", []Taken{did("expire")}, accepted, map[string]string{"main": "accepted"}, "expire"},
		{"expired ∥ returned unopened", []Taken{did("expire")}, []Taken{as(1, "decline", "return_unopened")}, map[string]string{"main": "returned"}, "expire"},
		{"expired and sent again ∥ signed for analysis", []Taken{did("expire"), did("resend")}, studied, map[string]string{"main": "under_review"}, "resend"},
		{"supplied ∥ declined", []Taken{after(2, "supply_information")}, append(studied, after(1, "request_information"), as(1, "decline", "other_competence")), map[string]string{"main": "declined"}, ""},
		{"supplied ∥ accepted", []Taken{after(2, "supply_information")}, append(studied, after(1, "request_information"), after(1, "accept")), map[string]string{"main": "accepted"}, ""},
		{"given ∥ called off", append(scheduled, after(2, "give")), append(accepted, after(2, "cancel_hand_over")), map[string]string{"hand_over": "given"}, "cancel_hand_over"},
		{"given ∥ missed", append(scheduled, after(2, "give")), append(accepted, after(2, "record_missed")), map[string]string{"hand_over": "given"}, "record_missed"},
		{"called off by both", append(scheduled, after(2, "cancel_hand_over")), append(accepted, after(2, "cancel_hand_over")), map[string]string{"hand_over": "cancelled"}, "cancel_hand_over"},
		{"scheduled ∥ disposed: the appointment stays in sight", scheduled, append(accepted, as(1, "dispose", "other_competence")), map[string]string{"main": "disposed", "hand_over": "scheduled"}, ""},
		{"closed ∥ reopened", []Taken{after(4, "close")}, append(accepted, as(1, "dispose", "other_competence"), after(1, "report_outcome"), after(1, "reopen")), map[string]string{"main": "reopened"}, ""},
		{"supplemented ∥ declined: it is on record", []Taken{after(1, "supplement")}, append(studied, as(1, "decline", "other_competence")), map[string]string{"main": "declined"}, ""},
		{"both prosecute: warned of on both nodes", []Taken{after(1, "open_own_prosecution")}, accepted, map[string]string{"main": "accepted", "forum": "sender_prosecutes"}, ""},
	} {
		for _, p := range Procedures() {
			s := p.State(history(append(wayToSending(p), c.sender...)...), history(c.receiver...))
			for track, want := range c.tracks {
				if s.Tracks[track] != want {
					t.Errorf("%s, %s: %s is %s, want %s", p.ID, c.name, track, s.Tracks[track], want)
				}
			}
			got := ""
			for _, a := range s.Overtaken() {
				got = a.Step
			}
			if got != c.overrun {
				t.Errorf("%s, %s: without effect %q, want %q", p.ID, c.name, got, c.overrun)
			}
		}
	}
}

func TestWarnings(t *testing.T) {
	accepted := history(after(1, "sign_for_analysis"), after(1, "accept"))
	for _, p := range Procedures() {
		way := wayToSending(p)
		for _, c := range []struct {
			name   string
			sender []Taken
			want   string
		}{
			{"both prosecute", []Taken{after(1, "open_own_prosecution")}, "double_prosecution"},
			{"the sender ended its own", []Taken{after(1, "open_own_prosecution"), after(2, "end_own_prosecution")}, ""},
			{"between two signatures", []Taken{after(2, "schedule_hand_over"), after(2, "give")}, "person_between_signatures"},
		} {
			got := ""
			for _, w := range p.State(history(append(way, c.sender...)...), accepted).Warnings {
				if w != "interviews_alone" { // of the evidence, and of one country alone
					got += w
				}
			}
			if got != c.want {
				t.Errorf("%s, %s: warns of %q, want %q", p.ID, c.name, got, c.want)
			}
		}
	}
}

// The way of a referral into the United States, through its own courts.
func TestWayOfAMirrorReferral(t *testing.T) {
	p, _ := ProcedureByID("us-mirror-2016")
	way := func(more ...Taken) []Taken { return history(append(wayToSending(p), more...)...) }
	study := []Taken{after(1, "sign_for_analysis"), after(1, "accept")}
	with := func(more ...Taken) []Taken { return history(append(study[:2:2], more...)...) }
	for _, c := range []struct {
		name             string
		sender, receiver []Taken
		main, court      string
	}{
		{"kept in Mexico", history(did("screen_eligible"), did("present"), did("mx_retain")), nil, "retained", "none"},
		{"sent", way(), nil, "sent", "none"},
		{"declined by the US Attorney", way(), history(after(1, "sign_for_analysis"), as(1, "decline", "declination")), "declined", "none"},
		{"a declination before the packet is opened has no effect", way(), history(as(1, "decline", "declination")), "sent", "none"},
		{"to a plea", way(), with(after(1, "record_complaint"), after(1, "record_indictment"), after(1, "record_arraignment"), after(1, "record_plea"), after(1, "record_conviction"), as(1, "dispose", "conviction"), after(1, "report_outcome")), "reported", "convicted"},
		{"to an acquittal at trial", way(), with(after(1, "record_indictment"), after(1, "record_arraignment"), after(1, "record_trial"), after(1, "record_acquittal"), as(1, "dispose", "acquittal")), "disposed", "acquitted"},
		{"no conviction is disposed of without a judgment", way(), with(after(1, "record_indictment"), as(1, "dispose", "conviction")), "accepted", "indicted"},
		{"dismissed, indicted again", way(), with(after(1, "record_complaint"), after(1, "record_dismissal"), after(1, "record_indictment")), "accepted", "indicted"},
		{"appeal and final", way(), with(after(1, "record_indictment"), after(1, "record_arraignment"), after(1, "record_trial"), after(1, "record_conviction"), after(1, "record_appeal"), after(1, "record_conviction"), after(1, "record_final")), "accepted", "final_conviction"},
		{"an acquittal is not appealed", way(), with(after(1, "record_indictment"), after(1, "record_arraignment"), after(1, "record_trial"), after(1, "record_acquittal"), after(1, "record_appeal")), "accepted", "acquitted"},
	} {
		s := p.State(c.sender, c.receiver)
		if s.Main != c.main || s.Tracks["court"] != c.court {
			t.Errorf("%s: stands at %s, court %s; want %s, %s", c.name, s.Main, s.Tracks["court"], c.main, c.court)
		}
	}
}

// A step that means the same has the same id, owner's side and mark in both
// files, so that one room serves both directions.
func TestTheMirrorHasTheSameSteps(t *testing.T) {
	a, b := mx(t), func() *Procedure { p, _ := ProcedureByID("us-mirror-2016"); return p }()
	own := map[string]bool{"us_decline": true, "us_retain": true, "mx_decline": true, "mx_retain": true, "record_urgent_case": true,
		"record_imputation": true, "record_bound_over": true, "record_not_bound_over": true, "record_accusation": true, "record_abbreviated": true, "record_amparo": true,
		"record_complaint": true, "record_indictment": true, "record_arraignment": true, "record_plea": true}
	for _, pair := range [][2]*Procedure{{a, b}, {b, a}} {
		for _, s := range pair[0].Steps {
			o, ok := pair[1].Rule(s.ID)
			if !ok {
				if !own[s.ID] {
					t.Errorf("%s has %s and %s has not", pair[0].ID, s.ID, pair[1].ID)
				}
				continue
			}
			if s.Owner.Side != o.Owner.Side || s.Owner.TwoPeople != o.Owner.TwoPeople || s.Signed != o.Signed || s.Released != o.Released || s.Alert != o.Alert || s.NeedsCause != o.NeedsCause || s.Automatic != o.Automatic {
				t.Errorf("%s differs between the two procedures", s.ID)
			}
		}
	}
	if a.FirstReleased() != "send" || b.FirstReleased() != "send" || b.Verified.Sure() {
		t.Error("the mirror is shown as verified, or sends by another step")
	}
}
