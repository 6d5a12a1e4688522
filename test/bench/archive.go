package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/quietport"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// The archive is a node with many cases and a long journal. Cases come by
// import, as those of a node that takes over an office's records would; the
// rest of the journal are access facts, as most of any node's journal is.
const (
	archiveCases = 100_000
	archiveFacts = 1_000_000
	visible      = 10 // cases of the second office
)

// archive makes one with so many cases, or finds what the run, or an earlier one
// in the same folder, has made.
func (r *run) archive(ctx context.Context, name string, cases int) (*here, error) {
	s := spec{Name: "us", Data: filepath.Join(r.dir, name, "us", "data"), Keys: filepath.Join(r.dir, name, "us", "keys")}
	if _, err := node.LoadSettings(s.folders()); err == nil {
		if s.Link, err = quietport.Address(); err != nil {
			return nil, err
		}
		return openHere(ctx, s)
	}
	h, err := makeNode(ctx, filepath.Join(r.dir, name), "us", "")
	if err != nil {
		return nil, err
	}
	began := time.Now()
	fill := func() error {
		if err := h.importPeople(ctx, "usao-sdtx", people(cases, visible, 1), visible); err != nil {
			return err
		}
		return h.importCases(ctx, "usbp-rgv", cases, 1)
	}
	if err := fill(); err != nil {
		return nil, errors.Join(err, h.stop())
	}
	r.say("%d cases imported in %s", cases, time.Since(began).Round(time.Second))
	return h, nil
}

// importCases imports so many cases of an office, with so many people in each.
func (h *here) importCases(ctx context.Context, office string, cases, each int) error {
	piece := 10_000 / each // of a file: what one run of import holds in memory
	for from := 0; from < cases; from += piece {
		n := min(piece, cases-from)
		if err := h.importPeople(ctx, office, people(from*each, n*each, each), n*each); err != nil {
			return err
		}
	}
	return nil
}

// lengthen brings the journal to a size by access facts of two objects each,
// many in a transaction.
func (h *here) lengthen(ctx context.Context, size int64) error {
	by, seed := h.person("reader", "usbp-rgv", access.RoleProsecutions), journal.NewSeed(time.Now())
	for {
		var left int64
		err := h.DB.Write(ctx, func(tx *store.Tx) error {
			now, err := journal.Size(tx)
			if err != nil {
				return err
			}
			left = size - now
			facts := make([]journal.Fact, min(max(left, 0), 5000))
			for i := range facts {
				f := &access.Recorded{Actor: by.User, Office: by.Office, Session: by.User, Verb: "view.case.show", Purpose: wire.PurposeProsecution}
				for k := range 2 {
					f.Objects = append(f.Objects, access.Object{Type: "case", ID: fmt.Sprintf("%s-%d-%d", by.User, now+int64(i), k)})
				}
				facts[i] = f
			}
			seed = journal.NewSeed(time.Now())
			return h.Acts.Enter(tx, seed.Draw(h.Ring), wire.PurposeProsecution, facts)
		})
		if err != nil || left <= 5000 {
			return err
		}
	}
}

// searchFigures look for a common word among many cases, by somebody whose
// office has ten of them; the time is that of the whole view, with its access
// fact.
func searchFigures(ctx context.Context, r *run) (err error) {
	h, err := r.archive(ctx, "archive", r.scaled(archiveCases))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	by := h.person("attorney", "usao-sdtx", access.RoleUSAttorney)
	err = r.repeat("search.100k_cases_ms", "ms", func() (float64, error) {
		return h.searches(ctx, by, casefile.Question{Words: "anzalduas"}, visible)
	})
	if err != nil {
		return err
	}
	// the office that has them all reads a page of fifty of those that a narrowed question leaves
	own := h.person("searcher", "usbp-rgv", access.RoleProsecutions)
	narrowed := casefile.Question{Words: "anzalduas", Status: casefile.StatusOpen, Office: "usbp-rgv", From: "2000-01-15"}
	return r.repeat("search.page_100k_ms", "ms", func() (float64, error) { return h.searches(ctx, own, narrowed, pageHits) })
}

// pageHits is how many hits a page of a search shows.
const pageHits = 50

// searches asks a question often, each time with its access fact, and gives the
// p99; each answer has so many hits.
func (h *here) searches(ctx context.Context, by access.Actor, q casefile.Question, hits int) (float64, error) {
	var took []float64
	for range 200 {
		began := time.Now()
		found, err := casefile.Find(ctx, h.Acts, by, wire.PurposeProsecution, q, "")
		if err != nil {
			return 0, err
		}
		if took = append(took, ms(time.Since(began))); len(found.Hits) != hits {
			return 0, fmt.Errorf("%d hits", len(found.Hits))
		}
	}
	return quantile(took, 0.99), nil
}

// listRows is how many cases the list has.
const listRows = 10_000

// listFigures give the whole list of an office's ten thousand cases: narrowed,
// each decided, each title opened, all of them in one access fact. The second
// figure is the decisions alone.
func listFigures(ctx context.Context, r *run) (err error) {
	rows := r.scaled(listRows)
	h, err := r.archive(ctx, "list", rows)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	by := h.person("agent", "usbp-rgv", access.RoleProsecutions)
	var known []casefile.Case
	if err := h.DB.Read(ctx, func(tx *store.Tx) (err error) { known, err = casefile.Known(tx, by.Office, rows); return err }); err != nil {
		return err
	}
	if err := r.repeat("list.10k_authorised_ms", "ms", func() (float64, error) {
		began := time.Now()
		for _, c := range known {
			if !h.Acts.Policies.Decide(by, "see", wire.PurposeProsecution, casefile.Resource(c)).Allowed {
				return 0, errors.New("a case is not shown")
			}
		}
		return ms(time.Since(began)), nil
	}); err != nil {
		return err
	}
	return r.repeat("list.10k_whole_ms", "ms", func() (float64, error) {
		began := time.Now()
		list, err := casefile.List(ctx, h.Acts, by, wire.PurposeProsecution, rows)
		if err == nil && len(list) != rows {
			err = fmt.Errorf("%d rows", len(list))
		}
		return ms(time.Since(began)), err
	})
}

// journalFigures check and replay the archive's journal.
func journalFigures(ctx context.Context, r *run) (err error) {
	h, err := r.archive(ctx, "archive", r.scaled(archiveCases))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	facts := int64(r.scaled(archiveFacts))
	if err := h.lengthen(ctx, facts); err != nil {
		return err
	}
	r.say("the journal has %d facts", facts)
	if err := r.repeat("journal.verify_1m_s", "s", func() (float64, error) {
		began := time.Now()
		var v journal.Verified
		err := h.DB.Read(ctx, func(tx *store.Tx) (err error) { v, err = h.Link.Verify(tx); return err })
		if err == nil && len(v.Faults) > 0 {
			err = fmt.Errorf("the journal does not verify: %s", v.Faults[0])
		}
		return time.Since(began).Seconds(), err
	}); err != nil {
		return err
	}
	n := 0
	return r.repeat("journal.replay_1m_s", "s", func() (seconds float64, err error) {
		n++
		again, err := store.Open(ctx, filepath.Join(r.dir, fmt.Sprintf("replay%d", n), "oasiss.sqlite"))
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, again.Close()) }()
		began := time.Now()
		_, err = journal.Replay(ctx, node.Kinds(nil), h.DB, again)
		return time.Since(began).Seconds(), err
	})
}
