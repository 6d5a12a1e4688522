package access

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/oasiss/oasiss/internal/refusal"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Limits of a password that is the only factor: NIST SP 800-63B-4 §3.1.1.2 asks
// for at least 15 characters, counted as Unicode code points after NFKC, and
// admits at least 64. Nothing is cut and no mixture of characters is asked for.
const (
	PasswordMin = 15
	PasswordMax = 256
)

//go:embed blocklist.txt
var blocklistFile string

// blocked are the passwords that are tried first, by their bare form.
var blocked = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(blocklistFile) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			m[bare(line)] = true
		}
	}
	return m
})

// NormalPassword is the form of a password that is hashed: NFKC, so that the
// same characters typed on another keyboard are the same password.
func NormalPassword(password string) string { return norm.NFKC.String(password) }

// CheckPassword holds a new password against the rules: access.password_short,
// access.password_long, access.password_common (tried first, one run of a few
// characters, or made of what is known about the person).
func CheckPassword(password string, known ...string) error {
	if len(password) > 4*PasswordMax {
		return refusal.New("access.password_long", "Max", PasswordMax)
	}
	p := NormalPassword(password)
	switch n := utf8.RuneCountInString(p); {
	case !utf8.ValidString(password) || n < PasswordMin:
		return refusal.New("access.password_short", "Min", PasswordMin)
	case n > PasswordMax:
		return refusal.New("access.password_long", "Max", PasswordMax)
	}
	b := bare(p)
	if blocked()[b] || monotone(b) || onlyKnown(b, known) {
		return refusal.New("access.password_common")
	}
	return nil
}

// bare is a password without case and without what people put between words.
func bare(p string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-_.", r) {
			return -1
		}
		return r
	}, cases.Fold().String(norm.NFKC.String(p)))
}

// monotone reports whether a password has fewer than five different
// characters, or is one short piece again and again.
func monotone(b string) bool {
	seen := map[rune]bool{}
	runes := []rune(b)
	for _, r := range runes {
		seen[r] = true
	}
	if len(seen) < 5 {
		return true
	}
	for period := 1; period <= len(runes)/3; period++ {
		repeats := true
		for i := period; i < len(runes) && repeats; i++ {
			repeats = runes[i] == runes[i-period]
		}
		if repeats {
			return true
		}
	}
	return false
}

// onlyKnown reports whether little is left of a password once the person's
// name, login, office and the programme's name are taken out of it.
func onlyKnown(b string, known []string) bool {
	rest := b
	for _, k := range append(known, "oasiss", "oasis") {
		for _, word := range append(strings.Fields(k), k) {
			if w := bare(word); utf8.RuneCountInString(w) >= 4 {
				rest = strings.ReplaceAll(rest, w, "")
			}
		}
	}
	return rest != b && utf8.RuneCountInString(rest) < 6
}
