package node

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// garbage is how much garbage may gather beside what is in use, in percent of
// it, before it is collected. Go's own 100 spent a seventh of the CPU of an
// exchange on collecting; what is in use is 15 to 20 MB, so 400 costs some 60 MB
// while a node is busy, and nothing while it rests (it is collected every two
// minutes in any case). GOGC in the environment is the operator's word.
const garbage = 400

// What is in use and garbage together grow no further than heap, in bytes, as long
// as that leaves leastGarbage percent: the buffers of a large file are in use too,
// and five times them would be a fifth of a gigabyte.
const (
	heap         = 96 << 20
	leastGarbage = 50
)

func spareCollecting() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
		s := new(collection)
		s.percent = garbage
		runtime.SetFinalizer(s, (*collection).over)
	}
}

// collection is in nobody's use, so that each collection finds it: that tells that
// one is over.
type collection struct{ percent int }

// over sets how much garbage may gather until the next collection.
func (s *collection) over() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if p := percentFor(live[0].Value.Uint64()); p != s.percent {
		debug.SetGCPercent(p)
		s.percent = p
	}
	runtime.SetFinalizer(s, (*collection).over)
}

// percentFor is how much garbage may gather beside so much that is in use, in
// percent of it and in steps of ten.
func percentFor(live uint64) int {
	if live >= heap {
		return leastGarbage
	}
	p := int((heap-live)*100/max(live, 1<<20)) / 10 * 10 // #nosec G115 -- at most a hundred times heap
	return min(garbage, max(leastGarbage, p))
}

// rest gives back to the machine what starting needed and serving does not.
func rest() { debug.FreeOSMemory() }
