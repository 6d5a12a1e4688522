package main

import (
	"strings"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
)

// spoken says where the words stand for codes that answers hold, by the name
// under which a code stands ("status"), or by that and what it stands in: an
// object ("source.kind"), or the verbs of an area ("peer.status"). They are the texts of the pages: a code has one name in the
// whole programme. --json keeps the codes.
var spoken = map[string][]string{
	"status":             {"accord.status.", "casefile.status.", "casefile.charge_status."},
	"peer.status":        {"accord.status.", "directory.state."},
	"state":              {"directory.state.", "program.clock.state.", "packet.line."},
	"delivery.state":     {"delivery."},
	"role":               {"role."},
	"roles":              {"role."},
	"purpose":            {"purpose."},
	"purposes":           {"purpose."},
	"verb":               {"verb.", "looked."},
	"change":             {"verb."},
	"kind":               {"kind."},
	"source.kind":        {"casefile.source."},
	"refused":            {"receipt.code.", "refusal."},
	"code":               {"receipt.code."},
	"alarms.code":        {"alarm."},
	"problem":            {"link.problem."},
	"what":               {"links.what."},
	"noun":               {"noun."},
	"objects.type":       {"thing."},
	"withheld.type":      {"thing."},
	"class":              {"casefile.class."},
	"age":                {"casefile.age."},
	"hazards":            {"casefile.hazard."},
	"jurisdiction":       {"casefile.jurisdiction."},
	"rights":             {"casefile.rights."},
	"interpreter_ground": {"casefile.interpreter_ground."},
	"ground":             {"casefile.hold_ground.", "casefile.forget_ground.", "casefile.age_ground."},
	"topic":              {"gate."},
	"categories":         {"protection.category."},
	"agreed_by":          {"protection.guardian."},
	"through":            {"protection.through."},
	"accused":            {"protection.accused."},
	"cause":              {"protection.cause."},
	"basis":              {"basis."},
	"sections.name":      {"section."},
}

// named are the lists of the programme's own data that name codes.
var named = map[string]func(code string, l i18n.Lang) string{
	"role":      from(program.PersonRoleByID),
	"function":  from(program.FunctionByID),
	"outcome":   from(program.OutcomeByID),
	"mode":      from(mode),
	"modes":     from(mode),
	"lang":      program.LanguageName,
	"language":  program.LanguageName,
	"languages": program.LanguageName,
}

// from names a code by a list; one that is not on it stands as it is.
func from(list func(id string) (program.Word, bool)) func(string, i18n.Lang) string {
	return func(code string, l i18n.Lang) string {
		if w, ok := list(code); ok {
			return w.Name(l)
		}
		return code
	}
}

func mode(id string) (program.Word, bool) {
	for _, m := range program.Modes() {
		if m.ID == id {
			return m.Word, true
		}
	}
	return program.Word{}, false
}

// inWords turns what an answer holds into what a person reads in one language:
// of every text in two languages the reader's, and words for codes. in is the
// name of what the value stands in, the verbs' area at the top; name is the
// value's own.
func inWords(l i18n.Lang, in, name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if text, ok := v[string(l)].(string); ok && len(v) == 2 && v["en"] != nil && v["es"] != nil {
			return text
		}
		if said, ok := v["state_name"]; ok { // the procedure's own name for its state
			v["state"] = said
			delete(v, "state_name")
		}
		if name != "" {
			in = name
		}
		for k, x := range v {
			v[k] = inWords(l, in, k, x)
		}
	case []any:
		for i, x := range v {
			v[i] = inWords(l, in, name, x)
		}
	case string:
		return inWord(l, in, name, v)
	}
	return v
}

// inWord is what a code is called; whatever is no code of its name stands as it is.
func inWord(l i18n.Lang, in, name, code string) string {
	texts, ok := spoken[in+"."+name]
	if !ok {
		texts = spoken[name]
	}
	for _, prefix := range texts {
		key := prefix + strings.TrimPrefix(code, "view.")
		if code == "" || !i18n.Has(key) {
			continue
		}
		if said := i18n.T(l, key); !strings.Contains(said, "<no value>") { // a refusal may name what the answer does not hold
			return said
		}
	}
	if name := named[name]; name != nil && code != "" {
		return name(code, l)
	}
	return code
}
