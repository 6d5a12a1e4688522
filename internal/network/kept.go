package network

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Kept is a chart that a person keeps under a name, for themselves: what it
// asks and where they put what. It holds nothing of what the chart shows, which
// is asked again each time. It is no fact and crosses no border; the node seals it.
type Kept struct {
	ID     string           `json:"id"`
	Name   string           `json:"name"`
	Ask    Ask              `json:"ask"`
	Places map[string]Place `json:"places,omitempty"` // by node id
}

// Bounds of what one person keeps.
const (
	mostKept     = 40
	longestName  = 80
	mostOpened   = mostNodes
	furthest     = 1e6 // that anything stands from the middle
	longestIdent = 100
)

// Keep keeps a chart under a name; one that the person has already is replaced.
// It refuses network.kept_name, network.kept_places and network.kept_full.
func Keep(ctx context.Context, a *act.Acts, by access.Actor, k Kept) (string, error) {
	k.Name = strings.TrimSpace(k.Name)
	if k.Name == "" || len(k.Name) > longestName || k.Ask.Start == "" {
		return "", refusal.New("network.kept_name", "field", "name")
	}
	if !k.bounded() {
		return "", refusal.New("network.kept_places", "field", "places")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("kept chart: %w", err)
	}
	k.ID = id.String()
	return k.ID, a.DB.Write(ctx, func(tx *store.Tx) error {
		all, err := keptBy(tx, a, by.User)
		if err != nil {
			return err
		}
		k.ID = id.String()
		for _, x := range all {
			if x.Name == k.Name && x.Ask.Start == k.Ask.Start {
				k.ID = x.ID
			}
		}
		if k.ID == id.String() && len(all) >= mostKept {
			return refusal.New("network.kept_full", "Most", mostKept)
		}
		plain, err := json.Marshal(k)
		if err != nil {
			return fmt.Errorf("kept chart: %w", err)
		}
		return tx.Exec(`INSERT INTO kept_chart (id, account, at, box) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET box = excluded.box`,
			k.ID, by.User, store.Micros(a.Now().Truncate(time.Second)), a.Ring.Box(keptLabel(by.User, k.ID), plain))
	})
}

// bounded reports whether what is kept is of a size that a chart can have.
func (k Kept) bounded() bool {
	if len(k.Places) > mostNodes || len(k.Ask.Open) > mostOpened {
		return false
	}
	for id, p := range k.Places {
		if len(id) > longestIdent || math.IsNaN(p.X+p.Y) || math.Abs(p.X) > furthest || math.Abs(p.Y) > furthest {
			return false
		}
	}
	return true
}

// Drop ends a kept chart of the person's own; one of somebody else's is absent.
func Drop(ctx context.Context, db *store.DB, account, id string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec(`DELETE FROM kept_chart WHERE id = $1 AND account = $2`, id, account)
	})
}

// AllKept are the charts that a person keeps, in the order in which they were kept.
func AllKept(ctx context.Context, a *act.Acts, by access.Actor) (out []Kept, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		out, err = keptBy(tx, a, by.User)
		return err
	})
	return out, err
}

func keptBy(tx *store.Tx, a *act.Acts, account string) ([]Kept, error) {
	out := []Kept{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id string
		var box []byte
		if err := r.Scan(&id, &box); err != nil {
			return err
		}
		plain, err := a.Ring.Unbox(keptLabel(account, id), box)
		if err != nil {
			return err
		}
		var k Kept
		if err := json.Unmarshal(plain, &k); err != nil {
			return err
		}
		out = append(out, k)
		return nil
	}, `SELECT id, box FROM kept_chart WHERE account = $1 ORDER BY at, id`, account)
	if err != nil {
		return nil, fmt.Errorf("kept charts: %w", err)
	}
	return out, nil
}

// keptLabel binds what is kept to its account: another's box opens under no other.
func keptLabel(account, id string) string { return "chart/" + account + "/" + id }
