package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/quietport"
)

// Options of the demo.
type Options struct {
	Dir   string // folder of both nodes
	Fresh bool   // start over
	Once  bool   // drive, check, print one JSON object, end
	Cases int
	Open  bool // open the browser
	// Port is where the demo that people look at begins to listen: pages at
	// Port and Port+1, links at Port+10 and Port+11. A link stays where it was
	// made, which is what the other node knows.
	Port int
	Seed uint64
	Lang string
	Out  io.Writer
	// Binary is the program that runs a node; this one if empty.
	Binary string
	// During, for tests, is called after each round of scenes, while what they
	// released is under way: what it breaks must not show in the result.
	During func(ctx context.Context, w *World, round int) error
	// Server, for tests, gives the address of a node's database; files if nil.
	Server func(node string) string
	// Twins, for tests, names the nodes that run as two processes on one database.
	Twins []string
	// Via, for tests, gives the address under which a peer finds a node's link,
	// whichever of its processes listens.
	Via func(node string, links ...string) string
}

// folders are where a node of the demo stands.
func (o Options) folders(name string) node.Folders {
	f := foldersOf(o.Dir, name)
	if o.Server != nil {
		f.Server = o.Server(name)
	}
	return f
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
	if err := alone(ctx, o.Dir); err != nil {
		return err
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
	for _, do := range []func(context.Context) error{w.cosigned, w.bundles, w.cosigned} { // what is looked at leaves facts
		if err := do(ctx); err != nil {
			return errors.Join(err, w.stop())
		}
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
	w.files = w.cases(o)
	return w.play(ctx, w.files, o.During)
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
		f := o.folders(n)
		web, link := o.address(n, 0), o.address(n, 10)
		if o.Once {
			if web, err = quietport.Address(); err != nil {
				return err
			}
			if link, err = quietport.Address(); err != nil {
				return err
			}
		}
		links := []string{link}
		if slices.Contains(o.Twins, n) {
			second, err := quietport.Address()
			if err != nil {
				return err
			}
			links = append(links, second)
		}
		if s, err := node.LoadSettings(f); err == nil {
			link = strings.TrimPrefix(s.LinkURL, "https://")
		} else {
			public := link
			if o.Via != nil {
				public = o.Via(n, links...)
			}
			if w.codes[n], err = initNode(ctx, o.Binary, n, public, f); err != nil {
				return err
			}
		}
		if w.nodes[n], err = startProcess(o.Binary, n, f, web, link, w.ahead); err != nil {
			return err
		}
		for _, second := range links[1:] {
			if w.nodes[n].twin, err = startProcess(o.Binary, n, f, "127.0.0.1:0", second, w.ahead); err != nil {
				return err
			}
		}
	}
	return nil
}

// address is where a node of the demo that people look at listens.
func (o Options) address(n string, from int) string {
	return fmt.Sprintf("127.0.0.1:%d", o.Port+from+slices.Index(nodeNames, n))
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

// leaving is how long the nodes of a demo that was killed have to stop by
// themselves.
const leaving = 5 * time.Second

// alone waits until no node runs on a demo's folder any more. One that somebody
// is looking at is refused.
func alone(ctx context.Context, dir string) error {
	deadline := time.Now().Add(leaving)
	for _, n := range nodeNames {
		for {
			err := foldersOf(dir, n).Stopped(context.Background())
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				return err
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

// foldersOf are the folders of one of the demo's nodes.
func foldersOf(dir, n string) node.Folders {
	return node.Folders{Data: filepath.Join(dir, n, "data"), Keys: filepath.Join(dir, n, "keys")}
}

// throwAway removes an earlier demo, and only a demo.
func throwAway(dir string) error {
	for _, n := range nodeNames {
		s, err := node.LoadSettings(foldersOf(dir, n))
		if err == nil && !s.Fictional {
			return fmt.Errorf("demo: %s holds a node that is not a demo", dir)
		}
	}
	// Its mark of being whole goes first: what is left if this breaks off is
	// thrown away by the next run.
	for _, name := range []string{whole, replayed, "us", "us.log", "mx", "mx.log"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}
