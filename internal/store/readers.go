package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// pool are the connections that read a SQLite file. Each keeps the statements
// it has prepared, as the writer does: reading a page asks the same few, and
// preparing one costs more than running it. (The PostgreSQL driver keeps them
// by itself.)
//
// The one used last is used next: a node that is asked one thing at a time
// opens one connection and prepares its statements once.
type pool struct {
	db    *sql.DB
	turns chan struct{} // one for each connection that there may be
	shut  chan struct{} // closed before the connections are
	once  sync.Once

	mu   sync.Mutex
	idle []*reading // the one used last at the end
}

// reading is one of them.
type reading struct {
	conn  *sql.Conn
	stmts *statements
}

func newPool(db *sql.DB) *pool {
	p := &pool{db: db, turns: make(chan struct{}, readers), shut: make(chan struct{})}
	for range readers {
		p.turns <- struct{}{}
	}
	return p
}

// take gives the connection used last; nil if one has to be opened.
func (p *pool) take() (r *reading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		r, p.idle = p.idle[n-1], p.idle[:n-1]
	}
	return r
}

// give puts a connection back, and ends the turn.
func (p *pool) give(r *reading) {
	if r != nil {
		p.mu.Lock()
		p.idle = append(p.idle, r)
		p.mu.Unlock()
	}
	p.turns <- struct{}{}
}

// read runs f on a snapshot, on a connection of its own; ErrClosed once the
// database was closed.
func (p *pool) read(ctx context.Context, f func(*Tx) error) (err error) {
	select {
	case <-p.shut:
		return ErrClosed
	default:
	}
	select {
	case <-p.shut:
		return ErrClosed
	case <-p.turns:
	case <-ctx.Done():
		return ctx.Err()
	}
	r := p.take()
	defer func() { p.give(r) }()
	if r == nil {
		conn, err := p.db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("reader connection: %w", err)
		}
		r = &reading{conn, newStatements(conn)}
	}
	still := context.WithoutCancel(ctx)
	if _, err := r.stmts.ExecContext(still, `BEGIN`); err != nil {
		return fmt.Errorf("begin read: %w", err)
	}
	defer func() {
		if _, e := r.stmts.ExecContext(still, `ROLLBACK`); e != nil {
			err, r = errors.Join(err, e, r.close()), nil
		}
	}()
	return f(&Tx{ctx: ctx, via: r.stmts, dialect: SQLite, work: workOf(ctx)})
}

func (r *reading) close() error { return errors.Join(r.stmts.close(), r.conn.Close()) }

// close waits for those who read and closes the connections.
func (p *pool) close() (err error) {
	p.once.Do(func() {
		close(p.shut)
		for range readers {
			<-p.turns
		}
		for r := p.take(); r != nil; r = p.take() {
			err = errors.Join(err, r.close())
		}
	})
	return err
}
