package wire

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var (
	uuid7Form = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	kindForm  = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[1-9][0-9]{0,3}$`)
	nameForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	langForm  = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	handForm  = regexp.MustCompile(`^H[0-3]$`)
)

// maxReference bounds case and referral ids, part ids and key ids, in bytes.
const maxReference = 128

// parseAct reads and checks an act. The id is set, where legible, also on failure.
func parseAct(b []byte) (Act, error) {
	version, err := scanJSON(b, envelopeNames)
	if err != nil {
		return Act{ID: legibleID(b)}, failWith(CodeMalformed, "act", err)
	}
	if err := checkVersion(version, "act"); err != nil {
		return Act{ID: legibleID(b)}, err
	}
	var a Act
	if err := json.Unmarshal(b, &a); err != nil {
		// The cause is left out: encoding/json quotes values of the message.
		return Act{V: Version, ID: legibleID(b)}, fail(CodeMalformed, "act fields")
	}
	return a, a.check()
}

// legibleID gives the id of an act that is otherwise not understood, or "".
func legibleID(b []byte) string {
	var a struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(b, &a) != nil || !uuid7Form.MatchString(a.ID) {
		return ""
	}
	return a.ID
}

// check holds an act against the rules of its version.
func (a Act) check() error {
	switch {
	case len(a.Nonce) != NonceSize:
		return fail(CodeMalformed, "nonce")
	case !uuid7Form.MatchString(a.ID):
		return fail(CodeMalformed, "id")
	case !kindForm.MatchString(a.Kind):
		return fail(CodeMalformed, "kind")
	case !KnownPurpose(a.Purpose):
		return fail(CodePurpose, "purpose outside the closed list")
	case a.Purpose == PurposeAdministration && (a.Case != "" || a.Referral != ""):
		return fail(CodePurpose, "administration touches no case")
	case !reference(a.Case) || !reference(a.Referral):
		return fail(CodeMalformed, "case or referral")
	case !a.From.valid():
		return fail(CodeMalformed, "from")
	case a.To != (Address{}) && !a.To.valid():
		return fail(CodeMalformed, "to")
	case a.By != nil && (a.By.ID == "" || !reference(a.By.ID) || !utf8.ValidString(a.By.Name+a.By.Office+a.By.Role)):
		return fail(CodeMalformed, "by")
	case a.Lang != "" && !langForm.MatchString(a.Lang):
		return fail(CodeMalformed, "lang")
	case a.Handling != "" && !handForm.MatchString(a.Handling):
		return fail(CodeMalformed, "handling")
	case a.Created.IsZero() || !instant(a.Created):
		return fail(CodeMalformed, "created")
	case !a.Expires.IsZero() && (!instant(a.Expires) || !a.Expires.After(a.Created)):
		return fail(CodeMalformed, "expires")
	case len(a.Clear) == 0 || a.Clear[0] != '{':
		return fail(CodeMalformed, "clear")
	}
	return checkParts(a.Sealed)
}

// valid reports whether the address names a node, and its office in the form of ids.
func (a Address) valid() bool {
	return nameForm.MatchString(a.Node) && (a.Office == "" || nameForm.MatchString(a.Office))
}

// reference reports whether s can be an id that another system chose: short, in
// one line, and printable, so that it cannot steer a terminal or turn the
// direction of the text around it.
func reference(s string) bool {
	return len(s) <= maxReference && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// instant reports whether t is written in UTC with at most microseconds, so
// that every implementation stores the same value.
func instant(t time.Time) bool {
	_, offset := t.Zone()
	return offset == 0 && t.Nanosecond()%1000 == 0 && t.Year() >= 1970 && t.Year() <= 9999
}
