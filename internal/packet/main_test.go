package packet

import (
	"flag"
	"os"
	"testing"
)

// TestMain gives the suite fewer random histories than a soak, which sets the
// flag itself: each needs two stores.
func TestMain(m *testing.M) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	if !set {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
