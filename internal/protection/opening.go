package protection

import (
	"encoding/base64"
	"time"

	"github.com/oasiss/oasiss/internal/seal"
)

// openingLabel binds the word of when a form was given to what it is for, to one
// account and to one case.
func openingLabel(user, caseID string) string { return "screening opened by/" + user + "/" + caseID }

// Opening is the node's own word that it gave the screening form to an account at
// a moment, to ask people of one case with, for the form to bring back: sealed by
// the node, so that neither a page nor a program can say that a form was open for
// longer than it was.
func Opening(ring *seal.Keyring, user, caseID string, at time.Time) string {
	return base64.RawURLEncoding.EncodeToString(ring.Box(openingLabel(user, caseID), []byte(at.UTC().Format(time.RFC3339Nano))))
}

// opened reads when the form was given; false for what this node did not say, or
// said to another account or of another case.
func opened(ring *seal.Keyring, user, caseID, opening string) (at time.Time, ok bool) {
	box, err := base64.RawURLEncoding.DecodeString(opening)
	if err != nil {
		return at, false
	}
	plain, err := ring.Unbox(openingLabel(user, caseID), box)
	if err != nil {
		return at, false
	}
	at, err = time.Parse(time.RFC3339Nano, string(plain))
	return at, err == nil
}
