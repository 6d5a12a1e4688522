package consular

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Row is a notice in the list, with its clock. What stands behind it the two
// sides see differently: who sent it the case and the receipts, the consulate
// how many tasks wait.
type Row struct {
	Notice
	Clock    Clock              `json:"clock"`
	Case     string             `json:"case,omitempty"`   // where it was sent from
	Number   string             `json:"number,omitempty"` // of the case
	Record   string             `json:"record,omitempty"` // id of the person there
	Delivery *exchange.Delivery `json:"delivery,omitempty"`
	// Recalled is how far the withdrawal has come.
	Recalled *exchange.Delivery `json:"recalled,omitempty"`
	Waiting  int                `json:"waiting"` // tasks of the consulate that are open
}

// Open reports whether the consulate has something to do: to acknowledge it, or
// a task that waits.
func (r Row) Open() bool {
	return r.Withdrawn == nil && (r.Acknowledged == nil || r.Waiting > 0)
}

// Overdue reports whether the clock on it ran out.
func (r Row) Overdue() bool { return r.Clock.State == program.Overdue }

// List gives the notices that the reader may know of: those that wait to be
// acknowledged by the clock that dies first, then the others, the newest first.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Row, error) {
	return act.View(ctx, a, by, purpose, "consular.list", func(tx *store.Tx, v *act.Viewing) ([]Row, error) {
		own, args := access.Narrow(by, typeNotice, "n.id", 1)
		held, more := access.Narrow(by, "case", "a.case_id", 1+len(args))
		all, err := store.Docs[Notice](tx, `SELECT n.doc FROM consular_notice n LEFT JOIN consular_ask a ON a.notice = n.id
			WHERE n.sent > 0 AND (`+own+` OR `+held+`) ORDER BY n.sent DESC, n.id`, append(args, more...)...)
		if err != nil {
			return nil, fmt.Errorf("consular notices: %w", err)
		}
		out := []Row{}
		for _, n := range all {
			row, ok, err := n.row(tx, v, a.Now())
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, row)
			}
		}
		slices.SortStableFunc(out, func(x, y Row) int {
			return cmp.Or(later(x).Compare(later(y)), y.Sent.At.Compare(x.Sent.At))
		})
		return out, nil
	})
}

// later sorts what waits by its clock, before everything that does not.
func later(r Row) time.Time {
	if r.Clock.Ended.IsZero() {
		return r.Clock.Due
	}
	return time.Unix(1<<40, 0)
}

// row is a notice that the reader may see.
func (n Notice) row(tx *store.Tx, v *act.Viewing, now time.Time) (out Row, seen bool, err error) {
	out = Row{Notice: n, Clock: n.Clock(now)}
	res, err := n.resource(tx, typeNotice)
	if err != nil || !v.See(res) {
		return out, false, err
	}
	if n.To.Node == v.By.Node {
		f, err := fileOf(tx, n.ID)
		for _, t := range f.Needs {
			if t.Met == nil {
				out.Waiting++
			}
		}
		return out, true, err
	}
	if out.Delivery, err = receipts(tx, n.Sent); err != nil {
		return out, false, err
	}
	if out.Recalled, err = receipts(tx, n.Withdrawn); err != nil {
		return out, false, err
	}
	a, err := askOf(tx, n.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return out, true, nil
	}
	if err != nil {
		return out, false, fmt.Errorf("whose notice it is: %w", err)
	}
	c, err := casefile.Load(tx, a.Case)
	out.Case, out.Number, out.Record = c.ID, c.Number, a.Person
	return out, err == nil, err
}

func receipts(tx *store.Tx, m *Mark) (*exchange.Delivery, error) {
	if m == nil {
		return nil, nil
	}
	d, ok, err := exchange.Receipts(tx, m.Fact)
	if err != nil || !ok {
		return nil, err
	}
	return &d, nil
}

// VisitView, TaskView and NoteView are what the consulate wrote, opened.
type (
	VisitView struct {
		Visit
		Written *Written `json:"written,omitempty"`
	}
	TaskView struct {
		Task
		Written *Written `json:"written,omitempty"`
	}
	NoteView struct {
		Mark
		Written *Written `json:"written,omitempty"`
	}
	// RequestView is a request to open a child's identity that waits for a second person.
	RequestView struct {
		Showing
		Reason string `json:"reason,omitempty"`
	}
)

// Shown is one notice. What the consulate keeps is there for its own officials
// alone, and so is whom to call.
type Shown struct {
	Row
	Reach    *Reach        `json:"reach,omitempty"` // nil while its key is on its way, and once it was taken back
	Keeps    bool          `json:"keeps"`           // the reader is of the consulate: what follows is theirs
	Until    time.Time     `json:"until,omitzero"`  // until when the identity is open to the reader
	Visits   []VisitView   `json:"visits,omitempty"`
	Needs    []TaskView    `json:"needs,omitempty"`
	Notes    []NoteView    `json:"notes,omitempty"`
	Requests []RequestView `json:"requests,omitempty"`
	Showings []Showing     `json:"showings,omitempty"`
}

// Show gives one notice.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (Shown, error) {
	return act.View(ctx, a, by, purpose, "consular.show", func(tx *store.Tx, v *act.Viewing) (Shown, error) {
		n, err := Load(tx, id)
		if err != nil {
			return Shown{}, err
		}
		row, ok, err := n.row(tx, v, a.Now())
		if err != nil {
			return Shown{}, err
		}
		if !ok {
			return Shown{}, refusal.NotFound()
		}
		out := Shown{Row: row}
		res, err := n.resource(tx, typeFile)
		if err != nil || n.To.Node != a.Node || !v.See(res) {
			return out, err
		}
		out.Keeps = true
		return out, out.fill(tx, v, a.Now())
	})
}

// fill opens what the consulate keeps.
func (s *Shown) fill(tx *store.Tx, v *act.Viewing, now time.Time) error {
	var reach Reach
	known, err := v.OpenPart(tx, s.Sent.Fact, partReach, &reach)
	if err != nil {
		return err
	}
	if known {
		s.Reach = &reach
	}
	f, err := fileOf(tx, s.ID)
	if err != nil {
		return err
	}
	if s.Withdrawn == nil {
		s.Until = f.opened(v.By.User, now)
	}
	words := func(fact string) (*Written, error) {
		var w Written
		known, err := v.OpenPart(tx, fact, partWords, &w)
		if !known {
			return nil, err
		}
		return &w, err
	}
	for _, x := range f.Visits {
		w, err := words(x.Fact)
		if err != nil {
			return err
		}
		s.Visits = append(s.Visits, VisitView{x, w})
	}
	for _, x := range f.Needs {
		w, err := words(x.Fact)
		if err != nil {
			return err
		}
		s.Needs = append(s.Needs, TaskView{x, w})
	}
	for _, x := range f.Notes {
		w, err := words(x.Fact)
		if err != nil {
			return err
		}
		s.Notes = append(s.Notes, NoteView{x, w})
	}
	return s.showings(tx, v, f, now)
}

// showings are who saw the identity, and which requests wait for a second person.
func (s *Shown) showings(tx *store.Tx, v *act.Viewing, f file, now time.Time) error {
	for _, x := range f.Shown {
		if !x.Until.IsZero() {
			s.Showings = append(s.Showings, x)
			continue
		}
		if now.After(x.At.Add(protection.RevealWaits)) || s.Withdrawn != nil {
			continue
		}
		r := RequestView{Showing: x}
		if _, err := v.OpenPart(tx, x.Fact, partReason, &r.Reason); err != nil {
			return err
		}
		s.Requests = append(s.Requests, r)
	}
	return nil
}

// State is where a person of a case stands with the consulate, for the protection
// desk alone: that somebody asks is an answer of the screening.
type State struct {
	Person string `json:"person"`
	Plant  string `json:"plant"`
	// Asks is the newest screening's answer, FearAsked that the question was put.
	Asks      bool      `json:"asks"`
	FearAsked bool      `json:"fear_asked"`
	Screened  time.Time `json:"screened,omitzero"`
	Advised   *Mark     `json:"advised,omitempty"`
	Advice    *Advice   `json:"advice,omitempty"`
	Keeps     string    `json:"refused,omitempty"` // code of what keeps a notice from going; empty if it may
	Notice    *Row      `json:"notice,omitempty"`
	Outside   *Telling  `json:"outside,omitempty"`
	ToldAt    *Mark     `json:"told_at,omitempty"` // of Outside
}

// Of gives where the people of a case stand with their consulates; nothing to
// whom the protection desk is closed.
func Of(ctx context.Context, a *act.Acts, by access.Actor, purpose, caseID string) ([]State, error) {
	return act.View(ctx, a, by, purpose, "consular.of_case", func(tx *store.Tx, v *act.Viewing) ([]State, error) {
		c, err := casefile.Load(tx, caseID)
		if err != nil {
			return nil, err
		}
		if err := v.Must(casefile.Resource(c)); err != nil {
			return nil, err
		}
		out := []State{}
		if !v.See(desk(c)) || !v.May("read.screening", access.Resource{Type: "screening", Offices: c.Members, Case: c.ID}) {
			return out, nil
		}
		people, err := casefile.People(tx, c.ID)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			if p.Gone() || p.Class == casefile.Official {
				continue
			}
			s, err := state(tx, v, p, a.Now())
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
		return out, nil
	})
}

func state(tx *store.Tx, v *act.Viewing, p casefile.Person, now time.Time) (State, error) {
	out := State{Person: p.ID, Plant: p.Plant}
	said, err := protection.AnswerOfConsulate(tx, v.Ring, p.Case, p.ID)
	if err != nil {
		return out, err
	}
	out.Asks, out.FearAsked, out.Screened = said.Asks, said.FearAsked, said.At
	a, err := asked(tx, p.Case, p.ID)
	if err != nil {
		return out, err
	}
	advice, err := a.advice(tx, v.Ring)
	if err != nil {
		return out, err
	}
	if out.Advised = a.Advised; advice.Wish != "" {
		out.Advice = &advice
	}
	if r, ok := refusal.As(refuses(a, said, advice)); ok {
		out.Keeps = r.Code
	}
	if a.Outside != nil {
		var t Telling
		if err := open(tx, v.Ring, a.Outside.Fact, partTelling, &t); err != nil {
			return out, err
		}
		out.Outside, out.ToldAt = &t, a.Outside
	}
	n, known, err := a.notice(tx)
	if err != nil || !known {
		return out, err
	}
	row, ok, err := n.row(tx, v, now)
	if ok {
		out.Notice = &row
	}
	return out, err
}
