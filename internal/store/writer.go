package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
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
	// claimed is set by whoever comes first: the writer, who runs it, or the
	// caller, who leaves before it ran.
	claimed *atomic.Bool
}

// claim reports whether the one who asks came first.
func (c command) claim() bool { return c.claimed.CompareAndSwap(false, true) }

// writer owns the only connection that writes. It takes what is queued,
// without lingering, runs it in one transaction and commits: many callers,
// one fsync. What goes ahead does not wait for those who are queued: it joins
// the group that is running, which then takes no more of them.
type writer struct {
	engine  engine
	db      *sql.DB
	conn    *sql.Conn
	stmts   *statements
	queue   chan command
	ahead   chan command
	quit    chan struct{}
	stopped chan struct{} // closed when the last group is answered
	once    sync.Once

	keeper  keeper
	timing  timing
	written int // statements that have written since the keeper was told
}

func startWriter(ctx context.Context, e engine, db *sql.DB) (*writer, error) {
	w := &writer{engine: e, db: db, queue: make(chan command, groupMax), ahead: make(chan command, groupMax), quit: make(chan struct{}), stopped: make(chan struct{})}
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
	w.stmts.send = w.engine.send(conn)
	return nil
}

func (w *writer) submit(ctx context.Context, queue chan command, f func(*Tx) error) error {
	since := time.Now()
	err := w.wait(ctx, queue, f)
	if err == nil {
		w.timing.wrote(since)
	}
	return err
}

func (w *writer) wait(ctx context.Context, queue chan command, f func(*Tx) error) error {
	c := command{f: f, work: workOf(ctx), done: make(chan error, 1), claimed: new(atomic.Bool)}
	select {
	case queue <- c:
	case <-w.quit:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	leave := ctx.Done()
	for {
		select {
		case err := <-c.done:
			return err
		case <-leave:
			if c.claim() {
				return ctx.Err()
			}
			leave = nil // it runs: what it writes to is the caller's until it has ended
		case <-w.stopped:
			select { // the last group may have answered
			case err := <-c.done:
				return err
			default:
				return ErrClosed
			}
		}
	}
}

func (w *writer) run() {
	defer close(w.stopped)
	idle := time.NewTimer(time.Second)
	defer idle.Stop()
	for {
		select {
		case c := <-w.ahead:
			w.serve(c, true)
			idle.Reset(time.Second)
		case c := <-w.queue:
			w.serve(c, false)
			idle.Reset(time.Second)
		case <-idle.C:
			w.keeper.idle()
		case <-w.quit:
			for {
				select {
				case c := <-w.ahead:
					w.serve(c, true)
				case c := <-w.queue:
					w.serve(c, false)
				default:
					return
				}
			}
		}
	}
}

// serve commits a command with those that are queued now, and tells the keeper
// what was written.
func (w *writer) serve(first command, ahead bool) {
	if !first.claim() {
		return
	}
	w.commit(&group{commands: []command{first}, ahead: ahead, queued: !ahead, room: groupMax - 1, left: len(w.queue)})
	w.keeper.wrote(w.written)
	w.written = 0
}

// group is the commands of one commit, in the order in which they run.
type group struct {
	commands []command
	ahead    bool // one of them went ahead
	queued   bool // one of them was queued
	room     int  // how many more it may have
	left     int  // how many of those who were queued when it began it has not
}

// take adds a command that waits to the group. A group with one that went ahead
// takes at most one of the queue, so that neither waits for long.
func (w *writer) take(g *group) {
	if g.room == 0 {
		return
	}
	var c command
	select {
	case c = <-w.ahead:
		if !c.claim() {
			return
		}
		g.ahead = true
	default:
		if g.left == 0 || g.ahead && g.queued {
			return
		}
		c = <-w.queue // nobody else takes from it
		g.left--
		if !c.claim() {
			return
		}
		g.queued = true
	}
	g.commands = append(g.commands, c)
	g.room--
}

// commit runs a group optimistically in one transaction, and what comes while it
// runs with it. A command that is refused before it wrote simply gets its error.
// If one fails after writing, the group is rolled back and each command runs
// again alone.
func (w *writer) commit(g *group) {
	failpoint.Hit(failpoint.StoreGroupTaken)
	errs, after, err := w.attempt(g)
	if errors.Is(err, errDirty) && len(g.commands) > 1 {
		for _, c := range g.commands {
			w.commit(&group{commands: []command{c}})
		}
		return
	}
	for _, f := range after {
		f()
	}
	for i, c := range g.commands {
		if err != nil && errs[i] == nil {
			errs[i] = err
		}
		c.done <- w.room(errs[i])
	}
	failpoint.Hit(failpoint.StoreAnswered)
}

var errDirty = errors.New("store: a command failed after writing")

// attempt gives an error for each command of the group, those included that it
// took while it ran.
func (w *writer) attempt(g *group) (errs []error, after []func(), err error) {
	ctx := context.Background() // a caller that leaves must not undo others' work
	if err := w.begin(ctx); err != nil {
		return make([]error, len(g.commands)), nil, fmt.Errorf("begin: %w", err)
	}
	known, wrote := map[any]any{}, false
	for i := 0; i < len(g.commands); i++ {
		c := g.commands[i]
		tx := &Tx{ctx: ctx, via: w.stmts, dialect: w.engine.dialect(), empty: w.keeper.forget, known: known, work: c.work}
		err := runCommand(c.f, tx)
		w.written += tx.writes
		wrote = wrote || tx.writes > 0
		if err == nil {
			err = tx.undone
		}
		if broken := w.engine.broken(w.conn); broken || err != nil && tx.writes > 0 {
			if err == nil {
				err = errBroken
			}
			errs = append(errs, err)
			return errs, nil, errors.Join(errDirty, w.rollback(ctx))
		}
		if err == nil {
			after = append(after, tx.after...)
		}
		errs = append(errs, err)
		w.take(g)
	}
	failpoint.Hit(failpoint.StoreWritten)
	if err := w.stmts.flush(ctx); err != nil {
		errs[len(errs)-1] = err // of whom it is shows when each runs alone
		return errs, nil, errors.Join(errDirty, w.rollback(ctx))
	}
	if err := w.engine.commit(ctx, w.stmts, wrote); err != nil {
		return errs, nil, fmt.Errorf("commit: %w", errors.Join(err, w.rollback(ctx)))
	}
	failpoint.Hit(failpoint.StoreCommitted)
	w.timing.committed(len(g.commands))
	return errs, after, nil
}

// begin starts a group. A connection that was lost between groups, as when a
// server was restarted, is replaced once.
func (w *writer) begin(ctx context.Context) error {
	err := w.engine.begin(ctx, w.stmts)
	if err == nil || w.engine.dialect() == SQLite {
		return err
	}
	if err := w.connect(ctx); err != nil {
		return err
	}
	return w.engine.begin(ctx, w.stmts)
}

func (w *writer) rollback(ctx context.Context) error {
	w.stmts.later = nil
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
// what the writer can commit. To a server those that only write go together,
// ahead of the next that reads: most of an act's time there is the way to it
// and back.
type statements struct {
	conn  *sql.Conn
	byQ   map[string]*sql.Stmt
	send  func(context.Context, []statement) error // nil where each runs at once
	later []statement                              // not sent yet
}

// statement is one that is not sent yet.
type statement struct {
	query string
	args  []any
}

// flush sends what waits.
func (s *statements) flush(ctx context.Context) error {
	if len(s.later) == 0 {
		return nil
	}
	all := s.later
	s.later = nil
	if err := s.send(ctx, all); err != nil {
		return fmt.Errorf("statement: %w", err)
	}
	return nil
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
