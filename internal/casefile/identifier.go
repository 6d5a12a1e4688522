package casefile

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/oasiss/oasiss/internal/refusal"
)

// Identifier is a number that an authority gave a person.
type Identifier struct {
	Scheme string `json:"scheme"`           // curp, a_number, fin, fbi, passport, consular, ine, other
	Issuer string `json:"issuer,omitempty"` // ISO 3166-1 alpha-2; a passport needs it
	Value  string `json:"value"`
}

// Schemes lists the kinds of identifier; names are the texts
// "casefile.scheme.SCHEME".
func Schemes() []string {
	return []string{"curp", "a_number", "fin", "fbi", "passport", "consular", "ine", "event_subject", "other"}
}

// forms are the shapes of identifiers that have no check digit. They are
// checked as shapes only: a number that fits may still be wrong.
var forms = map[string]*regexp.Regexp{
	"a_number":      regexp.MustCompile(`^A\d{9}$`),
	"fin":           regexp.MustCompile(`^[A-Z0-9-]{4,20}$`),
	"fbi":           regexp.MustCompile(`^[A-Z0-9]{4,10}$`),
	"passport":      regexp.MustCompile(`^[A-Z0-9]{5,12}$`),
	"consular":      regexp.MustCompile(`^[A-Z0-9-]{5,20}$`),
	"ine":           regexp.MustCompile(`^[A-Z]{6}\d{8}[HM]\d{3}$`), // clave de elector
	"event_subject": regexp.MustCompile(`^[A-Z0-9-]{3,30}$`),
	"other":         regexp.MustCompile(`^.{2,60}$`),
}

// ParseIdentifier reads "scheme=value" or "scheme/ISSUER=value".
func ParseIdentifier(s string) (Identifier, error) {
	left, value, ok := strings.Cut(s, "=")
	if !ok {
		return Identifier{}, refusal.New("casefile.identifier_form")
	}
	scheme, issuer, _ := strings.Cut(left, "/")
	id := Identifier{Scheme: strings.ToLower(strings.TrimSpace(scheme)), Issuer: issuer, Value: value}
	return id, id.clean()
}

// clean brings an identifier to its one form and checks it. A refusal names
// the scheme and never the value.
func (id *Identifier) clean() error {
	id.Value = strings.ToUpper(strings.TrimSpace(id.Value))
	id.Issuer = strings.ToUpper(strings.TrimSpace(id.Issuer))
	if id.Issuer != "" && !countryForm.MatchString(id.Issuer) {
		return refusal.New("casefile.identifier_issuer", "Scheme", id.Scheme)
	}
	switch id.Scheme {
	case "curp":
		return checkCURP(id.Value)
	case "a_number":
		id.Value = aNumber(id.Value)
	case "passport", "fbi", "ine":
		id.Value = strings.NewReplacer(" ", "", "-", "").Replace(id.Value)
	}
	form, known := forms[id.Scheme]
	switch {
	case !known:
		return refusal.New("casefile.not_on_list", "Field", "scheme")
	case !form.MatchString(id.Value):
		return refusal.New("casefile.identifier_shape", "Scheme", id.Scheme)
	case id.Scheme == "passport" && id.Issuer == "":
		return refusal.New("casefile.passport_issuer")
	}
	return nil
}

// aNumber writes an A-number as A and nine digits: it has 7 to 9 of them.
func aNumber(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.TrimPrefix(s, "A"))
	if n := len(digits); n < 7 || n > 9 || strings.Trim(s, "A0123456789- ") != "" {
		return s
	}
	return "A" + strings.Repeat("0", 9-len(digits)) + digits
}

// curpForm is the shape of a CURP: names, birth, sex, state (NE for born
// abroad), consonants, homoclave, check digit.
var curpForm = regexp.MustCompile(`^[A-Z][AEIOUX][A-ZÑ][A-Z]\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[HMX](AS|BC|BS|CC|CL|CM|CS|CH|DF|CX|DG|GT|GR|HG|JC|MC|MN|MS|NT|NL|OC|PL|QT|QR|SP|SL|SR|TC|TS|TL|VZ|YN|ZS|NE)[B-DF-HJ-NÑP-TV-Z]{3}[0-9A-Z]\d$`)

// curpAlphabet gives each character its value; it holds Ñ, so places are
// counted in characters and not in bytes.
var curpAlphabet = []rune("0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ")

// checkCURP holds a CURP against its shape and its check digit (RENAPO).
func checkCURP(s string) error {
	if !curpForm.MatchString(s) {
		return refusal.New("casefile.curp_shape")
	}
	if c := []rune(s); curpDigit(c[:17]) != c[17] {
		return refusal.New("casefile.curp_digit")
	}
	return nil
}

// curpDigit is the check digit of a CURP's first 17 characters:
// (10 - Σ value(i)·(18-i) mod 10) mod 10, i from 0.
func curpDigit(first17 []rune) rune {
	values := map[rune]int{}
	for v, r := range curpAlphabet {
		values[r] = v
	}
	sum := 0
	for i, r := range first17 {
		sum += values[r] * (18 - i)
	}
	return rune('0' + (10-sum%10)%10)
}

// parsePhone brings a telephone number to E.164, read as dialled in country
// (ISO 3166-1) unless it has a country code.
func parsePhone(number, country string) (e164, region string, err error) {
	n, err := phonenumbers.Parse(number, strings.ToUpper(country))
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return "", "", refusal.New("casefile.phone")
	}
	return phonenumbers.Format(n, phonenumbers.E164), phonenumbers.GetRegionCodeForNumber(n), nil
}
