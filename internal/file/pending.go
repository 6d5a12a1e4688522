package file

import (
	"context"
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/store"
)

// Pending is a file that its sender has not sent whole: a connection was cut, or
// a page closed. It can be gone on with from Offset.
type Pending struct {
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`  // not of what is about a person
	Size   int64  `json:"size"`            // bytes; 0 until the end is known
	Offset int64  `json:"offset"`          // bytes that are here
	Whole  bool   `json:"whole,omitempty"` // all is here, and only adding it is left
}

// PendingOf lists what the reader has begun to send into a case and not added,
// the oldest first. What others send is theirs.
func PendingOf(ctx context.Context, a *act.Acts, by access.Actor, purpose, caseID string) ([]Pending, error) {
	return act.View(ctx, a, by, purpose, "file.pending", func(tx *store.Tx, v *act.Viewing) ([]Pending, error) {
		c, err := casefile.Load(tx, caseID)
		if err != nil {
			return nil, err
		}
		if err := v.Must(casefile.Resource(c)); err != nil {
			return nil, err
		}
		all, err := store.Docs[Upload](tx, `SELECT doc FROM file_upload WHERE case_id = $1 ORDER BY id`, c.ID)
		if err != nil {
			return nil, fmt.Errorf("uploads: %w", err)
		}
		out := []Pending{}
		for _, u := range all {
			if u.Actor != by.User {
				continue
			}
			p := Pending{ID: u.ID, Size: u.Size, Offset: u.Offset, Whole: u.Whole != nil}
			if u.Person == "" {
				if err := v.Ring.Open(tx, u.Name, &p.Name); err != nil {
					return nil, fmt.Errorf("name of an upload: %w", err)
				}
			}
			out = append(out, p)
		}
		return out, nil
	})
}
