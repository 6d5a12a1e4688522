package node

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// WebCertFile, in the key folder, is the certificate that a node makes for itself for browsers
// when the agency gives it none.
const WebCertFile = "web.pem"

// WebCertificate loads the certificate for browsers: the agency's own if its
// files are given, otherwise one that the node makes once for the hosts named
// and keeps in its key folder. roots is the PEM that a client must trust.
func WebCertificate(keys, certFile, keyFile string, hosts []string, now time.Time) (cert tls.Certificate, roots []byte, err error) {
	if certFile != "" {
		cert, err = tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return cert, nil, fmt.Errorf("certificate for browsers: %w", err)
		}
		roots, err = os.ReadFile(certFile)
		return cert, roots, err
	}
	path := filepath.Join(keys, WebCertFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if b, err = selfSigned(hosts, now); err == nil {
			err = os.WriteFile(path, b, 0o600)
		}
	}
	if err != nil {
		return cert, nil, fmt.Errorf("certificate for browsers: %w", err)
	}
	if cert, err = tls.X509KeyPair(b, b); err != nil {
		return cert, nil, fmt.Errorf("certificate for browsers: %w", err)
	}
	return cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}), nil
}

func selfSigned(hosts []string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "oasiss node"}, NotBefore: now.Add(-24 * time.Hour), NotAfter: now.AddDate(2, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true,
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(out, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), nil
}
