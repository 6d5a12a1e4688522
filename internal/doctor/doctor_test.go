package doctor_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/doctor"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/watch"
	"github.com/oasiss/oasiss/wire"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	syscall.Umask(0o077) // copies are as closed as what they are made from
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(sound.dir) //nolint:errcheck // of the system's temporary folder
		os.Exit(code)
	}))
}

// made gives a copy of a node with a key in its store and a checkpoint, as after
// its first day.
func made(t *testing.T) node.Folders {
	t.Helper()
	sound.Do(func() {
		sound.dir = filepath.Join(os.TempDir(), "oasiss-doctor-"+rand.Text())
		firstDay(t, folders(sound.dir))
	})
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(sound.dir)); err != nil {
		t.Fatal(err)
	}
	f := folders(dir)
	return f
}

// sound is the node that made copies.
var sound struct {
	sync.Once
	dir string
}

func folders(dir string) node.Folders {
	return node.Folders{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
}

func firstDay(t *testing.T, f node.Folders) {
	t.Helper()
	ctx := context.Background()
	if _, err := node.Init(ctx, f, node.Settings{Node: "us", Country: "US", Installation: "test.example", NameEN: "United States", NameES: "Estados Unidos", Zone: "America/Chicago"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(ctx, f, node.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = n.DB.Write(ctx, func(tx *store.Tx) error {
		var key [32]byte
		rand.Read(key[:]) //nolint:errcheck // never fails
		if err := n.Ring.Store(tx, "k1", "person/p1", key, time.Now()); err != nil {
			return err
		}
		return tx.Exec(`INSERT INTO fact (seq, id, kind, node, at) VALUES (1, 'f1', 'x.1', 'us', $1)`, store.Micros(time.Now()))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	// the fact above stands for one whose body was forgotten: it has a leaf only
	write(t, f, func(tx *store.Tx) error {
		if err := tx.Exec(`INSERT INTO leaf (n, digest) VALUES (0, $1)`, make([]byte, 32)); err != nil {
			return err
		}
		keys, err := seal.LoadNodeKeys(f.Keys)
		if err != nil {
			return err
		}
		_, err = journal.MakeCheckpoint(tx, keys.Journal, wire.JournalName("test.example", "us"), time.Now())
		return err
	})
}

func write(t *testing.T, f node.Folders, do func(tx *store.Tx) error) {
	t.Helper()
	db, err := store.Open(context.Background(), f.Database())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Write(context.Background(), do); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func examine(t *testing.T, f node.Folders, limits watch.Limits, l i18n.Lang) doctor.Report {
	t.Helper()
	r, err := doctor.Examine(context.Background(), doctor.Patient{Folders: f, Limits: limits, Now: time.Now}, l)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhereThereIsNoNode(t *testing.T) {
	_, err := doctor.Examine(context.Background(), doctor.Patient{Folders: node.Folders{Data: t.TempDir(), Keys: t.TempDir()}, Now: time.Now}, i18n.English)
	if !refusal.Is(err, "node.not_made") {
		t.Error(err)
	}
}

func find(r doctor.Report, code string) (doctor.Finding, bool) {
	i := slices.IndexFunc(r.Findings, func(f doctor.Finding) bool { return f.Code == code })
	if i < 0 {
		return doctor.Finding{}, false
	}
	return r.Findings[i], true
}

func TestASoundNodeHasNoFault(t *testing.T) {
	r := examine(t, made(t), watch.Defaults, i18n.English)
	for _, f := range r.Findings {
		if f.State == doctor.Fault {
			t.Errorf("%s: %s", f.Code, f.Says)
		}
	}
	for _, code := range []string{"data_fine", "keys_fine", "keys_fit", "database_fine", "journal_fine", "disk_fine", "stopped"} {
		if _, ok := find(r, code); !ok {
			t.Errorf("%s is not told: %+v", code, r.Findings)
		}
	}
}

func TestWhatIsWrongIsToldWithWhatMendsIt(t *testing.T) {
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, code, mend string
		spoil            func(t *testing.T, f *node.Folders)
	}{
		{"data open", "open_to_others", "chmod 700", func(t *testing.T, f *node.Folders) { must(t, os.Chmod(f.Data, 0o755)) }},
		{"key open", "open_to_others", "chmod 600", func(t *testing.T, f *node.Folders) {
			must(t, os.Chmod(filepath.Join(f.Keys, "sign.key"), 0o640))
		}},
		{"key gone", "keys_missing", "oasiss key restore", func(t *testing.T, f *node.Folders) { must(t, os.Remove(filepath.Join(f.Keys, "cosign.key"))) }},
		{"key cut short", "keys_damaged", "oasiss key restore", func(t *testing.T, f *node.Folders) {
			must(t, os.WriteFile(filepath.Join(f.Keys, "journal.key"), []byte("short"), 0o600))
		}},
		{"keys among the data", "keys_in_data", "mv ", func(t *testing.T, f *node.Folders) {
			must(t, os.Rename(f.Keys, filepath.Join(f.Data, "keys")))
			f.Keys = filepath.Join(f.Data, "keys")
		}},
		{"another wrapping key", "wrapping_other", "", func(t *testing.T, f *node.Folders) {
			must(t, os.WriteFile(filepath.Join(f.Keys, "wrapping.key"), make([]byte, 32), 0o600))
		}},
		{"another journal key", "keys_other", "", func(t *testing.T, f *node.Folders) {
			must(t, os.WriteFile(filepath.Join(f.Keys, "journal.key"), make([]byte, 32), 0o600))
		}},
		{"another signing key", "keys_other", "", func(t *testing.T, f *node.Folders) {
			must(t, os.WriteFile(filepath.Join(f.Keys, "sign.key"), make([]byte, 32), 0o600))
		}},
		{"no database", "no_store", "", func(t *testing.T, f *node.Folders) { must(t, os.Remove(f.Database())) }},
		{"newer program", "schema_newer", "oasiss version", func(t *testing.T, f *node.Folders) {
			write(t, *f, func(tx *store.Tx) error {
				return tx.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)`, true)
			})
		}},
		{"a leaf lost", "journal_faults", "oasiss journal verify", func(t *testing.T, f *node.Folders) {
			write(t, *f, func(tx *store.Tx) error { return tx.Exec(`DELETE FROM leaf`) })
		}},
		{"a leaf altered", "journal_faults", "oasiss journal verify", func(t *testing.T, f *node.Folders) {
			write(t, *f, func(tx *store.Tx) error {
				return tx.Exec(`UPDATE leaf SET digest = $1`, []byte(strings.Repeat("x", 32)))
			})
		}},
		{"clock set back", "clock_behind", "timedatectl", func(t *testing.T, f *node.Folders) {
			write(t, *f, func(tx *store.Tx) error {
				return tx.Exec(`UPDATE fact SET at = $1`, store.Micros(time.Now().Add(time.Hour)))
			})
		}},
		{"no backup for days", "backup_none", "", func(t *testing.T, f *node.Folders) {
			write(t, *f, func(tx *store.Tx) error {
				return tx.Exec(`UPDATE fact SET at = $1`, store.Micros(time.Now().Add(-72*time.Hour)))
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := made(t)
			c.spoil(t, &f)
			r := examine(t, f, watch.Defaults, i18n.English)
			got, ok := find(r, c.code)
			switch {
			case !ok:
				t.Fatalf("%s is not told: %+v", c.code, r.Findings)
			case got.State != doctor.Fault || r.Faults == 0:
				t.Errorf("%s is no fault", c.code)
			case !strings.Contains(got.Mend, c.mend):
				t.Errorf("%s is mended by %q, not by %q", c.code, got.Mend, c.mend)
			}
		})
	}
}

// Keys that no custodian holds, or that have changed since, are told of.
func TestCustodyOfTheKeysIsKnown(t *testing.T) {
	f := made(t)
	told := func(code string) {
		t.Helper()
		if got, ok := find(examine(t, f, watch.Defaults, i18n.English), code); !ok {
			t.Errorf("%s is not told: %+v", code, got)
		}
	}
	told("custody_none")
	if err := seal.NoteCustody(f.Keys, time.Now()); err != nil {
		t.Fatal(err)
	}
	told("custody_fine")
	if err := os.WriteFile(filepath.Join(f.Keys, "cosign.key"), make([]byte, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	told("custody_older")
}

// A node that runs is examined without being disturbed, and is found running.
func TestARunningNodeIsExamined(t *testing.T) {
	f := made(t)
	n, err := node.Open(context.Background(), f, node.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := examine(t, f, watch.Defaults, i18n.English)
	if !r.Running || r.Faults != 0 {
		t.Errorf("%+v", r)
	}
}

// A disk that fills is an alarm before an act fails on it.
func TestADiskThatFillsIsTold(t *testing.T) {
	f := made(t)
	limits := watch.Defaults
	limits.Disk = 1 << 62
	r := examine(t, f, limits, i18n.Spanish)
	got, ok := find(r, watch.DiskLow)
	if !ok || got.State != doctor.Fault || !strings.Contains(got.Says, "disco") || got.Mend == "" {
		t.Errorf("%+v", got)
	}
}

// TestEveryFindingHasWords reads what an examination can say off its texts: no
// code is shown to a person, and no parameter is missing.
func TestEveryFindingHasWords(t *testing.T) {
	for _, spoil := range []func(f node.Folders) error{
		func(node.Folders) error { return nil },
		func(f node.Folders) error { return os.Remove(filepath.Join(f.Keys, "seal.key")) },
		func(f node.Folders) error { return os.Chmod(f.Keys, 0o777) },
	} {
		f := made(t)
		if err := spoil(f); err != nil {
			t.Fatal(err)
		}
		for _, l := range i18n.Languages() {
			r := examine(t, f, watch.Limits{}, l)
			for _, x := range r.Findings {
				if strings.HasPrefix(x.Says, "doctor.") || strings.Contains(x.Says, "<no value>") || !i18n.Has("doctor.check."+x.Check) {
					t.Errorf("%s in %s: %q", x.Code, l, x.Says)
				}
			}
		}
	}
}
