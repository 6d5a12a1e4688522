package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/node"
)

// Options of the demo.
type Options struct {
	Dir   string // folder of both nodes
	Fresh bool   // start over
	Once  bool   // drive, check, print one JSON object, end
	Cases int
	Open  bool // open the browser
	Seed  uint64
	Lang  string
	Out   io.Writer
	// Binary is the program that runs a node; this one if empty.
	Binary string
	// During, for tests, is called after each round of scenes, while what they
	// released is under way: what it breaks must not show in the result.
	During func(ctx context.Context, w *World, round int) error
	// Via, for tests, gives the address under which a peer finds a node's link.
	Via func(node, link string) string
}

// age is how long before today the demo's first case begins.
const age = 12 * 24 * time.Hour

// replayed is the folder in which the checker replays the journals.
const replayed = "replayed"

// Run runs the demo until ctx ends, or once.
func Run(ctx context.Context, o Options) (err error) {
	if o.Binary == "" {
		if o.Binary, err = os.Executable(); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	if o.Fresh || o.Once {
		if err := throwAway(o.Dir); err != nil {
			return err
		}
	}
	if o.Once {
		return once(ctx, o)
	}
	return forPeople(ctx, o)
}

// once drives every case to an end or a wait, forges, checks both stores, and
// prints what they say.
func once(ctx context.Context, o Options) error {
	w := newWorld(time.Now().UTC().Add(-age).Truncate(time.Hour))
	if err := w.live(ctx, o); err != nil {
		return errors.Join(err, w.stop())
	}
	if err := w.forge(ctx); err != nil {
		return errors.Join(err, w.stop())
	}
	if err := w.cosigned(ctx); err != nil {
		return errors.Join(err, w.stop())
	}
	if err := w.stop(); err != nil {
		return err
	}
	result, mismatch := w.check(ctx, filepath.Join(o.Dir, replayed))
	if err := json.NewEncoder(o.Out).Encode(result); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return mismatch
}

// live makes both nodes, settles them and plays their cases.
func (w *World) live(ctx context.Context, o Options) error {
	if err := w.raise(ctx, o); err != nil {
		return err
	}
	if err := w.settle(ctx); err != nil {
		return err
	}
	return w.play(ctx, w.cases(o), o.During)
}

// settle founds both nodes, pairs them and signs the accords.
func (w *World) settle(ctx context.Context) error {
	errs := make([]error, len(nodeNames))
	var both sync.WaitGroup // most of it is password hashing, one processor each
	for i, n := range nodeNames {
		both.Go(func() {
			if errs[i] = w.found(ctx, n, w.codes[n]); errs[i] == nil {
				errs[i] = w.populate(ctx, n)
			}
		})
	}
	both.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := w.pair(ctx); err != nil {
		return err
	}
	return w.sign(ctx)
}

// raise makes both nodes where there are none and starts them.
func (w *World) raise(ctx context.Context, o Options) (err error) {
	for _, n := range nodeNames {
		f := node.Folders{Data: filepath.Join(o.Dir, n, "data"), Keys: filepath.Join(o.Dir, n, "keys")}
		web, link := ports[n].web, ports[n].link
		if o.Once {
			if web, err = freePort(); err != nil {
				return err
			}
			if link, err = freePort(); err != nil {
				return err
			}
		}
		if _, err := node.LoadSettings(f); err != nil {
			public := link
			if o.Via != nil {
				public = o.Via(n, link)
			}
			if w.codes[n], err = initNode(ctx, o.Binary, n, public, f); err != nil {
				return err
			}
		}
		if w.nodes[n], err = startProcess(o.Binary, n, f, web, link, w.now); err != nil {
			return err
		}
	}
	return nil
}

// ports are where the demo that people look at listens.
var ports = map[string]struct{ web, link string }{
	"us": {"127.0.0.1:8443", "127.0.0.1:8453"},
	"mx": {"127.0.0.1:8444", "127.0.0.1:8454"},
}

// stop stops both nodes cleanly.
func (w *World) stop() (err error) {
	for _, n := range nodeNames {
		if p := w.nodes[n]; p != nil && p.cmd != nil {
			err = errors.Join(err, p.Stop())
		}
	}
	return err
}

// throwAway removes an earlier demo, and only a demo.
func throwAway(dir string) error {
	for _, n := range nodeNames {
		s, err := node.LoadSettings(node.Folders{Data: filepath.Join(dir, n, "data")})
		if err == nil && !s.Fictional {
			return fmt.Errorf("demo: %s holds a node that is not a demo", dir)
		}
	}
	for _, n := range nodeNames {
		if err := errors.Join(os.RemoveAll(filepath.Join(dir, n)), os.RemoveAll(filepath.Join(dir, n+".log")), os.RemoveAll(filepath.Join(dir, whole)), os.RemoveAll(filepath.Join(dir, replayed))); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}
