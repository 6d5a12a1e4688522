package mail

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/mail/mailtest"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// post office: a queue with two people and a real server.
type office struct {
	t      *testing.T
	db     *store.DB
	source string
	now    time.Time
	server *mailtest.Server
}

func opened(t *testing.T) *office {
	source := storetest.Source(t)
	o := &office{t: t, db: storetest.OpenSource(t, source), source: source, now: time.Date(2026, 6, 9, 19, 5, 0, 0, time.UTC), server: mailtest.Start(t)}
	o.write(func(tx *store.Tx) error {
		for _, u := range []access.User{{ID: "mx-mp", Login: "escamillar", Name: "Graciana Escamillar", Office: "fgr-tamps", Lang: "es"}, {ID: "us-la", Login: "kestrelle", Name: "Dana Kestrelle", Office: "usbp-rgv", Lang: "en"}} {
			c := Choice{User: u.ID, Address: u.Login + "@agency.example", Events: Events}
			err := errors.Join(access.SaveUser(tx, u), tx.Exec(`INSERT INTO mail_choice (user_id, doc) VALUES ($1, $2)`, u.ID, store.JSON(c)))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

func (o *office) write(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), f); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) queue(user, once string) {
	o.t.Helper()
	o.write(func(tx *store.Tx) error {
		return put(tx, journal.NewSeed(o.now).Draw(nil), user, once, about{Event: EventAnswer, Type: "referral", Object: "ref-" + once, Case: "case-" + once})
	})
}

func (o *office) sender() *Sender {
	s := &Server{Address: o.server.Address, From: "oasiss@node.example", User: mailtest.User, Password: mailtest.Password, Roots: o.server.Roots}
	return NewSender(&act.Acts{DB: o.db, Now: func() time.Time { return o.now }}, s, slog.New(slog.DiscardHandler))
}

// once sends what is due; the error says whether the server took it.
func (o *office) once() error {
	_, err := o.sender().Once(o.t.Context())
	return err
}

func (o *office) waiting() (n int) {
	o.t.Helper()
	err := o.db.Read(o.t.Context(), func(tx *store.Tx) (err error) { n, _, err = Waiting(tx); return err })
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

func TestLetterSaysANumberAndNothingElse(t *testing.T) {
	o := opened(t)
	o.queue("mx-mp", "one")
	o.queue("mx-mp", "one") // the same thing again: no second letter
	o.queue("us-la", "one")
	if err := o.once(); err != nil {
		t.Fatal(err)
	}
	got := o.server.Letters()
	if len(got) != 2 || o.waiting() != 0 {
		t.Fatalf("%d letters, %d wait", len(got), o.waiting())
	}
	numbers := map[string]bool{}
	for _, l := range got {
		id := l.Header.Get("Message-Id")
		number, _, _ := strings.Cut(strings.Trim(id, "<>"), "@")
		numbers[number] = true
		subject, err := new(mime.WordDecoder).DecodeHeader(l.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(l.Text)))
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		says := map[string]string{"escamillar@agency.example": "Algo le espera, número ", "kestrelle@agency.example": "Something waits for you, number "}[l.To]
		if says == "" || subject != says+number || !strings.Contains(text, number) {
			t.Errorf("to %s: %q, %q", l.To, subject, text)
		}
		for _, no := range []string{"ref-", "case-", "Escamillar", "Graciana", "Kestrelle,", "fgr", "usbp", "http", "remisi", "referral", "Tamaulipas", "us-la", "mx-mp"} {
			if strings.Contains(subject+text, no) {
				t.Errorf("to %s: a letter says %q", l.To, no)
			}
		}
	}
	if len(numbers) != 2 {
		t.Errorf("the two have one number: %v", numbers)
	}
}

// A server that is down, that asks in clear, whose certificate is another's, that
// knows another password or that breaks off means later: nothing is lost, and
// pauses grow.
func TestServerThatTakesNothingMeansLater(t *testing.T) {
	for name, fault := range map[string]func(*office, *Sender){
		"down":            func(o *office, _ *Sender) { o.server.Down() },
		"no TLS":          func(o *office, _ *Sender) { o.server.Down(); o.server.InClear(); o.server.Up(o.server.Address) },
		"other authority": func(_ *office, s *Sender) { s.Server.Roots = mailtest.Start(t).Roots },
		"other password":  func(_ *office, s *Sender) { s.Server.Password = "none of it" },
		"breaks off":      func(o *office, _ *Sender) { o.server.Cut(1) },
	} {
		t.Run(name, func(t *testing.T) {
			o := opened(t)
			o.queue("mx-mp", "one")
			o.queue("us-la", "two")
			s := o.sender()
			fault(o, s)
			if _, err := s.Once(t.Context()); err == nil {
				t.Fatal("taken")
			}
			if o.waiting() != 2 || len(o.server.Letters()) != 0 || strings.Contains(string(o.server.Said()), "Message-ID") && name != "breaks off" {
				t.Fatalf("%d wait, %d taken", o.waiting(), len(o.server.Letters()))
			}
			if _, err := s.Once(t.Context()); err != nil {
				t.Fatalf("tried again at once: %v", err)
			}
			o.now = o.now.Add(firstPause)
			if name == "breaks off" { // the rest heals by itself
				if err := o.once(); err != nil || len(o.server.Letters()) != 2 || o.waiting() != 0 {
					t.Fatalf("%v, %d taken, %d wait", err, len(o.server.Letters()), o.waiting())
				}
			}
		})
	}
	for tries, want := range map[int]time.Duration{1: time.Minute, 2: 2 * time.Minute, 3: 4 * time.Minute, 7: time.Hour, 4000: time.Hour} {
		if got := pauseAfter(tries); got != want {
			t.Errorf("after %d tries: %s, not %s", tries, got, want)
		}
	}
}

// An address that the server refuses waits alone, is told of, and goes once its
// person gives another.
func TestRefusedAddressWaitsAlone(t *testing.T) {
	o := opened(t)
	o.queue("mx-mp", "one")
	o.queue("us-la", "two")
	o.server.Refuse("escamillar@agency.example", true)
	if err := o.once(); err != nil {
		t.Fatal(err)
	}
	if got := o.server.Letters(); len(got) != 1 || got[0].To != "kestrelle@agency.example" {
		t.Fatalf("%v", got)
	}
	err := o.db.Read(t.Context(), func(tx *store.Tx) error {
		l, err := letters(tx, `user_id = 'mx-mp'`)
		if err == nil && (len(l) != 1 || !l[0].Refused || l[0].Taken) {
			err = fmt.Errorf("%+v", l)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(time.Hour)
	if err := o.once(); err != nil || len(o.server.Letters()) != 1 {
		t.Fatalf("%v, %d", err, len(o.server.Letters()))
	}
	o.write(func(tx *store.Tx) error {
		c := Choice{User: "mx-mp", Address: "mesa@agency.example", Events: Events}
		err := tx.Exec(`UPDATE mail_choice SET doc = $1 WHERE user_id = 'mx-mp'`, store.JSON(c))
		if err == nil {
			_, err = again(tx, journal.NewSeed(o.now).Draw(nil), journal.Entry{}, Chosen{Choice: c})
		}
		return err
	})
	if err := o.once(); err != nil {
		t.Fatal(err)
	}
	if got := o.server.Letters(); len(got) != 2 || got[1].To != "mesa@agency.example" || o.waiting() != 0 {
		t.Fatalf("%v", got)
	}
}

// A process that ends between the server's word and its own mark sends the letter
// once more: the same bytes under the same Message-ID.
func TestEndedBetweenTakenAndMarkedSendsTheSameAgain(t *testing.T) {
	o := opened(t)
	o.queue("mx-mp", "one")
	process, err := store.Open(t.Context(), o.source)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	o.server.Taken(func(mailtest.Letter) { ended <- process.Close() })
	s := o.sender()
	s.Acts.DB = process
	if _, err := s.Once(t.Context()); err == nil {
		t.Fatal("marked after its end")
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	o.server.Taken(nil)
	if o.waiting() != 1 {
		t.Fatalf("%d wait", o.waiting())
	}
	if err := o.once(); err != nil {
		t.Fatal(err)
	}
	got := o.server.Letters()
	if len(got) != 2 || string(got[0].Raw) != string(got[1].Raw) || o.waiting() != 0 {
		t.Fatalf("%d letters, %d wait", len(got), o.waiting())
	}
}

// Who wants no letters any more, or may not sign in, gets none of those that wait.
func TestNoLetterToWhoeverLeft(t *testing.T) {
	o := opened(t)
	o.queue("mx-mp", "one")
	o.queue("us-la", "two")
	o.write(func(tx *store.Tx) error {
		return errors.Join(access.ChangeUser(tx, "mx-mp", func(u *access.User) { u.Disabled = o.now }),
			tx.Exec(`DELETE FROM mail_choice WHERE user_id = 'us-la'`))
	})
	if err := o.once(); err != nil || len(o.server.Letters()) != 0 || o.waiting() != 0 {
		t.Fatalf("%v, %d letters, %d wait", err, len(o.server.Letters()), o.waiting())
	}
}

// An address is one that a server takes, and never a way to say more to it.
func TestOnlyOneBareAddressIsTaken(t *testing.T) {
	for s, want := range map[string]bool{
		"g.escamillar@fgr.example": true, "a+b@x.example": true,
		"": false, "nobody": false, "Graciana <g@fgr.example>": false, "a@x.example, b@x.example": false, "a@x.example\r\nRCPT TO:<b@x.example>": false,
		"a b@x.example": false, "ñ@x.example": false, strings.Repeat("a", 250) + "@x.example": false,
	} {
		if got := reachable(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
