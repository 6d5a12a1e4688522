//go:build failpoint

package exchange_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/quietport"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// A node of these tests as a process of its own: this very test binary, run
// again for TestOneNode. Store, keys, TLS and link are the real ones; the test
// that drives it writes orders to its input and reads what it answers.

// spec is what a process is told of itself.
type spec struct {
	Name, Dir, Addr string
	Hidden          bool // it cannot be dialled
	// Carried is a file that us has named to mx; its chunks lie in a folder.
	Carried *exchange.Carried `json:",omitempty"`
}

// told is one order: what to say to the peer, or to end; nothing asks how the
// node stands.
type told struct {
	Say []said `json:"say,omitempty"`
	End bool   `json:"end,omitempty"`
}

// said is one message. It is released once, however often it is ordered.
type said struct {
	Text  string `json:"text"`
	Alert bool   `json:"alert,omitempty"`
	Late  bool   `json:"late,omitempty"` // it expires before it can be sent
}

// stands is how a process says it stands.
type stands struct {
	Queued   int64 `json:"queued"`
	Size     int64 `json:"size"`
	Cosigned int64 `json:"cosigned"`
	Arrived  bool  `json:"arrived"` // the file that is carried
}

func (s spec) database() string { return filepath.Join(s.Dir, "data", "oasiss.sqlite") }

func (s spec) open(t testing.TB, db *store.DB) *node {
	t.Helper()
	kinds := map[string]func(*journal.Kinds){"us": factsOfUS, "mx": facts}[s.Name]
	n := newNodeOn(t, db, filepath.Join(s.Dir, "keys"), s.Name, kinds)
	n.hidden, n.addr = s.Hidden, s.Addr
	if s.Carried != nil {
		n.chunks, n.files = s.chunks(), onDisk{s}
		n.makeLink()
	}
	return n
}

// TestOneNode is a node's process, when the environment names it.
func TestOneNode(t *testing.T) {
	var s spec
	env := os.Getenv(specVariable)
	if env == "" {
		t.Skip("runs as the process of another test")
	}
	if err := json.Unmarshal([]byte(env), &s); err != nil {
		t.Fatal(err)
	}
	n := s.open(t, storetest.OpenSource(t, s.database()))
	b, err := os.ReadFile(filepath.Join(s.Dir, "descriptor"))
	if err != nil {
		t.Fatal(err)
	}
	n.desc = string(b)
	if !s.Hidden {
		waitForPort(t, s.Addr)
		n.listen(s.Addr)
	}
	n.start()
	answers := json.NewEncoder(os.Stdout)
	orders := bufio.NewScanner(os.Stdin)
	orders.Buffer(nil, 1<<20)
	for orders.Scan() {
		var o told
		if err := json.Unmarshal(orders.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		if o.End {
			return
		}
		if err := answers.Encode(n.obey(o)); err != nil {
			t.Fatal(err)
		}
	}
}

func (n *node) obey(o told) (s stands) {
	peer := map[string]string{"us": "mx", "mx": "us"}[n.name]
	if len(o.Say) > 0 {
		err := n.NodeActs(context.Background(), wire.PurposeProsecution, func(tx *store.Tx, _ *journal.Draw) (facts []journal.Fact, err error) {
			for _, m := range o.Say {
				var known int
				if err := tx.QueryRow(`SELECT COUNT(*) FROM search_note WHERE text = $1`, m.Text).Scan(&known); err != nil {
					return nil, err
				}
				if known == 0 {
					facts = append(facts, m.fact(peer, n.Acts.Now()))
				}
			}
			return facts, nil
		})
		if err != nil {
			n.t.Fatal(err)
		}
	}
	if f, ok := n.files.(onDisk); ok {
		s.Arrived = f.arrived()
	}
	n.Read(func(tx *store.Tx) error {
		link, err := exchange.State(tx, peer)
		if err != nil {
			return err
		}
		for _, l := range link.Lanes {
			s.Queued += l.Queued
		}
		s.Cosigned = link.Cosigned.Size
		s.Size, err = journal.Size(tx)
		return err
	})
	return s
}

func (m said) fact(peer string, now time.Time) journal.Fact {
	e := journal.Envelope{Case: "case-1", Referral: "ref-1", To: wire.Address{Node: peer}}
	if m.Late {
		e.Expires = now.Add(time.Microsecond) // over before the commit is
	}
	if m.Alert {
		return &alert{Envelope: e, Text: m.Text}
	}
	return &note{Envelope: e, Text: m.Text}
}

func waitForPort(t *testing.T, addr string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close() //nolint:errcheck // it was only tried
			return
		}
	}
	t.Fatalf("%s is taken", addr)
}

// process is the driver's side of one node.
type process struct {
	spec
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	armed  string // the point at which it ends, with its count
	deaths int    // how often it ended there
}

// start runs the node, which kills itself at the point named, if any.
func (p *process) start(point string) {
	p.t.Helper()
	b, err := json.Marshal(p.spec)
	if err != nil {
		p.t.Fatal(err)
	}
	p.armed = point
	p.cmd = exec.Command(os.Args[0], "-test.run=^TestOneNode$", "-test.timeout=10m")
	p.cmd.Env = append(os.Environ(), specVariable+"="+string(b), failpoint.Variable+"="+point)
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		p.t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	cmd := p.cmd
	p.t.Cleanup(func() {
		if cmd.ProcessState == nil { // the test gave up on it
			cmd.Process.Kill() //nolint:errcheck // it is gone, then
			cmd.Wait()         //nolint:errcheck // as above
		}
	})
}

// order has the node obey, however often it dies of its point meanwhile: what
// was not answered is ordered again.
func (p *process) order(o told) stands {
	p.t.Helper()
	for {
		s, err := p.try(o)
		if err == nil {
			return s
		}
		p.buried(err)
		p.start("")
	}
}

func (p *process) try(o told) (s stands, err error) {
	if err := json.NewEncoder(p.in).Encode(o); err != nil {
		return s, err
	}
	var other []string
	for p.out.Scan() {
		if strings.HasPrefix(p.out.Text(), "{") {
			return s, json.Unmarshal(p.out.Bytes(), &s)
		}
		other = append(other, p.out.Text())
	}
	return s, errors.Join(fmt.Errorf("%s is gone: %s", p.Name, strings.Join(other, "\n")), p.out.Err())
}

// buried makes sure that the node ended at the point it was armed for and of
// nothing else.
func (p *process) buried(why error) {
	p.t.Helper()
	err := p.cmd.Wait()
	ended, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !ended.Signaled() || ended.Signal() != syscall.SIGKILL || p.armed == "" {
		p.t.Fatalf("%s armed with %q ended by itself: %v; %v", p.Name, p.armed, err, why)
	}
	p.deaths++
}

// end stops the node cleanly; it may be armed to die of that.
func (p *process) end() {
	p.t.Helper()
	err := json.NewEncoder(p.in).Encode(told{End: true})
	for p.out.Scan() { // what it says at the end is not looked at
	}
	if werr := p.cmd.Wait(); werr == nil && err == nil {
		return
	}
	ended, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !ended.Signaled() || p.armed == "" {
		p.t.Fatalf("%s did not end cleanly: %v", p.Name, p.cmd.ProcessState)
	}
	p.deaths++
	p.start("")
}

// template makes two nodes that know each other, to be copied for each run.
func template(t *testing.T, hidden bool) (us, mx spec) {
	t.Helper()
	made := map[string]*node{}
	specs := map[string]spec{}
	for _, name := range []string{"us", "mx"} {
		addr, err := quietport.Address()
		if err != nil {
			t.Fatal(err)
		}
		s := spec{Name: name, Dir: filepath.Join(t.TempDir(), name), Addr: addr, Hidden: hidden && name == "mx"}
		if err := seal.CreateNodeKeys(filepath.Join(s.Dir, "keys"), time.Now()); err != nil {
			t.Fatal(err)
		}
		db, err := store.Open(t.Context(), s.database())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close() //nolint:errcheck // what is copied shows whether it was closed
		n := s.open(t, db)
		n.describe(n.Kinds.Receivable())
		if err := os.WriteFile(filepath.Join(s.Dir, "descriptor"), []byte(n.desc), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := db.Write(t.Context(), noteTable); err != nil {
			t.Fatal(err)
		}
		made[name], specs[name] = n, s
	}
	made["us"].knows(made["mx"])
	made["mx"].knows(made["us"])
	return specs["us"], specs["mx"]
}

// copied is a process of a copy of the template's node.
func (s spec) copied(t *testing.T) *process {
	t.Helper()
	dir := filepath.Join(t.TempDir(), s.Name)
	if err := os.CopyFS(dir, os.DirFS(s.Dir)); err != nil {
		t.Fatal(err)
	}
	s.Dir = dir
	return &process{spec: s, t: t}
}
