package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// readFigures are what a reader waits for while thirty-two officials write as
// fast as the node takes it: a list of fifty cases, one case with all that is
// in it, a search; each with its access fact, which waits for the same writer.
func readFigures(ctx context.Context, r *run) (err error) {
	h, err := r.archive(ctx, "read", r.scaled(20_000))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	agent := h.person("agent", "usbp-rgv", access.RoleProsecutions)
	var cases []casefile.Case
	if err := h.DB.Read(ctx, func(tx *store.Tx) (err error) { cases, err = casefile.Known(tx, agent.Office, 2000); return err }); err != nil {
		return err
	}
	return r.repeat("read.under_load_ms", "ms", func() (float64, error) {
		saturated, end := context.WithTimeout(ctx, span)
		defer end()
		var written atomic.Int64
		errs := make([]error, 34)
		var hands sync.WaitGroup
		for w := range 32 {
			hands.Go(func() {
				for n := w; saturated.Err() == nil && errs[w] == nil; n += 32 {
					_, errs[w] = h.take(ctx, agent, wire.PurposeProsecution, &casefile.AddOrganisation{Case: cases[n%len(cases)].ID,
						OrganisationFields: casefile.OrganisationFields{Kind: "cell", Name: "Los del Vado"}})
					written.Add(1)
				}
			})
		}
		took := make([][]float64, 2)
		for w := range took {
			hands.Go(func() { took[w], errs[32+w] = h.read(saturated, agent, cases[w*len(cases)/2:]) })
		}
		hands.Wait()
		all := append(took[0], took[1]...)
		r.say("%d reads beside %d acts; p50 %.1f ms", len(all), written.Load(), median(all))
		return quantile(all, 0.99), errors.Join(errs...)
	})
}

// read looks at something, and again, until ctx ends.
func (h *here) read(ctx context.Context, by access.Actor, cases []casefile.Case) (took []float64, err error) {
	whole := context.WithoutCancel(ctx)
	for n := 0; ctx.Err() == nil && err == nil; n++ {
		began := time.Now()
		switch n % 3 {
		case 0:
			_, err = casefile.List(whole, h.Acts, by, wire.PurposeProsecution, 50)
		case 1:
			_, err = casefile.Show(whole, h.Acts, by, wire.PurposeProsecution, cases[n%len(cases)].ID)
		default:
			_, err = casefile.Find(whole, h.Acts, by, wire.PurposeProsecution, casefile.Question{Words: "palomarin"}, "")
		}
		took = append(took, ms(time.Since(began)))
		time.Sleep(time.Millisecond)
	}
	return took, err
}

// hiddenFigures ask, turn by turn, for a case that is there and another office's,
// and for one that is not there: the ratio of what the two take, p50 and p99,
// whole views with their access facts. That they do the same work is held by
// test/noninterference_test.go; this is what a clock sees of it.
func hiddenFigures(ctx context.Context, r *run) (err error) {
	h, err := r.archive(ctx, "read", r.scaled(20_000))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	by := h.person("attorney", "usao-sdtx", access.RoleUSAttorney)
	var cases []casefile.Case
	if err := h.DB.Read(ctx, func(tx *store.Tx) (err error) { cases, err = casefile.Known(tx, "usbp-rgv", 2000); return err }); err != nil {
		return err
	}
	for name, at := range map[string]float64{"access.invisible_ratio.p50": 0.5, "access.invisible_ratio.p99": 0.99} {
		if err := r.repeat(name, "ratio", func() (float64, error) {
			var there, nowhere []float64
			for n := range r.scaled(4000) {
				for took, id := range map[*[]float64]string{&there: cases[n%len(cases)].ID, &nowhere: uuid.Must(uuid.NewV7()).String()} {
					began := time.Now()
					if _, err := casefile.Show(ctx, h.Acts, by, wire.PurposeProsecution, id); !refusal.Is(err, "access.not_found") {
						return 0, fmt.Errorf("a hidden case: %w", err)
					}
					*took = append(*took, ms(time.Since(began)))
				}
			}
			return quantile(there, at) / quantile(nowhere, at), nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// postgresFigures are exchange.concurrent16 with this side on PostgreSQL.
func postgresFigures(ctx context.Context, r *run) (err error) {
	server, drop, err := schema(ctx)
	if err != nil || server == "" {
		r.say("no PostgreSQL: test/postgres.sh runs a command with one")
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	t, err := newTraffic(ctx, r, filepath.Join(r.dir, "postgres"), server, r.scaled(referrals/2))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	return r.repeat("postgres.concurrent16", "msg/s", func() (float64, error) { return t.sixteen(ctx) })
}
