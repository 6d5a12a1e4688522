package referral

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
)

// stand is what counts along the border need of a referral beside its place in the
// queue. It depends on the history alone: what time makes of it is asked when it
// is counted.
type stand struct {
	silent   time.Time // when the other side's clock runs out; zero where none burns
	answered time.Time
	took     time.Duration
	inTime   bool
	hour     time.Time // of the suspect's hand-over, unless called off or missed
	given    bool
	crossing string // at which the suspect was handed over with both signatures
}

// standOf derives it from a standing and the clocks that its acts started.
func (r Referral) standOf(s program.Standing, running []program.Running) (x stand) {
	if c := dies(r.asClocks(access.Actor{}, running)); c != nil && c.Side != r.Side && c.State != program.Paused && c.State != program.CannotBe {
		if owed, waits := s.Waiting(); waits && owed.Side != r.Side {
			x.silent = c.Due
		}
	}
	x.answer(s, running)
	for _, h := range r.handOvers(s) {
		x.hour, x.given = time.Time{}, h.Given != nil
		if h.Cancelled.IsZero() && h.Missed.IsZero() {
			x.hour = h.At
		}
		if h.Received != nil && !h.Protected {
			x.crossing = h.Crossing
		}
	}
	return x
}

// answer is the latest acceptance or its refusal, counted from the sending before
// it. It was in time if the receiving side missed none of its clocks on the way.
func (x *stand) answer(s program.Standing, running []program.Running) {
	var sent, answer program.Applied
	for _, a := range s.Taken {
		switch {
		case a.Overtaken:
		case a.Step == "send" || a.Step == "resend":
			sent = a
		case (a.Step == "accept" || a.Step == "decline") && !sent.At.IsZero():
			answer = a
			x.took = max(0, a.At.Sub(sent.At))
		}
	}
	if x.answered = answer.At; x.answered.IsZero() {
		return
	}
	from := x.answered.Add(-x.took)
	x.inTime = !slices.ContainsFunc(running, func(c program.Running) bool {
		return c.Side == program.Receiver && c.State == program.MetLate && !c.Started.Before(from) && !c.Ended.After(x.answered)
	})
}

// Stand is where a referral stands, as far as it is counted along the border. It
// is read off the index: whoever counts reads no history.
type Stand struct {
	Corridor string
	// Of the referral, where the reader may see it:
	Known    bool
	Open     bool          // something is awaited
	Silent   time.Time     // when the other side's clock ran out; zero where it did not
	Answered time.Time     // zero where it was not answered
	Took     time.Duration // from the sending to the answer
	InTime   bool
	// Of the suspect's hand-over, where the reader may know of it:
	Meets    bool
	Hour     time.Time
	Given    bool
	Crossing string // at which both signed; where protected people cross is told to nobody here
}

// Stands are where the referrals stand that the reader may see: those that are
// open, were answered within the time that rates are counted over, or came to a
// hand-over. Each is decided as the inbox decides it, and its hand-over as the
// list of hand-overs does.
func Stands(tx *store.Tx, v *act.Viewing, now time.Time) (out []Stand, err error) {
	own, ownArgs := access.Narrow(v.By, typeReferral, "q.referral", 1)
	cases, caseArgs := access.Narrow(v.By, "case", "q.case_id", 1+len(ownArgs))
	args := slices.Concat(ownArgs, caseArgs)
	args = append(args, store.Micros(now.Add(-RateWindow)))
	type row struct {
		r      Referral
		s      Stand
		silent int64
	}
	var rows []row
	err = store.Each(tx, func(x *sql.Rows) error {
		var c row
		var open, inTime, given, answered, took, hour int64
		var offices string
		err := x.Scan(&c.r.ID, &c.r.Case, &c.r.Handling, &offices, &c.s.Corridor, &open, &c.silent, &answered, &took, &inTime, &hour, &given, &c.s.Crossing)
		c.r.Members = access.OfficesIn(offices)
		c.s.Open, c.s.InTime, c.s.Given = open == 1, inTime == 1, given == 1
		c.s.Answered, c.s.Took, c.s.Hour = store.Time(answered), time.Duration(took)*time.Microsecond, store.Time(hour)
		rows = append(rows, c)
		return err
	}, fmt.Sprintf(`SELECT q.referral, q.case_id, q.handling, %s, q.corridor, 1 - q.ends, q.silent, q.answered, q.took, q.in_time, q.hour, q.given, q.crossing
		FROM referral_queue q WHERE (q.ends = 0 OR q.answered > $%d OR q.hour > 0) AND (%s OR %s)`,
		access.OfficesOf(access.Tie{Type: typeReferral, Column: "q.referral"}, access.Tie{Type: "case", Column: "q.case_id"}), len(args), own, cases), args...)
	if err != nil {
		return nil, fmt.Errorf("referrals along the border: %w", err)
	}
	for _, c := range rows {
		c.s.Known = v.See(Resource(c.r))
		c.s.Meets = !c.s.Hour.IsZero() && v.See(c.r.resource("handover"))
		if c.silent > 0 && c.silent < store.Micros(now) {
			c.s.Silent = store.Time(c.silent)
		}
		if c.s.Known || c.s.Meets {
			out = append(out, c.s)
		}
	}
	return out, nil
}
