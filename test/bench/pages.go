package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/quietport"
	"github.com/oasiss/oasiss/internal/store"
)

// The large office has as many cases and people as an old programme of a whole
// sector, beside referrals to the other country.
const (
	officeCases  = 100_000
	officePeople = 10 // in each case
	asked        = 200
)

// office makes a node with the large office, or finds the one that an earlier
// run in the same folder made. cases are some of those that it may see.
func (r *run) office(ctx context.Context) (s spec, cases []casefile.Case, err error) {
	dir := filepath.Join(r.dir, "pages")
	s = spec{Name: "us", Data: filepath.Join(dir, "us", "data"), Keys: filepath.Join(dir, "us", "keys")}
	var h *here
	if _, err := node.LoadSettings(s.folders()); err == nil {
		if s.Link, err = quietport.Address(); err != nil {
			return s, nil, err
		}
		h, err = openHere(ctx, s)
		if err != nil {
			return s, nil, err
		}
	} else if h, err = r.newOffice(ctx, dir); err != nil {
		return s, nil, err
	}
	err = h.DB.Read(ctx, func(tx *store.Tx) (err error) { cases, err = casefile.Known(tx, "usbp-rgv", asked); return err })
	if err == nil && len(cases) == 0 {
		err = errors.New("the office has no case")
	}
	return h.spec, cases, errors.Join(err, h.stop())
}

func (r *run) newOffice(ctx context.Context, dir string) (*here, error) {
	us, err := makeNode(ctx, dir, "us", "")
	if err != nil {
		return nil, err
	}
	fill := func() error {
		for login, role := range map[string]string{"reader": access.RoleProsecutions, "counter": access.RoleCoordinator} {
			if err := us.account(ctx, login, "usbp-rgv", role); err != nil {
				return err
			}
		}
		mx, err := makeNode(ctx, dir, "mx", "")
		if err != nil {
			return err
		}
		if err = pair(ctx, us, mx); err == nil {
			if _, err = refer(ctx, us, r.scaled(referrals)); err == nil {
				err = quiet(ctx, us, mx)
			}
		}
		if err := errors.Join(err, mx.stop()); err != nil {
			return err
		}
		began := time.Now()
		err = us.importCases(ctx, "usbp-rgv", r.scaled(officeCases), officePeople)
		r.say("%d cases of %d people imported in %s", r.scaled(officeCases), officePeople, time.Since(began).Round(time.Second))
		return err
	}
	if err := fill(); err != nil {
		return nil, errors.Join(err, us.stop())
	}
	return us, nil
}

// pageFigures are what four pages take of the program itself, with its session,
// decisions, access fact and compression, asked one after another over TLS by
// somebody of the large office: from the request to the last byte.
func pageFigures(ctx context.Context, r *run) (err error) {
	if !r.wants("page.inbox_ms") && !r.wants("page.case_ms") && !r.wants("page.search_ms") && !r.wants("page.figures_ms") {
		return nil
	}
	s, cases, err := r.office(ctx)
	if err != nil {
		return err
	}
	p, err := r.serve(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	g, err := p.enter(ctx, s, "reader")
	if err != nil {
		return err
	}
	questions := []string{"anzalduas", "palomarin rutilio", "RGV-T-000007"} // in every case; a suspect of some; one number
	for _, of := range []struct {
		name string
		ask  func(n int) (took time.Duration, err error)
	}{
		{"page.inbox_ms", func(int) (time.Duration, error) { return g.page(ctx, "/referrals", nil, `href="/referrals/`) }},
		{"page.case_ms", func(n int) (time.Duration, error) {
			c := cases[n%len(cases)]
			return g.page(ctx, "/cases/"+c.ID, nil, c.Number)
		}},
		{"page.search_ms", func(n int) (time.Duration, error) {
			return g.page(ctx, "/search", url.Values{"q": {questions[n%len(questions)]}}, `<tr><td`)
		}},
	} {
		if err := r.pages(of.name, p, of.ask); err != nil {
			return err
		}
	}
	if !r.wants("page.figures_ms") {
		return nil
	}
	counter, err := p.enter(ctx, s, "counter")
	if err != nil {
		return err
	}
	return r.pages("page.figures_ms", p, func(int) (time.Duration, error) { return counter.page(ctx, "/figures", nil, `class="chart bars"`) })
}

// pages prints what a page took at the 99th and the 50th of a hundred, and the
// processor's time of one, which other work on the machine hardly changes.
func (r *run) pages(name string, p *process, ask func(n int) (time.Duration, error)) error {
	if !r.wants(name) {
		return nil
	}
	var p99, p50, cpu []float64
	for range r.times {
		took, each, err := p.asked(asked, ask)
		if err != nil {
			return err
		}
		p99, p50, cpu = append(p99, quantile(took, 0.99)), append(p50, quantile(took, 0.5)), append(cpu, each)
	}
	return errors.Join(r.print(name, "ms", p99, nil), r.print(name+".p50", "ms", p50, nil), r.print(name+".cpu", "ms", cpu, nil))
}

// asked asks n times, after a tenth as often uncounted, as a node that runs has
// been asked before. It tells how long each took, and the processor's time of one.
func (p *process) asked(n int, ask func(n int) (time.Duration, error)) (took []float64, cpu float64, err error) {
	var before time.Duration
	for i := range n + n/10 {
		if i == n/10 {
			if before, err = p.worked(); err != nil {
				return nil, 0, err
			}
		}
		d, err := ask(i)
		if err != nil {
			return nil, 0, err
		}
		if i >= n/10 {
			took = append(took, ms(d))
		}
	}
	after, err := p.worked()
	return took, ms(after-before) / float64(n), err
}

// page asks for a page as a browser does, posting a form if there is one, and
// tells how long it took until it was there whole; it must say words.
func (g *guest) page(ctx context.Context, path string, form url.Values, words string) (time.Duration, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	q, err := http.NewRequestWithContext(ctx, method, g.Base+path, body)
	if err != nil {
		return 0, err
	}
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	q.Header.Set("Accept-Encoding", "gzip")
	q.AddCookie(g.cookie())
	began := time.Now()
	res, err := g.HTTP.Transport.RoundTrip(q)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	sent, err := io.ReadAll(res.Body)
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	plain, err := gzip.NewReader(bytes.NewReader(sent))
	if err != nil {
		return 0, fmt.Errorf("%s: %s: %w", path, res.Status, err)
	}
	html, err := io.ReadAll(plain)
	if err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(string(html), words) {
		return 0, fmt.Errorf("%s %s: %s, and it does not say %q", path, form.Encode(), res.Status, words)
	}
	return took, nil
}
