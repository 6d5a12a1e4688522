package web

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// TestScreenshots takes the pictures of docs/screenshots (make screenshots):
// every page in both languages, light and dark, and the desks that people carry
// about on a telephone or a tablet. OASISS_SCREENSHOTS is the folder;
// OASISS_PAGES takes only the pages of these names.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("OASISS_SCREENSHOTS")
	if dir == "" {
		t.Skip("takes pictures into OASISS_SCREENSHOTS")
	}
	server, b := site(t), webtest.Start(t)
	for _, s := range append(everyPage(i18n.English), sheet(i18n.English)) {
		if !wanted().MatchString(s.file) || strings.HasSuffix(s.file, "_empty") || strings.HasPrefix(s.file, "problem") {
			continue
		}
		for _, l := range i18n.Languages() {
			take := func(theme, name string, width, height int) {
				b.Size(t, width, height)
				b.Open(t, fmt.Sprintf("%s/page/%s/%s/%s", server.URL, l, theme, s.file))
				b.Picture(t, filepath.Join(dir, strings.ReplaceAll(s.file, "_", "-")+"-"+string(l)+name+".webp"))
			}
			take("light", "", 1280, 800)
			take("dark", "-dark", 1280, 800)
			switch s.file {
			case "my_day", "case", "referral", "alert", "intake":
				take("light", "-390", 390, 844)
			case "hand_over":
				take("light", "-1024", 1024, 768)
			}
		}
	}
}
