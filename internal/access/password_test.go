package access_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
)

// R05: at least fifteen characters, counted as people count them, nothing cut, no
// mixture asked for, and none of what is tried first.
func TestR05PasswordRules(t *testing.T) {
	for _, c := range []struct{ password, code string }{
		{"", "access.password_short"},
		{"fourteen chars", "access.password_short"},
		{"fifteen chars !", ""},
		{"caballo grapa batería correcta", ""},
		{"lluvia nopal 7 tren", ""},
		{"ñandú ñandú zorro", ""},
		{strings.Repeat("é", 14), "access.password_short"}, // 28 bytes are 14 characters
		{"e\u0301" + "fifteen letters"[1:14], "access.password_short"},
		{"aaaaaaaaaaaaaaaaaaaa", "access.password_common"},
		{"abcabcabcabcabcabcabc", "access.password_common"},
		{"laredo7laredo7laredo7", "access.password_common"},
		{"Password-12345678", "access.password_common"},
		{"Contraseña Contraseña", "access.password_common"},
		{"QWERTYUIOPasdfgh", "access.password_common"},
		{"Lucía Rivera oasiss 12", "access.password_common"}, // name and programme, and little else
		{"rivera sabe que el nopal crece", ""},
		{strings.Repeat("long words stay ", 16), "access.password_common"},
		{"a" + strings.Repeat("bcdefghijklmnopqrstuvwxyz", 11), "access.password_long"},
		{strings.Repeat("x", 5000), "access.password_long"},
		{"not valid utf8 \xff\xfe here", "access.password_short"},
	} {
		err := access.CheckPassword(c.password, "lrivera", "Lucía Rivera", "usbp-rgv")
		switch {
		case c.code == "" && err != nil:
			t.Errorf("%q: %v", c.password, err)
		case c.code != "" && !refusal.Is(err, c.code):
			t.Errorf("%q: %v, want %s", c.password, err, c.code)
		}
	}
}

// FuzzCheckPassword (R05): no password that is accepted is short, cut or broken.
func FuzzCheckPassword(f *testing.F) {
	f.Add("fifteen chars !", "Lucía Rivera")
	f.Add("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", "x")
	f.Fuzz(func(t *testing.T, password, name string) {
		if access.CheckPassword(password, name) != nil {
			return
		}
		n := utf8.RuneCountInString(access.NormalPassword(password))
		if n < access.PasswordMin || n > access.PasswordMax || !utf8.ValidString(password) {
			t.Fatalf("accepted %d characters", n)
		}
	})
}
