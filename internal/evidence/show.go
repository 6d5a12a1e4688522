package evidence

import (
	"context"
	"errors"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Row is an exhibit in a list, with where it stands.
type Row struct {
	Exhibit
	Custody Custody  `json:"custody"`
	Gaps    int      `json:"gaps"`
	Files   []string `json:"files,omitempty"` // ids of the files that its steps name, each once
}

// View is an exhibit with its chain, as one reader may see it.
type View struct {
	Exhibit
	Description *Detail    `json:"description,omitempty"` // nil where it leads to a protected person, or its key is not here
	Custody     Custody    `json:"custody"`
	Chain       []StepView `json:"chain"`
	Gaps        []Gap      `json:"gaps"`
}

// StepView is a step with its words, where this node can open them.
type StepView struct {
	Step
	Words *Words `json:"words,omitempty"`
}

// List gives the exhibits of a case, by id or number, that the reader may see.
func List(ctx context.Context, a *act.Acts, by access.Actor, purpose, caseID string) ([]Row, error) {
	return act.View(ctx, a, by, purpose, "exhibit.list", func(tx *store.Tx, v *act.Viewing) ([]Row, error) {
		c, err := casefile.Named(tx, caseID)
		if err != nil {
			return nil, err
		}
		if err := v.Must(casefile.Resource(c)); err != nil {
			return nil, err
		}
		all, err := OfCase(tx, c)
		if err != nil {
			return nil, err
		}
		return rows(tx, v, all, a)
	})
}

func rows(tx *store.Tx, v *act.Viewing, all []Exhibit, a *act.Acts) ([]Row, error) {
	out := []Row{}
	for _, x := range all {
		r, err := x.Resource(tx)
		if err != nil {
			return nil, err
		}
		if !v.See(r) {
			continue
		}
		chain, err := Chain(tx, x.ID)
		if err != nil {
			return nil, err
		}
		row := Row{Exhibit: x, Custody: Stand(chain), Gaps: len(Gaps(chain, a.Now()))}
		for _, s := range chain {
			if s.Held != nil && !slices.Contains(row.Files, s.Held.File) {
				row.Files = append(row.Files, s.Held.File)
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// Show gives one exhibit with its chain.
func Show(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (View, error) {
	return act.View(ctx, a, by, purpose, "exhibit.show", func(tx *store.Tx, v *act.Viewing) (View, error) {
		x, err := see(tx, v, id)
		if err != nil {
			return View{}, err
		}
		chain, err := Chain(tx, x.ID)
		if err != nil {
			return View{}, err
		}
		out := View{Exhibit: x, Custody: Stand(chain), Chain: []StepView{}, Gaps: Gaps(chain, a.Now())}
		hidden, err := leads(tx, x)
		if err != nil {
			return out, err
		}
		if !hidden && x.Detail != nil {
			var d Detail
			if err := v.Ring.Open(tx, *x.Detail, &d); err == nil {
				out.Description = &d
			} else if !errors.Is(err, seal.ErrNoKey) {
				return out, err
			}
		}
		for _, s := range chain {
			seen := StepView{Step: s}
			seen.Message = nil // read by Verify, and nobody else
			if !hidden && s.Detail != nil {
				var w Words
				if err := v.Ring.Open(tx, *s.Detail, &w); err == nil {
					seen.Words = &w
				} else if !errors.Is(err, seal.ErrNoKey) {
					return out, err
				}
			}
			out.Chain = append(out.Chain, seen)
		}
		return out, nil
	})
}

// see loads an exhibit that the reader may see.
func see(tx *store.Tx, v *act.Viewing, id string) (Exhibit, error) {
	x, err := Load(tx, id)
	if err != nil {
		return x, err
	}
	r, err := x.Resource(tx)
	if err != nil {
		return x, err
	}
	return x, v.Must(r)
}

// leads reports whether what describes an exhibit leads to a protected person:
// it stays sealed then, as all that such a person held.
func leads(tx *store.Tx, x Exhibit) (bool, error) {
	if x.Person == "" {
		return false, nil
	}
	p, err := casefile.LoadPerson(tx, x.Person)
	if absent(err) {
		return false, nil // of another node's case: its key is not here either
	}
	return err == nil && p.Class == casefile.Protected, err
}
