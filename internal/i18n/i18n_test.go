package i18n

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestUnknownKeyComesBackAsItself(t *testing.T) {
	if got := T(English, "no.such_key"); got != "no.such_key" {
		t.Errorf("got %q", got)
	}
	if Has("no.such_key") {
		t.Error("Has found a key that is nowhere")
	}
	if !Has("format.and") {
		t.Error("Has misses a key that is there")
	}
}

func TestPluralFollowsCount(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		n    any
		want string
	}{
		{English, 1, "1 day"}, {English, 3, "3 days"}, {English, 0, "0 days"}, {English, uint(2), "2 days"},
		{Spanish, 1, "1 día"}, {Spanish, int64(3), "3 días"}, {Spanish, 1000000, "1000000 días"},
		{"fr", 2, "2 days"}, // an unknown language reads English
	} {
		if got := T(c.lang, "format.days", map[string]any{"Count": c.n}); got != c.want {
			t.Errorf("%s %v: got %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

// A text that says a number has words for every number: one that has a single
// form says it for one as for many.
func TestEveryCountHasWords(t *testing.T) {
	said := 0
	for _, l := range Languages() {
		for key, forms := range of(l).texts {
			if !strings.Contains(forms[""]+forms["other"], "{{.Count}}") {
				continue
			}
			for _, n := range []int{0, 1, 2, 11, 1_000_000} {
				if text := T(l, key, map[string]any{"Count": n}); text == key {
					t.Errorf("%s in %s says nothing of %d", key, l, n)
				}
			}
			said++
		}
	}
	if said < 100 {
		t.Errorf("only %d texts say a number", said)
	}
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]Lang{
		"": English, "es-MX,es;q=0.9,en;q=0.8": Spanish, "en-US,en;q=0.9,es;q=0.1": English,
		"es": Spanish, "fr-FR": English, "fr;q=0.9, es-419;q=0.5": Spanish, ";;;": English,
	} {
		if got := Match(header); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}

func TestOpenRefusesBrokenFiles(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"same key twice in a file": {"locales/a.en.yaml": file("k: a\nk: b\n")},
		"same key in two files":    {"locales/a.en.yaml": file("k: a\n"), "locales/b.en.yaml": file("k: b\n")},
		"nested keys":              {"locales/a.en.yaml": file("k:\n  deeper: a\n")},
		"plural without other":     {"locales/a.en.yaml": file("k: {one: a}\n")},
		"a list":                   {"locales/a.en.yaml": file("k: [a]\n")},
	} {
		if _, err := open(files, English); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestDatesAndZones(t *testing.T) {
	at := time.Date(2026, 6, 9, 18, 40, 0, 0, time.UTC)
	mcAllen, victoria := Zone("America/Chicago"), Zone("America/Monterrey")
	for _, c := range []struct{ got, want string }{
		{Date(English, at, mcAllen), "9 June 2026"},
		{Date(Spanish, at, mcAllen), "9 jun 2026"},
		{DateLong(English, at, mcAllen), "Tuesday 9 June 2026"},
		{DateLong(Spanish, at, mcAllen), "martes 9 de junio de 2026"},
		{Time(at, mcAllen), "13:40 CDT"},
		{Time(at, victoria), "12:40 CST"},
		{Time(at, Zone("America/Hermosillo")), "11:40 MST"},
		{Time(at, Zone("America/Tijuana")), "11:40 PDT"},
		{Time(at, Zone("America/Sao_Paulo")), "15:40 UTC-03"},
		{Time(at, Zone("no/such")), "18:40 UTC"},
		{DateTime(Spanish, at, victoria), "9 jun 2026, 12:40 CST"},
		{Moment(English, at, at.Add(time.Hour), mcAllen), "13:40 CDT"},
		{Moment(English, at, at.Add(-24*time.Hour), mcAllen), "Tue 13:40 CDT"},
		{Moment(Spanish, at, at.Add(-24*time.Hour), mcAllen), "mar 13:40 CDT"},
		{Moment(English, at, at.AddDate(0, 0, -20), mcAllen), "9 Jun, 13:40 CDT"},
		{Moment(English, at, at.AddDate(1, 0, 0), mcAllen), "9 June 2026, 13:40 CDT"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestSpans(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Span(English, 10*time.Second), "1 min"},
		{Span(English, 25*time.Minute), "25 min"},
		{Span(English, 70*time.Minute), "1 h 10 min"},
		{Span(English, 2*time.Hour), "2 h"},
		{Span(English, 33*time.Hour+40*time.Minute), "33 h 40 min"},
		{Span(English, 72*time.Hour), "3 days"},
		{Span(English, 76*time.Hour), "3 days 4 h"},
		{Span(Spanish, 76*time.Hour), "3 días 4 h"},
		{Span(Spanish, 300*time.Hour), "12 días"},
		{Late(English, 25*time.Minute), "25 min late"},
		{Late(Spanish, -25*time.Minute), "25 min de retraso"},
		{BusinessDays(English, 1), "1 business day"},
		{BusinessDays(Spanish, 2), "2 días hábiles"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestListsAndNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{List(English, nil), ""},
		{List(English, []string{"a"}), "a"},
		{List(English, []string{"a", "b", "c"}), "a, b and c"},
		{List(Spanish, []string{"Ceiba", "Palma"}), "Ceiba y Palma"},
		{List(Spanish, []string{"médico", "intérprete"}), "médico e intérprete"},
		{List(Spanish, []string{"agua", "hielo"}), "agua y hielo"},
		{Number(English, 12540), "12,540"},
		{Number(Spanish, 12540), "12,540"},
		{Decimal(Spanish, 3.25, 1), "3.2"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
