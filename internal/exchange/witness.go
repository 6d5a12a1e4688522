package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// uncosignedAfter is how long a journal may go without a peer's cosignature
// before it is an alarm (DESIGN §2).
const uncosignedAfter = 24 * time.Hour

// witnessTimeout bounds one round with a peer.
const witnessTimeout = 20 * time.Second

// witnessState keeps one request per peer under way.
type witnessState struct {
	busy  sync.Mutex
	asked time.Time // when its descriptor was asked for
	seen  time.Time // when its view of others' journals was asked for
}

// showJournal makes a checkpoint of the journal as it stands and asks every
// peer to cosign it. A peer that does not answer delays nobody.
func (l *Link) showJournal(ctx context.Context) error {
	if l.restoring() {
		return nil // a checkpoint signed now might contradict one that was lost
	}
	var cp journal.Signed
	now := l.Now()
	err := l.DB.Write(ctx, func(tx *store.Tx) (err error) {
		origin, err := l.origin(tx)
		if err != nil {
			return err
		}
		cp, err = journal.MakeCheckpoint(tx, l.own().Journal, origin, now)
		return err
	})
	if errors.Is(err, journal.ErrRewritten) || errors.Is(err, journal.ErrDamaged) {
		l.ownJournal(ctx)
	}
	if err != nil {
		return err
	}
	failpoint.Hit(failpoint.CheckpointMade)
	for _, p := range l.active() {
		if !p.held.Load() || cp.Size == 0 || !p.witness.busy.TryLock() {
			continue
		}
		l.apart(func() {
			defer p.witness.busy.Unlock()
			life := ctx
			ctx, cancel := context.WithTimeout(life, l.patience)
			defer cancel()
			if err := l.askCosignature(ctx, p, cp); err != nil && life.Err() == nil {
				l.unwitnessed(life, p.ID, err)
			}
			if err := l.overdue(life, p); err != nil && life.Err() == nil {
				l.Log.Error("age of cosignature", "peer", p.ID, "error", err)
			}
			if err := l.renewDescriptor(ctx, p); err != nil && ctx.Err() == nil {
				l.Log.Info("descriptor not renewed", "peer", p.ID, "error", err)
			}
			if err := l.compareViews(ctx, p); err != nil && ctx.Err() == nil {
				l.Log.Info("journals not compared", "peer", p.ID, "error", err)
			}
			if err := l.introduce(ctx, p, p.lines[slotJournal]); err != nil && ctx.Err() == nil {
				l.Log.Info("new keys not shown", "peer", p.ID, "error", err)
			}
		})
	}
	return nil
}

// askCosignature asks one peer. The first answer may be that it cosigned
// another size last; the second request starts from there.
func (l *Link) askCosignature(ctx context.Context, p *pinned, cp journal.Signed) error {
	var old int64
	err := l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		old, _, err = journal.CosignedBy(tx, p.ID)
		return err
	})
	if err != nil {
		return err
	}
	for range 2 {
		status, body, err := l.postCheckpoint(ctx, p, cp, old)
		if err != nil {
			return err
		}
		switch status {
		case http.StatusOK:
			return l.takeCosignature(ctx, p, cp, body)
		case http.StatusConflict:
			if old, err = strconv.ParseInt(string(body), 10, 64); err != nil {
				return fmt.Errorf("size the peer cosigned: %w", err)
			}
			if old > cp.Size {
				return l.cosignedMore(ctx, p, cp)
			}
		case http.StatusUnprocessableEntity:
			l.alarm(ctx, Alarm{Peer: p.ID, Code: AlarmSplitView, About: strconv.FormatInt(cp.Size, 10)})
			return &trouble{code: AlarmSplitView}
		default:
			return &trouble{code: "status", detail: strconv.Itoa(status)}
		}
	}
	return &trouble{code: "status", detail: "two conflicts"}
}

// takeCosignature verifies and keeps what the peer signed.
func (l *Link) takeCosignature(ctx context.Context, p *pinned, cp journal.Signed, line []byte) error {
	failpoint.Hit(failpoint.CosignTaken)
	err := l.DB.Write(ctx, func(tx *store.Tx) error {
		if err := journal.AddCosignature(tx, cp, p.ID, l.journalKey, p.desc.Witness, line); err != nil {
			return err
		}
		_, theirs, err := journal.CosignedBy(tx, p.ID)
		if err != nil {
			return err
		}
		now := l.Now()
		return errors.Join(l.alive(tx, p.ID, now), clockSeen(tx, p.ID, theirs.Sub(now)))
	})
	if err == nil {
		failpoint.Hit(failpoint.CosignStored)
	}
	return err
}

func (l *Link) postCheckpoint(ctx context.Context, p *pinned, cp journal.Signed, old int64) (int, []byte, error) {
	var req wire.WitnessRequest
	err := l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		req, err = journal.AskWitness(tx, cp, old)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	return p.lines[slotJournal].ask(ctx, pathCheckpoint, req.Bytes())
}

// cosign is the witness's side: check, store durably, and only then sign.
func (l *Link) cosign(ctx context.Context, p *pinned, body []byte) (answer, error) {
	req, err := wire.ParseWitnessRequest(body)
	if err != nil {
		return answer{http.StatusBadRequest, []byte(codeOf(err))}, nil
	}
	failpoint.Hit(failpoint.CosignAsked)
	now := l.Now()
	var last, shown wire.Checkpoint
	var evidence *wire.Histories
	err = l.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if last, _, err = journal.Witnessed(tx, p.ID); err != nil {
			return err
		}
		if shown, evidence, err = journal.Witness(tx, p.ID, p.desc.Journal, req, now); err != nil {
			return err
		}
		return l.alive(tx, p.ID, now)
	})
	switch wire.CodeOf(err) {
	case wire.CodeSequence:
		return answer{http.StatusConflict, []byte(strconv.FormatInt(last.Size, 10))}, nil
	case wire.CodeAltered:
		code := AlarmSplitView
		if shown.Size < last.Size {
			code = AlarmRolledBack
		}
		l.alarm(ctx, Alarm{Peer: p.ID, Code: code, About: digestOf(req.Checkpoint), Evidence: evidence})
		return answer{http.StatusUnprocessableEntity, []byte(wire.CodeAltered)}, nil
	case "":
		if err != nil {
			return answer{}, err
		}
	default:
		return answer{http.StatusBadRequest, []byte(wire.CodeOf(err))}, nil
	}
	failpoint.Hit(failpoint.CosignPersisted)
	line, err := wire.Cosign(req.Checkpoint, p.desc.Journal, wire.WitnessName(l.Installation, l.Node), l.own().Cosign, now)
	if err != nil {
		return answer{}, fmt.Errorf("cosign: %w", err)
	}
	failpoint.Hit(failpoint.CosignSigned)
	return answer{http.StatusOK, line}, nil
}

// overdue raises the alarm for a journal that a peer has not cosigned for a
// day, once a day.
func (l *Link) overdue(ctx context.Context, p *pinned) error {
	var at time.Time
	err := l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		_, at, err = journal.CosignedBy(tx, p.ID)
		return err
	})
	if err != nil {
		return err
	}
	if at.IsZero() {
		at = p.Effective
	}
	if now := l.Now(); now.Sub(at) > uncosignedAfter {
		l.alarm(ctx, Alarm{Peer: p.ID, Code: AlarmUncosigned, About: now.Format(time.DateOnly)})
	}
	return nil
}

// giveDescriptor hands out this node's newest descriptor.
func (l *Link) giveDescriptor(_ context.Context, _ *pinned, _ []byte) (answer, error) {
	if l.Descriptor == nil {
		return answer{http.StatusNotFound, nil}, nil
	}
	return answer{http.StatusOK, []byte(l.Descriptor())}, nil
}

// renewDescriptor asks a peer for its newest descriptor and takes it up if it
// stands under the same keys.
func (l *Link) renewDescriptor(ctx context.Context, p *pinned) error {
	now := l.Now()
	if now.Sub(p.witness.asked).Abs() < l.Every {
		return nil
	}
	p.witness.asked = now
	status, body, err := p.lines[slotJournal].ask(ctx, pathDescriptor, nil)
	if err != nil || status != http.StatusOK || string(body) == p.Peer.Descriptor {
		return err
	}
	d, err := wire.ReadDescriptor(string(body))
	if err != nil {
		return &trouble{code: "descriptor", cause: err}
	}
	if !sameKeys(d, p.desc) || !d.Created.After(p.desc.Created) {
		return &trouble{code: "descriptor", cause: errors.New("other keys or an older one: the fingerprints must be compared again")}
	}
	seed := journal.NewSeed(l.Now())
	return l.DB.Write(ctx, func(tx *store.Tx) error {
		f := &PeerRenewal{Peer: p.ID, Descriptor: string(body)}
		return l.House.Enter(tx, seed.Draw(l.Ring), wire.PurposeAdministration, []journal.Fact{f})
	})
}
