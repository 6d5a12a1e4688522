package test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/quietport"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// first is the world that most tests begin with, founded once and stopped: each
// of them plays in a copy of it. Founding takes longer than many a test.
var first struct {
	dir  string
	user map[string]*client.Client
	link map[string]string // node → the address by which the other side knows it
}

// door is the certificate, with its key, that every node of the tests shows to
// browsers, so that the one browser trusts them all.
var door []byte

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "oasiss-door")
	if err == nil {
		door, err = trusted(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := errors.Join(webtest.End(), os.RemoveAll(first.dir), os.RemoveAll(dir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// trusted makes a node's certificate that the browser of the tests trusts.
func trusted(dir string) ([]byte, error) {
	_, roots, err := node.WebCertificate(dir, "", "", []string{"localhost", "127.0.0.1"}, time.Now())
	if err == nil {
		err = webtest.Trust(roots)
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, node.WebCertFile))
}

// found founds the first world, unless it is there and nobody took its ports.
func found(t *testing.T) {
	t.Helper()
	if first.dir != "" && quietport.Free(first.link["us"]) && quietport.Free(first.link["mx"]) {
		return
	}
	w := emptyWorld(t)
	w.ok(os.RemoveAll(first.dir))
	dir, err := os.MkdirTemp("", "oasiss-first")
	w.ok(err)
	w.disk = dir
	w.begin()
	for _, stop := range w.down {
		stop()
	}
	first.dir, first.user, first.link = dir, w.user, w.link
}

// fromFirst raises the nodes of a copy of the first world, with everybody signed in.
func (w *world) fromFirst() {
	w.t.Helper()
	found(w.t)
	dir := w.t.TempDir()
	w.ok(exec.Command("cp", "-a", first.dir+"/.", dir).Run()) // with the modes of keys
	for n, link := range first.link {
		w.start(n, foldersOf(dir, n), node.Listen{Link: link})
	}
	for n, all := range people {
		for _, p := range all {
			w.user[n+"/"+p.login] = first.user[n+"/"+p.login]
			w.signIn(n, p.login)
		}
	}
}
