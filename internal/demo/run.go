package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	Err   io.Writer
	// Binary is the program that runs a node; this one if empty.
	Binary string
}

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
	w := newWorld()
	start := time.Now().UTC().AddDate(0, 0, -40).Truncate(time.Hour)
	made, err := w.raise(ctx, o, start)
	if err != nil {
		return errors.Join(err, w.stop())
	}
	if made {
		if err := w.settle(ctx); err != nil {
			return errors.Join(err, w.stop())
		}
	}
	return errors.Join(err, w.stop())
}

// settle founds both nodes, pairs them and signs the accords.
func (w *World) settle(ctx context.Context) error {
	for _, n := range nodeNames {
		if err := w.found(ctx, n, w.codes[n]); err != nil {
			return err
		}
		if err := w.populate(ctx, n); err != nil {
			return err
		}
	}
	if err := w.pair(ctx); err != nil {
		return err
	}
	return w.sign(ctx)
}

// raise makes both nodes where there are none and starts them. It reports
// whether they are new.
func (w *World) raise(ctx context.Context, o Options, at time.Time) (made bool, err error) {
	for _, n := range nodeNames {
		f := node.Folders{Data: filepath.Join(o.Dir, n, "data"), Keys: filepath.Join(o.Dir, n, "keys")}
		web, link := ports[n].web, ports[n].link
		if o.Once {
			if web, err = freePort(); err != nil {
				return made, err
			}
			if link, err = freePort(); err != nil {
				return made, err
			}
		}
		if _, err := node.LoadSettings(f); err != nil {
			if w.codes[n], err = initNode(ctx, o.Binary, n, link, f); err != nil {
				return made, err
			}
			made = true
		}
		if w.nodes[n], err = startProcess(o.Binary, n, f, web, link, at); err != nil {
			return made, err
		}
	}
	return made, nil
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
		if err := errors.Join(os.RemoveAll(filepath.Join(dir, n)), os.RemoveAll(filepath.Join(dir, n+".log"))); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}
