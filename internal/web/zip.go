package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// zippers are writers that have compressed a page and wait for the next.
var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// zip compresses what leaves for a browser.
func zip(body []byte) []byte {
	w, _ := zippers.Get().(*gzip.Writer)
	defer zippers.Put(w)
	var out bytes.Buffer
	w.Reset(&out)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// zipFile compresses a file of the pages; a font is compressed as it is.
func zipFile(name string, body []byte) []byte {
	if strings.HasSuffix(name, ".woff2") {
		return nil
	}
	return zip(body)
}

// takesZip reports whether a browser reads what is compressed.
func takesZip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// ownAsking reports whether a page may leave compressed. Beside words that
// somebody else chose, the length of a compressed page tells what stands in it
// (BREACH); so it is compressed only where the browser says that one of our own
// pages, or the person at the keyboard, asked for it.
func ownAsking(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return takesZip(r) && (site == "same-origin" || site == "none")
}
