package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Verb is the act by which a mapping's rows reach the node.
func (m *Mapping) Verb() string {
	if m.Target == TargetStatistics {
		return (&insight.Import{}).Verb()
	}
	return (&Import{}).Verb()
}

// Report is how an import ended. Imported, updated, unchanged, filtered and
// refused rows are together the rows read.
type Report struct {
	Read           int      `json:"read"`
	Imported       int      `json:"imported"`
	Updated        int      `json:"updated"`
	Unchanged      int      `json:"unchanged"`
	Filtered       int      `json:"filtered"`
	Refused        int      `json:"refused"`
	DroppedColumns []string `json:"dropped_columns"`
	RefusedFile    string   `json:"refused_file"`
}

// Run is one import of one file.
type Run struct {
	Mapping *Mapping
	File    string // the file's name in keys: see FileName
	DryRun  bool
	// Key makes repeating the run safe: the same key and the same rows give
	// the first answers again. A run without it answers anew.
	Key string
	// Send takes one act and gives what it told (act.Draw.Tell).
	Send func(ctx context.Context, verb, key string, cmd act.Command) (json.RawMessage, error)
	// Refuse is told of each refused row and why, in no order.
	Refuse func(rec Record, why error) error
}

// FileName is what a file is called in keys: its own name without folders and
// without what packing it has added, so that the packed file is the same file.
func FileName(path string) string {
	name := filepath.Base(path)
	for _, packing := range []string{".gz", ".bz2"} {
		name = strings.TrimSuffix(name, packing)
	}
	return name
}

// Do takes every row of the table: it reads them as the mapping says and sends
// them in batches. An error ends the run where it stands; what was taken stays
// taken, and the run can be repeated.
func (r *Run) Do(ctx context.Context, t *Table) (Report, error) {
	day, err := r.Mapping.Date.reader(r.Mapping, t)
	if err != nil {
		return Report{}, err
	}
	rep := &reporting{Run: r, Report: Report{DroppedColumns: t.Dropped(r.Mapping)}}
	if r.Mapping.Target == TargetStatistics {
		err = send(ctx, rep, t, insight.MaxBatch,
			func(l row, key string) (insight.Row, error) { return r.Mapping.figure(day, l, key) },
			func(rows []insight.Row) act.Command {
				return &insight.Import{Source: r.Mapping.Source, Rows: rows, DryRun: r.DryRun}
			})
		return rep.Report, err
	}
	born, err := r.Mapping.Person.Born.reader(r.Mapping, t)
	if err != nil {
		return Report{}, err
	}
	told := events{}
	err = send(ctx, rep, t, MaxPeople,
		func(l row, key string) (Row, error) {
			p, err := r.Mapping.person(day, born, l, key)
			if err == nil {
				err = told.agree(p, l.Line)
			}
			return p, err
		},
		func(rows []Row) act.Command {
			return &Import{Source: r.Mapping.Source, Rows: rows, DryRun: r.DryRun}
		})
	return rep.Report, err
}

// reporting counts what becomes of rows.
type reporting struct {
	*Run
	Report
	batch int
}

func (r *reporting) refuse(rec Record, why error) error {
	if _, ok := refusal.As(why); !ok {
		return why
	}
	r.Report.Refused++
	return r.Run.Refuse(rec, why)
}

// send reads the rows of a table and sends them in batches of at most most.
func send[T any](ctx context.Context, r *reporting, t *Table, most int, read func(row, string) (T, error), command func([]T) act.Command) error {
	var rows []T
	var from []Record
	seen := map[string]int{}
	for _, rec := range t.Rows {
		for _, l := range r.Mapping.rows(t, rec) {
			r.Report.Read++
			got, taken, err := one(r, l, seen, read)
			if err != nil {
				if err := r.refuse(rec, err); err != nil {
					return err
				}
				continue
			}
			if !taken {
				r.Report.Filtered++
				continue
			}
			rows, from = append(rows, got), append(from, rec)
			if len(rows) == most {
				if err := r.flush(ctx, command(rows), from); err != nil {
					return err
				}
				rows, from = nil, nil
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return r.flush(ctx, command(rows), from)
}

// one reads one row; false if the mapping leaves it out.
func one[T any](r *reporting, l row, seen map[string]int, read func(row, string) (T, error)) (got T, taken bool, err error) {
	if err := l.whole(); err != nil {
		return got, false, err
	}
	if taken, err = r.Mapping.admits(l); err != nil || !taken {
		return got, false, err
	}
	if r.Mapping.Melt != nil && l.value(r.Mapping.Melt.Value) == "" {
		return got, false, nil // the source states nothing in this cell
	}
	key, err := r.Mapping.key(l, r.File)
	if err != nil {
		return got, false, err
	}
	if first, again := seen[key]; again {
		return got, false, refusal.New("intake.key_twice", "Line", first)
	}
	seen[key] = l.Line
	got, err = read(l, key)
	return got, err == nil, err
}

// flush sends a batch and counts what became of it.
func (r *reporting) flush(ctx context.Context, cmd act.Command, from []Record) error {
	r.batch++
	told, err := r.Send(ctx, cmd.Verb(), r.batchKey(cmd), cmd)
	if err != nil {
		return err
	}
	var out Outcome
	if err := json.Unmarshal(told, &out); err != nil {
		return fmt.Errorf("answer to an import: %w", err)
	}
	if n := out.Imported + out.Updated + out.Unchanged + len(out.Refused); n != len(from) {
		return fmt.Errorf("answer to an import: %d rows answered of %d", n, len(from))
	}
	r.Imported += out.Imported
	r.Updated += out.Updated
	r.Unchanged += out.Unchanged
	for _, no := range out.Refused {
		if no.Row < 0 || no.Row >= len(from) {
			return fmt.Errorf("answer to an import: no row %d", no.Row)
		}
		if err := r.refuse(from[no.Row], &refusal.Refusal{Code: no.Code, Params: no.Params}); err != nil {
			return err
		}
	}
	return nil
}

// batchKey names a batch by the run's key, its number and what it says, so that
// a run of another file under the same key is no repeat.
func (r *reporting) batchKey(cmd act.Command) string {
	if r.Key == "" {
		return ""
	}
	digest := sha256.Sum256([]byte(store.JSON(cmd)))
	return fmt.Sprintf("%s/%d/%s", r.Key, r.batch, hex.EncodeToString(digest[:8]))
}

// events are what the rows of a file say of numbered events, so that two rows
// that say otherwise of one event are not taken by turns.
type events map[[2]string]told

type told struct {
	what string
	line int
}

func (e events) agree(r Row, line int) error {
	if r.Event == nil || r.Event.Reference == "" {
		return nil
	}
	name, now := [2]string{r.Case, r.Event.Reference}, told{store.JSON(r.Event), line}
	was, known := e[name]
	if known && was.what != now.what {
		return refusal.New("intake.event_differs", "Line", was.line)
	}
	if !known {
		e[name] = now
	}
	return nil
}
