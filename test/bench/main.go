// Command bench measures the product against its aims and prints one JSON
// line for each figure (docs/measured.md says what each one means):
//
//	{"bench":"exchange.single","value":365,"unit":"msg/s","limit":640,"ratio":0.57,"load":0.4}
//
// Figures go to standard output and nothing else does. A figure that misses
// its aim is printed all the same. With --table it reads such lines and writes
// the table of docs/measured.md instead.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"
)

// nodeVerb is the first argument under which this program is the other node.
const nodeVerb = "node"

// bench is one measurement; it may give several figures.
type bench struct {
	name string // what its figures' names begin with; several with commas
	run  func(ctx context.Context, r *run) error
}

// benches in the order in which they run: those that need both cores of a
// quiet machine first.
var benches = []bench{
	{"exchange.", exchangeFigures},
	{"file.", fileFigures},
	{"large.", largeFigures},
	{"alert.", alertFigure},
	{"packet.,verify.", packetFigures},
	{"read.", readFigures},
	{"access.", hiddenFigures},
	{"import.", importFigures},
	{"search.", searchFigures},
	{"list.", listFigures},
	{"journal.", journalFigures},
	{"backup.", backupFigures},
	{"start_ms", startFigure},
	{"idle_rss_mb", idleFigure},
	{"live.", liveFigure},
	{"page.inbox_ms,page.case_ms,page.search_ms,page.figures_ms", pageFigures},
	{"page.weight_kb,page.script_kb", weightFigure},
	{"postgres.", postgresFigures},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) > 1 && os.Args[1] == nodeVerb {
		exit(serveNode(ctx, os.Args[2:]))
		return
	}
	r := newRun()
	var profile string
	var table bool
	flag.StringVar(&r.only, "only", "", "run the figures whose name begins so; several with commas")
	flag.IntVar(&r.times, "runs", 5, "runs of each figure, of which the median counts")
	flag.IntVar(&r.scale, "scale", 1, "divide the data of the large figures by this, to develop; its figures are no figures")
	flag.StringVar(&r.dir, "dir", "", "folder for the nodes' data; a temporary one if empty")
	flag.Int64Var(&r.large, "file-gib", 0, "also move one file of so many GiB between two processes that are both killed on the way; needs three times that on the disk")
	flag.StringVar(&r.binary, "binary", "bin/oasiss", "the program, for start_ms, idle_rss_mb, live. and page.")
	flag.StringVar(&profile, "profile", "", "write CPU profiles of this process and of the other node there")
	flag.BoolVar(&table, "table", false, "read figures from standard input and write them as the table of docs/measured.md")
	flag.Parse()
	if table {
		exit(writeTable(os.Stdin, os.Stdout))
		return
	}
	r.profile = profile
	exit(r.all(ctx))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// all runs what was asked for.
func (r *run) all(ctx context.Context) (err error) {
	began := time.Now()
	if r.dir == "" {
		if r.dir, err = os.MkdirTemp("", "oasiss-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(r.dir)) }()
	}
	if r.profile != "" {
		f, err := os.Create(r.profile + ".us")
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // a profile is looked at by hand
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, b := range benches {
		if !slices.ContainsFunc(strings.Split(b.name, ","), r.wants) {
			continue
		}
		r.say("%s…", strings.TrimSuffix(b.name, "."))
		if e := b.run(ctx, r); e != nil { // the others are measured all the same
			err = errors.Join(err, fmt.Errorf("%s: %w", b.name, e))
		}
		if ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
	}
	r.say("all of it took %s", time.Since(began).Round(time.Second))
	return err
}
