package acttest

import (
	"flag"
	"os"
	"testing"
)

// Histories runs a package's tests with fewer random histories than rapid's
// default, since each needs two stores. A soak sets the flag itself.
func Histories(m *testing.M, checks string) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	if !set {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
