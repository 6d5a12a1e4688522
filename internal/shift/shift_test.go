package shift

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Everybody below is fictional.

type station struct {
	*acttest.Node
	t                                      *testing.T
	early, late, third, adviser, elsewhere access.Actor
	c                                      string // a case that early opened
}

func newStation(t *testing.T) *station {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, protection.Facts, Facts}, casefile.Verbs, protection.Verbs, Verbs)
	n.Offices("usbp-rgv", "ofo-laredo")
	s := &station{Node: n, t: t, early: n.Person("early", "usbp-rgv", access.RoleFieldAgent), late: n.Person("late", "usbp-rgv", access.RoleFieldAgent),
		third: n.Person("third", "usbp-rgv", access.RoleFieldAgent), adviser: n.Person("adviser", "usbp-rgv", access.RoleAdviser), elsewhere: n.Person("elsewhere", "ofo-laredo", access.RoleFieldAgent)}
	for _, by := range []access.Actor{s.early, s.late, s.third, s.adviser, s.elsewhere} {
		s.account(by)
	}
	s.c = s.open()
	return s
}

// account makes the account of somebody, in use and with its roles.
func (s *station) account(by access.Actor) {
	s.t.Helper()
	if err := s.DB.Write(context.Background(), func(tx *store.Tx) error {
		for _, role := range by.Roles {
			if err := tx.Exec(`INSERT INTO grants (user_id, role, since, doc) VALUES ($1, $2, 0, '{}')`, by.User, role); err != nil {
				return err
			}
		}
		return access.SaveUser(tx, access.User{ID: by.User, Login: by.User, Name: by.Name, Office: by.Office})
	}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *station) open() string {
	s.t.Helper()
	id, code := s.do(s.early, &casefile.Open{Title: "Trailer at Falfurrias"})
	if code != "" {
		s.t.Fatal(code)
	}
	return id
}

func (s *station) do(by access.Actor, cmd act.Command) (object, code string) {
	s.t.Helper()
	s.Clock = s.Clock.Add(time.Second)
	res, err := s.Do(context.Background(), by, "", wire.PurposeProsecution, cmd)
	if no, ok := refusal.As(err); ok {
		return "", no.Code
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return res.Object, ""
}

func (s *station) offer(by access.Actor, to string, items ...string) (string, string) {
	s.t.Helper()
	return s.do(by, &Offer{To: to, Items: items, Note: "The tow truck comes at six."})
}

func (s *station) today(by access.Actor) Day {
	s.t.Helper()
	d, err := Today(context.Background(), s.Acts, by, wire.PurposeProsecution)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *station) leaves(by access.Actor) []Item {
	s.t.Helper()
	l, err := Leave(context.Background(), s.Acts, by, wire.PurposeProsecution, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return l.Items
}

// Who may take, and what may be left: everything else is refused, and nothing
// changes hands by it.
func TestOnlyAColleagueTakesWhatIsOnesOwn(t *testing.T) {
	s := newStation(t)
	suspended := s.Person("suspended", "usbp-rgv", access.RoleFieldAgent)
	s.account(suspended)
	if err := s.DB.Write(context.Background(), func(tx *store.Tx) error {
		return access.ChangeUser(tx, suspended.User, func(u *access.User) { u.Disabled = s.Clock })
	}); err != nil {
		t.Fatal(err)
	}
	mine := "case/" + s.c
	for what, c := range map[string]struct {
		by    access.Actor
		to    string
		items []string
		code  string
	}{
		"to oneself":                  {s.early, s.early.User, []string{mine}, "shift.taker"},
		"to somebody of another role": {s.early, s.adviser.User, []string{mine}, "shift.taker"},
		"to another office":           {s.early, s.elsewhere.User, []string{mine}, "shift.taker"},
		"to a suspended account":      {s.early, suspended.User, []string{mine}, "shift.taker"},
		"to nobody":                   {s.early, "nobody", []string{mine}, "shift.taker"},
		"nothing":                     {s.early, s.late.User, nil, "shift.nothing"},
		"twice the same":              {s.early, s.late.User, []string{mine, mine}, "shift.offered_already"},
		"a note of the desk":          {s.early, s.late.User, []string{"note/" + s.c}, "shift.item_unknown"},
		"what is not there":           {s.early, s.late.User, []string{"case/019eadc6-1f18-7000-8377-efc022f77801"}, "access.not_found"},
		"a case of another office":    {s.elsewhere, s.elsewhere.User, []string{mine}, "shift.taker"},
		"a gate that is not theirs":   {s.early, s.late.User, []string{"gate/1"}, "access.not_found"},
	} {
		if _, code := s.offer(c.by, c.to, c.items...); code != c.code {
			t.Errorf("%s: %q, not %q", what, code, c.code)
		}
	}
	if d := s.today(s.late); len(d.Offered) > 0 || len(s.leaves(s.early)) != 1 || len(s.leaves(s.late)) > 0 {
		t.Errorf("after what was refused: %+v", d)
	}
}

// The colleague says yes or no; both see how it stands, nobody else does, and what
// was taken is in the taker's hands until it is left again.
func TestAShiftIsTakenOver(t *testing.T) {
	s := newStation(t)
	mine := "case/" + s.c
	id, code := s.offer(s.early, s.late.User, mine)
	if code != "" {
		t.Fatal(code)
	}
	if _, again := s.offer(s.early, s.third.User, mine); again != "shift.offered_already" {
		t.Errorf("offered to two: %q", again)
	}
	to, from := s.today(s.late), s.today(s.early)
	if len(to.Offered) != 1 || to.Offered[0].Note != "The tow truck comes at six." || len(from.Waiting) != 1 || len(s.today(s.third).Offered)+len(s.today(s.elsewhere).Offered) > 0 {
		t.Fatalf("offered: %+v, %+v", to, from)
	}
	for _, by := range []access.Actor{s.third, s.elsewhere} {
		if _, code := s.do(by, &Take{Shift: id}); code != "access.not_found" {
			t.Errorf("%s takes it: %q", by.User, code)
		}
	}
	if _, code := s.do(s.early, &Take{Shift: id}); code != "access.not_yours" {
		t.Errorf("taken by who left it: %q", code)
	}
	if _, code := s.do(s.late, &Refuse{Shift: id, Why: "rain"}); code != "shift.why" {
		t.Errorf("refused for no reason: %q", code)
	}
	if _, code := s.do(s.late, &Take{Shift: id}); code != "" {
		t.Fatal(code)
	}
	if _, code := s.do(s.late, &Take{Shift: id}); code != "shift.answered" {
		t.Errorf("taken twice: %q", code)
	}
	to, from = s.today(s.late), s.today(s.early)
	if len(to.Held) != 1 || to.Held[0].From != s.early.Name || len(from.Ended) != 1 || from.Ended[0].State != Taken || len(s.leaves(s.early)) > 0 || len(s.leaves(s.late)) != 1 {
		t.Errorf("taken: %+v, %+v", to, from)
	}
	if _, code := s.offer(s.early, s.third.User, mine); code != "shift.not_in_hand" {
		t.Errorf("left again by who has it no more: %q", code)
	}
	back, _ := s.offer(s.late, s.early.User, mine)
	if _, code := s.do(s.early, &Withdraw{Shift: back}); code != "access.not_yours" {
		t.Errorf("withdrawn by the taker: %q", code)
	}
	if _, code := s.do(s.early, &Refuse{Shift: back, Why: "off_shift"}); code != "" {
		t.Error(code)
	}
	if d := s.today(s.late); len(d.Ended) != 1 || d.Ended[0].Why != "off_shift" || len(d.Held) != 1 {
		t.Errorf("refused: %+v", d)
	}
	if err := s.DB.Write(context.Background(), func(tx *store.Tx) error { // no fact made them here
		if err := tx.Exec(`DELETE FROM grants`); err != nil {
			return err
		}
		return tx.Exec(`DELETE FROM app_user`)
	}); err != nil {
		t.Fatal(err)
	}
	s.ReplayEqual()
}

// Two answers at once are one answer.
func TestOneAnswerCounts(t *testing.T) {
	s := newStation(t)
	id, _ := s.offer(s.early, s.late.User, "case/"+s.c)
	var codes [2]string
	var all sync.WaitGroup
	for i, cmd := range []act.Command{&Take{Shift: id}, &Refuse{Shift: id, Why: "too_much"}} {
		all.Go(func() {
			if _, err := s.Do(context.Background(), s.late, "", wire.PurposeProsecution, cmd); err != nil {
				no, _ := refusal.As(err)
				codes[i] = no.Code
			}
		})
	}
	all.Wait()
	if codes != [2]string{"", "shift.answered"} && codes != [2]string{"shift.answered", ""} {
		t.Errorf("answers: %q", codes)
	}
}
