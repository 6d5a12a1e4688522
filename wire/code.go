package wire

// Code is the reason of a refusal. Codes travel in signed receipts and render
// in the reader's language at both ends; they are added, never changed.
type Code string

// The vocabulary of refusals. docs/wire.md says for each what the receiver
// checked and what the sender should do next.
const (
	// CodeMalformed: the bytes do not follow the format (bad JSON, a member
	// named twice, a missing or ill-formed field, too large).
	CodeMalformed Code = "malformed"
	// CodeUnknownVersion: a version this receiver does not speak.
	CodeUnknownVersion Code = "unknown_version"
	// CodeUnknownKind: a kind this receiver does not understand yet.
	CodeUnknownKind Code = "unknown_kind"
	// CodePurpose: a purpose outside the closed list, or one that may not leave a node.
	CodePurpose Code = "purpose"
	// CodeAccord: no accord in force between the two nodes covers this.
	CodeAccord Code = "accord"
	// CodeUnsigned: a signature proof that the kind needs is missing.
	CodeUnsigned Code = "unsigned"
	// CodeSignature: a signature is there and does not verify, or its key is unknown.
	CodeSignature Code = "signature"
	// CodeMethod: a signature proof by a method that is not accepted.
	CodeMethod Code = "method"
	// CodeMisaddressed: not from the peer it came from, or not to this node or an office of it.
	CodeMisaddressed Code = "misaddressed"
	// CodeAltered: digests, root, seal or signed header do not agree.
	CodeAltered Code = "altered"
	// CodeLate: expired before it was recorded.
	CodeLate Code = "late"
	// CodeOtherDigest: the id is recorded already with another digest. An alarm on both nodes.
	CodeOtherDigest Code = "other_digest"
	// CodeNotOwner: the sender does not own the object or the step.
	CodeNotOwner Code = "not_owner"
	// CodeStep: the procedure does not allow this step from the present state.
	CodeStep Code = "step"
	// CodeSupersededKey: sealed to or signed by a key that is no longer valid. Seal and sign again.
	CodeSupersededKey Code = "superseded_key"
	// CodeRevokedKey: signed by a key that its node or its peer has revoked. Compare fingerprints again.
	CodeRevokedKey Code = "revoked_key"
	// CodeSequence: the frame does not follow the last one of its lane. Ask for the heads.
	CodeSequence Code = "sequence"
	// CodeEpoch: another lane epoch is in force. Ask for the heads.
	CodeEpoch Code = "epoch"
	// CodeUnknownObject: names a case, referral or item that this receiver has never had.
	CodeUnknownObject Code = "unknown_object"
	// CodeConsent: rests on a consent that does not cover it or was withdrawn.
	CodeConsent Code = "consent"
	// CodeHandling: a handling code or onward mark forbids it.
	CodeHandling Code = "handling"
	// CodeStopped: the sender's own stop for this referral arrived first.
	CodeStopped Code = "stopped"
	// CodeContent: the kind is known and its own fields do not follow its rule.
	CodeContent Code = "content"
)

// Codes lists every code in the order of docs/wire.md.
var Codes = []Code{
	CodeMalformed, CodeUnknownVersion, CodeUnknownKind, CodePurpose, CodeAccord, CodeUnsigned,
	CodeSignature, CodeMethod, CodeMisaddressed, CodeAltered, CodeLate, CodeOtherDigest, CodeNotOwner,
	CodeStep, CodeSupersededKey, CodeSequence, CodeEpoch, CodeUnknownObject, CodeConsent, CodeHandling,
	CodeStopped, CodeContent, CodeRevokedKey,
}
