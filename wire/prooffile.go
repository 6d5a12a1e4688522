package wire

// ProofFile is a portable proof that a message is in a node's journal and that
// the other node saw the journal: everything an expert needs but the keys,
// which come from the nodes' descriptors. Without the message it proves its digest.
type ProofFile struct {
	V          int      `json:"v"`                 // Version
	Format     string   `json:"format"`            // ProofFormat
	Message    []byte   `json:"message,omitempty"` // message as written, if it may be shown
	Digest     Digest   `json:"digest"`            // its digest
	Index      int64    `json:"index"`             // leaf index in the journal, from 0
	Path       []Digest `json:"path"`              // inclusion path to the checkpoint's root
	Checkpoint string   `json:"checkpoint"`        // signed note with its cosignatures
}

// ProofFormat names the format of a proof file.
const ProofFormat = "oasiss journal proof"

// Encode gives the file's bytes.
func (p ProofFile) Encode() ([]byte, error) {
	p.V, p.Format = Version, ProofFormat
	b, err := compact(p)
	if err != nil {
		return nil, failWith(CodeMalformed, "proof file", err)
	}
	return append(b, '\n'), nil
}

// ParseProofFile reads a proof file; nothing is verified yet.
func ParseProofFile(b []byte) (ProofFile, error) {
	var p ProofFile
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	if err := readJSON(b, "proof file", &p); err != nil {
		return p, err
	}
	if p.Format != ProofFormat {
		return p, fail(CodeUnknownKind, "file is no journal proof")
	}
	return p, nil
}

// Verify checks message, leaf, path, the journal's signature and the
// cosignatures, with keys taken from descriptors. It gives the message (zero
// when the file holds the digest only) and the checkpoint.
func (p ProofFile) Verify(journal string, cosigners ...string) (Message, Checkpoint, error) {
	var m Message
	if len(p.Message) > 0 {
		var err error
		if m, err = ParseMessage(p.Message); err != nil {
			return m, Checkpoint{}, err
		}
		if Digest(m.Digest()) != p.Digest {
			return m, Checkpoint{}, fail(CodeAltered, "message of the proof file")
		}
	}
	c, err := VerifyCheckpoint([]byte(p.Checkpoint), journal, cosigners...)
	if err != nil {
		return m, c, err
	}
	return m, c, CheckInclusion(p.Path, c.Size, c.Root, p.Index, LeafHash(p.Digest))
}
