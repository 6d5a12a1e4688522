package referral

import (
	"context"
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Known is what can be answered to an alarm, closed: no answer says where a person
// is, and none says that the person was received.
var Known = []string{"arrived", "held_back", "safe_elsewhere", "searched"}

// AlarmAnswered is what somebody of a side answered to the alarm of a hand-over.
// Released, in the alert lane.
type AlarmAnswered struct {
	journal.Envelope
	Alarm string `json:"alarm"`
	Known string `json:"known"`
}

// Kind implements journal.Fact.
func (AlarmAnswered) Kind() string { return "referral.alarm_answered.1" }

// AnswerAlarm answers, with one's name, what is known of a person who is between
// two signatures. It holds for one length of the clock.
type AnswerAlarm struct {
	Alarm string `json:"alarm"`
	Known string `json:"known"`
}

// Verb implements act.Command.
func (*AnswerAlarm) Verb() string { return "referral.answer_alarm" }

// Signed implements act.Signed.
func (*AnswerAlarm) Signed() {}

// Decide implements act.Command.
func (c *AnswerAlarm) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, err := access.Reached[Alarm](tx, `SELECT doc FROM hand_over_alarm WHERE id = $1`, []any{c.Alarm}, access.Tie{Type: typeAlarm, Column: "hand_over_alarm.id"})
	if err := access.OrAbsent(err, "alarm of a hand-over"); err != nil {
		return nil, err
	}
	res, err := a.resource(tx)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, res); err != nil {
		return nil, err
	}
	r, h, err := a.of(tx)
	switch {
	case err != nil:
		return nil, err
	case !h.Between():
		return nil, refusal.Conflict("referral.alarm_over")
	case !slices.Contains(Known, c.Known):
		return nil, refusal.New("referral.alarm_known")
	}
	return []journal.Fact{&AlarmAnswered{Envelope: r.apart(), Alarm: a.ID, Known: c.Known}}, nil
}

// of loads what an alarm is about. The offices that are told of it are not all
// members of the referral, so it is read as the node.
func (a Alarm) of(tx *store.Tx) (r Referral, h HandOver, err error) {
	if r, err = store.Doc[Referral](tx, `SELECT doc FROM referral WHERE id = $1`, a.Referral); err != nil {
		return r, h, fmt.Errorf("referral of an alarm: %w", err)
	}
	if err = r.complete(tx); err != nil {
		return r, h, err
	}
	h, _, err = r.givenBy(tx, a.ID)
	return r, h, err
}

// resource is the alarm as access sees it: the roles that were told may answer.
func (a Alarm) resource(tx *store.Tx) (access.Resource, error) {
	offices, err := access.Offices(tx, typeAlarm, a.ID)
	if err != nil {
		return access.Resource{}, err
	}
	var told []string
	for _, x := range a.Raised {
		told = append(told, x.Roles...)
	}
	return access.Resource{Type: typeAlarm, ID: a.ID, Offices: offices, Attrs: map[string]any{access.AttrRoles: told}}, nil
}

// AlarmShown is an alarm as somebody sees it who is told of it: who by pseudonym,
// since when, between which nodes, who was told here and what was answered. Where
// a protected person crosses it does not say.
type AlarmShown struct {
	Alarm
	Number   string       `json:"number"` // of the sheet; of the referral where it has none
	Person   string       `json:"person"`
	Given    Signature    `json:"given"`
	Sender   wire.Address `json:"sender"`
	Receiver wire.Address `json:"receiver"` // its office only of a suspect
	Offered  bool         `json:"offered"`  // the reader may answer
}

// Alarms lists the alarms that the reader is told of, the oldest first.
func Alarms(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]AlarmShown, error) {
	return act.View(ctx, a, by, purpose, "referral.alarms", func(tx *store.Tx, v *act.Viewing) ([]AlarmShown, error) {
		narrow, args := access.Narrow(by, typeAlarm, "h.id", 1)
		standing, err := store.Docs[Alarm](tx, `SELECT h.doc FROM hand_over_alarm h WHERE h.waiting = 1 AND `+narrow+` ORDER BY h.id`, args...)
		if err != nil {
			return nil, fmt.Errorf("alarms of hand-overs: %w", err)
		}
		out := []AlarmShown{}
		for _, x := range standing {
			res, err := x.resource(tx)
			if err != nil {
				return nil, err
			}
			if !v.See(res) {
				continue
			}
			r, h, err := x.of(tx)
			if err != nil {
				return nil, err
			}
			if !h.Between() || len(x.Raised) == 0 {
				continue
			}
			s := AlarmShown{Alarm: x, Number: h.Sheet, Person: h.Person, Given: *h.Given, Sender: r.Sender, Receiver: wire.Address{Node: r.Receiver.Node}, Offered: v.May((*AnswerAlarm)(nil).Verb(), res)}
			if s.Number == "" {
				s.Number = r.Number
			}
			if !h.Protected {
				s.Receiver.Office = h.Office
			}
			out = append(out, s)
		}
		return out, nil
	})
}
