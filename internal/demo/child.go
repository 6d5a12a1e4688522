package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/doctor"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/watch"
	"golang.org/x/sys/unix"
)

// ChildVerb is the hidden verb under which the binary runs one demo node.
const ChildVerb = "demo-node"

// order is one line from the driver to a node: by how much its clock is ahead
// of the machine's from now on. Without that it only asks how the node stands.
type order struct {
	Ahead *time.Duration `json:"ahead,omitempty"`
}

// report is one line from a node to its driver.
type report struct {
	Web  string    `json:"web,omitempty"`
	Link string    `json:"link,omitempty"`
	Now  time.Time `json:"now,omitzero"`

	Size     int64 `json:"size"`     // of its journal
	Cosigned int64 `json:"cosigned"` // the size that the other node has cosigned
	Queued   int64 `json:"queued"`   // messages under way
}

// Child is one demo node in its own process.
type Child struct {
	Folders   node.Folders
	Web, Link string        // where it listens
	Ahead     time.Duration // of its clock to the machine's
	Log       *slog.Logger
}

// commits is the file in which a demo node notes when facts became durable, on
// the machine's monotonic clock, which both processes share.
const commits = "commits.jsonl"

// commit is one line of it.
type commit struct {
	ID   string `json:"id"`
	Mono int64  `json:"mono"` // nanoseconds of CLOCK_MONOTONIC
}

// Run serves the node until ctx ends or the driver closes its end.
func (c Child) Run(ctx context.Context, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	clock := NewClock(c.Ahead)
	note, closeNotes, err := noteCommits(filepath.Join(c.Folders.Data, commits))
	if err != nil {
		return err
	}
	defer closeNotes()
	n, err := node.Open(ctx, c.Folders, node.Options{Now: clock.Now, Log: c.Log, Observe: note, Limits: limits()})
	if err != nil {
		return err
	}
	defer n.Close() //nolint:errcheck // the process ends
	cert, roots, err := node.WebCertificate(c.Folders.Keys, "", "", []string{"localhost", "127.0.0.1"}, time.Now())
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.Folders.Data, "web-ca.pem"), roots, 0o600); err != nil {
		return fmt.Errorf("certificate for clients: %w", err)
	}
	answers := json.NewEncoder(out)
	go obey(in, clock, func() { n.Age(ctx) }, func() (report, error) { return stands(ctx, n) }, answers, cancel)
	return n.Serve(ctx, node.Listen{Web: c.Web, Link: c.Link, Cert: cert, Examine: doctor.Page(doctor.Patient{Folders: c.Folders, Limits: *limits(), Now: clock.Now})}, func(web, link string) {
		answers.Encode(report{Web: web, Link: link}) //nolint:errcheck // a driver that is gone closes the input
	})
}

// limits are those of every node, but for the backup: what is fictional is made
// again by another demo, and needs none.
func limits() *watch.Limits {
	l := watch.Defaults
	l.Backup = 0
	return &l
}

// stands reads how the node stands. It is no request of a person, so that
// waiting for quiet does not itself write facts.
func stands(ctx context.Context, n *node.Node) (r report, err error) {
	peer := otherNode(n.Settings.Node)
	err = n.DB.Read(ctx, func(tx *store.Tx) error {
		link, err := exchange.State(tx, peer)
		if err != nil {
			return err
		}
		r = report{}
		for _, lane := range link.Lanes {
			r.Queued += lane.Queued
		}
		if r.Size, err = journal.Size(tx); err != nil {
			return err
		}
		r.Cosigned, _, err = journal.CosignedBy(tx, peer)
		return err
	})
	return r, err
}

// obey sets the clock as the driver says, does what that makes due, and tells how
// the node stands; when the driver is gone the node stops.
func obey(in io.Reader, clock *Clock, age func(), stands func() (report, error), answers *json.Encoder, stop func()) {
	defer stop()
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var o order
		if json.Unmarshal(lines.Bytes(), &o) != nil {
			return
		}
		if o.Ahead != nil {
			clock.Set(*o.Ahead)
			age()
		}
		r, err := stands()
		if err != nil {
			slog.Error("how the node stands", "error", err)
			return
		}
		r.Now = clock.Now()
		if answers.Encode(r) != nil {
			return
		}
	}
}

// noteCommits writes a line for every fact that may cross the border.
func noteCommits(path string) (func(journal.Entry), func(), error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("notes of commits: %w", err)
	}
	var mu sync.Mutex
	w := bufio.NewWriter(f)
	note := func(e journal.Entry) {
		if e.To.Node == "" {
			return
		}
		var ts unix.Timespec
		if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
			return
		}
		b, err := json.Marshal(commit{ID: e.ID, Mono: ts.Nano()})
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		w.Write(append(b, '\n')) //nolint:errcheck // a lost line is one latency fewer
		w.Flush()                //nolint:errcheck // as above
	}
	return note, func() { mu.Lock(); defer mu.Unlock(); w.Flush(); f.Close() }, nil //nolint:errcheck // as above
}
