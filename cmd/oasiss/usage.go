package main

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
)

// usage is a call whose words are off.
type usage struct {
	code   string // its texts are cli.usage.CODE
	params map[string]any
}

// Error implements error; what a person reads is made by texts.
func (u *usage) Error() string { return "usage: " + u.code }

// misuse names what is off in a call. kv are pairs of parameter and value.
func misuse(code string, kv ...string) error {
	params := map[string]any{}
	for i := 0; i+1 < len(kv); i += 2 {
		params[kv[i]] = kv[i+1]
	}
	return &usage{code, params}
}

// parserSays maps what the parser says to texts of both languages; the groups
// are the parameters A and B.
var parserSays = []struct {
	code string
	said *regexp.Regexp
}{
	{"unknown_flag_near", regexp.MustCompile(`^unknown flag (\S+), did you mean (?:one of )?(.+)\?$`)},
	{"unknown_flag", regexp.MustCompile(`^unknown flag (\S+)$`)},
	{"unexpected_near", regexp.MustCompile(`^unexpected argument (.+), did you mean (?:one of )?(.+)\?$`)},
	{"unexpected", regexp.MustCompile(`^unexpected argument (.+)$`)},
	{"missing_flags", regexp.MustCompile(`^missing flags: (.+)$`)},
	{"missing_command", regexp.MustCompile(`^expected one of (.+)$`)},
	{"missing_argument", regexp.MustCompile(`^expected "?(<.+>)"?$`)},
	{"missing_argument", regexp.MustCompile(`^expected "(.+)"$`)},
	{"missing_argument", regexp.MustCompile(`^missing positional arguments (.+)$`)},
	{"not_one_of", regexp.MustCompile(`^(\S+) must be one of (.+) but got .*$`)},
	{"no_file", regexp.MustCompile(`^(--[a-z-]+)(?:=\S+)?: stat (.+): no such file or directory$`)},
	{"not_a_number", regexp.MustCompile(`^(--[a-z_-]+)(?:=\S+)?: expected (?:an int|a float|a valid .*) but got (\S+).*$`)},
	{"no_value", regexp.MustCompile(`^(--[a-z-]+)(?:=\S+)?: (?:missing value|expected string value but got).*$`)},
}

// understood turns what the parser said into a usage of both languages.
func understood(err error) *usage {
	var u *usage
	if errors.As(err, &u) {
		return u
	}
	for _, p := range parserSays {
		if m := p.said.FindStringSubmatch(err.Error()); m != nil {
			u := &usage{p.code, map[string]any{}}
			for i, group := range m[1:] {
				u.params[string(rune('A'+i))] = strings.ReplaceAll(group, `"`, "")
			}
			return u
		}
	}
	return &usage{"other", map[string]any{"A": err.Error()}}
}

// texts is an error as a person reads it: a sentence, and what to do next.
func texts(l i18n.Lang, err error) (r *client.Refused, code int) {
	var refused *client.Refused
	var misused *usage
	var unreachable *url.Error
	var stranger x509.UnknownAuthorityError
	say := func(key string, status int, params map[string]any) *client.Refused {
		return &client.Refused{Status: status, Code: key, Params: params, Title: i18n.T(l, key, params), Next: i18n.T(l, key+".next", params)}
	}
	switch {
	case errors.As(err, &refused):
		return refused, exitRefused
	case errors.As(err, &misused):
		return say("cli.usage."+misused.code, 0, misused.params), exitUsage
	case errors.Is(err, errCheckFailed):
		return say("cli.check_failed", 0, nil), exitRefused
	case errors.Is(err, errNotWell):
		return say("cli.not_well", 0, nil), exitRefused
	case errors.As(err, &stranger):
		return say("cli.stranger", 0, nil), exitFault
	case errors.As(err, &unreachable):
		return say("cli.unreachable", 0, map[string]any{"Node": host(unreachable.URL)}), exitFault
	}
	if r, ok := refusal.As(err); ok {
		said := say("refusal."+r.Code, r.Status, r.Params)
		said.Code = r.Code
		return said, exitRefused
	}
	return say("cli.fault", 0, map[string]any{"Said": err.Error()}), exitFault
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// complain writes an error for a person, or as one JSON object.
func complain(out interface{ Write([]byte) (int, error) }, asJSON bool, r *client.Refused) {
	if asJSON {
		json.NewEncoder(out).Encode(r) //nolint:errcheck // nowhere left to tell
		return
	}
	fmt.Fprintln(out, r.Title)
	if r.Next != "" {
		fmt.Fprintln(out, r.Next)
	}
}

// wantsJSON reports whether a call that could not be parsed asked for JSON.
func wantsJSON(args []string) bool { return slices.Contains(args, "--json") }
