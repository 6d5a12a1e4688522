package store

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// leaseBeat is how often a lease is seen to be still held.
const leaseBeat = 2 * time.Second

// hold keeps the lease on a connection of its own: whatever ends the process
// ends the connection, and the server gives the lease to who waits.
func (e *postgres) hold(ctx context.Context, name string, f func(context.Context)) {
	for ctx.Err() == nil {
		if conn, err := e.acquire(ctx, name); err == nil {
			e.run(ctx, conn, f)
		}
		rest(ctx)
	}
}

func (e *postgres) acquire(ctx context.Context, name string) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, e.config.Copy())
	if err != nil {
		return nil, err
	}
	if _, err = conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, e.lock(name)); err != nil {
		closeSoon(conn)
		return nil, err
	}
	return conn, nil
}

// run runs f until ctx ends or the connection that holds the lease fails.
func (e *postgres) run(ctx context.Context, conn *pgx.Conn, f func(context.Context)) {
	defer closeSoon(conn)
	held, lose := context.WithCancel(ctx)
	defer lose()
	var wg sync.WaitGroup
	wg.Go(func() { defer lose(); f(held) })
	beat := time.NewTicker(leaseBeat)
	defer beat.Stop()
	for held.Err() == nil {
		select {
		case <-held.Done():
		case <-beat.C:
			if err := ping(held, conn); err != nil {
				lose()
			}
		}
	}
	wg.Wait() // before the lease goes
}

func ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, leaseBeat)
	defer cancel()
	return conn.Ping(ctx)
}

// closeSoon closes a connection without waiting for a server that is gone.
func closeSoon(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), leaseBeat)
	defer cancel()
	conn.Close(ctx) //nolint:errcheck // there is nothing left on it to lose
}

// Occupy marks a server's database as in use until release, or says that it is
// not free: processes of a node share it, and who wants it alone waits for
// none. Whatever ends the process takes the mark away.
func Occupy(ctx context.Context, source string, alone bool) (release func() error, free bool, err error) {
	e := &postgres{source: source}
	write, read, err := e.open(ctx)
	if err != nil {
		return nil, false, err
	}
	defer write.Close() //nolint:errcheck // used to learn the schema only
	defer read.Close()  //nolint:errcheck // as above
	conn, err := pgx.ConnectConfig(ctx, e.config.Copy())
	if err != nil {
		return nil, false, err
	}
	try := `SELECT pg_try_advisory_lock_shared($1)`
	if alone {
		try = `SELECT pg_try_advisory_lock($1)`
	}
	if err := conn.QueryRow(ctx, try, e.lock("in use")).Scan(&free); err != nil || !free {
		closeSoon(conn)
		return nil, false, err
	}
	return func() error { closeSoon(conn); return nil }, true, nil
}

// listener hears of what other processes of the node commit.
type listener struct {
	heard chan struct{}
	stop  context.CancelFunc
	wg    sync.WaitGroup
}

func listen(e *postgres) *listener {
	ctx, stop := context.WithCancel(context.Background())
	l := &listener{heard: make(chan struct{}, 1), stop: stop}
	l.wg.Go(func() {
		for ctx.Err() == nil {
			l.attend(ctx, e)
			rest(ctx)
			l.tell() // what was said meanwhile is looked for
		}
	})
	return l
}

func (l *listener) attend(ctx context.Context, e *postgres) {
	conn, err := pgx.ConnectConfig(ctx, e.config.Copy())
	if err != nil {
		return
	}
	defer closeSoon(conn)
	if _, err := conn.Exec(ctx, "LISTEN "+e.channel()); err != nil {
		return
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return
		}
		if n.Payload != e.self {
			l.tell()
		}
	}
}

func (l *listener) tell() {
	select {
	case l.heard <- struct{}{}:
	default: // one is already due
	}
}

func (l *listener) close() error {
	l.stop()
	l.wg.Wait()
	return nil
}
