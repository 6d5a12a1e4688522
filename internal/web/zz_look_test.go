package web

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

func TestZZLook(t *testing.T) {
	server, b := site(t), webtest.Start(t)
	for _, s := range everyPage(i18n.English) {
		if !wanted().MatchString(s.file) {
			continue
		}
		for _, x := range []struct {
			l, theme string
			w        int
		}{{"en", "light", 1440}, {"es", "dark", 1280}, {"es", "light", 390}} {
			b.Size(t, x.w, 900)
			b.Open(t, fmt.Sprintf("%s/page/%s/%s/%s", server.URL, x.l, x.theme, s.file))
			time.Sleep(700 * time.Millisecond)
			b.Picture(t, filepath.Join("/tmp/f5pics", fmt.Sprintf("%s-%s-%d.png", s.file, x.l, x.w)))
		}
	}
}
