package referral

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A person who was given and whom nobody has received raises an alarm on each
// node by itself: at home because the receipt does not come, there because it is
// theirs to sign. Each side's alarm goes to more roles, one every length of the
// clock, until somebody of that side answers it; what the other side answers is
// shown and silences nobody (DESIGN §8: corruption at exactly this point is on
// record). An answer holds for one length of the clock. Only the second signature
// ends the alarm.

// typeAlarm is what access and membership know the alarm of a hand-over by. It is
// apart from the referral: whoever is told of it learns nothing else.
const typeAlarm = "between"

// Alarm is what became of a person between two signatures, as one node has it.
type Alarm struct {
	ID       string         `json:"id"` // of the fact of the first signature
	Referral string         `json:"referral"`
	Raised   []Raising      `json:"raised"`  // here
	Answers  []AlarmAnswers `json:"answers"` // of both sides, oldest first
}

// Raising is one step of an alarm on this node: from then on these roles are told.
type Raising struct {
	At    time.Time `json:"at"`
	Roles []string  `json:"roles"`
}

// AlarmAnswers is what somebody of a side answered.
type AlarmAnswers struct {
	Signature
	Node  string `json:"node"`
	Known string `json:"known"` // one of Known
}

// BetweenTooLong is the fact that somebody has been between two signatures for
// longer than the clock allows, and whom this node tells now. It stays at home.
type BetweenTooLong struct {
	journal.Envelope
	Alarm   string   `json:"alarm"`
	Roles   []string `json:"roles"`
	Offices []string `json:"offices"` // of this node
}

// Kind implements journal.Fact.
func (BetweenTooLong) Kind() string { return "referral.between_too_long.1" }

// EscalateHandOvers gives the alarms that are due: of everybody who was given and
// not received in time. The node itself takes it, by the passing of time.
func EscalateHandOvers(tx *store.Tx, node string, now time.Time) ([]journal.Fact, error) {
	standing, err := store.Docs[Alarm](tx, `SELECT doc FROM hand_over_alarm WHERE waiting = 1 ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("alarms of hand-overs: %w", err)
	}
	var out []journal.Fact
	for _, a := range standing {
		r, err := Load(tx, a.Referral)
		if err != nil {
			return nil, err
		}
		h, found, err := r.givenBy(tx, a.ID)
		if err != nil {
			return nil, err
		}
		if !found || !h.Between() {
			continue // of two acts that crossed the other counts
		}
		ladder := r.ladder(h)
		n, due := a.due(node, h, len(ladder), now)
		if !due {
			continue
		}
		offices, err := r.told(tx, node, h, slices.Concat(ladder[1:n]...), now)
		if err != nil {
			return nil, err
		}
		out = append(out, &BetweenTooLong{Envelope: journal.Envelope{Case: r.Case, Referral: r.ID}, Alarm: a.ID, Roles: slices.Concat(ladder[:n]...), Offices: offices})
	}
	return out, nil
}

// ladder are the roles that are told, one group after another: those that the
// procedure's clock names; of somebody protected the victim adviser with the first.
func (r Referral) ladder(h HandOver) [][]string {
	var out [][]string
	for _, t := range r.procedure.Timers {
		if t.Clock == receiptClock {
			for _, role := range t.Escalates {
				out = append(out, []string{role})
			}
		}
	}
	if h.Protected && len(out) > 0 {
		out[0] = append([]string{access.RoleAdviser}, out[0]...)
	}
	return out
}

// due reports whether the next group is told now, and how many groups are told
// then: the first when the clock has run out since the first signature, or since
// this side's last answer, each other one length of the clock after the one before.
func (a Alarm) due(node string, h HandOver, groups int, now time.Time) (n int, due bool) {
	since := h.Given.At
	for _, x := range a.Answers {
		if x.Node == node && x.At.After(since) {
			since = x.At
		}
	}
	for _, x := range a.Raised {
		if x.At.After(since) {
			n, since = n+1, x.At
		}
	}
	return n + 1, n < groups && tooLong(since, now)
}

// tooLong reports whether the clock of the second signature has run out since.
func tooLong(since, now time.Time) bool {
	c, ok := program.ClockByID(receiptClock)
	return ok && c.Alone(since, time.Time{}, now).State == program.Overdue
}

// told are the offices of this node that hear of an alarm: those of the referral
// and the one that receives; and, where it goes to coordinators, those in which
// somebody coordinates the programme. Other roles hear of it where they know of
// the referral.
func (r Referral) told(tx *store.Tx, node string, h HandOver, beyond []string, now time.Time) ([]string, error) {
	out := slices.Clone(r.Members)
	if node == r.Receiver.Node {
		out = append(out, h.Office)
	}
	if slices.Contains(beyond, access.RoleCoordinator) {
		all, err := access.ListOffices(tx)
		if err != nil {
			return nil, err
		}
		for _, o := range all {
			who, err := access.UsersOf(tx, o.ID, access.RoleCoordinator, now)
			if err != nil {
				return nil, err
			}
			if len(who) > 0 {
				out = append(out, o.ID)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// givenBy is the hand-over or reception whose first signature a fact is.
func (r Referral) givenBy(tx *store.Tx, fact string) (h HandOver, found bool, err error) {
	all, err := r.everyHandOver(tx)
	if err != nil {
		return h, false, err
	}
	i := slices.IndexFunc(all, func(h HandOver) bool { return h.Given != nil && h.Given.Fact == fact })
	if i < 0 {
		return h, false, nil
	}
	return all[i], true, nil
}

// between notes that somebody was given, or received: from a first signature on
// the clock looks at it, from the second on no more.
func between(tx *store.Tx, referral string, given, received *Signature) error {
	if given == nil {
		return nil
	}
	waiting := 1
	if received != nil {
		waiting = 0
	}
	a, err := loadAlarm(tx, given.Fact)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	a.ID, a.Referral = given.Fact, referral
	return a.save(tx, waiting)
}

// betweenOf notes the same of the suspect whose hand-over an act of a referral was.
func betweenOf(tx *store.Tx, referral string) error {
	r, err := store.Doc[Referral](tx, `SELECT doc FROM referral WHERE id = $1`, referral)
	if err == nil {
		err = r.complete(tx)
	}
	if err != nil {
		return fmt.Errorf("referral of a hand-over: %w", err)
	}
	for _, h := range r.handOvers(r.State()) {
		if err := between(tx, referral, h.Given, h.Received); err != nil {
			return err
		}
	}
	return nil
}

func loadAlarm(tx *store.Tx, id string) (Alarm, error) {
	a, err := store.Doc[Alarm](tx, `SELECT doc FROM hand_over_alarm WHERE id = $1`, id)
	if err != nil {
		return a, fmt.Errorf("alarm of a hand-over: %w", err)
	}
	return a, nil
}

func (a Alarm) save(tx *store.Tx, waiting int) error {
	return tx.Exec(`INSERT INTO hand_over_alarm (id, referral, waiting, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET waiting = excluded.waiting, doc = excluded.doc`, a.ID, a.Referral, waiting, store.JSON(a))
}

// changeAlarm applies f to an alarm. What the other side answered may be here
// before the first signature, whose place it then keeps.
func changeAlarm(tx *store.Tx, id, referral string, f func(*Alarm)) error {
	var waiting int
	err := tx.QueryRow(`SELECT waiting FROM hand_over_alarm WHERE id = $1`, id).Scan(&waiting)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("alarm of a hand-over: %w", err)
	}
	a := Alarm{ID: id, Referral: referral}
	if err == nil {
		if a, err = loadAlarm(tx, id); err != nil {
			return err
		}
	}
	f(&a)
	return a.save(tx, waiting)
}

func applyBetween(tx *store.Tx, e journal.Entry, f BetweenTooLong) error {
	for _, o := range f.Offices {
		if err := access.Member(tx, typeAlarm, f.Alarm, o); err != nil {
			return err
		}
	}
	return changeAlarm(tx, f.Alarm, e.Referral, func(a *Alarm) { a.Raised = append(a.Raised, Raising{At: e.Created, Roles: f.Roles}) })
}

// registerBetween registers the alarm of a hand-over and its answer.
func registerBetween(k *journal.Kinds) {
	journal.Register(k, applyBetween)
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f AlarmAnswered) error {
		return changeAlarm(tx, f.Alarm, e.Referral, func(a *Alarm) {
			a.Answers = append(a.Answers, AlarmAnswers{Signature: *signature(e), Node: e.From.Node, Known: f.Known})
			slices.SortStableFunc(a.Answers, func(x, y AlarmAnswers) int {
				if c := x.At.Compare(y.At); c != 0 {
					return c
				}
				return slices.Compare([]string{x.Fact}, []string{y.Fact})
			})
		})
	})
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f AlarmAnswered) (wire.Code, error) {
		r, code, err := crosses(tx, m)
		if code != "" || err != nil {
			return code, err
		}
		a, err := loadAlarm(tx, f.Alarm)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return "", err
		case err == nil && a.Referral != r.ID:
			return wire.CodeNotOwner, nil
		case f.Alarm == "" || !slices.Contains(Known, f.Known):
			return wire.CodeContent, nil
		}
		return "", nil
	})
	k.Set(journal.SignedByPerson(), &AlarmAnswered{})
	k.Set(journal.InLane(wire.LaneAlert), &AlarmAnswered{})
}
