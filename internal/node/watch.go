package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/watch"
)

// state is where this node's state is read.
func (n *Node) state() watch.Source {
	return watch.Source{Read: n.DB.Read, Folder: n.Folders.Data, Files: n.Folders.Files(), Now: n.now}
}

func (n *Node) metrics() *watch.Metrics {
	return &watch.Metrics{Source: n.state(), Limits: n.limits, Timing: n.DB.Timing, Log: slog.NewLogLogger(n.Log.Handler(), slog.LevelError), Program: n.program}
}

// listenPrivately listens for a monitoring system. Figures are served without
// sign-in and in clear, so that address must be the machine's own or one of a
// private network (RFC 1918, RFC 4193), named: not all of them.
func listenPrivately(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen for a monitoring system: %w", err)
	}
	ip, err := netip.ParseAddr(host)
	if host == "localhost" {
		ip, err = netip.MustParseAddr("127.0.0.1"), nil
	}
	if err != nil || !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() {
		return nil, refusal.New("node.metrics_public")
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for a monitoring system: %w", err)
	}
	return l, nil
}

// told are the alarms that the log has told of, by code and peer.
type told map[[2]string]bool

// look writes to the log which alarms are new and which are over.
func (n *Node) look(ctx context.Context, was told) (told, error) {
	st, err := n.state().Look(ctx)
	if err != nil {
		return was, errors.Join(errors.New("the node's own state could not be read"), err)
	}
	now := told{}
	for _, a := range st.Alarms(n.limits) {
		key := [2]string{a.Code, a.Peer}
		now[key] = true
		if !was[key] {
			n.Log.Warn("alarm", "code", a.Code, "peer", a.Peer)
		}
	}
	for key := range was {
		if !now[key] {
			n.Log.Info("alarm is over", "code", key[0], "peer", key[1])
		}
	}
	return now, nil
}
