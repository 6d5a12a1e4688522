package wire_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// TestSpecificationNamesEverything: docs/wire.md lists what an implementation
// of the other country must know by name.
func TestSpecificationNamesEverything(t *testing.T) {
	b, err := os.ReadFile("../docs/wire.md")
	must(t, err)
	page := string(b)
	want := []string{wire.Undertaking, wire.ProofFormat, wire.MethodPassword, wire.MethodPasskey,
		wire.VoidExpired, wire.VoidExpunged, wire.VoidRecalled, wire.TierNotice, wire.TierAnalysis, wire.TierReleased,
		wire.ChannelAgency, wire.ChannelLegalAssistance, wire.ChannelCourt, wire.MarkFree, wire.MarkConsent, wire.MarkNever}
	want = append(append(append(want, wire.Purposes...), wire.Lanes...), wire.Sections...)
	for _, w := range want {
		if !strings.Contains(page, "`"+w+"`") && !strings.Contains(page, `"`+w+`"`) {
			t.Errorf("docs/wire.md does not name %q", w)
		}
	}
	for _, c := range wire.Codes {
		if !strings.Contains(page, "\n| `"+string(c)+"` |") {
			t.Errorf("docs/wire.md has no row for code %q", c)
		}
	}
}

// TestImports: the public package stands on the few libraries that its page names.
func TestImports(t *testing.T) {
	allowed := []string{"github.com/go-jose/go-jose/v4", "golang.org/x/mod/sumdb/note", "golang.org/x/mod/sumdb/tlog", "filippo.io/torchwood"}
	files, err := filepath.Glob("*.go")
	must(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		must(t, err)
		for _, i := range f.Imports {
			if path := strings.Trim(i.Path.Value, `"`); strings.Contains(path, ".") && !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
