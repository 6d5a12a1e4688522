package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/web/webtest"
)

// How many referrals a run's acts are about, and acts about each.
const (
	liveReferrals = 10
	liveActs      = 10
)

// reads is how long a person reads what they sign before they press the button:
// the least that anybody can take. Both browsers have drawn their pages by then,
// and do nothing, as at two desks.
const reads = time.Second

// Both pages tell the time by the machine's one clock, in milliseconds: the one
// when its button was pressed, the other when a picture with the words was drawn.
const (
	pressed = `addEventListener("click", (e) => { if (e.isTrusted) sessionStorage.setItem("pressed", performance.timeOrigin + performance.now()) }, true)`
	hears   = `document.addEventListener("htmx:sseOpen", () => { window.hears = true })`
	shown   = `(words) => new Promise((told, never) => {
		const there = () => document.body.textContent.includes(words), look = new MutationObserver(() => {
			if (!there()) return;
			look.disconnect();
			requestAnimationFrame(() => setTimeout(() => told(performance.timeOrigin + performance.now())));
		});
		if (there()) never(new Error("it was there before"));
		look.observe(document.body, { subtree: true, childList: true, characterData: true });
		setTimeout(() => never(new Error("it never came")), 30000);
		window.waits = true;
	})`
)

// screens are two nodes, each a process of the program itself, and two browsers:
// an official of the one node signs, and a page of the other node stands open.
type screens struct {
	nodes [2]*process
	us    *guest
	tabs  [2]*webtest.Browser
	ids   []string // of the referrals
	ended []bool   // by referral: the next act opens a prosecution of their own, or ends it
}

// liveFigure is how long it takes from the click that signs an act on the one
// node's page until a page that stands open on the other node shows it.
func liveFigure(ctx context.Context, r *run) (err error) {
	const name = "live.click_to_screen_ms"
	s := &screens{}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx, r, filepath.Join(r.dir, "live")); errors.Is(err, webtest.ErrNoBrowser) {
		r.say("%v: %s is left out", err, name)
		return nil
	} else if err != nil {
		return err
	}
	var p50, p99 []float64
	for range r.times {
		var took []float64
		for i := range s.ids {
			some, err := s.watch(ctx, i, max(liveActs/r.scale, 2))
			if err != nil {
				return err
			}
			took = append(took, some...)
		}
		p50, p99 = append(p50, quantile(took, 0.5)), append(p99, quantile(took, 0.99))
	}
	return errors.Join(r.print(name+".p50", "ms", p50, nil), r.print(name+".p99", "ms", p99, nil))
}

// open makes and pairs both nodes, anew each time, starts them, and opens a
// browser at each, which trusts its node's certificate as an office's does.
func (s *screens) open(ctx context.Context, r *run, dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	specs, err := s.prepare(ctx, r, filepath.Join(dir, "nodes"))
	if err != nil {
		return err
	}
	for i := range specs {
		if s.nodes[i], err = r.serve(ctx, specs[i]); err != nil {
			return err
		}
		roots, err := specs[i].roots()
		if err = errors.Join(err, webtest.Trust(roots)); err != nil {
			return err
		}
	}
	var guests [2]*guest
	for i, login := range []string{"attorney", "mp"} {
		folder := filepath.Join(dir, fmt.Sprintf("browser%d", i))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		if s.tabs[i], err = webtest.Launch(folder); err != nil {
			return err
		}
		if guests[i], err = s.nodes[i].enter(ctx, specs[i], login); err != nil {
			return err
		}
		if err := guests[i].sitDown(s.tabs[i]); err != nil {
			return err
		}
	}
	s.us = guests[0]
	for i, script := range []string{pressed, hears} {
		if _, err := chromedp.Call(s.tabs[i].Context, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
			return err
		}
	}
	return nil
}

// prepare leaves two nodes with referrals between them, which nobody runs.
func (s *screens) prepare(ctx context.Context, r *run, dir string) (specs [2]spec, err error) {
	us, err := makeNode(ctx, dir, "us", "")
	if err != nil {
		return specs, err
	}
	defer func() { err = errors.Join(err, us.stop()) }()
	mx, err := makeNode(ctx, dir, "mx", "")
	if err != nil {
		return specs, err
	}
	defer func() { err = errors.Join(err, mx.stop()) }()
	if err := errors.Join(us.account(ctx, "attorney", "usao-sdtx", access.RoleUSAttorney), mx.account(ctx, "mp", "fgr-tamps", access.RoleMP), pair(ctx, us, mx)); err != nil {
		return specs, err
	}
	if s.ids, err = refer(ctx, us, max(liveReferrals/r.scale, 2)); err != nil {
		return specs, err
	}
	s.ended = make([]bool, len(s.ids))
	return [2]spec{us.spec, mx.spec}, quiet(ctx, us, mx)
}

// sitDown gives a browser somebody's session and passkey.
func (g *guest) sitDown(b *webtest.Browser) error {
	c, secure := g.cookie(), true
	if _, err := chromedp.Call(b.Context, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: g.Base, Path: c.Path, Secure: &secure, HTTPOnly: &secure}); err != nil {
		return err
	}
	id, err := base64.RawURLEncoding.DecodeString(g.key.Credential)
	if err != nil {
		return err
	}
	key, err := g.key.PKCS8()
	if err != nil {
		return err
	}
	return b.Give(g.key.RelyingParty, g.login, id, key)
}

// watch leaves a referral open on the one screen, signs acts about it on the
// other, and tells how long each took to be seen.
func (s *screens) watch(ctx context.Context, i, acts int) (took []float64, err error) {
	if err := chromedp.Do(s.tabs[1].Context, chromedp.Navigate(s.nodes[1].site()+"/referrals/"+s.ids[i])); err != nil {
		return nil, err
	}
	if err := until(ctx, func() error { return yes(s.tabs[1], `!!window.hears`) }); err != nil {
		return nil, fmt.Errorf("the open page hears nothing: %w", err)
	}
	for n := range acts {
		ms, err := s.act(ctx, i, fmt.Sprintf("Seen %d times on %d", n, time.Now().UnixMicro()))
		if err != nil {
			return nil, err
		}
		took = append(took, ms)
	}
	return took, nil
}

// act signs one act with such a note and waits until it is seen.
func (s *screens) act(ctx context.Context, i int, note string) (took float64, err error) {
	step := "open_own_prosecution"
	if s.ended[i] {
		step = "end_own_prosecution"
	}
	asked, err := s.us.Act(ctx, "referral.sign_step", "", map[string]any{"referral": s.ids[i], "step": step, "reason": "other", "note": note})
	if err != nil {
		return 0, err
	}
	if asked.Prepared == nil {
		return 0, errors.New("an act that is signed was not shown first")
	}
	if err := chromedp.Do(s.tabs[0].Context, chromedp.Navigate(s.nodes[0].site()+"/sign/"+asked.Prepared.ID)); err != nil {
		return 0, err
	}
	type seen struct {
		at  float64
		err error
	}
	there := make(chan seen, 1)
	if _, err := webtest.Ask[bool](s.tabs[1], `window.waits = false`); err != nil {
		return 0, err
	}
	go func() {
		at, err := webtest.Ask[float64](s.tabs[1], "("+shown+`)("`+note+`")`)
		there <- seen{at, err}
	}()
	if err := until(ctx, func() error { return yes(s.tabs[1], `window.waits`) }); err != nil {
		return 0, err
	}
	time.Sleep(reads)
	if err := chromedp.Do(s.tabs[0].Context, chromedp.Click(`form[action^="/sign/"] button.sign, form[action^="/sign/"] button`)); err != nil {
		return 0, err
	}
	b := <-there
	if b.err != nil {
		return 0, b.err
	}
	s.ended[i] = !s.ended[i]
	var at float64
	err = until(ctx, func() (err error) { // while one page gives way to the next there is none to ask
		at, err = webtest.Ask[float64](s.tabs[0], `Number(sessionStorage.getItem("pressed"))`)
		return err
	})
	return b.at - at, err
}

// yes is an error unless a page says yes to a question.
func yes(b *webtest.Browser, script string) error {
	ok, err := webtest.Ask[bool](b, script)
	if err == nil && !ok {
		err = errors.New("not " + strings.TrimSpace(script))
	}
	return err
}

func (s *screens) close() (err error) {
	for _, b := range s.tabs {
		if b != nil {
			b.Quit()
		}
	}
	for _, p := range s.nodes {
		if p != nil {
			err = errors.Join(err, p.stop())
		}
	}
	return err
}
