package network

import (
	"context"
	"errors"
	"math"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/shelf"
	"github.com/oasiss/oasiss/internal/store"
)

// Kept is a chart that a person keeps under a name, for themselves: what it
// asks and where they put what. It holds nothing of what the chart shows, which
// is asked again each time.
type Kept struct {
	ID     string           `json:"id"`
	Name   string           `json:"name"`
	Ask    Ask              `json:"ask"`
	Places map[string]Place `json:"places,omitempty"` // by node id
}

// Bounds of one chart.
const (
	furthest     = 1e6 // that anything stands from the middle
	longestIdent = 100
)

func chartsOf(account string) shelf.Place { return shelf.Place{Kind: shelf.Chart, Account: account} }

// Keep keeps a chart under a name; one that the person has already is replaced.
// It refuses network.kept_name, network.kept_places and network.kept_full.
func Keep(ctx context.Context, a *act.Acts, by access.Actor, k Kept) (string, error) {
	k.Name = strings.TrimSpace(k.Name)
	if k.Name == "" || len(k.Name) > shelf.LongestName || k.Ask.Start == "" {
		return "", refusal.New("network.kept_name", "field", "name")
	}
	if !k.bounded() {
		return "", refusal.New("network.kept_places", "field", "places")
	}
	id, err := shelf.Put(ctx, a.DB, a.Ring, a.Now(), chartsOf(by.User), k, func(x Kept) bool { return x.Name == k.Name && x.Ask.Start == k.Ask.Start })
	if errors.Is(err, shelf.ErrFull) {
		err = refusal.New("network.kept_full", "Most", shelf.Most)
	}
	return id, err
}

// bounded reports whether what is kept is of a size that a chart can have.
func (k Kept) bounded() bool {
	if len(k.Places) > mostNodes || len(k.Ask.Open) > mostNodes {
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
	return shelf.Drop(ctx, db, chartsOf(account), id)
}

// AllKept are the charts that a person keeps, in the order in which they were kept.
func AllKept(ctx context.Context, a *act.Acts, by access.Actor) ([]Kept, error) {
	all, err := shelf.All[Kept](ctx, a.DB, a.Ring, chartsOf(by.User))
	out := []Kept{}
	for _, x := range all {
		x.What.ID = x.ID
		out = append(out, x.What)
	}
	return out, err
}
