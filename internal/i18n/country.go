package i18n

import (
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country is a country, or a territory with nationals or residents of its own.
type Country struct{ Code, Name string }

// nobodys are regions that have a code of two letters and no nationals.
var nobodys = []string{"AC", "AQ", "BV", "CP", "CQ", "DG", "EA", "EZ", "FQ", "GS", "HM", "IC", "IO", "TA", "TF", "UM", "UN"}

// renamed are countries that have changed their names since the library's list.
var renamed = map[Lang]map[string]string{
	English: {"MK": "North Macedonia", "SZ": "Eswatini", "TR": "Türkiye"},
	Spanish: {"MK": "Macedonia del Norte", "SZ": "Esuatini", "CI": "Costa de Marfil"},
}

var countries = map[Lang]func() []Country{
	English: sync.OnceValue(func() []Country { return listCountries(English) }),
	Spanish: sync.OnceValue(func() []Country { return listCountries(Spanish) }),
}

// Countries lists the countries of the world as a form offers them: the two of
// the border, then all others by their names in l.
func Countries(l Lang) []Country { return countries[l.known()]() }

// CountryName is what the country of an ISO 3166-1 code of two letters is
// called; the code itself where there is none.
func CountryName(l Lang, code string) string {
	l = l.known()
	if name, ok := renamed[l][code]; ok {
		return name
	}
	r, err := language.ParseRegion(code)
	if err != nil || !r.IsCountry() {
		return code
	}
	if name := display.Regions(tags[l]).Name(r); name != "" {
		return name
	}
	return code
}

func listCountries(l Lang) []Country {
	var out []Country
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if name := CountryName(l, code); name != code && !slices.Contains(nobodys, code) {
				out = append(out, Country{code, name})
			}
		}
	}
	order := collate.New(tags[l])
	slices.SortFunc(out, func(x, y Country) int {
		if m, n := bordering(x), bordering(y); m != n {
			return n - m
		}
		return order.CompareString(x.Name, y.Name)
	})
	return out
}

// bordering ranks the two countries of the border above the others.
func bordering(c Country) int { return slices.Index([]string{"US", "MX"}, c.Code) }
