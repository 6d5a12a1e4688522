package alert

import (
	"maps"
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

// Every refusal, verb and code of this room has its words in both languages.
func TestEverythingHasItsWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 18)
	acttest.VerbsHaveWords(t, Verbs)
	acttest.CodesHaveWords(t, "alert.danger", Dangers...)
	acttest.CodesHaveWords(t, "alert.task", Tasks...)
	acttest.CodesHaveWords(t, "alert.basis", BasisCNPP303, BasisUSC2702, BasisCourt)
	if got := slices.Sorted(maps.Keys(tasksOf)); !slices.Equal(got, slices.Sorted(slices.Values(Dangers))) {
		t.Errorf("dangers %v are offered, %v have tasks", Dangers, got)
	}
}
