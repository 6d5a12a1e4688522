package access_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

// TestNarrowIsASupersetOfDecide: whatever policies permit, the SQL condition, of
// lists and of what is loaded by its id,
// has let through; what it lets through and policies refuse is for them.
func TestNarrowIsASupersetOfDecide(t *testing.T) {
	db, p := storetest.Open(t), policies(t)
	offices := []string{"desk", "other", "third"}
	types := slices.DeleteFunc(p.Types(), func(typ string) bool { return !p.CaseBound(typ) })
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		typ := rapid.SampledFrom(types).Draw(t, "type")
		members := map[string][]string{}
		for i := range rapid.IntRange(1, 6).Draw(t, "objects") {
			id := fmt.Sprintf("%d-%d", round, i)
			members[id] = rapid.SliceOfDistinct(rapid.SampledFrom(offices), func(s string) string { return s }).Draw(t, "members")
		}
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			for id, offices := range members {
				for _, o := range offices {
					if err := access.Member(tx, typ, id, o); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		by := official(anyRoles(t)...)
		by.Office = rapid.SampledFrom(append(offices, "")).Draw(t, "office")
		narrowed := narrowed(t, db, by, typ, round)
		for id := range members {
			err := db.Read(context.Background(), func(tx *store.Tx) error {
				of, err := access.Offices(tx, typ, id)
				if err != nil {
					return err
				}
				purpose := rapid.SampledFrom(wire.Purposes).Draw(t, "purpose")
				r := access.Resource{Type: typ, ID: id, Offices: of, Attrs: anyAttrs(t)}
				if p.Decide(by, access.See, purpose, r).Allowed && !slices.Contains(narrowed, id) {
					t.Fatalf("%s of %v is permitted to %s and not in its list", id, of, by.Office)
				}
				return tx.Within(by.Office, func() error { // what is loaded by its id is found where a list has it
					and, args := access.Reach(tx, 3, access.Tie{Type: typ, Column: "o.object_id"})
					var n int
					err := tx.QueryRow(`SELECT COUNT(*) FROM (SELECT DISTINCT o.object_id FROM membership o WHERE o.object_type = $1 AND o.object_id = $2`+and+`) found`, append([]any{typ, id}, args...)...).Scan(&n)
					if (n == 1) != slices.Contains(narrowed, id) {
						t.Fatalf("%s of %v: %d within reach of %s, in its list %v", id, of, n, by.Office, narrowed)
					}
					return err
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func narrowed(t *rapid.T, db *store.DB, by access.Actor, typ string, round int) (ids []string) {
	cond, args := access.Narrow(by, typ, "o.object_id", 3)
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		return store.Each(tx, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		}, `SELECT DISTINCT o.object_id FROM membership o WHERE o.object_type = $1 AND o.object_id LIKE $2 AND `+cond,
			append([]any{typ, fmt.Sprintf("%d-%%", round)}, args...)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestMembershipEnds(t *testing.T) {
	db := storetest.Open(t)
	offices := func() (out []string) {
		err := db.Read(t.Context(), func(tx *store.Tx) (err error) { out, err = access.Offices(tx, "case", "c1"); return err })
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	must(t, db, func(tx *store.Tx) error { return access.Member(tx, "case", "c1", "b") })
	must(t, db, func(tx *store.Tx) error { return access.Member(tx, "case", "c1", "a") })
	must(t, db, func(tx *store.Tx) error { return access.Member(tx, "case", "c1", "a") })
	if got := offices(); !slices.Equal(got, []string{"a", "b"}) {
		t.Fatal(got)
	}
	must(t, db, func(tx *store.Tx) error { return access.Unmember(tx, "case", "c1", "b") })
	if got := offices(); !slices.Equal(got, []string{"a"}) {
		t.Fatal(got)
	}
	must(t, db, func(tx *store.Tx) error { return access.Forget(tx, "case", "c1") })
	if got := offices(); got != nil {
		t.Fatal(got)
	}
}

func must(t *testing.T, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}
