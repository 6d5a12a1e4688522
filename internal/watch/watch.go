// Package watch tells whoever runs a node, in time, what would stop it later:
// that its disk fills, that no backup was proven for long, that a peer has not
// cosigned its journal or takes nothing. It reads sizes, ages and counts, never
// what a case says or whom it is about. The link page, /metrics and
// oasiss doctor say the same because they ask here.
package watch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/backup"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/store"
)

// Limits say from when on something is an alarm; 0 means never.
type Limits struct {
	Disk     uint64        // bytes free on the data folder's file system, or fewer
	Backup   time.Duration // age of the last backup that was proven to restore
	Cosigned time.Duration // age of a peer's last cosignature on this journal
	Queued   time.Duration // age of the oldest message that a peer has not taken, or letter that the mail server has not
	Clock    time.Duration // between a peer's clock and this one's
}

// Defaults are the limits where nobody set others: space for days of work, a
// night's backup and one that failed, the day of DESIGN §2 for cosignatures.
var Defaults = Limits{Disk: 2 << 30, Backup: 36 * time.Hour, Cosigned: 24 * time.Hour, Queued: time.Hour, Clock: time.Minute}

// State is how a node stands.
type State struct {
	At       time.Time
	Disk     Space     // of the data folder or of the files', whichever has less
	First    time.Time // when the journal's first fact was recorded
	Last     time.Time // when its last fact was
	Facts    int64
	Backup   time.Time // of the last backup that proved whole; zero if there is none
	Failed   bool      // the newest backup did not prove whole
	Sessions int
	Links    []exchange.LinkState // with approved peers
	Refused  []exchange.Refusals
	Letters  int       // that the mail server has not taken
	Letter   time.Time // since when the oldest of them waits; zero if there is none
}

// Source is where a node's state is read.
type Source struct {
	Read   func(ctx context.Context, f func(*store.Tx) error) error // nil where the store cannot be read: its part stays empty
	Folder string                                                   // of the data
	Files  string                                                   // of the chunks of files, which can lie on a disk of its own
	Now    func() time.Time
}

// Look reads how the node stands now.
func (s Source) Look(ctx context.Context) (State, error) {
	st := State{At: s.Now()}
	var err error
	if st.Disk, err = Scarcest(s.Folder, s.Files); err != nil {
		return st, err
	}
	if s.Read == nil {
		return st, nil
	}
	return st, s.Read(ctx, st.read)
}

func (st *State) read(tx *store.Tx) error {
	var first, last sql.NullInt64
	err := tx.QueryRow(`SELECT (SELECT at FROM fact ORDER BY seq LIMIT 1), (SELECT at FROM fact ORDER BY seq DESC LIMIT 1)`).Scan(&first, &last)
	if err != nil {
		return fmt.Errorf("ages of the journal: %w", err)
	}
	st.First, st.Last = store.Time(first.Int64), store.Time(last.Int64)
	if st.Facts, err = journal.Size(tx); err != nil {
		return err
	}
	if st.Sessions, err = access.SessionsInForce(tx, st.At); err != nil {
		return err
	}
	kept, err := backup.Last(tx)
	if err != nil {
		return err
	}
	st.Backup, st.Failed = kept.Whole.Made, len(kept.Last.Faults) > 0
	if st.Refused, err = exchange.RefusalsByCode(tx); err != nil {
		return err
	}
	if st.Letters, st.Letter, err = mail.Waiting(tx); err != nil {
		return err
	}
	peers, err := exchange.Peers(tx)
	if err != nil {
		return err
	}
	for _, p := range peers {
		if !p.Active(st.At) {
			continue
		}
		l, err := exchange.State(tx, p.ID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		st.Links = append(st.Links, l)
	}
	return nil
}
