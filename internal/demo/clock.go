// Package demo runs two nodes as two processes with fictional people and
// cases. It drives them through the public client only; its checker reads both
// stores afterwards, and its forger speaks wire.
package demo

import (
	"sync/atomic"
	"time"
)

// Clock is the injected clock of a demo node: the machine's, set ahead by what
// the driver says. Two nodes set ahead by the same have the same time, however
// late each of them hears it. It exists in demo and tests only.
type Clock struct{ ahead atomic.Int64 }

// NewClock is set ahead of the machine's by so much.
func NewClock(ahead time.Duration) *Clock {
	c := &Clock{}
	c.Set(ahead)
	return c
}

// Now is the time of the demo's world.
func (c *Clock) Now() time.Time { return time.Now().Round(0).Add(time.Duration(c.ahead.Load())).UTC() }

// Set changes by how much the clock is ahead of the machine's.
func (c *Clock) Set(ahead time.Duration) { c.ahead.Store(int64(ahead)) }
