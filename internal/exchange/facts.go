// Package exchange carries messages between nodes. What an act releases goes
// into the outbox in the act's own transaction; a sender for each peer and
// lane puts it into signed, sealed frames; the receiver records every message
// by the same code as a local fact and answers with a signed receipt. Both
// keep the receipt as a fact. The lane's numbers have no holes: every one is
// delivered as a message or as a signed void.
//
// The nodes also cosign each other's journals here (DESIGN §2, Witnessed).
package exchange

import (
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ReceiptTaken says that a peer signed for a frame of this node.
type ReceiptTaken struct {
	journal.Envelope
	Peer    string      `json:"peer"`
	Lane    string      `json:"lane"`
	Epoch   int64       `json:"epoch"`
	First   int64       `json:"first"`
	Last    int64       `json:"last"`
	Frame   wire.Digest `json:"frame"`
	Header  string      `json:"header"`  // signed by this node
	Receipt string      `json:"receipt"` // signed by the peer
	At      time.Time   `json:"at"`      // recorded there
}

// Kind implements journal.Fact.
func (ReceiptTaken) Kind() string { return "link.receipt_taken.1" }

// ReceiptGiven says that this node signed for a frame of a peer. It is
// recorded with the messages of the frame, in one transaction.
type ReceiptGiven struct {
	journal.Envelope
	Peer    string      `json:"peer"`
	Lane    string      `json:"lane"`
	Epoch   int64       `json:"epoch"`
	First   int64       `json:"first"`
	Last    int64       `json:"last"`
	Frame   wire.Digest `json:"frame"`
	Header  string      `json:"header"`  // signed by the peer
	Receipt string      `json:"receipt"` // signed by this node
}

// Kind implements journal.Fact.
func (ReceiptGiven) Kind() string { return "link.receipt_given.1" }

// Refused says that a peer refused one message of this node by signed receipt.
// Its envelope names the message's case and referral, so that the packages
// that own them move on (journal.Also).
type Refused struct {
	journal.Envelope
	Peer    string    `json:"peer"`
	Lane    string    `json:"lane"`
	Seq     int64     `json:"seq"`
	Message string    `json:"message"` // id of the message
	Of      string    `json:"of"`      // its kind
	Code    wire.Code `json:"code"`
	At      time.Time `json:"at"` // refused there
}

// Kind implements journal.Fact.
func (Refused) Kind() string { return "link.refused.1" }

// Voided says that a message will not be delivered. Sent by this node, its
// envelope names the message's case and referral; announced by a peer, it
// names none.
type Voided struct {
	journal.Envelope
	Peer    string    `json:"peer"`
	Lane    string    `json:"lane"`
	Epoch   int64     `json:"epoch"`
	Seq     int64     `json:"seq"` // 0 when it never had a number
	Message string    `json:"message"`
	Of      string    `json:"of,omitempty"` // its kind, when it is this node's
	Reason  string    `json:"reason"`       // wire.VoidExpired, VoidExpunged, VoidRecalled
	At      time.Time `json:"at"`
	Theirs  bool      `json:"theirs,omitempty"` // a peer's message that will not come
}

// Kind implements journal.Fact.
func (Voided) Kind() string { return "link.voided.1" }

// Codes of alarms. Each renders as "alarm.<code>" in both languages.
const (
	AlarmOtherDigest  = "other_digest"  // an id came again with other content
	AlarmAltered      = "altered"       // a frame or its root does not agree with its signature
	AlarmRootMismatch = "root_mismatch" // the peer holds a frame of this node that this node's outbox does not give
	AlarmBehind       = "behind"        // the peer has lost what it had signed for
	AlarmAhead        = "ahead"         // the peer holds more than this node remembers sending
	AlarmSplitView    = "split_view"    // a journal was shown that does not continue the one cosigned, or another one to somebody else
	AlarmRolledBack   = "rolled_back"   // a journal has fewer entries than were cosigned of it
	AlarmUncosigned   = "uncosigned"    // no cosignature for a day
	AlarmRestored     = "restored"      // the peer was restored from a backup and asks for what it lost
	AlarmContinued    = "continued"     // the peer's journal lost what this node had cosigned, and goes on as another log
	AlarmNotIncluded  = "not_included"  // the peer does not prove what its receipt says
	AlarmDamaged      = "damaged"       // stored bytes are not what was recorded, and no peer has them
	AlarmMended       = "mended"        // stored bytes were damaged and are whole again
	AlarmRewritten    = "rewritten"     // this node's journal does not continue what it signed itself
)

// Alarm says that something happened that must not. The same alarm about the
// same thing is recorded once.
type Alarm struct {
	journal.Envelope
	Peer  string `json:"peer"`
	Lane  string `json:"lane,omitempty"`
	Code  string `json:"code"`
	About string `json:"about"` // what tells it apart: a message id, a digest, a size, a day
	// Evidence is what anyone can check the alarm with: the two states of a
	// journal as its node signed them (oasiss-verify histories).
	Evidence *wire.Histories `json:"evidence,omitempty"`
}

// Kind implements journal.Fact.
func (Alarm) Kind() string { return "link.alarm.1" }

// Facts registers the facts of peers and links.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyProposed)
	journal.Register(k, applyApproved)
	journal.Register(k, applyRenewed)
	journal.Register(k, applyOwnRotation)
	journal.RegisterInert(k)
	journal.Register(k, applyContinued)
	journal.Register(k, applyPeerContinued)
	journal.Register(k, func(*store.Tx, journal.Entry, Lost) error { return nil })
	journal.Register(k, applyPeerRotation)
	journal.Register(k, applyRevocation)
	journal.Register(k, applyTaken)
	journal.Register(k, applyGiven)
	journal.Register(k, applyRefused)
	journal.Register(k, applyVoided)
	journal.Register(k, applyAlarm)
	journal.Register(k, applyContradicted)
	journal.Register(k, applyLanesBegun)
}

func applyTaken(tx *store.Tx, e journal.Entry, f ReceiptTaken) error {
	err := tx.Exec(`INSERT INTO receipt_taken (peer, lane, epoch, last, first, fact, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.Peer, f.Lane, f.Epoch, f.Last, f.First, e.Seq, store.Micros(f.At))
	if err != nil {
		return fmt.Errorf("receipt taken: %w", err)
	}
	// What is settled no longer expires: the sweep must not read it for ever.
	err = tx.Exec(`UPDATE outbox SET expires = 0 WHERE peer = $1 AND lane = $2 AND epoch = $3 AND seq >= $4 AND seq <= $5 AND expires > 0`,
		f.Peer, f.Lane, f.Epoch, f.First, f.Last)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	err = tx.Exec(`UPDATE lane_head SET done = $1, digest = $2 WHERE peer = $3 AND lane = $4 AND way = 'out' AND epoch = $5`,
		f.Last, f.Frame.String(), f.Peer, f.Lane, f.Epoch)
	if err != nil {
		return fmt.Errorf("lane head: %w", err)
	}
	return agreed(tx, f.Peer, f.Lane)
}

func applyGiven(tx *store.Tx, e journal.Entry, f ReceiptGiven) error {
	err := tx.Exec(`INSERT INTO receipt_given (frame, peer, fact, at) VALUES ($1, $2, $3, $4)`,
		f.Frame.String(), f.Peer, e.Seq, store.Micros(e.Recorded))
	if err != nil {
		return fmt.Errorf("receipt given: %w", err)
	}
	return tx.Exec(`INSERT INTO lane_head (peer, lane, way, epoch, next, done, digest, fact) VALUES ($1, $2, 'in', $3, $4, $5, $6, $7)
		ON CONFLICT (peer, lane, way) DO UPDATE SET epoch = excluded.epoch, next = excluded.next, done = excluded.done,
		digest = excluded.digest, fact = excluded.fact`,
		f.Peer, f.Lane, f.Epoch, f.Last+1, f.Last, f.Frame.String(), e.Seq)
}

func applyRefused(tx *store.Tx, _ journal.Entry, f Refused) error {
	return tx.Exec(`INSERT INTO link_refused (id, peer, lane, kind, code, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
		f.Message, f.Peer, f.Lane, f.Of, string(f.Code), store.Micros(f.At))
}

func applyVoided(tx *store.Tx, _ journal.Entry, f Voided) error {
	way := wayOut
	if f.Theirs {
		way = wayIn
	}
	err := tx.Exec(`INSERT INTO link_voided (id, peer, lane, way, kind, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO NOTHING`, f.Message, f.Peer, f.Lane, way, f.Of, f.Reason, store.Micros(f.At))
	if err != nil || f.Theirs {
		return err
	}
	return tx.Exec(`UPDATE outbox SET void = $1, void_at = $2 WHERE fact = (SELECT seq FROM fact WHERE id = $3)`,
		f.Reason, store.Micros(f.At), f.Message)
}

func applyAlarm(tx *store.Tx, e journal.Entry, f Alarm) error {
	err := tx.Exec(`INSERT INTO link_alarm (peer, code, about, lane, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (peer, code, about) DO NOTHING`, f.Peer, f.Code, f.About, f.Lane, store.Micros(e.Recorded))
	if err != nil || f.Evidence == nil {
		return err
	}
	return tx.Exec(`INSERT INTO link_evidence (peer, code, about, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (peer, code, about) DO NOTHING`, f.Peer, f.Code, f.About, store.JSON(f.Evidence))
}
