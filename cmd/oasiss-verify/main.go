// Command oasiss-verify checks what nodes of the programme gave out, with
// nothing but files: no network, no database, no node. It is small so that an
// expert witness can read all of it. What it checks with is package wire, which
// is specified in docs/wire.md; another implementation of that page must give
// the same answers on wire/testdata.
//
// Exit code 0: everything checked holds. 1: something does not hold. 2: the
// question was not understood (wrong arguments, a file that cannot be read).
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/oasiss/oasiss/wire"
)

// Exit codes.
const (
	exitHolds = 0
	exitFails = 1
	exitUsage = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// verbs are what can be checked, each by one function in check.go.
var verbs = map[string]func(*job) error{
	"message":    checkMessage,
	"proof":      checkProof,
	"receipt":    checkReceipt,
	"checkpoint": checkCheckpoint,
	"inclusion":  checkInclusion,
	"histories":  checkHistories,
	"archive":    checkArchive,
	"bundle":     checkBundle,
	"descriptor": checkDescriptor,
}

// order is the order in which help shows the verbs.
var order = []string{"message", "proof", "receipt", "checkpoint", "inclusion", "histories", "archive", "bundle", "descriptor"}

// job is one check: its files and where it writes.
type job struct {
	say     voice
	file    string   // the file to check
	keys    []string // descriptors of the node that made it: it may have changed its keys
	witness []string // descriptors of nodes that cosigned
	frame   string   // message: proof of its place in a frame
	against string   // receipt: message it answers; checkpoint: earlier checkpoint
	path    string   // checkpoint: consistency proof
}

// run checks what args ask and gives the exit code.
func run(args []string, out, errOut io.Writer) int {
	lang, args := language(args)
	say := voice{lang: lang, out: out}
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(say)
		if len(args) == 0 {
			return exitUsage
		}
		return exitHolds
	}
	check, known := verbs[args[0]]
	if !known {
		voice{lang: lang, out: errOut}.line("unknown_verb")
		usage(voice{lang: lang, out: errOut})
		return exitUsage
	}
	j, err := parse(args[0], args[1:], say)
	if errors.Is(err, flag.ErrHelp) {
		usage(say)
		return exitHolds
	}
	if err != nil {
		voice{lang: lang, out: errOut}.line("usage_wrong")
		usage(voice{lang: lang, out: errOut})
		return exitUsage
	}
	return conclude(check(j), say, voice{lang: lang, out: errOut})
}

// conclude turns the result of a check into a sentence and an exit code.
func conclude(err error, say, sayErr voice) int {
	var unreadable *os.PathError
	switch {
	case err == nil:
		say.line("holds")
		return exitHolds
	case errors.Is(err, errUsage):
		sayErr.line("usage_wrong")
		return exitUsage
	case errors.As(err, &unreadable):
		sayErr.line("unreadable", unreadable.Path)
		return exitUsage
	}
	code, what := wire.CodeOf(err), err.Error()
	if e, ok := errors.AsType[*wire.Error](err); ok {
		what = e.What
	}
	say.line("fails", say.code(code), what)
	return exitFails
}

// errUsage says that a file that the check needs was not named.
var errUsage = errors.New("file not named")

// list collects a flag that may be given more than once.
type list []string

func (l *list) String() string     { return fmt.Sprint([]string(*l)) }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// parse reads the flags of a verb and its one file, in any order.
func parse(verb string, args []string, say voice) (*job, error) {
	j := &job{say: say}
	var keys, witness list
	f := flag.NewFlagSet(verb, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Var(&keys, "keys", "")
	f.Var(&witness, "witness", "")
	f.StringVar(&j.frame, "frame", "", "")
	f.StringVar(&j.against, "against", "", "")
	f.StringVar(&j.path, "path", "", "")
	var files []string
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		if args = f.Args(); len(args) > 0 {
			files, args = append(files, args[0]), args[1:]
		}
	}
	if len(files) != 1 {
		return nil, errUsage
	}
	j.file, j.keys, j.witness = files[0], keys, witness
	return j, nil
}

// language takes -lang out of the arguments; English if it is not given.
func language(args []string) (string, []string) {
	lang, rest := "en", make([]string, 0, len(args))
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case (a == "-lang" || a == "--lang") && i+1 < len(args):
			i++
			lang = args[i]
		case a == "-lang=es" || a == "--lang=es":
			lang = "es"
		case a == "-lang=en" || a == "--lang=en":
			lang = "en"
		default:
			rest = append(rest, a)
		}
	}
	if lang != "es" {
		lang = "en"
	}
	return lang, rest
}

// usage prints how to ask.
func usage(say voice) {
	say.line("usage")
	for _, v := range order {
		say.line("usage_" + v)
	}
	say.line("usage_end")
}
