package casefile

import (
	"context"
	"errors"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/shelf"
	"github.com/oasiss/oasiss/internal/store"
)

// SavedView is a search that a person keeps under a name, for themselves.
type SavedView struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Purpose  string   `json:"purpose"`
	Question Question `json:"question"`
}

// longestWords bounds the words of a search that is kept.
const longestWords = 500

func viewsOf(account string) shelf.Place { return shelf.Place{Kind: shelf.Search, Account: account} }

// KeepView keeps a search under a name; one that the person has already is
// replaced. It refuses search.view_name and search.view_full.
func KeepView(ctx context.Context, a *act.Acts, by access.Actor, view SavedView) error {
	view.Name = strings.TrimSpace(view.Name)
	if view.Name == "" || len(view.Name) > shelf.LongestName || view.Question.Empty() || len(view.Question.Words) > longestWords {
		return refusal.New("search.view_name", "field", "name")
	}
	_, err := shelf.Put(ctx, a.DB, a.Ring, a.Now(), viewsOf(by.User), view, func(x SavedView) bool { return x.Name == view.Name })
	if errors.Is(err, shelf.ErrFull) {
		err = refusal.New("search.view_full", "Most", shelf.Most)
	}
	return err
}

// RenameView calls a search of the person's own by another name; one of somebody
// else's is absent. It refuses search.view_name and search.view_taken.
func RenameView(ctx context.Context, a *act.Acts, by access.Actor, id, name string) error {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > shelf.LongestName {
		return refusal.New("search.view_name", "field", "name")
	}
	err := shelf.Change(ctx, a.DB, a.Ring, viewsOf(by.User), id, func(x SavedView) SavedView { x.Name = name; return x },
		func(is, other SavedView) bool { return is.Name == other.Name })
	if errors.Is(err, shelf.ErrTaken) {
		err = refusal.Conflict("search.view_taken", "Name", name)
	}
	return err
}

// DropView ends a view of the person's own; one of somebody else's is absent.
func DropView(ctx context.Context, db *store.DB, account, id string) error {
	return shelf.Drop(ctx, db, viewsOf(account), id)
}

// Views are what a person keeps, in the order in which it was kept.
func Views(ctx context.Context, a *act.Acts, by access.Actor) ([]SavedView, error) {
	all, err := shelf.All[SavedView](ctx, a.DB, a.Ring, viewsOf(by.User))
	out := []SavedView{}
	for _, x := range all {
		x.What.ID = x.ID
		out = append(out, x.What)
	}
	return out, err
}
