package evidence

import (
	"context"
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Held is a file that a step of custody names by its digest. Whoever signs the
// step signs the digest: no other bytes can be shown for this exhibit. The
// step's sealed part "file" says under the file's own key what it is, with the
// SHA-256 of the whole, so that the signature covers that too.
type Held struct {
	File     string      `json:"file"`
	Size     int64       `json:"size"`     // bytes
	Manifest wire.Digest `json:"manifest"` // of the list of its sealed chunks (wire.FileManifest)
}

// hold finds the file of a case that a step names; nothing if it names none.
// Refusal exhibit.file.
func hold(tx *store.Tx, caseID, id string) (*Held, []wire.Part, error) {
	if id == "" {
		return nil, nil, nil
	}
	f, err := file.Load(tx, id)
	if absent(err) || err == nil && (f.Case != caseID || f.Referral != "") {
		return nil, nil, refusal.New("exhibit.file")
	}
	if err != nil {
		return nil, nil, err
	}
	return &Held{File: f.ID, Size: f.Size, Manifest: f.Manifest}, []wire.Part{f.Sealed}, nil
}

// shareFiles lets an office that an exhibit was given to know of the files of
// its chain.
func shareFiles(tx *store.Tx, exhibit, office string) error {
	chain, err := Chain(tx, exhibit)
	if err != nil {
		return err
	}
	for _, s := range chain {
		if s.Held == nil {
			continue
		}
		if err := access.Member(tx, file.Type, s.Held.File, office); err != nil {
			return err
		}
	}
	return nil
}

// Named is a step of a chain that names a file, with the exhibit it belongs to:
// what a reader of the file has in sight beside it.
type Named struct {
	Row
	Step Step `json:"step"`
	Same bool `json:"same"` // the file here is the one whose digest was signed
}

// Holding gives the steps of the exhibits of a case, or of a referral, that name
// a file, as far as the reader may see them.
func Holding(ctx context.Context, a *act.Acts, by access.Actor, purpose string, f file.View) ([]Named, error) {
	return act.View(ctx, a, by, purpose, "exhibit.holding", func(tx *store.Tx, v *act.Viewing) ([]Named, error) {
		all, err := store.Docs[Exhibit](tx, `SELECT doc FROM exhibit WHERE case_id = $1 ORDER BY n`, f.Case)
		if err != nil {
			return nil, fmt.Errorf("exhibits of a file: %w", err)
		}
		seen, err := rows(tx, v, all, a)
		if err != nil {
			return nil, err
		}
		out := []Named{}
		for _, r := range seen {
			chain, err := Chain(tx, r.ID)
			if err != nil {
				return nil, err
			}
			for _, s := range chain {
				if s.Held != nil && s.Held.File == f.ID {
					s.Message = nil
					out = append(out, Named{Row: r, Step: s, Same: s.Held.Manifest == f.Manifest && s.Held.Size == f.Size})
				}
			}
		}
		return out, nil
	})
}
