package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/oasiss/oasiss/wire"
)

// descriptor reads and verifies a descriptor, and shows the words that people
// compared: whoever trusts this check trusts those.
func (j *job) descriptor(path string) (wire.Descriptor, error) {
	if path == "" {
		return wire.Descriptor{}, errUsage
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return wire.Descriptor{}, err
	}
	d, err := wire.ReadDescriptor(string(b))
	if err != nil {
		return d, err
	}
	name := d.NameEN
	if j.say.lang == "es" {
		name = d.NameES
	}
	words := wire.Fingerprint(string(b)).Words(j.say.lang)
	j.say.line("descriptor", d.Node, name, strings.Join(words[:8], " "), strings.Join(words[8:], " "))
	return d, nil
}

// signers reads the descriptors of one node, of now and of before: what any of
// their keys signed is evidence that the node signed it while it had that key.
// When it had it, the checkpoint that the other node cosigned says.
func (j *job) signers() (wire.Keys, wire.Descriptor, error) {
	var keys wire.Keys
	for _, path := range j.keys {
		d, err := j.descriptor(path)
		if err != nil {
			return nil, d, err
		}
		if len(keys) > 0 && d.Node != keys[0].Descriptor.Node {
			return nil, d, &wire.Error{Code: wire.CodeMisaddressed, What: "descriptors of different nodes"}
		}
		keys = append(keys, wire.Key{Descriptor: d})
	}
	if len(keys) == 0 {
		return nil, wire.Descriptor{}, errUsage
	}
	return keys, keys[0].Descriptor, nil
}

// checkDescriptor: the descriptor is whole and signed by its own key.
func checkDescriptor(j *job) error {
	d, err := j.descriptor(j.file)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(j.file)
	if err != nil {
		return err
	}
	j.say.line("descriptor_signed", wire.Fingerprint(string(b)))
	j.say.line("descriptor_keys", wire.KeyID(d.SignKey), d.Journal, d.Witness, d.TLSKey)
	return nil
}

// message reads a message and shows what its act says about itself.
func (j *job) message() (wire.Message, error) {
	b, err := os.ReadFile(j.file)
	if err != nil {
		return wire.Message{}, err
	}
	m, err := wire.ParseMessage(b)
	if err != nil {
		return m, err
	}
	j.tell(m)
	return m, nil
}

// tell shows the envelope of a message; what the act is about stays unprinted.
func (j *job) tell(m wire.Message) {
	a := m.Act
	j.say.line("message", a.ID, a.Kind, j.say.purpose(a.Purpose), address(a.From), address(a.To), stamp(a.Created))
	j.say.line("message_digests", wire.Digest(m.ActDigest()), wire.Digest(m.Digest()))
	j.say.line("message_sealed", len(a.Sealed), len(m.Proofs))
}

// checkMessage: the message follows the format and, with -frame and -keys, was
// sent in a frame that its node signed.
func checkMessage(j *job) error {
	m, err := j.message()
	if err != nil {
		return err
	}
	if j.frame == "" {
		j.say.line("form_only")
		return nil
	}
	keys, d, err := j.signers()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(j.frame)
	if err != nil {
		return err
	}
	var p wire.FrameProof
	if err := json.Unmarshal(b, &p); err != nil {
		return &wire.Error{Code: wire.CodeMalformed, What: "frame proof"}
	}
	h, err := p.Verify(keys.Ever(), wire.EntryMessage, m.Digest())
	if err != nil {
		return err
	}
	if h.From != d.Node || m.Act.From.Node != h.From || m.Act.To.Node != h.To {
		return &wire.Error{Code: wire.CodeMisaddressed, What: "message and frame"}
	}
	j.say.line("framed", h.From, h.To, h.Lane, h.First+p.Index, stamp(h.Created))
	return nil
}

// checkProof: every signature proof in the message is about exactly this act.
func checkProof(j *job) error {
	keys, _, err := j.signers()
	if err != nil {
		return err
	}
	m, err := j.message()
	if err != nil {
		return err
	}
	if len(m.Proofs) == 0 {
		return &wire.Error{Code: wire.CodeUnsigned, What: "no signature proof"}
	}
	signatures, err := wire.VerifyProofs(m, keys.Proofs())
	for _, s := range signatures {
		j.say.line("proof", s.Account, s.Node, s.Method, j.say.strength(s), stamp(s.At))
	}
	return err
}

// checkReceipt: the receiver signed it and, with -against, it speaks of that message.
func checkReceipt(j *job) error {
	keys, d, err := j.signers()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(j.file)
	if err != nil {
		return err
	}
	r, err := wire.ReadReceipt(strings.TrimSpace(string(b)), keys.Ever())
	if err != nil {
		return err
	}
	if r.From != d.Node {
		return &wire.Error{Code: wire.CodeMisaddressed, What: "receipt and descriptor"}
	}
	j.say.line("receipt", r.From, r.To, r.Lane, r.First, r.Last, stamp(r.At), r.Frame)
	if r.Type == wire.ReceiptRefused {
		j.say.line("receipt_refused", j.say.code(r.Code))
	} else {
		j.say.line("undertaking")
	}
	for _, o := range r.Entries {
		j.outcome(o)
	}
	return j.answers(r)
}

// outcome shows what became of one entry.
func (j *job) outcome(o wire.Outcome) {
	switch {
	case o.Void:
		j.say.line("outcome_void", o.Seq, o.ID)
	case o.Result == wire.ResultRefused:
		j.say.line("outcome_refused", o.Seq, o.ID, j.say.code(o.Code))
	default:
		j.say.line("outcome_recorded", o.Seq, o.ID, *o.Leaf, j.say.purpose(o.Purpose))
	}
}

// answers holds a receipt against the message named by -against.
func (j *job) answers(r wire.Receipt) error {
	if j.against == "" {
		return nil
	}
	b, err := os.ReadFile(j.against)
	if err != nil {
		return err
	}
	m, err := wire.ParseMessage(b)
	if err != nil {
		return err
	}
	for _, o := range r.Entries {
		if o.ID == m.Act.ID && o.Digest == wire.Digest(m.Digest()) {
			j.say.line("receipt_answers", m.Act.ID, o.Seq)
			return nil
		}
	}
	return &wire.Error{Code: wire.CodeAltered, What: "receipt does not speak of this message"}
}

// vkeys reads the descriptors: key of the journal, keys of its cosigners.
func (j *job) vkeys() (journal string, cosigners []string, err error) {
	_, d, err := j.signers()
	if err != nil {
		return "", nil, err
	}
	for _, w := range j.witness {
		peer, err := j.descriptor(w)
		if err != nil {
			return "", nil, err
		}
		cosigners = append(cosigners, peer.Witness)
	}
	return d.Journal, cosigners, nil
}

// tellCheckpoint shows a verified checkpoint. A cosignature that was asked for
// and is not there fails the check.
func (j *job) tellCheckpoint(c wire.Checkpoint) error {
	j.say.line("checkpoint", c.Origin, c.Size, c.Root)
	for _, s := range c.Cosignatures {
		j.say.line("cosigned", s.Name, stamp(s.At))
	}
	if len(c.Cosignatures) < len(j.witness) {
		return &wire.Error{Code: wire.CodeUnsigned, What: "cosignature missing"}
	}
	if len(j.witness) == 0 {
		j.say.line("not_cosigned")
	}
	return nil
}

// checkCheckpoint: the journal's node signed it, the witnesses named cosigned
// it and, with -against and -path, it continues an earlier checkpoint.
func checkCheckpoint(j *job) error {
	journal, cosigners, err := j.vkeys()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(j.file)
	if err != nil {
		return err
	}
	c, err := wire.VerifyCheckpoint(b, journal, cosigners...)
	if err != nil {
		return err
	}
	if err := j.tellCheckpoint(c); err != nil || j.against == "" {
		return err
	}
	return j.continues(c, journal)
}

// continues checks that c's journal begins with the earlier checkpoint's.
func (j *job) continues(c wire.Checkpoint, journal string) error {
	b, err := os.ReadFile(j.against)
	if err != nil {
		return err
	}
	old, err := wire.VerifyCheckpoint(b, journal)
	if err != nil {
		return err
	}
	var path []wire.Digest
	if j.path != "" {
		if b, err = os.ReadFile(j.path); err != nil {
			return err
		}
		if err := json.Unmarshal(bytes.TrimSpace(b), &path); err != nil {
			return &wire.Error{Code: wire.CodeMalformed, What: "consistency proof"}
		}
	}
	if err := wire.CheckConsistency(path, c.Size, c.Root, old.Size, old.Root); err != nil {
		return err
	}
	j.say.line("continues", old.Size, c.Size)
	return nil
}

// checkInclusion: the message (or its digest) is in the journal that the
// checkpoint describes.
func checkInclusion(j *job) error {
	journal, cosigners, err := j.vkeys()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(j.file)
	if err != nil {
		return err
	}
	p, err := wire.ParseProofFile(b)
	if err != nil {
		return err
	}
	m, c, err := p.Verify(journal, cosigners...)
	if err != nil {
		return err
	}
	if len(p.Message) > 0 {
		j.tell(m)
	} else {
		j.say.line("digest_only", p.Digest)
	}
	j.say.line("included", p.Index, c.Size)
	return j.tellCheckpoint(c)
}

// checkHistories: two states of one journal, both signed by its node, are one
// history. If not, the file is the evidence that the journal was rewritten.
func checkHistories(j *job) error {
	keys, d, err := j.signers()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(j.file)
	if err != nil {
		return err
	}
	h, err := wire.ParseHistories(b)
	if err != nil {
		return err
	}
	if h.Heads != "" {
		held, heads, err := h.Smaller(d.Journal, keys.Ever())
		if err == nil || wire.CodeOf(err) == wire.CodeSequence {
			j.say.line("held", held.Size, held.Root)
			j.say.line("signed_for", heads.Size, stamp(heads.At))
		}
		return err
	}
	held, shown, err := h.Verify(d.Journal)
	if err == nil || wire.CodeOf(err) == wire.CodeAltered {
		j.say.line("held", held.Size, held.Root)
		j.say.line("shown", shown.Size, shown.Root)
	}
	if err == nil {
		j.say.line("continues", min(held.Size, shown.Size), max(held.Size, shown.Size))
	}
	return err
}

// checkArchive: every fact that a node's owner took away is as it was recorded,
// and none is left out, up to the checkpoint that the node signed.
func checkArchive(j *job) error {
	journal, cosigners, err := j.vkeys()
	if err != nil {
		return err
	}
	f, err := os.Open(j.file)
	if err != nil {
		return err
	}
	a, err := wire.ReadArchive(f, journal, cosigners, nil)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	j.say.line("archived", a.Head.Node, stamp(a.Head.Made), a.Facts, a.Forgotten)
	if rest := a.Facts - a.Checkpoint.Size; rest > 0 {
		j.say.line("uncovered", rest)
	}
	return j.tellCheckpoint(a.Checkpoint)
}

// address writes an office as office@node.
func address(a wire.Address) string {
	switch {
	case a.Node == "":
		return "–"
	case a.Office == "":
		return a.Node
	}
	return fmt.Sprintf("%s@%s", a.Office, a.Node)
}

// stamp writes an instant in UTC.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
