package exchange

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/wire"
)

// errPin means that the other end of a connection is not who was approved.
var errPin = errors.New("exchange: the other end is not an approved peer")

// TLSKey is what a descriptor pins of a link certificate: SHA-256 of its
// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
func TLSKey(cert tls.Certificate) (wire.Digest, error) {
	if cert.Leaf == nil {
		return wire.Digest{}, errors.New("exchange: link certificate is not loaded")
	}
	return spki(cert.Leaf), nil
}

func spki(c *x509.Certificate) wire.Digest { return sha256.Sum256(c.RawSubjectPublicKeyInfo) }

// ServerTLS is the configuration of the listener: TLS 1.3 both ways, the
// peer's key pinned by the fingerprint ceremony, no certificate authority.
func (l *Link) ServerTLS() *tls.Config {
	return &tls.Config{
		GetCertificate: l.asPinned, MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"},
		ClientAuth: tls.RequireAnyClientCert, SessionTicketsDisabled: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			if l.pinOf(&s) == nil {
				return errPin
			}
			return nil
		},
	}
}

// pinName is the server name under which a node is dialled. It names the key
// that the caller knows, so that a node with new keys can show the former one
// to who has not heard of them.
func pinName(pin wire.Digest) string { return pin.String()[:32] + ".oasiss-link" }

// asPinned is the certificate that the caller asks for by name.
func (l *Link) asPinned(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	keys := l.own()
	for _, k := range keys.Former {
		if pin, err := TLSKey(k.TLS); err == nil && pinName(pin) == hello.ServerName {
			return &k.TLS, nil
		}
	}
	return &keys.TLS, nil
}

// pinOf gives the approved peer at the other end, or nil.
func (l *Link) pinOf(s *tls.ConnectionState) *pinned {
	if s == nil || len(s.PeerCertificates) == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pins[spki(s.PeerCertificates[0])]
}

// dialler makes a client that talks to one peer only. Each lane has its own,
// so that a full connection of one never holds up another. A connection that
// is silent for probe is asked whether it lives (Config.Probe).
func dialler(own func() *tls.Certificate, d wire.Descriptor, probe time.Duration) *http.Client {
	pin := d.TLSKey
	config := &tls.Config{
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return own(), nil },
		ServerName:           pinName(pin), MinVersion: tls.VersionTLS13,
		InsecureSkipVerify: true, // #nosec G402 -- the pin below is stricter: exactly one key is accepted
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || spki(s.PeerCertificates[0]) != pin {
				return errPin
			}
			return nil
		},
	}
	return &http.Client{
		Timeout: requestTimeout,
		Transport: &http.Transport{
			TLSClientConfig: config, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
			IdleConnTimeout: 5 * time.Minute, MaxIdleConnsPerHost: 1,
			// What is under way before a probe is at most 1 MiB: a line that
			// carries a full frame in requestTimeout answers in time.
			HTTP2: &http.HTTP2Config{SendPingTimeout: probe, PingTimeout: 4 * probe},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// probe is Config.Probe where nothing else is said.
const probe = 5 * time.Second

// requestTimeout bounds one exchange of frame and receipt over a slow link.
const requestTimeout = 60 * time.Second

func journalKey(origin string, keys *seal.NodeKeys) (string, error) {
	k, err := wire.JournalVkey(origin, keys.Journal.Public().(ed25519.PublicKey))
	if err != nil {
		return "", fmt.Errorf("journal key: %w", err)
	}
	return k, nil
}
