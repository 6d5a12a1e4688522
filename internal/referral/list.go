package referral

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Row is one referral in a list.
type Row struct {
	ID        string             `json:"id"`
	Number    string             `json:"number"`
	Side      program.Side       `json:"side"` // of this node
	Case      string             `json:"case"` // the sender's
	OwnCase   string             `json:"own_case,omitempty"`
	Sender    wire.Address       `json:"sender"`
	Receiver  wire.Address       `json:"receiver"`
	Procedure string             `json:"procedure"`
	State     string             `json:"state"`
	StateName program.Text       `json:"state_name"`
	Ends      bool               `json:"ends"` // nothing more is awaited
	Since     time.Time          `json:"since"`
	Owes      *Owes              `json:"owes,omitempty"`
	Notice    *packet.Notice     `json:"notice,omitempty"` // what was sent
	Opened    time.Time          `json:"opened"`
	Seen      *Signature         `json:"seen,omitempty"` // the receipt "opened"
	File      string             `json:"file,omitempty"`
	Clock     *Clock             `json:"clock,omitempty"` // the one that dies first
	Warnings  []string           `json:"warnings,omitempty"`
	Delivery  *exchange.Delivery `json:"delivery,omitempty"` // of the latest sending
	Handling  string             `json:"handling"`
	// Withdrawal is what became of this side's withdrawal: until it is recorded
	// there, the referral is not yet stopped there.
	Withdrawal *exchange.Delivery `json:"withdrawal,omitempty"`
}

// Owes is who must act next, and since when: silence is visible.
type Owes struct {
	Side  program.Side `json:"side"`
	Node  string       `json:"node"`
	Roles []string     `json:"roles"`
	Since time.Time    `json:"since"`
	Yours bool         `json:"yours"` // this side's, and a role that the reader holds
}

// Clock is a running or ended clock, as it is shown.
type Clock struct {
	ID        string             `json:"id"`
	Name      program.Text       `json:"name"`
	Side      program.Side       `json:"side"`
	Node      string             `json:"node"`
	Yours     bool               `json:"yours"`
	Started   time.Time          `json:"started"`
	Due       time.Time          `json:"due,omitzero"`
	HasDue    bool               `json:"has_due"`
	Left      time.Duration      `json:"left"` // nanoseconds; negative once overdue
	State     program.ClockState `json:"state"`
	Reason    string             `json:"reason,omitempty"`
	Ended     time.Time          `json:"ended,omitzero"`
	Sure      bool               `json:"verified"` // source and calendar were read
	Source    program.Text       `json:"source"`
	Escalates []string           `json:"escalates_to,omitempty"`
	Pausable  bool               `json:"pausable"`
}

// Ended reports whether the clock no longer runs.
func (c Clock) Over() bool { return !c.Ended.IsZero() }

// Before reports whether the clock dies before another: one that is paused does
// not run towards its end.
func (c Clock) Before(other Clock) bool {
	if paused := c.State == program.Paused; paused != (other.State == program.Paused) {
		return !paused
	}
	return c.Due.Before(other.Due)
}

// Filter narrows a list.
type Filter struct {
	Case  string       // of one case
	Side  program.Side // of one side; both when empty
	Open  bool         // only those that await something
	Limit int          // at most so many; 200 when 0
}

const defaultLimit = 200

// List gives the referrals that the reader may see, newest first.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose string, f Filter) ([]Row, error) {
	return act.View(ctx, a, by, purpose, "referral.list", func(tx *store.Tx, v *act.Viewing) ([]Row, error) {
		known, err := knownTo(tx, by, f)
		if err != nil {
			return nil, err
		}
		out := []Row{}
		for _, r := range known {
			row, ok, err := r.row(tx, v, a.Now(), f)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, row)
			}
		}
		return out, nil
	})
}

// row is the referral in a list, if the reader may see it and it is asked for.
func (r Referral) row(tx *store.Tx, v *act.Viewing, now time.Time, f Filter) (Row, bool, error) {
	s := r.State()
	main, _ := r.procedure.StateOf(program.MainTrack, s.Main)
	if f.Open && main.Ends || f.Side != "" && f.Side != r.Side || !v.See(Resource(r)) {
		return Row{}, false, nil
	}
	row, err := r.summary(tx, v.By, s, now)
	return row, err == nil, err
}

// knownTo narrows to what the reader's office could know: referrals that it is
// a member of, and those of cases that it is a member of.
func knownTo(tx *store.Tx, by access.Actor, f Filter) ([]Referral, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	own, ownArgs := access.Narrow(by, typeReferral, "r.id", 1)
	cases, caseArgs := access.Narrow(by, "case", "r.case_id", 1+len(ownArgs))
	args := slices.Concat(ownArgs, caseArgs)
	query := `SELECT r.doc FROM referral r WHERE (` + own + ` OR ` + cases + `)`
	if f.Case != "" {
		args = append(args, f.Case)
		query += fmt.Sprintf(` AND r.case_id = $%d`, len(args))
	}
	args = append(args, limit)
	return several(tx, query+fmt.Sprintf(` ORDER BY r.opened DESC, r.id DESC LIMIT $%d`, len(args)), args...)
}

// summary is the row of a referral in a standing.
func (r Referral) summary(tx *store.Tx, by access.Actor, s program.Standing, now time.Time) (Row, error) {
	main, _ := r.procedure.StateOf(program.MainTrack, s.Main)
	row := Row{ID: r.ID, Number: r.Number, Side: r.Side, Case: r.Case, OwnCase: r.OwnCase, Sender: r.Sender, Receiver: r.Receiver, Procedure: r.Procedure,
		State: s.Main, StateName: main.Title, Ends: main.Ends, Since: s.Since, Opened: r.Opened, Seen: r.Seen, File: r.File, Warnings: s.Warnings, Handling: r.Handling}
	if w, ok := s.Waiting(); ok {
		row.Owes = &Owes{Side: w.Side, Node: r.nodeOf(w.Side), Roles: w.Roles, Since: w.Since, Yours: r.yours(by, w.Side, w.Roles)}
		if row.Owes.Since.IsZero() {
			row.Owes.Since = r.Opened
		}
	}
	clocks, err := r.clocks(tx, by, s, now)
	if err != nil {
		return row, err
	}
	row.Clock = dies(clocks)
	if fact, withdrawn := r.ownWithdrawal(s); withdrawn {
		d, released, err := exchange.Receipts(tx, fact)
		if err != nil {
			return row, err
		}
		if released {
			row.Withdrawal = &d
		}
	}
	return row, r.sending(tx, &row)
}

// sending adds what became of the latest sending.
func (r Referral) sending(tx *store.Tx, row *Row) error {
	notice, message, err := packet.LastSent(tx, r.Packet)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("latest sending: %w", err)
	}
	row.Notice = &notice
	d, released, err := exchange.Receipts(tx, message)
	if released && err == nil {
		row.Delivery = &d
	}
	return err
}

func (r Referral) nodeOf(side program.Side) string {
	if side == program.Sender {
		return r.Sender.Node
	}
	return r.Receiver.Node
}

func (r Referral) yours(by access.Actor, side program.Side, roles []string) bool {
	return (side == r.Side || side == program.Either) && program.Owner{Roles: roles}.Admits(by.Roles)
}

// clocks are the referral's clocks as the reader sees them.
func (r Referral) clocks(tx *store.Tx, by access.Actor, s program.Standing, now time.Time) ([]Clock, error) {
	running, err := r.Clocks(tx, s, now)
	if err != nil {
		return nil, err
	}
	return r.asClocks(by, running), nil
}

// dies is of the clocks that run towards an end the one that dies first; nil if
// none does.
func dies(clocks []Clock) (first *Clock) {
	for i := range clocks {
		if c := clocks[i]; !c.Over() && c.HasDue && (first == nil || c.Before(*first)) {
			first = &clocks[i]
		}
	}
	return first
}

// asClocks are clocks as a reader sees them.
func (r Referral) asClocks(by access.Actor, running []program.Running) []Clock {
	out := make([]Clock, 0, len(running))
	for _, c := range running {
		out = append(out, Clock{ID: c.Clock.ID, Name: c.Clock.Title, Side: c.Side, Node: r.nodeOf(c.Side), Yours: r.yours(by, c.Side, c.Roles),
			Started: c.Started, Due: c.Due, HasDue: c.HasDue, Left: c.Left, State: c.State, Reason: c.Reason, Ended: c.Ended, Sure: c.Sure,
			Source: c.Clock.Source, Escalates: c.Escalates, Pausable: c.Pausable})
	}
	return out
}

// Rate is how often a side asks: information requests on referrals it signed
// for, within the days before now. Each side sees the other's.
type Rate struct {
	Node     string `json:"node"`
	Requests int    `json:"requests"`
	Studied  int    `json:"studied"` // referrals signed for analysis
}

// RateWindow is the time that rates are counted over.
const RateWindow = 90 * 24 * time.Hour

// RequestRates counts the requests of each side over the last 90 days, over
// the referrals that the reader may see.
func RequestRates(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Rate, error) {
	return act.View(ctx, a, by, purpose, "referral.rates", func(tx *store.Tx, v *act.Viewing) ([]Rate, error) {
		known, err := knownTo(tx, by, Filter{Limit: 10_000})
		if err != nil {
			return nil, err
		}
		counts := map[string]*Rate{}
		for _, r := range known {
			if v.See(Resource(r)) {
				r.count(counts, a.Now().Add(-RateWindow))
			}
		}
		out := []Rate{}
		for _, c := range counts {
			out = append(out, *c)
		}
		slices.SortFunc(out, func(x, y Rate) int { return slices.Compare([]string{x.Node}, []string{y.Node}) })
		return out, nil
	})
}

func (r Referral) count(counts map[string]*Rate, since time.Time) {
	for _, a := range r.Acts {
		if a.Side != program.Receiver || a.Refused != "" || a.At.Before(since) {
			continue
		}
		c := counts[r.Receiver.Node]
		if c == nil {
			c = &Rate{Node: r.Receiver.Node}
			counts[r.Receiver.Node] = c
		}
		switch a.Step {
		case "request_information":
			c.Requests++
		case stepAnalysis:
			c.Studied++
		}
	}
}

// longestDraft is how long before its sending a referral may have been drafted to
// be counted in the year of its sending.
const longestDraft = 2 // years

// SentIn lists the referrals of a corridor that were sent in a year (UTC), in
// whatever direction, for figures: nobody is shown one of them.
func SentIn(tx *store.Tx, corridor string, year int) ([]Referral, error) {
	first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	span := []any{store.Micros(first.AddDate(-longestDraft, 0, 0)), store.Micros(first.AddDate(1, 0, 0))}
	all, err := store.Docs[Referral](tx, `SELECT doc FROM referral WHERE opened >= $1 AND opened < $2 ORDER BY opened, id`, span...)
	if err != nil {
		return nil, fmt.Errorf("referrals of a year: %w", err)
	}
	histories := map[string]string{}
	err = store.Each(tx, func(rows *sql.Rows) error {
		var id, acts string
		err := rows.Scan(&id, &acts)
		histories[id] = acts
		return err
	}, `SELECT referral, string_agg(doc, ',' ORDER BY seq, fact) FROM referral_act WHERE referral IN (SELECT id FROM referral WHERE opened >= $1 AND opened < $2) GROUP BY referral`, span...)
	if err != nil {
		return nil, fmt.Errorf("histories of a year: %w", err)
	}
	out := all[:0]
	for _, r := range all {
		if r.Corridor != corridor {
			continue
		}
		if r.procedure, err = r.pinned(); err != nil {
			return nil, err
		}
		if r.Acts, err = recent.read(r.ID, histories[r.ID]); err != nil {
			return nil, err
		}
		if sent, ok := r.State().Last("send"); ok && sent.At.UTC().Year() == year {
			out = append(out, r)
		}
	}
	return out, nil
}
