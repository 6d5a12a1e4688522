// Command oasiss runs a node of the programme and speaks to one.
//
// Every verb works against a running node through the public client with the
// person's own rights. Offline are only init, serve, demo, and journal verify
// and replay on a stopped or copied store.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/oasiss/oasiss/internal/i18n"
)

// Exit codes.
const (
	exitOK      = 0
	exitRefused = 1 // the programme or a check said no
	exitUsage   = 2 // the call's words are off
	exitFault   = 3 // the node cannot be reached, or something broke
)

// root is the command line; areas of acts are added from the house's verbs.
// Help texts are keys of texts in both languages.
type root struct {
	JSON    bool   `name:"json" help:"cli.flag.json"`
	Lang    string `name:"lang" enum:"en,es" default:"${lang}" env:"OASISS_LANG" help:"cli.flag.lang"`
	Home    string `name:"home" env:"OASISS_HOME" default:"${home}" help:"cli.flag.home" placeholder:"DIR"`
	As      string `name:"as" env:"OASISS_AS" default:"default" help:"cli.flag.as"`
	Passkey string `name:"passkey" env:"OASISS_PASSKEY" help:"cli.flag.passkey" placeholder:"FILE"`
	Purpose string `name:"purpose" env:"OASISS_PURPOSE" help:"cli.flag.purpose" enum:",prosecution,protection,life_at_risk,defence_court,oversight,statistics,administration" default:"" placeholder:"PURPOSE"`

	Init      initCmd      `cmd:"" help:"cli.verb.init"`
	Serve     serveCmd     `cmd:"" help:"cli.verb.serve"`
	Doctor    doctorCmd    `cmd:"" help:"cli.verb.doctor"`
	Demo      demoCmd      `cmd:"" help:"cli.verb.demo"`
	Found     foundCmd     `cmd:"" help:"cli.verb.found"`
	Redeem    redeemCmd    `cmd:"" help:"cli.verb.redeem"`
	Login     loginCmd     `cmd:"" help:"cli.verb.login"`
	Logout    logoutCmd    `cmd:"" help:"cli.verb.logout"`
	Password  passwordCmd  `cmd:"" help:"cli.verb.password"`
	Keys      passkeyCmd   `cmd:"" name:"passkey" help:"cli.verb.passkey"`
	Whoami    whoamiCmd    `cmd:"" help:"cli.verb.whoami"`
	Version   versionCmd   `cmd:"" help:"cli.verb.version"`
	Reference referenceCmd `cmd:"" help:"cli.verb.reference"`
	OpenAPI   openapiCmd   `cmd:"" name:"openapi" help:"cli.verb.openapi"`
	Key       keyCmd       `cmd:"" help:"cli.verb.key"`
	Restore   restoreCmd   `cmd:"" help:"cli.verb.restore"`
	Backup    backupCmd    `cmd:"" help:"cli.verb.backup"`
	DemoNode  demoNodeCmd  `cmd:"" name:"demo-node" hidden:"" help:"cli.verb.demo"`
}

// env is what a verb runs with.
type env struct {
	*root
	ctx    context.Context
	out    io.Writer
	errOut io.Writer
	in     io.Reader
	lines  *bufio.Reader // over in, once a line of it was read
	area   string        // of the programme that the verb is of ("case"); empty outside them
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// exit carries kong's wish to end (after --help) out of the parser.
type exit int

// run is main without the process, for tests.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(exit)
			if !ok {
				panic(p)
			}
			code = int(e)
		}
	}()
	l := language(args, os.Getenv)
	cli, parser, err := commandLineFor(args, l, out, errOut)
	if err != nil {
		said, code := texts(l, err)
		complain(errOut, wantsJSON(args), said)
		return code
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		said, code := texts(l, understood(err))
		complain(errOut, wantsJSON(args), said)
		return code
	}
	e := &env{root: cli, ctx: ctx, out: out, errOut: errOut, in: in}
	e.area, _, _ = strings.Cut(selectedVerb(kctx), ".")
	if verb, cmd, ok := selectedAct(kctx); ok {
		return e.ended(e.act(verb, cmd))
	}
	if verb, ok := selectedQuery(kctx); ok {
		return e.ended(e.query(verb, kctx.Selected().Target))
	}
	return e.ended(kctx.Run(e))
}

// commandLineFor is the command line with the settings of the file that the call
// names.
func commandLineFor(args []string, l i18n.Lang, out, errOut io.Writer) (*root, *kong.Kong, error) {
	file, err := settings(args, os.Getenv)
	if err != nil || file == nil {
		cli, parser, cerr := commandLine(l, args, out, errOut)
		return cli, parser, errors.Join(err, cerr)
	}
	cli, parser, err := commandLine(l, nil, out, errOut, kong.Resolvers(file))
	if err != nil {
		return nil, nil, err
	}
	return cli, parser, file.settle(parser.Model)
}

// commandLine is the command line in one language: as much of it as a call
// needs, or the whole for nil.
func commandLine(l i18n.Lang, call []string, out, errOut io.Writer, options ...kong.Option) (*root, *kong.Kong, error) {
	cli := &root{}
	options = append(options,
		kong.Name("oasiss"), kong.Description("cli.verb.oasiss"), kong.Help(helper(l)),
		kong.Writers(out, errOut), kong.Exit(func(c int) { panic(exit(c)) }),
		kong.Vars{"lang": string(l), "home": defaultHome()})
	parser, err := kong.New(cli, append(options, areas(call)...)...)
	if err != nil {
		return nil, nil, fmt.Errorf("command line: %w", err)
	}
	speak(parser.Model.Node, l)
	return cli, parser, nil
}

// ended prints an error in the person's language and gives the exit code.
func (e *env) ended(err error) int {
	if err == nil {
		return exitOK
	}
	said, code := texts(i18n.Lang(e.Lang), err)
	complain(e.errOut, e.JSON, said)
	return code
}

// errCheckFailed marks a check that found something wrong.
var errCheckFailed = errors.New("the check failed")
