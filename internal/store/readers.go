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
type pool struct {
	db   *sql.DB
	idle chan *reading // nil stands for a connection that nobody has needed yet
	shut chan struct{} // closed before the connections are
	once sync.Once
}

// reading is one of them.
type reading struct {
	conn  *sql.Conn
	stmts *statements
}

func newPool(db *sql.DB) *pool {
	p := &pool{db: db, idle: make(chan *reading, readers), shut: make(chan struct{})}
	for range readers {
		p.idle <- nil
	}
	return p
}

// read runs f on a snapshot, on a connection of its own; ErrClosed once the
// database was closed.
func (p *pool) read(ctx context.Context, f func(*Tx) error) (err error) {
	var r *reading
	select {
	case <-p.shut:
		return ErrClosed
	default:
	}
	select {
	case <-p.shut:
		return ErrClosed
	case r = <-p.idle:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { p.idle <- r }()
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
	return f(&Tx{ctx: ctx, via: r.stmts, dialect: SQLite})
}

func (r *reading) close() error { return errors.Join(r.stmts.close(), r.conn.Close()) }

// close waits for those who read and closes the connections.
func (p *pool) close() (err error) {
	p.once.Do(func() {
		close(p.shut)
		for range readers {
			if r := <-p.idle; r != nil {
				err = errors.Join(err, r.close())
			}
		}
	})
	return err
}
