package act

import (
	"sync"

	"github.com/oasiss/oasiss/internal/journal"
)

// Hub tells open pages that something they show has changed. It carries topics
// only, never content: the page fetches the fragment, and that fetch is
// decided and journalled like any other.
type Hub struct {
	mu      sync.Mutex
	subs    map[*Subscription]struct{}
	observe []func(journal.Entry)
}

// NewHub makes a hub.
func NewHub() *Hub { return &Hub{subs: map[*Subscription]struct{}{}} }

// Subscription receives a signal when one of its topics changed.
type Subscription struct {
	C      chan struct{} // one pending signal at most
	topics map[string]bool
	hub    *Hub
}

// Subscribe listens for topics ("case/ID", "referral/ID", "link", "any").
func (h *Hub) Subscribe(topics ...string) *Subscription {
	s := &Subscription{C: make(chan struct{}, 1), topics: map[string]bool{}, hub: h}
	for _, t := range topics {
		s.topics[t] = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subs[s] = struct{}{}
	return s
}

// Close stops listening.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subs, s)
}

// Observe has f hear of every fact once it is durable, access facts too. f must
// be quick: the writer waits for it.
func (h *Hub) Observe(f func(journal.Entry)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.observe = append(h.observe, f)
}

// Changed signals everyone who shows what a fact is about. Access facts
// signal nothing: looking is not a change.
func (h *Hub) Changed(e journal.Entry) {
	h.mu.Lock()
	observers := h.observe
	h.mu.Unlock()
	for _, f := range observers {
		f(e)
	}
	if e.Kind == "access.recorded.1" {
		return
	}
	topics := []string{"any"}
	if e.Case != "" {
		topics = append(topics, "case/"+e.Case)
	}
	if e.Referral != "" {
		topics = append(topics, "referral/"+e.Referral)
	}
	h.Signal(topics...)
}

// Signal tells everyone who listens to one of the topics.
func (h *Hub) Signal(topics ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		for _, t := range topics {
			if s.topics[t] {
				select {
				case s.C <- struct{}{}:
				default: // already told
				}
				break
			}
		}
	}
}
