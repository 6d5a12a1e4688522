package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/doctor"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/watch"
)

// limits say from when on the node's operator is told.
type limits struct {
	Disk     int           `name:"alarm-disk-mib" env:"OASISS_ALARM_DISK_MIB" default:"2048" help:"cli.alarm.disk" placeholder:"MIB"`
	Backup   time.Duration `name:"alarm-backup" env:"OASISS_ALARM_BACKUP" default:"36h" help:"cli.alarm.backup" placeholder:"TIME"`
	Cosigned time.Duration `name:"alarm-cosigned" env:"OASISS_ALARM_COSIGNED" default:"24h" help:"cli.alarm.cosigned" placeholder:"TIME"`
	Queued   time.Duration `name:"alarm-queued" env:"OASISS_ALARM_QUEUED" default:"1h" help:"cli.alarm.queued" placeholder:"TIME"`
	Clock    time.Duration `name:"alarm-clock" env:"OASISS_ALARM_CLOCK" default:"1m" help:"cli.alarm.clock" placeholder:"TIME"`
}

func (l limits) watch() watch.Limits {
	return watch.Limits{Disk: uint64(max(0, l.Disk)) << 20, Backup: l.Backup, Cosigned: l.Cosigned, Queued: l.Queued, Clock: l.Clock} //nolint:gosec // not negative
}

// errNotWell marks an examination that found faults of the node.
var errNotWell = errors.New("the node has faults")

type doctorCmd struct {
	folders
	Cert string `name:"tls-cert" env:"OASISS_TLS_CERT" help:"cli.serve.tls_cert" placeholder:"FILE"`
	limits
}

func (c *doctorCmd) patient() doctor.Patient {
	return doctor.Patient{Folders: c.node(), Cert: c.Cert, Limits: c.watch(), Now: time.Now}
}

// Run examines a node, running or stopped. It ends with 1 if anything is a
// fault; warnings end with 0.
func (c *doctorCmd) Run(e *env) error {
	l := i18n.Lang(e.Lang)
	r, err := doctor.Examine(e.ctx, c.patient(), l)
	if err != nil {
		return err
	}
	if e.JSON {
		if err := e.print(r); err != nil {
			return err
		}
	} else {
		e.report(l, r)
	}
	if r.Faults > 0 {
		return errNotWell
	}
	return nil
}

// report writes what was found for a person: a line each, and under it the
// command that mends it.
func (e *env) report(l i18n.Lang, r doctor.Report) {
	const margin = 24
	for _, f := range r.Findings {
		head := i18n.T(l, "doctor.state."+string(f.State))
		head += strings.Repeat(" ", max(1, 9-len([]rune(head)))) + i18n.T(l, "doctor.check."+f.Check)
		for _, line := range wrap(f.Says, helpWidth-margin) {
			fmt.Fprintf(e.out, "%s%s%s\n", head, strings.Repeat(" ", max(1, margin-len([]rune(head)))), line)
			head = ""
		}
		if f.Mend != "" {
			fmt.Fprintf(e.out, "%s$ %s\n", strings.Repeat(" ", margin), f.Mend)
		}
	}
	fmt.Fprintf(e.out, "\n%s %s\n", i18n.T(l, "doctor.faults", map[string]any{"Count": r.Faults}), i18n.T(l, "doctor.warnings", map[string]any{"Count": r.Warnings}))
}
