package exchange_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// FuzzLink posts any bytes to every door of the link as an approved peer would:
// nothing may be applied, nothing may fail as a fault of this node.
func FuzzLink(f *testing.F) {
	paths := []string{framePath, "/exchange/v1/head", "/exchange/v1/checkpoint", "/exchange/v1/descriptor", "/exchange/v1/proof", "/exchange/v1/succession"}
	f.Add(uint8(0), []byte("oasiss frame v1\nx.y.z\n"))
	f.Add(uint8(0), []byte("oasiss frame v1\n"))
	f.Add(uint8(2), []byte("old 0\n\noasiss/test/us/journal\n1\n"))
	f.Add(uint8(2), wire.WitnessRequest{Old: 3, Path: []wire.Digest{{1}}, Checkpoint: []byte("x")}.Bytes())
	f.Add(uint8(4), []byte("-1"))
	f.Add(uint8(4), []byte("9223372036854775807"))
	us, mx := pair(f)
	handler := mx.link.Load().Handler()
	mx.start()
	leaf, err := x509.ParseCertificate(us.keys.TLS.Certificate[0])
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path uint8, body []byte) {
		r := httptest.NewRequest(http.MethodPost, paths[int(path)%len(paths)], bytes.NewReader(body))
		r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError || w.Code == http.StatusForbidden {
			t.Errorf("%d for %q", w.Code, body)
		}
		if bytes.Contains(w.Body.Bytes(), []byte("recorded")) {
			t.Errorf("recorded %q", body)
		}
	})
}
