package demo

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// latency is from the commit on the sender to the commit on the receiver, on
// the machine's monotonic clock.
func (c *checker) latency() error {
	at := map[string]map[string]int64{}
	for _, n := range nodeNames {
		var err error
		if at[n], err = readCommits(filepath.Join(c.nodes[n].Folders.Data, commits)); err != nil {
			return err
		}
	}
	var took []int64
	for id, us := range at["us"] {
		if mx, ok := at["mx"][id]; ok {
			took = append(took, max(us-mx, mx-us))
		}
	}
	if len(took) == 0 {
		return nil
	}
	slices.Sort(took)
	ms := func(p float64) float64 {
		return float64(took[int(p*float64(len(took)-1))]/int64(time.Microsecond)) / 1000
	}
	c.out.Latency.P50, c.out.Latency.P99 = ms(0.50), ms(0.99)
	return nil
}

func readCommits(path string) (map[string]int64, error) {
	out := map[string]int64{}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("notes of commits: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var line commit
		if json.Unmarshal(lines.Bytes(), &line) == nil {
			out[line.ID] = line.Mono
		}
	}
	return out, nil
}
