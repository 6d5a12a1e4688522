package insight

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/wire"
)

func TestRefusalsAndVerbsHaveWords(t *testing.T) {
	acttest.RefusalsHaveWords(t, 12)
	acttest.VerbsHaveWords(t, Verbs)
	for _, m := range sensitive {
		if !i18n.Has("insight.sensitive." + string(m.id)) {
			t.Errorf("the attribute %s has no name in both languages", m.id)
		}
	}
}

func TestSensitiveNamesAreSeenUnderAnySpelling(t *testing.T) {
	for name, want := range map[string]Attribute{
		"COMPLEXION": "complexion", "skin_tone": "complexion", "Color de Piel": "complexion", "skinColor": "complexion",
		"HAIR_COLOR": "hair", "Cabello": "hair", "EyeColor": "eyes", "ojos": "eyes",
		"DEPORTABLE": "status", "Deportability": "status", "CRIMINAL_ALIEN": "criminal_flag", "Is-Criminal": "criminal_flag", "Antecedentes penales": "criminal_flag",
		"Religión": "religion", "ORIGEN ÉTNICO": "ethnicity", "Lengua indígena": "indigenous_origin", "idioma": "language", "Condición (discapacidad)": "health",
		"EYECOLOR": "eyes", "HAIRCLR": "hair", "COLORPIEL": "complexion", "SkinTone": "complexion", "SKINTONE": "complexion", "RACECODE": "ethnicity",
		"ISDEPORTABLE": "status", "IMM_STATUS": "status", "CRIMINALALIEN": "criminal_flag", "Criminal": "criminal_flag", "CRIMINAL_IND": "criminal_flag",
	} {
		if got, found := Sensitive(name); !found || got != want {
			t.Errorf("%q: got %q, %v, want %q", name, got, found, want)
		}
	}
	for _, name := range []string{"GENDER", "APP_AGE", "CITIZENSHIP", "Cause of Death", "Chairman", "Eyewitness", "Trace", "Number of Males", "", "Criminal case number", "Island", "Postcode",
		"Color", "STATUS", "Person type", "Status date", "Location Description", "Source Quality"} {
		if got, found := Sensitive(name); found {
			t.Errorf("%q is taken for %q", name, got)
		}
	}
}

func figure() Row {
	return Row{Key: "1", On: "2019-05-12", Counts: map[string]int64{"people": 1}}
}

func TestRowsThatAreNoFiguresAreRefused(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	for name, c := range map[string]struct {
		change func(*Row)
		code   string
	}{
		"a figure":                  {func(*Row) {}, ""},
		"a year":                    {func(r *Row) { r.On = "2019" }, ""},
		"a place":                   {func(r *Row) { r.Place = Place{Scheme: "usbp", Code: "RGV", Lat: f(26), Lon: f(-98)} }, ""},
		"no key":                    {func(r *Row) { r.Key = "" }, "insight.key"},
		"a key of a page":           {func(r *Row) { r.Key = strings.Repeat("k", 257) }, "insight.key"},
		"a key that is no text":     {func(r *Row) { r.Key = "\xff" }, "insight.key"},
		"no count":                  {func(r *Row) { r.Counts = nil }, "insight.no_count"},
		"fewer than none":           {func(r *Row) { r.Counts["people"] = -1 }, "insight.count"},
		"more than there are":       {func(r *Row) { r.Counts["people"] = math.MaxInt64 }, "insight.count"},
		"a count without a name":    {func(r *Row) { r.Counts[""] = 1 }, "insight.name"},
		"a count of complexions":    {func(r *Row) { r.Counts["complexion"] = 1 }, "insight.sensitive"},
		"broken down by religion":   {func(r *Row) { r.By = map[string]string{"religion": "x"} }, "insight.sensitive"},
		"broken down into prose":    {func(r *Row) { r.By = map[string]string{"cause": strings.Repeat("x", 65)} }, "insight.value"},
		"the 31st of June":          {func(r *Row) { r.On = "2019-06-31" }, "insight.date"},
		"month 13":                  {func(r *Row) { r.On = "2019-13" }, "insight.date"},
		"a day of American writing": {func(r *Row) { r.On = "5/12/2019" }, "insight.date"},
		"a code without its scheme": {func(r *Row) { r.Place.Code = "05" }, "insight.place"},
		"half a position":           {func(r *Row) { r.Place.Lat = f(1) }, "insight.coordinates"},
		"beyond the pole":           {func(r *Row) { r.Place.Lat, r.Place.Lon = f(91), f(0) }, "insight.coordinates"},
		"nowhere":                   {func(r *Row) { r.Place.Lat, r.Place.Lon = f(math.NaN()), f(0) }, "insight.coordinates"},
	} {
		r := figure()
		c.change(&r)
		err := r.Check()
		if c.code == "" && err != nil || c.code != "" && !refusal.Is(err, c.code) {
			t.Errorf("%s: got %v, want %q", name, err, c.code)
		}
	}
}

func TestImportIsForStatisticsAndWhoeverCounts(t *testing.T) {
	n := acttest.New(t, "us", []func(*journal.Kinds){Facts}, Verbs)
	analyst := n.Person("u1", "usbp-rgv", access.RoleAnalyst)
	cmd := &Import{Source: "test", Rows: []Row{figure()}}
	told := func(r act.Result) (o Outcome) {
		if err := json.Unmarshal(r.Told, &o); err != nil {
			t.Fatal(err)
		}
		return o
	}
	if o := told(n.Must(analyst, wire.PurposeStatistics, cmd)); o != (Outcome{Imported: 1}) {
		t.Errorf("first: %+v", o)
	}
	r := n.Must(analyst, wire.PurposeStatistics, cmd)
	if o := told(r); o != (Outcome{Unchanged: 1}) || len(r.Facts) != 0 {
		t.Errorf("again: %+v, %v", o, r.Facts)
	}
	for code, try := range map[string]func() error{
		"insight.purpose": func() error { _, err := n.Take(analyst, wire.PurposeProsecution, cmd); return err },
		"access.not_found": func() error {
			_, err := n.Take(n.Person("u2", "usbp-rgv", access.RoleFieldAgent), wire.PurposeStatistics, cmd)
			return err
		},
		"insight.key_twice": func() error {
			_, err := n.Take(analyst, wire.PurposeStatistics, &Import{Source: "test", Rows: []Row{figure(), figure()}})
			return err
		},
		"insight.batch": func() error {
			_, err := n.Take(analyst, wire.PurposeStatistics, &Import{Source: "test", Rows: make([]Row, MaxBatch+1)})
			return err
		},
		"insight.source": func() error {
			_, err := n.Take(analyst, wire.PurposeStatistics, &Import{Source: "A source", Rows: []Row{figure()}})
			return err
		},
	} {
		if err := try(); !refusal.Is(err, code) {
			t.Errorf("got %v, want %s", err, code)
		}
	}
	n.ReplayEqual()
}

// FuzzRow: whatever a row says, it is refused, or it can be stored and reads
// back the same.
func FuzzRow(f *testing.F) {
	f.Add([]byte(`{"key":"1","on":"2019-05-12","counts":{"people":1},"by":{"sex":"f"}}`))
	f.Add([]byte(`{"key":"1","on":"2019-02-30","at":"2019-05-12T23:30:00-08:00","counts":{"a":-1},"place":{"lat":1e999}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r, again Row
		if json.Unmarshal(raw, &r) != nil || r.Check() != nil {
			return
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &again); err != nil || again.Digest() != r.Digest() || again.Check() != nil {
			t.Errorf("%s reads back otherwise", b)
		}
	})
}
