package wire

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of objects and arrays.
const maxDepth = 64

// names is the rule for member names at a depth that belongs to this package.
type names func(path []string, name string) bool

// envelopeNames demands lower-case names everywhere but inside "clear", which
// belongs to the kind. Go reads names without regard to case and most other
// languages do not; so a name in capitals would mean two things.
func envelopeNames(path []string, name string) bool {
	if len(path) > 0 && path[0] == "clear" {
		return true
	}
	return lowerName(name)
}

// lowerName reports whether name is made of a–z, 0–9 and underscore.
func lowerName(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return name != ""
}

// checkJSON holds b against what encoding/json lets pass: invalid UTF-8, white
// space between tokens, unpaired surrogates, depth, and the same member named
// twice in one object (where two readers would see two messages). Names that
// differ only in case count as the same. allowed may be nil.
func checkJSON(b []byte, allowed names) error {
	_, err := scanJSON(b, allowed)
	return err
}

// scanJSON checks as checkJSON does and gives what an object's own member "v"
// holds, as written, so that the version is known before anything is decoded.
func scanJSON(b []byte, allowed names) (version string, err error) {
	if !utf8.Valid(b) {
		return "", errors.New("not UTF-8")
	}
	if !json.Valid(b) {
		return "", errors.New("not JSON")
	}
	s := scanner{b: b, allowed: allowed}
	if err := s.value(); err != nil {
		return "", err
	}
	if s.i != len(b) {
		return "", errSpace
	}
	return s.version, nil
}

// checkVersion demands this version.
func checkVersion(written, what string) error {
	n, err := strconv.Atoi(written)
	switch {
	case err != nil:
		return fail(CodeMalformed, what+" version")
	case n != Version:
		return fail(CodeUnknownVersion, what+" version")
	}
	return nil
}

var errSpace = errors.New("white space between tokens")

// scanner walks JSON that is known to be valid.
type scanner struct {
	b       []byte
	i       int
	path    []string
	depth   int
	allowed names
	version string // value of the outermost object's "v", as written
}

// value passes over one value.
func (s *scanner) value() error {
	switch c := s.b[s.i]; c {
	case '{':
		return s.object()
	case '[':
		return s.array()
	case '"':
		_, err := s.text()
		return err
	case ' ', '\t', '\r', '\n':
		return errSpace
	default: // number, true, false, null
		for s.i < len(s.b) && !strings.ContainsRune(",]} \t\r\n", rune(s.b[s.i])) {
			s.i++
		}
		return nil
	}
}

func (s *scanner) enter() error {
	s.i++
	if s.depth++; s.depth > maxDepth {
		return errors.New("nested too deeply")
	}
	return nil
}

// object passes over an object and remembers its names.
func (s *scanner) object() error {
	if err := s.enter(); err != nil {
		return err
	}
	var seen distinct
	for s.b[s.i] != '}' {
		if s.b[s.i] == ',' {
			s.i++
		}
		if s.b[s.i] != '"' {
			return errSpace
		}
		name, err := s.text()
		if err != nil {
			return err
		}
		if s.allowed != nil && !s.allowed(s.path, name) {
			return errors.New("member name not in lower case")
		}
		if !seen.add(fold(name)) {
			return errors.New("member named twice")
		}
		if s.b[s.i] != ':' {
			return errSpace
		}
		s.i++
		start := s.i
		s.path = append(s.path, name)
		if err := s.value(); err != nil {
			return err
		}
		s.path = s.path[:len(s.path)-1]
		if s.depth == 1 && name == "v" {
			s.version = string(s.b[start:s.i])
		}
	}
	s.i++
	s.depth--
	return nil
}

// array passes over an array.
func (s *scanner) array() error {
	if err := s.enter(); err != nil {
		return err
	}
	for s.b[s.i] != ']' {
		if s.b[s.i] == ',' {
			s.i++
		}
		if err := s.value(); err != nil {
			return err
		}
		if c := s.b[s.i]; c != ',' && c != ']' {
			return errSpace
		}
	}
	s.i++
	s.depth--
	return nil
}

// text passes over a string and gives its value.
func (s *scanner) text() (string, error) {
	start := s.i
	plain := true
	for s.i++; s.b[s.i] != '"'; s.i++ {
		if s.b[s.i] == '\\' {
			plain = false
			s.i++
		}
	}
	s.i++
	quoted := s.b[start:s.i]
	if plain {
		return string(quoted[1 : len(quoted)-1]), nil
	}
	if loneSurrogate(quoted) {
		return "", errors.New("unpaired surrogate")
	}
	var v string
	if err := json.Unmarshal(quoted, &v); err != nil {
		return "", err
	}
	return v, nil
}

// loneSurrogate reports whether a quoted string escapes half of a pair, which
// each language reads differently.
func loneSurrogate(q []byte) bool {
	for i := 0; i < len(q); i++ {
		if q[i] != '\\' {
			continue
		}
		i++
		if q[i] != 'u' {
			continue
		}
		r := hex4(q[i+1:])
		i += 4
		if !utf16.IsSurrogate(r) {
			continue
		}
		if i+6 >= len(q) || q[i+1] != '\\' || q[i+2] != 'u' || utf16.DecodeRune(r, hex4(q[i+3:])) == utf8.RuneError {
			return true
		}
		i += 6
	}
	return false
}

// hex4 reads four hexadecimal digits.
func hex4(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		switch {
		case c <= '9':
			r = r<<4 | rune(c-'0')
		default:
			r = r<<4 | rune(c|0x20-'a'+10)
		}
	}
	return r
}

// fold gives the form in which names are compared: two names that
// encoding/json would take for the same field fold to the same form.
func fold(name string) string {
	for i := range len(name) {
		if c := name[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return strings.ToLower(strings.ToUpper(name))
		}
	}
	return name
}

// distinct is a set of names, a list while it is small. Objects here are small;
// one that is not, sent by someone hostile, must not cost the square of its size.
type distinct struct {
	few  []string
	many map[string]bool
}

// add reports whether name is new.
func (d *distinct) add(name string) bool {
	if d.many != nil {
		if d.many[name] {
			return false
		}
		d.many[name] = true
		return true
	}
	if slices.Contains(d.few, name) {
		return false
	}
	if d.few = append(d.few, name); len(d.few) > 32 {
		d.many = make(map[string]bool, 2*len(d.few))
		for _, n := range d.few {
			d.many[n] = true
		}
	}
	return true
}
