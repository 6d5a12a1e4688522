package demo

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// pace is how far the clock moves between two scenes: less than a session's
// idle time, so that people stay signed in; once in a while a night passes.
const (
	pace  = 20 * time.Minute
	night = 11 * time.Hour
)

// cases makes the files: both directions, every corridor in turn, plots by weight.
func (w *World) cases(o Options) []*file {
	_, mirror := program.ProcedureByID("us-mirror-2016")
	var out []*file
	for i, p := range cycle(o.Cases) {
		f := &file{w: w, n: i, seed: int(o.Seed % 1000), way: corridors[i%len(corridors)], from: "us", to: "mx", plot: p}
		if mirror && i%3 == 2 && p.to != "mx" {
			f.from, f.to = "mx", "us"
		}
		out = append(out, f)
	}
	return out
}

// play takes every case through its scenes. Scenes of one round happen side by
// side; between rounds everything is delivered and the clock moves on. The
// cases that are lost on the way wait for the outage.
func (w *World) play(ctx context.Context, files []*file, during func(context.Context, *World, int) error) error {
	for round := 0; ; round++ {
		var due, outage []*file
		for _, f := range files {
			switch {
			case f.scene >= len(f.plot.scenes):
			case f.plot.name == "lost on the way" && f.scene == len(opening):
				outage = append(outage, f)
			default:
				due = append(due, f)
			}
		}
		switch {
		case len(due) == 0 && len(outage) == 0:
			return nil
		case len(due) == 0:
			if err := w.outage(ctx, outage); err != nil {
				return err
			}
			continue
		}
		if err := w.round(ctx, due); err != nil {
			return err
		}
		if during != nil {
			if err := during(ctx, w, round); err != nil {
				return err
			}
		}
		if err := w.drained(ctx); err != nil {
			return err
		}
		step := pace
		if round%4 == 3 {
			step = night
		}
		if err := w.advance(w.now.Add(step)); err != nil {
			return err
		}
	}
}

// round plays the next scene of each file, a few at a time.
func (w *World) round(ctx context.Context, files []*file) error {
	work := make(chan *file)
	errs := make([]error, 2*runtime.GOMAXPROCS(0))
	var hands sync.WaitGroup
	for i := range errs {
		hands.Go(func() {
			for f := range work {
				if errs[i] != nil {
					continue
				}
				if errs[i] = f.plot.scenes[f.scene](f, ctx); errs[i] == nil {
					f.scene++
				}
			}
		})
	}
	for _, f := range files {
		work <- f
	}
	close(work)
	hands.Wait()
	return errors.Join(errs...)
}

// advance sets both nodes' clocks.
func (w *World) advance(to time.Time) error {
	w.stand(to)
	for _, n := range nodeNames {
		if err := w.nodes[n].SetClock(w.ahead); err != nil {
			return err
		}
	}
	return nil
}

// drained waits until neither node has anything under way.
func (w *World) drained(ctx context.Context) error {
	return w.until(ctx, time.Minute, "messages are under way", func(r report) bool { return r.Queued == 0 })
}

// cosigned waits until each node has cosigned the other's journal as it stands.
func (w *World) cosigned(ctx context.Context) error {
	return w.until(ctx, time.Minute, "the last checkpoint is not cosigned", func(r report) bool { return r.Queued == 0 && r.Cosigned == r.Size })
}

// until waits until both nodes stand as wanted, both looked at in one go after
// neither grew.
func (w *World) until(ctx context.Context, within time.Duration, why string, quiet func(report) bool) error {
	deadline, before := time.Now().Add(within), int64(-1)
	for {
		all, size := true, int64(0)
		for _, n := range nodeNames {
			r, err := w.nodes[n].stands()
			if err != nil {
				return err
			}
			all, size = all && quiet(r), size+r.Size
		}
		if all && size == before {
			return nil
		}
		before = size
		if time.Now().After(deadline) {
			return fmt.Errorf("demo: %s, after %s", why, within)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// outage: the other node is down for longer than a first sending lives. What
// was sent meanwhile expires, is shown so, and goes again.
func (w *World) outage(ctx context.Context, files []*file) error {
	for _, down := range nodeNames {
		var sending []*file
		for _, f := range files {
			if f.to == down {
				sending = append(sending, f)
			}
		}
		if len(sending) == 0 {
			continue
		}
		if err := w.nodes[down].Stop(); err != nil {
			return err
		}
		for _, f := range sending {
			if err := f.plot.scenes[f.scene](f, ctx); err != nil {
				return err
			}
			w.deeds.away()
			f.scene++
		}
		w.stand(w.now.Add(80 * time.Hour))
		if err := w.nodes[otherNode(down)].SetClock(w.ahead); err != nil {
			return err
		}
		// What may have left cannot be written off alone: then the other side says that it came too late.
		early := w.expired(ctx, 8*time.Second, sending)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := w.nodes[down].Restart(w.ahead); err != nil {
			return err
		}
		if early == nil {
			continue
		}
		if err := w.expired(ctx, time.Minute, sending); err != nil {
			return err
		}
	}
	return nil
}

// expired waits until the sender has written off what could not be delivered.
func (w *World) expired(ctx context.Context, within time.Duration, files []*file) error {
	deadline := time.Now().Add(within)
	for _, f := range files {
		for {
			state, err := f.state(ctx)
			if err != nil {
				return err
			}
			if state == "expired" {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("demo: case %d stands at %s and has not expired", f.n, state)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	return nil
}

// state is where the referral stands for its sender.
func (f *file) state(ctx context.Context) (string, error) {
	c, err := f.w.as(ctx, f.from, f.cast().drafts, wire.PurposeProsecution)
	if err != nil {
		return "", err
	}
	var shown struct {
		State string `json:"state"`
	}
	err = c.Get(ctx, "referrals/"+f.referral, &shown)
	return shown.State, err
}
