package store

import (
	"context"
	"sync"
)

// Work is what the transactions of one request did to the database. Two
// requests that did the same work cannot be told apart by how long it took
// (R09): it is counted, since a clock would measure the machine as well.
type Work struct {
	mu         sync.Mutex
	Statements []string // in the order in which they ran
	Rows       int      // that were read
}

// counted is the key of a request's work in its context.
type counted struct{}

// Counted is a context whose transactions are counted into w.
func Counted(ctx context.Context, w *Work) context.Context {
	return context.WithValue(ctx, counted{}, w)
}

// workOf is what a context counts into; nil, which counts nothing, of most.
func workOf(ctx context.Context) *Work {
	w, _ := ctx.Value(counted{}).(*Work)
	return w
}

func (w *Work) ran(query string) {
	if w != nil {
		w.mu.Lock()
		w.Statements = append(w.Statements, query)
		w.mu.Unlock()
	}
}

func (w *Work) read() {
	if w != nil {
		w.mu.Lock()
		w.Rows++
		w.mu.Unlock()
	}
}
