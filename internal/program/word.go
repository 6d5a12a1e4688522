package program

import (
	"slices"
	"strings"
	"sync"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
)

// Word is one entry of a closed list of the programme: its id travels, its name
// is read.
type Word struct {
	ID    string `yaml:"id"`
	Title Text   `yaml:"name"`
	Note  Text   `yaml:"note"`
}

// Name is the word in l.
func (w Word) Name(l i18n.Lang) string { return w.Title.In(l) }

// Role is a role in an office, or a party outside the programme that owns a
// clock of law, such as a court.
type Role struct {
	Word    `yaml:",inline"`
	Outside bool `yaml:"outside"`
}

// Purpose is what something is done for. The list is closed (DESIGN §7);
// prohibited purposes are named only so that a refusal can say which it was.
type Purpose struct {
	Word       `yaml:",inline"`
	Prohibited bool `yaml:"prohibited"`
	// Case says that the purpose may touch a case.
	Case bool `yaml:"case"`
}

// Mode is how an event happened: between ports or at a port of entry.
type Mode struct {
	Word   `yaml:",inline"`
	AtPort bool `yaml:"at_port"`
}

// Topic is a topic of screening. What is answered never leaves the protection
// desk; everywhere else a gate is open or shut.
type Topic struct {
	Word `yaml:",inline"`
	// Gate says that the topic can shut the person's gate.
	Gate bool `yaml:"gate"`
	// Deadline is the clock that the answer starts, if any.
	Deadline string `yaml:"clock"`
}

// words is the file of closed lists.
type words struct {
	Roles       []Role    `yaml:"roles"`
	Purposes    []Purpose `yaml:"purposes"`
	Handling    []Word    `yaml:"handling"`
	Controls    []Word    `yaml:"controls"`
	Modes       []Mode    `yaml:"modes"`
	PersonRoles []Word    `yaml:"person_roles"`
	Functions   []Word    `yaml:"functions"`
	Topics      []Topic   `yaml:"screening_topics"`
	Channels    []Word    `yaml:"channels"`
	Outside     []Word    `yaml:"passed_outside"`
	Outcomes    []Word    `yaml:"outcomes"`
	Languages   []Word    `yaml:"languages"`
	Families    []Word    `yaml:"offence_families"`
}

var loadWords = sync.OnceValue(func() *words { w := read[words]("words.yaml"); return &w })

// RoleByID finds a role, or a party outside the programme.
func RoleByID(id string) (Role, bool) {
	return find(loadWords().Roles, func(r Role) string { return r.ID }, id)
}

// Purposes lists the purposes that exist. Nothing adds to this list.
func Purposes() []Purpose {
	return slices.DeleteFunc(slices.Clone(loadWords().Purposes), func(p Purpose) bool { return p.Prohibited })
}

// PurposeByID finds a purpose, or refuses: program.purpose_prohibited names one
// that was excluded for ever, program.purpose_unknown any other.
func PurposeByID(id string) (Purpose, error) {
	p, ok := find(loadWords().Purposes, func(p Purpose) string { return p.ID }, id)
	switch {
	case !ok:
		return Purpose{}, refusal.New("program.purpose_unknown", "Purpose", id)
	case p.Prohibited:
		return Purpose{}, refusal.New("program.purpose_prohibited", "Purpose", p.Title)
	}
	return p, nil
}

// HandlingCodes lists H0 to H3, each stricter than the one before.
func HandlingCodes() []Word { return slices.Clone(loadWords().Handling) }

// HandlingByID finds a handling code.
func HandlingByID(id string) (Word, bool) { return word(loadWords().Handling, id) }

// ChannelByID finds a channel by which an item came.
func ChannelByID(id string) (Word, bool) { return word(loadWords().Channels, id) }

// Modes lists how an event can happen.
func Modes() []Mode { return slices.Clone(loadWords().Modes) }

// ModeByID finds a mode.
func ModeByID(id string) (Mode, bool) {
	return find(loadWords().Modes, func(m Mode) string { return m.ID }, id)
}

// PersonRoles lists what a person can be in a case.
func PersonRoles() []Word { return slices.Clone(loadWords().PersonRoles) }

// PersonRoleByID finds a role in a case.
func PersonRoleByID(id string) (Word, bool) { return word(loadWords().PersonRoles, id) }

// Functions lists what a suspect is said to have done: guide, driver…
func Functions() []Word { return slices.Clone(loadWords().Functions) }

// FunctionByID finds a suspect's function.
func FunctionByID(id string) (Word, bool) { return word(loadWords().Functions, id) }

// PassedOutside lists what is passed outside the system, as a note with no
// person's data: oasiss holds no watchlist.
func PassedOutside() []Word { return slices.Clone(loadWords().Outside) }

// Outcomes lists the kinds of outcome of a charge.
func Outcomes() []Word { return slices.Clone(loadWords().Outcomes) }

// OutcomeByID finds a kind of outcome, as the offence catalogue names them.
func OutcomeByID(id string) (Word, bool) { return word(loadWords().Outcomes, id) }

// FamilyByID finds a family of offences.
func FamilyByID(id string) (Word, bool) { return word(loadWords().Families, id) }

// FamilyOf is the family that decides by which procedure a referral of these
// offences goes: the one that a procedure is made for, if any of them is of it.
func FamilyOf(offences []string) string {
	for _, p := range loadProcedures() {
		for _, id := range offences {
			if o, ok := OffenceByID(id); ok && p.Family != "" && o.Family == p.Family {
				return p.Family
			}
		}
	}
	return ""
}

func word(list []Word, id string) (Word, bool) {
	return find(list, func(w Word) string { return w.ID }, id)
}

func find[T any](list []T, key func(T) string, id string) (T, bool) {
	for _, v := range list {
		if key(v) == id {
			return v, true
		}
	}
	var none T
	return none, false
}

func (w *words) lint(r *report) {
	all := slices.Concat(w.Handling, w.Controls, w.PersonRoles, w.Functions, w.Channels, w.Outside, w.Outcomes, w.Languages, w.Families)
	for _, x := range w.Roles {
		all = append(all, x.Word)
	}
	for _, x := range w.Purposes {
		all = append(all, x.Word)
	}
	for _, x := range w.Modes {
		all = append(all, x.Word)
	}
	for _, x := range w.Topics {
		all = append(all, x.Word)
		if _, ok := ClockByID(x.Deadline); x.Deadline != "" && !ok {
			r.add("screening topic "+x.ID, "no clock %q", x.Deadline)
		}
	}
	for _, x := range all {
		r.text("word "+x.ID, x.Title)
		if x.Note != (Text{}) {
			r.text("word "+x.ID+": note", x.Note)
		}
	}
}

// Languages lists the languages that forms offer: the two of the programme,
// then the others by their names in l.
func Languages(l i18n.Lang) []Word {
	out := slices.Clone(loadWords().Languages)
	own := len(i18n.Languages())
	slices.SortFunc(out[own:], func(a, b Word) int { return strings.Compare(strings.ToLower(a.Name(l)), strings.ToLower(b.Name(l))) })
	return out
}

// LanguageName is what a BCP 47 code is called: by its whole tag or by its
// language alone ("es-MX"); the code itself for one that is not on the list.
func LanguageName(code string, l i18n.Lang) string {
	base, _, _ := strings.Cut(code, "-")
	for _, id := range []string{code, base} {
		if w, ok := find(loadWords().Languages, func(w Word) string { return w.ID }, id); ok {
			return w.Name(l)
		}
	}
	return code
}
