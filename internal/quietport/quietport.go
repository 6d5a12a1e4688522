// Package quietport finds ports of this machine for nodes that are started for a
// test, a figure or a demonstration.
package quietport

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// The ports lie below those that systems give to whoever dials (RFC 6056, section
// 3.2; from 32768 on Linux): one of these may be taken again between being found
// and being used.
const (
	lowest  = 20000
	highest = 32000
)

// Address finds an address of this machine on which nobody listens. It is drawn
// by lot, so that processes that look at the same time find different ones.
func Address() (string, error) {
	for range highest - lowest {
		address := fmt.Sprintf("127.0.0.1:%d", lowest+rand.IntN(highest-lowest)) // #nosec G404 -- a port is no secret
		if Free(address) {
			return address, nil
		}
	}
	return "", errors.New("quietport: every port is taken")
}

// Free reports whether nobody listens at an address of this machine.
func Free(address string) bool {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	return err == nil && l.Close() == nil
}
