package exchange

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// LinkState is what the link page and its API show of one peer.
type LinkState struct {
	Peer        Peer          `json:"peer"`
	Lanes       []LaneState   `json:"lanes"`
	Waiting     []KindWaiting `json:"waiting"` // kinds that the peer does not understand yet
	Heard       time.Time     `json:"heard,omitzero"`
	Tried       time.Time     `json:"tried,omitzero"`
	Tries       int           `json:"tries"`            // attempts since the peer last answered
	Problem     string        `json:"problem"`          // code, rendered as link.problem.<code>; empty if none
	Ahead       time.Duration `json:"ahead"`            // the peer's clock minus this one's
	LastReceipt time.Time     `json:"receipt,omitzero"` // taken last
	Expired     int           `json:"expired"`          // own messages that expired undelivered
	Voided      int           `json:"voided"`           // own messages void for another reason
	Refused     int           `json:"refused"`          // own messages that the peer refused
	Quarantined int           `json:"quarantined"`      // what this node refused of the peer's
	Cosigned    Seen          `json:"cosigned"`         // this journal, by the peer
	Witnessed   Seen          `json:"witnessed"`        // the peer's journal, by this node
	Alarms      []Alarmed     `json:"alarms"`           // newest first, at most 20
}

// LaneState is how one lane stands.
type LaneState struct {
	Lane     string    `json:"lane"`
	Epoch    int64     `json:"epoch"`
	Queued   int64     `json:"queued"`          // numbered and not settled
	Oldest   time.Time `json:"oldest,omitzero"` // recorded, of what is queued
	Sent     int64     `json:"sent"`            // settled by the peer's receipts
	Received int64     `json:"received"`
	Receipt  time.Time `json:"receipt,omitzero"` // of the last receipt taken
	Void     int       `json:"void"`             // own messages not delivered
}

// KindWaiting counts messages of a kind that the peer does not understand yet.
type KindWaiting struct {
	Kind   string    `json:"kind"`
	Count  int       `json:"count"`
	Oldest time.Time `json:"oldest"`
}

// Seen is a cosigned size of a journal.
type Seen struct {
	Size int64     `json:"size"`
	At   time.Time `json:"at,omitzero"`
}

// Alarmed is an alarm as recorded.
type Alarmed struct {
	Peer  string    `json:"peer"`
	Code  string    `json:"code"` // rendered as alarm.<code>
	About string    `json:"about"`
	Lane  string    `json:"lane,omitempty"`
	At    time.Time `json:"at"`
	// Evidence is what the alarm can be checked with (oasiss-verify histories).
	Evidence *wire.Histories `json:"evidence,omitempty"`
}

// State gives the state of the link with a peer; sql.ErrNoRows if unknown.
func State(tx *store.Tx, peer string) (LinkState, error) {
	s := LinkState{Lanes: []LaneState{}, Waiting: []KindWaiting{}, Alarms: []Alarmed{}}
	var err error
	if s.Peer, err = FindPeer(tx, peer); err != nil {
		return s, err
	}
	for _, part := range []func(*store.Tx, string) error{s.lanes, s.waiting, s.contact, s.counts, s.journals, s.alarms} {
		if err := part(tx, peer); err != nil {
			return s, fmt.Errorf("state of the link: %w", err)
		}
	}
	return s, nil
}

// heardLately is how long the peer's last word counts: three rounds of
// witnessing. One that fails says so by itself (unwitnessed).
const heardLately = 90 * time.Second

// Live reports whether the peer was heard lately and nothing went wrong since.
func (s LinkState) Live(now time.Time) bool {
	return s.Problem == "" && !s.Heard.IsZero() && now.Sub(s.Heard) < heardLately
}

func (s *LinkState) lanes(tx *store.Tx, peer string) error {
	for _, lane := range wire.Lanes {
		out, err := loadHead(tx, peer, lane, wayOut)
		if err != nil {
			return err
		}
		in, err := loadHead(tx, peer, lane, wayIn)
		if err != nil {
			return err
		}
		l := LaneState{Lane: lane, Epoch: out.epoch, Queued: out.next - out.done - 1, Sent: out.done, Received: in.done}
		if l.Queued > 0 {
			var at int64
			err := tx.QueryRow(`SELECT f.at FROM outbox o JOIN fact f ON f.seq = o.fact WHERE o.peer = $1 AND o.lane = $2 AND o.epoch = $3 AND o.seq = $4`,
				peer, lane, out.epoch, out.done+1).Scan(&at)
			if err != nil {
				return err
			}
			l.Oldest = store.Time(at)
		}
		var receipt int64
		err = tx.QueryRow(`SELECT (SELECT COALESCE(MAX(at), 0) FROM receipt_taken WHERE peer = $1 AND lane = $2),
			(SELECT COUNT(*) FROM link_voided WHERE peer = $1 AND lane = $2 AND way = 'out')`, peer, lane).Scan(&receipt, &l.Void)
		if err != nil {
			return err
		}
		l.Receipt = store.Time(receipt)
		s.Lanes = append(s.Lanes, l)
	}
	return nil
}

func (s *LinkState) waiting(tx *store.Tx, peer string) error {
	return store.Each(tx, func(rows *sql.Rows) error {
		var w KindWaiting
		var at int64
		err := rows.Scan(&w.Kind, &w.Count, &at)
		w.Oldest = store.Time(at)
		s.Waiting = append(s.Waiting, w)
		return err
	}, `SELECT f.kind, COUNT(*), MIN(f.at) FROM outbox o JOIN fact f ON f.seq = o.fact
		WHERE o.peer = $1 AND o.seq IS NULL AND o.void IS NULL GROUP BY f.kind ORDER BY f.kind`, peer)
}

func (s *LinkState) contact(tx *store.Tx, peer string) error {
	var heard, tried, ahead int64
	err := tx.QueryRow(`SELECT heard, tried, tries, problem, ahead FROM contact WHERE peer = $1`, peer).
		Scan(&heard, &tried, &s.Tries, &s.Problem, &ahead)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	s.Heard, s.Tried, s.Ahead = store.Time(heard), store.Time(tried), time.Duration(ahead)*time.Microsecond
	return err
}

func (s *LinkState) counts(tx *store.Tx, peer string) error {
	var receipt int64
	err := tx.QueryRow(`SELECT
		(SELECT COUNT(*) FROM link_voided WHERE peer = $1 AND way = 'out' AND reason = 'expired'),
		(SELECT COUNT(*) FROM link_voided WHERE peer = $1 AND way = 'out' AND reason <> 'expired'),
		(SELECT COUNT(*) FROM link_refused WHERE peer = $1),
		(SELECT COUNT(*) FROM quarantine WHERE peer = $1),
		(SELECT COALESCE(MAX(at), 0) FROM receipt_taken WHERE peer = $1)`, peer).
		Scan(&s.Expired, &s.Voided, &s.Refused, &s.Quarantined, &receipt)
	s.LastReceipt = store.Time(receipt)
	return err
}

func (s *LinkState) journals(tx *store.Tx, peer string) (err error) {
	if s.Cosigned.Size, s.Cosigned.At, err = journal.CosignedBy(tx, peer); err != nil {
		return err
	}
	c, at, err := journal.Witnessed(tx, peer)
	s.Witnessed = Seen{Size: c.Size, At: at}
	return err
}

// Evidence gives what an alarm of a peer can be checked with, by what the alarm
// is about; sql.ErrNoRows if there is none.
func Evidence(tx *store.Tx, peer, about string) (wire.Histories, error) {
	return store.Doc[wire.Histories](tx, `SELECT doc FROM link_evidence WHERE peer = $1 AND about = $2`, peer, about)
}

func (s *LinkState) alarms(tx *store.Tx, peer string) (err error) {
	s.Alarms, err = alarmsOf(tx, `WHERE a.peer = $1 ORDER BY a.at DESC LIMIT 20`, peer)
	return err
}

func alarmsOf(tx *store.Tx, where string, arg any) ([]Alarmed, error) {
	out := []Alarmed{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var a Alarmed
		var at int64
		var evidence sql.NullString
		if err := rows.Scan(&a.Peer, &a.Code, &a.About, &a.Lane, &at, &evidence); err != nil {
			return err
		}
		a.At = store.Time(at)
		if evidence.Valid {
			if err := json.Unmarshal([]byte(evidence.String), &a.Evidence); err != nil {
				return fmt.Errorf("evidence of an alarm: %w", err)
			}
		}
		out = append(out, a)
		return nil
	}, `SELECT a.peer, a.code, a.about, a.lane, a.at, e.doc FROM link_alarm a
		LEFT JOIN link_evidence e ON e.peer = a.peer AND e.code = a.code AND e.about = a.about `+where, arg)
	return out, err
}

// Quarantine lists what this node refused of a peer, newest first, without the
// bytes.
func Quarantine(tx *store.Tx, peer string, limit int) ([]Quarantined, error) {
	out := []Quarantined{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var q Quarantined
		var at int64
		err := rows.Scan(&q.Digest, &q.Peer, &q.What, &q.ID, &q.Lane, &q.Code, &at, &q.Size)
		q.At = store.Time(at)
		out = append(out, q)
		return err
	}, `SELECT digest, peer, what, id, lane, code, at, LENGTH(bytes) FROM quarantine WHERE peer = $1 ORDER BY at DESC LIMIT $2`, peer, limit)
	return out, err
}

// RefusedMessage is a message of this node that a peer refused.
type RefusedMessage struct {
	ID   string    `json:"id"`
	Peer string    `json:"peer"`
	Lane string    `json:"lane"`
	Of   string    `json:"of"` // kind
	Code wire.Code `json:"code"`
	At   time.Time `json:"at"`
}

// RefusedBy lists what a peer refused of this node's messages, newest first.
func RefusedBy(tx *store.Tx, peer string, limit int) ([]RefusedMessage, error) {
	out := []RefusedMessage{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var r RefusedMessage
		var at int64
		err := rows.Scan(&r.ID, &r.Peer, &r.Lane, &r.Of, &r.Code, &at)
		r.At = store.Time(at)
		out = append(out, r)
		return err
	}, `SELECT id, peer, lane, kind, code, at FROM link_refused WHERE peer = $1 ORDER BY at DESC LIMIT $2`, peer, limit)
	return out, err
}

// Outgoing is a released message that is not settled yet.
type Outgoing struct {
	ID      string    `json:"id"`
	Of      string    `json:"of"` // kind
	Lane    string    `json:"lane"`
	Seq     int64     `json:"seq"` // 0 while the peer does not understand the kind
	Case    string    `json:"case,omitempty"`
	Since   time.Time `json:"since"`
	Expires time.Time `json:"expires,omitzero"`
}

// Outbox lists what waits for a peer, oldest first.
func Outbox(tx *store.Tx, peer string, limit int) ([]Outgoing, error) {
	out := []Outgoing{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var o Outgoing
		var seq sql.NullInt64
		var caseID sql.NullString
		var since, expires int64
		err := rows.Scan(&o.ID, &o.Of, &o.Lane, &seq, &caseID, &since, &expires)
		o.Seq, o.Case, o.Since, o.Expires = seq.Int64, caseID.String, store.Time(since), store.Time(expires)
		out = append(out, o)
		return err
	}, `SELECT f.id, f.kind, o.lane, o.seq, f.case_id, f.at, o.expires
		FROM lane_head h JOIN outbox o ON o.peer = h.peer AND o.lane = h.lane AND o.epoch = h.epoch AND o.seq > h.done
		JOIN fact f ON f.seq = o.fact WHERE h.peer = $1 AND h.way = 'out'
		UNION ALL SELECT f.id, f.kind, o.lane, o.seq, f.case_id, f.at, o.expires
		FROM outbox o JOIN fact f ON f.seq = o.fact WHERE o.peer = $1 AND o.seq IS NULL AND o.void IS NULL
		ORDER BY 6 LIMIT $2`, peer, limit)
	return out, err
}

// Refusals counts refused messages of one code.
type Refusals struct {
	Peer  string
	Here  bool // this node refused them, and not the peer
	Code  wire.Code
	Count int64
}

// RefusalsByCode counts what either side of the links refused.
func RefusalsByCode(tx *store.Tx) (out []Refusals, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var r Refusals
		var here int
		err := rows.Scan(&r.Peer, &here, &r.Code, &r.Count)
		r.Here = here == 1
		out = append(out, r)
		return err
	}, `SELECT peer, 0, code, COUNT(*) FROM link_refused GROUP BY peer, code
		UNION ALL SELECT peer, 1, code, COUNT(*) FROM quarantine GROUP BY peer, code ORDER BY 1, 2, 3`)
	return out, err
}
