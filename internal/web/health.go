package web

import (
	"cmp"
	"crypto/ed25519"

	"github.com/oasiss/oasiss/internal/watch"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// health adds how the node stands to its administrators' page: what was looked
// at, its backups and its keys. It says what oasiss doctor says, of a node that
// runs; nothing of it is of a case.
func (q *request) health(v *view.Admin) error {
	if err := q.lookedAt(v); err != nil {
		return err
	}
	k, err := q.s.Watch.Kept(q.r.Context(), q.s.Acts.Node, q.s.Node.Descriptor())
	if err != nil {
		return err
	}
	for _, b := range k.Backups {
		row := view.BackupRow{At: b.Made, Size: watch.Bytes(max(0, b.Bytes)).In(q.lang), Facts: b.Journal, State: q.t("health.backup_proven"), Class: "ok"} // #nosec G115 -- not negative
		switch {
		case len(b.Faults) > 0:
			row.State, row.Class = q.t("health.backup_faults", "Count", len(b.Faults)), "over"
		case b.Replayed:
			row.State = q.t("health.backup_replayed")
		}
		v.Backups = append(v.Backups, row)
	}
	for _, of := range k.Keys {
		for _, key := range of.Keys {
			row := view.KeyRow{Country: q.country(of.Node), ID: wire.KeyID(ed25519.PublicKey(key.Descriptor.SignKey)), Since: key.Descriptor.Created, Until: key.Until, State: q.t("health.key_present"), Class: "ok"}
			switch {
			case key.Revoked:
				row.State, row.Class = q.t("health.key_revoked"), "over"
			case !key.Until.IsZero():
				row.State, row.Class = q.t("health.key_former"), "idle"
			}
			v.Keys = append(v.Keys, row)
		}
	}
	return nil
}

// mends is what whoever runs a node does at its machine: the commands that doctor
// names. No act of a page has this verb.
const mends = "node.mend"

// lookedAt is what was looked at, each with how it stands. What costs the node much
// is looked at when somebody asks for it.
func (q *request) lookedAt(v *view.Admin) error {
	if q.s.Examine == nil {
		return nil
	}
	v.Whole = q.r.URL.Query().Has("examine")
	found, err := q.s.Examine(q.r.Context(), q.lang, v.Whole)
	if err != nil {
		return err
	}
	runs := q.permits(areaNode, mends, "node")
	for _, f := range found {
		class := map[string]string{"ok": "ok", "warning": "soon"}[f.State]
		if !runs { // a command names folders of the machine: it is for whoever runs the node
			f.Mend = ""
		}
		v.Health = append(v.Health, view.HealthRow{What: capital(q.t("doctor.check." + f.Check)), State: q.t("health.state." + f.State), Class: cmp.Or(class, "over"), Says: f.Says, Mend: f.Mend})
	}
	return nil
}
