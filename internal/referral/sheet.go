package referral

import (
	"context"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Sheet is a hand-over as the two officers who sign it need it: who by
// pseudonym, where, when, on what basis, and which signature is awaited. It says
// nothing of the case: the officer at the bridge sees it and nothing else.
type Sheet struct {
	ID       string       `json:"id"` // of the referral, or of the reception of a protected person
	Number   string       `json:"number"`
	Side     program.Side `json:"side"` // of this node
	Sender   wire.Address `json:"sender"`
	Receiver wire.Address `json:"receiver"`
	HandOver HandOver     `json:"hand_over"`
	Handling string       `json:"handling"`        // handling code of what the sheet says
	Clock    *Clock       `json:"clock,omitempty"` // the one that runs: until the appointment, or of the second signature
	Offered  []Offer      `json:"offered"`         // the signature that the reader can give now
	Alarm    bool         `json:"alarm,omitempty"` // between two signatures for longer than the clock allows
	// Safe says that the person is safe and counted, and that the reader is not
	// told where and when they cross.
	Safe bool `json:"safe,omitempty"`
	// Outside says that the receiving side finds the appointment outside the
	// arrangement, by hour, crossing or office: it was sealed when it was admitted.
	Outside bool `json:"outside,omitempty"`
	// Resource is the sheet as access sees it, to say who else can see it.
	Resource access.Resource `json:"-"`
}

// signatures are the two steps by which a suspect changes hands.
var signatures = []string{"give", "receive"}

// ShowSheet gives the sheet of a referral's hand-over, or of a reception.
func ShowSheet(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (Sheet, error) {
	return act.View(ctx, a, by, purpose, "referral.hand_over", func(tx *store.Tx, v *act.Viewing) (Sheet, error) {
		x, err := loadReception(tx, id)
		if refusal.Is(err, "access.not_found") {
			return suspectSheet(tx, v, id, a.Now())
		}
		if err != nil {
			return Sheet{}, err
		}
		r, err := Load(tx, x.Referral)
		if err != nil {
			return Sheet{}, err
		}
		if x.Fact == "" || !v.See(r.resource("handover")) {
			return Sheet{}, refusal.NotFound()
		}
		return r.receptionSheet(tx, v, x, a.Now())
	})
}

func suspectSheet(tx *store.Tx, v *act.Viewing, id string, now time.Time) (Sheet, error) {
	r, err := Load(tx, id)
	if err != nil {
		return Sheet{}, err
	}
	s := r.State()
	h, ok := r.handOver(s)
	if !ok || !v.See(r.resource("handover")) {
		return Sheet{}, refusal.NotFound()
	}
	return r.sheet(tx, v, s, h, now)
}

// receiptClock is the clock between the two signatures.
const receiptClock = "prog-handover-receipt"

// alarm reports whether the second signature is overdue: both nodes say so by
// the same clock.
func (h HandOver) alarm(now time.Time) bool {
	return h.Between() && tooLong(h.Given.At, now)
}

// SheetToSign is the sheet that whoever takes a step signs; false for a step
// that is no signature of a hand-over.
func (r Referral) SheetToSign(step string) (Sheet, bool) {
	h, ok := r.handOver(r.State())
	return r.drawn(h), ok && slices.Contains(signatures, step)
}

func (r Referral) drawn(h HandOver) Sheet {
	out := Sheet{ID: r.ID, Number: r.Number, Side: r.Side, Sender: r.Sender, Receiver: r.Receiver, HandOver: h, Handling: r.Handling, Offered: []Offer{}, Resource: r.resource("handover")}
	if h.Protected {
		out.Handling = r.apart().Handling
	}
	return out
}

// appointmentClock names the clock that runs until the appointment, and its span:
// how long before one is told that the hour comes.
const (
	appointmentClock = "appointment"
	appointmentSpan  = 4 * time.Hour
)

// clock is the one that runs on a sheet: the giver's until the appointment, then
// the receiver's until the second signature. None runs on a sheet that is over.
func (r Referral) clock(by access.Actor, h HandOver, now time.Time) *Clock {
	switch {
	case h.waits():
		c := OwedTask{Since: h.At.Add(-appointmentSpan), Due: h.At}.clock(r.Sender.Node, now)
		c.ID, c.Side, c.Yours = appointmentClock, program.Sender, r.Home()
		return &c
	case h.Between():
		rule, ok := program.ClockByID(receiptClock)
		if !ok {
			return nil
		}
		run := rule.Alone(h.Given.At, time.Time{}, now)
		return &Clock{ID: receiptClock, Name: rule.Title, Side: program.Receiver, Node: r.Receiver.Node, Yours: by.Office == h.Office, Started: run.Started, Due: run.Due, HasDue: run.HasDue,
			Left: run.Left, State: run.State, Sure: run.Sure, Source: rule.Source}
	}
	return nil
}

// sheet draws a hand-over up for a reader who may see it.
func (r Referral) sheet(tx *store.Tx, v *act.Viewing, s program.Standing, h HandOver, now time.Time) (Sheet, error) {
	var err error
	if h.Carried, err = carried(tx, v, h.Fact); err != nil {
		return Sheet{}, err
	}
	if err = h.counts(tx, v); err != nil {
		return Sheet{}, err
	}
	out := r.drawn(h)
	out.Alarm, out.Clock = h.alarm(now), r.clock(v.By, h, now)
	for _, step := range r.procedure.Offered(s, r.Side, v.By.Roles) {
		if !slices.Contains(signatures, step.ID) || !v.May(verbOf(step), r.owned(step.Owner, nil)) {
			continue
		}
		if step.ID == "receive" && v.By.Office != h.Office {
			continue
		}
		o, err := r.offer(step, nil, nil) // neither asks what the file says before it is taken
		if err != nil {
			return out, err
		}
		o.Forms = slices.DeleteFunc(o.Forms, func(f Choice) bool { return !h.fulfilledBy(f.ID) })
		out.Offered = append(out.Offered, o)
	}
	return out, nil
}
