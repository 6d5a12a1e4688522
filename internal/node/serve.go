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
)

// Listen says where a node listens and how browsers know it.
type Listen struct {
	Web  string          // host:port of pages and API
	Link string          // host:port of the link; empty if the node only dials
	Cert tls.Certificate // for browsers
}

// Serve runs the node's doors and its link until ctx ends, then finishes what
// is under way. ready, if given, is told the addresses once both listen.
func (n *Node) Serve(ctx context.Context, l Listen, ready func(web, link string)) error {
	web, err := net.Listen("tcp", l.Web)
	if err != nil {
		return fmt.Errorf("listen for browsers: %w", err)
	}
	servers := []*http.Server{n.server(n.Handler())}
	listeners := []net.Listener{tls.NewListener(web, &tls.Config{Certificates: []tls.Certificate{l.Cert}, MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"}})}
	linkAddr := ""
	if l.Link != "" {
		link, err := net.Listen("tcp", l.Link)
		if err != nil {
			return errors.Join(fmt.Errorf("listen for peers: %w", err), web.Close())
		}
		linkAddr = link.Addr().String()
		s := n.server(n.Link.Handler())
		s.TLSConfig = n.Link.ServerTLS()
		servers = append(servers, s)
		listeners = append(listeners, tls.NewListener(link, s.TLSConfig))
	}
	if err := n.Link.Start(ctx); err != nil {
		return fmt.Errorf("start link: %w", err)
	}
	clocks := n.startClocks(ctx)
	others := n.hearOthers(ctx)
	backups := n.startBackups(ctx)
	failed := make(chan error, len(servers))
	for i, s := range servers {
		go func() { failed <- s.Serve(listeners[i]) }()
	}
	n.Log.Info("node is up", "node", n.Settings.Node, "web", web.Addr().String(), "link", linkAddr)
	if ready != nil {
		ready(web.Addr().String(), linkAddr)
	}
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	return errors.Join(err, n.stop(servers), clocks(), others(), backups())
}

func (n *Node) server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 5 * time.Minute,
		ErrorLog: slog.NewLogLogger(n.Log.Handler(), slog.LevelDebug), BaseContext: func(net.Listener) context.Context { return n.life }}
}

// stop lets requests finish, then ends what stays open (live pages).
func (n *Node) stop(servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	n.die() // live pages and long polls end
	var err error
	for _, s := range servers {
		if e := s.Shutdown(ctx); e != nil {
			err = errors.Join(err, e, s.Close())
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
