package test

import (
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// cable lies between a browser and a node and can be cut: whoever is connected
// is cut off, and nobody gets through until it is mended.
type cable struct {
	t        *testing.T
	to, base string // the node's address, and the browser's own to it
	at       string

	sent, most atomic.Int64  // bytes that went to the node, and after how many it is cut; never if 0
	broken     chan struct{} // closed when it was cut for that

	mu       sync.Mutex
	listener net.Listener
	open     []net.Conn
}

// toNode is the way to the node, on which bytes are counted.
type toNode struct {
	net.Conn
	of *cable
}

// Write implements io.Writer.
func (n toNode) Write(p []byte) (int, error) {
	if most := n.of.most.Load(); most > 0 && n.of.sent.Load() >= most && n.of.most.CompareAndSwap(most, 0) {
		n.of.cut()
		close(n.of.broken)
	}
	some, err := n.Conn.Write(p)
	n.of.sent.Add(int64(some))
	return some, err
}

// cutAfter cuts the cable once so many more bytes went to the node.
func (c *cable) cutAfter(bytes int64) {
	c.broken = make(chan struct{})
	c.most.Store(c.sent.Load() + bytes)
}

func newCable(t *testing.T, node string) *cable {
	t.Helper()
	u, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{t: t, to: u.Host, at: "127.0.0.1:0"}
	c.mend()
	c.base = u.Scheme + "://" + strings.Replace(c.at, "127.0.0.1", "localhost", 1) // as the session knows the node
	t.Cleanup(c.cut)
	return c
}

func (c *cable) mend() {
	c.t.Helper()
	l, err := net.Listen("tcp", c.at)
	if err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	c.listener, c.at = l, l.Addr().String()
	c.mu.Unlock()
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", c.to)
			if err != nil {
				_ = near.Close()
				continue
			}
			c.mu.Lock()
			c.open = append(c.open, near, far)
			c.mu.Unlock()
			for _, way := range [][2]net.Conn{{near, far}, {toNode{far, c}, near}} {
				go func() {
					_, _ = io.Copy(way[0], struct{ io.Reader }{way[1]})
					_ = way[0].Close()
				}()
			}
		}
	}()
}

func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.listener.Close()
	for _, x := range c.open {
		_ = x.Close()
	}
	c.open = nil
}

// lost cuts the connection while a group is being asked: the half-filled table
// is there again when the connection is, with the ids under which it was sent,
// and from then on it is the node that keeps it, for that account alone.
func (c *casework) lost() {
	t, cable := c.t, newCable(c.t, c.base)
	page, typed := cable.base+c.path+"/screening", "Dicho en voz baja."
	fields := map[string]string{c.witness + "/note": typed, c.witness + "/answers.medical.care_now": protection.Yes, c.suspect + "/language": "es", c.suspect + "/answers.fear.fear": protection.No}
	c.Open(t, page)
	for name, value := range fields {
		c.Fill(t, "main", name, value)
	}
	ids := []string{"opening", c.witness + "/_token", c.suspect + "/_token"}
	for _, id := range ids {
		fields[id] = c.Value(t, id)
	}
	cable.cut()
	c.Submit(t, "main")
	if strings.Contains(c.Text(t), "OASISS") {
		t.Fatalf("the form was sent over a line that is cut:\n%s", c.Text(t))
	}
	cable.mend()
	c.Open(t, page)
	for name, value := range fields {
		if got := c.Value(t, name); got != value {
			t.Errorf("after the connection was lost %s is %q, not %q", name, got, value)
		}
	}
	c.Wait(t, c.say("form.draft_back"))
	c.look("screening-draft-back")
	c.Submit(t, "main") // refused: answers are missing; the node keeps what was typed
	c.Wait(t, c.say("screening.everyone"))
	if got := c.Value(t, c.witness+"/note"); got != typed {
		t.Errorf("the refused form has %q", got)
	}
	c.leave() // with it goes what the tab had, and not what the node keeps
	c.enter("ravenel")
	c.again(c.path+"/screening", c.witness+"/note", typed)
	c.closed()
}

// again opens a form and finds what the node keeps of it.
func (c *casework) again(page, name, typed string) {
	c.t.Helper()
	c.Open(c.t, c.base+page)
	c.Wait(c.t, c.say("form.draft_back"))
	if got := c.Value(c.t, name); got != typed {
		c.t.Errorf("%s of %s has %q, not the %q that was typed", name, page, got, typed)
	}
}

// closed closes a browser altogether while somebody is asked. A new one, as on
// any PC, finds what was typed, on the form of the person as on that of
// everybody; nobody else does.
func (c *casework) closed() {
	t, page, typed := c.t, c.path+"/screening?person="+c.witness, "Con un hilo de voz."
	fresh := func() *casework {
		d := *c.desk
		d.Browser = webtest.Start(t)
		d.Size(t, 1440, 900)
		return &casework{&d, c.path, c.suspect, c.witness}
	}
	first := fresh()
	first.enter("ravenel")
	first.Open(t, first.base+page)
	first.Unfold(t, "screen")
	first.Fill(t, "screen", "note", typed)
	first.Fill(t, "screen", "answers.medical.care_now", protection.Yes)
	first.Fill(t, "screen", "needs", "medicine")
	first.Wait(t, first.say("form.draft_kept"))
	first.look("screening-draft-kept")
	given := first.Value(t, "opening")
	first.Quit()

	second := fresh()
	second.enter("ravenel")
	second.again(page, "note", typed)
	if got := second.Value(t, "opening"); got != given {
		t.Error("the form says that it was opened when it was opened again")
	}
	for _, ticked := range []string{`input[name="answers.medical.care_now"][value="yes"]:checked`, `input[name="needs"][value="medicine"]:checked`} {
		if len(second.Find(t, ticked, "name")) != 1 {
			t.Errorf("%s is not there", ticked)
		}
	}
	second.look("screening-draft-again")
	second.again(c.path+"/screening", c.witness+"/note", typed)
	second.leave()
	second.enter("kestrelle")
	second.Open(t, second.base+page)
	if strings.Contains(second.Text(t), second.say("form.draft_back")) || strings.Contains(strings.Join(second.Words(t, "textarea"), " "), typed) {
		t.Error("somebody else is shown what was typed")
	}
	second.Quit()
}
