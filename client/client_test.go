package client

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/authenticator"
)

// node answers as a node does, over TLS, and remembers what it was asked.
type node struct {
	*httptest.Server
	asked []*http.Request
	sent  []string
}

func serve(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) (*node, *Client) {
	t.Helper()
	n := &node{}
	n.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		n.asked, n.sent = append(n.asked, r), append(n.sent, string(b))
		answer(w, r)
	}))
	t.Cleanup(n.Close)
	c, err := New(n.URL+"/", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: n.Certificate().Raw}))
	if err != nil {
		t.Fatal(err)
	}
	return n, c
}

func TestEveryRequestCarriesSessionLanguagePurposeAndKey(t *testing.T) {
	n, c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"recorded":{"facts":["f"],"object":"o"}}`)
	}) //nolint:errcheck // a test
	c.Token, c.Lang, c.Purpose = "t", "es", "protection"
	out, err := c.Act(context.Background(), "case.add_person", "k", map[string]string{"given": "x"})
	if err != nil || out.Recorded == nil || out.Recorded.Object != "o" {
		t.Fatalf("got %+v, %v", out, err)
	}
	r := n.asked[0]
	if r.URL.Path != "/api/v1/acts/case/add-person" || n.sent[0] != `{"given":"x"}` {
		t.Errorf("asked %s with %s", r.URL, n.sent[0])
	}
	for name, want := range map[string]string{"Authorization": "Bearer t", "Accept-Language": "es", "Oasiss-Purpose": "protection", "Idempotency-Key": "k"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestASignedActIsShownAndThenSigned(t *testing.T) {
	n, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/prepared/p1/sign" {
			io.WriteString(w, `{"recorded":{"facts":["f"]}}`) //nolint:errcheck // a test
			return
		}
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, `{"prepared":{"id":"p1","digest":"2a2a","act":{},"asked":{"challenge":"Kio","relying_party":"us.example","origin":"https://us.example"}}}`) //nolint:errcheck // a test
	})
	if _, err := c.Take(context.Background(), "accord.sign", "", map[string]string{}); !errors.Is(err, ErrNoSigner) {
		t.Errorf("without a passkey: %v", err)
	}
	n.sent, c.Signer = nil, authenticator.New("us.example")
	res, err := c.Take(context.Background(), "accord.sign", "", map[string]string{})
	if err != nil || len(res.Facts) != 1 {
		t.Fatalf("got %+v, %v", res, err)
	}
	var a authenticator.Assertion
	if err := json.Unmarshal([]byte(n.sent[1]), &a); err != nil || len(a.Sig) == 0 || !strings.Contains(string(a.ClientData), `"challenge":"Kio"`) {
		t.Errorf("sent %s", n.sent[1])
	}
}

func TestARefusalIsAnErrorWithItsCode(t *testing.T) {
	_, c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusConflict)
		json.NewEncoder(w).Encode(Refused{Status: 409, Code: "act.key_used", Title: "This form was already sent."}) //nolint:errcheck // a test
	})
	err := c.Get(context.Background(), "cases", nil)
	if !IsRefused(err, "act.key_used") || err.Error() != "This form was already sent." {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerThatIsNoNodesIsNoRefusal(t *testing.T) {
	_, c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, `<html>a gateway</html>`) //nolint:errcheck // a test
	})
	if err := c.Get(context.Background(), "cases", nil); err == nil || IsRefused(err, "") {
		t.Errorf("got %v", err)
	}
}

func TestANodeThatNobodyVouchesForIsNotBelieved(t *testing.T) {
	n, _ := serve(t, func(http.ResponseWriter, *http.Request) {})
	c, err := New(n.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Get(context.Background(), "cases", nil); err == nil || len(n.asked) > 0 {
		t.Errorf("got %v; the node was asked %d times", err, len(n.asked))
	}
	if _, err := New(n.URL, []byte("no certificate")); err == nil {
		t.Error("a file without a certificate was taken")
	}
}

// A node that asks to sign something else than what it showed gets nothing.
func TestASignatureIsOverWhatWasShown(t *testing.T) {
	n, c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, `{"prepared":{"id":"p1","digest":"2a2b","act":{},"asked":{"challenge":"Kio","relying_party":"us.example","origin":"https://us.example"}}}`) //nolint:errcheck // a test
	})
	c.Signer = authenticator.New("us.example")
	if _, err := c.Take(context.Background(), "accord.sign", "", map[string]string{}); !errors.Is(err, ErrOtherAct) || len(n.sent) != 1 {
		t.Errorf("%v after %d requests", err, len(n.sent))
	}
}
