package intake

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/refusal"
)

// TestAFormIsFilledFromAFile: the rows of one event, each with its line; what
// cannot be read is named; several events are asked about; a file that is too long
// when it is unpacked is refused before it is read.
func TestAFormIsFilledFromAFile(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "case-people.csv"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := MappingFor(nil, "case-people.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fill := func(number string) (Filling, error) {
		return FillFrom(m, "case-people.csv", bytes.NewReader(raw), number)
	}
	f, err := fill(" rgv-t-0101 ")
	if err != nil {
		t.Fatal(err)
	}
	if f.Event.Reference != "RGV-T-0101" || f.Event.Place != "usbp:RGV" || f.Title != "Trailer at the test bridge" || f.Where != "2" {
		t.Errorf("%+v", f)
	}
	var lines []string
	for _, p := range f.People {
		lines = append(lines, p.Where+" "+p.Given+" "+p.RoleFields.Role)
	}
	if want := []string{"2 Rogelio suspect", "3 Itzel witness", "6 Casimira witness"}; !slices.Equal(lines, want) {
		t.Errorf("%q, not %q", lines, want)
	}
	var left []int
	for _, l := range f.Left {
		left = append(left, l.Line)
	}
	if len(left) != 3 || left[0] != 4 || left[1] != 5 || left[2] != 7 {
		t.Errorf("left out: %v", left)
	}
	_, err = fill("")
	if !refusal.Is(err, "intake.which_event") {
		t.Errorf("several events: %v", err)
	}
	if _, err = fill("RGV-T-9999"); !refusal.Is(err, "intake.no_such_event") {
		t.Errorf("no such event: %v", err)
	}
	if _, err = MappingFor(nil, "../../go.mod"); !refusal.Is(err, "intake.no_mapping") {
		t.Errorf("no such mapping: %v", err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(bytes.Repeat([]byte("Event,Subject\n"), MostFilling/14+1)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var faults Faults
	if _, err = FillFrom(m, "bomb.csv.gz", &packed, ""); !errors.As(err, &faults) || !refusal.Is(faults[0], "intake.file_too_long") {
		t.Errorf("%d bytes that unpack to more: %v", packed.Len(), err)
	}
}
