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
// scripts, icons and all fonts that it and later pages use; and what of it is
// scripts.
func weightFigure(ctx context.Context, r *run) error {
	s, err := r.resting(ctx)
	if err != nil {
		return err
	}
	var all, scripts []float64
	for range r.times {
		p, err := r.serve(ctx, s)
		if err != nil {
			return err
		}
		loaded, err := p.firstView(ctx)
		if err := errors.Join(err, p.stop()); err != nil {
			return err
		}
		sum, script := 0, 0
		for path, n := range loaded {
			sum += n
			if strings.Contains(path, ".js") {
				script += n
			}
		}
		all, scripts = append(all, float64(sum)/1024), append(scripts, float64(script)/1024)
	}
	return errors.Join(r.print("page.weight_kb", "KB", all, nil), r.print("page.script_kb", "KB", scripts, nil))
}

// firstView loads it and tells the bytes of each part.
func (p *process) firstView(ctx context.Context) (loaded map[string]int, err error) {
	loaded = map[string]int{}
	load := func(path string) (text string) {
		if _, there := loaded[path]; !there && err == nil {
			loaded[path], err = p.fetch(ctx, path, &text)
		}
		return text
	}
	style := ""
	for _, m := range regexp.MustCompile(`(?:src|href)="(/assets/[^"#]+)`).FindAllStringSubmatch(load("/sign-in"), -1) {
		if text := load(m[1]); strings.Contains(m[1], ".css") {
			style = text
		}
	}
	for _, m := range regexp.MustCompile(`url\(([\w.]+)\)`).FindAllStringSubmatch(style, -1) {
		load("/assets/" + m[1])
	}
	if err == nil && len(loaded) < 7 {
		err = fmt.Errorf("the page loads %d files only: %v", len(loaded), loaded)
	}
	return loaded, err
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
