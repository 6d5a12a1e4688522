package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// traffic is two nodes in two processes with referrals between them, and the
// limit of this machine.
type traffic struct {
	r         *run
	dir       string
	us        *here
	mx        *other
	mxSpec    spec
	referrals []string
	charged   []bool        // by referral: the next act ends the own prosecution instead of opening one
	first     int           // the referral that the next act is about
	ready     chan string   // acts that were shown and wait for their signature
	receipts  chan struct{} // one for each receipt that became durable here
	machine   *machine
}

// How many referrals acts are about in turn; how long a run is at most; the
// queue that a node finds when it comes back.
const (
	referrals = 2000
	span      = 2 * time.Second
	queue     = 5000
)

func exchangeFigures(ctx context.Context, r *run) (err error) {
	t, err := newTraffic(ctx, r, filepath.Join(r.dir, "exchange"), "", r.scaled(referrals))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	for _, f := range []func(context.Context) error{t.single, t.concurrent, t.drain} {
		if err := f(ctx); err != nil {
			return err
		}
	}
	return nil
}

// newTraffic makes both nodes, prepares the referrals with both in this
// process, and leaves the other one to a process of its own. server is the
// address of this side's database; a file if empty. What an earlier run left
// in the folder is found again.
func newTraffic(ctx context.Context, r *run, dir, server string, n int) (t *traffic, err error) {
	t = &traffic{r: r, dir: dir, receipts: make(chan struct{}, 1<<16)}
	if err := t.load(ctx, server, n); err != nil {
		return nil, err
	}
	if t.machine, err = newMachine(filepath.Join(dir, "limit")); err != nil {
		return nil, err
	}
	heard := func(e journal.Entry) {
		if e.Kind == (exchange.ReceiptTaken{}).Kind() {
			select {
			case t.receipts <- struct{}{}:
			default: // nobody counts them just now
			}
		}
	}
	t.us.watch.Store(&heard)
	return t, t.startOther()
}

// left is what a run leaves for the next one in the same folder.
type left struct {
	US, MX    spec
	Referrals []string
	Charged   []bool
}

func (t *traffic) load(ctx context.Context, server string, n int) error {
	raw, err := os.ReadFile(filepath.Join(t.dir, "left.json"))
	if err == nil {
		var l left
		if err := json.Unmarshal(raw, &l); err != nil {
			return err
		}
		t.mxSpec, t.referrals, t.charged = l.MX, l.Referrals, l.Charged
		t.us, err = openHere(ctx, l.US)
		return err
	}
	if t.us, err = makeNode(ctx, t.dir, "us", server); err != nil {
		return err
	}
	mx, err := makeNode(ctx, t.dir, "mx", "")
	if err != nil {
		return errors.Join(err, t.us.stop())
	}
	t.mxSpec, t.charged = mx.spec, make([]bool, n)
	if err = pair(ctx, t.us, mx); err == nil {
		if t.referrals, err = refer(ctx, t.us, n); err == nil {
			err = quiet(ctx, t.us, mx)
		}
	}
	if err = errors.Join(err, mx.stop()); err != nil {
		return errors.Join(err, t.us.stop())
	}
	t.r.say("%d referrals are sent", n)
	return t.leave()
}

func (t *traffic) leave() error {
	raw, err := json.Marshal(left{t.us.spec, t.mxSpec, t.referrals, t.charged})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.dir, "left.json"), raw, 0o600)
}

func (t *traffic) startOther() (err error) {
	profile := t.r.profile
	if profile != "" {
		profile += ".mx"
	}
	t.mx, err = startOther(t.mxSpec, profile)
	return err
}

func (t *traffic) stop() error {
	var err error
	if t.mx != nil {
		err = t.mx.stop()
	}
	return errors.Join(err, t.us.stop(), t.machine.close(), t.leave())
}

// show prepares n acts, each about another referral, as they are shown to the
// official before signing: a US Attorney opens a prosecution of their own, or
// ends it. What is measured begins with the signature.
func (t *traffic) show(ctx context.Context, n int) error {
	n = min(n, len(t.referrals))
	t.ready = make(chan string, n)
	attorney := t.attorney()
	errs := make([]error, 16)
	var hands sync.WaitGroup
	for w := range errs {
		hands.Go(func() {
			for k := w; k < n && errs[w] == nil; k += len(errs) {
				i := (t.first + k) % len(t.referrals)
				step := "open_own_prosecution"
				if t.charged[i] {
					step = "end_own_prosecution"
				}
				var p act.Prepared
				p, errs[w] = t.us.Acts.Prepare(ctx, attorney, "", wire.PurposeProsecution, &referral.SignStep{Referral: t.referrals[i], Step: step, Reason: "other"})
				if errs[w] == nil {
					t.charged[i] = !t.charged[i]
					t.ready <- p.ID
				}
			}
		})
	}
	hands.Wait()
	t.first += n
	return errors.Join(errs...)
}

func (t *traffic) attorney() access.Actor {
	return t.us.person("attorney", "usao-sdtx", access.RoleUSAttorney)
}

// act signs the next act that was shown; its message crosses. None is left if
// the fact is empty.
func (t *traffic) act(ctx context.Context) (fact string, err error) {
	select {
	case id := <-t.ready:
		res, err := t.us.Acts.Sign(ctx, t.attorney(), id, access.Assertion{})
		if err != nil {
			return "", err
		}
		return res.Facts[0], nil
	default:
		return "", nil
	}
}

// single is one act at a time, each waiting until its receipt is durable here,
// and what the machine itself could do at best.
func (t *traffic) single(ctx context.Context) error {
	const click = "exchange.click_to_commit_ms"
	if !t.r.wants("exchange.single") && !t.r.wants(click) {
		return nil
	}
	body, err := t.message(ctx)
	if err != nil {
		return err
	}
	t.r.say("a message has %d bytes", len(body))
	var rates, limits, p50, p99 []float64
	for range t.r.times {
		limit, err := t.machine.rate(ctx, body, span/2)
		if err != nil {
			return err
		}
		rate, took, err := t.oneByOne(ctx)
		if err != nil {
			return err
		}
		rates, limits = append(rates, rate), append(limits, limit)
		p50, p99 = append(p50, quantile(took, 0.50)), append(p99, quantile(took, 0.99))
	}
	if t.r.wants("exchange.single") {
		if err := t.r.print("exchange.single", "msg/s", rates, limits); err != nil {
			return err
		}
	}
	if !t.r.wants(click) {
		return nil
	}
	return errors.Join(t.r.print(click+".p50", "ms", p50, nil), t.r.print(click+".p99", "ms", p99, nil))
}

// message gives one as it crosses.
func (t *traffic) message(ctx context.Context) (body []byte, err error) {
	if err := t.show(ctx, 1); err != nil {
		return nil, err
	}
	id, err := t.act(ctx)
	if err != nil {
		return nil, err
	}
	err = t.us.DB.Read(ctx, func(tx *store.Tx) error {
		_, m, err := journal.Load(tx, id)
		body = m.Bytes()
		return err
	})
	return body, errors.Join(err, t.settled(ctx))
}

// oneByOne acts for a span and gives the rate and, for each act, the
// milliseconds from the call to the commit on the other node.
func (t *traffic) oneByOne(ctx context.Context) (rate float64, took []float64, err error) {
	if err := errors.Join(t.show(ctx, 1000), t.settled(ctx)); err != nil {
		return 0, nil, err
	}
	t.forget()
	defer func() { err = errors.Join(err, t.finish(ctx)) }()
	before, err := t.spent(order{Commits: true})
	if err != nil {
		return 0, nil, err
	}
	at := map[string]int64{}
	began := time.Now()
	for time.Since(began) < span {
		clicked := monotonic()
		id, err := t.act(ctx)
		if err != nil {
			return 0, nil, err
		}
		if id == "" {
			break
		}
		at[id] = clicked
		if err := t.receipt(ctx); err != nil {
			return 0, nil, err
		}
	}
	rate = float64(len(at)) / time.Since(began).Seconds()
	a, err := t.mx.ask(order{Commits: true})
	if err != nil {
		return 0, nil, err
	}
	for id, clicked := range at {
		committed, ok := a.Commits[id]
		if !ok {
			return 0, nil, fmt.Errorf("%s was not committed on the other node", id)
		}
		took = append(took, float64(committed-clicked)/1e6)
	}
	t.cost("one at a time", len(at), before)
	return rate, took, nil
}

// finish signs what was shown and not signed in time, so that the next act
// about its referral finds it where it is thought to be.
func (t *traffic) finish(ctx context.Context) error {
	_, err := t.crowd(ctx, time.Hour)
	return errors.Join(err, t.settled(ctx))
}

// receipt waits for the next one.
func (t *traffic) receipt(ctx context.Context) error {
	select {
	case <-t.receipts:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(30 * time.Second):
		return errors.New("no receipt came")
	}
}

// forget drops receipts that nobody waited for.
func (t *traffic) forget() {
	for {
		select {
		case <-t.receipts:
		default:
			return
		}
	}
}

// settled waits until every message has its receipt here.
func (t *traffic) settled(ctx context.Context) error {
	for deadline := time.Now().Add(2 * time.Minute); ; {
		err := t.us.drained(ctx, "mx")
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-t.receipts:
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// concurrent is sixteen officials acting side by side, each waiting for their
// own commit only, until the last receipt is durable.
func (t *traffic) concurrent(ctx context.Context) error {
	return t.r.repeat("exchange.concurrent16", "msg/s", func() (float64, error) { return t.sixteen(ctx) })
}

func (t *traffic) sixteen(ctx context.Context) (float64, error) {
	if err := t.show(ctx, len(t.referrals)); err != nil {
		return 0, err
	}
	before, err := t.spent(order{})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	n, err := t.crowd(ctx, span)
	if err != nil {
		return 0, err
	}
	if err := t.settled(ctx); err != nil {
		return 0, err
	}
	rate := float64(n) / time.Since(began).Seconds()
	t.cost("sixteen", n, before)
	return rate, t.finish(ctx)
}

// crowd has sixteen callers sign what was shown, for a span at most.
func (t *traffic) crowd(ctx context.Context, span time.Duration) (int, error) {
	var n atomic.Int64
	errs := make([]error, 16)
	began := time.Now()
	var hands sync.WaitGroup
	for w := range errs {
		hands.Go(func() {
			for time.Since(began) < span {
				id, err := t.act(ctx)
				if errs[w] = err; err != nil || id == "" {
					return
				}
				n.Add(1)
			}
		})
	}
	hands.Wait()
	return int(n.Load()), errors.Join(errs...)
}

// drain is how long a queue takes that the other node finds when it comes back:
// from when it listens to the last receipt durable here.
func (t *traffic) drain(ctx context.Context) error {
	return t.r.repeat("exchange.drain5000_s", "s", func() (float64, error) {
		if err := t.mx.stop(); err != nil {
			return 0, err
		}
		for left := t.r.scaled(queue); left > 0; left -= len(t.referrals) {
			if err := t.show(ctx, left); err != nil {
				return 0, err
			}
			if _, err := t.crowd(ctx, time.Hour); err != nil {
				return 0, err
			}
		}
		if err := t.startOther(); err != nil {
			return 0, err
		}
		began := time.Now()
		err := t.settled(ctx)
		return time.Since(began).Seconds(), err
	})
}

// spending is what both nodes have used.
type spending struct{ us, mx used }

func (t *traffic) spent(q order) (spending, error) {
	a, err := t.mx.ask(q)
	return spending{t.us.used(), a.Used}, err
}

// cost tells what a message cost each node.
func (t *traffic) cost(what string, n int, before spending) {
	now, err := t.spent(order{})
	if err != nil || n == 0 {
		return
	}
	t.r.say("%s: %d messages; each here %s; there %s", what, n, now.us.each(before.us, n), now.mx.each(before.mx, n))
}
