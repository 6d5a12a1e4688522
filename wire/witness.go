package wire

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
)

// WitnessRequest asks a peer to cosign a checkpoint (C2SP tlog-witness
// add-checkpoint): the size it cosigned last, the proof that the journal only
// grew since, and the signed checkpoint.
type WitnessRequest struct {
	Old        int64    // size the peer cosigned last, 0 at first
	Path       []Digest // consistency path from Old to the checkpoint; empty from 0 or from the same size
	Checkpoint []byte   // signed checkpoint
}

// Bytes gives the request body: "old N", one line of base64 for each hash, an
// empty line, the checkpoint.
func (w WitnessRequest) Bytes() []byte {
	b := []byte("old " + strconv.FormatInt(w.Old, 10) + "\n")
	for _, h := range w.Path {
		b = append(base64.StdEncoding.AppendEncode(b, h[:]), '\n')
	}
	return append(append(b, '\n'), w.Checkpoint...)
}

// ParseWitnessRequest reads a request body.
func ParseWitnessRequest(b []byte) (WitnessRequest, error) {
	if len(b) > maxCheckpoint {
		return WitnessRequest{}, fail(CodeMalformed, "witness request too large")
	}
	head, checkpoint, ok := bytes.Cut(b, []byte("\n\n"))
	if !ok {
		return WitnessRequest{}, fail(CodeMalformed, "witness request")
	}
	lines := strings.Split(string(head), "\n")
	size, ok := strings.CutPrefix(lines[0], "old ")
	old, err := strconv.ParseInt(size, 10, 64)
	if !ok || err != nil || old < 0 || strconv.FormatInt(old, 10) != size {
		return WitnessRequest{}, fail(CodeMalformed, "witness request size")
	}
	w := WitnessRequest{Old: old, Checkpoint: checkpoint}
	if len(lines) > 64 {
		return WitnessRequest{}, fail(CodeMalformed, "witness request proof")
	}
	for _, l := range lines[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(l)
		if err != nil || len(h) != len(Digest{}) {
			return WitnessRequest{}, fail(CodeMalformed, "witness request hash")
		}
		w.Path = append(w.Path, Digest(h))
	}
	return w, nil
}

// Check verifies a request before cosigning: the journal's signature, that it
// is not smaller than what was cosigned last, and that it continues it. last is
// the checkpoint this witness cosigned last, zero at first. When Old is not
// last.Size the request is out of date (CodeSequence): the asker repeats it
// with the size it is told.
func (w WitnessRequest) Check(journal string, last Checkpoint) (Checkpoint, error) {
	c, err := VerifyCheckpoint(w.Checkpoint, journal)
	if err != nil {
		return c, err
	}
	if w.Old != last.Size {
		return c, fail(CodeSequence, "witness request from another size")
	}
	if c.Size < last.Size {
		return c, fail(CodeAltered, "journal is smaller than it was")
	}
	return c, CheckConsistency(w.Path, c.Size, c.Root, last.Size, last.Root)
}
