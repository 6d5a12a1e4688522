package demo

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/quietport"
	"github.com/oasiss/oasiss/internal/store"
)

// visited is a demo that somebody looks at, in a process of its own.
type visited struct {
	t   *testing.T
	dir string
	cmd *exec.Cmd

	mu   sync.Mutex
	said []string
	end  chan struct{} // its output has ended
}

const visitedCases = 3

// visit starts the demo as a person does.
func visit(t *testing.T, dir string, port int, more ...string) *visited {
	t.Helper()
	v := &visited{t: t, dir: dir, end: make(chan struct{})}
	args := append([]string{"demo", "--dir", dir, "--cases", strconv.Itoa(visitedCases), "--port", strconv.Itoa(port), "--lang", "en"}, more...)
	v.cmd = exec.Command(binary, args...)
	v.cmd.Stderr = os.Stderr
	out, err := v.cmd.StdoutPipe()
	if err == nil {
		err = v.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(v.end)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			v.mu.Lock()
			v.said = append(v.said, lines.Text())
			v.mu.Unlock()
		}
	}()
	return v
}

// output is what it has said so far.
func (v *visited) output() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return strings.Join(v.said, "\n")
}

// until waits for something that the demo does.
func (v *visited) until(what string, done func() bool) {
	v.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		select {
		case <-v.end:
			v.t.Fatalf("the demo ended before %s: %v\n%s", what, v.cmd.Wait(), v.output())
		default:
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("%s did not come\n%s", what, v.output())
		}
	}
}

func (v *visited) ready() {
	v.t.Helper()
	stop := i18n.T(i18n.English, "cli.demo.stop")
	v.until("it was ready", func() bool { return strings.Contains(v.output(), stop) })
}

// ends sends a signal and gives the error of the process's end.
func (v *visited) ends(s os.Signal) error {
	v.t.Helper()
	if err := v.cmd.Process.Signal(s); err != nil {
		v.t.Fatal(err)
	}
	<-v.end
	return v.cmd.Wait()
}

// counted is how many cases stand in both stores, and the digest of the first
// leaf, which no two demos share.
func (v *visited) counted() (cases int, first string) {
	v.t.Helper()
	for _, n := range nodeNames {
		db, err := store.Open(v.t.Context(), foldersOf(v.dir, n).Database())
		if err != nil {
			v.t.Fatal(err)
		}
		err = db.Read(v.t.Context(), func(tx *store.Tx) error {
			var digest []byte
			err := tx.QueryRow(`SELECT digest FROM leaf WHERE n = 0`).Scan(&digest)
			first += string(digest)
			return errors.Join(err, clears(tx, "case.opened.1", n, func(f struct{ Origin string }) {
				if f.Origin == "" {
					cases++
				}
			}))
		})
		if err := errors.Join(err, db.Close()); err != nil {
			v.t.Fatal(err)
		}
	}
	return cases, first
}

// freePorts finds a port with the three others that the demo uses free.
func freePorts(t *testing.T) int {
	t.Helper()
	for range 50 {
		addr, err := quietport.Address()
		if err != nil {
			t.Fatal(err)
		}
		_, p, _ := net.SplitHostPort(addr)
		first, _ := strconv.Atoi(p)
		if !slices.ContainsFunc([]int{first, first + 1, first + 10, first + 11}, taken) {
			return first
		}
	}
	t.Fatal("no ports are free")
	return 0
}

func taken(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return true
	}
	l.Close() //nolint:errcheck // it was only tried
	return false
}

// TestTheDemoThatPeopleLookAt: it becomes ready and says where and as whom to
// sign in; Ctrl-C ends it and both nodes; a second run finds the same data; one
// that was killed while it loaded begins anew.
func TestTheDemoThatPeopleLookAt(t *testing.T) {
	dir, port := t.TempDir(), freePorts(t)
	began := time.Now()
	v := visit(t, dir, port)
	v.ready()
	loading := time.Since(began)
	introduced(t, v.output(), port)
	if err := Run(t.Context(), Options{Dir: dir, Fresh: true, Once: true, Cases: 1, Binary: binary}); err == nil || foldersOf(dir, "us").Stopped(context.Background()) == nil {
		t.Errorf("a demo that somebody looks at was thrown away: %v", err)
	}
	cases, first := stopped(t, v)
	if cases != visitedCases {
		t.Errorf("%d cases were loaded, not %d", cases, visitedCases)
	}

	began = time.Now()
	again := visit(t, dir, port)
	again.ready()
	if took := time.Since(began); took > loading/2 || strings.Contains(again.output(), "Loading") {
		t.Errorf("the second run took %s after %s and said\n%s", took, loading, again.output())
	}
	introduced(t, again.output(), port)
	if n, same := stopped(t, again); n != cases || same != first {
		t.Errorf("the second run has %d cases, the first had %d; the same journals: %t", n, cases, same == first)
	}

	// --fresh throws away what is there; killed while it loads, its nodes end
	// by themselves, and the next run begins anew.
	broken := visit(t, dir, port, "--fresh")
	broken.until("it loaded", func() bool {
		_, err := os.Stat(filepath.Join(foldersOf(dir, "mx").Data, "web-ca.pem"))
		return err == nil && strings.Contains(broken.output(), "Loading") // what was there is gone
	})
	if err := broken.ends(syscall.SIGKILL); err == nil {
		t.Error("the demo that was killed ended well")
	}
	anew := visit(t, dir, port)
	anew.ready()
	if !strings.Contains(anew.output(), "Loading") {
		t.Errorf("a demo that broke off while loading was taken for whole:\n%s", anew.output())
	}
	if n, other := stopped(t, anew); n != visitedCases || other == first {
		t.Errorf("after one that broke off there are %d cases; still the first demo: %t", n, other == first)
	}
}

// introduced holds what the demo prints: both addresses, one sign-in for each
// role, the password.
func introduced(t *testing.T, said string, port int) {
	t.Helper()
	for i, n := range nodeNames {
		want := []string{strings.ToUpper(n) + "  https://localhost:" + strconv.Itoa(port+i), Password}
		for _, s := range signIns(n) {
			want = append(want, s.Login, i18n.T(i18n.English, "role."+s.Roles[0]))
		}
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("the demo does not say %q:\n%s", w, said)
			}
		}
	}
	for _, role := range append(slices.Clone(staffed), access.RoleCoordinator) {
		if !strings.Contains(said, i18n.T(i18n.English, "role."+role)) {
			t.Errorf("nobody signs in as %s", role)
		}
	}
}

// stopped presses Ctrl-C: the demo ends well and leaves neither node behind.
func stopped(t *testing.T, v *visited) (cases int, first string) {
	t.Helper()
	if err := v.ends(os.Interrupt); err != nil {
		t.Errorf("Ctrl-C ended the demo with %v", err)
	}
	for _, n := range nodeNames {
		if err := foldersOf(v.dir, n).Stopped(context.Background()); err != nil {
			t.Errorf("the node %s was left behind: %v", n, err)
		}
	}
	return v.counted()
}

// TestStoppedWhileLoading: Ctrl-C while the cases are loaded is no fault either.
func TestStoppedWhileLoading(t *testing.T) {
	dir := t.TempDir()
	v := visit(t, dir, freePorts(t))
	v.until("it loaded", func() bool {
		_, err := os.Stat(filepath.Join(foldersOf(dir, "us").Data, "web-ca.pem"))
		return err == nil
	})
	if err := v.ends(os.Interrupt); err != nil {
		t.Errorf("Ctrl-C ended the demo with %v", err)
	}
	if err := alone(context.Background(), dir); err != nil {
		t.Errorf("a node was left behind: %v", err)
	}
}
