package node

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// served runs a process of a node and gives a client of it.
func served(t *testing.T, f Folders) (*Node, *client.Client) {
	t.Helper()
	n, err := Open(context.Background(), f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cert, roots, err := WebCertificate(f.Keys, "", "", []string{"127.0.0.1"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	up := make(chan string, 1)
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := n.Serve(ctx, Listen{Web: "127.0.0.1:0", Cert: cert}, func(web, _ string) { up <- web }); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		serving.Wait()
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := client.New("https://"+<-up, roots)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.HTTP.CloseIdleConnections)
	return n, c
}

// Two processes on one PostgreSQL are one node: who signed in at one is known
// at the other and out at both, and a page open at one hears of what was done
// at the other.
func TestTwoReplicasAreOneNode(t *testing.T) {
	dir := t.TempDir()
	f := Folders{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Server: storetest.Postgres(t)}
	codes, err := Init(t.Context(), f, Settings{Node: "us", Country: "US", Installation: "test.example", NameEN: "United States", NameES: "Estados Unidos", Zone: "America/Chicago"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, a := served(t, f)
	second, b := served(t, f)
	page := second.Acts.Hub.Subscribe(act.OfficeTopic("usbp-rgv"))
	defer page.Close()
	const password = "nopal tren lluvia 7"
	err = a.Post(t.Context(), "found", map[string]any{"code": codes[0], "login": "kestrelle", "name": "D. Kestrelle", "badge": "4711", "lang": "en", "password": password,
		"office": map[string]string{"id": "usbp-rgv", "agency": "USBP", "name_en": "Sector", "name_es": "Sector", "zone": "America/Chicago"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-page.C:
	case <-time.After(10 * time.Second):
		t.Error("a page open at the other replica hears nothing")
	}
	if _, err := a.Begin(t.Context(), "kestrelle", password, "test"); err != nil {
		t.Fatal(err)
	}
	b.Token = a.Token
	var me any
	if err := b.Get(t.Context(), "me", &me); err != nil {
		t.Errorf("the other replica does not know the session: %v", err)
	}
	if err := a.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	var problem *client.Refused
	if err := b.Get(t.Context(), "me", &me); !errors.As(err, &problem) || problem.Status != 401 {
		t.Errorf("a session ended at one replica lives at the other: %v", err)
	}
	if _, err := VerifyJournal(t.Context(), f.Database()); !refusal.Is(err, "node.running") {
		t.Errorf("a check runs beside the node: %v", err)
	}
}
