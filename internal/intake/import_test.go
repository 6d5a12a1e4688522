package intake

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

func TestFiguresAreTakenOnceAndRefusedRowsSayWhy(t *testing.T) {
	for _, c := range []struct {
		file, mapping         string
		read, taken, filtered int
		people                int64
		refused               []refusedRow
		dropped               []string
	}{
		{"cbp-extract.psv", "cbp-individual.yaml", 9, 5, 0, 5, []refusedRow{
			{11, "intake.bad_date"}, {12, "intake.not_a_number"}, {13, "intake.unknown_code"}, {14, "intake.row_short"},
		}, []string{"COMPLEXION", "HAIR_COLOR", "EYE_COLOR", "STATUS_WHEN_FOUND", "CRIMINAL_ALIEN"}},
		{"missing-migrants-extract.csv", "missing-migrants.yaml", 6, 2, 1, 1005, []refusedRow{
			{5, "intake.count_missing"}, {6, "intake.key_twice"}, {7, "insight.coordinates"},
		}, []string{"Reported Year", "Reported Month", "Information Source", "Location Coordinates", "Migration Route", "URL", "UNSD Geographical Grouping"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			k, m, raw := open(t), shipped(t, c.mapping), extract(t, c.file)
			if rep, _ := k.run(m, c.file, raw, dry); rep.Imported != c.taken || k.number("stat_event") != 0 {
				t.Errorf("a dry run said %+v and left %d rows", rep, k.number("stat_event"))
			}
			rep, refused := k.run(m, c.file, raw)
			want := Report{Read: c.read, Imported: c.taken, Filtered: c.filtered, Refused: len(c.refused), DroppedColumns: c.dropped}
			if !reflect.DeepEqual(rep, want) || !slices.Equal(refused, c.refused) {
				t.Errorf("got %+v %v\nwant %+v %v", rep, refused, want, c.refused)
			}
			if rows, people := k.counted(m.Source, "people"); rows != c.taken || people != c.people {
				t.Errorf("%d rows and %d people are held", rows, people)
			}
			if rep, _ := k.run(m, c.file, raw); rep.Unchanged != c.taken || rep.Imported+rep.Updated != 0 {
				t.Errorf("second import: %+v", rep)
			}
			if n := k.number("case_person") + k.number("casefile"); n != 0 {
				t.Errorf("figures made %d people and cases", n)
			}
			k.ReplayEqual()
		})
	}
}

func TestFigureKeepsTheDateOfTheSource(t *testing.T) {
	k, m := open(t), shipped(t, "cbp-individual.yaml")
	k.run(m, "x.psv", extract(t, "cbp-extract.psv"))
	k.Read(func(tx *store.Tx) error {
		r, err := store.Doc[insight.Row](tx, `SELECT doc FROM stat_event WHERE key = $1`, k.Ring.Token("insight/row/"+m.Source, "x.psv|2"))
		r.Key = ""
		got, _ := json.Marshal(r)
		want := `{"key":"","on":"2031-01-01","at":"2031-01-01T23:30:00-08:00","place":{"scheme":"usbp","code":"BLW"},"counts":{"people":1},"by":{"age":"25-34","citizenship":"HN","sex":"m"}}`
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		return err
	})
}

func TestChangedFigureIsUpdatedAlone(t *testing.T) {
	k, m, raw := open(t), shipped(t, "missing-migrants.yaml"), extract(t, "missing-migrants-extract.csv")
	k.run(m, "f.csv", raw)
	raw = bytes.Replace(raw, []byte("13-Jan-31,2031,Jan,1,,1,"), []byte("13-Jan-31,2031,Jan,3,,3,"), 1)
	if rep, _ := k.run(m, "f.csv", raw); rep.Updated != 1 || rep.Unchanged != 1 || rep.Imported != 0 {
		t.Errorf("%+v", rep)
	}
	if _, people := k.counted(m.Source, "people"); people != 1007 {
		t.Errorf("%d people are held", people)
	}
	k.ReplayEqual()
}

func (k *desk) people(number string) (out []casefile.Person, who []casefile.Identity) {
	k.t.Helper()
	k.Read(func(tx *store.Tx) error {
		c, err := casefile.ByNumber(tx, number)
		if err != nil {
			return err
		}
		if out, err = casefile.People(tx, c.ID); err != nil {
			return err
		}
		for _, p := range out {
			w, err := casefile.OpenIdentity(tx, k.Ring, p)
			if err != nil {
				return err
			}
			who = append(who, w)
		}
		return nil
	})
	return out, who
}

func TestPeopleAreTakenIntoCasesSealed(t *testing.T) {
	k, m, raw := open(t), shipped(t, "case-people.yaml"), extract(t, "case-people.csv")
	if rep, _ := k.run(m, "p.csv", raw, dry); rep.Imported != 3 || k.number("casefile")+k.number("case_person")+k.number("sealkey") != 0 {
		t.Errorf("a dry run said %+v and left something", rep)
	}
	rep, refused := k.run(m, "p.csv", raw)
	want := Report{Read: 9, Imported: 3, Filtered: 1, Refused: 5, DroppedColumns: []string{"Complexion"}}
	if !reflect.DeepEqual(rep, want) {
		t.Errorf("got %+v, want %+v", rep, want)
	}
	codes := []refusedRow{{4, "intake.role_missing"}, {5, "intake.source_missing"}, {6, "casefile.curp"}, {7, "intake.event_differs"}, {8, "intake.unknown_code"}}
	if len(refused) != len(codes) {
		t.Fatalf("refused %v", refused)
	}
	for i, r := range refused {
		if r.line != codes[i].line || !strings.HasPrefix(r.code, codes[i].code) {
			t.Errorf("refused %v, want %v", r, codes[i])
		}
	}
	people, who := k.people("RGV-26-0001")
	if len(people) != 2 || people[0].Class != casefile.Suspect || people[1].Class != casefile.Protected {
		t.Fatalf("people of the case: %+v", people)
	}
	if w := who[0]; w.Name() != "Rogelio Quintero Barragarza" || w.Birth != "1988-02-14" || w.Sex != "m" || !w.Has("MX") || len(w.Aliases) != 0 {
		t.Errorf("the first person is %+v", w)
	}
	if r := people[0].Roles[0]; r.Role.Role != "suspect" || r.Function != "driver" || r.Source.Kind != "observation" {
		t.Errorf("the first person's role is %+v", r)
	}
	if children, _ := k.people("RGV-26-0002"); len(children) != 1 || children[0].Age != casefile.Child {
		t.Errorf("people of the second case: %+v", children)
	}
	if n := k.number("case_item WHERE noun = 'event'"); n != 2 {
		t.Errorf("%d events", n)
	}
	k.nothingInClear("Rogelio", "Quintero", "Itzel", "Chuparrosa", "Trailer at", "R-2")
	leaves := k.number("fact")
	if again, _ := k.run(m, "p.csv", raw); again.Unchanged != 3 || again.Imported+again.Updated != 0 || k.number("case_person") != 3 {
		t.Errorf("second import: %+v", again)
	}
	if n := k.number("fact WHERE kind LIKE 'case.%' OR kind LIKE 'intake.%'"); n == 0 || k.number("fact") != leaves+1 {
		t.Errorf("a second import left %d facts more, want the access fact alone", k.number("fact")-leaves)
	}
	k.ReplayEqual()
}

// nothingInClear looks through every body and every table of the import.
func (k *desk) nothingInClear(words ...string) {
	k.t.Helper()
	for _, q := range []string{`SELECT CAST(bytes AS TEXT) FROM body`, `SELECT doc FROM case_person`, `SELECT doc FROM intake_row`, `SELECT key || item || digest FROM intake_event`, `SELECT key || case_id FROM intake_case`, `SELECT result FROM command`} {
		k.Read(func(tx *store.Tx) error {
			rows, err := tx.Query(q)
			if err != nil {
				k.t.Fatalf("%s: %v", q, err)
			}
			defer rows.Close() //nolint:errcheck // only read
			for rows.Next() {
				var s string
				if err := rows.Scan(&s); err != nil {
					return err
				}
				for _, w := range words {
					if strings.Contains(s, w) {
						k.t.Errorf("%q stands in clear in %s", w, q)
					}
				}
			}
			return rows.Err()
		})
	}
}

func TestSourceThatSaysOtherwiseCorrects(t *testing.T) {
	k, m, raw := open(t), shipped(t, "case-people.yaml"), extract(t, "case-people.csv")
	k.run(m, "p.csv", raw)
	change := func(from, to string) { raw = bytes.ReplaceAll(raw, []byte(from), []byte(to)) }

	change("Rogelio,Quintero,Barragarza", "Rogelio,Quintero,Barragán")
	if rep, _ := k.run(m, "p.csv", raw); rep.Updated != 1 || rep.Unchanged != 2 {
		t.Errorf("a changed name: %+v", rep)
	}
	if people, who := k.people("RGV-26-0001"); len(people) != 2 || who[0].Materno != "Barragán" || people[0].Corrected.IsZero() {
		t.Errorf("the person is not corrected: %+v", who)
	}
	change("driver,driver,seen", "guide,guide,seen")
	if rep, _ := k.run(m, "p.csv", raw); rep.Updated != 1 || rep.Unchanged != 2 {
		t.Errorf("a changed role: %+v", rep)
	}
	if people, _ := k.people("RGV-26-0001"); people[0].Roles[0].Function != "guide" || len(people[0].Roles) != 1 {
		t.Errorf("the role is not corrected: %+v", people[0].Roles)
	}
	change(",14,hidden", ",16,hidden")
	if rep, _ := k.run(m, "p.csv", raw); rep.Updated != 1 || rep.Unchanged != 2 {
		t.Errorf("a changed event: %+v", rep) // corrected with the first row that says so; the second finds it so
	}
	if n := k.number("case_item WHERE noun = 'event'"); n != 2 {
		t.Errorf("%d events after a correction", n)
	}
	if rep, _ := k.run(m, "p.csv", raw); rep.Unchanged != 3 {
		t.Errorf("the same again: %+v", rep)
	}
	k.ReplayEqual()
}

func TestAnInterruptedRunIsRepeated(t *testing.T) {
	k, m := open(t), shipped(t, "cbp-individual.yaml")
	var b strings.Builder
	b.WriteString("APPR_DT_TIME|SECTOR|APP_AGE|GENDER|CITIZENSHIP\n")
	for i := range insight.MaxBatch + 7 {
		fmt.Fprintf(&b, "1/2/2031 %d:%02d:00 AM|BLW|30|Male|MEXICO\n", 1+i/60, i%60)
	}
	keyed := func(r *Run) { r.Key = "run-1" }
	table, err := ReadTable(m, strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	r := Run{Mapping: m, File: "f.psv", Key: "run-1", Send: func(ctx context.Context, verb, key string, cmd act.Command) (json.RawMessage, error) {
		if sent++; sent == 2 {
			return nil, io.ErrUnexpectedEOF
		}
		return k.send(ctx, verb, key, cmd)
	}}
	if _, err := r.Do(t.Context(), table); err != io.ErrUnexpectedEOF { //nolint:errorlint // the very error
		t.Fatalf("got %v", err)
	}
	if n := k.number("stat_event"); n != insight.MaxBatch {
		t.Fatalf("%d rows before the cut", n)
	}
	if rep, _ := k.run(m, "f.psv", []byte(b.String()), keyed); rep.Imported != insight.MaxBatch+7 {
		t.Errorf("repeated under its key: %+v", rep) // the first batch gives its first answer
	}
	if rep, _ := k.run(m, "f.psv", []byte(b.String())); rep.Unchanged != insight.MaxBatch+7 || k.number("stat_event") != rep.Read {
		t.Errorf("run anew: %+v", rep)
	}
}

func TestRefusedRowsAreWrittenWithTheReasonInTheLanguageOfTheReader(t *testing.T) {
	for l, want := range map[i18n.Lang]string{i18n.English: "The person has no role in the case.", i18n.Spanish: "La persona no tiene calidad en el caso."} {
		k, m, raw := open(t), shipped(t, "case-people.yaml"), extract(t, "case-people.csv")
		table, err := ReadTable(m, bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		rows, err := NewRefusedRows(&b, l, table, m)
		if err != nil {
			t.Fatal(err)
		}
		k.run(m, "p.csv", raw, func(r *Run) {
			count := r.Refuse
			r.Refuse = func(rec Record, why error) error {
				if err := rows.Refuse(rec, why); err != nil {
					return err
				}
				return count(rec, why)
			}
		})
		got, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF"))).ReadAll()
		if err != nil || len(got) != 6 {
			t.Fatalf("%d lines, %v", len(got), err)
		}
		reasons := map[string]string{}
		for _, r := range got[1:] {
			reasons[r[len(r)-2]] = r[len(r)-1]
		}
		if slices.Contains(got[0], "Complexion") || strings.Contains(b.String(), "QQQ") {
			t.Error("a dropped column is copied")
		}
		if !strings.Contains(reasons["4"], want) {
			t.Errorf("line 4 says %q, want %q", reasons["4"], want)
		}
		for line, why := range reasons {
			if strings.Contains(why, "refusal.") || strings.Contains(why, "<no value>") {
				t.Errorf("line %s has no sentence: %s", line, why)
			}
		}
	}
}

func TestAnotherOfficeAndAnotherPurposeTakeNothing(t *testing.T) {
	k := open(t)
	row := Row{Key: "1", Case: "A", Role: casefile.RoleFields{Role: "witness", Source: "import"}}
	k.Must(k.by, wire.PurposeProsecution, &Import{Source: "test", Rows: []Row{row}})
	other := k.Person("u2", "ofo-laredo", access.RoleProsecutions)
	res := k.Must(other, wire.PurposeProsecution, &Import{Source: "test", Rows: []Row{row}})
	var out Outcome
	if err := json.Unmarshal(res.Told, &out); err != nil || out.Imported != 1 || k.number("casefile") != 2 {
		t.Errorf("another office's import of the same source touches the first's: %s", res.Told)
	}
	for code, try := range map[string]func() error{
		"intake.purpose": func() error {
			_, err := k.Take(k.by, wire.PurposeStatistics, &Import{Source: "test", Rows: []Row{row}})
			return err
		},
		"access.not_found": func() error {
			_, err := k.Take(k.Person("u3", "usbp-rgv", access.RoleAnalyst), wire.PurposeProsecution, &Import{Source: "test", Rows: []Row{row}})
			return err
		},
		"intake.batch": func() error { _, err := k.Take(k.by, wire.PurposeProsecution, &Import{Source: "test"}); return err },
		"intake.key_again": func() error {
			_, err := k.Take(k.by, wire.PurposeProsecution, &Import{Source: "test", Rows: []Row{row, row}})
			return err
		},
		"insight.source": func() error {
			_, err := k.Take(k.by, wire.PurposeProsecution, &Import{Source: "?", Rows: []Row{row}})
			return err
		},
	} {
		if err := try(); !refusal.Is(err, code) {
			t.Errorf("got %v, want %s", err, code)
		}
	}
}

func TestRefusedRowOfABatchLeavesNothingBehind(t *testing.T) {
	k := open(t)
	good := Row{Key: "1", Case: "A", Role: casefile.RoleFields{Role: "witness", Source: "import"}}
	for name, bad := range map[string]Row{
		"no key":          {Case: "B", Role: good.Role},
		"no case":         {Key: "2", Role: good.Role},
		"no role":         {Key: "2", Case: "B", Role: casefile.RoleFields{Source: "import"}},
		"no source":       {Key: "2", Case: "B", Role: casefile.RoleFields{Role: "witness"}},
		"unknown role":    {Key: "2", Case: "B", Role: casefile.RoleFields{Role: "alien", Source: "import"}},
		"suspect as what": {Key: "2", Case: "B", Role: casefile.RoleFields{Role: "suspect", Source: "import"}},
		"wrong CURP":      {Key: "2", Case: "B", Role: good.Role, Person: casefile.Particulars{Identifiers: []string{"curp=XXXX"}}},
		"born later":      {Key: "2", Case: "B", Role: good.Role, Person: casefile.Particulars{Birth: "2090"}},
		"event to come":   {Key: "2", Case: "B", Role: good.Role, Event: &casefile.EventFields{When: "2099-01-01", Mode: "river"}},
		"unknown mode":    {Key: "2", Case: "B", Role: good.Role, Event: &casefile.EventFields{When: "2026-01-01", Mode: "teleport"}},
		"a place nowhere": {Key: "2", Case: "B", Role: good.Role, Event: &casefile.EventFields{When: "2026-01-01", Mode: "river", Place: "moon:1"}},
	} {
		res := k.Must(k.by, wire.PurposeProsecution, &Import{Source: "test", Rows: []Row{bad, good}})
		var out Outcome
		if err := json.Unmarshal(res.Told, &out); err != nil || len(out.Refused) != 1 || out.Refused[0].Row != 0 || out.Imported+out.Unchanged != 1 {
			t.Errorf("%s: told %s", name, res.Told)
		}
	}
	if k.number("casefile") != 1 || k.number("case_person") != 1 || k.number("case_item") != 1 || k.number("sealkey") != 2 {
		t.Errorf("refused rows left something behind: %d cases, %d people, %d items, %d keys", k.number("casefile"), k.number("case_person"), k.number("case_item"), k.number("sealkey"))
	}
}

func TestClosedCaseIsLeftAsItIs(t *testing.T) {
	k := open(t)
	imp := &Import{Source: "test", Rows: []Row{{Key: "1", Case: "A", Role: casefile.RoleFields{Role: "witness", Source: "import"}}}}
	c := k.Must(k.by, wire.PurposeProsecution, imp).Object
	k.Must(k.by, wire.PurposeProsecution, &casefile.SetStatus{Case: c, Status: casefile.StatusClosed})
	if got := string(k.Must(k.by, wire.PurposeProsecution, imp).Told); got != `{"imported":0,"updated":0,"unchanged":1}` {
		t.Errorf("the same again: told %s", got)
	}
	imp.Rows[0].Person.Given = "Itzel"
	if got := string(k.Must(k.by, wire.PurposeProsecution, imp).Told); !strings.Contains(got, `"refused":[{"row":0,"code":"casefile.closed"}]`) {
		t.Errorf("a change: told %s", got)
	}
	k.ReplayEqual()
}

// A cell under the wrong column could hold a name; the answer that the node
// keeps says nothing of it.
func TestTheAnswerRepeatsNoCell(t *testing.T) {
	k := open(t)
	role := casefile.RoleFields{Role: "Itzel Palomarín", Source: "Rutilio"}
	res := k.Must(k.by, wire.PurposeProsecution, &Import{Source: "test", Rows: []Row{{Key: "1", Case: "A", Role: role}}})
	if got := string(res.Told); strings.Contains(got, "Itzel") || strings.Contains(got, "Rutilio") || !strings.Contains(got, "casefile.not_on_list") {
		t.Errorf("told %s", got)
	}
}

func TestWhoWasForgottenDoesNotComeBack(t *testing.T) {
	k := open(t)
	imp := &Import{Source: "test", Rows: []Row{{Key: "1", Case: "A", Role: casefile.RoleFields{Role: "witness", Source: "import"}, Person: casefile.Particulars{Given: "Itzel"}}}}
	k.Must(k.by, wire.PurposeProsecution, imp)
	people, _ := k.people("RGV-26-0001")
	person := people[0].ID
	if err := k.DB.Write(t.Context(), func(tx *store.Tx) error {

		_, err := seal.Destroy(tx, casefile.KeySubject(person), k.Clock)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	res := k.Must(k.by, wire.PurposeProsecution, imp)
	var out Outcome
	if err := json.Unmarshal(res.Told, &out); err != nil || len(out.Refused) != 1 || out.Refused[0].Code != "intake.forgotten" {
		t.Errorf("told %s", res.Told)
	}
}
