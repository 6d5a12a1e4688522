package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/export"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
	"github.com/xuri/excelize/v2"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEverythingHasWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 3)
	acttest.VerbsHaveWords(t, export.Verbs)
	acttest.CodesHaveWords(t, "export.reason", casefile.Reasons()...)
}

// desk is a node with two offices that know nothing of each other's cases.
type desk struct {
	*acttest.Node
	t             *testing.T
	agent, second access.Actor // of one office
	other         access.Actor // of another
}

func open(t *testing.T) desk {
	t.Helper()
	n := acttest.New(t, "us", []func(*journal.Kinds){casefile.Facts, export.Facts}, casefile.Verbs, export.Verbs)
	n.Offices("usbp-rgv", "ofo-laredo")
	return desk{n, t, n.Person("u1", "usbp-rgv", access.RoleProsecutions), n.Person("u2", "usbp-rgv", access.RoleProsecutions), n.Person("u3", "ofo-laredo", access.RoleProsecutions)}
}

func (k desk) must(by access.Actor, cmd act.Command) act.Result {
	k.t.Helper()
	k.Clock = k.Clock.Add(time.Second)
	return k.Must(by, wire.PurposeProsecution, cmd)
}

func (k desk) changes(by access.Actor, cursor string, limit int) export.Changes {
	k.t.Helper()
	c, err := export.ListChanges(context.Background(), k.Acts, by, wire.PurposeProsecution, cursor, limit)
	if err != nil {
		k.t.Fatal(err)
	}
	return c
}

func TestAProgramFollowsWhatItsPersonMaySee(t *testing.T) {
	k := open(t)
	if c := k.changes(k.agent, "", 0); len(c.Changes) != 0 || c.More || c.Cursor == "" {
		t.Fatalf("before anything: %+v", c)
	}
	own := k.must(k.agent, &casefile.Open{Title: "Anzalduas, hidden in a trailer"}).Object
	person := k.must(k.agent, &casefile.AddPerson{Case: own, Age: "adult", RoleFields: casefile.RoleFields{Role: "witness", Source: "observation"}}).Object
	foreign := k.must(k.other, &casefile.Open{Title: "Bridge II, a raft"}).Object
	all := k.changes(k.agent, "", 0)
	objects := func(c export.Changes) (ids []string) {
		for _, x := range c.Changes {
			ids = append(ids, x.Object)
		}
		return ids
	}
	got := objects(all)
	if !slices.Contains(got, own) || !slices.Contains(got, person) || slices.Contains(got, foreign) || all.More {
		t.Errorf("%+v", all)
	}
	if next := k.changes(k.agent, all.Cursor, 0); len(next.Changes) != 0 || next.More {
		t.Errorf("told twice: %+v", next)
	}
	// one at a time gives the same changes, in the same order, none twice
	var each []string
	for c, n := k.changes(k.agent, "", 1), 0; ; c, n = k.changes(k.agent, c.Cursor, 1), n+1 {
		each = append(each, objects(c)...)
		if !c.More {
			break
		}
		if n > 20 {
			t.Fatal("the feed does not end")
		}
	}
	if !slices.Equal(each, got) {
		t.Errorf("one at a time: %v, not %v", each, got)
	}
}

// What somebody may not see leaves no trace in the feed: not in its changes,
// not in how many come, not in the cursor.
func TestWhatIsNotSeenLeavesNoTrace(t *testing.T) {
	answers := func(foreign int) (out []string) {
		k := open(t)
		k.must(k.agent, &casefile.Open{Title: "one"})
		before := k.changes(k.agent, "", 0)
		for range foreign {
			c := k.must(k.other, &casefile.Open{Title: "theirs"}).Object
			k.must(k.other, &casefile.SetStatus{Case: c, Status: casefile.StatusClosed})
		}
		k.Clock = acttest.Start.Add(time.Hour)
		k.must(k.agent, &casefile.Open{Title: "two"})
		after := k.changes(k.agent, before.Cursor, 1)
		for _, c := range []export.Changes{before, after} {
			for i := range c.Changes { // ids are drawn anew on each node
				c.Changes[i].Fact, c.Changes[i].Object, c.Changes[i].Case = "", "", ""
			}
			out = append(out, store.JSON(c.Changes), store.JSON(c.More), strings.Repeat("x", len(c.Cursor)))
		}
		return out
	}
	if without, with := answers(0), answers(40); !slices.Equal(without, with) {
		t.Errorf("the feed tells of others' work:\n%v\n%v", without, with)
	}
}

func TestACursorIsItsAccounts(t *testing.T) {
	k := open(t)
	k.must(k.agent, &casefile.Open{Title: "one"})
	c := k.changes(k.agent, "", 0)
	for name, cursor := range map[string]string{"another's": k.changes(k.second, "", 0).Cursor, "a number": "17", "no base64": "ü", "cut": c.Cursor[:len(c.Cursor)-4]} {
		_, err := export.ListChanges(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, cursor, 0)
		if !refusal.Is(err, "export.cursor") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if again := k.changes(k.agent, "", 0); again.Cursor == c.Cursor {
		t.Error("equal cursors tell that nothing was done")
	}
}

// onlyTheirs holds that what the agent took is read by nobody else, for nothing
// else, and not for longer than an hour.
func (k desk) onlyTheirs(show func(by access.Actor, purpose string) error) {
	k.t.Helper()
	for who, by := range map[string]access.Actor{"a colleague": k.second, "another office": k.other} {
		if err := show(by, wire.PurposeProsecution); !refusal.Is(err, "access.not_found") {
			k.t.Errorf("%s: %v", who, err)
		}
	}
	if err := show(k.agent, wire.PurposeDefenceCourt); !refusal.Is(err, "access.not_found") {
		k.t.Errorf("for another purpose: %v", err)
	}
	k.Clock = k.Clock.Add(2 * time.Hour)
	if err := show(k.agent, wire.PurposeProsecution); !refusal.Is(err, "export.over") {
		k.t.Errorf("after two hours: %v", err)
	}
	k.ReplayEqual()
}

// A case is taken out by an act, marked, for an hour; who is protected is in
// it as a number.
func TestACaseIsTakenOutUnderItsMark(t *testing.T) {
	k := open(t)
	id := k.must(k.agent, &casefile.Open{Title: "Anzalduas, hidden in a trailer"}).Object
	guide := k.must(k.agent, &casefile.AddPerson{Case: id, Age: "adult", Particulars: casefile.Particulars{Given: "Rogelio", Paterno: "Quintero"},
		RoleFields: casefile.RoleFields{Role: "suspect", Function: "guide", Source: "observation"}}).Object
	witness := k.must(k.agent, &casefile.AddPerson{Case: id, Age: "adult", Particulars: casefile.Particulars{Given: "Eloína", Paterno: "Palomar"},
		RoleFields: casefile.RoleFields{Role: "witness", Source: "observation"}}).Object
	k.Refused(k.agent, wire.PurposeProsecution, "export.reason", &export.Case{Case: id, Reason: "curiosity"})
	k.Refused(k.other, wire.PurposeProsecution, "access.not_found", &export.Case{Case: id, Reason: "own_file"})
	taken := k.must(k.agent, &export.Case{Case: id, Reason: "court_filing"}).Facts[0]
	show := func(by access.Actor, purpose string) (export.Document, error) {
		return export.Show(context.Background(), k.Acts, by, purpose, taken)
	}
	d, err := show(k.agent, wire.PurposeProsecution)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Named) != 1 || d.Named[0].ID != guide || d.Protected != 1 || d.Mark.Export != taken || d.Mark.Reason != "court_filing" || !strings.Contains(d.Mark.Words, d.Mark.By) {
		t.Errorf("%+v", d)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{witness, "Eloína", "Palomar"} {
		if strings.Contains(string(text), hidden) {
			t.Errorf("the export holds %q of somebody protected", hidden)
		}
	}
	if !strings.Contains(string(text), "Quintero") {
		t.Error("the suspect is not named")
	}
	k.onlyTheirs(func(by access.Actor, purpose string) error {
		_, err := show(by, purpose)
		return err
	})
}

// A list is taken out by an act, marked, for an hour: suspects by name, whoever
// is protected as a number, nothing of an office that is no member.
func TestAListIsTakenOutUnderItsMark(t *testing.T) {
	k := open(t)
	id := k.must(k.agent, &casefile.Open{Title: "Anzalduas, hidden in a trailer"}).Object
	k.must(k.agent, &casefile.AddPerson{Case: id, Age: "adult", Particulars: casefile.Particulars{Given: "=1+1", Paterno: "Quintero"},
		RoleFields: casefile.RoleFields{Role: "suspect", Function: "guide", Source: "observation"}})
	k.must(k.agent, &casefile.AddPerson{Case: id, Age: "adult", Particulars: casefile.Particulars{Given: "Eloína", Paterno: "Palomar"},
		RoleFields: casefile.RoleFields{Role: "witness", Source: "observation"}})
	k.must(k.other, &casefile.Open{Title: "theirs"})
	everything := casefile.Question{From: "2020-01-01"}
	k.Refused(k.agent, wire.PurposeProsecution, "export.reason", &export.Search{Question: everything, Reason: "curiosity"})
	k.Refused(k.agent, wire.PurposeProsecution, "search.nothing", &export.Search{Reason: "own_file"})
	taken := k.must(k.agent, &export.Search{Question: everything, Reason: "own_file"}).Facts[0]
	show := func(by access.Actor, purpose string) (export.List, error) {
		return export.ShowList(context.Background(), k.Acts, by, purpose, taken, true)
	}
	l, err := show(k.agent, wire.PurposeProsecution)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Rows) != 2 || l.Rows[0].Protected != 1 || l.Mark.Export != taken || !strings.Contains(l.Mark.Words, l.Mark.By) {
		t.Errorf("%+v", l)
	}
	for _, f := range l.Files {
		cells := cellsOf(t, f)
		all := strings.Join(cells, "\n")
		if !strings.Contains(all, "Quintero") || !strings.Contains(all, l.Mark.Words) || strings.Contains(all, "Palomar") {
			t.Errorf("%s: %s", f.Name, all)
		}
		for _, c := range cells {
			if strings.ContainsAny(c[:min(1, len(c))], "=+-@") {
				t.Errorf("%s: the cell %q may be taken for a formula", f.Name, c)
			}
		}
	}
	k.onlyTheirs(func(by access.Actor, purpose string) error {
		_, err := show(by, purpose)
		return err
	})
}

// cellsOf are the cells of a file as a spreadsheet reads them; a formula fails.
func cellsOf(t *testing.T, f export.File) (cells []string) {
	t.Helper()
	if strings.HasSuffix(f.Name, ".csv") {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(f.Content, []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return slices.Concat(rows...)
	}
	book, err := excelize.OpenReader(bytes.NewReader(f.Content))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	sheet := book.GetSheetName(0)
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for y, row := range rows {
		for x := range row {
			at, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				t.Fatal(err)
			}
			if formula, err := book.GetCellFormula(sheet, at); err != nil || formula != "" {
				t.Errorf("%s holds a formula: %q, %v", at, formula, err)
			}
		}
	}
	return slices.Concat(rows...)
}

// What no cell may begin with is behind an apostrophe, however it is hidden.
func TestNoCellIsAFormula(t *testing.T) {
	k := open(t)
	hidden := []string{"=HYPERLINK(\"http://x\")", " =1+1", "\t=1", "+1", "-1", "@SUM(A1)", "%0A=1", "|calc", "＝1+1"}
	for _, name := range hidden {
		id := k.must(k.agent, &casefile.Open{Title: "t"}).Object
		k.must(k.agent, &casefile.AddOrganisation{Case: id, OrganisationFields: casefile.OrganisationFields{Kind: "network", Name: "x" + name}})
		k.must(k.agent, &casefile.AddOrganisation{Case: id, OrganisationFields: casefile.OrganisationFields{Kind: "network", Name: name}})
	}
	taken := k.must(k.agent, &export.Search{Question: casefile.Question{Noun: "organisation"}, Reason: "own_file"}).Facts[0]
	l, err := export.ShowList(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, taken, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Rows) != 2*len(hidden) {
		t.Fatalf("%d rows", len(l.Rows))
	}
	for _, f := range l.Files {
		for _, c := range cellsOf(t, f) {
			if begun := strings.TrimSpace(c); begun != "" && strings.ContainsAny(begun[:1], "=+-@%|") || strings.HasPrefix(begun, "＝") {
				t.Errorf("%s: %q", f.Name, c)
			}
		}
	}
}
