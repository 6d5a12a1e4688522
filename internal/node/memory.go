package node

import (
	"os"
	"runtime/debug"
)

// garbage is how much garbage may gather beside what is in use, in percent of
// it, before it is collected. Go's own 100 spent a seventh of the CPU of an
// exchange on collecting; what is in use is 15 to 20 MB, so 400 costs some 60 MB
// while a node is busy, and nothing while it rests (it is collected every two
// minutes in any case). GOGC in the environment is the operator's word.
const garbage = 400

func spareCollecting() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// rest gives back to the machine what starting needed and serving does not.
func rest() { debug.FreeOSMemory() }
