package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/provider"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/watch"
)

// Listen says where a node listens and how browsers know it.
type Listen struct {
	Web       string               // host:port of pages and API
	Link      string               // host:port of the link; empty if the node only dials
	Metrics   string               // host:port of figures for a monitoring system; empty if there is none
	Cert      tls.Certificate      // for browsers
	Site      string               // https address of the pages as browsers write it; empty: localhost at the port of Web
	Providers []*provider.Provider // agencies' identity providers by which people may sign in
	Mail      *mail.Server         // that takes letters to the people of the node; nil if there is none
	Examine   watch.Examine        // how its pages look at the node; nil if nothing does
	Lock      time.Duration        // how long a session stays unused before its screen locks; access.ScreenAfter if zero
}

// door is a server with what it listens on.
type door struct {
	*http.Server
	net.Listener
}

// open listens everywhere, or nowhere.
func (n *Node) open(l Listen) (doors []door, err error) {
	add := func(s *http.Server, listen func() (net.Listener, error)) {
		if err != nil {
			return
		}
		var on net.Listener
		if on, err = listen(); err == nil {
			doors = append(doors, door{s, on})
		}
	}
	n.pages.Examine = l.Examine
	add(n.server(n.Handler()), func() (net.Listener, error) {
		return listenTLS(l.Web, "browsers", &tls.Config{Certificates: []tls.Certificate{l.Cert}, MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"}})
	})
	if l.Link != "" {
		s := n.server(n.Link.Handler())
		s.TLSConfig = n.Link.ServerTLS()
		add(s, func() (net.Listener, error) { return listenTLS(l.Link, "peers", s.TLSConfig) })
	}
	if l.Metrics != "" {
		add(n.server(n.metrics().Handler()), func() (net.Listener, error) { return listenPrivately(l.Metrics) })
	}
	if err != nil {
		err = errors.Join(err, n.close(doors))
	}
	return doors, err
}

// close gives up doors that nobody serves.
func (n *Node) close(doors []door) (err error) {
	for _, d := range doors {
		err = errors.Join(err, d.Listener.Close())
	}
	return err
}

func listenTLS(address, whom string, c *tls.Config) (net.Listener, error) {
	on, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", whom, err)
	}
	return tls.NewListener(on, c), nil
}

// Serve runs the node's doors and its link until ctx ends, then finishes what
// is under way. ready, if given, is told the addresses once all listen.
func (n *Node) Serve(ctx context.Context, l Listen, ready func(web, link string)) error {
	if l.Lock != 0 && (l.Lock < access.ScreenAfterLeast || l.Lock > access.ScreenAfterMost) {
		return refusal.New("access.lock_after", "Least", access.ScreenAfterLeast.String(), "Most", access.ScreenAfterMost.String())
	}
	n.Guard.LockAfter, n.Guard.Providers = l.Lock, l.Providers
	for _, p := range l.Providers {
		p.Now = n.now
	}
	doors, err := n.open(l)
	if err != nil {
		return err
	}
	web, linkAddr := doors[0].Listener.Addr().String(), ""
	if n.Guard.Site, err = access.SiteAt(l.Site, web); err != nil {
		return errors.Join(err, n.close(doors))
	}
	if l.Link != "" {
		linkAddr = doors[1].Listener.Addr().String()
	}
	if err := n.Link.Start(ctx); err != nil {
		return fmt.Errorf("start link: %w", err)
	}
	clocks := n.startClocks(ctx)
	others := n.hearOthers(ctx)
	backups := n.startBackups(ctx)
	letters := n.startMail(ctx, l.Mail)
	rotations := n.startRotations(ctx)
	failed := make(chan error, len(doors))
	for _, d := range doors {
		go func() { failed <- d.Serve(d.Listener) }()
	}
	n.Log.Info("node is up", "node", n.Settings.Node, "web", web, "link", linkAddr, "metrics", l.Metrics)
	if ready != nil {
		ready(web, linkAddr)
	}
	go rest()
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	return errors.Join(err, n.stop(doors), clocks(), others(), backups(), letters(), rotations())
}

func (n *Node) server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 5 * time.Minute,
		ErrorLog: slog.NewLogLogger(n.Log.Handler(), slog.LevelDebug), BaseContext: func(net.Listener) context.Context { return n.life }}
}

// stop lets requests finish, then ends what stays open (live pages).
func (n *Node) stop(doors []door) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	n.die() // live pages and long polls end
	var err error
	for _, s := range doors {
		if e := s.Shutdown(ctx); e != nil {
			err = errors.Join(err, e, s.Server.Close())
		}
	}
	n.Link.Close()
	n.Log.Info("node is down", "node", n.Settings.Node)
	return err
}

// health registers /healthz (the process answers) and /readyz (the database
// does, too).
func (n *Node) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := n.DB.Ready(r.Context()); err != nil {
			n.Log.Error("not ready", "error", err)
			answer(w, http.StatusServiceUnavailable, "not ready")
			return
		}
		answer(w, http.StatusOK, "ready")
	})
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}
