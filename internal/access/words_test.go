package access_test

import (
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
)

// Who reads who saw what reads why it was allowed: every policy has a sentence.
// That each stands in both languages is asked of i18n.
func TestEveryPolicyIsSaidInWords(t *testing.T) {
	ids := policies(t).IDs()
	if len(ids) < 40 {
		t.Fatalf("%d policies", len(ids))
	}
	for _, id := range append(ids, "unreadable") {
		if !i18n.Has("policy." + id) {
			t.Errorf("policy.%s: no text", id)
		}
	}
}

// And of what it was a look at: every type that the policies know has a name.
func TestEveryThingIsSaidInWords(t *testing.T) {
	types := policies(t).Types()
	if len(types) < 40 {
		t.Fatalf("%d types", len(types))
	}
	for _, typ := range types {
		if !i18n.Has("thing." + typ) {
			t.Errorf("thing.%s: no text", typ)
		}
	}
}
