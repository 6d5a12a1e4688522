package web

import (
	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/web/view"
)

// keepsDecoys reports whether the reader is told of decoys at all.
func (q *request) keepsDecoys() bool { return q.permits(areaOversight, access.See, "decoy") }

// decoys are the fictional people and what touched them, for oversight; nil for
// anybody else, whose page has no word of them.
func (q *request) decoys() (*view.Decoys, error) {
	if !q.keepsDecoys() {
		return nil, nil
	}
	kept, err := decoy.List(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return nil, err
	}
	v := &view.Decoys{Mark: q.offered("decoy.mark", nil, nil)}
	for _, t := range kept.Touches {
		v.Touches = append(v.Touches, view.Touch{At: t.At, Who: t.Name, Office: q.office(q.s.Acts.Node, t.Office), Did: q.did(t.Verb), Plant: t.Plant})
	}
	for _, x := range kept.Decoys {
		row := view.Decoy{Plant: x.Plant, Record: x.Person, State: q.t("decoy.state." + x.State), Class: map[string]string{decoy.StateStands: "ok", decoy.StateProposed: "soon", decoy.StateUnfit: "over"}[x.State]}
		for _, n := range []*decoy.Note{&x.Proposed, x.Confirmed, x.Ended} {
			if n != nil {
				row.Said = append(row.Said, view.Said{Who: n.Name, Office: q.office(q.s.Acts.Node, n.Office), At: n.At})
			}
		}
		fixed := map[string]string{"decoy": x.ID}
		row.Acts = append(q.offered("decoy.confirm", fixed, nil), q.offered("decoy.end", fixed, nil)...)
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}
