package store

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/oasiss/oasiss/internal/refusal"
)

// CodeFull is the refusal of a write for which there is no room: the disk is
// full. Nothing of it was written.
const CodeFull = "store.full"

// room says what became of a command: an engine's own error for a full disk is
// a refusal that a person can act on, with the error kept for the log.
func (w *writer) room(err error) error {
	if err == nil || !w.engine.full(err) {
		return err
	}
	return fmt.Errorf("%w: %w", refusal.NoRoom(CodeFull), err)
}

// diskFull is PostgreSQL's code for it (class 53, insufficient resources).
const diskFull = "53100"

func (*postgres) full(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == diskFull
}

// full: SQLite tells of a disk without room when it writes, or when it has to
// make the index of its log larger.
func (sqlite) full(err error) bool {
	e, ok := errors.AsType[*driver.Error](err)
	return ok && (e.Code()&0xff == sqlite3.SQLITE_FULL || e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE)
}

// undone says whether SQLite may have rolled the transaction back by itself,
// after which each further statement would be a transaction of its own
// (https://sqlite.org/lang_transaction.html, section 2.4).
func undone(err error) bool {
	e, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT:
		return true
	}
	return false
}
