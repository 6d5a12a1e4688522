package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/watch"
)

// database opens the store to read and looks at its schema. A server that
// commits without fsync or orders text otherwise is refused there.
func (x *examination) database(ctx context.Context) {
	if x.settings == nil {
		return
	}
	if x.Server == "" {
		if _, err := os.Stat(x.Database()); errors.Is(err, fs.ErrNotExist) {
			x.found("database", Fault, "no_store", "oasiss restore BACKUP"+x.flags(), "Path", x.Database())
			return
		}
	}
	r, err := store.OpenReader(ctx, x.Database())
	if err != nil {
		if x.Server != "" {
			x.found("database", Fault, "server_unfit", `psql "$OASISS_DATABASE" -c 'SELECT 1'`, "Said", err.Error())
			return
		}
		x.broken("database", err)
		return
	}
	var has int64
	err = r.Read(ctx, func(tx *store.Tx) (err error) {
		has, err = store.SchemaOf(tx)
		return err
	})
	known, kerr := store.SchemaKnown()
	if err = errors.Join(err, kerr); err != nil {
		x.broken("database", errors.Join(err, r.Close()))
		return
	}
	if has == known {
		x.store = r
		x.found("database", OK, "database_fine", "", "Has", has)
		return
	}
	if has > known {
		x.found("database", Fault, "schema_newer", "oasiss version", "Has", has, "Known", known)
	} else {
		x.found("database", Warning, "schema_older", "oasiss serve"+x.flags(), "Has", has, "Known", known)
	}
	if err := r.Close(); err != nil { // the tables are not those that this program reads
		x.broken("database", err)
	}
}

// newest is how many facts the quick check of the journal looks at.
const newest = 1000

// journal recomputes the newest part of the journal.
func (x *examination) journal(ctx context.Context) {
	if x.store == nil {
		return
	}
	var v journal.Verified
	err := x.store.Read(ctx, func(tx *store.Tx) (err error) {
		v, err = journal.VerifyNewest(tx, newest)
		return err
	})
	if err != nil {
		x.broken("journal", err)
		return
	}
	if len(v.Faults) > 0 {
		mend := "oasiss journal verify --data " + quoted(x.Data)
		if x.report.Running {
			mend = "oasiss journal check"
		}
		x.found("journal", Fault, "journal_faults", mend, "Count", len(v.Faults), "First", v.Faults[0])
		return
	}
	x.found("journal", OK, "journal_fine", "", "Size", watch.Count(v.Size))
}
