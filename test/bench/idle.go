package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// startFigure is the time from starting the program to its first listening,
// on a node with a thousand cases.
func startFigure(ctx context.Context, r *run) error {
	s, err := r.resting(ctx)
	if err != nil {
		return err
	}
	return r.repeat("start_ms", "ms", func() (float64, error) {
		began := time.Now()
		p, err := r.serve(ctx, s)
		if err != nil {
			return 0, err
		}
		return ms(time.Since(began)), p.stop()
	})
}

// idleFigure is what the program keeps in memory when nobody asks anything.
func idleFigure(ctx context.Context, r *run) error {
	s, err := r.resting(ctx)
	if err != nil {
		return err
	}
	return r.repeat("idle_rss_mb", "MB", func() (float64, error) {
		p, err := r.serve(ctx, s)
		if err != nil {
			return 0, err
		}
		select {
		case <-time.After(3 * time.Second):
		case <-ctx.Done():
		}
		mb, err := p.resident()
		return mb, errors.Join(err, p.stop())
	})
}

// resting is a node with some cases that nobody runs.
func (r *run) resting(ctx context.Context) (spec, error) {
	h, err := r.archive(ctx, "resting", 1000)
	if err != nil {
		return spec{}, err
	}
	return h.spec, h.stop()
}

// process is the program itself, serving.
type process struct {
	cmd *exec.Cmd
	web string // address of its pages
}

// serve starts it and waits until it says where it listens.
func (r *run) serve(ctx context.Context, s spec) (*process, error) {
	cmd := exec.CommandContext(ctx, r.binary, "serve", "--data", s.Data, "--keys", s.Keys, "--listen", "127.0.0.1:0", "--link", s.Link) // #nosec G204 -- the program that is measured
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "https://") {
		return nil, errors.Join(fmt.Errorf("%s did not come up", r.binary), err, cmd.Process.Kill(), cmd.Wait())
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // it says nothing more
	return &process{cmd, strings.Fields(line)[0]}, nil
}

func (p *process) stop() error {
	return errors.Join(p.cmd.Process.Signal(syscall.SIGTERM), p.cmd.Wait())
}

// resident is the memory that it occupies, in MB.
func (p *process) resident() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(b), "\n") {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			return kb / 1024, nil
		}
	}
	return 0, errors.New("the machine does not tell what a process occupies")
}

// worked is the processor's time that it has taken, in user mode and in the kernel.
func (p *process) worked() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name before may have spaces in it
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, errors.New("the machine does not tell how long a process worked")
	}
	var user, system int64 // hundredths of a second
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0, err
	}
	return time.Duration(user+system) * 10 * time.Millisecond, nil
}

// schema is the address of an empty schema on the server that test/postgres.sh
// started; empty where there is none.
func schema(ctx context.Context) (address string, drop func() error, err error) {
	server := os.Getenv("OASISS_TEST_POSTGRES")
	if server == "" {
		return "", nil, nil
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, errors.New("the address in OASISS_TEST_POSTGRES cannot be read")
	}
	name := "b" + strings.ToLower(rand.Text())
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), func() error {
		conn, err := pgx.Connect(ctx, server)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "DROP SCHEMA IF EXISTS "+name+" CASCADE")
		return errors.Join(err, conn.Close(ctx))
	}, nil
}
