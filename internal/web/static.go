package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/web/assets"
)

//go:embed static
var staticFiles embed.FS

// AssetPrefix is where Assets must be mounted.
const AssetPrefix = "/assets/"

// asset is one file, the mark of its content, and the same compressed where
// that makes it smaller.
type asset struct {
	body, zipped []byte
	mark         string
}

// sent is the size in which a file crosses the network.
func (a asset) sent() int {
	if a.zipped != nil {
		return len(a.zipped)
	}
	return len(a.body)
}

// remarks are the comments of a stylesheet of our own: whoever reads the source needs them, and
// no browser at a border station.
var remarks = regexp.MustCompile(`(?s)\s*/\*.*?\*/`)

// shelf is every file the pages load: ours and what npm gave.
var shelf = sync.OnceValue(func() map[string]asset {
	files := map[string]asset{}
	own, err := fs.Sub(staticFiles, "static")
	if err != nil {
		panic(err) // the folder is named in the embed line above
	}
	for _, root := range []fs.FS{assets.Files(), own} {
		err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasPrefix(name, ".") {
				return err
			}
			body, err := fs.ReadFile(root, name)
			if root == own && strings.HasSuffix(name, ".css") {
				body = remarks.ReplaceAll(body, nil)
			}
			sum := sha256.Sum256(body)
			files[name] = asset{body, zipFile(name, body), hex.EncodeToString(sum[:6])}
			return err
		})
		if err != nil {
			panic(err) // the program's own files cannot be read
		}
	}
	return files
})

// assetURL is the address of a file; its content's mark makes it safe to keep for ever.
func assetURL(name string) string {
	if a, ok := shelf()[name]; ok {
		return AssetPrefix + name + "?v=" + a.mark
	}
	return AssetPrefix + name
}

// Assets serves stylesheet, fonts, icons and scripts. They hold nobody's data
// and may be kept by browsers.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, AssetPrefix)
		a, ok := shelf()[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", `"`+a.mark+`"`)
		if r.URL.Query().Get("v") == a.mark {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			w.Header().Set("Cache-Control", "public, max-age=300")
		}
		if strings.HasSuffix(name, ".woff2") {
			w.Header().Set("Content-Type", "font/woff2")
		}
		body := a.body
		if a.zipped != nil {
			w.Header().Set("Vary", "Accept-Encoding")
			if takesZip(r) {
				w.Header().Set("Content-Encoding", "gzip")
				w.Header().Set("ETag", `"`+a.mark+`-gzip"`)
				w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
				body = a.zipped
			}
		}
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
	})
}
