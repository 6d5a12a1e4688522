package watch_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/watch"
)

var now = time.Date(2012, 5, 8, 9, 0, 0, 0, time.UTC)

// well is a node with nothing to tell.
func well() watch.State {
	return watch.State{At: now, Disk: watch.Space{Free: 80 << 30, Size: 100 << 30, FilesFree: 1 << 20, FilesAtMost: 1 << 21},
		First: now.AddDate(0, -6, 0), Last: now, Facts: 9000, Backup: now.Add(-time.Hour),
		Links: []exchange.LinkState{{Peer: exchange.Peer{ID: "mx", Effective: now.AddDate(0, -5, 0)}, Cosigned: exchange.Seen{Size: 8999, At: now.Add(-time.Minute)}}}}
}

func TestAlarmsStandBeyondTheirLimitsAndNotBefore(t *testing.T) {
	link := func(s *watch.State) *exchange.LinkState { return &s.Links[0] }
	for _, c := range []struct {
		name  string
		state func(*watch.State)
		want  []string
	}{
		{"nothing", func(*watch.State) {}, nil},
		{"disk at its limit", func(s *watch.State) { s.Disk.Free = 2 << 30 }, []string{watch.DiskLow}},
		{"disk just above", func(s *watch.State) { s.Disk.Free = 2<<30 + 1 }, nil},
		{"few files", func(s *watch.State) { s.Disk.FilesFree = 12 }, []string{watch.FilesLow}},
		{"a file system that counts no files", func(s *watch.State) { s.Disk.FilesFree, s.Disk.FilesAtMost = 0, 0 }, nil},
		{"backup of two nights ago", func(s *watch.State) { s.Backup = now.Add(-37 * time.Hour) }, []string{watch.BackupOld}},
		{"no backup on the first day", func(s *watch.State) { s.Backup, s.First = time.Time{}, now.Add(-time.Hour) }, nil},
		{"no backup for months", func(s *watch.State) { s.Backup = time.Time{} }, []string{watch.BackupNone}},
		{"no backup, nothing to lose", func(s *watch.State) { s.Backup, s.First = time.Time{}, time.Time{} }, nil},
		{"the newest backup is not whole", func(s *watch.State) { s.Failed = true }, []string{watch.BackupBad}},
		{"not cosigned for a day", func(s *watch.State) { link(s).Cosigned.At = now.Add(-25 * time.Hour) }, []string{watch.Uncosigned}},
		{"never cosigned", func(s *watch.State) { link(s).Cosigned = exchange.Seen{} }, []string{watch.Uncosigned}},
		{"paired an hour ago", func(s *watch.State) {
			link(s).Cosigned, link(s).Peer.Effective = exchange.Seen{}, now.Add(-time.Hour)
		}, nil},
		{"two hours in the outbox", func(s *watch.State) {
			link(s).Lanes = []exchange.LaneState{{Lane: "case", Queued: 1, Oldest: now.Add(-2 * time.Hour)}, {Lane: "alert", Queued: 1, Oldest: now}}
		}, []string{watch.NotTaken}},
		{"clock behind", func(s *watch.State) { link(s).Ahead = -2 * time.Minute }, []string{watch.ClockApart}},
	} {
		s := well()
		c.state(&s)
		var got []string
		for _, a := range s.Alarms(watch.Defaults) {
			got = append(got, a.Code)
			for _, l := range i18n.Languages() {
				says, next := a.Words(l, now, "MX")
				if strings.HasPrefix(says, "watch.") || strings.HasPrefix(next, "watch.") || strings.Contains(says+next, "<no value>") {
					t.Errorf("%s in %s: %q %q", a.Code, l, says, next)
				}
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", c.name, got, c.want)
		}
		if got := s.Alarms(watch.Limits{}); slices.ContainsFunc(got, func(a watch.Alarm) bool { return a.Code != watch.FilesLow && a.Code != watch.BackupBad }) {
			t.Errorf("%s: without limits %v", c.name, got)
		}
	}
}

func TestAmountsAreReadable(t *testing.T) {
	for b, want := range map[watch.Bytes]string{0: "0 B", 900: "900 B", 1536: "1.5 KiB", 2 << 30: "2 GiB", 5 << 40: "5 TiB"} {
		if got := b.In(i18n.English); got != want {
			t.Errorf("%d: %s, not %s", b, got, want)
		}
	}
	if got := watch.Span(-42 * time.Second).In(i18n.Spanish); got != "42 s" {
		t.Error(got)
	}
}
