package wire

import (
	"io"
	"strings"
)

// BundleReport is what a bundle proves, once everything in it holds.
type BundleReport struct {
	List     BundleList
	Items    int           // byte for byte as they were frozen
	Sealed   int           // listed, and not open to whom the bundle was made for
	Custody  []BundleChain // of each exhibit that is open
	Exhibits []BundleExhibited
	Acts     []BundleSigned
	Receipts []BundleReceived
}

// BundleSigned is an act about the version, signed by its person and standing in
// the journal of the node that made the bundle.
type BundleSigned struct {
	Message    Message
	Signatures []Signature
	Leaf       int64
	Checkpoint Checkpoint
}

// BundleReceived is the other side's receipt for the version.
type BundleReceived struct {
	Receipt Receipt
	Outcome Outcome
}

// CheckBundle holds a bundle against the descriptors of its nodes, each with its
// former keys: every file, every item, who took each step of custody, that each file of an
// exhibit is the one that was frozen and that such a step names, who approved and sent it, that this stands in a journal, which of the other nodes cosigned that journal, and the receipts.
// What it found until something did not hold is in the report.
func CheckBundle(r io.ReaderAt, size int64, nodes map[string]Keys) (out BundleReport, err error) {
	b, err := OpenBundle(r, size, func(node string) SignKeys {
		if keys := nodes[node]; len(keys) > 0 {
			return keys.Ever()
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	out.List = b.List
	m, sealed, err := b.Packet()
	if err != nil {
		return out, err
	}
	out.Items, out.Sealed = len(b.Of(BundleItem)), sealed
	if out.Custody, err = b.custody(m, nodes); err != nil {
		return out, err
	}
	if out.Exhibits, err = b.exhibits(m, out.Custody); err != nil {
		return out, err
	}
	if len(b.Of(BundleAct)) == 0 {
		return out, fail(CodeUnsigned, "nobody approved or sent it")
	}
	messages := map[string]Message{}
	for _, f := range b.Of(BundleAct) {
		s, err := b.signed(f, nodes)
		if err != nil {
			return out, err
		}
		out.Acts, messages[s.Message.Act.ID] = append(out.Acts, s), s.Message
	}
	for _, f := range b.Of(BundleReceipt) {
		got, err := b.received(f, messages[f.About], nodes)
		if err != nil {
			return out, err
		}
		out.Receipts = append(out.Receipts, got)
	}
	return out, nil
}

// signed checks one act of the bundle.
func (b *Bundle) signed(f BundleFile, nodes map[string]Keys) (s BundleSigned, err error) {
	p, err := ParseProofFile(b.files[f.Name])
	if err != nil {
		return s, err
	}
	var cosigners []string
	for node, keys := range nodes {
		if node != b.List.Node && len(keys) > 0 {
			cosigners = append(cosigners, keys[0].Descriptor.Witness)
		}
	}
	if s.Message, s.Checkpoint, err = p.Verify(nodes[b.List.Node][0].Descriptor.Journal, cosigners...); err != nil {
		return s, err
	}
	s.Leaf = p.Index
	a := s.Message.Act
	signers, known := nodes[a.From.Node]
	switch {
	case len(p.Message) == 0 || a.ID != f.About || !b.names(a):
		return s, fail(CodeAltered, f.Name+" is about something else")
	case a.By == nil || len(s.Message.Proofs) == 0:
		return s, fail(CodeUnsigned, "nobody signed "+f.Name)
	case !known:
		return s, fail(CodeSignature, "no key of node "+a.From.Node+" was given")
	}
	s.Signatures, err = VerifyProofs(s.Message, signers.Proofs())
	return s, err
}

// received checks one receipt of the bundle: it speaks of that message.
func (b *Bundle) received(f BundleFile, m Message, nodes map[string]Keys) (got BundleReceived, err error) {
	keys, known := nodes[m.Act.To.Node]
	if !known || m.Act.ID == "" {
		return got, fail(CodeSignature, "no key of who signed "+f.Name+" was given")
	}
	if got.Receipt, err = ReadReceipt(strings.TrimSpace(string(b.files[f.Name])), keys.Ever()); err != nil {
		return got, err
	}
	for _, o := range got.Receipt.Entries {
		if o.ID == m.Act.ID && o.Digest == Digest(m.Digest()) {
			got.Outcome = o
			return got, nil
		}
	}
	return got, fail(CodeAltered, "receipt does not speak of this packet")
}
