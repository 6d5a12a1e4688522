package exchange

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// errElsewhere means that a frame does not follow the last one of its lane.
var errElsewhere = errors.New("exchange: the frame does not follow")

// keysChanged says that the peer's keys are no more those that the frame was
// verified with.
type keysChanged struct{ code wire.Code }

func (k keysChanged) Error() string {
	return "exchange: the peer's keys have changed: " + string(k.code)
}

// intake records one opened frame in one transaction: every message or void,
// the lane's head and the signed receipt, or nothing.
type intake struct {
	link  *Link
	peer  string
	under string // the peer's descriptor that the frame was verified with
	keys  wire.ProofKeys
	frame *wire.Frame
	seed  journal.Seed
	now   time.Time
	ahead time.Duration // the peer's clock minus this one's

	entries []read
	receipt string
}

// read is an entry as it could be read.
type read struct {
	void    wire.Void
	message wire.Message
	code    wire.Code // it could not be read
}

// read parses outside the writer, and checks there what can be checked without
// asking the store: on every core, for it is the half of a frame's work.
func (in *intake) read() {
	in.entries = make([]read, len(in.frame.Entries))
	var hands sync.WaitGroup
	share := max(1, (len(in.entries)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for from := 0; from < len(in.entries); from += share {
		hands.Go(func() {
			for n := from; n < min(from+share, len(in.entries)); n++ {
				in.entries[n] = in.readEntry(n)
			}
		})
	}
	hands.Wait()
}

func (in *intake) readEntry(n int) (r read) {
	var err error
	if e := in.frame.Entries[n]; e.Type == wire.EntryVoid {
		r.void, err = e.Void(in.frame.Header.First + int64(n))
	} else if r.message, err = e.Message(); err == nil {
		r.message.CheckAhead(in.keys)
	}
	if err != nil {
		r.code = codeOf(err)
	}
	return r
}

func (in *intake) record(tx *store.Tx) error {
	h := in.frame.Header
	if err := in.standing(tx); err != nil {
		return err
	}
	at, err := loadHead(tx, in.peer, h.Lane, wayIn)
	if err != nil {
		return err
	}
	if h.Epoch != at.epoch || h.First != at.next || h.Prev != at.digest {
		return errElsewhere
	}
	d := in.seed.Draw(in.link.Ring)
	outcomes := make([]wire.Outcome, len(in.entries))
	for n := range in.entries {
		if outcomes[n], err = in.entry(tx, d, n); err != nil {
			return err
		}
	}
	size, err := journal.Size(tx)
	if err != nil {
		return fmt.Errorf("journal size: %w", err)
	}
	// One more leaf: the receipt is itself a fact of this commit.
	receipt, err := wire.SignReceipt(wire.Receipt{Type: wire.ReceiptRecorded, From: in.link.Node, To: in.peer, Frame: in.frame.Digest(),
		Lane: h.Lane, Epoch: h.Epoch, First: h.First, Last: h.Last, Entries: outcomes, Undertaking: wire.Undertaking,
		Size: size + 1, At: in.now}, in.link.own().Sign)
	if err != nil {
		return fmt.Errorf("sign receipt: %w", err)
	}
	given := &ReceiptGiven{Peer: in.peer, Lane: h.Lane, Epoch: h.Epoch, First: h.First, Last: h.Last,
		Frame: in.frame.Digest(), Header: in.frame.Signed, Receipt: receipt}
	if err := in.link.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{given}); err != nil {
		return err
	}
	failpoint.Hit(failpoint.ReceiveSigned)
	in.receipt = receipt
	return hear(tx, in.peer, in.now, in.ahead)
}

// standing asks for the peer's keys in the transaction itself: what is revoked
// or replaced is so from its fact on, and not from when this process hears of it.
func (in *intake) standing(tx *store.Tx) error {
	p, err := FindPeer(tx, in.peer)
	switch {
	case err != nil:
		return fmt.Errorf("peer: %w", err)
	case !p.Revoked.IsZero():
		return keysChanged{wire.CodeRevokedKey}
	case p.Descriptor == in.under:
		return nil
	}
	now, err := wire.ReadDescriptor(p.Descriptor)
	if err != nil {
		return fmt.Errorf("descriptor of a peer: %w", err)
	}
	was, err := wire.ReadDescriptor(in.under)
	if err == nil && !sameKeys(now, was) {
		err = keysChanged{wire.CodeSupersededKey}
	}
	return err
}

func (in *intake) entry(tx *store.Tx, d *journal.Draw, n int) (wire.Outcome, error) {
	e, r := in.frame.Entries[n], in.entries[n]
	o := wire.Outcome{Seq: in.frame.Header.First + int64(n), Void: e.Type == wire.EntryVoid, Digest: e.Digest(), Result: wire.ResultRecorded}
	if o.Void {
		o.ID = r.void.ID
		if r.code != "" {
			o.ID = ""
			return o, in.refuse(tx, &o, e, r.code)
		}
		return o, in.void(tx, d, r.void)
	}
	o.ID = r.message.Act.ID
	if r.code != "" {
		return o, in.refuse(tx, &o, e, r.code)
	}
	leaf, code, err := in.receive(tx, e, r.message)
	if err != nil {
		return o, err
	}
	if code != "" {
		if code == wire.CodeOtherDigest {
			err = in.link.alarmIn(tx, d, Alarm{Peer: in.peer, Lane: in.frame.Header.Lane, Code: AlarmOtherDigest, About: o.ID})
		}
		return o, errors.Join(err, in.refuse(tx, &o, e, code))
	}
	failpoint.Hit(failpoint.ReceiveMessage)
	o.Leaf, o.Purpose = &leaf, r.message.Act.Purpose
	return o, nil
}

// receive hands a message to the house, which writes nothing before it has
// decided to take it: a refused message leaves no trace but its quarantine.
// (A savepoint for each message, to undo what was written, had every page of
// the group copied once more.)
func (in *intake) receive(tx *store.Tx, e wire.Entry, m wire.Message) (leaf int64, code wire.Code, err error) {
	if code, err := refusedBefore(tx, in.peer, e.Digest()); code != "" || err != nil {
		return 0, code, err
	}
	before := tx.Writes()
	leaf, code, err = in.link.House.Receive(tx, in.peer, m)
	if err != nil {
		return 0, "", fmt.Errorf("receive %s: %w", m.Act.Kind, err)
	}
	if code != "" && tx.Writes() != before {
		return 0, "", fmt.Errorf("receive %s: %w", m.Act.Kind, errWroteFirst)
	}
	return leaf, code, nil
}

// errWroteFirst is a fault of the program: the whole frame is undone.
var errWroteFirst = errors.New("exchange: a refused message was written about")

// refusedBefore gives the same answer to the same message for ever.
func refusedBefore(tx *store.Tx, peer string, digest wire.Digest) (wire.Code, error) {
	var code string
	err := tx.QueryRow(`SELECT code FROM quarantine WHERE peer = $1 AND digest = $2`, peer, digest.String()).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("quarantine: %w", err)
	}
	return wire.Code(code), nil
}

func (in *intake) refuse(tx *store.Tx, o *wire.Outcome, e wire.Entry, code wire.Code) error {
	o.Result, o.Code, o.Leaf, o.Purpose = wire.ResultRefused, code, nil, ""
	what := "message"
	if o.Void {
		what = "void"
	}
	err := quarantine(tx, Quarantined{Peer: in.peer, What: what, ID: o.ID, Lane: in.frame.Header.Lane, Code: code, At: in.now, Bytes: e.Body})
	failpoint.Hit(failpoint.ReceiveRefused)
	return err
}

func (in *intake) void(tx *store.Tx, d *journal.Draw, v wire.Void) error {
	h := in.frame.Header
	f := &Voided{Peer: in.peer, Lane: h.Lane, Epoch: h.Epoch, Seq: v.Seq, Message: v.ID, Reason: v.Reason, At: v.At, Theirs: true}
	return in.link.House.Enter(tx, d, wire.PurposeAdministration, []journal.Fact{f})
}

// decodeFact reads a stored fact of this package from its message.
func decodeFact[F any](m wire.Message) (F, error) {
	var f F
	if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
		return f, fmt.Errorf("fact %s: %w", m.Act.Kind, err)
	}
	return f, nil
}
