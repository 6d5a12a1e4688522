package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/watch"
	"golang.org/x/sys/unix"
)

// day is a date as a person reads it.
type day struct{ time.Time }

// In writes it in a language.
func (d day) In(l i18n.Lang) string { return i18n.Date(l, d.Time, time.UTC) }

// MarshalJSON writes RFC 3339.
func (d day) MarshalJSON() ([]byte, error) { return json.Marshal(d.Time) }

// machine looks at what the machine gives the node, and at what is beyond the
// limits of which pages and metrics tell, too.
func (x *examination) machine(ctx context.Context) {
	if x.settings == nil {
		return
	}
	x.synchronised()
	source := watch.Source{Folder: x.Data, Files: x.Files(), Now: x.Now}
	if x.store != nil {
		source.Read = x.store.Read
	}
	st, err := source.Look(ctx)
	if err != nil {
		x.broken("disk", err)
		return
	}
	if ahead := st.Last.Sub(st.At); ahead > time.Minute {
		x.found("clock", Fault, "clock_behind", "sudo timedatectl set-ntp true", "Span", watch.Span(ahead))
	}
	told := map[string]bool{}
	for _, a := range st.Alarms(x.Limits) {
		check, mend := x.mends(a)
		told[check] = true
		x.report.Findings = append(x.report.Findings, Finding{Check: check, State: Fault, Code: a.Code, Values: a.Values(st.At), Mend: mend})
	}
	if !told["disk"] {
		x.found("disk", OK, "disk_fine", "", "Free", watch.Bytes(st.Disk.Free))
	}
	if !told["letters"] && x.store != nil {
		x.found("letters", OK, "letters_fine", "", "Count", st.Letters)
	}
	if !told["backup"] && x.store != nil {
		if st.Backup.IsZero() {
			x.found("backup", Warning, "backup_none_yet", x.keepBackups())
		} else {
			x.found("backup", OK, "backup_fine", "", "Span", watch.Span(st.At.Sub(st.Backup)))
		}
	}
}

// mends names the check that an alarm belongs to and the command that mends it.
func (x *examination) mends(a watch.Alarm) (check, mend string) {
	switch a.Code {
	case watch.DiskLow, watch.FilesLow:
		return "disk", "df -h " + quoted(x.Data) + "; du -h --max-depth=2 " + quoted(x.Data) + " | sort -h | tail"
	case watch.BackupOld, watch.BackupNone:
		return "backup", x.keepBackups()
	case watch.BackupBad:
		return "backup", "oasiss backup verify DIR --keys " + quoted(x.Keys)
	case watch.ClockApart:
		return "clock", "sudo timedatectl set-ntp true"
	}
	if a.Code == watch.MailWaits {
		return "letters", ""
	}
	return "peer", "oasiss link show " + quoted(a.Peer)
}

// keepBackups is how a node is told to back itself up.
func (x *examination) keepBackups() string { return "oasiss serve" + x.flags() + " --backup-to DIR" }

// synchronised asks the kernel whether something keeps its clock. A machine
// whose host does so without saying may be right all the same: a warning.
func (x *examination) synchronised() {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return // not allowed to ask, as in some containers; the peers' clocks tell
	}
	if state == unix.TIME_ERROR || t.Status&unix.STA_UNSYNC != 0 {
		x.found("clock", Warning, "clock_unsynchronised", "sudo timedatectl set-ntp true")
		return
	}
	x.found("clock", OK, "clock_fine", "")
}

// files looks at the folder of the chunks of files: that only the node reads it,
// that every file that should be here is, and that none was moved aside because
// it was damaged.
func (x *examination) files(ctx context.Context) {
	info, err := os.Stat(x.Files())
	if x.settings == nil || errors.Is(err, fs.ErrNotExist) {
		return // made with the first file
	}
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s: %w", x.Files(), fs.ErrInvalid)
	}
	if err != nil {
		x.broken("files", err)
		return
	}
	fine := x.closed("files", x.Files())
	folder := chunk.In(x.Files())
	aside, err := folder.Aside()
	if err != nil {
		x.broken("files", err)
		return
	}
	absent := 0
	if x.store != nil {
		err = x.store.Read(ctx, func(tx *store.Tx) (err error) { absent, err = file.Absent(tx, folder); return err })
	}
	switch {
	case err != nil:
		x.broken("files", err)
	case absent > 0:
		x.found("files", Fault, "files_absent", "oasiss backup verify DIR --keys "+quoted(x.Keys), "Count", absent)
	case aside > 0:
		x.found("files", Warning, "files_aside", "find "+quoted(x.Files())+" -name '*.damaged'", "Count", aside)
	case fine:
		x.found("files", OK, "files_fine", "")
	}
}
