package wire

import "encoding/json"

// BundleChain is the chain of custody of one exhibit of a bundle.
type BundleChain struct {
	Exhibit string // its id
	Number  string
	Steps   []BundleStep
}

// BundleStep is one step of a chain: an act signed by whoever took it.
type BundleStep struct {
	Message    Message
	Signatures []Signature
	// Follows says whether it is the next after the one before and names its
	// digest. What does not is a gap, which a judge weighs; it is no fault of the
	// bundle.
	Follows bool
	Held    *BundleHeld // the file that whoever took the step signed for, if any
}

// BundleHeld is the file of a case that a step of custody names.
type BundleHeld struct {
	File     string `json:"file"`
	Size     int64  `json:"size"`     // bytes
	Manifest Digest `json:"manifest"` // of the list of its sealed chunks
}

// custody reads the chains of custody that the bundle's items hold, and checks
// the signature of every step by the keys of the node on which it was taken.
func (b *Bundle) custody(m Manifest, nodes map[string]Keys) (out []BundleChain, err error) {
	listed := map[string]bool{}
	for _, s := range m.Sections {
		for _, it := range s.Items {
			listed[it.ID] = s.Name == SectionCustody
		}
	}
	for _, f := range b.Of(BundleItem) {
		if !listed[f.About] {
			continue
		}
		var item struct {
			Body struct {
				Exhibit string `json:"exhibit"`
				Number  string `json:"number"`
				Chain   []struct {
					Message []byte `json:"message"`
				} `json:"chain"`
			} `json:"body"`
		}
		if err := json.Unmarshal(b.files[f.Name], &item); err != nil {
			return out, failWith(CodeMalformed, f.Name, err)
		}
		chain := BundleChain{Exhibit: item.Body.Exhibit, Number: item.Body.Number}
		var before Digest
		for i, s := range item.Body.Chain {
			step, err := custodyStep(s.Message, item.Body.Exhibit, i+1, before, nodes)
			if err != nil {
				return out, err
			}
			chain.Steps, before = append(chain.Steps, step), Digest(step.Message.Digest())
		}
		out = append(out, chain)
	}
	return out, nil
}

// custodyStep checks one step: it is about this exhibit and signed.
func custodyStep(raw []byte, exhibit string, nth int, before Digest, nodes map[string]Keys) (s BundleStep, err error) {
	if s.Message, err = ParseMessage(raw); err != nil {
		return s, err
	}
	var said struct {
		Exhibit string      `json:"exhibit"`
		Nth     int         `json:"nth"`
		After   Digest      `json:"after"`
		Held    *BundleHeld `json:"held"`
	}
	a := s.Message.Act
	if json.Unmarshal(a.Clear, &said) != nil || said.Exhibit != exhibit {
		return s, fail(CodeAltered, "a step of custody is about something else")
	}
	signers, known := nodes[a.From.Node]
	switch {
	case a.By == nil || len(s.Message.Proofs) == 0:
		return s, fail(CodeUnsigned, "nobody signed a step of custody")
	case !known:
		return s, fail(CodeSignature, "no key of node "+a.From.Node+" was given")
	}
	s.Held = said.Held
	s.Follows = said.Nth == nth && said.After == before
	s.Signatures, err = VerifyProofs(s.Message, signers.Proofs())
	return s, err
}
