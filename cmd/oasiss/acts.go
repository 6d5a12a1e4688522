package main

import (
	"crypto/rand"
	"encoding"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/refusal"
)

// areas makes one group of verbs for each area of the programme ("case",
// "referral"…): its acts, read off the commands themselves, and its reads. A
// call needs only the areas that it names: making all of them takes longer than
// most calls. Of a call that names none (nil, a mistype) it makes all.
func areas(call []string) []kong.Option {
	all := node.Verbs()
	wanted := func(string) bool { return true }
	for verb := range all {
		if area, _, _ := strings.Cut(verb, "."); slices.Contains(call, area) {
			wanted = func(area string) bool { return slices.Contains(call, area) }
			break
		}
	}
	byArea := map[string][]reflect.StructField{}
	for verb, fresh := range all {
		area, name, _ := strings.Cut(verb, ".")
		if !wanted(area) {
			continue
		}
		byArea[area] = append(byArea[area], reflect.StructField{
			Name: exported(name), Type: flagsOf(reflect.TypeOf(fresh()).Elem(), verb),
			Tag: tag("cmd", "", "name", strings.ReplaceAll(name, "_", "-"), "help", "verb."+verb),
		})
	}
	for area, fields := range reads() {
		if wanted(area) {
			byArea[area] = append(byArea[area], fields...)
		}
	}
	names := make([]string, 0, len(byArea))
	for a := range byArea {
		names = append(names, a)
	}
	sort.Strings(names)
	var out []kong.Option
	for _, a := range names {
		fields := byArea[a]
		sort.Slice(fields, func(i, j int) bool { return fields[i].Name < fields[j].Name })
		out = append(out, kong.DynamicCommand(a, "area."+a, "", reflect.New(reflect.StructOf(fields)).Interface()))
	}
	return out
}

// flagsOf makes a struct of flags from a command's fields: text, numbers and
// switches as they are, lists and maps by repeating the flag, anything richer
// as JSON. The area's own object may be given without a flag:
// oasiss referral decline ID --reason ….
func flagsOf(cmd reflect.Type, verb string) reflect.Type {
	text := reflect.TypeFor[string]()
	fields := []reflect.StructField{
		{Name: "FromFile", Type: text, Tag: tag("name", "from", "help", "cli.flag.from", "type", "existingfile", "optional", "", "placeholder", "FILE")},
		{Name: "IdempotencyKey", Type: text, Tag: tag("name", "key", "help", "cli.flag.key", "placeholder", "KEY")},
	}
	if act.NeedsSignature(reflect.New(cmd).Interface().(act.Command)) {
		fields = append(fields, reflect.StructField{Name: "PasswordFile", Type: text, Tag: tag("name", "password-file", "env", "OASISS_PASSWORD_FILE",
			"help", "cli.flag.sign_file", "type", "existingfile", "optional", "", "placeholder", "FILE")})
	}
	area, _, _ := strings.Cut(verb, ".")
	for _, f := range commandFields(cmd) {
		name := jsonName(f)
		t, help := f.Type, act.HelpKey(verb, name)
		switch {
		case name == area || name == "id":
			fields = append(fields, reflect.StructField{Name: "Arg" + exported(name), Type: text, Tag: tag("arg", "", "optional", "", "name", name, "help", help)})
			continue
		case isPlain(t) && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map):
			help += asList
		case isPlain(t):
		case isText(t):
			t = text
		default:
			t, help = text, help+asJSON
		}
		tags := []string{"name", flagName(name), "help", help, "placeholder", strings.ToUpper(name), "sep", "none", "mapsep", "none"}
		fields = append(fields, reflect.StructField{Name: "Flag" + exported(name), Type: t, Tag: tag(tags...)})
	}
	return reflect.StructOf(fields)
}

// everyCall are the flags of every call and of every act; a field of that name
// takes another flag: --lang is the language of answers, --content-lang that
// of what is entered.
var everyCall = []string{"help", "json", "lang", "home", "as", "purpose", "passkey", "from", "key", "password-file"}

// flagName is the flag of a command's field.
func flagName(field string) string {
	name := strings.ReplaceAll(field, "_", "-")
	if slices.Contains(everyCall, name) {
		return "content-" + name
	}
	return name
}

// commandFields lists a command's fields, those of embedded structs included.
func commandFields(t reflect.Type) (out []reflect.StructField) {
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() || jsonName(f) == "" {
			continue
		}
		out = append(out, f)
	}
	return out
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" {
		return ""
	}
	return name
}

func isPlain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return t.PkgPath() == ""
	case reflect.Slice:
		return t.Elem().Kind() == reflect.String && t.Elem().PkgPath() == ""
	case reflect.Map:
		return t == reflect.TypeFor[map[string]string]()
	}
	return false
}

// isText reports whether a value is written as a text (a time, a code).
func isText(t reflect.Type) bool {
	return t.Kind() == reflect.String || reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func tag(kv ...string) reflect.StructTag {
	var b strings.Builder
	for i := 0; i+1 < len(kv); i += 2 {
		fmt.Fprintf(&b, "%s:%q ", kv[i], kv[i+1])
	}
	return reflect.StructTag(b.String())
}

// exported turns a JSON or verb name into a field's name.
func exported(name string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '.' || r == '-' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// selectedAct gives the verb and the JSON of its command, if an act was asked.
func selectedAct(k *kong.Context) (string, func() (map[string]any, *actFlags, error), bool) {
	verb := selectedVerb(k)
	fresh, ok := node.Verbs()[verb]
	if !ok {
		return "", nil, false
	}
	n := k.Selected()
	return verb, func() (map[string]any, *actFlags, error) {
		return commandOf(n.Target, reflect.TypeOf(fresh()).Elem())
	}, true
}

// selectedVerb is "area.name" of what was asked, "" outside the areas.
func selectedVerb(k *kong.Context) string {
	n := k.Selected()
	if n == nil || n.Parent == nil || n.Parent.Parent == nil {
		return ""
	}
	return n.Parent.Name + "." + strings.ReplaceAll(n.Name, "-", "_")
}

// selectedQuery gives the verb of a read, if one was asked.
func selectedQuery(k *kong.Context) (string, bool) {
	verb := selectedVerb(k)
	_, ok := queries[verb]
	return verb, ok
}

// actFlags are the flags that every act has.
type actFlags struct{ from, key, passwordFile string }

func commandOf(flags reflect.Value, cmd reflect.Type) (map[string]any, *actFlags, error) {
	own := &actFlags{from: flags.FieldByName("FromFile").String(), key: flags.FieldByName("IdempotencyKey").String()}
	if f := flags.FieldByName("PasswordFile"); f.IsValid() {
		own.passwordFile = f.String()
	}
	out := map[string]any{}
	if own.from != "" {
		b, err := os.ReadFile(own.from)
		if err != nil {
			return nil, nil, misuse("no_file", "A", "--from", "B", own.from)
		}
		if err := json.Unmarshal(b, &out); err != nil {
			return nil, nil, misuse("not_json", "A", own.from)
		}
	}
	for _, f := range commandFields(cmd) {
		name := jsonName(f)
		v := flags.FieldByName("Flag" + exported(name))
		if !v.IsValid() {
			v = flags.FieldByName("Arg" + exported(name))
		}
		if !v.IsValid() || v.IsZero() {
			continue
		}
		value, err := valueOf(f, v)
		if err != nil {
			return nil, nil, err
		}
		out[name] = value
	}
	return out, own, nil
}

// valueOf is what a flag says for a field of a command. @FILE is what stands
// in the file; a text that begins with @ is written @@.
func valueOf(f reflect.StructField, v reflect.Value) (any, error) {
	if v.Kind() != reflect.String {
		return v.Interface(), nil
	}
	flag, text := "--"+flagName(jsonName(f)), v.String()
	if file, at := strings.CutPrefix(text, "@"); at && !strings.HasPrefix(file, "@") {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, misuse("no_file", "A", flag, "B", file)
		}
		text = strings.TrimRight(string(b), "\r\n")
	} else if at {
		text = file
	}
	if isPlain(f.Type) {
		return text, nil
	}
	return richValue(f.Type, flag, text)
}

// richValue reads a flag's JSON; text types (a time, a code) may stand bare.
func richValue(t reflect.Type, flag, text string) (any, error) {
	var v any
	if json.Unmarshal([]byte(text), &v) == nil {
		return v, nil
	}
	if b, err := json.Marshal(text); err == nil && json.Unmarshal(b, reflect.New(t).Interface()) == nil {
		return text, nil
	}
	if isText(t) {
		return nil, misuse("no_such_value", "A", flag, "B", text)
	}
	return nil, misuse("takes_json", "A", flag)
}

// act takes an act through the client, signing it where it must be signed.
func (e *env) act(verb string, command func() (map[string]any, *actFlags, error)) error {
	cmd, own, err := command()
	if err != nil {
		return err
	}
	c, err := e.client(verb)
	if err != nil {
		return err
	}
	if own.key == "" {
		own.key = rand.Text()
	}
	out, err := c.Act(e.ctx, verb, own.key, cmd)
	if err != nil {
		return err
	}
	if out.Prepared == nil {
		return e.print(out.Recorded)
	}
	if c.Signer, err = e.signer(out.Prepared, own.passwordFile); err != nil {
		return err
	}
	res, err := c.Sign(e.ctx, *out.Prepared)
	if err != nil {
		return err
	}
	return e.print(res)
}

// signer shows the act and its digest and opens the passkey that signs it.
func (e *env) signer(p *client.Prepared, file string) (client.Signer, error) {
	if file == "" && !e.JSON {
		var pretty json.RawMessage
		if b, err := json.MarshalIndent(p.Act, "", "  "); err == nil {
			pretty = b
		}
		fmt.Fprintf(e.errOut, "%s\n%s\nSHA-256 %s\n", i18n.T(i18n.Lang(e.Lang), "cli.to_sign"), pretty, p.Digest)
	}
	key, err := e.passkey(file)
	if err == nil && key == nil {
		err = refusal.New("cli.no_passkey")
	}
	return key, err
}
