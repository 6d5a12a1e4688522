// Package demo runs two nodes as two processes with fictional people and
// cases. It drives them through the public client only; its checker reads both
// stores afterwards, and its forger speaks wire.
package demo

import (
	"sync"
	"time"
)

// Clock is the injected clock of a demo node: it starts where the driver sets
// it and then runs with the machine's. It exists in demo and tests only.
type Clock struct {
	mu   sync.Mutex
	base time.Time
	from time.Time // the machine's clock when base was set
}

// NewClock starts at t.
func NewClock(t time.Time) *Clock { return &Clock{base: t, from: time.Now()} }

// Now is the time of the demo's world.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base.Add(time.Since(c.from)).UTC()
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.from = t, time.Now()
}
