package web

import (
	"crypto/ed25519"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/watch"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// certificateSoon is how long before its end the certificate for browsers is
// told of, as oasiss doctor does.
const certificateSoon = 30 * 24 * time.Hour

// health adds how the node stands to its administrators' page: what was looked
// at, its backups and its keys. It says what oasiss doctor says, of a node that
// runs; nothing of it is of a case.
func (q *request) health(v *view.Admin) error {
	st, err := q.s.Watch.Look(q.r.Context())
	if err != nil {
		return err
	}
	k, err := q.s.Watch.Kept(q.r.Context(), q.s.Acts.Node, q.s.Node.Descriptor())
	if err != nil {
		return err
	}
	v.Health = q.lookedAt(st)
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

// lookedAt is what was looked at, each with how it stands.
func (q *request) lookedAt(st watch.State) (out []view.HealthRow) {
	alarms := map[string]bool{}
	for _, a := range st.Alarms(q.s.Limits) {
		alarms[a.Code] = true
	}
	add := func(key, says string, codes ...string) {
		row := view.HealthRow{What: q.t("health." + key), Says: says}
		for _, code := range codes {
			row.Wrong = row.Wrong || alarms[code]
		}
		out = append(out, row)
	}
	when := func(at time.Time) string {
		if at.IsZero() {
			return q.t("health.never")
		}
		return i18n.Moment(q.lang, at, q.s.Acts.Now(), q.zone())
	}
	add("disk", q.t("health.disk_says", "Free", watch.Bytes(st.Disk.Free).In(q.lang), "Size", watch.Bytes(st.Disk.Size).In(q.lang)), watch.DiskLow, watch.FilesLow)
	add("journal", q.t("health.journal_says", "N", i18n.Number(q.lang, st.Facts), "When", when(st.Last)))
	add("backup", q.t("health.backup_says", "When", when(st.Backup)), watch.BackupNone, watch.BackupOld, watch.BackupBad)
	for _, l := range st.Links {
		add("cosigned", q.t("health.cosigned_says", "Name", l.Peer.Name(string(q.lang)), "When", when(l.Cosigned.At)), watch.Uncosigned)
		add("link", q.t("health.link_says", "Name", l.Peer.Name(string(q.lang)), "When", when(l.Heard)), watch.NotTaken, watch.ClockApart)
	}
	add("letters", q.t("health.letters_says", "Count", st.Letters), watch.MailWaits)
	if ends := q.s.CertificateEnds; !ends.IsZero() {
		add("certificate", q.t("health.certificate_says", "When", i18n.Date(q.lang, ends, q.zone())))
		out[len(out)-1].Wrong = ends.Sub(q.s.Acts.Now()) < certificateSoon
	}
	return out
}
