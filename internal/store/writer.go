package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/failpoint"
)

// groupMax bounds how many commands share one commit.
const groupMax = 256

// ErrClosed is returned once the database was closed.
var ErrClosed = errors.New("store: closed")

type command struct {
	f    func(*Tx) error
	work *Work
	done chan error
}

// writer owns the only connection that writes. It takes what is queued,
// without lingering, runs it in one transaction and commits: many callers,
// one fsync.
type writer struct {
	engine  engine
	db      *sql.DB
	conn    *sql.Conn
	stmts   *statements
	queue   chan command
	quit    chan struct{}
	stopped chan struct{} // closed when the last group is answered
	once    sync.Once

	keeper  keeper
	timing  timing
	written int // statements that have written since the keeper was told
}

func startWriter(ctx context.Context, e engine, db *sql.DB) (*writer, error) {
	w := &writer{engine: e, db: db, queue: make(chan command, groupMax), quit: make(chan struct{}), stopped: make(chan struct{})}
	if err := w.connect(ctx); err != nil {
		return nil, err
	}
	var err error
	if w.keeper, err = e.keep(ctx, db); err != nil {
		return nil, errors.Join(err, w.conn.Close())
	}
	go w.run()
	return w, nil
}

// connect takes a connection for the writer alone, in place of one that failed.
func (w *writer) connect(ctx context.Context) error {
	if w.conn != nil {
		_ = errors.Join(w.stmts.close(), w.conn.Close()) // it has failed already
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("writer connection: %w", err)
	}
	w.conn, w.stmts = conn, newStatements(conn)
	return nil
}

func (w *writer) submit(ctx context.Context, f func(*Tx) error) error {
	since := time.Now()
	err := w.wait(ctx, f)
	if err == nil {
		w.timing.wrote(since)
	}
	return err
}

func (w *writer) wait(ctx context.Context, f func(*Tx) error) error {
	c := command{f: f, work: workOf(ctx), done: make(chan error, 1)}
	select {
	case w.queue <- c:
	case <-w.quit:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stopped:
		select { // the last group may have answered
		case err := <-c.done:
			return err
		default:
			return ErrClosed
		}
	}
}

func (w *writer) run() {
	defer close(w.stopped)
	idle := time.NewTimer(time.Second)
	defer idle.Stop()
	for {
		select {
		case c := <-w.queue:
			group := w.take(c)
			w.commit(group)
			w.keeper.wrote(w.written)
			w.written = 0
			idle.Reset(time.Second)
		case <-idle.C:
			w.keeper.idle()
		case <-w.quit:
			for {
				select {
				case c := <-w.queue:
					w.commit(w.take(c))
				default:
					return
				}
			}
		}
	}
}

func (w *writer) take(first command) []command {
	group := []command{first}
	for len(group) < groupMax {
		select {
		case c := <-w.queue:
			group = append(group, c)
		default:
			return group
		}
	}
	return group
}

// commit runs a group optimistically in one transaction. A command that is
// refused before it wrote simply gets its error. If one fails after writing,
// the group is rolled back and each command runs again alone.
func (w *writer) commit(group []command) {
	failpoint.Hit(failpoint.StoreGroupTaken)
	errs, after, err := w.attempt(group)
	if errors.Is(err, errDirty) && len(group) > 1 {
		for _, c := range group {
			w.commit([]command{c})
		}
		return
	}
	for _, f := range after {
		f()
	}
	for i, c := range group {
		if err != nil && errs[i] == nil {
			errs[i] = err
		}
		c.done <- w.room(errs[i])
	}
	failpoint.Hit(failpoint.StoreAnswered)
}

var errDirty = errors.New("store: a command failed after writing")

func (w *writer) attempt(group []command) (errs []error, after []func(), err error) {
	ctx := context.Background() // a caller that leaves must not undo others' work
	errs = make([]error, len(group))
	if err := w.begin(ctx); err != nil {
		return errs, nil, fmt.Errorf("begin: %w", err)
	}
	known := map[any]any{}
	for i, c := range group {
		tx := &Tx{ctx: ctx, via: w.stmts, dialect: w.engine.dialect(), empty: w.keeper.forget, known: known, work: c.work}
		errs[i] = runCommand(c.f, tx)
		w.written += tx.writes
		if errs[i] == nil {
			errs[i] = tx.undone
		}
		if broken := w.engine.broken(w.conn); broken || errs[i] != nil && tx.writes > 0 {
			if errs[i] == nil {
				errs[i] = errBroken
			}
			return errs, nil, errors.Join(errDirty, w.rollback(ctx))
		}
		if errs[i] == nil {
			after = append(after, tx.after...)
		}
	}
	failpoint.Hit(failpoint.StoreWritten)
	if err := w.engine.commit(ctx, w.conn); err != nil {
		return errs, nil, fmt.Errorf("commit: %w", errors.Join(err, w.rollback(ctx)))
	}
	failpoint.Hit(failpoint.StoreCommitted)
	w.timing.committed(len(group))
	return errs, after, nil
}

// begin starts a group. A connection that was lost between groups, as when a
// server was restarted, is replaced once.
func (w *writer) begin(ctx context.Context) error {
	err := w.engine.begin(ctx, w.conn)
	if err == nil || w.engine.dialect() == SQLite {
		return err
	}
	if err := w.connect(ctx); err != nil {
		return err
	}
	return w.engine.begin(ctx, w.conn)
}

func (w *writer) rollback(ctx context.Context) error {
	if _, err := w.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		return fmt.Errorf("rollback: %w", err)
	}
	return nil
}

// runCommand turns a panic in a rule into that command's error, so that one
// faulty act cannot stop the node's only writer.
func runCommand(f func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			tx.writes++ // it may have
			err = fmt.Errorf("store: command panicked: %v", p)
		}
	}()
	return f(tx)
}

func (w *writer) stop() error {
	w.once.Do(func() { close(w.quit) })
	<-w.stopped
	return errors.Join(w.stmts.close(), w.conn.Close(), w.keeper.close())
}

// statements prepares each distinct SQL text once; doing so nearly doubles
// what the writer can commit.
type statements struct {
	conn *sql.Conn
	byQ  map[string]*sql.Stmt
}

func newStatements(conn *sql.Conn) *statements {
	return &statements{conn: conn, byQ: map[string]*sql.Stmt{}}
}

func (s *statements) get(ctx context.Context, q string) (*sql.Stmt, error) {
	if st, ok := s.byQ[q]; ok {
		return st, nil
	}
	st, err := s.conn.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	s.byQ[q] = st
	return st, nil
}

func (s *statements) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	st, err := s.get(ctx, q)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (s *statements) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	st, err := s.get(ctx, q)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (s *statements) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	st, err := s.get(ctx, q)
	if err != nil {
		return s.conn.QueryRowContext(ctx, q, args...) // gives the same error through Scan
	}
	return st.QueryRowContext(ctx, args...)
}

func (s *statements) close() error {
	var err error
	for _, st := range s.byQ {
		err = errors.Join(err, st.Close())
	}
	return err
}
