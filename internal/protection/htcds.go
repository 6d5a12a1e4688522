package protection

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
)

// InHTCDS are the categories of a consent that the standard has names for.
// Whose statement it is and what a physician wrote are never in such a file.
var InHTCDS = []string{CategoryIdentity, CategoryContact}

// genders are the standard's names of what the record has.
var genders = map[string]string{"f": "Feminine", "m": "Masculine", "x": "NonConforming"}

// civil are the identifiers of a person's own papers. Numbers that enforcement
// gave somebody are of no use to a service and never go there.
var civil = []string{"curp", "passport", "consular", "ine", "other"}

// e164 is a telephone number as the standard asks for it. Its plus may stand or
// not, and is not written: a spreadsheet would take the cell for a formula.
var e164 = regexp.MustCompile(`^[1-9]\d{1,14}$`)

// victimFile is a table of one victim under the names of HTCDS 2.0, in text with
// commas, as examples/import/htcds.yaml reads it. What was done to the person,
// and what nobody consented to, is not in it. leftOut counts the values of the
// record that the file does not have.
func victimFile(who casefile.Identity, categories []string, by access.Actor, now time.Time, mark string) (file string, leftOut int, err error) {
	t := &victimTable{}
	t.identity(who, slices.Contains(categories, CategoryIdentity))
	t.contact(who, slices.Contains(categories, CategoryContact))
	for _, kept := range []int{len(who.Aliases), len(who.Languages), len(who.Whereabouts), one(who.BirthPlace), one(who.Note)} { // the standard has no names for them
		t.leftOut += kept
	}
	for _, c := range [][2]string{
		{"vic_AgreementToManagePersonalData", "true"},
		{"vic_TraffickingStatus", "PossibleVictimOfTrafficking"}, // whether it is so a court finds
		{"cas_ReferringOrganisation", by.Office},
		{"cas_IncomingReferralDate", now.UTC().Format(time.DateOnly)},
		{"cas_ReferringPrimaryCaseWorker", by.Name},
		{"oasiss_mark", mark},
	} {
		t.add(c[0], c[1])
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	err = w.WriteAll([][]string{t.names, t.values})
	return b.String(), t.leftOut, err
}

// victimTable is the one row of the file, with the names of its columns.
type victimTable struct {
	names, values []string
	leftOut       int
}

func (t *victimTable) add(name, value string) {
	t.names, t.values = append(t.names, name), append(t.values, document.Inert(value))
}

// consented adds a value, or leaves it out and counts it.
func (t *victimTable) consented(name, value string, yes bool) {
	if !yes {
		t.leftOut += one(value)
		value = ""
	}
	t.add(name, value)
}

// identity writes who the person is. The standard has one surname, one
// citizenship and one number of identity: both surnames stand in the one, and
// further citizenships and numbers, and those of enforcement, are left out.
func (t *victimTable) identity(who casefile.Identity, yes bool) {
	given, surnames := who.Given, strings.Join(strings.Fields(who.Particle+" "+who.Paterno+" "+who.Materno), " ")
	if given+surnames == "" {
		given = who.AsRecorded
	} else if who.AsRecorded != "" && who.AsRecorded != who.Name() {
		t.leftOut++
	}
	t.consented("prs_FirstName", given, yes)
	t.consented("prs_MiddleName", "", yes)
	t.consented("prs_SecondName", surnames, yes)
	t.consented("prs_Birthdate", who.Birth, yes)
	t.consented("prs_Gender", genders[who.Sex], yes)
	var country, number string
	if n := len(who.Nationalities); n > 0 {
		country, t.leftOut = who.Nationalities[0], t.leftOut+n-1
	}
	for _, id := range who.Identifiers {
		if number == "" && slices.Contains(civil, id.Scheme) {
			number = id.Value
		} else {
			t.leftOut++
		}
	}
	t.consented("prs_Citizenship", country, yes)
	t.consented("prs_IdentityNumber", number, yes)
}

// contact writes how to reach the person: one telephone and one address of
// electronic mail; anything else has no name in the standard.
func (t *victimTable) contact(who casefile.Identity, yes bool) {
	var phone, mail string
	for _, c := range who.Contact {
		number := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "+", "").Replace(c)
		switch {
		case phone == "" && e164.MatchString(number):
			phone = number
		case mail == "" && strings.Contains(c, "@") && !strings.ContainsAny(c, " \t"):
			mail = c
		default:
			t.leftOut++
		}
	}
	t.consented("prs_MobilePhone", phone, yes)
	t.consented("prs_Email", mail, yes)
}

func one(value string) int {
	if value == "" {
		return 0
	}
	return 1
}
