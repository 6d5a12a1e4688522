package wire

import (
	"crypto"
	"slices"
	"time"
)

// Head is how far a receiver is in one lane.
type Head struct {
	Lane    string `json:"lane"`              // one of Lanes
	Epoch   int64  `json:"epoch"`             // epoch in force
	Next    int64  `json:"next"`              // sequence number expected next
	Header  string `json:"header,omitempty"`  // signed header of the last frame recorded; none before the first
	Receipt string `json:"receipt,omitempty"` // receipt given for it
}

// Heads is what a receiver answers when a sender asks where they stand: after
// a crash, a restore, or a refusal with CodeSequence or CodeEpoch.
type Heads struct {
	V    int       `json:"v"`    // Version
	From string    `json:"from"` // node that answers, the receiver
	To   string    `json:"to"`   // node that asked, the sender
	Head []Head    `json:"head"` // one for each lane, in the order of Lanes
	Size int64     `json:"size"` // leaves of the receiver's journal
	At   time.Time `json:"at"`   // when it was answered
}

func (h Heads) check() error {
	if !nameForm.MatchString(h.From) || !nameForm.MatchString(h.To) || h.From == h.To || h.Size < 0 || h.At.IsZero() || !instant(h.At) {
		return fail(CodeMalformed, "heads")
	}
	seen := make([]string, 0, len(h.Head))
	for _, x := range h.Head {
		// A new epoch begins with no frame and expects its first number.
		began := x.Header != ""
		if !slices.Contains(Lanes, x.Lane) || slices.Contains(seen, x.Lane) || x.Epoch < 1 || x.Next < 1 ||
			began != (x.Next > 1) || began != (x.Receipt != "") {
			return fail(CodeMalformed, "head of lane")
		}
		seen = append(seen, x.Lane)
	}
	return nil
}

// SignHeads signs the answer.
func SignHeads(h Heads, key crypto.Signer) (string, error) {
	h.V = Version
	h.At = h.At.UTC().Truncate(time.Microsecond)
	if err := h.check(); err != nil {
		return "", err
	}
	b, err := compact(h)
	if err != nil {
		return "", failWith(CodeMalformed, "heads", err)
	}
	return signJWS(typHeads, b, key)
}

// ReadHeads verifies the answer with the receiver's keys. The headers inside
// are the asking sender's own; it verifies them with Head.Last.
func ReadHeads(signed string, keys SignKeys) (Heads, error) {
	payload, err := openJWS(typHeads, signed, keys)
	if err != nil {
		return Heads{}, err
	}
	var h Heads
	if err := readJSON(payload, "heads", &h); err != nil {
		return Heads{}, err
	}
	return h, h.check()
}

// Last verifies the last header with the sender's own keys, and that it, its
// receipt (with the receiver's keys) and the head agree. The sender then
// recomputes the root from its outbox with EntryLeaf and Root: a difference is
// an alarm, equality lets it store header and receipt as if it had never
// stopped. ok is false when the lane has had no frame in this epoch.
func (x Head) Last(own, receiver SignKeys) (h FrameHeader, r Receipt, ok bool, err error) {
	if x.Header == "" {
		return h, r, false, nil
	}
	if h, err = ReadHeader(x.Header, own); err != nil {
		return h, r, false, err
	}
	if r, err = ReadReceipt(x.Receipt, receiver); err != nil {
		return h, r, false, err
	}
	if h.Lane != x.Lane || h.Epoch != x.Epoch || h.Last+1 != x.Next || r.Type != ReceiptRecorded {
		return h, r, false, fail(CodeAltered, "head does not follow its header")
	}
	return h, r, true, r.Answers(x.Header, h, nil)
}
