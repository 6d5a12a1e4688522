package web

import (
	"sync"
	"time"
)

// pace bounds how often one account is answered while it types: mostLooks in
// lookSpan. It is this process's own, and gone with it.
type pace struct {
	mu   sync.Mutex
	last map[string][]time.Time // the latest looks of each account, oldest first
}

const (
	mostLooks = 60
	lookSpan  = 10 * time.Minute
)

// admits counts a look, unless there were too many.
func (p *pace) admits(account string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		p.last = map[string][]time.Time{}
	}
	for who, looks := range p.last {
		for len(looks) > 0 && now.Sub(looks[0]) >= lookSpan {
			looks = looks[1:]
		}
		if p.last[who] = looks; len(looks) == 0 {
			delete(p.last, who)
		}
	}
	if len(p.last[account]) >= mostLooks {
		return false
	}
	p.last[account] = append(p.last[account], now)
	return true
}
