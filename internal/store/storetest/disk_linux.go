package storetest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Disk is a small file system of a test's own, which can be filled.
type Disk struct {
	Dir string
	t   *testing.T
}

// diskVariable names the test whose process has a disk to itself.
const diskVariable = "OASISS_TEST_DISK"

// SmallDisk gives a test a disk of so many bytes (a tmpfs: what does not fit
// gets the system's own ENOSPC). For that the test runs again, as a process
// with mounts of its own, in which ok is true; where it is false, that process
// has done the test and the caller returns. The test is skipped where the
// system lets neither root nor anybody mount.
func SmallDisk(t *testing.T, size string) (d Disk, ok bool) {
	t.Helper()
	if os.Getenv(diskVariable) != t.Name() {
		beside(t)
		return d, false
	}
	d = Disk{Dir: t.TempDir(), t: t}
	err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	if err == nil {
		err = unix.Mount("tmpfs", d.Dir, "tmpfs", 0, "size="+size)
	}
	if err != nil {
		t.Skipf("a disk that can be filled needs to be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(d.Dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return d, true
}

// beside runs the test in a process that may mount for itself alone.
func beside(t *testing.T) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m") // #nosec G204 G702 -- this very program
	cmd.Env = append(os.Environ(), diskVariable+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.ENOSPC): // no namespaces here
		t.Skipf("a disk that can be filled needs a process with mounts of its own: %v", err)
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	case strings.Contains(string(out), "--- SKIP"):
		t.Skip(string(out))
	case !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Fatalf("it did not run\n%s", out)
	}
}

// ballast is the file that takes the room.
func (d Disk) ballast() string { return filepath.Join(d.Dir, "ballast") }

// Fill takes every byte that is left.
func (d Disk) Fill() {
	d.t.Helper()
	f, err := os.OpenFile(d.ballast(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it holds nothing
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err == nil {
			continue
		} else if !errors.Is(err, syscall.ENOSPC) {
			d.t.Fatal(err)
		}
		size /= 2
	}
}

// Free gives the room back.
func (d Disk) Free() {
	d.t.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		d.t.Fatal(err)
	}
}
