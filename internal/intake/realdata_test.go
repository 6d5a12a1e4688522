package intake

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestRealDataKeepsItsTotals imports the public files of both countries through
// the shipped mappings, and again. A missing file fails it. It runs where
// OASISS_REAL_DATA names the folder of the files: make real-data.
func TestRealDataKeepsItsTotals(t *testing.T) {
	dir := os.Getenv("OASISS_REAL_DATA")
	if dir == "" {
		t.Skip("OASISS_REAL_DATA names no folder; the fictional extracts of testdata are read by the other tests")
	}
	sensitive := []string{"COMPLEXION", "HAIR_COLOR", "EYE_COLOR", "CRIMINAL_ALIEN"}
	for _, c := range []struct {
		file, mapping        string
		read, taken, refused int
		people               int64
		dropped              []string
	}{
		{"cbp/USBP-BLW-SPW-Apprehensions-individual.psv", "cbp-individual.yaml", 4711, 4711, 0, 4711, sensitive},
		{"cbp/USBP-BLW-SPW-ProcessedSubjects-individual.psv", "cbp-individual.yaml", 2573, 2573, 0, 2573, append(sensitive, "DEPORTABLE")},
		{"missing-migrants/missing-migrants-global-2014-2020.csv.gz", "missing-migrants.yaml", 6339, 1661, 0, 2405, nil},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			k, m := open(t), shipped(t, c.mapping)
			name := filepath.Base(c.file)
			if rep, _ := k.run(m, name, raw, dry); rep.Imported != c.taken || k.number("stat_event") != 0 {
				t.Errorf("a dry run said %+v and left %d rows", rep, k.number("stat_event"))
			}
			rep, refused := k.run(m, name, raw)
			if rep.Read != c.read || rep.Imported != c.taken || rep.Filtered != c.read-c.taken-c.refused || rep.Refused != c.refused {
				t.Errorf("first import: %+v, refused %v", rep, refused)
			}
			for _, d := range c.dropped {
				if !slices.Contains(rep.DroppedColumns, d) {
					t.Errorf("%s is not reported as dropped: %v", d, rep.DroppedColumns)
				}
			}
			rows, people := k.counted(m.Source, "people")
			if rows != c.taken || people != c.people {
				t.Errorf("%d rows and %d people are held, want %d and %d", rows, people, c.taken, c.people)
			}
			leaves := k.number("fact")
			again, _ := k.run(m, name, raw)
			if again.Unchanged != c.taken || again.Imported+again.Updated != 0 {
				t.Errorf("second import: %+v", again)
			}
			if n := k.number("case_person"); n != 0 {
				t.Errorf("figures made %d people", n)
			}
			t.Logf("%s: %+v; %d facts, then %d", name, rep, leaves, k.number("fact"))
		})
	}
}
