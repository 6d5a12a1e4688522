package referral

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
)

// TestRememberedHistoryIsTheStored does random things to the acts of two
// referrals in two stores that have the same ids, as two nodes in one process
// do: acts come, are refused, damaged and forgotten, alone and in transactions
// that are rolled back in whole or in part. After each, what is read with the
// memory is what decoding every row gives.
func TestRememberedHistoryIsTheStored(t *testing.T) {
	stores := []*store.DB{storetest.OpenSQLite(t), storetest.Open(t)}
	room := recent.max
	t.Cleanup(func() { recent.max = room })
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		recent.max = rapid.SampledFrom([]int{0, 600, room}).Draw(rt, "room") // bytes: none, two acts, all
		ids := []string{fmt.Sprint("r", runs, "a"), fmt.Sprint("r", runs, "b")}
		seq := int64(0)
		for range rapid.IntRange(1, 30).Draw(rt, "moves") {
			db, id := rapid.SampledFrom(stores).Draw(rt, "store"), rapid.SampledFrom(ids).Draw(rt, "referral")
			undone := rapid.Bool().Draw(rt, "undone")
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				if rapid.Bool().Draw(rt, "attempt") {
					seq++
					if _, err := tx.Attempt(func() error { return errors.Join(someMove(rt, tx, id, seq), asStored(tx, id), errUndone) }); err != nil {
						return err
					}
				}
				seq++
				if err := errors.Join(someMove(rt, tx, id, seq), asStored(tx, id)); err != nil || !undone {
					return err
				}
				return errUndone
			})
			if err != nil && !errors.Is(err, errUndone) {
				rt.Fatal(err)
			}
			for _, db := range stores {
				if err := db.Read(context.Background(), func(tx *store.Tx) error { return errors.Join(asStored(tx, ids[0]), asStored(tx, ids[1])) }); err != nil {
					rt.Fatal(err)
				}
			}
		}
	})
}

var errUndone = errors.New("undone on purpose")

// someMove changes the acts of a referral; the writer may run it again.
func someMove(rt *rapid.T, tx *store.Tx, id string, seq int64) error {
	a := Act{Fact: fmt.Sprint("f", seq), Step: rapid.SampledFrom([]string{"send", "accept", "close"}).Draw(rt, "step"), Side: program.Receiver,
		Nth: int(seq), At: time.UnixMicro(seq).UTC(), Name: rapid.StringN(0, 8, 40).Draw(rt, "name")}
	switch rapid.SampledFrom([]string{"act", "act", "act", "refused", "gone", "forgotten"}).Draw(rt, "move") {
	case "refused":
		a.Refused = "late"
		return tx.Exec(`UPDATE referral_act SET doc = $1 WHERE referral = $2 AND seq % 2 = 0`, store.JSON(a), id)
	case "gone":
		return tx.Exec(`DELETE FROM referral_act WHERE referral = $1 AND seq % 3 = 0`, id)
	case "forgotten":
		tx.AfterCommit(func() { recent.drop(id) })
		return tx.Exec(`DELETE FROM referral_act WHERE referral = $1`, id)
	}
	return a.save(tx, id, seq-2*(seq%2)) // an odd one comes before the one recorded last
}

// asStored holds the remembered history against every row, each decoded anew.
func asStored(tx *store.Tx, id string) error {
	fresh, err := store.Docs[Act](tx, `SELECT doc FROM referral_act WHERE referral = $1 ORDER BY seq, fact`, id)
	if err != nil {
		return err
	}
	got, err := actsOf(tx, id)
	if err == nil && (len(got) != len(fresh) || len(fresh) > 0 && !reflect.DeepEqual(got, fresh)) {
		err = fmt.Errorf("remembered %+v, stored %+v", got, fresh)
	}
	return err
}
