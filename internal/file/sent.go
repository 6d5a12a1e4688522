package file

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Sent names a file to the other side of a referral. Its bytes are fetched by
// the file lane; what it is stands in the sealed part "file" under the file's
// key, which follows as the keys of a packet's tiers do.
type Sent struct {
	journal.Envelope
	ID       string      `json:"id"`
	Size     int64       `json:"size"`
	Manifest wire.Digest `json:"manifest"`
	Key      string      `json:"key"`
	Tier     string      `json:"tier"` // that opens it: analysis, or released where it shows a protected person
}

// Kind implements journal.Fact.
func (Sent) Kind() string { return "file.sent.1" }

// Arrived is the receiving node's word that every chunk of a file is there,
// verified and durable.
type Arrived struct {
	journal.Envelope
	ID       string      `json:"id"`
	Manifest wire.Digest `json:"manifest"`
}

// Kind implements journal.Fact.
func (Arrived) Kind() string { return "file.arrived.1" }

// Given is a file that this node has named to another.
type Given struct {
	File     string       `json:"file"`
	Referral string       `json:"referral"`
	Peer     string       `json:"peer"`
	To       wire.Address `json:"to"`
	Key      string       `json:"key"`
	Tier     string       `json:"tier"`
	Fact     string       `json:"fact"` // message that named it
	At       time.Time    `json:"at"`
	Released time.Time    `json:"released,omitzero"` // its key has gone
	Arrived  time.Time    `json:"arrived,omitzero"`  // the other node's word that it is there
}

// Send gives the fact that names a file for a referral, for a rule that has
// decided that it may go. tier is what opens it.
func Send(f File, referral string, to wire.Address, tier string) *Sent {
	return &Sent{Envelope: journal.Envelope{Case: f.Case, Referral: referral, To: to, Sealed: []wire.Part{f.Sealed}},
		ID: f.ID, Size: f.Size, Manifest: f.Manifest, Key: f.Key, Tier: tier}
}

func laneFacts(k *journal.Kinds) {
	journal.Register(k, applySent)
	journal.Register(k, applyHere)
	journal.Admit(k, admitArrived)
	k.Set(journal.SignedByPerson(), &Sent{})
	k.Set(journal.InLane(wire.LaneFile), &Arrived{})
}

// Whole says whether what a message says of a file can be true: the code to
// refuse it with, or "". The room that owns the referral admits the rest.
func (f Sent) Whole(m wire.Message) wire.Code {
	switch {
	case f.Size < 1 || f.Size > wire.MaxFileSize || f.Manifest.IsZero() || f.Key == "":
		return wire.CodeContent
	case f.Tier != wire.TierAnalysis && f.Tier != wire.TierReleased:
		return wire.CodeContent
	case len(m.Act.Sealed) != 1 || m.Act.Sealed[0].ID != detailPart || m.Act.Sealed[0].Key != f.Key:
		return wire.CodeContent
	}
	return ""
}

// applySent notes at the sender to whom the file was named, and makes its row at
// the receiver. Which of the two this node is, its own row of the file tells.
func applySent(tx *store.Tx, e journal.Entry, f Sent) error {
	own, err := store.Docs[File](tx, `SELECT doc FROM file WHERE id = $1`, f.ID)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	if len(own) == 0 {
		row := File{ID: f.ID, Case: e.Case, Referral: e.Referral, Size: f.Size, Manifest: f.Manifest, Key: f.Key, Added: e.Created}
		row.Sealed, _ = e.Part(detailPart)
		if e.By != nil {
			row.By = e.By.ID
		}
		return tx.Exec(`INSERT INTO file (id, case_id, peer, referral, doc) VALUES ($1, $2, $3, $4, $5)`, f.ID, e.Case, e.Node, e.Referral, store.JSON(row))
	}
	g := Given{File: f.ID, Referral: e.Referral, Peer: e.To.Node, To: e.To, Key: f.Key, Tier: f.Tier, Fact: e.ID, At: e.Created}
	return g.save(tx)
}

// applyHere notes on both nodes that a file has arrived: at the receiver, whose
// own word it is, and at the sender, who hears it.
func applyHere(tx *store.Tx, e journal.Entry, f Arrived) error {
	if err := tx.Exec(`UPDATE file SET arrived = $1 WHERE id = $2 AND peer = $3`, store.Micros(e.Created), f.ID, e.To.Node); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	g, ok, err := given(tx, f.ID, e.Node, e.Referral)
	if err != nil || !ok {
		return err
	}
	g.Arrived = e.Created
	return g.save(tx)
}

// admitArrived takes the word of the node to which the file was named.
func admitArrived(tx *store.Tx, m wire.Message, f Arrived) (wire.Code, error) {
	_, ok, err := given(tx, f.ID, m.Act.From.Node, m.Act.Referral)
	if err != nil {
		return "", err
	}
	if !ok {
		return wire.CodeUnknownObject, nil
	}
	own, err := store.Docs[File](tx, `SELECT doc FROM file WHERE id = $1`, f.ID)
	if err == nil && len(own) == 1 && own[0].Manifest != f.Manifest {
		return wire.CodeAltered, nil
	}
	return "", err
}

func given(tx *store.Tx, file, peer, referral string) (Given, bool, error) {
	g, err := store.Doc[Given](tx, `SELECT doc FROM file_given WHERE file = $1 AND peer = $2 AND (referral = $3 OR $3 = '')`, file, peer, referral)
	if errors.Is(err, sql.ErrNoRows) {
		return g, false, nil
	}
	if err != nil {
		return g, false, fmt.Errorf("file given: %w", err)
	}
	return g, true, nil
}

// GivenFor lists the files that this node has named for a referral, in the
// order of their ids.
func GivenFor(tx *store.Tx, referral string) ([]Given, error) {
	out, err := store.Docs[Given](tx, `SELECT doc FROM file_given WHERE referral = $1 ORDER BY file`, referral)
	if err != nil {
		return nil, fmt.Errorf("files given: %w", err)
	}
	return out, nil
}

// KeyGone notes that the key of a file named for a referral has gone.
func KeyGone(tx *store.Tx, referral, key string, at time.Time) error {
	all, err := store.Docs[Given](tx, `SELECT doc FROM file_given WHERE referral = $1 AND key = $2`, referral, key)
	if err != nil {
		return fmt.Errorf("file given: %w", err)
	}
	for _, g := range all {
		g.Released = at
		if err := g.save(tx); err != nil {
			return err
		}
	}
	return nil
}

func (g Given) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO file_given (file, referral, peer, key, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (file, referral) DO UPDATE SET doc = excluded.doc`, g.File, g.Referral, g.Peer, g.Key, store.JSON(g))
}

// givenOf lists to whom this node has named a file.
func givenOf(tx *store.Tx, file string) ([]Given, error) {
	out, err := store.Docs[Given](tx, `SELECT doc FROM file_given WHERE file = $1 ORDER BY referral`, file)
	if err != nil {
		return nil, fmt.Errorf("files given: %w", err)
	}
	return out, nil
}

// Lane is the files of a node as the link sees them (exchange.Files).
type Lane struct{}

// Given implements exchange.Files.
func (Lane) Given(tx *store.Tx, peer, file string) (c exchange.Carried, ok bool, err error) {
	if _, ok, err = given(tx, file, peer, ""); !ok || err != nil {
		return c, false, err
	}
	f, err := Load(tx, file)
	if refusal.Is(err, "access.not_found") { // forgotten
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	return exchange.Carried{ID: f.ID, Size: f.Size, Manifest: f.Manifest}, true, nil
}

// Awaited implements exchange.Files.
func (Lane) Awaited(tx *store.Tx, peer string) ([]exchange.Carried, error) {
	files, err := store.Docs[File](tx, `SELECT doc FROM file WHERE peer = $1 AND peer <> '' AND arrived = 0 ORDER BY id`, peer)
	if err != nil {
		return nil, fmt.Errorf("files awaited: %w", err)
	}
	out := make([]exchange.Carried, 0, len(files))
	for _, f := range files {
		out = append(out, exchange.Carried{ID: f.ID, Size: f.Size, Manifest: f.Manifest})
	}
	return out, nil
}

// Arrived implements exchange.Files.
func (Lane) Arrived(tx *store.Tx, _ *journal.Draw, peer, file string) ([]journal.Fact, string, error) {
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM file WHERE id = $1 AND peer = $2 AND arrived = 0`, file, peer).Scan(&n); err != nil || n == 0 {
		return nil, "", err
	}
	f, err := Load(tx, file)
	if err != nil {
		return nil, "", err
	}
	return []journal.Fact{&Arrived{Envelope: journal.Envelope{Case: f.Case, Referral: f.Referral, To: wire.Address{Node: peer}}, ID: f.ID, Manifest: f.Manifest}},
		wire.PurposeProsecution, nil
}

// Kept implements exchange.Files: what is whole here, and whose key was not
// destroyed.
func (Lane) Kept(tx *store.Tx, from string) (k exchange.Kept, ok bool, err error) {
	for {
		f, err := store.Doc[File](tx, `SELECT doc FROM file WHERE id >= $1 AND (peer = '' OR arrived <> 0) ORDER BY id LIMIT 1`, from)
		if errors.Is(err, sql.ErrNoRows) {
			return k, false, nil
		}
		if err != nil {
			return k, false, fmt.Errorf("files kept: %w", err)
		}
		gone, err := seal.Destroyed(tx, f.Key)
		if err != nil {
			return k, false, err
		}
		if gone {
			from = f.ID + "\x00"
			continue
		}
		k.Carried = exchange.Carried{ID: f.ID, Size: f.Size, Manifest: f.Manifest}
		if f.Referral != "" {
			err = tx.QueryRow(`SELECT peer FROM file WHERE id = $1`, f.ID).Scan(&k.Peer)
		}
		return k, err == nil, err
	}
}
