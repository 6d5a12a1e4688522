package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// weightFigure is what the first view of a browser that knows nothing weighs as
// it crosses the network: the page at which everybody begins, and the style,
// scripts, icons and all fonts that it and later pages use.
func weightFigure(ctx context.Context, r *run) error {
	s, err := r.resting(ctx)
	if err != nil {
		return err
	}
	return r.repeat("page.weight_kb", "KB", func() (kb float64, err error) {
		p, err := r.serve(ctx, s)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, p.stop()) }()
		page, style := "", ""
		n, err := p.fetch(ctx, "/sign-in", &page)
		if err != nil {
			return 0, err
		}
		all := n
		loaded := map[string]bool{}
		add := func(path string, into *string) error {
			if loaded[path] {
				return nil
			}
			loaded[path] = true
			n, err := p.fetch(ctx, path, into)
			all += n
			return err
		}
		for _, m := range regexp.MustCompile(`(?:src|href)="(/assets/[^"#]+)`).FindAllStringSubmatch(page, -1) {
			into := new(string)
			if err := add(m[1], into); err != nil {
				return 0, err
			}
			if strings.Contains(m[1], ".css") {
				style = *into
			}
		}
		for _, m := range regexp.MustCompile(`url\(([\w.]+)\)`).FindAllStringSubmatch(style, -1) {
			if err := add("/assets/"+m[1], new(string)); err != nil {
				return 0, err
			}
		}
		if len(loaded) < 6 {
			return 0, fmt.Errorf("the page loads %d files only: %v", len(loaded), loaded)
		}
		return float64(all) / 1024, nil
	})
}

// fetch asks as a browser does and counts the bytes of the answer as sent; into
// gets it as read.
func (p *process) fetch(ctx context.Context, path string, into *string) (int, error) {
	ask := func(compressed bool) ([]byte, error) {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, p.web+path, nil)
		if err != nil {
			return nil, err
		}
		q.Header.Set("Sec-Fetch-Site", "same-origin")
		q.Header.Set("Accept-Encoding", "identity")
		if compressed {
			q.Header.Set("Accept-Encoding", "gzip")
		}
		transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // #nosec G402 -- its own node, on this machine, for its size only
		defer transport.CloseIdleConnections()
		res, err := transport.RoundTrip(q)
		if err != nil {
			return nil, err
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", path, res.Status)
		}
		return io.ReadAll(res.Body)
	}
	sent, err := ask(true)
	if err != nil {
		return 0, err
	}
	read, err := ask(false)
	*into = string(read)
	return len(sent), err
}
