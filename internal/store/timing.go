package store

import (
	"sync/atomic"
	"time"
)

// Timing is how the writer has done since the database was opened.
type Timing struct {
	Commits  uint64             // groups made durable
	Commands uint64             // commands in them: together they give a group's size
	Writes   uint64             // calls of Write that ended durably
	Waited   time.Duration      // what their callers waited, together
	Within   map[float64]uint64 // how many of them waited at most so many seconds, by bound
}

// waitBounds are the upper bounds in which waits are counted: around one fsync
// (a fifth of a millisecond to tens of them), up to a disk that is dying.
var waitBounds = [...]time.Duration{time.Millisecond / 2, time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond,
	25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, time.Second, 5 * time.Second}

// timing counts without a lock: it stands in the way of every write.
type timing struct {
	commits, commands, writes atomic.Uint64
	waited                    atomic.Int64
	within                    [len(waitBounds)]atomic.Uint64 // of each bound alone
}

func (t *timing) committed(commands int) {
	t.commits.Add(1)
	t.commands.Add(uint64(commands)) // #nosec G115 -- a group
}

func (t *timing) wrote(since time.Time) {
	d := time.Since(since)
	t.writes.Add(1)
	t.waited.Add(int64(d))
	for i, b := range waitBounds {
		if d <= b {
			t.within[i].Add(1)
			return
		}
	}
}

// Timing says how the writer of this process has done.
func (db *DB) Timing() Timing {
	t := &db.w.timing
	out := Timing{Commits: t.commits.Load(), Commands: t.commands.Load(), Writes: t.writes.Load(), Waited: time.Duration(t.waited.Load()), Within: map[float64]uint64{}}
	var sum uint64
	for i, b := range waitBounds {
		sum += t.within[i].Load()
		out.Within[b.Seconds()] = sum
	}
	return out
}
