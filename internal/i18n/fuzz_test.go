package i18n

import "testing"

// FuzzMatch: whatever a browser sends, the answer is one of the languages.
func FuzzMatch(f *testing.F) {
	f.Add("es-MX,es;q=0.9")
	f.Add("*;q=0")
	f.Fuzz(func(t *testing.T, header string) {
		if got := Match(header); !got.Known() {
			t.Errorf("%q: got %q", header, got)
		}
	})
}

// FuzzParse: a file is read or refused, and never half read.
func FuzzParse(f *testing.F) {
	f.Add([]byte("a.b: text\nc: {one: x, other: y}\n"))
	f.Add([]byte("a: [1]\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		texts, err := parse(raw)
		if err != nil && texts != nil {
			t.Error("texts beside an error")
		}
		for key, forms := range texts {
			if _, plain := forms[""]; plain && len(forms) != 1 {
				t.Errorf("%q is plain and plural", key)
			}
		}
	})
}
