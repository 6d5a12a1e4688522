// Command oasiss runs a node of the programme and speaks to one.
//
// Every verb works against a running node through the public client with the
// person's own rights. Offline are only init, serve, demo, and journal verify
// and replay on a stopped or copied store.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
)

// Exit codes.
const (
	exitOK      = 0
	exitRefused = 1 // the programme or a check said no
	exitUsage   = 2 // the call's words are off
	exitFault   = 3 // the node cannot be reached, or something broke
)

// root is the command line; areas of acts are added from the house's verbs.
type root struct {
	JSON    bool   `name:"json" help:"Print one JSON object and nothing else."`
	Lang    string `name:"lang" enum:"en,es" default:"${lang}" env:"OASISS_LANG" help:"Language of answers: en or es."`
	Home    string `name:"home" env:"OASISS_HOME" default:"${home}" help:"Folder of saved sessions."`
	As      string `name:"as" env:"OASISS_AS" default:"default" help:"Which saved session to use."`
	Purpose string `name:"purpose" env:"OASISS_PURPOSE" help:"The one purpose of this request; the list is closed." enum:",prosecution,protection,life_at_risk,defence_court,oversight,statistics,administration" default:""`

	Init     initCmd     `cmd:"" help:"Make a new node: keys, data, and two one-time founding links."`
	Serve    serveCmd    `cmd:"" help:"Run a node."`
	Demo     demoCmd     `cmd:"" help:"Run two linked nodes with fictional cases."`
	Login    loginCmd    `cmd:"" help:"Sign in to a node and keep the session."`
	Logout   logoutCmd   `cmd:"" help:"End the session at once."`
	Whoami   whoamiCmd   `cmd:"" help:"Show who is signed in."`
	Search   searchCmd   `cmd:"" help:"Search cases by suspects' names, organisations, things, places and numbers."`
	Link     linkCmd     `cmd:"" help:"Show the links with other nodes: queues, receipts, cosignatures."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
	OpenAPI  openapiCmd  `cmd:"" name:"openapi" help:"Print the description of the API (OpenAPI 3.1)."`
	DemoNode demoNodeCmd `cmd:"" name:"demo-node" hidden:""`
}

// env is what a verb runs with.
type env struct {
	*root
	ctx    context.Context
	out    io.Writer
	errOut io.Writer
	in     io.Reader
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
	cli := &root{}
	options := []kong.Option{
		kong.Name("oasiss"), kong.Description("Runs the binational programme against human smuggling and trafficking."),
		kong.Writers(out, errOut), kong.Exit(func(c int) { panic(exit(c)) }), kong.UsageOnError(),
		kong.Vars{"lang": defaultLang(), "home": defaultHome()},
	}
	parser, err := kong.New(cli, append(options, areas()...)...)
	if err != nil {
		fmt.Fprintln(errOut, "oasiss:", err)
		return exitFault
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(errOut, "oasiss:", err)
		return exitUsage
	}
	e := &env{root: cli, ctx: ctx, out: out, errOut: errOut, in: in}
	if verb, cmd, ok := selectedAct(kctx); ok {
		return e.ended(e.act(verb, cmd))
	}
	if verb, ok := selectedQuery(kctx); ok {
		return e.ended(e.query(verb, kctx.Selected().Target))
	}
	return e.ended(kctx.Run(e))
}

// ended prints an error in the person's language and gives the exit code.
func (e *env) ended(err error) int {
	if err == nil {
		return exitOK
	}
	var refused *client.Refused
	if r, ok := refusal.As(err); ok {
		l := i18n.Lang(e.Lang)
		refused = &client.Refused{Status: r.Status, Code: r.Code, Params: r.Params,
			Title: i18n.T(l, "refusal."+r.Code, r.Params), Next: i18n.T(l, "refusal."+r.Code+".next", r.Params)}
	}
	if refused != nil || errors.As(err, &refused) {
		if e.JSON {
			json.NewEncoder(e.errOut).Encode(refused) //nolint:errcheck // nowhere left to tell
		} else {
			fmt.Fprintf(e.errOut, "%s\n%s\n", refused.Title, refused.Next)
		}
		return exitRefused
	}
	fmt.Fprintln(e.errOut, "oasiss:", err)
	if errors.Is(err, errCheckFailed) {
		return exitRefused
	}
	return exitFault
}

// errCheckFailed marks a check that found something wrong.
var errCheckFailed = errors.New("the check failed")
