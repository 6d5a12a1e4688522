package i18n

import "testing"

// Every country stands once in the list of either language, by a name, the two
// of the border first.
func TestCountriesByName(t *testing.T) {
	for l, want := range map[Lang]map[string]string{
		English: {"MX": "Mexico", "GT": "Guatemala", "HN": "Honduras", "SZ": "Eswatini", "DE": "Germany"},
		Spanish: {"MX": "México", "US": "Estados Unidos", "HT": "Haití", "MK": "Macedonia del Norte", "DE": "Alemania"},
	} {
		all := Countries(l)
		if len(all) < 200 || all[0].Code != "MX" || all[1].Code != "US" {
			t.Fatalf("%s: %d countries, beginning %v", l, len(all), all[:2])
		}
		seen := map[string]string{}
		for _, c := range all {
			if seen[c.Code] != "" || c.Name == "" || c.Name == c.Code {
				t.Errorf("%s: %+v", l, c)
			}
			seen[c.Code] = c.Name
		}
		for code, name := range want {
			if seen[code] != name || CountryName(l, code) != name {
				t.Errorf("%s: %s is %q", l, code, seen[code])
			}
		}
		for _, code := range []string{"AQ", "UN", "YU"} {
			if seen[code] != "" {
				t.Errorf("%s: nobody is a national of %s", l, seen[code])
			}
		}
		if CountryName(l, "??") != "??" {
			t.Errorf("%s: an unknown code is not left as it is", l)
		}
	}
}
