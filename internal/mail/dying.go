package mail

import (
	"context"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

const (
	// dyingWithin is how long before it runs out a clock is written about.
	dyingWithin = 24 * time.Hour
	// noticeWithin is the same of a notice, whose whole clock is a day.
	noticeWithin = 6 * time.Hour
	// longAgo is how old something may be that is written about for the first
	// time, as after somebody chose to be written to.
	longAgo = keptFor
)

// dying is a letter that time alone asks for.
type dying struct {
	user, once string
	about      about
}

// LookAtClocks queues letters about clocks that are about to run out, notices that
// no consulate acknowledges and tasks that are overdue, about each run of a clock
// once. It reads beside the writer, and writes only where there is one.
func LookAtClocks(ctx context.Context, a *act.Acts, country string) error {
	d := desk{a, country}
	var all []dying
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		all = nil
		for _, look := range []struct {
			event string
			of    func(*store.Tx, access.Actor) ([]dying, error)
		}{{EventClock, d.dying}, {EventClock, d.unanswered}, {EventTask, d.tasks}} {
			err := d.each(tx, look.event, func(by access.Actor) error {
				mine, err := look.of(tx, by)
				if err == nil {
					mine, err = unsaid(tx, mine)
				}
				all = append(all, mine...)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		return err
	}
	seed := journal.NewSeed(a.Now())
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		draw := seed.Draw(nil)
		for _, l := range all {
			if err := put(tx, draw, l.user, l.once, l.about); err != nil {
				return err
			}
		}
		return nil
	})
}

// unsaid leaves out what a letter was queued about.
func unsaid(tx *store.Tx, all []dying) (out []dying, err error) {
	for _, l := range all {
		var known bool
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM mail WHERE user_id = $1 AND once = $2)`, l.user, l.once).Scan(&known); err != nil {
			return nil, err
		}
		if !known {
			out = append(out, l)
		}
	}
	return out, nil
}

// run names one run of a clock, or of a term, about which one letter goes.
func run(object, clock string, from time.Time) string {
	return object + "/" + clock + "/" + from.UTC().Format(time.RFC3339Nano)
}

// sees reports whether somebody may see a thing for one of the purposes.
func (d desk) sees(by access.Actor, r access.Resource, purposes ...string) bool {
	for _, p := range purposes {
		if d.acts.Policies.Decide(by, access.See, p, r).Allowed {
			return true
		}
	}
	return false
}

// dying are somebody's clocks in referrals.
func (d desk) dying(tx *store.Tx, by access.Actor) (out []dying, err error) {
	clocks, err := referral.DyingOf(tx, by, d.acts.Now(), dyingWithin)
	if err != nil {
		return nil, err
	}
	for _, c := range clocks {
		if d.sees(by, referral.Resource(c.Referral), wire.PurposeProsecution) {
			out = append(out, dying{by.User, run(c.Referral.ID, c.Clock, c.Started), about{Event: EventClock, Type: "referral", Object: c.Referral.ID, Case: c.Referral.Case}})
		}
	}
	return out, nil
}

// unanswered are the notices of somebody's consulate that it is to acknowledge
// soon, and of somebody's desk those that no consulate acknowledged in time.
func (d desk) unanswered(tx *store.Tx, by access.Actor) (out []dying, err error) {
	now := d.acts.Now()
	all, err := consular.Unanswered(tx, now.Add(-longAgo), now, noticeWithin)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		if n.To.Node != d.acts.Node && n.Clock(now).State != program.Overdue {
			continue
		}
		r, err := n.Resource(tx)
		if err != nil {
			return nil, err
		}
		if d.sees(by, r, wire.PurposeProtection) {
			out = append(out, dying{by.User, run(n.ID, "notice", n.Sent.At), about{Event: EventClock, Type: "notice", Object: n.ID, Case: r.Case}})
		}
	}
	return out, nil
}

// tasks are those of somebody's office that were due and have not ended.
func (d desk) tasks(tx *store.Tx, by access.Actor) (out []dying, err error) {
	now := d.acts.Now()
	all, offices, err := casefile.TasksOverdue(tx, now.Add(-longAgo), now)
	if err != nil {
		return nil, err
	}
	for i, t := range all {
		if offices[i] != by.Office {
			continue
		}
		c, err := casefile.Load(tx, t.Case)
		if refusal.Is(err, "access.not_found") {
			continue
		}
		if err != nil {
			return nil, err
		}
		var due casefile.Task
		if err := t.Decode(&due); err != nil {
			return nil, err
		}
		if d.sees(by, casefile.Resource(c), wire.PurposeProsecution, wire.PurposeProtection) {
			out = append(out, dying{by.User, run(t.ID, "due", due.Moment()), about{Event: EventTask, Type: "task", Object: t.Case, Case: t.Case}})
		}
	}
	return out, nil
}
