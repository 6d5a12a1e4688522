// Package mailtest gives tests a real mail server on a port of this machine: it
// asks for TLS and a password, keeps what it takes and all that was said to it,
// and can be told to refuse, to break off, or to be away.
package mailtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// What a sender signs in with.
const (
	User     = "oasiss"
	Password = "nineteen egrets on the levee" // #nosec G101 -- of a server that lives for one test
)

// Letter is one that the server took.
type Letter struct {
	To     string
	Raw    []byte
	Header netmail.Header
	Text   string // as it stands, still encoded
}

// Server is a mail server under test.
type Server struct {
	Address string
	Roots   *x509.CertPool
	RootPEM []byte

	mu      sync.Mutex
	said    bytes.Buffer
	letters []Letter
	refused map[string]bool
	cuts    int                 // that many letters are broken off in their middle
	taken   func(letter Letter) // hears of each before the sender does
	cert    tls.Certificate
	clear   bool
	running *smtp.Server
	t       testing.TB
}

// Start starts a server until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{refused: map[string]bool{}, t: t}
	s.certify()
	s.Up("127.0.0.1:0")
	t.Cleanup(s.Down)
	return s
}

func (s *Server) certify() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	s.ok(err)
	now := time.Now()
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	s.ok(err)
	s.cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	s.RootPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	s.Roots = x509.NewCertPool()
	s.Roots.AppendCertsFromPEM(s.RootPEM)
}

func (s *Server) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// Up has the server listen at an address, again after Down.
func (s *Server) Up(address string) {
	s.t.Helper()
	l, err := net.Listen("tcp", address)
	s.ok(err)
	s.Address = l.Addr().String()
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, conn: c}, nil }))
	srv.Domain, srv.Debug, srv.ErrorLog = "localhost", writer{s}, quiet{}
	if !s.clear {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{s.cert}, MinVersion: tls.VersionTLS12}
	}
	s.running = srv
	go func() { _ = srv.Serve(l) }() // ends with Down
}

// Down stops it: whoever dials is refused.
func (s *Server) Down() { _ = s.running.Close() }

// InClear has the server offer no TLS from its next start on.
func (s *Server) InClear() { s.clear = true }

// Refuse has it take nothing for an address any more; or again, with false.
func (s *Server) Refuse(to string, refused bool) { s.do(func() { s.refused[to] = refused }) }

// Cut has it break the next n letters off in their middle.
func (s *Server) Cut(n int) { s.do(func() { s.cuts = n }) }

// Taken has f hear of each letter once it is taken, before the sender does.
func (s *Server) Taken(f func(Letter)) { s.do(func() { s.taken = f }) }

// Letters are what it took, in order.
func (s *Server) Letters() (out []Letter) {
	s.do(func() { out = append(out, s.letters...) })
	return out
}

// Said is every byte of every conversation, both ways, as it stands inside TLS.
func (s *Server) Said() (out []byte) {
	s.do(func() { out = bytes.Clone(s.said.Bytes()) })
	return out
}

func (s *Server) do(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

type writer struct{ s *Server }

func (w writer) Write(b []byte) (n int, err error) {
	w.s.do(func() { n, err = w.s.said.Write(b) })
	return n, err
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type session struct {
	s      *Server
	conn   *smtp.Conn
	to     string
	signed bool
}

func (x *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return smtp.ErrAuthFailed
		}
		x.signed = true
		return nil
	}), nil
}

func (x *session) Mail(string, *smtp.MailOptions) error {
	if !x.signed {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) (err error) {
	x.s.do(func() {
		if x.s.refused[to] {
			err = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
		}
	})
	x.to = to
	return err
}

var errCut = errors.New("mailtest: broken off")

func (x *session) Data(r io.Reader) error {
	cut := false
	x.s.do(func() {
		if x.s.cuts > 0 {
			x.s.cuts, cut = x.s.cuts-1, true
		}
	})
	if cut {
		_, _ = io.CopyN(io.Discard, r, 40)
		_ = x.conn.Conn().Close()
		return errCut
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	l := Letter{To: x.to, Raw: raw, Header: m.Header, Text: string(text)}
	var taken func(Letter)
	x.s.do(func() { x.s.letters, taken = append(x.s.letters, l), x.s.taken })
	if taken != nil {
		taken(l)
	}
	return nil
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }
