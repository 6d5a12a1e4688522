package file

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// left is how long an upload that nobody goes on with is kept.
const left = 7 * 24 * time.Hour

// applyForgotten removes the files of a forgotten case. Files about a forgotten
// person keep their row, and open no more.
func applyForgotten(tx *store.Tx, _ journal.Entry, f casefile.Forgotten) error {
	if !f.Whole() {
		return nil
	}
	if err := tx.Exec(`DELETE FROM file_given WHERE file IN (SELECT id FROM file WHERE case_id = $1)`, f.Object); err != nil {
		return fmt.Errorf("forget files: %w", err)
	}
	if err := tx.Exec(`DELETE FROM file WHERE case_id = $1`, f.Object); err != nil {
		return fmt.Errorf("forget files: %w", err)
	}
	for _, r := range f.Referrals {
		if err := tx.Exec(`DELETE FROM file WHERE referral = $1`, r); err != nil {
			return fmt.Errorf("forget files: %w", err)
		}
	}
	return nil
}

// Received are the keys of the files that another node has named for a referral:
// of all, or of those that only names.
func Received(tx *store.Tx, referral string, only ...string) (keys []string, err error) {
	all, err := store.Docs[File](tx, `SELECT doc FROM file WHERE referral = $1 AND peer <> '' ORDER BY id`, referral)
	if err != nil {
		return nil, fmt.Errorf("files received: %w", err)
	}
	for _, f := range all {
		if len(only) == 0 || slices.Contains(only, f.ID) {
			keys = append(keys, f.Key)
		}
	}
	return keys, nil
}

// GivenOf are the files about one person that this node has named for a referral.
func GivenOf(tx *store.Tx, referral string, people []string) (ids []string, err error) {
	all, err := GivenFor(tx, referral)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		f, err := Load(tx, g.File)
		if refusal.Is(err, "access.not_found") {
			continue
		}
		if err != nil {
			return nil, err
		}
		if slices.Contains(people, f.Person) {
			ids = append(ids, f.ID)
		}
	}
	return ids, nil
}

// forgetUploads drops what is under way into a forgotten case.
func forgetUploads(tx *store.Tx, d *journal.Draw, _ journal.Entry, f casefile.Forgotten) ([]journal.Fact, error) {
	if !f.Whole() {
		return nil, nil
	}
	return nil, dropUploads(tx, d.Now, `SELECT doc FROM file_upload WHERE case_id = $1`, f.Object)
}

func dropUploads(tx *store.Tx, now time.Time, query string, arg any) error {
	all, err := store.Docs[Upload](tx, query, arg)
	if err != nil {
		return fmt.Errorf("uploads: %w", err)
	}
	for _, u := range all {
		if err := u.drop(tx, now, true); err != nil {
			return fmt.Errorf("drop an upload: %w", err)
		}
	}
	return nil
}

// Sweep drops uploads that nobody goes on with, and deletes the chunks of
// whatever is no file and no upload here, or has lost its key: the bytes of a
// forgotten file, and orphans of a process that was killed. It gives how many
// folders went.
func (s *Store) Sweep(ctx context.Context) (gone int, err error) {
	now := s.Acts.Now()
	err = s.Acts.DB.Write(ctx, func(tx *store.Tx) error {
		return dropUploads(tx, now, `SELECT doc FROM file_upload WHERE touched < $1`, store.Micros(now.Add(-left)))
	})
	if err != nil {
		return 0, err
	}
	ids, err := s.Chunks.Files() // before the rows: what begins meanwhile has its row first
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		var stays bool
		if err := s.Acts.DB.Read(ctx, func(tx *store.Tx) (err error) { stays, err = kept(tx, id); return err }); err != nil {
			return gone, err
		}
		if stays {
			continue
		}
		if err := s.Chunks.Forget(id); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

// kept reports whether the chunks of an id are anybody's.
func kept(tx *store.Tx, id string) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT (SELECT COUNT(*) FROM file_upload WHERE id = $1) + (SELECT COUNT(*) FROM file WHERE id = $1)`, id).Scan(&n)
	if err != nil || n == 0 {
		return false, err
	}
	f, err := Load(tx, id)
	if refusal.Is(err, "access.not_found") {
		return true, nil // an upload
	}
	if err != nil {
		return true, err
	}
	gone, err := seal.Destroyed(tx, f.Key)
	return !gone, err
}
