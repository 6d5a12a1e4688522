package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/wire"
)

// large is one file that crosses between two processes, each of which is killed
// once on the way.
type large struct {
	r      *run
	us, mx *other
	at     map[string]spec
	file   exchange.Carried
	idle   map[string]float64 // MB that each node occupied before the file
	grown  map[string]float64 // MB by which it grew over that at its highest, in any of its lives
}

// largeFigures move one file of as many GiB as was asked for, and tell how fast,
// by how much each node grew, and how many chunks a kill cost.
func largeFigures(ctx context.Context, r *run) (err error) {
	if r.large < 1 {
		return nil
	}
	l := &large{r: r, at: map[string]spec{}, idle: map[string]float64{}, grown: map[string]float64{}}
	if err := l.begin(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.us.stop(), l.mx.stop()) }()
	made, err := l.us.ask(order{Make: r.large << 30})
	if err != nil {
		return err
	}
	l.file = made.Made
	r.say("large: %d bytes stand at the sender", l.file.Size)
	if err := l.again("us", l.us.stop); err != nil { // what it took to make the file is not the lane's memory
		return err
	}
	if err := errors.Join(l.rests("us"), l.rests("mx")); err != nil {
		return err
	}
	began, lost := time.Now(), 0
	if _, err := l.mx.ask(order{Named: &l.file}); err != nil {
		return err
	}
	for _, k := range []struct {
		name  string
		after int64 // this part of the chunks, in percent
	}{{"mx", 30}, {"us", 60}} {
		if err := l.until(ctx, k.after); err != nil {
			return err
		}
		n, err := l.dies(k.name)
		if err != nil {
			return err
		}
		lost = max(lost, n)
	}
	if err := l.until(ctx, 100); err != nil {
		return err
	}
	took := time.Since(began)
	if err := errors.Join(l.highest("us"), l.highest("mx"), l.verify()); err != nil {
		return err
	}
	return errors.Join(r.print("large.mb_s", "MB/s", []float64{float64(l.file.Size) / 1e6 / took.Seconds()}, nil),
		r.print("large.sender_rss_mb", "MB", []float64{l.grown["us"]}, nil),
		r.print("large.receiver_rss_mb", "MB", []float64{l.grown["mx"]}, nil),
		r.print("large.lost_chunks", "chunks", []float64{float64(lost)}, nil))
}

// begin makes two nodes, pairs them, and starts each as a process of its own.
func (l *large) begin(ctx context.Context) error {
	dir := filepath.Join(l.r.dir, "large")
	us, err := makeNode(ctx, dir, "us", "")
	if err != nil {
		return err
	}
	mx, err := makeNode(ctx, dir, "mx", "")
	if err != nil {
		return errors.Join(err, us.stop())
	}
	if err := errors.Join(pair(ctx, us, mx), us.stop(), mx.stop()); err != nil {
		return err
	}
	l.at["us"], l.at["mx"] = us.spec, mx.spec
	if l.us, err = startOther(us.spec, ""); err != nil {
		return err
	}
	if l.mx, err = startOther(mx.spec, ""); err != nil {
		return errors.Join(err, l.us.stop())
	}
	return nil
}

func (l *large) node(name string) *other {
	if name == "us" {
		return l.us
	}
	return l.mx
}

// again ends a node as end does and starts it anew.
func (l *large) again(name string, end func() error) error {
	if err := end(); err != nil {
		return err
	}
	o, err := startOther(l.at[name], "")
	if name == "us" {
		l.us = o
	} else {
		l.mx = o
	}
	if err != nil {
		return err
	}
	return l.node(name).forgetPeak()
}

// forgetPeak has the machine count from now on what the process occupies at its
// highest: what starting took, and gave back, is not the lane's.
func (o *other) forgetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", o.cmd.Process.Pid), []byte("5"), 0o600)
}

// rests notes what a node occupies before anything crosses.
func (l *large) rests(name string) (err error) {
	time.Sleep(3 * time.Second)
	if l.idle[name], err = l.node(name).memory("VmRSS"); err != nil {
		return err
	}
	l.r.say("large: %s occupies %.0f MB", name, l.idle[name])
	return l.node(name).forgetPeak()
}

// highest notes by how much the life of a node that ends now grew.
func (l *large) highest(name string) error {
	peak, err := l.node(name).memory("VmHWM")
	l.r.say("large: %s occupied %.0f MB at its highest", name, peak)
	l.grown[name] = max(l.grown[name], peak-l.idle[name])
	return err
}

// dies kills a node, looks at what the receiver has then, and starts it again:
// what it had is still there, and what was under way was lost.
func (l *large) dies(name string) (lost int, err error) {
	if err := l.highest(name); err != nil {
		return 0, err
	}
	err = l.again(name, func() error {
		if err := l.node(name).kill(); err != nil {
			return err
		}
		var whole int
		whole, lost, err = l.chunks()
		l.r.say("large: %s killed at %d of %d chunks; %d under way", name, whole, wire.Chunks(l.file.Size), lost)
		return err
	})
	return lost, err
}

// chunks counts what the receiver has: chunks, and pieces of chunks.
func (l *large) chunks() (whole, pieces int, err error) {
	names, err := os.ReadDir(filepath.Join(l.at["mx"].folders().Files(), l.file.ID))
	if errors.Is(err, os.ErrNotExist) {
		return 0, 0, nil
	}
	for _, n := range names {
		switch {
		case strings.HasSuffix(n.Name(), ".part"):
			pieces++
		case n.Name() != l.file.Manifest.String():
			whole++
		}
	}
	return whole, pieces, err
}

// until waits until so many percent of the chunks are there, all of them with
// the word of the node that the file is whole.
func (l *large) until(ctx context.Context, percent int64) error {
	for ctx.Err() == nil {
		whole, _, err := l.chunks()
		if err != nil {
			return err
		}
		if int64(whole)*100 >= percent*wire.Chunks(l.file.Size) {
			if percent < 100 {
				return nil
			}
			if a, err := l.mx.ask(order{}); err != nil || a.Awaits == 0 {
				return err
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return ctx.Err()
}

// verify holds every chunk that arrived against the list that was signed for,
// read from the receiver's disk.
func (l *large) verify() error {
	there := chunk.In(l.at["mx"].folders().Files())
	raw, err := chunk.In(l.at["us"].folders().Files()).Get(l.file.ID, l.file.Manifest, wire.ManifestLen(l.file.Size), nil)
	if err != nil {
		return err
	}
	m, err := wire.ReadFileManifest(raw, l.file.Size, l.file.Manifest)
	if err != nil {
		return err
	}
	var buf []byte
	for i, d := range m {
		if buf, err = there.Get(l.file.ID, d, wire.ChunkLen(l.file.Size, int64(i)), buf); err != nil {
			return fmt.Errorf("chunk %d: %w", i, err)
		}
	}
	return nil
}
