// Package consular is the consular notice: a person asks, after being told of
// the right and after the question of fear, that their consulate be told, and
// the consulate is told without delay (VCCR 36; 8 CFR 236.1(e); CNPP 151).
//
// The notice is a matter of its own with a number in the world: it names no
// case, no referral and no reason, and nothing of a screening but that the person
// asks. Whoever the person is and where the person is held is sealed and opens to
// the consular office by a journalled act. What the consulate does (interview,
// family, needs) stays with it; that the family was found or told travels back,
// in two words.
package consular

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// What access knows notices by, and what the consulate keeps of its own.
const (
	typeNotice = "protection_notice"
	typeFile   = "consular_file"
)

// Sealed parts of the facts of this package, by id.
const (
	partIdentity = "identity" // who the person is and where the person is held
	partReach    = "reach"    // whom to call
	partAdvice   = "advice"   // what the person said on being told of the right
	partTelling  = "telling"  // how a consulate without a node was told
	partChild    = "child"    // how the child-protection authority was told
	partWords    = "words"    // what the consulate writes for itself
	partReason   = "reason"   // why an identity was opened
)

// maxWords bounds what is written, in bytes.
const maxWords = 16 << 10

// Facts registers the facts of this package. link seals the keys of a notice to
// the consulate's node.
func Facts(link packet.Link) func(k *journal.Kinds) {
	return func(k *journal.Kinds) {
		journal.Register(k, applyAdvised)
		journal.Register(k, applyOpened)
		journal.Register(k, applyToldOutside)
		journal.Register(k, applyNotified)
		journal.Register(k, func(*store.Tx, journal.Entry, KeysFollowed) error { return nil })
		journal.Register(k, applyAcknowledged)
		journal.Register(k, applyFamily)
		journal.Register(k, applyWithdrawn)
		journal.Register(k, applyInterviewed)
		journal.Register(k, applyNoted)
		journal.Register(k, applyNeeded)
		journal.Register(k, applyNeedMet)
		journal.Register(k, applyAsked)
		journal.Register(k, applyShown)
		journal.Also(k, applyForgotten)
		journal.Admit(k, admitNotified)
		journal.Admit(k, admitKeys(link))
		journal.Admit(k, admitAcknowledged)
		journal.Admit(k, admitFamily)
		journal.Admit(k, admitWithdrawn)
		journal.React(k, keysFollow(link))
		journal.React(k, keepKeys(link))
		journal.React(k, closeIdentity)
		k.Set(journal.InLane(wire.LaneAlert), &Withdrawn{})
		k.Set(journal.SignedByPerson(), &Notified{})
		protection.AnswerNotices(answered)
	}
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) {
	v.Add(&Advise{}, &Notify{}, &TellOutside{}, &Withdraw{}, &Acknowledge{}, &Interview{}, &Family{}, &Need{}, &MeetNeed{}, &Reveal{}, &ApproveReveal{})
}

// Mark is who did something, and when.
type Mark struct {
	Name string    `json:"name,omitempty"` // of the official
	At   time.Time `json:"at"`
	Fact string    `json:"fact"`
}

func mark(e journal.Entry) *Mark {
	m := &Mark{At: e.Created, Fact: e.ID}
	if e.By != nil {
		m.Name = e.By.Name
	}
	return m
}

// Found is what travels back of the search for the family.
type Found struct {
	Mark
	Found bool `json:"found"`
	Told  bool `json:"told"`
}

// Notice is one consular notice as it stands, the same on both nodes. Each act
// has a place of its own, so that the order in which they arrive makes no
// difference: a withdrawal may come before what it withdraws.
type Notice struct {
	ID           string       `json:"id"`
	Person       string       `json:"person"`             // pseudonym
	Under18      bool         `json:"under_18,omitempty"` // a child or adolescent, or perhaps one
	Held         string       `json:"held"`               // country that holds the person, ISO 3166-1 alpha-2
	From         wire.Address `json:"from"`
	To           wire.Address `json:"to"`             // the consulate
	Sent         *Mark        `json:"sent,omitempty"` // nil while only its withdrawal has come
	Acknowledged *Mark        `json:"acknowledged,omitempty"`
	Family       *Found       `json:"family,omitempty"` // the last that the consulate said
	Withdrawn    *Mark        `json:"withdrawn,omitempty"`
}

// Load reads a notice; what does not exist, or is not the reader's to know, is
// refused as absent. Only the withdrawal of one that has not come is no notice.
func Load(tx *store.Tx, id string) (Notice, error) {
	n, err := access.Reached[Notice](tx, `SELECT n.doc FROM consular_notice n LEFT JOIN consular_ask a ON a.notice = n.id WHERE n.id = $1 AND n.sent > 0`, []any{id},
		access.Tie{Type: typeNotice, Column: "n.id"}, access.Tie{Type: "case", Column: "a.case_id"})
	return n, access.OrAbsent(err, "consular notice")
}

func (n Notice) save(tx *store.Tx) error {
	var sent int64
	if n.Sent != nil {
		sent = store.Micros(n.Sent.At)
	}
	return tx.Exec(`INSERT INTO consular_notice (id, sent, doc) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET sent = excluded.sent, doc = excluded.doc`, n.ID, sent, store.JSON(n))
}

// change applies f to a notice, which may not have come yet. Only an apply calls it.
func change(tx *store.Tx, id string, f func(*Notice)) error {
	n, err := store.Doc[Notice](tx, `SELECT doc FROM consular_notice WHERE id = $1`, id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("consular notice: %w", err)
	}
	n.ID = id
	f(&n)
	return n.save(tx)
}

// resource is the notice as access decides on it: of the offices that hold its
// case where it was sent from, and of the consulate where it came.
func (n Notice) resource(tx *store.Tx, typ string) (access.Resource, error) {
	r := access.Resource{Type: typ, ID: n.ID}
	a, err := askOf(tx, n.ID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		r.Offices, err = access.Offices(tx, typeNotice, n.ID)
		return r, err
	case err != nil:
		return r, err
	}
	c, err := casefile.Load(tx, a.Case)
	if _, absent := refusal.As(err); absent { // no member of the case reads
		return r, nil
	}
	r.Offices, r.Case = c.Members, c.ID
	return r, err
}

// Resource is a notice as access decides on it.
func (n Notice) Resource(tx *store.Tx) (access.Resource, error) { return n.resource(tx, typeNotice) }

// Unanswered are the notices sent since a time that nobody has acknowledged or
// taken back and whose clock has at most so long to run, the oldest first.
func Unanswered(tx *store.Tx, since, now time.Time, within time.Duration) ([]Notice, error) {
	all, err := store.Docs[Notice](tx, `SELECT n.doc FROM consular_notice n WHERE n.sent > $1 ORDER BY n.sent, n.id`, store.Micros(since))
	if err != nil {
		return nil, fmt.Errorf("consular notices: %w", err)
	}
	return slices.DeleteFunc(all, func(n Notice) bool {
		c := n.Clock(now)
		return !c.Ended.IsZero() || c.Left > within
	}), nil
}

// envelope is what facts of the notice that cross say around themselves. Its id
// stands where a case's does: the other side can tie it to none.
func (n Notice) envelope(to wire.Address) journal.Envelope {
	return journal.Envelope{Case: n.ID, To: to, Handling: "H3", Purpose: wire.PurposeProtection}
}

// keySubject is what the keys of a notice that came are stored under, and own
// what the consulate's own words are: a withdrawal takes the first alone.
func keySubject(id string) string { return "consular/" + id }
func own(id string) string        { return "consulate/" + id }

// Own is what the keys of what a consulate writes of a notice are stored under.
func (n Notice) Own() string { return own(n.ID) }

// targetClock is the programme's own measure of "without delay".
const targetClock = "prog-consular-ack"

// Clock is the clock of the law that runs on a notice until it is acknowledged.
// The law gives no number: Due is the programme's.
type Clock struct {
	ID      string             `json:"id"`
	Name    program.Text       `json:"name"`
	Source  program.Text       `json:"source"`
	Started time.Time          `json:"started"`
	Due     time.Time          `json:"due"`
	Ended   time.Time          `json:"ended,omitzero"`
	Left    time.Duration      `json:"left"` // nanoseconds; negative once overdue
	State   program.ClockState `json:"state"`
	Sure    bool               `json:"verified"` // the number's source was read
}

// laws are the clocks of the law by the country that holds the person.
var laws = map[string]string{"US": "us-consular-notify", "MX": "mx-consular-foreign"}

// Clock is the clock on a notice; who took it back has no use for it any more.
func (n Notice) Clock(now time.Time) Clock {
	var ended time.Time
	switch {
	case n.Acknowledged != nil:
		ended = n.Acknowledged.At
	case n.Withdrawn != nil:
		ended = n.Withdrawn.At
	}
	law, _ := program.ClockByID(laws[n.Held])
	target, _ := program.ClockByID(targetClock)
	r := target.Alone(n.Sent.At, ended, now)
	return Clock{ID: law.ID, Name: law.Title, Source: law.Source, Started: n.Sent.At, Due: r.Due, Ended: ended, Left: r.Left, State: r.State, Sure: r.Sure}
}
