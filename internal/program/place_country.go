package program

import "strings"

// schemeCountry is the country whose places a scheme of codes names.
var schemeCountry = map[string]string{"inegi": "MX", "fips": "US", "usbp": "US", "ofo": "US", "port": "US"}

// CountryOfPlace is the country of a coded place ("inegi:28", "usbp:RGV",
// "iso3166:MX-TAM"); "" where the code does not say.
func CountryOfPlace(code string) string {
	scheme, value, ok := strings.Cut(code, ":")
	if !ok {
		return ""
	}
	if scheme == "iso3166" && len(value) >= 2 {
		return value[:2]
	}
	return schemeCountry[scheme]
}
