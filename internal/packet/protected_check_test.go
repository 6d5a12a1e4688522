package packet

import (
	"bytes"
	"context"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// partsThere are the parts that have reached the other node.
func (h *history) partsThere() (parts []wire.Part) {
	for _, m := range h.here.Out {
		parts = append(parts, m.Message.Act.Sealed...)
	}
	return parts
}

// check looks at everything that the history has left.
func (h *history) check() (told int) {
	for _, m := range h.here.Out {
		h.silent(string(m.Message.Bytes()), "the message "+m.Message.Act.Kind)
	}
	for _, p := range h.partsThere() {
		var plain any
		if h.openThere(p, &plain) {
			told += h.covered(p.ID, store.JSON(plain))
		}
	}
	h.index()
	h.raw()
	h.here.ReplayEqual()
	h.there.ReplayEqual()
	return told
}

func (h *history) openThere(p wire.Part, v any) (open bool) {
	h.there.Read(func(tx *store.Tx) error {
		err := h.there.Ring.Open(tx, p, v)
		open = err == nil
		if err != nil && !missing(err) {
			return err
		}
		return nil
	})
	return open
}

// covered fails if a part that is open to the other side names somebody who
// was covered by nothing when it was opened.
func (h *history) covered(part, text string) (told int) {
	low := casefile.Fold(text)
	for _, s := range h.souls {
		for _, secret := range s.secrets {
			if !strings.Contains(low, secret) {
				continue
			}
			if !s.mayHave {
				h.r.Fatalf("%s tells %q of %s: %s", part, secret, s.plant, text)
			}
			told++
			break
		}
	}
	return told
}

// index asks the text index for every protected name.
func (h *history) index() {
	for _, s := range h.souls {
		if s.suspectNow() {
			continue
		}
		for _, secret := range s.secrets {
			hits, err := act.View(context.Background(), h.here.Acts, h.liaison, wire.PurposeProsecution, "search", func(tx *store.Tx, v *act.Viewing) (casefile.Hits, error) {
				return casefile.Search(tx, v, casefile.Question{Words: secret}, "")
			})
			if err != nil || len(hits.Hits) > 0 {
				h.r.Fatalf("the index finds %q of %s: %v, %v", secret, s.plant, hits, err)
			}
		}
	}
}

// raw reads the bytes of both nodes' files: no name of anybody protected
// stands in them, also not the end of a word that the index has cut.
func (h *history) raw() {
	for _, n := range []*struct {
		name  string
		bytes []byte
	}{{h.from, nil}, {h.to, nil}} {
		node := h.here
		if n.name == h.to {
			node = h.there
		}
		if err := node.DB.Write(context.Background(), func(tx *store.Tx) error { tx.Forgets(); return nil }); err != nil {
			h.r.Fatal(err)
		}
		node.LogEmptied()
		n.bytes = bytes.ToLower(node.Raw())
		for _, s := range h.souls {
			if n.name == h.from && s.suspectNow() {
				continue // a named adult suspect stands in the home index
			}
			for _, secret := range s.secrets {
				cut := secret
				if !strings.HasPrefix(cut, "7") {
					cut = cut[2:]
				}
				if bytes.Contains(n.bytes, []byte(cut)) {
					h.r.Fatalf("the file of %s holds %q of %s", n.name, secret, s.plant)
				}
			}
		}
	}
}
