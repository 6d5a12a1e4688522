package watch

import (
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"
)

// Space is what is left on a file system for whoever is not its administrator.
type Space struct {
	Free, Size             uint64 // bytes
	FilesFree, FilesAtMost uint64 // files; both 0 where the file system has no limit of its own
}

// SpaceOf measures the file system that a folder is on.
func SpaceOf(folder string) (Space, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return Space{}, fmt.Errorf("space of a folder: %w", err)
	}
	block := uint64(s.Bsize) // #nosec G115 -- a size
	return Space{Free: s.Bavail * block, Size: s.Blocks * block, FilesFree: s.Ffree, FilesAtMost: s.Files}, nil
}

// Scarcest measures the file systems that folders are on, and gives the one with
// the least space. A folder that is not there yet counts for nothing, the first
// excepted.
func Scarcest(first string, others ...string) (Space, error) {
	least, err := SpaceOf(first)
	if err != nil {
		return least, err
	}
	for _, f := range others {
		s, err := SpaceOf(f)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return least, err
		}
		if s.Free < least.Free {
			least = s
		}
	}
	return least, nil
}

// fewFiles is below which count of files a store can no longer count on making
// the ones that it needs (write-ahead log, backup, received files).
const fewFiles = 1000
