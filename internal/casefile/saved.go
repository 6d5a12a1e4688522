package casefile

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// SavedView is a search that a person keeps under a name, for themselves. It
// is no fact and crosses no border; words in it are sealed by the node.
type SavedView struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Purpose  string   `json:"purpose"`
	Question Question `json:"question"`
}

// Bounds of what one person keeps.
const (
	mostViews    = 40
	longestName  = 80
	longestWords = 500
)

// KeepView keeps a search under a name; one that the person has already is
// replaced. It refuses search.view_name and search.view_full.
func KeepView(ctx context.Context, a *act.Acts, by access.Actor, view SavedView) error {
	view.Name = strings.TrimSpace(view.Name)
	if view.Name == "" || len(view.Name) > longestName || view.Question.Empty() || len(view.Question.Words) > longestWords {
		return refusal.New("search.view_name", "field", "name")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("saved view: %w", err)
	}
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		kept, err := viewsOf(tx, a, by.User)
		if err != nil {
			return err
		}
		view.ID = id.String()
		for _, k := range kept {
			if k.Name == view.Name {
				view.ID = k.ID
			}
		}
		if view.ID == id.String() && len(kept) >= mostViews {
			return refusal.New("search.view_full", "Most", mostViews)
		}
		plain, err := json.Marshal(view)
		if err != nil {
			return fmt.Errorf("saved view: %w", err)
		}
		return tx.Exec(`INSERT INTO saved_view (id, account, at, box) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET box = excluded.box`,
			view.ID, by.User, store.Micros(a.Now().Truncate(time.Second)), a.Ring.Box(viewLabel(by.User, view.ID), plain))
	})
}

// DropView ends a view of the person's own; one of somebody else's is absent.
func DropView(ctx context.Context, db *store.DB, account, id string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec(`DELETE FROM saved_view WHERE id = $1 AND account = $2`, id, account)
	})
}

// Views are what a person keeps, in the order in which it was kept.
func Views(ctx context.Context, a *act.Acts, by access.Actor) (out []SavedView, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		out, err = viewsOf(tx, a, by.User)
		return err
	})
	return out, err
}

func viewsOf(tx *store.Tx, a *act.Acts, account string) ([]SavedView, error) {
	out := []SavedView{}
	err := store.Each(tx, func(r *sql.Rows) error {
		var id string
		var box []byte
		if err := r.Scan(&id, &box); err != nil {
			return err
		}
		plain, err := a.Ring.Unbox(viewLabel(account, id), box)
		if err != nil {
			return err
		}
		var v SavedView
		if err := json.Unmarshal(plain, &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	}, `SELECT id, box FROM saved_view WHERE account = $1 ORDER BY at, id`, account)
	if err != nil {
		return nil, fmt.Errorf("saved views: %w", err)
	}
	return out, nil
}

// viewLabel binds a view to its account: another's box opens under no other.
func viewLabel(account, id string) string { return "view/" + account + "/" + id }
