package file

import (
	"encoding/json"
	"fmt"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Add makes a file that has arrived whole part of its case.
type Add struct {
	Upload string `json:"upload"`
}

// Verb implements act.Command.
func (*Add) Verb() string { return "file.add" }

// Decide implements act.Command.
func (a *Add) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	u, err := loadUpload(tx, a.Upload, d.By.User)
	if err != nil {
		return nil, err
	}
	c, err := casefile.Writable(tx, d, u.Case, Type, u.ID)
	if err != nil {
		return nil, err
	}
	f, err := Take(tx, d, c, u.ID)
	if err != nil {
		return nil, err
	}
	out := []journal.Fact{f}
	if u.Redaction != nil {
		out = append(out, &Redacted{Envelope: c.Envelope(), ID: u.ID, Redaction: *u.Redaction})
	}
	return out, nil
}

// Take gives the fact by which an upload of the actor becomes a file of a case,
// for a rule that names the file in facts of its own: put it before them. The
// caller has asked whether the actor may. Refusals: access.not_found,
// file.other_case, file.not_whole.
func Take(tx *store.Tx, d *act.Draw, c casefile.Case, upload string) (*Added, error) {
	u, err := loadUpload(tx, upload, d.By.User)
	switch {
	case err != nil:
		return nil, err
	case u.Case != c.ID:
		return nil, refusal.New("file.other_case")
	case u.Whole == nil:
		return nil, refusal.Conflict("file.not_whole")
	}
	plain, err := d.Ring().Unbox("upload/"+u.ID, u.Whole.Box)
	if err != nil {
		return nil, err
	}
	var detail Detail
	if err := json.Unmarshal(plain, &detail); err != nil {
		return nil, fmt.Errorf("detail of a file: %w", err)
	}
	part, err := d.Seal(tx, u.Key, detailPart, detail)
	if err != nil {
		return nil, err
	}
	return &Added{Envelope: c.Envelope(part), ID: u.ID, Person: u.Person, Size: u.Size, Manifest: u.Whole.Manifest, Key: u.Key}, nil
}

// arrived ends the upload that became a file.
func arrived(tx *store.Tx, d *journal.Draw, _ journal.Entry, f Added) ([]journal.Fact, error) {
	return nil, Upload{ID: f.ID}.drop(tx, d.Now, false)
}
