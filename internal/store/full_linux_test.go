package store_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// On a full disk a write is whole or is not: also where the engine finds out
// in the middle of a command, rolls back by itself, and the command goes on as
// if nothing were. Who waits is refused with words; what was committed stands,
// and what comes when there is room again is written.
func TestFullDisk(t *testing.T) {
	disk, ok := storetest.SmallDisk(t, "16m")
	if !ok {
		return
	}
	db := storetest.OpenSource(t, filepath.Join(disk.Dir, "store.sqlite"))
	write := func(who string, rows, size int, careless bool) error {
		return db.Write(t.Context(), func(tx *store.Tx) error {
			for i := range rows {
				err := tx.Exec(`INSERT INTO full_disk (who, n, filling) VALUES ($1, $2, $3)`, who, i, make([]byte, size))
				if err != nil && !careless {
					return err
				}
			}
			return nil
		})
	}
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Exec(`CREATE TABLE full_disk (who TEXT, n BIGINT, filling BYTEA)`)
	}); err != nil {
		t.Fatal(err)
	}
	if err := write("before", 3, 100, false); err != nil {
		t.Fatal(err)
	}
	disk.Fill()
	want := map[string]int{"before": 3, "after": 3}
	for who, careless := range map[string]bool{"large": false, "careless": true} { // more than the engine keeps in memory
		if err := write(who, 90, 1<<20, careless); !refusal.Is(err, store.CodeFull) {
			t.Errorf("%s: %v", who, err)
		}
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	refused := 0
	for i := range 64 { // in groups: each whole or not at all
		all.Go(func() {
			who := fmt.Sprint("many ", i)
			err := write(who, 4, 40_000, i%2 == 0)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				want[who] = 4
			case refusal.Is(err, store.CodeFull):
				refused++
			default:
				t.Errorf("%s: %v", who, err)
			}
		})
	}
	all.Wait()
	if refused == 0 {
		t.Error("the disk was not full")
	}
	disk.Free()
	if err := write("after", 3, 100, false); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	got := map[string]int{}
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Query(`SELECT who, COUNT(*) FROM full_disk GROUP BY who`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var who string
			var n int
			if err := rows.Scan(&who, &n); err != nil {
				return err
			}
			got[who] = n
		}
		return rows.Err()
	}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("written: %v, want %v", got, want)
	}
	for _, key := range []string{"refusal." + store.CodeFull, "refusal." + store.CodeFull + ".next"} {
		if !i18n.Has(key) {
			t.Errorf("%s has no text", key)
		}
	}
}
