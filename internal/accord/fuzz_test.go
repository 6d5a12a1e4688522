package accord

import "testing"

// FuzzDocument reads accords as somebody pastes them: what is read is written
// and read again the same.
func FuzzDocument(f *testing.F) {
	f.Add("ref: accord-2008\ntitle: {en: A, es: B}\nparties: [{node: us, country: US}]\n")
	f.Add(`{"ref":"x","offices":[{"node":"us","id":"a"}],"delay_hours":-1}`)
	f.Add("a: &a [*a]\n")
	f.Add("x: !!binary =\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(d.YAML())
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v\n%s", err, d.YAML())
		}
		if again.YAML() != d.YAML() {
			t.Fatalf("an accord changes by being read\n%s\n%s", d.YAML(), again.YAML())
		}
	})
}
