package web

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/i18n"
)

// TestGuidesNameThePagesOfTheirRole: the line of each guide that says which
// pages stand on top names those that the policies give the role, and no other.
func TestGuidesNameThePagesOfTheirRole(t *testing.T) {
	k := newRoom(t)
	for l, says := range map[i18n.Lang][2]string{
		i18n.English: {"guides", "**On top of every page:** "},
		i18n.Spanish: {"guias", "**Arriba de cada página:** "},
	} {
		lines := map[string]string{} // title of a guide → that line of it
		files, err := filepath.Glob(filepath.Join("../../docs", says[0], "*.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Split(string(text), "\n")
			if i := slices.IndexFunc(all, func(s string) bool { return strings.HasPrefix(s, says[1]) }); i >= 0 {
				lines[strings.TrimPrefix(all[0], "# ")] = strings.TrimPrefix(all[i], says[1])
			}
		}
		for _, role := range access.Roles {
			var pages []string
			for _, n := range k.as(areaCases, role).nav() {
				pages = append(pages, "*"+i18n.T(l, n.Key)+"*")
			}
			if want, got := strings.Join(pages, " · "), lines[i18n.T(l, "role."+role)]; got != want {
				t.Errorf("%s, %s: the guide has the pages %q, the role %q", role, l, got, want)
			}
		}
	}
}
