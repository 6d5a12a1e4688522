package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/metrics"
	"runtime/pprof"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"golang.org/x/sys/unix"
)

// order is one line from this process to the other node's, answer one line back.
type order struct {
	Named   *exchange.Carried `json:"named,omitempty"`   // a file that the peer is taken to have named
	Make    int64             `json:"make,omitempty"`    // put a file of so many bytes into the node's folder
	Commits bool              `json:"commits,omitempty"` // tell when facts of the peer were committed since the last time
}

type answer struct {
	Commits map[string]int64 `json:"commits,omitempty"` // by fact id, nanoseconds of the machine's monotonic clock
	Used    used             `json:"used"`              // by the process since it began
	Awaits  int              `json:"awaits"`            // files that are named and not here whole
	Made    exchange.Carried `json:"made,omitzero"`     // the file that was put there
}

// monotonic is the machine's clock, which both processes share.
func monotonic() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic(err) // Linux has it
	}
	return ts.Nano()
}

// used is what a node's process has used: what a busy machine does not blur as
// it blurs rates.
type used struct {
	CPU     float64 `json:"cpu"`     // seconds
	Objects uint64  `json:"objects"` // allocated
	Commits uint64  `json:"commits"` // by the node's writer
}

// used is what this process has used.
func (h *here) used() used {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err) // Linux has it
	}
	objects := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}}
	metrics.Read(objects)
	return used{float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9, objects[0].Value.Uint64(), h.DB.Timing().Commits}
}

// each is what n messages used each, from one moment to another.
func (u used) each(from used, n int) string {
	of := float64(n)
	return fmt.Sprintf("%.0f µs, %.0f objects, %.2f commits", (u.CPU-from.CPU)/of*1e6, float64(u.Objects-from.Objects)/of, float64(u.Commits-from.Commits)/of)
}

// serveNode is the other node: it serves until its input is closed.
func serveNode(ctx context.Context, args []string) error {
	var s spec
	if len(args) != 2 {
		return errors.New("usage: bench node SPEC PROFILE")
	}
	if err := json.Unmarshal([]byte(args[0]), &s); err != nil {
		return err
	}
	if args[1] != "" {
		f, err := os.Create(args[1])
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // a profile is looked at by hand
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	h, err := openHere(ctx, s)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	at := map[string]int64{}
	note := func(e journal.Entry) {
		if e.Node != s.Name {
			mu.Lock()
			at[e.ID] = monotonic()
			mu.Unlock()
		}
	}
	h.watch.Store(&note)
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(answer{}); err != nil {
		return err
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var o order
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			return err
		}
		a := answer{Used: h.used()}
		if a.Awaits, err = h.awaits(ctx, o.Named); err != nil {
			return err
		}
		if o.Make > 0 {
			if a.Made, err = h.carries(ctx, o.Make); err != nil {
				return err
			}
		}
		if o.Commits {
			mu.Lock()
			a.Commits, at = at, map[string]int64{}
			mu.Unlock()
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return h.stop()
}

// other is the other node in its own process.
type other struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
}

// startOther starts it and waits until it listens.
func startOther(s spec, profile string) (*other, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	o := &other{cmd: exec.Command(self, nodeVerb, string(raw), profile)} // #nosec G204 -- this program
	o.cmd.Stderr = os.Stderr
	if o.in, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.cmd.Start(); err != nil {
		return nil, err
	}
	o.out = json.NewDecoder(out)
	var up answer
	if err := o.out.Decode(&up); err != nil {
		return nil, fmt.Errorf("the other node did not come up: %w", errors.Join(err, o.cmd.Wait()))
	}
	return o, nil
}

func (o *other) ask(q order) (a answer, err error) {
	if err = json.NewEncoder(o.in).Encode(q); err == nil {
		err = o.out.Decode(&a)
	}
	return a, err
}

// kill ends it as a power cut does.
func (o *other) kill() error {
	if err := o.cmd.Process.Kill(); err != nil {
		return err
	}
	o.cmd.Wait() //nolint:errcheck // it says that it was killed
	return nil
}

// stop ends it cleanly.
func (o *other) stop() error {
	err := o.in.Close()
	done := make(chan error, 1)
	go func() { done <- o.cmd.Wait() }()
	select {
	case e := <-done:
		return errors.Join(err, e)
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the other node did not stop"), o.cmd.Process.Kill())
	}
}
