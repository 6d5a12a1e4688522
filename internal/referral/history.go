package referral

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/oasiss/oasiss/internal/store"
)

// historyOf is the acts of the referral $1 as they stand in the store, one
// document after another in the order of this node's journal.
const historyOf = `COALESCE((SELECT string_agg(doc, ',' ORDER BY seq, fact) FROM referral_act WHERE referral = $1), '')`

// actsOf reads the acts of both sides of a referral; none if it is not here.
func actsOf(tx *store.Tx, id string) ([]Act, error) {
	var text string
	if err := tx.QueryRow(`SELECT `+historyOf, id).Scan(&text); err != nil {
		return nil, fmt.Errorf("acts of a referral: %w", err)
	}
	return recent.read(id, text)
}

// history is a text as it was stored, and what it says.
type history struct {
	text string
	acts []Act
}

// histories are those that were decoded last, by referral. Each act about a
// referral needs its history whole, on both nodes, and nearly all of it was
// decoded for the act before. A history is taken only for the very text that
// was just read from the store, or for the beginning of it: what was rolled
// back, written by another process, damaged or forgotten has another text, so
// nothing has to be told to the memory and it can never say what the store does
// not.
type histories struct {
	mu            sync.Mutex
	max           int                 // bytes of texts in each half
	bytes         int                 // of the younger's texts
	younger, aged map[string]*history // the younger become the aged when they are many; the aged go
}

// recent holds some 25,000 acts in each half; what is decoded of a text takes
// twice its size again.
var recent = histories{max: 8 << 20, younger: map[string]*history{}}

// read gives what the text says. The acts are shared, so nobody changes one in
// place; the slice has no room, so that what is appended is appended to a copy.
func (h *histories) read(id, text string) ([]Act, error) {
	known := h.get(id)
	if known.text == text {
		return known.acts, nil
	}
	rest, begun := strings.CutPrefix(text, known.text)
	if !begun || known.text != "" && rest[0] != ',' {
		known, rest = &history{}, text
	}
	var more []Act
	if err := store.Decode("["+strings.TrimPrefix(rest, ",")+"]", &more); err != nil {
		return nil, fmt.Errorf("acts of a referral: %w", err)
	}
	now := &history{text: text, acts: slices.Clip(slices.Concat(known.acts, more))}
	h.put(id, now)
	return now.acts, nil
}

func (h *histories) get(id string) *history {
	h.mu.Lock()
	defer h.mu.Unlock()
	if x, ok := h.younger[id]; ok {
		return x
	}
	if x, ok := h.aged[id]; ok {
		return x
	}
	return &history{}
}

func (h *histories) put(id string, x *history) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bytes > h.max {
		h.aged, h.younger, h.bytes = h.younger, map[string]*history{}, 0
	}
	if was, ok := h.younger[id]; ok {
		h.bytes -= len(was.text)
	}
	h.younger[id] = x
	h.bytes += len(x.text)
}

// drop takes a referral out that is forgotten: its text is in the store no more,
// and is to be nowhere else.
func (h *histories) drop(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if was, ok := h.younger[id]; ok {
		h.bytes -= len(was.text)
	}
	delete(h.younger, id)
	delete(h.aged, id)
}
