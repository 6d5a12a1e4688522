package act_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// looker looks at things of a node, one View each.
type looker struct {
	*acttest.Node
	by access.Actor
}

func newLooker(t *testing.T) looker {
	n := probe(t, "us")
	return looker{n, n.Person("auditor", "desk", access.RoleAuditor)}
}

func (l looker) at(ctx context.Context, purpose, what string, things ...access.Resource) error {
	_, err := act.View(ctx, l.Acts, l.by, purpose, what, func(_ *store.Tx, v *act.Viewing) (struct{}, error) {
		for _, r := range things {
			if err := v.Must(r); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

func (l looker) facts() (out []access.Recorded) {
	l.Read(func(tx *store.Tx) error {
		count, err := journal.Size(tx)
		if err != nil {
			return err
		}
		for seq := int64(1); seq <= count; seq++ {
			_, m, err := journal.LoadSeq(tx, seq)
			if err != nil {
				return err
			}
			var f access.Recorded
			if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
				return err
			}
			out = append(out, f)
		}
		return nil
	})
	return out
}

var (
	theAccord = access.Resource{Type: "accord", ID: "a"}
	theOffice = access.Resource{Type: "office", ID: "o"}
	aCase     = access.Resource{Type: "case", ID: "c"}
)

// One request is one access fact that lists all that it looked at.
func TestARequestIsOneAccessFact(t *testing.T) {
	l := newLooker(t)
	gone := errors.New("the disk is gone")
	for _, c := range []struct {
		name     string
		f        func(ctx context.Context) error
		verb     string // "" for no fact
		refused  string
		objects  []access.Object
		withheld []access.Object
		fails    bool
	}{
		{"two looks", func(ctx context.Context) error {
			return errors.Join(l.at(ctx, "oversight", "first", theAccord, theOffice), l.at(ctx, "oversight", "second", theAccord))
		}, "view.first", "", []access.Object{theAccord.Object(), theOffice.Object()}, nil, false},
		{"a part that is not shown", func(ctx context.Context) error {
			if err := l.at(ctx, "oversight", "part", aCase); !refusal.Is(err, "access.not_found") {
				t.Errorf("an auditor is shown a case: %v", err)
			}
			return l.at(ctx, "oversight", "whole", theAccord)
		}, "view.part", "", []access.Object{theAccord.Object()}, []access.Object{aCase.Object()}, false},
		{"refused as a whole", func(ctx context.Context) error {
			if err := l.at(ctx, "oversight", "whole", theAccord); err != nil {
				return err
			}
			return l.at(ctx, "oversight", "part", aCase)
		}, "view.whole", "access.not_found", []access.Object{theAccord.Object()}, []access.Object{aCase.Object()}, true},
		{"all of it refused, and told on the page", func(ctx context.Context) error {
			_ = l.at(ctx, "oversight", "part", aCase)
			return nil
		}, "view.part", "access.not_found", nil, []access.Object{aCase.Object()}, false},
		{"nothing looked at", func(context.Context) error { return nil }, "", "", nil, nil, false},
		{"two purposes", func(ctx context.Context) error {
			return errors.Join(l.at(ctx, "oversight", "first", theAccord), l.at(ctx, "administration", "second", theAccord))
		}, "", "", nil, nil, true},
		{"a fault", func(ctx context.Context) error {
			return errors.Join(l.at(ctx, "oversight", "first", theAccord), gone)
		}, "", "", nil, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(l.facts())
			if err := l.Together(t.Context(), c.f); (err != nil) != c.fails {
				t.Fatal(err)
			}
			made := l.facts()[before:]
			if c.verb == "" {
				if len(made) != 0 {
					t.Fatalf("%d facts", len(made))
				}
				return
			}
			if len(made) != 1 {
				t.Fatalf("%d facts, want one for the request", len(made))
			}
			f := made[0]
			if f.Verb != c.verb || f.Refused != c.refused || f.Actor != "auditor" || f.Purpose != "oversight" {
				t.Errorf("%+v", f)
			}
			if !slices.Equal(f.Objects, c.objects) || !slices.Equal(f.Withheld, c.withheld) {
				t.Errorf("shown %v, withheld %v", f.Objects, f.Withheld)
			}
		})
	}
}

// Nothing is looked at through a request whose access fact is made already.
func TestNothingJoinsARequestAfterwards(t *testing.T) {
	l := newLooker(t)
	var late context.Context
	if err := l.Together(t.Context(), func(ctx context.Context) error { late = ctx; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := l.at(late, "oversight", "late", theAccord); err == nil || len(l.facts()) != 0 {
		t.Errorf("shown without an access fact: %v", err)
	}
}
