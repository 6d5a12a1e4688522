package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// Every bit of what is sent beside frames, messages, receipts, parts,
// descriptors and checkpoints (each in its own test): proof files, requests for
// a cosignature, heads. A flipped one is refused, or says the same.
func TestEveryBitOfWhatIsSent(t *testing.T) {
	us, mx := newParty(t, "us", "US"), newParty(t, "mx", "MX")
	m := sampleMessage(t, us, 1)
	l := sampleLog(t, 7, m)
	p := wire.ProofFile{Message: m.Bytes(), Digest: m.Digest(), Index: 2, Path: l.include(t, 7, 2), Checkpoint: string(cosigned(t, l, 7, us, mx))}
	proof, err := p.Encode()
	must(t, err)
	note, err := wire.SignCheckpoint(wire.JournalName("exercise", "us"), 7, l.root(t, 7), us.journal)
	must(t, err)
	request := wire.WitnessRequest{Old: 5, Path: l.consist(t, 7, 5), Checkpoint: note}.Bytes()
	last := wire.Checkpoint{Size: 5, Root: l.root(t, 5)}
	heads, err := wire.SignHeads(wire.Heads{From: "mx", To: "us", At: at(9), Head: []wire.Head{{Lane: wire.LaneAlert, Epoch: 1, Next: 1}}}, mx.sign)
	must(t, err)
	for _, c := range []struct {
		what string
		sent []byte
		says func([]byte) (string, error)
	}{
		{"proof file", proof, func(b []byte) (string, error) {
			q, err := wire.ParseProofFile(b)
			if err != nil {
				return "", err
			}
			_, c, err := q.Verify(us.journalVkey(t), mx.witnessVkey(t))
			if err == nil && len(c.Cosignatures) != 1 {
				err = errors.New("not cosigned")
			}
			if len(q.Message) == 0 {
				q.Message = m.Bytes() // the name of the member was hit: the file now proves the digest alone
			}
			return fmt.Sprint(q.Index, q.Digest, string(q.Message), c), err
		}},
		{"witness request", request, func(b []byte) (string, error) {
			r, err := wire.ParseWitnessRequest(b)
			if err != nil {
				return "", err
			}
			c, err := r.Check(us.journalVkey(t), last)
			return fmt.Sprint(c), err
		}},
		{"heads", []byte(heads), func(b []byte) (string, error) {
			h, err := wire.ReadHeads(string(b), mx.keys())
			return fmt.Sprint(h), err
		}},
	} {
		want, err := c.says(c.sent)
		must(t, err)
		for i := range len(c.sent) * 8 {
			b := bytes.Clone(c.sent)
			b[i/8] ^= 1 << (i % 8)
			if got, err := c.says(b); err == nil && got != want {
				t.Errorf("%s: bit %d (%q) makes it say something else", c.what, i, c.sent[i/8])
			}
		}
	}
}
