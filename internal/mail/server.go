package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"os"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
)

// Server is the mail server that takes a node's letters. net/smtp is frozen and
// does all that is asked of it here: submission over STARTTLS (RFC 6409).
type Server struct {
	Address  string         // host:port
	From     string         // address of the node
	User     string         // to sign in with; empty where the server asks nobody
	Password string         // of the user
	Roots    *x509.CertPool // that its certificate is checked by; the machine's own if nil
}

// ReadServer makes a server of what an operator gives: files hold the password
// and the certificates of an authority of one's own. Refusal: node.mail_from.
func ReadServer(address, from, user, passwordFile, rootsFile string) (*Server, error) {
	s := &Server{Address: address, From: from, User: user}
	if !reachable(from) {
		return nil, refusal.New("node.mail_from")
	}
	if passwordFile != "" {
		b, err := os.ReadFile(passwordFile) // #nosec G304 -- named by the node's operator
		if err != nil {
			return nil, fmt.Errorf("password of the mail server: %w", err)
		}
		s.Password = strings.TrimRight(string(b), "\r\n")
	}
	if rootsFile != "" {
		b, err := os.ReadFile(rootsFile) // #nosec G304 -- named by the node's operator
		if err != nil {
			return nil, fmt.Errorf("authority of the mail server: %w", err)
		}
		if s.Roots = x509.NewCertPool(); !s.Roots.AppendCertsFromPEM(b) {
			return nil, fmt.Errorf("authority of the mail server: %s holds no certificate", rootsFile)
		}
	}
	return s, nil
}

// How long a server may take to be reached, and for one letter.
const (
	reachIn = 15 * time.Second
	takeIn  = time.Minute
)

// errInClear is a server that offers no TLS: nothing is given to it.
var errInClear = errors.New("mail: the server offers no STARTTLS")

// line is an open, encrypted connection to the server.
type line struct {
	*smtp.Client
	conn net.Conn
	from string
}

// dial opens a line. The certificate must be of the host that was named.
func (s *Server) dial(ctx context.Context) (*line, error) {
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, fmt.Errorf("address of the mail server: %w", err)
	}
	conn, err := (&net.Dialer{Timeout: reachIn}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(takeIn)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	l := &line{c, conn, s.From}
	if err := s.greet(l, host); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// greet says which node it is, encrypts, and signs in.
func (s *Server) greet(l *line, host string) error {
	_, domain, _ := strings.Cut(s.From, "@")
	if err := l.Hello(domain); err != nil {
		return err
	}
	if offered, _ := l.Extension("STARTTLS"); !offered {
		return errInClear
	}
	if err := l.StartTLS(&tls.Config{ServerName: host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}); err != nil {
		return err
	}
	if s.User == "" {
		return nil
	}
	return l.Auth(smtp.PlainAuth("", s.User, s.Password, host))
}

// errRefused is an address that the server takes nothing for.
var errRefused = errors.New("mail: the server refuses the address")

// give hands over one letter: taken for good once it returns nil.
func (l *line) give(to string, letter []byte) error {
	if err := l.conn.SetDeadline(time.Now().Add(takeIn)); err != nil {
		return err
	}
	if err := l.Mail(l.from); err != nil {
		return err
	}
	if err := l.Rcpt(to); err != nil {
		var said *textproto.Error
		if errors.As(err, &said) && said.Code >= 500 {
			return errors.Join(errRefused, l.Reset())
		}
		return err
	}
	w, err := l.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(letter); err != nil {
		return err
	}
	return w.Close()
}
