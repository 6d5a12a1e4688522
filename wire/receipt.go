package wire

import (
	"crypto"
	"slices"
	"time"
)

// Types of receipts. That a person opened a notice and that a referral was
// answered are ordinary messages of the receiver, not receipts.
const (
	ReceiptRecorded = "recorded" // the frame was verified and committed; each entry has its outcome
	ReceiptRefused  = "refused"  // the frame as a whole was not taken; the lane does not advance
)

// Results of one entry.
const (
	ResultRecorded = "recorded" // committed with fsync; for a void, noted
	ResultRefused  = "refused"  // kept, shown and not applied; Code says why
)

// Undertaking is the receiver's promise in every recorded receipt: what is
// recorded is used for the purpose that its message names and for no other
// (LGPDPPSO 62, CNPP 444). docs/wire.md gives its text in both languages.
const Undertaking = "purpose-only.1"

// Receipt is the receiver's signed answer to one frame, kept by both as a fact
// and resent verbatim for ever.
type Receipt struct {
	V           int       `json:"v"`                     // Version
	Type        string    `json:"type"`                  // ReceiptRecorded or ReceiptRefused
	From        string    `json:"from"`                  // node that received the frame
	To          string    `json:"to"`                    // node that sent it
	Frame       Digest    `json:"frame"`                 // FrameDigest of the frame answered
	Lane        string    `json:"lane"`                  // lane of the frame
	Epoch       int64     `json:"epoch"`                 // epoch of the frame
	First       int64     `json:"first"`                 // first sequence number of the frame
	Last        int64     `json:"last"`                  // last sequence number of the frame
	Code        Code      `json:"code,omitempty"`        // refused: why the whole frame
	Entries     []Outcome `json:"entries,omitempty"`     // recorded: one for each sequence number, in order
	Undertaking string    `json:"undertaking,omitempty"` // recorded: Undertaking
	Size        int64     `json:"size"`                  // leaves of the receiver's journal after this commit
	At          time.Time `json:"at"`                    // when it was committed
}

// Outcome is what became of one entry.
type Outcome struct {
	Seq     int64  `json:"seq"`               // sequence number
	Void    bool   `json:"void,omitempty"`    // the entry is a void
	ID      string `json:"id,omitempty"`      // message id; empty when it was not legible
	Digest  Digest `json:"digest"`            // SHA-256 of the entry's body
	Purpose string `json:"purpose,omitempty"` // recorded message: purpose undertaken
	Leaf    *int64 `json:"leaf,omitempty"`    // leaf index in the receiver's journal, where inclusion can be demanded
	Result  string `json:"result"`            // ResultRecorded or ResultRefused
	Code    Code   `json:"code,omitempty"`    // refused: why
}

// check holds the receipt against its rules.
func (r Receipt) check() error {
	switch {
	case !nameForm.MatchString(r.From) || !nameForm.MatchString(r.To) || r.From == r.To:
		return fail(CodeMalformed, "receipt from or to")
	case r.Frame.IsZero() || r.Size < 0 || r.At.IsZero() || !instant(r.At):
		return fail(CodeMalformed, "receipt")
	case !slices.Contains(Lanes, r.Lane) || r.Epoch < 1 || r.First < 1 || r.Last < r.First || r.Last-r.First >= MaxEntries:
		return fail(CodeMalformed, "receipt sequence")
	}
	switch r.Type {
	case ReceiptRefused:
		if r.Code == "" || !lowerName(string(r.Code)) || len(r.Entries) != 0 || r.Undertaking != "" {
			return fail(CodeMalformed, "refused receipt")
		}
		return nil
	case ReceiptRecorded:
		if r.Code != "" || r.Undertaking != Undertaking || int64(len(r.Entries)) != r.Last-r.First+1 {
			return fail(CodeMalformed, "recorded receipt")
		}
		for i, o := range r.Entries {
			if err := o.check(r.First+int64(i), r.Size); err != nil {
				return err
			}
		}
		return nil
	}
	return fail(CodeUnknownKind, "receipt type")
}

func (o Outcome) check(seq, size int64) error {
	switch {
	case o.Seq != seq:
		return fail(CodeMalformed, "outcome sequence")
	case o.ID != "" && !uuid7Form.MatchString(o.ID):
		return fail(CodeMalformed, "outcome id")
	case o.Leaf != nil && (*o.Leaf < 0 || *o.Leaf >= size):
		return fail(CodeMalformed, "outcome leaf")
	case o.Result == ResultRefused && o.Code != "" && lowerName(string(o.Code)) && o.Purpose == "":
		return nil
	case o.Result != ResultRecorded || o.Code != "" || o.ID == "":
		return fail(CodeMalformed, "outcome")
	case o.Void:
		if o.Purpose != "" || o.Leaf != nil {
			return fail(CodeMalformed, "outcome of a void")
		}
		return nil
	case !Releasable(o.Purpose):
		return fail(CodePurpose, "outcome without the purpose undertaken")
	case o.Leaf == nil:
		return fail(CodeMalformed, "outcome without leaf")
	}
	return nil
}

// SignReceipt checks and signs a receipt. It must not leave before the commit
// that it speaks of.
func SignReceipt(r Receipt, key crypto.Signer) (string, error) {
	r.V = Version
	r.At = r.At.UTC().Truncate(time.Microsecond)
	if err := r.check(); err != nil {
		return "", err
	}
	b, err := compact(r)
	if err != nil {
		return "", failWith(CodeMalformed, "receipt", err)
	}
	return signJWS(typReceipt, b, key)
}

// ReadReceipt verifies a receipt with the receiver's keys.
func ReadReceipt(signed string, keys SignKeys) (Receipt, error) {
	payload, err := openJWS(typReceipt, signed, keys)
	if err != nil {
		return Receipt{}, err
	}
	var r Receipt
	if err := readJSON(payload, "receipt", &r); err != nil {
		return Receipt{}, err
	}
	return r, r.check()
}

// Answers checks that the receipt answers this frame and, entry by entry, these
// digests (in order of sequence; of a message its Digest, of a void that of its
// body). digests may be nil when the sender no longer has them.
func (r Receipt) Answers(signed string, h FrameHeader, digests []Digest) error {
	switch {
	case r.From != h.To || r.To != h.From:
		return fail(CodeMisaddressed, "receipt of another link")
	case r.Frame != FrameDigest(signed) || r.Lane != h.Lane || r.Epoch != h.Epoch || r.First != h.First || r.Last != h.Last:
		return fail(CodeAltered, "receipt for another frame")
	}
	if r.Type == ReceiptRefused || digests == nil {
		return nil
	}
	if len(digests) != len(r.Entries) {
		return fail(CodeAltered, "receipt count")
	}
	for i, o := range r.Entries {
		if o.Digest != digests[i] {
			return fail(CodeAltered, "receipt for another message")
		}
	}
	return nil
}
