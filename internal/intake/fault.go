package intake

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"go.yaml.in/yaml/v3"
)

// Faults are what is wrong with a mapping, or with a file as a whole: all of
// it at once, so that it is put right once.
type Faults []error

// Error implements error with the codes alone.
func (f Faults) Error() string { return errors.Join(f...).Error() }

// Unwrap gives each refusal.
func (f Faults) Unwrap() []error { return f }

// In gives the sentences in a language, each with what to do next.
func (f Faults) In(l i18n.Lang) []string {
	out := make([]string, 0, len(f))
	for _, err := range f {
		out = append(out, Says(err, l))
	}
	return out
}

// Says is a refusal as a sentence in a language, with what to do next.
func Says(err error, l i18n.Lang) string {
	r, ok := refusal.As(err)
	if !ok {
		return i18n.T(l, "intake.fault")
	}
	key := "refusal." + r.Code
	return strings.TrimSpace(i18n.T(l, key, r.Params) + " " + i18n.T(l, key+".next", r.Params))
}

func fault(code string, kv ...any) error { return Faults{refusal.New(code, kv...)} }

// add keeps a refusal for the whole mapping.
func (f *Faults) add(code string, kv ...any) { *f = append(*f, refusal.New(code, kv...)) }

// keep keeps err, if there is one.
func (f *Faults) keep(err error) {
	if err != nil {
		*f = append(*f, err)
	}
}

// err is the faults as an error; nil when there are none.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// strictly decodes a node and refuses names that the language does not have:
// a custom decoder would otherwise let them pass.
func strictly(n *yaml.Node, v any) error {
	raw, err := yaml.Marshal(n)
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	return nil
}
