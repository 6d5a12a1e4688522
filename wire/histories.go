package wire

// Histories holds two states of one journal that somebody was shown, so that
// anyone with the node's descriptor can see whether they are one history: the
// evidence of a journal that was rewritten. Nothing in it has to be believed,
// both states are signed by the journal's own node.
type Histories struct {
	V      int      `json:"v"`               // Version
	Format string   `json:"format"`          // HistoriesFormat
	Held   string   `json:"held"`            // signed checkpoint that was seen first, or elsewhere, with its cosignatures
	Shown  string   `json:"shown,omitempty"` // signed checkpoint shown after it
	Path   []Digest `json:"path,omitempty"`  // consistency path that was given with it, from the smaller to the larger
	Heads  string   `json:"heads,omitempty"` // in place of Shown: heads signed after it, which name a size
}

// HistoriesFormat names the format of a file of histories.
const HistoriesFormat = "oasiss journal histories"

// NewHistories makes the evidence of two signed checkpoints.
func NewHistories(held, shown []byte, path []Digest) *Histories {
	return &Histories{V: Version, Format: HistoriesFormat, Held: string(held), Shown: string(shown), Path: path}
}

// ParseHistories reads a file of histories; nothing is verified yet.
func ParseHistories(b []byte) (Histories, error) {
	var h Histories
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	if err := readJSON(b, "journal histories", &h); err != nil {
		return h, err
	}
	if h.Format != HistoriesFormat {
		return h, fail(CodeUnknownKind, "file is no journal histories")
	}
	return h, nil
}

// Verify checks both states with the journal's key (vkey) and gives them as
// held and shown. No error means that they are one history. CodeAltered means
// two histories: of one size with two roots, which its node cannot explain; or
// of two sizes without a proof that joins them, which it would have to give.
// Any other code means that the file is no evidence against the journal's node.
// With Heads, use Smaller.
func (h Histories) Verify(journal string, cosigners ...string) (held, shown Checkpoint, err error) {
	if held, err = VerifyCheckpoint([]byte(h.Held), journal, cosigners...); err != nil {
		return held, shown, err
	}
	if shown, err = VerifyCheckpoint([]byte(h.Shown), journal, cosigners...); err != nil {
		return held, shown, err
	}
	if held.Size == shown.Size && held.Root != shown.Root {
		return held, shown, fail(CodeAltered, "two journals of one size, both signed")
	}
	older, newer := held, shown
	if newer.Size < older.Size {
		older, newer = newer, older
	}
	if CheckConsistency(h.Path, newer.Size, newer.Root, older.Size, older.Root) != nil {
		return held, shown, fail(CodeAltered, "no proof joins the two journals")
	}
	return held, shown, nil
}

// Smaller checks heads that the journal's node signed against the state held:
// CodeSequence means that it signed for fewer entries than it had shown before.
func (h Histories) Smaller(journal string, keys SignKeys, cosigners ...string) (held Checkpoint, heads Heads, err error) {
	if held, err = VerifyCheckpoint([]byte(h.Held), journal, cosigners...); err != nil {
		return held, heads, err
	}
	if heads, err = ReadHeads(h.Heads, keys); err != nil {
		return held, heads, err
	}
	if heads.Size < held.Size {
		return held, heads, fail(CodeSequence, "the journal is smaller than it was")
	}
	return held, heads, nil
}
