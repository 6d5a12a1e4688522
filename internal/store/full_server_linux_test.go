package store_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// On a server whose disk is full a write is whole or is not: whether PostgreSQL
// says that it cannot make a table larger, or cannot write its log and goes down.
// With room again, and the server up again, the same store goes on.
func TestFullDiskOfAServer(t *testing.T) {
	if os.Getenv("OASISS_TEST_POSTGRES") == "" {
		t.Skip("needs PostgreSQL: test/postgres.sh")
	}
	disk, ok := storetest.SmallDisk(t, "128m")
	if !ok {
		return
	}
	for _, full := range []string{"the tables", "the log"} {
		t.Run(full, func(t *testing.T) { fullServer(t, disk, full == "the log") })
	}
}

func fullServer(t *testing.T, disk storetest.Disk, log bool) {
	s := newServer(t, disk.Dir, log)
	db, err := store.Open(t.Context(), s.address())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // its connections may be gone
	filling := make([]byte, 100_000)
	rand.Read(filling) //nolint:errcheck // never fails; what is random is not compressed
	write := func(who string, rows int) error {
		return db.Write(t.Context(), func(tx *store.Tx) error {
			for n := range rows {
				if err := tx.Exec(`INSERT INTO full_disk (who, n, filling) VALUES ($1, $2, $3)`, who, n, filling); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Exec(`CREATE TABLE full_disk (who TEXT, n BIGINT, filling BYTEA)`)
	}); err != nil {
		t.Fatal(err)
	}
	if err := write("before", 3); err != nil {
		t.Fatal(err)
	}
	disk.Fill()
	full := write("large", 400)
	switch {
	case full == nil:
		t.Error("written on a full disk")
	case !log && !refusal.Is(full, store.CodeFull):
		t.Errorf("not refused as full: %v", full)
	}
	t.Logf("what the act was told: %v", full)
	disk.Free()
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		if err = write("after", 3); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("never again: %v", err)
		}
		s.up()
	}
	for who, want := range map[string]int{"before": 3, "large": 0, "after": 3} {
		var got int
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT COUNT(*) FROM full_disk WHERE who = $1`, who).Scan(&got)
		})
		if err != nil || got != want {
			t.Errorf("%s: %d rows, want %d; %v", who, got, want, err)
		}
	}
}

// server is a PostgreSQL of a test's own, on a disk of a test's own.
type server struct {
	t        *testing.T
	bin, dir string
	as       *syscall.SysProcAttr // who it runs as: never root
}

// newServer makes one whose tables lie on the disk, or, if log is true, its log
// of changes; the other on the system's own.
func newServer(t *testing.T, disk string, log bool) *server {
	t.Helper()
	initdb, err := exec.LookPath("initdb")
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); err != nil && len(found) > 0 {
		initdb, err = found[len(found)-1], nil
	}
	if err == nil {
		initdb, err = filepath.EvalSymlinks(initdb)
	}
	if err != nil {
		t.Skipf("no initdb: %v", err)
	}
	dir, wal := filepath.Join(disk, "small"), t.TempDir()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if log {
		dir, wal = wal, dir
	}
	s := &server{t: t, bin: filepath.Dir(initdb), dir: dir}
	if os.Getuid() == 0 {
		s.as = s.unprivileged(dir, wal)
	}
	s.run("initdb", "-D", filepath.Join(s.dir, "data"), "--waldir="+filepath.Join(wal, "wal"), "--wal-segsize=1",
		"--username=oasiss", "--auth=trust", "--locale=C", "--encoding=UTF8")
	s.up()
	t.Cleanup(func() {
		s.command("pg_ctl", "-D", filepath.Join(s.dir, "data"), "-m", "immediate", "stop").Run() //nolint:errcheck // it may be down
		os.RemoveAll(filepath.Join(disk, "small"))                                               //nolint:errcheck // a test's own disk
	})
	return s
}

// unprivileged gives the folders, and the way to them, to the server's own user.
func (s *server) unprivileged(dirs ...string) *syscall.SysProcAttr {
	s.t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		s.t.Skip(err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err1 != nil || err2 != nil {
		s.t.Fatal(err1, err2)
	}
	for _, dir := range dirs {
		if err := os.Chown(dir, uid, gid); err != nil {
			s.t.Fatal(err)
		}
		for up := filepath.Dir(dir); up != os.TempDir() && up != "/"; up = filepath.Dir(up) {
			if err := os.Chmod(up, 0o755); err != nil { // #nosec G302 -- a test's own folders
				s.t.Fatal(err)
			}
		}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}} // #nosec G115 -- ids
}

func (s *server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...) // #nosec G204 -- of the system
	c.Dir, c.SysProcAttr = s.dir, s.as
	return c
}

func (s *server) run(name string, args ...string) {
	s.t.Helper()
	var said bytes.Buffer
	c := s.command(name, args...)
	c.Stdout, c.Stderr = &said, &said
	if err := c.Run(); err != nil {
		s.t.Fatalf("%s: %v\n%s", name, err, said.String())
	}
}

// up starts it if it is down, as its operator, or systemd, would.
func (s *server) up() {
	s.t.Helper()
	data := filepath.Join(s.dir, "data")
	if s.command("pg_ctl", "-D", data, "status").Run() == nil {
		return
	}
	c := s.command("pg_ctl", "-D", data, "-w", "-l", filepath.Join(s.dir, "said"), "start",
		"-o", fmt.Sprintf("-c listen_addresses= -c unix_socket_directories=%s -c max_wal_size=4MB -c min_wal_size=2MB -c shared_buffers=8MB -c max_connections=50", s.dir))
	if err := c.Run(); err != nil {
		s.t.Logf("not up: %v", err)
	}
}

func (s *server) address() string { return "postgres:///postgres?user=oasiss&host=" + s.dir }
