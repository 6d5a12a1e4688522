package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
)

// made is a new node in folders of the test.
func made(t *testing.T, o Options) *Node {
	t.Helper()
	dir := t.TempDir()
	f := Folders{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
	_, err := Init(context.Background(), f, Settings{Node: "us", Country: "US", Installation: "test.example", NameEN: "United States", NameES: "Estados Unidos", Zone: "America/Chicago"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	n, err := Open(context.Background(), f, o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestANodeSaysWhetherItIsWellAndReady(t *testing.T) {
	n := made(t, Options{})
	h := n.Handler()
	ask := func(path string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code
	}
	if well, ready := ask("/healthz"), ask("/readyz"); well != http.StatusOK || ready != http.StatusOK {
		t.Errorf("running: healthz %d, readyz %d", well, ready)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if well, ready := ask("/healthz"), ask("/readyz"); well != http.StatusOK || ready != http.StatusServiceUnavailable {
		t.Errorf("without its database: healthz %d, readyz %d", well, ready)
	}
}

func TestTheNodesOwnCertificateIsMadeOnceAndAnAgencysIsTaken(t *testing.T) {
	keys := t.TempDir()
	_, roots, err := WebCertificate(keys, "", "", []string{"localhost"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, again, err := WebCertificate(keys, "", "", []string{"localhost"}, time.Now())
	if err != nil || !bytes.Equal(roots, again) {
		t.Errorf("another certificate the second time (%v)", err)
	}
	file := filepath.Join(keys, WebCertFile)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with its private key: %v, %v", info.Mode(), err)
	}
	_, given, err := WebCertificate(t.TempDir(), file, file, nil, time.Now())
	if err != nil || !x509.NewCertPool().AppendCertsFromPEM(given) {
		t.Errorf("an agency's own files were not taken: %v", err)
	}
	if _, _, err := WebCertificate(t.TempDir(), "nowhere.pem", "nowhere.key", nil, time.Now()); err == nil {
		t.Error("files that are not there were taken")
	}
}

// lockedBuffer is a log that the node writes while the test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) lines() [][]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Split(bytes.TrimSpace(bytes.Clone(l.b.Bytes())), []byte("\n"))
}

func TestServeSpeaksTLS13AndLogsJSON(t *testing.T) {
	log := &lockedBuffer{}
	n := made(t, Options{Log: slog.New(slog.NewJSONHandler(log, nil))})
	cert, roots, err := WebCertificate(n.Folders.Keys, "", "", []string{"127.0.0.1"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	up, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- n.Serve(ctx, Listen{Web: "127.0.0.1:0", Cert: cert}, func(web, _ string) { up <- web })
	}()
	addr := <-up
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(roots)
	get := func(most uint16) error {
		c := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12, MaxVersion: most}}}
		res, err := c.Get("https://" + addr + "/healthz")
		if err != nil {
			return err
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return err
	}
	if err := get(tls.VersionTLS13); err != nil {
		t.Error(err)
	}
	if err := get(tls.VersionTLS12); err == nil {
		t.Error("an older TLS was spoken")
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	for _, line := range log.lines() {
		var m map[string]any
		if err := json.Unmarshal(line, &m); err != nil {
			t.Errorf("not a line of JSON: %s", line)
		}
	}
}

// Figures are served without sign-in: at an address of the machine's own or of
// a private network, and nowhere else.
func TestFiguresAreServedPrivately(t *testing.T) {
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "203.0.113.7:0", "node.example:0"} {
		if l, err := listenPrivately(address); !refusal.Is(err, "node.metrics_public") {
			t.Errorf("%s: %v", address, err)
			if l != nil {
				l.Close() //nolint:errcheck // it should not be
			}
		}
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "[::1]:0"} {
		l, err := listenPrivately(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
