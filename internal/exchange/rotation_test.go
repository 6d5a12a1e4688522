package exchange_test

import (
	"crypto/ed25519"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// rotates gives a node new keys as it does itself when two people order it.
func (n *node) rotates(revoked bool) {
	n.t.Helper()
	next, err := seal.Next(n.folder, n.keys.N, time.Now())
	if err != nil {
		n.t.Fatal(err)
	}
	former, before := n.keys, n.desc
	n.keys = former.Followed(next)
	n.describe(n.Kinds.Receivable())
	s, err := wire.SignSuccession(wire.Succession{Node: n.name, Descriptor: n.desc, Revoked: revoked, At: n.Acts.Now()}, former.Sign)
	if err != nil {
		n.t.Fatal(err)
	}
	n.enter(wire.PurposeAdministration, &exchange.OwnRotation{Former: before, Succession: s})
	if err := seal.Activate(n.folder, next.N); err != nil {
		n.t.Fatal(err)
	}
	n.link.Load().Rekey(n.keys)
}

// queuedNotes is how many messages wait while keys change: 5,000 each way in
// one run under soak.
func queuedNotes(turn string) int {
	if os.Getenv("OASISS_SOAK") != "" && turn == "both" {
		return 5000
	}
	if testing.Short() {
		return 20
	}
	return 60
}

// saysAll releases many messages in few commits.
func (n *node) saysAll(to *node, texts []string) {
	n.t.Helper()
	for part := range slices.Chunk(texts, 500) {
		var facts []journal.Fact
		for _, text := range part {
			facts = append(facts, &note{Envelope: journal.Envelope{Case: "case-1", Referral: "ref-1", To: wire.Address{Node: to.name}}, Text: text})
		}
		n.enter(wire.PurposeProsecution, facts...)
	}
}

// evidence holds every receipt that a node took, and every header that it
// signed, against all keys that the two nodes have had; with the keys of now
// alone the older ones must not verify.
func evidence(t *testing.T, n, peer *node, rotated bool) {
	t.Helper()
	n.Read(func(tx *store.Tx) error {
		keys, err := exchange.KeysOf(tx, peer.name)
		if err != nil {
			return err
		}
		all, old := 0, 0
		for seq := int64(1); ; seq++ {
			e, m, err := journal.LoadSeq(tx, seq)
			if err != nil {
				break
			}
			if e.Kind != (exchange.ReceiptTaken{}).Kind() {
				continue
			}
			text := string(m.Act.Clear)
			at := strings.Index(text, `"receipt":"`) + len(`"receipt":"`)
			receipt := text[at : at+strings.IndexByte(text[at:], '"')]
			if _, err := wire.ReadReceipt(receipt, keys.Ever()); err != nil {
				t.Errorf("a receipt is no evidence any more: %v", err)
			}
			if _, err := wire.ReadReceipt(receipt, keys.Present()); wire.CodeOf(err) == wire.CodeSupersededKey {
				old++
			}
			all++
		}
		if all == 0 || rotated && old == 0 {
			t.Errorf("%d receipts, %d by former keys", all, old)
		}
		return nil
	})
}

// Keys change on one side, on both, and several times, with messages queued
// both ways: nothing is lost, nothing comes twice, no alarm, and what the
// former keys signed verifies.
func TestKeysChangeWithMessagesQueued(t *testing.T) {
	t.Parallel()
	for way, makes := range map[string]making{"both dial": pair, "one dials": oneDials} {
		turns := []string{"both twice"}
		if os.Getenv("OASISS_SOAK") != "" {
			turns = []string{"us", "mx", "both", "both twice"}
		}
		for _, turn := range turns {
			t.Run(way+", "+turn, func(t *testing.T) { t.Parallel(); keysChange(t, makes, turn) })
		}
	}
}

func keysChange(t *testing.T, makes making, turn string) {
	us, mx := makes(t)
	us.start()
	mx.start()
	us.says(mx, "before")
	mx.says(us, "antes")
	eventually(t, "first messages", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	north, south := numbered(queuedNotes(turn)), numbered(queuedNotes(turn))
	half := len(north) / 2
	us.saysAll(mx, north[:half])
	mx.saysAll(us, south[:half])
	if turn != "mx" {
		us.rotates(false)
	}
	if turn != "us" {
		mx.rotates(false)
	}
	if turn == "both twice" {
		us.rotates(false)
		mx.rotates(false)
		us.restart()
	}
	us.saysAll(mx, north[half:])
	mx.saysAll(us, south[half:])
	eventually(t, "queues empty", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	for _, c := range []struct {
		at, from *node
		want     []string
	}{{mx, us, append([]string{"before"}, north...)}, {us, mx, append([]string{"antes"}, south...)}} {
		own := c.at.texts()
		want := map[string]int{}
		for _, s := range append(append([]string{"before", "antes"}, north...), south...) {
			want[s]++
		}
		for _, s := range own { // own messages are applied here, too
			want[s]--
		}
		for s, n := range want {
			if n != 0 {
				t.Errorf("%s: %q %+d", c.at.name, s, -n)
			}
		}
		if n := c.at.count(`SELECT COUNT(*) FROM link_alarm`); n != 0 {
			t.Errorf("%s: %d alarms %v", c.at.name, n, c.at.state(c.from).Alarms)
		}
		evidence(t, c.at, c.from, turn != c.at.name && turn != "us" || turn == "us" && c.at == mx)
		c.at.ReplayEqual()
	}
	keys, err := seal.LoadNodeKeys(us.folder)
	if err != nil || !keys.Sign.Equal(us.keys.Sign) {
		t.Errorf("the folder's keys: %v", err)
	}
}

// A peer that was down while keys changed twice follows both steps.
func TestKeysChangeWhileThePeerIsDown(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	us.says(mx, numbered(3)...)
	us.rotates(false)
	us.rotates(false)
	us.restart()
	mx.start()
	settled(t, us, mx, numbered(3))
	if n := mx.count(`SELECT COUNT(*) FROM former_key WHERE node = 'us'`); n != 2 {
		t.Errorf("%d former keys", n)
	}
}

// Two changes are shown at once and the second arrives damaged: the peer takes
// the first and does not say that it knows the newest keys, or nobody would ever
// show them again.
func TestHalfAChainOfKeysIsNotConfirmed(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	mx.start()
	f := forger{node: us, to: mx}
	former := us.keys
	us.rotates(false)
	us.rotates(false)
	var chain []string
	us.Read(func(tx *store.Tx) (err error) {
		chain, _, err = exchange.Successions(tx)
		return err
	})
	us.keys = former // the certificate that mx knows
	for _, c := range []struct {
		steps  []string
		status int
	}{
		{[]string{chain[0], chain[1][:len(chain[1])-2]}, http.StatusUnprocessableEntity},
		{chain, http.StatusOK},
		{chain, http.StatusOK},
	} {
		if status, body := f.post(successionPath, []byte(strings.Join(c.steps, "\n"))); status != c.status {
			t.Errorf("%d steps: %d %q, want %d", len(c.steps), status, body, c.status)
		}
	}
}

// A peer that was restored from a backup older than the change of keys, which it
// had confirmed, is shown the new keys again when it asks for the node by the
// former ones.
func TestRestoredPeerIsShownTheKeysAgain(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, "before")
	settled(t, us, mx, []string{"before"})
	us.link.Load().Close() // nothing of it changes between backup and change of keys
	was := mx.peerDoc("us")
	us.restart()
	us.rotates(false)
	eventually(t, "the new keys known", func() bool { return mx.peerDoc("us") != was })
	eventually(t, "and confirmed", func() bool { return us.count(`SELECT COUNT(*) FROM confirmed WHERE peer = 'mx'`) == 1 })
	mx.link.Load().Close()
	err := mx.DB.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.Exec(`UPDATE peer SET doc = $1 WHERE id = 'us'`, was); err != nil {
			return err
		}
		return tx.Exec(`DELETE FROM former_key`)
	})
	if err != nil {
		t.Fatal(err)
	}
	mx.restart()
	us.says(mx, "after")
	settled(t, us, mx, []string{"before", "after"})
}

// peerDoc is what a node knows of a peer.
func (n *node) peerDoc(peer string) (doc string) {
	n.t.Helper()
	n.Read(func(tx *store.Tx) error { return tx.QueryRow(`SELECT doc FROM peer WHERE id = $1`, peer).Scan(&doc) })
	return doc
}

// A clock that was put back between the pairing and a change of keys makes no
// difference: the peer is shown the new keys all the same.
func TestKeysChangeAfterTheClockWasPutBack(t *testing.T) {
	t.Parallel()
	us, mx := newNode(t, "us", factsOfUS), newNode(t, "mx", facts)
	us.skew.Store(int64(2 * time.Hour))
	us.knows(mx)
	mx.knows(us)
	us.skew.Store(0)
	us.rotates(false)
	us.enter(wire.PurposeAdministration, &exchange.Alarm{Peer: "mx", Code: "drill", About: "a fact between"})
	us.rotates(false)
	mx.start()
	us.says(mx, "after")
	us.skew.Store(int64(3 * time.Hour)) // the pairing is in force
	us.start()
	settled(t, us, mx, []string{"after"})
	us.ReplayEqual()
}

// A peer's keys are revoked with messages queued: what was taken before stays,
// what comes after is refused by code, nothing is sealed to them, and once new
// fingerprints were compared everything that waited arrives.
func TestRevokedKeysStopTheLinkUntilPeopleComparedNewOnes(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, "before")
	settled(t, us, mx, []string{"before"})
	d, err := wire.ReadDescriptor(us.desc)
	if err != nil {
		t.Fatal(err)
	}
	mx.enter(wire.PurposeAdministration, &exchange.PeerRevocation{Peer: "us", Sign: wire.KeyID(ed25519.PublicKey(d.SignKey)), From: mx.Acts.Now(), Reason: "lost"})
	us.says(mx, "after")
	eventually(t, "refused by code", func() bool { return us.state(mx).Problem == string(wire.CodeRevokedKey) })
	mx.says(us, "waits")
	mx.Read(func(tx *store.Tx) error {
		if _, err := exchange.Descriptor(tx, "us"); err == nil {
			t.Error("something could be sealed to the revoked key")
		}
		keys, err := exchange.KeysOf(tx, "us")
		if err != nil || !keys[0].Revoked {
			t.Errorf("%+v %v", keys, err)
		}
		return nil
	})
	forged := forger{us, mx, d}
	eventually(t, "no answer to anything", func() bool { // frames are refused at once, the rest when the peers are taken up anew
		status, body := forged.post("/exchange/v1/head", nil)
		return status == http.StatusForbidden && body == string(wire.CodeRevokedKey)
	})
	if got := mx.texts(); !slices.Equal(got, []string{"before", "waits"}) {
		t.Errorf("taken: %v", got)
	}
	us.rotates(true)
	mx.knows(us)
	eventually(t, "everything arrives", func() bool { return us.queued(mx) == 0 && mx.queued(us) == 0 })
	if got := mx.texts(); !slices.Equal(got, []string{"before", "waits", "after"}) {
		t.Errorf("taken: %v", got)
	}
	for _, n := range []*node{us, mx} {
		n.ReplayEqual()
	}
}

// A node that revokes its own keys tells its peers, who take nothing more
// until people have compared: whoever has the former keys cannot follow.
func TestOwnKeysRevoked(t *testing.T) {
	t.Parallel()
	us, mx := pair(t)
	us.start()
	mx.start()
	us.says(mx, "before")
	settled(t, us, mx, []string{"before"})
	thief := *us.keys
	us.rotates(true)
	us.says(mx, "after")
	eventually(t, "revoked there", func() bool {
		return mx.count(`SELECT COUNT(*) FROM fact WHERE kind = 'peer.revoked.1'`) == 1
	})
	d, err := wire.ReadDescriptor(mx.desc)
	if err != nil {
		t.Fatal(err)
	}
	f := forger{&node{t: t, name: "us", keys: &thief}, mx, d}
	for _, path := range []string{framePath, "/exchange/v1/succession"} {
		if status, body := f.post(path, []byte("x")); status != http.StatusForbidden || body != string(wire.CodeRevokedKey) {
			t.Errorf("%s by the thief: %d %q", path, status, body)
		}
	}
	mx.knows(us)
	eventually(t, "the queue empties", func() bool { return us.queued(mx) == 0 })
	if got := mx.texts(); !slices.Equal(got, []string{"before", "after"}) {
		t.Errorf("taken: %v", got)
	}
}

// Whoever does not hold the key that is pinned leads nowhere.
func TestForgedSuccessions(t *testing.T) {
	t.Parallel()
	f, mx := newForger(t)
	other := newNode(t, "us", facts)
	s, err := wire.SignSuccession(wire.Succession{Node: "us", Descriptor: f.desc, At: time.Now()}, other.keys.Sign)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := wire.SignSuccession(wire.Succession{Node: "us", Descriptor: other.desc, At: time.Now()}, other.keys.Cosign)
	if err != nil {
		t.Fatal(err)
	}
	node := newNode(t, "gt", facts)
	another, err := wire.SignSuccession(wire.Succession{Node: "gt", Descriptor: node.desc, At: time.Now()}, f.keys.Sign)
	if err != nil {
		t.Fatal(err)
	}
	for i, body := range []string{"", "x.y.z", stranger, another, strings.Repeat("\n", 50)} {
		if status, answer := f.post("/exchange/v1/succession", []byte(body)); status != http.StatusUnprocessableEntity {
			t.Errorf("%d: %d %q", i, status, answer)
		}
	}
	if status, _ := f.post("/exchange/v1/succession", []byte(s)); status != http.StatusOK {
		t.Error("a succession to what is pinned") // nothing changes by it
	}
	if n := mx.count(`SELECT COUNT(*) FROM fact WHERE kind LIKE 'peer.r%'`); n != 0 {
		t.Error(fmt.Sprint(n) + " taken up")
	}
}

// Killed at any step of a change, a node has whole keys: the former ones
// until the new ones are recorded, the new ones from then on.
func TestKeysStandAtEveryStepOfAChange(t *testing.T) {
	t.Parallel()
	us := newNode(t, "us", facts)
	first := us.keys
	load := func(step string, want ed25519.PrivateKey) {
		t.Helper()
		k, err := seal.LoadNodeKeys(us.folder)
		if err != nil || !k.Sign.Equal(want) {
			t.Errorf("%s: %v", step, err)
		}
	}
	if err := os.Mkdir(us.folder+"/generation-2.partial", 0o700); err != nil { // killed while drawing
		t.Fatal(err)
	}
	load("half drawn", first.Sign)
	next, err := seal.Next(us.folder, 1, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	load("drawn", first.Sign)
	again, err := seal.Next(us.folder, 1, time.Now())
	if err != nil || !again.Sign.Equal(next.Sign) {
		t.Error("drawn twice")
	}
	for range 2 {
		if err := seal.Activate(us.folder, 2); err != nil {
			t.Fatal(err)
		}
	}
	load("in force", next.Sign)
	if _, err := os.Stat(us.folder + "/generation-" + strconv.Itoa(2) + "/sign.key"); err != nil {
		t.Error(err)
	}
}
