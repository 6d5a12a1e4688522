package evidence

import (
	"context"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// errBroken is a chain whose steps do not hang together.
var errBroken = errors.New("evidence: the steps of a chain do not follow each other")

// Checked is what was found of one step by computing it again.
type Checked struct {
	Nth    int    `json:"nth"`
	Step   string `json:"step"`
	Signed bool   `json:"signed"` // the signature of the person named, over exactly these bytes
	Whole  bool   `json:"whole"`  // the bytes are those whose digest the next step, or the leaf, names
	// Leaf is the place of the step in the journal of this node, from 0; nil for
	// a step that another node recorded before the exhibit came, and that the
	// message which brought it holds (Carried).
	Leaf    *int64 `json:"leaf,omitempty"`
	Proven  bool   `json:"proven,omitempty"`  // the leaf stands under a signed checkpoint
	Carried bool   `json:"carried,omitempty"` // brought by the giving, which stands in the journal
	// Same says whether the file here is the one whose digest the step signed;
	// nil if it names none, or the file has not come.
	Same *bool `json:"same,omitempty"`
}

// Holds reports whether everything that can be asked of the step was found so.
func (c Checked) Holds() bool { return c.Signed && c.Whole && (c.Same == nil || *c.Same) }

// Verify computes a chain again: each step's bytes against its digest, its
// signature, and its leaf in the journal.
func Verify(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) ([]Checked, error) {
	return act.View(ctx, a, by, purpose, "exhibit.verify", func(tx *store.Tx, v *act.Viewing) ([]Checked, error) {
		x, err := see(tx, v, id)
		if err != nil {
			return nil, err
		}
		chain, err := Chain(tx, x.ID)
		if err != nil {
			return nil, err
		}
		out := make([]Checked, 0, len(chain))
		for _, s := range chain {
			c, err := check(tx, a.Signs, s)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		return out, nil
	})
}

func check(tx *store.Tx, signs act.Signatures, s Step) (Checked, error) {
	c := Checked{Nth: s.Nth, Step: s.Step, Carried: s.Message != nil}
	var m wire.Message
	var err error
	if c.Carried {
		m, err = wire.ParseMessage(s.Message)
	} else {
		var e journal.Entry
		e, m, err = journal.Load(tx, s.Fact)
		leaf := e.Seq - 1
		c.Leaf = &leaf
	}
	if errors.Is(err, journal.ErrForgotten) || errors.Is(err, journal.ErrDamaged) || wire.CodeOf(err) != "" {
		return c, nil // neither signed nor whole any more
	}
	if err != nil {
		return c, fmt.Errorf("check a chain: %w", err)
	}
	c.Whole = wire.Digest(m.Digest()) == s.Digest && m.Act.ID == s.Fact
	got, err := wire.VerifyProofs(m, signs.Keys(tx, s.Node))
	c.Signed = err == nil && len(got) > 0 && got[0].Account == s.By && got[0].Node == s.Node
	if c.Leaf != nil {
		_, err := journal.Prove(tx, *c.Leaf+1, false)
		if err != nil && !errors.Is(err, journal.ErrNoCheckpoint) {
			return c, fmt.Errorf("check a chain: %w", err)
		}
		c.Proven = err == nil
	}
	return c, c.compare(tx, s.Held)
}

// compare holds the file that a step names against the one that is here.
func (c *Checked) compare(tx *store.Tx, h *Held) error {
	if h == nil {
		return nil
	}
	f, err := file.Load(tx, h.File)
	if absent(err) {
		return nil
	}
	same := err == nil && f.Manifest == h.Manifest && f.Size == h.Size
	c.Same = &same
	return err
}
