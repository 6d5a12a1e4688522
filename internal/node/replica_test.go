package node

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
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

// replicas are two processes of one node on one PostgreSQL.
func replicas(t *testing.T) (f Folders, code string, first, second *Node, a, b *client.Client) {
	t.Helper()
	dir := t.TempDir()
	f = Folders{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Server: storetest.Postgres(t)}
	codes, err := Init(t.Context(), f, Settings{Node: "us", Country: "US", Installation: "test.example", NameEN: "United States", NameES: "Estados Unidos", Zone: "America/Chicago"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	first, a = served(t, f)
	second, b = served(t, f)
	return f, codes[0], first, second, a, b
}

const founderPassword = "nopal tren lluvia 7"

// found makes the first account and its office.
func found(t *testing.T, a *client.Client, code string) {
	t.Helper()
	err := a.Post(t.Context(), "found", map[string]any{"code": code, "login": "kestrelle", "name": "D. Kestrelle", "badge": "4711", "lang": "en", "password": founderPassword,
		"office": map[string]string{"id": "usbp-rgv", "agency": "USBP", "name_en": "Sector", "name_es": "Sector", "zone": "America/Chicago"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// hears waits until a page is told of a change.
func hears(t *testing.T, page *act.Subscription, what string) {
	t.Helper()
	select {
	case <-page.C:
	case <-time.After(10 * time.Second):
		t.Error(what + " hears nothing")
	}
}

// Two processes on one PostgreSQL are one node: who signed in at one is known
// at the other and out at both, and a page open at one hears of what was done
// at the other.
func TestTwoReplicasAreOneNode(t *testing.T) {
	f, code, first, second, a, b := replicas(t)
	page := second.Acts.Hub.Subscribe(act.OfficeTopic("usbp-rgv"))
	defer page.Close()
	found(t, a, code)
	hears(t, page, "a page open at the other replica")
	link := second.Acts.Hub.Subscribe(act.LinkTopic)
	defer link.Close()
	if err := first.DB.Write(t.Context(), func(tx *store.Tx) error { // no fact says that the contact with a peer is lost
		return tx.Exec(`INSERT INTO contact (peer, heard, tried, tries, problem, ahead) VALUES ('mx', 0, 1, 1, 'unreachable', 0)`)
	}); err != nil {
		t.Fatal(err)
	}
	hears(t, link, "the page of the link at the other replica")
	if _, err := a.Begin(t.Context(), "kestrelle", founderPassword, "test"); err != nil {
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

// A decoy that is touched at one replica sounds at once on the pages of oversight
// that are open at another, and a look at anybody else does not.
func TestADecoySoundsAtEveryReplica(t *testing.T) {
	_, code, first, second, a, _ := replicas(t)
	known := second.Acts.Hub.Subscribe(act.OfficeTopic("usbp-rgv"))
	defer known.Close()
	found(t, a, code)
	hears(t, known, "a page open at the other replica") // from here on it knows what is new
	ctx := t.Context()
	err := first.DB.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec(`INSERT INTO decoy (id, person, case_id, state, doc) VALUES ('d', 'nobody', 'c', 'stands', '{"id":"d","plant":"Nopal"}')`)
	})
	if err != nil {
		t.Fatal(err)
	}
	look := func(person string) {
		_, err := act.View(ctx, first.Acts, access.Actor{User: "u", Name: "D. Kestrelle", Office: "usbp-rgv"}, wire.PurposeProtection, "protection.identity", func(_ *store.Tx, v *act.Viewing) (bool, error) {
			return v.See(access.Resource{Type: "identity", ID: person}), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	page := second.Acts.Hub.Subscribe(decoy.Topic)
	defer page.Close()
	look("somebody")
	select {
	case <-page.C:
		t.Error("a look at somebody else sounds")
	case <-time.After(time.Second):
	}
	look("nobody")
	hears(t, page, "oversight at the other replica")
}
