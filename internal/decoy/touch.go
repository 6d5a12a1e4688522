package decoy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Touch is that somebody showed, looked up or took out a decoy.
type Touch struct {
	Fact   string    `json:"fact"` // the access fact, or the search
	Decoy  string    `json:"decoy"`
	Plant  string    `json:"plant"`
	By     string    `json:"by"`
	Name   string    `json:"name"`
	Office string    `json:"office"`
	Verb   string    `json:"verb"`
	At     time.Time `json:"at"`
}

// Topic is what the pages of oversight listen to: a decoy was touched.
const Topic = "oversight"

// touching are the acts and looks that sound, with what they name. To meet a
// decoy by its pseudonym in a case or a list is nobody's fault.
var touching = []string{
	"protection.reveal", "protection.reveal_approve", "consular.reveal", "consular.reveal_approve", "view.protection.identity", "view.search.found",
	"case.export", "view.case.exported", "view.search.list", "protection.release_htcds", "view.protection.released",
}

// looked hears of an access fact. It runs in the transaction of whatever was
// done, which commits a row more or not: what is answered is the same.
func looked(tx *store.Tx, hub *act.Hub, e journal.Entry, f access.Recorded) error {
	if !slices.Contains(touching, f.Verb) || f.Actor == "" {
		return nil
	}
	var named []string
	for _, o := range slices.Concat(f.Objects, f.Withheld) {
		if o.ID != "" && !slices.Contains(named, o.ID) {
			named = append(named, o.ID)
		}
	}
	who := by(e)
	return touched(tx, hub, Touch{Fact: e.ID, By: f.Actor, Name: who.Name, Office: f.Office, Verb: f.Verb, At: e.Recorded}, named)
}

// touched keeps what touched a decoy, and tells the pages of oversight.
func touched(tx *store.Tx, hub *act.Hub, t Touch, named []string) error {
	for _, id := range named {
		hit, err := store.Docs[Decoy](tx, `SELECT doc FROM decoy WHERE (person = $1 OR case_id = $1) AND state = 'stands' ORDER BY id`, id)
		if err != nil {
			return fmt.Errorf("decoys: %w", err)
		}
		for _, x := range hit {
			t.Decoy, t.Plant = x.ID, x.Plant
			if err := tx.Exec(`INSERT INTO decoy_touch (fact, decoy, at, doc) VALUES ($1, $2, $3, $4) ON CONFLICT (fact, decoy) DO NOTHING`, t.Fact, t.Decoy, store.Micros(t.At), store.JSON(t)); err != nil {
				return err
			}
			tx.AfterCommit(func() { hub.Signal(Topic) })
		}
	}
	return nil
}

// TouchedSince reports whether a fact behind a place of the journal touched a
// decoy: another process of the node committed it, and has told only its own pages.
func TouchedSince(tx *store.Tx, seq int64) (touched bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM decoy_touch t JOIN fact f ON f.id = t.fact WHERE f.seq > $1)`, seq).Scan(&touched)
	if err != nil {
		return false, fmt.Errorf("touches of decoys: %w", err)
	}
	return touched, nil
}

// Kept is what oversight reads of decoys.
type Kept struct {
	Decoys  []Decoy `json:"decoys"`
	Touches []Touch `json:"touches"` // the newest first, at most mostTouches
}

const mostTouches = 200

// List gives oversight the decoys and what touched them; to anybody else it says
// that there are none.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose string) (Kept, error) {
	return act.View(ctx, a, by, purpose, "decoy.list", func(tx *store.Tx, v *act.Viewing) (Kept, error) {
		out := Kept{Decoys: []Decoy{}, Touches: []Touch{}}
		if !v.See(resource("")) {
			return out, nil
		}
		var err error
		if out.Decoys, err = store.Docs[Decoy](tx, `SELECT doc FROM decoy ORDER BY id DESC`); err != nil {
			return out, fmt.Errorf("decoys: %w", err)
		}
		if out.Touches, err = store.Docs[Touch](tx, `SELECT doc FROM decoy_touch ORDER BY at DESC, fact, decoy LIMIT $1`, mostTouches); err != nil {
			return out, fmt.Errorf("touches of decoys: %w", err)
		}
		return out, nil
	})
}
