package mail

import (
	"errors"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/retention"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// desk queues letters for the people of one node.
type desk struct {
	acts    *act.Acts
	country string
}

// React has letters queued by what happens from now on. It belongs to a node
// that runs: a replay writes to nobody.
func React(a *act.Acts, country string) {
	d := desk{a, country}
	journal.React(a.Kinds, func(tx *store.Tx, draw *journal.Draw, e journal.Entry, f alert.Raised) ([]journal.Fact, error) {
		return nil, d.raised(tx, draw, e, f.ID)
	})
	came[referral.Sent](d, EventReferral)
	came[referral.AnalysisSigned](d, EventAnswer)
	came[referral.InformationRequested](d, EventAnswer)
	came[referral.InformationSupplied](d, EventAnswer)
	came[referral.Accepted](d, EventAnswer)
	came[referral.Declined](d, EventAnswer)
	came[referral.FileRegistered](d, EventAnswer)
	came[referral.Disposed](d, EventAnswer)
	came[referral.SignedStep](d, EventAnswer)
	came[referral.Withdrawn](d, EventAnswer)
	noticed(d, func(f consular.Notified) string { return f.ID })
	noticed(d, func(f consular.Acknowledged) string { return f.Notice })
	noticed(d, func(f consular.FamilyTold) string { return f.Notice })
	noticed(d, func(f consular.Withdrawn) string { return f.Notice })
	d.approvals()
}

// approvals are what waits for somebody's yes or no, with the command by which
// they give it: whom it waits for is asked of its own rule.
func (d desk) approvals() {
	asks(d, func(_ journal.Entry, f directory.Proposed) (act.Command, about, string) {
		return &directory.Approve{Proposal: f.Proposal.ID}, about{Type: "proposal", Object: f.Proposal.ID}, wire.PurposeAdministration
	})
	asks(d, func(_ journal.Entry, f accord.Proposed) (act.Command, about, string) {
		return &accord.Sign{Accord: f.ID}, about{Type: "accord", Object: f.ID}, wire.PurposeOversight
	})
	asks(d, func(e journal.Entry, f referral.Taken) (act.Command, about, string) {
		if !f.Freezes() {
			return nil, about{}, ""
		}
		return &referral.Approve{Referral: e.Referral}, about{Type: "referral", Object: e.Referral, Case: e.Case}, wire.PurposeProsecution
	})
	asks(d, func(e journal.Entry, f protection.RevealAsked) (act.Command, about, string) {
		return &protection.ApproveReveal{Request: f.ID}, about{Type: "reveal", Object: f.ID, Case: e.Case}, wire.PurposeProtection
	})
	asks(d, func(_ journal.Entry, f consular.RevealAsked) (act.Command, about, string) {
		return &consular.ApproveReveal{Notice: f.Notice, Request: f.ID}, about{Type: "notice", Object: f.Notice}, wire.PurposeProtection
	})
	asks(d, func(e journal.Entry, f casefile.ForgetOrdered) (act.Command, about, string) {
		return &casefile.ConfirmExpunge{Order: f.ID}, about{Type: "case", Object: e.Case, Case: e.Case}, wire.PurposeOversight
	})
	asks(d, func(e journal.Entry, f retention.Ordered) (act.Command, about, string) {
		return &retention.ConfirmErase{Order: f.ID}, about{Type: f.What, Object: f.Object, Case: e.Case}, wire.PurposeOversight
	})
}

// pointer constrains PF to be the pointer to a fact's struct.
type pointer[F any] interface {
	*F
	journal.Fact
}

// came queues letters about an act of the other side in a referral.
func came[F any, PF pointer[F]](d desk, event string) {
	journal.React[F, PF](d.acts.Kinds, func(tx *store.Tx, draw *journal.Draw, e journal.Entry, _ F) ([]journal.Fact, error) {
		if e.Node == d.acts.Node {
			return nil, nil
		}
		some, err := anybody(tx)
		if err != nil || !some {
			return nil, err
		}
		r, err := referral.Load(tx, e.Referral)
		if refusal.Is(err, "access.not_found") {
			return nil, nil // a withdrawal came before what it withdraws
		}
		if err != nil {
			return nil, err
		}
		a := about{Event: event, Type: "referral", Object: r.ID, Case: e.Case}
		return nil, d.tell(tx, draw, e, a, referral.Resource(r), wire.PurposeProsecution, wire.PurposeProtection)
	})
}

// noticed queues letters about what the other side did with a consular notice: to
// its consulate, or to who told the consulate.
func noticed[F any, PF pointer[F]](d desk, of func(F) string) {
	journal.React[F, PF](d.acts.Kinds, func(tx *store.Tx, draw *journal.Draw, e journal.Entry, f F) ([]journal.Fact, error) {
		if e.Node == d.acts.Node {
			return nil, nil
		}
		some, err := anybody(tx)
		if err != nil || !some {
			return nil, err
		}
		n, err := consular.Load(tx, of(f))
		if refusal.Is(err, "access.not_found") {
			return nil, nil // taken back before it came
		}
		if err != nil {
			return nil, err
		}
		r, err := n.Resource(tx)
		if err != nil {
			return nil, err
		}
		return nil, d.tell(tx, draw, e, about{Event: EventConsular, Type: "notice", Object: n.ID, Case: r.Case}, r, wire.PurposeProtection)
	})
}

func (d desk) raised(tx *store.Tx, draw *journal.Draw, e journal.Entry, id string) error {
	some, err := anybody(tx)
	if err != nil || !some {
		return err
	}
	a, err := alert.Load(tx, id)
	if err != nil {
		return err
	}
	r, err := a.Resource(tx)
	if err != nil {
		return err
	}
	return d.tell(tx, draw, e, about{Event: EventAlert, Type: "alert", Object: id}, r, wire.PurposeLifeAtRisk)
}

// asks queues letters about what waits for somebody's yes or no; no command
// where a fact makes nothing wait.
func asks[F any, PF pointer[F]](d desk, of func(journal.Entry, F) (act.Command, about, string)) {
	journal.React[F, PF](d.acts.Kinds, func(tx *store.Tx, draw *journal.Draw, e journal.Entry, f F) ([]journal.Fact, error) {
		cmd, a, purpose := of(e, f)
		if cmd == nil {
			return nil, nil
		}
		a.Event = EventApproval
		return nil, d.each(tx, EventApproval, func(by access.Actor) error {
			_, no, err := d.acts.Would(tx, by, purpose, cmd)
			if err != nil || no != "" {
				return err
			}
			return put(tx, draw, by.User, e.ID, a)
		})
	})
}

// tell queues a letter for everybody who wants one and may see what it is about,
// for one of the purposes; not whoever did it.
func (d desk) tell(tx *store.Tx, draw *journal.Draw, e journal.Entry, a about, r access.Resource, purposes ...string) error {
	return d.each(tx, a.Event, func(by access.Actor) error {
		sees := func(purpose string) bool { return d.acts.Policies.Decide(by, access.See, purpose, r).Allowed }
		if e.By != nil && e.By.ID == by.User || !slices.ContainsFunc(purposes, sees) {
			return nil
		}
		return put(tx, draw, by.User, e.ID, a)
	})
}

// anybody reports whether somebody wants letters at all.
func anybody(tx *store.Tx) (some bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM mail_choice)`).Scan(&some)
	return some, err
}

// each calls f with everybody who wants letters about an event and can act now.
func (d desk) each(tx *store.Tx, event string, f func(access.Actor) error) error {
	all, err := store.Docs[Choice](tx, `SELECT doc FROM mail_choice ORDER BY user_id`)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !slices.Contains(c.Events, event) {
			continue
		}
		by, err := access.ActorOf(tx, c.User, d.acts.Node, d.country, d.acts.Now())
		if errors.Is(err, access.ErrUnusable) || errors.Is(err, access.ErrNoUser) {
			continue
		}
		if err == nil {
			err = f(by)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
