package mail

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/mail/mailtest"
	"github.com/oasiss/oasiss/internal/store"
)

// What the process that sends is told, by its environment.
const (
	envSource  = "OASISS_TEST_MAIL_SOURCE"
	envAddress = "OASISS_TEST_MAIL_ADDRESS"
	envRoots   = "OASISS_TEST_MAIL_ROOTS"
)

// TestMain is the process that is killed, where the environment names a queue.
func TestMain(m *testing.M) {
	source := os.Getenv(envSource)
	if source == "" {
		os.Exit(m.Run())
	}
	if err := sendAll(source); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func sendAll(source string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, source)
	if err != nil {
		return err
	}
	pem, err := os.ReadFile(os.Getenv(envRoots))
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	s := &Server{Address: os.Getenv(envAddress), From: "oasiss@node.example", User: mailtest.User, Password: mailtest.Password, Roots: roots}
	now := time.Date(2026, 6, 9, 20, 0, 0, 0, time.UTC)
	NewSender(&act.Acts{DB: db, Now: func() time.Time { return now }}, s, slog.New(slog.DiscardHandler)).Run(ctx)
	return nil
}

// A process that sends is killed (SIGKILL) again and again, at the moment at which
// the mail server has taken a letter and before it says so: in the end every letter
// was taken, no more of them twice than processes were killed, and what came twice
// is the same under the same Message-ID.
func TestKilledBetweenStoreAndServerLosesNothing(t *testing.T) {
	const letters, kills = 12, 5
	o := opened(t)
	for i := range letters {
		o.queue([]string{"mx-mp", "us-la"}[i%2], fmt.Sprint(i))
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, o.server.RootPEM, 0o600); err != nil {
		t.Fatal(err)
	}
	start := func() *exec.Cmd {
		t.Helper()
		c := exec.CommandContext(t.Context(), self) // #nosec G204 -- the test itself
		c.Env = append(os.Environ(), envSource+"="+o.source, envAddress+"="+o.server.Address, envRoots+"="+roots)
		c.Stderr = os.Stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for n := range kills {
		dead := make(chan error, 1)
		c := make(chan *exec.Cmd, 1)
		seen := 0
		o.server.Taken(func(mailtest.Letter) {
			if seen++; seen == 2 { // one is marked, the next is not
				p := <-c
				dead <- p.Process.Kill()
				_ = p.Wait() // it was killed
			}
		})
		c <- start()
		select {
		case err := <-dead:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("process %d came to no letter", n)
		}
	}
	o.server.Taken(nil)
	last := start()
	for end := time.Now().Add(time.Minute); o.waiting() > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d letters wait for ever", o.waiting())
		}
	}
	if err := last.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = last.Wait() // it was killed
	raw := map[string]string{}
	twice := 0
	for _, l := range o.server.Letters() {
		id := strings.Trim(l.Header.Get("Message-Id"), "<>")
		switch before, again := raw[id]; {
		case again && before != string(l.Raw):
			t.Errorf("%s came twice, and differs", id)
		case again:
			twice++
		}
		raw[id] = string(l.Raw)
	}
	if len(raw) != letters || twice == 0 || twice > kills {
		t.Errorf("%d of %d letters came, %d of them twice after %d kills", len(raw), letters, twice, kills)
	}
}
