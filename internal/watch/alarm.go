package watch

import (
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
)

// Codes of alarms; their words are watch.<code> and watch.<code>.next.
const (
	DiskLow    = "disk_low"
	FilesLow   = "files_low"
	BackupOld  = "backup_old"
	BackupNone = "backup_none"
	BackupBad  = "backup_bad"
	Uncosigned = "uncosigned"
	NotTaken   = "not_taken"
	ClockApart = "clock_apart"
	MailWaits  = "mail_waits"
)

// Alarm is something that stops the node, or makes a loss final, if nobody
// looks after it.
type Alarm struct {
	Code string
	Peer string // id of the peer that it is about, if it is about one
	Free uint64 // bytes, or files for FilesLow
	// Since is the time that is too long ago: of the backup, of the cosignature,
	// of the oldest message or letter; zero if there was none.
	Since time.Time
	Apart time.Duration // the peer's clock minus this one's
}

// Alarms are what is beyond the limits, the node's own first.
func (st State) Alarms(l Limits) []Alarm {
	var out []Alarm
	if l.Disk > 0 && st.Disk.Free <= l.Disk {
		out = append(out, Alarm{Code: DiskLow, Free: st.Disk.Free})
	}
	if st.Disk.FilesAtMost > 0 && st.Disk.FilesFree < fewFiles {
		out = append(out, Alarm{Code: FilesLow, Free: st.Disk.FilesFree})
	}
	switch {
	case st.Backup.IsZero() && late(st.At, st.First, l.Backup):
		out = append(out, Alarm{Code: BackupNone, Since: st.First})
	case late(st.At, st.Backup, l.Backup):
		out = append(out, Alarm{Code: BackupOld, Since: st.Backup})
	}
	if st.Failed {
		out = append(out, Alarm{Code: BackupBad, Since: st.Backup})
	}
	if late(st.At, st.Letter, l.Queued) {
		out = append(out, Alarm{Code: MailWaits, Since: st.Letter})
	}
	for _, p := range st.Links {
		out = append(out, st.linkAlarms(l, p)...)
	}
	return out
}

// late reports whether something that was at since is beyond its limit.
func late(now, since time.Time, limit time.Duration) bool {
	return limit > 0 && !since.IsZero() && now.Sub(since) > limit
}

func (st State) linkAlarms(l Limits, p exchange.LinkState) (out []Alarm) {
	cosigned := p.Cosigned.At
	if cosigned.IsZero() {
		cosigned = p.Peer.Effective
	}
	if late(st.At, cosigned, l.Cosigned) {
		out = append(out, Alarm{Code: Uncosigned, Peer: p.Peer.ID, Since: cosigned})
	}
	if oldest := Oldest(p); late(st.At, oldest, l.Queued) {
		out = append(out, Alarm{Code: NotTaken, Peer: p.Peer.ID, Since: oldest})
	}
	if l.Clock > 0 && p.Ahead.Abs() > l.Clock {
		out = append(out, Alarm{Code: ClockApart, Peer: p.Peer.ID, Apart: p.Ahead})
	}
	return out
}

// Oldest is when the oldest message was recorded that a peer has not taken;
// zero if it has taken all.
func Oldest(p exchange.LinkState) (oldest time.Time) {
	for _, lane := range p.Lanes {
		if lane.Queued > 0 && (oldest.IsZero() || lane.Oldest.Before(oldest)) {
			oldest = lane.Oldest
		}
	}
	return oldest
}
