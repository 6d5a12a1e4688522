package demo

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/node"
)

// Process is one node running as its own OS process.
type Process struct {
	Name    string // node id
	Folders node.Folders
	Web     string // https address of pages and API
	Link    string // host:port of the link

	binary  string
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Scanner
	logFile *os.File
	mu      sync.Mutex

	twin *Process // another process of the same node, on the same database; nil if it is one
}

// startProcess runs the binary as a demo node.
func startProcess(binary, name string, f node.Folders, web, link string, ahead time.Duration) (*Process, error) {
	p := &Process{Name: name, Folders: f, Link: link, binary: binary}
	return p, p.start(web, ahead)
}

func (p *Process) start(web string, ahead time.Duration) (err error) {
	p.logFile, err = os.OpenFile(filepath.Join(filepath.Dir(p.Folders.Data), p.Name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("log of %s: %w", p.Name, err)
	}
	p.cmd = exec.Command(p.binary, ChildVerb, "--data", p.Folders.Data, "--keys", p.Folders.Keys, // #nosec G204 -- the program's own binary
		"--listen", web, "--link", p.Link, "--ahead="+ahead.String())
	p.cmd.Stderr = p.logFile
	p.cmd.Env = environ(p.Folders)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches the driver, which stops its nodes cleanly
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.answers = bufio.NewScanner(out)
	up, err := p.hear()
	if err != nil {
		return fmt.Errorf("node %s did not come up; see %s: %w", p.Name, p.logFile.Name(), err)
	}
	p.Web = "https://" + up.Web
	return nil
}

// environ names the database where no list of processes shows its password.
func environ(f node.Folders) []string { return append(os.Environ(), "OASISS_DATABASE="+f.Server) }

func (p *Process) hear() (report, error) {
	var r report
	if !p.answers.Scan() {
		return r, errors.Join(errors.New("demo: the node is gone"), p.answers.Err())
	}
	return r, json.Unmarshal(p.answers.Bytes(), &r)
}

// SetClock sets the node's injected clock ahead of the machine's, in each of
// its processes.
func (p *Process) SetClock(ahead time.Duration) error {
	_, err := p.order(order{Ahead: &ahead})
	if p.twin != nil {
		err = errors.Join(err, p.twin.SetClock(ahead))
	}
	return err
}

// stands asks how the node stands; the question leaves no fact.
func (p *Process) stands() (report, error) { return p.order(order{}) }

func (p *Process) order(o order) (report, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := json.NewEncoder(p.in).Encode(o); err != nil {
		return report{}, fmt.Errorf("order to %s: %w", p.Name, err)
	}
	return p.hear()
}

// Stop ends the node cleanly, and every process of it.
func (p *Process) Stop() error {
	err := p.in.Close()
	err = errors.Join(err, p.wait())
	if p.twin != nil {
		err = errors.Join(err, p.twin.Stop())
	}
	return err
}

// Kill ends this process as a power cut would (kill -9).
func (p *Process) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill %s: %w", p.Name, err)
	}
	p.wait() //nolint:errcheck // it was killed
	return nil
}

// Restart starts what was stopped or killed of a node, at the same addresses.
func (p *Process) Restart(ahead time.Duration) error {
	if p.cmd == nil {
		if err := p.start(p.Web[len("https://"):], ahead); err != nil {
			return err
		}
	}
	if p.twin != nil {
		return p.twin.Restart(ahead)
	}
	return nil
}

func (p *Process) wait() error {
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case err := <-done:
		p.cmd = nil
		return errors.Join(err, p.logFile.Close())
	case <-time.After(20 * time.Second):
		return errors.Join(fmt.Errorf("demo: %s did not stop", p.Name), p.cmd.Process.Kill())
	}
}

// Site is the address of the pages as a browser must write it: a passkey is
// bound to a name, and 127.0.0.1 is none.
func (p *Process) Site() string { return strings.Replace(p.Web, "127.0.0.1", "localhost", 1) }

// Client makes a client of the node that trusts its own certificate.
func (p *Process) Client() (*client.Client, error) {
	roots, err := os.ReadFile(filepath.Join(p.Folders.Data, "web-ca.pem"))
	if err != nil {
		return nil, fmt.Errorf("certificate of %s: %w", p.Name, err)
	}
	return client.New(p.Web, roots)
}
