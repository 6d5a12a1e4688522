package main

import (
	"errors"
	"log/slog"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/demo"
)

type demoCmd struct {
	Dir   string `name:"dir" default:"demo-data" help:"cli.demo.dir"`
	Fresh bool   `name:"fresh" help:"cli.demo.fresh"`
	Once  bool   `name:"once" help:"cli.demo.once"`
	Cases int    `name:"cases" default:"200" help:"cli.demo.cases"`
	Open  bool   `name:"open" help:"cli.demo.open"`
	Port  int    `name:"port" default:"8443" help:"cli.demo.port"`
	Seed  uint64 `name:"seed" default:"2005" help:"cli.demo.seed"`
}

// Run runs the demo.
func (c *demoCmd) Run(e *env) error {
	err := demo.Run(e.ctx, demo.Options{Dir: c.Dir, Fresh: c.Fresh, Once: c.Once, Cases: c.Cases, Open: c.Open, Port: c.Port, Seed: c.Seed, Lang: e.Lang, Out: e.out})
	if met := (*client.Refused)(nil); errors.As(err, &met) {
		return errors.New(err.Error()) // a refusal that one of its people met is a fault of the demo, not of this call
	}
	return err
}

// demoNodeCmd is one node of the demo in its own process. Its clock is the
// driver's; serve has no such thing.
type demoNodeCmd struct {
	folders
	Listen string        `name:"listen" required:"" help:"cli.serve.listen"`
	Link   string        `name:"link" required:"" help:"cli.serve.link"`
	Ahead  time.Duration `name:"ahead" required:"" help:"cli.demo.ahead"`
}

// Run serves the node for its driver.
func (c *demoNodeCmd) Run(e *env) error {
	log := slog.New(slog.NewJSONHandler(e.errOut, nil))
	slog.SetDefault(log)
	return demo.Child{Folders: c.node(), Web: c.Listen, Link: c.Link, Ahead: c.Ahead,
		Log: log}.Run(e.ctx, e.in, e.out)
}
