//go:build failpoint

package exchange_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/chunk"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/failpoint"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// onDisk is a file that us has named to mx, as processes that are killed know
// it: what was asked for and that it has arrived stand in the node's folder.
type onDisk struct{ spec }

func (s spec) chunks() chunk.Folder { return chunk.In(filepath.Join(s.Dir, "files")) }

func (s spec) arrived() bool { _, err := os.Stat(filepath.Join(s.Dir, "arrived")); return err == nil }

// asked counts the pieces that were asked of this node, over all its lives.
func (s spec) asked(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.Dir, "asked"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(b, []byte("\n"))
}

func (f onDisk) Given(_ *store.Tx, _, file string) (exchange.Carried, bool, error) {
	w, err := os.OpenFile(filepath.Join(f.Dir, "asked"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return exchange.Carried{}, false, err
	}
	defer w.Close() //nolint:errcheck // a test
	_, err = w.WriteString(file + "\n")
	return *f.Carried, f.Name == "us" && file == f.Carried.ID, err
}

func (f onDisk) Awaited(*store.Tx, string) ([]exchange.Carried, error) {
	if f.Name == "us" || f.arrived() {
		return nil, nil
	}
	return []exchange.Carried{*f.Carried}, nil
}

func (f onDisk) Arrived(*store.Tx, *journal.Draw, string, string) ([]journal.Fact, string, error) {
	return nil, "", os.WriteFile(filepath.Join(f.Dir, "arrived"), nil, 0o600)
}

func (onDisk) Kept(*store.Tx, string) (exchange.Kept, bool, error) {
	return exchange.Kept{}, false, nil
}

// TestKilledWhileAFileCrosses kills either node, and both, with SIGKILL in the
// middle of a file: it goes on where it stood and arrives whole. The giver's death
// costs the piece that it was giving; the receiver's the one that was being
// written, and what had come of the next.
func TestKilledWhileAFileCrosses(t *testing.T) {
	us, mx := template(t, false)
	hiddenUS, hiddenMX := template(t, true)
	for _, k := range []struct {
		us, mx string
		hidden bool
	}{
		{us: string(failpoint.FilesPieceGiven) + "=3"}, {mx: string(failpoint.FilesPieceHere) + "=3"}, {mx: string(failpoint.FilesPieceKept) + "=3"}, {mx: string(failpoint.FilesWhole)},
		{us: string(failpoint.FilesPieceGiven) + "=5", mx: string(failpoint.FilesPieceHere) + "=3"}, {us: string(failpoint.FilesPieceGiven) + "=2", hidden: true},
	} {
		t.Run(fmt.Sprintf("us %s, mx %s, one dials %v", k.us, k.mx, k.hidden), func(t *testing.T) {
			a, b := us, mx
			if k.hidden {
				a, b = hiddenUS, hiddenMX
			}
			crossKilled(t, a.copied(t), b.copied(t), k.us, k.mx)
		})
	}
}

func crossKilled(t *testing.T, us, mx *process, usDies, mxDies string) {
	carried, list := (&node{t: t, chunks: us.chunks()}).holds(carriedID, 3, 5*wire.ChunkSize+99)
	us.Carried, mx.Carried = &carried, &carried
	us.start(usDies)
	mx.start(mxDies)
	for end := time.Now().Add(time.Minute); !mx.order(told{}).Arrived; us.order(told{}) {
		if time.Now().After(end) {
			t.Fatal("it never arrived")
		}
		time.Sleep(20 * time.Millisecond)
	}
	us.order(told{})
	us.end()
	mx.end()
	for _, p := range []struct {
		*process
		armed string
	}{{us, usDies}, {mx, mxDies}} {
		want := 0
		if p.armed != "" {
			want = 1
		}
		if p.deaths != want {
			t.Errorf("%s died %d times, armed with %q", p.Name, p.deaths, p.armed)
		}
	}
	chunks := mx.chunks()
	for i, d := range list {
		if _, err := chunks.Get(carriedID, d, wire.ChunkLen(carried.Size, int64(i)), nil); err != nil {
			t.Errorf("chunk %d: %v", i, err)
		}
	}
	if most, asked := len(list)+1+us.deaths+2*mx.deaths, us.asked(t); asked > most {
		t.Errorf("%d pieces were asked for, at most %d are", asked, most)
	}
}
