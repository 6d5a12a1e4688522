package test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// What the programme refuses by how it is built, whoever asks: each is tried
// over the doors of a running node. What a peer sends past its own node is
// refused in exchange/attack_test.go, by signed receipt.
func TestRefusedByConstruction(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	own := w.account(people["us"][0].login)
	try := func(n, login, purpose, verb string, cmd map[string]any) error {
		_, err := w.as(n, login, purpose).Take(t.Context(), verb, "", cmd)
		return err
	}
	refused := func(t *testing.T, err error, code string) {
		t.Helper()
		if !client.IsRefused(err, code) {
			t.Errorf("%#v, want %s", err, code)
		}
	}
	t.Run("purpose", func(t *testing.T) {
		refused(t, try("us", "kestrelle", "removal", "case.open", map[string]any{"title": "x"}), "act.malformed")
	})
	t.Run("migration office", func(t *testing.T) {
		refused(t, try("mx", people["mx"][0].login, wire.PurposeAdministration, "user.create", map[string]any{"login": "x.y", "name": "X Y", "office": "inm-reynosa", "roles": []string{"mp"}, "lang": "es"}), "directory.role_not_here")
	})
	t.Run("export of protected people", func(t *testing.T) {
		done, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(t.Context(), "case.export", "", map[string]any{"case": f.id, "reason": "own_file"})
		w.ok(err)
		var out json.RawMessage
		w.ok(w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "exports/"+done.Facts[0], &out))
		if !strings.Contains(string(out), "Barragarza") || strings.Contains(string(out), "Palomar") || strings.Contains(string(out), f.witness) {
			t.Errorf("the export says of protected people: %s", out)
		}
	})
	t.Run("import of people without role and source", func(t *testing.T) {
		for field, code := range map[string]string{"role": "intake.role_missing", "source": "intake.source_missing"} {
			role := map[string]any{"role": "witness", "source": "document"}
			delete(role, field)
			if told := w.imported(role); !strings.Contains(told, code) || strings.Contains(told, `"added"`) {
				t.Errorf("without a %s: %s", field, told)
			}
		}
	})
	t.Run("self-granted role", func(t *testing.T) {
		refused(t, try("us", people["us"][0].login, wire.PurposeAdministration, "role.grant", map[string]any{"user": own, "role": "supervisor"}), "access.not_yours")
	})
	t.Run("forged signer", func(t *testing.T) {
		c := w.as("us", "kestrelle", wire.PurposeProsecution)
		c.Signer = w.key("us", "ravenel") // somebody else's
		_, err := c.Take(t.Context(), "protection.reveal", "", map[string]any{"case": f.id, "person": f.witness, "reason": "x"})
		refused(t, err, "access.passkey_refused")
	})
	referral := w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	t.Run("fishing request", func(t *testing.T) {
		refused(t, try("mx", "escamillar", wire.PurposeProsecution, "referral.request_information", map[string]any{"referral": referral, "item": f.car, "element": "everything", "question": "¿Quién más?"}), "referral.condition_not_met")
	})
	t.Run("leaking reason", func(t *testing.T) {
		refused(t, try("us", "kestrelle", wire.PurposeProsecution, "referral.withdraw", map[string]any{"referral": referral, "reason": "fear"}), "act.malformed")
		refused(t, try("us", "kestrelle", wire.PurposeProsecution, "referral.step", map[string]any{"referral": referral, "step": "withdraw", "reason": "fear"}), "referral.own_command")
	})
	w.there(referral, "referral.accept", map[string]any{})
	handOver := map[string]any{"referral": referral, "person": f.suspect, "office": "fgr-tamps", "at": hidalgo(time.Now()), "crossing": "hidalgo", "basis": "at_liberty"}
	w.until(func() error { // once the acceptance is here
		err := try("us", "kestrelle", wire.PurposeProsecution, "referral.schedule_hand_over", handOver)
		if client.IsRefused(err, "program.not_from_here") || client.IsRefused(err, "referral.moved_on") {
			return err
		}
		t.Run("voluntary return to police", func(t *testing.T) { refused(t, err, "referral.liberty_not_to_police") })
		return nil
	})
	t.Run("return with open fear", func(t *testing.T) {
		said := screened()
		said["fear.fear"] = protection.Yes
		w.take("us", "ravenel", wire.PurposeProtection, "protection.screen", map[string]any{"case": f.id, "person": f.suspect, "answers": said, "language": "es"})
		handOver["office"] = "inm-reynosa"
		refused(t, try("us", "kestrelle", wire.PurposeProsecution, "referral.schedule_hand_over", handOver), "referral.condition_not_met")
	})
}

// imported is what an import answers of a row with a role like this.
func (w *world) imported(role map[string]any) string {
	w.t.Helper()
	done, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(w.t.Context(), "intake.import", "", map[string]any{"source": "agency", "rows": []map[string]any{
		{"key": "1", "case": "A-1", "person": map[string]any{"given": "Itzel"}, "role": role}}})
	w.ok(err)
	return string(done.Told)
}
